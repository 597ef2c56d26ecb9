"""Builds a `HeadModel`: sculpt, paint, parts, shapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.core.progress import Job, Progress
from pipeline.head.cast.character import Character
from pipeline.head.cast.warp import shaped
from pipeline.head.model import HeadModel, Surface, Turner
from pipeline.head.muscles import gaze
from pipeline.head.muscles.action_units import DRIVES, SHAPE_NAMES, shape_fields
from pipeline.head.muscles.correctives import corrective_fields, corrective_names
from pipeline.head.muscles.creases import crease
from pipeline.head.muscles.frame import MuscleFrame
from pipeline.head.muscles.jaw import jaw_motion, tongue_motion
from pipeline.head.muscles.lip_contact import lip_weights
from pipeline.head.muscles.posture import neck_weights
from pipeline.head.occlusion import with_arriving_light
from pipeline.head.sculpt import eyes, hair, teeth, tongue
from pipeline.head.sculpt.anatomy import EYE_CENTRE, EYE_RADIUS
from pipeline.head.sculpt.brows import brow_picture, brows
from pipeline.head.sculpt.furrow_map import furrow_map
from pipeline.head.sculpt.landmarks import landmark_vertices
from pipeline.head.sculpt.lashes import lash_picture, lashes
from pipeline.head.sculpt.meshes import PartMesh
from pipeline.head.sculpt.parameters.detail import DETAILS, Detail, Lod
from pipeline.head.sculpt.parameters.furrows import FURROW_MAP
from pipeline.head.sculpt.parameters.hair import HAIR_DETAILS, HairDetail
from pipeline.head.sculpt.polygonise import SkinMesh, polygonise, vertex_normals
from pipeline.head.sculpt.shirt import hidden_by_shirt, shirt
from pipeline.head.sculpt.skin import (
    hidden_by_hair,
    skin_colours,
    skin_finish,
    to_bytes,
    unlit,
)
from pipeline.head.sculpt.skin_maps import SkinMaps, skin_maps, skin_uv

_STAGE = "building the head"
_LEAST_MOVE = 0.02  # mm
_LEAST_TURN = 0.004  # of a unit normal
_LEAST_CREASE = 0.01
_TUCKED = 0.0  # mm under the edge of the shirt from where no skin is seen
_LID_FLOOR = 2.0  # mm that the margins' inner walls reach into the eyeball


@dataclass(frozen=True)
class _Layout:
    """Where the skin's vertices stand in the model: lit skin first, then unlit inside."""

    vertex: NDArray[np.int64]  # skin vertex of each model vertex
    surfaces: tuple[Surface, ...]

    def place(self, count: int) -> NDArray[np.int64]:
        """Model vertex of each skin vertex (of its first copy), -1 where it is hidden."""
        place = np.full(count, -1)
        order = np.arange(len(self.vertex))[::-1]
        place[self.vertex[order]] = order
        return place


def build_head(lod: Lod, character: Character) -> Job[HeadModel]:
    """Build a character's head at a level of detail; yields progress in percent."""
    beside = ThreadPoolExecutor(1)
    try:
        model = yield from _unlit_head(lod, character, beside)
    finally:
        beside.shutdown(wait=False, cancel_futures=True)
    yield Progress(_STAGE, 93, 100, "light")
    return with_arriving_light(shaped(model, character))


def _unlit_head(lod: Lod, character: Character, beside: Executor) -> Job[HeadModel]:
    """The head but for its light; pictures are made beside its form."""
    detail, hairs = DETAILS[lod], HAIR_DETAILS[lod]
    drawing = {"eye": beside.submit(eyes.eye_picture, detail.eye_map_size)}
    strands = beside.submit(_strand_pictures, hairs)
    yield Progress(_STAGE, 2, 100, "sculpting")
    skin = polygonise(detail)
    mapping = beside.submit(skin_maps, skin, detail.map_size)
    drawing["furrows"] = beside.submit(furrow_map, skin, FURROW_MAP.size)
    yield Progress(_STAGE, 35, 100, "painting")
    layout = _layout(skin, skin_colours(skin))
    yield Progress(_STAGE, 40, 100, "hair, eyes, teeth")
    made = _parts(skin, detail, hairs)
    surfaces = (*layout.surfaces, *_part_surfaces(made, len(layout.vertex)))
    yield Progress(_STAGE, 55, 100, "muscles")
    frame = MuscleFrame(skin)
    correctives = corrective_names()
    moved = (*SHAPE_NAMES, *(" and ".join(names) for names in correctives))
    runs = []
    for index, run in enumerate(_shapes(frame, layout, made)):
        runs.append(run)
        yield Progress(_STAGE, 55 + 30 * index / len(moved), 100, moved[index])
    yield Progress(_STAGE, 85, 100, "skin maps")
    maps = mapping.result()
    pictures = {"paint": maps.paint, "form": maps.form, **strands.result()}
    pictures |= {name: picture.result() for name, picture in drawing.items()}
    place = layout.place(len(skin.vertices))
    weights = lip_weights(frame)[layout.vertex]
    lips = np.flatnonzero(np.isfinite(weights))
    normals = np.vstack([skin.normals[layout.vertex], *(p.normals for p in made.values())])
    vertices = np.vstack([skin.vertices[layout.vertex], *(p.vertices for p in made.values())])
    return HeadModel(
        name=character.name,
        lod=lod,
        vertices=_float(vertices),
        normals=_float(normals),
        surfaces=tuple(replace(s, pictures=_uses(s.name, pictures)) for s in surfaces),
        shape_names=SHAPE_NAMES,
        **_shape_arrays(runs),
        landmarks=place[landmark_vertices(skin)].astype(np.int32),
        lids=place[_lids(frame)].astype(np.int32),
        pictures=pictures,
        drives=DRIVES,
        correctives=correctives,
        turners=tuple(_turners(surfaces)),
        neck=_float(neck_weights(vertices)),
        lips=lips.astype(np.int32),
        lip_weights=_float(weights[lips]),
        finish=_finish(skin, maps, layout, len(vertices)),
    )


def _shape_arrays(runs: Sequence[_Run]) -> dict[str, Any]:
    """Fields of the model that hold the shapes, then the correctives, end to end."""
    return {
        "shape_start": np.r_[0, np.cumsum([len(run.ids) for run in runs])].astype(np.int64),
        "shape_ids": np.concatenate([run.ids for run in runs]).astype(np.int32),
        "shape_deltas": _float(np.vstack([run.moves for run in runs])),
        "shape_normals": _float(np.vstack([run.turns for run in runs])),
        "shape_creases": _float(np.concatenate([run.creases for run in runs])),
    }


def _lids(frame: MuscleFrame) -> NDArray[np.int64]:
    """Skin vertices that must not enter the eyeballs."""
    outside = frame.eye_radius > EYE_RADIUS - _LID_FLOOR
    return np.flatnonzero(((frame.upper_lid > 0.02) | (frame.lower_lid > 0.02)) & outside)


def _strand_pictures(hairs: HairDetail) -> dict[str, NDArray[np.uint8]]:
    made = hair.hair_pictures(hairs)
    return made | {"brows": brow_picture(hairs), "lashes": lash_picture(hairs)}


#: Pictures by surface and use.
_PICTURES = {
    "skin": {"paint": "paint", "form": "form", "furrows": "furrows"},
    "brows": {"cover": "brows"},
    "lashes": {"cover": "lashes"},
    **hair.PICTURES,
    "eye_left": {"colour": "eye"},
    "eye_right": {"colour": "eye"},
}


#: Materials of parts that have none of their own name.
_MATERIALS = {"gum_upper": "gum", "gum_lower": "gum"}


def _uses(surface: str, pictures: Mapping[str, NDArray[np.uint8]]) -> dict[str, str]:
    uses = _PICTURES.get(surface, {})
    return {use: key for use, key in uses.items() if key in pictures}


def _finish(skin: SkinMesh, maps: SkinMaps, layout: _Layout, count: int) -> NDArray[np.uint8]:
    """Gloss and share of the skin's pictures for all vertices of the model, (count, 2)."""
    out = np.full((count, 2), (128, 0), np.uint8)
    out[: len(layout.vertex), 0] = skin_finish(skin)[layout.vertex]
    out[: len(layout.vertex), 1] = maps.share[layout.vertex]
    return out


def _float(values: NDArray[np.floating]) -> NDArray[np.float32]:
    return np.ascontiguousarray(values, np.float32)


def _layout(skin: SkinMesh, colours: NDArray[np.uint8]) -> _Layout:
    """Split the skin into lit and unlit faces and drop what nobody can see."""
    dark = unlit(skin)[skin.faces].all(1)
    clothed = hidden_by_shirt(skin)
    covered = hidden_by_hair(skin) | clothed
    # A large face that is partly far under the shirt would come through its few faces.
    tucked = hidden_by_shirt(skin, _TUCKED)[skin.faces].all(1) & clothed[skin.faces].any(1)
    seen = ~covered[skin.faces].all(1) & ~tucked
    surfaces, vertices, start = [], [], 0
    for name, chosen in (("skin", seen & ~dark), ("inner", seen & dark)):
        used, local = np.unique(skin.faces[chosen], return_inverse=True)
        faces = local.reshape(-1, 3).astype(np.int32)
        uv = skin_uv(skin.vertices[used]) if name == "skin" else np.zeros((0, 2))
        stop = start + len(used)
        surfaces.append(Surface(name, start, stop, faces, colours[used], _float(uv)))
        vertices.append(used)
        start = stop
    return _Layout(np.concatenate(vertices), tuple(surfaces))


def _parts(skin: SkinMesh, detail: Detail, hairs: HairDetail) -> dict[str, PartMesh]:
    made = {
        **hair.hair_parts(skin, hairs),
        "brows": brows(skin, hairs),
        "lashes": lashes(skin, hairs),
        "shirt": shirt(skin, hairs),
        "caruncle": eyes.caruncle(detail),
        "tears": eyes.tears(skin, detail),
        "eye_left": eyes.eyeball(1, detail),
        "eye_right": eyes.eyeball(-1, detail),
        "teeth_upper": teeth.teeth(True, detail),
        "teeth_lower": teeth.teeth(False, detail),
        "gum_upper": teeth.gum(True, detail),
        "gum_lower": teeth.gum(False, detail),
        "tongue": _with_tongue_out(tongue.tongue(detail)),
    }
    return made


def _with_tongue_out(made: PartMesh) -> PartMesh:
    made.closing["tongueOut"] = tongue_motion(made.vertices, tongue.along(made.vertices))
    return made


def _part_surfaces(made: dict[str, PartMesh], start: int) -> Iterator[Surface]:
    for name, mesh in made.items():
        stop = start + len(mesh.vertices)
        uv = _float(mesh.uv) if mesh.uv is not None else np.zeros((0, 2), np.float32)
        yield Surface(
            name, start, stop, mesh.faces.astype(np.int32), to_bytes(mesh.colours), uv,
            _MATERIALS.get(name, ""),
        )  # fmt: skip
        start = stop


def _turners(surfaces: Iterable[Surface]) -> Iterator[Turner]:
    for surface in surfaces:
        if side := gaze.eye_side(surface.name):
            centre = EYE_CENTRE * ([1, 1, 1] if side == "L" else [-1, 1, 1])
            yield Turner(surface.start, surface.stop, tuple(centre.tolist()), gaze.turns_of(side))


class _Run(NamedTuple):
    """What a shape does to the vertices `ids`: mm, change of the normal, depth of furrows."""

    ids: NDArray[np.int64]
    moves: NDArray[np.float64]
    turns: NDArray[np.float64]
    creases: NDArray[np.float64]


def _shapes(frame: MuscleFrame, layout: _Layout, made: dict[str, PartMesh]) -> Iterator[_Run]:
    """Vertices, displacements and changes of normals of each shape, over the whole model.

    Those of the correctives follow.
    """
    skin = frame.skin
    fields, turned = {}, {}

    def run(name: str, field: NDArray[np.float64], turn: NDArray[np.float64]) -> _Run:
        if not np.isfinite(field).all():
            raise ValueError(f"shape {name} is not finite")
        moves, turns = [field[layout.vertex]], [turn[layout.vertex]]
        for part, mesh in made.items():
            move, change = _part_moves(part, mesh, name, field)
            moves.append(move)
            turns.append(change)
        creases = np.zeros(sum(map(len, moves)))
        creases[: len(layout.vertex)] = crease(frame, name)[layout.vertex]
        return _sparse(np.vstack(moves), np.vstack(turns), creases)

    for name, field in shape_fields(frame, skin.mirror):
        fields[name] = field
        turned[name] = vertex_normals(skin.vertices + field, skin.faces) - skin.normals
        yield run(name, field, turned[name])
    for names, field in corrective_fields(frame, skin.mirror, fields):
        first, second = names
        both = skin.vertices + fields[first] + fields[second] + field
        turn = vertex_normals(both, skin.faces) - skin.normals - turned[first] - turned[second]
        yield run(" and ".join(names), field, turn)


def _sparse(
    moves: NDArray[np.float64], turns: NDArray[np.float64], creases: NDArray[np.float64]
) -> _Run:
    active = (np.abs(moves).max(1) > _LEAST_MOVE) | (np.abs(turns).max(1) > _LEAST_TURN)
    ids = np.flatnonzero(active | (np.abs(creases) > _LEAST_CREASE))
    return _Run(ids, moves[ids], turns[ids], creases[ids])


def _part_moves(
    part: str, mesh: PartMesh, name: str, field: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Displacement and change of the normals of a part's vertices."""
    still = np.zeros_like(mesh.vertices)
    if mesh.jaw and (carried := jaw_motion(name, mesh.vertices)) is not None:
        return carried, still
    turn = gaze.turns_of(gaze.eye_side(part)).get(name)
    if turn is not None:
        return gaze.turned_eye(mesh.vertices, mesh.normals, turn)
    move = still if mesh.binding is None else mesh.binding @ field
    closing, share = gaze.lash_closing(name)
    extra = mesh.closing.get(closing)
    return (move if extra is None else move + share * extra), still
