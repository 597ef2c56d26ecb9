"""The head moves as FACS describes, side by side, and by as much as it is told to."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.face.anatomy import MIRROR
from pipeline.head.sculpt.anatomy import EYE_CENTRE, EYE_RADIUS
from tests.pipeline.heads import change, head, opening, points

CASME2 = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 16, 17, 18, 20, 24, 25, 26, 38)

UP, DOWN = (0.0, 1.0), (0.0, -1.0)
APART, TOGETHER = "apart", "together"

#: What the FACS manual says each unit does: points of the subject's left, and where they go.
FACS = {
    "AU1": ([22, 23], UP),
    "AU2": ([25, 26], UP),
    "AU4": ([22, 23], DOWN),
    "AU5": ([43, 44], UP),
    "AU6": ([46, 47], UP),
    "AU7": ([46, 47], UP),
    "AU9": ([34, 35], UP),
    "AU10": ([51, 52], UP),
    "AU12": ([54], (0.6, 0.8)),
    "AU14": ([54], (1.0, 0.0)),
    "AU15": ([54], DOWN),
    "AU16": ([55, 56], DOWN),
    "AU17": ([57, 66], UP),
    "AU18": ([54], (-1.0, 0.0)),
    "AU20": ([54], (1.0, 0.0)),
    "AU22": ([57], DOWN),
    "AU23": ([57], UP),
    "AU24": ([57], UP),
    "AU25": ([66], DOWN),
    "AU26": ([8, 57, 66], DOWN),
    "AU27": ([8, 57, 66], DOWN),
    "AU38": ([35], (1.0, 0.0)),
    "AU43": ([43, 44], DOWN),
}


@pytest.mark.parametrize("name", FACS)
@pytest.mark.parametrize("weight", [0.1, 1.0])
def test_a_unit_moves_its_points_the_way_facs_says(name, weight):
    moved, towards = FACS[name]
    along = change({name: weight})[moved] @ np.array(towards)
    assert (along > 0.008 * weight).all(), along


def test_every_unit_of_casme2_has_a_shape():
    assert head().unknown([f"AU{au}" for au in CASME2]) == ()


def test_corrugator_draws_the_brows_together():
    p = points({"AU4": 1.0})
    assert p[22, 0] - p[21, 0] < points({})[22, 0] - points({})[21, 0] - 0.02


def test_jaw_drop_opens_the_mouth_and_stretch_opens_it_wider():
    gaps = [points(w)[62, 1] - points(w)[66, 1] for w in ({}, {"AU26": 1.0}, {"AU27": 1.0})]
    assert gaps[0] < 0.02 < gaps[0] + 0.15 < gaps[1] < gaps[2] - 0.05


def test_lips_that_tighten_or_press_get_thinner():
    height = points({})[51, 1] - points({})[57, 1]
    for name in ("AU23", "AU24"):
        p = points({name: 1.0})
        assert p[51, 1] - p[57, 1] < 0.8 * height


def test_closed_eyes_are_closed_and_a_wink_closes_one():
    right, left = opening(points({}))
    shut = opening(points({"AU43": 1.0}))
    wink_right, wink_left = opening(points({"AU45_R": 1.0}))
    assert max(shut) < 0.25 * right
    assert wink_right < 0.25 * right
    assert wink_left == pytest.approx(left)


@pytest.mark.parametrize("name", ["AU1", "AU4", "AU6", "AU9", "AU10", "AU12", "AU16", "AU20"])
def test_left_and_right_are_mirror_images(name):
    left, right = change({f"{name}_L": 0.7}), change({f"{name}_R": 0.7})
    np.testing.assert_allclose(left, right[MIRROR] * [-1, 1], atol=1e-6)
    assert np.abs(left).max() > 0.005


def test_a_side_moves_its_own_half():
    moved = np.linalg.norm(change({"AU12_L": 1.0}), axis=1)
    assert moved[54] > 8 * moved[48]


def test_small_weights_read_and_grow():
    for name in (f"AU{au}" for au in CASME2):
        size = [np.abs(change({name: w})).max() for w in (0.0, 0.05, 0.1, 0.2, 0.3)]
        assert size[0] == 0
        assert np.all(np.diff(size) > 0), name
        # Linear: a third of the weight is a third of the way.
        assert size[2] == pytest.approx(size[4] / 3, rel=0.15)


def test_names_stand_for_what_they_should():
    model = head()
    np.testing.assert_array_equal(
        model.activations({"AU12": 0.5}), model.activations({"AU12_L": 0.5, "AU12_R": 0.5})
    )
    np.testing.assert_array_equal(model.activations({"AU45": 1}), model.activations({"AU43": 1}))
    np.testing.assert_array_equal(
        model.activations({"AU17_L": 0.4}), model.activations({"AU17": 0.4})
    )
    assert model.unknown(["AU12_L", "AU45", "AU99", "jaw"]) == ("AU99", "jaw")


def test_weights_beyond_their_range_or_not_numbers_do_no_harm():
    full, _ = head().deform({"AU12": 1.0})
    beyond, _ = head().deform({"AU12": 7.0, "AU4": float("nan"), "AU26": -3.0, "what": 1.0})
    np.testing.assert_array_equal(beyond, full)


@pytest.mark.parametrize(
    "weights", [{name: w} for name in FACS for w in (0.3, 0.5, 1.0)] + [{"AU43": 0.5, "AU6": 1.0}]
)
def test_lids_never_enter_the_eyeball(weights):
    model = head()
    vertices, _ = model.deform(weights)
    centre = np.where(model.vertices[model.lids, :1] > 0, EYE_CENTRE, EYE_CENTRE * [-1, 1, 1])
    before = np.linalg.norm(model.vertices[model.lids] - centre, axis=1)
    after = np.linalg.norm(vertices[model.lids] - centre, axis=1)
    outside = before > EYE_RADIUS + 0.15
    assert outside.sum() > 0.5 * len(before)
    assert after[outside].min() > EYE_RADIUS + 0.1


def test_precomputed_normals_are_those_of_the_moved_surface():
    model = head()
    skin = model.surfaces[0]
    vertices, normals = model.deform({"AU12": 1.0})
    run, f = slice(skin.start, skin.stop), skin.faces
    v = vertices[run].astype(float)
    n = np.zeros_like(v)
    face = np.cross(v[f[:, 1]] - v[f[:, 0]], v[f[:, 2]] - v[f[:, 0]])
    for corner in range(3):
        np.add.at(n, f[:, corner], face)
    edges = np.sort(np.vstack([f[:, [0, 1]], f[:, [1, 2]], f[:, [2, 0]]]), axis=1)
    unique, uses = np.unique(edges, axis=0, return_counts=True)
    inside = np.ones(len(v), bool)
    inside[unique[uses == 1]] = False  # at the rim the other faces are in another surface
    n /= np.linalg.norm(n, axis=1, keepdims=True) + 1e-12
    given = normals[run] / np.linalg.norm(normals[run], axis=1, keepdims=True)
    cosine = (n * given).sum(1)[inside]
    assert np.quantile(cosine, 0.01) > 0.999


def test_the_lips_are_closed_and_not_sewn():
    p = points({})
    assert abs(p[62, 1] - p[66, 1]) < 0.02
    model = head()
    assert not set(model.landmarks[[61, 62, 63]]) & set(model.landmarks[[65, 66, 67]])
