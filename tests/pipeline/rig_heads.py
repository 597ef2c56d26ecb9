"""Heads made up for tests of the rig: sheets whose distances are known."""

from __future__ import annotations

import numpy as np

from pipeline.head.model import HeadModel, Surface
from pipeline.head.rig.capture import OTHER_SIDE

#: Between the outer eye corners of a sheet, mm.
IOD = 90.0
STEP = 5.0
_COLUMNS, _ROWS = 41, 49


def _places():
    """Where 68 points are put, (68, 2) mm: each on a vertex, mirrored exactly."""
    out = np.zeros((68, 2))
    for point in range(68):
        other = OTHER_SIDE[point]
        x = 0.0 if other == point else STEP * (1 + (min(point, other) * 7) % 9)
        y = STEP * (((min(point, other) * 5) % 17) - 8)
        out[point] = (-x if point < other else x, y)
    out[36], out[45] = (-IOD / 2, 0.0), (IOD / 2, 0.0)
    return out


PLACES = _places()


def sheet(*, bend=None, seam=False, jitter=0.0, shapes=None, extra=()):
    """A head that is a sheet of triangles in the plane z = 0.

    Parameters
    ----------
    bend : callable, optional
        (N, 3) mm to (N, 3) mm, after the landmarks were chosen.
    seam : bool
        Vertices on x = 0 stand twice, as where a picture's seam runs.
    jitter : float
        mm by which inner vertices that are no landmarks are shifted in the plane.
    shapes : mapping of str to (N, 3) mm, optional
    extra : sequence of (name, points (P, 3), faces (M, 3), pictures)
        Further surfaces.
    """
    columns = (np.arange(_COLUMNS) - _COLUMNS // 2) * STEP
    rows = (np.arange(_ROWS) - _ROWS // 2) * STEP
    x, y = np.meshgrid(columns, rows)
    points = np.stack([x, y, 0 * x], -1).reshape(-1, 3)
    index = np.arange(_COLUMNS * _ROWS).reshape(_ROWS, _COLUMNS)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    faces = np.concatenate(
        [np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)]
    )
    landmarks = np.array(
        [np.linalg.norm(points[:, :2] - place, axis=1).argmin() for place in PLACES]
    )
    if jitter:
        inner = np.zeros((_ROWS, _COLUMNS), bool)
        inner[1:-1, 1:-1] = True
        inner = inner.ravel()
        inner[landmarks] = False
        random = np.random.default_rng(4)
        points[inner, :2] += random.uniform(-jitter, jitter, (int(inner.sum()), 2))
    if seam:
        points, faces = _cut(points, faces)
    if bend is not None:
        points = bend(points)
    return _model(points, faces, landmarks, shapes or {}, extra)


def _cut(points, faces):
    on = np.flatnonzero(points[:, 0] == 0)
    twin = np.full(len(points), -1)
    twin[on] = len(points) + np.arange(len(on))
    right = points[faces].mean(axis=1)[:, 0] < 0
    faces = faces.copy()
    side = faces[right]
    faces[right] = np.where(twin[side] >= 0, twin[side], side)
    return np.vstack([points, points[on]]), faces


def _model(points, faces, landmarks, shapes, extra):
    surfaces = [_surface("skin", 0, points, faces, {})]
    every = [points]
    for name, more, triangles, pictures in extra:
        start = surfaces[-1].stop
        surfaces.append(_surface(name, start, more, triangles, pictures))
        every.append(more)
    vertices = np.vstack(every).astype(np.float32)
    runs = [np.flatnonzero(np.abs(move).any(axis=1)) for move in shapes.values()]
    deltas = [move[ids] for move, ids in zip(shapes.values(), runs, strict=True)]
    total = sum(len(ids) for ids in runs)
    return HeadModel(
        name="sheet", lod="live", vertices=vertices,
        normals=np.tile(np.array([0, 0, 1], np.float32), (len(vertices), 1)),
        surfaces=tuple(surfaces), shape_names=tuple(shapes),
        shape_start=np.r_[0, np.cumsum([len(ids) for ids in runs])].astype(np.int64),
        shape_ids=np.concatenate([np.zeros(0), *runs]).astype(np.int32),
        shape_deltas=np.concatenate([np.zeros((0, 3)), *deltas]).astype(np.float32),
        shape_normals=np.zeros((total, 3), np.float32),
        landmarks=landmarks.astype(np.int32), lids=np.zeros(0, np.int32),
    )  # fmt: skip


def _surface(name, start, points, faces, pictures):
    return Surface(
        name, start, start + len(points), np.asarray(faces, np.int32),
        np.zeros((0, 3), np.uint8), np.zeros((0, 2), np.float32), pictures=pictures,
    )  # fmt: skip


def dense(model, moves):
    """Displacement of all vertices, (N, 3) mm."""
    out = np.zeros((len(model.vertices), 3))
    out[moves.ids] = moves.deltas
    return out
