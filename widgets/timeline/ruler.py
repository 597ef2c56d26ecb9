"""The ruler: frames and milliseconds; press and drag anywhere on it to seek."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from app.state.document import Document
from widgets import theme
from widgets.timeline.axis import TimeAxis
from widgets.timeline.track import Track

HEIGHT = 32
#: Room between a label's end and the next labelled tick, px.
_APART = 10.0
#: Opacity of the time beside the frame: dimmer, and still readable.
_TIME_ALPHA = 0.85
#: From this length on the ruler counts seconds.
_LONG_S = 60.0
_TICK_TOP, _MAJOR, _MINOR = 10, 12, 7


class Ruler(Track):
    """Ticks at round frames; the time in ms stands beside the frame where there is room."""

    def __init__(self, document: Document, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(document, axis, parent)
        self.setFixedHeight(HEIGHT)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(self.tr("Time ruler"))
        self.setToolTip(
            self.tr("Click or drag to go to a frame. Wheel: zoom. Middle button or space: pan.")
        )

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        axis, look = self.axis, theme.current()
        if not axis.n_frames:
            return
        painter = QPainter(self)
        painter.setFont(theme.ui_font(theme.TINY_PX))
        major, minor = axis.steps()
        last = axis.visible[1]
        metrics = painter.fontMetrics()
        widest = str(min(axis.n_frames - 1, math.ceil(last)))
        needed = 13 + metrics.horizontalAdvance(widest + self._time(int(widest))) + _APART
        with_time = major * axis.pixels_per_frame >= needed
        # The playhead passes over one narrow stripe with every frame: only that is drawn.
        exposed = event.rect()
        begin = max(0, math.floor(axis.frame(exposed.left()) / major) * major - major)
        end = min(axis.n_frames - 1, math.ceil(axis.frame(exposed.right() + 1)))
        written = -1  # right edge of the last label, under which no tick is drawn
        for frame in range(begin, end + 1, minor):
            x = round(axis.x(frame))
            labelled = frame % major == 0
            if not labelled and x < written:
                continue
            color = look.color("text_dim", 1.0 if labelled else 0.6)
            painter.fillRect(x, _TICK_TOP, 1, _MAJOR if labelled else _MINOR, color)
            if labelled:
                written = self._label(painter, frame, x, with_time)
        painter.end()

    def _time(self, frame: int) -> str:
        """The time of a frame as it stands on the ruler."""
        seconds = float(self.axis.times[frame])
        if self.axis.times[-1] < _LONG_S:
            return self.tr("{ms} ms").format(ms=f"{seconds * 1000.0:.0f}")
        return self.tr("{s} s").format(s=f"{seconds:.2f}".rstrip("0").rstrip("."))

    def _label(self, painter: QPainter, frame: int, x: int, with_time: bool) -> int:
        """Write beside a tick what fits there; gives where the text ends."""
        look = theme.current()
        metrics = painter.fontMetrics()
        base = _TICK_TOP + _MAJOR - 1
        end = x + 5 + metrics.horizontalAdvance(str(frame))
        if end > self.width():
            return x
        painter.setPen(look.color("text_dim"))
        painter.drawText(QPoint(x + 5, base), str(frame))
        time = self._time(frame)
        wide = metrics.horizontalAdvance(time)
        if with_time and end + 8 + wide <= self.width():
            painter.setPen(look.color("text_dim", _TIME_ALPHA))
            painter.drawText(QPoint(end + 8, base), time)
            end += 8 + wide
        return end + 6


class PlayheadLine(QWidget):
    """The red line over all tracks; it lets the mouse through to what lies below."""

    WIDTH = 15

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setAccessibleName(self.tr("Playhead"))

    def place(self, x: float, top: int, bottom: int) -> None:
        """Stand on a pixel column of the parent, from ``top`` to ``bottom``."""
        column = round(x)
        self.setGeometry(column - self.WIDTH // 2, top, self.WIDTH, bottom - top)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        red = QColor(theme.current().red)
        middle = self.WIDTH // 2
        painter.fillRect(QRectF(middle, 14, 1, self.height() - 14), red)
        soft = QColor(red)
        soft.setAlphaF(0.35)
        painter.fillRect(QRectF(middle + 1, 20, 1, self.height() - 20), soft)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(red)
        center = middle + 0.5
        painter.drawRoundedRect(QRectF(center - 6.5, 3, 13, 10), 2, 2)
        tip = [(center - 6.5, 11), (center + 6.5, 11), (center, 18.5)]
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in tip]))
        painter.end()
