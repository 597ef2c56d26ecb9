"""The course of one motion over time: how far the face is along a spatial pattern, and when.

A micro-expression is one pattern of skin motion that comes and goes. Once a frame of it is
known, projecting every frame on that pattern uses the whole face at once, which lowers the
noise of the course far below that of any single point or action unit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatVector = NDArray[np.floating]


@dataclass(frozen=True)
class Course:
    """A fitted course: rise from onset to apex, fall to offset, on a straight baseline.

    Parameters
    ----------
    onset, apex, offset : float
        s.
    height : float
        Of the fitted bump, in units of the pattern.
    noise : float
        Robust SD of the residual.
    explained : float
        Share of the variance about the baseline that the bump explains, at most 1.
    slope : float
        Of the baseline over the event, in units of the height.
    """

    onset: float
    apex: float
    offset: float
    height: float
    noise: float
    explained: float
    slope: float

    @property
    def width(self) -> float:
        """Full width at half height, s: half of the whole for cosine flanks."""
        return 0.5 * (self.offset - self.onset)


def matched_course(
    motion: NDArray[np.float32], times: FloatVector, apex: float, reach: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Project motion on the pattern that stands out at `apex`.

    Parameters
    ----------
    motion : (N, P) float32
        Motion of P values in N samples.
    times : (N,) float
        s.
    apex : float
        Where the pattern is seen best, s.
    reach : float
        How far before and after the pattern is absent, s.

    Returns
    -------
    course : (N,) float32
        Position along the pattern: about 0 without it, 1 at the apex.
    pattern : (P,) float32
        Motion at the apex less that before and after, in the units of `motion`.
    """
    distance = np.abs(times - apex)
    weights = np.exp(-0.5 * (distance / (0.12 * reach)) ** 2)
    course = np.zeros(len(times), np.float32)
    pattern = np.zeros(motion.shape[1], np.float32)
    for _ in range(3):
        pattern = _contrast(motion, times, apex, reach, weights)
        energy = float(pattern @ pattern)
        if energy <= 0:
            return course, pattern
        course = motion @ pattern / energy
        near = distance <= reach
        low = np.percentile(course[near], 10)
        top = max(float(course[near].max() - low), 1e-9)
        # Frames count by how much of the pattern they show: an optimal filter, in few rounds.
        weights = np.where(distance < 0.6 * reach, np.clip((course - low) / top, 0, 1) ** 2, 0)
        if not weights.any():
            break
    return course.astype(np.float32), pattern


def _contrast(
    motion: NDArray[np.float32], times: FloatVector, apex: float, reach: float, weights: FloatVector
) -> NDArray[np.float32]:
    """Weighted mean about the apex less the straight line through the surroundings."""
    outside = np.zeros(motion.shape[1])
    sides = 0
    for sign in (-1, 1):
        away = sign * (times - apex)
        side = (away > 0.75 * reach) & (away <= 1.5 * reach)
        if not side.any():  # the clip ends here: its outermost frames
            side = sign * times >= np.max(sign * times) - 0.05 * reach
        outside += motion[side].mean(0)
        sides += 1
    return (weights @ motion / weights.sum() - outside / sides).astype(np.float32)


def fit_course(times: FloatVector, course: FloatVector, apex: float, width: float) -> Course:
    """Fit cosine flanks on a straight baseline (variable projection, robust start).

    Parameters
    ----------
    times, course : (N,) float
        s; position along the pattern.
    apex, width : float
        First guess, s.
    """
    from scipy.optimize import least_squares

    times = np.asarray(times, float)
    course = np.asarray(course, float)
    best: tuple[float, NDArray[np.float64]] | None = None
    for stretch in (0.6, 1.0, 1.6):
        start = np.log([stretch * width, stretch * width])
        found = least_squares(
            _residual, np.r_[apex, start], args=(times, course),
            bounds=(
                [apex - width, np.log(0.015), np.log(0.015)],
                [apex + width, np.log(0.6), np.log(0.6)],
            ),
            x_scale=[0.02, 0.2, 0.2], max_nfev=60,
        )  # fmt: skip
        if best is None or found.cost < best[0]:
            best = (found.cost, found.x)
    assert best is not None
    return _describe(best[1], times, course)


def _flanks(q: NDArray[np.float64], times: FloatVector) -> NDArray[np.float64]:
    apex, rise, fall = q[0], np.exp(q[1]), np.exp(q[2])
    part = np.where(times < apex, (times - apex + rise) / rise, (apex + fall - times) / fall)
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(part, 0, 1))


def _solve(
    q: NDArray[np.float64], times: FloatVector, course: FloatVector
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Best height, level and slope for given times, and the residual."""
    columns = np.column_stack([_flanks(q, times), np.ones_like(times), times - q[0]])
    # The slope is held back: a baseline that climbs as fast as the event is no baseline.
    held = np.vstack([columns, [0.0, 0.0, 0.5 * np.sqrt(len(times)) * np.ptp(times) * 0.1]])
    weights = np.linalg.lstsq(held, np.r_[course, 0.0], rcond=None)[0]
    return weights, columns @ weights - course


def _residual(
    q: NDArray[np.float64], times: FloatVector, course: FloatVector
) -> NDArray[np.float64]:
    return _solve(q, times, course)[1]


def _describe(q: NDArray[np.float64], times: FloatVector, course: FloatVector) -> Course:
    weights, residual = _solve(q, times, course)
    baseline = weights[1] + weights[2] * (times - q[0])
    total = float(((course - baseline) ** 2).sum())
    rise, fall = float(np.exp(q[1])), float(np.exp(q[2]))
    height = float(weights[0])
    return Course(
        onset=float(q[0] - rise),
        apex=float(q[0]),
        offset=float(q[0] + fall),
        height=height,
        noise=1.4826 * float(np.median(np.abs(residual - np.median(residual)))),
        explained=1 - float((residual**2).sum()) / total if total > 0 else 0.0,
        slope=float(weights[2] * (rise + fall) / max(abs(height), 1e-9)),
    )
