"""Names of shapes say what they are; the table that says the rest is kept."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from pipeline.core.errors import HeadError
from pipeline.head.foreign import mapping as maps
from pipeline.head.foreign.mapping import HeadMapping, mapping_of, save_mapping
from pipeline.head.foreign.names import Meaning, meaning, proposed
from pipeline.head.model import HeadModel


@pytest.mark.parametrize(
    ("name", "control", "side"),
    [
        ("mouthSmileLeft", "mouthSmile", "L"),
        ("mouthSmile_L", "mouthSmile", "L"),
        ("MouthSmile_L", "mouthSmile", "L"),
        ("mouthsmile_r", "mouthSmile", "R"),
        ("MOUTHSMILERIGHT", "mouthSmile", "R"),
        ("blendShape1.mouthSmile_L", "mouthSmile", "L"),
        ("head_mouthSmileLeft", "mouthSmile", "L"),
        ("jawLeft", "jawLeft", ""),
        ("mouthLeft", "mouthLeft", ""),
        ("browInnerUp_L", "browInnerUp", "L"),
        ("AU12", "AU12", ""),
        ("AU_12", "AU12", ""),
        ("AU12_L", "AU12", "L"),
        ("au12l", "AU12", "L"),
        ("AU01", "AU1", ""),
        ("AU26.R", "AU26", "R"),
        ("12_LipCornerPuller_L", "AU12", "L"),
        ("AU17_ChinRaiser", "AU17", ""),
        ("face:AU_12_L", "AU12", "L"),
        ("L_AU12", "AU12", "L"),
    ],
)
def test_a_name_says_the_unit_or_the_shape_and_its_side(name, control, side):
    assert meaning(name) == Meaning(control, side)


@pytest.mark.parametrize(
    "name", ["smile", "morph_003", "PupilDilate_L", "AU12_AU25", "corr_AU12_L_AU25", "AU99", "12"]
)
def test_a_name_that_says_nothing_or_two_things_is_left_to_the_person(name):
    assert meaning(name) is None


def test_arkit_shapes_serve_action_units_through_the_table():
    drives = proposed(["mouthSmile_L", "mouthSmile_R", "jawOpen", "mouthShrugLower"])
    assert drives["AU12_L"] == (("mouthSmile_L", 1.0),)
    assert drives["mouthSmileRight"] == (("mouthSmile_R", 1.0),)
    assert drives["AU27"] == (("jawOpen", 1.0),)
    assert 0 < drives["AU26"][0][1] < 1
    assert drives["AU17"] == (("mouthShrugLower", 1.0),)
    assert "AU23" not in drives


def test_a_shape_of_its_own_goes_before_the_table():
    drives = proposed(["AU12", "mouthSmileLeft", "mouthSmileRight"])
    assert drives["AU12"] == (("AU12", 1.0),)
    assert "AU12_L" not in drives


def test_facs_shapes_serve_arkit_names_and_units_that_mean_the_same():
    drives = proposed(["AU12_L", "AU43_L", "AU43_R"])
    assert drives["mouthSmileLeft"] == (("AU12_L", 1.0),)
    assert drives["AU45_R"] == drives["eyeBlinkRight"] == (("AU43_R", 1.0),)


def _model(names):
    count = len(names)
    one = np.zeros((1, 3), np.float32)
    return HeadModel(
        "Anna", "live", one, one, (), tuple(names), np.arange(count + 1),
        np.zeros(count, np.int32), np.ones((count, 3), np.float32),
        np.zeros((count, 3), np.float32), np.zeros(0, np.int32), np.zeros(0, np.int32),
    )  # fmt: skip


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("TELL_DATA_DIR", str(tmp_path))
    return tmp_path / "heads"


def test_what_no_name_says_is_reported(folder):
    mapping = mapping_of(_model(["mouthSmile_L", "wobble"]))
    assert mapping.unmapped(["mouthSmile_L", "wobble"]) == ("wobble",)
    assert 23 in mapping.unserved()
    assert 12 not in mapping.unserved()
    assert any("wobble" in line for line in mapping.report(["mouthSmile_L", "wobble"]))


def test_an_edited_table_is_kept_and_used_again(folder):
    model = _model(["wobble"])
    mapping = replace(mapping_of(model), drives={"AU23": (("wobble", 0.5),)}, edited=True)
    save_mapping(mapping)
    assert mapping_of(model) == mapping
    assert mapping_of(_model(["other"])).drives == {}  # another head has another table


def test_a_table_that_does_not_fit_or_is_damaged_is_proposed_anew(folder):
    model = _model(["mouthSmile_L"])
    mapping = mapping_of(model)
    save_mapping(replace(mapping, drives={"AU1": (("gone", 1.0),)}, edited=True))
    assert mapping_of(model).drives == mapping.drives
    path = folder / f"{mapping.head}.json"
    path.write_text("{")
    assert mapping_of(model).drives == mapping.drives
    with pytest.raises(HeadError, match="cannot be read"):
        maps.load_mapping(mapping.head)
    path.write_text(json.dumps({"format": "tell-head", "version": 99}))
    assert mapping_of(model).drives == mapping.drives


@pytest.mark.parametrize(
    ("drives", "words"),
    [
        ({"AU1": (("gone", 1.0),)}, "gone"),
        ({"AU1": (("wobble", float("nan")),)}, "gain"),
        ({"AU1": (("wobble", 9.0),)}, "gain"),
        ({"a b": (("wobble", 1.0),)}, "name of a control"),
    ],
)
def test_a_wrong_table_is_refused_with_the_row(drives, words):
    with pytest.raises(HeadError, match=words):
        HeadMapping("x", drives=drives).validate(["wobble"])
