"""Editing of the selected curve: drag, add and delete control points."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from app.state.document import Document
from pipeline.core.tracks import track_range
from pipeline.curves import Curve
from pipeline.store import SetCurve
from widgets.timeline.axis import TimeAxis
from widgets.timeline.curve_choice import CurveChoice
from widgets.timeline.curve_plot import CurvePlot, by_control, handle_points
from widgets.timeline.track import NOTCH, Navigation

#: How far beyond its range a hand may draw a track: a control point above 1 lets it reach 1.
BEYOND = 0.1
NUDGE = 0.01
#: How near to the playhead's line a press takes hold of it, px.
_LINE_REACH = 4.0
#: Width of the value axis's numbers at the left, px.
NUMBERS_PX = 30.0
_gestures = itertools.count()


def held(name: str, value: float) -> float:
    """A value that a hand may give to a track."""
    low, high = track_range(name)
    return min(max(value, low - BEYOND), high + BEYOND)


class CurveEditor(CurvePlot):
    """Mouse and keys over the plot.

    A drag previews through the document and stores one edit on release; Escape gives up.
    Double-click or Insert adds a control point without changing the shape, Delete takes the
    chosen one away, Alt with arrows nudges it.

    Signals
    -------
    said(str)
        Why something was not done, for the status line.
    fit_event_wanted()
    """

    _built = False  # Qt sends events during construction

    said = Signal(str)
    fit_event_wanted = Signal()

    def __init__(
        self,
        document: Document,
        axis: TimeAxis,
        choice: CurveChoice,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(document, axis, choice, parent)
        self._built = True
        self.navigation = Navigation(axis, self, document.playhead)
        self._origin: Curve | None = None  # the curve when the drag began
        self._name = ""  # its track
        self._offset = QPointF()  # from the cursor to the handle
        self._pressed_at = QPointF()
        self._moved = False
        self._held_value, self._per_pixel = 0.0, 0.0
        self._range_before = self.values.state()
        self._scrubbing = False
        self._gesture = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Curve editor"))
        self.setAccessibleDescription(
            self.tr("Drag control points. Double-click or Insert adds one, Delete removes it.")
        )
        self.setToolTip(
            self.tr(
                "Drag control points; Shift keeps time or value, Ctrl snaps to frames.\n"
                "Double-click or Ins: add · Del: remove · Alt+arrows: nudge · Esc: give up\n"
                "Ctrl+Shift+wheel, or wheel over the numbers: zoom the values"
            )
        )

    @property
    def dragging(self) -> bool:
        return self._origin is not None

    # Edits ------------------------------------------------------------------------------

    def _commit(self, name: str, new: Curve, label: str, gesture: str = "") -> bool:
        """One undo from what is stored to ``new``; False where nothing changes."""
        clip = self.document.clip
        if clip is None:
            return False
        old = self._stored(name)
        if old == new:
            self.document.preview_curves(None)
            return False
        edit = SetCurve(clip.id, name, "edited", old, new, gesture=gesture, label=label)
        return self.document.do(edit)

    def _stored(self, name: str) -> Curve | None:
        """The edited curve without a preview."""
        if self._origin is not None and name == self._name:
            return self._origin
        return self.document.curve(name)

    def insert_point(self, seconds: float | None = None, name: str = "") -> bool:
        """Add a control point to a curve (default: the selected one, at the playhead)."""
        name = name or self.choice.selected
        curve = self.document.curve(name) if name else None
        if curve is None:
            self.said.emit(self.tr("Select a curve first"))
            return False
        at = self.document.playhead.seconds if seconds is None else seconds
        try:
            new = curve.insert_control_point(at) if by_control(curve) else curve.insert_key(at)
        except ValueError:
            self.said.emit(self.tr("A point cannot be added there"))
            return False
        if not self._commit(name, new, self.tr("Add control point")):
            return False
        times = handle_points(new)[:, 0]
        self._choose(int(abs(times - at).argmin()))
        return True

    def delete_point(self) -> bool:
        """Take the chosen control point away."""
        name = self.choice.selected
        curve = self.document.curve(name) if name else None
        if curve is None or not 0 <= self.grabbed < len(handle_points(curve)):
            self.said.emit(self.tr("Click a control point first"))
            return False
        index = self.grabbed
        try:
            spline = by_control(curve)
            new = curve.delete_control_point(index) if spline else curve.delete_key(index)
        except ValueError:
            if len(curve) == 1:
                return self.delete_curve()
            self.said.emit(self.tr("The curve needs its last points"))
            return False
        self._choose(-1)
        return self._commit(name, new, self.tr("Delete control point"))

    def delete_curve(self) -> bool:
        """Take the selected curve away; what was predicted stays behind it and can be had back."""
        name, clip = self.choice.selected, self.document.clip
        old = self.document.curve(name) if name else None
        if old is None or clip is None:
            self.said.emit(self.tr("Select a curve first"))
            return False
        self._choose(-1)
        label = self.tr("Delete curve")
        return self.document.do(SetCurve(clip.id, name, "edited", old, None, label=label))

    def reset_curve(self) -> bool:
        """Take the selected curve back to what was predicted."""
        name = self.choice.selected
        raw = self.document.curve(name, "raw") if name else None
        if raw is None:
            self.said.emit(self.tr("There is no prediction for this curve"))
            return False
        self._choose(-1)
        return self._commit(name, raw, self.tr("Reset curve to the prediction"))

    def nudge(self, frames: int, value: float) -> bool:
        """Move the chosen point by whole frames and by a value; repeats are one undo."""
        name = self.choice.selected
        curve = self.document.curve(name) if name else None
        if curve is None or not 0 <= self.grabbed < len(handle_points(curve)):
            return False
        time, old = handle_points(curve)[self.grabbed]
        moved = self.axis.seconds(self.axis.frames(time) + frames)
        wanted = held(name, float(old) + value)
        new = self._with_handle(curve, self.grabbed, float(moved), wanted)
        self.values.include(wanted)
        return self._commit(name, new, self.tr("Nudge control point"), self._gesture)

    @staticmethod
    def _with_handle(curve: Curve, index: int, time: float, value: float) -> Curve:
        if by_control(curve):
            return curve.with_control_point(index, time, value)
        return curve.with_key(index, time, value)

    def _choose(self, index: int) -> None:
        self.grabbed = index
        self._gesture = f"nudge {next(_gestures)}"
        self._place_handles()

    # Mouse ------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self.navigation.press(event.button(), at.x()):
            return
        if event.button() != Qt.MouseButton.LeftButton:
            return
        index = self.handle_at(at)
        if index >= 0:
            self._begin(index, at)
            return
        self._choose(-1)
        line = self.axis.x(self.document.playhead.frame)
        name = self.curve_at(at)
        if name and name != self.choice.selected:
            self.choice.select(name)
        elif abs(line - at.x()) <= _LINE_REACH:
            self._scrubbing = True

    def _begin(self, index: int, at: QPointF) -> None:
        """Take hold of a point; what a pixel is worth holds for the whole drag."""
        name = self.choice.selected
        curve = self.document.curve(name)
        assert curve is not None
        self._choose(index)
        self._origin, self._name = curve, name
        pixel = self.handle_pixels(curve)[index]
        self._offset = QPointF(*pixel.tolist()) - at
        self._pressed_at, self._moved = at, False
        self._held_value = float(handle_points(curve)[index, 1])
        self._per_pixel = self.values.per_pixel
        self._range_before = self.values.state()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self.navigation.move(at.x()):
            return
        if self._scrubbing:
            self.document.playhead.set_frame(self.axis.nearest(at.x()))
        elif self._origin is not None:
            self._drag(at, event.modifiers())
        else:
            self._hover(at)

    def _drag(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        assert self._origin is not None
        way = at - self._pressed_at
        if not self._moved and way.manhattanLength() < 2:
            return
        self._moved = True
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            along_x = abs(way.x()) > abs(way.y())
            at = self._pressed_at + (QPointF(way.x(), 0) if along_x else QPointF(0, way.y()))
        handle = at + self._offset
        frame = self.axis.frame(handle.x())
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            frame = round(frame)
        time = float(self.axis.seconds(frame))
        value = self._held_value - (at.y() - self._pressed_at.y()) * self._per_pixel
        value = held(self._name, value)
        curve = self._with_handle(self._origin, self.grabbed, time, value)
        self.values.include(value)
        self.document.preview_curves({self._name: curve})

    def _hover(self, at: QPointF) -> None:
        if self.handle_at(at) >= 0:
            self.setCursor(Qt.CursorShape.SizeAllCursor)
        elif self.curve_at(at):
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        elif abs(self.axis.x(self.document.playhead.frame) - at.x()) <= _LINE_REACH:
            self.setCursor(Qt.CursorShape.SizeHorCursor)
        else:
            self.unsetCursor()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.navigation.release() or event.button() != Qt.MouseButton.LeftButton:
            return
        self._scrubbing = False
        if self._origin is None:
            return
        curve = self.document.curve(self._name)
        if self._moved and curve is not None:
            self._commit(self._name, curve, self.tr("Move control point"))
        self._origin = None

    def abort(self) -> bool:
        """Give up a drag; the curve is as before it."""
        if self._origin is None:
            return False
        self._origin = None
        self.document.preview_curves(None)
        self.values.restore(self._range_before)
        return True

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position()
        if self.handle_at(at) >= 0:
            return
        name = self.curve_at(at) or self.choice.selected
        if name:
            self.choice.select(name)
            self.insert_point(float(self.axis.seconds(self.axis.frame(at.x()))), name)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl+Shift, or over the numbers at the left, zooms the values; else the time."""
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        over_numbers = event.position().x() < NUMBERS_PX and not event.modifiers()
        if event.angleDelta().y() and (event.modifiers() & both == both or over_numbers):
            self.values.zoom(NOTCH ** (-event.angleDelta().y() / 120.0))
            event.accept()
        else:
            self.navigation.wheel(event)

    # Keys -------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            ours = event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Insert) or (
                event.key() == Qt.Key.Key_Escape and self.dragging
            )
            if ours or self._nudge_of(event) is not None:
                event.accept()
                return True
        if self._built and self.navigation.space.handle(event):
            return True
        return super().event(event)

    def _nudge_of(self, event: QKeyEvent) -> tuple[int, float] | None:
        if not event.modifiers() & Qt.KeyboardModifier.AltModifier or self.grabbed < 0:
            return None
        far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        steps = {
            Qt.Key.Key_Left: (-far, 0.0),
            Qt.Key.Key_Right: (far, 0.0),
            Qt.Key.Key_Up: (0, far * NUDGE),
            Qt.Key.Key_Down: (0, -far * NUDGE),
        }
        return steps.get(Qt.Key(event.key()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        nudge = self._nudge_of(event)
        if nudge is not None:
            self.nudge(*nudge)
        elif event.key() == Qt.Key.Key_Escape and self.abort():
            pass
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_point()
        elif event.key() == Qt.Key.Key_Insert:
            self.insert_point()
        else:
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.navigation.space.let_go()
        if event.reason() == Qt.FocusReason.ActiveWindowFocusReason:
            self.abort()
        super().focusOutEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.context_menu(QPointF(event.pos()))
        menu.exec(event.globalPos())
        menu.deleteLater()

    def context_menu(self, at: QPointF) -> QMenu:
        """What can be done at a position."""
        menu = QMenu(self)
        index, name = self.handle_at(at), self.curve_at(at) or self.choice.selected
        if index >= 0:
            self._choose(index)
            delete = menu.addAction(self.tr("Delete control point"), self.delete_point)
            delete.setShortcut(QKeySequence(Qt.Key.Key_Delete))
        elif name:
            seconds = float(self.axis.seconds(self.axis.frame(at.x())))
            menu.addAction(self.tr("Add control point here"),
                           lambda: self._insert_at(name, seconds))  # fmt: skip
        if name:
            menu.addAction(self.tr("Reset curve to the prediction"), self.reset_curve)
            menu.addAction(self.tr("Delete curve"), lambda: self._delete(name))
            menu.addSeparator()
        for text, attribute in (
            (self.tr("Show raw prediction"), "show_raw"),
            (self.tr("Show as played (modulated)"), "show_modulated"),
        ):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(getattr(self, attribute))
            action.toggled.connect(lambda on, which=attribute: setattr(self, which, on))
        menu.addSeparator()
        menu.addAction(self.tr("Fit the values"), self.fit_values)
        menu.addAction(self.tr("All values"), self.values.full)
        menu.addAction(self.tr("Show the whole clip"), self.axis.fit_all)
        menu.addAction(self.tr("Show the event"), self.fit_event_wanted.emit)
        return menu

    def _delete(self, name: str) -> None:
        self.choice.select(name)
        self.delete_curve()

    def _insert_at(self, name: str, seconds: float) -> None:
        self.choice.select(name)
        self.insert_point(seconds, name)
