"""Eyes turn exactly and lids go with them; the head turns on a neck that bends."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from pipeline.head import Camera, HeadState, dense_displacement, project_landmarks
from pipeline.head.scene.camera import posed
from pipeline.head.sculpt.anatomy import EYE_CENTRE, EYE_RADIUS
from tests.pipeline.heads import FRONT, SIZE, head, opening, points

GAZES = ("AU61", "AU62", "AU63", "AU64")
POSES = {"AU51": (0, 1), "AU52": (0, -1), "AU53": (1, 1), "AU54": (1, -1), "AU55": (2, 1),
         "AU56": (2, -1)}  # fmt: skip


def sight(weights, side):
    """Direction from an eyeball's middle to its pupil: the vertex in the middle of its picture."""
    model = head()
    eye = model.surface(f"eye_{side}")
    centre = EYE_CENTRE * ([1, 1, 1] if side == "left" else [-1, 1, 1])
    vertices, _ = model.deform(weights)
    pupil = eye.start + np.linalg.norm(eye.uv - 0.5, axis=1).argmin()
    ray = vertices[pupil] - centre
    return ray / np.linalg.norm(ray)


def angles(ray):
    """Turn about the vertical, to the subject's left, and about x, upwards, deg."""
    return np.rad2deg([np.arctan2(ray[0], ray[2]), np.arctan2(ray[1], ray[2])])


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize(
    ("name", "turn"), [("AU61", (35, 0)), ("AU62", (-35, 0)), ("AU63", (0, 30)), ("AU64", (0, -35))]
)
@pytest.mark.parametrize("weight", [0.1, 0.5, 1.0])
def test_gaze_turns_the_pupil_by_the_named_angle(name, turn, weight, side):
    before, after = sight({}, side), sight({name: weight}, side)
    axis = int(turn[0] == 0)
    assert (angles(after) - angles(before))[axis] == pytest.approx(turn[axis] * weight, abs=0.01)
    kept = 1 - axis  # the axis that it turns about
    assert after[kept] == pytest.approx(before[kept], abs=1e-4)


def test_a_turned_eyeball_keeps_its_form_between_the_ends():
    model = head()
    eye = model.surface("eye_left")
    run = slice(eye.start, eye.stop)
    moved, _ = model.deform({"AU61": 0.5, "AU64": 0.7})
    some = np.arange(0, eye.stop - eye.start, 17)
    for i, j in itertools.pairwise(some):
        before = np.linalg.norm(model.vertices[run][i] - model.vertices[run][j])
        assert np.linalg.norm(moved[run][i] - moved[run][j]) == pytest.approx(before, abs=1e-3)


def test_each_eye_turns_apart():
    assert not np.allclose(sight({"AU61_L": 1.0}, "left"), sight({}, "left"))
    np.testing.assert_array_equal(sight({"AU61_L": 1.0}, "right"), sight({}, "right"))


def test_the_upper_lid_rides_with_vertical_gaze_and_the_lower_follows_less():
    def margins(weights):
        p = points(weights)
        return p[[43, 44], 1].mean(), p[[46, 47], 1].mean()

    upper, lower = margins({})
    for name, sign in (("AU63", 1), ("AU64", -1)):
        rises = [sign * (margins({name: w})[0] - upper) for w in (0.1, 0.3, 1.0)]
        assert 0.003 < rises[0] < rises[1] < rises[2]
        assert 0.005 < sign * (margins({name: 1.0})[1] - lower) < 0.7 * rises[2]
    assert min(opening(points({"AU64": 1.0}))) > 0.02  # looking down is not closing


@pytest.mark.parametrize("gaze", GAZES)
@pytest.mark.parametrize("closed", [0.0, 0.3, 0.6, 1.0])
def test_lids_clear_the_turned_cornea(gaze, closed):
    model = head()
    vertices, _ = model.deform({gaze: 1.0, "AU43": closed})
    for side, sign in (("left", 1), ("right", -1)):
        eye = model.surface(f"eye_{side}")
        centre = EYE_CENTRE * [sign, 1, 1]
        ball = vertices[eye.start : eye.stop] - centre
        radius = np.linalg.norm(ball, axis=1)
        lids = vertices[model.lids[model.vertices[model.lids, 0] * sign > 0]] - centre
        far = np.linalg.norm(lids, axis=1)
        cosine = (lids / far[:, None]) @ (ball / radius[:, None]).T
        surface = radius[cosine.argmax(1)]
        neutral = model.vertices[model.lids[model.vertices[model.lids, 0] * sign > 0]] - centre
        outside = np.linalg.norm(neutral, axis=1) > EYE_RADIUS + 0.15
        assert (far - surface)[outside].min() > -0.25  # the draft eyeball has vertices 3 mm apart


@pytest.mark.parametrize("name", POSES)
def test_a_posture_turns_the_head_the_way_facs_says(name):
    axis, sign = POSES[name]
    camera = Camera(distance=1e6, fov=0.02)
    straight = project_landmarks(head(), {}, camera, SIZE)
    turned = project_landmarks(head(), {name: 0.2}, camera, SIZE)
    pose = [0.0, 0.0, 0.0]
    pose[axis] = sign * 0.2 * (45, 30 if sign > 0 else 35, 30)[axis]
    asked = project_landmarks(head(), {}, camera, SIZE, tuple(pose))
    np.testing.assert_allclose(turned, asked, atol=1e-3)
    nose = turned[30] - turned[[36, 45]].mean(0) - (straight[30] - straight[[36, 45]].mean(0))
    towards = {0: (1, 0), 1: (0, -1), 2: (-1, 0)}[axis]  # the subject's left is the picture's right
    assert nose @ towards * sign > 1


def test_postures_and_pose_add_up():
    both = project_landmarks(head(), {"AU51": 0.2}, FRONT, SIZE, (4.0, 0.0, 0.0))
    one = project_landmarks(head(), {}, FRONT, SIZE, (13.0, 0.0, 0.0))
    np.testing.assert_allclose(both, one, atol=1e-6)


@pytest.mark.parametrize("pose", [(45, 0, 0), (0, 30, 0), (0, -35, 0), (0, 0, 30), (30, -20, 15)])
def test_the_head_is_rigid_above_the_chin_and_the_shoulders_stay(pose):
    model = head()
    moved = posed(model.vertices.astype(float), pose, model.neck)
    shift = np.linalg.norm(moved - model.vertices, axis=1)
    shoulders = model.vertices[:, 1] < -192
    assert shoulders.sum() > 50
    assert shift[shoulders].max() < 1e-6
    face = model.landmarks
    before = np.linalg.norm(model.vertices[face, None] - model.vertices[face], axis=2)
    after = np.linalg.norm(moved[face, None] - moved[face], axis=2)
    np.testing.assert_allclose(after, before, atol=1e-3)


def test_the_neck_bends_smoothly():
    model = head()
    skin = model.surfaces[0]
    edges = np.vstack([skin.faces[:, [0, 1]], skin.faces[:, [1, 2]]]) + skin.start
    length = np.linalg.norm(np.diff(model.vertices[edges], axis=1)[:, 0], axis=1)
    for pose in ((45, 0, 0), (0, 30, 0), (0, -35, 0), (0, 0, 30)):
        moved = posed(model.vertices.astype(float), pose, model.neck)
        stretched = np.linalg.norm(np.diff(moved[edges], axis=1)[:, 0], axis=1)
        assert np.quantile(stretched / length, 0.999) < 2.0


def test_postures_are_names_the_head_knows():
    assert head().unknown(["AU51", "AU54", "AU61_L", "AU46", "AU46_R", "AU57"]) == ("AU57",)
    assert {"AU51", "AU56", "AU61_L", "AU64_R"} <= set(head().controls)


def test_a_picture_shows_the_posture(tmp_path):
    from pipeline.head import HeadScene

    scene = HeadScene(head())
    try:
        size = (200, 200)
        by_weight = scene.render(HeadState.of({"AU51": 0.5}, size=size, quality="draft"))
        by_pose = scene.render(HeadState.of({}, size=size, quality="draft", pose=(22.5, 0, 0)))
        straight = scene.render(HeadState.of({}, size=size, quality="draft"))
    finally:
        scene.close()
    assert np.abs(by_weight.astype(int) - by_pose).max() <= 2
    assert np.abs(by_weight.astype(int) - straight).mean() > 3


def test_dense_motion_knows_the_pose():
    camera, pose = Camera(distance=1200.0, fov=14.0), (12.0, 0.0, 0.0)
    dense = dense_displacement(head(), camera, (512, 512), pose)
    np.testing.assert_allclose(
        dense.landmarks, project_landmarks(head(), {}, camera, (512, 512), pose), atol=1e-2
    )
    brow = head().landmarks[23]
    row = int(np.flatnonzero(dense.vertices == brow)[0])
    moved = project_landmarks(head(), {"AU1_L": 1.0}, camera, (512, 512), pose)[23]
    found = dense.points[row] + dense.displacements[dense.names.index("AU1_L"), row]
    np.testing.assert_allclose(found, moved, atol=0.05)


def test_the_eyes_radius_is_the_sculpts():
    eye = head().surface("eye_left")
    radius = np.linalg.norm(head().vertices[eye.start : eye.stop] - EYE_CENTRE, axis=1)
    assert np.median(radius) == pytest.approx(EYE_RADIUS, abs=0.3)
