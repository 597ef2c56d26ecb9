"""dlib's points are found on a head that says nothing of them; ICT-FaceKit is known."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.progress import run
from pipeline.exchange.glb import write_glb
from pipeline.head import HeadScene, HeadState, load_head
from pipeline.head.foreign.mesh import check_size
from tests.pipeline.gltf_files import glb, split
from tests.pipeline.heads import head, unlit
from tests.shared_data import shared


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("TELL_DATA_DIR", str(tmp_path / "data"))


def test_landmarks_are_found_on_a_head_whose_file_does_not_name_them(tmp_path, monkeypatch):
    model = head()
    monkeypatch.setenv("TELL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("pipeline.head.foreign.build.arriving_light", unlit)
    doc, data = split(write_glb(tmp_path / "own.glb", model).read_bytes())
    doc["asset"] = {"version": "2.0"}  # as if another program had written it
    # Larger, elsewhere, and facing away.
    doc["nodes"][0] |= {"scale": [3, 3, 3], "rotation": [0, 1, 0, 0], "translation": [1, 5, -2]}
    path = tmp_path / "stranger.glb"
    path.write_bytes(glb(doc, data))
    found = run(load_head(path))
    apart = np.linalg.norm(
        model.vertices[model.landmarks[45]] - model.vertices[model.landmarks[36]]
    )
    assert len(found.landmarks) == 68
    corners = found.vertices[found.landmarks[[36, 45]]]
    assert corners[1, 0] - corners[0, 0] == pytest.approx(apart, rel=0.1)
    off = np.linalg.norm(
        found.vertices[found.landmarks][17:] - model.vertices[model.landmarks][17:], axis=1
    )
    assert np.median(off) < 0.08 * apart


@pytest.fixture(scope="module")
def ict():
    return run(load_head(shared("heads/ict-facekit/FaceXModel")))


def test_ict_facekit_is_known_by_its_vertices(ict):
    assert ict.name == "ICT-FaceKit"
    names = {surface.name for surface in ict.surfaces}
    assert {"skin", "inner", "tongue", "teeth", "eye_left", "eye_right", "lashes"} == names - {
        "eye_sockets"
    }
    corners = ict.vertices[ict.landmarks[[36, 45]]]
    assert corners[1, 0] - corners[0, 0] == pytest.approx(90.5, abs=0.1)  # as the built-in head
    assert "no shape for AU 11 13 23 33 38" in ict.notices


def test_ict_facekits_action_units_move_what_facs_says(ict):
    still = ict.vertices[ict.landmarks]

    def moved(**weights):
        return ict.deform(weights)[0][ict.landmarks] - still

    assert (moved(AU12=1.0)[[48, 54], 1] > 3).all()
    assert (moved(AU1=1.0)[[21, 22], 1] > 2).all()
    assert moved(AU27=1.0)[8, 1] < -15
    closed = ict.deform({"AU43": 1.0})[0][ict.landmarks]
    assert np.abs(closed[[37, 38, 43, 44], 1] - closed[[41, 40, 47, 46], 1]).max() < 2
    left = moved(AU12_L=1.0)
    assert left[54, 1] > 3
    assert abs(left[48, 1]) < 0.5


def test_ict_facekits_eyes_turn_with_the_gaze(ict):
    eye = ict.surface("eye_left")
    run_ = slice(eye.start, eye.stop)
    front = eye.start + int(np.argmax(ict.vertices[run_, 2]))
    for unit, axis, sign in (("AU61", 0, 1), ("AU62", 0, -1), ("AU63", 1, 1), ("AU64", 1, -1)):
        turned, _ = ict.deform({unit: 1.0})
        assert sign * (turned[front, axis] - ict.vertices[front, axis]) > 3


def test_an_identity_changes_the_face_and_leaves_its_expressions(ict):
    assert ict.identities
    other = ict.with_identity({ict.identities[0]: 1.5, "nobody": 3.0})
    assert np.abs(other.vertices - ict.vertices).max() > 1
    weights = {"AU12": 1.0}
    np.testing.assert_allclose(
        other.deform(weights)[0] - other.vertices, ict.deform(weights)[0] - ict.vertices, atol=1e-3
    )
    assert ict.with_identity({}) is ict


def test_ict_facekit_is_a_face_to_dlib(ict):
    from pipeline.face.detect import find_faces

    scene = HeadScene(ict)
    try:
        picture = scene.render(HeadState.of({}, size=(480, 480), quality="live"))
    finally:
        scene.close()
    assert len(find_faces(np.ascontiguousarray(picture[..., :3]))) == 1


def test_a_folder_is_no_file():
    from pathlib import Path

    from pipeline.core.errors import HeadError

    with pytest.raises(HeadError, match="not a file"):
        check_size(Path(__file__).parent)
