"""What all tracks of the timeline share: one axis, zoom at the cursor, pan, seek."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.state.document import Document
from app.state.playhead import Playhead
from widgets.space_key import SpaceKey
from widgets.timeline.axis import TimeAxis

#: Zoom for one notch of a wheel.
NOTCH = 1.25


class Navigation:
    """Wheel, middle button and space drag of one track, turned into moves of the axis.

    Parameters
    ----------
    axis : TimeAxis
    widget : QWidget
        Where the cursor is shown.
    playhead : Playhead
        What a tap on space plays.
    """

    def __init__(self, axis: TimeAxis, widget: QWidget, playhead: Playhead) -> None:
        self._axis = axis
        self._widget = widget
        self._grip: float | None = None
        self.space = SpaceKey(widget, playhead)

    @property
    def panning(self) -> bool:
        return self._grip is not None

    def wheel(self, event: QWheelEvent) -> None:
        """Zoom around the cursor; shift or a sideways wheel pans."""
        delta = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
        sideways = abs(delta.x()) > abs(delta.y())
        if sideways or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._axis.pan(delta.x() if sideways else delta.y())
        elif delta.y():
            self._axis.zoom(NOTCH ** (-event.angleDelta().y() / 120.0), event.position().x())
        event.accept()

    def press(self, button: Qt.MouseButton, x: float) -> bool:
        """Take hold if this press begins a pan."""
        middle = button == Qt.MouseButton.MiddleButton
        if middle or (self.space.held and button == Qt.MouseButton.LeftButton):
            self._grip = x
            self.space.use()
            self._widget.setCursor(Qt.CursorShape.ClosedHandCursor)
            return True
        return False

    def move(self, x: float) -> bool:
        """Follow the cursor while panning."""
        if self._grip is None:
            return False
        self._axis.pan(x - self._grip)
        self._grip = x
        return True

    def release(self) -> bool:
        """Let go."""
        if self._grip is None:
            return False
        self._grip = None
        self._widget.unsetCursor()
        return True


class Track(QWidget):
    """A painted strip over the axis; a click or drag where nothing else is seeks."""

    _built = False  # Qt sends events during construction

    def __init__(self, document: Document, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.axis = axis
        self.navigation = Navigation(axis, self, document.playhead)
        self._seeking = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        axis.changed.connect(self.update)
        self._built = True

    def seek(self, x: float) -> None:
        """Put the playhead on the frame under a pixel."""
        if self.axis.n_frames:
            self.document.playhead.set_frame(self.axis.nearest(x))

    # What a track with things to grab overrides

    def grab_at(self, position: QPointF) -> bool:
        """Begin a drag of something at a position; False lets the press seek."""
        return False

    def drag_to(self, position: QPointF) -> None:
        """Go on with the drag that `grab_at` began."""

    def drop(self) -> None:
        """End the drag."""

    def hover(self, position: QPointF) -> None:
        """The cursor moves with no button held."""

    # Qt

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.navigation.press(event.button(), event.position().x()):
            return
        if event.button() == Qt.MouseButton.LeftButton and not self.grab_at(event.position()):
            self._seeking = True
            self.seek(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.navigation.move(event.position().x()):
            return
        if self._seeking:
            self.seek(event.position().x())
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self.drag_to(event.position())
        else:
            self.hover(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.navigation.release():
            return
        if event.button() == Qt.MouseButton.LeftButton:
            if not self._seeking:
                self.drop()
            self._seeking = False

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.navigation.wheel(event)

    def event(self, event: QEvent) -> bool:
        if self._built and self.navigation.space.handle(event):
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.navigation.space.let_go()
        super().focusOutEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self.update()
        super().changeEvent(event)
