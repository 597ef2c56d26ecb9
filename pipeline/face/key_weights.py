"""Key weights D(n): how far each point has moved from the neutral, the head's motion removed.

Xu 2025, section 3.2, in three forms. Lengths are fractions of the inter-ocular distance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.face.anatomy import N_KEY_POINTS, RIGID, with_cheeks
from pipeline.face.similarity import apply_similarity, fit_rigid

if TYPE_CHECKING:
    from pipeline.face.track import FaceTrack

Form = Literal["similarity", "point", "still"]


def key_weights(
    track: FaceTrack, form: Form = "similarity", reference_point: int = 30
) -> NDArray[np.float32]:
    """Displacement of the 70 points from their segment's neutral.

    Parameters
    ----------
    track : FaceTrack
    form : {"similarity", "point", "still"}
        ``similarity``: the rigid set (39, 42, 27-30) is laid on its neutral by a similarity
        first, so shift, turn and scale of the head cancel; a point of it that a blink drags
        away is left out (`pipeline.face.similarity.fit_rigid`). ``point``: the paper's
        head-moving form ``E(n) - E0 - D_ori(n)`` with one reference point, which cancels
        shift alone. ``still``: the paper's head-still form ``E(n) - E_ori(n)``.
    reference_point : int
        Point E0 of the ``point`` form, 0-67.

    Returns
    -------
    (T, 70, 2) float32, fraction of IOD
        x to the right, y down, in the neutral picture; points 68 and 69 are the right and
        left cheek. NaN where there is no face.

    Raises
    ------
    ValueError
        For an unknown form or reference point.
    """
    if form not in ("similarity", "point", "still"):
        raise ValueError(f"unknown form of key weights: {form!r}")
    if not 0 <= reference_point < 68:
        raise ValueError("the reference point is one of 0-67")
    out = np.full((len(track.points), N_KEY_POINTS, 2), np.nan, np.float32)
    for number in range(len(track.segments)):
        rows = track.segment == number
        neutral = with_cheeks(track.neutral_points(number))
        points = with_cheeks(track.points[rows].astype(np.float64))
        if form == "similarity":
            turn = fit_rigid(points[:, RIGID], neutral[RIGID], track.iod(number))
            points = apply_similarity(turn, points)
        moved = points - neutral
        if form == "point":
            moved = moved - moved[:, reference_point : reference_point + 1]
        out[rows] = moved / track.iod(number)
    return out
