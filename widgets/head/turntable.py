"""The turntable: the head goes round by the clock."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

#: One turn in twelve seconds.
DEGREES_A_SECOND = 30.0
_TICK_MS = 16


class Turntable(QObject):
    """Turns something while it is on.

    Parameters
    ----------
    turn : callable (degrees)
        Called with the angle since the last call; a slow machine gets larger ones.

    Signals
    -------
    toggled()
        It began to turn, or holds, whoever stopped it.
    """

    toggled = Signal()

    def __init__(self, turn: Callable[[float], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._turn = turn
        self._before = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def turning(self) -> bool:
        """Whether it is on."""
        return self._timer.isActive()

    def start(self) -> None:
        """Begin to turn."""
        self._before = time.monotonic()
        if not self.turning:
            self._timer.start()
            self.toggled.emit()

    def stop(self) -> None:
        """Hold."""
        if self.turning:
            self._timer.stop()
            self.toggled.emit()

    def toggle(self) -> None:
        """Turn, or hold."""
        if self.turning:
            self.stop()
        else:
            self.start()

    def _tick(self) -> None:
        now = time.monotonic()
        elapsed, self._before = now - self._before, now
        self._turn(elapsed * DEGREES_A_SECOND)
