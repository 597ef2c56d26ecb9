"""The one owner of the visible range: every track of the timeline asks it where a frame lies."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QObject, Signal

#: Room at both ends when the whole clip is shown, so that no marker is cut, px.
MARGIN_PX = 16
#: Fewest frames that zooming in goes down to.
MIN_SPAN = 4.0
#: Frames between ticks that people can count with.
STEPS = (1, 2, 5, 10, 20, 40, 50, 100, 200, 400, 500, 1000, 2000, 5000, 10000, 20000, 50000)


class TimeAxis(QObject):
    """Frames to pixels and back, for tracks of one width.

    ``x`` is measured from the left edge of a track in device-independent pixels. Frame ``f``
    is the moment at which it begins.

    Signals
    -------
    changed()
        Another range, width or clip.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._times: NDArray[np.float64] = np.zeros(0)
        self._numbers: NDArray[np.float64] = np.zeros(0)
        self._frame_s = 1.0
        self._first, self._last = 0.0, 100.0
        self._width = 1.0
        self._fitted = True

    def bind(self, times: ArrayLike) -> None:
        """Take over a clip by the times of its frames, (n,) s, and show all of it."""
        self._times = np.asarray(times, np.float64)
        self._numbers = np.arange(len(self._times), dtype=np.float64)
        self._frame_s = float(np.median(np.diff(self._times))) if len(self._times) > 1 else 1.0
        self.fit_all()

    @property
    def n_frames(self) -> int:
        return len(self._times)

    @property
    def times(self) -> NDArray[np.float64]:
        """(n,) s of the frames."""
        return self._times

    @property
    def frame_seconds(self) -> float:
        """Usual length of a frame, s: the median, which gaps in the numbering do not move."""
        return self._frame_s

    @property
    def width(self) -> float:
        """Width of a track, px."""
        return self._width

    def set_width(self, width: float) -> None:
        """Tell the width of the tracks; a range that showed everything still does."""
        if width == self._width or width < 1:
            return
        self._width = float(width)
        if self._fitted:
            self.fit_all()
        else:
            self.changed.emit()

    @property
    def visible(self) -> tuple[float, float]:
        """Frames at the left and right edge, fractional."""
        return self._first, self._last

    @property
    def pixels_per_frame(self) -> float:
        return self._width / (self._last - self._first)

    def x(self, frame: float) -> float:
        """Pixel of a frame."""
        return (frame - self._first) * self.pixels_per_frame

    def frame(self, x: float) -> float:
        """Fractional frame under a pixel."""
        return self._first + x / self.pixels_per_frame

    def nearest(self, x: float) -> int:
        """The clip's frame nearest to a pixel."""
        return int(max(0, min(round(self.frame(x)), self.n_frames - 1)))

    def frames(self, seconds: ArrayLike) -> NDArray[np.float64]:
        """Fractional frames of times in s, beyond the clip's ends by its own frame length."""
        return _mapped(seconds, self._times, self._numbers, 1.0 / self._frame_s)

    def seconds(self, frames: ArrayLike) -> NDArray[np.float64]:
        """Times in s of fractional frames; the inverse of `frames`."""
        return _mapped(frames, self._numbers, self._times, self._frame_s)

    # Moving -----------------------------------------------------------------------------

    def set_visible(self, first: float, last: float) -> None:
        """Show a range of frames, held to the clip and to a sensible zoom."""
        low, high = self._limits()
        span = min(max(last - first, MIN_SPAN), high - low)
        first = min(max(first, low), high - span)
        self._fitted = span >= high - low - 1e-9
        if (first, first + span) != (self._first, self._last):
            self._first, self._last = first, first + span
            self.changed.emit()

    def _limits(self) -> tuple[float, float]:
        """Range at which the clip's ends stand `MARGIN_PX` from the edges."""
        length = float(max(self.n_frames - 1, MIN_SPAN))
        usable = max(self._width - 2 * MARGIN_PX, self._width / 2)
        margin = (self._width - usable) / 2 * length / usable
        return -margin, length + margin

    def fit_all(self) -> None:
        """Show the whole clip."""
        self._first, self._last = self._limits()
        self._fitted = True
        self.changed.emit()

    def fit(self, first: float, last: float, share: float = 0.6) -> None:
        """Show a span so that it takes ``share`` of the width."""
        around = (max(last - first, 1.0) / share - (last - first)) / 2
        self.set_visible(first - around, last + around)

    def zoom(self, factor: float, x: float) -> None:
        """Show ``factor`` times as many frames; the frame under ``x`` stays there."""
        span = self._last - self._first
        low, high = self._limits()
        wanted = min(max(span * factor, MIN_SPAN), high - low)
        first = self.frame(x) - x / self._width * wanted
        self.set_visible(first, first + wanted)

    def pan(self, pixels: float) -> None:
        """Move what is shown to the right by pixels."""
        shift = pixels / self.pixels_per_frame
        self.set_visible(self._first - shift, self._last - shift)

    def reveal(self, frame: float) -> None:
        """Bring a frame into view with as little movement as a page."""
        span = self._last - self._first
        if frame < self._first or frame > self._last:
            self.set_visible(frame - 0.1 * span, frame + 0.9 * span)

    def steps(self, major_px: float = 100.0) -> tuple[int, int]:
        """Frames between labelled ticks at least ``major_px`` apart, and between all ticks."""
        major = next((s for s in STEPS if s * self.pixels_per_frame >= major_px), STEPS[-1])
        for minor in (major // 5, major // 4, major // 2):
            if minor and major % minor == 0 and minor * self.pixels_per_frame >= 8:
                return major, minor
        return major, major


def _mapped(
    values: ArrayLike, source: NDArray, target: NDArray, slope: float
) -> NDArray[np.float64]:
    """Interpolated from source to target, straight on beyond the ends."""
    at = np.asarray(values, np.float64)
    if len(source) < 2:
        return at.copy()
    beyond = np.minimum(at - source[0], 0.0) + np.maximum(at - source[-1], 0.0)
    return np.interp(at, source, target) + beyond * slope
