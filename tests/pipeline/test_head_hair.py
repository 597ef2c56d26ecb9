"""Hair, brows, lashes and shirt: they go along with the skin, and cut into nothing."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from pipeline.head.sculpt.anatomy import EYE_CENTRE, EYE_RADIUS
from pipeline.head.sculpt.ear import ear_distance
from pipeline.head.sculpt.features import bare_distance
from pipeline.head.sculpt.hair import hair_parts, hair_pictures
from pipeline.head.sculpt.parameters import DETAILS, HEAD
from pipeline.head.sculpt.parameters.hair import HAIR_DETAILS, STYLES
from pipeline.head.sculpt.polygonise import polygonise
from pipeline.head.sculpt.scalp import growth, on_scalp
from tests.pipeline.heads import head

HAIR = ("hair", "hairline", "locks", "wisps")


@functools.cache
def skin():
    return polygonise(DETAILS["draft"])


@functools.cache
def parts(style="short", lod="draft"):
    return hair_parts(skin(), HAIR_DETAILS[lod], STYLES[style])


def run_of(name):
    surface = head().surface(name)
    return slice(surface.start, surface.stop)


def skin_distance(points):
    return bare_distance(*np.asarray(points, float).T)


def rim_of(faces):
    """Vertices on the open edges of a mesh."""
    edges = np.sort(np.vstack([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    unique, uses = np.unique(edges, axis=0, return_counts=True)
    return np.unique(unique[uses == 1])


@pytest.mark.parametrize(("lod", "most"), [("draft", 1400), ("live", 6000), ("still", 40000)])
def test_hair_keeps_within_what_a_level_can_draw(lod, most):
    made = parts(lod=lod)
    assert sum(len(part.vertices) for part in made.values()) <= most


def test_brows_and_lashes_are_light_in_the_draft():
    for name, most in (("brows", 500), ("lashes", 250)):
        run = run_of(name)
        assert run.stop - run.start <= most


@pytest.mark.parametrize("unit", ["AU1", "AU2", "AU4"])
def test_brows_move_as_the_skin_under_them(unit):
    from scipy.spatial import cKDTree

    model, run = head(), run_of("brows")
    moved, _ = model.deform({unit: 1.0})
    change = moved - model.vertices
    bare = model.surfaces[0]
    under = slice(bare.start, bare.stop)
    near = cKDTree(model.vertices[under]).query(model.vertices[run])[1]
    off = np.linalg.norm(change[run] - change[under][near], axis=1)
    size = np.linalg.norm(change[run], axis=1).max()
    assert size > 3
    assert off.mean() < 0.1 * size
    # The cover neither sinks into the skin nor floats.
    gap = cKDTree(moved[under]).query(moved[run])[0]
    assert gap.max() < cKDTree(model.vertices[under]).query(model.vertices[run])[0].max() + 1.5


@pytest.mark.parametrize("closed", [0.0, 0.3, 0.6, 1.0])
def test_lashes_stay_outside_the_eyeball_however_far_it_is_closed(closed):
    model, run = head(), run_of("lashes")
    lashes = model.deform({"AU43": closed})[0][run]
    centre = np.where(lashes[:, :1] > 0, EYE_CENTRE, EYE_CENTRE * [-1, 1, 1])
    assert np.linalg.norm(lashes - centre, axis=1).min() > EYE_RADIUS


def test_upper_lashes_are_longer_than_lower_and_come_down_with_the_lid():
    model, run = head(), run_of("lashes")
    lashes = model.vertices[run]
    ahead = lashes[:, 2] - EYE_CENTRE[2]
    above = lashes[:, 1] > 2
    assert ahead[above].max() > ahead[lashes[:, 1] < -4].max() + 1
    shut = model.deform({"AU43": 1.0})[0][run]
    assert (shut[above, 1] < lashes[above, 1]).all()
    assert shut[above, 1].max() < 2


@pytest.mark.parametrize("style", [name for name in STYLES if name != "bald"])
def test_hair_lies_on_the_head_and_does_not_cut_through_it(style):
    for name, part in parts(style).items():
        distance = skin_distance(part.vertices)
        # Roots lie beneath the skin, by less than what they are wide.
        assert distance.min() > -3.0, name
        assert (distance < -1.2).mean() < 0.02, name


def test_short_hair_leaves_the_ears_and_the_forehead_free():
    for name in ("hair", "locks"):
        v = parts()[name].vertices
        assert ear_distance(np.abs(v[:, 0]), v[:, 1], v[:, 2]).min() > 0, name
        before = (np.abs(v[:, 0]) < 25) & (v[:, 2] > 0)
        assert v[before, 1].min() > 48, name


def test_hair_grows_over_the_scalp_and_nowhere_else():
    crown = on_scalp(np.array([[0, 0.98, -0.2]]))
    assert growth(crown)[0] > 30
    elsewhere = np.array(
        [[0, 40, 20], [40, -30, 5], [0, -95, 22], [0, -120, -140], [60, -60, -50.0]]
    )
    assert (growth(elsewhere) < 0).all()
    sides = np.array([[66, 20, -60], [0, 30, -168], [60, 45, -142], [0, 90, -10.0]])
    assert (growth(sides) > 0).all()
    np.testing.assert_allclose(growth(sides), growth(sides * [-1, 1, 1]))


def test_every_strand_goes_along_with_the_head():
    model = head()
    for name in HAIR:
        assert (model.neck[run_of(name)] > 0.98).all(), name
    for part in (*parts().values(),):
        np.testing.assert_allclose(np.asarray(part.binding.sum(1)).ravel(), 1, atol=1e-9)


def test_cuts_are_data_and_differ():
    lowest = {
        style: parts(style)["locks"].vertices[:, 1].min()
        for style in STYLES
        if "locks" in parts(style)
    }
    assert lowest["long"] < lowest["bob"] - 20 < lowest["short"] - 40
    assert parts("cropped")["locks"].vertices[:, 1].max() < parts()["locks"].vertices[:, 1].max()
    assert parts("bald") == {}
    assert hair_pictures(HAIR_DETAILS["draft"], STYLES["bald"]) == {}


def test_the_shirt_covers_the_cut_of_the_neck_and_ends_level():
    surface = head().surface("shirt")
    v = head().vertices[surface.start : surface.stop]
    rim = v[rim_of(surface.faces)]
    low = rim[:, 1] < rim[:, 1].mean()
    np.testing.assert_allclose(rim[low, 1], HEAD.hair.shirt.lower_edge, atol=0.2)
    assert np.abs(v[:, 0]).max() > 160
    assert v[:, 1].min() < HEAD.face.neck.cut
