"""Steps from one schema version to the next, run in order inside one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, func, insert, select

from pipeline.core.errors import ProjectError
from pipeline.store import schema
from pipeline.store.records import utc_now

#: ``MIGRATIONS[n]`` brings a project of version n to n + 1.
#: A step is written in plain SQL of its time: `schema` describes only the newest version.
Step = Callable[[Connection], None]
MIGRATIONS: Mapping[int, Step] = {}


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
