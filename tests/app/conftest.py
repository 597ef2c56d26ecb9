"""Qt without a screen, folders of its own for every test, and nothing left behind."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer
from shiboken6 import isValid

from app.state import Document
from tests.app.film import Film


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, working projects and caches of a test are its own."""
    monkeypatch.setenv("TELL_DATA_DIR", str(tmp_path / "tell-data"))
    monkeypatch.setenv("TELL_CACHE_DIR", str(tmp_path / "tell-cache"))


@pytest.fixture(autouse=True)
def nothing_left(qapp: QCoreApplication) -> Iterator[None]:
    """No thread and no running timer outlives its test."""
    before = set(threading.enumerate())
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    deadline = time.monotonic() + 2
    while (left := _left_threads(before)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not left, f"threads left: {left}"
    running = _running()
    assert not running, f"left running: {[(thing, thing.parent()) for thing in running]}"


def _left_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    # A thread that Qt or a library started shows up as a dummy; only ours are counted.
    return [
        thread
        for thread in threading.enumerate()
        if thread not in before and not isinstance(thread, threading._DummyThread)
    ]


def _running() -> list[QTimer | QThread]:
    kinds = (QTimer, QThread)
    # By type(): isinstance asks a thing for its __class__, and torch's old names warn when asked.
    found = [
        thing for thing in gc.get_objects() if issubclass(type(thing), kinds) and isValid(thing)
    ]
    return [
        thing
        for thing in found
        if (thing.isActive() if isinstance(thing, QTimer) else thing.isRunning())
    ]


@pytest.fixture
def films(monkeypatch: pytest.MonkeyPatch) -> dict[str, Film]:
    """Films by file name that `pipeline.media.open_source` opens besides real files.

    Put a `Film` in, write any bytes under that name, and open it.
    """
    import pipeline.media

    shelf: dict[str, Film] = {}
    real = getattr(pipeline.media, "open_source", None)

    def open_source(path: str | Path, **options: object) -> object:
        film = shelf.get(Path(path).name)
        if film is not None:
            return film.open(Path(path))
        assert real is not None
        return real(path, **options)

    monkeypatch.setattr(pipeline.media, "open_source", open_source, raising=False)
    return shelf


@pytest.fixture
def document(qapp: QCoreApplication) -> Iterator[Document]:
    """A document with nothing open; closed, threads joined, at the end."""
    made = Document()
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def film_document(document: Document, films: dict[str, Film], tmp_path: Path) -> Document:
    """A document on ``face.mp4``: 40 frames at 200 fps, the frame's number in its grey."""
    films["face.mp4"] = Film(n_frames=40, fps=200.0)
    path = tmp_path / "face.mp4"
    path.write_bytes(b"film")
    document.open_media([path])
    assert document.settle()
    return document


@pytest.fixture
def two_clips(document: Document, films: dict[str, Film], tmp_path: Path) -> Document:
    """A document with clips ``a`` (40 frames, current) and ``b`` (60 frames)."""
    for name, n_frames in (("a.mp4", 40), ("b.mp4", 60)):
        films[name] = Film(n_frames=n_frames)
        (tmp_path / name).write_bytes(name.encode())
    document.open_media([tmp_path / "a.mp4", tmp_path / "b.mp4"])
    assert document.settle()
    return document
