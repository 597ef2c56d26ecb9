"""Which part of a segment is taken as its neutral."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.progress import run
from pipeline.face import activations_landmarks, load_landmark_basis, track_face
from pipeline.face.canonical import canonical_iod, canonical_shape
from pipeline.face.key_weights import key_weights
from pipeline.face.neutral import neutral_shape
from pipeline.face.segments import stillest_span
from pipeline.media import open_source
from tests.shared_data import shared

IOD = 100.0


@pytest.fixture(scope="module")
def neutral():
    return canonical_shape() * IOD / canonical_iod()


@pytest.fixture(scope="module")
def smile(neutral):
    """The mean face with both mouth corners pulled up and apart by a tenth of the IOD."""
    gap = np.linalg.norm(neutral[:, None] - neutral[[48, 54]], axis=-1)
    pull = np.exp(-0.5 * (gap / 18) ** 2)
    return neutral + 10 * (pull[:, :1] * [-0.8, -0.6] + pull[:, 1:] * [0.8, -0.6])


def film(shapes, seed=0):
    rng = np.random.default_rng(seed)
    return np.array(shapes) + rng.normal(0, 0.03, (len(shapes), 68, 2))


def test_a_smile_leads_back_to_no_neutral(neutral, smile):
    load_landmark_basis()
    assert neutral_shape(np.stack([neutral, smile, smile]), IOD) == 0
    assert neutral_shape(np.stack([smile, neutral, smile]), IOD) == 1


def test_shapes_that_are_alike_leave_the_usual_one(neutral):
    assert neutral_shape(np.stack([neutral, neutral + 0.2, neutral]), IOD) == 0


def test_the_span_avoids_a_held_expression_though_it_fills_most_of_the_clip(neutral, smile):
    points = film([neutral] * 20 + [smile] * 60)
    first, stop = stillest_span(np.arange(80), points, IOD, 50.0)
    assert stop - first == 5
    assert stop <= 20


def test_the_span_avoids_a_small_expression_though_the_head_drifts(neutral, smile):
    course = np.zeros(60)
    course[20:40] = 0.08 * np.hanning(20)
    shapes = [neutral + c * (smile - neutral) + [0.15 * t, 0.0] for t, c in enumerate(course)]
    first, stop = stillest_span(np.arange(0, 240, 4), film(shapes), IOD, 200.0)
    assert stop - first == 20
    assert stop <= 88 or first >= 152


def test_the_span_avoids_a_small_expression_that_fills_most_of_the_clip(neutral, smile):
    course = np.zeros(60)
    course[12:50] = 0.12 * np.hanning(38) ** 0.3
    shapes = [neutral + c * (smile - neutral) for c in course]
    first, stop = stillest_span(np.arange(0, 240, 4), film(shapes), IOD, 200.0)
    assert stop <= 12 * 4 + 4 or first >= 49 * 4


def test_a_real_smile_is_measured_from_the_relaxed_face():
    source = open_source(shared("video/single_face.mp4"))
    try:
        track = run(track_face(source))
    finally:
        source.close()
    assert (track.segment >= 0).all()
    assert track.faces_seen == 1
    assert track.segments[0].neutral[1] <= 20
    units = activations_landmarks(key_weights(track), load_landmark_basis()).mean_sides()
    assert units["AU12"].max() > 0.5
    assert units["AU12"][:16].max() < 0.1
