"""A hand on a widget: real mouse events with positions between pixels."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

LEFT = Qt.MouseButton.LeftButton

NO_KEYS = Qt.KeyboardModifier.NoModifier


def _target(widget: QWidget) -> QWidget:
    """Where the window system sends the mouse: a scroll area's viewport."""
    return widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget


def _send(
    widget: QWidget,
    kind: QMouseEvent.Type,
    at: QPointF,
    button: Qt.MouseButton,
    held: Qt.MouseButton,
    keys: Qt.KeyboardModifier,
) -> None:
    widget = _target(widget)
    event = QMouseEvent(kind, at, widget.mapToGlobal(at), button, held, keys)
    QApplication.sendEvent(widget, event)


def press(
    widget: QWidget, x: float, y: float, button: Qt.MouseButton = LEFT,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:  # fmt: skip
    _send(widget, QMouseEvent.Type.MouseButtonPress, QPointF(x, y), button, button, keys)


def move(
    widget: QWidget, x: float, y: float, held: Qt.MouseButton = LEFT,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:  # fmt: skip
    none = Qt.MouseButton.NoButton
    _send(widget, QMouseEvent.Type.MouseMove, QPointF(x, y), none, held, keys)


def release(
    widget: QWidget, x: float, y: float, button: Qt.MouseButton = LEFT,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:  # fmt: skip
    none = Qt.MouseButton.NoButton
    _send(widget, QMouseEvent.Type.MouseButtonRelease, QPointF(x, y), button, none, keys)


def drag(widget: QWidget, *path: tuple[float, float], button: Qt.MouseButton = LEFT) -> None:
    """Press at the first place, go along the path, release at the last."""
    press(widget, *path[0], button)
    for place in path[1:]:
        move(widget, *place, button)
    release(widget, *path[-1], button)


def click(widget: QWidget, x: float, y: float) -> None:
    press(widget, x, y)
    release(widget, x, y)


def double_click(widget: QWidget, x: float, y: float) -> None:
    click(widget, x, y)
    _send(widget, QMouseEvent.Type.MouseButtonDblClick, QPointF(x, y), LEFT, LEFT,
          Qt.KeyboardModifier.NoModifier)  # fmt: skip
    release(widget, x, y)


def wheel(
    widget: QWidget, x: float, y: float, notches: float, *, keys: Qt.KeyboardModifier = NO_KEYS
) -> None:
    at, widget = QPointF(x, y), _target(widget)
    event = QWheelEvent(
        at, widget.mapToGlobal(at), QPoint(), QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)
