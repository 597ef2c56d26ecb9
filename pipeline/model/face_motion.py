"""Skin motion of one segment, freed of what is no expression: head turns, light, blinks."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.core.types import FloatArray

#: Share of a full lid closure from which a lid's motion counts as a blink. The lid actions of
#: a micro-expression (AU5, 7) stay under a fifth.
BLINK_CLOSURE = 0.28
#: Time on both sides of a blink in which the lids are still on their way, s.
BLINK_MARGIN = 0.06
#: Samples fitted at a time, and rounds of reweighting.
_CHUNK, _ROUNDS = 256, 4
#: Cells of the canonical grid around the lids that go with them.
BLINK_SPREAD = 3
#: How much further optical flow smears a blink.
BLINK_SMEAR = 5


@dataclass(frozen=True)
class FaceMotion:
    """Motion in N samples of one segment.

    Parameters
    ----------
    times : (N,) float64
        s.
    frames : (N,) int64
        Frame of each sample.
    grid : (N, H, W, 2) float32
        Fraction of IOD, 0 outside the face.
    mask : (H, W) bool
        Cells of the face.
    blink : (N,) bool
        Lids are closing, closed or opening.
    eyes : (H, W) bool
        Cells that a blink moves; bridged in time while it lasts.
    """

    times: NDArray[np.float64] = field(repr=False)
    frames: NDArray[np.int64] = field(repr=False)
    grid: FloatArray = field(repr=False)
    mask: NDArray[np.bool_] = field(repr=False)
    blink: NDArray[np.bool_] = field(repr=False)
    eyes: NDArray[np.bool_] = field(repr=False)

    def near_blink(self, seconds: float) -> NDArray[np.bool_]:
        """(N,) True within that time of a blink."""
        out = self.blink.copy()
        for moment in self.times[self.blink]:
            out |= np.abs(self.times - moment) <= seconds
        return out

    def blink_at(self, moment: float) -> tuple[float, float] | None:
        """First and last time (s) of the blink at a moment; None where there is none."""
        row = int(np.argmin(np.abs(self.times - moment)))
        if not self.blink[row]:
            return None
        open_before = np.flatnonzero(~self.blink[:row])
        open_after = np.flatnonzero(~self.blink[row:])
        first = int(open_before[-1]) + 1 if len(open_before) else 0
        last = row + int(open_after[0]) - 1 if len(open_after) else len(self.blink) - 1
        return float(self.times[first]), float(self.times[last])

    def off_eyes(self) -> NDArray[np.bool_]:
        """(H, W) cells of the face that a blink does not reach, optical flow's smear included."""
        return self.mask & ~_grown(self.eyes, BLINK_SMEAR)

    def cells(self) -> FloatArray:
        """(N, P) motion of the face's cells, one row a sample."""
        return self.grid[:, self.mask].reshape(len(self.grid), -1)

    def strength(self) -> FloatArray:
        """(N,) mean motion of the twentieth of the face that moves most."""
        sizes = np.hypot(*np.moveaxis(self.grid[:, self.mask], -1, 0))
        return strongest_mean(sizes)


def strongest_mean(sizes: NDArray[np.floating], share: float = 0.05) -> FloatArray:
    """Mean of the largest `share` of the last axis."""
    count = max(1, round(share * sizes.shape[-1]))
    kept = np.partition(sizes, sizes.shape[-1] - count, axis=-1)[..., -count:]
    return kept.mean(-1).astype(np.float32)


def prepare_motion(
    flow: NDArray[np.floating],
    times: NDArray[np.float64],
    frames: NDArray[np.int64],
    mask: NDArray[np.bool_],
    lids: FloatArray,
) -> FaceMotion:
    """Free flow from the neutral of rigid motion and of blinks.

    Parameters
    ----------
    flow : (N, H, W, 2) float16 or float32
        Flow from the neutral on the canonical face, fraction of IOD.
    times, frames : (N,)
        s; frame of each sample.
    mask : (H, W) bool
        Cells of the face.
    lids : (B, H, W, 2) float32
        Lid motions of a full blink, fraction of IOD: both eyes, or each its own.
    """
    grid = np.array(flow, np.float32)
    regions = [np.hypot(lid[..., 0], lid[..., 1]) > 0.15 * np.abs(lid).max() for lid in lids]
    eyes = np.zeros(mask.shape, bool)
    for region in regions:
        eyes |= _grown(region, BLINK_SPREAD)
    _take_out_rigid(grid, mask, eyes)
    blink = np.zeros(len(grid), bool)
    for lid, region in zip(lids, regions, strict=True):
        blink |= _blinks(grid, times, lid, region)
    _bridge(grid, eyes, blink)
    grid[:, ~mask] = 0
    return FaceMotion(times, frames, grid, mask, blink, eyes)


def _grown(region: NDArray[np.bool_], cells: int) -> NDArray[np.bool_]:
    from scipy.ndimage import distance_transform_edt

    return np.asarray(distance_transform_edt(~region) <= cells, bool) if region.any() else region


def _blinks(
    grid: FloatArray, times: NDArray[np.float64], lid: FloatArray, region: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """True while lids close and open again; a lid raised or lowered for long is no blink."""
    template = lid[region].ravel()
    energy = float(template @ template)
    if energy <= 0:
        return np.zeros(len(grid), bool)
    closure = grid[:, region].reshape(len(grid), -1) @ template / energy
    shut = np.abs(closure - np.median(closure)) > BLINK_CLOSURE
    for index in np.flatnonzero(shut):
        shut = shut | (np.abs(times - times[index]) <= BLINK_MARGIN)
    return shut


def _bridge(grid: FloatArray, eyes: NDArray[np.bool_], blink: NDArray[np.bool_]) -> None:
    """Put a straight line in time through the eyes' cells wherever a blink hides them."""
    if not blink.any():
        return
    if blink.all():
        grid[:, eyes] = 0
        return
    here, known = np.flatnonzero(blink), np.flatnonzero(~blink)
    right = np.clip(np.searchsorted(known, here), 0, len(known) - 1)
    left = np.clip(np.searchsorted(known, here) - 1, 0, len(known) - 1)
    before, after = known[left], known[right]
    gap = np.maximum(after - before, 1)
    share = np.clip((here - before) / gap, 0, 1).astype(np.float32)[:, None, None]
    values = (1 - share) * grid[before][:, eyes] + share * grid[after][:, eyes]
    for row, value in zip(here, values, strict=True):
        grid[row, eyes] = value


def _take_out_rigid(grid: FloatArray, mask: NDArray[np.bool_], eyes: NDArray[np.bool_]) -> None:
    """Remove similarity, perspective and the parallax of a rounded head (robust fit).

    Eight columns: shift, zoom, turn; the two quadratic terms of a homography; and depth times
    shift for a face whose depth falls with the squared distance from its middle.
    """
    height, width = mask.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = 2 * x / (width - 1) - 1, 2 * y / (height - 1) - 1
    one, zero, square = np.ones_like(x), np.zeros_like(x), x * x + y * y
    pairs = [
        (one, zero), (zero, one), (x, y), (-y, x),
        (x * x, x * y), (x * y, y * y), (square, zero), (zero, square),
    ]  # fmt: skip
    columns = np.stack([np.stack(pair, -1) for pair in pairs])
    fitted = mask & ~eyes
    basis = columns[:, fitted].reshape(len(pairs), -1).T.astype(np.float64)
    for first in range(0, len(grid), _CHUNK):
        piece = grid[first : first + _CHUNK]
        motion = piece[:, fitted].reshape(len(piece), -1).astype(np.float64)
        weights = _robust_fit(basis, motion)
        piece -= np.tensordot(weights.astype(np.float32), columns, 1)


def _robust_fit(basis: NDArray[np.float64], motion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cauchy-weighted least squares, (N, C): an expression does not pull the head with it.

    Parameters
    ----------
    basis : (P, C) float64
    motion : (N, P) float64
    """
    weights = np.linalg.lstsq(basis, motion.T, rcond=None)[0].T
    ridge = 1e-9 * np.eye(basis.shape[1]) * len(basis)
    for _ in range(_ROUNDS):
        left = motion - weights @ basis.T
        scale = 1.5 * np.median(np.abs(left), axis=1, keepdims=True) + 1e-5
        trust = 1 / (1 + (left / scale) ** 2)
        normal = np.stack([(basis * row[:, None]).T @ basis for row in trust]) + ridge
        right = (trust * motion) @ basis
        weights = np.linalg.solve(normal, right[..., None])[..., 0]
    return np.asarray(weights, np.float64)
