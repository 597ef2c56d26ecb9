"""Films out: MP4 with exact frame times, written so that no half file is ever left."""

from __future__ import annotations

import contextlib
import errno
import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import numpy as np

from pipeline.core.errors import MediaError
from pipeline.core.paths import replacing
from pipeline.media.decoder import av_absent
from pipeline.media.encoders import Encoder, OpenCVEncoder, PyAVEncoder
from pipeline.media.source import Image, check_size


class FilmWriter:
    """Writes an MP4: H.264 where an encoder is there, else MPEG-4. A context manager.

    The file appears under its name when `close` has succeeded; until then, and after an
    error, whatever stood there is untouched. 4:2:0 video needs even sizes: an odd width or
    height is extended by repeating the last column or row.

    Parameters
    ----------
    path : str or Path
        Target, usually ``.mp4``.
    size : (int, int)
        Width and height of the pictures, px.
    fps : Fraction or float
        Frames in 1/s. Frame n is shown at exactly n / fps.
    pts : sequence of int, optional
        Presentation times instead, in units of ``time_base``, strictly increasing, at least
        as many as pictures will be written: ``source.pts - source.pts[0]``. Without PyAV
        they cannot be written and the film runs at ``fps``.
    time_base : Fraction, optional
        Seconds for one unit of ``pts``.
    crf : int
        H.264 quality, 0 (lossless) to 51; 18 looks like the original.
    gop : int
        Largest distance of keyframes, frames.

    Raises
    ------
    MediaError
        ``media.write``, ``media.disk_full``, ``media.empty_film``, ``media.too_large``,
        ``media.fps``.
    """

    def __init__(
        self,
        path: str | Path,
        size: tuple[int, int],
        fps: Fraction | float,
        *,
        pts: Sequence[int] | np.ndarray | None = None,
        time_base: Fraction | None = None,
        crf: int = 18,
        gop: int = 250,
    ) -> None:
        self.path = Path(path)
        self.size = (int(size[0]), int(size[1]))
        check_size(*self.size, self.path)
        rate = _checked_rate(fps, self.path)
        self._pts = _checked_times(pts, time_base)
        self._written = 0
        self._closed = False
        self._stack = contextlib.ExitStack()
        self._encoder: Encoder | None = None
        unit = time_base if pts is not None and time_base else 1 / rate
        even = (self.size[0] + self.size[0] % 2, self.size[1] + self.size[1] % 2)
        with self._reporting():
            target = self._stack.enter_context(replacing(self.path))
            if av_absent():
                self._encoder = OpenCVEncoder(target, even, rate)
            else:
                self._encoder = PyAVEncoder(target, even, rate, unit, crf=crf, gop=gop)

    def write(self, rgb: Image) -> None:
        """Append one picture, (height, width, 3) uint8 RGB.

        Raises
        ------
        ValueError
            If its shape is not that of the film, or there is no time for it.
        MediaError
            If it cannot be written; the film is then given up and leaves no file.
        """
        if self._closed or self._encoder is None:
            raise ValueError("the film is closed")
        if rgb.shape != (self.size[1], self.size[0], 3) or rgb.dtype != np.uint8:
            raise ValueError(f"a picture of {rgb.shape} {rgb.dtype} in a film of {self.size}")
        if self._pts is not None and self._written >= len(self._pts):
            raise ValueError(f"only {len(self._pts)} presentation times were given")
        odd = (self.size[1] % 2, self.size[0] % 2)
        if any(odd):
            rgb = np.pad(rgb, ((0, odd[0]), (0, odd[1]), (0, 0)), mode="edge")
        pts = self._written if self._pts is None else self._pts[self._written]
        with self._reporting():
            self._encoder.write(np.ascontiguousarray(rgb), pts)
        self._written += 1

    def close(self) -> None:
        """Finish the film and put it in its place.

        Raises
        ------
        MediaError
            If it has no pictures or cannot be finished; no file is left then.
        """
        if self._closed or self._encoder is None:
            return
        with self._reporting():
            if not self._written:
                raise MediaError(
                    "the film would have no pictures",
                    where=self.path,
                    remedy="Choose a span of at least one frame",
                    code="media.empty_film",
                )
            self._encoder.finish()
            self._stack.close()
            self._closed = True

    def abandon(self) -> None:
        """Give the film up; nothing is left of it."""
        if self._closed:
            return
        self._closed = True
        if self._encoder is not None:
            self._encoder.abandon()
        # An exception on its way out makes `replacing` drop the temporary file.
        self._stack.__exit__(_GivenUp, _GivenUp(), None)

    def __enter__(self) -> FilmWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    @contextlib.contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except MediaError:
            self.abandon()
            raise
        except OSError as error:
            self.abandon()
            raise _write_error(self.path, error) from error


class _GivenUp(Exception):  # noqa: N818 - not an error: somebody asked for it
    pass


def _checked_rate(fps: Fraction | float, where: Path) -> Fraction:
    if not 0.001 <= fps <= 100_000:  # false for NaN too
        raise MediaError(
            f"{fps} is no frame rate",
            where=where,
            remedy="Give the frames per second, such as 60",
            code="media.fps",
        )
    return fps if isinstance(fps, Fraction) else Fraction(fps).limit_denominator(1001)


def _checked_times(
    pts: Sequence[int] | np.ndarray | None, time_base: Fraction | None
) -> list[int] | None:
    if pts is None:
        return None
    if time_base is None or time_base <= 0:
        raise ValueError("presentation times need their time base")
    times = [int(value) for value in pts]
    if any(later <= earlier for earlier, later in itertools.pairwise(times)):
        raise ValueError("presentation times must rise from frame to frame")
    return times


def _write_error(path: Path, error: OSError) -> MediaError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return MediaError(
            "there is no room for the film",
            where=path,
            remedy="Free some space or choose another folder",
            code="media.disk_full",
        )
    return MediaError(
        f"the film cannot be written ({error.strerror or error})",
        where=path,
        remedy="Check that the folder exists and that you may write to it",
        code="media.write",
    )
