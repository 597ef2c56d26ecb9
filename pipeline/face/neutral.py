"""Which of several shapes of one face is the neutral one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import FaceError
from pipeline.face.anatomy import with_cheeks
from pipeline.face.basis import load_landmark_basis

#: Shapes nearer than this are one shape, fraction of IOD.
_ALIKE = 0.02
#: Another shape than the usual one is the neutral if it leaves this share of what that leaves.
_CLEARLY = 0.9


def neutral_shape(shapes: NDArray[np.float64], iod: float) -> int:
    """Index of the shape from which action units best lead to the others.

    Muscles only pull: from the neutral to a smile is AU 12, but no set of action units leads
    back. So, of two shapes, the one from which bounded least squares leaves less of the way to
    the other is the neutral.

    Parameters
    ----------
    shapes : (N, 68, 2) float64
        Shapes of one face, head motion removed, px; the usual one first.
    iod : float, px

    Returns
    -------
    int
        0 where all shapes are alike or no landmark basis is installed.
    """
    gaps = np.sort(np.linalg.norm(shapes - shapes[0], axis=-1)[:, 17:], axis=1)[:, -12:].mean(1)
    if gaps.max() < _ALIKE * iod:
        return 0
    try:
        basis = load_landmark_basis()
    except FaceError:
        return 0
    columns = np.concatenate([basis.B, basis.blink], axis=1).astype(np.float64)
    best, advantage = 0, _CLEARLY
    for other in range(1, len(shapes)):
        if gaps[other] < _ALIKE * iod:
            continue
        way = with_cheeks((shapes[other] - shapes[0]) / iod).ravel().astype(np.float64)
        ratio = _left(columns, -way) / _left(columns, way)
        if ratio < advantage:
            best, advantage = other, ratio
    return best


def _left(columns: NDArray[np.float64], way: NDArray[np.float64]) -> float:
    """Sum of squares of a displacement that units of at most full strength leave."""
    from scipy.optimize import lsq_linear

    return 2.0 * float(lsq_linear(columns, way, (0.0, 1.0)).cost) + 1e-9
