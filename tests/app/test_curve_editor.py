"""The curve editor: what is painted lies where it is, a hand changes one curve by one edit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

from app.state import Document
from pipeline.curves import Curve
from pipeline.store import SetCurve
from tests.app import mouse
from tests.app.film import Film
from tests.app.measured_clip import measure, near, pixel
from widgets import theme
from widgets.timeline import TimeAxis, Timeline
from widgets.timeline.curve_editor import CurveEditor
from widgets.timeline.curve_lines import Polylines, thin_path, thinned


@pytest.fixture
def timeline(document: Document, films: dict[str, Film], tmp_path: Path, qtbot) -> Timeline:
    films["face.mp4"] = Film(n_frames=241, fps=200.0)
    path = tmp_path / "face.mp4"
    path.write_bytes(b"film")
    document.open_media([path])
    assert document.settle()
    measure(document, flat=("AU1_L", "AU1_R", "AU9_L"))
    theme.apply(QApplication.instance(), theme.DARK)
    view = Timeline(document)
    qtbot.addWidget(view)
    view.resize(1256, 400)
    view.show()
    view.select_curve("AU6")
    document.playhead.set_frame(0)
    QApplication.processEvents()
    return view


@pytest.fixture
def editor(timeline: Timeline) -> CurveEditor:
    return timeline.editor


def handle(editor: CurveEditor, index: int) -> tuple[float, float]:
    """Pixel of a control point of the selected curve."""
    curve = editor.document.curve(editor.choice.selected)
    x, y = editor.handle_pixels(curve)[index]
    return float(x), float(y)


def painted_row(editor: CurveEditor, x: int, color: str) -> float:
    """Middle row of a colour in a pixel column."""
    picture = editor.grab().toImage()
    rows = [y for y in range(picture.height()) if near(pixel(picture, x, y), color, 50)]
    assert rows, f"no {color} in column {x}"
    return float(np.mean(rows)) + 0.5


def test_a_curve_is_painted_where_it_is_to_the_pixel(timeline: Timeline) -> None:
    timeline.editor.show_modulated = False
    editor, axis = timeline.editor, timeline.axis
    curve = editor.document.curve("AU6")
    for column in (417, 456, 514, 552):
        value = float(curve(axis.seconds(axis.frame(column + 0.5))))
        row = painted_row(editor, column, theme.DARK.amber)
        assert row == pytest.approx(editor.y(value), abs=1.0)


def test_curve_and_ruler_agree_after_zooming(timeline: Timeline) -> None:
    timeline.editor.show_modulated = False
    editor, axis = timeline.editor, timeline.axis
    axis.set_visible(88.3, 131.7)
    QApplication.processEvents()
    times = np.linspace(0.4, 0.65, 5001)
    curve = editor.document.curve("AU6")
    summit = float(axis.x(axis.frames(times[np.argmax(curve(times))])))
    # The summit is flat: its column is the middle of two places of the same height.
    picture = editor.grab().toImage()
    level = round(editor.y(float(curve(times).max()) - 0.03))
    columns = [x for x in range(editor.width()) if near(pixel(picture, x, level), "#ffb454", 50)]
    assert columns
    left = [x for x in columns if x < summit]
    right = [x for x in columns if x > summit]
    for found in (left, right):
        value = float(curve(axis.seconds(axis.frame(np.mean(found) + 0.5))))
        assert editor.y(value) == pytest.approx(level + 0.5, abs=1.0)
    ruler = timeline.ruler.grab().toImage()
    assert near(pixel(ruler, round(axis.x(100)), 18), theme.DARK.text_dim)


def test_control_points_are_painted_where_they_are(editor: CurveEditor) -> None:
    picture = editor.grab().toImage()
    x, y = handle(editor, 3)
    assert near(pixel(picture, x, y), theme.DARK.text)


def test_dragging_a_control_point_previews_and_stores_one_edit(editor: CurveEditor) -> None:
    document = editor.document
    old = document.curve("AU6")
    count = document.undo.count()
    seen: list[frozenset[str] | None] = []
    document.curves_changed.connect(seen.append)
    x, y = handle(editor, 3)

    mouse.press(editor, x, y)
    mouse.move(editor, x + 8, y + 20)
    mouse.move(editor, x + 12, y + 30)
    assert seen == [frozenset({"AU6"})] * 2
    assert document.undo.count() == count
    assert document.weights_at(0.5, "edited")["AU6"] < float(old(0.5))
    mouse.release(editor, x + 12, y + 30)

    new = document.curve("AU6")
    assert document.undo.count() == count + 1
    time, value = new.control_points()[3]
    assert editor.axis.x(float(editor.axis.frames(time))) == pytest.approx(x + 12, abs=0.01)
    assert editor.y(value) == pytest.approx(y + 30, abs=0.01)
    assert document.curve("AU6", "raw") == old
    document.undo.undo()
    assert document.curve("AU6") == old


def test_escape_gives_up_a_drag_and_stores_nothing(editor: CurveEditor, qtbot) -> None:
    document = editor.document
    old, count = document.curve("AU6"), document.undo.count()
    x, y = handle(editor, 2)
    mouse.press(editor, x, y)
    mouse.move(editor, x, y - 40)
    assert document.curve("AU6") != old
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert document.curve("AU6") == old
    mouse.move(editor, x, y - 60)
    mouse.release(editor, x, y - 60)
    assert document.curve("AU6") == old
    assert document.undo.count() == count


def test_shift_keeps_time_or_value(editor: CurveEditor) -> None:
    shift = Qt.KeyboardModifier.ShiftModifier
    x, y = handle(editor, 3)
    old_time = editor.document.curve("AU6").control_points()[3, 0]
    mouse.press(editor, x, y, keys=shift)
    mouse.move(editor, x + 7, y + 30, keys=shift)
    mouse.release(editor, x + 7, y + 30, keys=shift)
    time, value = editor.document.curve("AU6").control_points()[3]
    assert time == pytest.approx(old_time)
    assert editor.y(value) == pytest.approx(y + 30, abs=0.01)


def test_double_click_adds_a_point_without_changing_the_shape(editor: CurveEditor) -> None:
    document, axis = editor.document, editor.axis
    old = document.curve("AU6")
    time = 0.52
    x = axis.x(float(axis.frames(time)))
    mouse.double_click(editor, x, editor.y(float(old(time))))
    new = document.curve("AU6")
    assert len(new.t) == len(old.t) + 1
    times = np.linspace(0, 1.2, 500)
    assert new(times) == pytest.approx(old(times), abs=1e-9)


def test_insert_adds_a_point_at_the_playhead_and_delete_takes_it_away(
    timeline: Timeline, qtbot
) -> None:
    document, editor = timeline.document, timeline.editor
    old = document.curve("AU6")
    document.playhead.set_frame(97)
    qtbot.keyClick(editor, Qt.Key.Key_Insert)
    assert 97 / 200 in document.curve("AU6").t
    qtbot.keyClick(editor, Qt.Key.Key_Delete)
    assert len(document.curve("AU6").t) == len(old.t)
    document.undo.undo()
    document.undo.undo()
    assert document.curve("AU6") == old


def test_a_point_outside_the_ends_is_refused_with_a_word(timeline: Timeline, qtbot) -> None:
    count = timeline.document.undo.count()
    with qtbot.waitSignal(timeline.said):
        assert not timeline.editor.insert_point(0.01)
    with qtbot.waitSignal(timeline.said):
        timeline.delete_point()
    assert timeline.document.undo.count() == count


def test_alt_arrows_nudge_and_repeats_are_one_undo(editor: CurveEditor, qtbot) -> None:
    document = editor.document
    old = document.curve("AU6")
    mouse.click(editor, *handle(editor, 3))
    count = document.undo.count()
    for _ in range(3):
        qtbot.keyClick(editor, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    value = document.curve("AU6").control_points()[3, 1]
    assert value == pytest.approx(old.control_points()[3, 1] + 0.03)
    assert document.undo.count() == count + 1


def test_reset_goes_back_to_the_prediction_and_can_be_undone(editor: CurveEditor) -> None:
    document = editor.document
    raw = document.curve("AU6", "raw")
    x, y = handle(editor, 3)
    mouse.drag(editor, (x, y), (x, y + 15), (x, y + 30))
    mine = document.curve("AU6")
    assert editor.reset_curve()
    assert document.curve("AU6") == raw
    assert "AU6" not in document.store.edited_names(document.clip.id)
    document.undo.undo()
    assert document.curve("AU6") == mine


def test_a_broken_curve_is_edited_by_its_keys(editor: CurveEditor) -> None:
    document = editor.document
    old = document.curve("AU6")
    keyed = Curve.from_keys([0.2, 0.5, 0.9], [0.0, 0.8, 0.0])
    assert not keyed.is_spline
    document.do(SetCurve(document.clip.id, "AU6", "edited", old, keyed))
    x, y = handle(editor, 1)
    mouse.drag(editor, (x, y), (x, y + 10), (x, y + 25))
    new = document.curve("AU6")
    assert editor.y(float(new.v[1])) == pytest.approx(y + 25, abs=0.01)
    assert new.t[1] == pytest.approx(0.5)


def test_clicking_a_line_selects_its_curve(timeline: Timeline, qtbot) -> None:
    editor = timeline.editor
    time = 175 / 200
    value = float(timeline.document.curve("AU4")(time))
    with qtbot.waitSignal(timeline.curve_selected) as caught:
        mouse.click(editor, timeline.axis.x(175), editor.y(value))
    assert caught.args == ["AU4"]


def test_the_playheads_line_can_be_dragged_over_the_curves(timeline: Timeline) -> None:
    document, axis = timeline.document, timeline.axis
    document.playhead.set_frame(30)
    mouse.drag(timeline.editor, (axis.x(30) + 2, 40), (axis.x(35), 40), (axis.x(44), 40))
    assert document.playhead.frame == 44


def test_the_curves_that_move_are_listed_the_strongest_first(timeline: Timeline) -> None:
    choice = timeline.choice
    assert choice.rows == ("AU12_L", "AU12_R", "AU6", "AU25", "AU4")
    choice.all_rows = True
    assert choice.rows[:5] == ("AU12_L", "AU12_R", "AU6", "AU25", "AU4")
    assert choice.rows[5:] == ("AU1_L", "AU1_R", "AU9_L")


def test_the_strongest_curve_of_a_new_clip_is_selected_and_in_view(timeline: Timeline) -> None:
    view = Timeline(timeline.document)
    view.resize(1256, 260)
    view.show()
    assert view.choice.selected == "AU12_L"
    assert view.rows.viewport().rect().contains(view.rows.row_rect("AU12_L"))
    view.select_curve("AU4")
    assert view.rows.viewport().rect().contains(view.rows.row_rect("AU4"))
    view.close()
    view.deleteLater()


def test_mute_hides_a_curve_and_solo_hides_the_others(timeline: Timeline, qtbot) -> None:
    editor, rows, choice = timeline.editor, timeline.rows, timeline.choice
    time = 175 / 200
    x = timeline.axis.x(175)
    y = editor.y(float(timeline.document.curve("AU4")(time)))
    blue = theme.DARK.blue
    assert near(pixel(editor.grab().toImage(), x, y), blue, 60)

    row = rows.row_rect("AU4")
    mute = (row.right() - 6 - 27, row.center().y())
    mouse.click(rows.viewport(), *mute)
    assert choice.is_muted("AU4")
    assert not near(pixel(editor.grab().toImage(), x, y), blue, 60)
    mouse.click(rows.viewport(), *mute)

    row = rows.row_rect("AU25")
    mouse.click(rows.viewport(), row.right() - 6 - 9, row.center().y())
    assert choice.seen() == ("AU25",)
    assert editor.curve_at(QPointF(x, y)) == ""


def test_rows_answer_to_the_keyboard(timeline: Timeline, qtbot) -> None:
    rows, choice = timeline.rows, timeline.choice
    rows.setFocus()
    qtbot.keyClick(rows, Qt.Key.Key_Down)
    assert choice.selected == "AU25"
    qtbot.keyClick(rows, Qt.Key.Key_S)
    assert choice.seen() == ("AU25",)


def test_the_raw_prediction_stays_behind_an_edited_curve(timeline: Timeline) -> None:
    document, editor = timeline.document, timeline.editor
    editor.show_modulated = False
    old = document.curve("AU6")
    document.do(SetCurve(document.clip.id, "AU6", "edited", old, old.with_control_point(3, 0.5, 0)))
    frame = 113
    y = editor.y(float(old(frame / 200)))

    def tinted() -> int:
        picture = editor.grab().toImage()
        x0 = round(timeline.axis.x(frame))
        return sum(
            pixel(picture, x0 + dx, y + dy).red() > 90
            for dx in range(-14, 15) for dy in range(-3, 4)
        )  # fmt: skip

    assert tinted() > 8
    editor.show_raw = False
    assert tinted() == 0


def test_an_aus_colour_is_stable_and_both_sides_share_it(qapp) -> None:
    theme.apply(QApplication.instance(), theme.DARK)
    colors = [theme.au_color(au).name() for au in (12, 6, 25, 4)]
    assert colors == ["#7fe3c4", "#ffb454", "#b79cff", "#6fb3ff"]


def test_thinning_moves_a_line_by_less_than_its_tolerance() -> None:
    x = np.arange(4000.0)
    y = np.exp(-(((x - 900) / 60) ** 2)) + 0.4 * np.exp(-(((x - 2600) / 300) ** 2)) + x * 1e-6
    tolerance = 1e-3
    keep = thinned(y, tolerance)
    assert len(keep) < 2400
    assert np.max(np.abs(np.interp(x, x[keep], y[keep]) - y)) < 5 * tolerance


def test_the_menu_of_a_point_deletes_it(editor: CurveEditor) -> None:
    old = editor.document.curve("AU6")
    menu = editor.context_menu(QPointF(*handle(editor, 3)))
    menu.actions()[0].trigger()
    menu.deleteLater()
    assert len(editor.document.curve("AU6").t) == len(old.t) - 1


def test_a_short_event_in_a_long_clip_is_not_lost_between_samples(qapp) -> None:
    axis = TimeAxis()
    axis.set_width(1000)
    axis.bind(np.arange(120_000) / 200)
    knots = np.array([300.0, 300.05, 300.1, 300.15, 300.2])
    curve = Curve.from_control(knots, [0, 0, 0.5, 1.0, 0.5, 0, 0])
    (path,) = Polylines(axis, thin_path).parts("AU12_L", curve, 2.0, 1e-4)
    tops = [path.elementAt(i).y for i in range(path.elementCount())]
    assert max(tops) == pytest.approx(float(curve.v.max()), abs=1e-3)
    assert path.elementCount() < 3000
