"""Value noise over positions, the same on every machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def value_noise(points: NDArray[np.floating], scale: float, seed: int = 0) -> NDArray[np.float64]:
    """Smooth noise in [-0.5, 0.5] with features of `scale` mm at (N, 3) points."""
    cell = points / scale
    corner = np.floor(cell).astype(np.int64)
    inside = cell - corner
    inside = inside * inside * (3 - 2 * inside)
    total = np.zeros(len(points))
    for offset in np.ndindex(2, 2, 2):
        weight = np.where(offset, inside, 1 - inside).prod(1)
        total += weight * _hashed(corner + offset, seed)
    return total - 0.5


def _hashed(cells: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    """Uniform [0, 1] numbers per integer cell."""
    key = (cells[:, 0] * 73856093) ^ (cells[:, 1] * 19349663) ^ (cells[:, 2] * 83492791)
    key ^= seed * 2654435761
    key = ((key ^ (key >> 13)) * 1274126177) & 0x7FFFFFFF
    return ((key ^ (key >> 16)) & 0xFFFF) / 65535.0
