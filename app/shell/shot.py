"""The real window, after analysis, drawn offscreen into a picture."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Any

from pipeline.core.errors import ExportError, TellError
from pipeline.core.paths import replacing

#: How long an analysis of a clip may take, and a view to draw, s.
ANALYSIS_S, VIEW_S = 1800.0, 60.0


def shot(
    path: Path,
    out: Path,
    size: tuple[int, int] = (1600, 1000),
    frame: int | None = None,
    workspace: str = "annotate",
) -> None:
    """Open `path`, analyse it where it is not yet, and write a picture of the whole window.

    Works in a data folder of its own: the person's projects and settings stay as they are.

    Parameters
    ----------
    path : Path
        A video, image folder, data set or project.
    out : Path
        PNG to write.
    size : (int, int)
        Width and height in px.
    frame : int, optional
        Frame to show; the first event's apex otherwise.
    workspace : {"annotate", "animate", "present"}

    Raises
    ------
    TellError
        The error that the window would have shown.
    ExportError
        If the picture cannot be written.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if not path.exists():
        from pipeline.core.errors import MediaError

        raise MediaError("there is no such file or folder", where=path, code="media.missing")
    with tempfile.TemporaryDirectory(prefix="tell-shot-") as folder:
        previous = os.environ.get("TELL_DATA_DIR")
        os.environ["TELL_DATA_DIR"] = folder
        try:
            _take(path, out, size, frame, workspace)
        finally:
            if previous is None:
                del os.environ["TELL_DATA_DIR"]
            else:
                os.environ["TELL_DATA_DIR"] = previous


def _take(path: Path, out: Path, size: tuple[int, int], frame: int | None, workspace: str) -> None:
    from app.shell.studio import application
    from app.shell.window import StudioWindow

    app = application()
    window = StudioWindow()
    failures: list[BaseException] = []
    window.document.jobs.failed.connect(lambda _status, error: failures.append(error))
    try:
        window.resize(*size)
        window.show()
        window.open_paths([_working_copy(path)])
        _wait(app, lambda: window.document.clip is not None or bool(failures), VIEW_S)
        _raise_first(window, failures)
        if window.document.analysis is None and window.document.source is not None:
            window.document.analyse()
            _wait(app, lambda: window.document.jobs.is_idle or bool(failures), ANALYSIS_S)
            _raise_first(window, failures)
        _pose(window, frame, workspace)
        _wait(app, lambda: _is_drawn(window), VIEW_S)
        window.toasts.clear()
        _settle(app, 0.3)
        _write(window, out)
    finally:
        window.shut_down()
        window.close()
        window.deleteLater()
        app.processEvents()


def _working_copy(path: Path) -> Path:
    """A project is copied so that a picture of it leaves it untouched."""
    if path.suffix.lower() != ".tell" or not path.is_file():
        return path
    from pipeline.core.paths import data_dir
    from pipeline.store import ProjectStore

    copy = data_dir() / path.name
    store = ProjectStore.open(path, read_only=True)
    try:
        store.save_copy(copy)
    finally:
        store.close()
    return copy


def _pose(window: Any, frame: int | None, workspace: str) -> None:
    document = window.document
    window.show_workspace(workspace)
    events = document.events()
    if events:
        document.select_event(events[0].id)
    if frame is None and events:
        span = events[0].span
        frame = span.onset if span.apex is None else span.apex
    document.playhead.set_frame(frame or 0)


def _is_drawn(window: Any) -> bool:
    """Whether every view shows the frame of the playhead."""
    document = window.document
    current = document.feed.current
    if document.source is not None and (current is None or current[0] != document.playhead.frame):
        return False
    head = window.views.get("head")
    if head is None or not head.isVisible() or head.source.problem:
        return True
    return head.state is not None and head.state == head.wanted()


def _wait(app: Any, done: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        app.processEvents()
        time.sleep(0.005)


def _settle(app: Any, seconds: float) -> None:
    _wait(app, lambda: False, seconds)


def _raise_first(window: Any, failures: list[BaseException]) -> None:
    for failure in failures:
        if isinstance(failure, TellError):
            raise failure
    errors = [n for n in window.document.notices.recent if n.level == "error"]
    if failures or window.document.clip is None:
        text = errors[-1].text if errors else "the clip could not be opened in time"
        raise ExportError(text.rstrip("."), code="shot.failed")


def _write(window: Any, out: Path) -> None:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with replacing(out) as temporary:
            if not window.grab().save(str(temporary), "PNG"):
                raise OSError("the picture was refused")
    except OSError as error:
        raise ExportError(
            "the picture cannot be written", where=out, remedy="Choose another folder",
            code="export.write",
        ) from error  # fmt: skip
