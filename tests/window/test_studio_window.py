"""The actual window on a real X server: click, type, drag, and look at the pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.shell.window import StudioWindow
from app.state import Document
from pipeline.core.labels import format_aus, parse_aus
from pipeline.core.types import EventSpan
from pipeline.media import FilmWriter
from tests.app.measured_clip import measure
from widgets import theme

pytestmark = pytest.mark.window
FRAMES = 240


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """240 frames at 200 fps, each of one colour: red for even, blue for odd hundreds."""
    path = tmp_path_factory.mktemp("film") / "colours.mp4"
    with FilmWriter(path, (320, 240), 200) as writer:
        for index in range(FRAMES):
            picture = np.zeros((240, 320, 3), np.uint8)
            picture[..., 0 if index < 100 else 2] = 200
            writer.write(picture)
    return path


@pytest.fixture
def window(qtbot, qapp: QApplication, film: Path):
    if qapp.platformName() == "offscreen":
        pytest.skip("needs a real X server: run under xvfb-run")
    made = StudioWindow(Document())
    made.resize(1500, 950)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    made.open_paths([film])
    assert made.document.settle()
    measure(made.document, (EventSpan(64, 105, 168, "happiness", parse_aus("12"), 0.8),))
    made.document.select_event(made.document.events()[0].id)
    yield made
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def pixels(widget: QWidget) -> np.ndarray:
    """What the window shows of a widget, (H, W, 3) uint8."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)


def near(picture: np.ndarray, colour: str, tolerance: int = 24) -> np.ndarray:
    wanted = QColor(colour)
    rgb = np.array([wanted.red(), wanted.green(), wanted.blue()])
    return np.abs(picture.astype(int) - rgb).max(axis=2) <= tolerance


def test_the_video_shows_the_very_frame_of_the_playhead(window: StudioWindow, qtbot) -> None:
    video = window.views["video"]
    for frame, channel in ((99, 0), (100, 2)):
        window.document.playhead.set_frame(frame)
        qtbot.waitUntil(lambda wanted=frame: video.frame == wanted, timeout=5000)
        picture = pixels(video)
        middle = picture[picture.shape[0] // 2, picture.shape[1] // 2]
        assert int(np.argmax(middle)) == channel and middle[channel] > 150


def test_the_playhead_line_moves_with_the_arrow_keys(window: StudioWindow, qtbot) -> None:
    timeline = window.views["timeline"]
    places = []
    for _ in range(2):
        picture = pixels(timeline)
        columns = near(picture, theme.current().red).sum(axis=0)
        places.append(int(np.argmax(columns)))
        for _ in range(4):
            QTest.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert places[1] > places[0] + 20


def test_workspaces_are_a_click_away(window: StudioWindow) -> None:
    QTest.mouseClick(window.toolbar.workspaces["animate"], Qt.MouseButton.LeftButton)
    assert window.workspaces.current == "animate" and window.modulators.isVisible()


def test_typing_into_the_window_labels_the_event(window: StudioWindow, qtbot) -> None:
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_U)
    field = window.event_panel.units.field
    qtbot.waitUntil(field.hasFocus, timeout=3000)
    QTest.keyClicks(field, "4 L12c")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert format_aus(window.document.events()[0].span.aus) == "4+L12c"


def test_dragging_the_modulator_moves_the_head_and_is_one_edit(window: StudioWindow, qtbot) -> None:
    window.show_workspace("animate")
    head = window.views["head"]
    window.document.playhead.set_frame(105)
    qtbot.waitUntil(lambda: head.state is not None, timeout=180_000)
    qtbot.waitUntil(lambda: head.state == head.wanted(), timeout=30_000)
    before, edits = pixels(head).astype(int), window.document.undo.count()
    assert before.std() > 20  # a head, not an empty ground
    slider = window.modulators.strength.slider
    handle = round(slider.width() * slider.value() / slider.maximum())
    start, end = QPoint(handle, slider.height() // 2), QPoint(2, slider.height() // 2)
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=start)
    for share in (0.3, 0.6, 1.0):
        QTest.mouseMove(slider, start + (end - start) * share)
        QTest.qWait(30)
    assert window.document.undo.count() == edits
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=end)
    assert window.document.undo.count() == edits + 1
    qtbot.waitUntil(lambda: head.state == head.wanted(), timeout=30_000)
    after = pixels(head).astype(int)
    assert (np.abs(after - before).max(axis=2) > 20).mean() > 0.002
