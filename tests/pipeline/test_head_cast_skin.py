"""Skin, age and eyes of characters against what is known of them, and the sculpt's own paint."""

from dataclasses import fields, replace

import numpy as np
import pytest

from pipeline.head.cast import CAST, Character, Complexion
from pipeline.head.cast.seeds import random_character
from pipeline.head.muscles.creases import folded, with_rest
from pipeline.head.scene.studio import IRISES, MATERIALS, scattering
from pipeline.head.sculpt.anatomy import lip_line
from pipeline.head.sculpt.complexion import eyes_of, scatter_of, skin_of
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.pigment import albedo, lab, typology_angle
from pipeline.head.sculpt.rest_lines import rest_lines
from pipeline.head.sculpt.skin import Canvas, linear, painted

TONES = np.linspace(0, 1, 9)
#: Places on the front of the face, mm: cheeks, forehead and the middle of both lips.
CHEEKS = np.array([[38.0, -30.0, 8.0], [-38.0, -30.0, 8.0], [44.0, -22.0, 2.0]])
PLAIN = np.array([[20.0, 48.0, 18.0], [-24.0, 52.0, 14.0], [10.0, 56.0, 18.0]])
_LINE = float(lip_line(np.array(6.0)))
UPPER_LIP = np.array([[x, _LINE + 2.2, 24.0] for x in (6.0, -6.0)])
LOWER_LIP = np.array([[x, _LINE - 4.0, 24.0] for x in (6.0, -6.0)])


def _person(melanin=0.25, age=27.0, **look):
    return Character("x", "X", age=age, complexion=Complexion(melanin, **look))


def _colours(points, character):
    return painted(Canvas.outside(points), skin_of(character))


def _luminance(colours):
    return colours @ [0.2126, 0.7152, 0.0722]


def test_the_builtin_is_painted_with_the_sculpts_own_numbers():
    assert skin_of(CAST["builtin"]) == HEAD.skin
    assert eyes_of(CAST["builtin"]) is HEAD.eyes
    assert scatter_of(CAST["builtin"]) == 1.0
    assert scattering(MATERIALS["skin"], 1.0) is MATERIALS["skin"]
    assert not rest_lines(np.vstack([CHEEKS, PLAIN]), CAST["builtin"]).any()


@pytest.mark.parametrize("warmth", [-0.8, 0.0, 0.8])
def test_cheeks_are_the_darker_the_more_melanin_there_is(warmth):
    seen = [_luminance(_colours(CHEEKS, _person(m, warmth=warmth))) for m in TONES]
    assert (np.diff(seen, axis=0) < 0).all()


@pytest.mark.parametrize(
    ("melanin", "least", "most"),
    [(0.0, 50, 66), (0.25, 38, 50), (0.45, 22, 36), (0.65, 5, 20), (0.85, -30, -10),
     (1.0, -60, -40)],
)  # fmt: skip
def test_skin_lies_in_its_class_of_typology_angle(melanin, least, most):
    angle = typology_angle(_colours(PLAIN, _person(melanin)))
    assert least < np.median(angle) < most


def test_skin_of_any_tone_is_neither_grey_nor_garish():
    """Measured faces have a* of 5 to 18 and b* of 8 to 26 (K. Xiao et al., 2017)."""
    for melanin in TONES:
        for warmth in (-0.6, 0.0, 0.6):
            _, red, yellow = lab(_colours(PLAIN, _person(melanin, warmth=warmth))).mean(0)
            assert 5 < red < 19, (melanin, warmth)
            assert 8 < yellow < 27, (melanin, warmth)


@pytest.mark.parametrize("melanin", TONES)
def test_lips_are_redder_than_skin_at_all_tones(melanin):
    person = _person(melanin)
    skin = lab(_colours(PLAIN, person)).mean(0)
    for lip in (UPPER_LIP, LOWER_LIP):
        assert (lab(_colours(lip, person))[:, 1] > skin[1] + 1).all()


def test_dark_lips_have_two_tones_the_lower_pinker():
    person = _person(0.95)
    upper, lower = (lab(_colours(lip, person)).mean(0) for lip in (UPPER_LIP, LOWER_LIP))
    assert lower[0] > upper[0] + 3
    assert lower[1] > upper[1] + 2


def test_blood_in_the_cheeks_shows_less_the_darker_the_skin():
    flushed, pale = ([lab(_colours(CHEEKS, _person(m, blood=b))).mean(0) for m in TONES]
                     for b in (1.3, 0.7))  # fmt: skip
    flush = np.linalg.norm(np.subtract(flushed, pale), axis=1)
    assert (np.diff(flush[2:]) < 0).all()
    assert flush[-1] < 0.5 * flush[2]


def test_pigments_absorb_where_they_are_known_to():
    """Blood takes green most; melanin takes blue more than red, and nothing adds light."""
    bare, bloody, brown = albedo(0.03, 0.005), albedo(0.03, 0.06), albedo(0.2, 0.005)
    assert np.argmin(bloody / bare) == 1
    assert (np.diff(brown / bare) < 0).all()
    assert (albedo(np.geomspace(0.005, 0.5, 30), np.full(30, 0.02)) < 1).all()


def test_warm_skin_is_yellower_and_rosy_skin_redder():
    rosy, warm = (lab(_colours(PLAIN, _person(0.2, warmth=w))).mean(0) for w in (-0.8, 0.8))
    assert warm[2] > rosy[2] + 2
    assert rosy[1] > warm[1] + 1


def test_a_shaved_shadow_lies_on_the_beard_alone():
    chin, brow = np.array([[12.0, -100.0, 12.0]]), PLAIN
    bare, shaved = _person(stubble=0.0), _person(stubble=0.6)
    assert _luminance(_colours(chin, shaved))[0] < 0.9 * _luminance(_colours(chin, bare))[0]
    assert np.array_equal(_colours(brow, shaved), _colours(brow, bare))


def test_a_shaved_shadow_is_not_ashen_on_dark_skin():
    chin = np.array([[12.0, -100.0, 12.0]])
    bare, shaved = (lab(_colours(chin, _person(0.9, stubble=s)))[0] for s in (0.0, 0.5))
    hue = [np.degrees(np.arctan2(b, a)) for _, a, b in (bare, shaved)]
    assert shaved[0] < bare[0] - 1
    assert abs(hue[1] - hue[0]) < 6


def test_a_lipstick_colours_the_lips_alone():
    bare, tinted = _person(), _person(lip_tint=0.8)
    redness = [lab(_colours(LOWER_LIP, p)).mean(0)[1] for p in (bare, tinted)]
    assert redness[1] > redness[0] + 3
    assert np.array_equal(_colours(CHEEKS, tinted), _colours(CHEEKS, bare))


FOLDS = np.array([
    [0.0, 47.0, 20.0], [3.0, 20.0, 18.0], [56.0, -1.0, -8.0], [27.0, -48.0, 14.0],
    [29.0, -79.0, 10.0], [0.0, -126.0, -40.0],
])  # fmt: skip


def test_lines_at_rest_grow_with_age_and_never_exceed_the_folds_full_depth():
    ages = range(20, 101, 5)
    depths = np.array([folded(rest_lines(FOLDS, _person(age=float(age)))) for age in ages])
    assert (np.diff(depths, axis=0) >= 0).all()
    assert not depths[0].any()
    assert (depths[ages.index(80)] > 0.4).all()
    assert depths.max() <= 1


def test_a_muscle_deepens_a_line_at_rest_up_to_its_own_full_depth():
    rest = rest_lines(FOLDS, _person(age=85.0))
    depths = np.array([folded(with_rest(np.full(len(rest), w), rest)) for w in (0, 0.3, 0.6, 1)])
    assert (np.diff(depths, axis=0) > 0).all()
    assert depths[-1] == pytest.approx(folded(np.ones(len(rest))))


def test_skin_drawn_out_of_a_fold_has_no_line_left():
    rest = rest_lines(FOLDS, _person(age=85.0))
    assert np.array_equal(with_rest(np.full(len(rest), -1.0), rest), np.full(len(rest), -1.0))


def test_old_skin_is_coarser_blotchier_and_its_lips_paler():
    young, old = (skin_of(_person(age=age)) for age in (22.0, 75.0))
    for name in ("pores", "cells", "mottle", "grain", "lip_inset", "creping", "age_spots"):
        assert getattr(old, name) > getattr(young, name), name
    redness = [lab(linear(look.lower_lip))[1] for look in (young, old)]
    assert redness[1] < redness[0]


def test_whites_of_old_eyes_are_yellower():
    young, old = (lab(linear(eyes_of(_person(age=age)).sclera)) for age in (25.0, 78.0))
    assert old[2] > young[2] + 3


def test_less_light_wanders_under_darker_skin():
    shares = [scatter_of(_person(melanin)) for melanin in TONES]
    assert (np.diff(shares) < 0).all()
    softer = scattering(MATERIALS["skin"], shares[-1])
    assert max(softer.soft) < 0.5 * max(MATERIALS["skin"].soft)
    assert (
        replace(softer, soft=MATERIALS["skin"].soft, glow=MATERIALS["skin"].glow)
        == (MATERIALS["skin"])
    )


@pytest.fixture
def looks(monkeypatch):
    """Random characters without their forms, which take their time and draw from elsewhere."""
    monkeypatch.setattr("pipeline.head.cast.seeds.draw_form", lambda *_: ())
    return random_character.__wrapped__


def test_a_look_is_drawn_apart_from_the_form(looks):
    whole, apart = random_character(5), looks(5)
    assert whole.form and not apart.form
    assert replace(whole, form=()) == apart


def test_seeds_give_the_same_looks_again_and_every_tone_as_often(looks):
    people = [looks(seed) for seed in range(600)]
    again = [looks(seed) for seed in range(600)]
    assert [p.complexion for p in people] == [p.complexion for p in again]
    counts, _ = np.histogram([p.complexion.melanin for p in people], 6, (0, 1))
    assert counts.min() > 65
    assert {p.iris for p in people} <= set(IRISES)


def test_looks_of_seeds_and_cast_lie_in_their_ranges_and_fit_the_pigment(looks):
    people = [*CAST.values(), *(looks(seed) for seed in range(300))]
    bounds = {"melanin": (0, 1), "warmth": (-1, 1), "blood": (0.5, 1.6), "freckles": (0, 1),
              "stubble": (0, 1), "lip_tint": (0, 1)}  # fmt: skip
    for person in people:
        for field in fields(Complexion):
            low, high = bounds[field.name]
            assert low <= getattr(person.complexion, field.name) <= high, person.name
        assert person.iris not in ("blue", "grey", "green") or person.complexion.melanin < 0.72
