"""Photographs of the head with sensor noise, and dlib's 68 points in them with their spread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.face import Box, find_faces
from pipeline.face.detect import anchor_points, box_of_points
from pipeline.head.model import HeadModel
from pipeline.head.scene.camera import Camera, HeadState, Look, Pose
from pipeline.head.sculpt.landmarks import project_landmarks
from pipeline.head.sculpt.parameters.detail import Lod

SIZE = (480, 480)
#: Supersampled twice: thin hairs alias otherwise, and dlib follows the alias.
QUALITY: Lod = "still"
#: Grey levels, SD of the sensor's noise.
SENSOR_NOISE = 2.0
#: Small turns (yaw, pitch in deg) of the camera over which points are averaged.
TURNS = ((0.0, 0.0), (1.5, 0.8), (-1.5, 0.8), (1.5, -0.8), (-1.5, -0.8))
_BOXES = 5


@dataclass(frozen=True)
class Study:
    """Points of one expression, seen several times.

    Parameters
    ----------
    takes : (T, 68, 2) float64
        One row per turn of the camera, fraction of IOD, x to the subject's left, y up.
    """

    takes: NDArray[np.float64]

    def motion(self, neutral: Study) -> NDArray[np.float64]:
        """Mean displacement from the neutral seen in the same turns, (68, 2)."""
        return np.asarray((self.takes - neutral.takes).mean(0))


class Photographer:
    """Draws a head and lets dlib find its points; make, use and close it in one thread.

    Parameters
    ----------
    model : HeadModel
    seed : int
        Of the sensor's noise.
    """

    def __init__(self, model: HeadModel, seed: int = 1) -> None:
        from pipeline.head.scene.scene import HeadScene

        self._model = model
        self._scene = HeadScene(model)
        self._rng = np.random.default_rng(seed)

    def close(self) -> None:
        """Release the scene."""
        self._scene.close()

    def gray(
        self,
        weights: Mapping[str, float],
        camera: Camera | None = None,
        pose: Pose = (0.0, 0.0, 0.0),
    ) -> NDArray[np.uint8]:
        """A photograph with sensor noise, (480, 480) uint8."""
        gray = self.clean(weights, camera, pose)
        gray += self._rng.standard_normal(gray.shape, dtype=np.float32) * SENSOR_NOISE
        return np.clip(gray + 0.5, 0, 255).astype(np.uint8)

    def clean(
        self,
        weights: Mapping[str, float],
        camera: Camera | None = None,
        pose: Pose = (0.0, 0.0, 0.0),
    ) -> NDArray[np.float32]:
        """The picture without noise, (480, 480) float32 grey levels."""
        state = HeadState.of(weights, camera, SIZE, QUALITY, pose, Look())
        rgb = self._scene.render(state).astype(np.float32)
        return rgb @ np.array([0.299, 0.587, 0.114], np.float32)

    def own_points(
        self, weights: Mapping[str, float], camera: Camera | None = None
    ) -> NDArray[np.float64]:
        """The head's own landmarks in such a photograph, (68, 2) px."""
        return project_landmarks(self._model, weights, camera or Camera(), SIZE)

    def found(self, gray: NDArray[np.uint8]) -> Box | None:
        """The one face that dlib's detector sees; None if it sees none or several."""
        boxes = find_faces(gray)
        return boxes[0] if len(boxes) == 1 else None

    def points(self, gray: NDArray[np.uint8], box: Box) -> NDArray[np.float64]:
        """Dlib's 68 points in a box, (68, 2) px."""
        return anchor_points(gray, box, _BOXES)

    def study(self, weights: Mapping[str, float], shift: float = 0.0) -> Study:
        """Points of an expression over all turns.

        The box is that of the neutral's own landmarks, the same for every expression, so
        that a detector's whole-pixel box does not add to the motion.

        Parameters
        ----------
        weights : mapping of str to float
        shift : float
            Extra turn of the camera in deg, which moves every edge over the pixels.
        """
        takes = []
        for yaw, pitch in TURNS:
            camera = Camera(yaw + shift, pitch + shift)
            own = self.own_points({}, camera)
            found = self.points(self.gray(weights, camera), box_of_points(own))
            iod = np.linalg.norm(own[45] - own[36])
            takes.append((found - own[27]) / iod * [1, -1])
        return Study(np.stack(takes))
