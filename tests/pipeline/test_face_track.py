"""The face through a film: known warps, still faces, cuts, losses, several faces."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.errors import Cancelled, FaceError
from pipeline.core.progress import run
from pipeline.face import FaceTrack, find_faces, track_face
from pipeline.face.detect import anchor_points, predict_points
from pipeline.face.key_weights import key_weights
from pipeline.face.motion_prior import MotionPrior
from pipeline.face.similarity import apply_similarity
from tests.pipeline.clips import ArraySource, Warp, astronaut, bump

BROWS_AND_CORNERS = [*range(17, 27), 48, 54]


@pytest.fixture(scope="module")
def portrait():
    return astronaut()


@pytest.fixture(scope="module")
def placed(portrait):
    """Landmarks of the portrait and its IOD."""
    points = anchor_points(portrait, find_faces(portrait)[0])
    return points, float(np.linalg.norm(points[45] - points[36]))


@pytest.fixture(scope="module")
def expression(portrait, placed):
    """Raised brows and mouth corners, peak 0.010 IOD, with drift, turning, light, noise."""
    points, iod = placed
    course, peak = bump(110, 45, 70, 95), 0.010 * iod
    pulls = [
        (points[18:21].mean(0), (-0.1 * peak, -peak), 0.15 * iod, course),
        (points[23:26].mean(0), (0.1 * peak, -peak), 0.15 * iod, course),
        (points[48], (-0.7 * peak, -0.7 * peak), 0.16 * iod, course),
        (points[54], (0.7 * peak, -0.7 * peak), 0.16 * iod, course),
    ]
    film = Warp(portrait, pulls, 110, drift=2.0, turn=0.5, light=0.02, noise=2.0, seed=4)
    source = ArraySource(film.render())
    return film, source, run(track_face(source))


@pytest.fixture(scope="module")
def still(portrait):
    source = ArraySource(Warp(portrait, [], 30, noise=2.0, seed=3).render())
    return source, run(track_face(source))


def skin_points(film, track):
    """Positions on the unmoved portrait of the tracked points, (68, 2)."""
    segment = track.segments[0]
    middle = (segment.neutral[0] + segment.neutral[1] - 1) // 2
    linear, shift = film._head(middle)
    return (track.points[middle].astype(float) - shift) @ np.linalg.inv(linear).T


def test_brow_and_mouth_corner_motion_correlates_with_the_truth(expression):
    film, _, track = expression
    found = key_weights(track)[:, BROWS_AND_CORNERS] * track.iod(0)
    skin = skin_points(film, track)
    true = np.array([film.true_skin(skin, f) - skin for f in range(film.n)])[:, BROWS_AND_CORNERS]
    moving = np.abs(true).max((0, 2)) > 0.004 * track.iod(0)
    assert moving.sum() >= 8
    for point in np.flatnonzero(moving):
        axis = np.linalg.svd(true[:, point] - true[:, point].mean(0), full_matrices=False)[2][0]
        assert np.corrcoef(found[:, point] @ axis, true[:, point] @ axis)[0, 1] > 0.97
    # The ends of the brows move by a quarter of a px: all that can be asked is a small error.
    assert np.sqrt(((found - true)[:, ~moving] ** 2).sum(-1).mean()) < 0.1


def test_a_point_reports_its_own_motion_where_its_surroundings_move_less(portrait, placed):
    points, iod = placed
    peak, course = 0.010 * iod, bump(70, 30, 45, 60)
    pulls = [(points[p], (0.0, -peak), 0.10 * iod, course) for p in (19, 54)]
    film = Warp(portrait, pulls, 70, drift=0.5, noise=1.0, seed=8)
    track = run(track_face(ArraySource(film.render()), neutral={0: (0, 20)}))
    skin = skin_points(film, track)
    for point in (19, 54):
        true = film.true_skin(skin, 45)[point] - skin[point]
        found = key_weights(track)[45, point] * track.iod(0)
        assert np.linalg.norm(found - true) < 0.3 * np.linalg.norm(true)


def test_points_follow_head_and_skin_to_a_tenth_of_a_pixel(expression):
    film, _, track = expression
    skin = skin_points(film, track)
    true = np.array([film.true_points(skin, f) for f in range(film.n)])
    error = np.linalg.norm(track.points - true, axis=-1)
    assert np.sqrt((error[:, 17:] ** 2).mean()) < 0.1


def test_the_neutral_span_is_a_tenth_of_a_second_outside_the_expression(expression):
    _, _, track = expression
    (segment,) = track.segments
    first, stop = segment.neutral
    assert stop - first == 20
    assert stop <= 52 or first >= 88
    assert segment.reason == "start"
    assert (segment.start, segment.stop) == (0, 110)


def test_a_still_face_trembles_ten_times_less_than_detection_in_every_frame(still):
    source, track = still
    found = []
    for frame in range(source.n_frames):
        gray = source.gray(frame)
        found.append(predict_points(gray, find_faces(gray)[0]))
    detected = np.sqrt(np.var(found, axis=0).sum(-1)).mean()
    tracked = np.sqrt(track.points.astype(float).var(axis=0).sum(-1)).mean()
    assert tracked * 10 < detected


def test_key_weights_are_zero_on_average_over_the_neutral(expression):
    _, _, track = expression
    first, stop = track.segments[0].neutral
    for form in ("similarity", "point", "still"):
        weights = key_weights(track, form)
        assert weights.shape == (110, 70, 2)
        assert np.abs(weights[first:stop].mean(0)).max() < 2e-4


def test_the_three_forms_cancel_what_they_promise(still):
    _, track = still
    neutral = track.neutral_points(0)
    similarity = np.array([[1.04, -0.05, 3.0], [0.05, 1.04, -8.0]])
    shifted = neutral + np.array([4.0, -3.0])
    points = np.stack([neutral, shifted, apply_similarity(similarity, neutral)])
    segment = track.segments[0].__class__(0, 3, 0, (0, 1), "start")
    moving = FaceTrack(
        points.astype(np.float32), np.ones((3, 68), bool), np.zeros(3, np.int16), (segment,),
        np.zeros((3, 3), np.float32), np.zeros(3, np.float32), np.zeros((3, 4), np.float32),
    )  # fmt: skip
    iod = moving.iod(0)
    assert np.abs(key_weights(moving, "similarity")).max() < 1e-5
    assert np.abs(key_weights(moving, "point")[1]).max() < 1e-5
    assert np.abs(key_weights(moving, "point")[2]).max() > 0.01
    assert np.allclose(key_weights(moving, "still")[1], np.array([4, -3]) / iod, atol=1e-5)
    with pytest.raises(ValueError, match="form"):
        key_weights(moving, "sideways")
    with pytest.raises(ValueError, match="reference point"):
        key_weights(moving, "point", 68)


def test_a_track_comes_back_from_its_arrays(still):
    _, track = still
    back = FaceTrack.from_arrays(track.to_arrays())
    assert back.segments == track.segments
    assert back.faces_seen == track.faces_seen
    for name, array in track.to_arrays().items():
        assert np.array_equal(back.to_arrays()[name], array)


def test_stored_tracks_of_a_wrong_shape_are_refused(still):
    arrays = still[1].to_arrays()
    with pytest.raises(FaceError, match="incomplete"):
        FaceTrack.from_arrays({k: v for k, v in arrays.items() if k != "pose"})
    with pytest.raises(FaceError, match="wrong shape"):
        FaceTrack.from_arrays({**arrays, "pose": arrays["pose"][:-1]})


def test_a_person_sets_the_neutral_span(still):
    source, _ = still
    track = run(track_face(source, neutral={0: (3, 9)}))
    assert track.segments[0].neutral == (3, 9)
    assert np.allclose(track.points[3:9].mean(0), track.neutral_points(0), atol=1e-3)


def test_a_neutral_span_outside_its_segment_is_an_error(still):
    with pytest.raises(FaceError, match="lies outside segment 1"):
        run(track_face(still[0], neutral={0: (20, 90)}))


def test_one_frame_is_a_clip(portrait):
    track = run(track_face(ArraySource(portrait[None])))
    assert track.points.shape == (1, 68, 2)
    assert track.segments[0].neutral == (0, 1)
    assert np.abs(key_weights(track)).max() < 1e-4


def test_a_clip_without_a_face_says_so():
    with pytest.raises(FaceError, match="no face in this clip") as caught:
        run(track_face(ArraySource(np.full((5, 240, 320), 90, np.uint8))))
    assert caught.value.code == "face.none"


def test_a_face_that_leaves_and_comes_back_starts_a_second_segment(portrait):
    film = np.repeat(portrait[None], 36, axis=0)
    film[12:24] = 40
    track = run(track_face(ArraySource(film, fps=50)))
    assert [(s.start, s.stop) for s in track.segments] == [(0, 12), (24, 36)]
    assert (track.segment[12:24] == -1).all()
    assert np.isnan(track.points[12:24]).all()
    assert np.isnan(key_weights(track)[12:24]).all()
    assert np.isfinite(key_weights(track)[24:]).all()


def test_a_clip_may_begin_without_its_face(portrait):
    film = np.repeat(portrait[None], 20, axis=0)
    film[:7] = 200
    track = run(track_face(ArraySource(film, fps=50)))
    assert [(s.start, s.stop) for s in track.segments] == [(7, 20)]


def test_a_cut_starts_a_segment_on_its_very_frame(portrait):
    film = np.repeat(portrait[None], 60, axis=0)
    film[33:] = np.roll(portrait[::1, ::-1], -60, axis=1)
    track = run(track_face(ArraySource(film, fps=200)))
    assert [(s.start, s.stop, s.reason) for s in track.segments] == [
        (0, 33, "start"),
        (33, 60, "cut"),
    ]


def two_faces(portrait, frames=6):
    both = np.full((480, 960), 127, np.uint8)
    both[:, :640] = portrait
    both[120:360, 640:] = portrait[::2, ::2]
    return ArraySource(np.repeat(both[None], frames, axis=0), fps=25)


def test_the_largest_face_is_followed_unless_another_is_picked(portrait):
    source = two_faces(portrait)
    largest = run(track_face(source))
    picked = run(track_face(source, pick=(790.0, 210.0), pick_frame=3))
    assert largest.faces_seen == picked.faces_seen == 2
    assert largest.points[:, :, 0].max() < 640 < picked.points[:, :, 0].min()


def test_a_covered_point_is_marked_and_made_from_its_neighbours(portrait, placed):
    points, iod = placed
    rng = np.random.default_rng(1)
    film = np.clip(portrait + rng.normal(0, 2, (40, *portrait.shape)), 0, 255).astype(np.uint8)
    x, y = np.round(points[54]).astype(int)
    patch = rng.integers(0, 255, (25, 25))
    film[20:, y - 12 : y + 13, x - 12 : x + 13] = patch
    track = run(track_face(ArraySource(film, fps=200), neutral={0: (0, 15)}))
    assert track.measured[:16, 54].all()
    assert not track.measured[24:, 54].any()
    gap = np.linalg.norm(track.points[24:, 54] - track.points[:15, 54].mean(0), axis=-1)
    assert gap.max() < 0.02 * iod


def test_neighbours_stand_in_for_a_point_and_leave_good_ones_alone(placed):
    points, iod = placed
    noise = np.tile(np.eye(2) * 1e-4, (68, 1, 1))
    prior = MotionPrior(points, noise, iod)
    motion = np.tile([0.0, -0.008 * iod], (68, 1))
    measured = np.ones(68, bool)
    assert np.allclose(prior.estimate(motion, measured), motion, atol=0.02)
    measured[19] = False
    wild = motion.copy()
    wild[19] = 1e3
    estimate = prior.estimate(wild, measured)
    assert np.allclose(estimate[19], motion[19], atol=0.25 * np.abs(motion).max())
    assert not prior.estimate(motion, np.zeros(68, bool)).any()


def test_tracking_stops_between_frames_when_somebody_asks(still):
    steps = []

    def stop(progress):
        steps.append(progress)
        if len(steps) == 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        run(track_face(still[0]), stop)
    assert len(steps) == 5


def test_progress_names_both_passes_and_ends_full(still):
    steps = []
    run(track_face(still[0]), steps.append)
    assert {step.stage for step in steps} == {"finding the face", "landmarks"}
    assert max(step.fraction for step in steps) > 0.9
