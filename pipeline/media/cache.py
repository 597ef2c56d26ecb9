"""Decoded frames within a hard bound of bytes; the longest unused go first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")


class FrameCache(Generic[T]):
    """Least-recently-used cache by frame index, thread-safe.

    Parameters
    ----------
    limit : int
        Bytes that all entries together may hold. A frame larger than that is not kept.
    """

    def __init__(self, limit: int) -> None:
        self.limit = max(0, int(limit))
        self._entries: OrderedDict[int, tuple[T, int]] = OrderedDict()
        self._held = 0
        self._lock = threading.Lock()

    @property
    def held(self) -> int:
        """Bytes held at present."""
        return self._held

    def __contains__(self, index: int) -> bool:
        with self._lock:
            return index in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, index: int) -> T | None:
        """The frame, now the most recently used, or None."""
        with self._lock:
            entry = self._entries.get(index)
            if entry is None:
                return None
            self._entries.move_to_end(index)
            return entry[0]

    def put(self, index: int, value: T, size: int) -> None:
        """Keep a frame of ``size`` bytes; older ones make room before it is added."""
        with self._lock:
            known = self._entries.pop(index, None)
            if known is not None:
                self._held -= known[1]
            if size > self.limit:
                return
            while self._held + size > self.limit:
                _, (_, freed) = self._entries.popitem(last=False)
                self._held -= freed
            self._entries[index] = (value, size)
            self._held += size

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._entries.clear()
            self._held = 0
