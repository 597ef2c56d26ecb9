"""From a measured signal to a B-spline: least squares to a stated maximum error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.curves.bspline import padded_knots
from pipeline.curves.curve import MIN_GAP, Curve

Array = NDArray[np.float64]

#: Window (s) over which a signal is smoothed to tell motion from noise.
_SMOOTHING_S = 0.045
#: Knots come no closer, s: nearer ones would follow the noise that the window takes out.
_CLOSEST_S = 0.02
#: Weight of the straight lines that bridge what was not measured.
_BRIDGE_WEIGHT = 0.1
_ROUNDS = 24
_FEWEST_FOR_NOISE = 32


@dataclass(frozen=True)
class FitResult:
    """A fitted curve and how well it fits.

    Parameters
    ----------
    curve : Curve
        The B-spline.
    max_error : float
        Largest distance to a measured sample, noise included.
    smooth_error : float
        Largest distance with the noise smoothed out of it (a local cubic of the residual).
    noise : float
        Estimated standard deviation of the samples' noise.
    tolerance : float
        What `smooth_error` was fitted to: the error asked for, or what the noise allows
        where that is more.
    """

    curve: Curve
    max_error: float
    smooth_error: float
    noise: float
    tolerance: float

    @property
    def reached(self) -> bool:
        """Whether the tolerance holds; if not, the knots came to their closest spacing."""
        return self.smooth_error <= self.tolerance


def fit_bspline(
    times: ArrayLike,
    values: ArrayLike,
    *,
    max_error: float = 0.01,
    min_spacing: float | None = None,
    max_knots: int = 20_000,
) -> FitResult:
    """Fit a clamped cubic B-spline by least squares, with as many knots as the error needs.

    Knots start around what moves; an interval is halved while the smoothed residual in it
    exceeds the tolerance, or a sample is further off than the noise explains. Samples that are
    NaN do not count: gaps are bridged by a faint straight line, and the curve spans the measured
    samples. Where no sample is negative, neither are the curve's ends, which are held outside.

    Parameters
    ----------
    times : (N,) s
        Strictly increasing.
    values : (N,)
        Signal; NaN where not measured.
    max_error : float
        Largest distance wanted, in units of the values.
    min_spacing : float, optional
        Knots come no closer, s; 0.02 where not given. Never under a sample interval.
    max_knots : int
        Bound on their number.

    Returns
    -------
    FitResult

    Raises
    ------
    ValueError
        If shapes differ, times do not increase or the error asked for is not positive.
    """
    t = np.asarray(times, np.float64)
    y = np.asarray(values, np.float64)
    if t.ndim != 1 or t.shape != y.shape:
        raise ValueError("times and values differ in number")
    if not np.isfinite(t).all() or np.any(np.diff(t) < MIN_GAP):
        raise ValueError("times do not increase")
    if not max_error > 0:
        raise ValueError("the maximum error must be above 0")
    measured = np.flatnonzero(np.isfinite(y))
    if len(measured) == 0:
        return FitResult(Curve.constant(), 0.0, 0.0, 0.0, max_error)
    inside = slice(measured[0], measured[-1] + 1)
    t, y = t[inside], y[inside]
    if len(measured) < 5:
        known = np.isfinite(y)
        return _short(t[known], y[known], max_error)
    return _Fitter(t, y, max_error, min_spacing, max_knots).fit()


def interpolating_curve(times: ArrayLike, values: ArrayLike) -> Curve:
    """A curve through every measured sample, a key for each: nothing is lost, nothing smoothed.

    For tracks made elsewhere (an ``aus.csv``), which are to be played as they are. Its
    tangents are automatic, so that a sample moves the curve no further than its neighbours.

    Parameters
    ----------
    times : (N,) s
        Strictly increasing.
    values : (N,)
        NaN where not measured; at rest at 0 if nowhere.

    Raises
    ------
    ValueError
        If shapes differ or times do not increase.
    """
    t, y = np.asarray(times, np.float64), np.asarray(values, np.float64)
    if t.ndim != 1 or t.shape != y.shape:
        raise ValueError("times and values differ in number")
    known = np.isfinite(y)
    return Curve.from_keys(t[known], y[known]) if known.any() else Curve.constant()


def _short(t: Array, y: Array, max_error: float) -> FitResult:
    """The polynomial through one to four samples."""
    if len(t) == 1:
        return FitResult(Curve.constant(float(y[0]), float(t[0])), 0.0, 0.0, 0.0, max_error)
    centre = t - t[0]
    polynomial = np.polynomial.Polynomial.fit(centre, y, len(t) - 1)
    slope = polynomial.deriv()
    ends = np.array([0.0, centre[-1]])
    m = slope(ends)
    mode = np.ones(2, np.uint8)
    curve = Curve(t[[0, -1]], polynomial(ends), m, m, mode)
    error = float(np.max(np.abs(curve(t) - y)))
    return FitResult(curve, error, error, 0.0, max_error)


class _Fitter:
    """One signal, its noise estimated once, fitted round by round."""

    def __init__(
        self, t: Array, y: Array, max_error: float, min_spacing: float | None, max_knots: int
    ) -> None:
        self.t, self.known = t, np.isfinite(y)
        self.y = np.where(self.known, y, np.interp(t, t[self.known], y[self.known]))
        self.weight = np.where(self.known, 1.0, _BRIDGE_WEIGHT)
        interval = float(np.median(np.diff(t)))
        closest = _CLOSEST_S if min_spacing is None else min_spacing
        self.spacing = max(closest, interval, 2.0 * MIN_GAP)
        self.max_knots = max_knots
        self.smoother = _Smoother(len(y), interval)
        self.smooth = self.smoother(self.y)
        self.noise = self.smoother.noise((self.y - self.smooth)[self.known], self.y)
        # The highest of N noise samples is expected at sqrt(2 ln N) deviations: do not chase it.
        peak = (1.0 + np.sqrt(2.0 * np.log(len(t)))) * self.noise
        self.tolerance = max(max_error, peak * self.smoother.passed)
        self.sample_tolerance = max_error + peak
        self.positive = bool(np.min(y[self.known]) >= 0.0)

    def fit(self) -> FitResult:
        knots = self._first_knots()
        for _ in range(_ROUNDS):
            curve = Curve.from_control(knots, self._least_squares(knots))
            error = np.abs(curve(self.t) - self.y)
            smooth_error = np.abs(self.smoother(curve(self.t) - self.y))
            excess = np.maximum(smooth_error / self.tolerance, error / self.sample_tolerance)
            excess[~self.known] *= 0.5  # over a gap, twice the tolerance will do
            halves = self._halves(knots, excess)
            if len(halves) == 0 or len(knots) + len(halves) > self.max_knots:
                break
            knots = np.sort(np.concatenate([knots, halves]))
        return FitResult(
            curve,
            float(error[self.known].max()),
            float(smooth_error[self.known].max()),
            self.noise,
            self.tolerance,
        )

    def _first_knots(self) -> Array:
        """Ends, and the borders of whatever stands out from the signal's resting level."""
        moves = np.abs(self.smooth - np.median(self.smooth)) > self.tolerance
        edges = np.flatnonzero(np.diff(moves.astype(np.int8)))
        borders = self.t[edges]
        knots = [self.t[0]]
        for border in borders:
            if min(border - knots[-1], self.t[-1] - border) >= 4.0 * self.spacing:
                knots.append(border)
        knots = knots[: max(1, self.max_knots // 4)]
        return np.array([*knots, self.t[-1]])

    def _halves(self, knots: Array, excess: Array) -> Array:
        """Middles of the intervals where the curve is too far off and may be divided.

        A middle is taken among the samples, so that each half has some of its own.
        """
        first = np.searchsorted(self.t, knots[:-1])
        stop = np.append(first[1:], len(self.t))
        middle = (first + stop) // 2
        middles = self.t[middle]
        room = np.minimum(middles - knots[:-1], knots[1:] - middles) >= self.spacing * 0.999
        least = np.ones(len(first))
        least[0] = 2  # the ends' fourfold knots need a sample more (Schoenberg and Whitney)
        divisible = room & (middle - first >= least)
        divisible[-1] &= stop[-1] - middle[-1] >= 3
        bad = np.maximum.reduceat(excess, first) > 1.0
        # Beside a long interval a short one is stiff: then the neighbours are divided.
        stuck = bad & ~divisible
        bad[:-1] |= stuck[1:]
        bad[1:] |= stuck[:-1]
        return middles[bad & divisible]

    def _least_squares(self, knots: Array) -> Array:
        from scipy.interpolate import make_lsq_spline

        # Normal equations: every interval holds samples, and QR takes ten times as long.
        spline = make_lsq_spline(
            self.t, self.y, padded_knots(knots), k=3, w=self.weight, method="norm-eq"
        )
        control = spline.c
        if self.positive:
            control[[0, -1]] = np.maximum(control[[0, -1]], 0.0)
        return control


class _Smoother:
    """A local cubic through the samples (Savitzky and Golay 1964).

    `passed` is the share of white noise's standard deviation that comes through. Made here and
    not by `scipy.signal`, whose import brings all of `scipy.stats` and halts a window for long.
    """

    def __init__(self, count: int, interval: float) -> None:
        half = int(np.clip(round(_SMOOTHING_S / interval / 2.0), 2, 12))
        self.window = min(2 * half + 1, (count - 1) // 2 * 2 + 1)
        self._hat = _cubic_hat(self.window)
        self.passed = float(np.sqrt(np.sum(self._hat[self.window // 2] ** 2)))

    def __call__(self, y: Array) -> Array:
        """Smoothed samples; within half a window of an end, the outermost window's cubic."""
        half = self.window // 2
        out = np.empty(len(y))
        out[half : len(y) - half] = np.convolve(y, self._hat[half], "valid")  # symmetric
        out[:half] = self._hat[:half] @ y[: self.window]
        out[len(y) - half :] = self._hat[half + 1 :] @ y[-self.window :]
        return out

    def noise(self, rest: Array, y: Array) -> float:
        """Standard deviation of the noise, from what the smoothing took away.

        Stretches without any (a signal that rests at 0) do not count, and where few samples
        are left they tell nothing: then there is no noise.
        """
        rest = np.abs(rest)
        rest = rest[rest > 1e-9 * max(1e-9, float(np.max(np.abs(y))))]
        if len(rest) < _FEWEST_FOR_NOISE:
            return 0.0
        return 1.4826 * float(np.median(rest)) / np.sqrt(1.0 - self.passed**2)


def _cubic_hat(window: int) -> Array:
    """Samples to the values at them of their least-squares cubic, (window, window)."""
    place = np.linspace(-1.0, 1.0, window)
    basis = np.linalg.qr(np.polynomial.legendre.legvander(place, 3))[0]
    return basis @ basis.T
