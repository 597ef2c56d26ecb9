"""Jobs: the pipeline's generators off the GUI thread; notices: the one hub."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.state import Jobs, Notices
from pipeline.core.errors import MediaError
from pipeline.core.progress import Job, Progress


@pytest.fixture
def jobs(qapp) -> Iterator[Jobs]:
    notices = Notices()
    made = Jobs(notices)
    made.notices = notices
    made.said, made.log = [], []
    notices.posted.connect(made.said.append)
    for name in ("started", "finished", "cancelled"):
        signal = getattr(made, name)
        signal.connect(lambda status, name=name: made.log.append((name, status.title)))
    made.failed.connect(lambda status, error: made.log.append(("failed", status.title)))
    yield made
    made.close()


def counting(steps: int, result: object = None) -> Callable[[], Job[object]]:
    def job() -> Job[object]:
        for number in range(steps):
            yield Progress("counting", number, steps)
        return result

    return job


class Gate:
    """A job that goes on only when told, so that no test depends on time."""

    def __init__(self) -> None:
        self.step = threading.Semaphore(0)
        self.reached = threading.Semaphore(0)
        self.closed = threading.Event()
        self.thread = ""

    def job(self) -> Job[str]:
        self.thread = threading.current_thread().name
        try:
            for number in range(1000):
                self.reached.release()
                self.step.acquire()
                yield Progress("waiting", number, 1000)
        finally:
            self.closed.set()
        return "done"


def test_a_job_runs_elsewhere_and_its_result_comes_home(qtbot, jobs: Jobs) -> None:
    threads: list[str] = []
    got: list[object] = []

    def job() -> Job[int]:
        threads.append(threading.current_thread().name)
        yield Progress("one")
        return 42

    def done(result: object) -> None:
        threads.append(threading.current_thread().name)
        got.append(result)

    with qtbot.waitSignal(jobs.finished):
        jobs.start("Answer", job, done)
    assert got == [42]
    assert threads[0] != threads[1] == threading.current_thread().name
    assert jobs.log == [("started", "Answer"), ("finished", "Answer")]


def test_many_steps_make_few_reports(qtbot, jobs: Jobs) -> None:
    reports: list = []
    jobs.progressed.connect(reports.append)
    with qtbot.waitSignal(jobs.finished) as finished:
        jobs.start("Count", counting(20_000))
    assert 1 <= len(reports) < 1000
    fractions = [status.fraction for status in reports]
    assert fractions == sorted(fractions)
    assert finished.args[0].fraction == 1.0


def test_the_time_left_follows_from_the_time_spent() -> None:
    from app.state.jobs import JobStatus, _StageClock

    clock = _StageClock(JobStatus(1, "work", "x"))
    clock._stage = "a"
    clock._stage_began -= 30
    clock._began -= 40
    status = clock.report(Progress("a", 1, 4))
    assert status is not None
    assert status.left == pytest.approx(90, abs=1)
    assert status.elapsed == pytest.approx(40, abs=1)
    assert clock.report(Progress("a", 2, 4)) is None  # too soon


def test_cancelling_stops_at_the_next_yield_and_closes_the_job(qtbot, jobs: Jobs) -> None:
    gate = Gate()
    called: list[object] = []
    jobs.start("Wait", gate.job, called.append)
    gate.reached.acquire()
    jobs.cancel()
    with qtbot.waitSignal(jobs.cancelled):
        gate.step.release()
    assert gate.closed.is_set()
    assert called == [] and jobs.said == []
    assert not gate.reached.acquire(blocking=False)  # one yield, no more


def test_jobs_of_one_kind_take_turns_and_kinds_do_not_wait_for_each_other(
    qtbot, jobs: Jobs
) -> None:
    gate = Gate()
    jobs.start("First", gate.job, kind="analysis")
    jobs.start("Second", counting(3), kind="analysis")
    with qtbot.waitSignal(jobs.finished):
        jobs.start("Other", counting(3), kind="export")
    assert jobs.log == [("started", "First"), ("started", "Other"), ("finished", "Other")]
    jobs.cancel("analysis")
    with qtbot.waitSignal(jobs.idle):
        gate.step.release(2)
    assert ("cancelled", "Second") in jobs.log and ("cancelled", "First") in jobs.log
    assert jobs.is_idle


def test_the_latest_of_the_kind_replaces_the_others(qtbot, jobs: Jobs) -> None:
    gate = Gate()
    got: list[object] = []
    jobs.start("Clip 1", gate.job, got.append, kind="open", replace_waiting=True)
    gate.reached.acquire()
    for number in range(2, 6):
        jobs.start(
            f"Clip {number}", counting(2, number), got.append, kind="open", replace_waiting=True
        )
    with qtbot.waitSignal(jobs.idle):
        gate.step.release(3)
    assert got == [5]


def test_a_foreseen_error_is_a_notice_and_not_a_traceback(qtbot, jobs: Jobs) -> None:
    def job() -> Job[None]:
        yield Progress("opening")
        raise MediaError("the film is empty", where="a.mp4", remedy="Try b", code="media.empty")

    with qtbot.waitSignal(jobs.failed):
        jobs.start("Open", job)
    (notice,) = jobs.said
    assert (notice.level, notice.code) == ("error", "media.empty")
    assert notice.text == "a.mp4: the film is empty. Try b"


def test_an_unforeseen_error_is_a_notice_with_a_log(qtbot, jobs: Jobs, tmp_path: Path) -> None:
    def job() -> Job[None]:
        yield Progress("dividing")
        raise ZeroDivisionError("nobody thought of this")

    with qtbot.waitSignal(jobs.failed):
        jobs.start("Divide", job)
    (notice,) = jobs.said
    assert notice.code == "internal"
    log = tmp_path / "tell-data" / "logs" / "studio.log"
    assert str(log) in notice.text
    assert "nobody thought of this" in log.read_text() and "Traceback" in log.read_text()


def test_an_error_on_the_way_home_is_said_and_the_next_job_runs(qtbot, jobs: Jobs) -> None:
    def done(result: object) -> None:
        raise MediaError("cannot show it")

    jobs.start("Show", counting(1), done)
    with qtbot.waitSignal(jobs.idle):
        jobs.start("Next", counting(1))
    assert [notice.code for notice in jobs.said] == ["media"]
    assert jobs.log[-1] == ("finished", "Next")


def test_the_caller_may_take_the_error_himself(qtbot, jobs: Jobs) -> None:
    errors: list[BaseException] = []

    def job() -> Job[None]:
        yield Progress("x")
        raise MediaError("no")

    with qtbot.waitSignal(jobs.failed):
        jobs.start("Try", job, on_failed=errors.append)
    assert len(errors) == 1 and jobs.said == []


def test_a_job_that_cannot_even_begin_fails_like_others(qtbot, jobs: Jobs) -> None:
    def make() -> Job[None]:
        raise MediaError("no such file")

    with qtbot.waitSignal(jobs.failed):
        jobs.start("Begin", make)
    assert len(jobs.said) == 1


def test_closing_cancels_and_joins_and_calls_nobody(qtbot, jobs: Jobs) -> None:
    gate = Gate()
    called: list[object] = []
    jobs.start("Wait", gate.job, called.append)
    gate.reached.acquire()
    gate.step.release(1000)
    jobs.close()
    assert gate.closed.is_set()
    qtbot.wait(10)
    assert called == []
    jobs.start("Late", gate.job)
    assert jobs.is_idle


def test_a_result_that_nobody_took_is_handed_back_on_closing(qapp, jobs: Jobs) -> None:
    dropped: list[object] = []
    jobs.start("Open", counting(0, "a file"), on_dropped=dropped.append)
    jobs._running["work"].thread.join()
    jobs.close()
    assert dropped == ["a file"]


def test_what_must_not_be_cancelled_runs_even_when_the_studio_closes(qapp, jobs: Jobs) -> None:
    gate = Gate()
    closed: list[int] = []

    def closing(number: int) -> Callable[[], Job[None]]:
        def job() -> Job[None]:
            yield Progress("closing")
            closed.append(number)

        return job

    jobs.start("Wait", gate.job, kind="analysis")
    gate.reached.acquire()
    for number in (1, 2):
        jobs.start("Close", closing(number), kind="analysis", cancellable=False)
    jobs.cancel()
    assert jobs.has("analysis")
    gate.step.release(1000)
    jobs.close()
    assert closed == [1, 2]


def test_notices_of_other_threads_are_posted_in_the_gui_thread(qtbot, qapp) -> None:
    notices = Notices()
    threads: list[str] = []
    notices.posted.connect(lambda notice: threads.append(threading.current_thread().name))
    worker = threading.Thread(target=lambda: notices.warning("late", "x"), name="other")
    with qtbot.waitSignal(notices.posted):
        worker.start()
        worker.join()
    assert threads == [threading.current_thread().name]
    assert [notice.text for notice in notices.recent] == ["late"]
