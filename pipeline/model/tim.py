"""Temporal interpolation (TIM): any number of frames to a fixed number, as one matrix.

Zhou et al. (CVPR 2011) embed the frames of a clip as a path graph and sample the curve on which
they then lie; Pfister et al. (ICCV 2011) brought that to micro-expressions. Written out, neither
the pictures nor their SVD matter: as long as the frames are linearly independent, the result is a
fixed linear map of the frames, a cosine interpolation that passes through every one of them.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray


def tim_matrix(frames: int, steps: int) -> NDArray[np.float64]:
    """The map from `frames` frames to `steps` steps.

    Parameters
    ----------
    frames : int
        n, at least 1.
    steps : int
        m, at least 2.

    Returns
    -------
    (steps, frames) float64
        ``M_ij = 1/n + (2/n) sum_{k=1}^{n-1} cos(pi k (n t_i - 1/2)/n) cos(pi k (j - 1/2)/n)``
        with ``j = 1..n`` and ``t_i = 1/n + (i/(m-1)) (1 - 1/n)``: rows sum to one, the first and
        the last row pick the first and the last frame. Read-only.

    Raises
    ------
    ValueError
        With fewer frames or steps.
    """
    if frames < 1 or steps < 2:
        raise ValueError(f"TIM needs a frame and two steps, not {frames} and {steps}")
    return _tim_matrix(frames, steps)


@functools.lru_cache(maxsize=32)
def _tim_matrix(n: int, m: int) -> NDArray[np.float64]:
    t = 1 / n + np.arange(m) / (m - 1) * (1 - 1 / n)  # (m,), in (0, 1]
    k = np.arange(1, n)  # (n-1,)
    at_steps = np.cos(np.pi * np.outer(n * t - 0.5, k) / n)  # (m, n-1)
    at_frames = np.cos(np.pi * np.outer(k, np.arange(n) + 0.5) / n)  # (n-1, n)
    matrix = 1 / n + 2 / n * at_steps @ at_frames
    matrix.flags.writeable = False
    return matrix


@functools.lru_cache(maxsize=32)
def _inverse(n: int, m: int) -> NDArray[np.float64]:
    matrix = np.asarray(np.linalg.pinv(_tim_matrix(n, m)), np.float64)
    matrix.flags.writeable = False
    return matrix


def interpolated(frames: NDArray[np.floating], steps: int) -> NDArray[np.float64]:
    """Frames (n, ...) brought to `steps` steps, (steps, ...)."""
    values = np.asarray(frames, np.float64)
    course: NDArray[np.float64] = np.tensordot(tim_matrix(len(values), steps), values, axes=1)
    return course


def back_to_frames(steps: NDArray[np.floating], frames: int) -> NDArray[np.float64]:
    """Values per step (m, ...) brought back to `frames` frames, (frames, ...).

    By the pseudo-inverse of `tim_matrix`: exact on whatever TIM kept, and of all the courses
    over the frames that explain the steps the one of least norm. With more frames than steps that
    pulls what lies between the steps towards zero, so a curve that is to be drawn is rather
    interpolated; with no more frames than steps the frames come back as they were.
    """
    values = np.asarray(steps, np.float64)
    if frames < 1 or len(values) < 2:
        raise ValueError(f"TIM needs a frame and two steps, not {frames} and {len(values)}")
    course: NDArray[np.float64] = np.tensordot(_inverse(frames, len(values)), values, axes=1)
    return course
