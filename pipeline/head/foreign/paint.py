"""Colour for the bare skin of a foreign head, from where its landmarks are."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.head.sculpt.noise import value_noise
from pipeline.head.sculpt.sdf import smoothstep

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Paint:
    """Colours (linear) and reaches (mm on a face of 90 mm between the outer eye corners)."""

    skin: tuple[float, float, float] = (0.58, 0.325, 0.225)
    lips: tuple[float, float, float] = (0.42, 0.145, 0.115)
    brow: tuple[float, float, float] = (0.060, 0.036, 0.024)
    cheek: tuple[float, float, float] = (0.56, 0.24, 0.165)
    lid: tuple[float, float, float] = (0.44, 0.20, 0.15)
    scalp: tuple[float, float, float] = (0.46, 0.28, 0.21)
    lip_edge: float = 1.2
    brow_half: float = 3.4
    brow_strength: float = 0.85
    brow_lift: float = 1.0
    lid_reach: float = 2.6
    flush: float = 15.0
    lip_depth: float = 16.0
    mottle: float = 0.06


PAINT = Paint()


def skin_paint(points: Points, landmarks: Points, paint: Paint = PAINT) -> NDArray[np.float32]:
    """Linear colours of skin: lips, brows, lid margins, flush of cheeks and nose.

    Parameters
    ----------
    points : (N, 3)
        mm; y up, z forward.
    landmarks : (68, 3)
        dlib's points, mm.
    """
    colours = np.tile(np.asarray(paint.skin), (len(points), 1))
    mottling = value_noise(points, 9.0, 1) + 0.6 * value_noise(points, 3.5, 2)
    colours *= 1 + paint.mottle * mottling[:, None] * [0.6, 1.0, 1.0]
    for place in (*_cheeks(landmarks), landmarks[30]):
        near = np.exp(-(((points - place) ** 2).sum(axis=1)) / paint.flush**2)
        colours = _mixed(colours, paint.cheek, 0.5 * near)
    for first in (36, 42):
        ring = landmarks[[*range(first, first + 6), first]]
        colours = _mixed(
            colours, paint.lid, 0.75 * np.exp(-((_off_line(points, ring) / paint.lid_reach) ** 2))
        )
    for chain in (landmarks[17:22], landmarks[26:21:-1]):
        colours = _mixed(colours, paint.brow, _brow(points, chain, paint))
    return _mixed(colours, paint.lips, _lips(points, landmarks, paint)).astype(np.float32)


def _mixed(colours: Points, colour: tuple[float, float, float], share: Points) -> Points:
    share = share[:, None]
    return colours * (1 - share) + np.asarray(colour) * share


def _cheeks(landmarks: Points) -> tuple[Points, Points]:
    return (
        0.5 * (landmarks[41] + landmarks[48]) + [-9.0, 4.0, 0.0],
        0.5 * (landmarks[46] + landmarks[54]) + [9.0, 4.0, 0.0],
    )


def _off_line(points: Points, line: Points) -> Points:
    """Distance from a line through points, (N,) mm."""
    best = np.full(len(points), np.inf)
    for a, b in pairwise(line):
        along = b - a
        t = np.clip((points - a) @ along / max(float(along @ along), 1e-12), 0, 1)
        best = np.minimum(best, np.linalg.norm(points - a - t[:, None] * along, axis=1))
    return best


def _brow(points: Points, chain: Points, paint: Paint) -> Points:
    """Share of hair: a band along the brow's points, thinner towards the temple."""
    line = curve_through(chain, 24) + np.array([0.0, paint.brow_lift, 0.0])
    half = paint.brow_half * np.linspace(0.55, 1.0, 24)
    distance = np.full(len(points), np.inf)
    for place, reach in zip(line, half, strict=True):
        distance = np.minimum(distance, np.linalg.norm(points - place, axis=1) / reach)
    hair = 1 + 0.5 * value_noise(points * [1.0, 0.5, 1.0], 1.3, 4)
    share = paint.brow_strength * smoothstep(1.35, 0.55, distance) * np.clip(hair, 0, 1)
    return np.asarray(share, np.float64)


def _lips(points: Points, landmarks: Points, paint: Paint) -> Points:
    """Share of vermilion: inside the outer line of the lips, seen from the front."""
    outer = landmarks[48:60]
    line = curve_through(np.vstack([outer, outer[:1]]), 96)
    inside = signed_inside(points[:, :2], line[:, :2])
    front = points[:, 2] > landmarks[[48, 54], 2].min() - paint.lip_depth
    return np.where(front, smoothstep(-paint.lip_edge, paint.lip_edge, inside), 0.0)


def curve_through(points: Points, count: int) -> Points:
    """Smooth line through points, evenly in their number, (count, 3)."""
    from scipy.interpolate import PchipInterpolator

    at = np.arange(len(points))
    return np.asarray(PchipInterpolator(at, points)(np.linspace(0, len(points) - 1, count)))


def signed_inside(points: Points, ring: Points) -> Points:
    """How far points lie inside a closed ring in the plane, mm; negative outside."""
    inside = np.zeros(len(points), bool)
    best = np.full(len(points), np.inf)
    x, y = points[:, 0], points[:, 1]
    for a, b in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if a[1] != b[1]:
            crosses = ((a[1] > y) != (b[1] > y)) & (
                x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0]
            )
            inside ^= crosses
        along = b - a
        t = np.clip((points - a) @ along / max(float(along @ along), 1e-12), 0, 1)
        best = np.minimum(best, np.linalg.norm(points - a - t[:, None] * along, axis=1))
    return np.where(inside, best, -best)


def lash_cover(width: int = 1024, height: int = 128, seed: int = 7) -> NDArray[np.uint8]:
    """Lashes as strands from root (v = 0) to tip, (height, width, 4) uint8.

    Channels as the shader's cover has them: brightness (half is 1), shift of the highlight,
    nothing, cover.
    """
    random = np.random.default_rng(seed)
    up = ((np.arange(height)[::-1] + 0.5) / height)[:, None]  # the first row is the top, v = 1
    across = np.arange(width)[None, :] + 0.5
    cover = np.zeros((height, width))
    for root in np.arange(0, width, width / 60):
        lean, curl = random.normal(0, 22), random.normal(0, 8)
        length, thick = random.uniform(0.55, 1.0), random.uniform(2.2, 3.4)
        middle = root + lean * up + curl * up**2
        off = np.abs((across - middle + width / 2) % width - width / 2)
        half = thick * np.clip(1 - up / length, 0, 1) ** 0.7
        cover = np.maximum(cover, np.clip(half - off + 0.5, 0, 1) * (up < length))
    picture = np.full((height, width, 4), 128, np.uint8)
    picture[..., 3] = (255 * cover).astype(np.uint8)
    return picture
