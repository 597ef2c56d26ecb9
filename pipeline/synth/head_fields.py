"""The built-in head's own deformations, mapped on a portrait: the second field generator.

Skin vertices that a frontal camera sees are carried to the portrait by the thin-plate spline
through the 68 points; their displacement goes the same way. Between vertices it is
interpolated, and smoothed a little, so that lids and lips do not tear a still picture.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.core.labels import track_name
from pipeline.core.progress import run
from pipeline.core.vision import cv2
from pipeline.synth.fields import LID_AUS, FloatField, eye_guard, outer_eye_distance
from pipeline.synth.script import MIDLINE_AUS

if TYPE_CHECKING:
    from pipeline.head import DenseDisplacement

#: SD of the smoothing, fraction of IOD.
_SMOOTHING = 0.02
#: Fields are interpolated on every second pixel.
_STRIDE = 2


@functools.cache
def _frontal() -> DenseDisplacement:
    """The head's skin and shapes as a frontal camera sees them."""
    from pipeline.head import dense_displacement, load_head
    from pipeline.head.measure.basis import ACTIVATION, FRONTAL

    head = run(load_head("builtin", lod="draft"))
    return dense_displacement(head, FRONTAL, (1024, 1024), activation=ACTIVATION)


class HeadFields:
    """Fields of the built-in head on one face; nothing in them is random.

    Parameters
    ----------
    points : (68, 2) float
        Landmarks of the neutral face, px.
    size : tuple of int
        Width and height of the field, px.
    """

    def __init__(self, points: NDArray[np.floating], size: tuple[int, int]) -> None:
        from scipy.interpolate import RBFInterpolator

        self._size = size
        self._iod = outer_eye_distance(np.asarray(points))
        head = _frontal()
        self._moved = dict(zip(head.names, head.displacements / head.iod, strict=True))
        self._spline = RBFInterpolator(
            head.landmarks / head.iod,
            np.asarray(points, float),
            kernel="thin_plate_spline",
            smoothing=1e-4,
        )
        self._sources = head.points / head.iod
        self._places = self._spline(self._sources)
        self._guard = eye_guard(np.asarray(points), size)

    def field(self, au: int, side: int) -> FloatField:
        """Displacement of one side at activation 1, (H, W, 2) float32 px."""
        from scipy.interpolate import LinearNDInterpolator

        paired = track_name(au, "L" if side > 0 else "R")
        name = track_name(au) if au in MIDLINE_AUS else paired
        moved = self._spline(self._sources + self._moved[name]) - self._places
        width, height = self._size
        x, y = np.arange(0, width, _STRIDE), np.arange(0, height, _STRIDE)
        between = LinearNDInterpolator(self._places, moved, fill_value=0.0)
        coarse = between(*np.meshgrid(x, y)).astype(np.float32)
        soft = cv2.GaussianBlur(coarse, (0, 0), _SMOOTHING * self._iod / _STRIDE)
        matrix = np.array([[_STRIDE, 0, 0], [0, _STRIDE, 0]], np.float64)
        field = cv2.warpAffine(soft, matrix, (width, height), flags=cv2.INTER_LINEAR)
        guard = np.float32(1) if au in LID_AUS else self._guard[..., None]
        return np.asarray(field * guard, np.float32)
