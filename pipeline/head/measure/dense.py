"""Where a camera sees the head's skin, and how each shape moves it there."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.head.model import HeadModel
from pipeline.head.scene.camera import Camera, Pose, bent, pose_matrix, posed

_FACING = 0.08  # least cosine between normal and line of sight
_CELL = 4.0  # mm, for what hides what
_BEHIND = 6.0  # mm


@dataclass(frozen=True)
class DenseDisplacement:
    """Motion of the visible skin in a picture.

    Parameters
    ----------
    names : tuple of str
        Shapes, as `HeadModel.shape_names`.
    points : (P, 2) float64, px
        Neutral places of the skin's visible vertices.
    displacements : (K, P, 2) float32, px
        At full activation, x right, y down.
    landmarks : (68, 2) float64, px
        Neutral landmarks.
    vertices : (P,) int64
        The vertices in the model.
    """

    names: tuple[str, ...]
    points: NDArray[np.float64] = field(repr=False)
    displacements: NDArray[np.float32] = field(repr=False)
    landmarks: NDArray[np.float64] = field(repr=False)
    vertices: NDArray[np.int64] = field(repr=False)

    @property
    def iod(self) -> float:
        """Distance of the outer eye corners, px."""
        return float(np.linalg.norm(self.landmarks[45] - self.landmarks[36]))


def dense_displacement(
    model: HeadModel,
    camera: Camera,
    size: tuple[int, int],
    pose: Pose = (0.0, 0.0, 0.0),
    *,
    activation: float = 1.0,
) -> DenseDisplacement:
    """The head's own deformation as a camera sees it, to be carried to a portrait.

    Each shape is moved as `HeadModel.deform` moves it: lids keep off the eyeball, lips off
    each other and the teeth.

    Parameters
    ----------
    model : HeadModel
    camera : Camera
    size : (width, height) px
    pose : (yaw, pitch, roll)
        Turn of the head, deg; the neck bends.
    activation : float
        At which a shape is measured; its motion is scaled up from there to full activation.
    """
    seen = visible_skin(model, camera, pose)
    neutral = model.vertices.astype(np.float64)
    points = camera.project(_placed(model, neutral, slice(None), pose)[seen], size)
    moved = np.zeros((len(model.shape_names), len(seen), 2), np.float32)
    for index, name in enumerate(model.shape_names):
        vertices = model.deform({name: activation})[0][seen].astype(np.float64)
        rows = np.flatnonzero((vertices != model.vertices[seen]).any(axis=1))
        places = camera.project(_placed(model, vertices[rows], seen[rows], pose), size)
        moved[index, rows] = (places - points[rows]) / activation
    marks = model.landmarks
    landmarks = camera.project(_placed(model, neutral[marks], marks, pose), size)
    return DenseDisplacement(model.shape_names, points, moved, landmarks, seen)


def _placed(
    model: HeadModel,
    points: NDArray[np.float64],
    ids: NDArray[np.integer] | slice,
    pose: Pose,
) -> NDArray[np.floating]:
    return posed(points, pose, model.neck[ids] if len(model.neck) else None)


def visible_skin(
    model: HeadModel, camera: Camera, pose: Pose = (0.0, 0.0, 0.0)
) -> NDArray[np.int64]:
    """Skin vertices that face the camera with nothing of the skin before them."""
    skin = model.surfaces[0]
    run = slice(skin.start, skin.stop)
    normals: NDArray[np.floating] = model.normals[run].astype(np.float64)
    vertices: NDArray[np.floating] = model.vertices[run].astype(np.float64)
    if any(pose):
        neck = model.neck[run] if len(model.neck) else np.ones(len(vertices))
        vertices, normals = bent(vertices, normals, pose, neck)
        matrix = pose_matrix(pose)
        normals = normals @ matrix[:3, :3].T
        vertices = vertices @ matrix[:3, :3].T + matrix[:3, 3]
    sight = camera.position - vertices
    sight /= np.linalg.norm(sight, axis=1, keepdims=True)
    facing = (normals * sight).sum(1) > _FACING
    seen = (vertices - camera.target) @ camera.axes.T  # right, up, towards the eye
    cell = np.floor(seen[:, :2] / _CELL).astype(int)
    cell -= cell.min(0)
    front = np.full(cell.max(0) + 1, -np.inf)
    np.maximum.at(front, tuple(cell.T), seen[:, 2])
    uncovered = seen[:, 2] > front[tuple(cell.T)] - _BEHIND
    return skin.start + np.flatnonzero(facing & uncovered)
