"""Writes a coder's corrections back into the sheet that a project was opened from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.progress import Job, Progress

if TYPE_CHECKING:
    from pipeline.events import FileNumbers
    from pipeline.exchange import Sheet
    from pipeline.exchange.sheet_writing import SheetCorrection
    from pipeline.store import ClipRecord, EventRecord, ProjectStore


def sheet_of(store: ProjectStore) -> Path | None:
    """The sheet that the project's labels were imported from."""
    name = store.setting("sheet")
    return Path(name) if name else None


def write_sheet(store: ProjectStore, original: Path, coder: str, target: Path) -> Job[Path]:
    """Write the sheet with the coder's rows changed and every other cell as it was.

    A row is changed where the coder has an event of his own for it; a row whose event he
    rejected stays as it is, as a sheet has no word for "none".

    Raises
    ------
    SheetError, ExportError
        If the sheet cannot be read or the target not be written.
    """
    from pipeline.exchange import sheet_writing
    from pipeline.exchange.sheets import read_sheet

    sheet = read_sheet(original)
    corrections: list[SheetCorrection] = []
    clips = store.clips()
    for number, clip in enumerate(clips):
        yield Progress("comparing", number, len(clips), clip.clip_id)
        corrections += _of_clip(store, sheet, clip, coder)
    yield Progress("writing", len(clips), len(clips), target.name)
    sheet_writing.write_sheet(sheet, corrections, target)
    return target


def _of_clip(
    store: ProjectStore, sheet: Sheet, clip: ClipRecord, coder: str
) -> list[SheetCorrection]:
    from pipeline.events.file_numbers import sheet_number
    from pipeline.exchange.sheet_writing import corrections_for

    own = [event for event in store.events(clip.id, coder) if event.verdict != "rejected"]
    if not own:
        return []
    numbers = _file_numbers(store.media_path(clip))
    found: list[SheetCorrection] = []
    for event in own:
        place = _row_of(event, clip, own)
        row = sheet.row(place) if place is not None else None
        if row is None:
            continue
        span = event.span
        found += corrections_for(
            row, onset=sheet_number(span.onset, numbers),
            apex=None if span.apex is None else sheet_number(span.apex, numbers),
            offset=sheet_number(span.offset, numbers), aus=span.aus, emotion=span.emotion,
        )  # fmt: skip
    return found


def _row_of(event: EventRecord, clip: ClipRecord, own: list[EventRecord]) -> int | None:
    """The row an event belongs to: its own, or the clip's where it is the only event."""
    if event.sheet_row is not None:
        return event.sheet_row
    return clip.sheet_row if len(own) == 1 else None


def _file_numbers(path: Path) -> FileNumbers:
    """Numbers in the names of an image folder's files; None for a video, which has none."""
    import numpy as np

    from pipeline.media.image_names import image_files, numbered_sequence

    if not path.is_dir():
        return None
    _, numbers, _ = numbered_sequence(image_files(path))
    return None if numbers is None else np.asarray(numbers)
