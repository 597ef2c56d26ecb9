"""Plain data that several stages pass on. No behaviour that belongs to one stage."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.core.labels import AULabel

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EventSpan:
    """One micro-expression, in frames of its clip.

    Parameters
    ----------
    onset, offset : int
        First and last frame, 0-based, inclusive.
    apex : int or None
        Frame of the strongest motion; None when not coded.
    emotion : str
        Id of a row in ``resources/data/emotions.json``; empty when not named.
    aus : tuple of AULabel
        Coded or predicted action units.
    confidence : float or None
        The predictor's confidence in [0, 1]; None for a person's label.
    predictor : str
        Predictor that proposed it; empty for a person's label.
    """

    onset: int
    apex: int | None
    offset: int
    emotion: str = ""
    aus: tuple[AULabel, ...] = ()
    confidence: float | None = None
    predictor: str = ""


@dataclass(frozen=True)
class AUSignals:
    """AU activations over time.

    Parameters
    ----------
    names : tuple of str
        Track names: ``AU12_L``, ``AU12_R``, ``AU17``.
    values : (T, K) float32
        Activation in [0, 1] per frame and track; NaN where there is no face.
    """

    names: tuple[str, ...]
    values: FloatArray = field(repr=False)

    def column(self, name: str) -> FloatArray:
        """One track, (T,) float32."""
        return self.values[:, self.names.index(name)]

    def mean_sides(self) -> dict[str, FloatArray]:
        """``AU12`` as the mean of its two sides, in the order of `names`."""
        grouped: dict[str, list[FloatArray]] = {}
        for index, name in enumerate(self.names):
            grouped.setdefault(name.partition("_")[0], []).append(self.values[:, index])
        return {au: np.mean(tracks, axis=0, dtype=np.float32) for au, tracks in grouped.items()}
