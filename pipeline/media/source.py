"""What every reader promises: a frame is its index in presentation order, and no other."""

from __future__ import annotations

import abc
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import MediaError

#: Largest picture that is opened; a hostile header can promise any size.
MAX_SIDE = 16_384
MAX_PIXELS = 64_000_000
#: Largest number of frames that is indexed (about 14 hours at 200 fps).
MAX_FRAMES = 10_000_000

DEFAULT_CACHE_BYTES = 1 << 30

Image = NDArray[np.uint8]


class FrameSource(abc.ABC):
    """A clip as a sequence of exactly addressable frames.

    `frame` and `gray` may be called from several threads. A frame that is in the cache is
    returned without waiting for another thread's decoding.

    Attributes
    ----------
    path : Path
        The file or the image folder.
    width, height : int
        Size of the pictures in px, rotation metadata applied, pixels square.
    n_frames : int
        Frames that can be read.
    time_base : Fraction
        Seconds for one unit of `pts`.
    pts : (n_frames,) int64
        Presentation times, strictly increasing, in units of `time_base`.
    file_numbers : (n_frames,) int64 or None
        Number in each image's file name; None for videos.
    warnings : tuple of str
        What is wrong with the clip and yet lets it be used. May grow while reading.
    """

    path: Path
    width: int
    height: int
    time_base: Fraction
    pts: NDArray[np.int64]
    file_numbers: NDArray[np.int64] | None = None
    #: Frame rate to report when one frame leaves nothing to measure.
    nominal_fps: float = 25.0

    def __init__(self) -> None:
        self._warnings: list[str] = []
        self._hash = ""
        self._fps = 0.0

    @property
    def n_frames(self) -> int:
        """Number of frames that can be read."""
        return len(self.pts)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong with the clip and yet lets it be used."""
        return tuple(self._warnings)

    @property
    def fps(self) -> float:
        """Nominal frame rate in 1/s: the inverse of the median frame interval."""
        if self.n_frames < 2:
            return self.nominal_fps
        if not self._fps:
            self._fps = 1.0 / (float(np.median(np.diff(self.pts))) * float(self.time_base))
        return self._fps

    def seconds(self, index: int) -> float:
        """Time of a frame in s from the first frame."""
        return float(int(self.pts[self._checked(index)] - self.pts[0]) * self.time_base)

    def times(self) -> NDArray[np.float64]:
        """(n_frames,) float64, s from the first frame."""
        elapsed = (self.pts - self.pts[0]).astype(np.float64)
        return elapsed * self.time_base.numerator / self.time_base.denominator

    def index_at(self, seconds: float) -> int:
        """Last frame that starts at or before a time in s; the first for earlier times."""
        # A time that came from `seconds` must lead back to its frame in spite of rounding.
        last = self.seconds(self.n_frames - 1)
        units = min(max(float(seconds), 0.0), last) / float(self.time_base)
        whole = int(self.pts[0]) + int(np.floor(units + 1e-3))
        return int(np.searchsorted(self.pts, whole, "right")) - 1

    @abc.abstractmethod
    def frame(self, index: int) -> Image:
        """Exactly that frame.

        Returns
        -------
        (height, width, 3) uint8
            RGB, C-contiguous, read-only.

        Raises
        ------
        IndexError
            If there is no such frame.
        MediaError
            If the file is damaged there.
        """

    def frame_name(self, index: int) -> str:
        """Name of the file that holds a frame: the film's, or the image's own."""
        self._checked(index)
        return self.path.name

    @abc.abstractmethod
    def gray(self, index: int) -> Image:
        """Luma of a frame, (height, width) uint8, full range, BT.601 weights, read-only.

        Taken from the luma plane where the file has one. It equals the luma of `frame`
        within two levels for colours inside the RGB gamut.
        """

    @abc.abstractmethod
    def cached(self, index: int) -> bool:
        """Whether `frame` would return at once."""

    @property
    @abc.abstractmethod
    def cached_bytes(self) -> int:
        """Bytes that decoded frames hold at present; never more than the cache's bound."""

    @abc.abstractmethod
    def iter_frames(
        self, start: int = 0, stop: int | None = None, step: int = 1
    ) -> Iterator[tuple[int, Image]]:
        """Frames in sequence at decoding speed, past the cache.

        A frame that is damaged is given as the one before it, and `warnings` says so.

        Yields
        ------
        int
            The frame's index.
        (height, width, 3) uint8
            RGB, read-only.
        """

    @abc.abstractmethod
    def iter_gray(
        self, start: int = 0, stop: int | None = None, step: int = 1
    ) -> Iterator[tuple[int, Image]]:
        """As `iter_frames`, luma only: what landmark tracking and flow need."""

    def content_hash(self) -> str:
        """SHA-256 (hex) that finds the clip again after it was moved; samples big files."""
        if not self._hash:
            from pipeline.media.fingerprint import fingerprint

            self._hash = fingerprint(self.path)
        return self._hash

    @abc.abstractmethod
    def close(self) -> None:
        """Let go of the file and of all decoded frames. Reading afterwards is a MediaError."""

    def __enter__(self) -> FrameSource:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _checked(self, index: int) -> int:
        if not 0 <= index < self.n_frames:
            raise IndexError(f"frame {index} of a clip of {self.n_frames} frames")
        return int(index)

    def _range(self, start: int, stop: int | None, step: int) -> range:
        if step < 1:
            raise ValueError(f"step {step} must be 1 or more")
        return range(self.n_frames)[slice(start, stop, step)]

    def _warn(self, text: str) -> None:
        if text not in self._warnings:
            self._warnings.append(text)


def check_size(width: int, height: int, where: object) -> None:
    """Refuse pictures that are empty or too large to be a clip.

    Raises
    ------
    MediaError
        ``media.no_frames`` or ``media.too_large``.
    """
    if width < 1 or height < 1:
        raise MediaError(
            "it has no picture size, so no frame can be read",
            where=where,
            remedy="Check that the file plays elsewhere, or export it again",
            code="media.no_frames",
        )
    if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
        raise MediaError(
            f"pictures of {width}x{height} px are too large",
            where=where,
            remedy=f"Scale them to at most {MAX_SIDE} px a side and {MAX_PIXELS // 10**6} Mpx",
            code="media.too_large",
            width=width,
            height=height,
        )


def closed_error(path: Path) -> MediaError:
    """The error of a source that was closed."""
    return MediaError(
        "the clip was closed", where=path, remedy="Open it again", code="media.closed"
    )


def frame_error(path: Path, index: int) -> MediaError:
    """The error of one frame that cannot be decoded."""
    return MediaError(
        f"frame {index} is damaged and cannot be read",
        where=path,
        remedy="Other frames can be used; get an undamaged copy of the file",
        code="media.frame",
        frame=index,
    )


def read_only(image: Image) -> Image:
    """The same picture, C-contiguous, protected against being written to."""
    image = np.ascontiguousarray(image)
    image.flags.writeable = False
    return image
