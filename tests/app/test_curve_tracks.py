"""Curves of controls and frozen shapes in the timeline, beside those of action units."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.state import Document
from pipeline.curves import Curve
from pipeline.head.rig.rig import FrozenShape
from pipeline.store import SetCurves
from tests.app import mouse
from tests.app.film import Film
from tests.app.measured_clip import measure, near, pixel
from widgets import theme
from widgets.timeline import Timeline
from widgets.timeline.curve_editor import CurveEditor
from widgets.timeline.curve_rows import HEADING
from widgets.track_titles import spoken_title, track_color

CORNER = "mouth_left_y"


@pytest.fixture
def timeline(document: Document, films: dict[str, Film], tmp_path: Path, qtbot) -> Timeline:
    films["face.mp4"] = Film(n_frames=241, fps=200.0)
    path = tmp_path / "face.mp4"
    path.write_bytes(b"film")
    document.open_media([path])
    assert document.settle()
    measure(document)
    theme.apply(QApplication.instance(), theme.DARK)
    view = Timeline(document)
    qtbot.addWidget(view)
    view.resize(1256, 460)
    view.show()
    view.select_curve("AU6")
    document.playhead.set_frame(0)
    QApplication.processEvents()
    return view


@pytest.fixture
def editor(timeline: Timeline) -> CurveEditor:
    return timeline.editor


def give(timeline: Timeline, **curves: Curve) -> None:
    clip = timeline.document.clip
    assert clip is not None
    assert timeline.document.do(SetCurves(clip.id, {}, curves))
    QApplication.processEvents()


def wave(low: float, high: float) -> Curve:
    return Curve.from_keys([0.2, 0.45, 0.7, 0.95], [0.0, high, low, 0.0])


def headings(timeline: Timeline) -> dict[str, str]:
    """Headings above rows, by the row's track."""
    model = timeline.rows.model()
    found = (model.index(row, 0) for row in range(model.rowCount()))
    return {i.data(): i.data(HEADING) for i in found if i.data(HEADING)}


def test_controls_and_shapes_are_listed_after_the_units_in_groups(timeline: Timeline) -> None:
    units = timeline.choice.rows
    assert headings(timeline) == {}
    give(timeline, smirk=wave(0, 0.4), nose_y=wave(-0.01, 0.01), mouth_left_y=wave(-0.9, 0.2))
    assert timeline.choice.rows == (*units, CORNER, "nose_y", "smirk")
    assert headings(timeline) == {CORNER: "CONTROLS", "smirk": "SHAPES"}
    assert timeline.choice.selected == "AU6"  # nothing jumps under a hand


def test_a_strong_control_hides_no_weak_unit(timeline: Timeline) -> None:
    units = timeline.choice.rows
    give(timeline, mouth_left_y=wave(-1.0, 1.0))
    assert timeline.choice.rows[:-1] == units


def test_tracks_have_names_that_can_be_read(timeline: Timeline) -> None:
    give(timeline, mouth_left_y=wave(-0.4, 0.4), smirk=wave(0, 1))
    model = timeline.rows.model()
    role = Qt.ItemDataRole.AccessibleTextRole
    spoken = [model.index(row, 0).data(role) for row in range(model.rowCount())]
    assert spoken[-2:] == ["left mouth corner up", "smirk"]
    assert spoken_title("AU12_L") == "AU12 left lip corner puller"


def test_both_sides_share_a_colour_and_neighbours_do_not(qapp) -> None:
    assert track_color("mouth_left_y") == track_color("mouth_right_y")
    assert track_color("smirk_L") == track_color("smirk_R")
    names = ("mouth_open", "mouth_left_x", "mouth_left_y", "pull_down_left", "left_eye_open")
    assert len({track_color(name).name() for name in names}) == len(names)


def test_the_range_is_as_before_without_a_control_and_goes_below_zero_with_one(
    timeline: Timeline,
) -> None:
    values = timeline.editor.values
    before = values.state()
    assert not values.signed and min(values.lines()) == 0.0
    give(timeline, smirk=wave(0, 0.2))
    assert values.state() == before
    give(timeline, mouth_left_y=wave(-0.7, 0.3))
    assert values.signed and values.bottom <= -0.7
    assert min(values.lines()) < 0.0 in values.lines()
    timeline.choice.mute(CORNER, True)
    assert values.state() == before
    timeline.choice.mute(CORNER, False)
    assert values.signed
    timeline.document.undo.undo()
    assert values.state() == before


def test_the_full_range_is_minus_1_to_1_with_a_control(timeline: Timeline) -> None:
    editor = timeline.editor
    timeline.toggle_values()
    assert (editor.values.bottom, editor.values.top) == (0.0, 1.0)
    give(timeline, mouth_left_y=wave(-0.1, 0.1))
    assert (editor.values.bottom, editor.values.top) == (-1.0, 1.0)


def test_zooming_keeps_zero_where_it_is_in_the_range(timeline: Timeline) -> None:
    give(timeline, mouth_left_y=wave(-0.5, 0.5))
    values = timeline.editor.values
    row = values.y(0.0)
    values.zoom(0.5)
    assert values.y(0.0) == pytest.approx(row)


def test_a_curve_below_zero_is_painted_where_it_is(timeline: Timeline) -> None:
    give(timeline, mouth_left_y=wave(-0.8, 0.5))
    timeline.select_curve(CORNER)
    for name in timeline.choice.names:
        timeline.choice.solo(name, name == CORNER)
    editor, axis = timeline.editor, timeline.axis
    QApplication.processEvents()
    curve = editor.document.curve(CORNER)
    picture = editor.grab().toImage()
    for seconds in (0.4, 0.62, 0.75, 0.9):
        column = round(axis.x(float(axis.frames(seconds))))
        value = float(curve(axis.seconds(axis.frame(column + 0.5))))
        rows = [
            y for y in range(picture.height())
            if near(pixel(picture, column, y), track_color(CORNER).name(), 50)
        ]  # fmt: skip
        assert np.mean(rows) + 0.5 == pytest.approx(editor.y(value), abs=2.0)


def test_keys_that_a_person_set_are_the_handles(editor: CurveEditor, timeline: Timeline) -> None:
    document = editor.document
    document.playhead.set_frame(120)
    document.key_track(CORNER, -0.4)
    timeline.select_curve(CORNER)
    curve = document.curve(CORNER)
    assert curve.is_spline  # it happens to be one; the keys stay
    assert len(editor.handle_pixels(curve)) == len(curve) == 3


def test_a_key_is_dragged_below_zero_by_one_edit(editor: CurveEditor, timeline: Timeline) -> None:
    document = editor.document
    document.playhead.set_frame(120)
    document.key_track(CORNER, 0.3)
    timeline.select_curve(CORNER)
    QApplication.processEvents()
    count = document.undo.count()
    x, y = editor.handle_pixels(document.curve(CORNER))[1]
    per_pixel = editor.values.per_pixel
    mouse.press(editor, x, y)
    mouse.move(editor, x, y + 20)
    mouse.move(editor, x, y + 120)
    mouse.release(editor, x, y + 120)
    assert document.undo.count() == count + 1
    assert document.track_value(CORNER) == pytest.approx(0.3 - 120 * per_pixel)
    assert document.track_value(CORNER) < 0
    assert editor.values.bottom <= document.track_value(CORNER)
    document.undo.undo()
    assert document.track_value(CORNER) == 0.3


def test_a_hand_stops_where_the_tracks_range_does(
    editor: CurveEditor, timeline: Timeline, qtbot
) -> None:
    give(timeline, mouth_left_y=wave(-0.95, 0.5), smirk=wave(0.05, 0.5))
    editor.setFocus()
    for name, lowest in ((CORNER, -1.1), ("smirk", -0.1)):
        timeline.select_curve(name)
        x, y = editor.handle_pixels(editor.document.curve(name))[2]
        mouse.press(editor, x, y)
        mouse.release(editor, x, y)
        for _ in range(3):
            qtbot.keyClick(
                editor, Qt.Key.Key_Down,
                Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier,
            )  # fmt: skip
        assert editor.document.curve(name).v[2] == pytest.approx(lowest)


def test_a_track_is_added_from_the_menu_with_a_key_at_the_playhead(timeline: Timeline) -> None:
    document = timeline.document
    rig = replace(document.rig.rig, shapes=(FrozenShape("smirk", ()),))
    document.rig.preview(rig)
    document.playhead.set_frame(100)
    entries = {
        action.text(): action
        for menu in (timeline.adding.menu_of_tracks(),)
        for action in (*menu.actions(), *(a for sub in menu.actions() if sub.menu()
                                          for a in sub.menu().actions()))
    }  # fmt: skip
    assert {"left mouth corner up", "nose up", "smirk"} <= entries.keys()
    entries["nose up"].trigger()
    assert timeline.selected_curve == "nose_y"
    assert document.track_value("nose_y") > 0
    entries["smirk"].trigger()
    assert timeline.selected_curve == "smirk"
    taken = timeline.adding.menu_of_tracks()
    nose = next(a.menu() for a in taken.actions() if a.text() == "Nose")
    assert not any(action.isEnabled() for action in nose.actions())
    document.undo.undo()
    document.undo.undo()
    assert "nose_y" not in document.curves()


def test_a_curve_is_deleted_and_comes_back_by_undo(timeline: Timeline) -> None:
    document = timeline.document
    give(timeline, mouth_left_y=wave(-0.4, 0.4))
    timeline.select_curve(CORNER)
    before = document.store.fingerprint()
    timeline.delete_curve()
    assert CORNER not in timeline.choice.names
    assert timeline.selected_curve in timeline.choice.rows
    document.undo.undo()
    assert document.store.fingerprint() == before
    assert CORNER in timeline.choice.rows


def test_deleting_the_last_key_takes_the_curve_away(timeline: Timeline, qtbot) -> None:
    document, editor = timeline.document, timeline.editor
    document.key_track(CORNER, 0.0)
    timeline.select_curve(CORNER)
    x, y = editor.handle_pixels(document.curve(CORNER))[0]
    mouse.press(editor, x, y)
    mouse.release(editor, x, y)
    timeline.delete_point()
    assert document.curve(CORNER) is None
    document.undo.undo()
    assert len(document.curve(CORNER)) == 1


def test_a_track_that_is_keyed_elsewhere_is_selected_but_a_pose_is_not(timeline: Timeline) -> None:
    document = timeline.document
    document.key_tracks({CORNER: 0.4, "mouth_right_y": 0.4})
    assert timeline.selected_curve == CORNER
    document.key_tracks({"mouth_open": 0.2, CORNER: 0.1, "mouth_right_y": 0.1})
    assert timeline.selected_curve == CORNER
