"""Exact frames of a video through PyAV (FFmpeg)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.media.cache import FrameCache
from pipeline.media.clip_index import BEGINNING, Start
from pipeline.media.decoder import Decoder
from pipeline.media.orientation import full_range_luma, luma
from pipeline.media.source import (
    DEFAULT_CACHE_BYTES,
    FrameSource,
    Image,
    closed_error,
    frame_error,
)
from pipeline.media.video_opening import open_video

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from av.video.reformatter import VideoReformatter

#: After a far seek, so many frames before the asked one are decoded in full and kept.
_NEIGHBOURS = 12
#: Playing on is preferred to seeking when the next keyframe is no further than this.
_NEAR = 32
#: Keyframes that are tried before a frame is called damaged.
_TRIES = 3
#: Up to this frame, the beginning of the file is tried as well.
_CHEAP_FROM_BEGINNING = 5000
#: What a decoded frame holds besides its planes: buffer padding and its own record.
_FRAME_OVERHEAD = 16 << 10

#: 8-bit formats with a luma plane of their own.
_LUMA_FIRST = frozenset(
    {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "nv21"}
)
#: Unspecified, BT.470 BG and SMPTE 170M: FFmpeg decodes them with BT.601 weights.
_BT601 = frozenset({2, 5, 6})
_FULL_RANGE = 2


class PyAVSource(FrameSource):
    """A video file.

    The index is made from the packets. Decoded frames are kept as the decoder gives them
    (1.5 bytes a pixel for 4:2:0) and turned into RGB when asked for. A far seek decodes from
    the nearest keyframe, leaving out frames that no other needs; a step back from a cached
    frame decodes the GOP in full, as far as the cache holds it, so that going on backwards
    costs no more than forwards.

    Parameters
    ----------
    path : Path
        The file.
    cache_bytes : int
        Bound on decoded frames held, bytes.
    """

    def __init__(self, path: Path, cache_bytes: int = DEFAULT_CACHE_BYTES) -> None:
        super().__init__()
        from av.video.reformatter import VideoReformatter

        opened = open_video(path)
        self.path = path
        self.index = opened.index
        self.pts = opened.index.pts
        self.time_base = opened.time_base
        if opened.rate:
            self.nominal_fps = float(opened.rate)
        self._stored = opened.stored_size
        self._orientation = opened.orientation
        self.width, self.height = opened.orientation.size(*opened.stored_size)
        self._warnings.extend(opened.warnings)
        self._cache: FrameCache[VideoFrame] = FrameCache(cache_bytes)
        self._damaged: set[int] = set()
        self._decoding = threading.Lock()
        self._converting = threading.Lock()
        self._reformatter = VideoReformatter()
        self._decoder = Decoder(path, self.index)
        self._decoder.begin(BEGINNING)
        self._closed = False

    @property
    def cached_bytes(self) -> int:
        """Bytes that decoded frames hold at present."""
        return self._cache.held

    def cached(self, index: int) -> bool:
        """Whether the frame is decoded already."""
        return index in self._cache

    def frame(self, index: int) -> Image:
        """Exactly that frame; see `FrameSource.frame`."""
        decoded = self._decoded(self._checked(index))
        with self._converting:
            return self._rgb(decoded, self._reformatter)

    def gray(self, index: int) -> Image:
        """Luma of a frame; see `FrameSource.gray`."""
        decoded = self._decoded(self._checked(index))
        with self._converting:
            return self._gray(decoded, self._reformatter)

    def iter_frames(
        self, start: int = 0, stop: int | None = None, step: int = 1
    ) -> Iterator[tuple[int, Image]]:
        """Frames in sequence, past the cache; see `FrameSource.iter_frames`."""
        from av.video.reformatter import VideoReformatter

        reformatter = VideoReformatter()
        for index, decoded in self._sequence(self._range(start, stop, step)):
            yield index, self._rgb(decoded, reformatter)

    def iter_gray(
        self, start: int = 0, stop: int | None = None, step: int = 1
    ) -> Iterator[tuple[int, Image]]:
        """Luma in sequence, past the cache; see `FrameSource.iter_gray`."""
        from av.video.reformatter import VideoReformatter

        reformatter = VideoReformatter()
        for index, decoded in self._sequence(self._range(start, stop, step)):
            yield index, self._gray(decoded, reformatter)

    def close(self) -> None:
        """Let go of the file and of all decoded frames."""
        with self._decoding:
            self._closed = True
            self._cache.clear()
            self._decoder.close()

    def _decoded(self, index: int) -> VideoFrame:
        kept = self._cache.get(index)
        if kept is not None:
            return kept
        with self._decoding:
            if self._closed:
                raise closed_error(self.path)
            kept = self._cache.get(index)  # another thread may have come by it meanwhile
            return kept if kept is not None else self._fetch(index)

    def _fetch(self, index: int) -> VideoFrame:
        if index in self._damaged:
            raise frame_error(self.path, index)
        nearest = next(self.index.starts_before(index))
        last = self._decoder.last
        if last < index and nearest.frame <= last + _NEAR:
            self._decoder.full_from = self._full_from(index, last)
            found = self._play_to(index, final=False)
            if found is not None:
                return found
        for start, final in self._ways_to(index):
            self._decoder.begin(start)
            self._decoder.full_from = self._full_from(index, start.frame)
            found = self._play_to(index, final=final)
            if found is not None:
                return found
        self._damaged.add(index)
        raise frame_error(self.path, index)

    def _ways_to(self, index: int) -> Iterator[tuple[Start, bool]]:
        """Starts to try for a frame, the nearest first; True with the last."""
        tried = 0
        for start in self.index.starts_before(index):
            if tried >= _TRIES and start is not BEGINNING:
                continue
            if start is BEGINNING and tried and index > _CHEAP_FROM_BEGINNING:
                return
            yield start, start is BEGINNING or tried == _TRIES - 1
            tried += self.index.is_clean(start)

    def _full_from(self, index: int, begin: int) -> int:
        """First frame to decode in full on the way from ``begin`` to ``index``."""
        if index + 1 in self._cache:  # stepping back: the ones before will be asked next
            width, height = self._stored
            return index - max(1, self._cache.limit // (2 * width * height))
        return 0 if index - begin <= 2 * _NEIGHBOURS else index - _NEIGHBOURS

    def _play_to(self, index: int, *, final: bool) -> VideoFrame | None:
        """Decode forward, keep what comes out, stop at the asked frame.

        Frames that the decoder itself calls corrupt are taken only when there is no earlier
        keyframe to try (``final``).
        """
        for number, frame in self._decoder.play():
            if not frame.is_corrupt or final:
                self._cache.put(number, frame, _held_bytes(frame))
                if number == index:
                    return frame
            if number > index + _NEAR:
                break
        return None

    def _sequence(self, wanted: range) -> Iterator[tuple[int, VideoFrame]]:
        if self._closed:
            raise closed_error(self.path)
        if not wanted:
            return
        decoder = Decoder(self.path, self.index)
        try:
            yield from self._in_order(wanted, _from_start(decoder, wanted[0]))
        finally:
            decoder.close()

    def _in_order(
        self, wanted: range, decoded: Iterator[tuple[int, VideoFrame]]
    ) -> Iterator[tuple[int, VideoFrame]]:
        """Give every wanted frame once; a missing one as the last good one before it."""
        asked = iter(wanted)
        index = next(asked, None)
        good: VideoFrame | None = None
        for number, frame in decoded:
            while index is not None and index < number:
                self._warn(f"frame {index} is damaged: the frame before it stands in")
                yield index, good if good is not None else frame
                index = next(asked, None)
            good = frame
            if number == index:
                yield index, frame
                index = next(asked, None)
            if index is None:
                return
        while index is not None:
            if good is None:
                raise frame_error(self.path, index)
            self._warn(f"frame {index} is damaged: the frame before it stands in")
            yield index, good
            index = next(asked, None)

    def _rgb(self, frame: VideoFrame, reformatter: VideoReformatter) -> Image:
        width, height = self._stored
        shown = reformatter.reformat(frame, width, height, "rgb24", threads=1)
        return self._orientation.apply(np.asarray(shown.to_ndarray(), dtype=np.uint8))

    def _gray(self, frame: VideoFrame, reformatter: VideoReformatter) -> Image:
        name = frame.format.name
        plain = name in _LUMA_FIRST and int(frame.colorspace) in _BT601
        if not plain or (frame.width, frame.height) != self._stored:
            return _protected(luma(self._rgb(frame, reformatter)))
        plane = frame.planes[0]
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        values = rows[: frame.height, : frame.width]
        if name.startswith("yuvj") or int(frame.color_range) == _FULL_RANGE:
            values = values.copy()
        else:
            values = full_range_luma(np.ascontiguousarray(values))
        return self._orientation.apply(values)


def _from_start(decoder: Decoder, first: int) -> Iterator[tuple[int, VideoFrame]]:
    """Play from the nearest keyframe that really brings out the frame ``first``."""
    assert decoder.index is not None
    head = None
    tried = 0
    for start in decoder.index.starts_before(first):
        decoder.begin(start)
        decoder.full_from = first
        head = next((pair for pair in decoder.play() if pair[0] >= first), None)
        tried += decoder.index.is_clean(start)
        if head is not None and (head[0] == first or tried == _TRIES):
            break
    if head is not None:
        yield head
        yield from decoder.play()


def _protected(image: Image) -> Image:
    image.flags.writeable = False
    return image


def _held_bytes(frame: VideoFrame) -> int:
    return sum(plane.buffer_size for plane in frame.planes) + _FRAME_OVERHEAD
