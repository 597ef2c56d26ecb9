"""What is painted over the head's picture: its landmarks, and the line between two layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from pipeline.head.scene.camera import HeadState
from widgets import theme
from widgets.chips import paint_chip, paint_empty

if TYPE_CHECKING:
    from pipeline.head import HeadModel
    from widgets.head.head_source import HeadSource

_DOT = 2.4  # px
_HEAT_MARKS = (0.0, 0.5, 2.0, 5.0, 10.0)  # mm


def landmark_places(
    models: Mapping[str, HeadModel], state: HeadState
) -> list[tuple[QPointF, bool]]:
    """Where the head's 68 points are in the picture of a state, px, and whether they face it."""
    model = models.get(state.quality) or next(iter(models.values()), None)
    if model is None or len(model.landmarks) == 0:
        return []
    places, facing = model_landmarks(model, state)
    return [(QPointF(x, y), bool(seen)) for (x, y), seen in zip(places, facing, strict=True)]


def model_landmarks(model: HeadModel, state: HeadState) -> tuple[np.ndarray, np.ndarray]:
    """Pixel positions (68, 2) and whether each point's skin faces the camera, (68,) bool."""
    from pipeline.head import project_landmarks

    weights = dict(state.weights)
    places = project_landmarks(model, weights, state.camera, state.size, state.pose)
    ids = model.landmarks
    towards = state.camera.position - model.vertices[ids]
    return places, (model.normals[ids] * towards).sum(1) > 0


def paint_landmarks(
    painter: QPainter, places: list[tuple[QPointF, bool]], target: QRectF, width: int
) -> None:
    """Dots on points that face the camera, rings on those on the far side."""
    if not places:
        return
    scale = target.width() / max(width, 1)
    accent = QColor(theme.current().color("accent"))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for place, facing in places:
        at = target.topLeft() + (place + QPointF(0.5, 0.5)) * scale
        painter.setPen(Qt.PenStyle.NoPen if facing else QPen(accent, 1.0))
        painter.setBrush(accent if facing else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(at, _DOT, _DOT)
    painter.restore()


def paint_heat_scale(painter: QPainter, view: QRectF, margin: float) -> None:
    """What the heat's colours stand for, in mm, at the lower left."""
    from pipeline.head.scene.heat import HOTTEST_MM, heat_colours

    width, height = 160.0, 6.0
    bar = QRectF(view.left() + margin, view.bottom() - margin - 22, width, height)
    steps = np.linspace(0, 1, int(width))
    for number, colour in enumerate(heat_colours(HOTTEST_MM * steps**2)):
        painter.fillRect(QRectF(bar.left() + number, bar.top(), 1.5, height), QColor(*colour))
    painter.setPen(theme.current().color("text"))
    for mm in _HEAT_MARKS:
        x = bar.left() + width * (mm / HOTTEST_MM) ** 0.5
        words = f"{mm:g}" + (" mm" if mm == _HEAT_MARKS[-1] else "")
        painter.drawText(QPointF(x - 3, bar.bottom() + 14), words)


def paint_split(
    painter: QPainter, target: QRectF, split: float, name: str, left: QRectF, *, large: bool
) -> None:
    """The line between two layers, with the right one's name, under the left one's if it must."""
    x = round(target.left() + target.width() * split) + 0.5
    painter.setPen(QPen(theme.current().color("accent"), 1.0))
    painter.drawLine(QPointF(x, target.top()), QPointF(x, target.bottom()))
    margin = left.left()
    beneath = x + margin < left.right() + margin / 2
    y = left.bottom() + margin / 2 if beneath else left.top()
    paint_chip(painter, QPointF(x + margin, y), name, large=large)


def paint_waiting(painter: QPainter, area: QRectF, source: HeadSource) -> None:
    """What is being done for a head that cannot be shown yet, or why it cannot."""
    translate = QCoreApplication.translate
    if source.problem:
        detail = source.problem + "\n" + translate("HeadView", "Click to try again")
        paint_empty(painter, area, translate("HeadView", "The head cannot be shown"), detail)
        return
    percent = f"{source.status} {source.fraction * 100:.0f} %"
    detail = percent if source.loading else ""
    paint_empty(painter, area, translate("HeadView", "Preparing the head…"), detail)
    if source.loading:
        look = theme.current()
        bar = QRectF(area.center().x() - 90, area.center().y() + 36, 180, 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("line"))
        painter.drawRoundedRect(bar, 1.5, 1.5)
        bar.setWidth(bar.width() * source.fraction)
        painter.setBrush(look.color("accent"))
        painter.drawRoundedRect(bar, 1.5, 1.5)
