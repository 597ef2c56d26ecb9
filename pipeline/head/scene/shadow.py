"""Shadows of the head on itself: what its baked light says for lamps, room, and eyes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.head.model import HeadModel
from pipeline.head.occlusion import from_lamp, openness, thinness
from pipeline.head.scene.camera import Pose, pose_matrix
from pipeline.head.scene.shading import RigLight
from pipeline.head.scene.studio import FINISH, LAMPS_AT_MOST, Lids

#: dlib's points of each eye: outer or inner corner, two upper, the other corner, two lower.
_EYES = ((36, 37, 38, 39, 40, 41), (42, 43, 44, 45, 46, 47))
_MIDDLING_GLOSS = 128.0


def bodies(model: HeadModel) -> NDArray[np.float32]:
    """Openness, gloss, thinness and share of the pictures of each vertex, (N, 4) float32."""
    out = np.tile(np.array([1, 1, 0, 0], np.float32), (len(model.vertices), 1))
    if model.arriving.size:
        unit = model.normals / (np.linalg.norm(model.normals, axis=1, keepdims=True) + 1e-9)
        out[:, 0] = openness(model.arriving, unit)
        out[:, 2] = thinness(model.arriving, unit)
    if len(model.finish):
        out[:, 1] = np.maximum(model.finish[:, 0] / _MIDDLING_GLOSS, 0.25)
        out[:, 3] = model.finish[:, 1] / 255
    return out


def reach(model: HeadModel, light: RigLight, pose: Pose) -> NDArray[np.float32]:
    """Share of each lamp's light that arrives at each vertex of a turned head, (N, 4)."""
    out = np.ones((len(model.vertices), LAMPS_AT_MOST), np.float32)
    if not model.arriving.size:
        return out
    turn = pose_matrix(pose)[:3, :3]
    for number, (toward, size) in enumerate(zip(light.toward, light.sizes, strict=True)):
        out[:, number] = from_lamp(model.arriving, turn.T @ toward, float(size))
        if any(pose) and len(model.neck):
            still = from_lamp(model.arriving, toward, float(size))
            out[:, number] = still + model.neck * (out[:, number] - still)
    return out


def lid_shade(
    points: NDArray[np.floating], landmarks: NDArray[np.floating], lids: Lids = FINISH.lids
) -> NDArray[np.float32]:
    """How light an eyeball is under its lids, (P,) float32 in (0, 1].

    Parameters
    ----------
    points : (P, 3) mm
        Of one eyeball, moved; the head itself is not turned.
    landmarks : (68, 3) mm
        dlib's points, moved.
    """
    middles = [landmarks[list(eye)].mean(0) for eye in _EYES]
    nearest = int(np.argmin([abs(points[:, 0].mean() - m[0]) for m in middles]))
    corner, up1, up2, other, low1, low2 = landmarks[list(_EYES[nearest])]
    scale = max(abs(corner[0] - other[0]), 1e-3)
    middle = (corner[0] + other[0]) / 2

    def margin(curve: list[NDArray[np.floating]]) -> NDArray[np.floating]:
        place = (np.array(curve)[:, 0] - middle) / scale
        basis = np.vander(place, 4)
        factors = np.linalg.lstsq(basis, np.array(curve)[:, 1], rcond=1e-6)[0]
        return np.polyval(factors, np.clip((points[:, 0] - middle) / scale, -0.5, 0.5))

    under_upper = margin([corner, up1, up2, other]) - points[:, 1]
    over_lower = points[:, 1] - margin([corner, low1, low2, other])
    to_corner = scale / 2 - np.abs(points[:, 0] - middle)
    light = 1 - lids.upper * np.clip(1 - under_upper / lids.upper_reach, 0, 1) ** 1.5
    light *= 1 - lids.lower * np.clip(1 - over_lower / lids.lower_reach, 0, 1) ** 2
    light *= 1 - lids.corner * np.clip(1 - to_corner / lids.corner_reach, 0, 1)
    return light.astype(np.float32)
