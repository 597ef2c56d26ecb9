"""Head pose from the points that expression barely moves, by perspective-n-point."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.core.vision import cv2

#: Points used: eye corners, bridge and base of the nose.
POSE_POINTS = np.array([27, 28, 29, 30, 31, 33, 35, 36, 39, 42, 45])

#: The same points on the built-in head, mm: x to the subject's left, y up, z forward, origin
#: between the outer eye corners, at a distance of 91 mm between them. The subject's own build
#: shifts the angles by a few degrees.
FACE_MM = np.array([
    [0.0, 2.0, 18.5], [0.0, -10.0, 24.0], [0.0, -22.5, 30.5], [0.0, -34.0, 38.5],
    [-12.5, -43.5, 26.0], [0.0, -46.0, 25.0], [12.5, -43.5, 26.0],
    [-45.5, 0.0, 0.0], [-17.5, -1.0, 4.0], [17.5, -1.0, 4.0], [45.5, 0.0, 0.0],
])  # fmt: skip


def camera_matrix(size: tuple[int, int]) -> NDArray[np.float64]:
    """Pinhole camera for a picture of unknown lens: focal length 1.2 times the longer side."""
    width, height = size
    focal = 1.2 * max(width, height)
    return np.array([[focal, 0, (width - 1) / 2], [0, focal, (height - 1) / 2], [0, 0, 1.0]])


def rotation(yaw: float, pitch: float, roll: float) -> NDArray[np.float64]:
    """Rotation of the head (columns: its axes in head coordinates of a face looking at us).

    Angles in degrees, from the subject's point of view: yaw + turns to their left, pitch +
    looks up, roll + tilts the head to their left shoulder. Applied roll, then pitch, then yaw.
    """
    y, p, r = np.radians([yaw, pitch, roll])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), np.sin(p)], [0, -np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), np.sin(r), 0], [-np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return about_y @ about_x @ about_z


#: Head coordinates (x image right, y up, z to the camera) to OpenCV's (y down, z away).
_TO_CAMERA = np.diag([1.0, -1.0, -1.0])


def angles(head: NDArray[np.float64]) -> tuple[float, float, float]:
    """Yaw, pitch, roll in degrees of a `rotation`; its inverse for pitch within 90 degrees."""
    yaw = np.arctan2(head[0, 2], head[2, 2])
    pitch = np.arcsin(np.clip(head[1, 2], -1, 1))
    roll = np.arctan2(head[1, 0] * -1.0, head[1, 1])
    return float(np.degrees(yaw)), float(np.degrees(pitch)), float(np.degrees(roll))


def project_face(
    yaw: float, pitch: float, roll: float, shift_mm: ArrayLike, size: tuple[int, int]
) -> NDArray[np.float64]:
    """Picture of the generic face's `POSE_POINTS` in a pose, (11, 2) px."""
    turned = (_TO_CAMERA @ rotation(yaw, pitch, roll) @ FACE_MM.T).T + np.asarray(shift_mm)
    seen = (camera_matrix(size) @ turned.T).T
    return seen[:, :2] / seen[:, 2:]


def head_pose(points: NDArray[np.floating], size: tuple[int, int]) -> NDArray[np.float32]:
    """Yaw, pitch and roll of a face.

    Parameters
    ----------
    points : (T, 68, 2) float, px
        NaN rows where there is no face.
    size : (width, height) of the picture, px

    Returns
    -------
    (T, 3) float32, degrees
        Yaw + turned to the subject's left, pitch + looking up, roll + tilted to their left.
    """
    out = np.full((len(points), 3), np.nan, np.float32)
    camera = camera_matrix(size)
    spin = shift = None
    for frame, shape in enumerate(points):
        picture = shape[POSE_POINTS].astype(np.float64)
        if not np.isfinite(picture).all():
            spin = None
            continue
        if spin is None:
            found, spin, shift = cv2.solvePnP(
                FACE_MM, picture, camera, None, flags=cv2.SOLVEPNP_SQPNP
            )
            if not found:
                spin = None
                continue
        _, spin, shift = cv2.solvePnP(
            FACE_MM, picture, camera, None, spin, shift, True, cv2.SOLVEPNP_ITERATIVE
        )
        head = _TO_CAMERA @ np.asarray(cv2.Rodrigues(spin)[0], np.float64)
        out[frame] = angles(head)
    return out
