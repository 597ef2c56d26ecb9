"""Edge collapses down to a wanted edge length: fine where a face speaks, coarse on the skull.

Collapses of one round touch disjoint one-rings, so they can be judged and applied together
(link condition after Dey et al. 1999; sizing as in Botsch and Kobbelt 2004).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.head.sculpt.anatomy import EYE_CENTRE, EYE_RADIUS, MOUTH_HALF_WIDTH
from pipeline.head.sculpt.sdf import smoothstep

_TOO_SHORT = 0.72  # of the wanted length: collapse
_FLIP = 0.15  # least cosine between a face's normal before and after
_MOST_NEIGHBOURS = 9
_PASSES = 8


def wanted_length(points: NDArray[np.floating]) -> NDArray[np.floating]:
    """Edge length in multiples of the level's step, at (N, 3) points in mm."""
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    eye = np.linalg.norm(np.column_stack([x, y, z]) - EYE_CENTRE, axis=1)
    sides = np.column_stack([np.maximum(x - MOUTH_HALF_WIDTH, 0), y + 65, 0.6 * (z - 20)])
    mouth = np.linalg.norm(sides, axis=1)
    nose = np.linalg.norm(np.column_stack([x - 6, y + 38, z - 28]), axis=1)
    face = 1.75 + 1.6 * smoothstep(0, -40, z) + 0.5 * smoothstep(30, 60, y)
    length = np.minimum(face, 0.68 + 0.065 * np.maximum(eye - 17, 0))
    length = np.minimum(length, 0.72 + 0.07 * np.maximum(mouth - 9, 0))
    length = np.minimum(length, 0.82 + 0.06 * np.maximum(nose - 14, 0))
    back = np.maximum(smoothstep(60, 80, y), smoothstep(-96, -116, z)) * (y > -60)
    below = smoothstep(-112, -150, y)
    length = length + (6.0 - length) * back + 3.0 * below
    in_mouth = (z < 4) & (x < 30) & (np.abs(y + 66) < 21) & (z > -48)
    return np.where(in_mouth | (eye < EYE_RADIUS - 1.0), 2.6, length)


def coarsen(
    vertices: NDArray[np.float64], faces: NDArray[np.int64], step: float, rounds: int = 24
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Collapse the edges of a half mesh that are shorter than wanted.

    Parameters
    ----------
    vertices, faces : (N, 3), (M, 3)
        Half head whose only border lies on x = 0; it stays there.
    step : float
        mm that `wanted_length` 1 stands for.
    """
    for _ in range(rounds):
        survivors = _round(vertices, faces, step)
        if survivors is None:
            break
        vertices, faces = survivors
    return vertices, faces


def _edges(faces: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Unique edges (E, 2) and how many faces each has."""
    a = faces.ravel()
    b = faces[:, [1, 2, 0]].ravel()
    count = int(faces.max()) + 1
    keys, uses = np.unique(np.minimum(a, b) * count + np.maximum(a, b), return_counts=True)
    return np.stack([keys // count, keys % count], 1), uses


def _candidates(
    vertices: NDArray[np.float64], faces: NDArray[np.int64], step: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Collapsible edges, the shortest first; all edges; border vertices."""
    import scipy.sparse as sp

    edges, uses = _edges(faces)
    border = np.zeros(len(vertices), bool)
    border[edges[uses == 1]] = True
    ends = vertices[edges]
    ratio = np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1)
    ratio = ratio / (step * wanted_length(ends.mean(1)))
    both = np.vstack([edges, edges[:, ::-1]])
    graph = sp.csr_matrix((np.ones(len(both)), (both[:, 0], both[:, 1])), (len(vertices),) * 2)
    degree = np.diff(graph.indptr)
    common = np.asarray((graph @ graph)[edges[:, 0], edges[:, 1]]).ravel()
    across = border[edges].all(1) & (uses == 2)  # would pinch the border
    merged = degree[edges].sum(1) - 4
    good = (ratio < _TOO_SHORT) & (common == uses) & ~across & (merged <= _MOST_NEIGHBOURS)
    chosen = np.flatnonzero(good)
    return edges[chosen[np.argsort(ratio[chosen], kind="stable")]], both, border


def _independent(
    wanted: NDArray[np.int64], both: NDArray[np.int64], count: int
) -> NDArray[np.int64]:
    """Edges, the shortest first, whose one-rings do not touch.

    An edge is taken where it is the shortest of all whose rings meet its own; a few passes
    over what is left come close to a greedy choice.
    """
    neighbours = both[np.argsort(both[:, 0], kind="stable"), 1]
    start = np.r_[0, np.cumsum(np.bincount(both[:, 0], minlength=count))[:-1]]

    def around(least: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.minimum(least, np.minimum.reduceat(least[neighbours], start))

    rank = np.arange(len(wanted))
    free = np.ones(len(wanted), bool)
    chosen = []
    for _ in range(_PASSES):
        left = np.flatnonzero(free)
        least = np.full(count, len(wanted))
        np.minimum.at(least, wanted[left].ravel(), np.repeat(rank[left], 2))
        least = around(around(least))
        taken = left[(least[wanted[left]] == rank[left, None]).all(1)]
        chosen.append(taken)
        used = np.full(count, 1)
        used[wanted[taken]] = 0
        used = around(around(used))
        free &= (used[wanted] == 1).all(1)
    return wanted[np.sort(np.concatenate(chosen))]


def _round(
    vertices: NDArray[np.float64], faces: NDArray[np.int64], step: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]] | None:
    wanted, both, border = _candidates(vertices, faces, step)
    collapses = _independent(wanted, both, len(vertices))
    if len(collapses) < 4:
        return None
    keep, drop = collapses.T
    swap = border[drop] & ~border[keep]
    keep, drop = np.where(swap, drop, keep), np.where(swap, keep, drop)
    middle = np.where(
        (border[keep] & ~border[drop])[:, None],
        vertices[keep],
        0.5 * (vertices[keep] + vertices[drop]),
    )
    target = np.arange(len(vertices))
    target[drop] = keep
    moved = vertices.copy()
    moved[keep] = middle
    flipped = _flipped(vertices, moved, faces, target)
    bad = np.zeros(len(vertices), bool)
    bad[faces[flipped]] = True
    refused = bad[keep] | bad[drop]
    target[drop[refused]] = drop[refused]
    moved[keep[refused]] = vertices[keep[refused]]
    faces = target[faces]
    whole = (
        (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    )
    alive = target == np.arange(len(vertices))
    number = np.cumsum(alive) - 1
    return moved[alive], number[faces[whole]]


def _flipped(
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    faces: NDArray[np.int64],
    target: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Faces that would turn over or fold sharply."""

    def normals(points: NDArray[np.float64], corners: NDArray[np.int64]) -> NDArray[np.float64]:
        a = points[corners[:, 0]]
        n = np.cross(points[corners[:, 1]] - a, points[corners[:, 2]] - a)
        return n / (np.linalg.norm(n, axis=1, keepdims=True) + 1e-12)

    new = target[faces]
    touched = np.flatnonzero(
        (np.abs(after - before).sum(1) > 0)[faces].any(1) | (new != faces).any(1)
    )
    kept = new[touched]
    whole = (kept[:, 0] != kept[:, 1]) & (kept[:, 1] != kept[:, 2]) & (kept[:, 2] != kept[:, 0])
    cosine = (normals(before, faces[touched]) * normals(after, kept)).sum(1)
    return touched[whole & (cosine < _FLIP)]
