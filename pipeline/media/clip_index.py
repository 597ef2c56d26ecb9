"""The table of a video's frames: which packet holds each, and where decoding can begin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class PacketTable:
    """Packets of the video stream in the order they are stored.

    Parameters
    ----------
    stamps : (P,) int64
        Presentation time of each packet, or its decoding time where it has none; a decoded
        frame carries the stamp of its packet.
    dts : (P,) int64
        Decoding times, for seeking; where there is none, the stamp.
    sizes : (P,) int64
        Bytes of each packet.
    key, dropped : (P,) bool
        Keyframes; packets that an edit list wants decoded and not shown.
    stamped : bool
        Whether every packet has a presentation time.
    unread : str
        What stopped the reading before the end of the file, or empty.
    damaged : bool
        Some packet is marked as incomplete.
    """

    stamps: NDArray[np.int64] = field(repr=False)
    dts: NDArray[np.int64] = field(repr=False)
    sizes: NDArray[np.int64] = field(repr=False)
    key: NDArray[np.bool_] = field(repr=False)
    dropped: NDArray[np.bool_] = field(repr=False)
    stamped: bool = True
    unread: str = ""
    damaged: bool = False

    def __len__(self) -> int:
        return len(self.stamps)


@dataclass(frozen=True)
class Start:
    """A keyframe from which decoding can begin.

    Parameters
    ----------
    frame : int
        First frame in presentation order that decodes rightly from here. Leading pictures of
        an open GOP are shown before their keyframe and need the GOP before it.
    stamp, dts : int or None
        Of the keyframe's packet; None means the beginning of the file.
    """

    frame: int
    stamp: int | None
    dts: int


BEGINNING = Start(0, None, 0)


class ClipIndex:
    """Frames in presentation order, their times, stamps and starts.

    Parameters
    ----------
    pts : (n,) int64
        Presentation times, strictly increasing.
    stamps : (n,) int64 or None
        What identifies each frame after decoding. None if frames carry nothing that does:
        they are then counted from the beginning of the file.
    starts : list of Start
        Where decoding can begin, any order.
    packets : PacketTable
        For finding a packet's place in the file.
    """

    def __init__(
        self,
        pts: NDArray[np.int64],
        stamps: NDArray[np.int64] | None,
        starts: list[Start],
        packets: PacketTable,
    ) -> None:
        self.pts = pts
        self.stamps = stamps
        self.first_dts = int(packets.dts[0])
        self.starts = [BEGINNING, *sorted(starts, key=lambda start: start.frame)]
        self._start_frames = np.array([start.frame for start in self.starts], np.int64)
        self._clean: dict[Start, bool] = {}
        self._none_clean = False
        if stamps is not None:
            self._frame_order = np.argsort(stamps, kind="stable")
            self._sorted_stamps = stamps[self._frame_order]
            self._packet_order = np.argsort(packets.stamps, kind="stable")
            self._packet_sizes = packets.sizes
            self._sorted_packets = packets.stamps[self._packet_order]

    def __len__(self) -> int:
        return len(self.pts)

    @classmethod
    def from_packets(cls, packets: PacketTable) -> ClipIndex:
        """Trust the container: frames are its shown packets, sorted by presentation time."""
        stamps = np.sort(packets.stamps[~packets.dropped])
        keys = np.flatnonzero(packets.key)
        first = np.searchsorted(stamps, packets.stamps[keys])
        starts = [
            Start(int(frame), int(packets.stamps[at]), int(packets.dts[at]))
            for frame, at in zip(first, keys, strict=True)
            if at > 0
        ]
        return cls(stamps, stamps, starts, packets)

    @classmethod
    def from_decoding(
        cls, stamps: list[int | None], keys: list[bool], packets: PacketTable, interval: int
    ) -> ClipIndex:
        """Trust the decoder: frames are what came out of it, in that order.

        ``interval`` is the frame interval in time base units, for files without any times.
        """
        known = [stamp for stamp in stamps if stamp is not None]
        if len(known) < len(stamps) or len(set(known)) < len(known):
            return cls(np.arange(len(stamps), dtype=np.int64) * interval, None, [], packets)
        found = np.array(known, np.int64)
        dts_of = dict(zip(packets.stamps.tolist(), packets.dts.tolist(), strict=True))
        starts = [
            Start(frame, stamp, dts_of[stamp])
            for frame, (stamp, key) in enumerate(zip(known, keys, strict=True))
            if key and frame > 0 and stamp in dts_of
        ]
        return cls(np.sort(found), found, starts, packets)

    def frame_of(self, stamp: int | None) -> int | None:
        """Frame that a stamp identifies, or None."""
        if stamp is None or self.stamps is None:
            return None
        return _lookup(self._sorted_stamps, self._frame_order, stamp)

    def place_of(self, stamp: int | None, size: int | None = None) -> int | None:
        """Place in the file of the packet with a stamp, or None.

        ``size`` in bytes must fit where it is given: after a seek into the middle of a
        picture (MPEG-PS), its rest comes along with the time of the next one.
        """
        if stamp is None or self.stamps is None:
            return None
        place = _lookup(self._sorted_packets, self._packet_order, stamp)
        if place is None or size is None or self._packet_sizes[place] == size:
            return place
        return None

    def starts_before(self, frame: int) -> Iterator[Start]:
        """Starts from which a frame can be reached, the nearest first, the beginning last."""
        end = int(np.searchsorted(self._start_frames, frame, "right"))
        for at in range(end - 1, 0, -1):
            if not self._none_clean and self.is_clean(self.starts[at]):
                yield self.starts[at]
        yield BEGINNING

    def note_start(self, start: Start, clean: bool) -> None:
        """Remember whether decoding from a start brought out its first frame.

        Packets marked as keyframes need not be: with periodic intra refresh, a picture is
        whole only some frames later. Where none of the first three is clean, none is used.
        """
        if start is not BEGINNING:
            self._clean[start] = clean
            known = list(self._clean.values())  # at once: players in other threads add to it
            self._none_clean = len(known) >= 3 and not any(known)

    def is_clean(self, start: Start) -> bool:
        """Whether nothing speaks against decoding from a start."""
        return self._clean.get(start) is not False


def _lookup(values: NDArray[np.int64], order: NDArray[np.int64], wanted: int) -> int | None:
    at = int(np.searchsorted(values, wanted))
    return int(order[at]) if at < len(values) and values[at] == wanted else None


def nominal_interval(rate: Fraction | None, time_base: Fraction) -> int:
    """Frame interval in time base units for a frame rate in 1/s (25 where it is unknown)."""
    return max(1, round(1 / ((rate or Fraction(25)) * time_base)))
