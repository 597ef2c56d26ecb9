"""Writes a coder's corrections back into the sheet that a project was opened from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.progress import Job, Progress

if TYPE_CHECKING:
    from pipeline.store import ProjectStore


def sheet_of(store: ProjectStore) -> Path | None:
    """The sheet that the project's labels were imported from."""
    name = store.setting("sheet")
    return Path(name) if name else None


def write_sheet(store: ProjectStore, original: Path, coder: str, target: Path) -> Job[Path]:
    """Copy the sheet with the coder's rows changed and every other cell as it was."""
    yield Progress("writing", 0, 1, target.name)
    raise NotImplementedError(store, original, coder)
