"""Turns of the whole head (AU51 to AU56) and how the neck shares them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.head.muscles.controls import controls_of
from pipeline.head.sculpt.sdf import smoothstep

#: Yaw, pitch and roll at full activation (deg; see `HeadState.pose`): about three fifths of
#: what a neck can do (R. Swinkels and I. Swinkels-Meewisse, "Normal values for cervical range
#: of motion", Spine 2014).
POSTURES: dict[str, tuple[float, float, float]] = {
    "AU51": (45.0, 0.0, 0.0),  # turn left
    "AU52": (-45.0, 0.0, 0.0),
    "AU53": (0.0, 30.0, 0.0),  # up
    "AU54": (0.0, -35.0, 0.0),
    "AU55": (0.0, 0.0, 30.0),  # tilt left
    "AU56": (0.0, 0.0, -30.0),
}

# The neck lies between two planes that fall towards the front by this slope (through chin and
# nape, through collar and seventh vertebra); heights where they meet z = `_LEVEL_Z`, mm.
_SLOPE, _LEVEL_Z = 0.35, 20.0
_HEAD_FROM, _SHOULDERS_FROM = -115.0, -184.0


def posture(
    weights: Mapping[str, float], pose: tuple[float, float, float] = (0.0, 0.0, 0.0)
) -> tuple[float, float, float]:
    """A pose with the turns that weights ask for added, deg.

    Parameters
    ----------
    weights : mapping of str to float
        By track name; those of other units are left out, as is what is not finite.
    pose : (yaw, pitch, roll)
        deg.
    """
    asked: dict[str, float] = {}
    for name, value in weights.items():
        if np.isfinite(value):
            for unit in controls_of(name, POSTURES):
                asked[unit] = max(asked.get(unit, 0.0), min(max(float(value), 0.0), 1.0))
    yaw, pitch, roll = pose
    for unit, value in asked.items():
        turn = POSTURES[unit]
        yaw, pitch, roll = yaw + value * turn[0], pitch + value * turn[1], roll + value * turn[2]
    return yaw, pitch, roll


def neck_weights(vertices: NDArray[np.floating]) -> NDArray[np.floating]:
    """How far a vertex goes along with the head, (N,): 1 from the chin up, 0 on the shoulders."""
    height = vertices[:, 1] + _SLOPE * (vertices[:, 2] - _LEVEL_Z)
    return smoothstep(_SHOULDERS_FROM, _HEAD_FROM, height)
