"""How well predicted events, frames and AUs agree with the truth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.core.labels import split_track
from pipeline.core.types import AUSignals, EventSpan


def interval_iou(first: EventSpan, second: EventSpan) -> float:
    """Intersection over union of two events on inclusive frames."""
    shared = min(first.offset, second.offset) - max(first.onset, second.onset) + 1
    union = max(first.offset, second.offset) - min(first.onset, second.onset) + 1
    return max(shared, 0) / union if union > 0 else 0.0


def match_events(
    found: Sequence[EventSpan], true: Sequence[EventSpan], iou: float = 0.5
) -> list[tuple[int, int]]:
    """One-to-one matching of largest total IoU among pairs that reach `iou`.

    Parameters
    ----------
    found, true : sequence of EventSpan
        Predicted and true events of one clip.
    iou : float
        Least IoU of a match; 0 accepts any overlap.

    Returns
    -------
    list of tuple of int
        Pairs (index of found, index of true).
    """
    from scipy.optimize import linear_sum_assignment

    if not found or not true:
        return []
    table = np.array([[interval_iou(one, other) for other in true] for one in found])
    allowed = (table >= iou) & (table > 0)
    # A pair counts 1 plus its IoU, so that more matches come before better ones.
    rows, columns = linear_sum_assignment(-np.where(allowed, 1 + table, 0.0))
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if allowed[r, c]]


def ranking_auc(scores: ArrayLike, positive: ArrayLike) -> float:
    """Probability that a positive scores above a negative, ties half; NaN without both."""
    scores, positive = np.asarray(scores, float), np.asarray(positive, bool)
    if positive.all() or not positive.any():
        return float("nan")
    # Counted in sorted negatives: every pair at once would not fit for the frames of a data set.
    higher, lower = scores[positive], np.sort(scores[~positive])
    below = np.searchsorted(lower, higher, "left") + np.searchsorted(lower, higher, "right")
    return float(below.mean() / (2 * len(lower)))


def by_number(signals: AUSignals) -> dict[int, NDArray[np.float32]]:
    """Activation of each AU number, (T,): the larger of its sides, NaN as 0."""
    grouped: dict[int, NDArray[np.float32]] = {}
    for index, name in enumerate(signals.names):
        au = split_track(name)[0]
        track = np.nan_to_num(signals.values[:, index])
        grouped[au] = np.maximum(grouped[au], track) if au in grouped else track
    return grouped


def au_ranking(
    found: AUSignals, true: AUSignals, event: EventSpan, *, active: float = 0.01
) -> float:
    """AUC of the AUs of one true event: are the active ones ranked above the others.

    The score of an AU is its largest found activation within the event less that just outside;
    it is active when its true activation reaches `active`. AUs known to both sides count.
    """
    scores, truth = by_number(found), by_number(true)
    shared = sorted(scores.keys() & truth.keys())
    span = slice(event.onset, event.offset + 1)
    ranked = [rise_within(scores[au], event.onset, event.offset) for au in shared]
    return ranking_auc(ranked, [truth[au][span].max() >= active for au in shared])


def rise_within(track: NDArray[np.floating], onset: int, offset: int) -> float:
    """Largest activation within an event less the mean of its first and last frames."""
    piece = np.nan_to_num(track[onset : offset + 1])
    if not len(piece):
        return 0.0
    edge = max(1, len(piece) // 12)
    return float(piece.max() - 0.5 * (piece[:edge].mean() + piece[-edge:].mean()))


#: What adds up when tables are joined: counts, and lists of errors.
_SUMMED = (
    "clips", "true", "found", "matched", "overlapped", "false", "seconds",
    "onset", "apex", "offset", "auc",
)  # fmt: skip


@dataclass
class EventTable:
    """Agreement over many clips; fill it with `add`, read its figures.

    Frame errors are absolute, in frames, over matched events. `false` counts found events that
    overlap no true one; `seconds` is the time looked at, for the rate of those.
    """

    iou: float = 0.5
    clips: int = 0
    true: int = 0
    found: int = 0
    matched: int = 0
    overlapped: int = 0
    false: int = 0
    seconds: float = 0.0
    onset: list[int] = field(default_factory=list)
    apex: list[int] = field(default_factory=list)
    offset: list[int] = field(default_factory=list)
    auc: list[float] = field(default_factory=list)

    def add(
        self,
        found: Sequence[EventSpan],
        true: Sequence[EventSpan],
        found_signals: AUSignals | None = None,
        true_signals: AUSignals | None = None,
        seconds: float = 0.0,
    ) -> None:
        """Count one clip of so many seconds.

        Frame errors are taken over events that overlap one-to-one at all (not only at the
        IoU), so that a badly timed event is not left out of them.
        """
        self.clips += 1
        self.seconds += seconds
        self.true += len(true)
        self.found += len(found)
        self.matched += len(match_events(found, true, self.iou))
        pairs = match_events(found, true, 0.0)
        self.overlapped += len(pairs)
        self.false += len(found) - len(pairs)
        for ours, theirs in pairs:
            one, other = found[ours], true[theirs]
            self.onset.append(abs(one.onset - other.onset))
            self.offset.append(abs(one.offset - other.offset))
            if one.apex is not None and other.apex is not None:
                self.apex.append(abs(one.apex - other.apex))
        if found_signals is not None and true_signals is not None:
            values = (au_ranking(found_signals, true_signals, event) for event in true)
            self.auc += [value for value in values if not np.isnan(value)]

    @classmethod
    def joined(cls, tables: Iterable[EventTable]) -> EventTable:
        """One table over the clips of several."""
        whole = cls()
        for table in tables:
            whole.iou = table.iou
            for name in _SUMMED:
                setattr(whole, name, getattr(whole, name) + getattr(table, name))
        return whole

    @property
    def missed(self) -> int:
        """True events that no found event overlaps."""
        return self.true - self.overlapped

    @property
    def f1(self) -> float:
        """Spotting F1 = 2 TP / (found + true) at the table's IoU (SPEC 9)."""
        return 2 * self.matched / max(self.found + self.true, 1)

    @property
    def false_per_minute(self) -> float:
        """False events in a minute of film; NaN when no time was counted."""
        return 60 * self.false / self.seconds if self.seconds > 0 else float("nan")

    def error(self, moment: Literal["onset", "apex", "offset"], percent: float = 50) -> float:
        """Percentile of a frame error (the median unless told), frames; NaN without any."""
        errors = getattr(self, moment)
        return float(np.percentile(errors, percent)) if errors else float("nan")

    def as_dict(self) -> dict[str, float]:
        """The figures by name; NaN where nothing was measured."""
        return {
            "clips": self.clips,
            "true": self.true,
            "found": self.found,
            "missed": self.missed,
            "false": self.false,
            "f1": self.f1,
            "onset": self.error("onset"),
            "apex": self.error("apex"),
            "offset": self.error("offset"),
            "au_auc": float(np.mean(self.auc)) if self.auc else float("nan"),
        }
