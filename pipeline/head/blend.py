"""Sums of many sparse shapes at once: vertices that move together lie in dense tiles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Vertices of a tile: a tile holds only the shapes that move one of them.
_TILE = 512


@dataclass(frozen=True, eq=False)
class Tile:
    """Some vertices and all that moves them.

    Parameters
    ----------
    start, stop : int
        Its rows in the blend's order.
    shapes : (S,) int64
    moves : (S, 6 n) float32
        Displacement and change of the normal of each vertex, by shape.
    """

    start: int
    stop: int
    shapes: NDArray[np.int64]
    moves: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Blend:
    """Shapes rearranged so that one product per tile adds them up.

    Parameters
    ----------
    place : (N,) int64
        Row of each vertex: those that any shape moves are ordered by which shapes do; the
        others share the row after the last, which stays zero.
    moved : int
        How many any shape moves.
    tiles : tuple of Tile
    """

    place: NDArray[np.int64]
    moved: int
    tiles: tuple[Tile, ...]

    @classmethod
    def of(
        cls,
        count: int,
        starts: NDArray[np.int64],
        ids: NDArray[np.int32],
        deltas: NDArray[np.float32],
        normals: NDArray[np.float32],
    ) -> Blend:
        """Arrange runs of `count` vertices as `pipeline.head.model.HeadModel` has them."""
        if not len(ids):
            return cls(np.zeros(count, np.int64), 0, ())
        shapes = len(starts) - 1
        owner = np.repeat(np.arange(shapes), np.diff(starts))
        vertices, row = np.unique(ids, return_inverse=True)
        moved = np.zeros((len(vertices), shapes), bool)
        moved[row, owner] = True
        common = np.argsort(-moved.sum(axis=0), kind="stable")
        order = np.lexsort(np.packbits(moved[:, common], axis=1).T[::-1])
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        row = place[row]
        both = np.hstack([deltas, normals])
        tiles = []
        for start in range(0, len(vertices), _TILE):
            stop = min(start + _TILE, len(vertices))
            used = np.flatnonzero(moved[order[start:stop]].any(axis=0))
            number = np.zeros(shapes, np.int64)
            number[used] = np.arange(len(used))
            here = np.flatnonzero((row >= start) & (row < stop))
            moves = np.zeros((len(used), stop - start, 6), np.float32)
            moves[number[owner[here]], row[here] - start] = both[here]
            tiles.append(Tile(start, stop, used, moves.reshape(len(used), -1)))
        whole = np.full(count, len(vertices), np.int64)
        whole[vertices] = place
        return cls(whole, len(vertices), tuple(tiles))

    def add(
        self,
        weights: NDArray[np.float32],
        vertices: NDArray[np.float32],
        normals: NDArray[np.float32],
    ) -> None:
        """Add weighted shapes to vertices and normals in place."""
        sums = np.zeros((self.moved + 1, 6), np.float32)
        for tile in self.tiles:
            own = weights[tile.shapes]
            if own.any():
                np.dot(own, tile.moves, out=sums[tile.start : tile.stop].reshape(-1))
        spread = sums.take(self.place, axis=0)
        vertices += spread[:, :3]
        normals += spread[:, 3:]
