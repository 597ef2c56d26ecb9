"""One writer per project: an advisory lock beside the file, gone when its holder dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO


class ProjectLock:
    """Holds ``<project>.lock``; the system lets go of it even when the studio is killed."""

    def __init__(self, project: Path) -> None:
        self.path = project.with_name(project.name + ".lock")
        self._file: IO[bytes] | None = None

    def acquire(self) -> bool:
        """Take the lock; False where another studio holds it.

        Raises
        ------
        OSError
            If no file can be made beside the project.
        """
        while True:
            file = self.path.open("ab+")
            if not _lock(file):
                file.close()
                return False
            # Its last holder may have removed the file between our open and our lock.
            if self._is_current(file):
                file.truncate(0)
                file.write(str(os.getpid()).encode())
                file.flush()
                self._file = file
                return True
            file.close()

    def release(self) -> None:
        """Let go and remove the file."""
        if self._file is None:
            return
        if sys.platform != "win32":
            self.path.unlink(missing_ok=True)
        self._file.close()
        self._file = None
        if sys.platform == "win32":
            self.path.unlink(missing_ok=True)

    def _is_current(self, file: IO[bytes]) -> bool:
        try:
            there = self.path.stat()
        except FileNotFoundError:
            return False
        return os.path.samestat(there, os.fstat(file.fileno()))


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> bool:
        file.seek(1 << 20)  # beyond the content, so that others can read who holds it
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
