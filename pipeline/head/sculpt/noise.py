"""Value noise over positions, the same on every machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_PRIMES = (73856093, 19349663, 83492791)
_DENSE = 1.5  # corners per point up to which all of a box are worked out once


def value_noise(points: NDArray[np.floating], scale: float, seed: int = 0) -> NDArray[np.float64]:
    """Smooth noise in [-0.5, 0.5] with features of `scale` mm at (N, 3) points."""
    cell = points / scale
    corner = np.floor(cell).astype(np.int64)
    inside = cell - corner
    inside = inside * inside * (3 - 2 * inside)
    low = corner.min(0) if len(corner) else np.zeros(3, np.int64)
    size = (corner.max(0) - low + 2) if len(corner) else np.full(3, 2)
    shares = [(1 - inside[:, axis], inside[:, axis]) for axis in range(3)]
    value = _lattice(low, size, seed) if size.prod() <= _DENSE * len(points) else None
    start = seed * 2654435761
    # Each axis' two hash terms, combined at the eight corners; or places in the lattice.
    strides = (int(size[1] * size[2]), int(size[2]), 1)
    at = (corner - low) @ np.array(strides)
    terms = [] if value is not None else [
        [(corner[:, axis] + step) * prime for step in (0, 1)] for axis, prime in enumerate(_PRIMES)
    ]  # fmt: skip
    total = np.zeros(len(points))
    for i in (0, 1):
        for j in (0, 1):
            share = shares[0][i] * shares[1][j]
            for k in (0, 1):
                if value is not None:
                    here = value.take(at + (i * strides[0] + j * strides[1] + k))
                else:
                    here = _hashed(terms[0][i] ^ terms[1][j] ^ start ^ terms[2][k])
                total += share * shares[2][k] * here
    return total - 0.5


def _lattice(low: NDArray[np.int64], size: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    """Values at all corners of a box of cells, (X * Y * Z,)."""
    x, y, z = ((low[axis] + np.arange(size[axis])) * prime for axis, prime in enumerate(_PRIMES))
    keys = x[:, None, None] ^ y[:, None] ^ z ^ (seed * 2654435761)
    return _hashed(keys.ravel())


def _hashed(key: NDArray[np.int64]) -> NDArray[np.float64]:
    """Uniform [0, 1] numbers of integer keys."""
    key = ((key ^ (key >> 13)) * 1274126177) & 0x7FFFFFFF
    return ((key ^ (key >> 16)) & 0xFFFF) / 65535.0
