"""One open video that plays forward from a keyframe and names every frame that comes out."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.errors import MediaError
from pipeline.media.clip_index import ClipIndex, Start

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

#: Containers and single pictures that are opened. Playlists (which open other files), text
#: art, devices and networks are not among them.
_FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegvideo,mpegtsraw,flv,asf,ogg,"
    "h264,hevc,vvc,m4v,mjpeg,mjpeg_2000,gif,apng,ivf,obu,av1,dv,mxf,mxf_opatom,nut,rm,dirac,"
    "vc1,y4m,yuv4mpegpipe,wtv,ipmovie,roq,bink,smk,nsv,h261,h263,dnxhd,"
    "png_pipe,jpeg_pipe,bmp_pipe,tiff_pipe,webp_pipe,ppm_pipe,pgm_pipe,"
    "wav,w64,mp3,flac,aac,ac3,eac3,aiff,au,caf,ape,amr,wv,opus"
)

#: Decoders that leave out frames no other frame refers to, when asked.
_SKIPS = frozenset({"h264", "hevc", "mpeg4", "mpeg2video"})

_THREADS = max(1, min(4, os.cpu_count() or 1))


def open_container(path: Path) -> InputContainer:
    """Open a media file, local and of a known kind only.

    Raises
    ------
    MediaError
        ``media.not_video`` or ``media.truncated``.
    ImportError
        If PyAV is absent.
    """
    import av

    try:
        return av.open(str(path), options={"format_whitelist": _FORMATS})
    except (av.error.FFmpegError, ValueError) as error:
        raise _open_error(path, error) from error


def _open_error(path: Path, error: Exception) -> MediaError:
    with path.open("rb") as file:
        head = file.read(12)
    if head[4:8] == b"ftyp":
        return MediaError(
            "the file was cut off: its table of frames is missing",
            where=path,
            remedy="Copy or export it again; recordings that were interrupted need repair first",
            code="media.truncated",
        )
    return MediaError(
        "this is not a video that can be read",
        where=path,
        remedy="Choose a video such as MP4, AVI, MOV or MKV, or a folder of images",
        code="media.not_video",
        reason=str(error),
    )


def video_stream(container: InputContainer, path: Path) -> VideoStream:
    """The moving pictures of a file; cover art does not count.

    Raises
    ------
    MediaError
        ``media.no_video_stream``, ``media.codec``.
    """
    import av

    for stream in container.streams.video:
        if stream.disposition & av.stream.Disposition.attached_pic:
            continue
        if stream.codec_context is None:
            raise MediaError(
                "its pictures are coded in a way that cannot be read", where=path,
                remedy="Export it again as H.264", code="media.codec",
            )  # fmt: skip
        return stream
    raise MediaError(
        "it holds sound only, no pictures" if container.streams.audio else "it holds no pictures",
        where=path,
        remedy="Choose a file with a video track",
        code="media.no_video_stream",
    )


def stamp_of(item: Packet | VideoFrame) -> int | None:
    """What identifies a packet and the frame decoded from it."""
    return item.pts if item.pts is not None else item.dts


class Decoder:
    """Plays one video forward. Not thread-safe; owns its container.

    Parameters
    ----------
    path : Path
        The video.
    index : ClipIndex, optional
        Without it, frames are counted from the beginning of the file.
    """

    def __init__(self, path: Path, index: ClipIndex | None = None) -> None:
        self.path = path
        self.index = index
        #: Last frame that came out since `begin`; one before the start at first.
        self.last = -1
        #: Frames before this one may be left out if no other needs them.
        self.full_from = 0
        self._skipping = False
        self._open()

    def _open(self) -> None:
        self.container = open_container(self.path)
        self.stream = video_stream(self.container, self.path)
        context = self.stream.codec_context
        context.thread_type = "AUTO"
        context.thread_count = _THREADS
        self._can_skip = self.index is not None and context.codec.name in _SKIPS
        self._fresh = True
        self._packets: Iterable[Packet] = ()
        self._flow: Iterator[tuple[int, VideoFrame]] = iter(())

    def close(self) -> None:
        """Let go of the file."""
        self._flow = iter(())
        self._packets = ()
        self.container.close()

    def begin(self, start: Start) -> None:
        """Make `play` go on from a keyframe."""
        place = 0
        if start.stamp is not None and self.index is not None:
            place = self.index.place_of(start.stamp) or 0
        if not (self._fresh and place == 0) and not self._land(start, place):
            self.container.close()
            self._open()
            self._drop_until(place)
        if self._fresh and place == 0:
            self._packets = self.container.demux(self.stream)
        self._fresh = False
        self.last = start.frame - 1
        self._flow = self._decode(start)

    def play(self) -> Iterator[tuple[int, VideoFrame]]:
        """Frames from where the last call left off, with their index."""
        return self._flow

    def _land(self, start: Start, place: int) -> bool:
        """Seek, then check by the packets where that led and step up to the keyframe.

        A seek that leads behind the keyframe is tried again from the keyframe before.
        """
        import av

        if self.index is None or self.index.stamps is None:
            return False
        self._fresh = False
        for keyframe in itertools.islice(self.index.starts_before(start.frame), 2):
            first = keyframe.stamp is None
            try:
                target = self.index.first_dts if first else keyframe.dts
                self.container.seek(target, stream=self.stream, backward=True)
            except av.error.FFmpegError:
                continue
            if self._drop_until(place):
                return True
        return False

    def _drop_until(self, place: int) -> bool:
        """Pass over packets until the one at ``place``; False if it lies behind or nowhere."""
        import av

        if place == 0 and self._fresh:
            return True
        packets = self.container.demux(self.stream)
        try:
            for packet in packets:
                at = self.index.place_of(stamp_of(packet), packet.size) if self.index else None
                if at is not None and at > place:
                    return False
                if at == place:
                    self._packets = itertools.chain([packet], packets)
                    return True
        except av.error.FFmpegError:
            return False
        return False

    def _decode(self, start: Start) -> Iterator[tuple[int, VideoFrame]]:
        import av

        first = start.frame
        checked = start.stamp is None or self.index is None
        count = itertools.count(first)
        counted = self.index is None or self.index.stamps is None
        for packet in self._undamaged_packets():
            self._skip_or_not(packet, first)
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                continue  # a damaged packet: the frames around it may still be good
            for frame in frames:
                number = next(count) if counted else self._number(frame)
                if number is None or number < first:
                    continue
                if not checked and self.index is not None:
                    checked = True
                    self.index.note_start(start, number == first)
                    if number != first:
                        return
                self.last = number
                yield number, frame

    def _number(self, frame: VideoFrame) -> int | None:
        return self.index.frame_of(stamp_of(frame)) if self.index else None

    def _undamaged_packets(self) -> Iterator[Packet]:
        import av

        try:
            yield from self._packets
        except av.error.FFmpegError:
            # The file breaks off; a closing packet brings out what the decoder still holds.
            closing = av.Packet()
            closing.stream = self.stream
            yield closing

    def _skip_or_not(self, packet: Packet, first: int) -> None:
        if not self._can_skip or self.index is None:
            return
        number = self.index.frame_of(stamp_of(packet))
        skip = number is not None and first < number < self.full_from
        if skip != self._skipping:
            self.stream.codec_context.skip_frame = "NONREF" if skip else "DEFAULT"
            self._skipping = skip


def av_absent() -> bool:
    """Whether PyAV cannot be imported, so that OpenCV has to read."""
    try:
        import av  # noqa: F401
    except ImportError:
        return True
    return False
