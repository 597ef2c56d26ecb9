"""Draws the folds of the moving skin into a picture: finer than the vertices of the mesh lie."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.head.sculpt.parameters.furrows import FURROW_MAP, FURROWS, Furrow
from pipeline.head.sculpt.polygonise import SkinMesh
from pipeline.head.sculpt.sdf import spline_through

_REACH = 7.0  # mm from a curve that it shapes
_SAMPLES = 320
_FADE = 0.22  # of the curve's length, at each end
_RIDGE_AT, _RIDGE_WIDTH = 2.2, 1.5  # in widths of the valley
_CAVITY = 0.8
_CHIN = -112.0  # mm; what lies lower is neck


def furrow_uv(vertices: NDArray[np.floating]) -> NDArray[np.float32]:
    """Place of vertices (N, 3) mm in the furrow map, (N, 2); not mirrored."""
    m = FURROW_MAP
    around = np.arctan2(vertices[:, 0], vertices[:, 2] - m.axis_z) * m.radius
    u = 0.5 + around / (2 * m.half_width)
    v = (vertices[:, 1] - m.bottom) / (m.top - m.bottom)
    return np.column_stack([u, v]).astype(np.float32)


def furrow_map(skin: SkinMesh, size: int) -> NDArray[np.uint8]:
    """Slopes and hollows of all folds at full depth, (size, size, 3) uint8.

    Channels: slope of the height along u and along v (128 is none), and how deep in a valley.
    """
    m = FURROW_MAP
    u, v = np.meshgrid((np.arange(size) + 0.5) / size, 1 - (np.arange(size) + 0.5) / size)
    place = np.stack(
        [(2 * u - 1) * m.half_width, m.bottom + v * (m.top - m.bottom)], -1
    )  # mm, unrolled
    slope, hollow = np.zeros((size, size, 2)), np.zeros((size, size))
    unrolled = _Unrolled(skin)
    for furrow in FURROWS:
        curve = unrolled.curve(furrow)
        low, high = curve.min(0) - _REACH, curve.max(0) + _REACH
        columns = (place[0, :, 0] > low[0]) & (place[0, :, 0] < high[0])
        rows = (place[:, 0, 1] > low[1]) & (place[:, 0, 1] < high[1])
        block = np.ix_(rows, columns)
        steep, deep = _carved(furrow, curve, place[block])
        slope[block] += steep
        hollow[block] = np.maximum(hollow[block], deep)
    channels = np.empty((size, size, 3), np.uint8)
    coded = 128 + slope * (127 / m.steepest)
    channels[..., :2] = np.clip(np.rint(coded), 0, 255).astype(np.uint8)
    channels[..., 2] = np.clip(np.rint(hollow * 255 * _CAVITY), 0, 255).astype(np.uint8)
    return channels


class _Unrolled:
    """Carries frontal places onto the skin and unrolls them."""

    def __init__(self, skin: SkinMesh) -> None:
        from scipy.spatial import cKDTree

        v = skin.vertices
        seen = (v[:, 2] > -45) | ((v[:, 2] > -85) & (v[:, 1] < _CHIN))
        front = np.flatnonzero((skin.normals[:, 2] > 0.05) & seen & ~skin.in_slit)
        self._points = v[front]
        self._tree = cKDTree(self._points[:, :2])

    def curve(self, furrow: Furrow) -> NDArray[np.float64]:
        """Samples of a fold, (S, 2) mm around the cylinder and up."""
        flat = spline_through(furrow.points, _SAMPLES)
        far, near = self._tree.query(flat, 6)
        # What lies behind at the same place is not meant.
        depth = self._points[near, 2]
        weight = (depth > depth.max(1, keepdims=True) - 6) / (far + 0.5) ** 2
        z = (depth * weight).sum(1) / weight.sum(1)
        z = np.convolve(np.pad(z, 30, "edge"), np.ones(61) / 61, "valid")
        around = np.arctan2(flat[:, 0], z - FURROW_MAP.axis_z) * FURROW_MAP.radius
        return np.column_stack([around, flat[:, 1]])


def _carved(
    furrow: Furrow, curve: NDArray[np.float64], place: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Slope (.., 2) and hollow (..) of one fold: a sharp valley between soft ridges."""
    from scipy.spatial import cKDTree

    far, near = cKDTree(curve).query(place, distance_upper_bound=_REACH)
    inside = np.isfinite(far)
    far, near = np.where(inside, far, _REACH), np.minimum(near, len(curve) - 1)
    along = near / (len(curve) - 1)
    depth = np.interp(along, np.linspace(0, 1, len(furrow.depths)), furrow.depths)
    ends = np.clip(np.minimum(along, 1 - along) / _FADE, 0, 1)
    # Beyond an end the curve is a point: nothing of it may be left there.
    depth = depth * np.sin(ends * np.pi / 2) * inside
    a = furrow.width
    soft = np.hypot(far, 0.35 * a)
    fall = far / soft / a * np.exp(-(soft - 0.35 * a) / a)
    t = (far / a - _RIDGE_AT) / _RIDGE_WIDTH
    pile = -2 * t / (_RIDGE_WIDTH * a) * np.exp(-t * t) * furrow.ridge
    rise = np.where(inside, depth * (fall + pile), 0)
    direction = (place - curve[near]) / np.maximum(far, 1e-6)[..., None]
    slope = np.where(inside[..., None], direction * rise[..., None], 0)
    return slope, np.where(inside, depth * np.exp(-((far / (1.1 * a)) ** 2)), 0)
