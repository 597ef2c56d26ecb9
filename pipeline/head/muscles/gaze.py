"""Gaze (AU61 to AU64): how eyeballs turn and lids ride along (mm at full activation)."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from pipeline.head.muscles.frame import Displacement, MuscleFrame
from pipeline.head.sculpt.anatomy import EYE_CENTRE
from pipeline.head.sculpt.sdf import bell

Turn = tuple[float, float, float]

#: Rotation vector of either eyeball at full activation, deg; x to the subject's left, y up.
#: Sums of such vectors keep to Listing's law: no turn about the line of sight.
TURNS: dict[int, Turn] = {
    61: (0.0, 35.0, 0.0),  # to the subject's left
    62: (0.0, -35.0, 0.0),
    63: (-30.0, 0.0, 0.0),  # up
    64: (35.0, 0.0, 0.0),
}
#: Unit that does to the right side of the face what one does to the left.
MIRRORED = {61: 62, 62: 61}

#: Share of a closure's turn of the lashes that goes along with a lid.
LASHES = {63: -0.16, 64: 0.5}

_EYE_PART = re.compile(r"(?:eye|eyeball|cornea|iris|sclera|pupil)\w*_(left|right)")


def eye_side(part: str) -> str:
    """``"L"`` or ``"R"`` for a part of an eyeball, by its name; empty for any other."""
    match = _EYE_PART.fullmatch(part)
    return match[1][0].upper() if match else ""


def turns_of(side: str) -> dict[str, Turn]:
    """Turns of the eyeball of a side by shape name."""
    return {f"AU{unit}_{side}": turn for unit, turn in TURNS.items()}


def lash_closing(name: str) -> tuple[str, float]:
    """The closure whose turn of the lashes goes with a shape, and by how much."""
    unit, _, side = name.partition("_")
    for number, share in LASHES.items():
        if unit == f"AU{number}":
            return f"AU43_{side}", share
    return name, 1.0


def turned_eye(
    vertices: NDArray[np.float64], normals: NDArray[np.float64], turn: Turn
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Displacement and change of normals of an eyeball's vertices (P, 3), for plain morphs."""
    from scipy.spatial.transform import Rotation

    centre = np.where(vertices[:, :1].mean() > 0, EYE_CENTRE, EYE_CENTRE * [-1, 1, 1])
    rotation = Rotation.from_rotvec(turn, degrees=True)
    return (
        rotation.apply(vertices - centre) + centre - vertices,
        rotation.apply(normals) - normals,
    )


def gaze_lids(m: MuscleFrame, unit: int) -> Displacement:
    """Motion of the left eye's lids in one direction of gaze.

    The upper lid keeps to the cornea's upper edge, the lower goes a third of the way
    (C. Evinger et al., "Eyelid movements: mechanisms and normal data", 1991). In sideways
    gaze the lids' highest places go along with the cornea.
    """
    arch = m.arch**0.7
    if unit == 63:
        d = m.lids_to(m.upper + 3.1 * arch, m.lower + 1.0 * arch)
        return d + m.sheet((31, 15, 13), (16, 6, 16), (0, 1, 0), 0.7) * m.off_lids
    if unit == 64:
        d = m.lids_to(m.upper - 4.8 * arch, m.lower - 2.3 * arch)
        return d + m.sheet((31, 14, 13), (16, 6, 16), (0, -1, 0), 0.6) * m.off_lids
    outwards = 1.0 if unit == 61 else -1.0
    towards = bell((m.eye_x - outwards * 8.0) / 6.0)
    away = bell((m.eye_x + outwards * 6.0) / 6.0)
    d = m.lids_to(m.upper + (0.7 * towards - 0.7 * away) * arch, m.lower - 0.35 * towards * arch)
    corner = m.sheet((31 + outwards * 14, 0, 6), (5, 6, 10), (outwards, 0, 0), 0.5)
    return d + corner * np.ones((1, 3))
