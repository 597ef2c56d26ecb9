"""One real window for all tests of the group, given back to each as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.shell.window import StudioWindow
from app.state import Document
from pipeline.core.labels import parse_aus
from pipeline.core.types import EventSpan
from pipeline.media import FilmWriter
from tests.app.measured_clip import measure

FRAMES = 240


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """240 frames at 200 fps: red up to frame 99, blue from frame 100 on."""
    path = tmp_path_factory.mktemp("film") / "colours.mp4"
    with FilmWriter(path, (320, 240), 200) as writer:
        for index in range(FRAMES):
            picture = np.zeros((240, 320, 3), np.uint8)
            picture[..., 0 if index < 100 else 2] = 200
            writer.write(picture)
    return path


@pytest.fixture(scope="session")
def studio(
    qapp: QApplication, film: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StudioWindow]:
    """The window on a measured clip with one event, on the screen."""
    if qapp.platformName() == "offscreen":
        pytest.skip("needs a real X server: run under xvfb-run")
    with pytest.MonkeyPatch.context() as own:
        own.setenv("TELL_DATA_DIR", str(tmp_path_factory.mktemp("studio")))
        made = StudioWindow(Document())
        made.resize(1500, 950)
        made.show()
        assert QTest.qWaitForWindowExposed(made)
        made.open_paths([film])
        assert made.document.settle()
        measure(made.document, (EventSpan(64, 105, 168, "happiness", parse_aus("12"), 0.8),))
        yield made
        made.close()
        made.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def window(studio: StudioWindow) -> Iterator[StudioWindow]:
    """The studio in Annotate on frame 0 with its event selected; edits are undone after."""
    document = studio.document
    studio.show_workspace("annotate")
    studio.activateWindow()
    studio.setFocus()
    document.playhead.set_frame(0)
    document.select_event(document.events()[0].id)
    edits = document.undo.index()
    QTest.qWait(50)
    yield studio
    document.playhead.pause()
    document.playhead.speed = 1.0
    document.undo.setIndex(edits)
    studio.views["head"].reset_camera()
    studio.views["timeline"].fit_all()
