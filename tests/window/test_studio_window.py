"""The actual window on a real X server: click, type, drag, and look at the screen's pixels."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QSpinBox

from app.shell.window import StudioWindow
from pipeline.core.labels import format_aus
from tests.window.screen import LEFT, changed, drag, near, shown
from widgets import theme

pytestmark = pytest.mark.window
CTRL = Qt.KeyboardModifier.ControlModifier
RED, BLUE = 0, 2


def video_colour(window: StudioWindow) -> int:
    """Channel of the video's middle: red up to frame 99 of the film, blue after."""
    picture = shown(window.views["video"])
    middle = picture[picture.shape[0] // 2, picture.shape[1] // 2]
    return int(np.argmax(middle)) if middle.max() > 150 else -1


def line_stands_at(window: StudioWindow, frame: int) -> bool:
    """Whether the timeline shows one red line, and it stands at a frame."""
    timeline = window.views["timeline"]
    tall = np.flatnonzero(near(shown(timeline), theme.current().red).sum(axis=0) > 50)
    place = timeline.ruler.mapTo(timeline, QPointF(timeline.axis.x(frame), 0)).x()
    return len(tall) > 0 and bool(np.abs(tall - place).max() <= 2)


def wait_for_head(window: StudioWindow, qtbot) -> np.ndarray:
    """The head's pixels once it is drawn in full for what is to be seen now."""
    head = window.views["head"]
    qtbot.waitUntil(lambda: head.state is not None, timeout=180_000)
    qtbot.waitUntil(lambda: head.state == head.wanted(), timeout=30_000)
    QTest.qWait(50)
    return shown(head)


def test_a_step_shows_the_very_next_frame_and_back(window: StudioWindow, qtbot) -> None:
    window.document.playhead.set_frame(99)
    for frame, colour, key in ((99, RED, Qt.Key.Key_Right), (100, BLUE, Qt.Key.Key_Left),
                               (99, RED, Qt.Key.Key_Right)):  # fmt: skip
        qtbot.waitUntil(lambda wanted=colour: video_colour(window) == wanted, timeout=5000)
        qtbot.waitUntil(lambda wanted=frame: line_stands_at(window, wanted), timeout=5000)
        assert window.document.playhead.frame == window.views["video"].frame == frame
        QTest.keyClick(window, key)


def test_play_runs_video_and_line_until_space_stops_it(window: StudioWindow, qtbot) -> None:
    playhead = window.document.playhead
    qtbot.waitUntil(lambda: video_colour(window) == RED, timeout=5000)
    QTest.keyClick(window, Qt.Key.Key_BracketLeft)  # slower
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert playhead.playing
    qtbot.waitUntil(lambda: video_colour(window) == BLUE, timeout=10_000)
    if playhead.playing:
        QTest.keyClick(window, Qt.Key.Key_Space)
    rested = playhead.frame
    QTest.qWait(100)
    assert not playhead.playing and playhead.frame == rested >= 100
    qtbot.waitUntil(lambda: line_stands_at(window, rested), timeout=5000)


def test_a_typed_frame_number_is_gone_to_on_enter(window: StudioWindow, qtbot) -> None:
    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QInputDialog)
        field = dialog.findChild(QSpinBox)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, "123")
        QTest.keyClick(field, Qt.Key.Key_Return)
        if dialog.isVisible():
            dialog.reject()

    QTimer.singleShot(300, answer)
    QTest.keyClick(window, Qt.Key.Key_G)
    assert window.document.playhead.frame == 123
    qtbot.waitUntil(lambda: video_colour(window) == BLUE, timeout=5000)


def test_a_dragged_marker_shows_its_frame_and_is_one_edit(window: StudioWindow, qtbot) -> None:
    document, track = window.document, window.views["timeline"].events
    record = document.events()[0]
    edits = document.undo.index()
    start = track.marker_point(record, "apex")
    end = QPointF(track.axis.x(80), start.y())

    def amber(at: QPointF) -> bool:
        x, y = at.toPoint().x(), at.toPoint().y()
        around = shown(track)[y - 4 : y + 5, x - 3 : x + 4]
        return bool(near(around, theme.current().amber).mean() > 0.3)

    def held() -> None:
        assert document.undo.index() == edits
        qtbot.waitUntil(lambda: video_colour(window) == RED, timeout=5000)
        qtbot.waitUntil(lambda: amber(end), timeout=3000)

    document.playhead.set_frame(150)
    qtbot.waitUntil(lambda: video_colour(window) == BLUE, timeout=5000)
    qtbot.waitUntil(lambda: amber(start) and not amber(end), timeout=3000)
    drag(track, start, end, held)
    assert document.undo.index() == edits + 1 and document.events()[0].span.apex == 80
    qtbot.waitUntil(lambda: amber(end) and not amber(start), timeout=3000)
    QTest.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert document.events()[0].span.apex == 105
    qtbot.waitUntil(lambda: amber(start) and not amber(end), timeout=3000)


def test_the_head_follows_a_dragged_control_point(window: StudioWindow, qtbot) -> None:
    window.show_workspace("animate")
    document, timeline, head = window.document, window.views["timeline"], window.views["head"]
    editor = timeline.editor
    document.playhead.set_frame(105)
    timeline.select_curve("AU12_L")
    before = wait_for_head(window, qtbot)
    assert before.std() > 20  # a head, not an empty ground
    curve, edits = document.curve("AU12_L"), document.undo.index()
    handles = editor.handle_pixels(curve)
    start = QPointF(*handles[int(np.argmin(handles[:, 1]))])  # the highest
    seen: list[float] = []

    def held() -> None:
        qtbot.waitUntil(lambda: head.state.weights == head.wanted().weights, timeout=30_000)
        assert document.undo.index() == edits
        seen.append(dict(head.state.weights).get("AU12_L", 0.0))
        qtbot.waitUntil(lambda: changed(before, shown(head)) > 0.002, timeout=5000)

    at_rest = float(curve.clamped(np.array([document.playhead.seconds]))[0])
    lines = shown(editor)
    drag(editor, start, QPointF(start.x(), editor.height() - 16.0), held)
    assert seen[0] < at_rest - 0.1
    assert document.undo.index() == edits + 1
    assert changed(lines, shown(editor)) > 0.002
    assert changed(before, wait_for_head(window, qtbot)) > 0.002
    QTest.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert document.curve("AU12_L") == curve
    assert changed(before, wait_for_head(window, qtbot)) < 0.0005


def test_typed_units_and_an_emotion_digit_label_the_event(window: StudioWindow, qtbot) -> None:
    track = window.views["timeline"].events
    before = shown(track)
    QTest.keyClick(window, Qt.Key.Key_U)
    field = window.event_panel.units.field
    qtbot.waitUntil(field.hasFocus, timeout=3000)
    field.selectAll()
    QTest.keyClicks(field, "4 L12c")
    QTest.keyClick(field, Qt.Key.Key_Return)
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_2)
    span = window.document.events()[0].span
    assert (format_aus(span.aus), span.emotion) == ("4+L12c", "disgust")
    qtbot.waitUntil(lambda: changed(before, shown(track)) > 0.001, timeout=3000)
    for _ in range(2):
        QTest.keyClick(window, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: changed(before, shown(track)) == 0, timeout=3000)
    QTest.keyClick(window, Qt.Key.Key_Y, CTRL)
    assert format_aus(window.document.events()[0].span.aus) == "4+L12c"


def test_workspaces_are_a_click_away(window: StudioWindow) -> None:
    QTest.mouseClick(window.toolbar.workspaces["animate"], LEFT)
    assert window.workspaces.current == "animate" and window.modulators.isVisible()


def test_a_drag_on_the_head_turns_it(window: StudioWindow, qtbot) -> None:
    window.show_workspace("animate")
    head = window.views["head"]
    before, yaw = wait_for_head(window, qtbot), head.camera.yaw
    middle = QPointF(head.width() / 2, head.height() / 2)
    drag(head, middle, middle + QPointF(90, 0))
    assert head.camera.yaw != yaw
    assert changed(before, wait_for_head(window, qtbot)) > 0.05


def test_the_modulator_moves_the_head_and_is_one_edit(window: StudioWindow, qtbot) -> None:
    window.show_workspace("animate")
    window.document.playhead.set_frame(105)
    before, edits = wait_for_head(window, qtbot), window.document.undo.index()
    slider = window.modulators.strength.slider
    handle = round(slider.width() * slider.value() / slider.maximum())
    middle = slider.height() / 2

    def held() -> None:
        assert window.document.undo.index() == edits

    drag(slider, QPointF(handle, middle), QPointF(2, middle), held)
    assert window.document.undo.index() == edits + 1
    assert changed(before, wait_for_head(window, qtbot)) > 0.002
