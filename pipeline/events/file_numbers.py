"""Frames by the numbers in their file names: sheets count in those, the studio from 0."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.core.types import EventSpan

#: Number of each frame's image, (T,) increasing; None for a video.
FileNumbers = NDArray[np.int64] | None


def file_number(frame: int | None, numbers: FileNumbers) -> int | None:
    """Number of a frame's image; None for a video, an apex not coded or a frame outside."""
    if frame is None or numbers is None or not 0 <= frame < len(numbers):
        return None
    return int(numbers[frame])


def sheet_number(frame: int, numbers: FileNumbers) -> int:
    """Number by which a sheet knows a frame: its image's, or from 1 in a video."""
    return frame + 1 if numbers is None else int(numbers[frame])


def frame_of_number(number: int, numbers: FileNumbers) -> int | None:
    """Frame whose image has this number; None where there is none.

    A video's frames count from 1, as its images would.
    """
    if numbers is None:
        return number - 1 if number >= 1 else None
    at = int(np.searchsorted(numbers, number))
    return at if at < len(numbers) and numbers[at] == number else None


def span_from_numbers(
    onset: int, apex: int | None, offset: int, numbers: FileNumbers, n_frames: int
) -> EventSpan:
    """A sheet's row as a span of frames.

    Onset and offset that name no image (copies of data sets lose some) come to the nearest
    one inside the event; an apex that names none, or lies outside, is dropped.

    Raises
    ------
    ValueError
        If none of the row's frames is in the clip, or the onset is after the offset.
    """
    if onset > offset:
        raise ValueError(f"onset {onset} is after offset {offset}")
    if numbers is None:
        numbers = np.arange(1, n_frames + 1)
    inside = np.flatnonzero((numbers >= onset) & (numbers <= offset))
    if len(inside) == 0:
        have = f"{numbers[0]} to {numbers[-1]}" if len(numbers) else "none"
        raise ValueError(f"frames {onset} to {offset} are not in the clip, which has {have}")
    first, last = int(inside[0]), int(inside[-1])
    middle = None if apex is None else frame_of_number(apex, numbers)
    if middle is not None and not first <= middle <= last:
        middle = None
    return EventSpan(first, middle, last)
