"""Small pictures of clips, made in the background and kept in the cache folder."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QImageReader

from pipeline.core.errors import TellError
from pipeline.core.paths import cache_dir

SIZE = QSize(92, 68)
IMAGES = {".jpg", ".jpeg", ".png", ".bmp"}


class Thumbnails(QObject):
    """Makes one picture after the other in one quiet thread; the newest request first.

    Signals
    -------
    ready : str, object
        The key that was asked for and its QImage; null when the clip has no picture.
    """

    ready = Signal(str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._asked: set[str] = set()
        self._stopped = threading.Event()
        self._order = 0

    def request(self, key: str, path: Path) -> None:
        """Ask for the picture of a clip once."""
        if key in self._asked or self._stopped.is_set():
            return
        self._asked.add(key)
        self._order += 1
        self._pool.start(_Task(self, key, path, self._stopped), self._order)

    def forget(self) -> None:
        """Let every picture be asked for again."""
        self._pool.clear()
        self._asked.clear()

    def close(self) -> None:
        """Stop, and wait for the picture being made."""
        self._stopped.set()
        self._pool.clear()
        self._pool.waitForDone(5000)


class _Task(QRunnable):
    def __init__(self, owner: Thumbnails, key: str, path: Path, stopped: threading.Event) -> None:
        super().__init__()
        self._owner, self._key, self._path, self._stopped = owner, key, path, stopped

    def run(self) -> None:
        picture = QImage()
        if not self._stopped.is_set():
            picture = _kept(self._path)
        if not self._stopped.is_set():
            self._owner.ready.emit(self._key, picture)


def _kept(path: Path) -> QImage:
    """Picture from the cache, or made and put there."""
    try:
        stat = path.stat()
        name = hashlib.sha256(f"{path.resolve()}{stat.st_mtime_ns}{stat.st_size}".encode())
        kept = cache_dir() / "thumbnails" / f"{name.hexdigest()[:24]}.png"
        if kept.is_file():
            return QImage(str(kept))
        picture = _made(path)
        if not picture.isNull():
            kept.parent.mkdir(exist_ok=True)
            picture.save(str(kept))
        return picture
    except (OSError, TellError):
        return QImage()  # the clip itself says what is wrong once it is opened


def _made(path: Path) -> QImage:
    if path.is_dir():
        first = min((p for p in path.iterdir() if p.suffix.lower() in IMAGES), default=None)
        picture = QImageReader(str(first)).read() if first else QImage()
    else:
        from pipeline.media import open_source

        source = open_source(path, cache_bytes=1 << 24)
        try:
            rgb = source.frame(0)
        finally:
            source.close()
        height, width = rgb.shape[:2]
        picture = QImage(bytes(rgb.data), width, height, 3 * width, QImage.Format.Format_RGB888)
    if picture.isNull():
        return picture
    filled = picture.scaled(
        SIZE,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    left, top = (filled.width() - SIZE.width()) // 2, (filled.height() - SIZE.height()) // 2
    return filled.copy(left, max(0, top), SIZE.width(), SIZE.height())
