"""The running job in the toolbar: what it does, how far, how long still, and a way to stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from widgets import theme
from widgets.controls import button, caption
from widgets.icons import icon

if TYPE_CHECKING:
    from app.state.jobs import Jobs, JobStatus


class ThinBar(QWidget):
    """A 3 px bar; empty ground where the share is unknown."""

    def __init__(self) -> None:
        super().__init__()
        self.fraction = 0.0
        self.setFixedHeight(3)

    def show_fraction(self, fraction: float) -> None:
        """Share done, 0 to 1."""
        self.fraction = fraction
        self.update()

    def paintEvent(self, _event) -> None:
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(theme.current().line))
        painter.drawRoundedRect(QRectF(self.rect()), 1.5, 1.5)
        painter.setBrush(QColor(theme.current().accent))
        painter.drawRoundedRect(QRectF(0, 0, self.width() * self.fraction, 3), 1.5, 1.5)


class JobProgress(QWidget):
    """Shows the newest running job; hidden while none runs.

    Parameters
    ----------
    jobs : Jobs
    """

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self.text = caption()
        self.text.setMinimumWidth(150)
        self.bar = ThinBar()
        self.cancel = button("", "mini", self.tr("Stop  Ctrl+."))
        self.cancel.setAccessibleName(self.tr("Stop the running job"))
        self.cancel.clicked.connect(self._stop)
        words = QVBoxLayout()
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(4)
        words.addStretch(1)
        words.addWidget(self.text)
        words.addWidget(self.bar)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addLayout(words, 1)
        row.addWidget(self.cancel)
        self.setFixedWidth(230)
        keeps = self.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)  # so that no button beside it moves under the hand
        self.setSizePolicy(keeps)
        self.restyle()
        jobs.started.connect(self._show)
        jobs.progressed.connect(self._show)
        for signal in (jobs.finished, jobs.cancelled):
            signal.connect(lambda _status: self._ended())
        jobs.failed.connect(lambda _status, _error: self._ended())
        self.setVisible(False)

    def restyle(self) -> None:
        """Take the theme's colours."""
        self.cancel.setIcon(icon("close", theme.current().text_dim))

    def _show(self, status: JobStatus) -> None:
        self.bar.show_fraction(status.fraction)
        what = status.title
        left = time_left(status.left)
        shown = f"{what}  {left}" if left else what
        self.text.setText(self.text.fontMetrics().elidedText(
            shown, Qt.TextElideMode.ElideMiddle, self.width() - 40))  # fmt: skip
        self.text.setToolTip(f"{shown} {status.note}".strip())
        self.setAccessibleName(f"{what} {status.fraction:.0%}")
        self.setVisible(True)

    def _ended(self) -> None:
        running = self._jobs.running()
        if running:
            self._show(running[-1])
        else:
            self.setVisible(False)

    def _stop(self) -> None:
        running = self._jobs.running()
        if running:
            self._jobs.cancel(running[-1].kind)


def time_left(seconds: float | None) -> str:
    """``0:42`` or ``1:03:20``; empty when unknown."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
