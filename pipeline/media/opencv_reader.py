"""Exact frames of a video through OpenCV, where PyAV is absent.

OpenCV's seeks are not accurate in general (opencv#7592), so this reader never seeks: it
decodes forward from the beginning and counts. Frames that are only passed over are not
converted.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from pipeline.core.errors import MediaError
from pipeline.core.vision import cv2
from pipeline.media.cache import FrameCache
from pipeline.media.orientation import Orientation, luma, pixel_aspect
from pipeline.media.source import (
    DEFAULT_CACHE_BYTES,
    MAX_FRAMES,
    FrameSource,
    Image,
    check_size,
    closed_error,
    frame_error,
    read_only,
)

#: Frames before an asked one that are kept when the way to it is decoded again.
_KEPT_BEFORE = 64
_MICROSECOND = Fraction(1, 1_000_000)


class OpenCVSource(FrameSource):
    """A video file, read forward only.

    Opening decodes the file once, to count its frames and note their times. A frame behind
    the last one read costs decoding from the beginning, except for the 64 before it, which
    are then kept.

    Parameters
    ----------
    path : Path
        The file.
    cache_bytes : int
        Bound on decoded frames held, bytes.
    """

    def __init__(self, path: Path, cache_bytes: int = DEFAULT_CACHE_BYTES) -> None:
        super().__init__()
        self.path = path
        self.time_base = _MICROSECOND
        self._cache: FrameCache[Image] = FrameCache(cache_bytes)
        self._decoding = threading.Lock()
        self._capture = _opened(path)
        self._last = -1
        self._closed = False
        self.pts = self._read_times()
        self._capture.release()
        self._capture = _opened(path)
        ok, first = self._capture.read()
        if not ok:
            raise _not_video(path)
        self._last = 0
        aspect = _aspect(self._capture)
        # OpenCV has turned the picture already: what was stored as a row may stand upright.
        self._turned = round(self._capture.get(cv2.CAP_PROP_ORIENTATION_META)) % 180 != 0
        self._orientation = Orientation(swap=self._turned, aspect=aspect)
        self.height, self.width = self._shown(first).shape[:2]
        self._keep(0, self._shown(first))

    def _read_times(self) -> np.ndarray:
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        promised = int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT))
        if 0.001 <= rate <= 100_000:
            self.nominal_fps = float(rate)
        times: list[int] = []
        while self._capture.grab():
            times.append(round(self._capture.get(cv2.CAP_PROP_POS_MSEC) * 1000))
            if len(times) > MAX_FRAMES:
                raise _not_video(self.path)
        if not times:
            raise _not_video(self.path)
        found = np.array(times, np.int64)
        if np.any(np.diff(found) <= 0):
            found = np.rint(np.arange(len(times)) * (1e6 / self.nominal_fps)).astype(np.int64)
            self._warn("the file's frame times are not in order: an even frame rate is assumed")
        if 0 < len(times) < 0.95 * promised - 1:
            self._warn(f"truncated: {len(times)} of about {promised} frames can be read")
        return found

    @property
    def cached_bytes(self) -> int:
        """Bytes that decoded frames hold at present."""
        return self._cache.held

    def cached(self, index: int) -> bool:
        """Whether the frame is decoded already."""
        return index in self._cache

    def frame(self, index: int) -> Image:
        """Exactly that frame; see `FrameSource.frame`."""
        index = self._checked(index)
        image = self._cache.get(index)
        if image is not None:
            return image
        with self._decoding:
            if self._closed:
                raise closed_error(self.path)
            image = self._cache.get(index)
            return image if image is not None else self._fetch(index)

    def _fetch(self, index: int) -> Image:
        if index <= self._last:
            self._capture.release()
            self._capture = _opened(self.path)
            self._last = -1
        while self._last < index:
            if not self._capture.grab():
                break
            self._last += 1
            if self._last > index - _KEPT_BEFORE:
                ok, picture = self._capture.retrieve()
                if ok:
                    self._keep(self._last, self._shown(picture))
                    if self._last == index:
                        return self._shown(picture)
        raise frame_error(self.path, index)

    def _keep(self, index: int, image: Image) -> None:
        self._cache.put(index, image, image.nbytes)

    def _shown(self, bgr: np.ndarray) -> Image:
        rgb = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), dtype=np.uint8)
        if self._turned:
            rgb = np.ascontiguousarray(rgb.swapaxes(0, 1))
        return self._orientation.apply(rgb)

    def gray(self, index: int) -> Image:
        """Luma of a frame; see `FrameSource.gray`."""
        return read_only(luma(self.frame(index)))

    def iter_frames(
        self, start: int = 0, stop: int | None = None, step: int = 1
    ) -> Iterator[tuple[int, Image]]:
        """Frames in sequence, past the cache; see `FrameSource.iter_frames`."""
        if self._closed:
            raise closed_error(self.path)
        wanted = self._range(start, stop, step)
        capture = _opened(self.path)
        good: Image | None = None
        try:
            for number in range(wanted[-1] + 1 if wanted else 0):
                grabbed = capture.grab()
                if number not in wanted:
                    continue
                ok, picture = capture.retrieve() if grabbed else (False, None)
                if ok and picture is not None:
                    good = self._shown(np.asarray(picture))
                elif good is None:
                    raise frame_error(self.path, number)
                else:
                    self._warn(f"frame {number} is damaged: the frame before it stands in")
                yield number, good
        finally:
            capture.release()

    def iter_gray(
        self, start: int = 0, stop: int | None = None, step: int = 1
    ) -> Iterator[tuple[int, Image]]:
        """Luma in sequence, past the cache; see `FrameSource.iter_gray`."""
        for index, image in self.iter_frames(start, stop, step):
            yield index, read_only(luma(image))

    def close(self) -> None:
        """Let go of the file and of all decoded frames."""
        with self._decoding:
            self._closed = True
            self._capture.release()
            self._cache.clear()


def _opened(path: Path) -> cv2.VideoCapture:
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    if not capture.isOpened():
        capture.release()
        raise _not_video(path)
    width = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH))
    height = int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
    check_size(width, height, path)
    return capture


def _aspect(capture: cv2.VideoCapture) -> Fraction:
    wide, high = capture.get(cv2.CAP_PROP_SAR_NUM), capture.get(cv2.CAP_PROP_SAR_DEN)
    return pixel_aspect(Fraction(int(wide), int(high)) if wide >= 1 and high >= 1 else None)


def _not_video(path: Path) -> MediaError:
    return MediaError(
        "no frame can be read from it: it is not a video, holds sound only, or is damaged",
        where=path,
        remedy="Choose a video such as MP4 or AVI; with PyAV installed more kinds can be read",
        code="media.not_video",
    )
