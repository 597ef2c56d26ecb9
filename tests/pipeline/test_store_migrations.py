"""Old projects are brought up to date, damaged ones are saved as far as they can be read."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sqlite3
import struct
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection

from pipeline.core.errors import ProjectError
from pipeline.store import AddEvent, ProjectStore, SetCurve, migrations, recover, schema
from tests.pipeline.projects import bump, clip_record, event_record, project

#: Version 1 as it was first released (what SQLite kept of it).
V1 = """
CREATE TABLE schema_version (
    version INTEGER NOT NULL,
    at TEXT DEFAULT '' NOT NULL,
    PRIMARY KEY (version)
);
CREATE TABLE clips (
    id TEXT NOT NULL,
    clip_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    path TEXT DEFAULT '' NOT NULL,
    relative_path TEXT DEFAULT '' NOT NULL,
    kind TEXT DEFAULT 'video' NOT NULL,
    content_hash TEXT DEFAULT '' NOT NULL,
    n_frames INTEGER NOT NULL,
    fps FLOAT NOT NULL,
    subject TEXT DEFAULT '' NOT NULL,
    dataset TEXT DEFAULT '' NOT NULL,
    sheet_row INTEGER,
    state TEXT DEFAULT 'untouched' NOT NULL,
    note TEXT DEFAULT '' NOT NULL,
    neutral TEXT DEFAULT '{}' NOT NULL,
    face_pick TEXT DEFAULT 'null' NOT NULL,
    analysis TEXT,
    created TEXT DEFAULT '' NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (clip_id)
);
CREATE TABLE profiles (
    emotion TEXT NOT NULL,
    m_e FLOAT NOT NULL,
    m_au TEXT DEFAULT '{}' NOT NULL,
    PRIMARY KEY (emotion)
);
CREATE TABLE settings (
    scope TEXT NOT NULL,
    "key" TEXT NOT NULL,
    value TEXT DEFAULT 'null' NOT NULL,
    PRIMARY KEY (scope, "key")
);
CREATE TABLE history (
    id INTEGER NOT NULL,
    at TEXT DEFAULT '' NOT NULL,
    who TEXT DEFAULT '' NOT NULL,
    clip TEXT,
    what TEXT DEFAULT '' NOT NULL,
    label TEXT DEFAULT '' NOT NULL,
    old TEXT DEFAULT 'null' NOT NULL,
    new TEXT DEFAULT 'null' NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX history_of_clip ON history (clip);
CREATE TABLE events (
    id TEXT NOT NULL,
    clip TEXT NOT NULL,
    face_track TEXT DEFAULT '' NOT NULL,
    coder TEXT DEFAULT '' NOT NULL,
    onset INTEGER NOT NULL,
    apex INTEGER,
    "offset" INTEGER NOT NULL,
    emotion TEXT DEFAULT '' NOT NULL,
    intensity FLOAT NOT NULL,
    confidence FLOAT,
    verbatim_aus TEXT DEFAULT '' NOT NULL,
    verdict TEXT DEFAULT '' NOT NULL,
    note TEXT DEFAULT '' NOT NULL,
    based_on TEXT,
    sheet_row INTEGER,
    predictor TEXT DEFAULT '' NOT NULL,
    settings TEXT DEFAULT '{}' NOT NULL,
    weights_hash TEXT DEFAULT '' NOT NULL,
    created TEXT DEFAULT '' NOT NULL,
    changed TEXT DEFAULT '' NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(clip) REFERENCES clips (id) ON DELETE CASCADE
);
CREATE INDEX events_of_clip ON events (clip, coder);
CREATE TABLE curves (
    id TEXT NOT NULL,
    clip TEXT NOT NULL,
    face_track TEXT DEFAULT '' NOT NULL,
    au INTEGER NOT NULL,
    side TEXT DEFAULT '' NOT NULL,
    layer TEXT DEFAULT '' NOT NULL,
    analysis TEXT DEFAULT '' NOT NULL,
    dtype TEXT DEFAULT '' NOT NULL,
    shape TEXT DEFAULT '' NOT NULL,
    encoding TEXT DEFAULT 'raw' NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (clip, face_track, au, side, layer, analysis),
    FOREIGN KEY(clip) REFERENCES clips (id) ON DELETE CASCADE
);
CREATE TABLE analyses (
    id TEXT NOT NULL,
    clip TEXT NOT NULL,
    face_track TEXT DEFAULT '' NOT NULL,
    predictor TEXT DEFAULT '' NOT NULL,
    settings TEXT DEFAULT '{}' NOT NULL,
    weights_hash TEXT DEFAULT '' NOT NULL,
    names TEXT DEFAULT '{}' NOT NULL,
    created TEXT DEFAULT '' NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(clip) REFERENCES clips (id) ON DELETE CASCADE
);
CREATE TABLE modulations (
    clip TEXT NOT NULL,
    override TEXT DEFAULT '' NOT NULL,
    intensity FLOAT NOT NULL,
    PRIMARY KEY (clip),
    FOREIGN KEY(clip) REFERENCES clips (id) ON DELETE CASCADE
);
CREATE TABLE event_aus (
    event TEXT NOT NULL,
    position INTEGER NOT NULL,
    au INTEGER NOT NULL,
    side TEXT DEFAULT '' NOT NULL,
    intensity TEXT DEFAULT '' NOT NULL,
    uncertain INTEGER NOT NULL,
    PRIMARY KEY (event, position),
    FOREIGN KEY(event) REFERENCES events (id) ON DELETE CASCADE
);
CREATE TABLE arrays (
    analysis TEXT NOT NULL,
    name TEXT NOT NULL,
    chunk INTEGER NOT NULL,
    chunks INTEGER NOT NULL,
    dtype TEXT DEFAULT '' NOT NULL,
    shape TEXT DEFAULT '' NOT NULL,
    encoding TEXT DEFAULT 'raw' NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (analysis, name, chunk),
    FOREIGN KEY(analysis) REFERENCES analyses (id) ON DELETE CASCADE
);
"""

#: Version 2, written down so that a change of `schema` without a migration is noticed.
V2_COLUMNS = {
    "analyses": "id clip face_track predictor settings weights_hash names created",
    "arrays": "analysis name chunk chunks dtype shape encoding data",
    "clips": "id clip_id position path relative_path kind content_hash n_frames fps subject "
    "dataset sheet_row state note neutral face_pick analysis created",
    "curves": "id clip face_track track au side layer analysis dtype shape encoding data",
    "event_aus": "event position au side intensity uncertain",
    "events": "id clip face_track coder onset apex offset emotion intensity confidence "
    "verbatim_aus verdict note based_on sheet_row predictor settings weights_hash created changed",
    "history": "id at who clip what label old new",
    "modulations": "clip override intensity",
    "profiles": "emotion m_e m_au",
    "schema_version": "version at",
    "settings": "scope key value",
}


def v1(path: Path) -> None:
    """A project of version 1, made by SQL alone."""
    db = sqlite3.connect(path)
    db.execute("PRAGMA application_id=0x54656C6C")
    db.executescript(V1)
    db.execute("INSERT INTO schema_version VALUES (1, '2026-01-01T00:00:00+00:00')")
    db.execute(
        "INSERT INTO clips VALUES ('c1', 'sub01/EP02_01f', 0, '/m/EP02_01f', '', 'images', '',"
        " 120, 200.0, '01', 'CASME2', 3, 'done', '', '{\"0\": [2, 9]}', 'null', NULL, '')"
    )
    db.execute(
        "INSERT INTO events VALUES ('e1', 'c1', '', 'ana', 46, 59, 86, 'happiness', 1.0, NULL,"
        " 'L2+26', '', '', NULL, 3, '', '{}', '', '', '')"
    )
    db.execute("INSERT INTO event_aus VALUES ('e1', 0, 2, 'L', '', 0), ('e1', 1, 26, '', 'b', 1)")
    db.execute("UPDATE event_aus SET intensity = upper(intensity)")
    keys = struct.pack("<10d", 0.0, 0.0, 0.0, 0.0, 0.0, 0.25, 0.5, 0.0, 0.0, 0.0)
    db.execute(
        "INSERT INTO curves VALUES ('k1', 'c1', '', 12, 'L', 'edited', '', '<f8', '[2, 5]',"
        " 'raw', ?)",
        (keys,),
    )
    db.commit()
    db.close()


def test_the_schema_is_the_one_of_its_version() -> None:
    columns = {
        name: {column.name for column in table.columns}
        for name, table in schema.metadata.tables.items()
    }
    assert schema.SCHEMA_VERSION == 2
    assert columns == {name: set(text.split()) for name, text in V2_COLUMNS.items()}


def test_a_project_of_version_1_opens_with_all_it_holds(tmp_path: Path) -> None:
    v1(tmp_path / "old.tell")
    with ProjectStore.open(tmp_path / "old.tell") as store:
        (clip,) = store.clips()
        assert (clip.subject, clip.sheet_row, clip.state) == ("01", 3, "done")
        assert clip.neutral == {0: (2, 9)}
        (event,) = store.events("c1")
        assert event.sheet_row == 3
        assert (event.span.onset, event.span.apex, event.span.offset) == (46, 59, 86)
        assert [str(label) for label in event.span.aus] == ["L2", "26b?"]
        assert store.curves("c1", "edited")["AU12_L"](0.25) == 0.5
        AddEvent(event_record("c1")).apply(store)


def test_a_project_of_version_1_takes_curves_of_any_track(tmp_path: Path) -> None:
    path = tmp_path / "old.tell"
    v1(path)
    with ProjectStore.open(path) as store:
        SetCurve("c1", "mouth_left_y", old=None, new=bump(-0.5)).apply(store)
        SetCurve("c1", "AU12_L", old=store.curves("c1", "edited")["AU12_L"], new=None).apply(store)
        with store.reading() as conn:
            assert conn.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            assert conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    with ProjectStore.open(path) as again:
        assert again.curves("c1", "edited") == {"mouth_left_y": bump(-0.5)}
    assert tables_of(path) == tables_of(_fresh(tmp_path))


def _fresh(folder: Path) -> Path:
    ProjectStore.create(folder / "fresh.tell").close()
    return folder / "fresh.tell"


def tables_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Columns of every table as SQLite has them: type, not null, default, primary key."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        return {
            name: [row[1:] for row in db.execute(f"PRAGMA table_info({name})")]
            + db.execute(f"PRAGMA foreign_key_list({name})").fetchall()
            for name in sorted(names)
        }


def test_a_project_of_version_1_is_read_without_a_change(tmp_path: Path) -> None:
    path = tmp_path / "old.tell"
    v1(path)
    before = path.read_bytes()
    with ProjectStore.open(path, read_only=True) as store:
        assert store.path == path
        assert store.curves("c1", "edited")["AU12_L"](0.25) == 0.5
        assert store.analysis("c1") is None
        store.save_copy(tmp_path / "copy.tell")
    assert path.read_bytes() == before
    assert sorted(found.name for found in tmp_path.iterdir()) == ["copy.tell", "old.tell"]
    with ProjectStore.open(tmp_path / "copy.tell") as copy:
        assert copy.curves("c1", "edited")["AU12_L"](0.25) == 0.5


def test_a_project_of_a_later_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "new.tell"
    v1(path)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO schema_version VALUES (3, '')")
        db.commit()
    before = path.read_bytes()
    for read_only in (True, False):
        with pytest.raises(ProjectError) as caught:
            ProjectStore.open(path, read_only=read_only)
        assert caught.value.code == "project.newer"
    assert path.read_bytes() == before


def _die_midway(path: Path) -> None:
    """Open a project with a migration that is killed when all of it but its end is done."""
    real = migrations.MIGRATIONS[1]

    def killed(conn: Connection) -> None:
        real(conn)
        os.kill(os.getpid(), signal.SIGKILL)

    migrations.MIGRATIONS = {1: killed}
    ProjectStore.open(path)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_migration_that_is_killed_midway_leaves_the_old_project(tmp_path: Path) -> None:
    path = tmp_path / "old.tell"
    v1(path)
    process = multiprocessing.get_context("forkserver").Process(target=_die_midway, args=(path,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    with ProjectStore.open(path, read_only=True) as store:  # as it was, with its log lying about
        assert store.curves("c1", "edited")["AU12_L"](0.25) == 0.5
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT max(version) FROM schema_version").fetchone() == (1,)
        assert db.execute("SELECT au, side FROM curves").fetchall() == [(12, "L")]
    with ProjectStore.open(path) as store:
        assert store.read_only == ""
        assert store.curves("c1", "edited")["AU12_L"](0.25) == 0.5
        assert store.events("c1")[0].span.onset == 46


def test_an_impossible_unit_in_an_old_project_is_a_typed_error(tmp_path: Path) -> None:
    path = tmp_path / "old.tell"
    v1(path)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE curves SET au = 'x', side = 'upper'")
        db.commit()
    with ProjectStore.open(path) as store:
        with pytest.raises(ProjectError) as caught:
            store.curves("c1", "edited")
        assert caught.value.code == "project.corrupt"


def test_what_can_be_read_of_a_damaged_old_project_is_saved_as_a_new_one(tmp_path: Path) -> None:
    v1(tmp_path / "old.tell")
    recover(tmp_path / "old.tell", tmp_path / "saved.tell")
    with ProjectStore.open(tmp_path / "saved.tell") as saved:
        assert saved.curves("c1", "edited")["AU12_L"](0.25) == 0.5
        assert saved.events("c1")[0].span.onset == 46


@pytest.fixture
def version_4(monkeypatch: pytest.MonkeyPatch) -> None:
    """A studio two versions later: clips get a colour, and events a second thought."""

    def to_3(conn: Connection) -> None:
        conn.exec_driver_sql("ALTER TABLE clips ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey'")

    def to_4(conn: Connection) -> None:
        conn.exec_driver_sql("UPDATE events SET note = 'seen by version 4'")

    monkeypatch.setattr(schema, "SCHEMA_VERSION", 4)
    monkeypatch.setattr(migrations, "MIGRATIONS", {**migrations.MIGRATIONS, 2: to_3, 3: to_4})


def test_an_older_project_is_copied_and_brought_up_to_date(tmp_path: Path, version_4: None) -> None:
    path = tmp_path / "old.tell"
    v1(path)
    with ProjectStore.open(path) as store:
        assert store.events("c1")[0].note == "seen by version 4"
        with store.reading() as conn:
            assert conn.exec_driver_sql("SELECT colour FROM clips").scalar() == "grey"
            versions = conn.exec_driver_sql("SELECT version FROM schema_version").scalars().all()
    assert versions == [1, 2, 3, 4]
    backup = sqlite3.connect(tmp_path / "old.tell.v1.bak")
    assert backup.execute("SELECT max(version) FROM schema_version").fetchone() == (1,)
    backup.close()
    with ProjectStore.open(path) as again:  # a second opening migrates nothing
        assert again.events("c1")[0].span.onset == 46


def test_a_migration_that_fails_leaves_the_project_as_it_was(
    tmp_path: Path, version_4: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(conn: Connection) -> None:
        conn.exec_driver_sql("DELETE FROM events")
        raise ProjectError("the last step fails")

    monkeypatch.setattr(migrations, "MIGRATIONS", {**migrations.MIGRATIONS, 3: breaks})
    path = tmp_path / "old.tell"
    v1(path)
    with pytest.raises(ProjectError, match="last step"):
        ProjectStore.open(path)
    left = sqlite3.connect(path)
    assert left.execute("SELECT count(*) FROM events").fetchone() == (1,)
    assert left.execute("SELECT max(version) FROM schema_version").fetchone() == (1,)
    assert "colour" not in [row[1] for row in left.execute("PRAGMA table_info(clips)")]
    left.close()


def test_a_version_without_a_way_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "SCHEMA_VERSION", schema.SCHEMA_VERSION + 1)
    v1(tmp_path / "old.tell")
    with pytest.raises(ProjectError) as caught:
        ProjectStore.open(tmp_path / "old.tell")
    assert caught.value.code == "project.migration"


def test_what_can_be_read_of_a_damaged_project_is_saved(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    for onset in range(150):
        AddEvent(event_record(clip.id, onset)).apply(store)
    SetCurve(clip.id, "AU12_L", old=None, new=bump()).apply(store)
    store.close()
    path = tmp_path / "study.tell"
    content = bytearray(path.read_bytes())
    page = struct.unpack(">H", content[16:18])[0]
    root = sqlite3.connect(path)
    leaf = root.execute(
        "SELECT pageno FROM dbstat WHERE name='events' AND pagetype='leaf' ORDER BY pageno"
    ).fetchall()[1][0] if _has_dbstat(root) else 14  # fmt: skip
    root.close()
    content[(leaf - 1) * page : leaf * page] = os.urandom(page)
    path.write_bytes(content)
    with pytest.raises(ProjectError):
        ProjectStore.open(path)

    recovered = recover(path, tmp_path / "saved.tell")
    assert path.read_bytes() == bytes(content)
    with ProjectStore.open(tmp_path / "saved.tell") as saved:
        assert [record.id for record in saved.clips()] == [clip.id]
        assert saved.curves(clip.id, "edited")["AU12_L"] == bump()
        events = saved.events(clip.id)
    assert 50 < len(events) < 150
    assert "events" in recovered.damaged and recovered.rows["clips"] == 1


def _has_dbstat(db: sqlite3.Connection) -> bool:
    return any("DBSTAT" in row[0] for row in db.execute("PRAGMA compile_options"))


def test_rows_whose_clip_is_lost_do_not_break_what_is_saved(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    other = store.add_clip(clip_record("sub02/EP01"))
    AddEvent(event_record(clip.id)).apply(store)
    AddEvent(event_record(other.id)).apply(store)
    store.close()
    raw = sqlite3.connect(tmp_path / "study.tell")  # foreign keys are off here
    raw.execute("DELETE FROM clips WHERE id = ?", (clip.id,))
    raw.commit()
    raw.close()
    recover(tmp_path / "study.tell", tmp_path / "saved.tell")
    with ProjectStore.open(tmp_path / "saved.tell") as saved:
        assert [event.clip_id for event in saved.events()] == [other.id]
