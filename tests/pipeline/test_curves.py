"""Curves against scipy's B-splines, closed forms, and their own promises under random edits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import BSpline, CubicHermiteSpline, insert, make_lsq_spline

from pipeline.curves import MIN_GAP, Curve, Tangent
from pipeline.curves.bspline import padded_knots


def spline(seed: int, n: int) -> Curve:
    rng = np.random.default_rng(seed)
    knots = np.cumsum(rng.uniform(0.01, 0.3, n))
    return Curve.from_control(knots, rng.uniform(-0.2, 1.2, n + 2))


@st.composite
def splines(draw: st.DrawFn, least: int = 2) -> Curve:
    return spline(draw(st.integers(0, 10_000)), draw(st.integers(least, 12)))


def scipy_spline(curve: Curve) -> BSpline:
    return BSpline(padded_knots(curve.t), curve.control_points()[:, 1], 3)


def dense(curve: Curve, count: int = 1001) -> np.ndarray:
    return np.linspace(curve.t[0], curve.t[-1], count)


@given(splines())
@settings(max_examples=60, deadline=None)
def test_a_curve_from_control_values_is_scipys_clamped_bspline(curve: Curve) -> None:
    reference = scipy_spline(curve)
    x = dense(curve)[:-1]
    assert np.allclose(curve(x), reference(x), atol=1e-12)
    assert np.allclose(curve.derivative(x), reference.derivative()(x), atol=1e-9)


@given(splines())
@settings(max_examples=60, deadline=None)
def test_control_values_come_back_within_a_billionth(curve: Curve) -> None:
    control = curve.control_points()
    again = Curve.from_control(curve.t, control[:, 1])
    assert np.allclose(again.v, curve.v, atol=1e-9)
    assert np.allclose(again.control_points(), control, atol=1e-9)


def test_control_values_survive_intervals_a_thousand_times_apart() -> None:
    knots = np.array([0.0, 10.0, 10.005, 10.01, 30.0, 30.002, 31.0])
    control = np.random.default_rng(1).random(9)
    curve = Curve.from_control(knots, control)
    assert curve.is_spline
    assert np.allclose(curve.control_points()[:, 1], control, atol=1e-9)


def test_control_points_lie_at_the_greville_times() -> None:
    curve = Curve.from_control([0.0, 1.0, 3.0], np.zeros(5))
    assert np.allclose(curve.control_points()[:, 0], [0, 1 / 3, 4 / 3, 7 / 3, 3])


def test_evaluation_equals_scipys_hermite_spline_in_any_order_and_shape() -> None:
    rng = np.random.default_rng(3)
    t, v, m = np.cumsum(rng.uniform(0.1, 1, 9)), rng.random(9), rng.normal(size=9)
    curve = Curve(t, v, m, m, np.full(9, Tangent.FREE))
    reference = CubicHermiteSpline(t, v, m)
    x = rng.uniform(t[0], t[-1], (40, 7))
    assert np.allclose(curve(x), reference(x), atol=1e-12)
    ordered = np.sort(x.ravel())
    assert np.array_equal(curve(ordered), [float(curve(s)) for s in ordered])


def test_a_curve_is_level_outside_its_ends_and_clamped_only_when_asked() -> None:
    curve = Curve([0.0, 1.0], [-0.5, 1.5], [9, 9], [9, 9], [1, 1])
    assert curve([-5.0, 0.0, 1.0, 7.0]).tolist() == [-0.5, -0.5, 1.5, 1.5]
    assert curve.clamped([-5.0, 7.0]).tolist() == [0.0, 1.0]
    assert curve.derivative([-5.0, 7.0]).tolist() == [0.0, 0.0]


def test_a_curve_may_be_one_key() -> None:
    curve = Curve.constant(0.3)
    assert curve([-1.0, 0.0, 1.0]).tolist() == [0.3] * 3
    assert not curve.is_spline
    with pytest.raises(ValueError, match="not a B-spline"):
        curve.control_points()


def test_automatic_tangents_are_the_slope_between_neighbours_and_level_at_the_ends() -> None:
    curve = Curve.from_keys([0.0, 1.0, 3.0], [0.0, 1.0, 0.6])
    assert np.allclose(curve.m_out, [0.0, 0.2, 0.0])
    moved = curve.with_key(2, 4.0, 2.0)
    assert np.allclose(moved.m_out, [0.0, 0.5, 0.0])


def test_breaking_a_tangent_leaves_the_splines_view() -> None:
    curve = spline(5, 6)
    broken = curve.with_tangents(3, curve.m_in[3], curve.m_out[3] + 0.1)
    assert curve.is_spline
    assert not broken.is_spline
    with pytest.raises(ValueError, match="tangent is broken"):
        broken.with_control_point(2, 0.1, 0.5)


@given(splines(3), st.data())
@settings(max_examples=80, deadline=None)
def test_a_moved_control_point_takes_its_value_and_its_knot_stays_between_neighbours(
    curve: Curve, data: st.DataObject
) -> None:
    n = len(curve)
    index = data.draw(st.integers(0, n + 1))
    time = data.draw(st.floats(-5, 5))
    before = curve.control_points()
    moved = curve.with_control_point(index, time, 0.77)
    after = moved.control_points()
    assert moved.is_spline
    assert len(moved) == n
    assert np.min(np.diff(moved.t)) >= MIN_GAP * 0.999
    assert after[index, 1] == pytest.approx(0.77, abs=1e-9)
    others = np.delete(np.arange(n + 2), index)
    assert np.allclose(after[others, 1], before[others, 1], atol=1e-9)
    still = np.delete(np.arange(n), min(max(index - 1, 0), n - 1))
    assert np.array_equal(moved.t[still], curve.t[still])


def test_a_control_point_goes_where_the_hand_goes_while_its_knot_has_room() -> None:
    curve = Curve.from_control(np.arange(7.0), np.zeros(9))
    time = curve.control_points()[4, 0]
    moved = curve.with_control_point(4, time + 0.2, 0.5)
    assert moved.control_points()[4].tolist() == pytest.approx([time + 0.2, 0.5])
    assert np.allclose(moved.control_points()[[2, 6]], curve.control_points()[[2, 6]])


def test_moving_a_value_there_and_back_returns_the_same_curve() -> None:
    curve = spline(8, 9)
    time, value = curve.control_points()[5]
    back = curve.with_control_point(5, time, 0.9).with_control_point(5, time, value)
    assert np.allclose(back.v, curve.v, atol=1e-12)
    assert np.allclose(back.t, curve.t, atol=1e-12)


@given(splines(), st.floats(0.01, 0.99))
@settings(max_examples=80, deadline=None)
def test_inserting_a_control_point_is_boehms_and_keeps_the_shape(curve: Curve, at: float) -> None:
    time = float(curve.t[0] + at * (curve.t[-1] - curve.t[0]))
    if np.min(np.abs(curve.t - time)) < 1e-3:
        return
    finer = curve.insert_control_point(time)
    x = dense(curve)
    assert np.allclose(finer(x), curve(x), atol=1e-12)
    assert finer.is_spline
    reference = insert(time, scipy_spline(curve))
    assert np.allclose(finer.control_points()[:, 1], reference.c[: len(finer) + 2], atol=1e-9)


@given(splines(3), st.data())
@settings(max_examples=40, deadline=None)
def test_deleting_what_was_just_inserted_gives_the_curve_back(
    curve: Curve, data: st.DataObject
) -> None:
    piece = data.draw(st.integers(0, len(curve) - 2))
    finer = curve.insert_control_point(float(curve.t[piece : piece + 2].mean()))
    back = finer.delete_control_point(piece + 2)
    assert np.array_equal(back.t, curve.t)
    assert np.allclose(back(dense(curve)), curve(dense(curve)), atol=1e-9)


def test_a_deleted_control_point_leaves_the_nearest_spline_on_the_other_knots() -> None:
    curve = spline(11, 9)
    less = curve.delete_control_point(5)
    assert less.v[[0, -1]].tolist() == curve.v[[0, -1]].tolist()
    x = np.linspace(curve.t[0], curve.t[-1], 20_001)
    weight = np.ones(len(x))
    weight[[0, -1]] = 1e5  # the ends are kept
    nearest = make_lsq_spline(x, curve(x), padded_knots(np.delete(curve.t, 4)), w=weight)
    assert np.allclose(less(x), nearest(x), atol=1e-4)
    off = np.sum((less(x) - curve(x)) ** 2)
    for index in range(1, len(less) + 1):
        time, value = less.control_points()[index]
        nudged = Curve.from_control(
            less.t, np.where(np.arange(len(less) + 2) == index, value + 1e-3,
                             less.control_points()[:, 1]))  # fmt: skip
        assert np.sum((nudged(x) - curve(x)) ** 2) > off, time


def test_the_last_four_control_points_stay() -> None:
    with pytest.raises(ValueError, match="last four"):
        spline(1, 2).delete_control_point(0)


@given(splines(), st.lists(st.tuples(st.integers(0, 2), st.floats(0, 1), st.floats(-1, 2)),
                           max_size=25))  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_any_chain_of_control_point_edits_leaves_a_spline(
    curve: Curve, edits: list[tuple[int, float, float]]
) -> None:
    for kind, where, value in edits:
        index = int(where * (len(curve) + 1))
        time = float(curve.t[0] + where * (curve.t[-1] - curve.t[0]))
        if kind == 0:
            curve = curve.with_control_point(index, time, value)
        elif kind == 1 and curve.t[0] < time and np.min(np.abs(curve.t - time)) > 0.002:
            curve = curve.insert_control_point(time)
        elif kind == 2 and len(curve) > 2:
            curve = curve.delete_control_point(index)
        assert curve.is_spline
        reference = scipy_spline(curve)
        x = dense(curve, 101)
        assert np.allclose(curve(x), reference(x), atol=1e-8)


def test_inserting_a_key_keeps_the_shape_of_automatic_and_broken_curves() -> None:
    curve = Curve.from_keys([0.0, 1.0, 2.0, 4.0], [0.0, 1.0, 0.3, 0.5]).with_tangents(2, 1.0, -2.0)
    x = np.linspace(-1, 5, 500)
    for time in (-0.5, 0.3, 1.7, 4.5):
        assert np.allclose(curve.insert_key(time)(x), curve(x), atol=1e-12)
    with pytest.raises(ValueError, match="already"):
        curve.insert_key(1.0)


def test_a_key_with_a_value_is_added_and_taken_away_without_a_trace() -> None:
    curve = Curve.from_keys([0.0, 1.0, 2.0], [0.0, 1.0, 0.0])
    assert curve.insert_key(1.5, 0.9).delete_key(2) == curve


def test_arrays_round_trip_bit_for_bit_and_curves_cannot_be_written_to() -> None:
    curve = spline(4, 7)
    assert Curve.from_arrays(curve.to_arrays()) == curve
    assert hash(Curve.from_arrays(curve.to_arrays())) == hash(curve)
    with pytest.raises(ValueError, match="read-only"):
        curve.v[0] = 1.0
    source = np.zeros(2)
    kept = Curve([0, 1], source, source, source, [0, 0])
    source[0] = 5.0
    assert kept.v[0] == 0.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"t": [0.0, 0.0]}, "do not increase"),
        ({"t": [1.0, 0.0]}, "do not increase"),
        ({"v": [0.0, np.nan]}, "not a finite"),
        ({"m_in": [np.inf, 0.0]}, "not a finite"),
        ({"v": [0.0]}, "differ in number"),
        ({"mode": [0, 99]}, "unknown tangent"),
        ({"t": [], "v": [], "m_in": [], "m_out": [], "mode": []}, "at least one key"),
    ],
)
def test_an_impossible_curve_is_refused(change: dict, message: str) -> None:
    good = {"t": [0.0, 1.0], "v": [0, 0], "m_in": [0, 0], "m_out": [0, 0], "mode": [0, 0]}
    with pytest.raises(ValueError, match=message):
        Curve.from_arrays(good | change)
    with pytest.raises(ValueError, match="lacks v"):
        Curve.from_arrays({name: good[name] for name in good if name != "v"})


@pytest.mark.parametrize("keys", [1, 2, 3, 20])
def test_one_value_at_a_time_is_the_value_among_many(keys: int) -> None:
    rng = np.random.default_rng(keys)
    t = np.cumsum(0.1 + rng.random(keys))
    slopes = rng.normal(size=(2, keys))
    curve = Curve(t, rng.random(keys), *slopes, np.zeros(keys, np.uint8))
    times = np.concatenate([t, [t[0] - 1.0, t[-1] + 1.0], rng.uniform(t[0], t[-1], 50)])
    assert [curve.at(seconds) for seconds in times.tolist()] == curve(times).tolist()
