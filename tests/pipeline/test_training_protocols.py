"""Protocols: what is held out stays out, and bad sets are told plainly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.errors import TrainingError
from pipeline.training.measures import Recognition
from pipeline.training.protocols import (
    chance_answers,
    majority_answers,
    split_clips,
    validation,
)

CLIPS = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 3)), min_size=2, max_size=40)


@given(CLIPS, st.integers(0, 5), st.sampled_from(["loso", "kfold"]))
@settings(max_examples=80, deadline=None)
def test_every_clip_is_answered_once_by_a_model_that_never_saw_it(clips, seed, protocol):
    subjects, labels = zip(*clips, strict=True)
    if protocol == "loso" and len(set(subjects)) < 2:
        return
    split = split_clips(protocol, subjects, labels, folds=2, seed=seed)
    answered = np.concatenate([fold.test for fold in split.folds])
    assert sorted(answered) == list(range(len(clips)))
    for fold in split.folds:
        assert len(fold.train) and len(fold.test)
        assert not set(fold.train) & set(fold.test)
        assert len(fold.train) + len(fold.test) == len(clips)
        if protocol == "loso":
            assert {subjects[i] for i in fold.test} == {fold.name}
            assert fold.name not in {subjects[i] for i in fold.train}


@given(CLIPS, st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_an_epoch_is_never_chosen_on_the_held_out_subject(clips, seed):
    subjects, labels = zip(*clips, strict=True)
    if len(set(subjects)) < 2:
        return
    for fold in split_clips("loso", subjects, labels).folds:
        train, aside = validation(fold, subjects, labels, seed=seed)
        assert sorted([*train, *aside]) == fold.train.tolist() and len(train)
        assert fold.name not in {subjects[i] for i in [*train, *aside]}
        if len({subjects[i] for i in fold.train}) > 1:
            assert len(aside)
            assert not {subjects[i] for i in train} & {subjects[i] for i in aside}


@given(CLIPS, st.integers(2, 8), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_folds_are_even_in_size_and_in_classes(clips, folds, seed):
    subjects, labels = zip(*clips, strict=True)
    if folds > len(clips):
        return
    split = split_clips("kfold", subjects, labels, folds=folds, seed=seed)
    sizes = [len(fold.test) for fold in split.folds]
    assert max(sizes) - min(sizes) <= 1
    for label in set(labels):
        shares = [sum(labels[i] == label for i in fold.test) for fold in split.folds]
        assert max(shares) - min(shares) <= 1


def test_a_seed_gives_the_same_folds_and_another_gives_others():
    subjects, labels = ["a", "b"] * 20, np.arange(40) % 3
    tests = [
        [fold.test.tolist() for fold in split_clips("kfold", subjects, labels, seed=seed).folds]
        for seed in (1, 1, 2)
    ]
    assert tests[0] == tests[1] != tests[2]


def test_blanks_around_a_name_do_not_let_a_subject_through():
    split = split_clips("loso", ["01", "01 ", "02"], [0, 1, 0])
    assert [fold.name for fold in split.folds] == ["01", "02"]
    assert split.folds[0].train.tolist() == [2] and not split.shared


def test_shared_subjects_and_what_is_not_held_out_are_said():
    split = split_clips("kfold", ["a"] * 4 + ["b"], [0] * 5, folds=5)
    assert split.shared == ("a",) and "shared" in split.notes(["x"])[0]
    whole = split_clips("all", ["a"], [0])
    assert whole.folds[0].train.tolist() == whole.folds[0].test.tolist() == [0]
    assert "Nothing is held out" in whole.notes(["x"])[0]


def test_a_class_that_only_the_held_out_subject_has_is_reported_and_counted():
    split = split_clips("loso", ["a", "a", "b", "c"], [0, 1, 0, 0])
    assert [fold.untrained for fold in split.folds] == [(1,), (), ()]
    assert [fold.absent for fold in split.folds] == [(), (1,), (1,)]
    assert "Fold a: no training clip of fear" in split.notes(["joy", "fear"])[0]


@pytest.mark.parametrize(
    ("protocol", "subjects", "folds", "code"),
    [
        ("loso", ["a", "a"], 5, "training.one_subject"),
        ("loso", ["a", " "], 5, "training.subject"),
        ("kfold", ["a", "b"], 3, "training.folds"),
        ("kfold", ["a", "b"], 1, "training.folds"),
        ("kfold", ["a"], 5, "training.folds"),
        ("all", [], 5, "training.empty"),
    ],
)
def test_sets_that_cannot_be_divided_are_refused_with_a_way_out(protocol, subjects, folds, code):
    with pytest.raises(TrainingError) as caught:
        split_clips(protocol, subjects, [0] * len(subjects), folds=folds)
    assert caught.value.code == code and caught.value.remedy


def test_one_training_subject_is_validated_on_clips():
    fold = split_clips("loso", ["a"] * 10 + ["b"], [0, 1] * 5 + [0]).folds[1]
    train, aside = validation(fold, ["a"] * 10 + ["b"], [0, 1] * 5 + [0])
    assert len(train) == 8 and len(aside) == 2


def test_the_majority_is_that_of_the_training_part():
    # Held out a: b and c have class 1 twice against class 0 once; held out b or c: class 0.
    subjects, labels = list("aaabbc"), [0, 0, 0, 1, 0, 1]
    split = split_clips("loso", subjects, labels)
    assert majority_answers(split, labels).tolist() == [1, 1, 1, 0, 0, 0]


def test_chance_is_one_over_the_number_of_classes():
    labels = np.repeat(np.arange(4), [70, 20, 6, 4])
    split = split_clips("kfold", ["a"] * 100, labels)
    rows = chance_answers(split, labels, draws=400)
    scored = [Recognition.of(labels, row, 4) for row in rows]
    assert np.mean([one.accuracy for one in scored]) == pytest.approx(0.25, abs=0.02)
    assert np.mean([one.uar for one in scored]) == pytest.approx(0.25, abs=0.02)
    assert (rows == chance_answers(split, labels, draws=400)).all()
