"""What of the head lies under a point of the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.head.model import HeadModel
from pipeline.head.rig.capture import Spot
from pipeline.head.rig.surface import is_flesh
from pipeline.head.scene.camera import Camera

Points = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Hit:
    """A place on the head that a ray meets first.

    Parameters
    ----------
    vertex : int
        The nearest corner.
    surface : str
    flesh : bool
        Manipulators can hang there.
    position : (3,) float64
        mm, where it was met: on the head as shown.
    spot : Spot
        The same place, however the head is moved.
    """

    vertex: int
    surface: str
    flesh: bool
    position: NDArray[np.float64]
    spot: Spot


def view_ray(
    camera: Camera, size: tuple[int, int], at: tuple[float, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Origin (mm) and unit direction of the ray through a pixel; the inverse of `Camera.project`.

    Parameters
    ----------
    size : (width, height) px
    at : (x, y) px
        The centre of the top-left pixel is (0, 0).
    """
    width, height = size
    focal = height / 2 / np.tan(np.deg2rad(camera.fov) / 2)
    right, up = (at[0] + 0.5 - width / 2) / focal, (height / 2 - at[1] - 0.5) / focal
    axes = camera.axes
    way = right * axes[0] + up * axes[1] - axes[2]
    return camera.position, way / np.linalg.norm(way)


def pick(model: HeadModel, vertices: Points, origin: ArrayLike, direction: ArrayLike) -> Hit | None:
    """The first place that a ray meets; strands of hair and what faces away are passed.

    Parameters
    ----------
    vertices : (N, 3) mm
        Of the head as shown: moved and turned.
    origin, direction : (3,)
        mm; see `view_ray`.
    """
    way = np.asarray(direction, float)
    way = way / np.linalg.norm(way)
    side = np.cross(way, np.eye(3)[np.abs(way).argmin()])
    side /= np.linalg.norm(side)
    seen = (vertices - np.asarray(origin, float)) @ np.stack([side, np.cross(way, side), way]).T
    best: tuple[float, int, int, int] | None = None
    place = np.zeros(3)
    for number, surface in enumerate(model.surfaces):
        if surface.pictures.get("cover"):
            continue
        met = _nearest_met(seen[surface.start : surface.stop], surface.faces)
        if met is not None and (best is None or met[0] < best[0]):
            best, place = (met[0], number, met[1], surface.start), met[2]
    if best is None:
        return None
    surface = model.surfaces[best[1]]
    corners = surface.faces[best[2]].astype(np.int64) + best[3]
    spot = Spot(corners, place)
    flesh = is_flesh(surface, model.landmarks)
    return Hit(spot.vertex, surface.name, flesh, spot.on(vertices), spot)


def _nearest_met(
    seen: Points, faces: NDArray[np.int32]
) -> tuple[float, int, NDArray[np.float64]] | None:
    """Depth, face and barycentric shares of the first triangle over the origin of a view."""
    x, y = seen[:, 0], seen[:, 1]
    beside = (x > 0) | ((x < 0) << 1) | ((y > 0) << 2) | ((y < 0) << 3)
    code = beside.astype(np.uint8)[faces]
    near = np.flatnonzero((code[:, 0] & code[:, 1] & code[:, 2]) == 0)
    if not len(near):
        return None
    a, b, c = seen[faces[near]].transpose(1, 0, 2)
    shares = np.stack([_cross(b, c), _cross(c, a), _cross(a, b)], axis=1)
    area = shares.sum(axis=1)
    # Rows of the view are sideways, upwards, forwards: what faces it turns the other way round.
    inside = (shares <= 0).all(axis=1) & (area < -1e-12)
    shares = shares / np.where(inside, area, 1.0)[:, None]
    depth = (shares * np.stack([a[:, 2], b[:, 2], c[:, 2]], axis=1)).sum(axis=1)
    met = np.flatnonzero(inside & (depth > 0))
    if not len(met):
        return None
    first = met[depth[met].argmin()]
    return float(depth[first]), int(near[first]), shares[first].astype(float)


def _cross(a: Points, b: Points) -> Points:
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
