"""The seven-part control panel: sliders, keys, mirror, reset, and what controls follow."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from app.shell.window import StudioWindow
from pipeline.core.tracks import CONTROLS, PARTS
from pipeline.face.control_table import control_table
from widgets.rig.binding_popup import read_points
from widgets.rig.two_way_slider import TwoWaySlider

pytest_plugins = ["tests.app.studio_window"]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(measured: StudioWindow):
    measured.show_workspace("animate")
    measured.document.playhead.set_frame(60)
    for part in measured.controls.parts.values():
        part.open()
    return measured.controls


def place(slider: TwoWaySlider, weight: float) -> QPoint:
    return QPoint(round(slider._x(weight)), slider.height() // 2)


def drag(qtbot, slider: TwoWaySlider, weight: float) -> None:
    """Take the handle, pull it there, and leave it held."""
    qtbot.mousePress(slider, LEFT, pos=place(slider, slider.weight))
    for share in (0.5, 1.0):
        qtbot.mouseMove(slider, place(slider, share * weight))
        QApplication.processEvents()


def test_there_is_a_slider_for_every_control_under_its_part(panel) -> None:
    assert set(panel.rows) == set(CONTROLS)
    for part, names in PARTS.items():
        assert set(panel.parts[part].rows) == set(names)
    spoken = {row.slider.accessibleName() for row in panel.rows.values()}
    assert len(spoken) == len(CONTROLS)


def test_a_drag_shows_on_the_head_and_is_one_key_when_it_ends(panel, measured, qtbot) -> None:
    document, row = measured.document, panel.rows["mouth_left_y"]
    seconds, edits = document.playhead.seconds, document.undo.count()
    slider = row.slider
    drag(qtbot, slider, 0.6)
    assert document.weights_at(seconds)["mouth_left_y"] == pytest.approx(0.6, abs=0.03)
    assert document.undo.count() == edits  # nothing is stored under the hand
    qtbot.mouseRelease(slider, LEFT, pos=place(slider, 0.6))
    assert document.undo.count() == edits + 1
    kept = document.curve("mouth_left_y")
    assert kept is not None and kept.at(seconds) == pytest.approx(slider.weight)
    document.undo.undo()
    assert document.curve("mouth_left_y") is None and slider.weight == 0


def test_weight_and_iod_are_shown_and_a_number_can_be_typed(panel, measured, qtbot) -> None:
    row = panel.rows["mouth_open"]
    row.number.setFocus()
    row.number.selectAll()
    qtbot.keyClicks(row.number, "-0.5")
    qtbot.keyClick(row.number, Qt.Key.Key_Return)
    assert measured.document.track_value("mouth_open") == pytest.approx(-0.5)
    down = control_table()["mouth_open"].down.range
    assert row.number.text() == "-0.50" and row.iod.text() == f"{-0.5 * down:+.3f}"
    assert row.slider.weight == -0.5


def test_sliders_follow_the_curves_when_the_playhead_moves(panel, measured) -> None:
    document = measured.document
    document.key_track("nose_y", 0.8)
    assert panel.rows["nose_y"].slider.weight == pytest.approx(0.8)
    document.playhead.set_frame(200)
    assert panel.rows["nose_y"].slider.weight == 0


def test_a_double_click_brings_a_control_to_rest(panel, measured, qtbot) -> None:
    measured.document.key_track("nose_y", 0.8)
    slider = panel.rows["nose_y"].slider
    qtbot.mouseDClick(slider, LEFT, pos=place(slider, 0.8))
    assert measured.document.track_value("nose_y") == 0


def test_escape_gives_a_drag_up(panel, measured, qtbot) -> None:
    edits, slider = measured.document.undo.count(), panel.rows["face_y"].slider
    drag(qtbot, slider, 0.7)
    qtbot.keyClick(slider, Qt.Key.Key_Escape)
    qtbot.mouseRelease(slider, LEFT, pos=place(slider, 0.7))
    assert measured.document.undo.count() == edits and slider.weight == 0


def test_arrow_keys_step_it_while_it_has_the_keyboard_as_one_undo(panel, measured, qtbot) -> None:
    document, slider = measured.document, panel.rows["nose_y"].slider
    edits, frame = document.undo.count(), document.playhead.frame
    slider.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_Left):
        qtbot.keyClick(slider, key)
    assert document.track_value("nose_y") == pytest.approx(0.11)
    assert document.playhead.frame == frame and document.undo.count() == edits + 1
    qtbot.keyClick(slider, Qt.Key.Key_0)
    assert document.track_value("nose_y") == 0


def test_the_wheel_scrolls_the_panel_until_the_slider_was_clicked(panel, measured, qtbot) -> None:
    slider = panel.rows["nose_y"].slider
    before = slider.weight
    wheel = turned(slider, 1)
    slider.wheelEvent(wheel)
    assert not wheel.isAccepted() and slider.weight == before
    qtbot.mouseClick(slider, LEFT, pos=place(slider, 0.0))
    slider.wheelEvent(turned(slider, 2))
    assert measured.document.track_value("nose_y") == pytest.approx(0.02)


def turned(slider: TwoWaySlider, notches: int) -> QWheelEvent:
    at = QPointF(slider.rect().center())
    return QWheelEvent(
        at, slider.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip


# All of them


def test_without_auto_key_a_pose_is_held_until_it_is_keyed_or_left(panel, measured) -> None:
    document, posing = measured.document, measured.document.posing
    panel.auto_key.click()
    edits = document.undo.count()
    posing.settle("nose_y", 0.5)
    posing.settle("face_y", -0.5)
    assert document.undo.count() == edits and document.track_value("nose_y") == 0.5
    assert panel.key.property("chosen") is True
    panel.key.click()
    assert document.undo.count() == edits + 1 and document.curve("face_y") is not None
    posing.settle("nose_y", -0.9)
    document.playhead.set_frame(61)
    document.playhead.set_frame(60)
    assert document.track_value("nose_y") == pytest.approx(0.5)


def test_linked_sides_move_together(panel, measured, qtbot) -> None:
    panel.link.click()
    measured.document.posing.settle("mouth_left_x", 0.4)
    assert measured.document.track_value("mouth_right_x") == pytest.approx(0.4)
    assert panel.rows["mouth_right_x"].slider.weight == pytest.approx(0.4)
    measured.document.undo.undo()
    assert measured.document.curve("mouth_right_x") is None


def test_one_side_is_mirrored_onto_the_other_in_one_undo(panel, measured) -> None:
    document = measured.document
    document.key_tracks({"mouth_left_y": 0.7, "left_eye_open": -0.4, "right_brow_y": 0.2})
    edits = document.undo.count()
    panel.to_right.click()
    assert document.undo.count() == edits + 1
    assert document.track_value("mouth_right_y") == pytest.approx(0.7)
    assert document.track_value("right_eye_open") == pytest.approx(-0.4)
    assert document.track_value("right_brow_y") == 0
    document.undo.undo()
    panel.to_left.click()
    assert document.track_value("mouth_left_y") == 0
    assert document.track_value("left_brow_y") == pytest.approx(0.2)


def test_a_part_and_all_are_reset_in_one_undo_each(panel, measured) -> None:
    document = measured.document
    document.key_tracks({"mouth_left_y": 0.7, "mouth_open": 0.3, "nose_y": -0.4})
    assert panel.parts["mouth"].reset.isVisible() and not panel.parts["face"].reset.isVisible()
    panel.parts["mouth"].reset.click()
    assert document.track_value("mouth_open") == 0 and document.track_value("nose_y") != 0
    panel.reset.click()
    assert document.track_value("nose_y") == 0
    document.undo.undo()
    document.undo.undo()
    assert document.track_value("mouth_left_y") == pytest.approx(0.7)


def test_menu_and_palette_have_what_the_panel_does(panel, measured) -> None:
    actions, document = measured.actions_by_id, measured.document
    assert actions["rig.auto_key"].isChecked()
    actions["rig.linked"].trigger()
    assert document.posing.linked and panel.link.property("chosen") is True
    document.key_track("mouth_left_y", 0.5)
    actions["rig.mirror_left"].trigger()
    assert document.track_value("mouth_right_y") == pytest.approx(0.5)
    actions["rig.reset"].trigger()
    assert document.track_value("mouth_left_y") == 0


# The drive


def test_the_video_moves_the_head_and_is_marked_on_the_sliders(panel, measured) -> None:
    document = measured.document
    document.playhead.set_frame(105)
    panel.drive.on.click()
    assert document.drive.on and measured.actions_by_id["rig.drive"].isChecked()
    driven = document.drive.weights_at(105)["mouth_left_x"]
    assert panel.rows["mouth_left_x"].slider._driven == pytest.approx(driven)
    assert panel.rows["mouth_left_x"].slider.weight == 0  # its curve still rests
    shown = dict(measured.views["head"].wanted().weights)
    assert shown["mouth_left_x"] == pytest.approx(driven, abs=1e-3) and "AU12_L" in shown
    panel.drive.alone.click()
    assert "AU12_L" not in dict(measured.views["head"].wanted().weights)
    measured.actions_by_id["rig.drive"].trigger()
    assert "mouth_left_x" not in dict(measured.views["head"].wanted().weights)


def test_the_drive_is_calibrated_and_recorded_by_its_buttons(panel, measured) -> None:
    document, drive = measured.document, panel.drive
    assert not drive.record.isEnabled() and drive.calibrate.isEnabled()
    drive.on.click()
    drive.calibrate.click()
    assert "60" in drive.note.text() and drive.clear.isVisible()
    drive.clear.click()
    assert not drive.clear.isVisible()
    drive.record_part.click()
    assert document.settle_jobs()
    assert document.curve("mouth_left_x") is not None and not document.drive.on
    assert not drive.record.isEnabled()


def test_another_form_is_chosen_and_undone(panel, measured) -> None:
    drive = panel.drive
    drive.form.setCurrentIndex(2)
    drive.form.activated.emit(2)
    assert measured.document.drive.form == "still"
    measured.document.undo.undo()
    assert drive.form.currentData() == "similarity"


def test_what_a_control_follows_is_changed_in_its_sheet(panel, measured, qtbot) -> None:
    document, row = measured.document, panel.rows["mouth_left_x"]
    popup = panel.show_binding("mouth_left_x")
    qtbot.addWidget(popup)
    popup.gain._enter(2.5)
    assert document.drive.binding("mouth_left_x").gain == 2.5
    assert row.follow.property("chosen") is True
    popup.points.setText("54 64")
    popup.points.editingFinished.emit()
    popup.smoothing._enter(20)
    popup.direction._enter(90)
    kept = document.drive.binding("mouth_left_x")
    assert (kept.points, kept.smoothing, kept.axis) == ((54, 64), 0.02, (0.0, 1.0))
    popup.points.setText("54 99")
    popup.points.editingFinished.emit()
    assert popup.points.property("wrong") is True
    assert document.drive.binding("mouth_left_x").points == (54, 64)
    popup.enabled.click()
    assert row.follow.text() == "–"
    popup.back.click()
    assert document.rig.stored.bindings == () and row.follow.property("chosen") is False
    popup.close()


@pytest.mark.parametrize(
    ("typed", "points"),
    [
        ("43, 44", (43, 44)), ("36-39", (36, 37, 38, 39)), ("68;69 68", (68, 69)), ("70", None),
        ("", None), ("a", None), ("9-3", None), ("1,,2", (1, 2)),
    ],
)  # fmt: skip
def test_points_are_read_as_people_write_them(typed: str, points) -> None:
    assert read_points(typed) == points
