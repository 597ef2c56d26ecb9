"""Finding faces and the landmark model."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from pipeline.core.errors import FaceError
from pipeline.face import detect
from pipeline.face.detect import (
    anchor_points,
    box_of_points,
    find_faces,
    landmark_model_path,
    use_landmark_model,
)
from tests.pipeline.clips import astronaut


@pytest.fixture(scope="module")
def portrait():
    return astronaut()


@pytest.fixture
def given_model():
    yield use_landmark_model
    use_landmark_model(None)


def test_the_portrait_has_one_face_with_eyes_above_the_mouth(portrait):
    boxes = find_faces(portrait)
    assert len(boxes) == 1
    points = anchor_points(portrait, boxes[0])
    assert 95 < points[45, 0] - points[36, 0] < 110  # the subject's left is on the right
    assert points[36:48, 1].max() < points[48:, 1].min()


def test_colour_grey_and_the_quick_look_find_the_same_face(portrait):
    colour = np.repeat(portrait[..., None], 3, axis=-1)
    full = find_faces(portrait)[0]
    for boxes in (find_faces(colour), find_faces(portrait, quick=True)):
        assert len(boxes) == 1
        assert np.hypot(*np.subtract(boxes[0].centre, full.centre)) < 0.1 * (full.x1 - full.x0)


def test_several_faces_come_largest_first(portrait):
    small = portrait[::2, ::2]
    both = np.full((480, 640 + 320), 127, np.uint8)
    both[:, :640] = portrait
    both[120:360, 640:] = small
    boxes = find_faces(both)
    assert len(boxes) == 2
    assert boxes[0].centre[0] < 640 < boxes[1].centre[0]


def test_pictures_without_a_face_have_none():
    noise = np.random.default_rng(0).integers(0, 255, (240, 320), dtype=np.uint8)
    for picture in (np.zeros((480, 640), np.uint8), noise, np.zeros((3, 3), np.uint8)):
        assert find_faces(picture) == []


def test_the_box_made_from_points_lies_where_the_detector_would_put_it(portrait):
    found = find_faces(portrait)[0]
    made = box_of_points(anchor_points(portrait, found))
    assert found.distance(made.centre) < 0.15
    assert made.area == pytest.approx(found.area, rel=0.35)


def test_averaged_anchor_points_depend_less_on_where_the_box_is(portrait):
    box = find_faces(portrait)[0]
    boxes = [box.shifted(dx, dy) for dx in (-4, 0, 4) for dy in (-4, 0, 4)]
    single = np.std([detect.predict_points(portrait, b) for b in boxes], axis=0).mean()
    averaged = np.std([anchor_points(portrait, b) for b in boxes], axis=0).mean()
    assert averaged < 0.6 * single


def test_the_installed_model_is_found_without_importing_its_package():
    assert landmark_model_path().name == detect.MODEL_NAME
    assert "face_recognition_models" not in sys.modules


def test_a_missing_model_says_the_line_that_installs_it(monkeypatch, tmp_path):
    monkeypatch.setattr(detect, "_package_model", lambda: None)
    monkeypatch.setattr(detect, "DEBIAN_MODEL", tmp_path / "none.dat")
    with pytest.raises(FaceError, match="pip install face-recognition-models") as caught:
        landmark_model_path()
    assert caught.value.code == "face.model"


def test_debians_model_is_taken_where_the_package_is_absent(monkeypatch, tmp_path):
    debian = tmp_path / "model.dat"
    debian.write_bytes(b"x")
    monkeypatch.setattr(detect, "_package_model", lambda: None)
    monkeypatch.setattr(detect, "DEBIAN_MODEL", debian)
    assert landmark_model_path() == debian


def test_a_model_named_in_the_settings_must_exist(tmp_path):
    with pytest.raises(FaceError, match=r"nowhere\.dat"):
        landmark_model_path(tmp_path / "nowhere.dat")


@pytest.mark.parametrize("content", [b"", b"not a model" * 200_000])
def test_a_garbage_model_is_an_error_with_its_path(portrait, tmp_path, given_model, content):
    garbage = tmp_path / "garbage.dat"
    garbage.write_bytes(content)
    given_model(garbage)
    with pytest.raises(FaceError, match=r"garbage\.dat: The landmark model cannot be read"):
        anchor_points(portrait, detect.Box(200, 100, 400, 300))
