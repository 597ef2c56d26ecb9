"""The plot of the AU curves on the timeline's axis."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.state.document import Document
from pipeline.core.tracks import is_unit, track_range
from pipeline.curves import Curve, Tangent
from widgets import theme
from widgets.timeline.axis import TimeAxis
from widgets.timeline.curve_choice import CurveChoice
from widgets.timeline.curve_lines import (
    SAMPLE_PX,
    GridItem,
    Line,
    LinesItem,
    Polylines,
    dashed_path,
    sample_frames,
    thin_path,
    wide_path,
)
from widgets.timeline.value_axis import ValueAxis
from widgets.track_titles import track_color

Curves = Mapping[str, Curve]
#: From this many curves on they are drawn thin.
_MANY = 10
_SEEN = 0.04  # px: a difference that nobody sees


def by_control(curve: Curve) -> bool:
    """Whether a curve is edited by its B-spline's control points.

    Keys that were set one by one (their tangents are automatic) stay the keys that they are,
    also where they happen to make a spline.
    """
    return curve.is_spline and bool(np.all(curve.mode == Tangent.FREE))


def handle_points(curve: Curve) -> NDArray[np.float64]:
    """What can be dragged, (n, 2) time in s and value: control points, or keys."""
    if by_control(curve):
        return curve.control_points()
    return np.column_stack([curve.t, curve.v])


def handle_sizes(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Diameters, px, of handles at pixel columns: smaller where neighbours come near."""
    gaps = np.concatenate([[np.inf], np.diff(np.sort(x)), [np.inf]])
    nearest = np.empty(len(x))
    nearest[np.argsort(x, kind="stable")] = np.minimum(gaps[:-1], gaps[1:])
    return np.clip(0.8 * nearest, 4.0, 11.0)


class CurvePlot(pg.GraphicsView):
    """Paints curves, ghosts and handles; the mouse is in `CurveEditor`.

    Horizontally it follows the axis to the pixel, vertically its own `values`. Lines that do
    not change lie in a cached layer, so that a drag or the playhead repaints only the selected
    curve.
    """

    def __init__(
        self,
        document: Document,
        axis: TimeAxis,
        choice: CurveChoice,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, background=None)
        self.document, self.axis, self.choice = document, axis, choice
        self._show_raw = self._show_modulated = True
        self._compared: dict[str, tuple[Curve, Curve | None, bool]] = {}
        self._thin, self._wide, self._dashed = (
            Polylines(axis, make) for make in (thin_path, wide_path, dashed_path)
        )
        self.grabbed = -1  # handle under the hand, or chosen
        self._placed: tuple[object, ...] = ()  # what the handles were placed by
        self.values = ValueAxis(self)
        self._view = pg.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0.0)
        self._view.disableAutoRange()
        self.setCentralItem(self._view)
        self._grid = GridItem(self.values)
        self._grid.setParentItem(self._view)
        self._grid.setZValue(-10)
        self._ghosts = LinesItem(self._ghost_lines, cached=True)
        self._others = LinesItem(self._other_lines, cached=True)
        self._selected = LinesItem(self._selected_lines, cached=False)
        self._polygon = LinesItem(self._polygon_lines, cached=False)
        self._handles = pg.ScatterPlotItem(pxMode=True, symbol="d", antialias=True)
        for z, item in enumerate(
            (self._ghosts, self._others, self._selected, self._polygon, self._handles)
        ):
            item.setZValue(z)
            self._view.addItem(item, ignoreBounds=True)
        self.setMouseTracking(True)
        self.setMinimumHeight(96)
        axis.changed.connect(self._range_changed)
        document.curves_changed.connect(self._curves_changed)
        self.values.changed.connect(self._range_changed)
        document.modulation_changed.connect(self._gain_changed)
        document.events_changed.connect(self._gain_changed)
        choice.rows_changed.connect(self._others_shown)
        choice.view_changed.connect(self._others_shown)
        choice.selected_changed.connect(self._selection_changed)
        self.fit_values()
        self._range_changed()

    # Where things are -------------------------------------------------------------------

    def y(self, value: float) -> float:
        """Pixel row of an activation."""
        return self.values.y(value)

    def value(self, y: float) -> float:
        """Activation at a pixel row."""
        return self.values.value(y)

    def handle_pixels(self, curve: Curve | None) -> NDArray[np.float64]:
        """Pixel positions of a curve's handles, (n, 2); those beyond the range at its edge."""
        if curve is None:
            return np.zeros((0, 2))
        points = handle_points(curve)
        x = (self.axis.frames(points[:, 0]) - self.axis.visible[0]) * self.axis.pixels_per_frame
        return np.column_stack([x, [self.y(v) for v in self.values.within(points[:, 1])]])

    def handle_at(self, position: QPointF, reach: float = 9.0) -> int:
        """Index of the selected curve's handle under a position, -1 for none."""
        curve = self.document.curve(self.choice.selected) if self.choice.selected else None
        if curve is None or not self.choice.is_seen(self.choice.selected):
            return -1
        away = np.hypot(*(self.handle_pixels(curve) - (position.x(), position.y())).T)
        nearest = int(np.argmin(away))
        return nearest if away[nearest] <= reach else -1

    def curve_at(self, position: QPointF, reach: float = 7.0) -> str:
        """Track whose line lies nearest under a position, "" for none; the selected one first."""
        near: dict[str, float] = {}
        columns = self.axis.frame(position.x()) + np.linspace(-3, 3, 7) / self.axis.pixels_per_frame
        times = self.axis.seconds(columns)
        for name in self.choice.seen():
            curve = self.document.curve(name)
            if curve is None:
                continue
            rows = np.array([self.y(v) for v in curve(times)])
            near[name] = float(np.min(np.abs(rows - position.y())))
        hits = {name: away for name, away in near.items() if away <= reach}
        if self.choice.selected in hits:
            return self.choice.selected
        return min(hits, key=hits.__getitem__, default="")

    # The range of values ----------------------------------------------------------------

    def fit_values(self) -> None:
        """Fit the vertical range to what moves, as predicted, edited or played."""
        choice, edited = self.choice, self.document.curves("edited")
        names = {name for name in choice.names if is_unit(name) or choice.is_seen(name)}
        moving = names & choice.moving
        lowest = min(
            (float(handle_points(edited[n])[:, 1].min()) for n in moving if n in edited),
            default=0.0,
        )
        highest = max((choice.peak(name) for name in names), default=0.0)
        signed = self._signed()
        deepest = min((choice.low(name) for name in signed), default=0.0) if signed else None
        self.values.fit(max(highest, self._played_peak(moving)), lowest, deepest)

    def _signed(self) -> list[str]:
        """Tracks shown that move in both directions."""
        return [name for name in self.choice.seen() if track_range(name)[0] < 0]

    def _others_shown(self) -> None:
        """Other curves are listed or seen: with a control the range goes below zero."""
        if bool(self._signed()) != self.values.signed:
            if self.values.mode == "fit":
                self.fit_values()
            else:
                self.values.show_signed(not self.values.signed)
        self.renew()

    def toggle_values(self) -> None:
        """The full range 0 to 1, or fitted again."""
        if self.values.mode == "full":
            self.fit_values()
        else:
            self.values.full()

    def _played_peak(self, names: Collection[str]) -> float:
        """Highest value that the modulation makes of some curves."""
        times = self.choice.sample_times()
        weights = self.document.weights("modulated")
        curves = {name: weights.curves[name] for name in names if name in weights.curves}
        if not len(times) or not curves or weights.modulation is None:
            return 0.0
        played = replace(weights, curves=curves).over(times)
        return max(float(np.max(values)) for values in played.values())

    def _gain_changed(self) -> None:
        if self.values.mode == "fit":
            self.values.include(self._played_peak([self.choice.selected]))
        self._selected.renew()

    # What is shown ----------------------------------------------------------------------

    @property
    def show_raw(self) -> bool:
        """Whether the raw prediction stands behind the curves."""
        return self._show_raw

    @show_raw.setter
    def show_raw(self, on: bool) -> None:
        self._show_raw = on
        self._ghosts.renew()

    @property
    def show_modulated(self) -> bool:
        """Whether the selected curve is also shown as the head plays it."""
        return self._show_modulated

    @show_modulated.setter
    def show_modulated(self, on: bool) -> None:
        self._show_modulated = on
        self._selected.renew()

    def renew(self) -> None:
        """Draw everything anew."""
        self._ghosts.renew()
        self._others.renew()
        self._renew_selected()

    def _renew_selected(self) -> None:
        self._selected.renew()
        self._polygon.renew()
        self._place_handles()

    def _selection_changed(self) -> None:
        self.grabbed = -1
        self.renew()

    def _curves_changed(self, names: frozenset[str] | None) -> None:
        if names is None:
            self.grabbed = -1
            self._compared.clear()
            for book in (self._thin, self._wide, self._dashed):
                book.clear()
            if self.values.mode != "full":
                self.fit_values()
            self.renew()
            return
        if self.values.mode == "fit":
            self.values.include(max((self.choice.peak(name) for name in names), default=0.0))
            self.values.include(min((self.choice.low(name) for name in names), default=0.0))
        if self.choice.selected in names:
            self._renew_selected()
        if names - {self.choice.selected}:
            self._others.renew()

    def _range_changed(self) -> None:
        first, last = self.axis.visible
        self.values.set_height(self.height())
        low, high = self.value(self.height()), self.value(0)
        self._view.setRange(xRange=(first, last), yRange=(low, high), padding=0, update=True)
        bounds = QRectF(first, low, last - first, high - low)
        for item in (self._ghosts, self._others, self._selected, self._polygon):
            item.set_bounds(bounds)
        self._grid.set_size(self.width(), self.height())
        self._place_handles()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_handles"):  # pyqtgraph resizes in its constructor
            self._range_changed()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_handles"):
            self.resetCachedContent()  # pyqtgraph keeps the old ground
            self.renew()
            self._grid.update()
        super().changeEvent(event)

    # Lines ------------------------------------------------------------------------------

    def _tolerance(self) -> float:
        return _SEEN * self.values.per_pixel

    def _ghost_lines(self) -> Sequence[Line]:
        if not self._show_raw or not self.axis.n_frames:
            return ()
        raw, edited = self.document.curves("raw"), self.document.curves("edited")
        selected = self.choice.selected
        dim = theme.current().color("text_dim", 0.55)
        lines = []
        for name in self.choice.seen():
            if name not in raw or (name != selected and self._untouched(name, raw, edited)):
                continue  # nothing to be seen behind an untouched curve
            color = track_color(name) if name == selected else dim
            color.setAlphaF(0.6 if name == selected else 0.5)
            parts = self._dashed.parts(name, raw[name], SAMPLE_PX, self._tolerance())
            lines.append(Line(parts, color, 1.0))
        return lines

    def _untouched(self, name: str, raw: Curves, edited: Curves) -> bool:
        """Whether a curve is as it was predicted; compared once for each pair of curves."""
        known = self._compared.get(name)
        if known is None or known[0] is not raw[name] or known[1] is not edited.get(name):
            known = (raw[name], edited.get(name), raw[name] == edited.get(name))
            self._compared[name] = known
        return known[2]

    def _other_lines(self) -> Sequence[Line]:
        if not self.axis.n_frames:
            return ()
        lines, names = [], self.choice.seen()
        thin = len(names) >= _MANY
        edited, tolerance = self.document.curves("edited"), self._tolerance()
        book, apart, width = (
            (self._thin, 1.5 * SAMPLE_PX, 1.0) if thin else (self._wide, SAMPLE_PX, 1.6)
        )
        for name in names:
            if name in edited and name != self.choice.selected:
                parts = book.parts(name, edited[name], apart, tolerance)
                lines.append(Line(parts, track_color(name), width))
        return lines

    def _selected_lines(self) -> Sequence[Line]:
        name = self.choice.selected
        curve = self.document.curve(name) if name else None
        if curve is None or not self.axis.n_frames or not self.choice.is_seen(name):
            return ()
        color = track_color(name)
        frames = sample_frames(self.axis, self.axis.frames(curve.t))
        times = self.axis.seconds(frames)
        values = curve(times)
        lines = [Line(wide_path(frames, values, self._tolerance()), color, 2.25)]
        if self._show_modulated:
            weights = self.document.weights("modulated")
            played = replace(weights, curves={name: curve}).over(times)[name]
            if np.max(np.abs(played - values)) > 0.5 * self.values.per_pixel:
                soft = track_color(name)
                soft.setAlphaF(0.9)
                path = thin_path(frames, played, self._tolerance())
                lines.insert(0, Line(path, soft, 1.4, Qt.PenStyle.DotLine))
        return lines

    def _polygon_lines(self) -> Sequence[Line]:
        name = self.choice.selected
        curve = self.document.curve(name) if name else None
        if curve is None or not by_control(curve) or not self.choice.is_seen(name):
            return ()
        points = curve.control_points()
        path = pg.arrayToQPath(self.axis.frames(points[:, 0]), points[:, 1], connect="all")
        return (Line((path,), theme.current().color("text", 0.35), 1.0),)

    def _place_handles(self) -> None:
        name = self.choice.selected
        curve = self.document.curve(name) if name else None
        if curve is None or not self.axis.n_frames or not self.choice.is_seen(name):
            self._handles.clear()
            self._placed = ()
            return
        look = theme.current()
        points = handle_points(curve)
        x, y = self.axis.frames(points[:, 0]), self.values.within(points[:, 1])
        size = handle_sizes(x * self.axis.pixels_per_frame)
        placed = (name, self.grabbed, look, x.tobytes(), y.tobytes(), size.tobytes())
        if placed == self._placed:
            return  # an analysis asks for it three times over, and pyqtgraph takes its time
        self._placed = placed
        inside = np.ones(len(points), bool)
        inside[[0, -1]] = False
        end = pg.mkBrush(track_color(name))
        fill, hot = pg.mkBrush(look.text), pg.mkBrush(look.amber)
        brushes = [fill if flag else end for flag in inside]
        if 0 <= self.grabbed < len(points):
            brushes[self.grabbed] = hot
            size[self.grabbed] = max(size[self.grabbed], 9.0) + 3.0
        rim, none = pg.mkPen(look.panel, width=1), pg.mkPen(None)
        pens = [rim if s > 6 else none for s in size]
        self._handles.setData(x=x, y=y, size=size, brush=brushes, pen=pens)
