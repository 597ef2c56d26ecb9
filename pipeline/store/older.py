"""Projects of an older schema that are only read: a copy of them is brought up to date."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pipeline.store import connection, migrations, schema


@contextlib.contextmanager
def readable_now(path: Path, version: int) -> Iterator[Path]:
    """Where to read a project from: the file itself, or a migrated copy while it is open.

    The file is not changed.

    Parameters
    ----------
    path : Path
    version : int
        The schema version that it has (`connection.inspect`).
    """
    if version == schema.SCHEMA_VERSION:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="tell-") as folder:
        copy = Path(folder) / path.name
        with (
            connection.reading_engine(path) as engine,
            engine.connect() as conn,
            contextlib.closing(sqlite3.connect(copy)) as target,
        ):
            old = conn.connection.driver_connection
            assert isinstance(old, sqlite3.Connection)
            old.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
        engine = connection.engine_for(copy)
        try:
            with engine.connect() as conn:
                conn.exec_driver_sql("BEGIN")
                migrations.migrate(conn, version, schema.SCHEMA_VERSION, migrations.MIGRATIONS)
                conn.exec_driver_sql("COMMIT")
        finally:
            engine.dispose()
        yield copy
