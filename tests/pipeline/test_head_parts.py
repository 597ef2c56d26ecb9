"""Ears, eyes, teeth and tongue have the measures of a person's and lie where they should."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.head.measure.penetration import LipCheck
from pipeline.head.sculpt import tongue
from pipeline.head.sculpt.anatomy import EYE_CENTRE, EYE_RADIUS, brow_line, lid_margins
from pipeline.head.sculpt.ear import ear_axes, ear_distance, left_ear
from pipeline.head.sculpt.eyes import eye_picture, eyeball
from pipeline.head.sculpt.features import bare_distance, distance_at
from pipeline.head.sculpt.parameters import DETAILS, HEAD
from tests.pipeline.heads import head


def auricle(step=1.75):
    """The ear's points that stand off the head, in the ear's own axes (u, v, w), and in mm."""
    points, _ = left_ear(step)
    off = bare_distance(*points.T) > 1.5
    return points[off] @ ear_axes().T, points[off]


def test_the_ear_has_a_grown_mans_length_and_width():
    # Farkas 1994, adult male: length 62.7 (SD 3.6), width 35.9 (SD 2.2) mm.
    u, v, _ = auricle()[0].T
    assert np.ptp(v) == pytest.approx(62.7, abs=4)
    assert np.ptp(u) == pytest.approx(35.0, abs=4)


def test_the_ear_stands_between_brow_and_nose_and_leans_back():
    _, points = auricle()
    assert points[:, 1].max() == pytest.approx(brow_line()[:, 1].max(), abs=5)
    assert points[:, 1].min() == pytest.approx(-40, abs=6)  # the nose's base
    top, lobe = points[points[:, 1].argmax()], points[points[:, 1].argmin()]
    assert 5 < np.rad2deg(np.arctan2(lobe[2] - top[2], top[1] - lobe[1])) < 25


def test_the_ear_protrudes_from_the_skull_like_an_ear():
    _, points = auricle()
    helix = points[points[:, 2] < np.quantile(points[:, 2], 0.2)]
    assert 13 < bare_distance(*helix.T).max() < 24


def test_the_concha_is_a_hollow_behind_the_brim():
    points, _ = left_ear(1.0)
    w = (points - HEAD.ear.centre) @ ear_axes()[2]
    u, v = ((points - HEAD.ear.centre) @ ear_axes()[:2].T).T
    floor = w[np.hypot(u, v) < 5].min()
    antihelix = w[(np.hypot(u - 11, v) < 3)].max()
    assert antihelix - floor > 9


@pytest.mark.parametrize(("lod", "most"), [("draft", 260), ("live", 900), ("still", 3500)])
def test_the_ear_costs_what_its_level_can_bear(lod, most):
    points, faces = left_ear(DETAILS[lod].step)
    assert len(points) <= most
    assert faces.max() == len(points) - 1
    assert np.isfinite(points).all()


def test_the_ears_border_lies_under_the_skin():
    points, faces = left_ear(1.75)
    edges = np.sort(np.vstack([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    unique, uses = np.unique(edges, axis=0, return_counts=True)
    border = np.unique(unique[uses == 1])
    assert len(border) > 10
    assert bare_distance(*points[border].T).max() < 0.05


def test_distance_to_the_ear_is_small_on_it_and_large_away():
    points, _ = left_ear(1.75)
    assert np.abs(ear_distance(*points.T)).max() < 2.0
    assert np.abs(ear_distance(*(points * [-1, 1, 1]).T)).max() < 2.0
    assert (ear_distance(np.zeros(3), np.array([0.0, 40, -60]), np.full(3, 10.0)) > 40).all()


def test_the_eyes_picture_looks_alike_all_round():
    # What is painted turns with the eye: no shadow of a lid, no light from above.
    picture = eye_picture(256).astype(float)
    means = [np.rot90(picture, k)[:128, :128].mean((0, 1)) for k in range(4)]
    assert np.ptp(means, axis=0).max() < 4


def test_the_eyes_picture_marks_a_grey_iris():
    picture = eye_picture(256).astype(int)
    iris = picture[..., 3] > 100
    assert np.ptp(picture[iris][:, :3], axis=1).max() < 24
    assert picture[128, 128, :3].max() < 30  # the pupil
    assert 0.02 < iris.mean() < 0.2
    assert picture[0, 0, 3] == 0


@pytest.mark.parametrize("side", [1, -1])
def test_no_edge_of_the_eyeball_comes_into_view_when_it_turns(side):
    eye = eyeball(side, DETAILS["draft"])
    ray = eye.vertices - EYE_CENTRE * [side, 1, 1]
    polar = np.rad2deg(np.arccos(ray[:, 2] / np.linalg.norm(ray, axis=1)))
    # A lid's corner lies at most 75 deg from the middle of the eye; gaze adds 35.
    assert polar.max() > 75 + 35
    assert np.linalg.norm(ray, axis=1).max() < EYE_RADIUS + 1.5
    assert ((eye.normals * ray).sum(1) > 0).all()
    assert eye.uv.min() >= 0 and eye.uv.max() <= 1


def test_eyeballs_look_out_between_the_lids_only():
    model = head("live")
    skin = model.surfaces[0]
    points = model.vertices[skin.start : skin.stop]
    for name, side in (("eye_left", 1), ("eye_right", -1)):
        eye = model.surface(name)
        ball = model.vertices[eye.start : eye.stop]
        centre = EYE_CENTRE * [side, 1, 1]
        around = points[np.linalg.norm(points - centre, axis=1) < EYE_RADIUS + 6]
        rays = (around - centre) / np.linalg.norm(around - centre, axis=1)[:, None]
        upper, lower = lid_margins((ball[:, 0] - centre[0]) * side)
        height = ball[:, 1] - centre[1]
        covered = (ball[:, 2] > centre[2] + 6) & ((height > upper + 2) | (height < lower - 2))
        for point in ball[covered][::7]:
            ray = (point - centre) / np.linalg.norm(point - centre)
            close = (rays @ ray) > np.cos(np.deg2rad(9))
            if close.any():
                assert np.linalg.norm(around[close] - centre, axis=1).max() > np.linalg.norm(
                    point - centre
                )


def points_of(model, name, vertices=None):
    surface = model.surface(name)
    return (model.vertices if vertices is None else vertices)[surface.start : surface.stop]


@pytest.mark.parametrize(
    "weights", [{}, {"AU12": 1, "AU25": 1}, {"AU26": 1, "AU25": 1}, {"AU15": 1}]
)
def test_teeth_stay_behind_the_lips(weights):
    model = head("live")
    check = LipCheck(model)
    assert check.teeth(model.deform(weights)[0]).depth < 0.5
    lips = model.vertices[model.landmarks[48:68]]
    for name in ("teeth_upper", "teeth_lower"):
        assert points_of(model, name)[:, 2].max() < lips[:, 2].max() - 4


def test_the_rows_of_teeth_are_wide_enough_to_fill_a_smile_and_close_on_each_other():
    model = head("live")
    upper, lower = points_of(model, "teeth_upper"), points_of(model, "teeth_lower")
    assert 40 < np.ptp(upper[:, 0]) < 62  # over the molars, Wheeler: about 55
    front = [p[np.abs(p[:, 0]) < 6] for p in (upper, lower)]
    assert abs(front[0][:, 1].min() - front[1][:, 1].max()) < 3  # the jaw at rest
    assert front[0][:, 2].max() > front[1][:, 2].max() + 1  # the upper overlap


def test_teeth_differ_and_are_neither_white_nor_grey():
    model = head("live")
    colours = model.surface("teeth_upper").colours.astype(float) / 255
    linear = colours**2
    assert linear.max() < 0.9
    mean = linear.mean(0)
    assert mean[0] > mean[1] > mean[2] > 0.3
    assert np.ptp(linear.mean(1)) > 0.1


@pytest.mark.parametrize("lod", ["draft", "live"])
def test_the_tongue_lies_within_the_lower_arch(lod):
    model = head(lod)
    body, teeth = points_of(model, "tongue"), points_of(model, "teeth_lower")
    assert body[:, 2].max() < teeth[:, 2].max() - 4
    for x, y, z in body[np.abs(body[:, 0]) > 1]:
        beside = teeth[(teeth[:, 0] * x > 0) & (np.abs(teeth[:, 2] - z) < 3)]
        if len(beside) and beside[:, 1].min() < y:
            assert abs(x) < np.abs(beside[:, 0]).min() + 1.0


def test_places_along_the_tongue_run_from_its_root_to_its_tip():
    body = points_of(head("live"), "tongue").astype(float)
    place = tongue.along(body)
    assert place[body[:, 2].argmax()] > 0.95
    assert place[body[:, 2].argmin()] < 0.1
    assert np.corrcoef(place, body[:, 2])[0, 1] > 0.9


def test_what_lies_in_a_drafts_mouth_and_eyes_costs_little():
    model = head("draft")
    count = {s.name: s.stop - s.start for s in model.surfaces}
    inside = ("teeth_upper", "teeth_lower", "gum_upper", "gum_lower", "tongue", "caruncle")
    assert sum(count[name] for name in inside) <= 900
    assert count["eye_left"] + count["eye_right"] <= 500


def test_the_wet_strip_follows_the_lower_lid():
    model = head("live")
    vertices, _ = model.deform({"AU7": 1.0})
    rise = points_of(model, "tears", vertices)[:, 1] - points_of(model, "tears")[:, 1]
    marks = model.landmarks[[46, 47]]
    lid = (vertices - model.vertices)[marks, 1].mean()
    assert rise.max() == pytest.approx(lid, rel=0.5)
    assert rise.max() > 0.3


def test_the_skull_does_not_come_through_the_concha():
    points, _ = left_ear(1.75)
    u, v, w = ((points - HEAD.ear.centre) @ ear_axes().T).T
    concha = points[(np.hypot(u, v) < 11.5) & (w > HEAD.ear.floor_height - 0.7)]
    assert len(concha) > 150
    assert distance_at(concha).min() > 0.2
