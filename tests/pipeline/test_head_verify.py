"""The head's self-check passes what is right and finds what was made wrong on purpose."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from pipeline.cli import run_command_line
from pipeline.core.progress import run
from pipeline.head.measure.checks import Check, VerifyReport
from pipeline.head.measure.facs import EXPECTATIONS, GROUPS, QUANTITIES, TOUCHES, off_target
from pipeline.head.measure.fields import FIELDS, Regions, field_value
from pipeline.head.measure.geometry import full_units
from pipeline.head.measure.photograph import Photographer, Study
from pipeline.head.measure.verify import verify_head
from tests.pipeline.heads import head


def _mirrored_shape(model, name):
    """The head with one unit's sides going the opposite way, up and down swapped too."""
    deltas = model.shape_deltas.copy()
    for index, shape in enumerate(model.shape_names):
        if shape.partition("_")[0] == name:
            deltas[model.shape_start[index] : model.shape_start[index + 1]] *= -1
    return replace(model, shape_deltas=deltas, correctives=(), shape_start=model.shape_start)


def _without_correctives(model):
    count = len(model.shape_names)
    end = model.shape_start[count]
    return replace(
        model, correctives=(), shape_start=model.shape_start[: count + 1],
        shape_ids=model.shape_ids[:end], shape_deltas=model.shape_deltas[:end],
        shape_normals=model.shape_normals[:end],
    )  # fmt: skip


def test_every_expectation_reads_a_known_quantity_and_its_own_groups():
    for says in EXPECTATIONS:
        assert says.quantity in QUANTITIES
        assert says.sign in (1, -1)
        assert says.wording
    assert {group for groups in TOUCHES.values() for group in groups} <= set(GROUPS)


def test_quantities_grow_when_the_face_does_what_they_are_named_after():
    still = np.zeros((68, 2))
    smile = still.copy()
    smile[[48, 54]] = [(-0.1, 0.05), (0.1, 0.05)]
    assert QUANTITIES["mouth's width"](smile) == pytest.approx(0.2)
    assert QUANTITIES["corners' height"](smile) == pytest.approx(0.05)
    blink = still.copy()
    blink[[37, 38, 43, 44], 1] = -0.03
    assert QUANTITIES["lids' opening"](blink) == pytest.approx(-0.03)
    assert all(of(still) == 0 for of in QUANTITIES.values())


def test_motion_off_target_names_the_group_that_should_have_stayed():
    motion = np.zeros((68, 2))
    motion[[48, 54]] = (0, 0.1)
    assert off_target(12, motion)[1] == 0
    motion[17:27] = (0, 0.03)
    group, length = off_target(12, motion)
    assert group == "brows"
    assert length == pytest.approx(0.03)


@pytest.mark.parametrize("unit", sorted({says.unit for says in FIELDS}))
def test_vertex_fields_agree_with_facs_and_their_reverse_does_not(unit):
    model = _without_correctives(head())
    units = full_units(model)
    if unit not in units:
        pytest.skip("this head has no such unit")
    regions = Regions(model)
    reverse = _mirrored_shape(model, unit.partition("_")[0])
    for says in (says for says in FIELDS if says.unit == unit):
        moved = model.deform(units[unit])[0]
        assert field_value(model, regions, moved, says) >= says.at_least, says.name
        turned = 2 * model.vertices - moved
        assert field_value(model, regions, turned, says) < says.at_least, says.name
    assert reverse.shape_names == model.shape_names


def test_a_study_measures_motion_against_the_neutral_in_the_same_turns():
    rng = np.random.default_rng(0)
    base = rng.normal(size=(5, 68, 2))
    motion = rng.normal(size=(68, 2))
    np.testing.assert_allclose(Study(base + motion).motion(Study(base)), motion)


def test_dlib_finds_the_head_and_a_smile_turned_upside_down_is_found_wrong():
    model = _without_correctives(head())
    only = {"AU12": {"AU12_L": 1.0, "AU12_R": 1.0}}
    for given, held in ((model, True), (_mirrored_shape(model, "AU12"), False)):
        photographer = Photographer(given)
        try:
            neutral = photographer.study({})
            motion = photographer.study(only["AU12"]).motion(neutral)
            assert photographer.found(photographer.gray({})) is not None
        finally:
            photographer.close()
        assert (QUANTITIES["corners' height"](motion) > 0.01) == held


def test_a_picture_without_a_face_is_no_detection():
    photographer = Photographer(head())
    try:
        assert photographer.found(np.full((480, 480), 120, np.uint8)) is None
    finally:
        photographer.close()


def test_a_head_without_units_says_what_was_not_checked():
    bare = replace(
        head(), shape_names=(), shape_start=np.zeros(1, np.int64), correctives=(), turners=(),
        shape_ids=np.zeros(0, np.int32), shape_deltas=np.zeros((0, 3), np.float32),
        shape_normals=np.zeros((0, 3), np.float32), drives={},
    )  # fmt: skip
    report = run(verify_head(bare, ("field",)))
    assert not report.checks
    assert {what for what, _ in report.skipped} == {says.name for says in FIELDS}


def test_a_report_fails_when_one_check_does_and_becomes_json():
    report = VerifyReport("builtin", "draft")
    report.checks.append(Check.at_most("points", "close", 0.02, 0.05, "IOD"))
    assert not report.failing
    report.checks.append(Check("detector", "seen", False, float("nan")))
    assert [check.name for check in report.failing] == ["seen"]
    data = json.loads(json.dumps(report.as_data()))
    assert data["held"] is False
    assert data["checks"][1]["value"] is None


def test_the_command_prints_a_table_writes_json_and_fails_when_a_check_does(
    tmp_path, capsys, monkeypatch
):
    wanted = tmp_path / "report.json"
    arguments = ["head", "--verify", "--lod", "draft", "--only", "field", "--json", str(wanted)]
    assert run_command_line(arguments) == 0
    assert "AU38 nose wings out" in capsys.readouterr().out
    assert json.loads(wanted.read_text())["held"] is True
    monkeypatch.setattr(
        "pipeline.head.measure.verify.FIELDS", (replace(FIELDS[0], at_least=100.0),)
    )
    assert run_command_line(arguments) == 1
    assert "MISSED" in capsys.readouterr().out
