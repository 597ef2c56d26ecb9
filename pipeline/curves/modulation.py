"""Modulated curves, c'(t) = c(t) m_e i_v (Fang 2025, 3.4): evaluated, never baked in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.curves.curve import Curve
from pipeline.curves.emotions import EmotionProfile, default_profiles

Array = NDArray[np.float64]

#: One event for the gain: onset (s), offset (s), emotion id, i_v in [0, 1].
GainSpan = tuple[float, float, str, float]

#: Cross-fade between events that touch each other, s: a step would pop on a face.
SHORTEST_FADE = 0.04


@dataclass(frozen=True)
class Modulation:
    """How the edited curves of a clip are played.

    Parameters
    ----------
    profiles : mapping of str to EmotionProfile
        Modulators by emotion id; an emotion without one plays at 1.
    override : str
        Emotion picked by hand for the whole clip; empty lets each event play its own.
    intensity : float
        i_v in [0, 1] that goes with `override`; without one, each event's own counts.

    Raises
    ------
    ValueError
        If the intensity is out of range.
    """

    profiles: Mapping[str, EmotionProfile] = field(default_factory=default_profiles)
    override: str = ""
    intensity: float = 1.0

    def __post_init__(self) -> None:
        _check_intensity(self.intensity)

    def strength(self, emotion: str, intensity: float, au: int | None = None) -> float:
        """m_e (or m_au) times i_v for one emotion."""
        profile = self.profiles.get(emotion)
        return (profile.gain(au) if profile else 1.0) * intensity


def _check_intensity(intensity: float) -> None:
    if not 0.0 <= intensity <= 1.0:
        raise ValueError(f"intensity {intensity:g} is not in 0 to 1")


def gain(
    times: ArrayLike,
    spans: Sequence[GainSpan],
    modulation: Modulation,
    au: int | None = None,
) -> Array:
    """Gain over time.

    Constant inside each event, held before the first and after the last, and cross-faded by
    a smoothstep over the gap between two (over the shared part where they overlap, over
    `SHORTEST_FADE` where they touch). With `Modulation.override` it is one constant; without
    any event it is 1.

    Parameters
    ----------
    times : (N,) s
    spans : sequence of (onset_s, offset_s, emotion, i_v)
        In any order.
    modulation : Modulation
    au : int, optional
        Action unit whose own modulator is wanted.

    Returns
    -------
    (N,) float64

    Raises
    ------
    ValueError
        If an event ends before it begins or its i_v is not in [0, 1].
    """
    x = np.asarray(times, np.float64)
    if modulation.override:
        level = modulation.strength(modulation.override, modulation.intensity, au)
        return np.full(x.shape, level)
    ordered = sorted(spans, key=lambda span: (span[0], span[1]))
    for onset, offset, _, intensity in ordered:
        _check_intensity(intensity)
        if offset < onset:
            raise ValueError(f"an event ends at {offset:g} s, before its onset at {onset:g} s")
    if not ordered:
        return np.ones(x.shape)
    levels = [modulation.strength(emotion, i_v, au) for _, _, emotion, i_v in ordered]
    out = np.full(x.shape, levels[0])
    free_from = -np.inf
    for before, after, low, high in zip(ordered, ordered[1:], levels, levels[1:], strict=False):
        start, stop = _fade(before, after, free_from)
        share = np.clip((x - start) / (stop - start), 0.0, 1.0)
        out += (high - low) * share * share * (3.0 - 2.0 * share)
        free_from = stop
    return out


def _fade(before: GainSpan, after: GainSpan, free_from: float) -> tuple[float, float]:
    """Where the gain goes over from one event to the next, s."""
    start, stop = sorted((min(before[1], after[1]), after[0]))
    if stop - start < 1e-9:  # they touch
        start, stop = start - SHORTEST_FADE / 2, stop + SHORTEST_FADE / 2
    start = max(start, free_from)  # fades of crowded events follow one another
    return start, max(stop, start + 1e-9)


def modulated(
    curve: Curve,
    times: ArrayLike,
    factor: ArrayLike,
    within: tuple[float, float] = (0.0, 1.0),
) -> Array:
    """Values of the modulated layer, ``clip(c(t) g(t), 0, 1)``.

    Parameters
    ----------
    curve : Curve
    times : (N,) s
    factor : (N,) or scalar
        What `gain` returned for these times.
    within : (float, float)
        Least and greatest value (`pipeline.core.tracks.track_range`).

    Returns
    -------
    (N,) float64, in [0, 1] or `within`
    """
    return np.clip(curve(times) * np.asarray(factor, np.float64), *within)
