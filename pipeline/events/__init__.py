"""Events: onset, apex and offset, kept in order whatever a hand does to them."""

from pipeline.events.file_numbers import (
    FileNumbers,
    file_number,
    frame_of_number,
    sheet_number,
    span_from_numbers,
)
from pipeline.events.spans import (
    MARKERS,
    Marker,
    check_span,
    duration_s,
    events_at,
    iou,
    merge_overlapping,
    move_marker,
    new_span,
    nudge,
    overlap,
    shift,
    snap,
    span_problems,
)

__all__ = [
    "MARKERS",
    "FileNumbers",
    "Marker",
    "check_span",
    "duration_s",
    "events_at",
    "file_number",
    "frame_of_number",
    "iou",
    "merge_overlapping",
    "move_marker",
    "new_span",
    "nudge",
    "overlap",
    "sheet_number",
    "shift",
    "snap",
    "span_from_numbers",
    "span_problems",
]
