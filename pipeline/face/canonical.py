"""The canonical face: one mean shape in which all faces are compared."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.core.progress import Job, Progress
from pipeline.core.vision import cv2
from pipeline.face.anatomy import RIGID, rigid_weights
from pipeline.face.similarity import fit_rigid, fit_similarity
from resources import resource

if TYPE_CHECKING:
    from pipeline.face.track import FaceTrack
    from pipeline.media import FrameSource

Array = NDArray[np.float64]

#: Side of the canonical grid.
CANON = 56
#: Side at which canonical coordinates count as px for the spline's stiffness.
_SPLINE_SIDE = 224.0
_SPLINE_SMOOTHING = 1.0
#: Points that place a face in its crop: the rigid set and the outer eye corners.
_PLACING = np.array([*RIGID, 36, 45])


@functools.lru_cache(maxsize=1)
def _shape() -> Array:
    text = resource("data/mean_face.json").read_text(encoding="utf-8")
    points = np.array(json.loads(text)["points"], np.float64)
    points.setflags(write=False)
    return points


def canonical_shape() -> Array:
    """Mean face, (68, 2) in canonical coordinates 0..1 (x right, y down), mirror-symmetric."""
    return _shape()


def canonical_iod() -> float:
    """Inter-ocular distance of the mean face in canonical coordinates."""
    return float(np.linalg.norm(_shape()[45] - _shape()[36]))


def canonical_grid(side: int = CANON) -> Array:
    """Cell centres of the canonical grid, (side, side, 2) in 0..1."""
    centres = (np.arange(side) + 0.5) / side
    return np.stack(np.meshgrid(centres, centres), -1)


def from_canonical(points: NDArray[np.floating], side: int = CANON) -> Array:
    """Where the canonical grid lies on a face, by a thin-plate spline through 68 points.

    Parameters
    ----------
    points : (68, 2) float
        Neutral landmarks, px.
    side : int
        Side of the grid.

    Returns
    -------
    (side, side, 2) float64, px
    """
    return thin_plate(_shape(), np.asarray(points, np.float64), canonical_grid(side))


def thin_plate(source: Array, target: Array, at: Array) -> Array:
    """Map positions `at` by the thin-plate spline that takes `source` to `target`.

    Sources are canonical coordinates (0..1); slightly smoothing, as landmarks are not exact.
    """
    from scipy.interpolate import RBFInterpolator

    spline = RBFInterpolator(
        source * _SPLINE_SIDE, target, kernel="thin_plate_spline", smoothing=_SPLINE_SMOOTHING
    )
    return spline(at.reshape(-1, 2) * _SPLINE_SIDE).reshape(at.shape)


def crop_transforms(track: FaceTrack, size: int) -> Array:
    """Similarities from an aligned crop to every frame.

    The crop is the canonical square; the face is placed in it once per segment, on the
    neutral, and then follows the rigid set.

    Parameters
    ----------
    track : FaceTrack
    size : int
        Side of the crop, px.

    Returns
    -------
    (T, 2, 3) float64
        Crop px to frame px; NaN where there is no face.
    """
    out = np.full((len(track.points), 2, 3), np.nan)
    shape = _shape() * size - 0.5
    for number in range(len(track.segments)):
        rows = track.segment == number
        neutral = track.neutral_points(number)
        placed = fit_similarity(shape[_PLACING], neutral[_PLACING])
        points = track.points[rows].astype(np.float64)
        head = fit_rigid(neutral, points, track.iod(number), rigid_weights())
        out[rows] = head @ np.vstack([placed, [0, 0, 1]])
    return out


def aligned_crop(gray: NDArray[np.uint8], transform: Array, size: int) -> NDArray[np.float32]:
    """The aligned crop of one frame, (size, size) float32 grey levels, free of aliasing."""
    reduce = 2 if np.hypot(transform[0, 0], transform[1, 0]) > 0.75 else 1
    fine = transform.copy()
    if reduce == 2:  # sample twice as densely and average
        fine[:, :2] /= 2
        fine[:, 2] -= transform[:, :2] @ np.full(2, 0.25)
    picture = cv2.warpAffine(
        gray, fine, (size * reduce, size * reduce),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    small = cv2.resize(picture.astype(np.float32), (size, size), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def aligned_gray(source: FrameSource, track: FaceTrack, size: int = 112) -> Job[NDArray[np.uint8]]:
    """Aligned face crops of a whole clip.

    Returns
    -------
    (T, size, size) uint8
        Zero where there is no face.
    """
    transforms = crop_transforms(track, size)
    out = np.zeros((len(transforms), size, size), np.uint8)
    for frame in np.flatnonzero(track.segment >= 0):
        yield Progress("aligning the face", int(frame), len(out))
        crop = aligned_crop(source.gray(int(frame)), transforms[frame], size)
        out[frame] = np.clip(np.rint(crop), 0, 255)
    return out
