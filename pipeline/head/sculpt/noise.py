"""Value noise over positions, the same on every machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_PRIMES = (73856093, 19349663, 83492791)


def value_noise(points: NDArray[np.floating], scale: float, seed: int = 0) -> NDArray[np.float64]:
    """Smooth noise in [-0.5, 0.5] with features of `scale` mm at (N, 3) points."""
    cell = points / scale
    corner = np.floor(cell).astype(np.int64)
    inside = cell - corner
    inside = inside * inside * (3 - 2 * inside)
    # Each axis' two hash terms and weights, combined at the eight corners.
    terms = [
        [(corner[:, axis] + step) * prime for step in (0, 1)] for axis, prime in enumerate(_PRIMES)
    ]
    shares = [(1 - inside[:, axis], inside[:, axis]) for axis in range(3)]
    start = seed * 2654435761
    total = np.zeros(len(points))
    for i in (0, 1):
        for j in (0, 1):
            key, share = terms[0][i] ^ terms[1][j] ^ start, shares[0][i] * shares[1][j]
            for k in (0, 1):
                total += share * shares[2][k] * _hashed(key ^ terms[2][k])
    return total - 0.5


def _hashed(key: NDArray[np.int64]) -> NDArray[np.float64]:
    """Uniform [0, 1] numbers of integer keys."""
    key = ((key ^ (key >> 13)) * 1274126177) & 0x7FFFFFFF
    return ((key ^ (key >> 16)) & 0xFFFF) / 65535.0
