"""The inspector's panels: event, action units, modulators, profiles."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt

from app.shell.window import StudioWindow
from pipeline.core.labels import format_aus

pytest_plugins = ["tests.app.studio_window"]


@pytest.fixture
def animate(measured: StudioWindow) -> StudioWindow:
    measured.show_workspace("animate")
    return measured


def event(window: StudioWindow):
    return window.document.events()[0]


def units(window: StudioWindow) -> str:
    return format_aus(event(window).span.aus)


def test_the_panel_shows_frames_and_who_says_them(measured: StudioWindow, qtbot) -> None:
    panel = measured.event_panel
    assert [field.text() for field in panel.fields.values()] == ["64", "105", "168"]
    measured.document.settings.coder = "B"
    measured.document.playhead.set_frame(62)
    qtbot.keyClick(measured, Qt.Key.Key_Q)
    assert panel._sayers["onset"].text() == "model 64 · B 62"
    assert "B" in panel.who.text()


def test_a_frame_can_be_typed(measured: StudioWindow, qtbot) -> None:
    field = measured.event_panel.fields["apex"]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "111")
    assert event(measured).span.apex == 105  # nothing is stored while typing
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert event(measured).span.apex == 111
    assert not field.hasFocus()


def test_escape_leaves_the_old_frame_and_nonsense_is_not_taken(
    measured: StudioWindow, qtbot
) -> None:
    field = measured.event_panel.fields["onset"]
    for typed, key in (("99", Qt.Key.Key_Escape), ("x-y", Qt.Key.Key_Return)):
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, typed)
        qtbot.keyClick(field, key)
        assert field.text() == "64" and event(measured).span.onset == 64


def test_a_frame_beyond_the_clip_is_brought_into_it(measured: StudioWindow, qtbot) -> None:
    field = measured.event_panel.fields["offset"]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "99999")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert event(measured).span.offset == 239


def test_an_apex_may_be_left_uncoded(measured: StudioWindow, qtbot) -> None:
    field = measured.event_panel.fields["apex"]
    field.setFocus()
    field.clear()
    field.setModified(True)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert event(measured).span.apex is None and field.text() == "—"


# Action units


def test_each_unit_has_a_bar_of_what_was_measured(measured: StudioWindow) -> None:
    rows = {row.label.au: row for row in measured.event_panel.units.rows}
    assert rows[12].labelled and rows[12].reading.text().startswith("C · ")
    signals = measured.document.analysis.signals
    left = float(signals.column("AU12_L")[105])
    assert rows[12].reading.text() == f"C · {left:.2f}".replace("0.", ".")


def test_side_intensity_and_doubt_are_set_by_clicks(measured: StudioWindow, qtbot) -> None:
    left = Qt.MouseButton.LeftButton

    def row(au: int):
        return next(r for r in measured.event_panel.units.rows if r.label.au == au)

    qtbot.mouseClick(row(25).side, left)
    assert units(measured) == "6b+L12c+L25"
    bar = row(25).bar
    qtbot.mouseClick(bar, left, pos=QPoint(round(bar.width() * 0.7), 10))
    assert units(measured) == "6b+L12c+L25d"
    qtbot.mouseClick(row(6).doubt, left)
    assert units(measured) == "6b?+L12c+L25d"


def test_a_unit_is_taken_away_and_undo_brings_it_back(measured: StudioWindow) -> None:
    row = next(r for r in measured.event_panel.units.rows if r.label.au == 12)
    row.removed.emit()
    assert units(measured) == "6b+25"
    measured.document.undo.undo()
    assert units(measured) == "6b+L12c+25"
    measured.document.undo.redo()
    assert units(measured) == "6b+25"


@pytest.mark.parametrize("typed", ["12x", "LL4", "4 foo", "99"])
def test_text_that_is_no_unit_is_said_under_the_field_and_not_stored(
    measured: StudioWindow, qtbot, typed: str
) -> None:
    qtbot.keyClick(measured, Qt.Key.Key_U)
    field = measured.event_panel.units.field
    field.clear()
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.error.isVisible() and field.error.text()
    assert units(measured) == "6b+L12c+25"
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "6b L12c 25" and not field.error.isVisible()


# Modulators


def drag(qtbot, slider, share: float, release: bool = True) -> None:
    slider.slider.setSliderDown(True)
    slider.slider.setValue(round(share * slider.slider.maximum()))
    if release:
        slider.slider.setSliderDown(False)


def test_the_head_follows_the_slider_live_and_release_is_one_edit(
    animate: StudioWindow, qtbot
) -> None:
    document, slider = animate.document, animate.modulators.strength
    at = document.playhead.seconds_at(105)
    before, edits = document.weights_at(at)["AU6"], document.undo.count()
    plain = document.weights_at(at, "edited")["AU6"]
    assert before == pytest.approx(min(1.0, plain * 1.4), rel=1e-6)
    slider.slider.setSliderDown(True)
    for share in (0.4, 0.3, 0.2):
        slider.slider.setValue(round(share * slider.slider.maximum()))
        assert document.weights_at(at)["AU6"] == pytest.approx(plain * 3 * share, rel=1e-6)
        assert document.undo.count() == edits
    slider.slider.setSliderDown(False)
    assert document.undo.count() == edits + 1
    assert document.store.modulation(document.clip.id).profiles["happiness"].m_e == 0.6
    document.undo.undo()
    assert document.weights_at(at)["AU6"] == pytest.approx(before)
    assert slider.value() == pytest.approx(1.4)


def test_the_intensity_of_the_event_is_the_coders_own(animate: StudioWindow, qtbot) -> None:
    drag(qtbot, animate.modulators.intensity, 0.5)
    assert event(animate).intensity == pytest.approx(0.5)
    assert event(animate).coder == animate.document.coder
    animate.document.undo.undo()
    assert event(animate).intensity == 1.0


def test_an_emotion_picked_by_hand_plays_for_the_whole_clip(animate: StudioWindow, qtbot) -> None:
    panel, document = animate.modulators, animate.document
    panel.emotion.setCurrentIndex(panel.emotion.findData("fear"))
    panel.emotion.activated.emit(panel.emotion.currentIndex())
    assert document.modulation().override == "fear"
    assert "fear" in panel.strength.name.text()
    drag(qtbot, panel.intensity, 0.25)
    assert document.modulation().intensity == pytest.approx(0.25)
    assert event(animate).intensity == 1.0
    at = document.playhead.seconds_at(105)
    plain = document.weights_at(at, "edited")["AU6"]
    assert document.weights_at(at)["AU6"] == pytest.approx(plain * 0.6 * 0.25, rel=1e-6)


def test_a_gain_can_be_typed(animate: StudioWindow, qtbot) -> None:
    field = animate.modulators.strength.number
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "2.25")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert animate.document.modulation().profiles["happiness"].m_e == 2.25


def test_reset_puts_the_default_gains_back(animate: StudioWindow, qtbot) -> None:
    drag(qtbot, animate.modulators.strength, 1.0)
    assert animate.document.modulation().profiles["happiness"].m_e == 3.0
    animate.modulators.reset.click()
    assert animate.document.modulation().profiles["happiness"].m_e == 1.4


def test_a_single_units_gain_is_edited_in_the_table_of_profiles(animate: StudioWindow) -> None:
    from widgets.profiles import UNITS, ProfilesDialog

    dialog = ProfilesDialog(animate.document, animate)
    item = dialog.table.item(0, 2 + UNITS.index(12))
    item.setData(Qt.ItemDataRole.UserRole, 2.0)
    profile = animate.document.modulation().profiles["happiness"]
    assert dict(profile.m_au) == {12: 2.0} and profile.m_e == 1.4
    at = animate.document.playhead.seconds_at(105)
    plain = animate.document.weights_at(at, "edited")
    played = animate.document.weights_at(at)
    assert played["AU6"] == pytest.approx(plain["AU6"] * 1.4, rel=1e-6)
    assert played["AU12_R"] == pytest.approx(min(1.0, plain["AU12_R"] * 2.0), rel=1e-6)
    dialog.reset()
    assert dict(animate.document.modulation().profiles["happiness"].m_au) == {}
    dialog.close()
    dialog.deleteLater()


def test_the_head_panel_turns_the_view_and_picks_the_layer(animate: StudioWindow) -> None:
    animate.head_panel.views["profile"].click()
    animate.head_panel.layers["raw"].click()
    head = animate.views["head"]
    assert head.camera.yaw == 90.0 and head.layer == "raw"
    assert animate.head_panel.layers["raw"].property("chosen") is True
