"""Dense flow on the canonical face against a known warp."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.progress import run
from pipeline.face import aligned_gray, canonical_flow, face_mask, find_faces, track_face
from pipeline.face.canonical import canonical_shape, from_canonical
from pipeline.face.detect import anchor_points
from pipeline.face.flow import flow_step
from tests.pipeline.clips import ArraySource, Warp, astronaut, bump


@pytest.fixture(scope="module")
def smile():
    """One raised mouth corner, peak 0.012 IOD, under drift, light and noise."""
    portrait = astronaut()
    points = anchor_points(portrait, find_faces(portrait)[0])
    iod = float(np.linalg.norm(points[45] - points[36]))
    peak = 0.012 * iod
    pulls = [(points[54], (0.7 * peak, -0.7 * peak), 0.18 * iod, bump(100, 35, 60, 85))]
    film = Warp(portrait, pulls, 100, drift=1.5, turn=0.3, light=0.02, noise=2.0, seed=9)
    source = ArraySource(film.render())
    track = run(track_face(source))
    return film, source, track, run(canonical_flow(source, track))


def test_flow_follows_the_true_motion_in_place_and_time(smile):
    film, _, track, flow = smile
    first, stop = track.segments[0].neutral
    linear, shift = film._head((first + stop - 1) // 2)
    places = (from_canonical(track.neutral_points(0)) - shift) @ np.linalg.inv(linear).T
    skin = places.reshape(-1, 2)
    true = np.array([film.true_skin(skin, f) - skin for f in flow.frames]) / track.iod(0)
    true = true.reshape(flow.flow.shape)
    moving = (np.abs(true).max((0, 3)) > 0.004) & face_mask()
    found = flow.flow.astype(float)
    each = [
        np.corrcoef(found[:, y, x].ravel(), true[:, y, x].ravel())[0, 1]
        for y, x in zip(*np.nonzero(moving), strict=True)
    ]
    assert np.median(each) > 0.95
    apex = int(np.abs(true).sum((1, 2, 3)).argmax())
    pattern = np.corrcoef(found[apex][face_mask()].ravel(), true[apex][face_mask()].ravel())[0, 1]
    assert pattern > 0.75


def test_flow_in_the_neutral_is_far_smaller_than_at_the_apex(smile):
    *_, flow = smile
    apex = np.linalg.norm(flow.flow[flow.frames == 60].astype(float), axis=-1).max()
    assert np.median(flow.noise[face_mask()]) < 0.1 * apex
    assert flow.strain.shape == flow.flow.shape[:3]


def test_fast_film_is_measured_every_other_frame_up_to_its_last(smile):
    *_, flow = smile
    assert list(flow.frames[:3]) == [0, 2, 4]
    assert flow.frames[-1] == 99
    assert flow_step(200, 1000) == 2
    assert flow_step(30, 1000) == 1
    assert flow_step(200, 120_000) == 15


def test_the_aligned_crop_keeps_the_rigid_points_in_place(smile):
    _, source, track, _ = smile
    crops = run(aligned_gray(source, track, 96))
    assert crops.shape == (100, 96, 96)
    eyes = canonical_shape()[[36, 45]] * 96
    left, right = int(eyes[0, 0]), int(eyes[1, 0])
    rows = slice(int(eyes[0, 1]) - 8, int(eyes[0, 1]) + 8)
    still = crops[:, rows, left:right].astype(float)
    raw = source.frames[:, 100:300, 200:400].astype(float)
    assert still.std(axis=0).mean() < raw.std(axis=0).mean()


def test_frames_without_a_face_have_no_flow_and_black_crops():
    portrait = astronaut()
    frames = np.repeat(portrait[None], 9, axis=0)
    frames[4:] = 60
    source = ArraySource(frames, fps=25)
    track = run(track_face(source))
    flow = run(canonical_flow(source, track))
    assert list(flow.frames) == [0, 1, 2, 3]
    assert not run(aligned_gray(source, track, 48))[4:].any()
