"""From a video file to the table of its frames, without decoding more than a few of them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from pipeline.core.errors import MediaError
from pipeline.media.clip_index import BEGINNING, ClipIndex, PacketTable, nominal_interval
from pipeline.media.decoder import Decoder, stamp_of
from pipeline.media.orientation import Orientation, pixel_aspect
from pipeline.media.source import MAX_FRAMES, check_size

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from typing_extensions import Buffer

#: Frames decoded at the head of a file to check that they come out as the packets promise.
_PROBE = 24
#: Longest last GOP that is decoded on opening to see that the file's end can be read.
_TAIL = 300
#: Containers whose table of frames tells whether the end of the file is there.
_TABLED = "mov,mp4"


@dataclass(frozen=True)
class OpenedVideo:
    """What opening a video finds out."""

    index: ClipIndex
    time_base: Fraction
    rate: Fraction | None
    stored_size: tuple[int, int]
    orientation: Orientation
    warnings: tuple[str, ...]


def open_video(path: Path) -> OpenedVideo:
    """Index a video by its packets; decode it whole only where they cannot be trusted.

    Raises
    ------
    MediaError
        If the file is no video, holds no readable frame, or is too large.
    """
    decoder = Decoder(path)
    try:
        stream = decoder.stream
        width, height = stream.codec_context.width, stream.codec_context.height
        if width and height:
            check_size(width, height, path)
        if stream.time_base is None:
            raise _no_frames(path)
        promised = _promised_frames(decoder)
        packets = read_packets(decoder)
        index = _trusted_index(path, packets, decoder)
        if index is None:
            index = _decoded_index(path, packets, stream.time_base, stream.guessed_rate)
        if len(index) == 0:
            raise _no_frames(path)
        first = _first_frame(path, index)
        check_size(first.width, first.height, path)
        return OpenedVideo(
            index,
            stream.time_base,
            stream.guessed_rate,
            (first.width, first.height),
            _orientation(first, stream.sample_aspect_ratio),
            tuple(_warnings(packets, len(index), promised)),
        )
    finally:
        decoder.close()


def read_packets(decoder: Decoder) -> PacketTable:
    """Read through the file once, without decoding."""
    import av

    stamps: list[int | None] = []
    dts: list[int | None] = []
    sizes: list[int] = []
    key: list[bool] = []
    dropped: list[bool] = []
    unread, damaged, stamped = "", False, True
    try:
        for packet in decoder.container.demux(decoder.stream):
            if not packet.size:
                continue
            stamped = stamped and packet.pts is not None
            stamps.append(stamp_of(packet))
            dts.append(packet.dts if packet.dts is not None else packet.pts)
            sizes.append(packet.size)
            key.append(packet.is_keyframe)
            dropped.append(packet.is_discard)
            damaged = damaged or packet.is_corrupt
            if len(stamps) > MAX_FRAMES:
                raise MediaError(
                    f"it holds more than {MAX_FRAMES} frames",
                    where=decoder.path,
                    remedy="Cut it into shorter clips",
                    code="media.too_large",
                )
    except av.error.FFmpegError as error:
        unread = str(error)
    if not stamps:
        raise _no_frames(decoder.path)
    if any(stamp is None for stamp in stamps):
        stamped = False
        stamps = list(range(len(stamps)))
        dts = list(stamps)
    return PacketTable(
        np.array(stamps, np.int64), np.array(dts, np.int64), np.array(sizes, np.int64),
        np.array(key), np.array(dropped), stamped, unread, damaged,
    )  # fmt: skip


def _trusted_index(path: Path, packets: PacketTable, opened: Decoder) -> ClipIndex | None:
    """The index that the packets promise, or None if decoding breaks the promise.

    That is looked at where it is likely: at the head and at the end.
    """
    shown = np.sort(packets.stamps[~packets.dropped])
    if not packets.stamped or packets.damaged or packets.unread or len(shown) == 0:
        return None
    if np.any(np.diff(shown) <= 0):
        return None
    index = ClipIndex.from_packets(packets)
    whole = opened.container.format.name.startswith(_TABLED) and opened.stream.frames <= len(
        packets
    )
    decoder = Decoder(path, index)
    try:
        decoder.begin(BEGINNING)
        probe = range(min(_PROBE, len(index)))
        for expected, (number, _) in zip(probe, decoder.play(), strict=False):
            if number != expected:
                return None
        if decoder.last < len(probe) - 1:
            return None
        if whole:
            return index
        return index if _end_decodes(decoder) else None
    finally:
        decoder.close()


def _end_decodes(decoder: Decoder) -> bool:
    index = decoder.index
    assert index is not None
    last = len(index) - 1
    start = next(index.starts_before(last))
    if last - start.frame > _TAIL:
        return True
    if decoder.last < start.frame:
        decoder.begin(start)
    decoder.full_from = last - 8
    for _ in decoder.play():
        pass
    return decoder.last == last


def _decoded_index(
    path: Path, packets: PacketTable, time_base: Fraction, rate: Fraction | None
) -> ClipIndex:
    decoder = Decoder(path)
    stamps: list[int | None] = []
    keys: list[bool] = []
    try:
        decoder.begin(BEGINNING)
        for _, frame in decoder.play():
            stamps.append(stamp_of(frame) if packets.stamped or frame.dts is not None else None)
            keys.append(bool(frame.key_frame))
    finally:
        decoder.close()
    return ClipIndex.from_decoding(stamps, keys, packets, nominal_interval(rate, time_base))


def _first_frame(path: Path, index: ClipIndex) -> VideoFrame:
    decoder = Decoder(path, index)
    try:
        decoder.begin(BEGINNING)
        for _, frame in decoder.play():
            return frame
    finally:
        decoder.close()
    raise _no_frames(path)


def _orientation(frame: VideoFrame, aspect: Fraction | None) -> Orientation:
    entry = frame.side_data.get("DISPLAYMATRIX")
    matrix = (
        np.frombuffer(memoryview(cast("Buffer", entry))[:36], np.int32)
        if entry is not None
        else None
    )
    return Orientation.from_matrix(matrix, pixel_aspect(aspect))


def _promised_frames(decoder: Decoder) -> int:
    """Frames that the header announces; 0 where it does not."""
    stream = decoder.stream
    if stream.frames:
        return int(stream.frames)
    seconds = 0.0
    if stream.duration is not None and stream.time_base is not None:
        # Matroska's durations count from zero, not from the first frame.
        begin = min(0, -(stream.start_time or 0))
        seconds = float((stream.duration + begin) * stream.time_base)
    elif decoder.container.duration is not None and not decoder.container.streams.audio:
        begin = min(0, -(decoder.container.start_time or 0))
        seconds = (decoder.container.duration + begin) / 1e6
    return int(seconds * float(stream.average_rate or 0))


def _warnings(packets: PacketTable, frames: int, promised: int) -> list[str]:
    found = []
    shown = promised - int(packets.dropped.sum())
    if packets.unread or packets.damaged or frames < 0.95 * shown - 1:
        text = f"truncated: {frames} of about {max(shown, frames)} frames can be read"
        found.append(text)
    elif frames < int((~packets.dropped).sum()):
        lost = int((~packets.dropped).sum()) - frames
        found.append(f"damaged: {lost} frames cannot be decoded and are left out")
    return found


def _no_frames(path: Path) -> MediaError:
    return MediaError(
        "no frame can be read from it",
        where=path,
        remedy="Check that the file plays elsewhere, or export it again",
        code="media.no_frames",
    )
