"""The document: events, curves, previews, undo."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.state import Document
from pipeline.core.labels import parse_aus
from pipeline.core.types import EventSpan
from pipeline.curves import Curve, EmotionProfile
from pipeline.store import (
    MODEL,
    AddEvent,
    EditGroup,
    SetCurve,
    SetCurves,
    SetModulation,
    new_event,
)
from tests.app.film import Film
from tests.app.listening import codes, heard

# Events


def test_the_feed_shows_the_frame_of_the_playhead(qtbot, film_document: Document) -> None:
    with qtbot.waitSignal(film_document.feed.ready, check_params_cb=lambda index, rgb: index == 23):
        film_document.playhead.set_frame(23)
    index, rgb = film_document.feed.current or (-1, np.zeros(1))
    assert index == 23
    assert (rgb == 23).all()


def propose(document: Document, *spans: EventSpan, coder: str = MODEL) -> list[str]:
    records = [new_event(document.clip.id, span, coder, sheet_row=7) for span in spans]
    edits = tuple(AddEvent(record) for record in records)
    assert document.do(EditGroup("Propose", document.clip.id, edits))
    return [record.id for record in records]


def test_correcting_a_proposal_keeps_it_and_shows_the_correction(film_document: Document) -> None:
    document = film_document
    (proposal,) = propose(document, EventSpan(2, 6, 12, confidence=0.7))
    (before,) = document.events()
    mine = document.correct_event(proposal, onset=3, aus=parse_aus("L12c"))
    (shown,) = document.events()
    assert (shown.id, shown.coder, shown.based_on) == (mine, document.coder, proposal)
    assert (shown.span.onset, shown.span.apex, shown.sheet_row) == (3, 6, 7)
    assert document.selected_event == mine
    assert document.store.events(document.clip.id, MODEL) == (before,)
    document.undo.undo()
    assert document.events() == (before,)
    assert document.selected_event == ""


def test_proposals_are_accepted_and_rejected_one_by_one(film_document: Document) -> None:
    document = film_document
    first, second, third = propose(
        document, EventSpan(2, 4, 6), EventSpan(12, 14, 16), EventSpan(22, 24, 26)
    )
    assert [event.id for event in document.proposals()] == [first, second, third]
    document.reject_event(second)
    document.accept_event(third)
    assert [event.span.onset for event in document.events()] == [2, 22]
    assert [event.id for event in document.proposals()] == [first]
    verdicts = {e.based_on: e.verdict for e in document.store.events(None, document.coder)}
    assert verdicts == {second: "rejected", third: "accepted"}


def test_the_sheets_label_goes_before_the_models(film_document: Document) -> None:
    document = film_document
    (guess,) = propose(document, EventSpan(20, 22, 26))
    (label,) = propose(document, EventSpan(2, 4, 6), coder="import")
    assert [event.id for event in document.events()] == [label]
    assert {event.id for event in document.proposals()} == {guess, label}


def test_another_coder_sees_the_proposal_and_not_the_first_ones_answer(
    film_document: Document,
) -> None:
    document = film_document
    (proposal,) = propose(document, EventSpan(2, 4, 6))
    document.correct_event(proposal, onset=3)
    changed = heard(document.events_changed)
    document.settings.coder = "second"
    assert changed
    assert [event.id for event in document.events()] == [proposal]
    document.correct_event(proposal, onset=1)
    assert [event.span.onset for event in document.events()] == [1]
    assert document.store.history(limit=1)[0].who == "second"


def test_a_held_key_is_one_undo_and_separate_keys_are_not(film_document: Document) -> None:
    document = film_document
    uuid = document.add_event(EventSpan(10, 14, 20))
    for onset in (11, 12, 13):
        document.correct_event(uuid, onset=onset, gesture="nudge 1")
    document.correct_event(uuid, onset=9, gesture="nudge 2")
    assert document.undo.count() == 3
    document.undo.undo()
    assert document.events()[0].span.onset == 13
    document.undo.undo()
    assert document.events()[0].span.onset == 10
    document.undo.redo()
    assert document.events()[0].span.onset == 13


def test_a_correction_that_changes_nothing_is_no_edit(film_document: Document) -> None:
    uuid = film_document.add_event(EventSpan(10, 14, 20))
    assert film_document.correct_event(uuid, onset=10) == uuid
    assert film_document.undo.count() == 1
    assert film_document.correct_event("nobody", onset=3) == ""


def test_a_preview_is_shown_and_stored_only_by_the_edit(film_document: Document) -> None:
    document = film_document
    uuid = document.add_event(EventSpan(2, 6, 12))
    stored = document.store.fingerprint()
    event = document.find_event(uuid)
    document.preview_event(replace(event, span=replace(event.span, onset=4)))
    assert document.events()[0].span.onset == 4
    assert document.store.fingerprint() == stored
    document.preview_event(None)
    assert document.events()[0].span.onset == 2
    document.preview_event(replace(event, span=replace(event.span, onset=5)))
    document.correct_event(uuid, onset=5)
    assert document.events() == document.store.shown_events(document.clip.id, document.coder)


# Curves and what drives the head


def line(value: float) -> Curve:
    return Curve.constant(value)


def test_the_head_follows_previews_and_modulation(film_document: Document) -> None:
    document = film_document
    clip = document.clip.id
    assert document.weights_at(0.05) == {}
    document.do(SetCurves(clip, {}, {"AU12_L": line(0.4), "AU4_R": line(0.5)}))
    assert document.weights_at(0.05) == {"AU4_R": 0.5, "AU12_L": 0.4}

    told = heard(document.curves_changed)
    document.preview_curves({"AU12_L": line(0.8)})
    assert document.weights_at(0.05)["AU12_L"] == 0.8
    assert told == [(frozenset({"AU12_L"}),)]
    document.preview_curves(None)
    assert document.weights_at(0.05)["AU12_L"] == 0.4

    old = document.modulation()
    profiles = {**old.profiles, "sadness": EmotionProfile("sadness", 1.5, {4: 3.0})}
    new = replace(old, override="sadness", intensity=0.5, profiles=profiles)
    document.preview_modulation(new)
    weights = document.weights_at(0.05)
    assert weights["AU12_L"] == pytest.approx(0.4 * 1.5 * 0.5)
    assert weights["AU4_R"] == pytest.approx(0.5 * 3.0 * 0.5)
    assert document.weights_at(0.05, "edited")["AU12_L"] == 0.4
    document.preview_modulation(None)
    assert document.weights_at(0.05)["AU12_L"] == 0.4
    document.do(SetModulation(clip, old, new))
    assert document.weights_at(0.05)["AU12_L"] == pytest.approx(0.3)
    document.undo.undo()
    assert document.modulation() == old


def test_weights_never_leave_0_to_1(film_document: Document) -> None:
    document = film_document
    document.do(SetCurves(document.clip.id, {}, {"AU12_L": line(1.4), "AU4_R": line(-0.2)}))
    for layer in ("edited", "modulated"):
        assert document.weights_at(0.0, layer) == {"AU4_R": 0.0, "AU12_L": 1.0}


def test_an_events_own_emotion_plays_its_curves(film_document: Document) -> None:
    document = film_document
    document.do(SetCurves(document.clip.id, {}, {"AU12_L": line(0.4)}))
    m_e = document.modulation().profiles["happiness"].m_e
    document.add_event(EventSpan(4, 8, 20, "happiness"), intensity=0.5)
    assert document.weights_at(0.05)["AU12_L"] == pytest.approx(min(1, 0.4 * m_e * 0.5))


def test_a_snapshot_of_weights_does_not_change_under_the_renderer(film_document: Document) -> None:
    document = film_document
    document.do(SetCurves(document.clip.id, {}, {"AU12_L": line(0.4)}))
    snapshot = document.weights("edited")
    document.preview_curves({"AU12_L": line(0.9)})
    assert snapshot.at(0.0) == {"AU12_L": 0.4}
    assert snapshot.over([0.0, 0.1])["AU12_L"].tolist() == [0.4, 0.4]


def test_an_edit_ends_the_preview(film_document: Document) -> None:
    document = film_document
    document.preview_curves({"AU12_L": line(0.9)})
    document.do(SetCurve(document.clip.id, "AU12_L", new=line(0.6)))
    assert document.weights_at(0.0)["AU12_L"] == 0.6


# Undo


def test_undo_goes_to_the_other_clip_first_and_says_so(two_clips: Document) -> None:
    document = two_clips
    a, b = document.clips
    mine = document.add_event(EventSpan(3, 5, 9))
    document.select_clip(b.id)
    assert document.settle()
    document.add_event(EventSpan(13, 15, 19))
    document.undo.undo()
    assert document.clip.id == b.id and document.events() == ()

    document.undo.undo()
    assert document.settle()
    assert document.clip.id == a.id
    assert document.events() == () and document.undo.index() == 0
    (notice,) = document.notices.recent
    assert (notice.code, notice.level) == ("undo.other_clip", "info")
    assert "clip a" in notice.text

    document.undo.redo()
    assert [event.id for event in document.events()] == [mine]
    document.undo.redo()
    assert document.settle()
    assert document.clip.id == b.id and len(document.events()) == 1


def test_an_edit_that_cannot_be_stored_is_said_and_leaves_no_undo(film_document: Document) -> None:
    document = film_document
    uuid = document.add_event(EventSpan(3, 5, 9))
    before = document.store.fingerprint()
    with document.store.reading() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar()
        conn.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    keys = np.linspace(0, 1, 3000)
    document.preview_curves({"AU12_L": line(0.9)})
    assert not document.do(SetCurve(document.clip.id, "AU12_L", new=Curve.from_keys(keys, keys)))
    assert codes(document) == ["project.disk_full"]
    assert document.store.fingerprint() == before
    assert document.undo.count() == 1
    assert document.curve("AU12_L") is None  # the preview is taken back as well

    with document.store.reading() as conn:
        conn.exec_driver_sql("PRAGMA query_only=ON")
    document.undo.undo()
    assert document.undo.index() == 1  # it stays to be undone when there is room again
    with document.store.reading() as conn:
        conn.exec_driver_sql("PRAGMA query_only=OFF")
    document.undo.undo()
    assert document.find_event(uuid) is None


def test_menu_actions_undo_through_the_project(qtbot, film_document: Document) -> None:
    document = film_document
    undo = document.undo.createUndoAction(document)
    redo = document.undo.createRedoAction(document)
    assert not undo.isEnabled()
    document.add_event(EventSpan(3, 5, 9))
    assert undo.isEnabled() and "Add event" in undo.text()
    undo.trigger()
    assert document.events() == () and redo.isEnabled()
    redo.trigger()
    assert len(document.events()) == 1
    document.undo.setIndex(0)
    assert document.events() == ()


def test_another_project_starts_with_an_empty_stack(
    film_document: Document, films: dict[str, Film], tmp_path: Path
) -> None:
    film_document.add_event(EventSpan(3, 5, 9))
    films["next.mp4"] = Film()
    (tmp_path / "next.mp4").write_bytes(b"next")
    film_document.open_media([tmp_path / "next.mp4"])
    assert film_document.settle()
    assert film_document.undo.count() == 0
    assert film_document.clip.clip_id == "next"
    film_document.settle_jobs()
    left = sqlite3.connect(next(iter((tmp_path / "tell-data" / "projects").glob("face-*.tell"))))
    assert left.execute("select count(*) from events").fetchone() == (1,)
    left.close()


def test_setting_the_state_of_a_clip_shows_in_the_list(film_document: Document) -> None:
    told = heard(film_document.clips_changed)
    faces = heard(film_document.face_changed)
    film_document.set_clip(state="done", note="clear")
    assert film_document.clips[0].state == film_document.clip.state == "done"
    assert told and not faces
    film_document.set_clip(neutral={0: (2, 8)})
    assert faces
    film_document.undo.undo()
    assert film_document.clip.neutral == {}
