"""The timeline: one axis to the pixel, events dragged, the playhead sought."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication, QLabel

from app.state import Document
from pipeline.core.types import EventSpan
from tests.app import mouse
from tests.app.film import Film
from tests.app.measured_clip import measure, near, pixel
from widgets import theme
from widgets.timeline import TimeAxis, Timeline
from widgets.timeline.event_track import BAR_HEIGHT, BAR_TOP
from widgets.timeline.timeline import HEADER

MIDDLE = BAR_TOP + BAR_HEIGHT / 2


@pytest.fixture
def clip(document: Document, films: dict[str, Film], tmp_path: Path, qtbot) -> Document:
    films["face.mp4"] = Film(n_frames=241, fps=200.0)
    path = tmp_path / "face.mp4"
    path.write_bytes(b"film")
    document.open_media([path])
    assert document.settle()
    document.settings.coder = "B"
    measure(document)
    return document


@pytest.fixture
def timeline(clip: Document, qtbot) -> Timeline:
    theme.apply(QApplication.instance(), theme.DARK)
    view = Timeline(clip)
    qtbot.addWidget(view)
    view.resize(1256, 326)
    view.show()
    QApplication.processEvents()
    return view


def test_gaps_in_the_numbering_do_not_change_the_rate_shown(timeline: Timeline) -> None:
    times = np.delete(np.arange(72) / 25.0, [9, 10])
    timeline.document.playhead.bind(times)
    assert any("25 fps" in label.text() for label in timeline.findChildren(QLabel))


def test_frames_and_pixels_are_inverse_and_zoom_keeps_the_frame_under_the_cursor(qapp) -> None:
    axis = TimeAxis()
    axis.set_width(1000)
    axis.bind(np.arange(2000) / 200)
    assert axis.frame(axis.x(733.25)) == pytest.approx(733.25)
    under = axis.frame(321.0)
    axis.zoom(0.4, 321.0)
    assert axis.frame(321.0) == pytest.approx(under)
    axis.pan(150)
    assert axis.frame(471.0) == pytest.approx(under)
    axis.zoom(1e6, 10.0)
    assert axis.x(0) == pytest.approx(16) and axis.x(1999) == pytest.approx(984)


def test_the_view_never_leaves_the_clip(qapp) -> None:
    axis = TimeAxis()
    axis.set_width(800)
    axis.bind(np.arange(100) / 100)
    axis.zoom(0.2, 400)
    axis.pan(1e9)
    assert axis.x(0) <= 800 and axis.visible[0] >= -3
    axis.pan(-1e9)
    assert axis.visible[1] <= 102
    axis.zoom(1e-9, 400)
    assert axis.visible[1] - axis.visible[0] == pytest.approx(4)


def test_times_map_to_frames_on_a_variable_frame_rate(qapp) -> None:
    axis = TimeAxis()
    axis.bind([0.0, 0.1, 0.3, 0.4])
    assert axis.frames([0.05, 0.2, 0.5]) == pytest.approx([0.5, 1.5, 4.0])
    assert axis.seconds([0.5, 1.5, 4.0]) == pytest.approx([0.05, 0.2, 0.5])


def test_all_tracks_share_left_edge_and_width(timeline: Timeline) -> None:
    tracks = (timeline.ruler, timeline.events, timeline.motion, timeline.face, timeline.editor)
    assert {(track.x(), track.width()) for track in tracks} == {(HEADER, 1256 - HEADER)}
    assert timeline.axis.width == 1256 - HEADER


def test_tick_marker_line_and_bar_of_a_frame_stand_on_one_column(timeline: Timeline) -> None:
    timeline.axis.set_visible(70, 130)
    timeline.document.playhead.set_frame(100)
    QApplication.processEvents()
    column = round(timeline.axis.x(100))
    look = theme.current()

    ruler = timeline.ruler.grab().toImage()
    assert near(pixel(ruler, column, 18), look.text_dim)
    assert not near(pixel(ruler, column - 2, 18), look.text_dim)

    whole = timeline.grab().toImage()
    for y in (60, 90, 200, 300):
        assert near(pixel(whole, HEADER + column, y), look.red, 40)

    apex = timeline.axis.x(105)
    track = timeline.events.grab().toImage()
    assert near(pixel(track, apex, MIDDLE + 2), look.amber)
    edges, heights, width = timeline.motion.bars()
    tallest = edges[np.argmax(heights)] / timeline.axis.pixels_per_frame
    motion = np.asarray(timeline.document.analysis.motion)[70:131]
    assert tallest + timeline.axis.visible[0] == pytest.approx(70 + np.argmax(motion), abs=0.01)
    assert width == pytest.approx(timeline.axis.pixels_per_frame)


def test_markers_are_painted_where_their_frames_are(timeline: Timeline) -> None:
    look, axis = theme.current(), timeline.axis
    picture = timeline.events.grab().toImage()
    assert near(pixel(picture, axis.x(64), MIDDLE), look.accent)
    assert near(pixel(picture, axis.x(105), MIDDLE + 2), look.amber)
    assert near(pixel(picture, axis.x(168), MIDDLE), look.accent)
    assert near(pixel(picture, axis.x(30), MIDDLE), look.panel)


def test_clicking_the_ruler_seeks_and_dragging_scrubs(timeline: Timeline) -> None:
    playhead, axis = timeline.document.playhead, timeline.axis
    mouse.press(timeline.ruler, axis.x(40) + 1, 12)
    assert playhead.frame == 40
    mouse.move(timeline.ruler, axis.x(77) - 1, 12)
    assert playhead.frame == 77
    mouse.move(timeline.ruler, -500, 12)
    mouse.release(timeline.ruler, -500, 12)
    assert playhead.frame == 0


def test_the_wheel_zooms_around_the_cursor_and_the_middle_button_pans(timeline: Timeline) -> None:
    axis = timeline.axis
    x = axis.x(100)
    mouse.wheel(timeline.motion, x, 10, 4)
    assert axis.visible[1] - axis.visible[0] < 110
    assert axis.x(100) == pytest.approx(x)
    middle = Qt.MouseButton.MiddleButton
    mouse.drag(timeline.events, (500, 15), (440, 15), button=middle)
    assert axis.x(100) == pytest.approx(x - 60)
    timeline.fit_all()
    assert axis.x(240) < axis.width


def test_a_dragged_marker_previews_live_and_stores_one_correction(timeline: Timeline) -> None:
    document, axis = timeline.document, timeline.axis
    proposal = document.events()[0]
    seen: list[int] = []
    document.events_changed.connect(lambda: seen.append(document.events()[0].span.onset))
    before = document.undo.count()

    mouse.press(timeline.events, axis.x(64), MIDDLE)
    mouse.move(timeline.events, axis.x(60), MIDDLE)
    mouse.move(timeline.events, axis.x(55), MIDDLE)
    assert seen == [60, 55]
    assert document.playhead.frame == 55, "the frame under the marker is seen"
    assert document.undo.count() == before
    mouse.release(timeline.events, axis.x(55), MIDDLE)

    (mine,) = document.events()
    assert (mine.coder, mine.based_on, mine.span.onset) == ("B", proposal.id, 55)
    assert document.undo.count() == before + 1
    document.undo.undo()
    assert document.events() == (proposal,)


def test_escape_gives_up_a_drag(timeline: Timeline, qtbot) -> None:
    document, axis = timeline.document, timeline.axis
    before, count = document.events(), document.undo.count()
    document.playhead.set_frame(12)
    mouse.press(timeline.events, axis.x(168), MIDDLE)
    mouse.move(timeline.events, axis.x(190), MIDDLE)
    assert document.events()[0].span.offset == 190
    qtbot.keyClick(timeline.events, Qt.Key.Key_Escape)
    mouse.release(timeline.events, axis.x(190), MIDDLE)
    assert document.events() == before
    assert document.undo.count() == count
    assert document.playhead.frame == 12


def test_markers_keep_their_order(timeline: Timeline) -> None:
    document, axis = timeline.document, timeline.axis
    mouse.drag(timeline.events, (axis.x(64), MIDDLE), (axis.x(150), MIDDLE))
    span = document.events()[0].span
    assert (span.onset, span.apex, span.offset) == (105, 105, 168)


def test_a_press_that_does_not_move_stores_nothing(timeline: Timeline) -> None:
    document, count = timeline.document, timeline.document.undo.count()
    mouse.click(timeline.events, timeline.axis.x(105), MIDDLE)
    assert document.undo.count() == count
    assert document.selected_event == document.events()[0].id


def test_the_models_version_stays_behind_a_persons(timeline: Timeline) -> None:
    document = timeline.document
    proposal = document.events()[0]
    assert timeline.events.ghosts() == ()
    document.correct_event(proposal.id, onset=70)
    assert timeline.events.ghosts() == (proposal,)
    with_ghost = timeline.events.grab().toImage()
    x, y = timeline.axis.x(64), 29
    assert any(near(pixel(with_ghost, x + dx, y), theme.current().text_dim, 60)
               for dx in (-4, -3, 3, 4))  # fmt: skip


def test_neutral_spans_and_recalibrations_are_marked(timeline: Timeline) -> None:
    look, axis = theme.current(), timeline.axis
    picture = timeline.face.grab().toImage()
    assert near(pixel(picture, axis.x(14), 10), look.blue)
    assert near(pixel(picture, axis.x(100), 10), look.bars)
    assert near(pixel(picture, round(axis.x(180)) + 0.5, 3), look.amber)
    assert "180" in timeline.face._tip(axis.x(200)) and "cut" in timeline.face._tip(axis.x(200))


def test_a_neutral_span_set_by_hand_is_the_one_shown(timeline: Timeline) -> None:
    timeline.document.set_clip(neutral={0: (40, 60)})
    picture = timeline.face.grab().toImage()
    assert near(pixel(picture, timeline.axis.x(50), 10), theme.current().blue)
    assert not near(pixel(picture, timeline.axis.x(14), 10), theme.current().blue)


def test_fit_event_shows_the_selected_event(timeline: Timeline) -> None:
    document = timeline.document
    document.add_event(EventSpan(200, 210, 220))
    timeline.fit_event()
    axis = timeline.axis
    assert axis.x(200) > 100 and axis.x(220) < axis.width - 100
    assert axis.pixels_per_frame > 20
    point = QPointF(axis.x(210), MIDDLE)
    hit = timeline.events.marker_at(point)
    assert hit is not None and hit[1] == "apex"


def test_the_playhead_is_brought_into_view(timeline: Timeline) -> None:
    timeline.axis.set_visible(0, 40)
    timeline.document.playhead.set_frame(150)
    assert 0 <= timeline.axis.x(150) <= timeline.axis.width
    assert timeline.line.isVisible()


def test_an_empty_timeline_invites_and_takes_keys(document: Document, qtbot) -> None:
    view = Timeline(document)
    qtbot.addWidget(view)
    view.resize(900, 300)
    view.show()
    view.fit_event()
    view.zoom_in()
    mouse.click(view.ruler, 100, 10)
    mouse.double_click(view.editor, 100, 50)
    assert not view.grab().isNull()
    assert not view.line.isVisible()


def test_everything_has_an_accessible_name(timeline: Timeline) -> None:
    tracks = (timeline, timeline.ruler, timeline.events, timeline.motion, timeline.face,
              timeline.editor, timeline.rows)  # fmt: skip
    assert all(track.accessibleName() for track in tracks)


def test_text_is_readable_in_both_themes() -> None:
    for look in (theme.DARK, theme.LIGHT):
        for role in ("text", "text_soft", "text_dim"):
            for ground in ("ground", "panel", "bar", "surface"):
                ratio = theme.contrast(getattr(look, role), getattr(look, ground))
                assert ratio >= 4.5, (look.name, role, ground, ratio)
        assert theme.contrast(look.on_accent, look.accent_ground) >= 4.5
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21.0)


def test_space_held_pans_and_tapped_plays(timeline: Timeline, qtbot) -> None:
    playhead, axis = timeline.document.playhead, timeline.axis
    axis.set_visible(50, 150)
    for track in (timeline.motion, timeline.editor):
        x = axis.x(100)
        qtbot.keyPress(track, Qt.Key.Key_Space)
        mouse.drag(track, (500, 12), (470, 12))
        qtbot.keyRelease(track, Qt.Key.Key_Space)
        assert axis.x(100) == pytest.approx(x - 30)
        assert not playhead.playing
        qtbot.keyClick(track, Qt.Key.Key_Space)
        assert playhead.playing
        qtbot.keyClick(track, Qt.Key.Key_Space)
        assert not playhead.playing
