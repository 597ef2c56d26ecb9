"""Edits that take a frozen shape's curves along when it is renamed, split or deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.core.errors import ProjectError
from pipeline.core.tracks import CONTROLS, is_unit
from pipeline.store import rows
from pipeline.store.edits import SetCurves

if TYPE_CHECKING:
    from pipeline.store.project import ProjectStore


def rename_track(store: ProjectStore, old: str, *new: str) -> tuple[SetCurves, ...]:
    """Edits that give a track's curves of every clip to another name, or to several (a split).

    They belong into one `EditGroup` with the edit that renames the shape; done alone they are
    as good. A clip without such a curve needs none.

    Raises
    ------
    ProjectError
        ``project.track`` for a name that no track may have, or that of an action unit or a
        control (theirs never change); ``project.track_taken`` where a clip has curves of a
        new name already, which would be lost.
    """
    for name in (old, *new):
        rows.track_columns(name)
        if is_unit(name) or name in CONTROLS:
            raise ProjectError(
                f"'{name}' is no frozen shape's track", remedy="Choose another name",
                code="project.track",
            )  # fmt: skip
    if old in new:
        raise ProjectError(
            f"'{old}' has that name already", remedy="Choose another name",
            code="project.track_taken",
        )  # fmt: skip
    edits = []
    for clip in store.clips():
        found = store.curves(clip.id, "edited", (old, *new))
        if taken := [name for name in new if name in found]:
            raise ProjectError(
                f"there is a curve of the name '{taken[0]}' already",
                where=f"clip {clip.clip_id}",
                remedy="Choose another name, or delete that curve",
                code="project.track_taken",
            )
        if old in found:
            before = {old: found[old], **dict.fromkeys(new)}
            after = {old: None, **dict.fromkeys(new, found[old])}
            label = "Rename curve" if new else "Delete curve"
            edits.append(SetCurves(clip.id, before, after, label=label))
    return tuple(edits)


def drop_track(store: ProjectStore, name: str) -> tuple[SetCurves, ...]:
    """Edits that delete a frozen shape's curves in every clip, for the edit that deletes it.

    Raises
    ------
    ProjectError
        ``project.track`` as in `rename_track`.
    """
    return rename_track(store, name)
