"""Much to tell the views at once, told over several turns of the event loop."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Tidings(QObject):
    """Tells one thing in each turn, so that the window paints and listens in between."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Callable[[], None]] = deque()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tell_next)

    def tell(self, *tidings: Callable[[], None]) -> None:
        """Put these at the end of what waits."""
        self._waiting.extend(tidings)
        if self._waiting:
            self._timer.start(0)

    def tell_all(self) -> None:
        """Tell at once whatever waits."""
        while self._waiting:
            self._tell_next()

    def _tell_next(self) -> None:
        if self._waiting:
            self._waiting.popleft()()
        if not self._waiting:
            self._timer.stop()
