"""A project file: what it keeps, and what it says when it cannot be used."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.errors import ProjectError
from pipeline.store import (
    AddEvent,
    ProjectStore,
    SetClip,
    SetCurve,
    connection,
    schema,
)
from tests.pipeline.projects import bump, clip_record, event_record, project


def test_a_project_keeps_clips_events_and_curves_over_closing(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    event = event_record(clip.id, verbatim_aus="L12c + 4b?+17")
    AddEvent(event).apply(store)
    curve = bump()
    SetCurve(clip.id, "AU12_L", old=None, new=curve).apply(store)
    changed = replace(clip, state="in work", note="blinks", neutral={0: (3, 9)})
    changed = replace(changed, face_pick=(320.5, 200.25, 7), subject="01", sheet_row=4)
    SetClip(clip, changed).apply(store)
    store.close()

    with ProjectStore.open(tmp_path / "study.tell") as again:
        assert again.clips() == (changed,)
        assert again.events(clip.id) == (event,)
        stored = again.curves(clip.id, "edited")["AU12_L"]
        for name in ("t", "v", "m_in", "m_out", "mode"):
            assert np.array_equal(getattr(stored, name), getattr(curve, name))
        assert again.curves(clip.id, "raw") == {}


def test_a_closed_project_is_one_file(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    AddEvent(event_record(clip.id)).apply(store)
    store.close()
    store.close()  # a second close does nothing
    assert [path.name for path in tmp_path.iterdir()] == ["study.tell"]


def test_sqlite_is_set_for_safety(tmp_path: Path) -> None:
    store, _ = project(tmp_path)
    with store, store.reading() as conn:
        read = {
            name: conn.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "application_id")
        }
    assert read == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "application_id": 0x54656C6C,
    }  # fmt: skip


def test_the_header_names_our_files_to_other_programs(tmp_path: Path) -> None:
    project(tmp_path)[0].close()
    header = (tmp_path / "study.tell").read_bytes()[:100]
    assert header[68:72] == b"Tell"


def test_every_edit_leaves_who_when_what_old_and_new(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    with store:
        edit = SetClip(clip, replace(clip, note="later"))
        edit.apply(store)
        edit.revert(store)
        undone, done = store.history(clip.id)
    assert (done.who, done.what, done.label) == ("ana", "SetClip", "Change clip")
    assert '"note": ""' in done.old and '"note": "later"' in done.new
    assert undone.what == "undo SetClip" and undone.at >= done.at
    assert done.at.endswith("+00:00")


def test_an_event_of_a_clip_that_is_not_there_is_refused(tmp_path: Path) -> None:
    store, _ = project(tmp_path)
    with store:
        before = store.fingerprint()
        with pytest.raises(ProjectError):
            AddEvent(event_record("nobody")).apply(store)
        assert store.fingerprint() == before
        assert store.history() == ()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "project.not_a_project"),
        (os.urandom(5000), "project.not_a_project"),
        (b"SQLite format 3\x00" + os.urandom(5000), "project.not_a_project"),
        (b"SQLite format 3\x00", "project.not_a_project"),
    ],
)
def test_a_file_that_is_no_project_is_named_and_left_alone(
    tmp_path: Path, content: bytes, code: str
) -> None:
    path = tmp_path / "x.tell"
    path.write_bytes(content)
    with pytest.raises(ProjectError) as caught:
        ProjectStore.open(path)
    assert caught.value.code == code
    assert str(path) in str(caught.value) and caught.value.remedy
    assert path.read_bytes() == content


def test_another_programs_database_is_no_project(tmp_path: Path) -> None:
    path = tmp_path / "x.tell"
    other = sqlite3.connect(path)
    other.execute("create table places (id)")
    other.commit()
    other.close()
    with pytest.raises(ProjectError, match="not a Tell Studio project"):
        ProjectStore.open(path)


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(ProjectError) as caught:
        ProjectStore.open(tmp_path / "gone.tell")
    assert caught.value.code == "project.missing"
    with pytest.raises(ProjectError) as caught:
        ProjectStore.open(tmp_path)
    assert caught.value.code == "project.not_a_project"
    with pytest.raises(ProjectError) as caught:
        ProjectStore.create(tmp_path / "no" / "folder.tell")
    assert caught.value.code == "project.read_only"


def test_creating_never_overwrites(tmp_path: Path) -> None:
    project(tmp_path)[0].close()
    with pytest.raises(ProjectError) as caught:
        ProjectStore.create(tmp_path / "study.tell")
    assert caught.value.code == "project.exists"


def test_a_project_of_a_newer_studio_is_left_as_it_is(tmp_path: Path) -> None:
    project(tmp_path)[0].close()
    path = tmp_path / "study.tell"
    newer = sqlite3.connect(path)
    newer.execute("insert into schema_version values (99, '')")
    newer.commit()
    newer.close()
    before = path.read_bytes()
    with pytest.raises(ProjectError, match="newer version") as caught:
        ProjectStore.open(path)
    assert caught.value.code == "project.newer"
    assert caught.value.params["version"] == 99
    assert path.read_bytes() == before


def test_a_damaged_project_is_said_and_left_as_it_is(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    for onset in range(200):
        AddEvent(event_record(clip.id, onset)).apply(store)
    store.close()
    path = tmp_path / "study.tell"
    content = bytearray(path.read_bytes())
    page = struct.unpack(">H", content[16:18])[0]
    content[20 * page : 24 * page] = os.urandom(4 * page)
    path.write_bytes(content)
    with pytest.raises(ProjectError) as caught:
        ProjectStore.open(path)
    assert caught.value.code == "project.corrupt"
    assert "recover" in caught.value.remedy
    assert path.read_bytes() == bytes(content)


def test_a_project_without_one_of_its_tables_is_damaged(tmp_path: Path) -> None:
    project(tmp_path)[0].close()
    path = tmp_path / "study.tell"
    raw = sqlite3.connect(path)
    raw.execute("drop table curves")
    raw.commit()
    raw.close()
    with pytest.raises(ProjectError, match="no table curves"):
        ProjectStore.open(path)


def test_where_nothing_can_be_written_the_project_opens_for_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, clip = project(tmp_path)
    event = event_record(clip.id)
    AddEvent(event).apply(store)
    store.close()
    monkeypatch.setattr(connection, "can_write", lambda path: False)
    with ProjectStore.open(tmp_path / "study.tell") as reading:
        assert "cannot be written" in reading.read_only
        assert reading.events(clip.id) == (event,)
        with pytest.raises(ProjectError, match="takes no edits") as caught:
            AddEvent(event_record(clip.id)).apply(reading)
        assert caught.value.code == "project.read_only"
    assert [path.name for path in tmp_path.iterdir()] == ["study.tell"]


@contextlib.contextmanager
def _as_a_person_without_rights() -> Iterator[None]:
    """Root may write everywhere, so it steps back for a moment."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_read_only_folder_opens_for_reading() -> None:
    folder = Path(tempfile.mkdtemp(prefix="tell-read-only-"))
    try:
        project(folder)[0].close()
        (folder / "study.tell").chmod(0o444)
        folder.chmod(0o555)
        with _as_a_person_without_rights(), ProjectStore.open(folder / "study.tell") as store:
            assert "cannot be written" in store.read_only
            assert len(store.clips()) == 1
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_log_left_by_a_kill_is_read_even_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, clip = project(tmp_path)
    AddEvent(event_record(clip.id)).apply(store)
    killed = tmp_path / "killed"
    killed.mkdir()
    for suffix in ("", "-wal"):
        part = tmp_path / f"study.tell{suffix}"
        (killed / part.name).write_bytes(part.read_bytes())
    store.close()
    monkeypatch.setattr(connection, "can_write", lambda path: False)
    with ProjectStore.open(killed / "study.tell") as reading:
        assert len(reading.events(clip.id)) == 1


def test_a_full_disk_changes_nothing_and_says_so(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    with store:
        first = event_record(clip.id)
        AddEvent(first).apply(store)
        with store.reading() as conn:
            pages = conn.exec_driver_sql("PRAGMA page_count").scalar()
            conn.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        before, history = store.fingerprint(), store.history()
        with pytest.raises(ProjectError) as caught:
            SetCurve(clip.id, "AU4_L", old=None, new=bump(keys=3000)).apply(store)
        assert caught.value.code == "project.disk_full"
        assert store.fingerprint() == before and store.history() == history
        with store.reading() as conn:  # somebody made room
            conn.exec_driver_sql("PRAGMA max_page_count=1073741823")
        SetCurve(clip.id, "AU4_L", old=None, new=bump(keys=3000)).apply(store)
        assert "AU4_L" in store.curves(clip.id, "edited")


_HOLD = """
import sys
from pipeline.store import ProjectStore
store = ProjectStore.open(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
store.close()
"""


def test_a_second_studio_opens_for_reading_until_the_first_is_gone(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    store.close()
    path = tmp_path / "study.tell"
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as first:  # fmt: skip
        assert first.stdout is not None and first.stdin is not None
        assert first.stdout.readline() == "open\n"
        with ProjectStore.open(path) as second:
            assert "another studio" in second.read_only
            assert [record.id for record in second.clips()] == [clip.id]
        first.kill()  # even killed it lets go
    with ProjectStore.open(path) as third:
        assert third.read_only == ""


def test_reading_a_project_leaves_no_files_beside_it(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    store.close()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with ProjectStore.open(tmp_path / "study.tell", read_only=True) as reader:
        assert reader.clips() == (clip,)
        assert reader.analysis(clip.id) is None
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_copy_holds_everything_and_never_replaces_an_open_project(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    AddEvent(event_record(clip.id)).apply(store)
    with store:
        store.save_copy(tmp_path / "copy.tell")
        with ProjectStore.open(tmp_path / "copy.tell") as copy:
            assert copy.fingerprint() == store.fingerprint()
            with pytest.raises(ProjectError) as caught:
                store.save_copy(tmp_path / "copy.tell")
            assert caught.value.code == "project.locked"
        store.save_copy(tmp_path / "copy.tell")
        with pytest.raises(ProjectError, match="the project itself"):
            store.save_copy(tmp_path / "study.tell")


def test_a_copy_over_a_killed_project_does_not_inherit_its_log(tmp_path: Path) -> None:
    store, _ = project(tmp_path)
    other, other_clip = project(tmp_path, "other.tell")
    AddEvent(event_record(other_clip.id)).apply(other)
    killed = tmp_path / "killed.tell"
    for suffix in ("", "-wal"):
        (tmp_path / f"killed.tell{suffix}").write_bytes(
            (tmp_path / f"other.tell{suffix}").read_bytes()
        )
    other.close()
    with store:
        store.save_copy(killed)
        with ProjectStore.open(killed) as copy:
            assert copy.fingerprint() == store.fingerprint()


def test_clip_ids_are_unique_and_a_free_one_is_found(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    with store:
        assert store.free_clip_id("face") == "face"
        assert store.free_clip_id(clip.clip_id) == f"{clip.clip_id}-2"
        with pytest.raises(ProjectError):
            store.add_clip(clip_record(clip.clip_id))


def test_media_that_moved_with_the_project_is_found(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    (before / "films").mkdir(parents=True)
    film = before / "films" / "face.mp4"
    film.write_bytes(b"film")
    store = ProjectStore.create(before / "study.tell")
    clip = store.add_clip(replace(clip_record("face"), path=film))
    assert store.media_path(clip) == film
    store.close()
    before.rename(after)
    with ProjectStore.open(after / "study.tell") as moved:
        (found,) = moved.clips()
        assert moved.media_path(found) == after / "films" / "face.mp4"


@pytest.mark.parametrize(
    "damage",
    [
        "update events set onset = 'soon'",
        "update events set coder = 3.5",
        "update events set settings = '[1'",
        "update event_aus set side = 'both'",
        "update event_aus set au = 'twelve'",
        "update curves set au = 'twelve'",
        "update curves set side = 'M'",
        "update curves set au = -3",
        "insert into modulations select id, '', 7.5 from clips",
        "insert into profiles values ('fear', 99.0, '{}')",
        "insert into profiles values ('fear', 1.0, '{\"x\": 1}')",
        "update clips set neutral = '{\"0\": 3}'",
        "update clips set n_frames = 'many'",
        "update clips set n_frames = 9e999",
        "update clips set clip_id = x'00ff'",
        "update events set intensity = -1",
        "update events set intensity = 1e300",
        "update events set onset = 9e999",
    ],
)
def test_rows_that_hold_something_else_are_a_typed_error(tmp_path: Path, damage: str) -> None:
    store, clip = project(tmp_path)
    with store:
        AddEvent(event_record(clip.id)).apply(store)
        SetCurve(clip.id, "AU12_L", new=bump()).apply(store)
        with store.transaction() as conn:
            conn.exec_driver_sql(damage)
        if "coder = 3.5" in damage:  # the column makes text of it, as it should
            assert store.events(clip.id)[0].coder == "3.5"
            return
        with pytest.raises(ProjectError) as caught:
            store.events(clip.id)
            store.curves(clip.id, "edited")
            store.modulation(clip.id)
            store.clips()
        assert caught.value.code == "project.corrupt"


def test_settings_have_scopes(tmp_path: Path) -> None:
    store, _ = project(tmp_path)
    with store:
        store.set_settings({"name": "ict", "shine": 0.25}, scope="head")
        store.set_setting("clip", "abc", scope="session")
        assert store.settings("head") == {"name": "ict", "shine": 0.25}
        assert store.setting("clip") is None
        before = store.fingerprint()
        store.set_setting("clip", None, scope="session")
        assert store.fingerprint() == before  # where a person was is not the document
        assert store.settings("session") == {}


def test_a_closed_project_says_so(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    store.close()
    with pytest.raises(ProjectError, match="closed"):
        store.clips()
    with pytest.raises(ProjectError, match="closed"):
        AddEvent(event_record(clip.id)).apply(store)


def test_every_table_is_keyed_and_the_schema_is_portable() -> None:
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.schema import CreateTable

    for table in schema.metadata.sorted_tables:
        assert table.primary_key.columns, table.name
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=postgresql.dialect()))
