"""How far each vertex of a head goes along with a manipulator."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.head.model import HeadModel
from pipeline.head.rig.capture import OTHER_SIDE, Spot, centre, iod
from pipeline.head.rig.kept import Kept
from pipeline.head.rig.rig import Falloff, Manipulator, Vector
from pipeline.head.rig.surface import Flesh, Ids, Points, flesh_of

#: Vertices that go along and how far, (S,) int64 and (S,) float64.
Weights = tuple[NDArray[np.int64], NDArray[np.float64]]

_ROUNDS = 60
#: Of the reach (mm): ways that get shorter by less stay as they are.
_CLOSE = 1e-4
#: How far distances are measured: one of these steps (IOD) and how many times further the next.
_STEPS = (0.3, 1.4)
_MEASURED: Kept[tuple[int, Vector, int], Points] = Kept(32)
_KNOWN: Kept[Manipulator, Weights] = Kept(256)


def curve(falloff: Falloff, t: NDArray[np.floating]) -> NDArray[np.float64]:
    """Weight at a share t of the radius: 1 at 0, 0 from 1 on.

    smooth ``1 - 3 t^2 + 2 t^3``, linear ``1 - t``, sharp ``(1 - t)^2``, dome ``sqrt(1 - t^2)``.
    """
    t = np.asarray(np.clip(t, 0.0, 1.0), np.float64)
    if falloff == "linear":
        return np.asarray(1 - t)
    if falloff == "sharp":
        return np.asarray((1 - t) ** 2)
    if falloff == "dome":
        return np.asarray(np.sqrt(1 - t * t))
    return np.asarray(1 - t * t * (3 - 2 * t))


def falloff(model: HeadModel, manipulator: Manipulator) -> Weights:
    """Vertices that a manipulator moves and how far, without its mirrored half.

    Whatever it moves to, they stay the same; they are kept.

    Returns
    -------
    ids : (S,) int64
    weights : (S,) float64
        In (0, 1]; multiply by `Manipulator.move` in IOD.

    Raises
    ------
    HeadError
        If the head has no landmarks.
    """
    key = replace(manipulator, name="", move=(0.0, 0.0, 0.0), mirrored=False, muted=False)
    return _KNOWN.get(model, key, lambda: _weights(model, key))


def flipped(manipulator: Manipulator) -> Manipulator:
    """The same on the other side of the face: mirrored centre, x of the move turned round."""
    x, y, z = manipulator.offset
    right, up, ahead = manipulator.move
    return replace(
        manipulator,
        point=OTHER_SIDE[manipulator.point],
        offset=(-x, y, z),
        move=(-right, up, ahead),
    )


def _weights(model: HeadModel, manipulator: Manipulator) -> Weights:
    flesh, spot = flesh_of(model), centre(model, manipulator)
    radius = manipulator.radius * iod(model)
    if manipulator.across == "volume":
        distance = np.linalg.norm(flesh.points - spot.on(model.vertices), axis=1)
    else:
        distance = _along(model, spot, manipulator)
    near = np.flatnonzero(distance < radius)
    weight = curve(manipulator.falloff, distance[near] / radius)
    share = flesh.share[:, near] @ weight
    ids = np.flatnonzero(share > 0)
    return ids, share[ids]


def _along(model: HeadModel, spot: Spot, manipulator: Manipulator) -> Points:
    """Distances from a manipulator's centre, at least as far as its radius, (W,) mm.

    They are measured as far as the next step of a ladder, and kept: a wheel turns without
    measuring anew, and what comes out never depends on what was asked for before.
    """
    step = math.ceil(math.log(manipulator.radius / _STEPS[0], _STEPS[1]) - 1e-9)
    reach = _STEPS[0] * _STEPS[1] ** step * iod(model)
    key = manipulator.point, manipulator.offset, step
    return _MEASURED.get(model, key, lambda: distances(flesh_of(model), spot, model, reach))


def distances(flesh: Flesh, spot: Spot, model: HeadModel, radius: float) -> Points:
    """Distance along the surface from a place, (W,) mm; inf beyond the radius.

    Ways over edges and diagonals first, which are at most some eight percent too long; then
    straight ways through triangles, as if the source lay in their plane, which are exact on
    what is flat.
    """
    from scipy.sparse.csgraph import dijkstra

    place = spot.on(model.vertices)
    start = flesh.point_of[spot.corners[spot.shares > 0]]
    ahead = np.linalg.norm(flesh.points[start] - place, axis=1)
    ways = dijkstra(flesh.graph, indices=start, limit=1.1 * radius + ahead.max())
    found = np.asarray((ways + ahead[:, None]).min(axis=0))
    # Corners of the triangle itself and of its neighbours see the place straight.
    found[start] = np.minimum(found[start], ahead)
    return straightened(flesh.points, flesh.faces, found, 1.1 * radius)


def straightened(points: Points, faces: Ids, found: Points, limit: float) -> Points:
    """Shorten distances, (W,), by ways straight through triangles until none gets shorter."""
    known = np.isfinite(found) & (found <= limit)
    local = faces[known[faces].all(axis=1)]
    corners = np.vstack([local, local[:, [1, 2, 0]], local[:, [2, 0, 1]]])
    a, b, c = corners.T
    base = np.linalg.norm(points[b] - points[a], axis=1)
    way = (points[b] - points[a]) / np.maximum(base, 1e-12)[:, None]
    along = ((points[c] - points[a]) * way).sum(1)
    across = np.linalg.norm(points[c] - points[a] - along[:, None] * way, axis=1)
    run = np.arange(len(corners))
    for _ in range(_ROUNDS):
        new = _through(found[a[run]], found[b[run]], base[run], along[run], across[run])
        shorter = new < found[c[run]] - _CLOSE * limit
        if not shorter.any():
            break
        moved = c[run[shorter]]
        np.minimum.at(found, moved, new[shorter])
        fresh = np.zeros(len(points), bool)
        fresh[moved] = True
        run = np.flatnonzero(fresh[a] | fresh[b])  # only what may have become shorter
    return found


def _through(da: Points, db: Points, base: Points, along: Points, across: Points) -> Points:
    """Distance of the far corner from a source that lies across the edge; inf if not through it.

    The edge runs from (0, 0) to (base, 0), the corner is at (along, across), the source where
    its distances from the edge's ends are `da` and `db`.
    """
    x = (da * da - db * db + base * base) / np.maximum(2 * base, 1e-12)
    below = da * da - x * x
    y = np.sqrt(np.maximum(below, 0.0))
    share = y / np.maximum(y + across, 1e-12)
    crossing = x + (along - x) * share
    through = (below >= 0) & (crossing >= 0) & (crossing <= base)
    return np.where(through, np.hypot(along - x, across + y), np.inf)
