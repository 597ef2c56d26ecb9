"""Which clips are trained on and which are answered: LOSO, k-fold, all; and the rows beside.

A model sees the training part of a fold and nothing else: the AU graph is counted there,
thresholds and epochs are chosen by `validation`, which divides the training part again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.core.errors import TrainingError

IntArray = NDArray[np.int64]
ProtocolName = Literal["all", "loso", "kfold"]


@dataclass(frozen=True)
class Fold:
    """One training and what it answers.

    Parameters
    ----------
    name : str
        The held-out subject, ``1/5``, or ``all``.
    train, test : (N,) int64
        Indices of clips, ascending.
    untrained : tuple of int
        Classes that are asked for in `test` and never shown in `train`: those clips cannot be
        answered rightly, and count all the same.
    absent : tuple of int
        Classes of the whole set that are not in `test`.
    """

    name: str
    train: IntArray = field(repr=False)
    test: IntArray = field(repr=False)
    untrained: tuple[int, ...] = ()
    absent: tuple[int, ...] = ()


@dataclass(frozen=True)
class Split:
    """A protocol applied to clips.

    Parameters
    ----------
    protocol : {"all", "loso", "kfold"}
    folds : tuple of Fold
    shared : tuple of str
        Subjects that are trained on and answered in the same fold.
    """

    protocol: ProtocolName
    folds: tuple[Fold, ...]
    shared: tuple[str, ...] = ()

    def notes(self, classes: Sequence[str]) -> tuple[str, ...]:
        """What a reader of the table has to know; `classes` are their names."""
        said = []
        if self.protocol == "all":
            said.append("Nothing is held out: a model trained on these clips has seen the answers")
        elif self.shared:
            said.append(
                f"Subjects are shared between folds ({len(self.shared)} of them): "
                "unseen faces are answered worse than this"
            )
        for fold in self.folds:
            if fold.untrained:
                missing = ", ".join(classes[index] for index in fold.untrained)
                said.append(
                    f"Fold {fold.name}: no training clip of {missing}, asked for all the same"
                )
        return tuple(said)


def split_clips(
    protocol: ProtocolName,
    subjects: Sequence[str],
    labels: ArrayLike,
    *,
    folds: int = 5,
    seed: int = 0,
) -> Split:
    """Divide clips into folds.

    Parameters
    ----------
    protocol : {"all", "loso", "kfold"}
        One training on everything; one fold a subject, which is held out; or `folds` parts
        with the classes spread evenly, whoever the subjects are.
    subjects : sequence of str
        The subject of each clip; blanks around a name don't count.
    labels : (N,) int
        Class of each clip.
    folds, seed : int
        For "kfold".

    Raises
    ------
    TrainingError
        No clips; one subject only, or a clip without one, under LOSO; fewer clips than folds.
    """
    names, classes = [str(subject).strip() for subject in subjects], np.asarray(labels, np.int64)
    if len(names) != len(classes):
        raise ValueError(f"{len(names)} subjects and {len(classes)} labels")
    if not names:
        raise TrainingError(
            "there is no clip to divide", remedy="Check the folder and the label sheet",
            code="training.empty",
        )  # fmt: skip
    whole = np.arange(len(names))
    if protocol == "all":
        return Split("all", (_fold("all", whole, whole, classes),), tuple(sorted(set(names))))
    if protocol == "loso":
        parts = _subjects(names)
    elif protocol == "kfold":
        parts = _strata(classes, folds, seed)
    else:
        raise ValueError(f"'{protocol}' is not a protocol")
    made = [_fold(name, np.setdiff1d(whole, test), test, classes) for name, test in parts]
    shared = {
        names[i] for fold in made for i in fold.test if names[i] in {names[j] for j in fold.train}
    }
    return Split(protocol, tuple(made), tuple(sorted(shared)))


def _subjects(names: list[str]) -> list[tuple[str, IntArray]]:
    nameless = names.count("")
    if nameless:
        raise TrainingError(
            f"{nameless} of {len(names)} clips name no subject",
            remedy="Fill in the subjects, or use k-fold", code="training.subject",
            count=nameless,
        )  # fmt: skip
    distinct = sorted(set(names))
    if len(distinct) < 2:
        raise TrainingError(
            f"there is one subject only ({distinct[0]}), nobody is left to train on",
            remedy="Use k-fold, or add clips of other subjects", code="training.one_subject",
        )  # fmt: skip
    column = np.array(names)
    return [(name, np.flatnonzero(column == name)) for name in distinct]


def _strata(classes: IntArray, folds: int, seed: int) -> list[tuple[str, IntArray]]:
    if folds < 2 or folds > len(classes):
        raise TrainingError(
            f"{len(classes)} clips cannot be divided into {folds} folds",
            remedy=f"Choose 2 to {len(classes)} folds" if len(classes) > 1 else "Add clips",
            code="training.folds",
        )  # fmt: skip
    # Dealt like cards, class after class: neither a fold's size nor its share of a class
    # is more than one off.
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(classes))
    dealt = shuffled[np.argsort(classes[shuffled], kind="stable")]
    return [(f"{part + 1}/{folds}", np.sort(dealt[part::folds])) for part in range(folds)]


def _fold(name: str, train: IntArray, test: IntArray, classes: IntArray) -> Fold:
    shown, asked = set(classes[train].tolist()), set(classes[test].tolist())
    absent = set(classes.tolist()) - asked
    return Fold(name, train, test, tuple(sorted(asked - shown)), tuple(sorted(absent)))


def validation(
    fold: Fold, subjects: Sequence[str], labels: ArrayLike, *, share: float = 0.2, seed: int = 0
) -> tuple[IntArray, IntArray]:
    """Divide a fold's training part for choosing an epoch or a threshold.

    By subjects, so that the choice is made on faces that were not trained on; by clips where
    the training part has one subject only. The held-out part is never in either.

    Returns
    -------
    train, chosen_by : (N,) int64
        Together the training part. The second is empty if there is one clip only.
    """
    if not 0 < share < 1:
        raise ValueError(f"share {share} is not between 0 and 1")
    random = np.random.default_rng(seed)
    names = np.array([str(subjects[index]).strip() for index in fold.train])
    distinct = np.unique(names)
    wanted = max(1, round(share * len(fold.train)))
    if len(distinct) > 1:
        order = random.permutation(distinct)[:-1]  # one subject at least is trained on
        counts = np.cumsum([(names == name).sum() for name in order])
        kept = order[: int(np.searchsorted(counts, wanted)) + 1]
        aside = np.isin(names, kept)
    else:
        aside = np.zeros(len(names), bool)
        if len(names) > 1:
            classes = np.asarray(labels, np.int64)[fold.train]
            parts = min(len(names), max(2, round(1 / share)))
            aside[_strata(classes, parts, seed)[0][1]] = True
    return fold.train[~aside], fold.train[aside]


def majority_answers(split: Split, labels: ArrayLike) -> IntArray:
    """The commonest class of each fold's training part as the answer to all its clips, (N,).

    The lowest index wins a tie. What a predictor has to beat in accuracy.
    """
    classes = np.asarray(labels, np.int64)
    answers = np.zeros(len(classes), np.int64)
    for fold in split.folds:
        answers[fold.test] = np.bincount(classes[fold.train]).argmax()
    return answers


def chance_answers(
    split: Split, labels: ArrayLike, *, draws: int = 1000, seed: int = 0
) -> IntArray:
    """Guesses, every class of the fold's training part alike, (draws, N).

    Score each row and take the mean: the expected figure of a predictor that knows nothing.
    """
    classes = np.asarray(labels, np.int64)
    random = np.random.default_rng(seed)
    answers = np.zeros((draws, len(classes)), np.int64)
    for fold in split.folds:
        shown = np.unique(classes[fold.train])
        answers[:, fold.test] = random.choice(shown, (draws, len(fold.test)))
    return answers
