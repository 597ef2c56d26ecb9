"""How deep lids enter the eyeball, the lips each other, and teeth the lips, in mm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.head.measure.inversion import rotations
from pipeline.head.measure.visible import triangles
from pipeline.head.model import HeadModel

#: Skin so far round the eyeball is looked at, mm from its surface.
_LID_REACH = 6.0
#: What lies deeper in the neutral lies there on purpose (lid floors, gums), mm.
_SUNK = 1.0
EYE_NAMES = ("eye_left", "eye_right")
_INNER = "inner"
TEETH_NAMES = ("teeth_upper", "teeth_lower")
_RADIUS_STEP = 1.0  # deg, of the table of an eyeball's radius
#: Lips: from the mouth line so far up and down, back into the mouth, and of its half width.
_LIP_HEIGHT, _LIP_DEPTH, _LIP_WIDTH = 14.0, 9.0, 0.86
_LOWER_LIP_GOES = 0.5  # of the jaw's way
#: Teeth further behind the mouth's corners are left out, mm.
_MOLARS = 16.0
#: Samples further from a surface than this are not in it, mm.
_FAR = 8.0
#: A tooth of the neutral is no deeper in one lip than this, mm.
_RESTING = 2.0
#: Winding number from which on a point is in the flesh (1 in it, 0 out of it; holes blur it).
_WITHIN = 0.5
#: Points that seem deeper than this (mm) are asked whether they are in the flesh, deepest first
#: and so many in a turn, until one is.
_ASKED, _SUSPECT = 6, 0.25
#: A surface's own points are asked so far before it, mm.
_BEFORE = 0.1
#: Least cosine between the way to a surface and its normal; nearer than this it is not asked.
_ALONG_NORMAL, _CLOSE = 0.6, 1.0


@dataclass(frozen=True)
class Depth:
    """The deepest penetration of one kind.

    Parameters
    ----------
    depth : float
        mm beyond the neutral's.
    place : (x, y, z)
        Where, mm; nan where nothing penetrates.
    """

    depth: float = 0.0
    place: tuple[float, float, float] = (np.nan, np.nan, np.nan)

    @classmethod
    def deepest(cls, depths: NDArray[np.floating], places: NDArray[np.floating]) -> Depth:
        """The largest of the depths that is above 0."""
        if not len(depths) or depths.max() <= 0:
            return cls()
        x, y, z = (float(c) for c in places[int(depths.argmax())])
        return cls(float(depths.max()), (x, y, z))


class _Samples:
    """Points on triangles: corners, middles of edges, middle; with the triangle's normal."""

    def __init__(self, faces: NDArray[np.int64]) -> None:
        self.faces = faces
        self._corners = np.unique(faces)

    def at(self, vertices: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Points and unit normals, (S, 3) each, in the same order for every deformation."""
        a, b, c = (vertices[self.faces[:, i]].astype(np.float64) for i in range(3))
        normal = np.cross(b - a, c - a)
        around = np.zeros((len(vertices), 3))
        for corner in range(3):
            np.add.at(around, self.faces[:, corner], normal)
        points = (vertices[self._corners], (a + b) / 2, (b + c) / 2, (c + a) / 2, (a + b + c) / 3)
        normals = np.vstack([around[self._corners], normal, normal, normal, normal])
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        return np.vstack(points).astype(np.float64), normals


def depths_in(
    points: NDArray[np.float64], surface: NDArray[np.float64], normals: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How far points are behind a sampled surface, (N,) mm; negative before it.

    -inf where the surface is far, or where its nearest place is its rim: beside a piece of
    surface there is no behind.
    """
    from scipy.spatial import cKDTree

    distance, nearest = map(
        np.asarray, cKDTree(surface).query(points, 3, distance_upper_bound=_FAR)
    )
    near = np.isfinite(distance)
    nearest = np.where(near, nearest, 0)
    behind = ((surface[nearest] - points[:, None]) * normals[nearest]).sum(2)
    weight = near / np.maximum(distance, 0.05) ** 2
    total = weight.sum(1)
    depth = (behind * weight).sum(1) / np.maximum(total, 1e-12)
    beside = np.abs(behind[:, 0]) < _ALONG_NORMAL * distance[:, 0]
    faced = near[:, 0] & ~(beside & (distance[:, 0] > _CLOSE))
    return np.where(faced, depth, -np.inf)


def inside(
    points: NDArray[np.float64], vertices: NDArray[np.floating], faces: NDArray[np.integer]
) -> NDArray[np.bool_]:
    """Whether points are within a surface, (N,): by its winding number.

    Solid angles after A. Van Oosterom and J. Strackee, "The solid angle of a plane triangle",
    IEEE Trans. Biomed. Eng. 1983; a surface with holes still tells inside from outside
    (A. Jacobson et al., "Robust inside-outside segmentation", SIGGRAPH 2013).
    """
    corners = vertices[faces].astype(np.float64)
    out = np.zeros(len(points), bool)
    for number, point in enumerate(points):
        a, b, c = (corners[:, k] - point for k in range(3))
        la, lb, lc = (np.sqrt((x * x).sum(1)) for x in (a, b, c))
        volume = (a * np.cross(b, c)).sum(1)
        base = la * lb * lc + (a * b).sum(1) * lc + (b * c).sum(1) * la + (c * a).sum(1) * lb
        out[number] = np.arctan2(volume, base).sum() / (2 * np.pi) > _WITHIN
    return out


class EyeCheck:
    """Lids against one eyeball, cornea included, as it turns."""

    def __init__(self, model: HeadModel, name: str) -> None:
        eye = model.surface(name)
        assert eye is not None
        self._run = slice(eye.start, eye.stop)
        self._ball = model.vertices[self._run].astype(np.float64)
        self._centre, radius = _sphere(self._ball)
        self._table = _radius_table(self._ball - self._centre)
        skin = triangles(model, (model.surfaces[0].name,))
        distance = np.linalg.norm(model.vertices[skin].mean(1) - self._centre, axis=1)
        front = model.vertices[skin].mean(1)[:, 2] > self._centre[2]
        near = (distance < radius + _LID_REACH) & (distance > radius - _SUNK) & front
        self._lids = _Samples(skin[near])
        self._before = self._depths(model.vertices)[0]
        self._kept = self._before < _SUNK

    def of(self, vertices: NDArray[np.floating]) -> Depth:
        """Deepest point of the lids in the eyeball; `vertices` is (N, 3) mm."""
        if not self._kept.any():
            return Depth()
        depths, points = self._depths(vertices)
        more = depths - np.maximum(self._before, 0)
        return Depth.deepest(more[self._kept], points[self._kept])

    def _depths(
        self, vertices: NDArray[np.floating]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        points, _ = self._lids.at(vertices)
        ball = vertices[self._run].astype(np.float64)
        turn = rotations((self._ball - self._ball.mean(0))[None], (ball - ball.mean(0))[None])[0]
        centre = ball.mean(0) - turn @ (self._ball.mean(0) - self._centre)
        ray = (points - centre) @ turn
        length = np.linalg.norm(ray, axis=1)
        return _table_at(self._table, ray / length[:, None]) - length, points


def _sphere(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Centre and radius of the sphere through most of the points."""
    kept = points
    for _ in range(4):  # the cornea stands out and is left out
        system = np.column_stack([2 * kept, np.ones(len(kept))])
        solution = np.linalg.lstsq(system, (kept**2).sum(1), rcond=None)[0]
        centre = solution[:3]
        radius = float(np.sqrt(solution[3] + centre @ centre))
        miss = np.abs(np.linalg.norm(points - centre, axis=1) - radius)
        kept = points[miss <= max(float(np.quantile(miss, 0.6)), 1e-3)]
    return centre, radius


def _angles(rays: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Latitude from the x axis and longitude about it, deg; no pole where lids are."""
    latitude = np.rad2deg(np.arcsin(np.clip(rays[:, 0], -1, 1)))
    return latitude, np.rad2deg(np.arctan2(rays[:, 1], rays[:, 2]))


def _radius_table(ball: NDArray[np.float64]) -> NDArray[np.float64]:
    """Radius of an eyeball by direction, one entry per degree; nearest vertices' mean."""
    from scipy.spatial import cKDTree

    length = np.linalg.norm(ball, axis=1)
    latitude, longitude = np.deg2rad(np.mgrid[-90:91, -180:181] * _RADIUS_STEP)
    rays = np.stack(
        [np.sin(latitude), np.cos(latitude) * np.sin(longitude),
         np.cos(latitude) * np.cos(longitude)], -1,
    )  # fmt: skip
    distance, nearest = cKDTree(ball / length[:, None]).query(rays.reshape(-1, 3), 4)
    weight = 1 / np.maximum(distance, 1e-3) ** 2
    radius = (length[nearest] * weight).sum(1) / weight.sum(1)
    return np.asarray(radius.reshape(latitude.shape))


def _table_at(table: NDArray[np.float64], rays: NDArray[np.float64]) -> NDArray[np.float64]:
    latitude, longitude = _angles(rays)
    row = np.rint(latitude / _RADIUS_STEP).astype(int) + 90
    column = np.rint(longitude / _RADIUS_STEP).astype(int) + 180
    return np.asarray(table[row, column])


def has_mouth(model: HeadModel) -> bool:
    """Whether lips and teeth can be told apart on this head."""
    return _jaw(model) != "" and any(model.surface(name) for name in TEETH_NAMES)


def _jaw(model: HeadModel) -> str:
    """The control that opens the mouth widest: it tells the lower lip from the upper."""
    known = set(model.controls)
    return next((name for name in ("AU27", "AU26", "jawOpen") if name in known), "")


class LipCheck:
    """The lips against each other, and teeth against lips and cheeks.

    Parameters
    ----------
    model : HeadModel
        With `has_mouth`.
    """

    def __init__(self, model: HeadModel) -> None:
        vertices = model.vertices.astype(np.float64)
        marks = vertices[model.landmarks]
        flesh = triangles(model, (model.surfaces[0].name, _INNER))
        self._flesh = flesh
        middles = vertices[flesh].mean(1)
        opened = model.deform({_jaw(model): 1.0})[0].astype(np.float64)
        way = (vertices - opened)[:, 1]
        lower_goes = way[model.landmarks[66]]
        goes = way[flesh].mean(1) > _LOWER_LIP_GOES * lower_goes
        line, half = marks[[62, 66], 1].mean(), np.abs(marks[[48, 54], 0]).mean()
        arch = marks[62, 2] - (marks[62, 2] - marks[54, 2]) * (middles[:, 0] / half) ** 2
        lips = (
            (np.abs(middles[:, 1] - line) < _LIP_HEIGHT)
            & (middles[:, 2] > arch - _LIP_DEPTH)
            & (np.abs(middles[:, 0]) < _LIP_WIDTH * half)
        )
        self._upper, self._lower = _Samples(flesh[lips & ~goes]), _Samples(flesh[lips & goes])
        self._lips_before = depths_in(self._lower.at(vertices)[0], *self._upper.at(vertices))
        near = (np.abs(middles[:, 1] - line) < 40) & (middles[:, 2] > arch - 45)
        self._mouth = _Samples(flesh[near])
        self._halves = (_Samples(flesh[near & ~goes]), _Samples(flesh[near & goes]))
        teeth = np.unique(triangles(model, TEETH_NAMES))
        # Molars are behind the cheeks, where nobody sees what they touch.
        self._teeth = teeth[vertices[teeth, 2] > marks[54, 2] - _MOLARS]
        self._teeth_before = self._teeth_at_rest(vertices)

    @property
    def lower_faces(self) -> NDArray[np.int64]:
        """Triangles of the lower lip, (M, 3) vertices of the model."""
        return self._lower.faces

    def lips(self, vertices: NDArray[np.floating]) -> Depth:
        """Deepest point of the lower lip in the upper; `vertices` is (N, 3) mm."""
        points, normals = self._lower.at(vertices)
        depths = depths_in(points, *self._upper.at(vertices))
        more = depths - np.maximum(self._lips_before, 0)
        return self._deepest(more, points, points + _BEFORE * normals, vertices)

    def teeth(self, vertices: NDArray[np.floating]) -> Depth:
        """Deepest point of a tooth in lips or cheeks; `vertices` is (N, 3) mm."""
        points = vertices[self._teeth].astype(np.float64)
        depths, before = depths_in(points, *self._mouth.at(vertices)), self._teeth_before
        more = np.where(before < _SUNK, depths - np.maximum(before, 0), 0)
        return self._deepest(more, points, points, vertices)

    def _deepest(
        self,
        depths: NDArray[np.float64],
        points: NDArray[np.float64],
        asked: NDArray[np.float64],
        vertices: NDArray[np.floating],
    ) -> Depth:
        """The deepest point that is in the flesh: at edges the nearest surface can mislead."""
        order = np.argsort(-depths)
        order = order[depths[order] > _SUSPECT]
        for turn in range(0, len(order), _ASKED):
            chosen = order[turn : turn + _ASKED]
            within = chosen[inside(asked[chosen], vertices, self._flesh)]
            if len(within):
                return Depth.deepest(depths[within], points[within])
        rest = depths <= _SUSPECT
        return Depth.deepest(depths[rest], points[rest])

    def _teeth_at_rest(self, vertices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Depth of each tooth's points in the neutral.

        What hangs on the skull and what on the jaw is asked apart as well: a tooth that rests
        in the lower lip is in it no deeper when the upper lip, which lay nearer, leaves.
        """
        points = vertices[self._teeth]
        rest = depths_in(points, *self._mouth.at(vertices))
        for half in self._halves:
            depths = depths_in(points, *half.at(vertices))
            rest = np.where(depths < _RESTING, np.maximum(rest, depths), rest)
        return rest
