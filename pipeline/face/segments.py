"""Stretches of a clip that share one neutral face, and the choice of that neutral."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.face.anatomy import DEPTH, STABLE, rigid_weights
from pipeline.face.neutral import neutral_shape
from pipeline.face.similarity import apply_similarity, fit_similarity

Reason = Literal["start", "cut", "lost face", "rigid residual"]

#: Length of the neutral span, s.
NEUTRAL_SECONDS = 0.1
_END_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Segment:
    """Frames measured against one neutral.

    Parameters
    ----------
    start, stop : int
        First frame, and the one after the last.
    anchor : int
        Frame on which dlib placed the points.
    neutral : (int, int)
        First frame of the neutral span, and the one after its last.
    reason : str
        Why it begins here: ``start``, ``cut``, ``lost face`` or ``rigid residual``.
    """

    start: int
    stop: int
    anchor: int
    neutral: tuple[int, int]
    reason: Reason


def stillest_span(
    frames: NDArray[np.int_], points: NDArray[np.floating], iod: float, fps: float
) -> tuple[int, int]:
    """The 0.1 s in which the face is stillest and nearest to how it usually looks.

    A held apex is still too, so distance from the usual shape counts beside the spread
    within the span: the median, or the shape at one of the ends where that looks more like
    the neutral (`pipeline.face.neutral.neutral_shape`), or both ends' where the face comes back
    at the end to what it was at the start. The head's own motion counts a little, as it blurs
    the template.

    Parameters
    ----------
    frames : (N,) int
        Frame numbers of the samples, increasing, evenly spaced.
    points : (N, 68, 2) float, px
    iod : float, px
    fps : float

    Returns
    -------
    (first, stop) : frame numbers, stop exclusive
    """
    step = int(frames[1] - frames[0]) if len(frames) > 1 else 1
    length = max(1, round(NEUTRAL_SECONDS * fps))
    count = min(len(frames), max(1, round(length / step)))
    weights = rigid_weights()
    middle = np.median(points, axis=0)
    shapes = points.astype(np.float64)
    for _ in range(2):
        shapes = apply_similarity(fit_similarity(points, middle, weights), points)
        middle = np.median(shapes, axis=0)
    few = max(1, round(_END_SECONDS * fps / step))
    ends = [np.median(shapes[:few], axis=0), np.median(shapes[-few:], axis=0)]
    usual = np.stack([middle, *ends])
    chosen = neutral_shape(usual, iod)
    middle = usual[chosen] if chosen else _rest(*usual)
    away = _most(np.linalg.norm(_unturned(shapes - middle, middle), axis=-1)[:, 17:]) / iod
    head = points[:, 27:31].mean(1) / iod
    scores = []
    for first in range(len(frames) - count + 1):
        span = slice(first, first + count)
        spread = _most(np.sqrt(shapes[span, 17:].var(axis=0).sum(-1))) / iod
        drift = np.sqrt(head[span].var(axis=0).sum())
        scores.append(away[span].mean() + 2 * spread + 0.05 * drift)
    last = int(frames[-1]) + 1
    first = max(int(frames[0]), min(int(frames[int(np.argmin(scores))]), last - length))
    return first, min(first + length, last)


def _unturned(moved: NDArray[np.float64], shape: NDArray[np.float64]) -> NDArray[np.float64]:
    """Displacements (N, 68, 2) of a shape without what a turn of the head explains.

    Yaw and pitch move points by their depth; a slow turn would else outweigh a
    micro-expression. The share is found from brows, nose and eye corners.
    """
    x, y = (shape - shape[27:31].mean(0)).T
    one, zero = np.ones_like(x), np.zeros_like(x)
    depth = DEPTH * np.ptp(x[17:])
    pairs = [(one, zero), (zero, one), (x, y), (-y, x), (depth, zero), (zero, depth)]
    columns = np.stack([np.stack(pair, -1) for pair in pairs], -1)  # (68, 2, 6)
    fitted = columns[STABLE].reshape(-1, 6)
    share = np.linalg.lstsq(fitted, moved[:, STABLE].reshape(len(moved), -1).T, rcond=None)[0]
    return np.asarray(moved - np.einsum("pak,kn->npa", columns, share), np.float64)


def _rest(
    middle: NDArray[np.float64], start: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Shape at rest: the ends' where they agree and the median is an excursion from them.

    An event that fills half of a clip takes the median with it.
    """
    ends = (start + end) / 2
    apart = _most(np.linalg.norm(start - end, axis=-1)[17:])
    away = _most(np.linalg.norm(middle - ends, axis=-1)[17:])
    return ends if apart < 0.5 * away else middle


def _most(lengths: NDArray[np.floating]) -> NDArray[np.floating]:
    """Mean of the largest quarter along the last axis: expression moves a few points."""
    count = max(1, lengths.shape[-1] // 4)
    return np.partition(lengths, -count, axis=-1)[..., -count:].mean(axis=-1)
