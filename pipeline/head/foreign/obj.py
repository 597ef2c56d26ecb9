"""Wavefront OBJ as other programs write it: points, faces of any size, groups of material.

Lines are sorted by their first word and each kind is read at once; numbers go through
NumPy's text reader, which names the line that is none.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import HeadError
from pipeline.head.foreign.mesh import MOST_POINTS, check_size, finite

#: A mesh of that many vertices has no more lines, with normals, places in pictures and faces.
_MOST_LINES = 8 * MOST_POINTS


@dataclass(frozen=True, eq=False)
class ObjMesh:
    """One OBJ file.

    Parameters
    ----------
    points : (N, 3) float64
        In the file's unit.
    colours : (N, 3) float64 or None
        From ``v x y z r g b``, 0 to 1.
    uv : (U, 2) float64
    triangles : (M, 3) int32
        Faces cut into fans.
    uv_triangles : (M, 3) int32
        Corners in `uv`, -1 where a face has none.
    materials : tuple of (name, first triangle)
    libraries : tuple of str
        Names after ``mtllib``.
    faces_digest : bytes
        Of the face lines as they stand.
    """

    points: NDArray[np.float64]
    colours: NDArray[np.float64] | None
    uv: NDArray[np.float64]
    triangles: NDArray[np.int32]
    uv_triangles: NDArray[np.int32]
    materials: tuple[tuple[str, int], ...]
    libraries: tuple[str, ...]
    faces_digest: bytes


def read_bytes(path: Path) -> bytes:
    """A text file of a size that is read, continued lines joined.

    Raises
    ------
    HeadError
    """
    check_size(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise HeadError(
            f"it cannot be read ({(error.strerror or str(error)).lower()})",
            where=path, code="head.read",
        ) from error  # fmt: skip
    if b"\0" in data[:4096]:
        raise HeadError("it is not a text file", where=path, code="head.obj")
    if data.count(b"\n") > _MOST_LINES:
        raise HeadError(
            f"it has more than {_MOST_LINES:,} lines", where=path,
            remedy="Export a coarser mesh", code="head.size",
        )  # fmt: skip
    if b"\\\n" in data or b"\\\r\n" in data:
        data = data.replace(b"\\\r\n", b" ").replace(b"\\\n", b" ")
    return data


def read_points(path: Path, data: bytes) -> NDArray[np.float64]:
    """Positions, and colours where there are, (N, 3 | 4 | 6 | 7) float64."""
    rows = _vertex_rows(data)
    if not rows:
        raise HeadError("it holds no vertices", where=path, code="head.empty")
    if len(rows) > MOST_POINTS:
        raise HeadError(
            f"it holds {len(rows):,} vertices; at most {MOST_POINTS:,} are read", where=path,
            remedy="Export a coarser mesh", code="head.size",
        )  # fmt: skip
    values = _numbers(rows, path, "vertex")
    if values.shape[1] not in (3, 4, 6, 7):
        raise HeadError(
            f"a vertex has {values.shape[1]} numbers instead of 3, or 6 with a colour",
            where=path, code="head.obj",
        )  # fmt: skip
    finite(values[:, :3], path, "a vertex")
    return values


def _vertex_rows(data: bytes) -> list[bytes]:
    """What follows the ``v`` of each vertex line."""
    start, last = data.find(b"\nv "), data.rfind(b"\nv ")
    if start >= 0 and not data.startswith((b"v ", b"v\t")):
        stop = data.find(b"\n", last + 1)
        block = data[start : stop if stop >= 0 else len(data)]
        rows = block.split(b"\nv ")[1:]
        # One run of vertex lines, as most programs write: no need to look at each.
        if len(rows) == block.count(b"\n") and b"\nv\t" not in data:
            return rows
    return [line[2:] for line in data.splitlines() if line[:2] in (b"v ", b"v\t")]


def _numbers(rows: list[bytes], path: Path, what: str) -> NDArray[np.float64]:
    try:
        text = b"\n".join(rows).decode("ascii").split("\n")
        return np.loadtxt(text, dtype=np.float64, comments="#", ndmin=2)
    except (ValueError, UnicodeDecodeError) as error:
        raise HeadError(
            f"a {what} line holds something else than its numbers ({error})", where=path,
            remedy="Export the OBJ again", code="head.obj",
        ) from error  # fmt: skip


def faces_digest(data: bytes) -> bytes:
    """Hash of all from the first face on: files with the same one have the same faces."""
    return hashlib.sha256(data[max(data.find(b"\nf"), 0) :]).digest()


def read_obj(path: Path) -> ObjMesh:
    """Read a whole OBJ.

    Raises
    ------
    HeadError
        If it is too large, no OBJ, or a number or index in it is wrong.
    """
    data = read_bytes(path)
    values = read_points(path, data)
    lines = data.splitlines()
    uv_rows = [line[3:] for line in lines if line[:3] in (b"vt ", b"vt\t")]
    uv = _numbers(uv_rows, path, "texture")[:, :2] if uv_rows else np.zeros((0, 2))
    if uv.shape[1] != 2:
        raise HeadError("a texture line has one number", where=path, code="head.obj")
    faces = _Faces(path, len(values), len(uv))
    faces.read(lines)
    colours = None
    if values.shape[1] >= 6:
        colours = np.clip(values[:, -3:], 0.0, 1.0)
    return ObjMesh(
        np.ascontiguousarray(values[:, :3]), colours, uv,
        np.array(faces.triangles, np.int32).reshape(-1, 3),
        np.array(faces.uv, np.int32).reshape(-1, 3),
        tuple(faces.materials), tuple(faces.libraries), faces_digest(data),
    )  # fmt: skip


class _Faces:
    """Gathers the faces of a file, in order."""

    def __init__(self, path: Path, points: int, uv: int) -> None:
        self.path, self.all_points, self.all_uv = path, points, uv
        self.triangles: list[tuple[int, int, int]] = []
        self.uv: list[tuple[int, int, int]] = []
        self.materials: list[tuple[str, int]] = []
        self.libraries: list[str] = []

    def read(self, lines: list[bytes]) -> None:
        points = uv = 0  # negative indices count back from what has been read so far
        for number, line in enumerate(lines, 1):
            kind = line[:2]
            if kind in (b"v ", b"v\t"):
                points += 1
            elif kind == b"vt":
                uv += 1
            elif kind in (b"f ", b"f\t"):
                try:
                    self._face(line.split(b"#")[0].split()[1:], points, uv)
                except (ValueError, IndexError) as error:
                    raise HeadError(
                        f"line {number} is not a face of this mesh ({error})", where=self.path,
                        remedy="Export the OBJ again", code="head.obj",
                    ) from error  # fmt: skip
            elif kind == b"us" and line.startswith(b"usemtl"):
                self.materials.append((_word(line), len(self.triangles)))
            elif kind == b"mt" and line.startswith(b"mtllib"):
                self.libraries.append(_word(line))
        if not self.triangles:
            raise HeadError(
                "it holds no faces", where=self.path, remedy="Export the mesh with its faces",
                code="head.empty",
            )  # fmt: skip

    def _face(self, corners: list[bytes], points: int, uv: int) -> None:
        if len(corners) < 3:
            raise ValueError(f"{len(corners)} corners")
        places, textures = [], []
        for corner in corners:
            place, _, rest = corner.partition(b"/")
            texture = rest.partition(b"/")[0]
            places.append(_index(place, points, self.all_points))
            textures.append(_index(texture, uv, self.all_uv) if texture else -1)
        for i in range(1, len(places) - 1):
            self.triangles.append((places[0], places[i], places[i + 1]))
            self.uv.append((textures[0], textures[i], textures[i + 1]))


def _index(text: bytes, so_far: int, count: int) -> int:
    value = int(text)
    index = value - 1 if value > 0 else so_far + value
    if value == 0 or not 0 <= index < count:
        raise ValueError(f"corner {value} of {count}")
    return index


def _word(line: bytes) -> str:
    return line.partition(b" ")[2].strip().decode("utf-8", "replace")


def read_material_colours(path: Path) -> dict[str, tuple[float, float, float]]:
    """Diffuse colours of an MTL file by material; what cannot be read is left out."""
    found: dict[str, tuple[float, float, float]] = {}
    name = ""
    for line in read_bytes(path).splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == b"newmtl":
            name = _word(line.strip())
        elif words[0] == b"Kd" and name and len(words) >= 4:
            try:
                red, green, blue = (min(max(float(w), 0.0), 1.0) for w in words[1:4])
            except ValueError:
                continue
            if np.isfinite([red, green, blue]).all():
                found[name] = (red, green, blue)
    return found
