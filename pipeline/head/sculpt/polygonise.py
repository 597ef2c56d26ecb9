"""From the signed distance to a mirrored skin mesh with a mouth that is closed but not sewn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.head.sculpt.anatomy import (
    CAVITY_BACK,
    MOUTH_HALF_WIDTH,
    closed_mouth,
)
from pipeline.head.sculpt.coarsen import coarsen
from pipeline.head.sculpt.ear import left_ear
from pipeline.head.sculpt.features import distance_at, open_distance
from pipeline.head.sculpt.lids import to_lid_margins
from pipeline.head.sculpt.parameters.detail import AXIS_X, AXIS_Y, AXIS_Z, AxisKnot, Detail

Vertices = NDArray[np.float64]
Faces = NDArray[np.int64]

_SEAM = 1e-4
_SNAP = 0.33  # of the finest step: so near lie vertices that belong on a lid margin
_STRIDE = 3  # grid points per coarse sample
_STEEPEST = 2.0  # the distance field grows at most so fast
_PRESS = 0.38  # mm by which the lips' walls are pushed into each other, against light leaks


@dataclass(frozen=True)
class SkinMesh:
    """The neutral skin.

    Parameters
    ----------
    vertices : (N, 3) float64
        mm, mouth closed.
    faces : (M, 3) int64
        Counter-clockwise from outside.
    normals : (N, 3) float64
        Unit, outwards.
    side : (N,) float64
        +1 over the lip line, -1 under it.
    mirror : (N,) int64
        Vertex on the other half; itself on the seam.
    in_slit : (N,) bool
        On the walls between the lips.
    """

    vertices: Vertices
    faces: Faces
    normals: Vertices
    side: NDArray[np.float64]
    mirror: NDArray[np.int64]
    in_slit: NDArray[np.bool_]


def vertex_normals(vertices: NDArray[np.floating], faces: NDArray[np.integer]) -> Vertices:
    """Area-weighted unit normals, (N, 3)."""
    a = vertices[faces[:, 0]]
    face_normals = np.cross(vertices[faces[:, 1]] - a, vertices[faces[:, 2]] - a)
    normals = np.zeros(vertices.shape, float)
    for corner in range(3):
        for axis in range(3):
            normals[:, axis] += np.bincount(faces[:, corner], face_normals[:, axis], len(vertices))
    return normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12)


def adjacency(count: int, faces: NDArray[np.integer]) -> sp.csr_matrix:
    """Vertex graph, (count, count), ones."""
    edges = np.vstack([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = np.vstack([edges, edges[:, ::-1]])
    graph = sp.csr_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), (count, count))
    graph.data[:] = 1
    return graph


def graded_axis(knots: Sequence[AxisKnot], step: float, coarsest: float) -> NDArray[np.float64]:
    """Grid coordinates whose spacing follows the knots, times `step`, at most `coarsest`."""
    positions, spacings = np.array(knots, float).T
    fine = np.linspace(positions[0], positions[-1], 4001)
    spacing = np.minimum(np.interp(fine, positions, spacings * step), coarsest)
    count = np.r_[0, np.cumsum(np.diff(fine) * 0.5 * (1 / spacing[1:] + 1 / spacing[:-1]))]
    return np.interp(np.linspace(0, count[-1], round(count[-1]) + 1), count, fine)


def gradient(
    distance: Callable[[Vertices], NDArray[np.floating]], points: Vertices, step: float = 0.25
) -> Vertices:
    """Gradient by the tetrahedron stencil (four samples), (N, 3)."""
    corners = np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]], float)
    total = np.zeros_like(points)
    for corner in corners:
        total += corner * distance(points + corner * step)[:, None]
    return total / (4 * step)


def _half_surface(detail: Detail) -> tuple[Vertices, Faces]:
    """Marching cubes over x >= 0 in sculpting space, the largest piece, facing outwards."""
    from skimage.measure import marching_cubes

    axes = [graded_axis(k, detail.step, detail.coarsest) for k in (AXIS_X, AXIS_Y, AXIS_Z)]
    indices, faces, _, _ = marching_cubes(_sampled(axes), 0.0)
    vertices = np.stack(
        [np.interp(indices[:, i], np.arange(len(a)), a) for i, a in enumerate(axes)], 1
    )
    vertices, faces = _largest_piece(vertices, faces.astype(np.int64))
    sample = faces[::50]
    a = vertices[sample[:, 0]]
    face_normals = np.cross(vertices[sample[:, 1]] - a, vertices[sample[:, 2]] - a)
    outwards = gradient(distance_at, vertices[sample].mean(1))
    return vertices, faces if (face_normals * outwards).sum() > 0 else faces[:, ::-1].copy()


def _sampled(axes: Sequence[NDArray[np.float64]]) -> NDArray[np.float32]:
    """`open_distance` on a grid: exact near the surface, its coarse sample elsewhere."""
    nearest, reach = [], []
    for a in axes:
        sample = np.minimum((np.arange(len(a)) + 1) // _STRIDE * _STRIDE, len(a) - 1)
        nearest.append(sample)
        reach.append(_STRIDE / 2 * np.gradient(a))
    coarse = [np.unique(n, return_inverse=True) for n in nearest]
    places = np.meshgrid(
        *(a[used].astype(np.float32) for a, (used, _) in zip(axes, coarse, strict=True)),
        indexing="ij",
    )
    sampled = open_distance(*places)[np.ix_(*(back for _, back in coarse))]
    x, y, z = np.ix_(*(r * r for r in reach))
    near = np.nonzero(sampled * sampled < _STEEPEST**2 * (x + y + z))
    x, y, z = (a[i].astype(np.float32) for a, i in zip(axes, near, strict=True))
    sampled[near] = open_distance(x, y, z)
    return sampled


def _largest_piece(vertices: Vertices, faces: Faces) -> tuple[Vertices, Faces]:
    graph = adjacency(len(vertices), faces)
    _, label = sp.csgraph.connected_components(graph, directed=False)
    keep = label == np.bincount(label).argmax()
    number = np.cumsum(keep) - 1
    return vertices[keep], number[faces[keep[faces[:, 0]]]]


def _relaxed(vertices: Vertices, faces: Faces, rounds: int, reach: float) -> Vertices:
    """Even out the triangles along the surface, then step back onto it (Newton).

    Vertices within `reach` mm of a lid margin move onto it.
    """
    seam = vertices[:, 0] < _SEAM
    graph = adjacency(len(vertices), faces)
    degree = np.asarray(graph.sum(1)).ravel()[:, None]
    v = vertices.copy()
    for _ in range(rounds):
        pull = (graph @ v) / degree - v
        normals = vertex_normals(v, faces)
        pull -= normals * (pull * normals).sum(1, keepdims=True)
        pull[seam, 0] = 0
        v += 0.5 * pull
        v[:, 1] += to_lid_margins(v, reach)
        v[seam, 0] = 0
        slope = gradient(distance_at, v)
        square = np.maximum((slope * slope).sum(1), 0.25)
        back = np.clip(distance_at(v) / square, -0.8, 0.8)[:, None] * slope
        back[seam, 0] = 0
        v -= 0.9 * back
        v[:, 0] = np.where(seam, 0, np.maximum(v[:, 0], 0.02))
    return v


def _mirrored(vertices: Vertices, faces: Faces) -> tuple[Vertices, Faces, NDArray[np.int64]]:
    """Both halves and the map between them."""
    seam = vertices[:, 0] < _SEAM
    count = len(vertices)
    other = np.arange(count)
    other[~seam] = count + np.arange((~seam).sum())
    both = np.vstack([vertices, vertices[~seam] * [-1, 1, 1]])
    mirror = np.empty(len(both), np.int64)
    mirror[:count] = other
    mirror[other[~seam]] = np.arange(count)[~seam]
    return both, np.vstack([faces, other[faces][:, ::-1]]), mirror


def _joined(*pieces: tuple[Vertices, Faces]) -> tuple[Vertices, Faces]:
    """Meshes in one, each with its own vertices."""
    starts = np.r_[0, np.cumsum([len(v) for v, _ in pieces])]
    faces = [f + start for (_, f), start in zip(pieces, starts[:-1], strict=True)]
    return np.vstack([v for v, _ in pieces]), np.vstack(faces)


def _close_mouth(open_vertices: Vertices) -> tuple[Vertices, Vertices, NDArray[np.bool_]]:
    """Close the slit; upper and lower lip keep their own vertices."""
    v = open_vertices.copy()
    v[:, 1], from_slit, half = closed_mouth(v[:, 0], v[:, 1])
    side = np.sign(from_slit)
    depth = np.abs(from_slit) - half
    wall = (depth < 0.35) & (np.abs(v[:, 0]) < MOUTH_HALF_WIDTH) & (v[:, 2] > CAVITY_BACK)
    press = _PRESS * np.clip((half - 0.1) / 0.6, 0, 1) * np.clip((1.0 - depth) / 0.8, 0, 1)
    v[wall, 1] -= (side * press)[wall]
    return v, side, wall


def polygonise(detail: Detail, relax_rounds: int = 3) -> SkinMesh:
    """Make the neutral skin at a level of detail."""
    vertices, faces = _half_surface(detail)
    vertices = _relaxed(vertices, faces, 1, 0.0)
    vertices, faces = coarsen(vertices, faces, detail.step)
    vertices = _relaxed(vertices, faces, relax_rounds, _SNAP * detail.step)
    vertices, faces = _joined((vertices, faces), left_ear(detail.step))
    vertices, faces, mirror = _mirrored(vertices, faces)
    vertices, side, in_slit = _close_mouth(vertices)
    normals = vertex_normals(vertices, faces)
    return SkinMesh(vertices, faces, normals, side, mirror, in_slit)
