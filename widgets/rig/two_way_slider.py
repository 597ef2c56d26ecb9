"""A slider with its rest in the middle."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSlider, QWidget

from widgets import theme

#: Steps from rest to either end: a hundredth of the weight each.
STEPS = 100
_HANDLE = 6.0  # radius, px
_GROOVE = 4.0
_KEYS = (
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_0,
)  # fmt: skip


class TwoWaySlider(QSlider):
    """Weights from -1 to 1; a double click or 0 brings it to rest.

    Arrow keys move it while it has the focus, the wheel also after it was clicked, so that a
    panel scrolls over sliders without moving them. Escape gives a drag up.

    Signals
    -------
    moved : float
        The weight while it is dragged.
    settled : float
        The weight when it is let go, or stepped by a key or the wheel.
    given_up
    """

    moved = Signal(float)
    settled = Signal(float)
    given_up = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(-STEPS, STEPS)
        self.setPageStep(10)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setMinimumWidth(60)
        self._driven: float | None = None
        self._clicked = False
        self._before = 0

    def sizeHint(self) -> QSize:
        return QSize(110, 22)

    @property
    def weight(self) -> float:
        """The weight shown."""
        return self.value() / STEPS

    def show_weight(self, weight: float) -> None:
        """Show a weight without telling anybody; not under a hand."""
        if not self.isSliderDown():
            self.blockSignals(True)
            self.setValue(round(weight * STEPS))
            self.blockSignals(False)
            self.update()

    def show_driven(self, weight: float | None) -> None:
        """Mark what the video asks for; None where it asks for nothing."""
        if weight != self._driven:
            self._driven = weight
            self.update()

    # By hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._clicked, self._before = True, self.value()
        self.setSliderDown(True)
        if abs(event.position().x() - self._x(self.weight)) > _HANDLE + 2:
            self._drag(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._drag(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown() and event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)
            if self.value() != self._before:
                self.settled.emit(self.weight)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._step_to(0)

    def _drag(self, x: float) -> None:
        room = self.width() - 2 * _HANDLE - 2
        weight = 2 * (x - _HANDLE - 1) / max(room, 1.0) - 1
        if abs(weight) < 2.5 / max(room, 1.0):
            weight = 0.0  # rest is easy to find
        value = round(min(max(weight, -1.0), 1.0) * STEPS)
        if value != self.value():
            self.setValue(value)
            self.moved.emit(self.weight)

    def leaveEvent(self, event: QEvent) -> None:
        self._clicked = False
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        if not (self._clicked or self.hasFocus()) or not notches:
            event.ignore()  # the panel scrolls
            return
        self._step_to(self.value() + round(notches) if abs(notches) >= 1 else self.value())
        event.accept()

    # By keys

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (event.key() in _KEYS or (self.isSliderDown() and event.key() == Qt.Key.Key_Escape))
        ):
            event.accept()  # else the window steps frames by them
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1,
            Qt.Key.Key_PageDown: -10, Qt.Key.Key_PageUp: 10,
        }  # fmt: skip
        places = {Qt.Key.Key_Home: -STEPS, Qt.Key.Key_End: STEPS, Qt.Key.Key_0: 0}
        key = Qt.Key(event.key())
        if key in steps:
            self._step_to(self.value() + steps[key])
        elif key in places:
            self._step_to(places[key])
        elif key == Qt.Key.Key_Escape and self.isSliderDown():
            self.setSliderDown(False)
            self.given_up.emit()
        else:
            event.ignore()

    def _step_to(self, value: int) -> None:
        self.setSliderDown(False)
        before = self.value()
        self.setValue(value)
        if self.value() != before:
            self.settled.emit(self.weight)

    # Looks

    def _x(self, weight: float) -> float:
        return _HANDLE + 1 + (weight + 1) / 2 * (self.width() - 2 * _HANDLE - 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, on = self.height() / 2, self.isEnabled()
        rest, handle = self._x(0.0), self._x(self.weight)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("line"))
        groove = QRectF(self._x(-1), middle - _GROOVE / 2, self._x(1) - self._x(-1), _GROOVE)
        painter.drawRoundedRect(groove, _GROOVE / 2, _GROOVE / 2)
        painter.setBrush(look.color("accent" if on else "text_dim"))
        filled = QRectF(min(rest, handle), middle - _GROOVE / 2, abs(handle - rest), _GROOVE)
        painter.drawRoundedRect(filled, _GROOVE / 2, _GROOVE / 2)
        painter.setBrush(look.color("text_dim"))
        painter.drawRect(QRectF(rest - 0.5, middle - 5, 1, 10))
        near = on and (self.underMouse() or self.hasFocus() or self.isSliderDown())
        colour: QColor = look.color("accent" if near else "text" if on else "text_dim")
        painter.setBrush(colour)
        if self.hasFocus():
            painter.setPen(QPen(look.color("accent", 0.4), 3))
        painter.drawEllipse(QPointF(handle, middle), _HANDLE, _HANDLE)
        if self._driven is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("amber"))
            at = self._x(min(max(self._driven, -1.0), 1.0))
            painter.drawRoundedRect(QRectF(at - 1.5, middle - 6, 3, 12), 1.5, 1.5)
