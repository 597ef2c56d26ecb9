"""The body that all characters share: the skin, how it moves, its texels, and plain parts.

It costs most of a head's time and depends on nothing that tells one character from another,
so it is made once per level of detail and kept (`pipeline.head.load`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.core.progress import Job, Progress
from pipeline.head.muscles.action_units import SHAPE_NAMES, shape_fields
from pipeline.head.muscles.correctives import corrective_fields, corrective_names
from pipeline.head.muscles.creases import crease
from pipeline.head.muscles.frame import MuscleFrame
from pipeline.head.muscles.jaw import tongue_motion
from pipeline.head.muscles.lip_contact import lip_weights
from pipeline.head.sculpt import eyes, teeth, tongue
from pipeline.head.sculpt.anatomy import EYE_RADIUS
from pipeline.head.sculpt.furrow_map import furrow_map
from pipeline.head.sculpt.landmarks import landmark_vertices
from pipeline.head.sculpt.meshes import PartMesh
from pipeline.head.sculpt.parameters.detail import DETAILS, LODS, Detail, Lod
from pipeline.head.sculpt.parameters.furrows import FURROW_MAP
from pipeline.head.sculpt.parameters.hair import HAIR_DETAILS
from pipeline.head.sculpt.polygonise import SkinMesh, polygonise, vertex_normals
from pipeline.head.sculpt.shirt import shirt
from pipeline.head.sculpt.skin import ambient_occlusion
from pipeline.head.sculpt.skin_maps import Unrolled, unrolled

_STAGE = "building the body"
_LID_FLOOR = 2.0  # mm that the margins' inner walls reach into the eyeball


class SkinMotion(NamedTuple):
    """What a shape does to the skin at full activation, each for all of its N vertices.

    `moves` (N, 3) mm, `turns` (N, 3) change of the unit normal, `creases` (N,) depth of furrows.
    """

    name: str
    moves: NDArray[np.float64]
    turns: NDArray[np.float64]
    creases: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Rows:
    """Arrays of equal shape (N, K), of each only the rows that are not 0, end to end.

    Parameters
    ----------
    count : int
        N.
    start : (A + 1,) int64
        Runs of the A arrays in the next two.
    ids : (R,) int32
    values : (R, K) float64
    """

    count: int
    start: NDArray[np.int64]
    ids: NDArray[np.int32]
    values: NDArray[np.float64]

    @classmethod
    def of(cls, arrays: Iterable[NDArray[np.float64]], count: int) -> Rows:
        """Of arrays (N, K)."""
        ids, values = [], []
        for array in arrays:
            some = np.flatnonzero(array.any(1))
            ids.append(some.astype(np.int32))
            values.append(array[some])
        start = np.r_[0, np.cumsum([len(run) for run in ids])].astype(np.int64)
        return cls(count, start, np.concatenate(ids), np.vstack(values))

    def __len__(self) -> int:
        return len(self.start) - 1

    def whole(self, index: int) -> NDArray[np.float64]:
        """One array with its rows of 0, (N, K)."""
        run = slice(self.start[index], self.start[index + 1])
        out = np.zeros((self.count, self.values.shape[1]))
        out[self.ids[run]] = self.values[run]
        return out


@dataclass(frozen=True, eq=False)
class Body:
    """What all characters have in common at a level of detail.

    Parameters
    ----------
    lod : str
    skin : SkinMesh
    openness : (N,) float64
        Of the skin's fine creases, `pipeline.head.sculpt.skin.ambient_occlusion`.
    texels : Unrolled
        The skin's texels before they are painted.
    parts : mapping of str to PartMesh
        Shirt, eyes, mouth; they are not a matter of character.
    moves, turns, creases : Rows
        Of `shapes`; the correctives last.
    landmarks : (68,) int64
        Skin vertices of dlib's points.
    lids : (L,) int64
        Skin vertices that must not enter the eyeballs.
    lip_weights : (N,) float64
        `pipeline.head.muscles.lip_contact.lip_weights`.
    pictures : mapping of str to (H, W, C) uint8
        Eye and furrows.
    """

    lod: Lod
    skin: SkinMesh
    openness: NDArray[np.float64]
    texels: Unrolled
    parts: Mapping[str, PartMesh]
    moves: Rows
    turns: Rows
    creases: Rows
    landmarks: NDArray[np.int64]
    lids: NDArray[np.int64]
    lip_weights: NDArray[np.float64]
    pictures: Mapping[str, NDArray[np.uint8]]

    def __post_init__(self) -> None:
        if len(self.moves) != len(_moved()) or len(self.openness) != len(self.skin.vertices):
            raise ValueError("shapes don't fit the body")

    def motions(self) -> Iterator[SkinMotion]:
        """Each shape, then each corrective."""
        for index, name in enumerate(_moved()):
            yield SkinMotion(
                name, self.moves.whole(index), self.turns.whole(index),
                self.creases.whole(index)[:, 0],
            )  # fmt: skip

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Plain arrays for a file."""
        out: dict[str, NDArray[Any]] = {
            "openness": self.openness, "landmarks": self.landmarks, "lids": self.lids,
            "lip_weights": self.lip_weights,
        }  # fmt: skip
        for key in ("skin", "texels", "moves", "turns", "creases"):
            held = getattr(self, key)
            out |= {f"{key}.{f.name}": np.asarray(getattr(held, f.name)) for f in fields(held)}
        for name, part in self.parts.items():
            out |= {f"parts.{name}.{key}": array for key, array in _part_arrays(part)}
        out |= {f"pictures.{name}": picture for name, picture in self.pictures.items()}
        plain = {"lod": self.lod, "parts": list(self.parts), "pictures": list(self.pictures)}
        return out | {"plain": np.array(json.dumps(plain))}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Body:
        """Body from `to_arrays`.

        Raises
        ------
        KeyError, TypeError, ValueError
            If an array is missing or the parts don't fit each other.
        """
        plain = json.loads(str(arrays["plain"]))
        if plain["lod"] not in LODS:
            raise ValueError(f"unknown level of detail {plain['lod']!r}")

        def held(key: str, kind: type) -> Any:
            return kind(**{f.name: arrays[f"{key}.{f.name}"] for f in fields(kind)})

        def rows(key: str) -> Rows:
            start, ids, values = (arrays[f"{key}.{name}"] for name in ("start", "ids", "values"))
            return Rows(int(arrays[f"{key}.count"]), start, ids, values)

        return cls(
            plain["lod"], held("skin", SkinMesh), arrays["openness"], held("texels", Unrolled),
            {name: _part_of(arrays, f"parts.{name}.") for name in plain["parts"]},
            rows("moves"), rows("turns"), rows("creases"),
            arrays["landmarks"], arrays["lids"], arrays["lip_weights"],
            {name: arrays[f"pictures.{name}"] for name in plain["pictures"]},
        )  # fmt: skip


def build_body(lod: Lod) -> Job[Body]:
    """Build the body at a level of detail; yields progress in percent."""
    beside = ThreadPoolExecutor(1)
    try:
        return (yield from _built(lod, beside))
    finally:
        beside.shutdown(cancel_futures=True)  # what was left running would slow the next head


def _built(lod: Lod, beside: Executor) -> Job[Body]:
    """The body; texels and pictures are made beside its form."""
    detail = DETAILS[lod]
    eye = beside.submit(eyes.eye_picture, detail.eye_map_size)
    yield Progress(_STAGE, 2, 100, "sculpting")
    skin = polygonise(detail)
    texels = beside.submit(unrolled, skin, detail.map_size)
    furrows = beside.submit(furrow_map, skin, FURROW_MAP.size)
    yield Progress(_STAGE, 45, 100, "eyes, teeth")
    parts = _parts(skin, lod, detail)
    openness = ambient_occlusion(skin)
    yield Progress(_STAGE, 55, 100, "muscles")
    frame = MuscleFrame(skin)
    motions = []
    for index, motion in enumerate(_motions(frame)):
        motions.append(motion)
        yield Progress(_STAGE, 55 + 40 * index / len(_moved()), 100, motion.name)
    yield Progress(_STAGE, 96, 100, "skin maps")
    count = len(skin.vertices)
    return Body(
        lod, skin, openness, texels.result(), parts,
        Rows.of((motion.moves for motion in motions), count),
        Rows.of((motion.turns for motion in motions), count),
        Rows.of((motion.creases[:, None] for motion in motions), count),
        np.asarray(landmark_vertices(skin), np.int64), _lids(frame), lip_weights(frame),
        {"eye": eye.result(), "furrows": furrows.result()},
    )  # fmt: skip


def _moved() -> tuple[str, ...]:
    return (*SHAPE_NAMES, *(" and ".join(names) for names in corrective_names()))


def _motions(frame: MuscleFrame) -> Iterator[SkinMotion]:
    """Each shape, then each corrective."""
    skin = frame.skin
    moves, turns = {}, {}

    def checked(name: str, move: NDArray[np.float64], turn: NDArray[np.float64]) -> SkinMotion:
        if not np.isfinite(move).all():
            raise ValueError(f"shape {name} is not finite")
        return SkinMotion(name, move, turn, crease(frame, name))

    for name, move in shape_fields(frame, skin.mirror):
        moves[name] = move
        turns[name] = vertex_normals(skin.vertices + move, skin.faces) - skin.normals
        yield checked(name, move, turns[name])
    for names, move in corrective_fields(frame, skin.mirror, moves):
        first, second = names
        both = skin.vertices + moves[first] + moves[second] + move
        turn = vertex_normals(both, skin.faces) - skin.normals - turns[first] - turns[second]
        yield checked(" and ".join(names), move, turn)


def _lids(frame: MuscleFrame) -> NDArray[np.int64]:
    """Skin vertices that must not enter the eyeballs."""
    outside = frame.eye_radius > EYE_RADIUS - _LID_FLOOR
    return np.flatnonzero(((frame.upper_lid > 0.02) | (frame.lower_lid > 0.02)) & outside)


def _parts(skin: SkinMesh, lod: Lod, detail: Detail) -> dict[str, PartMesh]:
    return {
        "shirt": shirt(skin, HAIR_DETAILS[lod]),
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


def _with_tongue_out(made: PartMesh) -> PartMesh:
    made.closing["tongueOut"] = tongue_motion(made.vertices, tongue.along(made.vertices))
    return made


def _part_arrays(part: PartMesh) -> Iterator[tuple[str, NDArray[Any]]]:
    for key in ("vertices", "faces", "normals", "colours"):
        yield key, getattr(part, key)
    yield "jaw", np.array(part.jaw)
    yield "closing", np.array(list(part.closing), str)
    for name, move in part.closing.items():
        yield f"closing.{name}", move
    if part.uv is not None:
        yield "uv", part.uv
    if part.binding is not None:
        binding = part.binding
        for key in ("data", "indices", "indptr", "shape"):
            yield f"binding.{key}", np.asarray(getattr(binding, key))


def _part_of(arrays: Mapping[str, NDArray[Any]], prefix: str) -> PartMesh:
    binding = None
    if prefix + "binding.data" in arrays:
        data, indices, indptr, shape = (
            arrays[f"{prefix}binding.{key}"] for key in ("data", "indices", "indptr", "shape")
        )
        binding = sp.csr_matrix((data, indices, indptr), tuple(shape.tolist()))
    vertices, faces, normals, colours = (
        arrays[prefix + key] for key in ("vertices", "faces", "normals", "colours")
    )
    closing = {name: arrays[f"{prefix}closing.{name}"] for name in arrays[prefix + "closing"]}
    return PartMesh(
        vertices, faces, normals, colours, binding, bool(arrays[prefix + "jaw"]), closing,
        arrays.get(prefix + "uv"),
    )  # fmt: skip
