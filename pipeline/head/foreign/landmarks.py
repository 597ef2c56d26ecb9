"""Finds dlib's 68 points on a foreign head: from pictures of it, drawn from the front."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import FaceError, HeadError
from pipeline.core.progress import Job, Progress, run
from pipeline.head.foreign.mesh import ForeignMesh, Moves
from pipeline.head.foreign.paint import skin_paint
from pipeline.head.scene.camera import Camera, HeadState

_log = logging.getLogger(__name__)

_STAGE = "finding the face"
_SIZE = (640, 640)
_CAMERA = Camera(distance=1100.0, target=(0.0, -20.0, 0.0))
#: Ways in which programs put a head: as ours, facing away, and with z up.
_TURNS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "it faced away and was turned round": ((-1, 0, 0), (0, 1, 0), (0, 0, -1)),
    "it had z upwards and was set upright": ((1, 0, 0), (0, 0, 1), (0, -1, 0)),
    "it had z upwards, faced away and was turned": ((-1, 0, 0), (0, 0, 1), (0, 1, 0)),
}
#: px around a point's place within which the frontmost vertex is its own.
_REACH = 5.0

NOT_FOUND = "no face was found on it: its points are unknown, its size is a guess"


def find_landmarks(mesh: ForeignMesh) -> Job[tuple[ForeignMesh, NDArray[np.int32] | None]]:
    """Look for the face from the front, in the ways in which programs put a head.

    Returns
    -------
    mesh : ForeignMesh
        Turned to face +z with y up, skin without colours of its own painted; with a notice
        where something had to be guessed.
    landmarks : (68,) int32 or None
        Points of the mesh; None where no face is found.
    """
    from pipeline.face.detect import prepare_detection

    for number, (notice, turn) in enumerate(_TURNS.items()):
        yield Progress(_STAGE, number, len(_TURNS))
        turned = _turned(mesh, np.array(turn, float)) if notice else mesh
        try:
            if not number:
                yield from prepare_detection()
            found = _looked_at(turned, None)
            if found is not None:
                found = _looked_at(turned, found)  # once more at its right size
        except (FaceError, HeadError) as error:
            _log.warning("no face can be looked for: %s", error)
            break
        if found is not None:
            notices = (*mesh.notices, notice) if notice else mesh.notices
            return replace(_painted(turned, found), notices=notices), found
    return replace(mesh, notices=(*mesh.notices, NOT_FOUND)), None


def _turned(mesh: ForeignMesh, turn: NDArray[np.float64]) -> ForeignMesh:
    def moved(moves: Moves) -> Moves:
        return moves[0], (moves[1] @ turn.T).astype(np.float32)

    return replace(
        mesh,
        points=mesh.points @ turn.T,
        normals=None if mesh.normals is None else (mesh.normals @ turn.T).astype(np.float32),
        shapes={n: moved(m) for n, m in mesh.shapes.items()},
        shape_normals={n: moved(m) for n, m in mesh.shape_normals.items()},
        identities={n: moved(m) for n, m in mesh.identities.items()},
    )


def _looked_at(mesh: ForeignMesh, landmarks: NDArray[np.int32] | None) -> NDArray[np.int32] | None:
    """Points found on one picture; `landmarks` give the head's place where they are known."""
    from pipeline.face.detect import anchor_points, find_faces
    from pipeline.head.foreign.build import build_model, placing
    from pipeline.head.scene.scene import HeadScene

    plain = replace(mesh, shapes={}, shape_normals={}, identities={}, correctives={}, turners=())
    place = placing(mesh, landmarks)
    model = run(build_model(plain, "live", landmarks, place=place, lit=False))
    scene = HeadScene(model)
    try:
        picture = scene.render(HeadState((), _CAMERA, _SIZE, "live"))[..., :3]
    finally:
        scene.close()
    grey = np.ascontiguousarray(picture @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)
    faces = find_faces(grey)
    if not faces:
        return None
    return _nearest(mesh, place(mesh.points), anchor_points(grey, faces[0]))


def _nearest(
    mesh: ForeignMesh, points: NDArray[np.floating], wanted: NDArray[np.float64]
) -> NDArray[np.int32]:
    """The frontmost point of the skin at each place of the picture, (68,)."""
    skin = [p.triangles for p in mesh.parts if p.material == "skin"]
    used = np.unique(np.vstack(skin or [p.triangles for p in mesh.parts]))
    seen = _CAMERA.project(points[used], _SIZE)
    depth = np.linalg.norm(points[used] - _CAMERA.position, axis=1)
    return np.array([used[i] for i in _frontmost(seen, depth, wanted)], np.int32)


def _frontmost(
    seen: NDArray[np.float64], depth: NDArray[np.floating], wanted: NDArray[np.float64]
) -> Iterator[int]:
    for place in wanted:
        off = np.linalg.norm(seen - place, axis=1)
        near = np.flatnonzero(off < max(_REACH, 1.5 * float(off.min())))
        front = near[depth[near] < depth[near].min() + 8.0]  # mm: what lies behind is hidden
        yield int(front[off[front].argmin()])


def _painted(mesh: ForeignMesh, landmarks: NDArray[np.int32]) -> ForeignMesh:
    """Lips and brows for skin that has neither colours nor a picture."""
    bare = [p for p in mesh.parts if p.material == "skin" and not p.picture]
    if not bare or (mesh.colours is not None and np.ptp(mesh.colours, axis=0).max() > 0.01):
        return mesh
    from pipeline.head.foreign.build import placing

    place = placing(mesh, landmarks)
    ids = np.unique(np.vstack([p.triangles for p in bare]))
    colours = np.ones((len(mesh.points), 3), np.float32)
    points = np.asarray(place(mesh.points), np.float64)
    colours[ids] = skin_paint(points[ids], points[landmarks])
    parts = tuple(
        replace(p, colour=(1.0, 1.0, 1.0)) if any(p is b for b in bare) else p for p in mesh.parts
    )
    return replace(mesh, colours=colours, parts=parts)
