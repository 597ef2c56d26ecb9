"""The studio's window for tests, with views that record what they are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.shell.window import StudioWindow
from app.state import Document
from pipeline.core.labels import parse_aus
from pipeline.core.types import EventSpan
from tests.app.film import Film
from tests.app.measured_clip import measure
from tests.app.painted_head import painted_head, painted_portrait

FRAMES = 240


class RecordingView(QWidget):
    """Stands in for the video where a test is not about pictures."""

    face_picked = Signal(float, float)

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.frame = 0
        self.overlays: dict[str, bool] = {}
        self.told: list[str] = []

    def set_overlay(self, name: str, on: bool) -> None:
        self.overlays[name] = on

    def set_gain(self, gain: float) -> None:
        self.gain = gain

    def set_framing(self, framing: str) -> None:
        self.framing = framing

    def set_large(self, on: bool) -> None:
        self.large = on

    def fit_picture(self) -> None:
        self.told.append("picture")

    def fit_face(self) -> None:
        self.told.append("face")

    def actual_size(self) -> None:
        self.told.append("actual size")


@pytest.fixture
def window(qtbot: QtBot, document: Document, monkeypatch: pytest.MonkeyPatch):
    """The studio's window, shown, with nothing open."""
    import app.shell.window

    monkeypatch.setattr(app.shell.window, "build_video", RecordingView)
    monkeypatch.setattr(app.shell.window, "build_head", painted_head)
    monkeypatch.setattr(app.shell.window, "character_portrait", painted_portrait)
    monkeypatch.setattr(app.shell.window, "remembered_portrait", lambda _name: None)
    made = StudioWindow(document)
    made.resize(1600, 1000)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def film_path(films: dict[str, Film], tmp_path: Path) -> Path:
    """``face.mp4``: 240 frames at 200 fps."""
    films["face.mp4"] = Film(n_frames=FRAMES, fps=200.0)
    path = tmp_path / "face.mp4"
    path.write_bytes(b"film")
    return path


@pytest.fixture
def measured(window: StudioWindow, film_path: Path) -> StudioWindow:
    """The window on a measured clip with two proposals of the model."""
    window.open_paths([film_path])
    assert window.document.settle()
    measure(
        window.document,
        (
            EventSpan(64, 105, 168, "happiness", parse_aus("6b L12c 25"), 0.81, "classical"),
            EventSpan(190, 205, 230, "", parse_aus("4"), 0.41, "classical"),
        ),
    )
    window.document.select_event(window.document.events()[0].id)
    window.activateWindow()
    window.setFocus()
    return window
