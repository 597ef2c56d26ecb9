"""The document: analyses come, go, and never touch what a person did."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.state import Document
from pipeline.core.progress import Job, Progress
from pipeline.core.types import EventSpan
from pipeline.store import (
    MODEL,
    ProjectStore,
)
from tests.app.film import Film
from tests.app.listening import codes, heard
from tests.pipeline import projects


@pytest.fixture
def analysis(monkeypatch: pytest.MonkeyPatch) -> list:
    """The spine replaced by one that finds `projects.result` and notes what it was asked."""
    import pipeline.analysis

    asked: list = []

    def analyse(source, options=None) -> Job[object]:  # type: ignore[no-untyped-def]
        asked.append((source, options))
        for number in range(3):
            yield Progress("landmarks", number, 3)
        return projects.result(source.n_frames, seed=len(asked))

    monkeypatch.setattr(pipeline.analysis, "analyse", analyse)
    return asked


def test_an_analysis_is_stored_shown_and_can_be_undone(
    film_document: Document, analysis: list
) -> None:
    document = film_document
    document.set_clip(face_pick=(12.0, 8.5, 3), neutral={0: (1, 5)})
    told = heard(document.analysis_changed)
    document.analyse()
    document.settle_jobs()
    source, options = analysis[0]
    assert (options.pick, options.pick_frame, options.neutral) == ((12.0, 8.5), 3, {0: (1, 5)})
    assert source is not document.source and source.closed
    assert len(told) == 1
    expected = projects.result(40, seed=1)
    assert np.array_equal(document.analysis.signals.values, expected.signals.values)
    assert document.curve("AU12_L") == expected.curves["AU12_L"]
    assert [event.coder for event in document.events()] == [MODEL]

    first = document.analysis.id
    document.analyse()
    document.settle_jobs()
    assert document.analysis.id != first
    document.undo.undo()
    document.settle_jobs()
    assert document.analysis.id == first
    document.undo.undo()
    document.settle_jobs()
    assert document.analysis is None and document.events() == ()


def test_an_analysis_that_ends_after_another_clip_was_selected_goes_to_its_own_clip(
    two_clips: Document, analysis: list
) -> None:
    document = two_clips
    a, b = document.clips
    document.analyse()
    document.select_clip(b.id)
    assert document.settle()
    document.settle_jobs()
    assert document.clip.id == b.id and document.analysis is None
    assert document.events() == ()
    assert document.store.analysis(a.id) is not None


def test_a_cancelled_analysis_leaves_nothing(film_document: Document, analysis: list) -> None:
    document = film_document
    before = document.store.fingerprint()
    document.analyse()
    document.jobs.cancel("analysis")
    document.settle_jobs()
    assert document.store.fingerprint() == before
    assert codes(document) == [] and not document.undo.canUndo()


def test_leaving_the_project_during_an_analysis_is_safe(
    film_document: Document, films: dict[str, Film], analysis: list, tmp_path: Path
) -> None:
    document = film_document
    films["next.mp4"] = Film()
    (tmp_path / "next.mp4").write_bytes(b"next")
    document.analyse()
    document.open_media([tmp_path / "next.mp4"])
    assert document.settle()
    document.settle_jobs()
    assert document.clip.clip_id == "next" and document.analysis is None
    assert codes(document) == []


def test_a_project_left_during_its_analysis_can_be_opened_again_at_once(
    film_document: Document, films: dict[str, Film], analysis: list, tmp_path: Path
) -> None:
    document = film_document
    path = document.store.path
    films["next.mp4"] = Film()
    (tmp_path / "next.mp4").write_bytes(b"next")
    document.analyse()
    document.open_media([tmp_path / "next.mp4"])
    assert document.settle()
    document.open_project(path)
    assert document.settle()
    assert document.store.path == path and document.store.read_only == ""


def test_closing_in_the_middle_of_opening_leaves_no_lock(
    qapp, film_document: Document, films: dict[str, Film], tmp_path: Path
) -> None:
    document = film_document
    path = document.store.path
    films["next.mp4"] = Film()
    (tmp_path / "next.mp4").write_bytes(b"next")
    document.open_media([tmp_path / "next.mp4"])
    document.close()
    assert not list((tmp_path / "tell-data" / "projects").glob("*.lock"))
    with ProjectStore.open(path) as store:
        assert store.read_only == ""


def test_cancelling_an_opening_leaves_what_is_open(
    film_document: Document, films: dict[str, Film], tmp_path: Path
) -> None:
    document = film_document
    films["next.mp4"] = Film()
    (tmp_path / "next.mp4").write_bytes(b"next")
    document.open_media([tmp_path / "next.mp4"])
    document.jobs.cancel("open")
    assert document.settle()
    document.settle_jobs()
    assert document.clip.clip_id in ("face", "next") and not document.is_busy


def test_choosing_another_clip_calls_off_an_undo_that_was_on_its_way(two_clips: Document) -> None:
    document = two_clips
    a, b = document.clips
    document.add_event(EventSpan(3, 5, 9))
    document.select_clip(b.id)
    assert document.settle()
    document.undo.undo()
    document.select_clip(b.id)
    assert document.settle()
    document.settle_jobs()
    assert document.clip.id == b.id
    assert len(document.store.events(a.id)) == 1


def test_an_analysis_without_a_clip_is_said(document: Document) -> None:
    document.analyse()
    assert codes(document) == ["project.no_clip"]
    assert document.events() == () and document.weights_at(0.0) == {}
    assert not document.set_clip(state="done")


def test_the_command_lines_run_is_seen_by_the_studio(
    film_document: Document, qapp, tmp_path: Path
) -> None:
    document = film_document
    path = document.store.path
    clip = document.clip
    source = document.source
    document.jobs.close()
    store_result = projects.result(40)
    document.store.close()
    with ProjectStore.open(path) as store:
        store.save_result(clip, source, store_result)
    again = Document()
    again.open_project(path)
    assert again.settle()
    assert again.analysis is not None and len(again.events()) == 1
    again.close()
