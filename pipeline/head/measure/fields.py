"""Units whose motion dlib's points don't show: what FACS says, checked on the vertices.

Wordings follow Ekman, Friesen & Hager, *Facial Action Coding System: The Manual* (2002).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.head.measure.penetration import EYE_NAMES
from pipeline.head.model import HeadModel

#: Ways that a region can go; "out" is away from the midline, "swell" along the skin's normal.
WAYS = ("up", "down", "out", "in", "forward", "back", "swell", "left", "right")
_NEAR = 4.0  # mm, round a landmark
_CHEEK = 60  # vertices
_EYE_FRONT = 12


@dataclass(frozen=True)
class FieldExpectation:
    """How a region of the head moves at a unit's full activation.

    Parameters
    ----------
    unit : str
    region : str
        One of `Regions`.
    way : str
        One of `WAYS`.
    at_least : float
        mm; or, where `than` is given, the factor by which this motion exceeds that one.
    wording : str
        What FACS says.
    than : (region, way), optional
        Another motion of the same unit that is smaller.
    """

    unit: str
    region: str
    way: str
    at_least: float
    wording: str
    than: tuple[str, str] | None = None

    @property
    def name(self) -> str:
        """``"AU13 corners up"``."""
        other = f" more than {self.than[0]} {self.than[1]}" if self.than else ""
        return f"{self.unit} {self.region} {self.way}{other}"


_F = FieldExpectation
FIELDS: tuple[FieldExpectation, ...] = (
    _F("AU11", "fold", "up", 1.0, "pulls the skin of the middle nasolabial furrow up ..."),
    _F("AU11", "fold", "up", 1.3, "... and not the lip corners", ("corners", "up")),
    _F("AU13", "corners", "up", 2.0, "pulls the lip corners up sharply ..."),
    _F("AU13", "corners", "up", 1.5, "... and not sideways as 12 does", ("corners", "out")),
    _F("AU13", "upper cheeks", "swell", 0.8, "the cheeks puff out and up"),
    _F("AU14", "corners", "back", 1.0, "tightens the corners, pulls them inwards"),
    _F("AU14", "corners", "back", 1.0, "... more than sideways", ("corners", "out")),
    _F("AU29", "chin", "forward", 2.0, "pushes the jaw forwards"),
    _F("AU33", "cheeks", "swell", 1.5, "the cheeks expand as air is blown out"),
    _F("AU34", "cheeks", "swell", 2.5, "the cheeks fill with air and puff out"),
    _F("AU38", "nose wings", "out", 0.7, "the nostril wings flare outwards"),
    _F("AU38", "nose wings", "out", 1.0, "... and don't rise as in 9", ("nose wings", "up")),
    _F("AU61", "eyes", "left", 3.0, "the eyes turn to the left"),
    _F("AU62", "eyes", "right", 3.0, "the eyes turn to the right"),
    _F("AU63", "eyes", "up", 3.0, "the eyes turn up ..."),
    _F("AU63", "upper lids", "up", 0.8, "... and the upper lid follows"),
    _F("AU64", "eyes", "down", 3.0, "the eyes turn down ..."),
    _F("AU64", "upper lids", "down", 1.5, "... and the upper lid follows"),
)


class Regions:
    """Vertices of a head's regions, found from its landmarks.

    Parameters
    ----------
    model : HeadModel
    """

    def __init__(self, model: HeadModel) -> None:
        skin = model.surfaces[0]
        self._first = skin.start
        self._skin = model.vertices[skin.start : skin.stop].astype(np.float64)
        self._marks = model.vertices[model.landmarks].astype(np.float64)
        marks = self._marks
        self._of: dict[str, NDArray[np.int64]] = {
            "corners": self._near(marks[[48, 54]]),
            "fold": self._near((marks[[31, 35]] + marks[[48, 54]]) / 2, 6.0),
            "nose wings": self._near(marks[[31, 35]], 5.0),
            "upper lids": model.landmarks[[37, 38, 43, 44]].astype(np.int64),
            "chin": self._near(marks[[8]], 8.0),
            "cheeks": self._closest((marks[[48, 54]] + marks[[3, 13]]) / 2),
            "upper cheeks": self._closest((marks[[48, 54]] + 2 * marks[[41, 46]]) / 3),
            "eyes": self._eye_fronts(model),
        }

    def __getitem__(self, region: str) -> NDArray[np.int64]:
        return self._of[region]

    def has(self, region: str) -> bool:
        """Whether the head has such a region."""
        return len(self._of[region]) > 0

    def _near(self, places: NDArray[np.float64], radius: float = _NEAR) -> NDArray[np.int64]:
        away = np.linalg.norm(self._skin[:, None] - places, axis=2).min(1)
        return self._first + np.flatnonzero(away < max(radius, float(np.partition(away, 3)[3])))

    def _closest(self, places: NDArray[np.float64]) -> NDArray[np.int64]:
        away = np.linalg.norm(self._skin[:, None] - places, axis=2)
        return self._first + np.unique(np.argsort(away, axis=0)[:_CHEEK])

    @staticmethod
    def _eye_fronts(model: HeadModel) -> NDArray[np.int64]:
        fronts = [np.zeros(0, np.int64)]
        for name in EYE_NAMES:
            eye = model.surface(name)
            if eye is not None:
                depth = model.vertices[eye.start : eye.stop, 2]
                fronts.append(eye.start + np.argsort(depth)[-_EYE_FRONT:])
        return np.concatenate(fronts)


def way_of(model: HeadModel, regions: Regions, moved: NDArray[np.floating], region: str,
           way: str) -> float:  # fmt: skip
    """Mean motion of a region's vertices along a way, mm."""
    ids = regions[region]
    start = model.vertices[ids].astype(np.float64)
    motion = moved[ids].astype(np.float64) - start
    along: Mapping[str, NDArray[np.float64]] = {
        "up": motion[:, 1],
        "forward": motion[:, 2],
        "left": motion[:, 0],
        "out": motion[:, 0] * np.sign(start[:, 0]),
        "swell": (motion * _unit(model.normals[ids])).sum(1),
    }
    opposite = {"down": "up", "back": "forward", "right": "left", "in": "out"}
    if way in opposite:
        return -float(along[opposite[way]].mean())
    return float(along[way].mean())


def _unit(normals: NDArray[np.floating]) -> NDArray[np.float64]:
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.asarray(normals / np.maximum(length, 1e-9), np.float64)


def field_value(
    model: HeadModel, regions: Regions, moved: NDArray[np.floating], wanted: FieldExpectation
) -> float:
    """The motion in mm, or its ratio to the other motion that is to be smaller."""
    value = way_of(model, regions, moved, wanted.region, wanted.way)
    if wanted.than is None:
        return value
    other = max(abs(way_of(model, regions, moved, *wanted.than)), 1e-6)
    return value / other
