"""A rig while the head is drawn: which shapes weights may name, and what moves beside them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.core.tracks import CONTROLS
from pipeline.head.blend import Moves
from pipeline.head.model import HeadModel
from pipeline.head.rig.capture import capture_points
from pipeline.head.rig.moves import moved
from pipeline.head.rig.rig import Rig
from pipeline.head.rig.shapes import rigged
from pipeline.head.rig.weights import falloff, flipped


def played(
    model: HeadModel, rig: Rig, weights: Mapping[str, float]
) -> tuple[HeadModel, Moves | None]:
    """The head that weights move under a rig, and what its live manipulators do.

    The controls of the seven parts are made once a weight names one.
    """
    controls = any(name.removeprefix("-") in CONTROLS for name in weights)
    beside = moved(model, rig)
    return rigged(model, rig, controls), beside if len(beside.ids) else None


def shown_vertices(model: HeadModel, rig: Rig, weights: Mapping[str, float]) -> NDArray[np.float32]:
    """Where the head's vertices are, (N, 3) mm, before it is turned."""
    head, beside = played(model, rig, weights)
    return head.deform(weights, beside)[0]


def falloff_on(model: HeadModel, rig: Rig, name: str) -> NDArray[np.float64]:
    """How far each vertex goes along with a live manipulator, (N,); zeros if there is none."""
    out = np.zeros(len(model.vertices))
    one = next((m for m in rig.manipulators if m.name == name), None)
    if one is not None and len(capture_points(model)):
        for half in (one, flipped(one)) if one.mirrored else (one,):
            ids, weights = falloff(model, half)
            out[ids] = np.maximum(out[ids], weights)
    return out
