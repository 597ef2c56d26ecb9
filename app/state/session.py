"""What is open: project, clip, media; where the person left off."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal, SignalInstance

from app.state import opening
from app.state.frame_feed import FrameFeed
from app.state.jobs import Jobs, JobStatus
from app.state.notices import Notices
from app.state.opening import LoadedClip, OpenedProject
from app.state.playhead import Playhead
from app.state.settings import Settings
from app.state.tidings import Tidings
from app.state.undo import UndoStack
from app.state.weights import Layer, Weights
from pipeline.core.errors import ProjectError
from pipeline.core.progress import Job, Progress
from pipeline.core.tracks import track_order
from pipeline.store import ClipAnalysis, ClipRecord, Edit, EventRecord, ProjectStore, Shown

if TYPE_CHECKING:
    from pipeline.curves import Curve, Modulation
    from pipeline.media import FrameSource

_SESSION_MS = 1500


class Session(QObject):
    """One project, one current clip, one playhead; the half of `Document` that opens things.

    Opening and selecting work in the background: `select_clip` returns at once, and
    `clip_selected` comes when media, events, curves and analysis are all there. `settle`
    waits for it (tests, ``shot``). A failed edit posts a notice and changes nothing.

    Signals
    -------
    project_opened()
    clips_changed()
        The list of clips or a clip's record.
    clip_selected(str)
        UUID of the clip now current, "" for none; `source`, `events` and all else are its.
    events_changed(), event_selected(str)
    curves_changed(object)
        frozenset of track names, None for all.
    modulation_changed(), analysis_changed(), face_changed(), settings_changed()
    busy_changed(bool)
        A project or clip is being opened.
    """

    project_opened = Signal()
    clips_changed = Signal()
    clip_selected = Signal(str)
    events_changed = Signal()
    event_selected = Signal(str)
    curves_changed = Signal(object)
    modulation_changed = Signal()
    analysis_changed = Signal()
    face_changed = Signal()
    settings_changed = Signal()
    busy_changed = Signal(bool)

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        settings: Settings | None = None,
        notices: Notices | None = None,
    ) -> None:
        super().__init__(parent)
        self.settings = settings or Settings(self)
        self.notices = notices or Notices(self)
        self.jobs = Jobs(self.notices, self)
        self.playhead = Playhead(self)
        self.feed = FrameFeed(self, self.notices)
        self.undo = UndoStack(self._write, self)
        self.store: ProjectStore | None = None
        self.clip: ClipRecord | None = None
        self.source: FrameSource | None = None
        self.analysis: ClipAnalysis | None = None
        self.selected_event = ""
        self._clips: tuple[ClipRecord, ...] = ()
        self._shown = Shown((), ())
        self._raw: dict[str, Curve] = {}
        self._edited: dict[str, Curve] = {}
        self._modulation: Modulation | None = None
        self._preview_curves: Mapping[str, Curve] = {}
        self._preview_event: EventRecord | None = None
        self._preview_modulation: Modulation | None = None
        self._weights: dict[Layer, Weights] = {}
        self._ticket = 0
        self._busy = False
        self._closing: set[int] = set()
        self._after_selection: Callable[[], None] | None = None
        self._edits = 0
        self._fresh: ClipAnalysis | None = None
        self._last_frame = 0
        self._tidings = Tidings(self)
        self._session = QTimer(self)
        self._session.setSingleShot(True)
        self._session.setInterval(_SESSION_MS)
        self._session.timeout.connect(self.save_session)
        self.playhead.frame_changed.connect(self._frame_moved)
        self.settings.changed.connect(self._setting_changed)
        self.jobs.cancelled.connect(self._opening_cancelled)

    # Opening

    def open_project(self, path: str | Path) -> None:
        """Open a ``.tell`` file where its person left off."""
        path = Path(path)
        if self.store is not None and path.absolute() == self.store.path.absolute():
            return
        self._open(lambda: opening.open_project(path, self.settings.cache_bytes), path)

    def open_media(self, paths: Sequence[str | Path], fps: float | None = None) -> None:
        """Open videos or image folders.

        They join a project that a person has saved; otherwise they have a working project
        of their own, found again by their content.
        """
        found = [Path(path) for path in paths]
        into = None if self.is_working else self.store
        cache = self.settings.cache_bytes
        self._open(lambda: opening.open_media(found, fps, cache, into), *found)

    def open_dataset(self, root: str | Path, sheet: str | Path | None = None) -> None:
        """Open a data set's folder with its sheet, in a working project of its own."""
        root, table = Path(root), Path(sheet) if sheet else None
        self._open(lambda: opening.open_dataset(root, table, self.settings.cache_bytes), root)

    def recover_project(self, path: str | Path, target: str | Path) -> None:
        """Save what can be read of a damaged project into a new one, and open that."""
        source, new = Path(path), Path(target)
        self._open(lambda: opening.recover_project(source, new, self.settings.cache_bytes), new)

    def save_as(self, path: str | Path) -> None:
        """Copy the project to a file and go on there."""
        store, target = self._needs_store(), Path(path)

        def copy() -> Job[OpenedProject]:
            yield Progress("saving", note=target.name)
            store.save_copy(target)
            with ProjectStore.open(target) as saved:
                saved.set_setting(opening.WORKING, None)
            return (yield from opening.open_project(target, self.settings.cache_bytes))

        self.save_session()
        self._open(copy, target)

    @property
    def is_working(self) -> bool:
        """Whether the open project is one that the studio made by itself (or none is open)."""
        return self.store is None or bool(self.store.setting(opening.WORKING, False))

    @property
    def is_busy(self) -> bool:
        """Whether a project or clip is being opened."""
        return self._busy

    def _open(self, make_job: Callable[[], Job[OpenedProject]], *recent: Path) -> None:
        self.save_session()
        self._after_selection = None
        self._ticket += 1
        ticket = self._ticket

        def adopt(opened: OpenedProject) -> None:
            if ticket != self._ticket:
                self._dispose(opened)
                return
            for path in reversed(recent):
                self.settings.add_recent(path)
            self._adopt_project(opened)

        self._start_opening(self.tr("Opening"), make_job, adopt)

    def _start_opening(
        self, title: str, make_job: Callable[[], Job[Any]], adopt: Callable[[Any], None]
    ) -> None:
        def after_closing() -> Job[Any]:
            """A project that is still being closed could only be opened for reading."""
            while self._closing:
                yield Progress("closing")
                time.sleep(0.01)
            return (yield from make_job())

        def failed(error: BaseException) -> None:
            self._set_busy(False)
            self._after_selection = None
            self.notices.error(error, title)

        self._set_busy(True)
        self.jobs.start(
            title, after_closing, adopt, kind="open", on_failed=failed,
            on_dropped=lambda thing: thing.close(), replace_waiting=True,
        )  # fmt: skip

    def _opening_cancelled(self, status: JobStatus) -> None:
        if status.kind == "open" and not self.jobs.has("open"):
            self._after_selection = None
            self._set_busy(False)

    def _dispose(self, thing: OpenedProject | LoadedClip) -> None:
        self._in_background(thing.close)

    def _in_background(self, close: Callable[[], None], kind: str = "close") -> None:
        """Close something off the GUI thread, whatever else is cancelled."""

        def work() -> Job[None]:
            yield Progress("closing")
            close()

        self.jobs.start(self.tr("Closing"), work, kind=kind, cancellable=False)

    def _set_busy(self, busy: bool) -> None:
        if busy != self._busy:
            self._busy = busy
            self.busy_changed.emit(busy)

    def _adopt_project(self, opened: OpenedProject) -> None:
        if opened.store is not None:
            self._leave_project()
            self.store = opened.store
            self.store.author = self.coder
            self.undo.clear()
            self._clips = self.store.clips()
            if self.store.read_only:
                self.notices.warning(
                    self.tr("{path}: edits are not possible: {why}").format(
                        path=self.store.path, why=self.store.read_only
                    ),
                    "project.read_only",
                )
            self.project_opened.emit()
        self._refresh_clips()
        for problem in opened.problems:
            self.notices.warning(problem, "media.warning")
        if opened.clip is not None:
            self._adopt_clip(opened.clip)
        else:
            self._set_busy(False)

    def _leave_project(self) -> None:
        """Let go of the project; its file is closed once its last job has ended."""
        store, source = self.store, self.source
        self._let_go_of_clip()
        self.jobs.cancel("analysis")
        if store is None:
            return

        self._closing.add(id(store))

        def close() -> None:
            try:
                if source is not None:
                    self.feed.release(source)
                    source.close()
                store.close()
            finally:
                self._closing.discard(id(store))

        # Behind an analysis that is being cancelled: it still writes to the project.
        self._in_background(close, kind="analysis")

    def close(self) -> None:
        """Store where the person is, end all threads, close the file."""
        self._session.stop()
        self.save_session()
        self._ticket += 1
        self.playhead.pause()
        self.undo.clear()  # now: Qt's stack would tell of it while everything is being destroyed
        self.jobs.close()
        self.feed.close()
        if self.source is not None:
            self.source.close()
            self.source = None
        if self.store is not None:
            self.store.close()
            self.store = None

    def settle(self, timeout_ms: int = 30_000) -> bool:
        """Run the event loop until nothing is being opened; False after the timeout."""
        return self._wait(self.busy_changed, lambda: not self._busy, timeout_ms)

    def settle_jobs(self, timeout_ms: int = 30_000) -> bool:
        """Run the event loop until no job runs or waits; False after the timeout."""
        settled = self._wait(self.jobs.idle, lambda: self.jobs.is_idle, timeout_ms)
        self._tidings.tell_all()
        return settled

    @staticmethod
    def _wait(signal: SignalInstance, reached: Callable[[], bool], timeout_ms: int) -> bool:
        loop = QEventLoop()
        timer = QTimer()
        timer.setSingleShot(True)
        timer.timeout.connect(loop.quit)
        signal.connect(loop.quit)
        timer.start(timeout_ms)
        while not reached() and timer.isActive():
            loop.exec()
        signal.disconnect(loop.quit)
        timer.stop()
        return reached()

    # Clips

    @property
    def clips(self) -> tuple[ClipRecord, ...]:
        """The project's clips."""
        return self._clips

    def select_clip(self, clip: str, *, again: bool = False) -> None:
        """Go to another clip; `clip_selected` says when it is there. The latest wish wins.

        ``again`` opens the current one anew (its media was found elsewhere).
        """
        store = self._needs_store()
        if self.clip is not None and clip == self.clip.id and not self._busy and not again:
            return
        self.save_session()
        self._after_selection = None
        self._ticket += 1
        ticket, cache = self._ticket, self.settings.cache_bytes

        def adopt(loaded: LoadedClip) -> None:
            if ticket == self._ticket:
                self._adopt_clip(loaded)
            else:
                self._dispose(loaded)

        self._start_opening(
            self.tr("Opening clip"), lambda: opening.load_clip(store, clip, cache), adopt
        )

    def _let_go_of_clip(self) -> None:
        self.playhead.pause()
        self.feed.set_source(None)
        self.clip = self.source = self.analysis = None
        self._preview_curves, self._preview_event = {}, None
        self._preview_modulation = None

    def _adopt_clip(self, loaded: LoadedClip) -> None:
        old = self.source
        self._let_go_of_clip()
        if old is not None:
            self._close_source(old)
        self.clip, self.source, self.analysis = loaded.record, loaded.source, loaded.analysis
        self._read_clip()
        self._select_quietly("")
        self.playhead.bind(self._times())
        self.feed.set_source(self.source)
        if self.source is not None:
            self.feed.request(0)
        frame = self._needs_store().setting(f"frame/{loaded.record.id}", 0, "session")
        self.playhead.set_frame(frame if isinstance(frame, int) else 0)
        for problem in loaded.problems:
            self.notices.error(problem)
        self._set_busy(False)
        self._refresh_clips()
        self.clip_selected.emit(loaded.record.id)
        self.analysis_changed.emit()
        self.events_changed.emit()
        self.curves_changed.emit(None)
        self.modulation_changed.emit()
        self.face_changed.emit()
        after, self._after_selection = self._after_selection, None
        if after is not None:
            after()

    def _close_source(self, source: FrameSource) -> None:
        def close() -> None:
            self.feed.release(source)
            source.close()

        self._in_background(close)

    def _times(self) -> np.ndarray:
        if self.source is not None:
            return self.source.times()
        if self.analysis is not None:
            return self.analysis.times
        assert self.clip is not None
        return np.arange(self.clip.n_frames) / (self.clip.fps or 25.0)

    def _refresh_clips(self) -> None:
        if self.store is not None:
            self._clips = self.store.clips()
            if self.clip is not None:
                current = self.clip.id
                self.clip = next((c for c in self._clips if c.id == current), None)
        self.clips_changed.emit()

    def _read_clip(self) -> None:
        """Everything small of the current clip, from the project."""
        self._read_events()
        self._read_curves()
        self._read_modulation()

    def _read_events(self) -> None:
        self._weights.clear()
        if self.store is not None and self.clip is not None:
            self._shown = self.store.shown(self.clip.id, self.coder)
        else:
            self._shown = Shown((), ())

    def _read_curves(self, names: frozenset[str] | None = None) -> None:
        """All curves, or those of an edit."""
        self._weights.clear()
        if self.store is not None and self.clip is not None and names is not None:
            new = self.store.curves(self.clip.id, "edited", names)
            kept = {name: c for name, c in self._edited.items() if name not in names}
            self._edited = dict(sorted((kept | new).items(), key=lambda item: track_order(item[0])))
        elif self.store is not None and self.clip is not None:
            self._raw, self._edited = self.store.layers(self.clip.id)
        else:
            self._raw, self._edited = {}, {}

    def _read_modulation(self) -> None:
        self._weights.clear()
        if self.store is not None and self.clip is not None:
            self._modulation = self.store.modulation(self.clip.id)
        else:
            self._modulation = None

    # Events selected, coder

    @property
    def coder(self) -> str:
        """Who annotates."""
        return self.settings.coder

    def select_event(self, event: str) -> None:
        """Select an event of the current clip by its UUID, "" for none."""
        if event != self.selected_event:
            self._select_quietly(event)
            self.event_selected.emit(event)

    def _select_quietly(self, event: str) -> None:
        self.selected_event = event

    def _setting_changed(self, name: str) -> None:
        if name != "coder":
            return
        if self.store is not None:
            self.store.author = self.coder
        self._read_events()
        self.events_changed.emit()

    # Where the person left off

    def session(self, key: str, default: Any = None) -> Any:
        """Something to come back to in this project: the workspace, a view's state."""
        return default if self.store is None else self.store.setting(key, default, "session")

    def set_session(self, key: str, value: Any) -> None:
        """Keep something to come back to; not an edit, silently dropped when read-only."""
        if self.store is not None and not self.store.read_only:
            with self.notices.catching():
                self.store.set_setting(key, value, "session")

    def save_session(self) -> None:
        """Keep the current clip and frame."""
        self._session.stop()
        if self.store is None or self.clip is None or self.store.read_only:
            return
        values = {"clip": self.clip.id, f"frame/{self.clip.id}": self.playhead.frame}
        with self.notices.catching():
            self.store.set_settings(values, "session")

    def _frame_moved(self, frame: int) -> None:
        step = frame - self._last_frame
        if self.playhead.playing:
            step = 1 if self.playhead.speed > 0 else -1
        self._last_frame = frame
        self.feed.request(frame, step)
        if self.clip is not None:
            self._session.start()

    def _needs_store(self) -> ProjectStore:
        if self.store is None:
            raise ProjectError(
                "no project is open", remedy="Open a video or a project first",
                code="project.none",
            )  # fmt: skip
        return self.store

    def _write(self, edit: Edit, forward: bool) -> bool:
        raise NotImplementedError
