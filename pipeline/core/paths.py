"""Where the studio keeps its own files; how a file is replaced without being half written."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import platformdirs

APP = "TellStudio"


def cache_dir() -> Path:
    """Folder for what can be made again (built heads). ``TELL_CACHE_DIR`` overrides it."""
    return _made(os.environ.get("TELL_CACHE_DIR") or platformdirs.user_cache_dir(APP, False))


def data_dir() -> Path:
    """Folder for working projects and settings. ``TELL_DATA_DIR`` overrides it."""
    return _made(os.environ.get("TELL_DATA_DIR") or platformdirs.user_data_dir(APP, False))


def _made(path: str) -> Path:
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Write beside ``target``, then put it in its place in one step (temp, fsync, replace).

    Yields the temporary path to write to. If the block raises, ``target`` is untouched and
    the temporary file is removed.
    """
    handle, name = tempfile.mkstemp(
        dir=target.parent, prefix=f".{target.stem}-", suffix=target.suffix
    )
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
