"""The one form from which every exporter writes: keys with tangents, and their error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.curves import MIN_GAP, Curve, Tangent

Array = NDArray[np.float64]

#: Points within a piece at which a product is compared with its keys.
_PROBES = np.linspace(0.0, 1.0, 11)[1:-1]
_ROUNDS = 20


class LayerTracks(Protocol):
    """One clip's curves of one layer, with the gain on top of them.

    `times` are the clip's frame times in s from its first frame, ``gain(times, name)`` the
    factor m_e i_v at any times for one track (1 in the raw and the edited layer), and
    ``values(times)`` the weights by track name, each within its `track_range`.
    """

    @property
    def clip_id(self) -> str: ...
    @property
    def times(self) -> Array: ...
    @property
    def curves(self) -> Mapping[str, Curve]: ...
    @property
    def gain(self) -> Callable[[Array, str], Array]: ...
    def values(self, times: Array) -> dict[str, Array]: ...


@dataclass(frozen=True)
class KeyedTrack:
    """A track as cubic keys.

    Parameters
    ----------
    name : str
        ``AU12_L``.
    curve : Curve
        The keys, gain included, not clamped: whoever plays them clamps to the track's range.
    error : float
        Largest distance to the exact product of curve and gain; 0 where that is itself cubic.
    """

    name: str
    curve: Curve
    error: float = 0.0


def keyed_track(
    name: str,
    curve: Curve,
    gain: Callable[[Array], Array],
    span: tuple[float, float],
    *,
    tolerance: float = 1e-3,
) -> KeyedTrack:
    """Keys of ``c(t) g(t)``.

    With a constant gain they are the curve's own, scaled, and exact. With a varying one the
    product is no longer cubic: keys are added between until `tolerance` holds.

    Parameters
    ----------
    name : str
    curve : Curve
    gain : callable
        Factor at any times, (N,) to (N,).
    span : (float, float), s
        First and last time that is played.
    tolerance : float
        Largest error allowed where keys must be added.
    """
    ends = (min(span[0], curve.t[0]), max(span[1], curve.t[-1]))
    dense = np.linspace(*ends, max(2, int((ends[1] - ends[0]) / 0.01)))
    level = gain(np.concatenate([dense, curve.t]))
    if np.ptp(level) <= 1e-12:
        return KeyedTrack(name, _scaled(curve, float(level[0])))
    if not np.any(curve.v) and not np.any(curve.m_in) and not np.any(curve.m_out):
        return KeyedTrack(name, curve)
    return _refined(name, curve, gain, ends, tolerance)


def _scaled(curve: Curve, factor: float) -> Curve:
    return replace(curve, v=curve.v * factor, m_in=curve.m_in * factor, m_out=curve.m_out * factor)


def _refined(
    name: str,
    curve: Curve,
    gain: Callable[[Array], Array],
    ends: tuple[float, float],
    tolerance: float,
) -> KeyedTrack:
    """Halve pieces until every probe between the keys is near enough."""
    t = np.array([x for x in ends if np.min(np.abs(curve.t - x)) >= MIN_GAP])
    t = np.sort(np.concatenate([t, curve.t]))
    for _ in range(_ROUNDS):
        keys = _keys_of_product(curve, gain, t)
        h = np.diff(t)
        probes = t[:-1, None] + h[:, None] * _PROBES
        truth = curve(probes) * gain(probes.ravel()).reshape(probes.shape)
        error = np.max(np.abs(keys(probes) - truth), axis=1)
        worse = (error > tolerance) & (h >= 2.0 * MIN_GAP)
        if not worse.any():
            break
        t = np.sort(np.concatenate([t, t[:-1][worse] + h[worse] / 2.0]))
    return KeyedTrack(name, keys, float(error.max()))


def _keys_of_product(curve: Curve, gain: Callable[[Array], Array], t: Array) -> Curve:
    """Keys on the product with its one-sided slopes, by the product rule."""
    step = 1e-6
    g = gain(t)
    rising = (gain(t + step) - g) / step
    arriving = (g - gain(t - step)) / step
    c = curve(t)
    inner = 1e-9  # a slope just before and just after each key
    before, after = curve.derivative(t - inner), curve.derivative(t + inner)
    mode = np.full(len(t), Tangent.FREE, np.uint8)
    return Curve(t, c * g, before * g + c * arriving, after * g + c * rising, mode)
