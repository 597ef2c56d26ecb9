"""The smooth base of the head: a thin-plate spline of log-radius over directions."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.face import FaceParameters
from pipeline.head.sculpt.sdf import Field

_ANGLES = 361


@lru_cache(maxsize=2)
def _radius_table(sculpt: FaceParameters) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Radius over (azimuth 0..pi from +z, elevation -pi/2..pi/2) and the ray's obliqueness."""
    from scipy.interpolate import RBFInterpolator
    from scipy.ndimage import gaussian_filter

    half = np.array(sculpt.base_points, float)
    points = np.vstack([half, half[half[:, 0] > 0] * [-1, 1, 1]]) - sculpt.star_centre
    radius = np.linalg.norm(points, axis=1)
    spline = RBFInterpolator(
        points / radius[:, None],
        np.log(radius),
        kernel="thin_plate_spline",
        smoothing=sculpt.base_smoothing,
    )
    # The spline is smooth: every third degree carries it, a bicubic refill gives the rest.
    coarse = (_ANGLES - 1) // 3 + 1
    azimuth = np.linspace(0, np.pi, coarse)
    elevation = np.linspace(-np.pi / 2, np.pi / 2, coarse)
    a, e = np.meshgrid(azimuth, elevation, indexing="ij")
    rays = np.stack([np.cos(e) * np.sin(a), np.sin(e), np.cos(e) * np.cos(a)], -1).reshape(-1, 3)
    table = _refined(np.exp(spline(rays)).reshape(coarse, coarse))
    pad = 8
    mirrored = np.concatenate([table[1 : pad + 1][::-1], table, table[-pad - 1 : -1][::-1]])
    table = gaussian_filter(mirrored, 1.2)[pad:-pad]
    return table.astype(np.float32), _obliqueness(table).astype(np.float32)


def _refined(table: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.interpolate import RectBivariateSpline

    coarse, fine = np.linspace(0, 1, len(table)), np.linspace(0, 1, _ANGLES)
    return RectBivariateSpline(coarse, coarse, table)(fine, fine)


def _obliqueness(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cosine between ray and surface normal: ``1 / sqrt(1 + |grad r|^2 / r^2)``."""
    from scipy.ndimage import gaussian_filter

    azimuth = np.linspace(0, np.pi, _ANGLES)
    elevation = np.linspace(-np.pi / 2, np.pi / 2, _ANGLES)
    along, up = np.gradient(table, azimuth, elevation)
    along = along / np.maximum(np.cos(elevation), 0.2)
    return gaussian_filter(1 / np.sqrt(1 + (along**2 + up**2) / table**2), 3)


def base_distance(x: Field, y: Field, z: Field, sculpt: FaceParameters = HEAD.face) -> Field:
    """Signed distance to the smooth base, first order near the surface."""
    from scipy.ndimage import map_coordinates

    table, obliqueness = _radius_table(sculpt)
    _, cy, cz = sculpt.star_centre
    dx, dy, dz = np.abs(x), y - cy, z - cz
    flat = np.hypot(dx, dz)
    radius = np.hypot(flat, dy)
    last = _ANGLES - 1
    places = np.stack(
        [
            (np.arctan2(dx, dz) / np.pi * last).ravel(),
            ((np.arctan2(dy, flat) / np.pi + 0.5) * last).ravel(),
        ]
    )
    surface = map_coordinates(table, places, order=1, mode="nearest").reshape(np.shape(x))
    cosine = map_coordinates(obliqueness, places, order=1, mode="nearest").reshape(np.shape(x))
    return (radius - surface) * cosine
