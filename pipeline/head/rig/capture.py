"""The 70 capture points of a head, and places named by them.

dlib's 68 points and two cheeks, midway between points 41 and 48 and between 46 and 54, on the
skin (Xu 2025, figure 1, has cheeks; dlib has none).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.core.errors import HeadError
from pipeline.head.model import HeadModel
from pipeline.head.rig.kept import Kept
from pipeline.head.rig.rig import Manipulator, Vector
from pipeline.head.rig.surface import Points, flesh_of, nearest_on

POINTS = 70
#: Points by part of the face; left and right are the subject's.
GROUPS: dict[str, tuple[int, ...]] = {
    "jaw": tuple(range(17)),
    "right brow": tuple(range(17, 22)),
    "left brow": tuple(range(22, 27)),
    "nose": tuple(range(27, 36)),
    "right eye": tuple(range(36, 42)),
    "left eye": tuple(range(42, 48)),
    "mouth": tuple(range(48, 68)),
    "cheeks": (68, 69),
}
#: Point on the other side of the face.
OTHER_SIDE: tuple[int, ...] = (
    *range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, 35, 34, 33, 32, 31,
    45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40,
    54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65, 69, 68,
)  # fmt: skip
_CHEEKS = ((41, 48), (46, 54))
_MIDDLE = (8, 27, 28, 29, 30, 33, 51, 57)


def point_names() -> tuple[str, ...]:
    """Name of each point: its part and its number in it, from 1."""
    return tuple(f"{part} {n}" for part, ids in GROUPS.items() for n in range(1, len(ids) + 1))


@dataclass(frozen=True, eq=False)
class Spot:
    """A place on a head's surface.

    Parameters
    ----------
    corners : (3,) int64
        Vertices of the model that it lies between.
    shares : (3,) float64
        Barycentric.
    """

    corners: NDArray[np.int64]
    shares: NDArray[np.float64]

    def on(self, vertices: NDArray[np.floating]) -> NDArray[np.float64]:
        """Where it is when the vertices are there, (3,)."""
        return np.asarray(self.shares @ vertices[self.corners].astype(float))

    @property
    def vertex(self) -> int:
        """The nearest of its corners."""
        return int(self.corners[self.shares.argmax()])


_KNOWN: Kept[str, NDArray[np.int32]] = Kept()


def capture_points(model: HeadModel) -> NDArray[np.int32]:
    """Vertices of the 70 points, (70,) int32; (0,) for a head without landmarks."""
    return _KNOWN.get(model, "", lambda: _with_cheeks(model))


def _with_cheeks(model: HeadModel) -> NDArray[np.int32]:
    found = model.landmarks.astype(np.int32)
    if not len(found):
        return found
    flesh = flesh_of(model)
    face = model.vertices[found].astype(float)
    front = flesh.points[:, 2] > np.median(face[:, 2]) - 0.5 * iod(model)
    ids = np.flatnonzero(front) if front.any() else np.arange(len(flesh.points))
    for one, other in _CHEEKS:
        middle = 0.5 * (face[one] + face[other])
        # Seen from the front: the cheek stands before the line between the two.
        off = np.hypot(*(flesh.points[ids, :2] - middle[:2]).T)
        near = ids[off < off.min() + 2.0]
        found = np.append(found, flesh.first[near[flesh.points[near, 2].argmax()]])
    return found.astype(np.int32)


def needed_points(model: HeadModel) -> NDArray[np.int32]:
    """Vertices of the 70 points.

    Raises
    ------
    HeadError
        If the head has no landmarks.
    """
    points = capture_points(model)
    if not len(points):
        raise HeadError(
            "the points of this head's face are not known, so a rig cannot hang on them",
            where=model.name, remedy="Name its 68 points first", code="rig.landmarks",
        )  # fmt: skip
    return points


def iod(model: HeadModel) -> float:
    """Distance of the outer eye corners in the neutral, mm; of a head without landmarks ours."""
    if not len(model.landmarks):
        return 90.5
    right, left = model.vertices[model.landmarks[[36, 45]]].astype(float)
    return max(float(np.linalg.norm(left - right)), 1e-6)


def middle_of(model: HeadModel) -> float:
    """The x (mm) of the plane between the two sides of the face."""
    if not len(model.landmarks):
        return 0.0
    return float(np.median(model.vertices[model.landmarks[list(_MIDDLE)], 0]))


def nearest_point(model: HeadModel, vertex: int) -> int:
    """Number of the capture point nearest to a vertex."""
    return placed(model, vertex)[0]


def placed(model: HeadModel, at: int | ArrayLike) -> tuple[int, Vector]:
    """The nearest capture point and the way from there.

    Parameters
    ----------
    at : int or (3,) mm
        A vertex, or a place in the neutral.

    Returns
    -------
    point : int
    offset : 3 floats
        IOD.
    """
    points = model.vertices[needed_points(model)].astype(float)
    place = model.vertices[at].astype(float) if isinstance(at, int | np.integer) else at
    ways = np.asarray(place, float) - points
    point = int(np.linalg.norm(ways, axis=1).argmin())
    x, y, z = (float(c) for c in (ways[point] / iod(model)).round(6))
    return point, (x, y, z)


def centre(model: HeadModel, manipulator: Manipulator) -> Spot:
    """The place of the flesh nearest to a manipulator's point and offset.

    Raises
    ------
    HeadError
        If the head has no landmarks.
    """
    vertex = needed_points(model)[manipulator.point]
    flesh = flesh_of(model)
    if not any(manipulator.offset) and flesh.point_of[vertex] >= 0:
        return Spot(np.full(3, vertex, np.int64), np.array([1.0, 0.0, 0.0]))
    goal = model.vertices[vertex] + iod(model) * np.asarray(manipulator.offset)
    return nearest_spot(model, goal)


def nearest_spot(model: HeadModel, place: ArrayLike) -> Spot:
    """The place of the flesh nearest to one in the neutral, (3,) mm."""
    flesh = flesh_of(model)
    wanted: Points = np.asarray(place, float)[None]
    corners, shares, _ = nearest_on(flesh.points, flesh.faces, wanted)
    return Spot(flesh.first[corners[0]], shares[0])
