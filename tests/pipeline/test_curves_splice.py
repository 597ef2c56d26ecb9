"""Another course for a part of a curve: what is outside stays to the bit."""

from __future__ import annotations

import numpy as np

from pipeline.curves import Curve, fit_bspline, spliced

STEP = 0.01
CLIP = (0.0, 2.0)
OLD = Curve.from_control([0.0, 0.4, 0.9, 1.5, 2.0], [0.1, 0.3, 0.8, 0.2, 0.5, 0.9, 0.4])


def fitted(start: float, stop: float) -> Curve:
    times = np.arange(start, stop + STEP / 2, STEP)
    return fit_bspline(times, np.sin(9 * times), max_error=0.002).curve


def test_inside_plays_the_new_curve_and_outside_the_old():
    new = fitted(0.5, 1.2)
    out = spliced(OLD, new, 0.5, 1.2, step=STEP, span=CLIP)
    inside = np.linspace(0.5, 1.2, 400)
    np.testing.assert_allclose(out(inside), new(inside), atol=1e-9)
    for outside in (np.linspace(0, 0.49, 300), np.linspace(1.21, 2, 300)):
        np.testing.assert_allclose(out(outside), OLD(outside), atol=1e-9)


def test_between_both_it_goes_straight_within_a_frame():
    new = fitted(0.5, 1.2)
    out = spliced(OLD, new, 0.5, 1.2, step=STEP, span=CLIP)
    middle = (OLD(0.49) + new(0.5)) / 2
    np.testing.assert_allclose(out(0.495), middle, atol=1e-9)


def test_without_an_old_curve_it_rests_outside():
    out = spliced(None, fitted(0.5, 1.2), 0.5, 1.2, step=STEP, span=CLIP)
    np.testing.assert_allclose(out([0.0, 0.3, 0.49, 1.21, 2.0]), 0, atol=1e-12)
    assert abs(out(0.5)) > 0.9


def test_over_the_whole_clip_nothing_of_the_old_curve_is_left():
    new = fitted(*CLIP)
    assert spliced(OLD, new, *CLIP, step=STEP, span=CLIP) == new


def test_a_constant_takes_the_place_of_a_part():
    out = spliced(OLD, Curve.constant(0.25, 0.0), 0.7, 0.7, step=STEP, span=CLIP)
    assert abs(out(0.7) - 0.25) < 1e-12
    np.testing.assert_allclose(out([0.3, 1.4]), OLD([0.3, 1.4]), atol=1e-9)
