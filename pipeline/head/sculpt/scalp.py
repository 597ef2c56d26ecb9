"""Where hair grows: the hairline, the skull under it, and the way the hair is combed."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.head.sculpt.ear import ear_distance, head_distance
from pipeline.head.sculpt.features import bare_distance
from pipeline.head.sculpt.noise import value_noise
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.styles import SQUARE, Hairline, HairStyle
from pipeline.head.sculpt.polygonise import SkinMesh, gradient
from pipeline.head.sculpt.sdf import Field, smoothstep

Points = NDArray[np.float64]

_CENTRE = np.array(HEAD.hair.scalp_centre)
_NEARNESS = 12.0  # mm; guides closer than this share a place
_WHORL_REACH = 26.0  # mm
_ARRIVED = 1e-6  # mm


def unit(vectors: Points) -> Points:
    """Vectors of length one, (N, 3)."""
    return vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-12)


@lru_cache(maxsize=8)
def _edge(
    hairline: Hairline,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Angles (rad), heights, and slopes of the height in mm per rad."""
    from scipy.interpolate import PchipInterpolator

    angle, height = np.array(hairline, float).T
    curve = PchipInterpolator(np.deg2rad(angle), height)
    fine = np.linspace(0, np.pi, 721)
    return fine, curve(fine), curve.derivative()(fine)


def hair_mask(vertices: NDArray[np.floating], hairline: Hairline = SQUARE) -> Field:
    """Roughly the distance into the hair, mm; positive inside the hairline."""
    across, ahead = np.abs(vertices[:, 0]), vertices[:, 2] - _CENTRE[2]
    around = np.arctan2(across, ahead)
    angles, heights, slopes = _edge(hairline)
    edge = np.interp(around, angles, heights)
    slope = np.interp(around, angles, slopes) / np.maximum(np.hypot(across, ahead), 30.0)
    return (vertices[:, 1] - edge) / np.sqrt(1 + slope**2)


def growth(vertices: NDArray[np.floating], hairline: Hairline = SQUARE) -> Field:
    """`hair_mask` with bare skin about the ears."""
    ear = ear_distance(np.abs(vertices[:, 0]), vertices[:, 1], vertices[:, 2])
    bare = np.where(vertices[:, 1] > -60, ear - HEAD.hair.ear_gap, 99.0)
    return np.minimum(hair_mask(vertices, hairline), bare)


def distance(points: Points) -> Field:
    """Signed distance to the skin without the ears, mouth closed, at (N, 3) points."""
    return bare_distance(points[:, 0], points[:, 1], points[:, 2])


def distance_with_ears(points: Points) -> Field:
    """Signed distance to skin and ears, at (N, 3) points."""
    return head_distance(points[:, 0], points[:, 1], points[:, 2])


def normals_at(points: Points) -> Points:
    """Outward unit normals of the distance field."""
    return unit(gradient(distance, points, 1.0))


def on_scalp(rays: Points) -> Points:
    """First point of the skin along rays from the middle of the skull, (N, 3)."""
    reach = np.full(len(rays), 45.0)
    moving = np.arange(len(rays))
    for _ in range(14):
        step = np.clip(distance(_CENTRE + rays[moving] * reach[moving, None]), -30, 10) * 0.95
        reach[moving] -= step
        moving = moving[np.abs(step) > _ARRIVED]
        if not len(moving):
            break
    return _CENTRE + rays * reach[:, None]


def whorl_rays(style: HairStyle, polar: Field, azimuth: Field) -> Points:
    """Unit rays at angles from the whorl's axis and around it (0: forwards).

    With a parting, those to the front start at its front end, those to the sides along it.
    """
    axis = np.array(style.whorl) - _CENTRE
    axis /= np.linalg.norm(axis)
    ahead = np.cross([1.0, 0, 0], axis)
    ahead /= np.linalg.norm(ahead)
    if ahead[2] < 0:
        ahead = -ahead
    side = np.cross(ahead, axis) * np.sign(np.cross(ahead, axis)[0])
    share = 1 - smoothstep(np.deg2rad(55), np.deg2rad(140), np.abs(azimuth))
    along = (np.deg2rad(style.part) * share)[:, None]
    start = np.cos(along) * axis + np.sin(along) * ahead
    forward = np.cos(along) * ahead - np.sin(along) * axis
    turned = np.cos(azimuth)[:, None] * forward + np.sin(azimuth)[:, None] * side
    return np.cos(polar)[:, None] * start + np.sin(polar)[:, None] * turned


class Combed:
    """Direction, length, lift and volume of a style at places of the scalp."""

    def __init__(self, style: HairStyle) -> None:
        self.style = style
        rows = []
        for g in style.guides:
            rows.append((*g.place, *g.towards, g.length, g.lift, g.volume))
            if not g.one_sided and g.place[0] != 0:
                x, y, z = g.place
                a, b, c = g.towards
                rows.append((-x, y, z, -a, b, c, g.length, g.lift, g.volume))
        table = np.array(rows)
        self._places, self._values = table[:, :3], table[:, 3:]

    def at(self, points: Points) -> tuple[Points, Field, Field, Field]:
        """Combing directions (N, 3), lengths, lifts and volumes (N,)."""
        square = ((points[:, None] - self._places) ** 2).sum(2) + _NEARNESS**2
        weights = square**-2.0
        weights /= weights.sum(1, keepdims=True)
        mean = weights @ self._values
        return mean[:, :3], mean[:, 3], mean[:, 4], mean[:, 5]

    def directions(self, points: Points, normals: Points) -> Points:
        """Combing directions along the skin, out of the whorl near it, (N, 3) unit."""
        flow = unit(self.at(points)[0])
        out = points - self.style.whorl
        out -= normals * (out * normals).sum(1, keepdims=True)
        far = np.linalg.norm(out, axis=1)
        out = unit(out)
        spin = np.deg2rad(self.style.spin)
        out = out * np.cos(spin) + np.cross(normals, out) * np.sin(spin)
        near = np.exp(-((far / _WHORL_REACH) ** 2))[:, None]
        flow = flow * (1 - near) + out * near
        sway = [value_noise(points, 16.0, seed) for seed in (61, 62, 63)]
        flow = flow + 2.0 * self.style.jitter * np.column_stack(sway)
        flow -= normals * (flow * normals).sum(1, keepdims=True)
        return unit(flow)


def bound(skin: SkinMesh, places: Points) -> sp.csr_matrix:
    """Binding of points to the three nearest vertices of the skin, (P, N)."""
    from scipy.spatial import cKDTree

    found = cKDTree(skin.vertices).query(places, k=3)
    far, ids = np.asarray(found[0]), np.asarray(found[1], np.int64)
    weights = 1 / (far + 0.3)
    weights /= weights.sum(1, keepdims=True)
    rows = np.repeat(np.arange(len(places)), 3)
    return sp.csr_matrix(
        (weights.ravel(), (rows, ids.ravel())), (len(places), len(skin.vertices))
    )  # fmt: skip
