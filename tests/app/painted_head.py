"""A head view without VTK: its renderer paints at once, red is the AU12 of the state."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from app.state import Document
from pipeline.core.errors import HeadError
from pipeline.core.progress import Job, Progress
from pipeline.head.scene.camera import HeadState
from widgets.head import HeadView
from widgets.head.head_source import HeadSource


class Painter:
    """Stands in for the render thread."""

    def __init__(self, model: object, on_picture, on_error) -> None:
        self.on_picture, self.on_error = on_picture, on_error
        self.states: list[HeadState] = []
        self.shown = [model]
        self.closed = False
        self.broken = False

    def submit(self, state: HeadState) -> None:
        self.states.append(state)
        if self.broken:
            self.on_error(HeadError("no graphics"))
            return
        width, height = state.size
        picture = np.zeros((height, width, 3), np.uint8)
        picture[..., 0] = round(255 * dict(state.weights).get("AU12_L", 0.0))
        picture[..., 2] = 80
        self.on_picture(state, picture)

    def add(self, model: object) -> None:
        self.shown.append(model)

    def show(self, model: object) -> None:
        self.shown = [model]

    def close(self) -> None:
        self.closed = True


def no_model(_name: str = "", _level: str = "") -> Job[object]:
    """A head that is loaded at once, for renderers that need none."""
    yield Progress("loading the head", 1, 1)
    return SimpleNamespace(landmarks=())


def painted_head(document: Document) -> HeadView:
    """A head view whose pictures a painter makes."""
    return HeadView(
        document,
        make_source=lambda doc, parent: HeadSource(
            doc, parent, load=no_model, make_renderer=Painter
        ),
    )


def painted_portrait(name: str) -> Job[np.ndarray]:
    """A portrait that is one colour, told by the name's length."""
    yield Progress("portrait")
    return np.full((128, 128, 3), 8 * len(name), np.uint8)
