"""The container of glTF 2.0: its JSON, its buffers, and numbers out of them, all distrusted.

Every index is checked before it is followed and every size before it is allocated.
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import HeadError
from pipeline.head.foreign.mesh import MOST_BYTES, MOST_POINTS, check_size

_MAGIC, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942
_MOST_JSON = 64 << 20
#: Elements of one accessor: corners of the triangles of the largest mesh.
_MOST_ELEMENTS = 6 * MOST_POINTS

_TYPES: dict[Any, np.dtype[Any]] = {
    5120: np.dtype("<i1"), 5121: np.dtype("<u1"), 5122: np.dtype("<i2"),
    5123: np.dtype("<u2"), 5125: np.dtype("<u4"), 5126: np.dtype("<f4"),
}  # fmt: skip
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_FULL = {1: {True: 127.0, False: 255.0}, 2: {True: 32767.0, False: 65535.0}}
_COMPRESSED = {
    "KHR_draco_mesh_compression": "Draco", "EXT_meshopt_compression": "meshopt",
}  # fmt: skip
#: Extensions that change nothing which is read here, or are read.
_HARMLESS = ("KHR_materials_", "KHR_mesh_quantization", "KHR_lights_", "KHR_texture_transform",
             "VRM", "EXT_texture_webp", "KHR_animation_pointer")  # fmt: skip


class GltfFile:
    """A glTF document with its buffers.

    Parameters
    ----------
    path : Path
        ``.glb`` or ``.gltf``.

    Raises
    ------
    HeadError
        If it is too large, not glTF 2, or needs what is not read here.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        check_size(path)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise self.error(f"it cannot be read ({error.strerror or error})") from error
        text, self._binary = self._split(data)
        try:
            self.json = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise self.error(f"its JSON cannot be read ({error})") from error
        version = str(self.table(self.table(self.json).get("asset")).get("version", ""))
        if not version.startswith("2"):
            raise self.error(f"it is glTF '{version}', not 2.0")
        self._check_extensions()
        self._buffers: dict[int, bytes] = {}

    def error(
        self, what: str, code: str = "head.gltf", remedy: str = "Export it again"
    ) -> HeadError:
        """An error about this file."""
        return HeadError(what, where=self.path, remedy=remedy, code=code)

    def _split(self, data: bytes) -> tuple[bytes, bytes]:
        """JSON and binary chunk; a .gltf is JSON alone."""
        if len(data) < 4 or struct.unpack_from("<I", data)[0] != _MAGIC:
            if len(data) > _MOST_JSON:
                raise self.error("it has more JSON than is read", "head.size")
            if not data.lstrip().startswith(b"{"):
                what = "it is empty" if not data.strip() else "it is neither GLB nor glTF"
                raise self.error(what, "head.gltf", "Name a file exported as glTF 2.0")
            return data, b""
        if len(data) < 20:
            raise self.error("it is cut off")
        _, version, length = struct.unpack_from("<III", data)
        if version != 2:
            raise self.error(f"it is GLB version {version}, not 2")
        if length > len(data):
            raise self.error(f"it is cut off: {len(data):,} of {length:,} bytes are there")
        chunks: dict[int, bytes] = {}
        at = 12
        while at + 8 <= length:
            size, kind = struct.unpack_from("<II", data, at)
            if at + 8 + size > length:
                raise self.error("a chunk reaches beyond the file")
            chunks.setdefault(kind, data[at + 8 : at + 8 + size])
            at += 8 + size + (-size) % 4
        if _JSON not in chunks or len(chunks[_JSON]) > _MOST_JSON:
            raise self.error("it has no JSON, or more than is read")
        return chunks[_JSON], chunks.get(_BIN, b"")

    def _check_extensions(self) -> None:
        needed = self.json.get("extensionsRequired", [])
        for name in map(str, needed if isinstance(needed, list) else []):
            if name in _COMPRESSED:
                raise self.error(
                    f"its meshes are compressed with {_COMPRESSED[name]}, which is not read",
                    "head.compressed", f"Export it without {_COMPRESSED[name]} compression",
                )  # fmt: skip
            if not name.startswith(_HARMLESS):
                raise self.error(f"it needs the extension {name[:60]}, which is not read")

    def table(self, value: Any) -> dict[str, Any]:
        """The value, an object; empty where there is none."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.error("an object of its JSON is something else")
        return value

    def rows(self, value: Any) -> list[Any]:
        """The value, a list; empty where there is none."""
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.error("a list of its JSON is something else")
        return value

    def item(self, kind: str, index: Any) -> dict[str, Any]:
        """Entry of a top-level list: ``item("meshes", 0)``."""
        entries = self.rows(self.json.get(kind))
        if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(entries):
            raise self.error(f"entry {index!r} of '{kind}' is not there")
        return self.table(entries[index])

    def whole(self, value: Any, default: int | None = None, most: int = MOST_BYTES) -> int:
        """A count or offset."""
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise self.error(f"{value!r} is no count between 0 and {most}")
        return value

    def numbers(self, value: Any, count: int, default: list[float]) -> NDArray[np.float64]:
        """A list of so many finite numbers."""
        if value is None:
            return np.array(default)
        good = isinstance(value, list) and len(value) == count
        if not good or not all(
            isinstance(v, (int, float)) and not isinstance(v, bool) and abs(v) < 1e9 for v in value
        ):
            raise self.error(f"a list of {count} numbers is something else")
        return np.array(value, np.float64)

    def indices(self, index: Any) -> NDArray[np.int64]:
        """Numbers of an accessor that name rows of others, one after the other."""
        values = self.accessor(index)
        if values.dtype.kind != "u":
            raise self.error(f"accessor {index} names vertices by numbers that are no indices")
        return values.reshape(-1).astype(np.int64)

    def accessor(self, index: Any) -> NDArray[Any]:
        """Numbers of an accessor, (count, width); normalised ones as floats in [-1, 1]."""
        entry = self.item("accessors", index)
        dtype, width = self._kind(entry)
        count = self.whole(entry.get("count"), most=_MOST_ELEMENTS)
        if entry.get("bufferView") is None:
            values = np.zeros((count, width), dtype)
        else:
            offset = self.whole(entry.get("byteOffset"), 0)
            values = self._view(entry["bufferView"], offset, dtype, width, count)
        sparse = self.table(entry.get("sparse"))
        if sparse:
            values = self._with_sparse(values.copy(), sparse)
        if entry.get("normalized") is True and dtype.kind in "iu":
            full = _FULL.get(dtype.itemsize, {}).get(dtype.kind == "i")
            if full:
                values = np.maximum(values / full, -1.0)
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise self.error(f"accessor {index} holds numbers that are none", "head.numbers")
        return values

    def _kind(self, entry: dict[str, Any]) -> tuple[np.dtype[Any], int]:
        try:
            return _TYPES[entry["componentType"]], _WIDTHS[entry["type"]]
        except (KeyError, TypeError) as error:
            raise self.error("an accessor has an unknown type") from error

    def _with_sparse(self, values: NDArray[Any], sparse: dict[str, Any]) -> NDArray[Any]:
        count = self.whole(sparse.get("count"), most=len(values))
        where, what = self.table(sparse.get("indices")), self.table(sparse.get("values"))
        kind, _ = self._kind({"type": "SCALAR", **where})
        if kind.kind != "u":
            raise self.error("indices of an accessor have an unknown type")
        at = self._view(
            where.get("bufferView"), self.whole(where.get("byteOffset"), 0), kind, 1, count
        )[:, 0]
        if count and int(at.max()) >= len(values):
            raise self.error("a sparse accessor names a row that is not there")
        values[at] = self._view(
            what.get("bufferView"), self.whole(what.get("byteOffset"), 0), values.dtype,
            values.shape[1], count,
        )  # fmt: skip
        return values

    def _view(
        self, view: Any, offset: int, dtype: np.dtype[Any], width: int, count: int
    ) -> NDArray[Any]:
        """Rows of a buffer view, without copying."""
        data, stride = self._view_bytes(view)
        row = dtype.itemsize * width
        stride = stride or row
        if stride < row or (count and offset + stride * (count - 1) + row > len(data)):
            raise self.error("an accessor reaches beyond its buffer")
        if not count:
            return np.zeros((0, width), dtype)
        return np.ndarray(
            (count, width), dtype, buffer=data, offset=offset, strides=(stride, dtype.itemsize)
        )

    def _view_bytes(self, index: Any) -> tuple[memoryview, int]:
        view = self.item("bufferViews", index)
        if set(self.table(view.get("extensions"))) & set(_COMPRESSED):
            raise self.error(
                "its buffers are compressed", "head.compressed", "Export it without compression"
            )
        data = self._buffer(view.get("buffer"))
        start = self.whole(view.get("byteOffset"), 0)
        length = self.whole(view.get("byteLength"))
        if start + length > len(data):
            raise self.error("a buffer view reaches beyond its buffer")
        return memoryview(data)[start : start + length], self.whole(view.get("byteStride"), 0, 252)

    def _buffer(self, index: Any) -> bytes:
        entry = self.item("buffers", index)
        if index not in self._buffers:
            uri = entry.get("uri")
            data = self._binary if uri is None else self.resource(uri)
            length = self.whole(entry.get("byteLength"))
            if length > len(data):
                raise self.error(f"buffer {index} has {len(data):,} of {length:,} bytes")
            self._buffers[index] = data
            if sum(map(len, self._buffers.values())) > MOST_BYTES + len(self._binary):
                raise self.error("its buffers are more than is read", "head.size")
        return self._buffers[index]

    def image(self, entry: dict[str, Any]) -> bytes:
        """The file of an image entry."""
        if entry.get("bufferView") is not None:
            return bytes(self._view_bytes(entry["bufferView"])[0])
        return self.resource(entry.get("uri"))

    def resource(self, uri: Any) -> bytes:
        """What a URI holds: data in itself, or a file within this one's folder."""
        if not isinstance(uri, str) or not uri:
            raise self.error("a buffer has no place")
        if uri.startswith("data:"):
            head, _, body = uri.partition(",")
            try:
                return base64.b64decode(body, validate=True) if ";base64" in head else b""
            except (binascii.Error, ValueError) as error:
                raise self.error("data in its JSON cannot be decoded") from error
        folder = self.path.parent.resolve()
        try:
            target = (folder / unquote(uri)).resolve()
        except (OSError, ValueError) as error:
            raise self.error("a file it names has an impossible name") from error
        if "://" in uri or not target.is_relative_to(folder):
            raise self.error(
                f"it names '{uri[:80]}', which lies outside its folder", "head.outside",
                "Put its files beside it and export it again",
            )  # fmt: skip
        check_size(target)
        try:
            return target.read_bytes()
        except OSError as error:
            raise HeadError(
                f"it cannot be read ({(error.strerror or str(error)).lower()})",
                where=target, code="head.read",
            ) from error  # fmt: skip
