"""Signed-distance primitives (mm, negative inside) and the blends between them.

Formulas: I. Quilez, "distance functions" and "smooth minimum" (polynomial, quadratic).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.head.sculpt.parameters.shapes import Box, Capsule, Ellipsoid, Furrow, Swell

Field = NDArray[np.floating]

_FURROW_SAMPLES = 8


def smooth_min(a: Field, b: Field, blend: float) -> Field:
    """Union of two distances, rounded over `blend` mm."""
    h = np.clip(0.5 + 0.5 * (b - a) / blend, 0, 1)
    return b + (a - b) * h - blend * h * (1 - h)


def smooth_max(a: Field, b: Field, blend: float) -> Field:
    """Intersection of two distances, rounded over `blend` mm."""
    return -smooth_min(-a, -b, blend)


def smoothstep(start: ArrayLike, end: ArrayLike, t: ArrayLike) -> Field:
    """Cubic step from 0 at `start` to 1 at `end`; falls when ``end < start``."""
    first = np.asarray(start)
    u = np.clip((np.asarray(t) - first) / (np.asarray(end) - first), 0, 1)
    return u * u * (3 - 2 * u)


def bell(t: ArrayLike) -> Field:
    """``exp(-t^2)``."""
    u = np.asarray(t)
    return np.exp(-u * u)


def _turned(a: Field, b: Field, angle: float) -> tuple[Field, Field]:
    s, c = np.sin(angle), np.cos(angle)
    return c * a + s * b, -s * a + c * b


def ellipsoid_distance(x: Field, y: Field, z: Field, shape: Ellipsoid) -> Field:
    """Approximate distance to an ellipsoid."""
    px, py, pz = (v - c for v, c in zip((x, y, z), shape.centre, strict=True))
    if shape.turn_z:
        px, py = _turned(px, py, shape.turn_z)
    if shape.turn_y:
        px, pz = _turned(px, pz, -shape.turn_y)
    if shape.turn_x:
        py, pz = _turned(py, pz, shape.turn_x)
    rx, ry, rz = shape.radii
    k0 = np.sqrt((px / rx) ** 2 + (py / ry) ** 2 + (pz / rz) ** 2)
    k1 = np.sqrt((px / rx**2) ** 2 + (py / ry**2) ** 2 + (pz / rz**2) ** 2) + 1e-6
    return k0 * (k0 - 1) / k1


def _segment(x: Field, y: Field, z: Field, start: ArrayLike, end: ArrayLike) -> tuple[Field, Field]:
    """Distance to a line segment and the place along it, 0 to 1."""
    a = np.asarray(start, float)
    d = np.asarray(end, float) - a
    px, py, pz = x - a[0], y - a[1], z - a[2]
    h = np.clip((px * d[0] + py * d[1] + pz * d[2]) / (d @ d), 0, 1)
    return np.sqrt((px - h * d[0]) ** 2 + (py - h * d[1]) ** 2 + (pz - h * d[2]) ** 2), h


def capsule_distance(x: Field, y: Field, z: Field, shape: Capsule) -> Field:
    """Distance to a tapered capsule."""
    distance, h = _segment(x, y, z, shape.start, shape.end)
    return distance - (shape.start_radius + (shape.end_radius - shape.start_radius) * h)


def shape_distance(x: Field, y: Field, z: Field, shape: Capsule | Ellipsoid) -> Field:
    """Distance to one primitive."""
    if isinstance(shape, Capsule):
        return capsule_distance(x, y, z, shape)
    return ellipsoid_distance(x, y, z, shape)


def unite(
    distance: Field, x: Field, y: Field, z: Field, shapes: Sequence[Capsule | Ellipsoid]
) -> Field:
    """Unite shapes one after the other, each over its own blend."""
    for shape in shapes:
        distance = smooth_min(distance, shape_distance(x, y, z, shape), shape.blend)
    return distance


def swollen(distance: Field, x: Field, y: Field, z: Field, swells: Sequence[Swell]) -> Field:
    """Raise or hollow the surface softly; nothing changes outside a swell's radii."""
    for swell in swells:
        px, py, pz = (v - c for v, c in zip((x, y, z), swell.centre, strict=True))
        if swell.turn_z:
            px, py = _turned(px, py, swell.turn_z)
        rx, ry, rz = swell.radii
        near = np.flatnonzero((np.abs(px) < max(rx, ry)) & (np.abs(py) < max(rx, ry)))
        px, py, pz = px[near] / rx, py[near] / ry, pz[near] / rz
        rest = np.maximum(1 - px * px - py * py - pz * pz, 0)
        distance[near] -= swell.height * rest * rest * rest
    return distance


def furrowed(distance: Field, x: Field, y: Field, z: Field, furrows: Sequence[Furrow]) -> Field:
    """Groove the surface along lines."""
    for furrow in furrows:
        line = spline_through(furrow.line, _FURROW_SAMPLES)
        reach = 2.2 * furrow.width
        near = within(x, y, z, Box(tuple(line.min(0) - reach), tuple(line.max(0) + reach)))
        off, along = polyline_distance(x[near], y[near], z[near], line)
        first, last = furrow.fade
        window = np.ones_like(along)
        if first:
            window = window * smoothstep(0, first, along)
        if last:
            window = window * smoothstep(1, 1 - last, along)
        distance[near] += furrow.depth * bell(off / furrow.width) * window
    return distance


def within(x: Field, y: Field, z: Field, box: Box) -> NDArray[np.intp]:
    """Indices of the points in a box."""
    inside = (z > box.least[2]) & (z < box.most[2])
    inside &= (y > box.least[1]) & (y < box.most[1])
    inside &= (x >= box.least[0]) & (x < box.most[0])
    return np.flatnonzero(inside)


def curve_through(points: ArrayLike, samples: int = 200) -> tuple[Field, Field]:
    """Shape-preserving curve y(x) through knots as a table for `np.interp`."""
    from scipy.interpolate import PchipInterpolator

    x, y = np.asarray(points, float).T
    at = np.linspace(x[0], x[-1], samples)
    return at, PchipInterpolator(x, y)(at)


def polyline_distance(
    x: Field, y: Field, z: Field, points: NDArray[np.floating]
) -> tuple[Field, Field]:
    """Distance to a polyline and the place along it, 0 to 1 over its segments."""
    pieces = len(points) - 1
    nearest, place = _segment(x, y, z, points[0], points[1])
    place = place / pieces
    for i in range(1, pieces):
        distance, h = _segment(x, y, z, points[i], points[i + 1])
        closer = distance < nearest
        nearest = np.where(closer, distance, nearest)
        place = np.where(closer, (i + h) / pieces, place)
    return nearest, place


def spline_through(points: ArrayLike, samples: int) -> NDArray[np.float64]:
    """Cubic spline through points by chord length, (samples, D)."""
    if isinstance(points, tuple):
        return _known_spline(points, samples).copy()
    return _spline(points, samples)


def _spline(points: ArrayLike, samples: int) -> NDArray[np.float64]:
    from scipy.interpolate import CubicSpline

    knots = np.asarray(points, float)
    length = np.r_[0, np.cumsum(np.linalg.norm(np.diff(knots, axis=0), axis=1))]
    return CubicSpline(length, knots)(np.linspace(0, length[-1], samples))


#: The sculpt's own curves are asked for with every sample of its distance.
_known_spline = lru_cache(maxsize=64)(_spline)
