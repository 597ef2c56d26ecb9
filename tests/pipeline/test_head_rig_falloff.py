"""How far the surface goes along with a manipulator, against distances that are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pipeline.head.rig import (
    FALLOFFS,
    POINTS,
    Manipulator,
    Rig,
    capture_points,
    centre,
    curve,
    falloff,
    iod,
    moved,
    nearest_point,
    placed,
    point_names,
)
from pipeline.head.rig.capture import OTHER_SIDE
from tests.pipeline.heads import head
from tests.pipeline.rig_heads import IOD, PLACES, dense, sheet

#: Of the radius: ways along a flat surface may be so much too long.
CLOSE = 0.003


def _weights(model, manipulator):
    out = np.zeros(len(model.vertices))
    ids, weights = falloff(model, manipulator)
    out[ids] = weights
    return out


def _truth(kind, t):
    if t >= 1:
        return 0.0
    return {
        "smooth": 1 - 3 * t**2 + 2 * t**3, "linear": 1 - t, "sharp": (1 - t) ** 2,
        "dome": math.sqrt(1 - t * t),
    }[kind]  # fmt: skip


@pytest.mark.parametrize("kind", FALLOFFS)
def test_every_curve_is_its_closed_form_from_one_to_zero(kind):
    t = np.linspace(0, 1.4, 29)
    np.testing.assert_allclose(curve(kind, t), [_truth(kind, v) for v in t], atol=1e-12)
    assert curve(kind, np.array([0.0, 1.0])).tolist() == [1.0, 0.0]


@pytest.mark.parametrize("across", ["surface", "volume"])
@pytest.mark.parametrize("jitter", [0.0, 1.5])
def test_on_a_flat_sheet_the_distance_is_the_straight_one(across, jitter):
    model = sheet(jitter=jitter)
    one = Manipulator("a", 30, radius=0.5, falloff="linear", across=across)
    weights = _weights(model, one)
    straight = np.linalg.norm(model.vertices - model.vertices[model.landmarks[30]], axis=1)
    truth = np.clip(1 - straight / (0.5 * IOD), 0, None)
    within = CLOSE if across == "surface" else 1e-6
    np.testing.assert_allclose(weights, truth, atol=within)
    assert (weights[truth == 0] <= within).all()
    assert weights[model.landmarks[30]] == 1.0


def test_on_a_sphere_the_distance_runs_along_great_circles():
    radius = 100.0

    def ball(points):
        angle = np.linalg.norm(points[:, :2], axis=1) / radius
        way = points[:, :2] / np.maximum(angle * radius, 1e-9)[:, None]
        return np.column_stack([radius * np.sin(angle)[:, None] * way, radius * np.cos(angle)])

    model = sheet(bend=ball)
    start = model.vertices[model.landmarks[30]].astype(float)
    angle = np.arccos(np.clip(model.vertices @ start / radius**2, -1, 1))
    reach = 0.6 * iod(model)
    weights = _weights(model, Manipulator("a", 30, radius=0.6, falloff="linear"))
    truth = np.clip(1 - radius * angle / reach, 0, None)
    np.testing.assert_allclose(weights, truth, atol=0.01)
    straight = _weights(model, Manipulator("a", 30, radius=0.6, falloff="linear", across="volume"))
    assert (straight >= weights - 0.01).all() and straight.sum() > weights.sum()


def test_a_seam_of_the_picture_is_no_gap():
    one = Manipulator("a", 30, radius=0.5)
    whole, cut = sheet(), sheet(seam=True)
    weights = _weights(cut, one)
    np.testing.assert_allclose(weights[: len(whole.vertices)], _weights(whole, one), atol=1e-3)
    twins = weights[len(whole.vertices) :]
    on = np.flatnonzero(whole.vertices[:, 0] == 0)
    np.testing.assert_array_equal(twins, weights[on])


def test_lips_that_touch_but_part_in_some_shape_stay_two():
    cut = sheet(seam=True)
    faces = cut.surfaces[0].faces
    right = np.unique(faces[cut.vertices[faces].mean(axis=1)[:, 0] < 0])
    parting = np.zeros((len(cut.vertices), 3))
    parting[right, 0] = -4.0
    weights = _weights(sheet(seam=True, shapes={"AU25": parting}), Manipulator("a", 45, radius=0.8))
    left = np.setdiff1d(np.arange(len(weights)), right)
    assert weights[left].max() == 1.0 and weights[cut.landmarks[30]] > 0.1
    assert weights[right].max() == 0.0


def test_brows_go_with_the_skin_beneath_and_teeth_do_not():
    over = np.array([[-10.0, 2, 2], [10, 2, 2], [0, 2, 6]])
    faces = [[0, 1, 2]]
    far = over + np.array([0, 0, 40])
    model = sheet(extra=(
        ("brows", over, faces, {"cover": "x"}), ("teeth_upper", over, faces, {}),
        ("hair", far, faces, {"cover": "x"}), ("eye_left", over, faces, {}),
    ))  # fmt: skip
    weights = _weights(model, Manipulator("a", 30, radius=2.0, across="volume"))
    parts = {s.name: weights[s.start : s.stop] for s in model.surfaces}
    skin = parts["skin"]
    below = [np.linalg.norm(model.vertices[: len(skin), :2] - p[:2], axis=1).argmin() for p in over]
    np.testing.assert_allclose(parts["brows"][:2], skin[below[:2]], atol=0.01)
    assert not parts["teeth_upper"].any() and not parts["eye_left"].any()
    assert not parts["hair"].any(), "what stands off stays"


def test_a_strand_goes_with_the_place_that_it_grows_from_to_its_tip():
    strand = np.array([[5.0, 5, 0.5], [5, 6, 0.5], [5, 25, 15], [5, 26, 15], [5, 45, 40]])
    strand[:, :2] += PLACES[30]
    model = sheet(extra=(("beard", strand, [[0, 1, 2], [1, 3, 2], [2, 3, 4]], {"cover": "x"}),))
    weights = _weights(model, Manipulator("a", 30, radius=0.4))
    beard = weights[model.surface("beard").start :]
    assert beard.min() > 0.5 and np.ptp(beard) < 0.05


def test_the_upper_lip_does_not_drag_the_lower_nor_a_lid_the_other():
    model = head("live")
    for point, moving, resting in ((51, (50, 52), (56, 57, 58, 65, 66, 67)),
                                   (57, (56, 58), (50, 51, 52, 61, 62, 63)),
                                   (44, (43,), (47,)), (47, (46,), (43, 44))):  # fmt: skip
        weights = _weights(model, Manipulator("a", point, radius=0.25))
        assert (weights[model.landmarks[list(moving)]] > 0.3).all()
        assert (weights[model.landmarks[list(resting)]] < 0.12).all(), point
        straight = _weights(model, Manipulator("a", point, radius=0.25, across="volume"))
        assert (straight[model.landmarks[list(resting)]] > 0.12).any(), point


def test_a_mirrored_manipulator_does_on_the_right_what_it_does_on_the_left():
    model = sheet()
    move = (0.03, 0.05, 0.02)
    both = dense(model, moved(model, Rig((Manipulator("a", 45, radius=0.3, move=move,
                                                      mirrored=True),))))  # fmt: skip
    one = dense(model, moved(model, Rig((Manipulator("a", 45, radius=0.3, move=move),))))
    columns = np.lexsort((model.vertices[:, 0], model.vertices[:, 1]))
    twins = np.lexsort((-model.vertices[:, 0], model.vertices[:, 1]))
    mirror = np.empty(len(columns), int)
    mirror[columns] = twins
    np.testing.assert_allclose(both, one + one[mirror] * [-1, 1, 1], atol=1e-4)


def test_a_mirrored_centre_on_the_midline_goes_as_far_as_it_is_drawn():
    model = sheet()
    rig = Rig((Manipulator("a", 30, radius=0.3, move=(0.1, 0.05, 0.02), mirrored=True),))
    at = dense(model, moved(model, rig))[model.landmarks[30]]
    np.testing.assert_allclose(at, np.array([0, 0.05, 0.02]) * IOD, atol=1e-5)


def test_the_centre_moves_exactly_by_the_move_and_muted_ones_rest():
    model = head()
    live = Manipulator("a", 54, radius=0.3, move=(0.1, -0.05, 0.02))
    rest = Manipulator("b", 8, radius=0.5, move=(0, 0.2, 0), muted=True)
    out = dense(model, moved(model, Rig((live, rest))))
    np.testing.assert_allclose(out[model.landmarks[54]], np.array(live.move) * iod(model),
                               atol=1e-4)  # fmt: skip
    assert not out[model.landmarks[8]].any()


def test_a_rig_moves_the_same_points_alike_on_every_level_of_detail():
    rig = Rig((
        Manipulator("a", 54, (0.05, 0.02, 0.0), 0.45, move=(0.05, 0.1, 0), mirrored=True),
        Manipulator("b", 22, radius=0.35, falloff="linear", move=(0, 0.1, 0)),
    ))  # fmt: skip
    draft, live = (
        dense(m, moved(m, rig))[m.landmarks] / iod(m) for m in (head("draft"), head("live"))
    )
    assert np.abs(live).max() > 0.09
    # The levels' own points lie up to 0.025 IOD apart, where these falloffs change by 0.18.
    np.testing.assert_allclose(draft, live, atol=0.02)


def test_the_seventy_points_have_names_and_the_cheeks_lie_on_the_skin_between_their_neighbours():
    model = head()
    points = capture_points(model)
    assert len(points) == POINTS == len(point_names()) == len(set(point_names()))
    np.testing.assert_array_equal(points[:68], model.landmarks)
    places = model.vertices[points].astype(float)
    for cheek, one, other in ((68, 41, 48), (69, 46, 54)):
        middle = 0.5 * (places[one] + places[other])
        assert np.linalg.norm(places[cheek, :2] - middle[:2]) < 0.05 * iod(model)
        assert places[cheek, 2] > middle[2] - 2
    np.testing.assert_allclose(places[69], places[68] * [-1, 1, 1], atol=1e-3)
    assert places[68, 0] < 0, "68 is the subject's right"
    assert all(OTHER_SIDE[OTHER_SIDE[p]] == p for p in range(POINTS))
    assert all(nearest_point(model, int(v)) == p for p, v in enumerate(points) if p != 64)


def test_a_place_is_found_again_by_its_point_and_offset():
    model = head()
    skin = model.surfaces[0]
    for vertex in np.random.default_rng(2).integers(skin.start, skin.stop, 40).tolist():
        point, offset = placed(model, vertex)
        found = centre(model, Manipulator("a", point, offset)).on(model.vertices)
        assert np.linalg.norm(found - model.vertices[vertex]) < 0.35, vertex


def test_a_head_without_landmarks_keeps_still():
    from dataclasses import replace

    model = replace(sheet(), landmarks=np.zeros(0, np.int32))
    assert len(capture_points(model)) == 0
    assert len(moved(model, Rig((Manipulator("a", 30, move=(0, 0.1, 0)),))).ids) == 0
