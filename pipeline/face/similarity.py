"""Similarity transforms between point sets (Procrustes), many at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def fit_similarity(source: ArrayLike, target: ArrayLike, weights: ArrayLike | None = None) -> Array:
    """Similarity that takes `source` nearest to `target` in weighted least squares.

    Parameters
    ----------
    source, target : (..., N, 2) array_like
        Corresponding points; leading shapes broadcast.
    weights : (N,) or (..., N) array_like, optional
        Non-negative; equal if not given.

    Returns
    -------
    (..., 2, 3) float64
        ``[[a, -b, tx], [b, a, ty]]``; closed form (Umeyama 1991, in the plane, where a
        reflection cannot come out). Points that all coincide give a pure translation.
    """
    p, q = np.broadcast_arrays(np.asarray(source, np.float64), np.asarray(target, np.float64))
    w = np.ones(p.shape[-2]) if weights is None else np.asarray(weights, np.float64)
    w = np.broadcast_to(w / w.sum(axis=-1, keepdims=True), p.shape[:-1])[..., None]
    mean_p, mean_q = (w * p).sum(-2), (w * q).sum(-2)
    x, y = p - mean_p[..., None, :], q - mean_q[..., None, :]
    size = (w * x * x).sum((-2, -1))
    safe = np.where(size > 0, size, 1.0)
    a = np.where(size > 0, (w * x * y).sum((-2, -1)) / safe, 1.0)
    cross = x[..., 0] * y[..., 1] - x[..., 1] * y[..., 0]
    b = np.where(size > 0, (w[..., 0] * cross).sum(-1) / safe, 0.0)
    linear = np.stack([np.stack([a, -b], -1), np.stack([b, a], -1)], -2)
    shift = mean_q - np.einsum("...ij,...j->...i", linear, mean_p)
    return np.concatenate([linear, shift[..., None]], axis=-1)


def apply_similarity(transform: Array, points: ArrayLike) -> Array:
    """Transform (..., N, 2) points by (..., 2, 3) matrices."""
    moved = np.einsum("...ij,...nj->...ni", transform[..., :2], np.asarray(points, np.float64))
    return moved + transform[..., None, :, 2]


def invert_similarity(transform: Array) -> Array:
    """Inverse of (..., 2, 3) similarities."""
    a, b = transform[..., 0, 0], transform[..., 1, 0]
    size = a * a + b * b
    linear = np.stack([np.stack([a, b], -1), np.stack([-b, a], -1)], -2) / size[..., None, None]
    shift = -np.einsum("...ij,...j->...i", linear, transform[..., 2])
    return np.concatenate([linear, shift[..., None]], axis=-1)
