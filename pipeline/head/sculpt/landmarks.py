"""dlib's 68 points on the head: which vertices they are and where a camera sees them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.head.model import HeadModel
from pipeline.head.muscles.posture import posture
from pipeline.head.scene.camera import Camera, Pose, posed
from pipeline.head.sculpt.anatomy import (
    EYE_CENTRE,
    MOUTH_HALF_WIDTH,
    brow_line,
    lid_margins,
    lip_line,
    lower_vermilion,
    upper_vermilion,
)
from pipeline.head.sculpt.polygonise import SkinMesh
from pipeline.head.sculpt.skin import mouth_inside

#: Point on the other side of the face, dlib's order.
MIRRORED = np.array(
    [*range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, 35, 34, 33, 32, 31,
     45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40,
     54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65]
)  # fmt: skip

#: Jaw from under the chin up to the ear, subject's left (points 8 to 16), x, y, z in mm.
_JAW = ((0, -107, 10), (15.5, -103, 5), (30.5, -95.5, -8), (43, -85, -22), (53, -70, -38),
        (60, -51.5, -45), (63.5, -31.5, -47), (66.5, -14, -48), (68, 5, -50))  # fmt: skip
_BRIDGE = ((0, 1), (0, -11.5), (0, -23), (0, -35))
#: Percent along the brow line; dlib lies on the hairs' upper edge, and past their end.
_BROW = ((0, -1.0, 3.5), (24, 0.5, 4.8), (54, 1.0, 3.5), (80, 2.0, 2.2), (100, 2.8, -1.2))
_NOSTRILS = ((0, -46.5), (6.2, -45.2), (11.2, -44.0))  # 33, 34, 35


def _left_targets() -> dict[int, tuple[float, float]]:
    """Frontal (x, y) in mm of the points on midline and subject's left, jaw left out."""
    targets: dict[int, tuple[float, float]] = dict(zip(range(27, 31), _BRIDGE, strict=True))
    targets |= dict(zip((33, 34, 35), _NOSTRILS, strict=True))
    brow = brow_line(101)
    for point, (along, out, rise) in zip(range(22, 27), _BROW, strict=True):
        targets[point] = (float(brow[along, 0]) + out, float(brow[along, 1]) + rise)
    for point, eye_x in ((42, -14.6), (43, -5.2), (44, 5.2), (45, 13.4), (46, 5.6), (47, -5.0)):
        upper, lower = lid_margins(np.array([eye_x]))
        y = {42: (upper + lower) / 2, 45: (upper + lower) / 2}.get(
            point, upper if point < 45 else lower
        )
        targets[point] = (float(EYE_CENTRE[0] + eye_x), float(y[0]))
    for point, x in ((51, 0.0), (52, 6.5), (53, 15.9)):
        targets[point] = (x, float(upper_vermilion(x)))
    for point, x in ((57, 0.0), (56, 7.2), (55, 16.2)):
        targets[point] = (x, float(lower_vermilion(x)))
    targets[54] = (MOUTH_HALF_WIDTH, float(lip_line(MOUTH_HALF_WIDTH)))
    targets[64] = (MOUTH_HALF_WIDTH - 2.5, float(lip_line(MOUTH_HALF_WIDTH - 2.5)))
    for point, x in ((62, 0.0), (63, 8.0), (66, 0.0), (65, 8.0)):
        targets[point] = (x, float(lip_line(x)))
    return targets


def landmark_vertices(skin: SkinMesh) -> NDArray[np.int64]:
    """Skin vertex of each of the 68 points, dlib's order, mirrored exactly."""
    v, n = skin.vertices, skin.normals
    left = (v[:, 0] >= 0) & ~mouth_inside(skin)
    seam = v[:, 0] < 1e-4
    front = left & (n[:, 2] > 0.05) & (v[:, 2] > -12)
    radius = np.linalg.norm(v - EYE_CENTRE, axis=1)
    on_lids = front & (radius > 14.3)
    ids = np.full(68, -1, np.int64)
    for point, (x, y) in _left_targets().items():
        allowed = on_lids if 42 <= point <= 47 else front
        if point in (61, 62, 63):
            allowed = left & (skin.side > 0) & (v[:, 2] > 8) & (n[:, 1] < 0.3)
        elif point == 54:
            allowed = front & ~skin.in_slit
        elif point in (65, 66, 67):
            allowed = left & (skin.side < 0) & (v[:, 2] > 8) & (n[:, 1] > -0.3)
        if x == 0:
            allowed = allowed & seam
        choice = np.flatnonzero(allowed)
        # In front of what lies behind it at the same place.
        miss = np.hypot(v[choice, 0] - x, v[choice, 1] - y) - 0.05 * v[choice, 2]
        ids[point] = choice[miss.argmin()]
    outside = np.flatnonzero(left)
    for point, place in zip(range(8, 17), _JAW, strict=True):
        choice = np.flatnonzero(left & seam) if place[0] == 0 else outside
        ids[point] = choice[np.linalg.norm(v[choice] - place, axis=1).argmin()]
    missing = ids < 0
    ids[missing] = skin.mirror[ids[MIRRORED[missing]]]
    return ids


def project_landmarks(
    model: HeadModel,
    weights: Mapping[str, float],
    camera: Camera,
    size: tuple[int, int],
    pose: Pose = (0.0, 0.0, 0.0),
) -> NDArray[np.float64]:
    """Exact position of the 68 points in a picture, (68, 2) px."""
    vertices, _ = model.deform(weights)
    neck = model.neck[model.landmarks] if len(model.neck) else None
    points = posed(vertices[model.landmarks].astype(float), posture(weights, pose), neck)
    return camera.project(points, size)
