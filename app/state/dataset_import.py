"""A data set's folders and sheet as clips and imported events of a project."""

from __future__ import annotations

from pathlib import Path

from pipeline.core.errors import MediaError
from pipeline.core.progress import Job, Progress
from pipeline.store import ProjectStore


def import_dataset(store: ProjectStore, root: Path, sheet: Path | None) -> Job[tuple[str, ...]]:
    """Add the clips and labels that the project does not have; gives what was odd."""
    from pipeline.exchange import find_dataset

    yield Progress("reading the sheet", note=root.name)
    dataset = find_dataset(root)
    if dataset is None:
        raise MediaError(
            "this folder is not a data set", where=root,
            remedy="Open the folder that holds sub01, sub02, ... and its sheet",
            code="media.no_dataset",
        )  # fmt: skip
    return tuple(str(problem) for problem in dataset.problems)
