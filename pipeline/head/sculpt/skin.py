"""Colour and gloss of the skin: painted regions, mottling, fine creases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.head.sculpt.anatomy import (
    CAVITY_BACK,
    EYE_RADIUS,
    MOUTH_HALF_WIDTH,
    brow_line,
    eye_coordinates,
    lid_margins,
    lip_line,
    lower_vermilion,
    upper_vermilion,
)
from pipeline.head.sculpt.ear import ear_distance, head_distance
from pipeline.head.sculpt.noise import value_noise
from pipeline.head.sculpt.nose import nostril_distance
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.shapes import Ellipsoid
from pipeline.head.sculpt.parameters.skin import SkinParameters
from pipeline.head.sculpt.parameters.styles import HairStyle
from pipeline.head.sculpt.polygonise import SkinMesh
from pipeline.head.sculpt.scalp import growth
from pipeline.head.sculpt.sdf import ellipsoid_distance, smoothstep

Colour = NDArray[np.float64]

_MOUTH_LINING = 1.5  # mm beyond the cavity that still count as its wall


def linear(code: str) -> Colour:
    """Linear RGB of a hex colour (gamma 2.2)."""
    return (np.array([int(code[i : i + 2], 16) for i in (0, 2, 4)]) / 255.0) ** 2.2


def to_bytes(colours: Colour) -> NDArray[np.uint8]:
    """Linear RGB as 8-bit square roots, which the shader squares."""
    return (np.sqrt(np.clip(colours, 0, 1)) * 255 + 0.5).astype(np.uint8)


def mouth_inside(skin: SkinMesh) -> NDArray[np.bool_]:
    """Vertices of the bag behind the lips."""
    x, y, z = np.abs(skin.vertices).T[0], skin.vertices[:, 1], skin.vertices[:, 2]
    cavity = HEAD.face.mouth_cavity
    rx, ry, rz = (radius + _MOUTH_LINING for radius in cavity.radii)
    bag = Ellipsoid(cavity.centre, (rx, ry, rz), 0)
    front = cavity.centre[2] + rz - 0.5
    return (x < rx + 0.5) & (z < front) & (z > -45) & (ellipsoid_distance(x, y, z, bag) < 1.0)


def unlit(skin: SkinMesh) -> NDArray[np.bool_]:
    """Vertices no light reaches: mouth bag, slit walls, nostrils."""
    x, y, z = np.abs(skin.vertices[:, 0]), skin.vertices[:, 1], skin.vertices[:, 2]
    behind_lips = skin.in_slit & (z < 22.5 - 0.0165 * x**2)
    nostril = (nostril_distance(x, y, z) < 0.7) & (y < -36.5)
    return mouth_inside(skin) | behind_lips | nostril


def ambient_occlusion(skin: SkinMesh) -> NDArray[np.float64]:
    """Openness of fine creases in [0, 1], sampled from the distance field along the normal."""
    return fine_openness(skin.vertices, skin.normals)


def fine_openness(
    points: NDArray[np.floating], normals: NDArray[np.floating]
) -> NDArray[np.float64]:
    """As `ambient_occlusion`, at any points of the skin."""
    blocked, total, weight = np.zeros(len(points)), 1.0, 1.0
    for step in (1.0, 2.2):
        probe = points + normals * step
        distance = head_distance(probe[:, 0], probe[:, 1], probe[:, 2])
        blocked += weight * np.clip(1 - distance / step, 0, 1.3)
        total += weight
        weight *= 0.75
    return np.clip(1 - blocked / total, 0, 1)


@dataclass(frozen=True)
class Canvas:
    """Points of the skin that are painted.

    Parameters
    ----------
    points : (N, 3) mm
    upper : (N,) bool
        Over the lip line.
    in_slit, in_mouth : (N,) bool
        On the walls between the lips; in the bag behind them.
    """

    points: NDArray[np.floating]
    upper: NDArray[np.bool_]
    in_slit: NDArray[np.bool_]
    in_mouth: NDArray[np.bool_]

    @classmethod
    def of_skin(cls, skin: SkinMesh) -> Canvas:
        """All vertices of a skin."""
        return cls(skin.vertices, skin.side > 0, skin.in_slit, mouth_inside(skin))

    @classmethod
    def outside(cls, points: NDArray[np.floating]) -> Canvas:
        """Points on the outside of the face."""
        none = np.zeros(len(points), bool)
        return cls(points, points[:, 1] > lip_line(points[:, 0]), none, none)


def spot(points: NDArray[np.floating], centre: ArrayLike, radii: ArrayLike) -> Colour:
    """1 in the middle of a soft ellipsoid, falling as a bell, (N,); points with x >= 0."""
    offset = (points - np.asarray(centre)) / np.asarray(radii)
    return np.exp(-(offset**2).sum(1))


def beard_region(
    x: NDArray[np.floating], y: NDArray[np.floating], z: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Where a beard would grow, at least 0; x >= 0."""
    jaw = np.clip((-y - 55) / 25, 0, 1) * np.clip((z + 60) / 20, 0, 1)
    lip = np.clip(1 - np.abs(y + 52) / 7, 0, 1) * (z > 5) * (x < 24)
    return np.clip((128 + y) / 20, 0, 1) * (jaw + lip)


class _Painter:
    """Mixes colours onto points, one layer over the other."""

    def __init__(self, canvas: Canvas, look: SkinParameters) -> None:
        self.canvas, self.look = canvas, look
        self.v = np.asarray(canvas.points, float)
        self.half = np.abs(self.v) * [1, 0, 0] + self.v * [0, 1, 1]
        self.x, self.y, self.z = self.half.T
        self.colours = np.tile(linear(look.base), (len(self.v), 1))

    def mix(self, colour: ArrayLike | str, weight: ArrayLike) -> None:
        rgb = linear(colour) if isinstance(colour, str) else np.asarray(colour)
        w = np.clip(np.asarray(weight, float), 0, 1)[:, None]
        self.colours = self.colours * (1 - w) + rgb * w

    def complexion(self) -> None:
        x, y, z, v = self.x, self.y, self.z, self.v
        flow = 1 + 0.5 * value_noise(v, 16.0, 61)  # no patch is the same on both sides
        for patch in self.look.patches:
            self.mix(patch.colour, patch.strength * flow * spot(self.half, *patch[2:]))
        ear = np.clip((x - 66) / 8, 0, 1) * (y < 35) * (y > -50) * (z > -110)
        self.mix(self.look.ear, self.look.ear_strength * ear)
        self.mix(self.look.beard, self.look.beard_strength * beard_region(x, y, z))
        mottle = 0.9 * value_noise(v, 9.0, 1) + 0.7 * value_noise(v, 3.6, 2)
        blood = value_noise(v, 13.0, 5) + 0.8 * value_noise(v, 5.0, 6)
        side = np.clip(v[:, 0] / 40, -1, 1)
        self.colours = self.colours * (1 + self.look.mottle * mottle)[:, None]
        red = self.look.blood * blood + self.look.uneven * side
        self.colours *= 1 + red[:, None] * np.array([0.30, -0.75, -0.85])

    def lips(self) -> None:
        upper = self.canvas.upper
        over = upper_vermilion(self.x) - self.y
        under = self.y - lower_vermilion(self.x)
        inside = np.where(upper, over, under)
        edge = self.look.lip_edge * (1.3 + 0.7 * value_noise(self.v, 2.0, 8))
        weight = np.clip(0.5 + (inside - self.look.lip_inset) / edge, 0, 1)
        weight *= np.clip((MOUTH_HALF_WIDTH + 0.6 - self.x) / 1.6, 0, 1) * (self.z > -2)
        red = np.where(upper[:, None], linear(self.look.upper_lip), linear(self.look.lower_lip))
        to_line = np.clip(1 - np.abs(self.y - lip_line(self.x)) / 3.0, 0, 1)[:, None] ** 2
        red = red * (1 - 0.55 * to_line) + linear(self.look.lip_inside) * (0.55 * to_line)
        red = red * (1 + 0.18 * value_noise(self.v * [1, 0.25, 0.4], 0.9, 9))[:, None]
        self.mix(red, self.look.lip_strength * weight)
        rim = np.exp(-(((inside + 0.6) / 0.7) ** 2)) * (self.z > 5) * (self.x < MOUTH_HALF_WIDTH)
        self.colours *= (1 + 0.035 * rim)[:, None]  # the pale border of the red
        deep = np.clip((3 - self.z) / 8, 0, 1) * (np.abs(self.y + 65) < 22) * (self.x < 30)
        inside = self.canvas.in_mouth
        self.mix(self.look.mouth, deep * inside)
        # Throat and vault: what light does not reach, which no red hole shows.
        back = np.clip((2 - self.z) / 34, 0, 1) ** 0.7
        self.mix(self.look.throat, 0.94 * back * inside)
        folds = value_noise(self.v * [1, 1, 2.2], 3.2, 13)
        self.colours *= (1 + 0.35 * folds * inside)[:, None]

    def lids(self) -> None:
        ex, radius = eye_coordinates(self.v)
        y, front = self.y, self.z > 0
        upper, lower = lid_margins(ex)
        open_part = np.minimum(upper - y, y - lower)
        rim = np.clip(1 - np.abs(radius - EYE_RADIUS) / 1.7, 0, 1) * (open_part > -1.2) * front
        self.mix(self.look.lid_rim, 0.75 * rim)
        line = np.exp(-(((y - upper - 0.1) / 0.85) ** 2)) * front * (ex > -12) * (ex < 15)
        line *= (radius < EYE_RADIUS + 3.2) & (radius > EYE_RADIUS - 0.5)
        self.mix(self.look.lid_line, 0.30 * line)

    def hair(self) -> None:
        brow = brow_line()
        near = np.flatnonzero((self.z > -12) & (self.y > -10) & (self.y < 45) & (self.x < 65))
        x, y = self.x[near], self.y[near]
        square = (x[:, None] - brow[None, :, 0]) ** 2 + (y[:, None] - brow[:, 1]) ** 2
        width = 4.0 * (1 - 0.60 * square.argmin(1) / (len(brow) - 1))
        under = np.zeros(len(self.v))
        under[near] = np.exp(-square.min(1) / width**2)
        self.mix(self.look.brow, 0.18 * under * np.clip((self.x - 9) / 5, 0, 1))
        if self.look.scalp:
            uneven = 5 * value_noise(self.v, 5.0, 41) + 3 * value_noise(self.v, 1.6, 42)
            inside = growth(self.v, self.look.hairline)
            scalp = smoothstep(-5.0, self.look.scalp_fade, inside + uneven)
            off_ear = smoothstep(0.3, 3.0, ear_distance(self.x, self.y, self.z))
            self.mix(self.look.scalp, self.look.scalp_strength * scalp * off_ear)

    def holes(self) -> None:
        x, y, z = self.x, self.y, self.z
        nostril = np.clip((1.3 - nostril_distance(x, y, z)) / 1.2, 0, 1)
        nostril *= np.clip((-37.5 - y) / 1.5, 0, 1) * np.clip((z - 18) / 3, 0, 1)
        self.mix(self.look.nostril, 0.92 * nostril)
        behind = np.clip((25.0 - 0.0165 * x * x - z) / 3, 0, 1) * (z > CAVITY_BACK)
        self.mix(self.look.mouth, 0.9 * self.canvas.in_slit * behind)


def painted(canvas: Canvas, look: SkinParameters = HEAD.skin) -> Colour:
    """Colour of the surface itself at points, (N, 3) linear, without light or shadow."""
    painter = _Painter(canvas, look)
    painter.complexion()
    painter.lips()
    painter.lids()
    painter.hair()
    painter.holes()
    return painter.colours


def gloss(canvas: Canvas, look: SkinParameters = HEAD.skin) -> NDArray[np.float64]:
    """Gloss at points, (N,), 1 as the material's: oily forehead and nose, wet lips and lids."""
    half = np.abs(canvas.points) * [1, 0, 0] + canvas.points * [0, 1, 1]
    x, y, z = half.T
    out = np.full(len(half), look.gloss_factor)
    for oily in look.gloss:
        out *= 1 + (oily.factor - 1) * spot(half, oily.centre, oily.radii)
    out *= 1 + 0.16 * value_noise(np.asarray(canvas.points, float), 6.0, 71)
    inside = np.where(canvas.upper, upper_vermilion(x) - y, y - lower_vermilion(x))
    lips = np.clip(inside / 1.5, 0, 1) * (x < MOUTH_HALF_WIDTH) * (z > 2)
    out += (look.lip_gloss - out) * lips
    ex, radius = eye_coordinates(half)
    upper, lower = lid_margins(ex)
    rim = np.clip(1 - np.abs(radius - EYE_RADIUS) / 1.7, 0, 1) * (z > 0)
    rim *= np.minimum(upper - y, y - lower) > -1.2
    out += (look.rim_gloss - out) * rim
    return out * np.where(y < -115, look.neck_gloss, 1)


def skin_colours(
    skin: SkinMesh, openness: NDArray[np.floating], look: SkinParameters = HEAD.skin
) -> NDArray[np.uint8]:
    """Vertex colours, (N, 3) uint8 roots, darkened in creases finer than baked shadows.

    `openness` is the skin's `ambient_occlusion`.
    """
    return to_bytes(painted(Canvas.of_skin(skin), look) * creased(openness)[:, None])


def creased(openness: NDArray[np.floating]) -> NDArray[np.floating]:
    """What of the colour is left in a crease."""
    return 0.62 + 0.38 * np.clip(openness, 0, 1)


def skin_finish(skin: SkinMesh, look: SkinParameters = HEAD.skin) -> NDArray[np.uint8]:
    """Gloss of the vertices as `HeadModel.finish`, (N,) uint8."""
    return np.clip(gloss(Canvas.of_skin(skin), look) * 128, 32, 255).astype(np.uint8)


def hidden_by_hair(skin: SkinMesh, style: HairStyle) -> NDArray[np.bool_]:
    """Scalp deep under the closed layer of hair, never seen."""
    if not style.guides:
        return np.zeros(len(skin.vertices), np.bool_)
    return growth(skin.vertices, style.hairline) > 1.3 * style.fade + 12
