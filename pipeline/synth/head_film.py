"""A film of the head that does one thing: AU curves in, frames with sensor noise out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.core.progress import Job, Progress
from pipeline.synth.script import stream

if TYPE_CHECKING:
    from pipeline.head import HeadModel

#: Rise, hold and fall of a micro-expression, and the rest before and after it, s.
RISE, HOLD, FALL, REST = 0.15, 0.05, 0.20, 0.30
#: Weights are drawn in so many steps of the peak: pictures are used again.
_STEPS = 60


@dataclass(frozen=True)
class HeadFilm:
    """Frames of a head and the curve that drove it.

    Parameters
    ----------
    frames : (T, H, W, 3) uint8
        RGB.
    curve : (T,) float64
        Activation in each frame.
    fps : float
    """

    frames: NDArray[np.uint8] = field(repr=False)
    curve: NDArray[np.float64] = field(repr=False)
    fps: float


def micro_curve(peak: float, fps: float) -> NDArray[np.float64]:
    """Rest, smooth rise to `peak`, hold, slower fall, rest; one value per frame."""
    length = 2 * REST + RISE + HOLD + FALL
    t = np.arange(round(length * fps)) / fps - REST
    up = np.clip(t / RISE, 0, 1)
    down = np.clip((t - RISE - HOLD) / FALL, 0, 1)
    smooth = up * up * (3 - 2 * up) - down * down * (3 - 2 * down)
    return np.rint(smooth * _STEPS) / _STEPS * peak


def film_head(
    head: HeadModel,
    weights: Mapping[str, float],
    *,
    fps: float = 200.0,
    size: tuple[int, int] = (512, 512),
    noise: float = 2.0,
    seed: int = 1,
) -> Job[HeadFilm]:
    """Film a micro-expression; yields progress per frame.

    Parameters
    ----------
    head : HeadModel
    weights : mapping of str to float
        Activation of each control at the peak; all follow `micro_curve`.
    fps : float
    size : (width, height) px
    noise : float
        SD of the sensor's noise, grey levels, one value for the three colours.
    seed : int
        Of the noise.
    """
    from pipeline.head import HeadScene, HeadState

    curve = micro_curve(1.0, fps)
    frames = np.empty((len(curve), size[1], size[0], 3), np.uint8)
    drawn: dict[float, NDArray[np.float32]] = {}
    scene = HeadScene(head)
    try:
        for index, share in enumerate(curve.tolist()):
            yield Progress("filming the head", index, len(curve))
            if share not in drawn:
                given = {name: share * weight for name, weight in weights.items()}
                state = HeadState.of(given, size=size, quality="still")
                drawn[share] = scene.render(state).astype(np.float32)
            grain = stream(seed, "noise", index).standard_normal(size[::-1]).astype(np.float32)
            lit = drawn[share] + noise * grain[..., None] + 0.5
            frames[index] = np.clip(lit, 0, 255).astype(np.uint8)
    finally:
        scene.close()
    return HeadFilm(frames, curve * max(weights.values()), fps)
