"""The head of a picture as points: what lies under the pointer, and where a point is seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF

from pipeline.head.muscles.posture import posture
from pipeline.head.scene.camera import HeadState, pose_matrix

if TYPE_CHECKING:
    from pipeline.head import HeadModel
    from pipeline.head.rig import Spot

#: Least share of the skin's tangent plane that must face the eye for a drag along it.
_STEEPEST = 0.25


class PosedHead:
    """A head as a picture shows it, in pixels of the view that shows the picture.

    Parameters
    ----------
    model : HeadModel
    state : HeadState
        That the picture was drawn from.
    vertices : (N, 3) float32
        The model's as the state has them: blended, with the rig, turned; mm.
    target : QRectF
        Where the picture stands in the view.
    """

    def __init__(
        self, model: HeadModel, state: HeadState, vertices: NDArray[np.float32], target: QRectF
    ) -> None:
        self.model, self.state, self.vertices = model, state, vertices
        self._target = target
        self._scale = target.width() / max(state.size[0], 1)
        self._turn = pose_matrix(posture(dict(state.weights), state.pose))[:3, :3]

    def places(self, spots: Sequence[Spot]) -> NDArray[np.float64]:
        """Where spots are seen in the view, (n, 2) px."""
        return self.seen(np.array([spot.on(self.vertices) for spot in spots]).reshape(-1, 3))

    def seen(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Where points (n, 3) mm are seen in the view, (n, 2) px."""
        places = self.state.camera.project(points, self.state.size) + 0.5
        return places * self._scale + (self._target.x(), self._target.y())

    def turned(self, way: NDArray[np.floating]) -> NDArray[np.float64]:
        """A way of the neutral head as the posed head has it, (3,)."""
        return np.asarray(self._turn @ way)

    def facing(self, vertices: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Whether the skin at vertices faces the eye."""
        normals = self.model.normals[vertices] @ self._turn.T
        towards = self.state.camera.position - self.vertices[vertices]
        return np.asarray((normals * towards).sum(1) > 0)

    def pick(self, at: QPointF) -> Spot | None:
        """The place of the skin that is seen at a place of the view; None: no skin there."""
        from pipeline.head.rig import pick, view_ray

        x = (at.x() - self._target.x()) / self._scale - 0.5
        y = (at.y() - self._target.y()) / self._scale - 0.5
        ray = view_ray(self.state.camera, self.state.size, (x, y))
        hit = pick(self.model, self.vertices, *ray)
        return hit.spot if hit is not None and hit.flesh else None

    def nearest(self, at: QPointF, spots: Sequence[Spot], reach: float) -> int | None:
        """Which of some spots that face the eye is seen within `reach` px of a place."""
        if not spots:
            return None
        away = np.linalg.norm(self.places(spots) - (at.x(), at.y()), axis=1)
        away[~self.facing(np.array([spot.vertex for spot in spots]))] = np.inf
        best = int(np.argmin(away))
        return best if away[best] <= reach else None

    def moved_in_view(self, spot: Spot, dx: float, dy: float) -> NDArray[np.float64]:
        """What a drag of pixels is in the picture's plane at a spot, (3,) mm of the head."""
        camera = self.state.camera
        depth = float((spot.on(self.vertices) - camera.position) @ -camera.axes[2])
        height = self.state.size[1] * self._scale
        mm = 2 * depth * np.tan(np.deg2rad(camera.fov) / 2) / height
        across: NDArray[np.float64] = (dx * camera.axes[0] - dy * camera.axes[1]) * mm
        return across @ self._turn

    def moved_on_surface(self, spot: Spot, dx: float, dy: float) -> NDArray[np.float64]:
        """The same in the skin's tangent plane, seen under the pointer; (3,) mm of the head.

        Where the skin is seen from too much aside to stay under the pointer, the drag in the
        picture's plane is laid onto it.
        """
        in_view = self.moved_in_view(spot, dx, dy)
        normal = spot.on(self.model.normals)
        normal = normal / max(float(np.linalg.norm(normal)), 1e-9)
        eye = (self.state.camera.position - spot.on(self.vertices)) @ self._turn
        towards = eye / np.linalg.norm(eye)
        slant = float(normal @ towards)
        if abs(slant) < _STEEPEST:
            return in_view - (in_view @ normal) * normal
        # The view's ray through the moved point meets the plane here.
        ray = eye - in_view
        return in_view - ray * float(in_view @ normal) / float(ray @ normal)
