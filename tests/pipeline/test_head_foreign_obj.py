"""A person's own head from a folder of OBJ files."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.errors import HeadError
from pipeline.core.progress import run
from pipeline.head import head_names, load_head
from pipeline.head.foreign.mesh import MOST_BYTES
from pipeline.head.foreign.obj import read_obj
from pipeline.head.foreign.obj_folder import read_obj_folder
from tests.pipeline.foreign_files import grid, obj_text, smile, write_folder

pytestmark = pytest.mark.usefixtures("own_cache")


def _mesh(folder):
    return run(read_obj_folder(folder))


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"end": "\r\n"},
        {"number": "{:.12e}"},
        {"corner": "{}/{}".replace("/{}", "/1"), "head": "vt 0.5 0.5"},
        {"corner": "{0}//1", "head": "vn 0 0 1"},
        {"corner": "{0}/1/1", "head": "vt 0.5 0.5\nvn 0 0 1\ng face\ns 1\no head"},
        {"head": "# a comment\n\nmtllib none.mtl\nusemtl M_Face"},
        {"colours": np.full((99, 3), 0.5)},
    ],
    ids=["plain", "crlf", "exponents", "v/vt", "v//vn", "v/vt/vn", "comments", "colours"],
)
def test_a_shape_is_its_file_less_the_neutral(tmp_path, how):
    mesh = _mesh(write_folder(tmp_path / "head", **how))
    points, faces = grid()
    np.testing.assert_allclose(mesh.points, points, atol=1e-6)
    assert len(mesh.parts[0].triangles) == 2 * len(faces)  # a quad is two triangles
    ids, deltas = mesh.shapes["mouthSmile_L"]
    found = np.zeros_like(points)
    found[ids] = deltas
    np.testing.assert_allclose(found, smile(), atol=1e-4)


def test_negative_indices_and_faces_of_many_corners_are_read(tmp_path):
    path = tmp_path / "a.obj"
    path.write_text("v 0 0 0\nv 1 0 0\nv 1 1 0\nf -3 -2 -1\nv 0 1 0\nv -1 .5 0\nf 1 2 3 4 5\n")
    mesh = read_obj(path)
    np.testing.assert_array_equal(mesh.triangles, [[0, 1, 2], [0, 1, 2], [0, 2, 3], [0, 3, 4]])


def test_a_line_continued_with_a_backslash_is_one_line(tmp_path):
    path = tmp_path / "a.obj"
    path.write_text("v 0 0 0\nv 1 0 0\nv 1 1 \\\n 0\nf 1 2 \\\n 3\n")
    assert len(read_obj(path).triangles) == 1


def test_colours_of_vertices_reach_the_head(tmp_path):
    red = np.tile([1.0, 0.0, 0.0], (99, 1))
    model = run(load_head(write_folder(tmp_path / "head", colours=red)))
    colours = model.surfaces[0].colours
    assert (colours[:, 0] == 255).all()
    assert not colours[:, 1:].any()


def test_materials_become_surfaces_with_the_colours_of_the_library(tmp_path):
    folder = write_folder(tmp_path / "head")
    points, faces = grid()
    text = obj_text(points, [])
    for name, part in (("Cloth_M", faces[:40]), ("Teeth_M", faces[40:])):
        text += f"usemtl {name}\n" + "".join(f"f {' '.join(str(i + 1) for i in f)}\n" for f in part)
    for path in folder.glob("*.obj"):
        path.write_text("mtllib ../../x/m.mtl\n" + text)
    (folder / "m.mtl").write_text("newmtl Cloth_M\nKd 0 0 1\nnewmtl Teeth_M\nKd nonsense\n")
    model = run(load_head(folder))
    cloth, teeth = model.surfaces
    assert (cloth.name, teeth.name) == ("Cloth_M", "Teeth_M")
    assert cloth.colours[0, 2] == 255
    assert teeth.colours[0].min() > 100  # a file that says nothing usable gets a fitting colour


@pytest.mark.parametrize("name", ["neutral", "Neutral", "generic_neutral_mesh", "anna_neutral_v2"])
def test_the_neutral_is_found_by_its_name(tmp_path, name):
    assert set(_mesh(write_folder(tmp_path / "head", neutral=name)).shapes) == {"mouthSmile_L"}


def test_a_missing_neutral_is_told_with_what_was_looked_for(tmp_path):
    folder = write_folder(tmp_path / "head", neutral="face1")
    with pytest.raises(HeadError, match="no neutral") as caught:
        _mesh(folder)
    assert caught.value.code == "head.neutral"
    assert "neutral.obj" in caught.value.remedy
    assert "mouthSmile_L.obj" in caught.value.remedy


def test_a_shape_with_another_count_of_vertices_is_named(tmp_path):
    folder = write_folder(tmp_path / "head")
    points, faces = grid()
    (folder / "jawOpen.obj").write_text(obj_text(points[:-9], faces[:-8]))
    with pytest.raises(HeadError, match=r"jawOpen.obj: it has 90 vertices.*99") as caught:
        _mesh(folder)
    assert caught.value.code == "head.topology"


def test_a_shape_with_other_faces_is_named_but_other_writing_of_the_same_is_not(tmp_path):
    folder = write_folder(tmp_path / "head")
    points, faces = grid()
    (folder / "jawOpen.obj").write_text(obj_text(points, faces, corner="{}//", end="\r\n"))
    assert "jawOpen" in _mesh(folder).shapes
    (folder / "jawOpen.obj").write_text(obj_text(points, faces[::-1]))
    with pytest.raises(HeadError, match=r"jawOpen.obj: its faces"):
        _mesh(folder)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("v 0 0 0\nv 1 0 nan\nv 0 1 0\nf 1 2 3\n", "not a usable position"),
        ("v 0 0 0\nv 1 0 inf\nv 0 1 0\nf 1 2 3\n", "not a usable position"),
        ("v 0 0 0\nv 1 0 1e300\nv 0 1 0\nf 1 2 3\n", "not a usable position"),
        ("v 0 0 0\nv 1 0\nv 0 1 0\nf 1 2 3\n", "vertex line"),
        ("v 0 0 0\nv 1 0 zero\nv 0 1 0\nf 1 2 3\n", "vertex line"),
        ("v 0 0\nv 1 0\nv 0 1\nf 1 2 3\n", "2 numbers"),
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 4\n", "line 4 is not a face"),
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 0\n", "line 4 is not a face"),
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf -9 2 3\n", "line 4 is not a face"),
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2\n", "line 4 is not a face"),
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf a b c\n", "line 4 is not a face"),
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\n", "no faces"),
        ("", "no vertices"),
        ("\0\0\0\0", "not a text file"),
        ("v \xff 0 0\n", "vertex line"),
    ],
)
def test_a_damaged_obj_is_refused_with_what_is_wrong(tmp_path, text, words):
    path = tmp_path / "neutral.obj"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(HeadError, match=words) as caught:
        _mesh(tmp_path)
    assert str(path) in str(caught.value)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "neutral.obj"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)  # sparse: takes no room
    with pytest.raises(HeadError, match="at most") as caught:
        _mesh(tmp_path)
    assert caught.value.code == "head.size"


def test_an_empty_folder_and_a_strange_file_are_refused(tmp_path):
    with pytest.raises(HeadError, match="no OBJ files"):
        run(load_head(tmp_path))
    (tmp_path / "head.fbx").write_bytes(b"x")
    with pytest.raises(HeadError, match="no head that can be read"):
        run(load_head(tmp_path / "head.fbx"))


def test_a_head_is_remembered_by_name_and_read_from_the_cache(tmp_path, monkeypatch):
    folder = write_folder(tmp_path / "Anna")
    first = run(load_head(folder))
    assert head_names()["Anna"] == str(folder)
    monkeypatch.setattr("pipeline.head.foreign.obj_folder.read_obj_folder", None)  # not read again
    again = run(load_head("Anna", lod="still"))
    np.testing.assert_array_equal(first.vertices, again.vertices)
    assert again.lod == "still"


def test_a_changed_file_is_read_again(tmp_path):
    folder = write_folder(tmp_path / "head")
    before = run(load_head(folder))
    write_folder(folder, shapes={"mouthSmile_L": 2 * smile()})
    after = run(load_head(folder))
    ratio = np.abs(after.shape_deltas).max() / np.abs(before.shape_deltas).max()
    assert ratio == pytest.approx(2, rel=1e-3)


def test_smiling_moves_the_lower_half_up_and_its_normals_with_it(tmp_path):
    model = run(load_head(write_folder(tmp_path / "head")))
    vertices, normals = model.deform({"AU12_L": 1.0})
    moved = vertices - model.vertices
    assert moved[:, 1].max() > 1
    np.testing.assert_allclose(np.linalg.norm(model.normals, axis=1), 1, atol=1e-4)
    from pipeline.head.sculpt.polygonise import vertex_normals

    truth = vertex_normals(vertices, model.surfaces[0].faces)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    np.testing.assert_allclose(normals / length, truth, atol=0.02)


def test_a_head_called_like_the_built_in_one_does_not_take_its_name(tmp_path):
    run(load_head(write_folder(tmp_path / "builtin")))
    assert head_names()["builtin"] == "built in"
