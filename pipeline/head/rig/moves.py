"""What manipulators and frozen shapes do to a head, as displacements of its vertices."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pipeline.head.blend import Moves
from pipeline.head.model import HeadModel
from pipeline.head.rig.capture import capture_points, iod, middle_of
from pipeline.head.rig.patch import Patch, pulled, reaches
from pipeline.head.rig.rig import FrozenShape, Manipulator, Rig
from pipeline.head.rig.weights import flipped
from pipeline.head.sculpt.sdf import smoothstep

#: Half of the band about the midline over which the two sides of a shape blend, IOD.
SEAM = 0.08
#: mm: less is no motion.
LEAST_MOTION = 1e-6
_LEAST_TURN = 1e-5

NOTHING = Moves(np.zeros(0, np.int64), np.zeros((0, 3), np.float32), np.zeros((0, 3), np.float32))


def moved(model: HeadModel, rig: Rig) -> Moves:
    """What the rig's live manipulators do; nothing on a head without landmarks.

    A step of a drag costs little: weights and neighbours are kept while only moves change.
    """
    live = [one for one in rig.manipulators if not one.muted]
    if not any(any(one.move) for one in live) or not len(capture_points(model)):
        return NOTHING
    return pulled(model, live)


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
    """Sum of what manipulators do, (N, 3) mm; muted ones rest."""
    out = np.zeros((len(model.vertices), 3))
    for one in manipulators:
        if one.muted or not any(one.move):
            continue
        for _, ids, weights in reaches(model, 0, one):
            out[ids] += weights * (iod(model) * np.asarray(one.move))
    return out


def with_turns(model: HeadModel, dense: NDArray[np.float64]) -> Moves:
    """The vertices that move of (N, 3) mm, with what that does to the mesh's normals."""
    moving = np.asarray((np.abs(dense) > LEAST_MOTION).any(axis=1), np.bool_)
    if not moving.any():
        return NOTHING
    patch = Patch.about(model, moving)
    full = patch.moves(dense[patch.ids])
    kept = moving[patch.ids] | (np.abs(full.turns) > _LEAST_TURN).any(axis=1)
    return Moves(full.ids[kept], full.deltas[kept], full.turns[kept])
