"""The curves' vertical range: fitted to micro motion, zoomed by hand, never losing a point."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

from app.state import Document
from pipeline.curves import EmotionProfile, Modulation
from pipeline.store.edits import SetModulation
from tests.app import measured_clip, mouse
from tests.app.film import Film
from widgets import theme
from widgets.timeline import Timeline
from widgets.timeline.curve_plot import handle_sizes
from widgets.timeline.value_axis import TOP_PX, ValueAxis, fitting_top

MICRO = {
    "AU6": (74, 113, 160, 0.06),
    "AU12_L": (64, 105, 168, 0.21),
    "AU12_R": (66, 105, 166, 0.19),
}


@pytest.fixture
def timeline(
    document: Document, films: dict[str, Film], tmp_path: Path, qtbot, monkeypatch
) -> Timeline:
    films["face.mp4"] = Film(n_frames=241, fps=200.0)
    path = tmp_path / "face.mp4"
    path.write_bytes(b"film")
    document.open_media([path])
    assert document.settle()
    theme.apply(QApplication.instance(), theme.DARK)
    view = Timeline(document)
    qtbot.addWidget(view)
    view.resize(1256, 400)
    view.show()
    monkeypatch.setattr(measured_clip, "BUMPS", MICRO)
    measured_clip.measure(document)
    view.select_curve("AU12_L")
    document.playhead.set_frame(0)
    QApplication.processEvents()
    return view


def highest(timeline: Timeline) -> float:
    curves = timeline.document.curves("edited").values()
    return max(float(np.max(c(np.linspace(0, 1.2, 5001)))) for c in curves)


def handle(timeline: Timeline, index: int) -> tuple[float, float]:
    curve = timeline.document.curve(timeline.choice.selected)
    x, y = timeline.editor.handle_pixels(curve)[index]
    return float(x), float(y)


@pytest.mark.parametrize(
    ("peak", "top"), [(0.0, 0.1), (0.05, 0.1), (0.16, 0.2), (0.24, 0.3), (0.7, 1.0), (1.3, 1.0)]
)
def test_the_top_is_a_round_number_with_room_above_the_peak(peak: float, top: float) -> None:
    assert fitting_top(peak) == top


def test_rows_and_values_are_inverse_and_zero_stays_in_view(qapp) -> None:
    axis = ValueAxis()
    axis.set_height(232)
    for top, lowest in ((0.1, 0.0), (0.24, -0.02), (1.0, -0.5)):
        axis.fit(top, lowest)
        assert axis.y(axis.top) == pytest.approx(TOP_PX)
        assert axis.y(axis.value(77.0)) == pytest.approx(77.0)
        assert axis.y(0.0) <= 232
        assert min(np.diff([axis.y(v) for v in axis.lines()])) < -20


def test_an_analysis_fits_the_range_to_what_moves(timeline: Timeline) -> None:
    values = timeline.editor.values
    assert 1.25 * highest(timeline) <= values.top <= 0.45
    assert values.lines()[-1] == pytest.approx(values.top)
    assert len(values.lines()) >= 4


def test_a_stronger_modulation_stays_in_view(timeline: Timeline) -> None:
    document = timeline.document
    old = document.modulation()
    profiles = {"happiness": EmotionProfile("happiness", m_e=2.0)}
    document.do(SetModulation(document.clip.id, old, Modulation(profiles)))
    assert timeline.editor.values.top >= 2 * highest(timeline)


def test_the_range_toggles_between_fitted_and_full(timeline: Timeline) -> None:
    values = timeline.editor.values
    fitted = values.top
    timeline.toggle_values()
    assert (values.top, values.mode) == (1.0, "full")
    timeline.toggle_values()
    assert (values.top, values.mode) == (fitted, "fit")


def test_the_wheel_zooms_the_values_over_the_numbers_or_with_two_keys(timeline: Timeline) -> None:
    values, axis = timeline.editor.values, timeline.axis
    top, visible = values.top, axis.visible
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    mouse.wheel(timeline.editor, 500, 60, 1, keys=both)
    assert values.top == pytest.approx(top / 1.25)
    mouse.wheel(timeline.editor, 10, 60, -1)
    assert values.top == pytest.approx(top)
    assert axis.visible == visible
    timeline.fit_all()
    assert values.mode == "fit"
    mouse.wheel(timeline.editor, 500, 60, 1)
    assert values.top == pytest.approx(top) and axis.visible != visible


def test_a_drag_beyond_the_top_extends_it_and_one_pixel_keeps_its_worth(
    timeline: Timeline,
) -> None:
    editor, document = timeline.editor, timeline.document
    old = document.curve("AU12_L")
    before, worth = editor.values.top, editor.values.per_pixel
    x, y = handle(timeline, 3)
    mouse.drag(editor, (x, y), (x, y - 60), (x, y - 200))
    value = document.curve("AU12_L").control_points()[3, 1]
    assert value == pytest.approx(old.control_points()[3, 1] + 200 * worth)
    assert editor.values.top >= value > before
    assert 0 <= editor.y(value) <= editor.height()


def test_escape_also_takes_the_extended_range_back(timeline: Timeline, qtbot) -> None:
    editor = timeline.editor
    before = editor.values.top
    x, y = handle(timeline, 3)
    mouse.press(editor, x, y)
    mouse.move(editor, x, y - 200)
    assert editor.values.top > before
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert editor.values.top == before


def test_handles_shrink_where_they_would_overlap_and_can_still_be_grabbed(
    timeline: Timeline,
) -> None:
    sizes = handle_sizes(np.array([0.0, 40.0, 45.0, 100.0]))
    assert sizes.tolist() == [11.0, 4.0, 4.0, 11.0]
    document = timeline.document
    for at in np.linspace(0.4, 0.7, 12):
        timeline.editor.insert_point(float(at))
    for index in range(len(document.curve("AU12_L").control_points())):
        x, y = handle(timeline, index)
        assert timeline.editor.handle_at(QPointF(x, y)) == index
