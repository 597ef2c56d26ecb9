"""What drives the head: curves, events and modulation, frozen; the layer's values at any time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.core.labels import split_track
from pipeline.core.tracks import is_unit, track_range
from pipeline.curves.curve import Curve
from pipeline.curves.modulation import GainSpan, Modulation, gain, modulated

Array = NDArray[np.float64]
T = TypeVar("T")


@dataclass(frozen=True)
class Weights:
    """A snapshot that any thread may evaluate (the film renderer, the head view, an exporter).

    Parameters
    ----------
    curves : mapping of str to Curve
        By track name: action units, controls of the rig, frozen shapes.
    spans : tuple of (onset_s, offset_s, emotion, i_v)
        Events, for the gain.
    modulation : Modulation or None
        None leaves the curves as they are. It is an action unit's gain: controls and
        frozen shapes play as they were keyed.
    """

    curves: Mapping[str, Curve] = field(default_factory=dict)
    spans: tuple[GainSpan, ...] = ()
    modulation: Modulation | None = None

    def gain(self, times: ArrayLike, name: str) -> Array:
        """m_e i_v of one track at times in s, (N,) to (N,)."""
        at = np.asarray(times, np.float64)
        if self.modulation is None or not is_unit(name):
            return np.ones(at.shape)
        return gain(at, self.spans, self.modulation, split_track(name)[0])

    def over(self, times: ArrayLike) -> dict[str, Array]:
        """(N,) weights of every track at times in s, within the track's range."""
        at = np.atleast_1d(np.asarray(times, np.float64))
        common, by_au = self._gains(at)
        one = np.ones(len(at))
        return {
            name: modulated(curve, at, _of_track(name, common, by_au, one), track_range(name))
            for name, curve in self.curves.items()
        }

    def at(self, seconds: float) -> dict[str, float]:
        """Weights at one time, within the tracks' ranges; asked for with every frame played."""
        common, by_au = self._gains(np.array([seconds]))
        everywhere = common.item()
        own = {au: values.item() for au, values in by_au.items()}
        out: dict[str, float] = {}
        for name, curve in self.curves.items():
            low, high = track_range(name)
            value = curve.at(seconds) * _of_track(name, everywhere, own, 1.0)
            out[name] = min(max(value, low), high)
        return out

    def _gains(self, at: Array) -> tuple[Array, dict[int, Array]]:
        """(N,) gain, and that of the action units with a modulator of their own."""
        if self.modulation is None:
            return np.ones(len(at)), {}
        special = {au for p in self.modulation.profiles.values() for au in p.m_au}
        common = gain(at, self.spans, self.modulation)
        return common, {au: gain(at, self.spans, self.modulation, au) for au in special}


def _of_track(name: str, common: T, by_au: Mapping[int, T], none: T) -> T:
    """What is an action unit's own, else what is common to all of them; `none` for the rest."""
    return by_au.get(split_track(name)[0], common) if is_unit(name) else none
