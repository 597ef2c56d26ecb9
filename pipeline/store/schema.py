"""The tables of a project file. Portable SQL; SQLite's own settings stand in `connection`.

Keys are UUID text, so that two coders' files can be merged. Times are ISO 8601 UTC text.
Frames are 0-based and inclusive, curves are in seconds of their clip.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

#: Version of the schema below; a change of a table adds a step to `migrations` and one here.
SCHEMA_VERSION = 2
#: "Tell" in ASCII: marks our files in SQLite's header.
APPLICATION_ID = 0x54656C6C

metadata = MetaData()


def _text(name: str, default: str = "") -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


def _clip_key(*, primary: bool = False) -> Column[str]:
    return Column(
        "clip", Text, ForeignKey("clips.id", ondelete="CASCADE"), nullable=False,
        primary_key=primary,
    )  # fmt: skip


schema_version = Table(
    "schema_version",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    _text("at"),
)

clips = Table(
    "clips",
    metadata,
    Column("id", Text, primary_key=True),
    Column("clip_id", Text, nullable=False, unique=True),
    Column("position", Integer, nullable=False),
    _text("path"),
    _text("relative_path"),
    _text("kind", "video"),
    _text("content_hash"),
    Column("n_frames", Integer, nullable=False),
    Column("fps", Float, nullable=False),
    _text("subject"),
    _text("dataset"),
    Column("sheet_row", Integer),
    _text("state", "untouched"),
    _text("note"),
    _text("neutral", "{}"),
    _text("face_pick", "null"),
    Column("analysis", Text),
    _text("created"),
)

events = Table(
    "events",
    metadata,
    Column("id", Text, primary_key=True),
    _clip_key(),
    _text("face_track"),
    _text("coder"),
    Column("onset", Integer, nullable=False),
    Column("apex", Integer),
    Column("offset", Integer, nullable=False),
    _text("emotion"),
    Column("intensity", Float, nullable=False),
    Column("confidence", Float),
    _text("verbatim_aus"),
    _text("verdict"),
    _text("note"),
    Column("based_on", Text),
    Column("sheet_row", Integer),
    _text("predictor"),
    _text("settings", "{}"),
    _text("weights_hash"),
    _text("created"),
    _text("changed"),
    Index("events_of_clip", "clip", "coder"),
)

event_aus = Table(
    "event_aus",
    metadata,
    Column("event", Text, ForeignKey("events.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("au", Integer, nullable=False),
    _text("side"),
    _text("intensity"),
    Column("uncertain", Integer, nullable=False),
)

#: The raw layer's rows name the run they came from, and count while the clip points at it.
#: ``track`` is the key; ``au`` and ``side`` say which unit it is, ``au`` is null for others.
curves = Table(
    "curves",
    metadata,
    Column("id", Text, primary_key=True),
    _clip_key(),
    _text("face_track"),
    Column("track", Text, nullable=False),
    Column("au", Integer),
    _text("side"),
    _text("layer"),
    _text("analysis"),
    _text("dtype"),
    _text("shape"),
    _text("encoding", "raw"),
    Column("data", LargeBinary, nullable=False),
    UniqueConstraint("clip", "face_track", "track", "layer", "analysis"),
)

analyses = Table(
    "analyses",
    metadata,
    Column("id", Text, primary_key=True),
    _clip_key(),
    _text("face_track"),
    _text("predictor"),
    _text("settings", "{}"),
    _text("weights_hash"),
    _text("names", "{}"),
    _text("created"),
)

arrays = Table(
    "arrays",
    metadata,
    Column("analysis", Text, ForeignKey("analyses.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("chunk", Integer, primary_key=True, autoincrement=False),
    Column("chunks", Integer, nullable=False),
    _text("dtype"),
    _text("shape"),
    _text("encoding", "raw"),
    Column("data", LargeBinary, nullable=False),
)

profiles = Table(
    "profiles",
    metadata,
    Column("emotion", Text, primary_key=True),
    Column("m_e", Float, nullable=False),
    _text("m_au", "{}"),
)

modulations = Table(
    "modulations",
    metadata,
    _clip_key(primary=True),
    _text("override"),
    Column("intensity", Float, nullable=False),
)

#: ``scope`` is "project", "head", "rig" or "session" (where the person left off).
settings = Table(
    "settings",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    _text("value", "null"),
)

history = Table(
    "history",
    metadata,
    Column("id", Integer, primary_key=True),
    _text("at"),
    _text("who"),
    Column("clip", Text),
    _text("what"),
    _text("label"),
    _text("old", "null"),
    _text("new", "null"),
    Index("history_of_clip", "clip"),
)
