"""What is worked out once for each head, and shared by the threads that ask."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from pipeline.head.model import HeadModel

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Kept(Generic[_Key, _Value]):
    """Values by head and key; they go with their head, and the oldest when there are too many.

    Parameters
    ----------
    most : int
        Values kept for each head.
    """

    def __init__(self, most: int = 1) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._values: WeakKeyDictionary[HeadModel, dict[_Key, _Value]] = WeakKeyDictionary()

    def find(self, model: HeadModel, key: _Key) -> _Value | None:
        """The value, None if it is not kept."""
        with self._lock:
            return self._values.get(model, {}).get(key)

    def keep(self, model: HeadModel, key: _Key, value: _Value) -> _Value:
        """Keep a value and give it back."""
        with self._lock:
            values = self._values.setdefault(model, {})
            values.pop(key, None)
            while len(values) >= self._most:
                del values[next(iter(values))]
            values[key] = value
        return value

    def get(self, model: HeadModel, key: _Key, make: Callable[[], _Value]) -> _Value:
        """The value; made where it is not kept (outside the lock: twice at worst)."""
        found = self.find(model, key)
        return self.keep(model, key, make()) if found is None else found
