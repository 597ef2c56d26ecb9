"""Opening a project's SQLite file: recognise it, check it, lock it, and name what is wrong."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from pipeline.core.errors import ProjectError
from pipeline.store import schema

_HEADER = b"SQLite format 3\x00"
#: Pages of the write-ahead log before SQLite empties it itself; `ProjectStore.checkpoint`
#: does it sooner, off the GUI thread.
_AUTO_CHECKPOINT_PAGES = 16_000
_BUSY_MS = 2000


@contextlib.contextmanager
def typed_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into a `ProjectError` that says what to do."""
    try:
        yield
    except DBAPIError as error:
        raise _explain(error.orig, path) from error
    except sqlite3.Error as error:
        raise _explain(error, path) from error
    except UnicodeDecodeError as error:  # from SQLite's own message over a damaged schema
        raise corrupt(path, "its text is not UTF-8") from error


def _explain(error: BaseException | None, path: Path) -> ProjectError:
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return ProjectError(
            "the disk is full, the edit was not stored",
            where=path,
            remedy="Free some space and do the edit again; everything before it is safe",
            code="project.disk_full",
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN):
        return ProjectError(
            "the project cannot be written here",
            where=path,
            remedy="Save it as a copy in a folder that you may write to",
            code="project.read_only",
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return ProjectError(
            "another program is writing to the project",
            where=path,
            remedy="Close it there and try again",
            code="project.locked",
        )
    if code == sqlite3.SQLITE_NOTADB:
        return not_a_project(path)
    if code == sqlite3.SQLITE_CORRUPT:
        return corrupt(path, str(error))
    if code == sqlite3.SQLITE_IOERR:
        return ProjectError(
            f"the disk does not answer ({error})",
            where=path,
            remedy="Check the disk or the network drive, then open the project again",
            code="project.disk",
        )
    return ProjectError(
        f"the project's database refused ({error})",
        where=path,
        remedy="Open the project again; edits made before this one are stored",
        code="project.database",
    )


def not_a_project(path: Path) -> ProjectError:
    """The error for a file that is something else."""
    return ProjectError(
        "this is not a Tell Studio project",
        where=path,
        remedy="Choose a .tell file, or open a video to start a project",
        code="project.not_a_project",
    )


def corrupt(path: Path, detail: str) -> ProjectError:
    """The error for a damaged project."""
    return ProjectError(
        f"the project is damaged ({detail[:120]})",
        where=path,
        remedy="The file is left as it is; recover what can be read into a new project, "
        "or open a copy of it",
        code="project.corrupt",
        detail=detail,
    )


def newer(path: Path, version: int) -> ProjectError:
    """The error for a project of a later studio."""
    return ProjectError(
        f"the project was made by a newer version of the studio "
        f"(schema {version}, this one knows {schema.SCHEMA_VERSION})",
        where=path,
        remedy="Update Tell Studio; the file is left as it is",
        code="project.newer",
        version=version,
    )


def check_header(path: Path) -> None:
    """Refuse what is no SQLite file before SQLite touches it.

    Raises
    ------
    ProjectError
        ``project.missing``, ``project.not_a_project`` or ``project.unreadable``.
    """
    if path.is_dir():
        raise not_a_project(path)
    try:
        with path.open("rb") as file:
            header = file.read(len(_HEADER))
    except FileNotFoundError as error:
        raise ProjectError(
            "there is no such project", where=path, remedy="Check the path",
            code="project.missing",
        ) from error  # fmt: skip
    except OSError as error:
        raise ProjectError(
            f"the project cannot be read ({error.strerror})", where=path,
            remedy="Check the permissions of the file", code="project.unreadable",
        ) from error  # fmt: skip
    if header != _HEADER:
        raise not_a_project(path)


def engine_for(
    path: Path, *, mode: str = "rw", immutable: bool = False, query_only: bool = False
) -> Engine:
    """An engine over one connection; transactions are begun and ended by `ProjectStore`."""
    uri = f"{path.absolute().as_uri()}?mode={mode}" + ("&immutable=1" if immutable else "")

    def connect() -> sqlite3.Connection:
        raw = sqlite3.connect(
            uri, uri=True, check_same_thread=False, isolation_level=None, timeout=_BUSY_MS / 1000
        )
        # A file from elsewhere runs no functions hidden in its schema.
        raw.execute("PRAGMA trusted_schema=OFF")
        raw.execute("PRAGMA cell_size_check=ON")
        raw.execute(f"PRAGMA query_only={'ON' if query_only else 'OFF'}")
        return raw

    return create_engine(
        "sqlite://", creator=connect, poolclass=StaticPool, isolation_level="AUTOCOMMIT"
    )


def set_up(conn: Connection) -> None:
    """The connection's settings: foreign keys, write-ahead log, every commit on the disk."""
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"wal_autocheckpoint={_AUTO_CHECKPOINT_PAGES}",
    ):
        conn.exec_driver_sql(f"PRAGMA {pragma}")


def inspect(path: Path) -> int:
    """Check a file without changing it and give its schema version.

    Raises
    ------
    ProjectError
        ``project.not_a_project``, ``project.newer`` or ``project.corrupt``.
    """
    from pipeline.store.migrations import read_version

    check_header(path)
    with typed_errors(path), reading_engine(path) as engine, engine.connect() as conn:
        if conn.exec_driver_sql("PRAGMA application_id").scalar() != schema.APPLICATION_ID:
            raise not_a_project(path)
        try:
            version = read_version(conn)
        except sqlalchemy.exc.OperationalError as error:  # the table is not there
            raise corrupt(path, str(error.orig)) from error
        if version > schema.SCHEMA_VERSION:
            raise newer(path, version)
        if version == schema.SCHEMA_VERSION:
            there = set(sqlalchemy.inspect(conn).get_table_names())
            if missing := sorted(set(schema.metadata.tables) - there):
                raise corrupt(path, f"no table {missing[0]}")
        verdict = conn.exec_driver_sql("PRAGMA quick_check(3)").scalars().all()
        if verdict != ["ok"]:
            raise corrupt(path, "; ".join(str(line) for line in verdict))
        return version


@contextlib.contextmanager
def reading_engine(path: Path) -> Iterator[Engine]:
    """An engine that changes nothing, not even in a folder that may not be written to."""
    with readable_copy(path) as (readable, immutable):
        # SQLite's "ro" leaves its log files lying where it had to make them; where there is
        # a log already, only "ro" does not fold it in.
        mode = "ro" if immutable or log_of(readable).exists() else "rw"
        engine = engine_for(readable, mode=mode, immutable=immutable, query_only=True)
        try:
            yield engine
        finally:
            engine.dispose()


@contextlib.contextmanager
def readable_copy(path: Path) -> Iterator[tuple[Path, bool]]:
    """Where to read a project from, and whether as an immutable file.

    A write-ahead log that was left behind belongs to the project, and reading it needs a
    file beside it; where the folder forbids that, both are copied away first.
    """
    log = log_of(path)
    if can_write(path):
        yield path, False
    elif not log.exists() or log.stat().st_size == 0:
        yield path, True
    else:
        with tempfile.TemporaryDirectory(prefix="tell-") as folder:
            copy = Path(folder) / path.name
            shutil.copyfile(path, copy)
            shutil.copyfile(log, copy.with_name(log.name))
            yield copy, False


def log_of(path: Path) -> Path:
    """The write-ahead log beside a project."""
    return path.with_name(path.name + "-wal")


def drop_log(path: Path) -> None:
    """Remove the write-ahead log of a project that is gone or about to be replaced.

    SQLite would play it into whatever file stands there next.
    """
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def can_write(path: Path) -> bool:
    """Whether the file and its folder can really be written to (tried, not asked)."""
    try:
        with path.open("rb+"):
            pass
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError:
        return False
    return True
