"""Muscle-shaped displacement fields: the generator that owes nothing to the head model.

Each AU is a sum of Gaussians anchored at landmarks over the insertion of its muscle, with
the direction in which that muscle pulls the skin. Centre, direction, support, aspect and the
weights of the parts are random for each clip, so no fixed basis fits them exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.core.vision import cv2
from pipeline.synth.script import MIDLINE_AUS

FloatField = NDArray[np.float32]

#: Largest skin displacement of each AU at activation 1 (full FACS), fraction of IOD. Taken from
#: the peak displacement of plausible full contractions (outer eye corners about 95 mm apart).
FULL_DISPLACEMENT = {
    1: 0.065, 2: 0.065, 4: 0.065, 5: 0.032, 6: 0.065, 7: 0.030, 9: 0.050, 10: 0.055,
    12: 0.090, 14: 0.055, 15: 0.050, 16: 0.050, 17: 0.055, 18: 0.060, 20: 0.080, 24: 0.035,
}  # fmt: skip


@dataclass(frozen=True)
class _Part:
    """A Gaussian of skin motion on the subject's left (image right)."""

    anchors: tuple[int, ...]  # dlib points whose mean is the centre
    direction: tuple[float, float]  # outward, down
    width: float  # SD, fraction of IOD
    weight: float = 1.0


# Subject's left: brow 22-26, eye 42-47, mouth corner 54, jaw 8-16.
_MUSCLES: dict[int, tuple[_Part, ...]] = {
    1: (_Part((22, 23), (-0.1, -1.0), 0.13),),  # frontalis, pars medialis
    2: (_Part((25, 26), (0.15, -1.0), 0.14), _Part((24,), (0.0, -1.0), 0.10, 0.4)),
    4: (_Part((22, 23), (-0.5, 0.8), 0.14), _Part((24, 25), (-0.2, 0.7), 0.14, 0.7)),
    5: (_Part((43, 44), (0.0, -1.0), 0.06),),  # levator palpebrae
    6: (_Part((45, 13), (-0.1, -1.0), 0.20), _Part((46, 47), (0.0, -1.0), 0.08, 0.4)),
    7: (_Part((46, 47), (0.0, -1.0), 0.07), _Part((43, 44), (0.0, 1.0), 0.06, 0.4)),
    9: (
        _Part((35, 34), (0.0, -1.0), 0.12),
        _Part((42, 28), (0.0, -1.0), 0.10, 0.5),
        _Part((22,), (-0.3, 0.9), 0.10, 0.4),
        _Part((52,), (0.0, -1.0), 0.10, 0.4),
    ),
    10: (
        _Part((52,), (0.0, -1.0), 0.10),
        _Part((53,), (0.1, -1.0), 0.10, 0.8),
        _Part((51,), (0.0, -1.0), 0.10, 0.5),
        _Part((35,), (0.1, -1.0), 0.10, 0.3),
    ),
    12: (_Part((54,), (0.75, -0.75), 0.16), _Part((54, 46), (0.3, -0.9), 0.20, 0.4)),
    14: (_Part((54,), (1.0, -0.1), 0.11),),  # buccinator
    15: (_Part((54,), (0.15, 0.95), 0.13), _Part((55,), (0.0, 1.0), 0.10, 0.4)),
    16: (_Part((55,), (0.2, 1.0), 0.11), _Part((56,), (0.1, 1.0), 0.11, 0.6)),
    17: (_Part((8,), (0.0, -1.0), 0.16, 0.6), _Part((57,), (0.0, -1.0), 0.12)),
    18: (_Part((54,), (-1.0, 0.0), 0.13), _Part((53, 55), (-0.8, 0.0), 0.10, 0.6)),
    20: (_Part((54,), (1.0, 0.2), 0.18), _Part((55,), (0.9, 0.3), 0.14, 0.6)),
    24: (_Part((51, 52), (0.0, 1.0), 0.09), _Part((57, 56), (0.0, -1.0), 0.09)),
}
LID_AUS = (5, 6, 7)
_EYES = (tuple(range(36, 42)), tuple(range(42, 48)))

#: dlib index of each point's mirror image.
MIRRORED = (
    *range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, 35, 34, 33, 32, 31,
    45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40,
    54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65,
)  # fmt: skip


class FieldGenerator(Protocol):
    """Makes the displacement of one side of one AU at activation 1."""

    def field(self, au: int, side: int) -> FloatField:
        """Displacement (H, W, 2) float32 px; side +1 is the subject's left, -1 the right."""
        ...


def outer_eye_distance(points: NDArray[np.floating]) -> float:
    """IOD, px: distance of the outer eye corners, dlib points 36 and 45."""
    return float(np.linalg.norm(points[45] - points[36]))


class MuscleFields:
    """Muscle-shaped Gaussians on one face, with the randomness of one clip.

    Parameters
    ----------
    points : (68, 2) float
        Landmarks of the neutral face, px.
    size : tuple of int
        Width and height of the field, px.
    rng : Generator
        Source of the clip's own anatomy.
    jitter : float
        1 for random anatomy, 0 for the textbook's.
    """

    def __init__(
        self,
        points: NDArray[np.floating],
        size: tuple[int, int],
        rng: np.random.Generator,
        jitter: float = 1.0,
    ) -> None:
        self._points = np.asarray(points, np.float64)
        self._iod = outer_eye_distance(self._points)
        self._rng = rng
        self._jitter = jitter
        self._x, self._y = np.meshgrid(
            np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32)
        )
        self._guard = eye_guard(self._points, size)
        down = self._points[8] - self._points[27]
        self._down = down / np.linalg.norm(down)
        self._left = np.array([self._down[1], -self._down[0]])  # towards the subject's left

    def field(self, au: int, side: int) -> FloatField:
        """Displacement of one side at activation 1, (H, W, 2) float32 px."""
        total = np.zeros((*self._x.shape, 2), np.float32)
        sides = (1, -1) if au in MIDLINE_AUS else (side,)
        for part in _MUSCLES[au]:
            for one in sides:
                self._add(total, part, one)
        if au not in LID_AUS:
            total *= self._guard[..., None]
        largest = float(np.sqrt((total**2).sum(-1)).max())
        return total * np.float32(FULL_DISPLACEMENT[au] * self._iod / largest)

    def _add(self, total: FloatField, part: _Part, side: int) -> None:
        rng, jitter = self._rng, self._jitter
        anchors = [index if side > 0 else MIRRORED[index] for index in part.anchors]
        centre = self._points[anchors].mean(0) + rng.normal(0, 0.025, 2) * jitter * self._iod
        turn = np.radians(rng.normal(0, 12)) * jitter
        outward, down = part.direction
        pull = outward * side * self._left + down * self._down
        pull = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ pull
        width = part.width * self._iod * float(np.exp(rng.normal(0, 0.17) * jitter))
        aspect = float(np.exp(rng.normal(0, 0.12) * jitter))
        weight = part.weight * float(np.clip(1 + rng.uniform(-0.4, 0.4) * jitter, 0.4, 1.6))
        bump = np.exp(
            -((self._x - centre[0]) ** 2 / (2 * (width * aspect) ** 2))
            - ((self._y - centre[1]) ** 2 / (2 * (width / aspect) ** 2))
        )
        total += (weight * bump)[..., None] * pull.astype(np.float32)


def eye_guard(points: NDArray[np.floating], size: tuple[int, int]) -> FloatField:
    """(H, W) factor that keeps the eyeballs still: 1 on skin, near 0 inside the lids."""
    mask = np.zeros((size[1], size[0]), np.float32)
    for eye in _EYES:
        cv2.fillConvexPoly(mask, np.round(points[list(eye)]).astype(np.int32), 1.0)
    soft = cv2.GaussianBlur(mask, (0, 0), 0.025 * outer_eye_distance(points))
    return (1 - 0.9 * soft).astype(np.float32)


class BlinkField:
    """Upper lids that come down over the eyes; the lower lids hardly move.

    The displacement is centred on where the lid's edge is now: above, it fades over more than
    its own size (so the skin cannot fold), below within the opening.
    """

    def __init__(self, points: NDArray[np.floating], size: tuple[int, int]) -> None:
        self._windows = []
        iod = outer_eye_distance(points)
        for eye in _EYES:
            corners = np.asarray(points)[[eye[0], eye[3]]]
            upper = np.asarray(points)[[eye[1], eye[2]]].mean(0)
            lower = np.asarray(points)[[eye[4], eye[5]]].mean(0)
            centre, half = corners.mean(0), 0.5 * np.ptp(corners[:, 0])
            opening = max(float(lower[1] - upper[1]), 0.02 * iod)
            reach = np.array([half * 1.9, 6 * opening])
            low = np.clip(np.floor(centre - reach), 0, np.array(size) - 1).astype(int)
            high = np.clip(np.ceil(centre + reach) + 1, 0, size).astype(int)
            x, y = np.meshgrid(
                np.arange(low[0], high[0], dtype=np.float32),
                np.arange(low[1], high[1], dtype=np.float32),
            )
            slope = (corners[1, 1] - corners[0, 1]) / (corners[1, 0] - corners[0, 0] + 1e-9)
            # The opening is a lens: at its corners the lids do not move.
            arch = np.clip(1 - ((x - centre[0]) / half) ** 2, 0, 1) ** 0.75
            level = y - (upper[1] + slope * (x - centre[0]))
            self._windows.append((low, high, arch, level, opening))

    def add(self, total: FloatField, closure: float) -> None:
        """Add the lids' displacement at that closure in [0, 1] to `total` (H, W, 2) px."""
        if closure < 1e-3:
            return
        for low, high, arch, level, opening in self._windows:
            travel = 0.9 * closure * opening
            above = np.minimum(level - travel, 0) / (1.3 * opening)
            below = np.maximum(level - travel, 0) / (0.30 * opening)
            bump = np.exp(-0.5 * (above**2 + below**2))
            total[low[1] : high[1], low[0] : high[0], 1] += travel * arch * bump


def smallest_jacobian(displacement: FloatField) -> float:
    """Smallest determinant of the backward map q -> q - d(q); positive means no tearing."""
    u, v = displacement[..., 0], displacement[..., 1]
    du_dy, du_dx = np.gradient(u)
    dv_dy, dv_dx = np.gradient(v)
    return float(((1 - du_dx) * (1 - dv_dy) - du_dy * dv_dx).min())
