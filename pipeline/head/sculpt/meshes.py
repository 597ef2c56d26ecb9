"""Parts beside the skin and the mesh operations that make them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.head.sculpt.noise import value_noise
from pipeline.head.sculpt.polygonise import SkinMesh, vertex_normals
from pipeline.head.sculpt.sdf import Field


@dataclass
class PartMesh:
    """A mesh that is drawn with its own material and moves with the skin.

    Parameters
    ----------
    vertices, faces, normals : (P, 3), (Q, 3), (P, 3)
        mm, neutral.
    colours : (P, 3) float64
        Linear RGB; empty where a picture gives the colours.
    binding : (P, N) sparse or None
        Displacement of each vertex as a weighted sum of skin displacements; None: rigid.
    jaw : bool
        Rigid with the lower jaw.
    closing : dict
        Extra displacement (P, 3) at full activation of a shape (lashes turn with the lid).
    uv : (P, 2) or None
        Map coordinates, for a picture or a detail map.
    """

    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    normals: NDArray[np.float64]
    colours: NDArray[np.float64]
    binding: sp.csr_matrix | None = None
    jaw: bool = False
    closing: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    uv: NDArray[np.float64] | None = None


def part(
    vertices: NDArray[np.float64], faces: NDArray[np.int64], colours: NDArray[np.float64]
) -> PartMesh:
    """Part with its normals worked out."""
    return PartMesh(vertices, faces, vertex_normals(vertices, faces), colours)


def outwards(vertices: NDArray[np.float64], faces: NDArray[np.int64]) -> NDArray[np.int64]:
    """Faces of a star-shaped mesh turned so that they look away from its middle."""
    normals = vertex_normals(vertices, faces)
    facing = (normals * (vertices - vertices.mean(0))).sum()
    return faces if facing > 0 else faces[:, ::-1].copy()


def mirrored(
    skin: SkinMesh,
    vertices: NDArray[np.float64],
    faces: NDArray[np.int64],
    binding: sp.csr_matrix,
    colours: NDArray[np.float64],
) -> PartMesh:
    """Both sides of a part made on the left half."""
    entries = binding.tocoo()
    other = sp.csr_matrix((entries.data, (entries.row, skin.mirror[entries.col])), binding.shape)
    both = part(
        np.vstack([vertices, vertices * [-1, 1, 1]]),
        np.vstack([faces, faces[:, ::-1] + len(vertices)]),
        np.vstack([colours, colours]),
    )
    both.binding = sp.vstack([binding, other]).tocsr()
    return both


def superellipsoid(
    centre: Sequence[float], radii: Sequence[float], exponent: float, rings: int, ring: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Superellipsoid as a (rings, ring) grid (Barr 1981)."""
    u = np.linspace(-np.pi / 2, np.pi / 2, rings)
    v = np.linspace(-np.pi, np.pi, ring, endpoint=False)
    uu, vv = np.meshgrid(u, v, indexing="ij")

    def power(a: Field) -> Field:
        return np.sign(a) * np.abs(a) ** exponent

    points = np.stack(
        [radii[0] * power(np.cos(uu)) * power(np.cos(vv)), radii[1] * power(np.sin(uu)),
         radii[2] * power(np.cos(uu)) * power(np.sin(vv))], -1,
    )  # fmt: skip
    return points.reshape(-1, 3) + centre, grid_faces(rings, ring)


def grid_faces(rings: int, ring: int) -> NDArray[np.int64]:
    """Faces of a grid that closes around its second axis."""
    i, j = np.meshgrid(np.arange(rings - 1), np.arange(ring), indexing="ij")
    a, b = i * ring + j, i * ring + (j + 1) % ring
    first = np.stack([a, a + ring, b], -1)
    second = np.stack([b, a + ring, b + ring], -1)
    return np.stack([first, second], 2).reshape(-1, 3)


def clip_mesh(
    count: int, faces: NDArray[np.int64], level: Field
) -> tuple[sp.csr_matrix, NDArray[np.int64]]:
    """Part of a mesh where ``level > 0``, cut exactly along the zero line.

    Returns
    -------
    interpolation : (P, count) sparse
        New vertices as weighted sums of the old.
    faces : (Q, 3)
    """
    inside = level > 0
    inner = np.flatnonzero(inside)
    number = np.full(count, -1)
    number[inner] = np.arange(len(inner))
    corners = inside[faces].sum(1)
    pieces = [number[faces[corners == 3]]]
    cuts: list[NDArray[np.int64]] = []
    base = len(inner)

    def cut(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
        """Provisional vertex of each edge (inside end first)."""
        cuts.append(np.stack([a, b], 1))
        start = base + sum(len(c) for c in cuts[:-1])
        return start + np.arange(len(a))

    for lonely, wanted in ((True, 1), (False, 2)):
        some = faces[corners == wanted]
        first = np.argmax(inside[some] == lonely, axis=1)
        a, b, c = (some[np.arange(len(some)), (first + k) % 3] for k in range(3))
        if lonely:
            pieces.append(np.stack([number[a], cut(a, b), cut(a, c)], 1))
        else:
            at_b, at_c = cut(b, a), cut(c, a)
            pieces.append(np.stack([at_b, number[b], number[c]], 1))
            pieces.append(np.stack([at_b, number[c], at_c], 1))
    edges, same = np.unique(np.vstack(cuts), axis=0, return_inverse=True)
    final = np.r_[np.arange(base), base + same.ravel()]
    t = level[edges[:, 0]] / (level[edges[:, 0]] - level[edges[:, 1]])
    row = base + np.arange(len(edges))
    matrix = sp.csr_matrix(
        (np.r_[np.ones(base), 1 - t, t],
         (np.r_[np.arange(base), row, row], np.r_[inner, edges[:, 0], edges[:, 1]])),
        (base + len(edges), count),
    )  # fmt: skip
    return matrix, final[np.vstack(pieces)]


def tinted(code: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """One colour for `count` vertices."""
    return np.tile(code, (count, 1))


def grained(
    colour: NDArray[np.float64], points: NDArray[np.float64], scale: float, seed: int, gain: float
) -> NDArray[np.float64]:
    """A colour with value noise over it."""
    return colour * (1 + gain * value_noise(points, scale, seed))[:, None]
