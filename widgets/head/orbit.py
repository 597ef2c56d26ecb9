"""Moves of the head's camera under a hand."""

from __future__ import annotations

import math
from dataclasses import replace

from pipeline.head.scene.camera import Camera

NEAREST, FARTHEST = 260.0, 2600.0  # mm
STEEPEST = 80.0  # deg
_DEGREES_PER_PX = 0.4

#: Width to height that the head with its shoulders' beginning needs.
_HEAD_ASPECT = 0.75
#: So much more of the shirt can be seen before it ends.
_SHIRT_MM = 40.0

FRONT, THREE_QUARTER, PROFILE = 0.0, 38.0, 90.0


def orbited(camera: Camera, dx: float, dy: float) -> Camera:
    """Turned by a drag of pixels: the head follows the hand."""
    yaw = (camera.yaw - dx * _DEGREES_PER_PX + 180.0) % 360.0 - 180.0
    pitch = min(max(camera.pitch + dy * _DEGREES_PER_PX, -STEEPEST), STEEPEST)
    return replace(camera, yaw=yaw, pitch=pitch)


def spun(camera: Camera, degrees: float) -> Camera:
    """Turned on the table."""
    return replace(camera, yaw=(camera.yaw + degrees + 180.0) % 360.0 - 180.0)


def stepped_back(camera: Camera, aspect: float) -> Camera:
    """The camera, stepped back where a narrow view would cut the face at its sides."""
    back = max(1.0, _HEAD_ASPECT / max(aspect, 0.1))
    half = camera.distance * math.tan(math.radians(camera.fov) / 2)
    # What comes into view at the bottom ends with the shirt: the rest goes above the head.
    x, y, z = camera.target
    y += max(0.0, half * (back - 1) - _SHIRT_MM)
    return replace(camera, distance=camera.distance * back, target=(x, y, z))


def panned(
    camera: Camera, dx: float, dy: float, height: float, distance: float | None = None
) -> Camera:
    """Moved by a drag of pixels in a view of that height, so that the head stays under the hand.

    `distance` is that of the picture, mm, where it is seen from farther than the camera says.
    """
    mm = (
        2.0
        * (distance or camera.distance)
        * math.tan(math.radians(camera.fov) / 2)
        / max(height, 1.0)
    )
    yaw, pitch = math.radians(camera.yaw), math.radians(camera.pitch)
    right = (math.cos(yaw), 0.0, -math.sin(yaw))
    up = (-math.sin(yaw) * math.sin(pitch), math.cos(pitch), -math.cos(yaw) * math.sin(pitch))
    x, y, z = (
        t - r * dx * mm + u * dy * mm for t, r, u in zip(camera.target, right, up, strict=True)
    )
    return replace(camera, target=(x, y, z))


def dollied(camera: Camera, notches: float) -> Camera:
    """Nearer by notches of a wheel."""
    distance = camera.distance * 0.9**notches
    return replace(camera, distance=min(max(distance, NEAREST), FARTHEST))
