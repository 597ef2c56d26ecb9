"""The one thread that draws the head: it takes the latest wish and hands back pictures."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import HeadError, TellError
from pipeline.head.model import HeadModel
from pipeline.head.sculpt.parameters.detail import LODS

if TYPE_CHECKING:
    from pipeline.head.scene.scene import HeadScene
from pipeline.head.scene.camera import HeadState

OnPicture = Callable[[HeadState, NDArray[np.uint8]], None]
OnError = Callable[[TellError], None]

#: What drawing may raise; it must reach the person and not end the thread silently.
_FAILURES = (ArithmeticError, AttributeError, LookupError, MemoryError, OSError, RuntimeError,
             TypeError, ValueError)  # fmt: skip
_JOIN_SECONDS = 30.0


class HeadRenderer:
    """Draws head states in a thread of its own; all of VTK lives and dies there.

    Only the latest submitted state is kept: a slow picture never builds a queue. Each level
    of detail has a scene of its own; a state is drawn at its level or the nearest coarser one.
    A state with `beside` is drawn twice and shown side by side.

    Parameters
    ----------
    model : HeadModel
    on_picture : callable (HeadState, (h, w, 3) uint8)
        Called from the render thread.
    on_error : callable (TellError), optional
        Called from the render thread; the thread goes on with the next state.

    Notes
    -----
    A context manager; `close` may be called from any thread but the render thread.
    """

    def __init__(
        self, model: HeadModel, on_picture: OnPicture, on_error: OnError | None = None
    ) -> None:
        self._levels: dict[str, HeadModel] = {model.lod: model}
        self._on_picture = on_picture
        self._on_error = on_error
        self._wish: HeadState | None = None
        self._closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="head renderer", daemon=True)
        self._thread.start()

    def submit(self, state: HeadState) -> None:
        """Ask for a picture; replaces a wish that has not been started yet."""
        with self._changed:
            if self._closing:
                raise HeadError("the head renderer is closed", code="head.closed")
            self._wish = state
            self._changed.notify()

    def add(self, model: HeadModel) -> None:
        """Have another level of detail of the same head from the next picture on."""
        with self._changed:
            self._levels = {**self._levels, model.lod: model}

    def show(self, model: HeadModel) -> None:
        """Show another head, so far at this level only."""
        with self._changed:
            self._levels = {model.lod: model}

    def close(self) -> None:
        """Finish the picture in work, release everything of VTK, end the thread."""
        with self._changed:
            self._closing = True
            self._wish = None
            self._changed.notify()
        self._thread.join(_JOIN_SECONDS)

    def __enter__(self) -> HeadRenderer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _next(self) -> tuple[HeadState | None, Mapping[str, HeadModel]]:
        """Wait for a wish; the state is None when closing."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._wish is not None)
            state, self._wish = self._wish, None
            return (None if self._closing else state), self._levels

    def _run(self) -> None:
        scenes = _Scenes()
        try:
            while True:
                state, levels = self._next()
                if state is None:
                    return
                try:
                    picture = scenes.render(state, levels)
                except TellError as error:
                    self._report(error)
                except _FAILURES as error:
                    self._report(HeadError(f"the head could not be drawn ({error})"))
                else:
                    self._on_picture(state, picture)
        finally:
            scenes.close()
            self._levels = {}

    def _report(self, error: TellError) -> None:
        if self._on_error is not None:
            self._on_error(error)


class _Scenes:
    """One scene for each level that has been asked for; lives in the render thread."""

    def __init__(self) -> None:
        self._scenes: dict[str, HeadScene] = {}

    def render(self, state: HeadState, levels: Mapping[str, HeadModel]) -> NDArray[np.uint8]:
        self._drop_others(levels.values())
        scene = self._scene(_nearest(state.quality, levels))
        picture = scene.render(state)
        if state.beside is not None:
            cut = round(state.size[0] * state.split)
            other = scene.render(replace(state, weights=state.beside, beside=None))
            picture[:, cut:] = other[:, cut:]
        return picture

    def _scene(self, model: HeadModel) -> HeadScene:
        from pipeline.head.scene.scene import HeadScene

        scene = self._scenes.get(model.lod)
        if scene is None:
            scene = self._scenes[model.lod] = HeadScene(model)
        return scene

    def _drop_others(self, models: Collection[HeadModel]) -> None:
        """Release the scenes of heads that are no longer shown."""
        for level, scene in list(self._scenes.items()):
            if not any(scene.model is model for model in models):
                del self._scenes[level]
                scene.close()

    def close(self) -> None:
        for scene in self._scenes.values():
            scene.close()
        self._scenes = {}


def _nearest(quality: str, levels: Mapping[str, HeadModel]) -> HeadModel:
    """The model of a level, else of the nearest coarser, else of the nearest finer one."""
    wanted = LODS.index(quality)
    order = (*reversed(LODS[: wanted + 1]), *LODS[wanted + 1 :])
    return next(levels[level] for level in order if level in levels)
