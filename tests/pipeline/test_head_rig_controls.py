"""The seven-part controls on the head: motion in IOD as the table says, alive where it can be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.core.tracks import CONTROLS, opposite
from pipeline.face.anatomy import MIRROR
from pipeline.face.control_table import control_table
from pipeline.head import HeadModel
from pipeline.head.rig import capture_points, rigged
from pipeline.head.rig.rig import NO_RIG
from tests.pipeline.heads import head


@pytest.fixture(scope="module")
def model() -> HeadModel:
    return rigged(head(), NO_RIG)


def displacement(model: HeadModel, weights: dict[str, float]) -> np.ndarray:
    """Of the 70 capture points, IOD."""
    first, last = model.vertices[model.landmarks[[36, 45]]]
    moved, _ = model.deform(weights)
    return (moved - model.vertices)[capture_points(model)] / np.linalg.norm(last - first)


@pytest.mark.parametrize("name", CONTROLS)
@pytest.mark.parametrize("weight", [1.0, -1.0])
def test_at_full_weight_the_points_move_by_the_range_of_the_table(model, name, weight):
    control = control_table()[name]
    moved = displacement(model, {name: weight})[list(control.points)].mean(axis=0)
    along = moved[0] * control.axis[0] + moved[1] * control.axis[1]
    # The coarse eyeball of a draft holds its lids back a little.
    assert along == pytest.approx(control.iod(weight), rel=0.15)


def test_half_the_weight_of_a_manipulator_is_half_its_motion(model):
    whole = displacement(model, {"mouth_left_x": 1.0})
    np.testing.assert_allclose(displacement(model, {"mouth_left_x": 0.5}), whole / 2, atol=2e-3)


def test_a_control_of_the_other_side_does_the_same_mirrored(model):
    swapped = [*MIRROR, 69, 68]
    for name in CONTROLS:
        for weight in (1.0, -1.0):
            one = displacement(model, {name: weight})
            other = displacement(model, {opposite(name): weight})[swapped] * [-1, 1, 1]
            np.testing.assert_allclose(one, other, atol=4e-3, err_msg=name)


def test_the_mouth_opens_by_the_jaw_and_the_eyes_by_the_lids(model):
    for name, unit in (
        ("mouth_open", "AU26"),
        ("left_brow_y", "AU1_L"),
        ("right_eye_open", "AU5_R"),
    ):
        jaw, control = model.activations({unit: 0.7}), model.activations({name: 0.7})
        np.testing.assert_array_equal(jaw, control)
    closed = model.activations({"left_eye_open": -0.6})
    np.testing.assert_array_equal(closed, model.activations({"AU43_L": 0.6}))


def test_on_a_head_without_the_anatomy_manipulators_do_it():
    """As a head from a file that has landmarks and only two shapes."""
    whole = head()
    kept = [whole.shape_names.index(name) for name in ("AU12_L", "AU12_R")]
    runs = [slice(whole.shape_start[i], whole.shape_start[i + 1]) for i in kept]
    sizes = [run.stop - run.start for run in runs]
    bare = replace(
        whole, shape_names=("AU12_L", "AU12_R"), drives={}, correctives=(), turners=(),
        shape_start=np.cumsum([0, *sizes]).astype(np.int64), lids=whole.lids[:0],
        lips=whole.lips[:0], lip_weights=whole.lip_weights[:0],
        **{
            name: np.concatenate([getattr(whole, name)[run] for run in runs])
            for name in ("shape_ids", "shape_deltas", "shape_normals", "shape_creases")
        },
    )  # fmt: skip
    model = rigged(bare, NO_RIG)
    for name, point in (("mouth_open", 57), ("left_eye_open", 43), ("left_brow_y", 22)):
        control = control_table()[name]
        for weight in (1.0, -1.0):
            moved = displacement(model, {name: weight})[point]
            assert moved[1] * control.axis[1] == pytest.approx(control.iod(weight), rel=0.25)
