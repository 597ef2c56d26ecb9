"""Which of the head's triangles a camera sees: a depth map drawn with samples, without VTK."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.head.model import HeadModel
from pipeline.head.scene.camera import Camera

#: Strands hide single pixels, not what lies under them.
STRANDS = ("brows", "lashes", "hairline", "wisps")
_CELL = 0.6  # mm, of the depth map
_BEHIND = 0.8  # mm, a surface so far behind the foremost still counts as foremost
_FACING = 0.1  # least cosine between a triangle's normal and the line of sight
_MOST_STEPS = 64


def triangles(model: HeadModel, names: tuple[str, ...] | None = None) -> NDArray[np.int64]:
    """Faces of surfaces in the model's vertices, (M, 3); all but strands unless named."""
    chosen = [
        s.start + s.faces.astype(np.int64)
        for s in model.surfaces
        if (s.name in names if names is not None else s.name not in STRANDS)
    ]
    return np.vstack(chosen) if chosen else np.zeros((0, 3), np.int64)


def area_vectors(vertices: NDArray[np.floating], faces: NDArray[np.integer]) -> NDArray[np.float64]:
    """Normal of each triangle times twice its area, (M, 3)."""
    a, b, c = (vertices[faces[:, i]].astype(np.float64) for i in range(3))
    return np.cross(b - a, c - a)


def visible_triangles(model: HeadModel, camera: Camera) -> NDArray[np.int64]:
    """Triangles of the skin that face the camera with no part of the head before them.

    Parameters
    ----------
    model : HeadModel
        Its neutral is looked at.
    camera : Camera
        Only its direction counts (parallel projection).

    Returns
    -------
    (M, 3) int64
        Vertices of the model.
    """
    vertices = model.vertices.astype(np.float64)
    seen = vertices @ camera.axes.T  # right, up, towards the eye; mm
    skin = triangles(model, (model.surfaces[0].name,))
    areas = area_vectors(seen, skin)
    length = np.linalg.norm(areas, axis=1)
    faces = skin[(areas[:, 2] > _FACING * length) & (length > 0)]
    low = seen[:, :2].min(0)
    front = _depth_map(seen - [*low, 0.0], triangles(model))
    places = (seen[faces].mean(1) - [*low, 0.0]) / [_CELL, _CELL, 1.0]
    cell = places[:, :2].astype(int)
    return faces[places[:, 2] > front[cell[:, 0], cell[:, 1]] - _BEHIND]


def _depth_map(seen: NDArray[np.float64], faces: NDArray[np.int64]) -> NDArray[np.float64]:
    """Depth of the foremost surface in each cell; -inf where there is none."""
    shape = (seen[:, :2].max(0) / _CELL).astype(int) + 2
    front = np.full(shape, -np.inf)
    corners = seen[faces]
    edges = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(1)
    steps = np.clip(np.ceil(edges / _CELL * 1.5), 1, _MOST_STEPS).astype(int)
    for count in np.unique(steps):
        i, j = np.mgrid[0 : count + 1, 0 : count + 1]
        inside = i + j <= count
        u, v = i[inside] / count, j[inside] / count
        blend = np.stack([u, v, 1 - u - v])
        points = np.einsum("mcx,cp->mpx", corners[steps == count], blend).reshape(-1, 3)
        cell = (points[:, :2] / _CELL).astype(int)
        np.maximum.at(front, (cell[:, 0], cell[:, 1]), points[:, 2])
    return front
