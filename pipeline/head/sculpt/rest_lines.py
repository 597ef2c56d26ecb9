"""Lines that age has left in the skin: how deep the furrows are when no muscle moves."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.head.cast.character import Character
from pipeline.head.muscles.creases import Zone, amount_of
from pipeline.head.sculpt.sdf import smoothstep

_COMPLETE = 88.0  # years
_SHIELD = 9.0  # years that much melanin keeps sun from the skin


class _Line(NamedTuple):
    """A zone whose share is the depth at `_COMPLETE`, and the age at which it begins."""

    zone: Zone
    first: float


#: After which age lines come to stay: first where the face moves most, upright ones about the
#: lips late (after D. Kligman et al., "The anatomy and pathogenesis of wrinkles", 1985).
_LINES = (
    _Line(Zone((0, 47, 15), (60, 20, 70), 0.66), 28),  # forehead
    _Line(Zone((3, 20.5, 18), (14, 12, 60), 0.75), 28),  # between the brows
    _Line(Zone((5, -4, 25), (13, 9, 50), 0.30), 40),  # root of the nose
    _Line(Zone((56, -1, -10), (12, 18, 50), 0.85), 28),  # crow's feet
    _Line(Zone((31, -13, 10), (15, 8, 50), 0.62), 30),  # under the eyes
    _Line(Zone((26, -46, 15), (11, 21, 50), 0.92), 28),  # nasolabial
    _Line(Zone((34, -67, 10), (6, 12, 50), 0.55), 40),  # beside the mouth
    _Line(Zone((29, -79, 10), (7, 12, 50), 0.80), 34),  # marionette
    _Line(Zone((0, -57, 24), (21, 9, 40), 0.75), 44),  # over the lip
    _Line(Zone((0, -76, 24), (19, 6, 40), 0.55), 48),  # under it
    _Line(Zone((0, -82.5, 20), (16, 5, 40), 0.45), 30),  # over the chin
    _Line(Zone((0, -126, -45), (42, 17, 45), 0.90), 28),  # neck
)


def rest_lines(points: NDArray[np.floating], character: Character) -> NDArray[np.float64]:
    """What the furrows have of depth in a neutral face, (N,) as amounts of `crease`.

    Parameters
    ----------
    points : (N, 3) mm
        Skin of the sculpt.
    """
    half = np.abs(points) * [1, 0, 0] + points * [0, 1, 1]
    age = character.age - _SHIELD * max(character.complexion.melanin - 0.25, 0.0)
    depth = np.zeros(len(points))
    for zone, first in _LINES:
        here = zone.share * float(smoothstep(first, _COMPLETE, np.array(age))) ** 0.8
        off = (half - np.array(zone.centre)) / np.array(zone.radii)
        depth = np.maximum(depth, here * np.exp(-((off * off).sum(1) ** 2)))
    return amount_of(depth)
