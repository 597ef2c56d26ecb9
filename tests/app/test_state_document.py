"""The document: opening, selecting, leaving and coming back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent

from app.state import Document
from pipeline.core.types import EventSpan
from pipeline.store import (
    AddEvent,
    new_event,
)
from tests.app.film import Film
from tests.app.listening import codes, heard


def test_opening_a_video_makes_a_working_project_that_is_found_again(
    qapp, films: dict[str, Film], tmp_path: Path
) -> None:
    films["face.mp4"] = Film()
    path = tmp_path / "face.mp4"
    path.write_bytes(b"film")
    first = Document()
    first.open_media([path])
    assert first.settle()
    assert first.clip is not None and first.clip.clip_id == "face"
    first.add_event(EventSpan(3, 5, 9, "happiness"))
    first.playhead.set_frame(17)
    first.set_session("workspace", "Animate")
    first.close()

    again = Document()
    again.open_media([path])
    assert again.settle()
    assert [event.span.emotion for event in again.events()] == ["happiness"]
    assert again.playhead.frame == 17
    assert again.session("workspace") == "Animate"
    assert again.is_working
    assert [recent.name for recent in again.settings.recent] == ["face.mp4"]
    again.close()


def test_a_closed_document_is_destroyed_without_a_word(
    qapp, films: dict[str, Film], tmp_path: Path
) -> None:
    films["face.mp4"] = Film()
    path = tmp_path / "face.mp4"
    path.write_bytes(b"film")
    made = Document()
    made.open_media([path])
    assert made.settle()
    made.add_event(EventSpan(3, 5, 9, "happiness"))
    told: list[str] = []
    undo = made.undo
    made.close()
    undo.indexChanged.connect(lambda _: told.append("index"))
    undo.undoTextChanged.connect(lambda _: told.append("text"))
    del undo
    made.deleteLater()
    QCoreApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete.value)
    assert told == []


def test_the_same_film_under_another_path_finds_its_labels(
    film_document: Document, films: dict[str, Film], tmp_path: Path
) -> None:
    film_document.add_event(EventSpan(3, 5, 9))
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "face.mp4").write_bytes(b"film")
    film_document.open_media([folder / "face.mp4"])
    assert film_document.settle()
    assert len(film_document.events()) == 1


def test_a_saved_project_takes_more_clips_and_keeps_its_undo(
    film_document: Document, films: dict[str, Film], tmp_path: Path
) -> None:
    document = film_document
    uuid = document.add_event(EventSpan(3, 5, 9))
    document.save_as(tmp_path / "study.tell")
    assert document.settle()
    assert document.store.path == tmp_path / "study.tell" and not document.is_working
    assert [event.id for event in document.events()] == [uuid]
    document.add_event(EventSpan(20, 22, 30))
    films["more.mp4"] = Film(n_frames=10)
    (tmp_path / "more.mp4").write_bytes(b"more")
    document.open_media([tmp_path / "more.mp4"])
    assert document.settle()
    assert [clip.clip_id for clip in document.clips] == ["face", "more"]
    assert document.clip.clip_id == "more" and document.playhead.n_frames == 10
    assert document.undo.canUndo()


def test_opening_a_project_goes_where_its_person_left_off(
    two_clips: Document, tmp_path: Path
) -> None:
    document = two_clips
    document.select_clip(document.clips[1].id)
    assert document.settle()
    document.playhead.set_frame(33)
    path = document.store.path
    document.close()
    again = Document()
    again.open_project(path)
    assert again.settle()
    assert (again.clip.clip_id, again.playhead.frame) == ("b", 33)
    again.close()


def test_what_cannot_be_opened_is_said_and_what_is_open_stays(
    film_document: Document, tmp_path: Path
) -> None:
    document = film_document
    uuid = document.add_event(EventSpan(3, 5, 9))
    for path in ("gone.tell", "noise.tell"):
        (tmp_path / "noise.tell").write_bytes(b"noise" * 100)
        document.open_project(tmp_path / path)
        assert document.settle()
    document.open_media([tmp_path / "gone.mp4"])
    assert document.settle()
    assert codes(document)[:2] == ["project.missing", "project.not_a_project"]
    assert len(codes(document)) == 3
    assert [event.id for event in document.events()] == [uuid]
    document.add_event(EventSpan(13, 15, 19))
    assert len(document.events()) == 2


def test_a_damaged_project_can_be_recovered_and_goes_on(
    film_document: Document, tmp_path: Path
) -> None:
    document = film_document
    for onset in range(0, 400):
        AddEvent(new_event(document.clip.id, EventSpan(onset, None, onset + 2), "ana")).apply(
            document.store
        )
    document.store.save_copy(tmp_path / "broken.tell")
    content = bytearray((tmp_path / "broken.tell").read_bytes())
    page = int.from_bytes(content[16:18], "big")
    content[-3 * page : -2 * page] = bytes(range(256)) * (page // 256)
    (tmp_path / "broken.tell").write_bytes(content)
    document.open_project(tmp_path / "broken.tell")
    assert document.settle()
    assert codes(document) == ["project.corrupt"]

    document.recover_project(tmp_path / "broken.tell", tmp_path / "saved.tell")
    assert document.settle()
    assert document.store.path == tmp_path / "saved.tell"
    assert "recovered 1 clips" in document.notices.recent[-1].text
    assert document.clip.clip_id == "face"
    assert document.add_event(EventSpan(1, 2, 3))


def test_a_project_open_elsewhere_is_shown_and_takes_no_edits(
    film_document: Document, qapp
) -> None:
    second = Document()
    second.open_project(film_document.store.path)
    assert second.settle()
    assert codes(second) == ["project.read_only"]
    assert second.clip.clip_id == "face"
    assert second.add_event(EventSpan(1, 2, 3)) == ""
    assert not second.undo.canUndo()
    assert codes(second) == ["project.read_only"] * 2
    second.close()


def test_missing_media_leaves_the_labels_to_work_on_and_can_be_found(
    two_clips: Document, films: dict[str, Film], tmp_path: Path
) -> None:
    document = two_clips
    uuid = document.add_event(EventSpan(3, 5, 9))
    path = document.store.path
    document.close()
    moved = tmp_path / "moved" / "deep"
    moved.mkdir(parents=True)
    for name in ("a.mp4", "b.mp4"):
        (tmp_path / name).rename(moved / name)

    again = Document()
    again.open_project(path)
    assert again.settle()
    assert again.source is None and codes(again) == ["media.moved"]
    assert [event.id for event in again.events()] == [uuid]
    assert again.playhead.n_frames == 40
    again.relocate(tmp_path / "moved")
    again.settle_jobs()
    assert again.source is not None
    assert [clip.path for clip in again.clips] == [moved / "a.mp4", moved / "b.mp4"]
    again.close()


def test_another_film_is_not_taken_for_the_clip(
    film_document: Document, films: dict[str, Film], tmp_path: Path
) -> None:
    films["other.mp4"] = Film()
    (tmp_path / "other.mp4").write_bytes(b"other")
    film_document.relocate(tmp_path / "other.mp4")
    film_document.settle_jobs()
    assert codes(film_document) == ["project.other_media"]


def test_the_latest_of_many_clicks_on_clips_wins(
    two_clips: Document, films: dict[str, Film]
) -> None:
    document = two_clips
    a, b = (clip.id for clip in document.clips)
    selected = heard(document.clip_selected)
    for uuid in (b, a, b, a, b):
        document.select_clip(uuid)
    assert document.settle()
    document.settle_jobs()
    assert selected[-1] == (b,)
    assert document.clip.id == b
    open_sources = [s for film in films.values() for s in film.opened if not s.closed]
    assert open_sources == [document.source]


def test_everything_of_the_clip_is_there_when_it_is_selected(two_clips: Document) -> None:
    document = two_clips
    seen: list = []

    def look(selected: str) -> None:
        frames = document.source.n_frames, document.playhead.n_frames
        seen.append((selected, document.clip.id, *frames))

    document.clip_selected.connect(look)
    uuid = document.clips[1].id
    document.select_clip(uuid)
    assert document.settle()
    assert seen == [(uuid, uuid, 60, 60)]
