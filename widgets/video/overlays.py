"""What is drawn over the picture, from the measurements of that very frame."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from pipeline.store import ClipAnalysis
from widgets import theme
from widgets.video.picture_place import PicturePlace

#: Outer eye corners: their distance in the neutral face is the unit of length (IOD).
_RIGHT_EYE, _LEFT_EYE = 36, 45
#: The cheek points lie half-way between these.
_CHEEKS = ((41, 48), (46, 54))
_SHORTEST_ARROW = 2.0  # widget px


@dataclass(frozen=True)
class Overlays:
    """What is switched on.

    Parameters
    ----------
    points : bool
        The 68 landmarks; those interpolated are amber rings.
    numbers : bool
        Their numbers.
    arrows : bool
        Displacement from the neutral, ``gain`` times as long.
    crop : bool
        The square that the predictor sees.
    gain : float
        Micro-expressions move points by a pixel or two: 20 makes that an arrow to see.
    """

    points: bool = True
    numbers: bool = False
    arrows: bool = False
    crop: bool = False
    gain: float = 20.0


class OverlayPainter:
    """Paints the overlays of one analysis."""

    def __init__(self, analysis: ClipAnalysis) -> None:
        self.analysis = analysis

    def paint(self, painter: QPainter, frame: int, place: PicturePlace, what: Overlays) -> None:
        """Draw what belongs to a frame; nothing where there is no face."""
        track = self.analysis.track
        if not 0 <= frame < len(track.points) or track.segment[frame] < 0:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if what.crop:
            self._paint_crop(painter, frame, place)
        if what.arrows:
            self._paint_arrows(painter, frame, place, what.gain)
        if what.points or what.numbers:
            self._paint_points(painter, frame, place, what)

    def _paint_points(
        self, painter: QPainter, frame: int, place: PicturePlace, what: Overlays
    ) -> None:
        track = self.analysis.track
        accent, amber = QColor(theme.DARK.accent), QColor(theme.DARK.amber)
        radius = min(max(1.2 + 0.5 * place.scale, 1.8), 4.0)
        painter.setFont(theme.ui_font(9))
        for number, (x, y) in enumerate(track.points[frame].tolist()):
            if not np.isfinite(x):
                continue
            at = place.to_view(x, y)
            if what.points:
                if track.measured[frame, number]:
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(accent)
                    painter.drawEllipse(at, radius, radius)
                else:
                    painter.setPen(QPen(amber, 1.3))
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.drawEllipse(at, radius + 0.8, radius + 0.8)
            if what.numbers:
                self._paint_number(painter, at + QPointF(radius + 2, -2), number)

    @staticmethod
    def _paint_number(painter: QPainter, at: QPointF, number: int) -> None:
        painter.setPen(QColor(0, 0, 0, 160))
        painter.drawText(at + QPointF(0.8, 0.8), str(number))
        painter.setPen(QColor(theme.DARK.text))
        painter.drawText(at, str(number))

    def arrow_tips(self, frame: int, gain: float) -> NDArray[np.float64]:
        """Roots and tips of the displacement arrows of a frame.

        Returns
        -------
        (70, 2, 2) float64, px
            From where the point is, on along its displacement, turned with the head.
        """
        track = self.analysis.track
        segment = int(track.segment[frame])
        neutral = track.neutral_points(segment)
        points = track.points[frame].astype(np.float64)
        cheeks = [(points[a] + points[b]) / 2 for a, b in _CHEEKS]
        roots = np.concatenate([points, cheeks])
        eyes = [p[_LEFT_EYE] - p[_RIGHT_EYE] for p in (points, neutral)]
        now, then = (complex(*eye) for eye in eyes)
        turn = now / then if then else 1.0 + 0.0j
        moved = np.asarray(self.analysis.displacement[frame], np.float64) * track.iod(segment)
        along = (moved[:, 0] + 1j * moved[:, 1]) * turn * gain
        return np.stack([roots, roots + np.column_stack([along.real, along.imag])], axis=1)

    def _paint_arrows(
        self, painter: QPainter, frame: int, place: PicturePlace, gain: float
    ) -> None:
        pen = QPen(QColor(theme.DARK.amber), 1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        for root, tip in self.arrow_tips(frame, gain).tolist():
            line = QLineF(place.to_view(*root), place.to_view(*tip))
            if not np.isfinite(line.length()) or line.length() < _SHORTEST_ARROW:
                continue
            painter.drawLine(line)
            head = min(5.0, line.length() / 2)
            for turn in (150, -150):
                barb = QLineF.fromPolar(head, line.angle() + turn)
                barb.translate(line.p2())
                painter.drawLine(barb)

    def _paint_crop(self, painter: QPainter, frame: int, place: PicturePlace) -> None:
        corners = self.crop_corners(frame)
        if not np.isfinite(corners).all():
            return
        painter.setPen(QPen(QColor(theme.DARK.blue), 1.4, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(QPolygonF([place.to_view(x, y) for x, y in corners.tolist()]))

    def crop_corners(self, frame: int) -> NDArray[np.float64]:
        """Corners of the aligned crop in a frame, (4, 2) px."""
        from pipeline.face.canonical import crop_transforms
        from pipeline.face.segments import Segment

        track = self.analysis.track
        first, stop = track.segments[int(track.segment[frame])].neutral
        # Only the neutral and this frame count; a long clip has a hundred thousand others.
        rows = np.append(np.arange(first, stop), frame)
        short = replace(
            track,
            points=track.points[rows],
            segment=np.zeros(len(rows), np.int16),
            segments=(Segment(0, len(rows), 0, (0, len(rows) - 1), "start"),),
        )
        transform = crop_transforms(short, 1)[-1]
        square = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
        return square @ transform[:, :2].T + transform[:, 2]
