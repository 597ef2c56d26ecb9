"""The one thread that draws the head: it takes the latest wish and hands back pictures."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import HeadError, TellError
from pipeline.head.model import HeadModel
from pipeline.head.scene.camera import HeadState

OnPicture = Callable[[HeadState, NDArray[np.uint8]], None]
OnError = Callable[[TellError], None]

#: What drawing may raise; it must reach the person and not end the thread silently.
_FAILURES = (ArithmeticError, AttributeError, LookupError, MemoryError, OSError, RuntimeError,
             TypeError, ValueError)  # fmt: skip
_JOIN_SECONDS = 30.0


class HeadRenderer:
    """Draws head states in a thread of its own; all of VTK lives and dies there.

    Only the latest submitted state is kept: a slow picture never builds a queue.

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
        self._model: HeadModel | None = model
        self._on_picture = on_picture
        self._on_error = on_error
        self._wish: HeadState | None = None
        self._new_model: HeadModel | None = None
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

    def show(self, model: HeadModel) -> None:
        """Use another head or level of detail from the next picture on."""
        with self._changed:
            self._new_model = model
            self._changed.notify()

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

    def _next(self) -> tuple[HeadState | None, HeadModel | None]:
        """Wait for a wish; the state is None when closing."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._wish is not None)
            state, model = self._wish, self._new_model
            self._wish = self._new_model = None
            return (None if self._closing else state), model

    def _run(self) -> None:
        from pipeline.head.scene.scene import HeadScene

        scene: HeadScene | None = None
        try:
            while True:
                state, model = self._next()
                if state is None:
                    return
                if model is not None:
                    if scene is not None:
                        scene.close()
                    scene, self._model = None, model
                try:
                    if scene is None:
                        assert self._model is not None
                        scene = HeadScene(self._model)
                    picture = scene.render(state)
                except TellError as error:
                    self._report(error)
                except _FAILURES as error:
                    self._report(HeadError(f"the head could not be drawn ({error})"))
                else:
                    self._on_picture(state, picture)
        finally:
            if scene is not None:
                scene.close()
            self._model = None

    def _report(self, error: TellError) -> None:
        if self._on_error is not None:
            self._on_error(error)
