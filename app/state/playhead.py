"""The one owner of now."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QObject, Qt, QTimer, Signal

MIN_SPEED, MAX_SPEED = 1 / 50, 4.0
#: Milliseconds between looks at the clock while playing: about a display's rate.
TICK_MS = 16


class Playhead(QObject):
    """Which frame is shown, and playing.

    While playing the monotonic clock decides: media time runs on from where play began at
    `speed`, and the frame is the last one that starts at or before it by the source's own
    times, so variable frame rates hold and late frames are skipped.

    Signals
    -------
    frame_changed(int)
        Another frame.
    ticked(float)
        Media time in seconds at each tick of playing and each change of frame; finer than
        frames, for a head that moves at slow speed.
    playing_changed(bool)
    span_changed()
        The loop span.
    speed_changed(float)
    bound()
        Another clip's times.
    """

    frame_changed = Signal(int)
    ticked = Signal(float)
    playing_changed = Signal(bool)
    span_changed = Signal()
    speed_changed = Signal(float)
    bound = Signal()

    def __init__(
        self, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._times: NDArray[np.float64] = np.zeros(0)
        self._end = 0.0
        self._frame = 0
        self._speed = 1.0
        self._loop: tuple[int, int] | None = None
        self._playing = False
        self._began = 0.0  # clock when play began
        self._from = 0.0  # media time at that moment
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)

    # The clip

    def bind(self, times: ArrayLike, n_frames: int | None = None) -> None:
        """Take over a clip: times (n,) s of its frames; pauses, goes to frame 0, drops the loop."""
        self.pause()
        self._times = np.asarray(times, dtype=np.float64)[:n_frames]
        frames = np.diff(self._times)
        last = float(np.median(frames)) if len(frames) else 0.04
        self._end = float(self._times[-1]) + last if len(self._times) else 0.0
        self._frame = 0
        self._loop = None
        self.bound.emit()
        self.span_changed.emit()
        self._announce()

    @property
    def n_frames(self) -> int:
        """Frames of the clip; 0 without one."""
        return len(self._times)

    @property
    def times(self) -> NDArray[np.float64]:
        """(n,) seconds of each frame from the first."""
        return self._times

    # Where

    @property
    def frame(self) -> int:
        """Frame shown, 0-based."""
        return self._frame

    @frame.setter
    def frame(self, index: int) -> None:
        self.set_frame(index)

    @property
    def seconds(self) -> float:
        """Media time: exact while playing, else the start of the frame."""
        if self._playing:
            return self._media_time()[0]
        return self.seconds_at(self._frame)

    def seconds_at(self, frame: int) -> float:
        """Start of a frame, s."""
        if not self.n_frames:
            return 0.0
        return float(self._times[max(0, min(frame, self.n_frames - 1))])

    def frame_at(self, seconds: float) -> int:
        """Last frame that starts at or before a time, clamped to the clip."""
        found = int(np.searchsorted(self._times, seconds, side="right")) - 1
        return max(0, min(found, self.n_frames - 1))

    def set_frame(self, index: int) -> None:
        """Go to a frame, clamped to the clip; playing goes on from there."""
        index = max(0, min(int(index), self.n_frames - 1))
        changed = index != self._frame
        self._frame = index
        if self._playing:
            self._anchor()
        if changed:
            self._announce()

    def step(self, count: int) -> None:
        """Pause and go ``count`` frames on, or back."""
        self.pause()
        self.set_frame(self._frame + count)

    def _announce(self) -> None:
        self.frame_changed.emit(self._frame)
        self.ticked.emit(self.seconds)

    # Playing

    @property
    def playing(self) -> bool:
        """Whether the clock moves the frame."""
        return self._playing

    def play(self) -> None:
        """Play from here; from the start again where the end is reached."""
        if self._playing or self.n_frames < 2:
            return
        first, last = self._loop or (0, self.n_frames - 1)
        if not first <= self._frame <= last or (
            self._loop is None and self._frame == (last if self._speed > 0 else first)
        ):
            self.set_frame(first if self._speed > 0 else last)
        self._playing = True
        self._anchor()
        self._timer.start()
        self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stop playing on the frame shown."""
        if not self._playing:
            return
        self._playing = False
        self._timer.stop()
        self.playing_changed.emit(False)
        self.ticked.emit(self.seconds)

    def toggle(self) -> None:
        """Play or pause."""
        if self._playing:
            self.pause()
        else:
            self.play()

    @property
    def speed(self) -> float:
        """Times real time, 1/50 to 4; negative plays backwards."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        if not math.isfinite(speed) or speed == 0:
            raise ValueError(f"{speed} is no speed")
        speed = math.copysign(max(MIN_SPEED, min(abs(speed), MAX_SPEED)), speed)
        if speed == self._speed:
            return
        at = self.seconds
        turned = (speed > 0) != (self._speed > 0)
        self._speed = speed
        if self._playing:
            self._anchor(None if turned else at)
        self.speed_changed.emit(speed)

    @property
    def loop(self) -> tuple[int, int] | None:
        """Span that is played over and over: first and last frame, both shown."""
        return self._loop

    @loop.setter
    def loop(self, span: tuple[int, int] | None) -> None:
        if span is not None:
            low, high = sorted((int(span[0]), int(span[1])))
            top = max(0, self.n_frames - 1)
            span = (max(0, min(low, top)), max(0, min(high, top)))
        if span == self._loop:
            return
        self._loop = span
        if self._playing:
            if span is not None and not span[0] <= self._frame <= span[1]:
                self.set_frame(span[0] if self._speed > 0 else span[1])
            self._anchor()
        self.span_changed.emit()

    def _anchor(self, at: float | None = None) -> None:
        """Let media time run on from ``at`` (default: this frame's first moment in play order)."""
        self._began = self._clock()
        if at is None:
            at = self.seconds_at(self._frame) if self._speed > 0 else self._frame_end(self._frame)
        self._from = at

    def _frame_end(self, frame: int) -> float:
        """Just before the next frame: where a frame begins when played backwards."""
        end = self._end if frame + 1 >= self.n_frames else float(self._times[frame + 1])
        return math.nextafter(end, -math.inf)

    def _media_time(self) -> tuple[float, bool]:
        """Media time now, and whether the clip's end (or beginning, backwards) is reached."""
        at = self._from + (self._clock() - self._began) * self._speed
        first, last = self._loop or (0, self.n_frames - 1)
        low, high = self.seconds_at(first), self._frame_end(last)
        if low <= at <= high:
            return at, False
        if self._loop is None:
            return (high, True) if at > high else (low, True)
        length = math.nextafter(high, math.inf) - low
        return low + (at - low) % length, False

    def tick(self) -> None:
        """Look at the clock and go where it says."""
        if not self._playing:
            return
        at, ended = self._media_time()
        frame = self.frame_at(at)
        changed = frame != self._frame
        self._frame = frame
        if changed:
            self.frame_changed.emit(frame)
        self.ticked.emit(at)
        if ended:
            self.pause()
