"""Marks that only some skins have: spots and fine wrinkles of age, points of shaved hairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.core.vision import cv2
from pipeline.head.sculpt.parameters.skin import SkinParameters
from pipeline.head.sculpt.sdf import smoothstep
from pipeline.head.sculpt.skin import beard_region

Grid = NDArray[np.float32]

_SPOT = np.array([0.20, 0.32, 0.40])  # what a spot of age takes away
_BRISTLE = np.array([0.62, 0.58, 0.50])
_SPOT_RADII = (0.8, 2.8)  # mm


def _grain(rng: np.random.Generator, size: tuple[int, int], across: float, up: float) -> Grid:
    """Soft noise of unit deviation; blurs in px."""
    noise = rng.standard_normal(size, dtype=np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), max(across, 0.5), sigmaY=max(up, 0.5))
    return np.asarray(soft / (soft.std() + 1e-9), np.float32)


def crepes(place: Grid, texel: float, look: SkinParameters) -> Grid:
    """Height of fine wrinkles of old skin, (H, W): criss-cross on cheeks, level on the neck.

    Parameters
    ----------
    place : (H, W, 3) mm
    texel : float
        mm that a texel is high.
    """
    size = place.shape[:2]
    if not look.creping:
        return np.zeros(size, np.float32)
    rng = np.random.default_rng(17)
    x, y = np.abs(place[..., 0]), place[..., 1]
    level = np.minimum(_grain(rng, size, 2.6 / texel, 0.42 / texel), 0.3)
    upright = np.minimum(_grain(rng, size, 0.42 / texel, 2.2 / texel), 0.3)
    neck = smoothstep(-100, -115, y)
    cheek = np.exp(-(((x - 44) / 22) ** 2) - ((y + 30) / 34) ** 2)
    eye = np.exp(-(((x - 32) / 20) ** 2) - ((y + 10) / 9) ** 2)
    mouth = np.exp(-((x / 26) ** 2) - ((y + 62) / 14) ** 2)
    amount = (0.8 * neck + 0.55 * cheek + 0.7 * eye) * level
    amount += (0.5 * cheek + 0.7 * mouth + 0.2 * eye) * upright
    return np.asarray(look.creping * amount, np.float32)


def marks(place: Grid, texel: float, look: SkinParameters) -> Grid | None:
    """Factor on the colour, (H, W, 3); None where there are no marks."""
    if not look.age_spots and not look.bristles:
        return None
    factor = np.ones(place.shape, np.float32)
    if look.age_spots:
        factor *= 1 - _spots(place, texel, look.age_spots)[..., None] * _SPOT.astype(np.float32)
    if look.bristles:
        region = beard_region(np.abs(place[..., 0]), place[..., 1], place[..., 2])
        size = place.shape[0], place.shape[1]
        points = np.clip(_grain(np.random.default_rng(19), size, 0.5, 0.5) - 0.4, 0, 2)
        hidden = look.bristles * np.clip(region, 0, 1) * points
        factor *= 1 - np.clip(hidden, 0, 0.8)[..., None] * _BRISTLE.astype(np.float32)
    return factor


def _spots(place: Grid, texel: float, count: int) -> Grid:
    """Cover of spots of age, (H, W): most on temples, forehead and cheekbones."""
    rng = np.random.default_rng(23)
    height, width = place.shape[:2]
    cover = np.zeros((height, width), np.float32)
    row, column = rng.random((2, count)) * [[height], [width]]
    radii = rng.uniform(*_SPOT_RADII, count) * rng.uniform(0.5, 1, count)
    for r, c, radius, flat, turn, dark in zip(
        row, column, radii, rng.uniform(0.6, 1, count), rng.uniform(0, 180, count),
        rng.uniform(0.35, 1, count), strict=True,
    ):  # fmt: skip
        size = 2 * radius / texel, 2 * radius * flat / texel
        cv2.ellipse(cover, ((c, r), size, turn), float(dark), -1)
    ragged = 0.75 + 0.35 * _grain(rng, (height, width), 0.5 / texel, 0.5 / texel)
    cover = cv2.GaussianBlur(cover, (0, 0), max(0.45 / texel, 0.5)) * np.clip(ragged, 0.2, 1.3)
    x, y, z = np.abs(place[..., 0]), place[..., 1], place[..., 2]
    where = np.exp(-(((x - 56) / 22) ** 2) - ((y - 2) / 34) ** 2) + np.exp(-(((y - 52) / 18) ** 2))
    return np.asarray(cover * np.clip(0.15 + where, 0, 1) * smoothstep(-90, -60, z), np.float32)
