"""Keeps the window from halting: threads hand over soon, garbage is collected at rest."""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.state import Document

#: How long a thread may keep the interpreter while another waits for it, s. Python's 5 ms add
#: up: painting gives it away and asks for it again many times in one turn of the event loop.
SWITCH_S = 0.001
_LOOK_EVERY_MS = 4000
#: Collections of younger garbage after which the oldest is worth a look.
_WORTH_A_LOOK = 10
#: Modules loaded since the last look, from which on those alive are set aside again.
_MANY_MODULES = 100


class Pauses(QObject):
    """Rules for the interpreter while a window is open.

    A full garbage collection halts every thread for about a tenth of a second once NumPy,
    VTK and Qt are loaded. Modules and window are set aside from it, and it runs only while
    nothing plays, works or is dragged.

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
        sys.setswitchinterval(SWITCH_S)
        young, middle, _old = gc.get_threshold()
        gc.set_threshold(young, middle, 1_000_000)  # the oldest never by itself
        gc.freeze()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @property
    def at_rest(self) -> bool:
        """Whether a pause would be noticed by nobody."""
        busy = self._document.playhead.playing or not self._document.jobs.is_idle
        return not busy and QApplication.mouseButtons() == Qt.MouseButton.NoButton

    def look(self) -> bool:
        """Collect garbage if there may be some and nobody notices; whether it was done."""
        if gc.get_count()[2] < _WORTH_A_LOOK or not self.at_rest:
            return False
        gc.collect()
        if len(sys.modules) - self._modules >= _MANY_MODULES:
            self._modules = len(sys.modules)
            gc.freeze()
        return True
