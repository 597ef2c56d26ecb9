"""The document: opening, selecting, editing, undoing."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from app.state import Document
from pipeline.core.types import EventSpan
from pipeline.store import MODEL, AddEvent, new_event
from tests.app.film import Film


def test_opening_a_video_makes_a_working_project_that_is_found_again(
    qtbot, films: dict[str, Film], tmp_path: Path
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
    first.close()

    again = Document()
    again.open_media([path])
    assert again.settle()
    assert [event.span.emotion for event in again.events()] == ["happiness"]
    assert again.playhead.frame == 17
    assert again.is_working
    again.close()


def test_the_feed_shows_the_frame_of_the_playhead(qtbot, film_document: Document) -> None:
    with qtbot.waitSignal(film_document.feed.ready, check_params_cb=lambda index, rgb: index == 23):
        film_document.playhead.set_frame(23)
    index, rgb = film_document.feed.current or (-1, np.zeros(1))
    assert index == 23
    assert (rgb == 23).all()


def test_correcting_a_proposal_keeps_it_and_shows_the_correction(film_document: Document) -> None:
    document = film_document
    proposal = new_event(document.clip.id, EventSpan(2, 6, 12, confidence=0.7), MODEL)
    AddEvent(proposal).apply(document.store)
    document._read_events()
    assert document.events() == (proposal,)

    mine = document.correct_event(proposal.id, onset=3)
    assert [(e.id, e.span.onset, e.based_on) for e in document.events()] == [(mine, 3, proposal.id)]
    assert document.store.events(document.clip.id, MODEL) == (proposal,)
    document.undo.undo()
    assert document.events() == (proposal,)


def test_a_preview_is_shown_and_stored_only_by_the_edit(film_document: Document) -> None:
    document = film_document
    uuid = document.add_event(EventSpan(2, 6, 12))
    stored = document.store.fingerprint()
    event = document.find_event(uuid)
    from dataclasses import replace

    document.preview_event(replace(event, span=replace(event.span, onset=4)))
    assert document.events()[0].span.onset == 4
    assert document.store.fingerprint() == stored
    document.preview_event(None)
    assert document.events()[0].span.onset == 2
