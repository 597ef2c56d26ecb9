"""Long work off the GUI thread: runs the pipeline's generators and reports on them."""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from app.state.notices import Notices
from pipeline.core.errors import Cancelled, TellError
from pipeline.core.progress import Job, Progress

#: Seconds between two reports of one job.
REPORT_EVERY = 0.05


@dataclass(frozen=True)
class JobStatus:
    """How a job stands.

    Parameters
    ----------
    id : int
        Number of the job.
    kind : str
        Jobs of one kind run one after the other: ``"open"``, ``"analysis"``, ``"export"``.
    title : str
        What it is, for a person.
    stage, note : str
        What is being done.
    fraction : float
        Share of the stage done in [0, 1]; 0 when unknown.
    elapsed : float
        Seconds since it began.
    left : float or None
        Seconds that the stage will still take, None when unknown.
    """

    id: int
    kind: str
    title: str
    stage: str = ""
    fraction: float = 0.0
    note: str = ""
    elapsed: float = 0.0
    left: float | None = None


@dataclass
class _Running:
    status: JobStatus
    make_job: Callable[[], Job[Any]]
    on_done: Callable[[Any], None] | None
    on_failed: Callable[[BaseException], None] | None
    on_dropped: Callable[[Any], None] | None
    cancellable: bool
    result: Any = None
    cancel: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None


class Jobs(QObject):
    """Runs jobs, one at a time per kind; every signal comes in the GUI thread.

    Signals
    -------
    started, progressed, finished, cancelled(JobStatus)
    failed(JobStatus, BaseException)
    idle()
        The last job of all kinds has ended.
    """

    started = Signal(object)
    progressed = Signal(object)
    finished = Signal(object)
    failed = Signal(object, object)
    cancelled = Signal(object)
    idle = Signal()
    _reported = Signal(object)
    _ended = Signal(int, object, object)

    def __init__(self, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notices = notices
        self._numbers = itertools.count(1)
        self._running: dict[str, _Running] = {}
        self._waiting: dict[str, deque[_Running]] = {}
        self._closed = False
        queued = Qt.ConnectionType.QueuedConnection
        self._reported.connect(self._report, queued)
        self._ended.connect(self._end, queued)

    # Asking

    def start(
        self,
        title: str,
        make_job: Callable[[], Job[Any]],
        on_done: Callable[[Any], None] | None = None,
        *,
        kind: str = "work",
        on_failed: Callable[[BaseException], None] | None = None,
        on_dropped: Callable[[Any], None] | None = None,
        cancellable: bool = True,
        replace_waiting: bool = False,
    ) -> int:
        """Run a job; ``on_done(result)`` and ``on_failed(error)`` are called in the GUI thread.

        A job of a kind that runs already waits for its turn. With ``replace_waiting`` it
        takes the place of those that wait, and the running one is cancelled: the latest wins.
        An error goes to the notices by itself unless ``on_failed`` is given. ``on_dropped``
        gets a result that nobody took because the studio closed. A job that is not
        ``cancellable`` (it closes files) runs to its end, even then.

        Returns
        -------
        int
            The job's number.
        """
        status = JobStatus(next(self._numbers), kind, title)
        running = _Running(status, make_job, on_done, on_failed, on_dropped, cancellable)
        if self._closed:
            return status.id
        if replace_waiting:
            self.cancel(kind)
        if kind in self._running:
            self._waiting.setdefault(kind, deque()).append(running)
        else:
            self._launch(running)
        return status.id

    def cancel(self, kind: str | None = None) -> None:
        """Stop the jobs of a kind, or all: waiting ones now, the running one at its next yield."""
        for waiting_kind, waiting in list(self._waiting.items()):
            if kind in (None, waiting_kind):
                dropped = [job for job in waiting if job.cancellable]
                self._waiting[waiting_kind] = deque(j for j in waiting if not j.cancellable)
                for job in dropped:
                    self.cancelled.emit(job.status)
        for running_kind, running in self._running.items():
            if kind in (None, running_kind) and running.cancellable:
                running.cancel.set()

    def has(self, kind: str) -> bool:
        """Whether a job of a kind runs or waits."""
        return kind in self._running or bool(self._waiting.get(kind))

    def running(self, kind: str | None = None) -> tuple[JobStatus, ...]:
        """Jobs that run now."""
        return tuple(
            job.status for name, job in list(self._running.items()) if kind in (None, name)
        )

    @property
    def is_idle(self) -> bool:
        """Whether nothing runs and nothing waits."""
        return not self._running and not any(self._waiting.values())

    def close(self) -> None:
        """Cancel everything and wait for the threads; no callback comes afterwards."""
        self._closed = True
        self.cancel()
        for running in self._running.values():
            if running.thread is not None:
                running.thread.join()
            if running.result is not None and running.on_dropped is not None:
                running.on_dropped(running.result)
        self._running.clear()
        for waiting in self._waiting.values():
            for job in waiting:
                self._work(job)
        self._waiting.clear()

    # In the GUI thread

    def _launch(self, running: _Running) -> None:
        self._running[running.status.kind] = running
        running.thread = threading.Thread(
            target=self._work, args=(running,), name=f"job {running.status.title}", daemon=True
        )
        self.started.emit(running.status)
        running.thread.start()

    def _report(self, status: JobStatus) -> None:
        running = self._running.get(status.kind)
        if running is not None and running.status.id == status.id:
            running.status = status
            self.progressed.emit(status)

    def _end(self, number: int, result: object, error: BaseException | None) -> None:
        running = next((r for r in self._running.values() if r.status.id == number), None)
        if running is None:  # closed meanwhile
            return
        kind = running.status.kind
        if running.thread is not None:
            running.thread.join()  # it has sent its last signal: this does not wait
        del self._running[kind]
        self._tell(running, result, error)
        waiting = self._waiting.get(kind)
        if waiting and kind not in self._running and not self._closed:
            self._launch(waiting.popleft())
        if self.is_idle:
            self.idle.emit()

    def _tell(self, running: _Running, result: object, error: BaseException | None) -> None:
        status = running.status
        try:
            if error is None:
                if running.on_done is not None:
                    running.on_done(result)
                self.finished.emit(replace(status, fraction=1.0, left=0.0))
            elif isinstance(error, Cancelled):
                self.cancelled.emit(status)
            else:
                self._fail(running, error)
        except TellError as later:
            self._fail(running, later)

    def _fail(self, running: _Running, error: BaseException) -> None:
        if running.on_failed is not None:
            running.on_failed(error)
        else:
            self._notices.error(error, running.status.title)
        self.failed.emit(running.status, error)

    # In the job's thread

    def _work(self, running: _Running) -> None:
        result: object = None
        failure: BaseException | None = None
        try:
            running.result = result = self._drive(running)
        except Exception as error:  # noqa: BLE001 - goes to the notices and the log
            failure = error
        self._ended.emit(running.status.id, result, failure)

    def _drive(self, running: _Running) -> object:
        clock = _StageClock(running.status)
        job = running.make_job()
        try:
            while True:
                if running.cancel.is_set():
                    raise Cancelled
                try:
                    step = next(job)
                except StopIteration as end:
                    return end.value
                status = clock.report(step)
                if status is not None:
                    self._reported.emit(status)
        finally:
            job.close()


class _StageClock:
    """Turns a job's many steps into few reports with times."""

    def __init__(self, status: JobStatus) -> None:
        self._status = status
        self._began = self._stage_began = time.monotonic()
        self._last = 0.0
        self._stage = ""

    def report(self, step: Progress) -> JobStatus | None:
        """The status to show, or None where the last one is too fresh."""
        now = time.monotonic()
        if step.stage != self._stage:
            self._stage, self._stage_began = step.stage, now
        if now - self._last < REPORT_EVERY:
            return None
        self._last = now
        spent, fraction = now - self._stage_began, step.fraction
        left = spent * (1 - fraction) / fraction if fraction > 0.02 and spent > 0.3 else None
        return replace(
            self._status, stage=step.stage, fraction=fraction, note=step.note,
            elapsed=now - self._began, left=left,
        )  # fmt: skip
