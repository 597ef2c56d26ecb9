"""Frozen shapes in files: the same in another reader's hands, and in films and scripts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.cli import run_command_line as main
from pipeline.core.errors import ExportError
from pipeline.core.progress import run
from pipeline.curves import Curve
from pipeline.exchange.glb import target_names, write_glb
from pipeline.exchange.glb_animation import weight_animation
from pipeline.exchange.obj import write_obj, write_obj_folder
from pipeline.head.foreign.gltf import read_gltf
from pipeline.head.foreign.obj_folder import read_obj_folder
from pipeline.head.rig import FrozenShape, Manipulator, Rig, Target, frozen, rigged
from pipeline.store import ProjectStore
from tests.pipeline.gltf_files import split, vtk_evaluated
from tests.pipeline.heads import head
from tests.pipeline.rig_heads import dense, sheet

CORNER = Manipulator("corner", 54, radius=0.4, move=(0.05, 0.1, -0.02), mirrored=True)
RIG = Rig(
    (Manipulator("live", 30, move=(0, 0, 0.2)),),
    (
        FrozenShape("smirk", (CORNER,), targets=(Target("AU12", 0.5),)),
        FrozenShape("brow_up", (Manipulator("b", 22, move=(0, 0.1, 0)),), side="L"),
    ),
    head="builtin",
)


def test_a_frozen_shape_in_the_glb_is_the_same_in_another_readers_hands(tmp_path):
    model = head()
    raw = write_glb(tmp_path / "head.glb", model, rig=RIG).read_bytes()
    doc, _ = split(raw)
    names = doc["meshes"][0]["extras"]["targetNames"]
    assert names[len(model.shape_names) :][:2] == ["smirk", "brow_up"]
    assert names == list(target_names(rigged(model, RIG, controls=False)))
    surfaces = [doc["materials"][p["material"]]["name"] for p in doc["meshes"][0]["primitives"]]
    rows = np.eye(len(names))[[names.index("smirk"), names.index("brow_up")]]
    for shape, primitives in zip(RIG.shapes, vtk_evaluated(raw, rows, tmp_path), strict=True):
        truth = model.vertices + dense(model, frozen(model, shape))
        for name, points in zip(surfaces, primitives, strict=True):
            surface = model.surface(name)
            error = np.abs(points - truth[surface.start : surface.stop]).max()
            assert error < 1e-5 * model.height, (shape.name, name)


def test_the_glb_without_a_rig_has_no_such_targets(tmp_path):
    doc, _ = split(write_glb(tmp_path / "head.glb", head()).read_bytes())
    assert doc["meshes"][0]["extras"]["targetNames"] == list(target_names(head()))


def test_a_shape_is_animated_by_its_track_and_by_its_target():
    model = rigged(head(), RIG)
    at = model.shape_names.index
    own, half = (Curve.from_keys([0.0, 0.5, 1.0], [0.0, top, 0.0]) for top in (0.8, 0.4))
    made = weight_animation(model, "clip", {"smirk": own})
    np.testing.assert_allclose(made.values[:, at("smirk")], own(made.times), atol=1e-6)
    made = weight_animation(model, "clip", {"AU12": half})
    np.testing.assert_allclose(made.values[:, at("smirk")], 0.5 * half(made.times), atol=1e-6)
    np.testing.assert_allclose(made.values[:, at("AU12_L")], half(made.times), atol=1e-6)


def test_obj_files_come_back_through_our_own_reader(tmp_path):
    model = head()
    written = write_obj_folder(tmp_path / "objs", model, RIG)
    assert [path.name for path in written] == ["neutral.obj", "smirk.obj", "brow_up.obj"]
    mesh = run(read_obj_folder(tmp_path / "objs"))
    np.testing.assert_allclose(10 * mesh.points, model.vertices, atol=1e-4)
    assert [part.name for part in mesh.parts] == [s.name for s in model.surfaces if len(s.faces)]
    for part, surface in zip(mesh.parts, (s for s in model.surfaces if len(s.faces)), strict=True):
        np.testing.assert_array_equal(part.triangles, surface.faces + surface.start)
    for shape in RIG.shapes:
        ids, deltas = mesh.shapes[shape.name]
        found = np.zeros((len(model.vertices), 3))
        found[ids] = 10 * deltas
        truth = dense(model, frozen(model, shape))
        # The reader takes motions of less than some millionths of the head for rounding.
        assert np.abs(found - truth).max() < 1e-5 * model.height


def test_one_obj_holds_the_head_doing_something(tmp_path):
    model = head()
    path = write_obj(tmp_path / "face.obj", model, {"smirk": 0.5}, rig=RIG)
    places = [line.split()[1:] for line in path.read_text().splitlines() if line[:2] == "v "]
    truth = model.vertices + 0.5 * dense(model, frozen(model, RIG.shapes[0]))
    np.testing.assert_allclose(10 * np.array(places, float), truth, atol=1e-4)
    with pytest.raises(ExportError):
        write_obj(tmp_path / "x.obj", model, {"nobody": 1.0}, rig=RIG)


def test_what_cannot_be_written_as_obj_is_said(tmp_path):
    bare = replace(sheet(), landmarks=np.zeros(0, np.int32))
    for model, rig in ((head(), Rig()), (bare, RIG)):
        with pytest.raises(ExportError) as caught:
            write_obj_folder(tmp_path / "none", model, rig)
        assert caught.value.remedy
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError):
        write_obj_folder(tmp_path / "file", head(), RIG)


def test_a_made_up_heads_shapes_survive_glb_too(tmp_path):
    model = sheet(shapes={"jaw": np.tile([0.0, -1.0, 0.0], (len(sheet().vertices), 1))})
    mesh = run(read_gltf(write_glb(tmp_path / "sheet.glb", model, rig=RIG)))
    ids, deltas = mesh.shapes["smirk"]
    found = np.zeros((len(model.vertices), 3))
    found[ids] = deltas
    np.testing.assert_allclose(found, dense(model, frozen(model, RIG.shapes[0])), atol=1e-4)


@pytest.fixture
def project(tmp_path):
    store = ProjectStore.create(tmp_path / "p.tell")
    store.set_settings(RIG.as_data(), scope="rig")
    store.close()
    return tmp_path / "p.tell"


def test_the_command_line_writes_a_projects_shapes(project, tmp_path, capsys):
    arguments = ["head", "--project", str(project), "--lod", "draft", "--controls",
                 "--glb", str(tmp_path / "h.glb"), "--obj", str(tmp_path / "objs")]  # fmt: skip
    assert main(arguments) == 0
    assert {"smirk", "brow_up", "mouth_open"} <= set(capsys.readouterr().out.split())
    assert (tmp_path / "objs" / "smirk.obj").exists()
    doc, _ = split((tmp_path / "h.glb").read_bytes())
    assert "smirk" in doc["meshes"][0]["extras"]["targetNames"]


def test_the_command_line_says_what_it_cannot_write(project, tmp_path, capsys):
    assert main(["head", "--lod", "draft", "--obj", str(tmp_path / "objs")]) != 0
    assert "--project" in capsys.readouterr().err
    store = ProjectStore.open(project)
    store.set_settings({"shapes": [{"name": "smirk", "manipulators": 3}]}, scope="rig")
    store.close()
    assert main(["head", "--project", str(project), "--glb", str(tmp_path / "h.glb")]) != 0
    error = capsys.readouterr().err
    assert "shapes 1 ('smirk')" in error and "Traceback" not in error
    assert not (tmp_path / "h.glb").exists()


def test_a_picture_of_a_projects_head_shows_its_shapes_and_live_manipulators(project, tmp_path):
    from pipeline.core.vision import cv2

    def drawn(name, weights):
        target = tmp_path / name
        assert main(["head", "--project", str(project), "--lod", "draft", "--size", "96",
                     "--picture", str(target), "--weights", weights]) == 0  # fmt: skip
        return cv2.imread(str(target)).astype(int)

    rest, smirk = drawn("a.png", ""), drawn("b.png", "smirk=1")
    assert np.abs(rest - smirk).max() > 20
    store = ProjectStore.open(project)
    store.set_settings({"manipulators": []}, scope="rig")
    store.close()
    assert np.abs(rest - drawn("c.png", "")).max() > 20, "the nose was drawn out"
