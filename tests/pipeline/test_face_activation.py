"""Least squares over AU bases: against reference solvers and known mixtures."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from pipeline.core.errors import FaceError
from pipeline.face.activation import (
    FlowSolver,
    activations_flow,
    activations_landmarks,
    bounded_minimum,
    similarity_columns,
)
from pipeline.face.basis import (
    FlowBasis,
    LandmarkBasis,
    face_mask,
    load_flow_basis,
    load_landmark_basis,
    save_flow_basis,
    save_landmark_basis,
)
from pipeline.face.canonical import canonical_grid, canonical_iod, canonical_shape
from pipeline.face.flow import CanonicalFlow

NAMES = ("AU1_L", "AU1_R", "AU12_L", "AU12_R", "AU17")


def muscle(point, direction, width):
    """Gaussian of skin motion on the canonical grid, (56, 56, 2) fraction of IOD."""
    gap = ((canonical_grid() - canonical_shape()[point]) ** 2).sum(-1) / canonical_iod() ** 2
    return np.exp(-gap / (2 * width**2))[..., None] * np.asarray(direction)


@pytest.fixture(scope="module")
def basis():
    fields = [
        muscle(22, (0, -0.07), 0.14),
        muscle(21, (0, -0.07), 0.14),
        muscle(54, (0.06, -0.06), 0.17),
        muscle(48, (-0.06, -0.06), 0.17),
        muscle(8, (0, -0.06), 0.18),
    ]
    blink = muscle(37, (0, 0.06), 0.07) + muscle(44, (0, 0.06), 0.07)
    return FlowBasis(NAMES, np.float32(fields), np.float32([blink]), face_mask())


@pytest.fixture(scope="module")
def course():
    """True activations of 40 frames: three units, one after another, still at both ends."""
    t = np.arange(40)
    out = np.zeros((40, 5))
    for column, middle in ((0, 15), (2, 20), (4, 27)):
        out[:, column] = 0.2 * np.exp(-0.5 * ((t - middle) / 3.0) ** 2)
    return out


def flow_of(fields, still=8):
    count = len(fields)
    return CanonicalFlow(
        np.arange(count), np.asarray(fields), np.zeros(count, np.int16), np.arange(count) < still
    )


def head_motion(rng, count):
    grid = canonical_grid().reshape(-1, 2) / canonical_iod()
    return (rng.normal(size=(count, 4)) * 0.01 @ similarity_columns(grid).T).reshape(-1, 56, 56, 2)


def test_a_mixture_of_units_is_taken_apart_again_whatever_the_head_does(basis, course):
    rng = np.random.default_rng(3)
    fields = np.einsum("tk,khwc->thwc", course, basis.fields) + head_motion(rng, len(course))
    found = activations_flow(flow_of(fields), basis, len(course))
    assert found.names == NAMES
    assert np.abs(found.values - course).max() < 0.015
    exact = FlowSolver(basis, ridge=1e-9).solve(fields)
    assert np.allclose(exact[:, :5], course, atol=1e-5)


def test_a_blink_does_not_read_as_an_action_unit(basis, course):
    lids = np.einsum("t,hwc->thwc", np.sin(np.arange(40) / 3) ** 2, basis.blink[0])
    found = activations_flow(flow_of(lids), basis, 40)
    assert found.values.max() < 0.03


def test_noise_that_the_neutral_shows_too_stays_near_zero(basis):
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.004, (60, 56, 56, 2))
    found = activations_flow(flow_of(noise, still=20), basis, 60)
    assert np.median(found.values) == 0
    assert found.values.mean() < 0.003


def test_activations_never_leave_zero_to_one(basis):
    strong = np.einsum("k,khwc->hwc", np.full(5, 4.0), basis.fields)
    found = activations_flow(flow_of(np.stack([0 * strong, strong, -strong]), still=1), basis, 3)
    assert found.values.min() == 0
    assert found.values.max() == 1


def test_frames_between_measured_ones_are_interpolated_and_others_are_empty(basis, course):
    fields = np.einsum("tk,khwc->thwc", course, basis.fields)
    rows = np.arange(0, 40, 4)
    flow = CanonicalFlow(rows + 5, fields[rows], np.zeros(10, np.int16), rows < 8)
    found = activations_flow(flow, basis, 60).values
    assert np.isnan(found[:5]).all()
    assert np.isnan(found[42:]).all()
    assert np.abs(found[5:42] - course[:37]).max() < 0.05


def test_segments_have_noise_floors_of_their_own(basis, course):
    fields = np.einsum("tk,khwc->thwc", course, basis.fields)
    shifted = fields + 0.1 * basis.fields[3]  # the second take's neutral looks asymmetric
    flow = CanonicalFlow(
        np.arange(80),
        np.concatenate([fields, shifted]),
        np.repeat([0, 1], 40).astype(np.int16),
        np.tile(np.arange(40) < 8, 2),
    )
    found = activations_flow(flow, basis, 80)
    assert found.column("AU12_R").max() < 0.02


def test_bounded_minimum_agrees_with_scipy():
    rng = np.random.default_rng(11)
    previous = None
    for _ in range(200):
        matrix = rng.normal(size=(30, 12))
        target = matrix @ rng.uniform(-0.5, 1.5, 12) + rng.normal(size=30)
        normal, right = matrix.T @ matrix, matrix.T @ target
        reference = lsq_linear(matrix, target, (0, 1), method="bvls", tol=1e-14).x
        for start in (None, previous):
            assert np.allclose(bounded_minimum(normal, right, start), reference, atol=1e-7)
        previous = reference


def test_landmark_activations_are_the_stacked_least_squares_of_the_paper():
    rng = np.random.default_rng(5)
    basis = LandmarkBasis(NAMES, rng.normal(0, 0.05, (140, 5)).astype(np.float32))
    a, b = 0.02, 0.5
    D = rng.normal(0, 0.05, (6, 70, 2))
    found = activations_landmarks(D, basis, a, b).values
    B, before = basis.B.astype(float), None
    unit = np.trace(B.T @ B) / 5
    for frame in range(6):
        rows, targets = [B, np.sqrt(a * unit) * np.eye(5)], [D[frame].ravel(), np.zeros(5)]
        if before is not None:
            rows.append(np.sqrt(b * unit) * np.eye(5))
            targets.append(np.sqrt(b * unit) * before)
        before = lsq_linear(
            np.concatenate(rows), np.concatenate(targets), (0, 1), method="bvls", tol=1e-14
        ).x
        assert np.allclose(found[frame], before, atol=1e-5)


def test_frames_without_a_face_have_no_activation_and_do_not_stop_the_others():
    rng = np.random.default_rng(6)
    basis = LandmarkBasis(NAMES, rng.normal(0, 0.05, (140, 5)).astype(np.float32))
    true = np.array([0.2, 0.0, 0.5, 0.9, 0.0])
    D = np.repeat((basis.B @ true).reshape(1, 70, 2), 5, axis=0).astype(np.float64)
    D[2] = np.nan
    found = activations_landmarks(D, basis, 1e-9, 1e-9).values
    assert np.isnan(found[2]).all()
    assert np.allclose(found[[0, 1, 3, 4]], true, atol=1e-3)


def test_bases_come_back_from_their_files(basis, tmp_path):
    save_flow_basis(tmp_path / "flow.npz", basis)
    back = load_flow_basis(tmp_path / "flow.npz")
    assert back.names == basis.names
    assert np.array_equal(back.fields, basis.fields)
    assert np.array_equal(back.mask, basis.mask)
    landmarks = LandmarkBasis(NAMES, np.ones((140, 5), np.float32), np.ones((140, 1), np.float32))
    save_landmark_basis(tmp_path / "points.npz", landmarks)
    again = load_landmark_basis(tmp_path / "points.npz")
    assert np.array_equal(again.B, landmarks.B)
    assert again.blink.shape == (140, 1)


def test_damaged_bases_are_errors_that_name_the_file(basis, tmp_path):
    good = {
        "names": np.array(NAMES),
        "fields": basis.fields,
        "blink": basis.blink,
        "mask": basis.mask,
    }
    broken = {
        "text": b"not a zip",
        "lacks": {k: v for k, v in good.items() if k != "mask"},
        "short": {**good, "fields": basis.fields[:3]},
        "nan": {**good, "fields": basis.fields * np.nan},
        "names": {**good, "names": np.array(["smile"] * 5)},
        "pickle": {**good, "fields": np.array([{"a": 1}], object)},
    }
    for name, content in broken.items():
        path = tmp_path / f"{name}.npz"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            np.savez(path, **content)
        with pytest.raises(FaceError, match=rf"{name}\.npz"):
            load_flow_basis(path)
    with pytest.raises(FaceError, match="missing"):
        load_landmark_basis(tmp_path / "nowhere.npz")


def test_motion_beyond_full_scale_keeps_its_proportions(basis):
    course = np.zeros((12, 5))
    course[10, [0, 2]] = 0.2, 0.4
    course[11, [0, 2]] = 1.5, 3.0
    fields = np.einsum("tk,khwc->thwc", course, basis.fields)
    values = activations_flow(flow_of(fields), basis, len(course)).values
    assert values[11].max() == pytest.approx(1.0)
    assert values[11, 0] / values[11, 2] == pytest.approx(0.5, rel=0.05)
    assert values[10, 0] / values[10, 2] == pytest.approx(0.5, rel=0.05)
