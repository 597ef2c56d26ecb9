"""Text files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import tempfile
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
    with _typed_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_dir():
            raise IsADirectoryError(21, "it is a folder")
        with replacing(target) as temporary:
            yield temporary


def check_folder(folder: Path) -> None:
    """Make a folder and try whether files can be written there, before hours of work.

    Raises
    ------
    ExportError
        If they cannot.
    """
    with _typed_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass


@contextlib.contextmanager
def _typed_errors(target: Path) -> Iterator[None]:
    try:
        yield
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
