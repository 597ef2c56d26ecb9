"""glTF 2.0 heads: meshes with named morph targets, nodes, skins in their bind pose, materials."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.progress import Job, Progress
from pipeline.head.foreign import gltf_own
from pipeline.head.foreign.gltf_file import GltfFile
from pipeline.head.foreign.gltf_materials import Materials
from pipeline.head.foreign.mesh import (
    MOST_POINTS,
    MOST_SHAPES,
    ForeignMesh,
    Moves,
    Part,
    check_moves,
    finite,
    moves_of,
)

_STAGE = "reading the head"
_MOST_NODES = 100_000
_MOST_JOINTS = 10_000
#: Corners of all triangles; nodes may show one mesh many times.
_MOST_CORNERS = 6 * MOST_POINTS
_LEAST_MOVE = 1e-7  # of the file's unit, a metre
_LEAST_TURN = 1e-3
Matrix = NDArray[np.float64]


@dataclass
class _Gathered:
    """Points, triangles and shapes of all primitives so far."""

    points: list[NDArray[np.float64]] = field(default_factory=list)
    normals: list[NDArray[np.float64] | None] = field(default_factory=list)
    colours: list[NDArray[np.float64]] = field(default_factory=list)
    uv: list[NDArray[np.float64]] = field(default_factory=list)
    triangles: list[tuple[str, dict[str, Any], NDArray[np.int32]]] = field(default_factory=list)
    shapes: dict[str, list[tuple[NDArray[np.int64], NDArray[np.float64]]]] = field(
        default_factory=dict
    )
    turns: dict[str, list[tuple[NDArray[np.int64], NDArray[np.float64]]]] = field(
        default_factory=dict
    )
    count: int = 0
    corners: int = 0
    unnamed: bool = False
    notices: list[str] = field(default_factory=list)


def read_gltf(path: Path) -> Job[ForeignMesh]:
    """Read a .glb or .gltf; yields progress in meshes.

    Raises
    ------
    HeadError
        If it is no glTF 2.0, is damaged, too large, compressed, or holds no mesh.
    """
    yield Progress(_STAGE, 0, 1, path.name)
    file = GltfFile(path)
    own = gltf_own.Own.of(file)
    all_nodes = list(_placed_nodes(file))
    world = dict(all_nodes)
    found = _Gathered()
    done: dict[tuple[Any, ...], tuple[int, int]] = {}
    for number, (node, matrix) in enumerate(all_nodes):
        entry = file.item("nodes", node)
        if entry.get("mesh") is None:
            continue
        mesh = file.item("meshes", entry["mesh"])
        names = _target_names(file, mesh, found)
        name = str(mesh.get("name") or entry.get("name") or f"mesh {entry['mesh']}")[:200]
        for row in file.rows(mesh.get("primitives")):
            yield Progress(_STAGE, number, len(all_nodes), name)
            _Primitive(file, file.table(row), names, found, done).gather(
                name, node, _skin(file, entry, world), matrix
            )
    if not found.triangles:
        raise file.error("it holds no triangles", "head.empty", "Export the head's meshes")
    yield Progress(_STAGE, 1, 1)
    return own.undone(_joined(path, file, found)) if own else _joined(path, file, found)


def _joined(path: Path, file: GltfFile, found: _Gathered) -> ForeignMesh:
    materials = Materials(file)
    points = np.vstack(found.points)
    finite(points, path, "a vertex")
    uv = np.vstack(found.uv).astype(np.float32)
    shapes = {name: _moves(runs) for name, runs in found.shapes.items()}
    check_moves(shapes, path)
    given = all(n is not None for n in found.normals)
    colours = np.vstack(found.colours).astype(np.float32)
    parts = []
    for name, material, triangles in found.triangles:
        look = materials.look(material, name)
        parts.append(
            Part(
                look.name, triangles, look.material, look.colour, uv if look.pictured else None,
                None, look.picture, look.cover, look.two_sided,
            )
        )  # fmt: skip
    notices = list(dict.fromkeys([*found.notices, *materials.notices]))
    if found.unnamed:
        notices.append("its shapes have no names; they are called morph_000, morph_001, ...")
    return ForeignMesh(
        name=path.stem,
        points=points,
        parts=tuple(_merged(parts)),
        shapes=shapes,
        colours=colours,
        normals=np.vstack([n for n in found.normals if n is not None]) if given else None,
        shape_normals={n: _moves(r) for n, r in found.turns.items()} if given else {},
        pictures=materials.pictures,
        notices=tuple(notices),
    )


def _merged(parts: list[Part]) -> Iterator[Part]:
    """Primitives of one look as one part."""
    groups: dict[tuple[Any, ...], list[Part]] = {}
    for part in parts:
        key = (part.name, part.material, part.colour, part.picture, part.cover, part.two_sided)
        groups.setdefault(key, []).append(part)
    for group in groups.values():
        first = group[0]
        yield Part(
            first.name, np.vstack([p.triangles for p in group]), first.material, first.colour,
            first.uv, None, first.picture, first.cover, first.two_sided,
        )  # fmt: skip


def _moves(runs: list[tuple[NDArray[np.int64], NDArray[np.float64]]]) -> Moves:
    ids = np.concatenate([i for i, _ in runs]).astype(np.int32)
    return ids, np.vstack([d for _, d in runs]).astype(np.float32)


def _placed_nodes(file: GltfFile) -> Iterator[tuple[int, Matrix]]:
    """Nodes of the scene with their matrix in it, parents first."""
    scenes = file.rows(file.json.get("scenes"))
    if scenes:
        roots = file.rows(file.item("scenes", file.json.get("scene", 0)).get("nodes"))
    else:
        count = len(file.rows(file.json.get("nodes")))
        children = {
            child
            for i in range(count)
            for child in file.rows(file.item("nodes", i).get("children"))
            if isinstance(child, int)
        }
        roots = [i for i in range(count) if i not in children]
    waiting: list[tuple[Any, Matrix]] = [(root, np.eye(4)) for root in reversed(roots)]
    seen: set[int] = set()
    while waiting:
        node, above = waiting.pop()
        entry = file.item("nodes", node)
        if node in seen or len(seen) >= _MOST_NODES:
            raise file.error("its nodes run in a circle, or are too many")
        seen.add(node)
        matrix = above @ _matrix(file, entry)
        yield node, matrix
        waiting.extend((child, matrix) for child in reversed(file.rows(entry.get("children"))))


def _matrix(file: GltfFile, entry: dict[str, Any]) -> Matrix:
    if entry.get("matrix") is not None:
        return file.numbers(entry["matrix"], 16, []).reshape(4, 4).T
    matrix = np.eye(4)
    x, y, z, w = file.numbers(entry.get("rotation"), 4, [0, 0, 0, 1])
    norm = x * x + y * y + z * z + w * w
    s = 2.0 / norm if norm > 0 else 0.0
    turn = np.array(
        [
            [1 - s * (y * y + z * z), s * (x * y - z * w), s * (x * z + y * w)],
            [s * (x * y + z * w), 1 - s * (x * x + z * z), s * (y * z - x * w)],
            [s * (x * z - y * w), s * (y * z + x * w), 1 - s * (x * x + y * y)],
        ]
    )
    matrix[:3, :3] = turn * file.numbers(entry.get("scale"), 3, [1, 1, 1])
    matrix[:3, 3] = file.numbers(entry.get("translation"), 3, [0, 0, 0])
    return matrix


def _skin(file: GltfFile, entry: dict[str, Any], world: dict[int, Matrix]) -> Matrix | None:
    """Matrix of each joint in the pose the file stands in, (J, 4, 4); None without a skin."""
    if entry.get("skin") is None:
        return None
    skin = file.item("skins", entry["skin"])
    joints = file.rows(skin.get("joints"))
    if len(joints) > _MOST_JOINTS:
        raise file.error("a skin has more joints than are read", "head.size")
    for joint in joints:
        file.item("nodes", joint)
    matrices = np.array([world.get(joint, np.eye(4)) for joint in joints]).reshape(-1, 4, 4)
    if skin.get("inverseBindMatrices") is not None:
        inverse = file.accessor(skin["inverseBindMatrices"])
        if inverse.shape != (len(joints), 16):
            raise file.error("a skin does not fit its joints")
        matrices = matrices @ inverse.astype(float).reshape(-1, 4, 4).transpose(0, 2, 1)
    return matrices


def _target_names(file: GltfFile, mesh: dict[str, Any], found: _Gathered) -> list[str]:
    """Names of a mesh's targets; made up where there are none."""
    primitives = [file.table(row) for row in file.rows(mesh.get("primitives"))]
    count = max((len(file.rows(p.get("targets"))) for p in primitives), default=0)
    if count > MOST_SHAPES:
        raise file.error(f"it has {count} shapes; at most {MOST_SHAPES} are read", "head.size")
    given: list[Any] = []
    for source in (mesh, *primitives):
        extras = source.get("extras")
        if isinstance(extras, dict) and isinstance(extras.get("targetNames"), list):
            given = extras["targetNames"]
            break
    names: list[str] = []
    for index in range(count):
        name = given[index] if index < len(given) else ""
        if not (isinstance(name, str) and name.strip()):
            name, found.unnamed = f"morph_{index:03d}", True
        name = name.strip()[:200]
        while name in names:
            name += "_2"
        names.append(name)
    return names


class _Primitive:
    """Reads one primitive into what has been gathered."""

    def __init__(
        self, file: GltfFile, row: dict[str, Any], names: list[str], found: _Gathered,
        done: dict[tuple[Any, ...], tuple[int, int]],
    ) -> None:  # fmt: skip
        self.file, self.row, self.names, self.found, self.done = file, row, names, found, done
        self.attributes = file.table(row.get("attributes"))

    def gather(self, name: str, node: int, skin: Matrix | None, matrix: Matrix) -> None:
        """Add its points, shapes and triangles."""
        file, found = self.file, self.found
        if "KHR_draco_mesh_compression" in file.table(self.row.get("extensions")):
            raise file.error(
                "its meshes are compressed with Draco, which is not read", "head.compressed",
                "Export it without Draco compression",
            )  # fmt: skip
        if self.row.get("mode", 4) != 4:
            found.notices.append("lines, points and strips in it are not shown")
            return
        targets = file.rows(self.row.get("targets"))
        key = (node, str(self.attributes), str(targets))
        if key not in self.done:  # primitives of a mesh often share their points
            start = found.count
            self._points(skin, matrix, targets)
            self.done[key] = start, found.count - start
        start, count = self.done[key]
        indices = self.row.get("indices")
        corners = np.arange(count) if indices is None else file.indices(indices)
        found.corners += len(corners)
        if found.corners > _MOST_CORNERS:
            raise file.error("it has more triangles than are read", "head.size")
        if len(corners) % 3 or (len(corners) and int(corners.max()) >= count):
            raise file.error(f"triangles of '{name}' name vertices that are not there")
        triangles = (corners.reshape(-1, 3) + start).astype(np.int32)
        if skin is None and np.linalg.det(matrix[:3, :3]) < 0:
            triangles = triangles[:, ::-1]
        material = self.row.get("material")
        if material is not None:
            file.item("materials", material)
        look = {"index": material, "painted": "COLOR_0" in self.attributes}
        if len(triangles):
            found.triangles.append((name, look, triangles))

    def _points(self, skin: Matrix | None, matrix: Matrix, targets: list[Any]) -> None:
        file, found = self.file, self.found
        points = self._values("POSITION", 3)
        if points is None:
            raise file.error("a mesh has no positions")
        count = len(points)
        if found.count + count > MOST_POINTS:
            raise file.error(
                f"it holds more than {MOST_POINTS:,} vertices", "head.size", "Export a coarser mesh"
            )
        place = self._places(skin, matrix, count)
        turn, move = np.asarray(place[:, :3, :3], np.float64), place[:, :3, 3]
        found.points.append(_turned(turn, points) + move)
        normals = self._values("NORMAL", 3, count)
        inverse = turn
        if normals is not None:
            inverse = np.asarray(np.linalg.pinv(turn).transpose(0, 2, 1), np.float64)
        found.normals.append(None if normals is None else _unit(_turned(inverse, normals)))
        uv = self._values("TEXCOORD_0", 2, count)
        found.uv.append(np.zeros((count, 2)) if uv is None else uv * [1, -1] + [0, 1])
        colours = self._values("COLOR_0", None, count)
        found.colours.append(np.ones((count, 3)) if colours is None else colours[:, :3])
        for name, target in zip(self.names, targets, strict=False):
            self._target(name, file.table(target), turn, inverse, count)
        found.count += count

    def _target(
        self, name: str, target: dict[str, Any], turn: Matrix, inverse: Matrix, count: int
    ) -> None:
        for kind, into, matrices, least in (
            ("POSITION", self.found.shapes, turn, _LEAST_MOVE),
            ("NORMAL", self.found.turns, inverse, _LEAST_TURN),
        ):
            runs = into.setdefault(name, [])
            if target.get(kind) is None:
                runs.append((np.zeros(0, np.int64), np.zeros((0, 3))))
                continue
            values = self.file.accessor(target[kind]).astype(float)
            if values.shape != (count, 3):
                raise self.file.error(
                    f"shape '{name}' has {len(values):,} vertices, but its mesh has {count:,}",
                    "head.topology",
                )
            ids, moves = moves_of(values, least)
            each = matrices[ids] if len(matrices) == count else matrices
            runs.append((ids.astype(np.int64) + self.found.count, _turned(each, moves)))

    def _values(
        self, name: str, width: int | None, count: int | None = None
    ) -> NDArray[np.float64] | None:
        index = self.attributes.get(name)
        if index is None:
            return None
        values = self.file.accessor(index).astype(float)
        wrong = width is not None and values.shape[1] != width
        if wrong or values.shape[1] < 2 or (count is not None and len(values) != count):
            raise self.file.error(f"{name} of a mesh does not fit its vertices")
        return values

    def _places(self, skin: Matrix | None, matrix: Matrix, count: int) -> Matrix:
        """Matrix of each vertex, (count or 1, 4, 4)."""
        joints = self._values("JOINTS_0", 4, count)
        weights = self._values("WEIGHTS_0", 4, count)
        if skin is None or joints is None or weights is None or not len(skin):
            return matrix[None]
        if joints.max(initial=0) >= len(skin) or joints.min(initial=0) < 0:
            raise self.file.error("a mesh names a joint that its skin does not have")
        total = weights.sum(axis=1, keepdims=True)
        weights = np.where(total > 0, weights / np.maximum(total, 1e-9), [1, 0, 0, 0])
        return np.einsum("nj,njab->nab", weights, skin[joints.astype(np.int64)])


def _turned(matrices: Matrix, vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    if len(matrices) == 1:
        return np.asarray(vectors @ matrices[0].T, np.float64)
    return np.einsum("nab,nb->na", matrices, vectors)


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
