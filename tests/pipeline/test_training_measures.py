"""Measures of evaluation: by hand, against other definitions, and for any input."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from pipeline.core.types import AUSignals, EventSpan
from pipeline.model.scoring import EventTable
from pipeline.training.measures import (
    CLASSES,
    OUTSIDE,
    Recognition,
    SpotThenRecognise,
    UnitScores,
    bootstrap,
    confusion_matrix,
    correlation,
    curve_correlation,
)

ANSWERS = st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 4)), min_size=1, max_size=60)


def f1_by_precision_and_recall(true, answered, label):
    """The same F1 from its other definition, counted clip by clip."""
    hits = sum(t == a == label for t, a in zip(true, answered, strict=True))
    has, said = list(true).count(label), list(answered).count(label)
    if has + said == 0:
        return None
    if hits == 0:
        return 0.0
    precision, recall = hits / said, hits / has
    return 2 * precision * recall / (precision + recall)


class TestClasses:
    def test_the_sizes_of_casme_ii_are_those_of_the_specification(self):
        # Coding of 2014: counts of the label sheet.
        counts = {
            "others": 99, "disgust": 63, "happiness": 32, "repression": 27, "surprise": 25,
            "sadness": 7, "fear": 2,
        }  # fmt: skip
        kept = {
            number: sum(n for emotion, n in counts.items() if emotion in classes.members)
            for number, classes in CLASSES.items()
        }
        assert kept == {3: 63 + 32 + 27 + 25, 5: 246, 7: 255}

    def test_three_classes_are_those_of_megc(self):
        emotions = ["disgust", "repression", "happiness", "surprise", "others", "fear", ""]
        assert CLASSES[3].index(emotions).tolist() == [0, 0, 1, 2, OUTSIDE, OUTSIDE, OUTSIDE]

    def test_every_member_has_its_class(self):
        for number, classes in CLASSES.items():
            assert len(classes.names) == number
            assert set(classes.members.values()) == set(classes.names)


class TestRecognition:
    def test_worked_example(self):
        # Class 0: TP 2 FN 1 FP 1; class 1: TP 1 FN 1 FP 0; class 2: TP 0 FN 1 FP 2.
        scored = Recognition.of([0, 0, 0, 1, 1, 2], [0, 0, 2, 1, 2, 0], 3)
        assert scored.matrix.tolist() == [[2, 0, 1, 0], [0, 1, 1, 0], [1, 0, 0, 0]]
        assert scored.f1 == pytest.approx([4 / 6, 2 / 3, 0])
        assert scored.recall == pytest.approx([2 / 3, 1 / 2, 0])
        assert scored.uf1 == pytest.approx(4 / 9)
        assert scored.uar == pytest.approx(7 / 18)
        assert scored.accuracy == pytest.approx(1 / 2)

    def test_a_class_nobody_has_or_answers_is_left_out(self):
        scored = Recognition.of([0, 1], [0, 1], 3)
        assert scored.absent == (2,) and scored.uf1 == 1 and scored.uar == 1

    def test_an_absent_class_that_is_answered_lowers_uf1_only_in_its_own_right(self):
        scored = Recognition.of([0, 0, 1, 1], [0, 2, 1, 1], 3)
        assert scored.uf1 == pytest.approx((2 / 3 + 1 + 0) / 3)
        assert scored.uar == pytest.approx((1 / 2 + 1) / 2)

    def test_no_answer_is_wrong_for_its_class_and_for_no_other(self):
        scored = Recognition.of([0, 0, 1], [0, OUTSIDE, 1], 2)
        assert scored.f1 == pytest.approx([2 / 3, 1])
        assert scored.accuracy == pytest.approx(2 / 3)

    def test_pooling_folds_is_not_the_mean_of_folds(self):
        first, second = Recognition.of([0], [0], 2), Recognition.of([0, 1, 1], [1, 1, 1], 2)
        pooled = Recognition(first.matrix + second.matrix)
        whole = Recognition.of([0, 0, 1, 1], [0, 1, 1, 1], 2)
        assert pooled.uf1 == whole.uf1 != (first.uf1 + second.uf1) / 2

    def test_nothing_to_score_is_nan_not_a_crash(self):
        scored = Recognition.of([], [], 3)
        assert math.isnan(scored.uf1) and math.isnan(scored.uar) and math.isnan(scored.accuracy)

    @pytest.mark.parametrize(("true", "answered"), [([3], [0]), ([-1], [0]), ([0], [3]), ([0], [])])
    def test_classes_out_of_range_are_refused(self, true, answered):
        with pytest.raises(ValueError):
            confusion_matrix(true, answered, 3)

    @given(ANSWERS)
    @settings(max_examples=60, deadline=None)
    def test_any_answers_agree_with_the_other_definition(self, pairs):
        true, answered = zip(*pairs, strict=True)
        scored = Recognition.of(true, answered, 5)
        f1s = [f1_by_precision_and_recall(true, answered, label) for label in range(5)]
        assert scored.uf1 == pytest.approx(np.mean([f1 for f1 in f1s if f1 is not None]))
        recalls = [
            np.mean([a == label for t, a in pairs if t == label]) for label in sorted(set(true))
        ]
        assert scored.uar == pytest.approx(np.mean(recalls))
        assert scored.matrix.sum() == len(pairs)

    @given(ANSWERS, st.permutations(range(5)))
    @settings(max_examples=40, deadline=None)
    def test_names_of_classes_do_not_matter(self, pairs, renamed):
        true, answered = map(np.array, zip(*pairs, strict=True))
        table = np.array([*renamed, OUTSIDE])
        one, other = Recognition.of(true, answered, 5), Recognition.of(
            table[true], table[answered], 5
        )  # fmt: skip
        assert one.uf1 == pytest.approx(other.uf1) and one.uar == pytest.approx(other.uar)


class TestUnits:
    def test_worked_example(self):
        true = [[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 0]]
        scores = [[0.9, 0.1, 0.2], [0.4, 0.6, 0.1], [0.5, 0.7, 0.1], [0.1, 0.2, 0.3]]
        units = UnitScores.of(true, scores)
        assert units.f1[:2] == pytest.approx([1 / 2, 2 / 3]) and np.isnan(units.f1[2])
        assert units.auc[:2] == pytest.approx([3 / 4, 1]) and np.isnan(units.auc[2])
        assert units.macro_f1 == pytest.approx(7 / 12)
        assert units.macro_auc == pytest.approx(7 / 8)

    def test_thresholds_may_differ_by_unit(self):
        units = UnitScores.of([[1, 1]], [[0.3, 0.3]], [0.2, 0.4])
        assert units.f1.tolist() == [1, 0]

    def test_auc_agrees_with_mann_whitney_with_ties(self):
        random = np.random.default_rng(3)
        true = random.random((200, 3)) < [0.5, 0.1, 0.9]
        scores = np.round(random.random((200, 3)) + 0.2 * true, 1)
        for unit, auc in enumerate(UnitScores.of(true, scores).auc):
            yes, no = scores[true[:, unit], unit], scores[~true[:, unit], unit]
            assert auc == pytest.approx(mannwhitneyu(yes, no).statistic / (len(yes) * len(no)))

    def test_a_score_that_is_not_a_number_is_refused(self):
        with pytest.raises(ValueError, match="not a number"):
            UnitScores.of([[True]], [[np.nan]])


class TestEvents:
    FOUND = (
        EventSpan(10, 15, 19, "happiness"), EventSpan(40, 45, 59, "disgust"),
        EventSpan(80, None, 89, "fear"),
    )  # fmt: skip
    #: IoU 10/20 = .5 (met, inclusively), 15/25 = .6, none.
    TRUE = (EventSpan(10, 17, 29, "happiness"), EventSpan(45, 49, 64, "surprise"))

    def test_spotting_and_naming_by_hand(self):
        score = SpotThenRecognise.of(self.FOUND, self.TRUE, CLASSES[5], seconds=30)
        assert score.events.f1 == pytest.approx(2 * 2 / (3 + 2))
        # Of the pairs: happiness right; surprise taken for disgust. F1: 1, 0, 0.
        assert score.named.uf1 == pytest.approx(1 / 3)
        assert score.strs == pytest.approx(4 / 15)
        assert score.events.false_per_minute == pytest.approx(2)
        assert score.events.onset == [0, 5] and score.events.apex == [2, 4]
        assert score.events.error("offset") == pytest.approx(7.5)
        assert score.events.error("offset", 90) == pytest.approx(9.5)

    def test_one_frame_less_is_no_match(self):
        short = (EventSpan(10, 15, 18, "happiness"),)
        score = SpotThenRecognise.of(short, self.TRUE[:1], CLASSES[5])
        assert score.events.f1 == 0 and score.strs == 0

    def test_one_true_event_is_met_once(self):
        twice = (EventSpan(0, 5, 9), EventSpan(0, 5, 10))
        table = EventTable()
        table.add(twice, (EventSpan(0, 5, 9),))
        assert table.matched == 1 and table.f1 == pytest.approx(2 / 3)

    def test_scores_of_clips_add_up_before_they_are_scored(self):
        clips = [SpotThenRecognise.of(self.FOUND, self.TRUE, CLASSES[5], seconds=30)] * 2
        clips.append(SpotThenRecognise.of((), self.TRUE[:1], CLASSES[5], seconds=60))
        joined = SpotThenRecognise.joined(clips)
        assert joined.events.f1 == pytest.approx(2 * 4 / (6 + 5))
        assert joined.strs == pytest.approx(8 / 11 / 3)
        assert joined.events.false_per_minute == pytest.approx(1)

    def test_emotions_of_no_class_are_spotted_and_not_named(self):
        event = (EventSpan(0, 5, 9, "others"),)
        score = SpotThenRecognise.of(event, event, CLASSES[3])
        assert score.events.f1 == 1 and math.isnan(score.named.uf1)

    def test_no_event_and_none_found_has_no_score(self):
        score = SpotThenRecognise.of((), (), CLASSES[5], seconds=10)
        assert math.isnan(score.strs) and score.events.false_per_minute == 0

    def test_a_rate_needs_time(self):
        assert math.isnan(EventTable().false_per_minute)


class TestCurves:
    def test_pearson_by_numpy(self):
        random = np.random.default_rng(1)
        one, other = random.random(50), random.random(50)
        assert correlation(one, other) == pytest.approx(np.corrcoef(one, other)[0, 1])

    def test_frames_without_a_face_are_left_out(self):
        true = np.array([0, 1, 2, 3, 2.0])
        found = np.array([0, 2, np.nan, 6, 4])
        assert correlation(found, true) == pytest.approx(1)

    def test_a_still_answer_to_a_moving_truth_is_nought_and_the_reverse_unknown(self):
        ramp, still = np.arange(5.0), np.full(5, 0.3)
        assert correlation(still, ramp) == 0 and math.isnan(correlation(ramp, still))

    def test_sides_count_as_one_and_units_not_looked_for_as_nought(self):
        ramp = np.linspace(0, 1, 6, dtype=np.float32)
        zero = np.zeros(6, np.float32)
        true = AUSignals(("AU4", "AU12_L", "AU12_R", "AU9"), np.stack([ramp, zero, ramp, zero], 1))
        found = AUSignals(("AU12_R",), ramp[:, None] / 2)
        assert curve_correlation(found, true) == pytest.approx({4: 0, 12: 1})


class TestBootstrap:
    def test_it_is_repeated_by_its_seed(self):
        values = np.random.default_rng(0).random(30)
        one, same, other = (
            bootstrap(lambda i: values[i].mean(), 30, draws=200, seed=seed) for seed in (1, 1, 2)
        )
        assert one == same and one != other and one.units == 30
        assert one.low < one.value < one.high

    def test_it_covers_a_known_mean_as_often_as_it_says(self):
        random = np.random.default_rng(5)
        covered = 0
        for trial in range(200):
            values = random.normal(2, 1, 50)
            interval = bootstrap(lambda i, v=values: v[i].mean(), 50, draws=150, seed=trial)
            covered += interval.low <= 2 <= interval.high
        assert 0.88 <= covered / 200 <= 0.99

    def test_faces_are_drawn_whole_where_clips_of_a_face_are_alike(self):
        random = np.random.default_rng(6)
        faces = np.repeat(np.arange(25), 6)
        covered = dict.fromkeys(("clips", "faces"), 0)
        for trial in range(100):
            values = random.normal(0, 1, 25)[faces] + random.normal(0, 0.3, 150)
            for name, groups in (("clips", None), ("faces", faces.tolist())):
                interval = bootstrap(
                    lambda i, v=values: v[i].mean(), 150, groups, draws=120, seed=trial
                )
                covered[name] += interval.low <= 0 <= interval.high
        assert covered["faces"] >= 84 and covered["clips"] <= 75

    def test_a_group_is_in_a_draw_with_all_its_clips_or_none(self):
        seen = []
        bootstrap(lambda i: seen.append(sorted(i)) or 0.0, 4, ["a", "b", "a", "b"], draws=20)
        assert {tuple(draw) for draw in seen} <= {(0, 1, 2, 3), (0, 0, 2, 2), (1, 1, 3, 3)}

    def test_one_face_has_no_interval(self):
        interval = bootstrap(lambda i: 0.5, 10, ["a"] * 10)
        assert interval.value == 0.5 and math.isnan(interval.low) and interval.units == 1

    def test_a_measure_that_is_mostly_undefined_has_no_interval(self):
        interval = bootstrap(lambda i: math.nan, 10, draws=20)
        assert math.isnan(interval.value) and math.isnan(interval.high)
