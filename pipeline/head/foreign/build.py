"""From a foreign mesh to a `HeadModel`: in our millimetres, in our place, with normals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import HeadError
from pipeline.core.progress import Job, Progress
from pipeline.head.foreign.ict import sphere_of
from pipeline.head.foreign.mesh import ForeignMesh, Moves, Part, rows_beyond
from pipeline.head.foreign.names import proposed
from pipeline.head.model import HeadModel, Surface, Turner
from pipeline.head.occlusion import BAKING, arriving_light
from pipeline.head.sculpt.polygonise import vertex_normals
from pipeline.head.sculpt.sdf import smoothstep
from pipeline.head.sculpt.skin import to_bytes

#: Between the outer eye corners, mm, as on the built-in head: cameras and lamps fit it.
EYE_CORNERS_APART = 90.5
#: Midpoint of the outer eye corners, mm: the origin lies between the pupils, which is in front.
_CORNERS_AT = np.array([0.0, 0.45, 5.0])

_LEAST_MOVE = 0.01  # mm
_LEAST_TURN = 0.01  # of a unit normal
#: Heights (mm) between which a turning head takes the neck along less and less.
_NECK = (-175.0, -120.0)

#: mm: of what shapes move strongly, and of a head over the ears.
_FACE_WIDTH, _HEAD_WIDTH = 120.0, 152.0
#: Share of a shape's largest motion that counts as strong.
_STRONG = 0.3
#: Jaws of others open less than the built-in one's by the same unit.
_BAKING = replace(
    BAKING, directions=96, opened=(("AU25", 1.0), ("AU26", 0.5), ("AU27", 0.5), ("AU12", 0.5))
)

_STAGE = "fitting the head"
Dense = NDArray[np.floating]


@dataclass(frozen=True)
class Placing:
    """Scale and shift from a file's unit to ours: ``scale (point - origin) + at``."""

    scale: float
    origin: tuple[float, float, float]
    at: tuple[float, float, float]

    def __call__(self, points: Dense) -> Dense:
        return (points - self.origin) * self.scale + self.at


def placing(mesh: ForeignMesh, landmarks: NDArray[np.int32] | None) -> Placing:
    """Where a mesh goes: by its eye corners, or by its size where they are not known."""
    if mesh.placed:
        return Placing(1.0, (0, 0, 0), (0, 0, 0))
    if landmarks is not None and (landmarks[[36, 45]] >= 0).all():
        corners = mesh.points[landmarks[[36, 45]]]
        apart = float(np.linalg.norm(corners[1] - corners[0]))
        middle = corners.mean(axis=0)
        if apart > 0:
            return Placing(EYE_CORNERS_APART / apart, tuple(middle), tuple(_CORNERS_AT))
    return _placing_by_size(mesh)


def _placing_by_size(mesh: ForeignMesh) -> Placing:
    """By what moves, which is the face; by the head's width where nothing does."""
    used = np.unique(np.concatenate([p.triangles.ravel() for p in mesh.parts]))
    moving = [ids[np.linalg.norm(d, axis=1) > _STRONG * np.linalg.norm(d, axis=1).max()]
              for ids, d in mesh.shapes.values() if len(ids)]  # fmt: skip
    face = np.intersect1d(np.unique(np.concatenate(moving)), used) if moving else used[:0]
    points = mesh.points[face if len(face) > 3 else used]
    low, high = np.quantile(points, [0.01, 0.99], axis=0)
    width = float(high[0] - low[0]) or float((high - low).max()) or 1.0
    middle = 0.5 * (low + high)
    if len(face) > 3:
        return Placing(_FACE_WIDTH / width, (middle[0], middle[1], high[2]), (0.0, -35.0, 25.0))
    # A head is as high as one and a half of its width; its eyes lie 112 mm under the vertex.
    scale = _HEAD_WIDTH / width
    origin = (float(middle[0]), float(high[1] - 112.0 / scale), float(high[2] - 22.0 / scale))
    return Placing(scale, origin, (0.0, 0.0, 0.0))


@dataclass(frozen=True, eq=False)
class _Layout:
    """Where a mesh's points stand in the model: once per part and place in its picture."""

    source: NDArray[np.int64]  # point of each model vertex
    surfaces: tuple[Surface, ...]
    runs: Mapping[str, slice]

    def spread(self, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Model vertices sorted by point, and where each point's begin, (count + 1,)."""
        order = np.argsort(self.source, kind="stable")
        return order, np.searchsorted(self.source[order], np.arange(count + 1))


def build_model(
    mesh: ForeignMesh,
    lod: str,
    landmarks: NDArray[np.int32] | None = None,
    *,
    place: Placing | None = None,
    lit: bool = True,
) -> Job[HeadModel]:
    """Make the model; yields progress in shapes.

    Parameters
    ----------
    mesh : ForeignMesh
    lod : {"draft", "live", "still"}
        Foreign heads have one level; it says how it is drawn.
    landmarks : (68,) int32, optional
        Points of the mesh, -1 for none.
    place : Placing, optional
        Where it goes; by its landmarks or its size otherwise.
    lit : bool
        Bake the light; a head without it is ready sooner.

    Raises
    ------
    HeadError
        If the mesh has no extent.
    """
    landmarks = mesh.landmarks if landmarks is None else landmarks
    place = place or placing(mesh, landmarks)
    points = place(mesh.points)
    if not np.isfinite(points).all():
        raise HeadError("the mesh has no extent", where=mesh.name, code="head.numbers")
    layout = _layout(mesh)
    triangles = np.vstack([part.triangles for part in mesh.parts])
    shading = _Shading(mesh, points, triangles)
    runs, every = [], _every_shape(mesh)
    for number, (name, moves) in enumerate(every):
        yield Progress(_STAGE, number, len(every) + 1, name)
        runs.append(_run(moves, shading.turned(name, moves, place.scale), place.scale, layout))
    order, starts = layout.spread(len(points))
    vertices = points[layout.source]
    yield Progress(_STAGE, len(every) + 1, len(every) + 1)
    names = tuple(name for name, _ in every if name not in mesh.correctives)
    model = HeadModel(
        name=mesh.name,
        lod=lod,  # type: ignore[arg-type]
        vertices=_float(vertices),
        normals=_float(shading.normals[layout.source]),
        surfaces=layout.surfaces,
        shape_names=names,
        **_shape_arrays(runs),
        landmarks=_landmarks(landmarks, order, starts),
        lids=np.zeros(0, np.int32),
        pictures=mesh.pictures,
        drives=proposed(names),
        correctives=tuple(mesh.correctives[n] for n, _ in every if n in mesh.correctives),
        turners=_turners(mesh, layout, vertices),
        neck=_neck(vertices),
        identities=tuple(mesh.identities),
        **_identity_arrays(mesh, place.scale, order, starts),
        notices=mesh.notices,
    )
    return replace(model, arriving=arriving_light(model, _BAKING)) if lit else model


def _every_shape(mesh: ForeignMesh) -> list[tuple[str, Moves]]:
    """Shapes in the model's order: correctives come last."""
    plain = [(n, m) for n, m in mesh.shapes.items() if n not in mesh.correctives]
    return plain + [(n, m) for n, m in mesh.shapes.items() if n in mesh.correctives]


def _shape_arrays(runs: list[tuple[NDArray[np.integer], Dense, Dense]]) -> dict[str, Any]:
    """Fields of the model that hold the shapes, then the correctives, end to end."""
    return {
        "shape_start": _starts([ids for ids, _, _ in runs]),
        "shape_ids": _joined([ids for ids, _, _ in runs], np.int32, (0,)),
        "shape_deltas": _joined([d for _, d, _ in runs], np.float32, (0, 3)),
        "shape_normals": _joined([t for _, _, t in runs], np.float32, (0, 3)),
    }


def _identity_arrays(
    mesh: ForeignMesh, scale: float, order: NDArray[np.int64], starts: NDArray[np.int64]
) -> dict[str, Any]:
    """Fields of the model that hold the ways in which faces differ, end to end."""
    modes = [
        _spread(ids, scale * deltas, order, starts) for ids, deltas in mesh.identities.values()
    ]
    return {
        "identity_start": _starts([ids for ids, _ in modes]),
        "identity_ids": _joined([ids for ids, _ in modes], np.int32, (0,)),
        "identity_deltas": _joined([d for _, d in modes], np.float32, (0, 3)),
    }


def _float(values: NDArray[np.floating]) -> NDArray[np.float32]:
    return np.ascontiguousarray(values, np.float32)


def _starts(runs: list[NDArray[np.integer]]) -> NDArray[np.int64]:
    return np.r_[0, np.cumsum([len(ids) for ids in runs], dtype=np.int64)].astype(np.int64)


def _joined(parts: list, kind: type, empty: tuple[int, ...]) -> NDArray:  # type: ignore[type-arg]
    return np.ascontiguousarray(np.concatenate([np.zeros(empty), *parts]), kind)


def _layout(mesh: ForeignMesh) -> _Layout:
    sources, surfaces, start = [], [], 0
    runs: dict[str, slice] = {}
    taken: set[str] = set()
    for part in mesh.parts:
        name = part.name
        while name in taken:
            name += "_"
        taken.add(name)
        source, faces, uv = _corners(part)
        if part.two_sided and not part.cover:  # strands are drawn from both sides anyway
            faces = np.vstack([faces, faces[:, ::-1]])
        stop = start + len(source)
        colours = np.tile(np.asarray(part.colour), (len(source), 1))
        if mesh.colours is not None:
            colours = colours * mesh.colours[source]
        surfaces.append(
            Surface(
                name, start, stop, faces.astype(np.int32),
                np.zeros((0, 3), np.uint8) if part.picture else to_bytes(colours),
                uv if part.picture or part.cover else np.zeros((0, 2), np.float32),
                part.material,
                {use: key for use, key in (("colour", part.picture), ("cover", part.cover)) if key},
            )
        )  # fmt: skip
        sources.append(source)
        runs.setdefault(part.name, slice(start, stop))
        start = stop
    return _Layout(np.concatenate(sources), tuple(surfaces), runs)


def _corners(
    part: Part,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Points a part uses, its faces in them, and their places in the picture."""
    if part.uv is None or part.uv_triangles is None:
        source, faces = np.unique(part.triangles, return_inverse=True)
        uv = np.zeros((0, 2)) if part.uv is None else part.uv[source]
        return source.astype(np.int64), faces.reshape(-1, 3), _float(uv)
    pairs = np.column_stack([part.triangles.ravel(), part.uv_triangles.ravel()]).astype(np.int64)
    key = pairs[:, 0] * (len(part.uv) + 1) + pairs[:, 1] + 1
    _, first, faces = np.unique(key, return_index=True, return_inverse=True)
    at = pairs[first, 1]
    uv = np.where(at[:, None] >= 0, part.uv[at], 0.0)
    return pairs[first, 0], faces.reshape(-1, 3), _float(uv)


class _Shading:
    """Normals of the neutral and their changes, over the mesh's points."""

    def __init__(self, mesh: ForeignMesh, points: Dense, triangles: NDArray[np.int32]) -> None:
        self.points = points
        self.given = mesh.shape_normals
        # Points that seams doubled are one surface and share their normal.
        _, same = np.unique(points.round(4), axis=0, return_inverse=True)
        self.same = same.ravel()
        self.welded = self.same[triangles]
        self.first = np.zeros(self.same.max() + 1, np.int64)
        self.first[self.same] = np.arange(len(points))
        self.smooth = vertex_normals(points[self.first], self.welded)
        self.normals = self.smooth[self.same] if mesh.normals is None else _unit(mesh.normals)

    def turned(self, name: str, moves: Moves, scale: float) -> tuple[NDArray[np.integer], Dense]:
        """Points whose normal a shape changes, and the change at full activation."""
        if name in self.given:
            ids, change = self.given[name]
            return ids.astype(np.int64), change.astype(float)
        moved = self.points.copy()
        moved[moves[0]] += scale * moves[1]
        near = np.zeros(len(self.first), bool)
        near[self.same[moves[0]]] = True
        a, b, c = near[self.welded].T
        faces = self.welded[a | b | c]
        before = vertex_normals(self.points[self.first], faces)
        after = vertex_normals(moved[self.first], faces)
        # Rims of the chosen faces keep a share of their neighbours' normals: only points
        # that moved have all of their faces here.
        change = np.where(near[:, None], after - before, 0.0)[self.same]
        turned = np.flatnonzero(rows_beyond(change, _LEAST_TURN))
        return turned, change[turned]


def _unit(normals: NDArray[np.floating]) -> Dense:
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return normals / np.maximum(length, 1e-12)


def _run(
    moves: Moves, turned: tuple[NDArray[np.integer], Dense], scale: float, layout: _Layout
) -> tuple[NDArray[np.integer], Dense, Dense]:
    """A shape over the model's vertices: ids, displacement in mm, change of the normal."""
    count = int(layout.source.max()) + 1
    move, turn = np.zeros((count, 3)), np.zeros((count, 3))
    kept = moves[0] < count
    move[moves[0][kept]] = scale * moves[1][kept]
    kept = turned[0] < count
    turn[turned[0][kept]] = turned[1][kept]
    active = rows_beyond(move, _LEAST_MOVE) | rows_beyond(turn, _LEAST_TURN)
    ids = np.flatnonzero(active[layout.source])
    return ids, move[layout.source[ids]], turn[layout.source[ids]]


def _spread(
    ids: NDArray[np.integer], deltas: Dense, order: NDArray[np.int64], starts: NDArray[np.int64]
) -> tuple[NDArray[np.integer], Dense]:
    """Displacements of points as those of the model's vertices."""
    counts = starts[ids + 1] - starts[ids]
    first = np.repeat(starts[ids] - np.r_[0, np.cumsum(counts)[:-1]], counts)
    vertices = order[first + np.arange(len(first))]
    return vertices, np.repeat(deltas, counts, axis=0)


def _landmarks(
    landmarks: NDArray[np.int32] | None, order: NDArray[np.int64], starts: NDArray[np.int64]
) -> NDArray[np.int32]:
    """Model vertices of the 68 points; empty where they are not all known."""
    if landmarks is None or (landmarks < 0).any():
        return np.zeros(0, np.int32)
    found = starts[landmarks] < starts[landmarks + 1]
    return order[starts[landmarks]].astype(np.int32) if found.all() else np.zeros(0, np.int32)


def _turners(mesh: ForeignMesh, layout: _Layout, vertices: Dense) -> tuple[Turner, ...]:
    made = []
    for name in dict.fromkeys(part for part, _, _ in mesh.turners):
        run = layout.runs[name]
        centre, _ = sphere_of(vertices[run])
        turns = {shape: turn for part, shape, turn in mesh.turners if part == name}
        x, y, z = (float(c) for c in centre)
        made.append(Turner(run.start, run.stop, (x, y, z), turns))
    return tuple(made)


def _neck(vertices: Dense) -> NDArray[np.float32]:
    return _float(smoothstep(*_NECK, vertices[:, 1]))
