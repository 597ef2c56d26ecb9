"""MDMD, divide and conquer, matched courses, freed motion and scoring, on worked examples."""

import numpy as np
import pytest

from pipeline.core.types import AUSignals, EventSpan
from pipeline.model.course import fit_course, matched_course
from pipeline.model.divide_and_conquer import divide_and_conquer
from pipeline.model.face_motion import prepare_motion
from pipeline.model.mdmd import maximal_difference, relative_difference
from pipeline.model.scoring import (
    EventTable,
    au_ranking,
    interval_iou,
    match_events,
    ranking_auc,
)
from tests.pipeline.made_up_motion import LIDS, MASK, SIDE, bump, cosine


class TestMDMD:
    def test_out_and_back_peaks_at_the_apex(self):
        course = cosine(np.arange(120.0), 30, 60, 90)
        flow = (course[:, None, None, None] * bump(20, 40)[..., None] * [0.01, 0]).astype(
            np.float32
        )
        differences = maximal_difference(flow, 30)
        assert abs(int(differences.argmax()) - 60) <= 1
        # A point at the centre goes 0.01 out and is back after 2k frames: |u1| - |u2| = 0.01;
        # the mean over the top thirds of pixels and blocks is a fraction of that.
        assert 0.001 < differences.max() < 0.01

    def test_what_only_goes_one_way_is_negative(self):
        ramp = np.linspace(0, 0.05, 100)
        flow = (ramp[:, None, None, None] * bump(20, 40)[..., None] * [1.0, 0.5]).astype(np.float32)
        assert maximal_difference(flow, 15)[15:85].max() <= 1e-6

    def test_opposite_directions_in_one_block_do_not_cancel(self):
        flow = np.zeros((3, 8, 8, 2), np.float32)
        flow[1, :5, :, 0], flow[1, 5:, :, 0] = 0.3, -0.3
        assert maximal_difference(flow, 1)[1] == pytest.approx(0.3)

    def test_relative_difference_by_hand(self):
        d = np.array([0, 0, 1, 4, 1, 0, 0], np.float32)
        # k = 2: r_i = d_i - (d_{i-1} + d_{i+1}) / 2
        assert relative_difference(d, 2, signed=True).tolist() == [0, -0.5, -1, 3, -1, -0.5, 0]
        assert relative_difference(d, 2).tolist() == [0, 0, 0, 3, 0, 0, 0]


class TestDivideAndConquer:
    @pytest.mark.parametrize(
        ("strength", "apex"),
        [
            ([0, 1, 2, 5, 2, 1, 0, 0], 3),
            ([0, 1, 0, 1, 0, 3, 0, 4, 0], 7),  # halves: 1 + 1 against 3 + 4; then 3 against 4
            ([0, 2, 0, 2, 0, 3, 0, 0, 0], 1),  # the half with more peaks wins: 4 against 3
            ([0, 1, 2, 3, 4, 5], 5),  # no peak: the largest end
            ([3.0], 0),
            ([1, 1, 1, 1], 0),
        ],
    )
    def test_worked_arrays(self, strength, apex):
        assert divide_and_conquer(np.array(strength, float)) == apex

    def test_only_the_interval_is_searched(self):
        assert divide_and_conquer(np.array([0, 9, 0, 1, 0, 2, 0, 9, 0.0]), 2, 7) == 5

    def test_an_empty_interval_is_an_error(self):
        with pytest.raises(ValueError, match="no frames"):
            divide_and_conquer(np.zeros(4), 3, 3)


class TestCourse:
    @pytest.mark.parametrize("fps", [24, 30, 60, 200])
    def test_flanks_are_found_at_any_rate(self, fps):
        times = np.arange(int(1.2 * fps)) / fps
        truth = (0.31, 0.50, 0.77)
        noisy = 0.2 + 0.1 * times + cosine(times, *truth)
        noisy = noisy + np.random.default_rng(0).normal(0, 0.02, len(times))
        fit = fit_course(times, noisy, 0.55, 0.17)
        assert (fit.onset, fit.apex, fit.offset) == pytest.approx(truth, abs=0.02)
        assert fit.height == pytest.approx(1, abs=0.08)
        assert fit.explained > 0.95

    def test_the_projection_recovers_course_and_pattern(self):
        rng = np.random.default_rng(1)
        times = np.arange(200) / 200
        truth = cosine(times, 0.3, 0.45, 0.65)
        pattern = rng.normal(0, 0.004, 600)
        motion = truth[:, None] * pattern + rng.normal(0, 0.004, (200, 600))
        course, found = matched_course(motion.astype(np.float32), times, 0.48, 0.3)
        assert np.corrcoef(course, truth)[0, 1] > 0.99
        assert np.corrcoef(found, pattern)[0, 1] > 0.95

    def test_stillness_has_no_course(self):
        course, _ = matched_course(np.zeros((50, 10), np.float32), np.arange(50) / 50, 0.5, 0.3)
        assert not course.any()


class TestFaceMotion:
    def prepare(self, flow):
        frames = np.arange(len(flow))
        return prepare_motion(flow.astype(np.float32), frames / 100, frames, MASK, LIDS)

    def test_shift_turn_zoom_and_perspective_leave_nothing(self):
        y, x = np.mgrid[0:SIDE, 0:SIDE] / 55 * 2 - 1
        rigid = np.stack([0.02 + 0.01 * x - 0.03 * y, 0.01 + 0.03 * x + 0.01 * y], -1)
        turned = rigid + 0.01 * np.stack([x * x, x * y], -1)
        motion = self.prepare(turned[None] * np.linspace(0, 1, 30)[:, None, None, None])
        assert np.abs(motion.grid).max() < 1e-6

    def test_an_expression_is_kept(self):
        smile = bump(38, 42, 4)[..., None] * [0.006, -0.006]
        motion = self.prepare(smile[None] * np.linspace(0, 1, 30)[:, None, None, None])
        kept = motion.grid[-1][MASK]
        assert np.corrcoef(kept.ravel(), smile[MASK].ravel())[0, 1] > 0.9

    def test_a_blink_is_seen_and_bridged(self):
        closing = cosine(np.arange(100.0), 40, 48, 58)
        motion = self.prepare(closing[:, None, None, None] * LIDS.sum(0))
        assert motion.blink[48] and not motion.blink[:30].any() and not motion.blink[70:].any()
        assert np.abs(motion.grid[48]).max() < 0.1 * 0.08

    def test_raised_lids_are_no_blink(self):
        motion = self.prepare(
            cosine(np.arange(60.0), 10, 30, 50)[:, None, None, None] * -0.15 * LIDS.sum(0)
        )
        assert not motion.blink.any()


class TestScoring:
    def test_iou_counts_inclusive_frames(self):
        assert interval_iou(EventSpan(0, 5, 9), EventSpan(5, 7, 14)) == pytest.approx(5 / 15)
        assert interval_iou(EventSpan(0, 5, 9), EventSpan(10, 12, 14)) == 0

    def test_matching_is_one_to_one(self):
        true = [EventSpan(10, 20, 30), EventSpan(50, 60, 70)]
        found = [EventSpan(12, 20, 30), EventSpan(10, 20, 31), EventSpan(90, 95, 99)]
        assert match_events(found, true) == [(1, 0)]
        assert match_events([], true) == []

    def test_auc_by_hand(self):
        assert ranking_auc([3, 2, 1], [True, False, False]) == 1
        assert ranking_auc([1, 2, 1], [True, False, False]) == 0.25
        assert np.isnan(ranking_auc([1, 2], [True, True]))

    def test_au_ranking_takes_the_stronger_side_and_the_rise_within_the_event(self):
        times = np.arange(100)
        event = EventSpan(20, 40, 60)
        rise = cosine(times.astype(float), 20, 40, 60)
        flat = np.full(100, 0.5)
        true = AUSignals(("AU4_L", "AU4_R", "AU12_L"), np.c_[rise, 0 * rise, 0 * rise])
        found = AUSignals(
            ("AU4_L", "AU4_R", "AU12_L", "AU1"), np.c_[0 * rise, 0.1 * rise, flat, flat]
        )
        assert au_ranking(found, true, event) == 1

    def test_the_table_counts(self):
        table = EventTable()
        table.add([EventSpan(11, 19, 33), EventSpan(80, 85, 90)], [EventSpan(10, 20, 30)])
        table.add([], [EventSpan(10, 20, 30)])
        figures = table.as_dict()
        assert (table.missed, table.false, table.true, table.found) == (1, 1, 2, 2)
        assert (figures["onset"], figures["apex"], figures["offset"]) == (1, 1, 3)
        assert table.f1 == pytest.approx(2 * 1 / 4)
        both = EventTable.joined([table, table])
        assert (both.clips, both.missed, len(both.onset)) == (4, 2, 2)
