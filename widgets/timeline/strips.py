"""Thin strips below the events: where the face was followed, and how much moved."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from app.state.document import Document
from widgets import theme
from widgets.timeline.axis import TimeAxis
from widgets.timeline.track import Track

MOTION_HEIGHT = 30
FACE_HEIGHT = 20
_LINE_TOP, _LINE_HEIGHT = 8, 4


class MotionStrip(Track):
    """Strength of motion, one bar a frame, or the strongest of the frames of a bar."""

    def __init__(self, document: Document, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(document, axis, parent)
        self.setFixedHeight(MOTION_HEIGHT)
        self.setAccessibleName(self.tr("Motion"))
        self.setToolTip(self.tr("Strength of facial motion. Click to go there."))
        document.analysis_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(400, MOTION_HEIGHT)

    def bars(self) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
        """Left edges (px), heights in [0, 1] and the width (px) of the bars in view."""
        analysis, axis = self.document.analysis, self.axis
        if analysis is None or not len(analysis.motion):
            return np.zeros(0), np.zeros(0), 0.0
        motion = np.nan_to_num(np.asarray(analysis.motion, np.float64))
        top = float(motion.max()) or 1.0
        first = max(0, int(np.floor(axis.visible[0])))
        stop = min(len(motion), int(np.ceil(axis.visible[1])) + 1)
        group = max(1, int(np.ceil(3.0 / axis.pixels_per_frame)))
        first -= first % group  # groups stay the same while panning
        starts = np.arange(first, max(stop, first + 1), group)
        heights = np.maximum.reduceat(motion[:stop], starts[starts < stop]) / top
        starts = starts[starts < stop]
        edges = np.asarray((starts - axis.visible[0]) * axis.pixels_per_frame, np.float64)
        return edges, heights, group * axis.pixels_per_frame

    def paintEvent(self, event: QPaintEvent) -> None:
        edges, heights, width = self.bars()
        # The playhead passes over one narrow stripe with every frame: only that is drawn.
        exposed = (edges >= event.rect().left() - width) & (edges <= event.rect().right() + width)
        edges, heights = edges[exposed], heights[exposed]
        painter = QPainter(self)
        color = theme.current().color("bars")
        gap = 1 if width > 2.5 else 0
        usable = self.height() - 3
        for x, height in zip(edges.tolist(), heights.tolist(), strict=True):
            left, right = round(x - width / 2), round(x + width / 2)
            tall = max(2, round(height * usable))
            painter.fillRect(left, self.height() - tall, max(1, right - left - gap), tall, color)
        painter.end()


class FaceStrip(Track):
    """Segments of the face track, their neutral spans, and where they were set up anew."""

    def __init__(self, document: Document, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(document, axis, parent)
        self.setFixedHeight(FACE_HEIGHT)
        self.setAccessibleName(self.tr("Face track"))
        document.analysis_changed.connect(self.update)
        document.face_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(400, FACE_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        analysis = self.document.analysis
        if analysis is None:
            return
        painter = QPainter(self)
        look, x = theme.current(), self.axis.x
        top = _LINE_TOP + 1
        for number, segment in enumerate(analysis.track.segments):
            left, right = x(segment.start), x(segment.stop - 1)
            painter.fillRect(QRectF(left, top, right - left, 2), look.color("bars"))
            first, stop = self._neutral(number, segment.neutral)
            neutral = QRectF(x(first), _LINE_TOP, x(stop - 1) - x(first), _LINE_HEIGHT)
            painter.fillRect(neutral, look.color("blue"))
            if segment.reason != "start":
                painter.fillRect(QRectF(round(left), 1, 2, FACE_HEIGHT - 3), look.color("amber"))
        lost = analysis.track.segment < 0
        painter.setPen(QPen(look.color("red", 0.8), 1, Qt.PenStyle.DotLine))
        for first, stop in _runs(lost):
            painter.drawLine(round(x(first)), top + 1, round(x(stop - 1)), top + 1)
        painter.end()

    def _neutral(self, segment: int, found: tuple[int, int]) -> tuple[int, int]:
        clip = self.document.clip
        return clip.neutral.get(segment, found) if clip is not None else found

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip(event.pos().x()), self)
            return True
        return super().event(event)

    def _tip(self, x: float) -> str:
        analysis = self.document.analysis
        if analysis is None or not self.axis.n_frames:
            return ""
        frame = min(self.axis.nearest(x), len(analysis.track.segment) - 1)
        number = int(analysis.track.segment[frame])
        if number < 0:
            return self.tr("No face here")
        segment = analysis.track.segments[number]
        first, stop = self._neutral(number, segment.neutral)
        reasons = {
            "start": self.tr("start of the clip"), "cut": self.tr("a cut"),
            "lost face": self.tr("the face was lost"),
            "rigid residual": self.tr("the face changed too much"),
        }  # fmt: skip
        return self.tr(
            "Segment {n}: frames {a} to {b}, begun by {why}\nNeutral: frames {c} to {d} (blue)"
        ).format(n=number + 1, a=segment.start, b=segment.stop - 1,
                 why=reasons[segment.reason], c=first, d=stop - 1)  # fmt: skip


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and stop of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
