"""Fits hold their stated error, keep out of noise, and cross what was not measured."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import savgol_coeffs, savgol_filter

from pipeline.curves import fit_bspline, interpolating_curve
from pipeline.curves.fit import _Smoother

T = np.arange(600) / 200.0


def bumps(times: np.ndarray, *peaks: tuple[float, float]) -> np.ndarray:
    """Raised cosines of 0.3 s, as micro-expressions rise and fall."""
    out = np.zeros(len(times))
    for centre, height in peaks:
        near = np.abs(times - centre) < 0.15
        out[near] += height * (0.5 + 0.5 * np.cos(np.pi * (times[near] - centre) / 0.15))
    return out


@pytest.mark.parametrize("max_error", [0.05, 0.01, 0.002])
@pytest.mark.parametrize("fps", [30.0, 60.0, 200.0])
def test_a_clean_signal_is_fitted_to_the_error_asked_for(max_error: float, fps: float) -> None:
    t = np.arange(int(3 * fps)) / fps
    y = bumps(t, (1.0, 0.6), (2.2, 0.2))
    fit = fit_bspline(t, y, max_error=max_error, min_spacing=0.0)
    assert fit.reached
    assert np.max(np.abs(fit.curve(t) - y)) == pytest.approx(fit.max_error)
    assert fit.max_error <= max_error * 1.2
    assert fit.curve.is_spline


def test_a_smaller_error_takes_more_knots_and_stillness_takes_none() -> None:
    y = bumps(T, (1.5, 0.6))
    counts = [len(fit_bspline(T, y, max_error=e).curve) for e in (0.1, 0.01, 0.001)]
    assert counts == sorted(counts)
    assert len(fit_bspline(T, np.zeros(600)).curve) == 2
    knots = fit_bspline(T, y).curve.t
    assert np.mean(np.abs(knots - 1.5) < 0.35) > 0.6


def test_noise_is_averaged_and_not_followed() -> None:
    rng = np.random.default_rng(0)
    truth = bumps(T, (1.5, 0.5))
    y = truth + rng.normal(0, 0.01, 600)
    fit = fit_bspline(T, y)
    assert fit.noise == pytest.approx(0.01, rel=0.2)
    assert len(fit.curve) < 40
    assert np.sqrt(np.mean((fit.curve(T) - truth) ** 2)) < 0.006
    assert fit.max_error == pytest.approx(np.max(np.abs(fit.curve(T) - y)))


def test_gaps_are_bridged_without_swinging_and_count_for_nothing() -> None:
    y = bumps(T, (0.8, 0.5), (2.4, 0.4))
    y[300:420] = np.nan
    y[:20] = np.nan
    fit = fit_bspline(T, y)
    known = np.isfinite(y)
    assert fit.curve.t[0] == T[20]
    assert np.max(np.abs(fit.curve(T) - y)[known]) == pytest.approx(fit.max_error)
    assert fit.max_error < 0.02
    assert np.max(np.abs(fit.curve(T[300:420]))) <= 2 * fit.tolerance


def test_ends_of_a_non_negative_signal_hold_no_negative_value() -> None:
    rng = np.random.default_rng(2)
    for seed in range(5):
        y = np.abs(rng.normal(0, 0.02, 200)) + bumps(T[:200], (0.05 * seed, 0.5))
        curve = fit_bspline(T[:200], y).curve
        assert curve([-1.0, 9.0]).min() >= 0.0


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 9])
def test_a_handful_of_samples_is_passed_through(count: int) -> None:
    y = np.linspace(0.1, 0.7, count) ** 2
    fit = fit_bspline(T[:count], y)
    assert np.allclose(fit.curve(T[:count]), y, atol=0.01)


def test_nothing_measured_gives_a_curve_at_rest() -> None:
    fit = fit_bspline(T, np.full(600, np.nan))
    assert fit.curve(T).tolist() == [0.0] * 600
    assert fit.reached


def test_a_variable_frame_rate_is_fitted_by_its_times() -> None:
    rng = np.random.default_rng(4)
    t = np.cumsum(rng.uniform(0.003, 0.03, 300))
    y = bumps(t, (2.0, 0.5))
    fit = fit_bspline(t, y)
    x = np.linspace(t[0], t[-1], 2000)
    assert np.max(np.abs(fit.curve(x) - bumps(x, (2.0, 0.5)))) < 0.03


def test_the_number_of_knots_is_bounded() -> None:
    y = np.random.default_rng(1).random(600)
    assert len(fit_bspline(T, y, max_error=1e-6, max_knots=30).curve) <= 30


@pytest.mark.parametrize(
    ("t", "y", "error"),
    [([0, 1], [0], 0.1), ([0, 0, 1], [0, 0, 0], 0.1), ([0, np.nan], [0, 0], 0.1),
     ([0, 1], [0, 0], 0.0), ([0, 1], [0, 0], np.nan)],
)  # fmt: skip
def test_senseless_input_is_refused(t: list, y: list, error: float) -> None:
    with pytest.raises(ValueError):
        fit_bspline(t, y, max_error=error)


def test_a_track_from_elsewhere_is_played_sample_for_sample() -> None:
    y = np.abs(np.random.default_rng(3).normal(size=600))
    y[100:110] = np.nan
    curve = interpolating_curve(T, y)
    known = np.isfinite(y)
    assert np.array_equal(curve(T)[known], y[known])
    assert interpolating_curve(T, np.full(600, np.nan))(T).tolist() == [0.0] * 600


@pytest.mark.parametrize("count", [5, 6, 9, 24, 25, 26, 400])
@pytest.mark.parametrize("fps", [25.0, 100.0, 1000.0])
def test_the_smoother_is_that_of_savitzky_and_golay(count: int, fps: float) -> None:
    smoother = _Smoother(count, 1.0 / fps)
    y = np.random.default_rng(count).normal(size=count).cumsum()
    expected = savgol_filter(y, smoother.window, 3, mode="interp")
    np.testing.assert_allclose(smoother(y), expected, atol=1e-10)
    kept = np.linalg.norm(savgol_coeffs(smoother.window, 3))
    assert smoother.passed == pytest.approx(kept, rel=1e-12)
