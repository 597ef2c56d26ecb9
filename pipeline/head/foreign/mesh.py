"""What a reader of foreign files hands over, and the limits under which it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import HeadError

#: Limits, so that a wrong or hostile file costs neither the memory nor the afternoon.
MOST_POINTS = 2_000_000
MOST_SHAPES = 500
MOST_BYTES = 1 << 30
#: Numbers of all shapes together that are kept, times 12 bytes.
MOST_MOVES = 100_000_000
#: No coordinate of a head is larger, in any unit; squares of it must not overflow.
_FARTHEST = 1e9

Moves = tuple[NDArray[np.int32], NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class Part:
    """Triangles of one material.

    Parameters
    ----------
    name : str
    triangles : (M, 3) int32
        Points of the mesh.
    material : str
        Key into `pipeline.head.scene.studio.MATERIALS`.
    colour : 3 floats
        Linear; multiplies colours of points.
    uv : (N, 2) float32 or None
        Per point of the mesh.
    uv_triangles : (M, 3) int32 or None
        Corners in `uv`; None where `uv` goes by points.
    picture : str
        Key of `ForeignMesh.pictures` for the colour.
    cover : str
        Key of `ForeignMesh.pictures` for strands that are drawn in place of the surface.
    two_sided : bool
        Its back is drawn too.
    """

    name: str
    triangles: NDArray[np.int32]
    material: str
    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)
    uv: NDArray[np.float32] | None = None
    uv_triangles: NDArray[np.int32] | None = None
    picture: str = ""
    cover: str = ""
    two_sided: bool = False


@dataclass(frozen=True, eq=False)
class ForeignMesh:
    """A head as its files have it.

    Parameters
    ----------
    name : str
        For a person.
    points : (N, 3) float64
        Neutral, in the files' unit and place.
    parts : tuple of Part
    shapes : mapping of str to (ids, deltas)
        (S,) int32 and (S, 3) float32, in the files' unit.
    colours : (N, 3) float32 or None
        Linear.
    normals : (N, 3) float32 or None
        Where the file gives them.
    shape_normals : mapping of str to (ids, deltas)
        Where the file gives them.
    landmarks : (68,) int32 or None
        Points that are dlib's, -1 for none; None where they are to be found.
    identities : mapping of str to (ids, deltas)
        Ways in which faces differ.
    turners : tuple of (part name, shape name, rotation vector in deg)
        Parts that shapes turn as a whole.
    correctives : mapping of str to names
        Shapes whose weight is the product of others' weights.
    pictures : mapping of str to (H, W, 3) uint8
    notices : tuple of str
        What a person should know.
    placed : bool
        Points are in mm and where the studio's head stands: leave them.
    """

    name: str
    points: NDArray[np.float64]
    parts: tuple[Part, ...]
    shapes: Mapping[str, Moves]
    colours: NDArray[np.float32] | None = None
    normals: NDArray[np.float32] | None = None
    shape_normals: Mapping[str, Moves] = field(default_factory=dict)
    landmarks: NDArray[np.int32] | None = None
    identities: Mapping[str, Moves] = field(default_factory=dict)
    turners: tuple[tuple[str, str, tuple[float, float, float]], ...] = ()
    correctives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pictures: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    placed: bool = False


def check_size(path: Path) -> None:
    """Refuse a file that is not there or too large to be read.

    Raises
    ------
    HeadError
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise HeadError(
            f"it cannot be read ({(error.strerror or str(error)).lower()})",
            where=path, remedy="Check its place and your rights", code="head.read",
        ) from error  # fmt: skip
    if not path.is_file():
        raise HeadError("it is not a file", where=path, code="head.read")
    if size > MOST_BYTES:
        raise HeadError(
            f"it has {size / 1e9:.1f} GB; at most {MOST_BYTES / 1e9:.1f} GB are read", where=path,
            remedy="Export a coarser mesh", code="head.size",
        )  # fmt: skip


def finite(values: NDArray[np.floating], where: object, what: str) -> None:
    """Refuse numbers that are none, or that no head has.

    Raises
    ------
    HeadError
    """
    good = np.abs(values) <= _FARTHEST  # false for what is not a number
    if not good.all():
        row = int(np.flatnonzero(~good.all(axis=-1))[0])
        raise HeadError(
            f"{what} is not a usable position (number {row}: {values[row].tolist()})", where=where,
            remedy="Export the mesh again", code="head.numbers",
        )  # fmt: skip


def rows_beyond(values: NDArray[np.floating], least: float) -> NDArray[np.bool_]:
    """Rows of (N, 3) with a component beyond `least`."""
    x, y, z = np.abs(values).T  # column by column: many times faster than along short rows
    return (x > least) | (y > least) | (z > least)


def moves_of(deltas: NDArray[np.floating], least: float) -> Moves:
    """The rows of a dense displacement that move by more than `least`."""
    ids = np.flatnonzero(rows_beyond(deltas, least))
    return ids.astype(np.int32), deltas[ids].astype(np.float32)


def check_moves(shapes: Mapping[str, Moves], where: object) -> None:
    """Refuse more shapes than can be held.

    Raises
    ------
    HeadError
    """
    total = sum(len(ids) for ids, _ in shapes.values())
    if len(shapes) > MOST_SHAPES or total > MOST_MOVES:
        raise HeadError(
            f"it has {len(shapes)} shapes that move {total:,} points; at most {MOST_SHAPES} shapes "
            f"and {MOST_MOVES:,} points are read",
            where=where, remedy="Remove shapes or export a coarser mesh", code="head.size",
        )  # fmt: skip
