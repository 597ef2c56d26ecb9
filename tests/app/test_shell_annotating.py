"""Annotating by keys: markers, verdicts, emotions, clips, playback."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.shell.playback import speed_text
from app.shell.window import StudioWindow
from pipeline.core.labels import format_aus
from tests.app.film import Film

pytest_plugins = ["tests.app.studio_window"]

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def first(window: StudioWindow):
    return window.document.events()[0]


def test_one_key_sets_each_marker_at_the_playhead(measured: StudioWindow, qtbot) -> None:
    playhead = measured.document.playhead
    for key, marker, frame in ((Qt.Key.Key_Q, "onset", 60), (Qt.Key.Key_W, "apex", 101),
                               (Qt.Key.Key_E, "offset", 150)):  # fmt: skip
        playhead.set_frame(frame)
        qtbot.keyClick(measured, key)
        assert getattr(first(measured).span, marker) == frame
    assert first(measured).coder == measured.document.coder
    assert measured.document.undo.count() == 4  # the analysis and three markers


def test_the_proposal_stays_beside_the_correction(measured: StudioWindow, qtbot) -> None:
    measured.document.playhead.set_frame(70)
    qtbot.keyClick(measured, Qt.Key.Key_Q)
    store, clip = measured.document.store, measured.document.clip
    by_coder = {e.coder: e.span.onset for e in store.events(clip.id) if e.span.offset == 168}
    assert by_coder == {"model": 64, measured.document.coder: 70}


def test_a_marker_set_beyond_the_others_pushes_them(measured: StudioWindow, qtbot) -> None:
    measured.document.playhead.set_frame(180)
    qtbot.keyClick(measured, Qt.Key.Key_Q)
    span = first(measured).span
    assert span.onset == 180 and span.onset <= span.apex <= span.offset


def test_nudging_moves_the_marker_in_hand_and_is_one_undo(measured: StudioWindow, qtbot) -> None:
    qtbot.keyClick(measured, Qt.Key.Key_E, SHIFT)  # go to the offset
    before = measured.document.undo.count()
    for _ in range(3):
        qtbot.keyClick(measured, Qt.Key.Key_Right, CTRL)
    qtbot.keyClick(measured, Qt.Key.Key_Left, CTRL)
    assert first(measured).span.offset == 170
    assert measured.document.playhead.frame == 170
    assert measured.document.undo.count() <= before + 2
    while measured.document.undo.count() > 1 and measured.document.undo.index() > before:
        measured.document.undo.undo()
    assert first(measured).span.offset == 168


def test_accepting_and_rejecting_go_on_to_the_next_proposal(measured: StudioWindow, qtbot) -> None:
    second = measured.document.events()[1].id
    qtbot.keyClick(measured, Qt.Key.Key_Return)
    assert first(measured).verdict == "accepted"
    assert measured.document.selected_event == second
    qtbot.keyClick(measured, Qt.Key.Key_Backspace)
    assert len(measured.document.events()) == 1
    qtbot.keyClick(measured, Qt.Key.Key_Z, CTRL)
    assert len(measured.document.events()) == 2


def test_a_digit_names_the_emotion(measured: StudioWindow, qtbot) -> None:
    qtbot.keyClick(measured, Qt.Key.Key_4)
    assert first(measured).span.emotion == "surprise"
    assert measured.event_panel.emotions.chips["surprise"].property("chosen") is True
    qtbot.keyClick(measured, Qt.Key.Key_Z, CTRL)
    assert first(measured).span.emotion == "happiness"


def test_next_and_previous_event_wrap_round(measured: StudioWindow, qtbot) -> None:
    one, two = (event.id for event in measured.document.events())
    qtbot.keyClick(measured, Qt.Key.Key_N)
    assert measured.document.selected_event == two
    assert measured.document.playhead.frame == 205
    qtbot.keyClick(measured, Qt.Key.Key_N)
    assert measured.document.selected_event == one
    qtbot.keyClick(measured, Qt.Key.Key_N, SHIFT)
    assert measured.document.selected_event == two


def test_an_event_can_be_added_where_there_is_none(
    window: StudioWindow, film_path: Path, qtbot
) -> None:
    window.open_paths([film_path])
    assert window.document.settle()
    window.document.playhead.set_frame(100)
    qtbot.keyClick(window, Qt.Key.Key_I)
    (event,) = window.document.events()
    assert event.span.apex == 100 and event.coder == window.document.coder
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert window.document.events() == ()


def test_arrows_step_and_jump_between_markers(measured: StudioWindow, qtbot) -> None:
    playhead = measured.document.playhead
    playhead.set_frame(80)
    for key, modifier, frame in (
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 81),
        (Qt.Key.Key_Left, SHIFT, 71),
        (Qt.Key.Key_Right, ALT, 105),
        (Qt.Key.Key_Left, ALT, 64),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, 239),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, 0),
    ):
        qtbot.keyClick(measured, key, modifier)
        assert playhead.frame == frame


def test_space_plays_and_pauses_and_j_plays_backwards(measured: StudioWindow, qtbot) -> None:
    playhead = measured.document.playhead
    qtbot.keyClick(measured, Qt.Key.Key_Space)
    assert playhead.playing and playhead.speed > 0
    qtbot.keyClick(measured, Qt.Key.Key_Space)
    assert not playhead.playing
    playhead.set_frame(100)
    qtbot.keyClick(measured, Qt.Key.Key_J)
    assert playhead.playing and playhead.speed < 0
    qtbot.keyClick(measured, Qt.Key.Key_Space)
    assert not playhead.playing


def test_l_loops_the_event_and_lets_it_go(measured: StudioWindow, qtbot) -> None:
    qtbot.keyClick(measured, Qt.Key.Key_L)
    assert measured.document.playhead.loop == (64, 168)
    assert measured.toolbar.loop.text() == "onset–offset"
    qtbot.keyClick(measured, Qt.Key.Key_L)
    assert measured.document.playhead.loop is None


def test_speed_goes_from_a_fiftieth_to_four_times(measured: StudioWindow, qtbot) -> None:
    for _ in range(10):
        qtbot.keyClick(measured, Qt.Key.Key_BracketLeft)
    assert measured.document.playhead.speed == pytest.approx(1 / 50)
    assert measured.toolbar.speed.text() == "1/50×"
    for _ in range(10):
        qtbot.keyClick(measured, Qt.Key.Key_BracketRight)
    assert measured.document.playhead.speed == 4.0


def test_a_speed_is_written_as_people_say_it() -> None:
    assert [speed_text(s) for s in (0.1, 0.5, 1.0, 4.0, -1.0)] == [
        "1/10×", "1/2×", "1×", "4×", "−1×",
    ]  # fmt: skip


# Typing


def test_action_units_are_typed_and_the_keys_belong_to_the_field(
    measured: StudioWindow, qtbot
) -> None:
    qtbot.keyClick(measured, Qt.Key.Key_U)
    field = measured.event_panel.units.field
    assert field.hasFocus() and field.text() == "6b L12c 25"
    field.clear()
    qtbot.keyClicks(field, "4 L12c R14?")
    assert first(measured).span.emotion == "happiness"  # the digits were text
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert format_aus(first(measured).span.aus) == "4+L12c+R14?"
    assert first(measured).span.emotion == "happiness"
    assert not field.hasFocus()
    qtbot.keyClick(measured, Qt.Key.Key_Z, CTRL)
    assert format_aus(first(measured).span.aus) == "6b+L12c+25"


# Clips


@pytest.fixture
def three(window: StudioWindow, films: dict[str, Film], tmp_path: Path) -> StudioWindow:
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        films[name] = Film(n_frames=40)
        (tmp_path / name).write_bytes(name.encode())
    window.open_paths([tmp_path / n for n in ("a.mp4", "b.mp4", "c.mp4")])
    assert window.document.settle()
    return window


def test_one_key_marks_a_clip_done_and_goes_to_the_next(three: StudioWindow, qtbot) -> None:
    assert three.clips.count.text() == "0 of 3 done"
    qtbot.keyClick(three, Qt.Key.Key_Return, CTRL)
    assert three.document.settle()
    assert three.document.clip.clip_id == "b"
    assert three.clips.count.text() == "1 of 3 done"


def test_the_queue_goes_on_and_skips_what_is_done(three: StudioWindow, qtbot) -> None:
    qtbot.keyClick(three, Qt.Key.Key_PageDown)
    assert three.document.settle()
    assert three.document.clip.clip_id == "b"
    qtbot.keyClick(three, Qt.Key.Key_D)
    assert three.document.clip.state == "done"
    qtbot.keyClick(three, Qt.Key.Key_PageUp)
    assert three.document.settle()
    qtbot.keyClick(three, Qt.Key.Key_PageDown, SHIFT)
    assert three.document.settle()
    assert three.document.clip.clip_id == "c"


def test_the_filter_shows_clips_by_name_and_state(three: StudioWindow, qtbot) -> None:
    proxy = three.clips.list.model()
    qtbot.keyClick(three, Qt.Key.Key_D)
    three.clips.filter.setText("done")
    assert proxy.rowCount() == 1
    three.clips.filter.setText("open")
    assert proxy.rowCount() == 2
    three.clips.filter.setText("b")
    assert [proxy.index(r, 0).data() for r in range(proxy.rowCount())] == ["b"]


def test_undo_of_another_clips_edit_goes_there_first_and_says_so(
    three: StudioWindow, qtbot
) -> None:
    qtbot.keyClick(three, Qt.Key.Key_I)
    qtbot.keyClick(three, Qt.Key.Key_PageDown)
    assert three.document.settle()
    qtbot.keyClick(three, Qt.Key.Key_Z, CTRL)
    assert three.document.settle()
    assert three.document.clip.clip_id == "a"
    qtbot.waitUntil(lambda: three.document.events() == (), timeout=3000)
    assert any(n.code == "undo.other_clip" for n in three.document.notices.recent)


def test_analysing_all_clips_says_which_failed_and_goes_on(three: StudioWindow, qtbot) -> None:
    three.actions_by_id["analysing.analyse_all"].trigger()
    assert three.toolbar.progress.isVisible()
    qtbot.waitUntil(lambda: three.document.jobs.is_idle, timeout=60_000)
    errors = [n for n in three.document.notices.recent if n.level == "error"]
    assert len(errors) == 3
    assert {notice.code for notice in errors} == {"face.none"}, errors
    assert not three.toolbar.progress.isVisible()


def test_a_job_can_be_stopped_from_the_toolbar(three: StudioWindow, qtbot) -> None:
    three.actions_by_id["analysing.analyse_all"].trigger()
    three.toolbar.progress.cancel.click()
    qtbot.waitUntil(lambda: three.document.jobs.is_idle, timeout=60_000)
    assert not three.toolbar.progress.isVisible()
    errors = [n for n in three.document.notices.recent if n.level == "error"]
    assert len(errors) < 3
