"""Builds a `HeadModel`: the body that all share, dressed as a character."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.core.progress import Job, Progress, as_part
from pipeline.head.cast.character import Character
from pipeline.head.cast.warp import shaped
from pipeline.head.model import HeadModel, Surface, Turner
from pipeline.head.muscles import gaze
from pipeline.head.muscles.action_units import DRIVES, SHAPE_NAMES
from pipeline.head.muscles.correctives import corrective_names
from pipeline.head.muscles.jaw import jaw_motion
from pipeline.head.muscles.posture import neck_weights
from pipeline.head.occlusion import with_arriving_light
from pipeline.head.sculpt import beards, hair
from pipeline.head.sculpt.anatomy import EYE_CENTRE
from pipeline.head.sculpt.beards import beard_of, beard_parts, beard_pictures
from pipeline.head.sculpt.body import Body, SkinMotion, build_body
from pipeline.head.sculpt.brows import brow_picture, brows
from pipeline.head.sculpt.complexion import eyes_of, scatter_of, skin_of
from pipeline.head.sculpt.eyes import eye_picture
from pipeline.head.sculpt.furrow_map import furrow_uv
from pipeline.head.sculpt.lashes import lash_picture, lashes
from pipeline.head.sculpt.meshes import PartMesh
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.beards import BEARD_DETAILS
from pipeline.head.sculpt.parameters.detail import DETAILS, Lod
from pipeline.head.sculpt.parameters.hair import HAIR_DETAILS
from pipeline.head.sculpt.parameters.skin import SkinParameters
from pipeline.head.sculpt.parameters.styles import HairStyle
from pipeline.head.sculpt.polygonise import SkinMesh
from pipeline.head.sculpt.rest_lines import rest_lines
from pipeline.head.sculpt.shirt import hidden_by_shirt
from pipeline.head.sculpt.skin import (
    hidden_by_hair,
    skin_colours,
    skin_finish,
    to_bytes,
    unlit,
)
from pipeline.head.sculpt.skin_maps import skin_maps, skin_uv
from pipeline.head.sculpt.tone import Tone, brow_tone, style_of, tone_of, under_hair

#: Of the time of a whole build.
BODY_SHARE = 0.65
_STAGE = "building the head"
_LEAST_MOVE = 0.02  # mm
_LEAST_TURN = 0.004  # of a unit normal
_LEAST_CREASE = 0.01
_TUCKED = 0.0  # mm under the edge of the shirt from where no skin is seen


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
    body = yield from as_part(build_body(lod), 0.0, BODY_SHARE)
    return (yield from as_part(dressed(body, character), BODY_SHARE, 1.0))


def dressed(body: Body, character: Character) -> Job[HeadModel]:
    """The head of a character on the body that all share; yields progress in percent."""
    beside = ThreadPoolExecutor(1)
    try:
        model = yield from _unlit_head(body, character, beside)
    finally:
        beside.shutdown(cancel_futures=True)  # what was left running would slow the next head
    yield Progress(_STAGE, 80, 100, "form")
    model = shaped(model, character)
    yield Progress(_STAGE, 85, 100, "light")
    return with_arriving_light(model)


def _unlit_head(body: Body, character: Character, beside: Executor) -> Job[HeadModel]:
    """The sculpt's head, but for its light; pictures are made beside its parts."""
    skin, hairs = body.skin, HAIR_DETAILS[body.lod]
    style, tone = style_of(character.hair), tone_of(character.hair.colour, character.hair.grey)
    look = under_hair(skin_of(character), style, tone)
    painting = beside.submit(skin_maps, body.texels, DETAILS[body.lod].map_size, look)
    strands = beside.submit(_strand_pictures, body.lod, character, tone)
    yield Progress(_STAGE, 2, 100, "painting")
    layout = _layout(body, skin_colours(skin, body.openness, look), style)
    yield Progress(_STAGE, 10, 100, "hair")
    made = {
        **hair.hair_parts(skin, hairs, style, tone),
        "brows": brows(skin, hairs, character.brows, brow_tone(tone)),
        "lashes": lashes(skin, hairs, character.brows, tone),
        **beard_parts(skin, BEARD_DETAILS[body.lod], beard_of(character.hair.beard), tone),
        **body.parts,
    }
    surfaces = (*layout.surfaces, *_part_surfaces(made, len(layout.vertex)))
    yield Progress(_STAGE, 40, 100, "muscles")
    runs = [_run(motion, layout, made) for motion in body.motions()]
    yield Progress(_STAGE, 60, 100, "skin maps")
    maps = painting.result()
    pictures = {"paint": maps.paint, "form": maps.form, **strands.result(), **body.pictures}
    pictures |= _eye_picture(body.lod, character)
    place = layout.place(len(skin.vertices))
    weights = body.lip_weights[layout.vertex]
    lips = np.flatnonzero(np.isfinite(weights))
    normals = np.vstack([skin.normals[layout.vertex], *(p.normals for p in made.values())])
    vertices = np.vstack([skin.vertices[layout.vertex], *(p.vertices for p in made.values())])
    return HeadModel(
        name=character.name,
        lod=body.lod,
        vertices=_float(vertices),
        normals=_float(normals),
        surfaces=tuple(replace(s, pictures=_uses(s.name, pictures)) for s in surfaces),
        shape_names=SHAPE_NAMES,
        **_shape_arrays(runs),
        landmarks=place[body.landmarks].astype(np.int32),
        lids=place[body.lids].astype(np.int32),
        pictures=pictures,
        drives=DRIVES,
        correctives=corrective_names(),
        turners=tuple(_turners(surfaces)),
        neck=_float(neck_weights(vertices)),
        lips=lips.astype(np.int32),
        lip_weights=_float(weights[lips]),
        rest_creases=_rest_creases(skin, character, layout, len(vertices)),
        fold_places=furrow_uv(skin.vertices[layout.vertex]),
        iris=character.iris,
        scatter=scatter_of(character),
        finish=_finish(skin, body.texels.share, layout, len(vertices), look),
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


def _strand_pictures(lod: Lod, character: Character, tone: Tone) -> dict[str, NDArray[np.uint8]]:
    hairs, style = HAIR_DETAILS[lod], style_of(character.hair)
    made = hair.hair_pictures(hairs, style, tone)
    beard = beard_of(character.hair.beard)
    made |= beard_pictures(BEARD_DETAILS[lod], beard, tone, style.strand)
    made["brows"] = brow_picture(hairs, character.brows, brow_tone(tone))
    return made | {"lashes": lash_picture(hairs, character.brows)}


def _eye_picture(lod: Lod, character: Character) -> dict[str, NDArray[np.uint8]]:
    """The eyes' picture where they are not the body's."""
    own = eyes_of(character)
    return {} if own == HEAD.eyes else {"eye": eye_picture(DETAILS[lod].eye_map_size, own)}


#: Pictures by surface and use.
_PICTURES = {
    "skin": {"paint": "paint", "form": "form", "furrows": "furrows"},
    "brows": {"cover": "brows"},
    "lashes": {"cover": "lashes"},
    **hair.PICTURES,
    **beards.PICTURES,
    "eye_left": {"colour": "eye"},
    "eye_right": {"colour": "eye"},
}


#: Materials of parts that have none of their own name.
_MATERIALS = {"gum_upper": "gum", "gum_lower": "gum"}


def _uses(surface: str, pictures: Mapping[str, NDArray[np.uint8]]) -> dict[str, str]:
    uses = _PICTURES.get(surface, {})
    return {use: key for use, key in uses.items() if key in pictures}


def _finish(
    skin: SkinMesh, share: NDArray[np.uint8], layout: _Layout, count: int, look: SkinParameters
) -> NDArray[np.uint8]:
    """Gloss and share of the skin's pictures for all vertices of the model, (count, 2)."""
    out = np.full((count, 2), (128, 0), np.uint8)
    out[: len(layout.vertex), 0] = skin_finish(skin, look)[layout.vertex]
    out[: len(layout.vertex), 1] = share[layout.vertex]
    return out


def _rest_creases(
    skin: SkinMesh, character: Character, layout: _Layout, count: int
) -> NDArray[np.float32]:
    """Lines of age for all vertices of the model, (count,)."""
    out = np.zeros(count, np.float32)
    out[: len(layout.vertex)] = rest_lines(skin.vertices, character)[layout.vertex]
    return out


def _float(values: NDArray[np.floating]) -> NDArray[np.float32]:
    return np.ascontiguousarray(values, np.float32)


def _layout(body: Body, colours: NDArray[np.uint8], style: HairStyle) -> _Layout:
    """Split the skin into lit and unlit faces and drop what nobody can see."""
    skin = body.skin
    dark = unlit(skin)[skin.faces].all(1)
    clothed = hidden_by_shirt(skin)
    covered = hidden_by_hair(skin, style) | clothed
    covered[body.landmarks] = False
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


def _run(motion: SkinMotion, layout: _Layout, made: Mapping[str, PartMesh]) -> _Run:
    """What a shape does over the whole model."""
    moves, turns = [motion.moves[layout.vertex]], [motion.turns[layout.vertex]]
    for part, mesh in made.items():
        move, change = _part_moves(part, mesh, motion.name, motion.moves)
        moves.append(move)
        turns.append(change)
    creases = np.zeros(sum(map(len, moves)))
    creases[: len(layout.vertex)] = motion.creases[layout.vertex]
    return _sparse(np.vstack(moves), np.vstack(turns), creases)


def _sparse(
    moves: NDArray[np.float64], turns: NDArray[np.float64], creases: NDArray[np.float64]
) -> _Run:
    active = _largest(moves) > _LEAST_MOVE
    active |= _largest(turns) > _LEAST_TURN
    ids = np.flatnonzero(active | (np.abs(creases) > _LEAST_CREASE))
    return _Run(ids, moves[ids], turns[ids], creases[ids])


def _largest(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Largest component of each of (N, 3) vectors, (N,); many times as fast as `max(1)`."""
    x, y, z = np.abs(vectors).T
    return np.maximum(np.maximum(x, y), z)


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
