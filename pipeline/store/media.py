"""Clips and their media: a record from an open source, and files that have moved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.errors import MediaError, ProjectError
from pipeline.core.progress import Job, Progress
from pipeline.store.records import ClipRecord, new_id

if TYPE_CHECKING:
    from pipeline.media import FrameSource
    from pipeline.store.project import ProjectStore

_MAX_CANDIDATES = 20_000


def clip_name(path: Path) -> str:
    """The clip id of a file or an image folder: a file's stem, a folder's name."""
    path = path.absolute()
    return path.name if path.is_dir() else path.stem


def record_of(source: FrameSource, clip_id: str = "") -> ClipRecord:
    """A new clip's record. Hashes the content: call it off the GUI thread."""
    path = source.path.absolute()
    return ClipRecord(
        id=new_id(),
        clip_id=clip_id or clip_name(path),
        path=path,
        kind="images" if path.is_dir() else "video",
        content_hash=source.content_hash(),
        n_frames=source.n_frames,
        fps=float(source.fps),
    )


def clip_for(store: ProjectStore, wanted: ClipRecord) -> ClipRecord:
    """The project's clip of a film, made where it has none.

    Another film of the same name is another clip: it gets an id of its own, and what the
    first one holds stays as it is.

    Parameters
    ----------
    store : ProjectStore
    wanted : ClipRecord
        `record_of` the film, with the clip id, subject and data set that it should have.
    """
    same = [
        record
        for record in store.clips()
        if record.content_hash == wanted.content_hash
        or (not record.content_hash and record.clip_id == wanted.clip_id)
    ]
    named = [record for record in same if record.clip_id == wanted.clip_id]
    named += [record for record in same if clip_name(record.path) == clip_name(wanted.path)]
    if not named:
        return store.add_clip(replace(wanted, clip_id=store.free_clip_id(wanted.clip_id)))
    known = named[0]
    if known.content_hash and known.path.exists():
        return known
    filled = replace(
        known, path=wanted.path, content_hash=wanted.content_hash, n_frames=wanted.n_frames,
        fps=wanted.fps,
    )  # fmt: skip
    store.fill_in_clip(filled)
    return filled


def relocate(record: ClipRecord, path: Path) -> ClipRecord:
    """The clip at its new place.

    Raises
    ------
    ProjectError
        ``project.other_media`` if what is there has another content.
    MediaError
        If it cannot be opened.
    """
    content_hash = _hash(path, record)
    if record.content_hash and content_hash != record.content_hash:
        raise ProjectError(
            f"this is not the film of '{record.clip_id}': its content differs", where=path,
            remedy="Choose the file that the clip was opened from", code="project.other_media",
        )  # fmt: skip
    return replace(record, path=path.absolute(), content_hash=content_hash)


def moved_along(
    records: Iterable[ClipRecord], old: Path, new: Path
) -> tuple[tuple[ClipRecord, ClipRecord], ...]:
    """Missing clips that moved with the one from ``old`` to ``new``, as (before, after).

    Whole data sets move by one folder: what the two paths do not share at their ends is
    what was renamed, and a clip counts where its own path exists under the new name.
    """
    here, there = list(old.parts), list(new.absolute().parts)
    while here and there and here[-1] == there[-1]:
        here.pop()
        there.pop()
    if not here or not there:
        return ()
    before, after = Path(*here), Path(*there)
    moved = []
    for record in records:
        if record.path != old and record.path.is_relative_to(before) and not record.path.exists():
            path = after / record.path.relative_to(before)
            if path.exists():
                moved.append((record, replace(record, path=path)))
    return tuple(moved)


def _hash(path: Path, record: ClipRecord) -> str:
    from pipeline.media import open_source

    source = open_source(path, fps=record.fps if record.kind == "images" else None)
    try:
        return source.content_hash()
    finally:
        source.close()


def find_moved(record: ClipRecord, folder: Path) -> Job[Path | None]:
    """Look for a clip's media by content in a folder and below; same names are tried first."""
    images = record.kind == "images"
    found: list[Path] = []
    for path in folder.rglob("*"):
        if len(found) >= _MAX_CANDIDATES:
            break
        if path.is_dir() if images else path.suffix.lower() == record.path.suffix.lower():
            found.append(path)
        yield Progress("looking", 0, 0, path.name)
    found.sort(key=lambda path: (path.name != record.path.name, str(path)))
    for number, path in enumerate(found):
        yield Progress("looking", number, len(found), path.name)
        try:
            if _hash(path, record) == record.content_hash:
                return path
        except MediaError:
            continue  # not a film: certainly not ours
    return None
