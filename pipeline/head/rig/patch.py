"""The neighbourhood of what manipulators move: what a step needs is worked out once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.head.blend import Moves
from pipeline.head.model import HeadModel
from pipeline.head.rig.capture import iod
from pipeline.head.rig.kept import Kept
from pipeline.head.rig.rig import Manipulator
from pipeline.head.rig.surface import Ids, Points, flesh_of
from pipeline.head.rig.weights import falloff, flipped

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

#: Sets of manipulators for each head: the live ones and a few before them.
_KNOWN: Kept[tuple[Manipulator, ...], Pull] = Kept(8)


@dataclass(frozen=True, eq=False)
class Patch:
    """Vertices that may move, and the mesh about them.

    Parameters
    ----------
    ids : (S,) int64
        Vertices of the model that move or whose normal turns.
    points : (U, 3) float64
        Welded points of their faces, neutral, mm.
    source : (U,) int64
        Row of `ids` that moves each, -1 for none.
    faces : (F, 3) int64
        Of `points`.
    share : (S, U) sparse
        How far each vertex' normal turns with each point's; rims of the patch have none.
    fans : (U, F) sparse
        Ones where a face has a point.
    normals : (U, 3) float64
        Neutral.
    """

    ids: Ids
    points: Points
    source: Ids
    faces: Ids
    share: csr_matrix
    fans: csr_matrix
    normals: Points

    @classmethod
    def about(cls, model: HeadModel, moving: NDArray[np.bool_]) -> Patch:
        """The patch about some of a model's vertices, (N,) bool."""
        flesh = flesh_of(model)
        near = moving[flesh.first]
        ring = np.zeros(len(flesh.points), bool)
        ring[flesh.faces[near[flesh.faces].any(axis=1)]] = True
        # Points of those faces also need the faces beyond them for their normals.
        used, faces = np.unique(
            flesh.faces[ring[flesh.faces].any(axis=1)].ravel(), return_inverse=True
        )
        from scipy.sparse import diags

        inner = np.flatnonzero(ring[used])
        turned = np.zeros(len(model.vertices), bool)
        columns = flesh.share[:, used[inner]]
        turned[columns.indices] = True
        ids = np.flatnonzero(moving | turned)
        row = np.full(len(model.vertices), -1, np.int64)
        row[ids] = np.arange(len(ids))
        share = flesh.share[:, used].tocsr()[ids]
        keep = np.zeros(len(used))
        keep[inner] = 1.0
        points, local = flesh.points[used], faces.reshape(-1, 3)
        source = np.where(moving[flesh.first[used]], row[flesh.first[used]], -1)
        fans = _fans(local, len(points))
        return cls(
            ids, points, source, local, (share @ diags(keep)).tocsr(), fans,
            _normals(points, local, fans),
        )  # fmt: skip

    def moves(self, deltas: Points) -> Moves:
        """Displacements of `ids`, (S, 3) mm, with what they do to the normals."""
        points = self.points + np.where(self.source[:, None] >= 0, deltas[self.source], 0.0)
        change = _normals(points, self.faces, self.fans) - self.normals
        turns = np.asarray(self.share @ change, np.float32)
        return Moves(self.ids, deltas.astype(np.float32), turns)


def _fans(faces: Ids, count: int) -> csr_matrix:
    from scipy.sparse import csr_matrix

    owner = np.repeat(np.arange(len(faces)), 3)
    return csr_matrix((np.ones(3 * len(faces)), (faces.ravel(), owner)), (count, len(faces)))


def _normals(points: Points, faces: Ids, fans: csr_matrix) -> Points:
    """Area-weighted unit normals, (U, 3)."""
    a = points[faces[:, 0]]
    one, other = points[faces[:, 1]] - a, points[faces[:, 2]] - a
    across = np.empty_like(one)
    for axis in range(3):  # several times faster than np.cross on short rows
        i, j = (axis + 1) % 3, (axis + 2) % 3
        across[:, axis] = one[:, i] * other[:, j] - one[:, j] * other[:, i]
    sums = fans @ across
    return np.asarray(sums / (np.sqrt(np.einsum("ij,ij->i", sums, sums)) + 1e-12)[:, None])


@dataclass(frozen=True, eq=False)
class Pull:
    """Manipulators whose places are settled; their moves are not.

    Parameters
    ----------
    patch : Patch
    pulls : three (S, M) sparse
        How far each of the patch's vertices goes along with each manipulator, in x, y, z.
    """

    patch: Patch
    pulls: tuple[csr_matrix, csr_matrix, csr_matrix]

    @classmethod
    def of(cls, model: HeadModel, manipulators: Sequence[Manipulator]) -> Pull:
        """What these manipulators move, wherever they are drawn to."""
        from scipy.sparse import csr_matrix

        reach = [half for n, one in enumerate(manipulators) for half in reaches(model, n, one)]
        moving = np.zeros(len(model.vertices), bool)
        for _, ids, _ in reach:
            moving[ids] = True
        patch = Patch.about(model, moving)
        rows = np.concatenate([np.searchsorted(patch.ids, ids) for _, ids, _ in reach])
        owner = np.concatenate([np.full(len(ids), number) for number, ids, _ in reach])
        weights = np.concatenate([weights for _, _, weights in reach])
        shape = (len(patch.ids), len(manipulators))
        x, y, z = (csr_matrix((weights[:, axis], (rows, owner)), shape) for axis in range(3))
        return cls(patch, (x, y, z))

    def moves(self, drawn: Points) -> Moves:
        """What they do, drawn by (M, 3) mm."""
        along = [pull @ drawn[:, axis] for axis, pull in enumerate(self.pulls)]
        return self.patch.moves(np.stack(along, axis=1))


def pulled(model: HeadModel, manipulators: Sequence[Manipulator]) -> Moves:
    """What manipulators do; a set that only moves on is not worked out again."""
    key = tuple(settled(one) for one in manipulators)
    pull = _KNOWN.get(model, key, lambda: Pull.of(model, key))
    drawn = iod(model) * np.array([one.move for one in manipulators]).reshape(-1, 3)
    return pull.moves(drawn)


def settled(one: Manipulator) -> Manipulator:
    """A manipulator without what does not change its weights."""
    return replace(one, name="", move=(0.0, 0.0, 0.0), muted=False)


def reaches(model: HeadModel, number: int, one: Manipulator) -> list[tuple[int, Ids, Points]]:
    """Vertices and their weights along x, y and z, (S, 3), of a manipulator and its other half.

    Where the halves of a mirrored one overlap (weights v and w) they move by v + w - v w along
    what they share, so that a centre on the midline goes as far as it is drawn, and by v - w
    across.
    """
    ids, weights = falloff(model, one)
    halves = [(number, ids, np.repeat(weights[:, None], 3, axis=1))]
    if one.mirrored:
        other, reached = falloff(model, flipped(one))
        far = reached[:, None] * [-1.0, 1.0, 1.0]
        _, here, there = np.intersect1d(ids, other, True, return_indices=True)
        far[there, 1:] -= (weights[here] * reached[there])[:, None]
        halves.append((number, other, far))
    return halves
