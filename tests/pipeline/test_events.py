"""Markers stay in order and in the clip; frames and file numbers find each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.labels import AULabel
from pipeline.core.types import EventSpan
from pipeline.events import (
    MARKERS,
    Marker,
    check_span,
    duration_s,
    events_at,
    file_number,
    frame_of_number,
    iou,
    merge_overlapping,
    move_marker,
    new_span,
    nudge,
    overlap,
    sheet_number,
    shift,
    snap,
    span_from_numbers,
    span_problems,
)

N = 100


@st.composite
def spans(draw: st.DrawFn) -> EventSpan:
    onset, apex, offset = sorted(draw(st.lists(st.integers(0, N - 1), min_size=3, max_size=3)))
    return EventSpan(onset, draw(st.sampled_from([apex, None])), offset)


@given(spans(), st.sampled_from(MARKERS), st.integers(-50, 150), st.booleans())
@settings(deadline=None)
def test_whatever_is_moved_the_order_holds(
    span: EventSpan, marker: Marker, frame: int, push: bool
) -> None:
    moved = move_marker(span, marker, frame, N, push=push)
    assert span_problems(moved, N) == ()
    others = [m for m in MARKERS if m != marker]
    if push:
        assert getattr(moved, marker) == min(max(frame, 0), N - 1)
    else:
        assert [getattr(moved, m) for m in others] == [getattr(span, m) for m in others]


@given(spans(), st.integers(-200, 200))
@settings(deadline=None)
def test_shifting_keeps_the_length_and_stops_at_the_clips_ends(span: EventSpan, by: int) -> None:
    moved = shift(span, by, N)
    assert moved.offset - moved.onset == span.offset - span.onset
    assert span_problems(moved, N) == ()
    if span.onset + by >= 0 and span.offset + by < N:
        assert moved.onset == span.onset + by


def test_a_marker_stops_at_its_neighbour_or_pushes_it() -> None:
    span = EventSpan(10, 20, 30)
    assert move_marker(span, "onset", 25, N) == EventSpan(20, 20, 30)
    assert move_marker(span, "onset", 25, N, push=True) == EventSpan(25, 25, 30)
    assert move_marker(span, "onset", 40, N, push=True) == EventSpan(40, 40, 40)
    assert move_marker(span, "offset", 15, N, push=True) == EventSpan(10, 15, 15)
    assert move_marker(span, "apex", 50, N) == EventSpan(10, 30, 30)
    assert move_marker(span, "apex", 50, N, push=True) == EventSpan(10, 50, 50)
    assert move_marker(EventSpan(10, None, 30), "apex", 12, N) == EventSpan(10, 12, 30)


def test_nudging_goes_by_frames_and_leaves_an_uncoded_apex_alone() -> None:
    assert nudge(EventSpan(10, 20, 30), "offset", 1, N).offset == 31
    assert nudge(EventSpan(10, None, 30), "apex", 1, N) == EventSpan(10, None, 30)
    assert nudge(EventSpan(0, 20, 30), "onset", -1, N).onset == 0


def test_problems_say_which_marker_and_why() -> None:
    assert span_problems(EventSpan(5, None, 5), N) == ()
    assert span_problems(EventSpan(9, None, 5), N) == ("onset 9 is after offset 5",)
    assert "apex 40 is outside onset 10 to offset 30" in span_problems(EventSpan(10, 40, 30), N)
    with pytest.raises(ValueError, match="offset 100 is outside the clip's 100 frames"):
        check_span(EventSpan(10, 20, 100), N)


def test_a_new_event_lasts_a_third_of_a_second_and_fits_the_clip() -> None:
    assert new_span(50, 200, 200.0) == EventSpan(20, 50, 80)
    assert new_span(5, 20, 200.0) == EventSpan(0, 5, 19)
    assert new_span(0, 1, 200.0) == EventSpan(0, 0, 0)


def test_overlap_and_iou_count_inclusive_frames() -> None:
    a, b = EventSpan(0, None, 9), EventSpan(5, None, 14)
    assert overlap(a, b) == 5
    assert iou(a, b) == pytest.approx(5 / 15)
    assert overlap(a, EventSpan(10, None, 12)) == 0
    assert iou(a, a) == 1.0
    assert events_at([a, b], 9) == (a, b)
    assert events_at([a, b], 12) == (b,)


def test_events_that_share_frames_become_one_led_by_the_more_confident() -> None:
    weak = EventSpan(10, 15, 20, "", (AULabel(4),), 0.3, "classical")
    sure = EventSpan(18, 25, 30, "disgust", (AULabel(9), AULabel(4)), 0.9, "hybrid")
    apart = EventSpan(31, None, 40)
    merged = merge_overlapping([apart, sure, weak])
    assert merged == (
        EventSpan(10, 25, 30, "disgust", (AULabel(9), AULabel(4)), 0.9, "hybrid"), apart,
    )  # fmt: skip


def test_a_frame_snaps_only_to_what_is_near() -> None:
    assert snap(10, [13, 8], 2) == 8
    assert snap(10, [13, 14], 2) == 10
    assert snap(10, [], 2) == 10


def test_duration_counts_the_clips_own_time() -> None:
    times = np.array([0.0, 0.1, 0.4, 0.5])
    assert duration_s(EventSpan(1, None, 3), times) == pytest.approx(0.4)


def test_file_numbers_and_frames_find_each_other() -> None:
    numbers = np.array([46, 47, 49, 50])
    assert [file_number(i, numbers) for i in (0, 2, 4, -1, None)] == [46, 49, None, None, None]
    assert [frame_of_number(n, numbers) for n in (46, 48, 50, 51)] == [0, None, 3, None]
    assert file_number(3, None) is None
    assert frame_of_number(1, None) == 0
    assert [sheet_number(3, numbers), sheet_number(0, None)] == [50, 1]


def test_a_sheets_row_becomes_frames_of_the_clip() -> None:
    numbers = np.array([46, 47, 49, 50, 51])
    assert span_from_numbers(47, 49, 51, numbers, 5) == EventSpan(1, 2, 4)
    assert span_from_numbers(48, 48, 60, numbers, 5) == EventSpan(2, None, 4)
    assert span_from_numbers(46, None, 46, numbers, 5) == EventSpan(0, None, 0)
    assert span_from_numbers(1, 2, 3, None, 5) == EventSpan(0, 1, 2)
    with pytest.raises(ValueError, match="60 to 70 are not in the clip, which has 46 to 51"):
        span_from_numbers(60, None, 70, numbers, 5)
    with pytest.raises(ValueError, match="onset 50 is after offset 47"):
        span_from_numbers(50, None, 47, numbers, 5)
