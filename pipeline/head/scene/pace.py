"""Which level of detail and how many pixels a moving head gets, from how long pictures took."""

from __future__ import annotations

import math
from collections.abc import Iterable

from pipeline.head.sculpt.parameters.detail import LODS, Lod

#: Longest time between two pictures in motion that still reads as motion: 24 a second, s.
IN_MOTION_S = 1 / 24
#: Of `IN_MOTION_S`, so that a busy machine does not tip over it.
_MARGIN = 0.8
#: A finer level must be so much quicker than needed, lest the head flickers between two.
_CLIMB = 0.8
_SMALLEST_SHARE = 0.5
#: How far a new measurement moves the mean.
_WEIGHT = 0.25


class Pace:
    """Learns what each level costs on this machine and chooses for motion and for rest.

    A picture's time is taken as a part that goes with the pixels and a part that doesn't,
    in equal shares: good enough to approach the wanted time in a few pictures.

    Parameters
    ----------
    wanted : float
        Seconds a picture in motion may take.
    """

    def __init__(self, wanted: float = IN_MOTION_S) -> None:
        self._wanted = wanted * _MARGIN
        self._cost: dict[str, tuple[float, float]] = {}  # level: seconds, at pixels
        self.share = 1.0
        self._level = ""

    def measured(self, quality: str, pixels: int, seconds: float) -> None:
        """A picture of so many pixels at this level took so long."""
        if seconds <= 0 or pixels <= 0:
            return
        known = self._cost.get(quality)
        if known is not None and quality in LODS:
            before = self._seconds(quality, pixels)
            seconds = before + _WEIGHT * (seconds - before)
        self._cost[quality] = seconds, float(pixels)

    def _seconds(self, quality: str, pixels: float) -> float:
        seconds, at = self._cost[quality]
        return seconds * (0.5 + 0.5 * pixels / at)

    def moving(self, levels: Iterable[str], pixels: int) -> tuple[Lod, float]:
        """Level and share of the view's side for a picture in motion.

        Parameters
        ----------
        levels : iterable of str
            Levels that are loaded.
        pixels : int
            Of the whole view.

        Returns
        -------
        level, share
            The finest level known to be quick enough at full size; else the coarsest, with
            as many pixels as it can afford, at least half the side.
        """
        there = [level for level in LODS if level in set(levels)] or [LODS[0]]
        for level in reversed(there[:-1] if len(there) > 1 else there):
            bar = self._wanted if level == self._level else self._wanted * _CLIMB
            if level in self._cost and self._seconds(level, pixels) <= bar:
                self.share, self._level = 1.0, level
                return level, 1.0  # type: ignore[return-value]
        coarsest = self._level = there[0]
        if coarsest in self._cost:
            seconds, at = self._cost[coarsest]
            affordable = at * (2 * self._wanted / seconds - 1)
            share = math.sqrt(max(affordable, 0.0) / max(pixels, 1))
            # A step at a time, lest one slow picture blurs the head.
            share = min(max(share, self.share * 0.8), self.share * 1.25)
            self.share = min(max(share, _SMALLEST_SHARE), 1.0)
        return coarsest, self.share  # type: ignore[return-value]
