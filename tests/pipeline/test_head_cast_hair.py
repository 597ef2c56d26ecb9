"""Every cut and beard: it stays outside skin and eyes, leaves the face free, and follows it."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from scipy.spatial import cKDTree

from pipeline.core.errors import HeadError
from pipeline.core.progress import run
from pipeline.head.cast import CAST, find_character
from pipeline.head.cast.character import Brows, Hair
from pipeline.head.load import _body
from pipeline.head.sculpt import fall
from pipeline.head.sculpt.anatomy import EYE_CENTRE, EYE_RADIUS
from pipeline.head.sculpt.assemble import _layout
from pipeline.head.sculpt.beards import beard_of, beard_parts, beard_pictures
from pipeline.head.sculpt.brows import brow_picture
from pipeline.head.sculpt.hair import hair_parts, hair_pictures
from pipeline.head.sculpt.lashes import lashes
from pipeline.head.sculpt.parameters.beards import BEARD_DETAILS, BEARDS
from pipeline.head.sculpt.parameters.hair import HAIR_DETAILS, STYLES
from pipeline.head.sculpt.parameters.tones import HAIR_COLOURS
from pipeline.head.sculpt.shirt import body_distance
from pipeline.head.sculpt.tone import style_of, tone_of

DETAIL, BEARD_DETAIL = HAIR_DETAILS["draft"], BEARD_DETAILS["draft"]
GROWN = [name for name in STYLES if name != "bald"]
LUMA = np.array([0.2126, 0.7152, 0.0722])


@functools.cache
def body():
    return run(_body("draft"))


@functools.cache
def cut(style):
    return hair_parts(body().skin, DETAIL, STYLES[style])


@functools.cache
def beard(name):
    return beard_parts(body().skin, BEARD_DETAIL, beard_of(name), tone_of("brown"))


@functools.cache
def motion(name):
    return next(m for m in body().motions() if m.name == name)


@functools.cache
def skin_under(name):
    """Outer skin, its normals, and a tree, in a unit's full expression."""
    skin = body().skin
    moves, turns = (motion(name).moves, motion(name).turns) if name else (0.0, 0.0)
    outer = np.flatnonzero(~skin.in_slit)
    vertices, normals = (skin.vertices + moves)[outer], (skin.normals + turns)[outer]
    return vertices, normals, cKDTree(vertices)


def depth_in_skin(points, name=""):
    """How far points lie under the nearest skin, mm; 0 outside."""
    vertices, normals, tree = skin_under(name)
    far, near = tree.query(points)
    ahead = ((points - vertices[near]) * normals[near]).sum(1)
    return np.where(far < 15, np.maximum(-ahead, 0), 0)


def moved(part, name):
    return part.vertices + (part.binding @ motion(name).moves if name else 0)


@pytest.mark.parametrize("unit", ["", "AU26"])
@pytest.mark.parametrize("style", GROWN)
def test_no_cut_goes_through_the_skin_or_an_eye_nor_with_a_dropped_jaw(style, unit):
    for name, part in cut(style).items():
        points = moved(part, unit)
        depth = depth_in_skin(points, unit)
        assert depth.max() < 4.0, name  # roots, and a draft's coarse skin
        assert (depth > 1.5).mean() < 0.03, name
        for side in (1, -1):
            assert np.linalg.norm(points - EYE_CENTRE * [side, 1, 1], axis=1).min() > EYE_RADIUS


@pytest.mark.parametrize("style", [name for name in GROWN if STYLES[name].fall])
def test_falling_hair_lies_on_the_shoulders_and_not_in_them(style):
    for name in ("hair", "locks"):
        assert body_distance(cut(style)[name].vertices).min() > -1.0, name


@pytest.mark.parametrize("name", BEARDS)
@pytest.mark.parametrize("unit", ["", "AU26", "AU12_L"])
def test_a_beard_lies_on_the_skin_whatever_the_mouth_does(name, unit):
    for surface, part in beard(name).items():
        depth = depth_in_skin(moved(part, unit), unit)
        assert (depth > 1.5).mean() < 0.03, surface


@pytest.mark.parametrize("style", STYLES)
def test_every_landmark_is_a_vertex_of_the_head_whatever_the_cut(style):
    skin = body().skin
    layout = _layout(body(), np.zeros((len(skin.vertices), 3), np.uint8), STYLES[style])
    place = layout.place(len(skin.vertices))[body().landmarks]
    assert (place >= 0).all()
    np.testing.assert_array_equal(layout.vertex[place], body().landmarks)


def covers(part, points):
    """Which points have a face of the part in front of them, seen from far ahead, (N,)."""
    a, b, c = (part.vertices[part.faces[:, k]] for k in range(3))
    out = []
    for point in points:
        first, second, third = ((q - p)[:, :2] for p, q in ((a, b), (b, c), (c, a)))
        sides = [
            edge[:, 0] * (point[1] - p[:, 1]) - edge[:, 1] * (point[0] - p[:, 0])
            for edge, p in ((first, a), (second, b), (third, c))
        ]
        over = np.all([s > 0 for s in sides], 0) | np.all([s < 0 for s in sides], 0)
        ahead = np.maximum.reduce([a[:, 2], b[:, 2], c[:, 2]]) > point[2] + 1
        out.append((over & ahead).any())
    return np.array(out)


@pytest.mark.parametrize("style", GROWN)
def test_no_cut_hides_brows_eyes_nose_or_mouth_from_in_front(style):
    points = body().skin.vertices[body().landmarks]
    for name, part in cut(style).items():
        hidden = covers(part, points[17:])
        assert not hidden.any(), (name, np.flatnonzero(hidden) + 17)


@pytest.mark.parametrize("style", ["wavy", "bun", "afro"])
def test_a_cut_is_the_same_each_time_it_is_made(style):
    fall.curtain.cache_clear()
    again = hair_parts(body().skin, DETAIL, STYLES[style])
    for name, part in cut(style).items():
        np.testing.assert_array_equal(part.vertices, again[name].vertices)
        np.testing.assert_array_equal(part.uv, again[name].uv)


@pytest.mark.parametrize("style", GROWN)
def test_a_cut_is_light_in_a_draft(style):
    assert sum(len(part.vertices) for part in cut(style).values()) <= 1400


@pytest.mark.parametrize("name", BEARDS)
@pytest.mark.parametrize("unit", ["AU26", "AU12_L", "AU10_L"])
def test_a_beard_moves_as_the_skin_beneath_it(name, unit):
    skin, moves = body().skin, motion(unit).moves
    part = beard(name)["beard"]
    near = cKDTree(skin.vertices).query(part.vertices)[1]
    size = np.linalg.norm(moves[near], axis=1).mean()
    assert size > 0.2
    off = (part.binding @ moves).mean(0) - moves[near].mean(0)
    assert np.linalg.norm(off) < 0.06 * size


def seen_brightness(picture, tone):
    """Mean brightness of the strands of a picture in a tone."""
    cover = picture[..., 3] / 255.0
    factor = (picture[..., 0] / 127.5 * cover).sum() / cover.sum()
    return factor * float((tone.root + tone.tip) @ LUMA)


@pytest.mark.parametrize("colour", ["black", "chestnut", "dark blond"])
def test_the_greyer_the_brighter(colour):
    levels = []
    for grey in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        tone = tone_of(colour, grey)
        levels.append(seen_brightness(hair_pictures(DETAIL, STYLES["bob"], tone)["locks"], tone))
    assert (np.diff(levels) > 0).all()


def test_half_grey_hair_has_dark_and_light_strands():
    def spread(grey):
        picture = hair_pictures(HAIR_DETAILS["live"], STYLES["short"], tone_of("black", grey))
        strands = picture["locks"][picture["locks"][..., 3] > 200][:, 0] / 255.0
        return strands.std() / strands.mean()

    assert spread(0.5) > 2 * spread(0.0)


def test_brows_thicken_and_lashes_lengthen():
    def inked(look):
        return int(brow_picture(HAIR_DETAILS["live"], look)[..., 3].sum())

    assert inked(Brows(0.7, 0.9)) < inked(Brows()) < inked(Brows(1.4, 1.1))

    def reach(look):
        return lashes(body().skin, DETAIL, look).vertices[:, 2].max()

    assert reach(Brows(lashes=0.7)) + 0.5 < reach(Brows()) < reach(Brows(lashes=1.6)) - 0.5


def test_what_the_cast_and_seeds_wear_exists():
    some = [*CAST.values(), *(find_character(f"seed:{seed}") for seed in range(200))]
    for character in some:
        style_of(character.hair)
        beard_of(character.hair.beard)
        assert character.hair.colour in HAIR_COLOURS
        assert 0 <= character.hair.grey <= 1
    assert {c.hair.style for c in some} == set(STYLES)


def test_a_bald_man_may_wear_a_beard():
    assert hair_parts(body().skin, DETAIL, STYLES["bald"]) == {}
    pictures = beard_pictures(BEARD_DETAIL, beard_of("full"), tone_of("red"), "straight")
    assert set(pictures) == set(beard("full"))
    assert beard_parts(body().skin, BEARD_DETAIL, beard_of(""), tone_of("red")) == {}


def test_names_that_are_none_are_refused_with_those_that_are():
    for call, known in (
        (lambda: style_of(Hair(style="quiff")), "pixie"),
        (lambda: tone_of("mauve"), "auburn"),
        (lambda: beard_of("goatee"), "boxed"),
    ):
        with pytest.raises(HeadError) as refused:
            call()
        assert known in refused.value.remedy
