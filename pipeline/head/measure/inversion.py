"""Triangles that turn inside out when the head moves."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.head.measure.visible import area_vectors, visible_triangles
from pipeline.head.model import HeadModel
from pipeline.head.scene.camera import Camera

#: Vertices around a triangle that tell how the flesh there turns as a whole.
_AROUND = 40
_COLLAPSED = 0.02  # of the neutral area
_UNDER_CHIN = 5.0  # mm; the neck is not of the face
_TURNED = 0.5  # cosine between normals from which on the surroundings are asked


@dataclass(frozen=True)
class Inverted:
    """Visible triangles that are inside out.

    Parameters
    ----------
    share : float
        Of the face's visible triangles.
    places : (n, 3) float64, mm
        Neutral middles of the triangles.
    turned_away : int
        Triangles that faced the camera and don't now, inside out or not: a chin that drops
        takes its underside out of sight.
    """

    share: float
    places: NDArray[np.float64] = field(repr=False)
    turned_away: int


class InversionCheck:
    """Finds inverted triangles of one head.

    A triangle is inside out when its normal points against the direction into which the
    flesh around it (its nearest vertices, as one rigid piece) has turned the neutral normal,
    or when its area is all but gone.

    Parameters
    ----------
    model : HeadModel
    camera : Camera
        What is visible is decided on the neutral.
    """

    def __init__(self, model: HeadModel, camera: Camera | None = None) -> None:
        from scipy.spatial import cKDTree

        self._sight = (camera or Camera()).axes[2]
        self._neutral = model.vertices.astype(np.float64)
        faces = visible_triangles(model, camera or Camera())
        chin = self._neutral[model.landmarks[8], 1]
        self.faces = faces[self._neutral[faces, 1].mean(1) > chin - _UNDER_CHIN]
        self._areas = area_vectors(self._neutral, self.faces)
        self._middles = self._neutral[self.faces].mean(1)
        skin = model.surfaces[0]
        tree = cKDTree(self._neutral[skin.start : skin.stop])
        self._around = skin.start + np.asarray(tree.query(self._middles, _AROUND)[1], np.int64)

    def of(self, vertices: NDArray[np.floating]) -> Inverted:
        """Inverted triangles of a deformed head; `vertices` is (N, 3) mm."""
        now = area_vectors(vertices, self.faces)
        size, before = np.linalg.norm(now, axis=1), np.linalg.norm(self._areas, axis=1)
        along = (now * self._areas).sum(1)
        gone = size < _COLLAPSED * before
        asked = np.flatnonzero(~gone & (along < _TURNED * size * before))
        over = asked[self._against_surroundings(asked, vertices, now)]
        bad = np.union1d(np.flatnonzero(gone), over)
        away = int((now @ self._sight < 0).sum())
        return Inverted(len(bad) / max(len(self.faces), 1), self._middles[bad], away)

    def _against_surroundings(
        self, asked: NDArray[np.int64], vertices: NDArray[np.floating], now: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        if not len(asked):
            return np.zeros(0, bool)
        before = self._neutral[self._around[asked]]
        after = vertices[self._around[asked]].astype(np.float64)
        before = before - before.mean(1, keepdims=True)
        after = after - after.mean(1, keepdims=True)
        turn = rotations(before, after)
        expected = np.einsum("nij,nj->ni", turn, self._areas[asked])
        return (expected * now[asked]).sum(1) < 0


def rotations(before: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.float64]:
    """Best rotation of each set of points onto its partner (Kabsch 1976), (n, 3, 3)."""
    u, _, vt = np.linalg.svd(np.einsum("nki,nkj->nij", before, after))
    sign = np.sign(np.linalg.det(np.swapaxes(vt, 1, 2) @ np.swapaxes(u, 1, 2)))
    vt[:, 2] *= sign[:, None]
    return np.swapaxes(vt, 1, 2) @ np.swapaxes(u, 1, 2)
