"""A data set's folders and sheet as clips and imported events of a project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.errors import MediaError
from pipeline.core.progress import Job, Progress
from pipeline.store import (
    IMPORT,
    AddEvent,
    ClipRecord,
    EventRecord,
    ProjectStore,
    new_event,
    new_id,
)

if TYPE_CHECKING:
    from pipeline.events import FileNumbers
    from pipeline.exchange import Dataset, DatasetClip


def import_dataset(store: ProjectStore, root: Path, sheet: Path | None) -> Job[tuple[str, ...]]:
    """Add the clips and labels that the project does not have; gives what was odd.

    Clips that are there already keep everything; only a folder that has moved is noted.

    Raises
    ------
    MediaError
        If the folder holds no data set.
    SheetError
        If the sheet named cannot be used.
    """
    from pipeline.exchange import find_dataset

    yield Progress("reading the sheet", note=root.name)
    dataset = find_dataset(root, sheet)
    if dataset is None or not any(clip.path for clip in dataset.clips):
        raise MediaError(
            "this folder is not a data set", where=root,
            remedy="Open the folder that holds sub01, sub02, ... and its sheet",
            code="media.no_dataset",
        )  # fmt: skip
    problems = list(dataset.problems)
    if store.read_only:
        return tuple(problems)
    store.set_setting("dataset", str(root.absolute()))
    if dataset.sheet is not None:
        store.set_setting("sheet", str(dataset.sheet.path.absolute()))
    known = {record.clip_id: record for record in store.clips()}
    for number, clip in enumerate(dataset.clips):
        yield Progress("reading the clips", number, len(dataset.clips), clip.clip_id)
        if clip.path is None:  # said by the reader of the data set
            continue
        if clip.clip_id in known:
            _note_move(store, known[clip.clip_id], clip.path)
        else:
            problems += _add(store, dataset, clip, clip.path)
    return tuple(problems)


def _note_move(store: ProjectStore, record: ClipRecord, path: Path) -> None:
    if path.absolute() != record.path and not record.path.exists():
        store.fill_in_clip(replace(record, path=path.absolute()))


def _add(store: ProjectStore, dataset: Dataset, clip: DatasetClip, path: Path) -> list[str]:
    """Store one clip with the events of its rows, all in one transaction."""
    try:
        n_frames, fps, numbers = _extent(path, dataset.fps)
    except (MediaError, OSError) as error:
        return [str(error)]
    record = ClipRecord(
        id=new_id(),
        clip_id=clip.clip_id,
        path=path.absolute(),
        kind="images" if path.is_dir() else "video",
        n_frames=n_frames,
        fps=fps,
        subject=clip.subject,
        dataset=dataset.name,
        sheet_row=clip.sheet_row.row if clip.sheet_row else None,
    )
    events, problems = _events_of(record, clip, numbers)
    with store.transaction():
        store.add_clip(record)
        for event in events:
            AddEvent(event, label="Import event").apply(store)
    return problems


def _events_of(
    record: ClipRecord, clip: DatasetClip, numbers: FileNumbers
) -> tuple[list[EventRecord], list[str]]:
    events, problems = [], []
    for row in clip.rows:
        try:
            span = row.span(numbers, record.n_frames)
        except ValueError as error:
            problems.append(f"row {row.row}, {clip.clip_id}: {error}")
            continue
        events.append(
            new_event(record.id, span, IMPORT, verbatim_aus=row.aus_text, sheet_row=row.row)
        )
    return events, problems


def _extent(path: Path, fps: float) -> tuple[int, float, FileNumbers]:
    """Frames, rate and file numbers of a clip; a folder is listed, its images not opened."""
    import numpy as np

    from pipeline.media import open_source
    from pipeline.media.image_names import image_files, numbered_sequence

    if path.is_dir():
        files, numbers, _ = numbered_sequence(image_files(path))
        return len(files), fps, None if numbers is None else np.asarray(numbers)
    source = open_source(path)
    try:
        return source.n_frames, float(source.fps), None
    finally:
        source.close()
