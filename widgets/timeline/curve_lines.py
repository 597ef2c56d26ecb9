"""Curves as polylines, sampled where the pixels are, and the pyqtgraph items that draw them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from pipeline.curves import Curve
from widgets import theme
from widgets.timeline.axis import TimeAxis
from widgets.timeline.value_axis import ValueAxis

Array = NDArray[np.float64]
#: Distance of samples, px; a cubic is straight over it to well under a pixel.
SAMPLE_PX = 2.0
#: Pieces of a wide line that are stroked at once.
_PART = 20
#: Dash and gap of a ghost, in samples.
_DASH, _GAP = 3, 2


Parts = tuple[QPainterPath, ...]


@dataclass(frozen=True)
class Line:
    """A path in frames and activation, in several parts, with its pen.

    Qt's raster strokes one long path of a pen wider than a pixel a hundred times slower than
    a thin one, and ten times slower than its parts.
    """

    parts: Parts
    color: QColor
    width: float
    style: Qt.PenStyle = Qt.PenStyle.SolidLine


def sample_frames(axis: TimeAxis, keys: Iterable[float] = (), apart: float = SAMPLE_PX) -> Array:
    """Fractional frames to evaluate at: every ``apart`` pixels, and the keys in view.

    The samples lie on a grid that does not move with panning, so that a line does not swim.
    """
    first, last = axis.visible
    step = apart / axis.pixels_per_frame
    grid = np.arange(np.floor(first / step), np.ceil(last / step) + 1) * step
    low, high = max(grid[0], 0.0), min(grid[-1], axis.n_frames - 1.0)  # the clip in view
    extra = np.asarray([low, high, *keys], np.float64)
    extra = extra[(extra >= low) & (extra <= high)]
    return np.unique(np.concatenate([grid[(grid > low) & (grid < high)], extra]))


def thinned(y: Array, tolerance: float) -> NDArray[np.intp]:
    """Indices that a line through evenly spaced values needs: the inside of flat runs goes."""
    flat = np.abs(np.diff(y)) <= tolerance
    inside = np.concatenate([[False], flat[:-1] & flat[1:], [False]])
    # A slow rise is a chain of flat steps: keep a sample whenever it has moved by a tolerance.
    level = np.floor(y / max(tolerance * 4, 1e-12))
    moved = np.concatenate([[False], np.diff(level) != 0])
    return np.flatnonzero(~inside | moved)


def thin_path(frames: Array, values: Array, tolerance: float) -> Parts:
    """A path through samples for a pen of one pixel.

    Parameters
    ----------
    frames, values : (N,) float64
    tolerance : float
        Difference of values that nobody sees (a tenth of a pixel).
    """
    keep = thinned(values, tolerance)
    return (pg.arrayToQPath(frames[keep], values[keep], connect="all"),)


def dashed_path(frames: Array, values: Array, tolerance: float) -> Parts:
    """The same with gaps: cheaper than a dashed pen by far, and the dashes stay in place."""
    step = np.median(np.diff(frames))
    connect = np.round(frames / step).astype(np.int64) % (_DASH + _GAP) < _DASH
    return (pg.arrayToQPath(frames, values, connect=connect.astype(np.int32)),)


def wide_path(frames: Array, values: Array, tolerance: float) -> Parts:
    """The same for a wider pen: parts that share their ends."""
    keep = thinned(values, tolerance)
    x, y = frames[keep], values[keep]
    return tuple(
        pg.arrayToQPath(x[i : i + _PART + 1], y[i : i + _PART + 1], connect="all")
        for i in range(0, max(len(x) - 1, 1), _PART)
    )


class Polylines:
    """Paths of curves over the whole clip, kept until the curve or the zoom's octave changes.

    Samples lie at most ``apart`` pixels from each other, on steps that are powers of two of a
    frame; so panning and a little zooming reuse what is there.
    """

    MOST_SAMPLES = 12_000

    def __init__(self, axis: TimeAxis, make: Callable[[Array, Array, float], Parts]) -> None:
        self._axis = axis
        self._make = make
        self._kept: dict[str, tuple[Curve, float, float, Parts]] = {}
        self._samples: tuple[float, int, Array, Array] = (0.0, 0, np.zeros(0), np.zeros(0))

    def clear(self) -> None:
        """Another clip, other times."""
        self._kept.clear()
        self._samples = (0.0, 0, np.zeros(0), np.zeros(0))

    def parts(self, name: str, curve: Curve, apart: float, tolerance: float) -> Parts:
        """The path of a track's curve at the axis's zoom."""
        step = 2.0 ** np.floor(np.log2(apart / self._axis.pixels_per_frame))
        if self._axis.n_frames / step > self.MOST_SAMPLES:  # far in: only what is in view
            frames = sample_frames(self._axis, apart=apart)
            return self._make(frames, curve(self._axis.seconds(frames)), tolerance)
        kept = self._kept.get(name)
        if kept is not None and kept[1:3] == (step, tolerance):
            if kept[0] is curve:
                return kept[3]
            if kept[0] == curve:  # read again from the store; known by identity from now on
                self._kept[name] = (curve, step, tolerance, kept[3])
                return kept[3]
        if self._samples[:2] != (step, self._axis.n_frames):
            last = self._axis.n_frames - 1.0
            frames = np.append(np.arange(0.0, last, step), last)
            self._samples = (step, self._axis.n_frames, frames, self._axis.seconds(frames))
        *_, frames, times = self._samples
        if step > 2.0:  # a whole event may lie between two samples
            frames = np.union1d(frames, np.clip(self._axis.frames(curve.t), 0.0, frames[-1]))
            times = self._axis.seconds(frames)
        parts = self._make(frames, curve(times), tolerance)
        self._kept[name] = (curve, step, tolerance, parts)
        return parts


class LinesItem(pg.GraphicsObject):
    """Draws lines that are made when they are painted; cached as pixels while nothing changes."""

    def __init__(self, make: Callable[[], Sequence[Line]], cached: bool) -> None:
        super().__init__()
        self._make = make
        self._lines: Sequence[Line] | None = None
        self._bounds = QRectF(0, 0, 1, 1)
        if cached:
            self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def set_bounds(self, bounds: QRectF) -> None:
        """What is in view, in frames and activation."""
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        self.renew()

    def renew(self) -> None:
        """Something changed: make the lines anew at the next paint."""
        self._lines = None
        self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self._lines is None:
            self._lines = self._make()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ratio = painter.device().devicePixelRatioF()  # cosmetic widths count device pixels
        for line in self._lines:
            pen = QPen(line.color, line.width * ratio, line.style)
            pen.setCosmetic(True)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            for part in line.parts:
                painter.drawPath(part)


class GridItem(pg.GraphicsObject):
    """Faint lines at round activations, with their values at the left edge."""

    def __init__(self, values: ValueAxis) -> None:
        super().__init__()
        self._values = values
        self._size = QRectF()

    def set_size(self, width: float, height: float) -> None:
        self.prepareGeometryChange()
        self._size = QRectF(0, 0, width, height)
        self.update()

    def boundingRect(self) -> QRectF:
        return self._size

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        look = theme.current()
        painter.setFont(QFont(theme.ui_font(10)))
        painter.setPen(look.color("text_dim"))
        for value in self._values.lines():
            y = round(self._values.y(value))
            role = "grid" if value else "text_dim" if self._values.signed else "line"
            painter.fillRect(QRectF(0, y, self._size.width(), 1), look.color(role))
            if value:
                painter.drawText(QPointF(3, y - 3), f"{value:g}".replace("-", "\N{MINUS SIGN}"))
