"""Frozen shapes on heads: what they add up to, what moves them, lids and live manipulators."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.core.progress import run
from pipeline.core.tracks import CONTROLS
from pipeline.head import HeadScene, HeadState, load_head
from pipeline.head.rig import (
    FrozenShape,
    Manipulator,
    Rig,
    Target,
    frozen,
    iod,
    missing_targets,
    moved,
    operations,
    rebound,
    rigged,
)
from pipeline.head.rig.playing import falloff_on, played, shown_vertices
from tests.pipeline.heads import head
from tests.pipeline.rig_heads import dense, sheet
from tests.shared_data import shared

CORNER = Manipulator("corner", 54, radius=0.4, move=(0.05, 0.1, -0.02))
CHIN = Manipulator("chin", 8, radius=0.9, move=(0.02, -0.05, 0.03))
SMIRK = FrozenShape("smirk", (CORNER, CHIN))


def _active(model, weights):
    row = model.activations(weights)
    return {model.shape_names[i]: round(float(row[i]), 6)
            for i in np.flatnonzero(row[: len(model.shape_names)])}  # fmt: skip


def _moves(model, name):
    ids, deltas = model.shape(model.shape_names.index(name))
    out = np.zeros((len(model.vertices), 3))
    out[ids] = deltas
    return out


def test_a_frozen_shape_is_the_sum_of_its_manipulators_by_its_own_name():
    model = head()
    rig = Rig((), (replace(SMIRK, scale=0.5),))
    made = rigged(model, rig)
    np.testing.assert_allclose(
        _moves(made, "smirk"), 0.5 * dense(model, moved(model, Rig((CORNER, CHIN)))), atol=1e-5
    )
    assert _active(made, {"smirk": 0.7}) == {"smirk": 0.7}
    assert "smirk" in made.controls and not made.unknown(["smirk", "AU12", "mouth_open"])
    assert made.shape_names[: len(model.shape_names)] == model.shape_names
    assert made.surfaces is model.surfaces and made.vertices is model.vertices


def test_the_heads_own_shapes_and_correctives_stay_as_they_were():
    model = head()
    made = rigged(model, Rig((), (SMIRK,)))
    weights = {"AU12": 0.8, "AU25": 0.4, "AU26": 0.5, "AU1": 0.3, "AU43_L": 0.6}
    for mine, theirs in zip(made.deform(weights), model.deform(weights), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=2e-5)
    np.testing.assert_array_equal(made.creases(weights), model.creases(weights))


def test_both_sides_add_up_to_the_whole_exactly_and_blend_across_the_midline():
    model = head()
    both = FrozenShape("both", (replace(CORNER, mirrored=True), CHIN))
    whole, left, right = (
        dense(model, frozen(model, replace(both, side=side))) for side in ("", "L", "R")
    )
    np.testing.assert_allclose(left + right, whole, atol=2e-6)
    x, seam = model.vertices[:, 0], 0.08 * iod(model)
    assert not left[x < -seam].any() and not right[x > seam].any()
    middle = (np.abs(x) < 1e-4) & np.abs(whole).any(axis=1)
    np.testing.assert_allclose(left[middle], 0.5 * whole[middle], atol=1e-5)


def test_a_flipped_shape_is_the_mirror_image():
    model = head()
    one = dense(model, frozen(model, SMIRK))[model.landmarks]
    other = dense(model, frozen(model, replace(SMIRK, flipped=True)))[model.landmarks]
    from pipeline.head.rig.capture import OTHER_SIDE

    np.testing.assert_allclose(other, (one * [-1, 1, 1])[list(OTHER_SIDE[:68])], atol=1e-3)


def test_normals_change_as_the_mesh_does():
    model = sheet()
    up = FrozenShape("hill", (Manipulator("a", 30, radius=0.6, move=(0, 0, 0.2)),))
    made = rigged(model, Rig((), (up,)))
    vertices, normals = made.deform({"hill": 1.0})
    faces = model.surfaces[0].faces
    corners = vertices[faces].astype(float)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    truth = np.zeros(vertices.shape)
    for corner in range(3):
        np.add.at(truth, faces[:, corner], across)
    truth /= np.linalg.norm(truth, axis=1, keepdims=True)
    np.testing.assert_allclose(normals, truth, atol=1e-4)


def test_an_unsided_unit_of_two_sides_counts_with_their_mean():
    made = rigged(head(), Rig((), (replace(SMIRK, targets=(Target("AU12", 0.5),)),)))
    assert _active(made, {"AU12": 1.0}) == {"AU12_L": 1.0, "AU12_R": 1.0, "smirk": 0.5}
    assert _active(made, {"AU12_L": 1.0}) == {"AU12_L": 1.0, "smirk": 0.25}
    assert _active(made, {"AU12_L": 1.0, "AU12_R": 0.2})["smirk"] == pytest.approx(0.3)
    assert _active(made, {"mouthSmileLeft": 1.0})["smirk"] == pytest.approx(0.25)


def test_units_without_sides_and_arkits_names_move_a_shape_too():
    shapes = (
        replace(SMIRK, targets=(Target("AU17", 0.4), Target("jawOpen", 0.8))),
        FrozenShape("other", (CHIN,), targets=(Target("AU12_L", 2.0),)),
    )
    made = rigged(head(), Rig((), shapes))
    assert _active(made, {"AU17": 0.5})["smirk"] == pytest.approx(0.2)
    assert _active(made, {"jawOpen": 0.5})["smirk"] == pytest.approx(0.4)
    assert "smirk" not in _active(made, {"AU27": 0.5}), "jawOpen drives AU27, not the other way"
    assert _active(made, {"AU12_L": 0.7})["other"] == 1.0
    assert "other" not in _active(made, {"AU12_R": 0.7})


def test_a_replacement_takes_the_heads_own_shape_from_all_that_moves_it():
    shape = replace(SMIRK, targets=(Target("AU12", 1.0),), replaces=True)
    made = rigged(head(), Rig((), (shape, FrozenShape("more", (CHIN,), targets=(Target("AU12"),)))))
    assert _active(made, {"AU12": 1.0}) == {"smirk": 1.0, "more": 1.0}
    assert _active(made, {"mouthSmileRight": 1.0}) == {"smirk": 0.5, "more": 0.5}
    assert _active(made, {"AU6_L": 1.0}) == {"AU6_L": 1.0}
    own = rigged(head(), Rig((), (replace(shape, targets=(Target("jawOpen"),)),)))
    assert _active(own, {"jawOpen": 0.5}) == {"smirk": 0.5}
    assert set(_active(own, {"AU27": 0.5})) == {"AU27"}


def test_a_target_that_the_head_does_not_have_is_said_and_rests():
    rig = Rig((), (replace(SMIRK, targets=(Target("AU12"), Target("wiggleEars"))),))
    assert missing_targets(head(), rig) == ("wiggleEars",)
    assert _active(rigged(head(), rig), {"wiggleEars": 1.0}) == {}


def test_a_shape_with_the_name_of_one_of_a_heads_own_moves_in_its_place():
    push = np.zeros((len(sheet().vertices), 3))
    push[:50, 2] = 1.0
    model = sheet(shapes={"smirk": push, "jaw": push})
    rig = Rig((), (SMIRK,), head="builtin")
    made = rigged(model, rig)
    assert set(_active(made, {"smirk": 1.0})) == {"smirk_"}
    np.testing.assert_allclose(
        _moves(made, "smirk_"), dense(model, frozen(model, SMIRK)), atol=1e-6
    )
    assert "smirk" in rebound(rig, model).message


def test_weights_of_controls_have_a_sign_and_their_opposite_is_a_control_of_its_own():
    made = rigged(head(), Rig())
    assert set(CONTROLS) <= set(made.controls)
    assert not any(name.startswith("-") for name in made.controls)
    for name in CONTROLS:
        up, down = _active(made, {name: 0.5}), _active(made, {name: -0.5})
        assert up and down and up != down, name
        assert _active(made, {name: 0.0}) == {}
    for weights in ({"AU12": -0.5}, {"mouth_open": np.nan}, {"nobody": -1.0}):
        assert _active(made, weights) == {}


def test_weights_over_time_are_those_of_each_moment():
    made = rigged(head(), Rig((), (replace(SMIRK, targets=(Target("AU12", 0.5),)),)))
    rows = {
        "mouth_open": np.array([-1.0, -0.2, 0.0, 0.6]), "AU12": np.array([0.0, 1.0, 0.5, 2.0]),
        "smirk": np.array([0.3, 0.0, 0.9, -1.0]), "left_brow_y": np.array([1.0, -3.0, 0.1, 0.0]),
    }  # fmt: skip
    found = made.activation_rows(rows, 4)
    for moment in range(4):
        truth = made.activations({name: float(row[moment]) for name, row in rows.items()})
        np.testing.assert_allclose(found[moment], truth, atol=1e-6)


def test_the_rigged_head_is_made_once_for_the_same_shapes():
    model = head()
    one = rigged(model, Rig((CORNER,), (SMIRK,)))
    assert rigged(model, Rig((CHIN,), (SMIRK,))) is one
    assert rigged(model, Rig((), (replace(SMIRK, scale=2.0),))) is not one
    assert rigged(model, Rig((CORNER,)), controls=False) is model


def test_live_manipulators_move_the_drawn_head_as_their_frozen_shape_does():
    model = head()
    live = Rig((CORNER, replace(CHIN, mirrored=True)))
    kept = operations.freeze(live, ["corner", "chin"], "smirk")
    with_shape = shown_vertices(model, kept, {"smirk": 1.0, "AU6": 0.4})
    with_live = shown_vertices(model, live, {"AU6": 0.4})
    np.testing.assert_allclose(with_live, with_shape, atol=1e-3)
    assert played(model, Rig(), {"AU12": 1.0}) == (model, None)


def test_a_manipulator_does_not_push_a_lid_into_the_eye():
    model = head("live")
    rig = Rig((Manipulator("lid", 44, radius=0.25, move=(0, -0.04, -0.12)),))
    eye = next(part for part in model.turners if part.centre[0] > 0)
    ball = np.linalg.norm(model.vertices[eye.start : eye.stop] - eye.centre, axis=1).min()
    lids = model.lids[model.vertices[model.lids, 0] > 0]
    out = lids[np.linalg.norm(model.vertices[lids] - eye.centre, axis=1) > ball + 0.3]
    loose = model.vertices + dense(model, moved(model, rig))
    assert np.linalg.norm(loose[out] - eye.centre, axis=1).min() < ball - 1
    shown = shown_vertices(model, rig, {})
    assert np.linalg.norm(shown[out] - eye.centre, axis=1).min() > ball - 0.05


def test_a_scene_shows_a_rig_and_without_it_is_as_before():
    scene = HeadScene(head())
    try:

        def picture(rig, **weights):
            return scene.render(replace(HeadState.of(weights, size=(96, 96)), rig=rig)).astype(int)

        bare = picture(Rig())
        live = picture(Rig((CORNER,)))
        shape = operations.freeze(Rig((CORNER,)), ["corner"], "smirk")
        assert np.abs(live - bare).max() > 20
        assert np.abs(picture(shape, smirk=1.0) - live).max() <= 6
        np.testing.assert_array_equal(picture(shape), bare)
        further = Rig((replace(CORNER, move=(0.1, 0.2, 0.0)),))
        assert np.abs(picture(further) - live).max() > 20
        assert np.abs(picture(Rig(), mouth_open=-1.0) - picture(Rig(), mouth_open=1.0)).max() > 20
        np.testing.assert_array_equal(picture(Rig()), bare)
    finally:
        scene.close()


def test_the_falloff_of_the_manipulator_in_hand_is_shown_hottest_at_its_centre():
    model = head()
    weights = falloff_on(model, Rig((replace(CORNER, mirrored=True),)), "corner")
    assert weights[model.landmarks[[54, 48]]].tolist() == [1.0, 1.0]
    assert weights.min() == 0.0 and not falloff_on(model, Rig((CORNER,)), "other").any()


def test_another_head_under_a_rig_keeps_all_of_it_and_says_so():
    rig = Rig((CORNER, CHIN), (SMIRK,), head="builtin")
    model = sheet()
    found = rebound(rig, model)
    assert found.rig == replace(rig, head="sheet") and found.shown
    assert [(name, point) for name, point, _ in found.points] == [("corner", 54), ("chin", 8)]
    assert "2 manipulators and 1 shape made on 'builtin'" in found.message
    np.testing.assert_allclose(
        dense(model, moved(model, Rig((CORNER,))))[model.landmarks[54]],
        np.array(CORNER.move) * iod(model), atol=1e-4,
    )  # fmt: skip
    assert rebound(replace(rig, head="sheet"), model).message == ""
    assert rebound(Rig(head="builtin"), model).message == ""


def test_a_head_without_landmarks_keeps_the_rig_and_says_that_it_cannot_be_shown():
    bare = replace(sheet(), landmarks=np.zeros(0, np.int32))
    rig = Rig((CORNER,), (SMIRK,), head="builtin")
    found = rebound(rig, bare)
    assert not found.shown and found.rig.shapes == rig.shapes
    assert "not known" in found.message
    assert rigged(bare, rig) is bare


def test_a_foreign_head_takes_the_same_rig():
    folder = shared("heads/ict-facekit/FaceXModel")
    model = run(load_head(folder))
    smirk = FrozenShape("smirk", (CORNER,))
    made = rigged(model, Rig((), (smirk, FrozenShape("lip", (Manipulator(
        "a", 51, radius=0.2, move=(0, 0.05, 0)),)))))  # fmt: skip
    vertices = made.deform({"smirk": 1.0})[0]
    at = (vertices - model.vertices)[model.landmarks[54]]
    np.testing.assert_allclose(at, np.array(CORNER.move) * iod(model), atol=1e-3)
    lip = np.linalg.norm(_moves(made, "lip"), axis=1)[model.landmarks]
    assert lip[51] == pytest.approx(0.05 * iod(model), rel=1e-4)
    assert lip[[57, 66]].max() < 0.1 * lip[51], "the lower lip rests"
    for name in ("eye_left", "teeth", "teeth_upper"):
        surface = model.surface(name)
        if surface is not None:
            assert not np.abs(_moves(made, "smirk"))[surface.start : surface.stop].any(), name
