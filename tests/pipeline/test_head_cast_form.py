"""Identities: every form is a face that can be, and moves as the sculpt does."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from pipeline.core.errors import HeadError
from pipeline.head.cast import CAST, Character, find_character
from pipeline.head.cast.forms import least_volume
from pipeline.head.cast.modes import MODES
from pipeline.head.cast.warp import formed, shaped
from pipeline.head.measure.penetration import EyeCheck
from pipeline.head.sculpt.landmarks import MIRRORED
from tests.pipeline.heads import head
from tests.pipeline.test_head_shapes import APART, FACS, TOGETHER

NAMES = [name for name in CAST if name != "builtin"]
STRANGE = tuple((name, 1.5 if index % 2 else -1.5) for index, name in enumerate(MODES))

#: Indices of L. G. Farkas, "Anthropometry of the head and face" (1994) and "International
#: anthropometric study of facial morphology" (2005), on the head's landmarks: points over points,
#: along which axes, least and most of healthy adults (means of the groups -+ 3 SD).
INDICES = {
    "intercanthal width over biocular width": ((39, 42), (36, 45), 0.29, 0.44),
    "mouth width over biocular width": ((48, 54), (36, 45), 0.47, 0.68),
    "face height over face width": ((27, 8), (1, 15), 0.72, 1.00),
    "lower face height over face height": ((33, 8), (27, 8), 0.50, 0.66),
    "mandible width over face width": ((4, 12), (1, 15), 0.60, 0.90),
    "eye fissure height over its length": ((44, 46), (42, 45), 0.24, 0.45),
    "nose width over biocular width": ((31, 35), (36, 45), 0.18, 0.42),
}


@functools.cache
def figure(name):
    """The draft head of one of the cast, its light left as it was."""
    return shaped(head(), find_character(name))


def strange():
    return shaped(head(), Character("strange", "", STRANGE))


def marks(model, weights=None):
    return model.deform(weights or {})[0][model.landmarks].astype(float)


def length(points, pair):
    return np.linalg.norm(points[pair[0]] - points[pair[1]])


def test_no_form_is_the_sculpt_bit_for_bit():
    same = shaped(head(), Character("plain", "", (("nose-width", 0.0),)))
    for field in ("vertices", "normals", "shape_deltas", "shape_normals", "shape_ids"):
        assert np.array_equal(getattr(same, field), getattr(head(), field)), field
    assert same.turners == head().turners


@pytest.mark.parametrize("name", NAMES)
def test_closed_lids_touch(name):
    before, after = (marks(model, {"AU43": 1.0}) for model in (head(), figure(name)))
    for upper, lower in ((37, 41), (38, 40), (43, 47), (44, 46)):
        gaps = (np.abs(points[upper, 1] - points[lower, 1]) for points in (before, after))
        assert (
            max(gaps) < 1.6 and length(after, (upper, lower)) < length(before, (upper, lower)) + 0.6
        )


@pytest.mark.parametrize("name", NAMES)
def test_lids_stay_out_of_the_eyeballs(name):
    model = figure(name)
    for weights in ({"AU43": 1.0}, {"AU5": 1.0}, {"AU64": 1.0}, {"AU6": 1.0, "AU12": 1.0}):
        depth = EyeCheck(model, "eye_left").of(model.deform(weights)[0]).depth
        assert depth < 0.5, (weights, depth)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "weights", [{}, {"AU12": 1.0}, {"jawOpen": 0.6, "mouthClose": 0.6}], ids=str
)
def test_closed_lips_stay_together(name, weights):
    before, after = marks(head(), weights), marks(figure(name), weights)
    for pair in ((61, 67), (62, 66), (63, 65)):
        assert length(after, pair) < length(before, pair) + 0.5


@pytest.mark.parametrize("name", NAMES)
def test_eyeballs_stay_what_they_were_but_for_their_size(name):
    model, old = figure(name), head()
    for after, before in zip(model.turners, old.turners, strict=True):
        run = slice(after.start, after.stop)
        ray = model.vertices[run] - np.array(after.centre)
        was = old.vertices[run] - np.array(before.centre)
        scale = np.linalg.norm(ray) / np.linalg.norm(was)
        assert 0.9 < scale < 1.1
        assert np.abs(ray - scale * was).max() < 1e-3


@pytest.mark.parametrize("name", [*NAMES, "seed:3"])
def test_a_face_is_as_symmetric_as_the_sculpt(name):
    points = marks(figure(name))
    assert np.abs(points[MIRRORED] * [-1, 1, 1] - points).max() < 0.01


@pytest.mark.parametrize("name", NAMES)
def test_teeth_stay_stiff_when_the_jaw_opens(name):
    model = figure(name)
    teeth = model.surface("teeth_lower")
    run = slice(teeth.start, teeth.stop, 9)
    apart = [v[run, None] - v[None, run] for v in (model.vertices, model.deform({"AU27": 1})[0])]
    before, after = (np.linalg.norm(way, axis=2) for way in apart)
    assert np.abs(after - before).max() < 0.02
    assert marks(model)[8, 1] - marks(model, {"AU27": 1})[8, 1] > 15


@pytest.mark.parametrize("name", [*NAMES, "seed:3", "seed:8"])
@pytest.mark.parametrize(
    "unit", [u for u, (_, way) in FACS.items() if way not in (APART, TOGETHER)]
)
def test_units_go_where_facs_says_on_every_face(name, unit):
    model = figure(name)
    moved, towards = FACS[unit]
    neutral = marks(model)
    motion = (marks(model, {unit: 1.0}) - neutral)[:, :2] / length(neutral, (36, 45))
    assert (motion[moved] @ np.array(towards) > 0.008).all()


@pytest.mark.parametrize("name", NAMES)
def test_no_face_of_the_cast_folds(name):
    points = head().vertices[::3].astype(float)
    assert least_volume(CAST[name].form, points) > 0.2


def test_no_seed_folds():
    points = head().vertices.astype(float)
    face = points[(points[:, 0] > 0) & (points[:, 2] > -15) & (points[:, 1] < 40)][::9]
    worst = {name: least_volume(form, face) for name, form in _forms().items()}
    assert min(worst.values()) > 0.1, min(worst, key=worst.get)


def test_the_jacobian_is_the_warps_own():
    warp = formed(STRANGE)
    points = head().vertices[::40].astype(float)
    slope = warp.at(points).slope
    for axis, step in enumerate(1e-4 * np.eye(3)):
        change = (warp.at(points + step).points - warp.at(points - step).points) / 2e-4
        assert np.abs(change - slope[:, :, axis]).max() < 1e-3


@pytest.mark.parametrize("index", INDICES)
def test_every_seed_has_the_proportions_of_an_adult(index):
    over, under, least, most = INDICES[index]
    for name, points in _landmarks_of_seeds().items():
        ratio = length(points, over) / length(points, under)
        assert least < ratio < most, (name, ratio)


@functools.cache
def _forms():
    """Forms of the cast and of 200 seeds."""
    return {
        name: find_character(name).form for name in [*NAMES, *map("seed:{}".format, range(200))]
    }


@functools.cache
def _landmarks_of_seeds():
    points = head().vertices[head().landmarks].astype(float)
    return {name: formed(form).at(points).points for name, form in _forms().items()}


def test_women_differ_from_men_as_anthropometry_says():
    men, women = marks(head()), marks(figure("ada"))
    for pair, of in (((4, 12), (1, 15)), ((31, 35), (36, 45))):  # jaw, nose: narrower
        assert length(women, pair) / length(women, of) < length(men, pair) / length(men, of)
    for pair, of in (((51, 57), (48, 54)), ((36, 45), (1, 15))):  # lips fuller, eyes larger
        assert length(women, pair) / length(women, of) > length(men, pair) / length(men, of)
    assert women[24, 1] - women[44, 1] > men[24, 1] - men[44, 1]  # brows higher


def test_a_seed_is_the_same_person_every_time_and_others_are_others():
    forms = [find_character(f"seed:{seed}").form for seed in range(12)]
    assert forms[5] == find_character("seed:5").form
    assert len(set(forms)) == len(forms)


def test_identity_sliders_go_on_from_the_characters_own_form():
    values = {"nose-width": 1.5, "lid-hood": 0.8, "nobody": 3.0}
    after = figure("ada").with_identity(values)
    more = tuple((name, value) for name, value in values.items() if name in MODES)
    wanted = shaped(head(), Character("ada", "", CAST["ada"].form + more))
    assert np.abs(after.vertices - wanted.vertices).max() < 0.3
    smile = {"AU12": 1.0, "AU43": 0.5}
    assert np.abs(marks(after, smile) - marks(wanted, smile)).max() < 0.3
    assert after.with_identity({}) is after
    assert figure("ada").identities == tuple(MODES)


def test_shapes_of_a_strange_face_stay_finite_and_normals_of_unit_length():
    model = strange()
    assert np.isfinite(model.shape_deltas).all() and np.isfinite(model.shape_normals).all()
    assert np.abs(np.linalg.norm(model.normals, axis=1) - 1).max() < 1e-3


@pytest.mark.parametrize(
    "form",
    [
        (("third-eye", 1.0),),
        (("nose-width", float("nan")),),
        (("nose-width", 99.0),),
        (
            ("upper-lip", -4.0),
            ("mouth-height", 4.0),
            ("nose-length", 4.0),
            ("lip-protrusion", -4.0),
        ),
    ],
    ids=["unknown", "no number", "monstrous", "folded"],
)
def test_a_form_that_is_no_face_is_refused(form):
    with pytest.raises(HeadError) as refused:
        shaped(head(), Character("wrong", "", form))
    assert refused.value.remedy
