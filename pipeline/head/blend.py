"""Sums of many sparse shapes at once: vertices that move together lie in dense tiles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Vertices of a tile: a tile holds only the shapes that move one of them.
_TILE = 512
#: Rows are picked where this many times as many would be read.
_COPIED = 3


@dataclass(frozen=True, eq=False)
class Moves:
    """Vertices that move, each once.

    Parameters
    ----------
    ids : (S,) int64
    deltas : (S, 3) float32
        mm.
    turns : (S, 3) float32
        Change of the normal.
    """

    ids: NDArray[np.int64]
    deltas: NDArray[np.float32]
    turns: NDArray[np.float32]

    @property
    def largest(self) -> float:
        """Greatest displacement, mm."""
        return float(np.linalg.norm(self.deltas, axis=1).max(initial=0.0))


@dataclass(frozen=True, eq=False)
class Tile:
    """Some vertices and all that moves them.

    Parameters
    ----------
    start, stop : int
        Its rows in the blend's order.
    shapes : (S,) int64
    moves, turns : (S, 3 n) float32
        Displacement and change of the normal of each vertex, by shape.
    """

    start: int
    stop: int
    shapes: NDArray[np.int64]
    moves: NDArray[np.float32]
    turns: NDArray[np.float32]

    def add(
        self,
        weights: NDArray[np.float32],
        moved: NDArray[np.float32],
        turned: NDArray[np.float32],
    ) -> None:
        """Put its weighted sums into its rows of (M, 3) arrays."""
        own = weights[self.shapes]
        active = np.flatnonzero(own)
        if not len(active):
            return
        moves, turns = self.moves, self.turns
        if _COPIED * len(active) < len(own):  # else reading the zeros costs less than picking
            own, moves, turns = own[active], moves[active], turns[active]
        np.dot(own, moves, out=moved[self.start : self.stop].reshape(-1))
        np.dot(own, turns, out=turned[self.start : self.stop].reshape(-1))


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
        tiles = []
        for start in range(0, len(vertices), _TILE):
            stop = min(start + _TILE, len(vertices))
            used = np.flatnonzero(moved[order[start:stop]].any(axis=0))
            number = np.zeros(shapes, np.int64)
            number[used] = np.arange(len(used))
            here = np.flatnonzero((row >= start) & (row < stop))
            dense = np.zeros((2, len(used), stop - start, 3), np.float32)
            at = number[owner[here]], row[here] - start
            dense[0][at], dense[1][at] = deltas[here], normals[here]
            moves, turns = dense.reshape(2, len(used), -1)
            tiles.append(Tile(start, stop, used, moves, turns))
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
        moved, turned = np.zeros((2, self.moved + 1, 3), np.float32)
        for tile in self.tiles:
            tile.add(weights, moved, turned)
        vertices += moved.take(self.place, axis=0)
        normals += turned.take(self.place, axis=0)
