"""Closed forms: similarity, head pose, thin-plate spline, strain."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.vision import cv2
from pipeline.face.anatomy import MIRROR, RIGID, rigid_weights, with_cheeks
from pipeline.face.canonical import (
    aligned_crop,
    canonical_grid,
    canonical_iod,
    canonical_shape,
    from_canonical,
    thin_plate,
)
from pipeline.face.flow import optical_strain
from pipeline.face.pose import POSE_POINTS, head_pose, project_face
from pipeline.face.similarity import (
    apply_similarity,
    fit_rigid,
    fit_similarity,
    invert_similarity,
)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def similarity(angle, scale, shift):
    c, s = scale * np.cos(np.radians(angle)), scale * np.sin(np.radians(angle))
    return np.array([[c, -s, shift[0]], [s, c, shift[1]]])


def test_a_similarity_is_recovered_exactly_whatever_the_weights(rng):
    points = rng.normal(size=(6, 2)) * 50
    true = similarity(17.0, 1.3, (12.0, -7.0))
    for weights in (None, rng.uniform(0.1, 3, 6)):
        found = fit_similarity(points, apply_similarity(true, points), weights)
        assert np.allclose(found, true, atol=1e-10)


def test_eye_corners_that_a_blink_drags_do_not_turn_the_head(rng):
    face = canonical_shape() * 130 / canonical_iod()
    true = similarity(2.0, 1.01, (9.0, -4.0))
    seen = apply_similarity(true, face) + rng.normal(0, 0.02, (50, 68, 2))
    steady = apply_similarity(fit_rigid(face[RIGID], seen[:, RIGID], 130.0), face)
    seen[:, [39, 42]] += [0.5, 5.0]
    dragged = apply_similarity(fit_rigid(face[RIGID], seen[:, RIGID], 130.0), face)
    assert np.abs(steady - apply_similarity(true, face)).max() < 0.5
    assert np.abs(dragged - steady).max() < 0.5
    plain = apply_similarity(fit_similarity(face[RIGID], seen[:, RIGID]), face)
    assert np.abs(plain - steady).max() > 2.0


def test_many_similarities_at_once_agree_with_opencv_on_noisy_points(rng):
    points = rng.normal(size=(40, 2)) * 60
    targets = np.stack(
        [
            apply_similarity(similarity(angle, 0.9, (3, 4)), points)
            + rng.normal(size=(40, 2)) * 0.1
            for angle in (0, 25, -60)
        ]
    )
    found = fit_similarity(points, targets)
    for one, target in zip(found, targets, strict=True):
        reference, _ = cv2.estimateAffinePartial2D(points, target, ransacReprojThreshold=100)
        assert np.allclose(one, reference, atol=2e-2)  # OpenCV refines iteratively


def test_the_inverse_undoes_a_similarity(rng):
    points = rng.normal(size=(9, 2))
    there = similarity(33, 2.5, (1, 2))
    assert np.allclose(
        apply_similarity(invert_similarity(there), apply_similarity(there, points)), points
    )


def test_points_that_coincide_give_a_pure_shift():
    found = fit_similarity(np.ones((4, 2)), np.ones((4, 2)) * 3)
    assert np.allclose(found, [[1, 0, 2], [0, 1, 2]])


def test_rigid_weights_sum_to_one_and_leave_out_the_lids():
    weights = rigid_weights()
    assert weights.sum() == pytest.approx(1)
    assert not weights[[37, 38, 43, 44]].any()


def test_cheeks_are_midpoints_of_lower_lid_and_mouth_corner(rng):
    points = rng.normal(size=(3, 68, 2))
    cheeks = with_cheeks(points)[:, 68:]
    assert np.allclose(cheeks[:, 0], (points[:, 41] + points[:, 48]) / 2)
    assert np.allclose(cheeks[:, 1], (points[:, 46] + points[:, 54]) / 2)


@pytest.mark.parametrize("pose", [(0, 0, 0), (20, 0, 0), (0, 15, 0), (0, 0, 25), (-18, 9, -12)])
def test_head_pose_of_projected_points_is_the_pose_they_were_projected_with(pose):
    size = (640, 480)
    track = np.full((1, 68, 2), 300.0)
    track[0, POSE_POINTS] = project_face(*pose, (20.0, -10.0, 600.0), size)
    assert np.allclose(head_pose(track, size)[0], pose, atol=0.05)


def test_turning_to_the_subjects_left_moves_the_nose_to_the_right_of_the_picture():
    size = (640, 480)
    still, turned = (project_face(yaw, 0, 0, (0, 0, 600), size) for yaw in (0, 20))
    tip = list(POSE_POINTS).index(30)
    assert turned[tip, 0] > still[tip, 0] + 5


def test_looking_up_lifts_the_nose_and_tilting_left_lowers_the_left_eye():
    size = (640, 480)
    tip, left_eye = list(POSE_POINTS).index(30), list(POSE_POINTS).index(45)
    still, up, tilted = (
        project_face(0, pitch, roll, (0, 0, 600), size)
        for pitch, roll in ((0, 0), (20, 0), (0, 20))
    )
    assert up[tip, 1] < still[tip, 1] - 5
    assert tilted[left_eye, 1] > still[left_eye, 1] + 5


def test_there_is_no_pose_where_there_is_no_face():
    assert np.isnan(head_pose(np.full((2, 68, 2), np.nan), (640, 480))).all()


def test_the_mean_face_is_its_own_mirror_image_and_fills_the_square():
    shape = canonical_shape()
    mirrored = np.column_stack([1 - shape[MIRROR][:, 0], shape[MIRROR][:, 1]])
    assert np.allclose(shape, mirrored, atol=2e-4)
    assert shape.min() > 0.05
    assert shape.max() < 0.95
    assert canonical_iod() == pytest.approx(0.46, abs=1e-3)


def test_the_spline_continues_an_affine_map_exactly():
    matrix, shift = np.array([[210.0, 14], [-9, 190]]), np.array([100.0, 50])
    face = canonical_shape() @ matrix.T + shift
    assert np.allclose(from_canonical(face), canonical_grid() @ matrix.T + shift, atol=1e-6)


def test_the_spline_passes_near_the_landmarks_of_another_face(rng):
    face = canonical_shape() * 220 + rng.normal(size=(68, 2))
    back = thin_plate(canonical_shape(), face, canonical_shape()[:, None])[:, 0]
    assert np.abs(back - face).max() < 1.5


def test_strain_of_a_stretch_and_of_a_shear_is_what_the_formula_says():
    places = canonical_grid() / canonical_iod()
    stretch = np.stack([0.02 * places[..., 0], np.zeros((56, 56))], -1)
    shear = np.stack([0.02 * places[..., 1], np.zeros((56, 56))], -1)
    turn = np.stack([-0.02 * places[..., 1], 0.02 * places[..., 0]], -1)
    assert np.allclose(optical_strain(stretch), 0.02, atol=1e-6)
    assert np.allclose(optical_strain(shear), np.sqrt(0.5) * 0.02, atol=1e-6)
    assert np.allclose(optical_strain(turn), 0, atol=1e-6)


def test_the_aligned_crop_samples_where_the_similarity_says():
    y, x = np.mgrid[0:240, 0:320]
    picture = np.clip(x * 0.5 + y * 0.25, 0, 255).astype(np.uint8)
    for scale in (0.5, 1.6):
        transform = similarity(0, scale, (60, 40))
        crop = aligned_crop(picture, transform, 64)
        at = apply_similarity(transform, np.array([[10.0, 10], [40, 20], [63, 63]]))
        expected = at[:, 0] * 0.5 + at[:, 1] * 0.25
        assert np.allclose(crop[[10, 20, 63], [10, 40, 63]], expected, atol=0.8)
