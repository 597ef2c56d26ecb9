"""A head as binary glTF 2.0: named morph targets, materials, and an animation of the weights."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import ExportError
from pipeline.exchange.glb_pictures import colour_png, cover_png, linear_colours
from pipeline.exchange.writing import whole_file
from pipeline.head.foreign.gltf_own import EXTRAS, GENERATOR
from pipeline.head.model import HeadModel, Surface
from pipeline.head.rig.rig import NO_RIG, Rig
from pipeline.head.rig.shapes import rigged
from pipeline.head.scene.studio import material_of

_FLOAT, _SHORT, _INT = 5126, 5123, 5125
_ARRAY, _ELEMENTS = 34962, 34963
_METRE = 0.001
#: Of a surface's vertices: where fewer move, a target is written sparsely.
_SPARSE = 0.75


@dataclass(frozen=True, eq=False)
class WeightAnimation:
    """Weights of all targets over time.

    Parameters
    ----------
    name : str
    times : (T,) float64, s
    values : (T, K) float64
        By `target_names`.
    slopes_in, slopes_out : (T, K) float64, 1/s, or None
        With them the pieces between are cubic, without them linear.
    """

    name: str
    times: NDArray[np.float64]
    values: NDArray[np.float64]
    slopes_in: NDArray[np.float64] | None = None
    slopes_out: NDArray[np.float64] | None = None


def target_names(model: HeadModel) -> tuple[str, ...]:
    """Names of the morph targets: the head's shapes, then its correctives (``corr_A_B``)."""
    return (*model.shape_names, *("corr_" + "_".join(names) for names in model.correctives))


def write_glb(
    path: str | Path,
    model: HeadModel,
    *,
    animation: WeightAnimation | Sequence[WeightAnimation] | None = None,
    rig: Rig = NO_RIG,
) -> Path:
    """Write a head as GLB, whole or not at all; metres, y up, facing +z.

    Every shape at full activation is a target of the same name. Correctives are targets too;
    whoever plays them sets their weight to the product of their shapes' weights (their names
    stand in the mesh's extras). Eyeballs turn in a straight line, as morph targets do. Frozen
    shapes of a rig are targets after the head's own, live manipulators are not in the file.

    Raises
    ------
    ExportError
        If the file cannot be written or an animation does not fit the head.
    """
    animations = [animation] if isinstance(animation, WeightAnimation) else list(animation or ())
    file = _Glb(rigged(model, rig, controls=False))
    for one in animations:
        file.animate(one)
    data = file.to_bytes()
    target = Path(path)
    with whole_file(target) as temporary:
        temporary.write_bytes(data)
    return target


class _Glb:
    """Gathers the JSON and the buffer of one file."""

    def __init__(self, model: HeadModel) -> None:
        self.model = model
        self.names = target_names(model)
        self.buffer = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []
        self.images: list[dict[str, Any]] = []
        self.materials: list[dict[str, Any]] = []
        self.animations: list[dict[str, Any]] = []
        self._textures: dict[tuple[str, str], int] = {}
        self._zeros: dict[int, int] = {}
        moved = np.zeros(len(model.vertices), bool)
        moved[model.shape_ids] = True
        drawn = [s for s in model.surfaces if len(s.faces)]
        moving = [s for s in drawn if moved[s.start : s.stop].any()]
        still = [s for s in drawn if not moved[s.start : s.stop].any()]
        self.meshes = [
            self._mesh(name, surfaces, targets)
            for name, surfaces, targets in (("head", moving, True), ("rest", still, False))
            if surfaces
        ]

    def _mesh(self, name: str, surfaces: list[Surface], targets: bool) -> dict[str, Any]:
        mesh: dict[str, Any] = {
            "name": name,
            "primitives": [self._primitive(surface, targets) for surface in surfaces],
        }
        if targets:
            mesh["weights"] = [0.0] * len(self.names)
            mesh["extras"] = {"targetNames": list(self.names), "correctives": self._correctives()}
        return mesh

    def _correctives(self) -> dict[str, list[str]]:
        names = self.names[len(self.model.shape_names) :]
        return {n: list(f) for n, f in zip(names, self.model.correctives, strict=True)}

    def _primitive(self, surface: Surface, targets: bool) -> dict[str, Any]:
        model, run = self.model, slice(surface.start, surface.stop)
        normals = model.normals[run].astype(np.float64)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
        attributes = {
            "POSITION": self._floats(model.vertices[run] * _METRE, bounds=True),
            "NORMAL": self._floats(_upright(normals)),
        }
        if len(surface.uv):
            attributes["TEXCOORD_0"] = self._floats(surface.uv * [1, -1] + [0, 1])
        if len(surface.colours):
            attributes["COLOR_0"] = self._colours(linear_colours(surface.colours))
        kind = np.uint16 if surface.stop - surface.start < 65535 else np.uint32
        faces = np.ascontiguousarray(surface.faces, kind).reshape(-1)
        primitive = {
            "attributes": attributes,
            "indices": self._accessor(faces, _SHORT if kind is np.uint16 else _INT, _ELEMENTS),
            "material": self._material(surface),
        }
        if targets:
            primitive["targets"] = [self._target(i, surface) for i in range(len(self.names))]
        return primitive

    def _target(self, index: int, surface: Surface) -> dict[str, int]:
        model = self.model
        first, last = model.shape_start[index], model.shape_start[index + 1]
        ids = model.shape_ids[first:last]
        here = np.flatnonzero((ids >= surface.start) & (ids < surface.stop))
        order = here[np.argsort(ids[here], kind="stable")]
        local, count = ids[order] - surface.start, surface.stop - surface.start
        return {
            "POSITION": self._sparse(local, model.shape_deltas[first + order] * _METRE, count),
            "NORMAL": self._sparse(local, model.shape_normals[first + order], count),
        }

    def _sparse(self, ids: NDArray[Any], values: NDArray[Any], count: int) -> int:
        """Accessor of rows that are zero but for some."""
        values = np.ascontiguousarray(values, np.float32)
        if not len(ids) or not values.any():
            return self._nothing(count)
        if len(ids) > _SPARSE * count:
            dense = np.zeros((count, 3), np.float32)
            dense[ids] = values
            return self._floats(dense, bounds=True)
        kind = np.uint16 if count < 65535 else np.uint32
        low, high = np.minimum(values.min(0), 0), np.maximum(values.max(0), 0)
        self.accessors.append(
            {
                # Zeros could be left out; VTK's reader then starts from what memory holds.
                "bufferView": self.accessors[self._nothing(count)]["bufferView"],
                "componentType": _FLOAT, "type": "VEC3", "count": count,
                "min": low.tolist(), "max": high.tolist(),
                "sparse": {
                    "count": len(ids),
                    "indices": {
                        "bufferView": self._view(np.ascontiguousarray(ids, kind)),
                        "byteOffset": 0,  # the default, but VTK's reader wants it said
                        "componentType": _SHORT if kind is np.uint16 else _INT,
                    },
                    "values": {"bufferView": self._view(values), "byteOffset": 0},
                },
            }
        )  # fmt: skip
        return len(self.accessors) - 1

    def _nothing(self, count: int) -> int:
        """Accessor of zeros, one per length."""
        if count not in self._zeros:
            self._zeros[count] = self._floats(np.zeros((count, 3)), bounds=True)
        return self._zeros[count]

    def _floats(self, values: NDArray[Any], *, bounds: bool = False) -> int:
        return self._accessor(np.ascontiguousarray(values, np.float32), _FLOAT, _ARRAY, bounds)

    def _colours(self, linear: NDArray[np.float64]) -> int:
        rgba = np.ones((len(linear), 4))
        rgba[:, :3] = linear
        shorts = np.round(rgba * 65535).astype(np.uint16)
        index = self._accessor(shorts, _SHORT, _ARRAY)
        self.accessors[index]["normalized"] = True
        return index

    def _accessor(
        self, values: NDArray[Any], kind: int, target: int | None, bounds: bool = False
    ) -> int:
        width = 1 if values.ndim == 1 else values.shape[1]
        entry: dict[str, Any] = {
            "bufferView": self._view(values, target),
            "componentType": kind,
            "count": len(values),
            "type": "SCALAR" if width == 1 else f"VEC{width}",
        }
        if bounds:
            rows = values.reshape(len(values), width)
            entry["min"], entry["max"] = rows.min(0).tolist(), rows.max(0).tolist()
        self.accessors.append(entry)
        return len(self.accessors) - 1

    def _view(self, values: NDArray[Any] | bytes, target: int | None = None) -> int:
        data = values if isinstance(values, bytes) else values.tobytes()
        self.buffer.extend(b"\0" * (-len(self.buffer) % 4))
        view = {"buffer": 0, "byteOffset": len(self.buffer), "byteLength": len(data)}
        if target is not None:
            view["target"] = target
        self.buffer.extend(data)
        self.views.append(view)
        return len(self.views) - 1

    def _material(self, surface: Surface) -> int:
        look = material_of(surface.name, surface.material)
        base: dict[str, Any] = {"metallicFactor": 0.0, "roughnessFactor": look.roughness}
        entry: dict[str, Any] = {"name": surface.name, "pbrMetallicRoughness": base}
        if "cover" in surface.pictures:
            base["baseColorTexture"] = {"index": self._texture(surface, "cover")}
            entry |= {"alphaMode": "BLEND" if look.fading else "MASK", "doubleSided": True}
        else:
            use = next((u for u in ("colour", "srgb") if u in surface.pictures), None)
            if use is not None:
                base["baseColorTexture"] = {"index": self._texture(surface, use)}
        self.materials.append(entry)
        return len(self.materials) - 1

    def _texture(self, surface: Surface, use: str) -> int:
        key = (surface.pictures[use], use)
        if key not in self._textures:
            picture = self.model.pictures[key[0]]
            png = cover_png(picture) if use == "cover" else colour_png(picture, use == "colour")
            self.images.append(
                {"name": key[0], "mimeType": "image/png", "bufferView": self._view(png)}
            )
            self._textures[key] = len(self.images) - 1
        return self._textures[key]

    def animate(self, animation: WeightAnimation) -> None:
        """Add an animation of the weights."""
        shape = (len(animation.times), len(self.names))
        cubic = animation.slopes_in is not None and animation.slopes_out is not None
        arrays = [animation.values, animation.slopes_in, animation.slopes_out]
        good = len(animation.times) > 0 and bool((np.diff(animation.times) > 0).all())
        if not good or any(a is not None and a.shape != shape for a in arrays):
            raise ExportError(
                f"animation '{animation.name}' does not fit the head", code="export.animation"
            )
        rows = animation.values
        if animation.slopes_in is not None and animation.slopes_out is not None:
            rows = np.stack([animation.slopes_in, rows, animation.slopes_out], axis=1)
        times = self._accessor(animation.times.astype(np.float32), _FLOAT, None, bounds=True)
        output = self._accessor(rows.astype(np.float32).reshape(-1), _FLOAT, None)
        self.animations.append(
            {
                "name": animation.name,
                "samplers": [
                    {
                        "input": times,
                        "output": output,
                        "interpolation": "CUBICSPLINE" if cubic else "LINEAR",
                    }
                ],
                "channels": [{"sampler": 0, "target": {"node": 1, "path": "weights"}}],
            }
        )

    def to_bytes(self) -> bytes:
        """The file."""
        nodes: list[dict[str, Any]] = [{"name": self.model.name or "head", "children": []}]
        for number, mesh in enumerate(self.meshes):
            nodes[0]["children"].append(len(nodes))
            nodes.append({"name": mesh["name"], "mesh": number})
        self.buffer.extend(b"\0" * (-len(self.buffer) % 4))
        document: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": GENERATOR, "extras": {EXTRAS: self._extras()}},
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "nodes": nodes,
            "meshes": self.meshes,
            "materials": self.materials,
            "accessors": self.accessors,
            "bufferViews": self.views,
            "buffers": [{"byteLength": len(self.buffer)}],
        }
        if self.images:
            document["images"] = self.images
            document["samplers"] = [{"wrapS": 10497, "wrapT": 10497}]
            document["textures"] = [{"source": i, "sampler": 0} for i in range(len(self.images))]
        if self.animations:
            document["animations"] = self.animations
        text = json.dumps(document, separators=(",", ":"), allow_nan=False).encode()
        text += b" " * (-len(text) % 4)
        length = 12 + 8 + len(text) + 8 + len(self.buffer)
        return b"".join(
            (
                struct.pack("<III", 0x46546C67, 2, length),
                struct.pack("<II", len(text), 0x4E4F534A), text,
                struct.pack("<II", len(self.buffer), 0x004E4942), bytes(self.buffer),
            )
        )  # fmt: skip

    def _extras(self) -> dict[str, Any]:
        """What lets the studio read its own file back as it was."""
        landmarks = []
        for vertex in self.model.landmarks.tolist():
            surface = next(s for s in self.model.surfaces if s.start <= vertex < s.stop)
            place = self.model.vertices[vertex].astype(np.float64) * _METRE
            landmarks.append([surface.name, *(round(float(c), 9) for c in place)])
        return {
            "name": self.model.name,
            "landmarks": landmarks,
            "correctives": self._correctives(),
        }


def _upright(normals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit normals; one that had no length points forward."""
    bad = np.abs(np.linalg.norm(normals, axis=1) - 1) > 1e-4
    normals[bad] = [0.0, 0.0, 1.0]
    return normals
