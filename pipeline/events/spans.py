"""What a hand does to an event: move, nudge and shift its markers, always in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.core.types import EventSpan

Marker = Literal["onset", "apex", "offset"]
MARKERS: tuple[Marker, ...] = ("onset", "apex", "offset")

#: Half the length of a new event, s: with it the event lasts as long as CASME II's do.
_HALF_LENGTH_S = 0.15


def span_problems(span: EventSpan, n_frames: int) -> tuple[str, ...]:
    """What is wrong with a span in a clip of `n_frames`; empty when nothing is."""
    found = []
    if span.onset > span.offset:
        found.append(f"onset {span.onset} is after offset {span.offset}")
    if span.apex is not None and not span.onset <= span.apex <= span.offset:
        found.append(f"apex {span.apex} is outside onset {span.onset} to offset {span.offset}")
    for marker in MARKERS:
        frame = getattr(span, marker)
        if frame is not None and not 0 <= frame < n_frames:
            found.append(f"{marker} {frame} is outside the clip's {n_frames} frames")
    return tuple(found)


def check_span(span: EventSpan, n_frames: int) -> EventSpan:
    """Return the span.

    Raises
    ------
    ValueError
        If its markers are out of order or out of the clip.
    """
    problems = span_problems(span, n_frames)
    if problems:
        raise ValueError("; ".join(problems))
    return span


def new_span(frame: int, n_frames: int, fps: float) -> EventSpan:
    """An event of ordinary length with its apex at `frame`, within the clip."""
    half = max(1, round(_HALF_LENGTH_S * fps))
    frame = _within(frame, 0, n_frames - 1)
    return EventSpan(max(0, frame - half), frame, min(n_frames - 1, frame + half))


def move_marker(
    span: EventSpan, marker: Marker, frame: int, n_frames: int, *, push: bool = False
) -> EventSpan:
    """Bring one marker to a frame, as far as it may go.

    Parameters
    ----------
    span : EventSpan
    marker : {"onset", "apex", "offset"}
        An apex that is not coded is set.
    frame : int
        Where it should go; brought into the clip.
    n_frames : int
        Length of the clip.
    push : bool
        Whether markers in the way are pushed along; otherwise they stop it.
    """
    frame = _within(frame, 0, n_frames - 1)
    onset, apex, offset = span.onset, span.apex, span.offset
    if marker == "apex":
        if not push:
            frame = _within(frame, onset, offset)
        return replace(span, onset=min(onset, frame), apex=frame, offset=max(offset, frame))
    if marker == "onset":
        if not push:
            frame = min(frame, offset if apex is None else apex)
        offset = max(offset, frame)
        return replace(span, onset=frame, apex=_kept(apex, frame, offset), offset=offset)
    if not push:
        frame = max(frame, onset if apex is None else apex)
    onset = min(onset, frame)
    return replace(span, onset=onset, apex=_kept(apex, onset, frame), offset=frame)


def nudge(
    span: EventSpan, marker: Marker, by: int, n_frames: int, *, push: bool = False
) -> EventSpan:
    """Move one marker by some frames; an apex that is not coded stays so."""
    frame = getattr(span, marker)
    return span if frame is None else move_marker(span, marker, frame + by, n_frames, push=push)


def shift(span: EventSpan, by: int, n_frames: int) -> EventSpan:
    """Move the whole event, its length kept, as far as the clip reaches."""
    by = _within(by, -span.onset, n_frames - 1 - span.offset)
    apex = None if span.apex is None else span.apex + by
    return replace(span, onset=span.onset + by, apex=apex, offset=span.offset + by)


def snap(frame: int, targets: Iterable[int], radius: int) -> int:
    """The nearest target within `radius` frames, or the frame itself."""
    nearest = min(targets, key=lambda target: abs(target - frame), default=frame)
    return nearest if abs(nearest - frame) <= radius else frame


def duration_s(span: EventSpan, times: NDArray[np.float64]) -> float:
    """Seconds from onset to offset; `times` are the clip's frame times, (T,) s."""
    return float(times[span.offset] - times[span.onset])


def overlap(a: EventSpan, b: EventSpan) -> int:
    """Number of frames that two events share (both ends inclusive)."""
    return max(0, min(a.offset, b.offset) - max(a.onset, b.onset) + 1)


def iou(a: EventSpan, b: EventSpan) -> float:
    """Intersection over union on inclusive frames (SPEC 9)."""
    shared = overlap(a, b)
    union = (a.offset - a.onset + 1) + (b.offset - b.onset + 1) - shared
    return shared / union


def events_at(spans: Iterable[EventSpan], frame: int) -> tuple[EventSpan, ...]:
    """Events that hold a frame, in the order given."""
    return tuple(span for span in spans if span.onset <= frame <= span.offset)


def merge_overlapping(spans: Sequence[EventSpan]) -> tuple[EventSpan, ...]:
    """Events in time order, those that share frames made one.

    The merged event spans both; apex, emotion and predictor are those of the more confident,
    the action units of both.
    """
    merged: list[EventSpan] = []
    for span in sorted(spans, key=lambda s: (s.onset, s.offset)):
        if merged and overlap(merged[-1], span):
            merged[-1] = _union(merged[-1], span)
        else:
            merged.append(span)
    return tuple(merged)


def _union(a: EventSpan, b: EventSpan) -> EventSpan:
    lead, other = (b, a) if (b.confidence or 0.0) > (a.confidence or 0.0) else (a, b)
    return replace(
        lead,
        onset=min(a.onset, b.onset),
        apex=other.apex if lead.apex is None else lead.apex,
        offset=max(a.offset, b.offset),
        emotion=lead.emotion or other.emotion,
        aus=tuple(dict.fromkeys((*lead.aus, *other.aus))),
    )


def _within(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))


def _kept(apex: int | None, onset: int, offset: int) -> int | None:
    return None if apex is None else _within(apex, onset, offset)
