"""What the X server shows of the window, and a hand that drags in it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

LEFT = Qt.MouseButton.LeftButton
Picture = NDArray[np.uint8]


def shown(widget: QWidget) -> Picture:
    """A widget's pixels as they stand on the screen, (H, W, 3) uint8."""
    window = widget.window()
    corner = widget.mapTo(window, QPoint(0, 0))
    part = (corner.x(), corner.y(), widget.width(), widget.height())
    picture = window.screen().grabWindow(window.winId(), *part).toImage()
    image = picture.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def near(picture: Picture, colour: str, tolerance: int = 24) -> NDArray[np.bool_]:
    """Where a picture has a colour, (H, W) bool."""
    wanted = QColor(colour)
    rgb = np.array([wanted.red(), wanted.green(), wanted.blue()])
    return np.abs(picture.astype(int) - rgb).max(axis=2) <= tolerance


def changed(before: Picture, after: Picture) -> float:
    """Share of the pixels that differ to the eye."""
    return float((np.abs(after.astype(int) - before.astype(int)).max(axis=2) > 20).mean())


def drag(
    widget: QWidget,
    start: QPointF,
    end: QPointF,
    held: Callable[[], None] = lambda: None,
    steps: int = 4,
) -> None:
    """Press, move in steps, look while the button is held, release."""
    if isinstance(widget, QAbstractScrollArea):
        widget = widget.viewport()  # where the window system sends the mouse
    QTest.mouseMove(widget, start.toPoint())
    QTest.mousePress(widget, LEFT, pos=start.toPoint())
    for step in range(1, steps + 1):
        QTest.mouseMove(widget, (start + (end - start) * (step / steps)).toPoint())
        QTest.qWait(20)
    held()
    QTest.mouseRelease(widget, LEFT, pos=end.toPoint())
