"""From motion to action units: least squares over what each unit does to a face (SPEC 1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.core.labels import split_track
from pipeline.core.types import AUSignals
from pipeline.face.basis import FlowBasis, LandmarkBasis, load_landmark_basis
from pipeline.face.canonical import canonical_grid, canonical_iod
from pipeline.face.flow import CanonicalFlow

Array = NDArray[np.float64]

#: Ridge of the flow solution, share of the mean diagonal of its normal matrix.
FLOW_RIDGE = 0.02
#: Quantile of a unit's activation over the neutral frames that counts as its noise floor.
_FLOOR_QUANTILE = 0.9
_TOLERANCE = 1e-9
#: Motion of the mouth's points from which landmarks count for it, and from which alone, fraction
#: of IOD; a micro-expression moves them by 0.05 at most.
_FAR = (0.06, 0.09)
_MOUTH = slice(48, 68)
#: Units of the mouth have numbers from here on; below are brows, lids, nose.
_MOUTH_FROM = 10
#: Ridge of the landmarks' solution there, share of the mean diagonal.
_LARGE_RIDGE = 0.1
#: Units that raise and lower the mouth's corner; both at once only mend a fit.
_CORNER_UP_DOWN = (12, 15)
#: Units that close the lips: none acts while they are parted, by points of the inner lips and
#: fraction of IOD.
_CLOSING = frozenset({17, 18, 24})
_UPPER_LIP, _LOWER_LIP, _PARTED = 62, 66, 0.04
_ACTS = 0.1


def similarity_columns(positions: NDArray[np.floating]) -> Array:
    """Shift, scale and turn as displacements, (2N, 4) for (N, 2) positions."""
    x, y = positions[:, 0] - positions[:, 0].mean(), positions[:, 1] - positions[:, 1].mean()
    one, zero = np.ones_like(x), np.zeros_like(x)
    pairs = ((one, zero), (zero, one), (x, y), (-y, x))
    return np.stack([np.stack(pair, -1).ravel() for pair in pairs], -1)


class FlowSolver:
    """Non-negative least squares of flow over a basis, head motion projected out.

    Parameters
    ----------
    basis : FlowBasis
    ridge : float
        Share of the mean diagonal of the normal matrix.
    """

    def __init__(self, basis: FlowBasis, ridge: float = FLOW_RIDGE) -> None:
        self.names = basis.names
        self._cells = basis.mask.ravel()
        columns = np.concatenate([basis.fields, basis.blink]).astype(np.float64)
        columns = columns.reshape(len(columns), -1, 2)[:, self._cells].reshape(len(columns), -1).T
        grid = canonical_grid(len(basis.mask)).reshape(-1, 2)[self._cells] / canonical_iod()
        self._nuisance = np.linalg.qr(similarity_columns(grid))[0]
        self._columns = columns - self._nuisance @ (self._nuisance.T @ columns)
        normal = self._columns.T @ self._columns
        normal += ridge * np.trace(normal) / len(normal) * np.eye(len(normal))
        self._factor = np.linalg.cholesky(normal).T

    def solve(self, flow: NDArray[np.floating]) -> Array:
        """Weights of all columns, (M, K + B), of (M, 56, 56, 2) flow; blinks come last.

        The nuisance is orthogonal to the projected columns, so it drops out of their
        products with the flow and need not be taken from the flow itself.
        """
        from scipy.optimize import nnls

        count = len(flow)
        out = np.empty((count, self._columns.shape[1]))
        for row in range(count):
            motion = flow[row].reshape(-1, 2)[self._cells].astype(np.float64).ravel()
            right = np.linalg.solve(self._factor.T, self._columns.T @ motion)
            out[row] = nnls(self._factor, right)[0]
        return out


def activations_flow(
    flow: CanonicalFlow,
    basis: FlowBasis,
    n_frames: int,
    D: NDArray[np.floating] | None = None,
) -> AUSignals:
    """AU activations from canonical flow: the default signal.

    Per field, ``min ||B w - f||^2 + ridge ||w||^2, w >= 0`` with blink columns beside the
    units and similarity projected out. What the neutral frames show is taken off as the noise
    floor, and frames between the measured ones are interpolated. A frame that moves more than
    the basis' full scale is scaled down as a whole: capping each unit would raise the weak
    ones, which only mend the fit, to the height of the strong. Flow fails there besides (teeth
    appear, lips part), so that the units of the mouth are then those of the landmarks.

    Parameters
    ----------
    flow : CanonicalFlow
    basis : FlowBasis
    n_frames : int
        Frames of the clip.
    D : (T, 70, 2) float, optional
        Key weights, fraction of IOD, for motion beyond the basis.

    Returns
    -------
    AUSignals
        NaN where there is no face.
    """
    weights = FlowSolver(basis).solve(flow.flow)[:, : len(basis.names)]
    out = np.full((n_frames, len(basis.names)), np.nan, np.float32)
    for number in np.unique(flow.segment):
        rows = flow.segment == number
        calm = rows & flow.still
        raised = weights[rows]
        if calm.any():
            raised = np.maximum(raised - np.quantile(weights[calm], _FLOOR_QUANTILE, axis=0), 0.0)
        frames = flow.frames[rows]
        between = np.arange(frames[0], frames[-1] + 1)
        for column in range(raised.shape[1]):
            out[between, column] = np.interp(between, frames, raised[:, column])
    out /= np.maximum(out.max(axis=1, keepdims=True, initial=1.0), 1.0)
    signals = AUSignals(basis.names, out)
    return signals if D is None else _with_landmarks(signals, D)


def _with_landmarks(signals: AUSignals, D: NDArray[np.floating]) -> AUSignals:
    """Units of the mouth by landmarks where the mouth moves further than flow can follow."""
    low, high = _FAR
    moved = np.nan_to_num(np.linalg.norm(np.asarray(D)[:, _MOUTH], axis=2).max(axis=1))
    share = np.clip((moved - low) / (high - low), 0.0, 1.0)
    large = np.flatnonzero(share)
    if not len(large):
        return signals
    basis = load_landmark_basis()
    values = signals.values.copy()
    for frame in large:
        if not np.isfinite(D[frame]).all():
            continue
        found = dict(zip(basis.names, _large_expression(D[frame], basis), strict=True))
        for column, name in enumerate(signals.names):
            if split_track(name)[0] >= _MOUTH_FROM and name in found:
                values[frame, column] += share[frame] * (found[name] - values[frame, column])
    return AUSignals(signals.names, values)


def _large_expression(D: NDArray[np.floating], basis: LandmarkBasis) -> Array:
    """Bounded least squares of one frame in which no two opposing units act."""
    columns = np.concatenate([basis.B, basis.blink], axis=1).astype(np.float64)
    ridge = _LARGE_RIDGE * (columns**2).sum() / columns.shape[1]
    motion = np.asarray(D, np.float64).ravel()

    def solved(without: frozenset[int]) -> tuple[float, Array]:
        kept = [i for i in range(columns.shape[1]) if i not in without]
        some = columns[:, kept]
        weights = np.zeros(columns.shape[1])
        weights[kept] = bounded_minimum(some.T @ some + ridge * np.eye(len(kept)), some.T @ motion)
        left = motion - columns @ weights
        return float(left @ left + ridge * (weights @ weights)), weights

    units = [split_track(name)[0] for name in basis.names]
    parted = D[_LOWER_LIP, 1] - D[_UPPER_LIP, 1] > _PARTED
    closing = frozenset(i for i, unit in enumerate(units) if parted and unit in _CLOSING)
    weights = solved(closing)[1]
    corners = [frozenset(i for i, n in enumerate(units) if n == unit) for unit in _CORNER_UP_DOWN]
    if all(any(weights[i] > _ACTS for i in side) for side in corners):
        weights = min((solved(closing | side) for side in corners), key=lambda found: found[0])[1]
    return np.asarray(weights[: len(basis.names)])


def activations_landmarks(
    D: NDArray[np.floating], basis: LandmarkBasis, a: float = 0.1, b: float = 0.02
) -> AUSignals:
    """AU activations from key weights: bounded least squares, the paper's way.

    Per frame, ``min ||B w - D||^2 + a ||w||^2 + b ||w - w_prev||^2, 0 <= w <= 1``. Lid columns
    of the basis are solved along and dropped.

    Parameters
    ----------
    D : (T, 70, 2) float, fraction of IOD
        From `key_weights`; NaN rows where there is no face.
    basis : LandmarkBasis
    a, b : float
        Ridge, and tie to the frame before, as shares of the mean diagonal of ``B'B``.

    Returns
    -------
    AUSignals
        NaN where there is no face.
    """
    columns = np.concatenate([basis.B, basis.blink], axis=1).astype(np.float64)
    count = columns.shape[1]
    normal = columns.T @ columns
    unit = np.trace(normal) / count * np.eye(count)
    plain = normal + a * unit
    tied = plain + b * unit
    motion = np.asarray(D, np.float64).reshape(len(D), -1)
    seen: NDArray[np.bool_] = np.asarray(np.isfinite(motion).all(axis=1))
    right = np.where(seen[:, None], motion, 0.0) @ columns
    out = np.full((len(D), count), np.nan)
    before: Array | None = None
    for frame in range(len(D)):
        if not seen[frame]:
            before = None
            continue
        if before is None:
            before = bounded_minimum(plain, right[frame])
        else:
            before = bounded_minimum(tied, right[frame] + b * unit[0, 0] * before, before)
        out[frame] = before
    return AUSignals(basis.names, out[:, : len(basis.names)].astype(np.float32))


def bounded_minimum(normal: Array, right: Array, start: Array | None = None) -> Array:
    """Minimise ``w' N w / 2 - r' w`` for ``0 <= w <= 1`` by active sets.

    Parameters
    ----------
    normal : (K, K) float64
        Positive definite.
    right : (K,) float64
    start : (K,) float64, optional
        A nearby solution: its active bounds are tried first.
    """
    guess = np.zeros(len(right)) if start is None else start
    at_zero = np.asarray(guess <= 0.0)
    at_one = np.asarray(guess >= 1.0)
    for _ in range(4 * len(right)):
        free = ~(at_zero | at_one)
        weights = at_one.astype(np.float64)
        if free.any():
            known = right[free] - normal[np.ix_(free, at_one)].sum(axis=1)
            weights[free] = np.linalg.solve(normal[np.ix_(free, free)], known)
        slope = normal @ weights - right
        low, high = free & (weights < -_TOLERANCE), free & (weights > 1 + _TOLERANCE)
        up, down = at_zero & (slope < -_TOLERANCE), at_one & (slope > _TOLERANCE)
        if not (low.any() or high.any() or up.any() or down.any()):
            return np.clip(weights, 0.0, 1.0)
        at_zero, at_one = (at_zero & ~up) | low, (at_one & ~down) | high
    # The exchange of whole sets can cycle; the slow, sure method then settles it.
    from scipy.optimize import lsq_linear

    factor = np.linalg.cholesky(normal).T
    target = np.linalg.solve(factor.T, right)
    return np.asarray(lsq_linear(factor, target, (0.0, 1.0), method="bvls").x, np.float64)
