"""Steps from one schema version to the next, run in order inside one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, func, insert, select

from pipeline.core.errors import ProjectError
from pipeline.store import schema
from pipeline.store.records import utc_now

#: ``MIGRATIONS[n]`` brings a project of version n to n + 1.
#: A step is written in plain SQL of its time: `schema` describes only the newest version.
Step = Callable[[Connection], None]

#: Version 1 knew action units only: their track's name from its two columns.
_NAME_OF_UNIT = "'AU' || au || CASE side WHEN '' THEN '' ELSE '_' || side END"


def _curves_by_track(conn: Connection) -> None:
    """1 to 2: a curve's key is its track's name; controls and frozen shapes have curves too."""
    for statement in (
        """
        CREATE TABLE curves_2 (
            id TEXT NOT NULL PRIMARY KEY,
            clip TEXT NOT NULL REFERENCES clips (id) ON DELETE CASCADE,
            face_track TEXT NOT NULL DEFAULT '',
            track TEXT NOT NULL,
            au INTEGER,
            side TEXT NOT NULL DEFAULT '',
            layer TEXT NOT NULL DEFAULT '',
            analysis TEXT NOT NULL DEFAULT '',
            dtype TEXT NOT NULL DEFAULT '',
            shape TEXT NOT NULL DEFAULT '',
            encoding TEXT NOT NULL DEFAULT 'raw',
            data BLOB NOT NULL,
            UNIQUE (clip, face_track, track, layer, analysis)
        )
        """,
        f"""
        INSERT INTO curves_2
            (id, clip, face_track, track, au, side, layer, analysis, dtype, shape, encoding, data)
        SELECT id, clip, face_track, {_NAME_OF_UNIT}, au, side, layer, analysis, dtype, shape,
            encoding, data
        FROM curves
        """,  # noqa: S608 - all of it is ours
        "DROP TABLE curves",
        "ALTER TABLE curves_2 RENAME TO curves",
    ):
        conn.exec_driver_sql(statement)


MIGRATIONS: Mapping[int, Step] = {1: _curves_by_track}


def upgraded_row(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of an older version as it is kept now, where a file is too damaged to migrate."""
    new = dict(row)
    if table == "curves" and "track" not in new and "au" in new:
        side = new.get("side") or ""
        new["track"] = f"AU{new['au']}_{side}" if side else f"AU{new['au']}"
    return new


def read_version(conn: Connection) -> int:
    """The schema version a project says it has.

    Raises
    ------
    ProjectError
        ``project.corrupt`` if it says none.
    """
    version = conn.execute(select(func.max(schema.schema_version.c.version))).scalar()
    if not isinstance(version, int) or version < 1:
        raise ProjectError("the project does not say its schema version", code="project.corrupt")
    return version


def stamp(conn: Connection, version: int) -> None:
    """Note that the project has reached ``version``."""
    conn.execute(insert(schema.schema_version).values(version=version, at=utc_now()))


def migrate(
    conn: Connection, version: int, target: int, steps: Mapping[int, Step] = MIGRATIONS
) -> None:
    """Bring a project from ``version`` to ``target``; the caller holds the transaction.

    Raises
    ------
    ProjectError
        ``project.migration`` where a step is missing.
    """
    for number in range(version, target):
        if number not in steps:
            raise ProjectError(
                f"there is no way from schema version {number} to {number + 1}",
                remedy="Open it with the version of the studio that made it",
                code="project.migration",
            )
        steps[number](conn)
        stamp(conn, number + 1)
