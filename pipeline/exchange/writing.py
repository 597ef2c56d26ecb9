"""Text files that appear whole or not at all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from pipeline.core.errors import ExportError
from pipeline.core.paths import replacing


@contextlib.contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A temporary path that takes the target's place when the block ends well.

    Folders on the way are made.

    Raises
    ------
    ExportError
        If the target cannot be written (read-only, no space, a folder is a file).
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_dir():
            raise IsADirectoryError(21, "it is a folder")
        with replacing(target) as temporary:
            yield temporary
    except OSError as error:
        raise ExportError(
            f"cannot be written ({(error.strerror or str(error)).lower()})", where=target,
            remedy="Choose a folder that you may write to, with space left",
            code="export.write",
        ) from error  # fmt: skip


@contextlib.contextmanager
def whole_text(target: Path) -> Iterator[TextIO]:
    """The same as an open text file: UTF-8, line ends as written."""
    with whole_file(target) as temporary, temporary.open("w", encoding="utf-8", newline="") as out:
        yield out
