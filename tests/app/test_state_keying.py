"""Keys that a slider sets at the playhead: action units, controls of the rig, frozen shapes."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from app.state import Document
from pipeline.curves import RISE, Curve, EmotionProfile
from pipeline.store import (
    EditGroup,
    SetCurve,
    SetModulation,
    SetSettings,
    drop_track,
    rename_track,
)

DOWN = "mouth_left_y"  # a control, which moves in both directions
TRACKS = ("AU12_L", "AU12_R", "AU4", "mouth_open", DOWN, "mouth_right_y", "smirk", "grin_L")


def keys(document: Document, name: str) -> list[tuple[float, float]]:
    curve = document.curve(name)
    return [] if curve is None else list(zip(curve.t.tolist(), curve.v.tolist(), strict=True))


def test_a_first_key_moves_the_face_here_and_nowhere_else(film_document: Document) -> None:
    document = film_document
    times = document.playhead.times
    document.playhead.set_frame(len(times) // 2)
    now = document.playhead.seconds
    assert document.key_track(DOWN, -0.4)
    span = (max(now - RISE, times[0]), min(now + RISE, times[-1]))
    assert keys(document, DOWN) == [(span[0], 0.0), (now, -0.4), (span[1], 0.0)]
    assert document.track_value(DOWN) == -0.4
    assert document.weights_at(now)[DOWN] == -0.4
    document.undo.undo()
    assert keys(document, DOWN) == [] and document.track_value(DOWN) == 0.0
    assert DOWN not in document.weights_at(now)


def test_where_the_clip_ends_the_value_holds(film_document: Document) -> None:
    document = film_document
    document.playhead.set_frame(0)
    document.key_track("smirk", 0.7)
    assert keys(document, "smirk")[0] == (0.0, 0.7)
    assert len(keys(document, "smirk")) == 2


def test_a_key_of_nothing_is_one_key(film_document: Document) -> None:
    document = film_document
    document.playhead.set_frame(5)
    document.key_track(DOWN, 0.0)
    assert keys(document, DOWN) == [(document.playhead.seconds, 0.0)]


def test_another_frame_gets_a_key_of_its_own_and_the_same_frame_does_not(
    film_document: Document,
) -> None:
    document = film_document
    document.playhead.set_frame(4)
    document.key_track(DOWN, 0.2)
    before = keys(document, DOWN)
    document.key_track(DOWN, 0.5)
    assert [t for t, _ in keys(document, DOWN)] == [t for t, _ in before]
    assert document.track_value(DOWN) == 0.5
    document.playhead.set_frame(5)
    document.key_track(DOWN, -0.5)
    assert len(keys(document, DOWN)) == len(before) + 1
    document.playhead.set_frame(4)
    assert document.track_value(DOWN) == 0.5


def test_a_sliders_drag_is_one_undo(film_document: Document) -> None:
    document = film_document
    document.playhead.set_frame(7)
    document.key_track(DOWN, 0.1)
    kept = keys(document, DOWN)
    for value in np.linspace(0.1, -0.9, 12):
        document.key_track(DOWN, value, gesture="slider 1")
    assert document.track_value(DOWN) == pytest.approx(-0.9)
    assert document.undo.count() == 2
    document.undo.undo()
    assert keys(document, DOWN) == kept
    document.undo.redo()
    assert document.track_value(DOWN) == pytest.approx(-0.9)


def test_both_sides_are_keyed_by_one_undo(film_document: Document) -> None:
    document = film_document
    document.playhead.set_frame(7)
    document.key_tracks({"mouth_left_y": 0.3, "mouth_right_y": 0.3})
    assert document.track_value("mouth_right_y") == 0.3
    document.undo.undo()
    assert not document.curves()


def test_a_value_is_held_to_the_tracks_range(film_document: Document) -> None:
    document = film_document
    document.playhead.set_frame(7)
    document.key_tracks({DOWN: -3.0, "smirk": -3.0, "AU12_L": 2.0})
    assert [document.track_value(n) for n in (DOWN, "smirk", "AU12_L")] == [-1.0, 0.0, 1.0]


def test_a_preview_shows_the_key_and_stores_nothing(film_document: Document) -> None:
    document = film_document
    document.playhead.set_frame(7)
    before = document.store.fingerprint()
    document.preview_tracks({DOWN: -0.6})
    assert document.track_value(DOWN) == -0.6
    assert document.weights_at(document.playhead.seconds)[DOWN] == -0.6
    assert document.store.fingerprint() == before
    document.preview_tracks(None)
    assert document.track_value(DOWN) == 0.0
    document.preview_tracks({DOWN: -0.6})
    document.key_track(DOWN, -0.6)
    document.undo.undo()
    assert document.track_value(DOWN) == 0.0


def test_an_analysed_curve_takes_a_key_and_keeps_its_others(film_document: Document) -> None:
    document = film_document
    spline = Curve.from_control(np.linspace(0.0, 1.0, 5), [0, 0, 0.1, 0.4, 0.2, 0, 0])
    document.do(SetCurve(document.clip.id, "AU12_L", old=None, new=spline))
    document.playhead.set_frame(3)
    now = document.playhead.seconds
    document.key_track("AU12_L", 0.9)
    curve = document.curve("AU12_L")
    assert document.track_value("AU12_L") == 0.9
    others = curve.t != now
    assert np.array_equal(curve.t[others], spline.t) and np.array_equal(curve.v[others], spline.v)


def test_modulation_plays_action_units_and_leaves_the_rig_as_keyed(
    film_document: Document,
) -> None:
    document = film_document
    document.playhead.set_frame(7)
    document.key_tracks({"AU12_L": 0.4, DOWN: -0.4, "smirk": 0.4})
    old = document.modulation()
    profiles = {**old.profiles, "fear": EmotionProfile("fear", 0.5, {})}
    new = type(old)(profiles, "fear", 0.5)
    document.do(SetModulation(document.clip.id, old, new))
    played = document.weights_at(document.playhead.seconds)
    assert played == pytest.approx({"AU12_L": 0.1, DOWN: -0.4, "smirk": 0.4})
    rows = document.weights().over([document.playhead.seconds])
    assert {name: row[0] for name, row in rows.items()} == pytest.approx(played)


def test_without_a_clip_nothing_is_keyed(qtbot) -> None:
    document = Document()
    assert not document.key_track(DOWN, 0.5)
    document.preview_tracks({DOWN: 0.5})
    assert not document.curves()
    document.close()


def act(document: Document, chance: random.Random) -> None:
    """One random edit of some track, as a person would make it."""
    clip = document.clip
    assert clip is not None and document.store is not None
    document.playhead.set_frame(chance.randrange(40))
    curves = document.curves()
    kind = chance.choice("kkkkgdrsm")
    names = chance.sample(TRACKS, chance.randint(1, 3))
    if kind in "kg":  # a key, or a slider's whole drag
        gesture = f"drag {chance.random()}" if kind == "g" else ""
        for _ in range(5 if kind == "g" else 1):
            document.preview_tracks({name: chance.uniform(-1.2, 1.2) for name in names})
            document.key_tracks({n: chance.uniform(-1.2, 1.2) for n in names}, gesture=gesture)
    elif kind == "d" and curves:
        name = chance.choice(sorted(curves))
        document.do(SetCurve(clip.id, name, old=curves[name], new=None))
    elif kind == "r" and "smirk" in curves and "sneer" not in curves:
        edits = rename_track(document.store, "smirk", "sneer")
        old = {"shape": document.store.setting("shape")}
        shape = SetSettings("project", old, {"shape": f"sneer {chance.random()}"})
        document.do(EditGroup("Rename", "", (shape, *edits)))
    elif kind == "s" and "sneer" in curves:
        document.do(EditGroup("Delete", "", drop_track(document.store, "sneer")))
    elif kind == "m":
        old = document.modulation()
        document.do(SetModulation(clip.id, old, replace(old, override="fear", intensity=0.5)))


@pytest.mark.parametrize("seed", range(3))
def test_any_edits_of_mixed_tracks_are_undone_and_redone_bit_for_bit(
    film_document: Document, seed: int
) -> None:
    document, chance = film_document, random.Random(seed)
    store = document.store
    start = store.fingerprint()
    prints = {0: start}
    for _ in range(30):
        act(document, chance)
        prints[document.undo.index()] = store.fingerprint()
    played = document.weights().over(document.playhead.times)
    count = document.undo.count()
    assert count > 15
    for _ in range(2):
        while document.undo.canUndo():
            document.undo.undo()
            assert store.fingerprint() == prints[document.undo.index()]
        assert store.fingerprint() == start and not document.curves()
        while document.undo.canRedo():
            document.undo.redo()
        assert (document.undo.index(), store.fingerprint()) == (count, prints[count])
    again = document.weights().over(document.playhead.times)
    assert again.keys() == played.keys()
    assert all(np.array_equal(again[name], played[name]) for name in played)
