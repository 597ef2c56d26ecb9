"""Skin moves smoothly: neighbours steady a poorly seen point and stand in for a lost one.

Displacements that remain after the head's own motion are a Gaussian process over the face
(squared-exponential covariance), each measurement carries the covariance that its patch's
texture gives it, and the estimate is the conditional mean (Rasmussen and Williams 2006, eq.
2.23). A well-textured point keeps its own measurement; a point on plain skin, or one that can
slide along an edge, leans on its neighbours; a failed point is made from them alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.face.anatomy import part_index

Array = NDArray[np.float64]

#: Standard deviation and reach of skin motion, fractions of the IOD.
_AMPLITUDE = 0.012
_REACH = 0.30
#: Part of the motion that each point has to itself, and that a part has to itself.
_OWN = 0.0015
_PART_SHARE = 0.5


class MotionPrior:
    """Linear estimator of the 68 displacements from the measured ones.

    Parameters
    ----------
    points : (68, 2) float64
        Neutral landmarks, px.
    noise : (68, 2, 2) float64
        Covariance of one measurement, px².
    iod : float
        Inter-ocular distance, px.
    """

    def __init__(self, points: Array, noise: Array, iod: float) -> None:
        gaps = ((points[:, None] - points[None]) ** 2).sum(-1) / (_REACH * iod) ** 2
        same = part_index()[:, None] == part_index()[None]
        shared = np.where(same, 1.0, 1.0 - _PART_SHARE)
        skin = (_AMPLITUDE * iod) ** 2 * np.exp(-0.5 * gaps) * shared
        self._skin = np.kron(skin, np.eye(2))
        self._own = (_OWN * iod) ** 2
        self._noise = noise
        self._operators: dict[bytes, Array] = {}

    def operator(self, measured: NDArray[np.bool_]) -> Array:
        """(136, 136) matrix for frames in which just these points were measured."""
        key = measured.tobytes()
        if key not in self._operators:
            if len(self._operators) > 256:
                self._operators.clear()
            self._operators[key] = self._solve(measured)
        return self._operators[key]

    def _solve(self, measured: NDArray[np.bool_]) -> Array:
        seen = np.repeat(measured, 2)
        joint = self._skin[np.ix_(seen, seen)].copy()
        count = int(measured.sum())
        for row, covariance in enumerate(self._noise[measured]):
            joint[2 * row : 2 * row + 2, 2 * row : 2 * row + 2] += covariance
        own = np.zeros((136, 2 * count))
        own[np.flatnonzero(seen), np.arange(2 * count)] = self._own
        joint[np.diag_indices(2 * count)] += self._own
        operator = np.zeros((136, 136))
        if count:
            gain = np.linalg.solve(joint, (self._skin[:, seen] + own).T).T
            operator[:, seen] = gain
        return operator

    def estimate(self, displacement: Array, measured: NDArray[np.bool_]) -> Array:
        """Conditional mean of one frame.

        Parameters
        ----------
        displacement : (68, 2) float64
            Measured displacements, px; ignored where not measured.
        measured : (68,) bool

        Returns
        -------
        (68, 2) float64, px
        """
        flat = np.where(measured[:, None], displacement, 0.0).ravel()
        return (self.operator(measured) @ flat).reshape(displacement.shape)
