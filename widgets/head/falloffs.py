"""Falloffs worked out beside the GUI thread: a large one takes longer than a picture."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from pipeline.core.errors import TellError
from pipeline.head.rig.rig import Manipulator

if TYPE_CHECKING:
    from pipeline.head import HeadModel

_Wish = tuple["HeadModel", tuple[Manipulator, ...]]
#: Falloffs that the rig keeps for each head; what may be forgotten counts as unknown.
_KEPT = 200


class Falloffs(QObject):
    """Says which manipulators' falloffs are known, and has the others worked out.

    Two wishes are kept, one for the rig and one for what is under the pointer; the latest of
    each wins. The thread begins with the first wish.

    Signals
    -------
    ready()
        Some are known that were not.
    """

    ready = Signal()
    _found = Signal(object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._known: dict[tuple[HeadModel, Manipulator], None] = {}
        self._wishes: dict[str, _Wish] = {}
        self._wake = threading.Condition()
        self._closing = False
        self._thread: threading.Thread | None = None
        self._found.connect(self._keep, Qt.ConnectionType.QueuedConnection)

    def known(self, model: HeadModel, manipulators: Iterable[Manipulator], what: str) -> bool:
        """Whether all these falloffs are there; if not they are asked for.

        Parameters
        ----------
        what : str
            Whose wish it is: ``"rig"`` or ``"pointer"``.
        """
        wanted = [_key(one) for m in manipulators for one in _both(m)]
        missing = tuple(one for one in wanted if (model, one) not in self._known)
        if missing:
            self._ask(what, (model, missing))
        return not missing

    def close(self) -> None:
        """End the thread."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _ask(self, what: str, wish: _Wish) -> None:
        with self._wake:
            if self._closing or self._wishes.get(what) == wish:
                return
            self._wishes[what] = wish
            self._wake.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="falloffs", daemon=True)
            self._thread.start()

    def _keep(self, model: HeadModel, found: tuple[Manipulator, ...]) -> None:
        for one in found:
            self._known[(model, one)] = None
        while len(self._known) > _KEPT:
            del self._known[next(iter(self._known))]
        self.ready.emit()

    def _work(self) -> None:
        from pipeline.head.rig import falloff

        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._closing or bool(self._wishes))
                if self._closing:
                    return
                _, (model, wanted) = self._wishes.popitem()
            try:
                for one in wanted:
                    falloff(model, one)
            except TellError:
                continue  # the scene says it
            self._found.emit(model, wanted)


def _both(manipulator: Manipulator) -> tuple[Manipulator, ...]:
    from pipeline.head.rig import flipped

    return (manipulator, flipped(manipulator)) if manipulator.mirrored else (manipulator,)


def _key(manipulator: Manipulator) -> Manipulator:
    """What the falloff depends on."""
    return replace(manipulator, name="", move=(0.0, 0.0, 0.0), mirrored=False, muted=False)
