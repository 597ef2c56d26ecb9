"""The measures of evaluation: classes, action units, events, curves, and how sure they are.

Everything is pooled: the answers of all folds are put together first and scored once (SPEC 9).

Where a class is absent, a term 0/0 is left out of a mean, and nothing else is: a class that
never occurs has no recall and is left out of UAR; in UF1 it is left out as well if nobody
answered it, and counts 0 if somebody did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.core.types import AUSignals, EventSpan
from pipeline.model.scoring import EventTable, by_number, match_events, ranking_auc

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
#: Index of an emotion that belongs to no class, or of no answer.
OUTSIDE = -1


@dataclass(frozen=True)
class Classes:
    """The classes of one reckoning.

    Parameters
    ----------
    names : tuple of str
    members : mapping of str to str
        Class of each emotion's id; emotions that are not in it are left out.
    """

    names: tuple[str, ...]
    members: Mapping[str, str]

    def index(self, emotions: Iterable[str]) -> IntArray:
        """Class of each emotion, (N,); `OUTSIDE` where it has none."""
        return np.array(
            [
                self.names.index(self.members[emotion]) if emotion in self.members else OUTSIDE
                for emotion in emotions
            ],
            np.int64,
        )


def _plain(*names: str) -> Classes:
    return Classes(names, {name: name for name in names})


#: The classes of CASME II by their number: MEGC 2019's three, the usual five, all seven (SPEC 9).
CLASSES: dict[int, Classes] = {
    3: Classes(
        ("negative", "positive", "surprise"),
        {
            "disgust": "negative", "repression": "negative",
            "happiness": "positive", "surprise": "surprise",
        },
    ),
    5: _plain("happiness", "disgust", "repression", "surprise", "others"),
    7: _plain("happiness", "disgust", "repression", "surprise", "sadness", "fear", "others"),
}  # fmt: skip


def confusion_matrix(true: ArrayLike, answered: ArrayLike, classes: int) -> IntArray:
    """How often each class was answered as each.

    Parameters
    ----------
    true : (N,) int in [0, classes)
    answered : (N,) int in [-1, classes)
        `OUTSIDE` for no answer: wrong for the true class, held against no other.
    classes : int

    Returns
    -------
    (classes, classes + 1) int64
        Rows true, columns answered, the last one for no answer. Matrices of folds add up.

    Raises
    ------
    ValueError
        If lengths differ or an index is out of range.
    """
    rows, columns = np.asarray(true, np.int64), np.asarray(answered, np.int64)
    if rows.shape != columns.shape or rows.ndim != 1:
        raise ValueError(f"{rows.shape} true classes and {columns.shape} answers")
    if rows.size and (
        rows.min() < 0 or columns.min() < OUTSIDE or max(rows.max(), columns.max()) >= classes
    ):
        raise ValueError(f"a class is not in 0 to {classes - 1}")
    columns = np.where(columns == OUTSIDE, classes, columns)
    counts = np.bincount(rows * (classes + 1) + columns, minlength=classes * (classes + 1))
    return counts.reshape(classes, classes + 1).astype(np.int64)


def ratio(part: ArrayLike, whole: ArrayLike) -> FloatArray:
    """Quotient of counts, NaN for 0/0."""
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole != 0)


def mean_defined(values: ArrayLike) -> float:
    """Mean of what is defined; NaN where nothing is."""
    values = np.asarray(values, float)
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if defined.size else float("nan")


@dataclass(frozen=True)
class Recognition:
    """What a confusion matrix says.

    Parameters
    ----------
    matrix : (C, C + 1) int
        As of `confusion_matrix`.
    """

    matrix: IntArray = field(repr=False)

    @classmethod
    def of(cls, true: ArrayLike, answered: ArrayLike, classes: int) -> Recognition:
        """Score pooled answers; see `confusion_matrix`."""
        return cls(confusion_matrix(true, answered, classes))

    @property
    def _right(self) -> IntArray:
        return np.diagonal(self.matrix)

    @property
    def accuracy(self) -> float:
        """Share of clips answered rightly."""
        return float(ratio(self._right.sum(), self.matrix.sum()))

    @property
    def f1(self) -> FloatArray:
        """2 TP / (2 TP + FP + FN) of each class, (C,); NaN for a class nobody has or answers."""
        answered = self.matrix[:, : len(self.matrix)].sum(axis=0)
        return ratio(2 * self._right, self.matrix.sum(axis=1) + answered)

    @property
    def recall(self) -> FloatArray:
        """TP / N of each class, (C,); NaN for a class without clips."""
        return ratio(self._right, self.matrix.sum(axis=1))

    @property
    def uf1(self) -> float:
        """Mean of the classes' F1: UF1 of MEGC, also called macro-F1."""
        return mean_defined(self.f1)

    @property
    def uar(self) -> float:
        """Mean of the classes' recalls."""
        return mean_defined(self.recall)

    @property
    def absent(self) -> tuple[int, ...]:
        """Classes without a clip."""
        return tuple(int(index) for index in np.flatnonzero(self.matrix.sum(axis=1) == 0))


@dataclass(frozen=True)
class UnitScores:
    """Agreement on action units, each over all clips (or all frames).

    Parameters
    ----------
    f1 : (K,) float
        NaN for a unit that nobody has and nobody answers.
    auc : (K,) float
        NaN for a unit that all have or none has.
    """

    f1: FloatArray
    auc: FloatArray

    @classmethod
    def of(cls, true: ArrayLike, scores: ArrayLike, threshold: ArrayLike = 0.5) -> UnitScores:
        """Score (N, K) probabilities against (N, K) truth.

        Parameters
        ----------
        true : (N, K) bool
        scores : (N, K) float
        threshold : float or (K,)
            A unit is answered from here on. Fit it on training clips only.
        """
        truth, values = np.asarray(true, bool), np.asarray(scores, float)
        if truth.shape != values.shape or truth.ndim != 2:
            raise ValueError(f"truth is {truth.shape}, scores are {values.shape}")
        if np.isnan(values).any():
            raise ValueError("a score is not a number")
        answered = values >= np.asarray(threshold, float)
        f1 = ratio(2 * (truth & answered).sum(axis=0), truth.sum(axis=0) + answered.sum(axis=0))
        auc = [ranking_auc(values[:, unit], truth[:, unit]) for unit in range(truth.shape[1])]
        return cls(f1, np.array(auc, float))

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the units for which it is defined."""
        return mean_defined(self.f1)

    @property
    def macro_auc(self) -> float:
        """Mean AUC of the units for which it is defined."""
        return mean_defined(self.auc)


@dataclass(frozen=True)
class SpotThenRecognise:
    """Events found and named (Liong 2023); the scores of clips add up.

    Parameters
    ----------
    events : EventTable
        The spotting.
    named : Recognition
        Emotions of matched pairs alone. Pairs whose true emotion is in no class are left out.
    """

    events: EventTable
    named: Recognition

    @classmethod
    def of(
        cls,
        found: Sequence[EventSpan],
        true: Sequence[EventSpan],
        classes: Classes,
        *,
        iou: float = 0.5,
        seconds: float = 0.0,
    ) -> SpotThenRecognise:
        """Score one clip of so many seconds."""
        table = EventTable(iou)
        table.add(found, true, seconds=seconds)
        pairs = match_events(found, true, iou)
        theirs = classes.index(true[index].emotion for _, index in pairs)
        ours = classes.index(found[index].emotion for index, _ in pairs)
        known = theirs != OUTSIDE
        return cls(table, Recognition.of(theirs[known], ours[known], len(classes.names)))

    @classmethod
    def joined(cls, scores: Sequence[SpotThenRecognise]) -> SpotThenRecognise:
        """One score over the clips of several, at least one."""
        matrix = np.sum([score.named.matrix for score in scores], axis=0)
        return cls(EventTable.joined(score.events for score in scores), Recognition(matrix))

    @property
    def strs(self) -> float:
        """F1 of spotting times UF1 of naming; 0 where no event was met, NaN where none is."""
        if self.events.true + self.events.found == 0:
            return float("nan")
        return self.events.f1 * self.named.uf1 if self.events.matched else 0.0


def correlation(found: ArrayLike, true: ArrayLike) -> float:
    """Pearson's r over frames known on both sides.

    NaN where the truth does not move, for there is nothing to follow; 0 where it moves and
    what was found does not.
    """
    found, true = np.asarray(found, float), np.asarray(true, float)
    known = np.isfinite(found) & np.isfinite(true)
    if known.sum() < 2:
        return float("nan")
    one, other = found[known] - found[known].mean(), true[known] - true[known].mean()
    still = 1e-9 * np.sqrt(known.sum())
    if np.linalg.norm(other) <= still:
        return float("nan")
    if np.linalg.norm(one) <= still:
        return 0.0
    r = (one / np.linalg.norm(one)) @ (other / np.linalg.norm(other))
    return float(np.clip(r, -1, 1))


def curve_correlation(found: AUSignals, true: AUSignals) -> dict[int, float]:
    """Correlation of each action unit that moves in truth; 0 for one that was not looked for.

    Sides count as one: the larger of the two.
    """
    ours, theirs = by_number(found), by_number(true)
    still = np.zeros(len(true.values), np.float32)
    rs = {au: correlation(ours.get(au, still), track) for au, track in theirs.items()}
    return {au: r for au, r in sorted(rs.items()) if not np.isnan(r)}


@dataclass(frozen=True)
class Interval:
    """A figure and how sure it is.

    Parameters
    ----------
    value, low, high : float
        Bounds are NaN where they cannot be told (a single clip or face).
    units : int
        Clips or faces that were drawn from.
    """

    value: float
    low: float = float("nan")
    high: float = float("nan")
    units: int = 0


def bootstrap(
    measure: Callable[[IntArray], float],
    count: int,
    groups: Sequence[object] | None = None,
    *,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Percentile bootstrap of a pooled measure, over clips or over faces.

    Whole faces are drawn where `groups` says whose a clip is: clips of one face are not
    independent, and intervals over clips alone are then too narrow. The difference of two
    predictors is measured the same way, on the same draws, by a `measure` that subtracts.
    It tells how much the figure hangs on the clips, not on the training's luck.

    Parameters
    ----------
    measure : callable
        The figure over clips, given their (N,) indices (with repeats).
    count : int
        How many clips there are.
    groups : sequence, optional
        The face of each clip.
    draws : int
    level : float
        Share of the interval, in (0, 1).
    seed : int

    Returns
    -------
    Interval
        Draws for which the measure is NaN are left out. Bounds are NaN with fewer than two
        units, or if more than half of the draws are NaN.
    """
    if groups is not None and len(groups) != count:
        raise ValueError(f"{len(groups)} groups for {count} clips")
    if not 0 < level < 1:
        raise ValueError(f"level {level} is not between 0 and 1")
    whole = np.arange(count)
    units = [whole[i : i + 1] for i in whole] if groups is None else _members(groups)
    value = float(measure(whole))
    if len(units) < 2:
        return Interval(value, units=len(units))
    random = np.random.default_rng(seed)
    figures = np.empty(draws)
    for draw in range(draws):
        drawn = random.integers(0, len(units), len(units))
        figures[draw] = measure(np.concatenate([units[unit] for unit in drawn]))
    kept = figures[~np.isnan(figures)]
    if 2 * len(kept) <= draws:
        return Interval(value, units=len(units))
    low, high = np.quantile(kept, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high), len(units))


def _members(groups: Sequence[object]) -> list[IntArray]:
    indices: dict[object, list[int]] = {}
    for index, group in enumerate(groups):
        indices.setdefault(group, []).append(index)
    return [np.array(members, np.int64) for members in indices.values()]
