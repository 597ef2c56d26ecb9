"""Colour of the skin: painted regions, mottling, ambient occlusion; and its detail map."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.head.sculpt.anatomy import (
    CAVITY_BACK,
    EYE_RADIUS,
    MOUTH_HALF_WIDTH,
    brow_line,
    eye_coordinates,
    lid_margins,
    lower_vermilion,
    upper_vermilion,
)
from pipeline.head.sculpt.ear import head_distance
from pipeline.head.sculpt.noise import value_noise
from pipeline.head.sculpt.nose import nostril_distance
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.shapes import Ellipsoid
from pipeline.head.sculpt.polygonise import SkinMesh
from pipeline.head.sculpt.scalp import growth
from pipeline.head.sculpt.sdf import ellipsoid_distance, smoothstep

Colour = NDArray[np.float64]

#: Painted patches: colour, strength, centre and radii in mm (both sides).
_PATCHES = (
    ("c97f68", 0.42, (38, -27, 5), (17, 12, 25)),  # cheeks
    ("c2705c", 0.50, (0, -37, 42), (14, 9, 16)),  # tip of the nose
    ("c77f6a", 0.30, (0, -96, 20), (14, 10, 14)),  # chin
    ("e4b598", 0.45, (0, 45, 15), (40, 25, 40)),  # forehead
    ("b9776a", 0.40, (31, -1, 10), (17, 12, 14)),  # around the eyes
    ("9b6a66", 0.22, (27, -10, 12), (10, 5, 14)),  # under the eyes
)
_SKIN, _BROW = "e0a98c", "4a3023"


def linear(code: str) -> Colour:
    """Linear RGB of a hex colour (gamma 2.2)."""
    return (np.array([int(code[i : i + 2], 16) for i in (0, 2, 4)]) / 255.0) ** 2.2


def to_bytes(colours: Colour) -> NDArray[np.uint8]:
    """Linear RGB as 8-bit square roots, which the shader squares."""
    return (np.sqrt(np.clip(colours, 0, 1)) * 255 + 0.5).astype(np.uint8)


def mouth_inside(skin: SkinMesh) -> NDArray[np.bool_]:
    """Vertices of the bag behind the lips."""
    x, y, z = np.abs(skin.vertices).T[0], skin.vertices[:, 1], skin.vertices[:, 2]
    bag = Ellipsoid((0, -66, -13), (28.5, 20, 28.5), 0)
    return (x < 29) & (z < 15) & (z > -45) & (ellipsoid_distance(x, y, z, bag) < 1.0)


def unlit(skin: SkinMesh) -> NDArray[np.bool_]:
    """Vertices no light reaches: mouth bag, slit walls, nostrils."""
    x, y, z = np.abs(skin.vertices[:, 0]), skin.vertices[:, 1], skin.vertices[:, 2]
    behind_lips = skin.in_slit & (z < 22.5 - 0.0165 * x**2)
    nostril = (nostril_distance(x, y, z) < 0.7) & (y < -36.5)
    return mouth_inside(skin) | behind_lips | nostril


def ambient_occlusion(skin: SkinMesh) -> NDArray[np.float64]:
    """Openness in [0, 1], sampled from the distance field along the normal."""
    blocked, total, weight = np.zeros(len(skin.vertices)), 1.0, 1.0
    for step in (1.2, 2.5, 5.0, 9.0, 16.0):
        probe = skin.vertices + skin.normals * step
        distance = head_distance(probe[:, 0], probe[:, 1], probe[:, 2])
        blocked += weight * np.clip(1 - distance / step, 0, 1.3)
        total += weight
        weight *= 0.75
    return np.clip(1 - blocked / total, 0, 1)


class _Painter:
    """Mixes colours onto vertices, one layer over the other."""

    def __init__(self, skin: SkinMesh) -> None:
        self.skin = skin
        self.v = skin.vertices
        self.x, self.y, self.z = np.abs(self.v[:, 0]), self.v[:, 1], self.v[:, 2]
        self.colours = np.tile(linear(_SKIN), (len(self.v), 1))

    def mix(self, colour: ArrayLike | str, weight: ArrayLike) -> None:
        rgb = linear(colour) if isinstance(colour, str) else np.asarray(colour)
        w = np.clip(np.asarray(weight, float), 0, 1)[:, None]
        self.colours = self.colours * (1 - w) + rgb * w

    def complexion(self) -> None:
        x, y, z = self.x, self.y, self.z
        for code, strength, centre, radii in _PATCHES:
            offset = (np.column_stack([x, y, z]) - centre) / radii
            self.mix(code, strength * np.exp(-(offset**2).sum(1)))
        self.mix("c27a66", 0.5 * np.clip((x - 66) / 8, 0, 1) * (y < 35) * (y > -50) * (z > -110))
        jaw = np.clip((-y - 55) / 25, 0, 1) * (z > -45) * np.clip((130 + y) / 20, 0, 1)
        self.mix("bd8d7a", 0.18 * jaw)
        v = self.v
        mottle = 0.55 * value_noise(v, 7.0, 1) + 0.30 * value_noise(v, 2.6, 2)
        mottle += 0.30 * value_noise(v, 1.3, 3)
        self.colours = self.colours * (1 + 0.10 * mottle)[:, None]
        self.colours[:, 0] *= 1 + 0.03 * value_noise(v, 5.0, 5)

    def lips(self) -> None:
        upper = self.skin.side > 0
        over = upper_vermilion(self.x) - self.y
        under = self.y - lower_vermilion(self.x)
        inside = np.where(upper, over, under)
        weight = np.clip(0.5 + inside / 1.3, 0, 1)
        weight *= np.clip((MOUTH_HALF_WIDTH + 0.6 - self.x) / 1.2, 0, 1) * (self.z > -2)
        red = np.where(upper[:, None], linear("a85a52"), linear("b8685e"))
        red = red * (1 + 0.16 * value_noise(self.v * [1, 0.25, 0.4], 0.9, 9))[:, None]
        self.mix(red, 0.82 * weight)
        deep = np.clip((3 - self.z) / 8, 0, 1) * (np.abs(self.y + 65) < 22) * (self.x < 30)
        self.mix("6e2b28", deep * mouth_inside(self.skin))

    def lids(self) -> None:
        ex, radius = eye_coordinates(self.v)
        y, front = self.y, self.z > 0
        upper, lower = lid_margins(ex)
        open_part = np.minimum(upper - y, y - lower)
        rim = np.clip(1 - np.abs(radius - EYE_RADIUS) / 1.7, 0, 1) * (open_part > -1.2) * front
        self.mix("b56a5e", 0.75 * rim)
        line = np.exp(-(((y - upper - 0.1) / 0.85) ** 2)) * front * (ex > -12) * (ex < 15)
        line *= (radius < EYE_RADIUS + 3.2) & (radius > EYE_RADIUS - 0.5)
        self.mix("2a1712", 0.72 * line)

    def hair(self) -> None:
        brow = brow_line()
        square = (self.x[:, None] - brow[None, :, 0]) ** 2 + (self.y[:, None] - brow[:, 1]) ** 2
        along = square.argmin(1) / (len(brow) - 1)
        width = 4.0 * (1 - 0.60 * along)
        under = np.exp(-square.min(1) / width**2) * (self.z > -12)
        self.mix(_BROW, 0.18 * under * np.clip((self.x - 9) / 5, 0, 1))
        if HEAD.hair.style.guides:
            uneven = 5 * value_noise(self.v, 5.0, 41) + 3 * value_noise(self.v, 1.6, 42)
            scalp = smoothstep(-5.0, HEAD.hair.scalp_fade, growth(self.v) + uneven)
            self.mix(HEAD.hair.scalp_colour, 0.85 * scalp)

    def holes(self) -> None:
        x, y, z = self.x, self.y, self.z
        nostril = np.clip((1.3 - nostril_distance(x, y, z)) / 1.2, 0, 1)
        nostril *= np.clip((-37.5 - y) / 1.5, 0, 1) * np.clip((z - 18) / 3, 0, 1)
        self.mix("1c0806", 0.97 * nostril)
        behind = np.clip((25.0 - 0.0165 * x * x - z) / 3, 0, 1) * (z > CAVITY_BACK)
        self.mix("6e2c27", 0.9 * self.skin.in_slit * behind)


def skin_colours(skin: SkinMesh) -> NDArray[np.uint8]:
    """Vertex colours, (N, 3) uint8 roots; occlusion is tinted red, as light through skin is."""
    painter = _Painter(skin)
    painter.complexion()
    painter.lips()
    painter.lids()
    painter.hair()
    painter.holes()
    a = ambient_occlusion(skin)
    a[mouth_inside(skin)] *= 0.5
    tint = np.stack([0.42 + 0.58 * a**0.8, 0.25 + 0.75 * a, 0.2 + 0.8 * a**1.1], 1)
    return to_bytes(painter.colours * tint)


def skin_uv(vertices: NDArray[np.floating]) -> NDArray[np.float64]:
    """Cylindrical map coordinates, the same on both halves so that there is no seam, (N, 2)."""
    angle = np.abs(np.arctan2(vertices[:, 0], vertices[:, 2] + 70))
    return np.column_stack([angle / np.pi, (vertices[:, 1] + 125) / 240.0])


def detail_map(size: int, seed: int = 3) -> NDArray[np.uint8]:
    """Pores, fine relief and blotches, (size, size, 3) uint8; empty at size 0.

    Channels: brightness, and the relief's slope along u and v around 128. The amplitudes are
    a few percent: more looks like dirt, none like clay.
    """
    if not size:
        return np.zeros((0, 0, 3), np.uint8)
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(seed)
    scale = size / 2048  # blurs below are in pixels of the largest map

    def grain(sigma: float, gain: float) -> NDArray[np.float32]:
        s = max(sigma * scale, 0.6)
        noise = gaussian_filter(rng.normal(size=(size, size)).astype(np.float32), s, mode="wrap")
        return noise * gain * (s / sigma)

    def specks(count: int, sigma: float, gain: float) -> NDArray[np.float32]:
        dots = np.zeros((size, size), np.float32)
        dots[rng.integers(0, size, count), rng.integers(0, size, count)] = rng.random(count)
        s = max(sigma * scale, 0.6)
        return gaussian_filter(dots, s, mode="wrap") * gain * (s / sigma) ** 2

    pores = -specks(60000, 2.2, 28)
    fine, cells, blotches = grain(2.0, 7), grain(5, 17), grain(26, 90)
    height = pores * 0.9 + fine * 0.35 + cells * 0.45
    slope = 0.36 * 0.55 * scale
    brightness = 0.94 + 0.018 * np.clip(pores, -2, 1) + 0.010 * cells + 0.008 * fine
    brightness += 0.007 * np.clip(blotches, -2, 2)
    brightness *= 1 - 0.09 * np.clip(specks(500, 3.4, 70), 0, 1)  # freckles
    across, up = np.gradient(height, axis=1), -np.gradient(height, axis=0)
    channels = np.stack([brightness, 0.5 - across * slope, 0.5 - up * slope], -1)
    return (np.clip(channels, 0, 1) * 255 + 0.5).astype(np.uint8)


def hidden_by_hair(skin: SkinMesh) -> NDArray[np.bool_]:
    """Scalp deep under the closed layer of hair, never seen."""
    style = HEAD.hair.style
    if not style.guides:
        return np.zeros(len(skin.vertices), np.bool_)
    return growth(skin.vertices) > 1.3 * style.fade + 12
