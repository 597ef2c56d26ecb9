"""What is painted over the head while the hand works on it: handles, points, falloff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from pipeline.head.rig.rig import Manipulator
from pipeline.head.scene.heat import HEAT
from widgets import theme
from widgets.chips import paint_chip
from widgets.head.manipulating import Handle, Manipulating, point_spots
from widgets.head.point_names import point_name
from widgets.head.posed_head import PosedHead

if TYPE_CHECKING:
    from pipeline.head.rig import Spot
    from widgets.head.falloffs import Falloffs

_HANDLE, _POINT, _HOVER = 6.0, 3.0, 4.5  # radii, px
#: View pixels to a pixel of the heat, which is soft anyway.
_COARSE = 3
_STRONGEST = 150  # of 255, how far the heat covers the skin
#: So many coarse pixels around a vertex take its colour.
_SPREAD = 1.6
_LEAST_MOVE = 1e-4  # IOD


def paint_manipulating(
    painter: QPainter, hand: Manipulating, head: PosedHead, falloffs: Falloffs
) -> None:
    """The falloff in hand, the capture points, the handles, and what is under the pointer."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    sample = hand.sample(head.model)
    if sample is not None and falloffs.known(head.model, (sample,), "pointer"):
        _paint_heat(painter, head, sample)
    if hand.rig.tool.points:
        _paint_points(painter, head, hand.point)
    handles = hand.handles(head.model)
    _paint_handles(painter, hand, head, handles)
    _paint_pointed(painter, hand, head, handles)
    painter.restore()


def _paint_heat(painter: QPainter, head: PosedHead, sample: Manipulator) -> None:
    from pipeline.head.rig import falloff, flipped

    both = (sample, flipped(sample)) if sample.mirrored else (sample,)
    parts = [falloff(head.model, one) for one in both]
    ids = np.concatenate([part[0] for part in parts])
    weights = np.concatenate([part[1] for part in parts])
    near = head.facing(ids)
    area = QRectF(painter.viewport())
    size = (max(1, int(area.width()) // _COARSE), max(1, int(area.height()) // _COARSE))
    picture = heat_picture(head.seen(head.vertices[ids[near]]) / _COARSE, weights[near], size)
    height, width = picture.shape[:2]
    image = QImage(picture.data, width, height, picture.strides[0], QImage.Format.Format_RGBA8888)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(QRectF(0, 0, width * _COARSE, height * _COARSE), image)


def heat_picture(
    places: NDArray[np.floating], weights: NDArray[np.floating], size: tuple[int, int]
) -> NDArray[np.uint8]:
    """Weights between 0 and 1 as a soft cloud of colour.

    Parameters
    ----------
    places : (n, 2) px
    weights : (n,)
    size : (width, height) px

    Returns
    -------
    (height, width, 4) uint8
        sRGB and alpha.
    """
    from pipeline.core.vision import cv2

    width, height = size
    x, y = np.floor(places).astype(int).T
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    flat = y[inside] * width + x[inside]
    total = np.bincount(flat, weights[inside], width * height).reshape(height, width)
    count = np.bincount(flat, minlength=width * height).reshape(height, width).astype(float)
    total = cv2.GaussianBlur(total, (0, 0), _SPREAD)
    count = cv2.GaussianBlur(count, (0, 0), _SPREAD)
    weight = total / np.maximum(count, 1e-3)
    stops = np.linspace(0, 1, len(HEAT))
    out = np.empty((height, width, 4), np.uint8)
    for channel in range(3):
        out[..., channel] = np.interp(weight, stops, [colour[channel] for colour in HEAT])
    cover = np.clip(count / 0.06, 0, 1)
    out[..., 3] = _STRONGEST * cover * np.sqrt(np.clip(weight, 0, 1))
    return out


def _paint_points(painter: QPainter, head: PosedHead, pointed: int | None) -> None:
    """The capture points, each a ring to be taken."""
    spots = point_spots(head.model)
    if not spots:
        return
    look = theme.current()
    facing = head.facing(np.array([spot.vertex for spot in spots]))
    for number, (x, y) in enumerate(head.places(spots)):
        if not facing[number]:
            continue
        painter.setPen(QPen(QColor(0, 0, 0, 120), 3.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(x, y), _POINT, _POINT)
        painter.setPen(QPen(look.color("blue"), 1.4))
        painter.setBrush(look.color("blue") if number == pointed else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(x, y), _POINT, _POINT)


def _paint_handles(
    painter: QPainter, hand: Manipulating, head: PosedHead, handles: Sequence[Handle]
) -> None:
    from pipeline.head.rig import iod

    if not handles:
        return
    places = head.places([handle.spot for handle in handles])
    scale = iod(head.model)
    for handle, (x, y) in zip(handles, places, strict=True):
        move = np.asarray(handle.manipulator.move) * scale
        if handle.mirrored:
            move = move * (-1, 1, 1)
        at = QPointF(x, y)
        if np.abs(move).max() > _LEAST_MOVE * scale and not handle.manipulator.muted:
            _paint_way(painter, head, handle.spot, move, at)
        chosen = handle.manipulator.name == hand.rig.in_hand
        over = hand.over is not None and (
            hand.over.manipulator.name == handle.manipulator.name
            and hand.over.mirrored == handle.mirrored
        )
        _paint_handle(painter, at, handle, chosen=chosen, over=over)


def _paint_way(
    painter: QPainter, head: PosedHead, spot: Spot, move: NDArray[np.float64], at: QPointF
) -> None:
    """A line from where the skin was."""
    before = head.seen((spot.on(head.vertices) - head.turned(move))[None])[0]
    painter.setPen(QPen(QColor(0, 0, 0, 110), 3.5))
    painter.drawLine(QPointF(*before), at)
    painter.setPen(QPen(theme.current().color("amber"), 1.6))
    painter.drawLine(QPointF(*before), at)


def _paint_handle(
    painter: QPainter, at: QPointF, handle: Handle, *, chosen: bool, over: bool
) -> None:
    look = theme.current()
    radius = _HANDLE + (1.5 if over else 0.0)
    if handle.manipulator.muted:
        colour = look.color("text_dim")
    else:
        colour = look.color("accent" if chosen else "on_chip")
    painter.setPen(QPen(QColor(0, 0, 0, 130), 4.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(at, radius, radius)
    pen = QPen(colour, 2.0)
    if handle.mirrored:
        pen.setStyle(Qt.PenStyle.DotLine)
    painter.setPen(pen)
    painter.setBrush(look.color("accent", 0.55) if chosen else QColor(0, 0, 0, 60))
    painter.drawEllipse(at, radius, radius)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(at, 1.6, 1.6)


def _paint_pointed(
    painter: QPainter, hand: Manipulating, head: PosedHead, handles: Sequence[Handle]
) -> None:
    """The place on the skin that would be taken, and words for what is under the pointer."""
    spot, words = hand.spot, ""
    held = hand.dragging
    if held is not None:
        x, y, z = held.move
        words = f"{x:+.2f}  {y:+.2f}  {z:+.2f}  ·  ⌀ {held.radius:.2f}"
        spot = next((h.spot for h in handles if h.manipulator.name == held.name), None)
    elif hand.over is not None:
        one = hand.over.manipulator
        spot, words = hand.over.spot, f"{one.name}  ·  ⌀ {one.radius:.2f}"
    elif spot is not None:
        at = QPointF(*head.places([spot])[0])
        painter.setPen(QPen(QColor(0, 0, 0, 130), 3.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(at, _HOVER, _HOVER)
        painter.setPen(QPen(theme.current().color("accent"), 1.6))
        painter.drawEllipse(at, _HOVER, _HOVER)
        if hand.point is not None:
            words = f"{hand.point} {point_name(hand.point)}"
    if spot is not None and words:
        at = QPointF(*head.places([spot])[0])
        right = at.x() > painter.viewport().width() * 0.6
        paint_chip(painter, at + QPointF(-16 if right else 16, -36), words, right=right)
