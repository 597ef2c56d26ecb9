"""Camera and requested picture, and the projection that VTK's camera performs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.head.rig.rig import NO_RIG, Rig
from pipeline.head.sculpt.parameters.detail import Lod

Pose = tuple[float, float, float]
#: What head and neck turn about: the middle of the neck, mm.
NECK_PIVOT = np.array([0.0, -100.0, -72.0])


@dataclass(frozen=True)
class Camera:
    """Orbit camera.

    Parameters
    ----------
    yaw, pitch : float
        Place on the orbit in degrees; yaw 90 sees the subject's left profile, pitch > 0
        looks down.
    distance : float
        To the target, mm.
    target : 3 floats
        Point looked at, mm.
    fov : float
        Vertical view angle, deg.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    distance: float = 940.0
    target: tuple[float, float, float] = (0.0, -15.0, -36.0)
    fov: float = 18.5

    @property
    def position(self) -> NDArray[np.float64]:
        """Eye point, (3,) mm."""
        return np.asarray(self.target) + self.distance * self._backwards

    @property
    def _backwards(self) -> NDArray[np.float64]:
        yaw, pitch = np.deg2rad(self.yaw), np.deg2rad(self.pitch)
        return np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)])

    @property
    def axes(self) -> NDArray[np.float64]:
        """Rows: to the right of the picture, up in it, towards the eye, (3, 3)."""
        back = self._backwards
        right = np.cross([0.0, 1.0, 0.0], back)
        right /= np.linalg.norm(right)
        return np.stack([right, np.cross(back, right), back])

    def project(self, points: NDArray[np.floating], size: tuple[int, int]) -> NDArray[np.float64]:
        """Pixel positions of points.

        Parameters
        ----------
        points : (N, 3) mm
        size : (width, height) px

        Returns
        -------
        (N, 2) float64
            px, the centre of the top-left pixel is (0, 0).
        """
        width, height = size
        seen = (np.asarray(points, float) - self.position) @ (self.axes * [[1], [1], [-1]]).T
        focal = height / 2 / np.tan(np.deg2rad(self.fov) / 2)
        x = width / 2 + focal * seen[:, 0] / seen[:, 2] - 0.5
        y = height / 2 - focal * seen[:, 1] / seen[:, 2] - 0.5
        return np.column_stack([x, y])


#: Height up to which the first view holds hair, mm.
_HELD = 128.0


def holding(camera: Camera, top: float) -> Camera:
    """The camera, stepped back and up as far as taller hair than the sculpt's asks for.

    Parameters
    ----------
    top : float
        Height of the head's highest point, mm; at the bottom the picture ends as before.
    """
    over = max(0.0, top - _HELD) / 2
    if not over:
        return camera
    half = camera.distance * np.tan(np.deg2rad(camera.fov) / 2)
    x, y, z = camera.target
    distance = camera.distance * float(1 + over / half)
    return replace(camera, distance=distance, target=(x, y + over, z))


#: What `Look` may ask for, the default first; `pipeline.head.scene.studio` has the lamps.
LIGHTS = ("studio", "soft", "dramatic")
OVERS = ("wireframe", "heat")
#: Shown while a manipulator is worked on.
FALLOFF = "falloff"


@dataclass(frozen=True)
class Look:
    """How the head is shown, beside its pose and expression.

    Parameters
    ----------
    light : str
        A light rig of `pipeline.head.scene.studio.RIGS`.
    ground : {"studio", "transparent"}
        What is behind the head; transparent pictures have an alpha channel.
    iris : str
        A colour of `pipeline.head.scene.studio.IRISES`; empty: the head's own.
    over : {"", "wireframe", "heat", "falloff"}
        Wireframe; each vertex' distance from its neutral place as a colour; or how far it goes
        along with the manipulator `HeadState.focus`.
    """

    light: str = "studio"
    ground: str = "studio"
    iris: str = ""
    over: str = ""


@dataclass(frozen=True)
class HeadState:
    """A picture of the head that somebody wants.

    Parameters
    ----------
    weights : tuple of (str, float)
        Activations in [0, 1] by track name; AU51 to AU56 add to the pose.
    camera : Camera
    size : (width, height) px
    quality : {"draft", "live", "still"}
        How smooth: rendered at 1, 1.5 or 2 times the size.
    pose : (yaw, pitch, roll)
        Turn of the head in degrees; yaw > 0 to the subject's left, pitch > 0 upwards,
        roll > 0 towards the subject's left shoulder.
    look : Look
    beside : tuple of (str, float), optional
        Activations shown right of the split, to compare two layers.
    split : float
        Where the split is, as a share of the width.
    rig : Rig
        Frozen shapes that weights may name, and live manipulators.
    focus : str
        Manipulator whose falloff `Look.over` may show.
    """

    weights: tuple[tuple[str, float], ...] = ()
    camera: Camera = Camera()
    size: tuple[int, int] = (512, 512)
    quality: Lod = "live"
    pose: Pose = (0.0, 0.0, 0.0)
    look: Look = Look()
    beside: tuple[tuple[str, float], ...] | None = None
    split: float = 0.5
    rig: Rig = NO_RIG
    focus: str = ""

    @classmethod
    def of(
        cls,
        weights: Mapping[str, float],
        camera: Camera | None = None,
        size: tuple[int, int] = (512, 512),
        quality: Lod = "live",
        pose: Pose = (0.0, 0.0, 0.0),
        look: Look | None = None,
        rig: Rig = NO_RIG,
    ) -> HeadState:
        """State from a mapping of weights."""
        view, seen = camera or Camera(), look or Look()
        return cls(tuple(weights.items()), view, size, quality, pose, seen, rig=rig)


def pose_matrix(pose: Pose) -> NDArray[np.float64]:
    """Rotation of the head about its neck pivot as a homogeneous (4, 4) matrix.

    Yaw about y, then pitch about the turned x, then roll about the turned z.
    """
    yaw, pitch, roll = np.deg2rad(np.asarray(pose, float))
    cy, sy, cp, sp = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch)
    cr, sr = np.cos(-roll), np.sin(-roll)
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    matrix = np.eye(4)
    matrix[:3, :3] = about_y @ about_x @ about_z
    matrix[:3, 3] = NECK_PIVOT - matrix[:3, :3] @ NECK_PIVOT
    return matrix


def bent(
    points: NDArray[np.floating],
    normals: NDArray[np.floating],
    pose: Pose,
    neck: NDArray[np.floating],
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Points and normals such that, turned with the head, they bend the neck.

    Each point then turns about the pose's axis by its own share of the angle; the head stays
    rigid and the shoulders where they are.

    Parameters
    ----------
    points, normals : (N, 3)
        mm.
    pose : (yaw, pitch, roll)
        deg.
    neck : (N,)
        `HeadModel.neck`; empty: everything goes along with the head.
    """
    from scipy.spatial.transform import Rotation

    some = np.flatnonzero(neck < 1)
    if not any(pose) or not len(some):
        return points, normals
    turn = Rotation.from_matrix(pose_matrix(pose)[:3, :3]).as_rotvec()
    back = Rotation.from_rotvec((neck[some, None].astype(float) - 1) * turn)
    points, normals = points.copy(), normals.copy()
    points[some] = back.apply(points[some] - NECK_PIVOT) + NECK_PIVOT
    normals[some] = back.apply(normals[some])
    return points, normals


def posed(
    points: NDArray[np.floating], pose: Pose, neck: NDArray[np.floating] | None = None
) -> NDArray[np.floating]:
    """Points turned with the head, (N, 3) mm; `neck` are their shares as in `bent`."""
    if not any(pose):
        return points
    if neck is not None and len(neck):
        points, _ = bent(points, np.zeros_like(points), pose, neck)
    matrix = pose_matrix(pose)
    return points @ matrix[:3, :3].T + matrix[:3, 3]
