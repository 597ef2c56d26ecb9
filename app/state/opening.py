"""Opening projects, media and data sets: generators for `Jobs`, nothing here touches Qt."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.errors import MediaError, ProjectError, TellError
from pipeline.core.paths import data_dir
from pipeline.core.progress import Job, Progress
from pipeline.store import (
    ClipAnalysis,
    ClipRecord,
    ProjectStore,
    find_moved,
    moved_along,
    record_of,
    recover,
    relocate,
)

if TYPE_CHECKING:
    from pipeline.media import FrameSource

#: Setting that marks a project the studio made by itself for a video or data set.
WORKING = "working"


@dataclass
class LoadedClip:
    """A clip ready to be shown. Whoever gets it owns the source.

    Parameters
    ----------
    record : ClipRecord
    source : FrameSource or None
        None where the media is missing or unreadable.
    analysis : ClipAnalysis or None
    problems : tuple of TellError
        What a person must be told.
    """

    record: ClipRecord
    source: FrameSource | None
    analysis: ClipAnalysis | None
    problems: tuple[TellError, ...] = ()

    def close(self) -> None:
        """Drop it unseen."""
        if self.source is not None:
            self.source.close()


@dataclass
class OpenedProject:
    """A project that has just been opened, and the clip to show.

    ``store`` None means the project that is open already.
    """

    store: ProjectStore | None
    clip: LoadedClip | None
    problems: tuple[str, ...] = ()

    def close(self) -> None:
        """Drop it unseen."""
        if self.clip is not None:
            self.clip.close()
        if self.store is not None:
            self.store.close()


def load_clip(store: ProjectStore, clip: str, cache_bytes: int) -> Job[LoadedClip]:
    """Open a clip's media and read its analysis.

    Missing or broken media is no failure: the clip's events and curves can still be worked
    on, and the problem is said.
    """
    record = store.clip(clip)
    yield Progress("opening", note=record.clip_id)
    source, problems = _try_source(store, record, cache_bytes)
    try:
        if source is not None:
            record = _filled_in(store, record, source)
        yield Progress("reading the analysis", note=record.clip_id)
        analysis, more = _try_analysis(store, clip)
        yield Progress("ready", note=record.clip_id)
    except BaseException:
        if source is not None:
            source.close()
        raise
    return LoadedClip(record, source, analysis, problems + more)


def _try_source(
    store: ProjectStore, record: ClipRecord, cache_bytes: int
) -> tuple[FrameSource | None, tuple[TellError, ...]]:
    from pipeline.media import open_source

    path = store.media_path(record)
    try:
        fps = record.fps if record.kind == "images" else None
        source = open_source(path, fps=fps, cache_bytes=cache_bytes)
    except MediaError as error:
        if path.exists():
            return None, (error,)
        missing = MediaError(
            f"the film of '{record.clip_id}' is not there any more", where=path,
            remedy="Show the studio where it is now; labels and curves are kept",
            code="media.moved", clip=record.id,
        )  # fmt: skip
        return None, (missing,)
    if record.content_hash and record.n_frames and source.n_frames != record.n_frames:
        changed = MediaError(
            f"the film of '{record.clip_id}' has {source.n_frames} frames, "
            f"it had {record.n_frames}", where=path,
            remedy="Look whether this is the file that was labelled",
            code="media.changed", clip=record.id,
        )  # fmt: skip
        return source, (changed,)
    return source, ()


def _filled_in(store: ProjectStore, record: ClipRecord, source: FrameSource) -> ClipRecord:
    """What could not be known before the media was opened once."""
    if record.content_hash or store.read_only:
        return record
    record = replace(
        record,
        content_hash=source.content_hash(),
        n_frames=source.n_frames,
        fps=float(source.fps) if record.kind == "video" else record.fps,
    )
    store.fill_in_clip(record)
    return record


def _try_analysis(
    store: ProjectStore, clip: str
) -> tuple[ClipAnalysis | None, tuple[TellError, ...]]:
    try:
        return store.analysis(clip), ()
    except ProjectError as error:  # damaged measurements can be made again
        return None, (error,)


def find_media(
    store: ProjectStore, record: ClipRecord, place: Path
) -> Job[tuple[tuple[ClipRecord, ClipRecord], ...]]:
    """Where a clip and those that moved along with it are now, as (before, after).

    Raises
    ------
    MediaError, ProjectError
        If it is not there, or something else is.
    """
    yield Progress("looking", note=place.name)
    try:
        found = relocate(record, place)
    except (MediaError, ProjectError):
        if not place.is_dir():
            raise
        path = yield from find_moved(record, place)
        if path is None:
            raise MediaError(
                f"the film of '{record.clip_id}' is not in this folder", where=place,
                remedy="Choose another folder, or the file itself", code="media.not_found",
            ) from None  # fmt: skip
        found = replace(record, path=path.absolute())
    return ((record, found), *moved_along(store.clips(), record.path, found.path))


def open_project(path: Path, cache_bytes: int) -> Job[OpenedProject]:
    """Open a project file, and the clip where the person left off."""
    yield Progress("checking the project", note=path.name)
    store = ProjectStore.open(path)
    try:
        clip = yield from _last_clip(store, cache_bytes)
    except BaseException:
        store.close()
        raise
    return OpenedProject(store, clip)


def recover_project(path: Path, target: Path, cache_bytes: int) -> Job[OpenedProject]:
    """Recover a damaged project into a new file and open that; says what was lost."""
    yield Progress("recovering", note=path.name)
    recovered = recover(path, target)
    opened = yield from open_project(target, cache_bytes)
    kept = ", ".join(f"{count} {name}" for name, count in recovered.rows.items() if count)
    lost = ", ".join(recovered.damaged)
    text = f"{target}: recovered {kept or 'nothing'}"
    opened.problems = (f"{text}; some may be lost of: {lost}." if lost else f"{text}.",)
    return opened


def _last_clip(store: ProjectStore, cache_bytes: int) -> Job[LoadedClip | None]:
    ids = [record.id for record in store.clips()]
    last = store.setting("clip", None, "session")
    if not ids:
        return None
    return (yield from load_clip(store, last if last in ids else ids[0], cache_bytes))


def open_media(
    paths: Sequence[Path], fps: float | None, cache_bytes: int, into: ProjectStore | None
) -> Job[OpenedProject]:
    """Open videos or image folders: into a project, or into their own working project.

    Raises
    ------
    MediaError
        If none of the paths can be opened; where some can, the others are problems.
    """
    from pipeline.media import open_source

    records: list[ClipRecord] = []
    problems: list[str] = []
    first_error: MediaError | None = None
    for number, path in enumerate(paths):
        yield Progress("opening", number, len(paths), path.name)
        try:
            source = open_source(path, fps=fps, cache_bytes=cache_bytes)
        except MediaError as error:
            first_error = first_error or error
            problems.append(str(error))
            continue
        try:
            problems += [f"{path.name}: {warning}" for warning in source.warnings]
            records.append(record_of(source))
        finally:
            source.close()
    if not records:
        raise first_error or MediaError("there is nothing to open", code="media.empty")
    store = into or working_project(_hash_of(records), records[0].clip_id)
    try:
        shown = _added(store, records)
        clip = yield from load_clip(store, shown.id, cache_bytes)
    except BaseException:
        if into is None:
            store.close()
        raise
    return OpenedProject(None if into is not None else store, clip, tuple(problems))


def _hash_of(records: Sequence[ClipRecord]) -> str:
    if len(records) == 1:
        return records[0].content_hash
    joined = "".join(sorted(record.content_hash for record in records))
    return hashlib.sha256(joined.encode()).hexdigest()


def _added(store: ProjectStore, records: Sequence[ClipRecord]) -> ClipRecord:
    """Put clips into a project that it does not have yet; gives the first of them."""
    first: ClipRecord | None = None
    for record in records:
        known = {clip.content_hash: clip for clip in store.clips()}.get(record.content_hash)
        if known is None:
            clip_id = store.free_clip_id(record.clip_id)
            known = store.add_clip(replace(record, clip_id=clip_id))
        elif known.path != record.path and not store.read_only:
            known = replace(known, path=record.path)
            store.fill_in_clip(known)
        first = first or known
    assert first is not None
    return first


def working_project(content_hash: str, name: str) -> ProjectStore:
    """Make or reopen the project that the studio keeps for a content of that name."""
    folder = data_dir() / "projects"
    folder.mkdir(parents=True, exist_ok=True)
    safe = re.sub(r"[^\w.-]+", "_", name)[:60].strip("._") or "clip"
    path = folder / f"{safe}-{content_hash[:16]}.tell"
    if path.exists():
        return ProjectStore.open(path)
    store = ProjectStore.create(path)
    store.set_setting(WORKING, True)
    return store


def open_dataset(root: Path, sheet: Path | None, cache_bytes: int) -> Job[OpenedProject]:
    """Open a data set's folder and sheet in its working project.

    Clips and labels that the project does not have yet are added; what is there stays.

    Raises
    ------
    SheetError, MediaError
        If there is no data set.
    """
    from app.state.dataset_import import import_dataset

    yield Progress("reading the data set", note=root.name)
    key = hashlib.sha256(str(root.absolute()).encode()).hexdigest()
    store = working_project(key, root.absolute().name)
    try:
        problems = yield from import_dataset(store, root, sheet)
        clip = yield from _last_clip(store, cache_bytes)
    except BaseException:
        store.close()
        raise
    return OpenedProject(store, clip, problems)
