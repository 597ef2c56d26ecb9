"""Saving what can still be read of a damaged project; the damaged file is never written to."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert

from pipeline.store import connection, measurements, migrations, schema
from pipeline.store.project import ProjectStore


@dataclass(frozen=True)
class Recovered:
    """What came out of a damaged project.

    Parameters
    ----------
    path : Path
        The new project.
    rows : mapping of str to int
        Rows saved by table.
    damaged : tuple of str
        Tables that could not be read to their end.
    """

    path: Path
    rows: Mapping[str, int] = field(default_factory=dict)
    damaged: tuple[str, ...] = ()


def recover(path: str | Path, target: str | Path) -> Recovered:
    """Copy every readable row of a damaged project into a new one.

    Raises
    ------
    ProjectError
        If the file is no database at all, or the new project cannot be written.
    """
    path, target = Path(path), Path(target)
    connection.check_header(path)
    kept: dict[str, int] = {}
    damaged: list[str] = []
    with (
        tempfile.TemporaryDirectory(prefix="tell-") as folder,
        ProjectStore.create(target) as store,
    ):
        copy = Path(folder) / "damaged.tell"
        for suffix in ("", "-wal"):
            part = path.with_name(path.name + suffix)
            if part.exists():
                shutil.copyfile(part, copy.with_name(copy.name + suffix))
        with store.transaction() as conn, contextlib.closing(sqlite3.connect(copy)) as old:
            old.row_factory = sqlite3.Row
            conn.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            for table in schema.metadata.sorted_tables:
                if table is not schema.schema_version:
                    kept[table.name], whole = _copy_table(old, conn, table)
                    damaged += [] if whole else [table.name]
            _drop_orphans(conn)
            measurements.sweep(conn)
    return Recovered(target, kept, tuple(damaged))


def _copy_table(old: sqlite3.Connection, conn: Connection, table: Table) -> tuple[int, bool]:
    """Rows from the front as far as they can be read, and then from the back."""
    count, whole = 0, False
    for order in ("ASC", "DESC"):
        rows = _Rows(old, table, order)
        for row in rows:
            statement = insert(table).prefix_with("OR IGNORE").values(row)
            count += conn.execute(statement).rowcount
        if rows.whole:
            whole = True
            break
    return count, whole


class _Rows:
    """Iterates over a table until it ends (`whole`) or a page cannot be read."""

    def __init__(self, old: sqlite3.Connection, table: Table, order: str) -> None:
        self._old, self._table, self._order = old, table, order
        self.whole = False

    def __iter__(self) -> Iterator[dict[str, Any]]:
        names = {column.name for column in self._table.columns}
        required = {
            c.name for c in self._table.columns if not c.nullable and c.server_default is None
        }
        # Table and order are ours, not the file's.
        query = f'SELECT * FROM "{self._table.name}" ORDER BY rowid {self._order}'  # noqa: S608
        try:
            for found in self._old.execute(query):
                old = {key: found[key] for key in found.keys()}  # noqa: SIM118
                new = migrations.upgraded_row(self._table.name, old)
                row = {key: value for key, value in new.items() if key in names}
                if all(row.get(name) is not None for name in required):
                    yield {k: v for k, v in row.items() if v is not None}
        except sqlite3.DatabaseError:
            return
        self.whole = True


def _drop_orphans(conn: Connection) -> None:
    """Rows whose clip or event is lost, again until none is left."""
    while orphans := conn.exec_driver_sql("PRAGMA foreign_key_check").all():
        for table, rowid, *_ in orphans:
            if table in schema.metadata.tables:
                conn.exec_driver_sql(f'DELETE FROM "{table}" WHERE rowid = ?', (rowid,))  # noqa: S608
