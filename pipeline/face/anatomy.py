"""Which of dlib's 68 points belong to what, and which of them barely move with expression."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Points that expression barely moves (inner eye corners, bridge of the nose).
RIGID = np.array([27, 28, 29, 30, 39, 42])

#: Points that stay recognisable through strong expression: brows, nose, eye corners.
STABLE = np.array([*range(17, 36), 36, 39, 42, 45])

#: Outer eye corners: their distance in the neutral face is the unit of length (IOD).
OUTER_EYE_CORNERS = (36, 45)

#: The two cheek points as midpoints of these pairs: right 41-48, left 46-54.
CHEEK_PAIRS = ((41, 48), (46, 54))
N_POINTS = 68
N_KEY_POINTS = 70

#: Point that takes each point's place in the mirrored face.
MIRROR = np.array([
    *range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, 35, 34, 33, 32, 31,
    45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40,
    54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65,
])  # fmt: skip

#: Groups that move as one piece of skin; lips and lids of one eye move against each other.
PARTS: dict[str, NDArray[np.int_]] = {
    "jaw": np.arange(0, 17),
    "right brow": np.arange(17, 22),
    "left brow": np.arange(22, 27),
    "bridge": np.arange(27, 31),
    "nostrils": np.arange(31, 36),
    "right upper lid": np.array([36, 37, 38, 39]),
    "right lower lid": np.array([40, 41]),
    "left upper lid": np.array([42, 43, 44, 45]),
    "left lower lid": np.array([46, 47]),
    "upper lip": np.array([48, 49, 50, 51, 52, 53, 54, 60, 61, 62, 63, 64]),
    "lower lip": np.array([55, 56, 57, 58, 59, 65, 66, 67]),
}


#: Depth of the points before the outer eye corners, fraction of IOD (our own head).
DEPTH = np.array([
    -0.63, -0.57, -0.58, -0.58, -0.49, -0.34, -0.18, -0.01, 0.04, -0.01, -0.18, -0.34, -0.49,
    -0.58, -0.58, -0.57, -0.63, 0.02, 0.08, 0.14, 0.17, 0.19, 0.19, 0.17, 0.14, 0.08, 0.02,
    0.18, 0.25, 0.31, 0.40, 0.25, 0.20, 0.26, 0.20, 0.25, 0.0, 0.06, 0.06, 0.03, 0.06, 0.04,
    0.03, 0.06, 0.06, 0.0, 0.04, 0.06, 0.04, 0.17, 0.21, 0.22, 0.21, 0.17, 0.04, 0.15, 0.19,
    0.20, 0.19, 0.15, 0.10, 0.12, 0.21, 0.12, 0.10, 0.19, 0.18, 0.19,
])  # fmt: skip


def part_index() -> NDArray[np.int_]:
    """Index into `PARTS` of each of the 68 points."""
    index = np.zeros(N_POINTS, np.int_)
    for number, points in enumerate(PARTS.values()):
        index[points] = number
    return index


def rigid_weights() -> NDArray[np.float64]:
    """(68,) weights that let the rigid set decide a similarity and the rest only steady it."""
    weights = np.full(N_POINTS, 0.05)
    weights[[37, 38, 40, 41, 43, 44, 46, 47]] = 0.0  # lids: a blink must not turn the head
    weights[:17] = 0.02
    weights[48:] = 0.02
    weights[31:36] = 0.2
    weights[RIGID] = 1.0
    return weights / weights.sum()


def with_cheeks(points: NDArray[np.floating]) -> NDArray[np.floating]:
    """Append the two cheek points: (..., 68, 2) becomes (..., 70, 2)."""
    cheeks = [0.5 * (points[..., a, :] + points[..., b, :]) for a, b in CHEEK_PAIRS]
    return np.concatenate([points, np.stack(cheeks, axis=-2)], axis=-2)
