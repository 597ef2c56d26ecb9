"""The head's pictures: loads the head in the background, owns the render thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal

from app.state.document import Document
from app.state.jobs import JobStatus
from pipeline.core.errors import TellError
from pipeline.core.progress import Job
from pipeline.head.scene.camera import HeadState

if TYPE_CHECKING:
    from pipeline.head import HeadModel


class Renderer(Protocol):
    """What draws head states in a thread of its own (`pipeline.head.HeadRenderer`)."""

    def submit(self, state: HeadState) -> None: ...
    def close(self) -> None: ...


OnPicture = Callable[[HeadState, NDArray[np.uint8]], None]
OnError = Callable[[TellError], None]


def builtin_head() -> Job[HeadModel]:
    """The job that loads or builds the head."""
    from pipeline.head import load_head

    return load_head("builtin", lod="live")


def head_renderer(model: HeadModel, on_picture: OnPicture, on_error: OnError) -> Renderer:
    """The render thread of a head."""
    from pipeline.head import HeadRenderer

    return HeadRenderer(model, on_picture, on_error)


class HeadSource(QObject):
    """Hands states to the render thread and pictures back to the GUI thread.

    Signals
    -------
    pictured(HeadState, object)
        A state and its (h, w, 3) uint8 picture, in the GUI thread.
    changed()
        Loading, ready or failed; see `status`, `fraction`, `problem`.
    """

    pictured = Signal(object, object)
    changed = Signal()
    _drawn = Signal(object, object)
    _failed = Signal(object)

    def __init__(
        self,
        document: Document,
        parent: QObject | None = None,
        *,
        load: Callable[[], Job[HeadModel]] = builtin_head,
        make_renderer: Callable[[HeadModel, OnPicture, OnError], Renderer] = head_renderer,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._load, self._make_renderer = load, make_renderer
        self._renderer: Renderer | None = None
        self._job = 0
        self._closed = False
        self._sent: HeadState | None = None
        self._sent_at = 0.0
        self._waiting = 0
        self.status = ""
        self.fraction = 0.0
        self.problem = ""
        #: Seconds that the last picture took.
        self.seconds = 0.0
        queued = Qt.ConnectionType.QueuedConnection
        self._drawn.connect(self._deliver, queued)
        self._failed.connect(self._renderer_failed, queued)
        document.jobs.progressed.connect(self._progressed)
        document.jobs.cancelled.connect(self._cancelled)

    @property
    def ready(self) -> bool:
        """Whether states can be drawn."""
        return self._renderer is not None

    @property
    def loading(self) -> bool:
        return self._job != 0

    def load(self) -> None:
        """Begin to load the head, once."""
        if self._renderer is not None or self._job or self._closed:
            return
        self.problem, self.status = "", self.tr("Loading the head")
        self._job = self._document.jobs.start(
            self.tr("Loading the head"), self._load, self._loaded,
            kind="head", on_failed=self._load_failed,
        )  # fmt: skip
        self.changed.emit()

    def submit(self, state: HeadState) -> bool:
        """Ask for a picture unless it is the one asked for last; the latest wish wins."""
        if self._renderer is None or state == self._sent:
            return False
        self._sent, self._sent_at = state, time.monotonic()
        self._renderer.submit(state)
        return True

    def close(self) -> None:
        """End the render thread and wait for it."""
        self._closed = True
        if self._job:
            self._document.jobs.cancel("head")
        renderer, self._renderer = self._renderer, None
        if renderer is not None:
            renderer.close()

    def _progressed(self, status: JobStatus) -> None:
        if status.id == self._job:
            self.status, self.fraction = status.stage or self.status, status.fraction
            self.changed.emit()

    def _cancelled(self, status: JobStatus) -> None:
        if status.id == self._job:
            self._job = 0
            self.problem = self.tr("Loading was cancelled")
            self.changed.emit()

    def _loaded(self, model: HeadModel) -> None:
        self._job = 0
        if self._closed:
            return
        self._renderer = self._make_renderer(model, self._drawn.emit, self._failed.emit)
        self.changed.emit()

    def _load_failed(self, error: BaseException) -> None:
        self._job = 0
        if self._closed:
            return
        self.problem = error.what if isinstance(error, TellError) else str(error)
        self._document.notices.error(error, self.tr("Loading the head"))
        self.changed.emit()

    def _deliver(self, state: HeadState, rgb: NDArray[np.uint8]) -> None:
        if self._closed:
            return
        if state == self._sent:
            self.seconds = time.monotonic() - self._sent_at
        self.pictured.emit(state, rgb)

    def _renderer_failed(self, error: TellError) -> None:
        if self._closed:
            return
        self._sent = None  # the same state may be tried again
        if not self.problem:  # once, not with every frame
            self._document.notices.error(error, self.tr("Drawing the head"))
        self.problem = error.what
        self.changed.emit()
