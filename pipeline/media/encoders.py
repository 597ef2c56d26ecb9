"""The two ways to write an MP4: through FFmpeg (PyAV), and through OpenCV where PyAV is absent."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from pipeline.media.source import Image

if TYPE_CHECKING:
    from av.video.stream import VideoStream

_NAMES = ("libx264", "libopenh264", "mpeg4")
#: Numbers in the stream's tags: BT.601 (SMPTE 170M) as the matrix, video range.
_BT601, _VIDEO_RANGE = 6, 1


class Encoder(Protocol):
    """Writes pictures of even size to a file; failures are OSErrors."""

    def write(self, rgb: Image, pts: int) -> None: ...

    def finish(self) -> None: ...

    def abandon(self) -> None: ...


class PyAVEncoder:
    """H.264 or MPEG-4 through FFmpeg; BT.601, video range, tagged as such."""

    def __init__(
        self,
        target: Path,
        size: tuple[int, int],
        rate: Fraction,
        unit: Fraction,
        crf: int,
        gop: int,
    ) -> None:
        import av
        from av.video.reformatter import VideoReformatter

        self._unit = unit
        self._reformatter = VideoReformatter()
        name = next((name for name in _NAMES if name in av.codecs_available), "mpeg4")
        options = {"crf": str(crf), "preset": "veryfast"} if name == "libx264" else {}
        with _as_os_error():
            self._container = av.open(
                str(target), "w", format="mp4", options={"movflags": "+faststart"}
            )
            stream = self._container.add_stream(name, rate=rate, options=options)
        self._stream = cast("VideoStream", stream)
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = "yuv420p"
        self._stream.time_base = unit
        context = self._stream.codec_context
        context.time_base = unit
        context.gop_size = gop
        context.colorspace, context.color_range = _BT601, _VIDEO_RANGE
        if name != "libx264":  # these know a bit rate only; about 0.2 bit a pixel looks clean
            context.bit_rate = int(size[0] * size[1] * min(float(rate), 60.0) * 0.2)

    def write(self, rgb: Image, pts: int) -> None:
        import av
        from av.video.reformatter import ColorRange, Colorspace

        with _as_os_error():
            frame = self._reformatter.reformat(
                av.VideoFrame.from_ndarray(rgb, format="rgb24"),
                format="yuv420p",
                dst_colorspace=Colorspace.ITU601,
                dst_color_range=ColorRange.MPEG,
                threads=1,
            )
            frame.pts, frame.time_base = pts, self._unit
            self._container.mux(self._stream.encode(frame))

    def finish(self) -> None:
        with _as_os_error():
            self._container.mux(self._stream.encode())
            self._container.close()

    def abandon(self) -> None:
        with contextlib.suppress(OSError), _as_os_error():
            self._container.close()


class OpenCVEncoder:
    """MPEG-4 through OpenCV, where PyAV is absent; frames at an even rate only."""

    def __init__(self, target: Path, size: tuple[int, int], rate: Fraction) -> None:
        from pipeline.core.vision import cv2

        self._target, self._cv2, self._written = target, cv2, 0
        code = cv2.VideoWriter.fourcc(*"mp4v")
        self._film = cv2.VideoWriter(str(target), cv2.CAP_FFMPEG, code, float(rate), size)
        if not self._film.isOpened():
            raise OSError(errno.EIO, "the film cannot be begun")

    def write(self, rgb: Image, pts: int) -> None:
        self._film.write(self._cv2.cvtColor(rgb, self._cv2.COLOR_RGB2BGR))
        self._written += 1

    def finish(self) -> None:
        # OpenCV reports no failed write, so what was written is counted again.
        self._film.release()
        check = self._cv2.VideoCapture(str(self._target), self._cv2.CAP_FFMPEG)
        found = int(check.get(self._cv2.CAP_PROP_FRAME_COUNT)) if check.isOpened() else 0
        check.release()
        if found < self._written:
            raise OSError(errno.EIO, f"{found} of {self._written} frames arrived in the file")

    def abandon(self) -> None:
        self._film.release()


@contextlib.contextmanager
def _as_os_error() -> Iterator[None]:
    import av

    try:
        yield
    except av.error.FFmpegError as error:
        raise OSError(error.errno, error.strerror) from error
