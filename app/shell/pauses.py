"""Keeps the window from halting: threads hand over soon, garbage is collected at rest."""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication

from app.state import Document

#: How long a thread may keep the interpreter while another waits for it, s. Python's 5 ms add
#: up: painting gives it away and asks for it again many times in one turn of the event loop.
SWITCH_S = 0.001
_LOOK_EVERY_MS = 5000
#: Collections of younger garbage after which the oldest is worth a look.
_WORTH_A_LOOK = 10
#: Modules loaded since the last look, from which on those alive are set aside again.
_MANY_MODULES = 100


class Pauses(QObject):
    """Rules for the interpreter while a window is open.

    A full garbage collection halts every thread for about a tenth of a second once NumPy,
    VTK and Qt are loaded. Modules and window are set aside from it, and it runs only while
    nothing plays or works and no hand has moved for a while.

    Parameters
    ----------
    document : Document
        Says whether something plays or works.
    parent : QObject
    """

    def __init__(self, document: Document, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._modules = len(sys.modules)
        self._last: tuple[object, ...] = ()
        self._usual = sys.getswitchinterval(), gc.get_threshold()
        sys.setswitchinterval(SWITCH_S)
        young, middle, _old = gc.get_threshold()
        gc.set_threshold(young, middle, 1_000_000)  # the oldest never by itself
        gc.freeze()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        app = QApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.stop)

    def stop(self) -> None:
        """The interpreter's usual rules again."""
        self._timer.stop()
        switch, thresholds = self._usual
        sys.setswitchinterval(switch)
        gc.set_threshold(*thresholds)
        gc.unfreeze()

    def _at_rest(self) -> bool:
        """Whether nothing has happened since the last look and nothing is under way."""
        document = self._document
        now = (
            document.playhead.frame, document.undo.index(), document.selected_event,
            id(document.analysis), QCursor.pos().toTuple(),
        )  # fmt: skip
        same, self._last = now == self._last, now
        busy = document.playhead.playing or not document.jobs.is_idle
        held = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        if busy or held:
            self._last = ()  # the next look is too early
        return same and not (busy or held)

    def look(self) -> bool:
        """Collect garbage if there may be some and nobody notices; whether it was done."""
        if not self._at_rest() or gc.get_count()[2] < _WORTH_A_LOOK:
            return False
        gc.collect()
        if len(sys.modules) - self._modules >= _MANY_MODULES:
            self._modules = len(sys.modules)
            gc.freeze()
        return True
