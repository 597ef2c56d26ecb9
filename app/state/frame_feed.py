"""Pictures for the views, decoded off the GUI thread; the latest wish wins."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal

from app.state.notices import Notices
from pipeline.core.errors import TellError

if TYPE_CHECKING:
    from pipeline.media import FrameSource

#: Frames decoded ahead in the direction of play, and behind it.
AHEAD, BEHIND = 24, 8
_MAX_PREFETCH_BYTES = 128 << 20


class FrameFeed(QObject):
    """One decode thread per studio, started with the first source and joined by `close`.

    Signals
    -------
    ready(int, object)
        Index and (H, W, 3) uint8 RGB of the frame asked for last, in the GUI thread.
    failed(int)
        The frame cannot be read; a notice says why.
    """

    ready = Signal(int, object)
    failed = Signal(int)
    _decoded = Signal(int, int, object)

    def __init__(self, parent: QObject | None = None, notices: Notices | None = None) -> None:
        super().__init__(parent)
        self._notices = notices
        self._current: tuple[int, NDArray[np.uint8]] | None = None
        self._wake = threading.Condition()
        self._source: FrameSource | None = None
        self._generation = 0
        self._wanted: int | None = None
        self._direction = 1
        self._closing = False
        self._decoding = threading.Lock()
        self._complained: set[str] = set()
        self._thread: threading.Thread | None = None
        self._decoded.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def current(self) -> tuple[int, NDArray[np.uint8]] | None:
        """Index and picture delivered last, None before the first of a source."""
        return self._current

    def set_source(self, source: FrameSource | None) -> None:
        """Feed from another source; pictures of the old one are never delivered again."""
        with self._wake:
            self._generation += 1
            self._source = source
            self._wanted = None
            self._current = None
            self._complained.clear()
            if source is not None and self._thread is None:
                self._thread = threading.Thread(target=self._run, name="frame feed", daemon=True)
                self._thread.start()
            self._wake.notify_all()

    def release(self, source: FrameSource) -> None:
        """Stop using a source; when this returns it may be closed. Not for the GUI thread."""
        with self._wake:
            if self._source is source:
                self._generation += 1
                self._source = None
                self._wake.notify_all()
        with self._decoding:
            pass  # the frame that was being decoded is done

    def request(self, index: int, direction: int = 0) -> None:
        """Ask for a frame; an older wish that is not begun is dropped.

        ``direction`` is where play goes (1, -1), 0 to keep it.
        """
        with self._wake:
            self._wanted = index
            if direction:
                self._direction = 1 if direction > 0 else -1
            self._wake.notify_all()

    def close(self) -> None:
        """End the thread and wait for it."""
        with self._wake:
            self._closing = True
            self._source = None
            self._generation += 1
            self._wake.notify_all()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._current = None

    def _deliver(self, generation: int, index: int, rgb: object) -> None:
        if generation != self._generation:
            return
        if rgb is None:
            self.failed.emit(index)
            return
        assert isinstance(rgb, np.ndarray)
        self._current = (index, rgb)
        self.ready.emit(index, rgb)

    # The decode thread

    def _run(self) -> None:
        ahead: Iterator[int] = iter(())
        warmed = -1  # the generation that `ahead` belongs to
        while True:
            with self._wake:
                nxt = None
                while not self._closing and self._wanted is None:
                    nxt = next(ahead, None) if self._generation == warmed else None
                    if nxt is not None:
                        break
                    self._wake.wait()
                if self._closing:
                    return
                source, generation = self._source, self._generation
                wanted, direction = self._wanted, self._direction
                self._wanted = None
            if source is None:
                continue
            if wanted is not None:
                self._show(source, generation, wanted)
                ahead, warmed = _around(source, wanted, direction), generation
            elif nxt is not None:
                self._warm(source, generation, nxt)

    def _show(self, source: FrameSource, generation: int, index: int) -> None:
        with self._decoding:
            if generation != self._generation:
                return
            try:
                rgb = source.frame(index)
            except (TellError, IndexError, OSError) as error:
                self._complain(error)
                self._decoded.emit(generation, index, None)
            else:
                self._decoded.emit(generation, index, rgb)

    def _warm(self, source: FrameSource, generation: int, index: int) -> None:
        # A frame that cannot be read is said when somebody wants to see it.
        with self._decoding, contextlib.suppress(TellError, IndexError, OSError):
            if generation == self._generation and not source.cached(index):
                source.frame(index)

    def _complain(self, error: Exception) -> None:
        """Once per message and source: stepping through a broken part is no storm."""
        if self._notices is not None and str(error) not in self._complained:
            self._complained.add(str(error))
            self._notices.error(error, "decoding a frame")


def _around(source: FrameSource, index: int, direction: int) -> Iterator[int]:
    """Frames to decode next, nearest first, more of them where play goes."""
    bytes_each = max(1, source.width * source.height * 3)
    room = max(2, _MAX_PREFETCH_BYTES // bytes_each)
    for distance in range(1, min(AHEAD, room) + 1):
        for sign in (direction, -direction):
            if sign != direction and distance > BEHIND:
                continue
            if 0 <= (there := index + sign * distance) < source.n_frames:
                yield there
