"""A person's own head from glTF, and every way in which such a file can be wrong."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pipeline.core.errors import HeadError
from pipeline.core.progress import run
from pipeline.core.vision import cv2
from pipeline.head import load_head
from pipeline.head.foreign.gltf import read_gltf
from tests.pipeline.foreign_files import grid, smile
from tests.pipeline.gltf_files import as_data_uri, changed, document, glb

pytestmark = pytest.mark.usefixtures("own_cache")


def _read(tmp_path, doc, data=b""):
    path = tmp_path / "head.glb"
    path.write_bytes(glb(doc, data))
    return run(read_gltf(path))


def _dense(mesh, name):
    ids, deltas = mesh.shapes[name]
    out = np.zeros_like(mesh.points)
    out[ids] = deltas
    return out


def test_a_target_is_read_by_its_name(tmp_path):
    mesh = _read(tmp_path, *document())
    np.testing.assert_allclose(mesh.points, grid()[0], atol=1e-5)
    np.testing.assert_allclose(_dense(mesh, "mouthSmileLeft"), smile(), atol=1e-5)
    assert len(mesh.parts[0].triangles) == 2 * len(grid()[1])


def test_the_head_that_is_loaded_smiles_by_its_action_unit(tmp_path):
    path = tmp_path / "anna.glb"
    path.write_bytes(glb(*document()))
    model = run(load_head(path))
    assert model.name == "anna"
    moved = model.deform({"AU12_L": 0.5})[0] - model.deform({})[0]
    full = model.deform({"mouthSmileLeft": 1.0})[0] - model.deform({})[0]
    assert full[:, 1].max() > 1
    np.testing.assert_allclose(moved, 0.5 * full, atol=1e-4)


def test_targets_without_names_are_numbered_and_told(tmp_path):
    mesh = _read(tmp_path, *document(names=()))
    assert list(mesh.shapes) == ["morph_000"]
    assert any("no names" in notice for notice in mesh.notices)


def test_buffers_in_the_json_and_beside_the_file_are_read(tmp_path):
    doc, data = document()
    inside = changed(doc, lambda d: d["buffers"][0].update(uri=as_data_uri(data)))
    (tmp_path / "a b.bin").write_bytes(data)
    beside = changed(doc, lambda d: d["buffers"][0].update(uri="a%20b.bin"))
    for new in (inside, beside):
        path = tmp_path / "head.gltf"
        path.write_text(json.dumps(new))
        np.testing.assert_allclose(run(read_gltf(path)).points, grid()[0], atol=1e-5)


def test_nodes_place_what_hangs_on_them(tmp_path):
    doc, data = document()
    s = np.sqrt(0.5)
    doc["nodes"] = [
        {"children": [1], "translation": [1, 2, 3], "scale": [2, 2, 2]},
        {"mesh": 0, "rotation": [0, s, 0, s]},  # a quarter turn about y
    ]
    mesh = _read(tmp_path, doc, data)
    points = grid()[0]
    turned = np.column_stack([points[:, 2], points[:, 1], -points[:, 0]])
    np.testing.assert_allclose(mesh.points, 2 * turned + [1, 2, 3], atol=1e-4)
    move = smile()
    turned = np.column_stack([move[:, 2], move[:, 1], -move[:, 0]])
    np.testing.assert_allclose(_dense(mesh, "mouthSmileLeft"), 2 * turned, atol=1e-4)


def test_a_mirrored_node_keeps_its_faces_outwards(tmp_path):
    doc, data = document()
    doc["nodes"][0]["scale"] = [-1, 1, 1]
    mesh = _read(tmp_path, doc, data)
    a, b, c = (mesh.points[mesh.parts[0].triangles[:, i]] for i in range(3))
    assert (np.cross(b - a, c - a)[:, 2] > 0).all()


def test_a_skin_stands_in_its_joints_pose(tmp_path):
    doc, data = document()
    count = len(grid()[0])
    joints = np.zeros((count, 4), "<u2")
    weights = np.tile([1, 0, 0, 0], (count, 1)).astype("<f4")
    inverse = np.eye(4)
    inverse[3, 1] = -1.0  # column-major: a shift by -1 in y
    for array, kind, width in (
        (joints, 5123, "VEC4"), (weights, 5126, "VEC4"), (inverse.astype("<f4"), 5126, "MAT4"),
    ):  # fmt: skip
        doc["bufferViews"].append(
            {"buffer": 0, "byteOffset": len(data), "byteLength": array.nbytes}
        )
        doc["accessors"].append(
            {
                "bufferView": len(doc["bufferViews"]) - 1, "componentType": kind, "type": width,
                "count": 1 if width == "MAT4" else count,
            }
        )  # fmt: skip
        data += array.tobytes()
    doc["buffers"][0]["byteLength"] = len(data)
    doc["meshes"][0]["primitives"][0]["attributes"] |= {"JOINTS_0": 3, "WEIGHTS_0": 4}
    doc["skins"] = [{"joints": [1], "inverseBindMatrices": 5}]
    # A skinned mesh stands where its joints are, wherever its own node is.
    doc["nodes"] = [
        {"mesh": 0, "skin": 0, "translation": [9, 9, 9]}, {"translation": [0, 1, 5]},
    ]  # fmt: skip
    doc["scenes"] = [{"nodes": [0, 1]}]
    mesh = _read(tmp_path, doc, data)
    np.testing.assert_allclose(mesh.points, grid()[0] + [0, 0, 5], atol=1e-4)


def test_sparse_numbers_fill_in_over_zeros(tmp_path):
    doc, data = document()
    ids = np.array([3, 7], "<u2")
    values = np.array([[0, 1, 0], [0, 2, 0]], "<f4")
    for array in (ids, values):
        doc["bufferViews"].append(
            {"buffer": 0, "byteOffset": len(data), "byteLength": array.nbytes}
        )
        data += array.tobytes()
    doc["buffers"][0]["byteLength"] = len(data)
    first = len(doc["bufferViews"]) - 2
    del doc["accessors"][1]["bufferView"]
    doc["accessors"][1]["sparse"] = {
        "count": 2, "indices": {"bufferView": first, "componentType": 5123},
        "values": {"bufferView": first + 1},
    }  # fmt: skip
    ids, deltas = _read(tmp_path, doc, data).shapes["mouthSmileLeft"]
    np.testing.assert_array_equal(ids, [3, 7])
    np.testing.assert_allclose(deltas, values)


def test_materials_bring_their_colour_and_picture(tmp_path):
    doc, data = document()
    red = np.zeros((4, 4, 3), np.uint8)
    red[..., 2] = 255
    png = cv2.imencode(".png", red)[1].tobytes()
    doc["images"] = [{"uri": as_data_uri(png)}]
    doc["textures"] = [{"source": 0}]
    doc["materials"] = [
        {"name": "Skin", "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}
    ]
    doc["meshes"][0]["primitives"][0]["material"] = 0
    mesh = _read(tmp_path, doc, data)
    picture = mesh.pictures[mesh.parts[0].picture]
    assert (picture[..., 0] == 255).all()
    assert not picture[..., 1:].any()


def test_several_meshes_share_a_shape_by_its_name(tmp_path):
    doc, data = document()
    doc["meshes"].append({**doc["meshes"][0], "name": "Teeth"})
    doc["nodes"].append({"mesh": 1, "translation": [0, 0, -1]})
    doc["scenes"] = [{"nodes": [0, 1]}]
    mesh = _read(tmp_path, doc, data)
    move = _dense(mesh, "mouthSmileLeft")
    np.testing.assert_allclose(move, np.vstack([smile(), smile()]), atol=1e-5)
    assert [part.material for part in mesh.parts] == ["skin", "teeth"]


def _set(path, value):
    """A change that puts `value` at a path of keys."""

    def change(doc):
        *way, last = path
        for key in way:
            doc = doc[key]
        if value is None:
            del doc[last]
        else:
            doc[last] = value

    return change


def _with_no_joint(doc):
    """Hang the mesh on a skin whose joint is no node."""
    doc["nodes"][0]["skin"] = 0
    doc["skins"] = [{"joints": [[1]]}]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_set(("asset", "version"), "1.0"), "not 2.0"),
        (_set(("accessors", 0, "count"), 10**12), "no count"),
        (_set(("accessors", 0, "count"), -1), "no count"),
        (_set(("accessors", 0, "count"), 1.5), "no count"),
        (_set(("accessors", 0, "count"), 5000), "beyond its buffer"),
        (_set(("accessors", 0, "byteOffset"), 4000), "beyond its buffer"),
        (_set(("accessors", 0, "componentType"), 5), "unknown type"),
        (_set(("accessors", 0, "type"), "VEC2"), "does not fit|beyond"),
        (_set(("accessors", 1, "count"), 50), "mouthSmileLeft' has 50 vertices"),
        (_set(("accessors", 2, "componentType"), 5126), "beyond|not there|none"),
        (_set(("bufferViews", 0, "byteLength"), 10**9), "beyond its buffer"),
        (_set(("bufferViews", 0, "buffer"), 4), "not there"),
        (_set(("bufferViews", 0, "buffer"), True), "not there"),
        (_set(("buffers", 0, "byteLength"), 10**6), "bytes"),
        (_set(("buffers", 0, "uri"), "../../etc/passwd"), "outside its folder"),
        (_set(("buffers", 0, "uri"), "%2e%2e/x.bin"), "outside its folder"),
        (_set(("buffers", 0, "uri"), "/etc/passwd"), "outside its folder"),
        (_set(("buffers", 0, "uri"), "http://example.org/x.bin"), "outside its folder|cannot"),
        (_set(("buffers", 0, "uri"), "data:;base64,!!!"), "cannot be decoded"),
        (_set(("buffers", 0, "uri"), "missing.bin"), "cannot be read"),
        (_set(("nodes",), [{"mesh": 0, "children": [0]}]), "circle"),
        (_set(("nodes",), [{"children": [1]}, {"children": [0], "mesh": 0}]), "circle"),
        (_set(("nodes", 0, "mesh"), 7), "not there"),
        (_set(("nodes", 0, "matrix"), [0, 1]), "16 numbers"),
        (_set(("nodes", 0, "scale"), ["a", 1, 1]), "3 numbers"),
        (_set(("scene",), 3), "not there"),
        (_set(("meshes", 0, "primitives"), "x"), "something else"),
        (_set(("meshes", 0, "primitives", 0, "attributes", "POSITION"), None), "no positions"),
        (_set(("meshes",), []), "not there"),
        (_set(("scenes", 0, "nodes"), []), "no triangles"),
        (_set(("extensionsRequired",), ["KHR_draco_mesh_compression"]), "Draco"),
        (_set(("extensionsRequired",), ["X_unknown"]), "X_unknown"),
        (_set(("extensionsRequired",), [["X_unknown"]]), "X_unknown"),
        (_set(("accessors", 2, "componentType"), 5122), "no indices"),
        (_set(("accessors", 1, "sparse"), {"count": 1, "indices": {"componentType": []}}), "type"),
        (_set(("meshes", 0, "primitives", 0, "material"), [0]), "not there"),
        (_with_no_joint, "not there"),
    ],
)
def test_a_damaged_or_hostile_file_is_refused_with_what_is_wrong(tmp_path, change, words):
    doc, data = document()
    with pytest.raises(HeadError, match=words) as caught:
        _read(tmp_path, changed(doc, change), data)
    assert caught.value.code.startswith("head.")


def test_a_mesh_shown_over_and_over_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    doc, data = document()
    doc["nodes"] = [{"mesh": 0} for _ in range(40)]
    doc["scenes"] = [{"nodes": list(range(40))}]
    monkeypatch.setattr("pipeline.head.foreign.gltf._MOST_CORNERS", 30 * 6 * len(grid()[1]))
    with pytest.raises(HeadError, match="more triangles"):
        _read(tmp_path, doc, data)


def test_a_buffer_beside_the_file_that_changes_is_read_again(tmp_path):
    doc, data = document()
    (tmp_path / "a b.bin").write_bytes(data)
    doc["buffers"][0]["uri"] = "a%20b.bin"
    path = tmp_path / "head.gltf"
    path.write_text(json.dumps(doc))
    before = run(load_head(path))
    wider = grid()[0] * [1.0, 2.0, 1.0]
    (tmp_path / "a b.bin").write_bytes(document(wider)[1])
    assert np.ptp(run(load_head(path)).vertices[:, 1]) > 1.5 * np.ptp(before.vertices[:, 1])


@pytest.mark.parametrize(
    "raw",
    [b"", b"glTF", b"glTF" + b"\0" * 20, b"{", b"[" * 100_000, b'{"asset": 3}', b"\xff\xfe"],
    ids=["empty", "head", "zeros", "brace", "deep", "asset", "text"],
)
def test_what_is_no_gltf_is_refused(tmp_path, raw):
    path = tmp_path / "head.glb"
    path.write_bytes(raw)
    with pytest.raises(HeadError):
        run(read_gltf(path))


def test_a_file_that_is_cut_anywhere_is_refused(tmp_path):
    whole = glb(*document())
    path = tmp_path / "head.glb"
    for keep in range(0, len(whole) - 1, 97):
        path.write_bytes(whole[:keep])
        with pytest.raises(HeadError):
            run(read_gltf(path))


def test_numbers_that_are_none_are_refused(tmp_path):
    points = grid()[0]
    points[5, 1] = np.nan
    with pytest.raises(HeadError, match="none"):
        _read(tmp_path, *document(points))
    moves = smile()
    moves[5, 1] = np.inf
    with pytest.raises(HeadError, match="none"):
        _read(tmp_path, *document(moves=[moves]))


def test_a_picture_that_cannot_be_read_costs_only_the_picture(tmp_path):
    doc, data = document()
    doc["images"] = [{"uri": as_data_uri(b"\x89PNG\r\n\x1a\n" + b"\0" * 8 + b"\xff" * 30)}]
    doc["textures"] = [{"source": 0}]
    doc["materials"] = [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}]
    doc["meshes"][0]["primitives"][0]["material"] = 0
    mesh = _read(tmp_path, doc, data)
    assert any("picture" in notice for notice in mesh.notices)
