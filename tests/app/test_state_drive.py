"""The drive: what the video says, on or off, calibrated, recorded as curves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.state import Document
from app.state.drive import MAX_ERROR
from pipeline.face.control_table import control_table
from pipeline.store import SetCurves
from tests.app.film import Film
from tests.app.measured_clip import BUMPS, bump, measure

RANGE = control_table()["mouth_left_x"].up.range


@pytest.fixture
def unmeasured(document: Document, films: dict[str, Film], tmp_path: Path) -> Document:
    """On a clip of 240 frames at 200 fps."""
    films["face.mp4"] = Film(n_frames=240, fps=200.0)
    path = tmp_path / "face.mp4"
    path.write_bytes(b"film")
    document.open_media([path])
    assert document.settle()
    return document


@pytest.fixture
def clip(unmeasured: Document) -> Document:
    """Its left mouth corner goes out and up by 0.02 IOD with AU12_L, the right as well."""
    measure(unmeasured)
    return unmeasured


def corner(document: Document) -> np.ndarray:
    """Weight of ``mouth_left_x`` in every frame, from the clip's own making."""
    fps = (document.playhead.n_frames - 1) / document.playhead.times[-1]
    course = bump(document.playhead.times, fps, *BUMPS["AU12_L"]).clamped(document.playhead.times)
    return 0.02 * course / RANGE


def test_switched_off_it_moves_nothing(clip: Document) -> None:
    assert clip.drive.weights_at(105) == {}
    assert clip.drive.over({"AU1": 0.2}, 105) == {"AU1": 0.2}


def test_switched_on_it_gives_the_points_motion_over_the_controls_range(clip: Document) -> None:
    drive, told = clip.drive, []
    drive.changed.connect(lambda: told.append(1))
    drive.set_on(True)
    assert told
    true = corner(clip)
    for frame in (70, 90, 105, 150):
        weights = drive.weights_at(frame)
        assert weights["mouth_left_x"] == pytest.approx(true[frame], abs=1e-5)
        up = weights["mouth_left_y"] * control_table()["mouth_left_y"].up.range
        assert weights["mouth_left_x"] * RANGE == pytest.approx(up, abs=1e-6)
    assert drive.weights_at(30) == {} and drive.weights_at(9999) == {}


def test_it_adds_to_the_curves_within_the_range_or_plays_alone(clip: Document) -> None:
    drive = clip.drive
    drive.set_on(True)
    own = drive.weights_at(105)["mouth_left_x"]
    curves = {"AU1": 0.3, "mouth_left_x": 0.5, "mouth_left_y": 0.99}
    both = drive.over(curves, 105)
    assert both["AU1"] == 0.3 and both["mouth_left_x"] == pytest.approx(0.5 + own)
    assert both["mouth_left_y"] == 1.0
    drive.set_alone(True)
    assert "AU1" not in drive.over(curves, 105)
    assert drive.over(curves, 105)["mouth_left_x"] == pytest.approx(own)


def test_calibrating_makes_the_face_at_the_playhead_the_neutral_and_undo_takes_it_back(
    clip: Document,
) -> None:
    drive = clip.drive
    drive.set_on(True)
    before = drive.weights_at(90)["mouth_left_x"]
    clip.playhead.set_frame(105)
    assert drive.calibrate() and drive.calibrated == (105,)
    assert "mouth_left_x" not in drive.weights_at(105)
    assert drive.weights_at(30)["mouth_left_x"] < 0
    clip.playhead.set_frame(100)
    assert drive.calibrate() and drive.calibrated == (100,)  # the segment has one neutral
    clip.playhead.set_frame(200)
    assert drive.calibrate() and drive.calibrated == (100, 200)  # another segment
    for _ in range(3):
        clip.undo.undo()
    assert drive.calibrated == () and drive.weights_at(90)["mouth_left_x"] == before
    clip.undo.redo()
    assert drive.clear_calibration() and drive.calibrated == ()


def test_a_frame_without_a_face_cannot_be_the_neutral(unmeasured: Document) -> None:
    measure(unmeasured, lost=(40, 50))
    unmeasured.drive.set_on(True)
    unmeasured.playhead.set_frame(45)
    assert not unmeasured.drive.calibrate()
    assert unmeasured.drive.calibrated == ()
    assert unmeasured.drive.weights_at(45) == {}


def test_the_still_head_form_takes_the_drift_for_motion(clip: Document) -> None:
    drive = clip.drive
    drive.set_on(True)
    assert "nose_y" not in drive.weights_at(150)
    drive.set_form("still")
    assert clip.settle_jobs()
    moved = drive.weights_at(150)  # the made-up face drifts to the right by 0.1 px a frame
    assert moved["mouth_left_x"] > 0 > moved["mouth_right_x"]
    clip.undo.undo()
    assert drive.form == "similarity"
    assert "mouth_right_x" not in drive.weights_at(30)


def test_a_project_from_anywhere_may_hold_nonsense(clip: Document) -> None:
    clip.store.set_setting("drive/form", ["x"])
    clip.store.set_setting(f"drive/calibrated/{clip.clip.id}", ["a", 10**9, True, -4])
    clip.drive.set_on(True)
    assert clip.drive.form == "similarity" and clip.drive.weights_at(105)


# Recording


def recorded(document: Document, what: str) -> None:
    assert document.drive.record(what)
    assert document.settle_jobs()


def test_recording_the_clip_makes_curves_that_play_what_the_drive_did(clip: Document) -> None:
    clip.drive.set_on(True)
    recorded(clip, "clip")
    assert not clip.drive.on
    corners = {"mouth_left_x", "mouth_left_y", "mouth_right_x", "mouth_right_y"}
    assert set(clip.curves("edited")) - set(clip.curves("raw")) == corners
    played = clip.curve("mouth_left_x")(clip.playhead.times)
    assert np.abs(played - corner(clip)).max() <= MAX_ERROR
    assert "within" in clip.notices.recent[-1].text
    clip.undo.undo()
    assert clip.curve("mouth_left_x") is None
    clip.undo.redo()
    assert clip.curve("mouth_left_x") is not None


def test_recording_an_event_leaves_the_curve_outside_it_as_it_was(clip: Document) -> None:
    from pipeline.curves import Curve

    times = clip.playhead.times
    old = Curve.from_keys(times[[0, 120, 239]], [0.4, 0.2, 0.6])
    clip.do(SetCurves(clip.clip.id, {"mouth_left_x": None}, {"mouth_left_x": old}))
    clip.select_event(clip.events()[0].id)
    assert clip.drive.spans()["event"] == (64, 168)
    clip.drive.set_on(True)
    recorded(clip, "event")
    new = clip.curve("mouth_left_x")
    np.testing.assert_allclose(new(times[64:169]), corner(clip)[64:169], atol=MAX_ERROR)
    np.testing.assert_allclose(new(times[:64]), old(times[:64]), atol=1e-9)
    np.testing.assert_allclose(new(times[169:]), old(times[169:]), atol=1e-9)
    clip.undo.undo()
    assert clip.curve("mouth_left_x") == old


def test_the_loop_is_recorded_where_there_is_one(clip: Document) -> None:
    clip.playhead.loop = (80, 120)
    assert clip.drive.spans()["loop"] == (80, 120)
    clip.drive.set_on(True)
    recorded(clip, "loop")
    curve, times = clip.curve("mouth_left_x"), clip.playhead.times
    assert curve(times[79]) == pytest.approx(0) and curve(times[80]) > 0.01


def test_nothing_is_recorded_while_the_drive_is_off(clip: Document) -> None:
    assert not clip.drive.record("clip")
    assert not clip.undo.undoText().startswith("Record")


# Bindings


def test_a_control_follows_other_points_with_a_gain_and_back(clip: Document) -> None:
    drive = clip.drive
    drive.set_on(True)
    plain = drive.weights_at(105)["mouth_left_x"]
    binding = drive.binding("mouth_left_x")
    assert drive.bind(replace(binding, gain=2.0))
    assert drive.weights_at(105)["mouth_left_x"] == pytest.approx(2 * plain, rel=1e-5)
    assert drive.bind(replace(binding, points=(8,)))
    assert "mouth_left_x" not in drive.weights_at(105)
    assert drive.bind(binding)
    assert clip.rig.stored.bindings == ()  # the table's own way is not stored
    clip.undo.undo()
    clip.undo.undo()
    assert drive.weights_at(105)["mouth_left_x"] == pytest.approx(2 * plain, rel=1e-5)
