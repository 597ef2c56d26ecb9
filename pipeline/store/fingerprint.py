"""A document's identity: what undo and redo must bring back bit for bit."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, Select, select

from pipeline.store import schema

#: Left out: history, when something was edited, row keys that mean nothing, the session.
_SKIPPED = {"created", "changed"}
_ORDER = {
    schema.clips: ("id",),
    schema.events: ("id",),
    schema.event_aus: ("event", "position"),
    schema.curves: ("clip", "face_track", "layer", "track"),
    schema.profiles: ("emotion",),
    schema.modulations: ("clip",),
    schema.settings: ("scope", "key"),
}


def of(conn: Connection) -> str:
    """sha256 over all tables that are the document, in hex."""
    digest = hashlib.sha256()
    for table, order in _ORDER.items():
        skipped = _SKIPPED | ({"id"} if table is schema.curves else set())
        columns = [column for column in table.columns if column.name not in skipped]
        query = select(*columns).order_by(*(table.c[name] for name in order))
        if table is schema.settings:
            query = query.where(table.c.scope != "session")
        if table is schema.curves:
            query = query.where((table.c.layer != "raw") | table.c.analysis.in_(_used_runs()))
        _add(digest, table.name, conn.execute(query))
    arrays = schema.arrays
    query = select(arrays).where(arrays.c.analysis.in_(_used_runs()))
    _add(digest, "arrays", conn.execute(query.order_by(arrays.c.analysis, arrays.c.name, "chunk")))
    return digest.hexdigest()


def _used_runs() -> Select[tuple[str]]:
    return select(schema.clips.c.analysis).where(schema.clips.c.analysis.is_not(None))


def _add(digest: hashlib._Hash, name: str, found: object) -> None:
    digest.update(name.encode())
    for row in found:  # type: ignore[attr-defined]
        for value in row:
            data = value if isinstance(value, bytes) else repr(value).encode()
            digest.update(len(data).to_bytes(8, "little"))
            digest.update(data)
