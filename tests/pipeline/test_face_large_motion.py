"""Motion that is far larger than a micro-expression: grins that open the mouth."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.face import activations_flow, load_flow_basis, load_landmark_basis
from pipeline.face.flow import CanonicalFlow
from pipeline.face.large_motion import _gap
from pipeline.face.similarity import apply_similarity

IOD = 100.0


def face(rng):
    points = rng.uniform(0, 2 * IOD, (68, 2))
    points[36], points[45] = (50, 80), (50 + IOD, 80)
    return points


def turned(points, by=0.1, scale=1.05, shift=(4.0, -7.0)):
    turn = scale * np.array([[np.cos(by), -np.sin(by)], [np.sin(by), np.cos(by)]])
    return apply_similarity(np.column_stack([turn, shift]), points)


def test_a_corner_that_was_left_behind_is_put_where_dlib_sees_it():
    rng = np.random.default_rng(1)
    shape = face(rng)
    bias = rng.normal(0, 1, (68, 2))  # dlib's own points stand elsewhere on the face
    moved = shape.copy()
    moved[48] += (-13, -9)
    points = turned(shape)  # the head has turned; the corner was not followed
    found = turned(moved + bias)
    gap = _gap(shape, points, shape + bias, found, IOD)
    np.testing.assert_allclose(points[48] + gap[48], turned(moved)[48], atol=0.6)
    assert np.abs(np.delete(gap, 48, axis=0)).max() == 0


def test_dlibs_tremor_changes_nothing():
    rng = np.random.default_rng(2)
    shape = face(rng)
    found = turned(shape) + rng.uniform(-2, 2, (68, 2))
    assert not _gap(shape, turned(shape), shape, found, IOD).any()


def test_dlib_does_not_count_where_it_has_lost_the_face():
    rng = np.random.default_rng(3)
    shape = face(rng)
    assert not _gap(shape, shape, shape, rng.uniform(0, 200, (68, 2)), IOD).any()


def flow_of(weights):
    """Two frames: the neutral, and the basis' own fields by weight."""
    basis = load_flow_basis()
    moved = sum(w * basis.fields[basis.names.index(name)] for name, w in weights.items())
    flow = np.stack([np.zeros_like(moved), moved]).astype(np.float16)
    return CanonicalFlow(np.arange(2), flow, np.zeros(2, np.int16), np.array([True, False]))


def key_weights_of(weights):
    basis = load_landmark_basis()
    D = sum(w * basis.B[:, basis.names.index(name)] for name, w in weights.items())
    return np.stack([np.zeros(140), D]).reshape(2, 70, 2)


GRIN = {"AU12_L": 1.0, "AU12_R": 1.0, "AU25": 0.6, "AU26": 0.4}


def test_the_mouth_of_a_grin_is_that_of_the_landmarks():
    wrong = {"AU15_L": 2.5, "AU15_R": 2.5, "AU18": 2.0, "AU4_L": 0.4}  # flow over teeth
    found = activations_flow(flow_of(wrong), load_flow_basis(), 2, key_weights_of(GRIN))
    row = dict(zip(found.names, found.values[1], strict=True))
    for name, weight in GRIN.items():
        assert row[name] == pytest.approx(weight, abs=0.25)
    assert row["AU15_L"] < 0.1 and row["AU18"] < 0.1 and row["AU17"] < 0.1
    assert row["AU4_L"] > 0.05  # brows are the flow's, scaled


def test_a_small_motion_is_the_flows_alone():
    small = {name: 0.3 * weight for name, weight in GRIN.items()}
    args = flow_of(small), load_flow_basis(), 2
    alone, beside = activations_flow(*args), activations_flow(*args, key_weights_of(small))
    np.testing.assert_array_equal(alone.values, beside.values)
