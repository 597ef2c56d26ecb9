"""The built-in head's own deformations, mapped on a portrait: the second field generator.

Skin vertices that a frontal camera sees are carried to the portrait by the thin-plate spline
through the 68 points; their displacement goes the same way. Between vertices it is
interpolated, and smoothed a little, so that lids and lips do not tear a still picture.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from pipeline.core.labels import track_name
from pipeline.core.progress import run
from pipeline.core.vision import cv2
from pipeline.synth.fields import LID_AUS, FloatField, eye_guard, outer_eye_distance
from pipeline.synth.script import MIDLINE_AUS

#: SD of the smoothing, fraction of IOD.
_SMOOTHING = 0.02
#: Fields are interpolated on every second pixel.
_STRIDE = 2


@functools.cache
def _frontal() -> tuple[
    NDArray[np.float64], NDArray[np.float64], dict[str, NDArray[np.float64]], float
]:
    """Visible skin vertices, landmarks and shapes of the head, seen from the front.

    Returns
    -------
    places : (N, 2) float64
        x right, y down, mm.
    landmarks : (68, 2) float64
        mm.
    shapes : dict of str to (N, 2) float64
        Displacement at full activation, mm.
    iod : float
        mm.
    """
    from pipeline.head.cache import load_head

    head = run(load_head("builtin", lod="draft"))
    skin = head.surfaces[0]
    vertices = head.vertices[skin.start : skin.stop].astype(np.float64)
    seen = np.flatnonzero(_visible(vertices, head.normals[skin.start : skin.stop]))
    flip = np.array([1.0, -1.0])
    rows = np.full(len(head.vertices), -1)
    rows[skin.start + seen] = np.arange(len(seen))
    shapes = {}
    for index, name in enumerate(head.shape_names):
        ids, deltas = head.shape(index)
        moved = np.zeros((len(seen), 2))
        inside = rows[ids] >= 0
        moved[rows[ids[inside]]] = deltas[inside, :2] * flip
        shapes[name] = moved
    landmarks = head.vertices[head.landmarks, :2].astype(np.float64) * flip
    return vertices[seen, :2] * flip, landmarks, shapes, outer_eye_distance(landmarks)


def _visible(vertices: NDArray[np.float64], normals: NDArray[np.floating]) -> NDArray[np.bool_]:
    """True for vertices of the face that face forward and lie behind nothing."""
    forward = (normals[:, 2] > 0.05) & (vertices[:, 2] > -70)
    cell = np.floor(vertices[:, :2] / 4.0).astype(int)
    cell -= cell.min(0)
    front = np.full(cell.max(0) + 1, -np.inf)
    np.maximum.at(front, tuple(cell.T), vertices[:, 2])
    return forward & (vertices[:, 2] > front[tuple(cell.T)] - 6.0)


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
        places, landmarks, self._shapes, iod = _frontal()
        self._spline = RBFInterpolator(
            landmarks / iod, np.asarray(points, float), kernel="thin_plate_spline", smoothing=1e-4
        )
        self._sources, self._unit = places / iod, iod
        self._places = self._spline(self._sources)
        self._guard = eye_guard(np.asarray(points), size)

    def field(self, au: int, side: int) -> FloatField:
        """Displacement of one side at activation 1, (H, W, 2) float32 px."""
        from scipy.interpolate import LinearNDInterpolator

        paired = track_name(au, "L" if side > 0 else "R")
        name = track_name(au) if au in MIDLINE_AUS else paired
        moved = self._spline(self._sources + self._shapes[name] / self._unit) - self._places
        width, height = self._size
        x, y = np.arange(0, width, _STRIDE), np.arange(0, height, _STRIDE)
        between = LinearNDInterpolator(self._places, moved, fill_value=0.0)
        coarse = between(*np.meshgrid(x, y)).astype(np.float32)
        soft = cv2.GaussianBlur(coarse, (0, 0), _SMOOTHING * self._iod / _STRIDE)
        matrix = np.array([[_STRIDE, 0, 0], [0, _STRIDE, 0]], np.float64)
        field = cv2.warpAffine(soft, matrix, (width, height), flags=cv2.INTER_LINEAR)
        guard = np.float32(1) if au in LID_AUS else self._guard[..., None]
        return np.asarray(field * guard, np.float32)
