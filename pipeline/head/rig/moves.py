"""What manipulators and frozen shapes do to a head, as displacements of its vertices."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pipeline.head.model import HeadModel, Moves
from pipeline.head.rig.capture import capture_points, iod, middle_of
from pipeline.head.rig.rig import FrozenShape, Manipulator, Rig
from pipeline.head.rig.surface import flesh_of
from pipeline.head.rig.weights import falloff, flipped
from pipeline.head.sculpt.polygonise import vertex_normals
from pipeline.head.sculpt.sdf import smoothstep

#: Half of the band about the midline over which the two sides of a shape blend, IOD.
SEAM = 0.08
#: mm: less is no motion.
LEAST_MOTION = 1e-6


NOTHING = Moves(np.zeros(0, np.int64), np.zeros((0, 3), np.float32), np.zeros((0, 3), np.float32))


def moved(model: HeadModel, rig: Rig) -> Moves:
    """What the rig's live manipulators do; nothing on a head without landmarks."""
    if not len(capture_points(model)):
        return NOTHING
    return with_turns(model, displacement(model, rig.manipulators))


def frozen(model: HeadModel, shape: FrozenShape) -> Moves:
    """What a frozen shape does at full activation; nothing on a head without landmarks."""
    if not len(capture_points(model)):
        return NOTHING
    manipulators: Iterable[Manipulator] = shape.manipulators
    if shape.flipped:
        manipulators = [flipped(one) for one in manipulators]
    out = shape.scale * displacement(model, manipulators)
    if shape.side:
        out *= side_share(model, shape.side)[:, None]
    return with_turns(model, out)


def side_share(model: HeadModel, side: str) -> NDArray[np.float64]:
    """How far each vertex belongs to a side of the face, (N,): both sides add up to 1."""
    seam = SEAM * iod(model)
    left = smoothstep(-seam, seam, model.vertices[:, 0].astype(float) - middle_of(model))
    return np.asarray(left if side == "L" else 1 - left)


def displacement(model: HeadModel, manipulators: Iterable[Manipulator]) -> NDArray[np.float64]:
    """Sum of what manipulators do, (N, 3) mm; muted ones rest.

    Where the halves of a mirrored one overlap (weights v and w) they move by v + w - v w along
    what they share, so that a centre on the midline goes as far as it is drawn, and by v - w
    across.
    """
    out = np.zeros((len(model.vertices), 3))
    scale = iod(model)
    for one in manipulators:
        move = scale * np.asarray(one.move)
        if one.muted or not move.any():
            continue
        ids, weights = falloff(model, one)
        out[ids] += weights[:, None] * move
        if one.mirrored:
            other, reached = falloff(model, flipped(one))
            out[other] += reached[:, None] * (move * [-1, 1, 1])
            both, here, there = np.intersect1d(ids, other, True, return_indices=True)
            out[both, 1:] -= (weights[here] * reached[there])[:, None] * move[1:]
    return out


def with_turns(model: HeadModel, dense: NDArray[np.float64]) -> Moves:
    """The vertices that move of (N, 3) mm, with what that does to the mesh's normals."""
    moving = np.asarray((np.abs(dense) > LEAST_MOTION).any(axis=1), np.bool_)
    if not moving.any():
        return NOTHING
    turns = _turns(model, dense, moving)
    ids = np.flatnonzero(moving | (np.abs(turns) > 1e-4).any(axis=1))
    return Moves(ids, dense[ids].astype(np.float32), turns[ids].astype(np.float32))


def _turns(
    model: HeadModel, dense: NDArray[np.float64], moving: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Change of every vertex' normal, (N, 3); what lies on the flesh turns with it."""
    flesh = flesh_of(model)
    deltas = dense[flesh.first]
    near = moving[flesh.first]
    faces = flesh.faces[near[flesh.faces].any(axis=1)]
    if not len(faces):
        return np.zeros_like(dense)
    # Points of these faces also need those beyond them for their own normals.
    ring = np.zeros(len(flesh.points), bool)
    ring[faces] = True
    faces = flesh.faces[ring[flesh.faces].any(axis=1)]
    used, local = np.unique(faces, return_inverse=True)
    local = local.reshape(-1, 3)
    points = flesh.points[used]
    change = vertex_normals(points + deltas[used], local) - vertex_normals(points, local)
    change[~ring[used]] = 0
    out = np.zeros_like(dense)
    out[:] = flesh.share[:, used] @ change
    return out
