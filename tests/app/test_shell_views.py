"""What the window's actions do to its views, and which face and neutral are measured."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.shell.window import StudioWindow
from pipeline.head.scene.camera import Camera
from pipeline.store import ClipRecord
from widgets.head import orbit

pytest_plugins = ["tests.app.studio_window"]


@pytest.fixture
def asked(measured: StudioWindow, monkeypatch: pytest.MonkeyPatch) -> list[ClipRecord]:
    """The clip as it was at each analysis asked for, none of which runs."""
    runs: list[ClipRecord] = []

    def analyse(_predictor: str = "") -> None:
        clip = measured.document.clip
        assert clip is not None
        runs.append(clip)

    monkeypatch.setattr(measured.document, "analyse", analyse)
    return runs


def run(window: StudioWindow, action: str) -> None:
    window.actions_by_id[action].trigger()


def test_the_neutral_face_at_the_playhead_is_a_tenth_of_a_second_and_measured_from(
    measured: StudioWindow, asked: list, qtbot
) -> None:
    measured.document.playhead.set_frame(50)
    qtbot.keyClick(measured, Qt.Key.Key_B)
    assert measured.document.clip.neutral == {0: (40, 60)}
    assert [clip.neutral for clip in asked] == [{0: (40, 60)}]
    measured.document.undo.undo()
    assert measured.document.clip.neutral == {}


def test_the_neutral_face_stays_inside_the_segment_of_the_playhead(
    measured: StudioWindow, asked: list
) -> None:
    segments = measured.document.analysis.track.segments
    measured.document.playhead.set_frame(segments[0].stop - 1)
    run(measured, "clips.neutral_here")
    measured.document.playhead.set_frame(segments[1].start)
    run(measured, "clips.neutral_here")
    first, second = segments
    assert measured.document.clip.neutral == {
        0: (first.stop - 20, first.stop), 1: (second.start, second.start + 20)
    }  # fmt: skip


def test_the_neutral_face_goes_back_to_the_stillest(measured: StudioWindow, asked: list) -> None:
    measured.document.playhead.set_frame(50)
    run(measured, "clips.neutral_found")
    assert asked == []
    run(measured, "clips.neutral_here")
    run(measured, "clips.neutral_found")
    assert measured.document.clip.neutral == {}
    assert [clip.neutral for clip in asked] == [{0: (40, 60)}, {}]


def test_a_loop_span_becomes_the_neutral_face(measured: StudioWindow, asked: list) -> None:
    measured.document.playhead.loop = (12, 31)
    run(measured, "clips.set_neutral")
    assert asked[-1].neutral == {0: (12, 32)}


def test_picking_another_face_measures_it_and_picking_the_same_does_nothing(
    measured: StudioWindow, asked: list
) -> None:
    video = measured.views["video"]
    video.frame = 30
    measured.document.set_clip(neutral={0: (1, 9)})
    left, top, right, bottom = measured.document.analysis.track.box[30].tolist()
    video.face_picked.emit((left + right) / 2, (top + bottom) / 2)
    assert asked == []
    video.face_picked.emit(right + 80.0, top)
    assert len(asked) == 1
    assert asked[0].face_pick == (right + 80.0, top, 30)
    assert asked[0].neutral == {}


def test_control_points_are_added_and_deleted_from_anywhere(measured: StudioWindow, qtbot) -> None:
    document, timeline = measured.document, measured.views["timeline"]
    timeline.select_curve("AU12_L")
    document.playhead.set_frame(97)
    before = len(document.curve("AU12_L").t)
    qtbot.keyClick(measured, Qt.Key.Key_Insert)
    assert len(document.curve("AU12_L").t) == before + 1
    qtbot.keyClick(measured, Qt.Key.Key_Delete)
    assert len(document.curve("AU12_L").t) == before
    run(measured, "views.insert_point")
    run(measured, "views.reset_curve")
    assert document.curve("AU12_L") == document.curve("AU12_L", "raw")


def test_one_key_shows_all_values_or_what_moves(measured: StudioWindow, qtbot) -> None:
    values = measured.views["timeline"].editor.values
    qtbot.keyClick(measured, Qt.Key.Key_Y)
    assert values.mode == "full"
    qtbot.keyClick(measured, Qt.Key.Key_Y)
    assert values.mode == "fit"


def test_views_answer_to_their_actions(measured: StudioWindow) -> None:
    for name in ("picture", "face", "actual_size"):
        run(measured, f"views.{name}")
    assert measured.views["video"].told == ["picture", "face", "actual size"]
    head = measured.views["head"]
    for name, yaw in (("profile", 90.0), ("three_quarter", 38.0), ("front", 0.0)):
        run(measured, f"head.{name}")
        assert head.camera.yaw == yaw
    head.camera = orbit.spun(head.camera, 20.0)
    run(measured, "head.reset")
    assert head.camera == Camera()


def test_the_arrows_gain_is_kept(measured: StudioWindow) -> None:
    assert measured.views["video"].gain == 20.0
    run(measured, "overlays.longer")
    assert measured.views["video"].gain == 30.0
    assert measured.document.settings.value("overlay/gain", 20.0) == 30.0


def test_present_writes_large_and_frames_the_face(measured: StudioWindow) -> None:
    video, head = measured.views["video"], measured.views["head"]
    measured.show_workspace("annotate")
    assert (video.framing, video.large, head.large) == ("all", False, False)
    measured.show_workspace("present")
    assert (video.framing, video.large, head.large) == ("face", True, True)
    measured.show_workspace("animate")
    assert (video.framing, video.large, head.large) == ("face", False, False)
