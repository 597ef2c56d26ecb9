"""What FACS says each action unit does to the face, as data that a measurement can be held to.

Wordings follow the appearance changes in P. Ekman, W. V. Friesen, J. C. Hager, *Facial Action
Coding System: The Manual* (2002).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Quantity = Callable[[Points], float]


def _height(*points: int) -> Quantity:
    return lambda p: float(p[list(points), 1].mean())


def _across(left: int, right: int) -> Quantity:
    return lambda p: float(p[left, 0] - p[right, 0])


def _rise(over: tuple[int, ...], under: tuple[int, ...]) -> Quantity:
    return lambda p: float(p[list(over), 1].mean() - p[list(under), 1].mean())


_UPPER_LIDS, _LOWER_LIDS = (37, 38, 43, 44), (41, 40, 47, 46)

#: Lengths read off dlib's 68 points, x to the subject's left, y up, fractions of IOD.
QUANTITIES: Mapping[str, Quantity] = {
    "inner brows' height": _height(21, 22),
    "outer brows' height": _height(17, 18, 25, 26),
    "gap between the brows": _across(22, 21),
    "lids' opening": _rise(_UPPER_LIDS, _LOWER_LIDS),
    "lower lids' height": _height(*_LOWER_LIDS),
    "nose wings' height": _height(31, 35),
    "nose's width": _across(35, 31),
    "mouth's width": _across(54, 48),
    "corners' height": _height(48, 54),
    "upper lip's height": _height(50, 51, 52),
    "lower lip's height": _height(56, 57, 58),
    "gap between the lips": _rise((61, 62, 63), (65, 66, 67)),
    "lips' thickness": lambda p: (
        _rise((50, 51, 52), (56, 57, 58))(p) - _rise((61, 62, 63), (65, 66, 67))(p)
    ),
    "chin's height": _height(7, 8, 9),
    "chin sideways": lambda p: float(p[[7, 8, 9], 0].mean() - p[27, 0]),
}


@dataclass(frozen=True)
class Expectation:
    """One motion that FACS describes.

    Parameters
    ----------
    unit : str
        As `pipeline.head.measure.geometry.full_units` names it.
    quantity : str
        Key of `QUANTITIES`.
    sign : {1, -1}
        It grows or shrinks.
    wording : str
        What the manual says.
    """

    unit: str
    quantity: str
    sign: int
    wording: str


_says = Expectation  # so that a row of the table fits its line


EXPECTATIONS: tuple[Expectation, ...] = (
    _says("AU1", "inner brows' height", 1, "pulls the inner portion of the eyebrows upwards"),
    _says("AU2", "outer brows' height", 1, "pulls the outer portion of the eyebrows upwards"),
    _says("AU4", "inner brows' height", -1, "lowers the eyebrows, most at their inner portion"),
    _says("AU4", "gap between the brows", -1, "pulls the eyebrows closer together"),
    _says("AU5", "lids' opening", 1, "raises the upper lid, widens the eye aperture"),
    _says("AU6", "lids' opening", -1, "draws skin towards the eye, narrows the eye aperture"),
    _says("AU6", "lower lids' height", 1, "raises the cheek and pushes up the lower lid"),
    _says("AU7", "lids' opening", -1, "tightens the lids, narrows the eye aperture"),
    _says("AU9", "nose wings' height", 1, "pulls the skin along the nose and the wings upwards"),
    _says("AU9", "inner brows' height", -1, "lowers the medial portion of the eyebrows"),
    _says("AU10", "upper lip's height", 1, "raises the upper lip, its centre straight up"),
    _says("AU11", "upper lip's height", 1, "raises the upper lip slightly, more to its sides"),
    _says("AU12", "corners' height", 1, "pulls the lip corners upwards ..."),
    _says("AU12", "mouth's width", 1, "... and back, obliquely"),
    _says("AU13", "corners' height", 1, "pulls the lip corners sharply upwards"),
    _says("AU15", "corners' height", -1, "pulls the lip corners down"),
    _says("AU16", "lower lip's height", -1, "pulls the lower lip down"),
    _says("AU17", "lower lip's height", 1, "pushes the chin boss and the lower lip upwards"),
    _says("AU18", "mouth's width", -1, "de-elongates the mouth, pushes the lips forwards"),
    _says("AU20", "mouth's width", 1, "pulls the lips back sideways, elongates the mouth"),
    _says("AU22", "gap between the lips", 1, "funnels the lips outwards, exposes teeth"),
    _says("AU22", "mouth's width", -1, "pulls the corners medially"),
    _says("AU23", "lips' thickness", -1, "tightens the lips, the red parts narrow"),
    _says("AU24", "lips' thickness", -1, "presses the lips together, they narrow"),
    _says("AU25", "gap between the lips", 1, "parts the lips"),
    _says("AU26", "chin's height", -1, "drops the jaw ..."),
    _says("AU26", "gap between the lips", 1, "... so that the lips part"),
    _says("AU27", "chin's height", -1, "pulls the mandible down ..."),
    _says("AU27", "gap between the lips", 1, "... and stretches the mouth open"),
    _says("AU28", "lips' thickness", -1, "sucks the lips into the mouth, the red parts vanish"),
    _says("AU30_L", "chin sideways", 1, "displaces the chin to one side"),
    _says("AU30_R", "chin sideways", -1, "displaces the chin to one side"),
    _says("AU38", "nose's width", 1, "dilates the nostrils, the wings flare outwards"),
    _says("AU43", "lids' opening", -1, "the upper lid droops down and covers the eye"),
    _says("AU45", "lids' opening", -1, "the eye closes ..."),
    _says("AU46", "lids' opening", -1, "the lid closes"),
)

#: What is greater: the first unit's quantity at full activation, by what factor, and why.
COMPARISONS: tuple[tuple[str, str, str, float, str], ...] = (
    ("AU27", "AU26", "gap between the lips", 1.15, "27 stretches the mouth wider than 26"),
    ("AU20", "AU14", "mouth's width", 2.0, "14 tightens the corners, it does not stretch as 20"),
    ("AU12", "AU20", "corners' height", 2.0, "20 pulls sideways, 12 obliquely up"),
)

#: Groups of dlib's points.
GROUPS: Mapping[str, tuple[int, ...]] = {
    "brows": tuple(range(17, 27)),
    "upper lids": (37, 38, 43, 44),
    "lower lids": (40, 41, 46, 47),
    "eye corners": (36, 39, 42, 45),
    "nose": tuple(range(29, 36)),
    "upper lip": (49, 50, 51, 52, 53, 61, 62, 63),
    "corners": (48, 54, 60, 64),
    "lower lip": (55, 56, 57, 58, 59, 65, 66, 67),
    "chin": (6, 7, 8, 9, 10),
}

_EYES = ("upper lids", "lower lids", "eye corners")
_MOUTH = ("upper lip", "corners", "lower lip", "chin")

#: Groups that the manual's appearance changes of a unit name; motion elsewhere is off target.
TOUCHES: Mapping[int, tuple[str, ...]] = {
    1: ("brows", "upper lids"),
    2: ("brows", "upper lids"),
    4: ("brows", *_EYES),
    5: ("upper lids",),
    6: ("brows", *_EYES),
    7: _EYES,
    9: ("brows", *_EYES, "nose", "upper lip", "corners"),
    10: ("nose", "upper lip", "corners", "lower lids"),
    11: ("nose", "upper lip", "corners"),
    12: ("lower lids", "nose", *_MOUTH),
    13: ("lower lids", "nose", *_MOUTH),
    14: _MOUTH,
    15: _MOUTH,
    16: ("corners", "lower lip", "chin"),
    17: _MOUTH,
    18: ("nose", *_MOUTH),
    20: _MOUTH,
    22: _MOUTH,
    23: _MOUTH,
    24: _MOUTH,
    25: _MOUTH,
    26: _MOUTH,
    27: _MOUTH,
    28: _MOUTH,
    29: _MOUTH,
    30: _MOUTH,
    33: _MOUTH,
    34: _MOUTH,
    38: ("nose",),
    43: _EYES,
    45: _EYES,
    46: _EYES,
    61: _EYES,
    62: _EYES,
    63: _EYES,
    64: _EYES,
}


def off_target(unit: int, motion: Points) -> tuple[str, float]:
    """The group that moves most though the unit does not touch it.

    Parameters
    ----------
    unit : int
    motion : (68, 2) float64
        Displacement of the points, fraction of IOD.

    Returns
    -------
    (str, float)
        Its name ("" if the unit touches all) and the mean length of its motion.
    """
    others = [group for group in GROUPS if group not in TOUCHES.get(unit, tuple(GROUPS))]
    length = np.linalg.norm(motion, axis=1)
    moved = {group: float(length[list(GROUPS[group])].mean()) for group in others}
    if not moved:
        return "", 0.0
    worst = max(moved, key=lambda group: moved[group])
    return worst, moved[worst]
