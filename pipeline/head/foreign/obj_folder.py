"""A folder of OBJ files: a neutral and one file per shape, all of one topology."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import HeadError
from pipeline.core.progress import Job, Progress
from pipeline.head.foreign import ict
from pipeline.head.foreign.mesh import (
    MOST_BYTES,
    MOST_SHAPES,
    ForeignMesh,
    Moves,
    Part,
    check_moves,
    moves_of,
)
from pipeline.head.foreign.obj import (
    ObjMesh,
    faces_digest,
    read_bytes,
    read_material_colours,
    read_obj,
    read_points,
)

_STAGE = "reading the head"
#: Names of a neutral, the first that is there counts; then any name with one of the words.
NEUTRALS = ("neutral", "generic_neutral_mesh", "base", "basis", "default", "rest")
_NEUTRAL_WORDS = ("neutral", "basemesh", "base_mesh")
#: Of the mesh's size: smaller motions are rounding of the text.
_LEAST_MOVE = 2e-6
_IDENTITY = re.compile(r"identity\d+", re.IGNORECASE)


def obj_files(folder: Path) -> list[Path]:
    """The folder's OBJ files by name.

    Raises
    ------
    HeadError
        If there are none, or more than are read.
    """
    try:
        files = sorted(
            (p for p in folder.iterdir() if p.suffix.lower() == ".obj" and p.is_file()),
            key=lambda p: p.name,
        )
        size = sum(p.stat().st_size for p in files)
    except OSError as error:
        raise HeadError(
            f"the folder cannot be read ({(error.strerror or str(error)).lower()})",
            where=folder, remedy="Check its place and your rights", code="head.read",
        ) from error  # fmt: skip
    if not files:
        raise HeadError(
            "there are no OBJ files in it", where=folder,
            remedy="Name a folder with a neutral and one OBJ per shape", code="head.empty",
        )  # fmt: skip
    if len(files) > MOST_SHAPES + 1 or size > MOST_BYTES:
        raise HeadError(
            f"it holds {len(files)} OBJ files with {size / 1e9:.1f} GB; at most {MOST_SHAPES} "
            f"shapes and {MOST_BYTES / 1e9:.1f} GB are read",
            where=folder, remedy="Move files away that are no shapes of this head",
            code="head.size",
        )  # fmt: skip
    return files


def find_neutral(files: list[Path], folder: Path) -> Path:
    """The file that holds the face at rest.

    Raises
    ------
    HeadError
        If no name says so, or several do.
    """
    by_name = {p.stem.lower(): p for p in files}
    for name in NEUTRALS:
        if name in by_name:
            return by_name[name]
    likely = [p for p in files if any(word in p.stem.lower() for word in _NEUTRAL_WORDS)]
    if len(likely) == 1:
        return likely[0]
    looked = ", ".join(f"{name}.obj" for name in NEUTRALS) + ", *neutral*.obj"
    found = ", ".join(p.name for p in (likely or files)[:6])
    raise HeadError(
        "several files could be the neutral" if likely else "there is no neutral in it",
        where=folder,
        remedy=f"Name the face at rest one of {looked} (found: {found})",
        code="head.neutral",
    )


def read_obj_folder(folder: Path) -> Job[ForeignMesh]:
    """Read a folder; yields progress in files.

    Raises
    ------
    HeadError
        If there is no neutral, a file is no OBJ, or one differs in topology.
    """
    files = obj_files(folder)
    neutral_file = find_neutral(files, folder)
    yield Progress(_STAGE, 0, len(files), neutral_file.name)
    neutral = read_obj(neutral_file)
    least = _LEAST_MOVE * float(np.ptp(neutral.points, axis=0).max())
    shapes: dict[str, Moves] = {}
    identities: dict[str, Moves] = {}
    others = [p for p in files if p != neutral_file]

    def moves(path: Path) -> Moves:
        return moves_of(_points_like(path, neutral, neutral_file) - neutral.points, least)

    # Two threads: reading and hashing one file runs beside the parsing of another.
    with ThreadPoolExecutor(2) as pool:
        try:
            for number, found in enumerate(pool.map(moves, others)):
                path = others[number]
                yield Progress(_STAGE, number + 1, len(files), path.name)
                into = identities if _IDENTITY.fullmatch(path.stem) else shapes
                into[path.stem] = found
                check_moves(shapes | identities, folder)
        finally:
            pool.shutdown(cancel_futures=True)
    yield Progress(_STAGE, len(files), len(files))
    if ict.is_ict(neutral):
        return ict.dressed(neutral, shapes, identities)
    return ForeignMesh(
        name=folder.name,
        points=neutral.points,
        parts=tuple(_parts(neutral, neutral_file)),
        shapes=shapes,
        identities=identities,
        colours=None if neutral.colours is None else (neutral.colours**2.2).astype(np.float32),
    )


def _points_like(path: Path, neutral: ObjMesh, neutral_file: Path) -> NDArray[np.float64]:
    """Positions of a shape's file, after its topology has been compared."""
    data = read_bytes(path)
    points = read_points(path, data)[:, :3]
    if len(points) != len(neutral.points):
        raise HeadError(
            f"it has {len(points):,} vertices, but {neutral_file.name} has {len(neutral.points):,}",
            where=path,
            remedy="Export all shapes from one mesh, with vertex order kept",
            code="head.topology",
        )
    if faces_digest(data) != neutral.faces_digest:
        other = read_obj(path).triangles  # the lines differ; the faces need not
        if not np.array_equal(other, neutral.triangles):
            raise HeadError(
                f"its faces ({len(other):,} triangles) are not those of {neutral_file.name} "
                f"({len(neutral.triangles):,} triangles)",
                where=path,
                remedy="Export all shapes from one mesh, with vertex order kept",
                code="head.topology",
            )
    return points


def _parts(mesh: ObjMesh, path: Path) -> Iterator[Part]:
    """One part per material, in the file's order; without materials one of skin."""
    from pipeline.head.foreign.materials import material_of, plausible

    given: dict[str, tuple[float, float, float]] = {}
    for name in mesh.libraries:
        library = path.parent / Path(name.replace("\\", "/")).name  # never outside the folder
        if library.is_file():
            given |= read_material_colours(library)
    starts = [*mesh.materials, ("", len(mesh.triangles))]
    if not mesh.materials or starts[0][1] > 0:
        starts.insert(0, ("", 0))
    runs: dict[str, list[NDArray[np.int32]]] = {}
    for (name, start), (_, stop) in pairwise(starts):
        if stop > start:
            runs.setdefault(name, []).append(mesh.triangles[start:stop])
    for name, triangles in runs.items():
        material = material_of(name)
        colour = given.get(name)
        linear = None if colour is None else tuple(float(c) ** 2.2 for c in colour)
        tint = plausible(material, linear) if mesh.colours is None else (1.0, 1.0, 1.0)
        yield Part(name or "skin", np.vstack(triangles), material, tint)
