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
    p, q = _complex(source), _complex(target)
    w = np.ones(p.shape[-1]) if weights is None else np.asarray(weights, np.float64)
    w = w / w.sum(axis=-1, keepdims=True)
    mean_p, mean_q = (w * p).sum(-1), (w * q).sum(-1)
    x = p - mean_p[..., None]
    size = np.asarray((w * (x.real**2 + x.imag**2)).sum(-1))
    product = (w * x.conj() * (q - mean_q[..., None])).sum(-1)
    turn = np.where(size > 0, product / np.where(size > 0, size, 1.0), 1.0)
    shift = mean_q - turn * mean_p
    out = np.empty((*shift.shape, 2, 3))
    out[..., 0, 0] = out[..., 1, 1] = turn.real
    out[..., 1, 0], out[..., 0, 1] = turn.imag, -turn.imag
    out[..., 0, 2], out[..., 1, 2] = shift.real, shift.imag
    return out


#: Distance after the fit at which a point counts a quarter, fraction of IOD: skin stays below.
_ASTRAY = 0.004
_ROUNDS = 10


def fit_rigid(
    source: ArrayLike, target: ArrayLike, iod: float, weights: ArrayLike | None = None
) -> Array:
    """Similarity between faces that a few points gone astray do not turn.

    Lids that close drag the inner eye corners by several px. The Geman-McClure estimator by
    reweighted least squares leaves such points out; its width follows the median distance, so
    a turned head, in which every point is off, is fitted as by plain least squares.

    Parameters
    ----------
    source, target, weights
        See `fit_similarity`.
    iod : float
        Inter-ocular distance in the target, px.

    Returns
    -------
    (..., 2, 3) float64
    """
    p, q = np.asarray(source, np.float64), np.asarray(target, np.float64)
    base = np.ones(p.shape[-2]) if weights is None else np.asarray(weights, np.float64)
    turn = fit_similarity(p, q, base)
    for _ in range(_ROUNDS):
        gap = ((apply_similarity(turn, p) - q) ** 2).sum(-1)
        middle = np.median(gap, axis=-1, keepdims=True)
        width = np.maximum((_ASTRAY * iod) ** 2, middle)
        turn = fit_similarity(p, q, base / (1 + gap / width) ** 2)
    return turn


def _complex(points: ArrayLike) -> NDArray[np.complex128]:
    xy = np.asarray(points, np.float64)
    return xy[..., 0] + 1j * xy[..., 1]


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
