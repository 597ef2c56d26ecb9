"""What the measurement from the neutral cannot follow: a mouth that opens into a grin.

Where teeth appear the picture at the lips is no moved neutral any more, and a patch is found
where it was. dlib's own points (whole pixels, but never far off) then say where the lips went:
it is asked ten times a second, and where the two are clearly apart its motion counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.core.progress import Job, Progress
from pipeline.face.anatomy import RIGID, rigid_weights
from pipeline.face.detect import anchor_points, box_of_points
from pipeline.face.similarity import apply_similarity, fit_similarity, invert_similarity

if TYPE_CHECKING:
    from pipeline.media import FrameSource

Array = NDArray[np.float64]

#: Points of the mouth, and how often dlib is asked, s.
MOUTH = slice(48, 68)
_EVERY = 0.1
#: Disagreement from which dlib's motion counts, and from which it counts alone, fraction of
#: IOD; its own tremor is 0.01.
_APART, _FAR_APART = 0.05, 0.08
#: dlib's rigid points may be off by so much, fraction of IOD.
_TRUSTED = 0.03
_JITTERS = 5


def mouth_gaps(
    source: FrameSource,
    frames: NDArray[np.int_],
    points: Array,
    neutral: tuple[int, int],
    iod: float,
    here: Progress,
) -> Job[Array]:
    """How far the mouth really is from where it was measured, (n, 68, 2) px; mostly 0.

    Parameters
    ----------
    source : FrameSource
    frames : (n,) int
        Frames of the segment.
    points : (n, 68, 2) float64, px
        As measured.
    neutral : (first, stop)
        Neutral span, frames.
    iod : float
        px.
    here : Progress
        Yielded while working.
    """
    calm = np.arange(neutral[0], neutral[1]) - frames[0]
    shape = points[calm].mean(0)
    reference = np.zeros((68, 2))
    asked = sorted({calm[0], calm[len(calm) // 2], calm[-1]})
    for row in asked:
        yield here
        found = _dlib_points(source, int(frames[row]), points[row])
        reference += (found - points[row] + shape) / len(asked)
    step = max(1, round(_EVERY * source.fps))
    rows = np.unique(np.append(np.arange(0, len(frames), step), len(frames) - 1))
    gaps = np.zeros((len(rows), 68, 2))
    for index, row in enumerate(rows):
        yield here
        found = _dlib_points(source, int(frames[row]), points[row])
        gaps[index, MOUTH] = _gap(shape, points[row], reference, found, iod)[MOUTH]
    out = np.empty((len(frames), 68, 2))
    for point in range(68):
        for axis in range(2):
            out[:, point, axis] = np.interp(np.arange(len(frames)), rows, gaps[:, point, axis])
    return out


def _dlib_points(source: FrameSource, frame: int, points: Array) -> Array:
    return anchor_points(source.gray(frame), box_of_points(points), _JITTERS)


def _gap(shape: Array, points: Array, reference: Array, found: Array, iod: float) -> Array:
    """What dlib's motion of the skin exceeds the measured one by where it counts, px."""
    weights = rigid_weights() + 0.004
    turn, other = fit_similarity(shape, points, weights), fit_similarity(reference, found, weights)
    still = apply_similarity(invert_similarity(other), found)
    if np.linalg.norm(still - reference, axis=1)[RIGID].mean() > _TRUSTED * iod:
        return np.zeros((68, 2))
    motion = apply_similarity(invert_similarity(turn), points) - shape
    apart = still - reference - motion
    share = (np.linalg.norm(apart, axis=1) / iod - _APART) / (_FAR_APART - _APART)
    counts = np.clip(share, 0.0, 1.0)[:, None]
    return np.asarray((counts * apart) @ turn[:, :2].T, np.float64)
