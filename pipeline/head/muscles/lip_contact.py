"""Lips that neither cross nor enter the teeth: what is left to do after a blend.

Sums of displacements can push the lips through each other (mouthClose over too little
jawOpen) or onto the teeth. Both are undone here on the lips alone, each frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.head.muscles.frame import MuscleFrame
from pipeline.head.sculpt.anatomy import MOUTH_HALF_WIDTH, lip_depth
from pipeline.head.sculpt.sdf import smoothstep
from pipeline.head.sculpt.skin import mouth_inside

Points = NDArray[np.floating]

_COLUMNS = 23
_SLACK = 0.15  # mm of overlap beyond the neutral's that is let be
_TEETH_CLEARANCE = 0.3  # mm
_ANGLES = 61  # of an arch's table, over half a turn
_BEHIND = 2.5  # mm inside the wall of the teeth
_REACH = 14.0  # mm before it, from where flesh can get there: the corners go far in
_BESIDE = (4.0, 1.5)  # mm above and below the crowns: flesh there is not held, and held
_HEIGHT = 9.0  # mm above and below the teeth, likewise
_SEAM_DEPTH = 13.0  # mm behind the lips' front where they touch


def lip_weights(m: MuscleFrame) -> NDArray[np.float64]:
    """How far each vertex goes when a lip gives way, (N,); nan away from the mouth.

    Positive on the upper lip, negative on the lower, 1 exactly where the lips touch; 0 on
    the inside of the cheeks, which only teeth push.
    """
    soft = m.around_lips(7.0, 8.0) * 0.98
    soft = np.where(soft > 0.02, soft, 0.0)
    seam = m.skin.in_slit & (m.z > lip_depth(m.ax) - _SEAM_DEPTH) & (m.ax < MOUTH_HALF_WIDTH + 1)
    weights = np.where(seam, 1.0, soft) * np.where(m.side > 0, 1.0, -1.0)
    return np.where((soft > 0) | seam | mouth_inside(m.skin), weights, np.nan)


@dataclass(frozen=True)
class _Pairing:
    """Places of one lip's seam and what lies against them on the other lip."""

    points: NDArray[np.int64]  # (S,) vertices
    against: NDArray[np.int64]  # (S, 3) vertices of the other lip
    share: NDArray[np.float64]  # (S, 3) weights of those
    rest: NDArray[np.float64]  # (S,) overlap of the neutral, mm
    column: NDArray[np.int64]  # (S,)
    sign: float  # +1 where `points` are the upper lip's

    @classmethod
    def of(
        cls, points: NDArray[np.int64], other: NDArray[np.int64], vertices: Points, sign: float
    ) -> _Pairing:
        from scipy.spatial import cKDTree

        flat = vertices[:, [0, 2]].astype(float)
        distance, nearest = cKDTree(flat[other]).query(flat[points], 3)
        share = 1 / np.maximum(distance, 0.05) ** 2
        share /= share.sum(1, keepdims=True)
        against = other[nearest]
        rest = sign * ((vertices[against, 1] * share).sum(1) - vertices[points, 1])
        column = np.rint(_place(vertices[points, 0])).astype(int)
        return cls(points, against, share, np.maximum(rest, 0), column, sign)

    def overlap(self, height: NDArray[np.floating]) -> NDArray[np.float64]:
        """How far the lips are in each other beyond the neutral, by place, (S,) mm."""
        other = (height[self.against] * self.share).sum(1)
        return np.asarray(self.sign * (other - height[self.points]) - self.rest, float)


def _place(x: Points) -> Points:
    """Column of the mouth at x, as a fraction."""
    across = (x + MOUTH_HALF_WIDTH) / (2 * MOUTH_HALF_WIDTH)
    return np.clip(across, 0, 1) * (_COLUMNS - 1)


@dataclass(frozen=True)
class _Arch:
    """The outside of a row of teeth about a vertical axis."""

    axis: float  # z
    low: float
    high: float
    radius: NDArray[np.float64]  # by angle from the subject's right to the left

    @classmethod
    def of(cls, teeth: Points) -> _Arch:
        axis = float(teeth[:, 2].max() - 1.05 * np.abs(teeth[:, 0]).max())
        angle, radius = _polar(teeth, axis)
        outside = np.zeros(_ANGLES)
        np.maximum.at(outside, np.rint(_step(angle)).astype(int), radius)
        known = outside > 0
        places = np.arange(_ANGLES)
        outside = np.interp(places, places[known], outside[known])
        # Between two teeth the lip does not go in.
        wide = np.maximum(np.maximum(np.roll(outside, 1), np.roll(outside, -1)), outside)
        return cls(axis, float(teeth[:, 1].min()), float(teeth[:, 1].max()), wide)

    def wall(self, points: Points) -> Points:
        """Radius that points (N, 3) must keep, (N,) mm."""
        place = _step(np.arctan2(points[:, 0], points[:, 2] - self.axis))
        low = np.minimum(place.astype(int), _ANGLES - 2)
        part = place - low
        return self.radius[low] * (1 - part) + self.radius[low + 1] * part + _TEETH_CLEARANCE

    def missing(self, points: Points, least: Points) -> tuple[Points, Points]:
        """How far points must go outwards, (N,) mm, and the directions (N, 2) in x and z."""
        radius = np.hypot(points[:, 0], points[:, 2] - self.axis)
        wall = self.wall(points)
        free, held = _BESIDE
        beside = smoothstep(self.low - free, self.low - held, points[:, 1])
        beside = beside * smoothstep(self.high + free, self.high + held, points[:, 1])
        lack = np.maximum(np.minimum(wall, least) - radius, 0) * beside
        way = np.column_stack([points[:, 0], points[:, 2] - self.axis])
        return lack, way / np.maximum(radius, 1e-3)[:, None]


def _polar(points: Points, axis: float) -> tuple[Points, Points]:
    x, z = points[:, 0], points[:, 2] - axis
    return np.arctan2(x, z), np.hypot(x, z)


def _step(angle: Points) -> Points:
    return np.clip(angle / np.pi + 0.5, 0, 1) * (_ANGLES - 1)


@dataclass(frozen=True)
class LipContact:
    """Keeps a head's lips off each other and off the teeth.

    Parameters
    ----------
    lips : (L,) int64
        Vertices of both lips.
    weights : (L,) float64
        See `lip_weights`.
    """

    lips: NDArray[np.int64]
    weights: NDArray[np.float64]
    _pairings: tuple[_Pairing, ...]
    _low: NDArray[np.int64]
    _part: NDArray[np.float64]
    _arches: tuple[tuple[_Arch, bool, NDArray[np.int64], NDArray[np.float64]], ...]

    @classmethod
    def of(
        cls,
        vertices: Points,
        lips: NDArray[np.integer],
        weights: Points,
        upper_teeth: Points,
        lower_teeth: Points,
    ) -> LipContact:
        """Work out what touches what on the neutral.

        Parameters
        ----------
        vertices : (N, 3)
            mm, neutral.
        lips, weights : (L,)
        upper_teeth, lower_teeth : (T, 3)
            Neutral; empty where there are none.
        """
        ids = lips.astype(np.int64)
        seam = np.abs(weights) >= 1
        upper, lower = ids[seam & (weights > 0)], ids[seam & (weights < 0)]
        pairings: tuple[_Pairing, ...] = ()
        if len(upper) > 3 and len(lower) > 3:
            pairings = (
                _Pairing.of(upper, lower, vertices, 1.0), _Pairing.of(lower, upper, vertices, -1.0)
            )  # fmt: skip
        place = _place(vertices[ids, 0].astype(float))
        low = np.minimum(place.astype(int), _COLUMNS - 2)
        arches: list[tuple[_Arch, bool, NDArray[np.int64], NDArray[np.float64]]] = []
        for teeth, follows in ((upper_teeth, False), (lower_teeth, True)):
            if len(teeth) > 3:
                arch = _Arch.of(teeth.astype(float))
                _, radius = _polar(vertices[ids].astype(float), arch.axis)
                off = radius - arch.wall(vertices[ids].astype(float))
                # What lies deeper in the neutral is behind the teeth.
                height = vertices[ids, 1]
                near = (off > -_BEHIND) & (off < _REACH)
                near &= (height > arch.low - _HEIGHT) & (height < arch.high + _HEIGHT)
                # Nothing is ever pushed beyond the widest tooth.
                least = np.minimum(radius[near], arch.radius.max() + _TEETH_CLEARANCE)
                arches.append((arch, follows, ids[near], np.asarray(least, float)))
        return cls(ids, weights.astype(float), pairings, low, place - low, tuple(arches))

    def part(self, vertices: NDArray[np.float32], jaw: NDArray[np.float64] | None) -> None:
        """Part lips that cross and push them out of the teeth, in place.

        Parameters
        ----------
        vertices : (N, 3)
            Deformed, mm.
        jaw : (3, 4) or None
            Displacement ``A [p, 1]`` of the lower teeth; None where they rest.
        """
        for arch, follows, ids, least in self._arches:
            self._off_teeth(vertices, arch, ids, least, jaw if follows else None)
        overlap = np.zeros(_COLUMNS)
        height = vertices[:, 1]
        for pairing in self._pairings:
            np.maximum.at(overlap, pairing.column, pairing.overlap(height) - _SLACK)
        if overlap.max() > 0:
            wide = np.maximum(overlap, np.maximum(np.r_[overlap[1:], 0], np.r_[0, overlap[:-1]]))
            wide = np.convolve(np.pad(wide, 1, "edge"), [0.25, 0.5, 0.25], "valid")
            give = wide[self._low] * (1 - self._part) + wide[self._low + 1] * self._part
            vertices[self.lips, 1] += (0.5 * self.weights * give).astype(np.float32)

    @staticmethod
    def _off_teeth(
        vertices: NDArray[np.float32],
        arch: _Arch,
        ids: NDArray[np.int64],
        least: NDArray[np.float64],
        jaw: NDArray[np.float64] | None,
    ) -> None:
        points = vertices[ids]
        turn = np.eye(3)
        if jaw is not None:
            turn = np.eye(3) + jaw[:, :3]
            points = (points - jaw[:, 3]) @ np.linalg.inv(turn).T
        across, along = points[:, 0], points[:, 2] - arch.axis
        # Cheap and a little too wide: most flesh is nowhere near.
        close = np.flatnonzero(across * across + along * along < (least + 0.01) ** 2)
        ids, points = ids[close], points[close].astype(float)
        lack, way = arch.missing(points, least[close])
        hit = lack > 0
        if hit.any():
            push = np.zeros((int(hit.sum()), 3))
            push[:, [0, 2]] = lack[hit, None] * way[hit]
            vertices[ids[hit]] += (push @ turn.T).astype(np.float32)


def affine_of(points: Points, moves: Points) -> NDArray[np.float64]:
    """Matrix (3, 4) ``A`` of rigid points (P, 3) whose displacements (P, 3) are ``A [p, 1]``."""
    system = np.column_stack([points, np.ones(len(points))]).astype(float)
    return np.asarray(np.linalg.lstsq(system, moves.astype(float), rcond=None)[0].T)
