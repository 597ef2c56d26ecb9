"""Records to rows and back. Every function works inside the caller's transaction."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.engine import RowMapping

from pipeline.core.errors import ProjectError
from pipeline.core.labels import INTENSITY, AULabel, split_track, track_name
from pipeline.core.tracks import is_track, is_unit, track_order
from pipeline.core.types import EventSpan
from pipeline.store import schema
from pipeline.store.arrays import curve_columns, curve_from
from pipeline.store.records import ClipRecord, EventRecord, new_id, utc_now

if TYPE_CHECKING:
    from pipeline.curves import Curve


def parsed(text: str, kind: type, where: str) -> Any:
    """Parsed JSON of one kind; a damaged cell is a typed error, never a crash later."""
    try:
        value = json.loads(text)
    except (ValueError, TypeError) as error:
        raise ProjectError("a cell is not JSON", where=where, code="project.corrupt") from error
    if not isinstance(value, kind):
        raise ProjectError(
            "a cell holds another kind of value", where=where, code="project.corrupt"
        )
    return value


def dumps(value: object) -> str:
    """JSON text with sorted keys; mappings, records' fields and paths are all that occur."""
    return json.dumps(value, sort_keys=True, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "tolist"):  # numpy scalars and arrays
        return value.tolist()
    return str(value)


# Clips


def clip_columns(record: ClipRecord, project: Path) -> dict[str, Any]:
    """Columns of a clip; its path is also kept relative to the project."""
    return {
        "id": record.id,
        "clip_id": record.clip_id,
        "path": str(record.path),
        "relative_path": _relative(record.path, project.parent),
        "kind": record.kind,
        "content_hash": record.content_hash,
        "n_frames": record.n_frames,
        "fps": record.fps,
        "subject": record.subject,
        "dataset": record.dataset,
        "sheet_row": record.sheet_row,
        "state": record.state,
        "note": record.note,
        "neutral": dumps({str(k): list(v) for k, v in record.neutral.items()}),
        "face_pick": dumps(list(record.face_pick) if record.face_pick else None),
    }


def _relative(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path.absolute(), folder.absolute())).as_posix()
    except ValueError:  # another drive
        return ""


_CLIP_TEXTS = (
    "id", "clip_id", "path", "kind", "content_hash", "subject", "dataset", "state", "note",
)  # fmt: skip


def clip_from(row: RowMapping) -> ClipRecord:
    """The record of a clip's row."""
    where = f"clip {row['clip_id']}"
    if not all(isinstance(row[name], str) for name in _CLIP_TEXTS):
        raise _unreadable("a text is none", where)
    neutral = parsed(row["neutral"], dict, where)
    pick = parsed(row["face_pick"], (list, type(None)), where)  # type: ignore[arg-type]
    try:
        return ClipRecord(
            id=row["id"],
            clip_id=row["clip_id"],
            path=Path(row["path"]),
            kind=row["kind"],
            content_hash=row["content_hash"],
            n_frames=int(row["n_frames"]),
            fps=float(row["fps"]),
            subject=row["subject"],
            dataset=row["dataset"],
            sheet_row=row["sheet_row"],
            state=row["state"],
            note=row["note"],
            neutral={int(k): (int(v[0]), int(v[1])) for k, v in neutral.items()},
            face_pick=(float(pick[0]), float(pick[1]), int(pick[2])) if pick else None,
        )
    except (ValueError, TypeError, IndexError, KeyError, OverflowError) as error:
        raise _unreadable(error, where) from error


def insert_clip(conn: Connection, record: ClipRecord, project: Path) -> None:
    """Add a clip behind the others."""
    last = conn.execute(select(func.max(schema.clips.c.position))).scalar()
    position = 0 if last is None else last + 1
    columns = clip_columns(record, project)
    conn.execute(insert(schema.clips).values(**columns, position=position, created=utc_now()))


def update_clip(conn: Connection, record: ClipRecord, project: Path) -> None:
    """Write a clip's record anew."""
    columns = clip_columns(record, project)
    result = conn.execute(
        update(schema.clips).where(schema.clips.c.id == record.id).values(**columns)
    )
    _must_touch_one(result.rowcount, f"clip {record.clip_id}")


def set_analysis(conn: Connection, clip: str, analysis: str | None) -> None:
    """Point a clip at a run, or at none."""
    result = conn.execute(
        update(schema.clips).where(schema.clips.c.id == clip).values(analysis=analysis)
    )
    _must_touch_one(result.rowcount, f"clip {clip}")


def _must_touch_one(count: int, where: str) -> None:
    if count != 1:
        raise ProjectError(
            "what the edit changes is not in the project",
            where=where,
            remedy="Open the project again",
            code="project.missing_row",
        )


# Events


def event_columns(record: EventRecord) -> dict[str, Any]:
    """Columns of an event; its action units have a table of their own."""
    span = record.span
    return {
        "id": record.id,
        "clip": record.clip_id,
        "face_track": record.face_track,
        "coder": record.coder,
        "onset": int(span.onset),
        "apex": None if span.apex is None else int(span.apex),
        "offset": int(span.offset),
        "emotion": span.emotion,
        "intensity": float(record.intensity),
        "confidence": None if span.confidence is None else float(span.confidence),
        "verbatim_aus": record.verbatim_aus,
        "verdict": record.verdict,
        "note": record.note,
        "based_on": record.based_on,
        "sheet_row": record.sheet_row,
        "predictor": record.predictor or span.predictor,
        "settings": dumps(record.settings),
        "weights_hash": record.weights_hash,
        "created": record.created,
        "changed": record.changed,
    }


def insert_event(conn: Connection, record: EventRecord) -> None:
    """Add an event with its action units."""
    conn.execute(insert(schema.events).values(**event_columns(record)))
    _insert_aus(conn, record)


def update_event(conn: Connection, record: EventRecord) -> None:
    """Write an event and its action units anew."""
    result = conn.execute(
        update(schema.events).where(schema.events.c.id == record.id).values(**event_columns(record))
    )
    _must_touch_one(result.rowcount, f"event {record.id}")
    conn.execute(delete(schema.event_aus).where(schema.event_aus.c.event == record.id))
    _insert_aus(conn, record)


def delete_event(conn: Connection, event: str) -> None:
    """Remove an event with its action units."""
    result = conn.execute(delete(schema.events).where(schema.events.c.id == event))
    _must_touch_one(result.rowcount, f"event {event}")


def _insert_aus(conn: Connection, record: EventRecord) -> None:
    rows = [
        {
            "event": record.id,
            "position": position,
            "au": int(label.au),
            "side": label.side,
            "intensity": label.intensity,
            "uncertain": int(label.uncertain),
        }
        for position, label in enumerate(record.span.aus)
    ]
    if rows:
        conn.execute(insert(schema.event_aus), rows)


def read_events(conn: Connection, clip: str | None, coder: str | None) -> tuple[EventRecord, ...]:
    """Events in order of onset; of one clip and one coder, or of all for None."""
    table = schema.events
    query = select(table).order_by(table.c.onset, table.c.offset, table.c.id)
    aus = select(schema.event_aus).order_by(schema.event_aus.c.position)
    if clip is not None:
        query = query.where(table.c.clip == clip)
        aus = aus.where(
            schema.event_aus.c.event.in_(select(table.c.id).where(table.c.clip == clip))
        )
    if coder is not None:
        query = query.where(table.c.coder == coder)
    labels: dict[str, list[AULabel]] = {}
    for row in conn.execute(aus).mappings():
        labels.setdefault(row["event"], []).append(_label_from(row))
    rows = conn.execute(query).mappings()
    return tuple(_event_from(row, tuple(labels.get(row["id"], ()))) for row in rows)


_EVENT_TEXTS = (
    "verbatim_aus", "verdict", "note", "created", "changed", "predictor", "weights_hash",
    "face_track",
)  # fmt: skip


def _label_from(row: RowMapping) -> AULabel:
    au, side, letter = row["au"], row["side"], row["intensity"]
    if not isinstance(au, int) or side not in ("", "L", "R") or letter not in ("", *INTENSITY):
        raise _unreadable("no action unit", f"event {row['event']}")
    return AULabel(au, side, letter, bool(row["uncertain"]))


def _event_from(row: RowMapping, aus: tuple[AULabel, ...]) -> EventRecord:
    where = f"event {row['id']}"
    if not all(isinstance(row[name], str) for name in ("emotion", "coder", *_EVENT_TEXTS)):
        raise _unreadable("a text is none", where)
    try:
        span = EventSpan(
            onset=int(row["onset"]),
            apex=None if row["apex"] is None else int(row["apex"]),
            offset=int(row["offset"]),
            emotion=row["emotion"],
            aus=aus,
            confidence=None if row["confidence"] is None else float(row["confidence"]),
            predictor=row["predictor"],
        )
        intensity = float(row["intensity"])
        sheet_row = None if row["sheet_row"] is None else int(row["sheet_row"])
        if not 0.0 <= intensity <= 1.0:
            raise ValueError(f"intensity {intensity:g} is not in 0 to 1")
    except (ValueError, TypeError, OverflowError) as error:
        raise _unreadable(error, where) from error
    more = {name: row[name] for name in _EVENT_TEXTS}
    return EventRecord(
        id=row["id"],
        clip_id=row["clip"],
        span=span,
        coder=row["coder"],
        intensity=intensity,
        based_on=row["based_on"],
        sheet_row=sheet_row,
        settings=parsed(row["settings"], dict, where),
        **more,
    )


def _unreadable(why: object, where: str) -> ProjectError:
    return ProjectError(
        f"a row cannot be read ({why})", where=where,
        remedy="Recover what can be read into a new project", code="project.corrupt",
    )  # fmt: skip


# Curves


def read_curves(
    conn: Connection, clip: str, layer: str, names: Iterable[str] | None = None
) -> dict[str, Curve | None]:
    """Stored curves of a layer by track name; None marks one that a person deleted.

    With ``names`` only those are read.

    Raises
    ------
    ProjectError
        ``project.corrupt`` for a row that names no track.
    """
    table = schema.curves
    run = (analysis_of(conn, clip) or "") if layer == "raw" else ""
    query = (
        select(table)
        .where(table.c.clip == clip, table.c.layer == layer, table.c.analysis == run)
        .where(table.c.face_track == "")
        .order_by(table.c.track)
    )
    if names is not None:
        query = query.where(table.c.track.in_(list(names)))
    found: dict[str, Curve | None] = {}
    for row in conn.execute(query).mappings():
        name = _track_from(row, f"clip {clip}")
        found[name] = curve_from(cast("dict[str, Any]", row), where=f"curve {name}")
    return dict(sorted(found.items(), key=lambda item: track_order(item[0])))


def _track_from(row: RowMapping, where: str) -> str:
    """A row's track; its action unit must be the one that the name says."""
    name = row["track"]
    if not isinstance(name, str) or not is_track(name):
        raise _unreadable(f"{repr(name)[:50]} names no track", where)
    if track_columns(name) != {key: row[key] for key in ("track", "au", "side")}:
        raise _unreadable(f"'{name}' is another action unit's", where)
    return name


def track_columns(name: str) -> dict[str, Any]:
    """Columns that say which track a curve belongs to: ``track, au, side``.

    Raises
    ------
    ProjectError
        ``project.track`` for a name that no track may have.
    """
    if is_unit(name):
        au, side = split_track(name)
        if 0 < au < 100 and name == track_name(au, side):
            return {"track": name, "au": au, "side": side}
    elif is_track(name):
        return {"track": name, "au": None, "side": ""}
    raise ProjectError(
        f"{repr(name)[:50]} is no name for a track",
        remedy="A name is a letter, then up to 39 letters, digits and underscores",
        code="project.track",
    )


def curve_row(
    clip: str, layer: str, name: str, curve: Curve | None, run: str = ""
) -> dict[str, Any]:
    """Columns of a curve; ``curve`` None is the mark of a deleted one, ``run`` that of raw ones."""
    # An edited curve that is taken away and brought back has the key that it had.
    own = str(uuid5(NAMESPACE_OID, f"{clip}/{layer}/{name}"))
    key = {"id": own if layer == "edited" else new_id(), "clip": clip, "face_track": ""}
    key |= track_columns(name)
    return key | {"layer": layer, "analysis": run} | curve_columns(curve)


def put_curve(conn: Connection, clip: str, name: str, curve: Curve | None) -> None:
    """Write one row of the edited layer."""
    drop_curve(conn, clip, name)
    conn.execute(insert(schema.curves), curve_row(clip, "edited", name, curve))


def drop_curve(conn: Connection, clip: str, name: str) -> None:
    """Remove one row of the edited layer."""
    conn.execute(delete(schema.curves).where(*_curve_key(clip, "edited", name)))


def _curve_key(clip: str, layer: str, name: str, run: str = "") -> list[Any]:
    table = schema.curves
    return [
        table.c.clip == clip, table.c.layer == layer, table.c.analysis == run,
        table.c.face_track == "", table.c.track == name,
    ]  # fmt: skip


def put_edited(conn: Connection, clip: str, name: str, curve: Curve | None) -> None:
    """Write to the edited layer, which holds only what differs from the raw one.

    So a new analysis reaches every curve that no person has touched, and setting a curve
    back to the prediction leaves no trace.
    """
    run = analysis_of(conn, clip)
    query = select(schema.curves.c.data).where(*_curve_key(clip, "raw", name, run or ""))
    raw = conn.execute(query).scalar_one_or_none() if run else None
    data = curve_columns(curve)["data"]
    if data == raw or (curve is None and raw is None):
        drop_curve(conn, clip, name)
    else:
        put_curve(conn, clip, name, curve)


def overlaid(
    raw: Mapping[str, Curve | None], edited: Mapping[str, Curve | None]
) -> dict[str, Curve]:
    """The edited layer as it is shown: raw where no person has touched it."""
    merged: dict[str, Curve | None] = {**raw, **edited}
    names: Iterable[str] = sorted(merged, key=track_order)
    return {name: curve for name in names if (curve := merged[name]) is not None}


def analysis_of(conn: Connection, clip: str) -> str | None:
    """The run that a clip points at."""
    query = select(schema.clips.c.analysis).where(schema.clips.c.id == clip)
    return conn.execute(query).scalar()
