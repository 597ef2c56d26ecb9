"""The ear: a mesh of its own whose rings follow concha, antihelix, scapha and helix.

A grid of rings around the concha shows with 250 vertices what a distance field on the head's
grid does not with 900. Its outermost ring lies just under the skin of cheek and skull, so that
no seam is seen.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.head.sculpt.features import bare_distance
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.ear import EarParameters, Round
from pipeline.head.sculpt.sdf import Field, bell, polyline_distance, smoothstep, spline_through

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

Points = NDArray[np.float64]

# Stations of a profile from the concha outwards, over the edge and back to the skull.
_FLOOR, _WALL, _BRIM, _SLOPE, _SCAPHA, _LIP, _CREST, _EDGE = 1, 2, 3, 4, 5, 6, 7, 8
_STATIONS = 14
_DRAPE_ROUNDS = 4
_FINEST = 1.0  # grid step that the distance is sampled at
_FAR, _HALF_SHEET, _OFF_SKIN = 20.0, 2.5, 1.5  # mm


def _around(table: Round, angle: Field) -> Field:
    """Periodic spline through a table, at angles in deg."""
    from scipy.interpolate import PchipInterpolator

    knots, values = np.array(table, float).T
    knots = np.r_[knots[-3:] - 360, knots, knots[:3] + 360]
    values = np.r_[values[-3:], values, values[:3]]
    return np.asarray(PchipInterpolator(knots, values)(angle % 360))


def ear_axes(ear: EarParameters = HEAD.ear) -> Points:
    """Rows u (backwards), v (up) and w (outwards) of the left auricle, (3, 3)."""
    flare, lean = np.deg2rad(ear.flare), np.deg2rad(ear.lean)
    upright = np.array(
        [[np.sin(flare), 0, -np.cos(flare)], [0, 1, 0], [np.cos(flare), 0, np.sin(flare)]]
    )
    c, s = np.cos(lean), np.sin(lean)
    return upright @ np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def _profiles(angle: Field, ear: EarParameters) -> tuple[Field, Field]:
    """Radius and height of each station of the free ear, each (stations, angles)."""
    out, brim = _around(ear.outline, angle), _around(ear.brim, angle)
    top, roll = _around(ear.brim_height, angle), _around(ear.helix, angle)
    fold = _around(ear.fold, angle)
    width = ear.roll_width * (0.55 + 0.45 * roll)
    lip = out - width
    between = np.maximum(lip - brim, 0.6)
    scapha = ear.scapha_height * roll + ear.lobe_height * (1 - roll)
    crest = ear.roll_height * roll
    radius = [
        0.12 * brim, 0.58 * brim, 0.88 * brim, brim, brim + 0.42 * between,
        lip - 0.9 * roll - 0.14 * between * (1 - roll), lip, out - 0.5 * width,
        out, out - 0.9, 0.55 * out + 0.45 * fold, 0.2 * out + 0.8 * fold, fold, fold + ear.apron,
    ]  # fmt: skip
    height = [
        np.full_like(brim, ear.floor_height), ear.floor_height + 0.6 + 0 * brim,
        0.42 * ear.floor_height + 0.3 * top, top, 0.6 * top + 0.4 * scapha,
        scapha, 0.45 * crest + 0.55 * scapha + 1.0 * roll, crest,
        0.3 * crest - 0.4, 0.3 * crest - 0.4 - ear.thickness,
        -5.4 + 0 * brim, -9.5 + 0 * brim, -14 + 0 * brim, -14 + 0 * brim,
    ]  # fmt: skip
    return np.array(radius), np.array(height)


def _front_profiles(angle: Field, ear: EarParameters) -> tuple[Field, Field, Field]:
    """Radius, height and hold on the cheek's skin of each station in front of the concha."""
    radius, height = _profiles(angle, ear)
    out, brim, top = (_around(t, angle) for t in (ear.outline, ear.brim, ear.brim_height))
    share = np.linspace(0, 1, _STATIONS - _BRIM)[:, None]
    radius[_BRIM:] = brim + (out + ear.apron - brim) * share
    drop = smoothstep(0, 0.45, share)
    height[_BRIM:] = top * (1 - drop) - 3.0 * drop
    hold = np.zeros_like(radius)
    hold[_BRIM:] = smoothstep(0.05, 0.62, share)
    return radius, height, hold


def _drape(points: Points, depth: Field) -> Points:
    """Points moved along the slope until they lie `depth` mm over the bare skin."""
    p = points.copy()
    for _ in range(_DRAPE_ROUNDS):
        slope = np.zeros_like(p)
        for corner in np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]], float):
            q = p + 0.25 * corner
            slope += corner * bare_distance(q[:, 0], q[:, 1], q[:, 2])[:, None]
        square = np.maximum((slope * slope).sum(1), 0.3)
        p -= ((bare_distance(p[:, 0], p[:, 1], p[:, 2]) - depth) / square)[:, None] * slope
    return p


def _placed(radius: Field, height: Field, angle: Field, ear: EarParameters) -> Points:
    """Stations in the head's coordinates, (stations, angles, 3)."""
    a = np.deg2rad(angle)
    local = np.stack([radius * np.cos(a), radius * np.sin(a), height], -1)
    inner = np.clip(1 - np.arange(_STATIONS) / _BRIM, 0, 1)[:, None, None]
    local[..., :2] += inner * ear.canal
    return np.asarray(local @ ear_axes(ear) + ear.centre)


def _stations(angle: Field, ear: EarParameters) -> Points:
    """The profiles' corners, (stations, angles, 3)."""
    free = _placed(*_profiles(angle, ear), angle, ear)
    radius, height, hold = _front_profiles(angle, ear)
    front = _placed(radius, height, angle, ear)
    depth = np.full(len(angle), 0.2)
    for station in range(_BRIM + 1, _STATIONS):
        last = station == _STATIONS - 1
        on_skin = _drape(front[station], depth - (ear.seat + 0.2) * last)
        front[station] += hold[station][:, None] * (on_skin - front[station])
    for station in (_STATIONS - 2, _STATIONS - 1):
        free[station] = _drape(free[station], depth - (ear.seat + 0.2) * (station == 13))
    free = _lifted(free, ear)
    cheek = _around(ear.cheek, angle)[None, :, None]
    return free + cheek * (front - free)


def _lifted(stations: Points, ear: EarParameters) -> Points:
    """The auricle's front raised to where the head does not come through it."""
    lifted, out = stations.copy(), ear_axes(ear)[2]
    for station, least in enumerate(ear.clearance):
        for _ in range(2):
            p = lifted[station]
            lack = least - bare_distance(p[:, 0], p[:, 1], p[:, 2])
            lifted[station] = p + np.maximum(lack, 0)[:, None] * out
    return lifted


def _relief(points: Points, ring: Field, ear: EarParameters) -> Points:
    """Crura and fossae laid over the auricle's front."""
    axes = ear_axes(ear)
    local = (points - ear.centre) @ axes.T
    u, v, flat = local[..., 0], local[..., 1], np.zeros(local.shape[:2])
    height = np.zeros_like(flat)
    for ridge in ear.ridges:
        line = np.column_stack([spline_through(ridge.points, 9), np.zeros(9)])
        distance, _ = polyline_distance(u, v, flat, line)
        height += ridge.height * bell(distance / ridge.width)
    fades = smoothstep(_LIP, _SCAPHA - 0.4, ring)[:, None]
    return points + (height * fades)[..., None] * axes[2]


def _grid(places: Field, around: int, ear: EarParameters) -> Points:
    """The ear's front and back as a grid of rings, (rings, around, 3)."""
    from scipy.interpolate import PchipInterpolator

    fine = np.linspace(0, 360, 721)
    out = _around(ear.outline, fine) * np.exp(1j * np.deg2rad(fine))
    length = np.r_[0, np.cumsum(np.abs(np.diff(out)))]
    angle = np.interp(np.arange(around) / around * length[-1], length, fine)
    along = PchipInterpolator(np.arange(_STATIONS), _stations(angle, ear), axis=0)
    return _relief(np.asarray(along(places)), places, ear)


def _ring_places(step: float, ear: EarParameters) -> tuple[Field, int]:
    if step > 2.0:
        return np.array(ear.draft_rings), ear.around[0]
    if step > 1.4:
        return np.array(ear.live_rings), ear.around[1]
    return np.linspace(0, _STATIONS - 1, ear.still_rings), ear.around[2]


def left_ear(step: float, ear: EarParameters = HEAD.ear) -> tuple[Points, NDArray[np.int64]]:
    """The left ear at a level's grid step.

    Returns
    -------
    vertices : (P, 3) float64
        mm; the outermost ring lies under the skin.
    faces : (Q, 3) int64
        Counter-clockwise from outside.
    """
    places, around = _ring_places(step, ear)
    grid = _grid(places, around, ear)
    rings = len(grid)
    i, j = np.meshgrid(np.arange(rings - 1), np.arange(around), indexing="ij")
    a, b = i * around + j, i * around + (j + 1) % around
    faces = np.stack(
        [np.stack([a, a + around, b], -1), np.stack([b, a + around, b + around], -1)], 2
    ).reshape(-1, 3)
    vertices = np.vstack([grid.reshape(-1, 3), grid[0].mean(0)])
    middle = np.full(around, rings * around)
    first = np.arange(around)
    fan = np.stack([middle, first, (first + 1) % around], -1)
    return vertices, np.vstack([faces, fan])


@lru_cache(maxsize=1)
def _sampled() -> tuple[cKDTree, Points, Points, NDArray[np.bool_]]:
    """Faces of the finest ear: middles, normals, and which are of the free auricle."""
    from scipy.spatial import cKDTree

    vertices, faces = left_ear(_FINEST)
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    points, normals = (a + b + c) / 3, np.cross(b - a, c - a)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    free = bare_distance(points[:, 0], points[:, 1], points[:, 2]) > _OFF_SKIN
    return cKDTree(points), points, normals, free


def ear_distance(x: Field, y: Field, z: Field) -> Field:
    """Distance to the ear's surface, mm, negative within the auricle's cartilage.

    Good to a fraction of a mm near the ear; beyond `_FAR` mm it is only a lower bound.
    """
    tree, points, normals, free = _sampled()
    p = np.stack(np.broadcast_arrays(np.abs(x), y, z), -1).astype(float)
    low, high = points.min(0), points.max(0)
    distance = np.linalg.norm(np.maximum(np.maximum(low - p, p - high), 0), axis=-1)
    near = distance < _FAR
    apart, index = tree.query(p[near])
    behind = ((p[near] - points[index]) * normals[index]).sum(1) < 0
    inside = behind & free[index] & (apart < _HALF_SHEET)
    distance[near] = np.where(inside, -apart, apart)
    return distance


def head_distance(x: Field, y: Field, z: Field) -> Field:
    """Signed distance to the skin with ears, the mouth closed; symmetric in x."""
    return np.minimum(bare_distance(x, y, z), ear_distance(x, y, z))
