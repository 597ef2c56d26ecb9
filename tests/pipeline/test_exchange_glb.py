"""The GLB that is written: by the rules of glTF 2.0, the same head in other readers and in ours."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.errors import ExportError
from pipeline.core.progress import run
from pipeline.curves import Curve
from pipeline.exchange.glb import WeightAnimation, target_names, write_glb
from pipeline.exchange.glb_animation import weight_animation
from pipeline.head import load_head
from pipeline.head.rig import FrozenShape, Manipulator, Rig, rigged
from tests.pipeline.gltf_files import split, vtk_evaluated
from tests.pipeline.heads import head, unlit


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    return write_glb(tmp_path_factory.mktemp("glb") / "head.glb", head()).read_bytes()


def _linear(model, row):
    """The head under target weights, by the arrays of the model."""
    vertices = model.vertices.astype(float).copy()
    for index in np.flatnonzero(row):
        run_ = slice(model.shape_start[index], model.shape_start[index + 1])
        np.add.at(vertices, model.shape_ids[run_], row[index] * model.shape_deltas[run_])
    return vertices


def test_morphs_evaluated_by_another_reader_agree(raw, tmp_path):
    model = head()
    names = target_names(model)
    random = np.random.default_rng(3)
    single = [names.index(n) for n in ("AU12_L", "AU43_R", "AU26", "AU17")]
    rows = [*np.eye(len(names))[single], *random.uniform(0, 1, (2, len(names)))]
    doc, _ = split(raw)
    surfaces = [doc["materials"][p["material"]]["name"] for p in doc["meshes"][0]["primitives"]]
    for row, primitives in zip(rows, vtk_evaluated(raw, rows, tmp_path), strict=True):
        truth = _linear(model, row)
        for name, points in zip(surfaces, primitives, strict=True):
            surface = model.surface(name)
            error = np.abs(points - truth[surface.start : surface.stop]).max()
            assert error < 1e-5 * model.height, name


def test_the_head_read_back_is_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("TELL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("TELL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("pipeline.head.foreign.build.arriving_light", unlit)
    model = head()
    back = run(load_head(write_glb(tmp_path / "head.glb", model)))
    assert back.shape_names == model.shape_names
    assert back.correctives == model.correctives
    np.testing.assert_allclose(
        back.vertices[back.landmarks], model.vertices[model.landmarks], atol=1e-3
    )
    weights = dict.fromkeys(("AU1", "AU12_L", "AU25", "AU26", "AU43_R"), 0.7)
    row = model.activations(weights)
    truth = _linear(model, row)
    found = _linear(back, back.activations(weights))
    for surface in model.surfaces:
        twin = back.surface(surface.name)
        assert len(twin.faces) == len(surface.faces)
        np.testing.assert_allclose(
            found[twin.start : twin.stop], truth[surface.start : surface.stop], atol=0.01
        )
        if len(surface.colours):
            # A cut-out's brightness is divided anew between its picture and its colour.
            within = 5 if "cover" in surface.pictures else 1
            np.testing.assert_allclose(twin.colours, surface.colours, atol=within)


def test_the_file_keeps_the_rules_of_gltf(raw):
    doc, data = split(raw)
    assert doc["asset"]["version"] == "2.0"
    assert doc["asset"]["generator"] == "Tell Studio"
    assert doc["buffers"][0]["byteLength"] <= len(data)
    for view in doc["bufferViews"]:
        assert view["byteOffset"] % 4 == 0
        assert view["byteOffset"] + view["byteLength"] <= len(data)
    count = len(target_names(head()))
    for mesh in doc["meshes"]:
        for primitive in mesh["primitives"]:
            position = doc["accessors"][primitive["attributes"]["POSITION"]]
            assert len(position["min"]) == len(position["max"]) == 3
            assert doc["bufferViews"][position["bufferView"]]["target"] == 34962
            indices = doc["bufferViews"][doc["accessors"][primitive["indices"]]["bufferView"]]
            assert indices["target"] == 34963
            for target in primitive.get("targets", []):
                accessor = doc["accessors"][target["POSITION"]]
                assert accessor["count"] == position["count"]
                assert len(accessor["min"]) == 3
                _check_sparse(doc, data, accessor)
    moving = doc["meshes"][0]
    assert {len(p["targets"]) for p in moving["primitives"]} == {count}
    assert moving["extras"]["targetNames"] == list(target_names(head()))
    assert len(moving["weights"]) == count


def _check_sparse(doc, data, accessor):
    """Indices strictly rise and stay inside; bounds are those of the values and of zero."""
    sparse = accessor.get("sparse")
    if sparse is None:
        return
    kind = {5123: "<u2", 5125: "<u4"}[sparse["indices"]["componentType"]]
    at = doc["bufferViews"][sparse["indices"]["bufferView"]]
    ids = np.frombuffer(data, kind, sparse["count"], at["byteOffset"])
    assert (np.diff(ids.astype(int)) > 0).all()
    assert ids[-1] < accessor["count"]
    at = doc["bufferViews"][sparse["values"]["bufferView"]]
    values = np.frombuffer(data, "<f4", 3 * sparse["count"], at["byteOffset"]).reshape(-1, 3)
    np.testing.assert_allclose(np.minimum(values.min(0), 0), accessor["min"], atol=1e-7)
    np.testing.assert_allclose(np.maximum(values.max(0), 0), accessor["max"], atol=1e-7)


def test_normals_have_unit_length_and_colours_are_linear(raw):
    doc, data = split(raw)
    skin = next(
        p
        for p in doc["meshes"][0]["primitives"]
        if doc["materials"][p["material"]]["name"] == "skin"
    )
    accessor = doc["accessors"][skin["attributes"]["NORMAL"]]
    start = doc["bufferViews"][accessor["bufferView"]]["byteOffset"]
    normals = np.frombuffer(data, "<f4", 3 * accessor["count"], start).reshape(-1, 3)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-5)
    accessor = doc["accessors"][skin["attributes"]["COLOR_0"]]
    assert accessor["normalized"] is True
    start = doc["bufferViews"][accessor["bufferView"]]["byteOffset"]
    colours = np.frombuffer(data, "<u2", 4 * accessor["count"], start).reshape(-1, 4) / 65535
    roots = head().surface("skin").colours / 255  # the model keeps roots of linear light
    np.testing.assert_allclose(colours[:, :3], roots**2, atol=1e-4)


def test_an_animation_plays_the_curves(tmp_path):
    model = head()
    curves = {
        "AU12_L": Curve.from_keys([0.0, 0.2, 0.5], [0.0, 0.8, 0.0]),
        "AU26": Curve.from_keys([0.1, 0.3], [0.0, 0.5]),
    }
    animation = weight_animation(model, "clip", curves, end=0.5)
    raw = write_glb(tmp_path / "head.glb", model, animation=animation).read_bytes()
    doc, data = split(raw)
    sampler = doc["animations"][0]["samplers"][0]
    assert sampler["interpolation"] == "CUBICSPLINE"
    target = doc["animations"][0]["channels"][0]["target"]
    assert target["path"] == "weights"
    assert doc["nodes"][target["node"]]["mesh"] == 0

    def numbers(index):
        accessor = doc["accessors"][index]
        start = doc["bufferViews"][accessor["bufferView"]]["byteOffset"]
        return np.frombuffer(data, "<f4", accessor["count"], start).astype(float)

    times = numbers(sampler["input"])
    keys = numbers(sampler["output"]).reshape(len(times), 3, -1)
    names = target_names(model)
    for moment in np.linspace(0, 0.5, 41):
        row = _hermite(times, keys, moment)
        for name, curve in curves.items():
            assert row[names.index(name)] == pytest.approx(
                float(np.clip(curve(np.array([moment]))[0], 0, 1)), abs=2e-3
            )


def test_an_animation_plays_controls_in_both_directions_and_frozen_shapes():
    pull = Manipulator("pull", 54, move=(0.05, 0.05, 0.0))
    model = rigged(head(), Rig(shapes=(FrozenShape("smirk", (pull,)),)), True)
    curves = {
        "mouth_left_y": Curve.from_keys([0.0, 0.11, 0.37, 0.5], [0.1, 0.7, -1.2, 0.0]),
        "smirk": Curve.from_keys([0.0, 0.2, 0.5], [0.0, 0.8, -0.2]),
    }
    animation = weight_animation(model, "clip", curves, end=0.5)
    keys = np.stack([animation.slopes_in, animation.values, animation.slopes_out], axis=1)
    names = target_names(model)
    played, truth = [], []
    for moment in np.linspace(0, 0.5, 301):
        weights = {name: curve.at(moment) for name, curve in curves.items()}
        played.append(_hermite(animation.times, keys, moment))
        truth.append(model.activations(weights))
    off = np.abs(np.array(played) - truth)
    assert np.max(truth, axis=0)[names.index("smirk")] > 0.75
    assert np.max(truth, axis=0)[names.index("-mouth_left_y")] == pytest.approx(1.0)
    assert off.max() < 1e-4  # also where it passes 0 and where a curve leaves its range


def _hermite(times, keys, moment):
    """As the specification of glTF 2.0 (appendix C) has it."""
    i = int(np.clip(np.searchsorted(times, moment, side="right") - 1, 0, len(times) - 2))
    step = times[i + 1] - times[i]
    s = np.clip((moment - times[i]) / step, 0, 1)
    return (
        (2 * s**3 - 3 * s**2 + 1) * keys[i, 1]
        + step * (s**3 - 2 * s**2 + s) * keys[i, 2]
        + (-2 * s**3 + 3 * s**2) * keys[i + 1, 1]
        + step * (s**3 - s**2) * keys[i + 1, 0]
    )


def test_an_animation_of_another_head_is_refused(tmp_path):
    wrong = WeightAnimation("x", np.array([0.0]), np.zeros((1, 3)))
    with pytest.raises(ExportError, match="does not fit"):
        write_glb(tmp_path / "head.glb", head(), animation=wrong)
    assert not list(tmp_path.iterdir())
