"""Tiny glTF files put together by hand in the tests, and a reader that is not ours (VTK's)."""

from __future__ import annotations

import base64
import copy
import json
import struct

import numpy as np

from tests.pipeline.foreign_files import grid, smile


def document(points=None, moves=None, names=("mouthSmileLeft",)):
    """A glTF document and its buffer: one mesh with a target per displacement."""
    sheet, quads = grid()
    points = sheet if points is None else points
    moves = [smile()] if moves is None else moves
    triangles = np.vstack([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype("<u2")
    arrays = [points.astype("<f4"), *(m.astype("<f4") for m in moves), triangles.reshape(-1)]
    views, accessors, data = [], [], b""
    for array in arrays:
        views.append({"buffer": 0, "byteOffset": len(data), "byteLength": array.nbytes})
        flat = array.ndim == 1
        accessors.append(
            {
                "bufferView": len(views) - 1, "count": len(array),
                "componentType": 5123 if flat else 5126, "type": "SCALAR" if flat else "VEC3",
            }
        )  # fmt: skip
        data += array.tobytes() + b"\0" * (-array.nbytes % 4)
    primitive = {
        "attributes": {"POSITION": 0},
        "indices": len(arrays) - 1,
        "targets": [{"POSITION": 1 + i} for i in range(len(moves))],
    }
    mesh = {"name": "Face", "primitives": [primitive]}
    if names:
        mesh["extras"] = {"targetNames": list(names)}
    return {
        "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}], "meshes": [mesh], "accessors": accessors, "bufferViews": views,
        "buffers": [{"byteLength": len(data)}],
    }, data  # fmt: skip


def glb(doc, data=b""):
    """Bytes of a GLB."""
    text = json.dumps(doc).encode()
    text += b" " * (-len(text) % 4)
    length = 12 + 8 + len(text) + 8 + len(data)
    return (
        struct.pack("<III", 0x46546C67, 2, length)
        + struct.pack("<II", len(text), 0x4E4F534A) + text
        + struct.pack("<II", len(data), 0x004E4942) + data
    )  # fmt: skip


def split(raw):
    """Document and buffer of a GLB."""
    size = struct.unpack_from("<I", raw, 12)[0]
    return json.loads(raw[20 : 20 + size]), raw[28 + size :]


def as_data_uri(data):
    return "data:application/octet-stream;base64," + base64.b64encode(data).decode()


def changed(doc, change):
    """A copy of the document after `change(copy)`."""
    new = copy.deepcopy(doc)
    change(new)
    return new


def vtk_evaluated(raw, rows, folder):
    """Points (mm) of every primitive of the first mesh under rows of weights, by VTK's reader."""
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkIOGeometry import vtkGLTFReader

    doc, data = split(raw)
    doc["nodes"] = [{"mesh": 0, "weights": [float(w) for w in row]} for row in rows]
    doc["scenes"] = [{"nodes": list(range(len(rows)))}]
    doc.pop("animations", None)
    path = folder / "weighted.glb"
    path.write_bytes(glb(doc, data))
    reader = vtkGLTFReader()
    reader.SetFileName(str(path))
    reader.Update()
    found = [1000.0 * vtk_to_numpy(p.GetPoints().GetData()) for p in _leaves(reader.GetOutput())]
    each = len(doc["meshes"][0]["primitives"])
    return [found[i * each : (i + 1) * each] for i in range(len(rows))]


def _leaves(block):
    for i in range(block.GetNumberOfBlocks()):
        inner = block.GetBlock(i)
        if inner is not None and inner.IsA("vtkMultiBlockDataSet"):
            yield from _leaves(inner)
        elif inner is not None:
            yield inner
