"""The head's pictures: loads the head in the background, owns the render thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal

from app.state.document import Document
from app.state.jobs import JobStatus
from pipeline.core.errors import TellError
from pipeline.core.progress import Job, Progress
from pipeline.head.cast import is_character
from pipeline.head.muscles.controls import Drives
from pipeline.head.scene.camera import HeadState
from pipeline.head.sculpt.parameters.detail import LODS

if TYPE_CHECKING:
    from pipeline.head import HeadModel


#: The head that is always there.
BUILTIN = "builtin"
#: A head from a file has one level of detail; characters have all.
_ONLY_LEVEL = "live"


class Renderer(Protocol):
    """What draws head states in a thread of its own (`pipeline.head.HeadRenderer`)."""

    def submit(self, state: HeadState) -> None: ...
    def add(self, model: HeadModel) -> None: ...
    def show(self, model: HeadModel) -> None: ...
    def close(self) -> None: ...


OnPicture = Callable[[HeadState, NDArray[np.uint8]], None]
OnError = Callable[[TellError], None]


def head_level(name: str, level: str) -> Job[HeadModel]:
    """The job that loads or builds a head at a level of detail."""
    from pipeline.head import load_head

    return load_head(name, lod=level)  # type: ignore[arg-type]


def head_renderer(model: HeadModel, on_picture: OnPicture, on_error: OnError) -> Renderer:
    """The render thread of a head."""
    from pipeline.head import HeadRenderer

    return HeadRenderer(model, on_picture, on_error)


def with_known_identity(model: HeadModel, identity: Mapping[str, float]) -> HeadModel:
    """The head with another face, by those modes that it has."""
    modes = set(getattr(model, "identities", ()))
    values = {name: value for name, value in identity.items() if name in modes}
    return model.with_identity(values) if values else model


class _Made(NamedTuple):
    """A level as it was loaded, as it is shown, and the identity it is shown with."""

    loaded: HeadModel
    shown: HeadModel
    identity: dict[str, float]
    problem: TellError | None = None


def _with_identity(model: HeadModel, identity: Mapping[str, float]) -> Job[_Made]:
    """A job: a character's finest level takes seconds."""
    yield Progress("identity")
    try:
        return _Made(model, with_known_identity(model, identity), dict(identity))
    except TellError as error:  # a face that cannot be: the head stays as it was made
        return _Made(model, model, dict(identity), error)


def _is_slow(model: HeadModel) -> bool:
    """Whether another identity of a head takes longer than a view may stand still."""
    return getattr(model, "form", None) is not None


class HeadSource(QObject):
    """Hands states to the render thread and pictures back to the GUI thread.

    A head's coarsest level is loaded first and shown at once; the finer ones follow. Another
    head takes the place of the one shown only when it is there.

    Signals
    -------
    pictured(HeadState, object)
        A state and its (h, w, 3) uint8 picture, in the GUI thread.
    changed()
        Loading, another level there, another head, or failed; see `status`, `fraction`,
        `problem`.
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
        load: Callable[[str, str], Job[HeadModel]] = head_level,
        make_renderer: Callable[[HeadModel, OnPicture, OnError], Renderer] = head_renderer,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._load, self._make_renderer = load, make_renderer
        self._renderer: Renderer | None = None
        self._job = 0
        self._wanted = BUILTIN
        self._missing: tuple[str, ...] = ()  # levels still to load
        self._closed = False
        self._sent: HeadState | None = None
        self._sent_at = 0.0
        #: The head shown, and its levels that are loaded.
        self.head = ""
        self.models: dict[str, HeadModel] = {}
        self._files: dict[str, HeadModel] = {}  # as loaded, before identity
        self.identity: dict[str, float] = {}
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
    def top(self) -> float:
        """Height of the head shown, mm; 0 while there is none."""
        return max((getattr(m, "top", 0.0) for m in self.models.values()), default=0.0)

    @property
    def loading(self) -> bool:
        return self._job != 0

    def load(self, name: str = "") -> None:
        """Begin to load a head (empty: the one wanted last), unless it is there or on its way."""
        wanted = name or self._wanted
        if self._closed or (wanted == self._wanted and (self._job or self.head == wanted)):
            return
        if self._job:
            self._document.jobs.cancel("head")
            self._job = 0
        self._wanted = wanted
        self._missing = LODS if is_character(wanted) else (_ONLY_LEVEL,)
        self.problem = ""
        self._load_next()

    def _load_next(self) -> None:
        name, level = self._wanted, self._missing[0]
        title = self.tr("Loading the head") if not self.models else self.tr("A finer head")
        self.status = title
        identity = dict(self.identity)

        def load() -> Job[_Made]:
            model = yield from self._load(name, level)
            return (yield from _with_identity(model, identity))

        self._job = self._document.jobs.start(
            title, load, lambda made: self._loaded(name, level, made),
            kind="head", on_failed=lambda error: self._load_failed(name, error),
        )  # fmt: skip
        self.changed.emit()

    def set_identity(self, values: Mapping[str, float]) -> None:
        """Give a head with identity modes another face."""
        if dict(values) == self.identity:
            return
        self.identity = dict(values)
        if any(map(_is_slow, self._files.values())):
            self._shape(tuple(self._files))
        else:
            self._show_again()

    def _shape(self, levels: tuple[str, ...]) -> None:
        """Give the levels their identity in the background, the coarsest first; latest wins."""
        level, *finer = levels
        model, identity = self._files[level], dict(self.identity)
        self._document.jobs.start(
            self.tr("Identity"), lambda: _with_identity(model, identity),
            lambda made: self._shaped(level, tuple(finer), made),
            kind="head identity", replace_waiting=True,
        )  # fmt: skip

    def _shaped(self, level: str, finer: tuple[str, ...], made: _Made) -> None:
        stale = made.identity != self.identity or self._files.get(level) is not made.loaded
        if self._closed or stale or self._renderer is None:
            return  # another face, or another head, has been asked for since
        if made.problem is not None:
            self._say(made)  # the face of before stays
            return
        first = level == next(iter(self._files))
        if first:  # what is finer has the old face
            self.models = {}
        self.models[level] = made.shown
        (self._renderer.show if first else self._renderer.add)(made.shown)
        self._sent = None
        if finer:
            self._shape(finer)
        self.changed.emit()

    def _say(self, made: _Made) -> None:
        if made.problem is not None:
            self._document.notices.error(made.problem, self.tr("Identity"))

    def set_drives(self, drives: Drives) -> None:
        """Let other controls move the shapes of the head shown."""
        self._files = {level: replace(m, drives=drives) for level, m in self._files.items()}
        self._show_again()

    def _show_again(self) -> None:
        if self._renderer is None or not self._files:
            return
        self.models = {
            level: with_known_identity(m, self.identity) for level, m in self._files.items()
        }
        first, *finer = self.models.values()
        self._renderer.show(first)
        for model in finer:
            self._renderer.add(model)
        self._sent = None
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
            self.problem = "" if self.models else self.tr("Loading was cancelled")
            self.changed.emit()

    def _loaded(self, name: str, level: str, made: _Made) -> None:
        if self._closed or name != self._wanted or level not in self._missing:
            return  # another head has been asked for since
        self._job = 0
        self._missing = self._missing[1:]
        if self.head != self._wanted:
            self.head, self.models, self._files = self._wanted, {}, {}
            self._sent = None
        first = not self._files
        self._files[level] = made.loaded
        self.models[level] = model = made.shown
        if first:
            self._say(made)
        if self._renderer is None:
            self._renderer = self._make_renderer(model, self._drawn.emit, self._failed.emit)
        elif first:
            self._renderer.show(model)
        else:
            self._renderer.add(model)
        if made.identity != self.identity:  # it was changed while this level was loaded
            self._shape(tuple(self._files))
        if self._missing:
            self._load_next()
        else:
            self.changed.emit()

    def _load_failed(self, name: str, error: BaseException) -> None:
        if self._closed or name != self._wanted:
            return
        self._job = 0
        self._document.notices.error(error, self.tr("Loading the head"))
        if self.models:  # what is shown goes on
            self._missing, self._wanted = (), self.head
        elif self._wanted != BUILTIN:
            self.load(BUILTIN)
            return
        else:
            self.problem = error.what if isinstance(error, TellError) else str(error)
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
