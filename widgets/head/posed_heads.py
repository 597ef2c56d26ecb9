"""Heads of pictures as points, made ready in the background and kept while they are the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRectF, Signal

from pipeline.core.progress import Job, Progress
from pipeline.head.muscles.posture import posture
from pipeline.head.scene.camera import HeadState, posed
from widgets.head.falloffs import Falloffs
from widgets.head.posed_head import PosedHead

if TYPE_CHECKING:
    from app.state import Document
    from pipeline.head import HeadModel

_LEVEL = "live"


class PosedHeads(QObject):
    """The head as points for whatever picture is shown.

    What a rig needs of a head's surface takes a moment to work out; it is done once for each
    head, off the GUI thread, when it is first asked for.

    Parameters
    ----------
    document : Document

    Signals
    -------
    ready()
        A head that was asked for can be had.
    """

    ready = Signal()

    def __init__(self, document: Document, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self.falloffs = Falloffs(self)
        self.falloffs.ready.connect(self._falloffs_ready)
        self._model: HeadModel | None = None  # that is ready
        self._asked: HeadModel | None = None
        self._blend: tuple[tuple[object, ...], NDArray[np.float32]] | None = None
        self._head: tuple[tuple[object, ...], PosedHead] | None = None

    def of(
        self, models: Mapping[str, HeadModel], state: HeadState | None, target: QRectF
    ) -> PosedHead | None:
        """The head of a picture's state; None while it is being prepared."""
        model = models.get(_LEVEL) or next(iter(models.values()), None)
        if model is None or state is None or not len(model.landmarks):
            return None
        if model is not self._model:
            coarser = next(iter(models.values()))
            self._prepare(model, coarser)
            return None
        key = (model, state, target.getRect())
        if self._head is None or self._head[0] != key:
            self._head = key, PosedHead(model, state, self._vertices(model, state), target)
        return self._head[1]

    def close(self) -> None:
        """End the thread."""
        self.falloffs.close()

    def _falloffs_ready(self) -> None:
        self._head = None
        self.ready.emit()

    def _prepare(self, model: HeadModel, coarser: HeadModel) -> None:
        if model is self._asked:
            return
        self._asked = model

        def work() -> Job[HeadModel]:
            from pipeline.head.rig import capture_points
            from pipeline.head.rig.surface import flesh_of

            yield Progress("preparing the rig")
            for level in (coarser, model):  # a head in motion is drawn coarser
                flesh_of(level)
                capture_points(level)
            return model

        def done(found: HeadModel) -> None:
            if found is self._asked:
                self._model = found
                self.ready.emit()

        self._document.jobs.start(self.tr("Preparing the rig"), work, done, kind="rig")

    def _vertices(self, model: HeadModel, state: HeadState) -> NDArray[np.float32]:
        """The model's vertices as the picture has them, (N, 3) mm."""
        from pipeline.head.rig.moves import displacement

        weights = dict(state.weights)
        fixed = replace(state.rig, manipulators=())
        key = (model, state.weights, fixed)
        if self._blend is None or self._blend[0] != key:
            self._blend = key, with_shapes(model, state).deform(weights)[0]
        vertices = self._blend[1]
        moving = tuple(m for m in state.rig.manipulators if any(m.move) and not m.muted)
        if moving and self.falloffs.known(model, moving, "rig"):
            vertices = (vertices + displacement(model, moving)).astype(np.float32)
        return np.asarray(posed(vertices, posture(weights, state.pose), model.neck), np.float32)


def with_shapes(model: HeadModel, state: HeadState) -> HeadModel:
    """The head with the rig's frozen shapes, as the scene draws it."""
    from pipeline.head.rig import rigged

    return rigged(model, state.rig)
