"""The loop closes on the head: what moves it is what the analysis of its film finds."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.analysis import analyse
from pipeline.bench import GROUPS
from pipeline.bench.in_memory import ClipSource
from pipeline.bench.loop_head import UNITS, confusions, correlation, unit_signals
from pipeline.core.progress import run
from pipeline.core.types import AUSignals
from pipeline.synth.head_film import film_head, micro_curve
from tests.pipeline.heads import head

#: Fewer frames and pixels than the benchmark's, for speed.
FPS, SIZE = 100.0, (320, 320)


def test_a_micro_expression_rests_rises_and_falls_back_to_rest():
    curve = micro_curve(0.3, 200.0)
    assert curve[0] == curve[-1] == 0
    assert curve.max() == pytest.approx(0.3)
    rise, fall = np.argmax(curve), len(curve) - np.argmax(curve[::-1])
    assert (np.diff(curve[: rise + 1]) >= 0).all()
    assert (np.diff(curve[fall - 1 :]) <= 0).all()
    assert 0.1 < (curve > 0).sum() / 200 < 0.5  # shorter than half a second


def test_a_film_has_the_curve_the_noise_and_the_motion_it_was_asked_for():
    film = run(film_head(head(), {"AU26": 0.5}, fps=50, size=(96, 96), noise=2.0))
    assert film.frames.shape == (len(film.curve), 96, 96, 3)
    assert film.curve.max() == pytest.approx(0.5)
    still, apex = film.frames[:5].astype(float), film.frames[film.curve.argmax()].astype(float)
    assert np.std(still - still.mean(0)) == pytest.approx(2.0, rel=0.35)
    assert np.abs(apex - still.mean(0)).max() > 40
    again = run(film_head(head(), {"AU26": 0.5}, fps=50, size=(96, 96), noise=2.0))
    np.testing.assert_array_equal(film.frames, again.frames)


@pytest.mark.parametrize(
    ("unit", "lod"),
    [(12, "draft"), *(pytest.param(u, "live", marks=pytest.mark.slow) for u in (1, 4, 17))],
)
def test_the_analysis_finds_the_curve_that_moved_the_head(unit, lod):
    film = run(film_head(head(lod), {f"AU{unit}": 0.3}, fps=FPS, size=SIZE, seed=unit))
    found = unit_signals(run(analyse(ClipSource(film.frames, film.fps))).signals)
    assert correlation(found[f"AU{unit}"], film.curve) >= 0.9
    apex = film.curve >= 0.95 * film.curve.max()
    heights = {name: column[apex].mean() for name, column in found.items()}
    assert max(heights, key=heights.get) == f"AU{unit}"


def test_sides_are_averaged_and_missing_frames_count_as_rest():
    values = np.array([[0.2, 0.4, 0.1], [np.nan, np.nan, np.nan]], np.float32)
    found = unit_signals(AUSignals(("AU12_L", "AU12_R", "AU17"), values))
    np.testing.assert_allclose(found["AU12"], [0.3, 0])
    np.testing.assert_allclose(found["AU17"], [0.1, 0])


def test_a_signal_that_does_not_move_correlates_with_nothing():
    curve = micro_curve(0.3, 100.0)
    assert correlation(np.zeros_like(curve), curve) == 0
    assert correlation(2 * curve + 0.1, curve) == pytest.approx(1)


def test_what_else_was_read_is_named_strongest_first():
    assert confusions({"AU6": 0.2, "AU7": 0.1, "AU12": 0.15}, 6) == "AU6 0.20, AU12 0.15, AU7 0.10"


def test_the_bench_has_a_group_for_the_loop_on_the_head():
    assert GROUPS["loop-head"] == "pipeline.bench.loop_head"
    assert set(UNITS) == {1, 2, 4, 9, 10, 12, 15, 17, 20, 25, 26}
