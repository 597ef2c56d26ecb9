"""Who said what: a coder's own events, and the proposals that are still open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.core.types import EventSpan
from pipeline.store.records import IMPORT, MODEL, EventRecord

#: A proposal that shares this much of its frames with a coder's own event is answered by it.
SAME_EVENT_IOU = 0.5


@dataclass(frozen=True)
class Shown:
    """What a coder sees of a clip.

    Parameters
    ----------
    events : tuple of EventRecord
        The coder's own, and the undecided proposals of the sheet (without a sheet: of the
        model), in order of onset. Other persons' events are not among them: coding is blind.
    proposals : tuple of EventRecord
        Every undecided proposal, of sheet and model.
    """

    events: tuple[EventRecord, ...]
    proposals: tuple[EventRecord, ...]


def overlap(one: EventSpan, other: EventSpan) -> float:
    """Intersection over union of two spans in frames, both ends inclusive (SPEC 9)."""
    shared = min(one.offset, other.offset) - max(one.onset, other.onset) + 1
    union = max(one.offset, other.offset) - min(one.onset, other.onset) + 1
    return max(0, shared) / union if union > 0 else 0.0


def shown(events: Iterable[EventRecord], coder: str) -> Shown:
    """Sort a clip's events by what ``coder`` has decided about them."""
    events = tuple(events)
    own = [event for event in events if event.coder == coder and not event.is_proposal]
    answered = {event.based_on for event in own}
    kept = [event for event in own if event.verdict != "rejected"]
    proposals = tuple(
        event
        for event in events
        if event.is_proposal
        and event.id not in answered
        and all(overlap(event.span, mine.span) < SAME_EVENT_IOU for mine in kept)
    )
    base = IMPORT if any(event.coder == IMPORT for event in events) else MODEL
    visible = kept + [event for event in proposals if event.coder == base]
    visible.sort(key=lambda event: (event.span.onset, event.span.offset, event.id))
    return Shown(tuple(visible), proposals)
