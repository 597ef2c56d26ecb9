"""Pairs of units that their sum would get wrong, and the furrows that come with each muscle."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.face.anatomy import MIRROR
from pipeline.head.sculpt.anatomy import brow_line
from tests.pipeline.heads import change, head, opening, points

#: Where a unit folds the skin of the subject's left (mm from the front), and where it must not.
FOLDS = {
    "AU1": ((6, 45), (45, -10)),
    "AU2": ((44, 42), (0, 20)),
    "AU4": ((6, 20), (30, 55)),
    "AU6": ((54, 0), (0, 45)),
    "AU7": ((31, -10), (0, 45)),
    "AU9": ((8, -8), (20, 50)),
}


def depth(weights, place):
    """Depth of the furrows in front at (x, y), a part of the full."""
    model = head()
    skin = model.surface("skin")
    vertices = model.vertices[skin.start : skin.stop]
    front = np.flatnonzero(vertices[:, 2] > -35)
    off = np.hypot(*(vertices[front, :2] - place).T)
    near = front[np.argsort(off)[:3]] + skin.start
    return float(model.creases(weights)[near].mean())


@pytest.mark.parametrize("name", FOLDS)
def test_furrows_come_where_the_muscle_shortens_the_skin(name):
    here, elsewhere = FOLDS[name]
    assert depth({name: 1.0}, here) > 0.6
    assert depth({name: 1.0}, elsewhere) < 0.1
    assert depth({}, here) == 0


@pytest.mark.parametrize("name", FOLDS)
def test_furrows_deepen_with_the_weight_and_show_early(name):
    depths = [depth({name: w}, FOLDS[name][0]) for w in (0.0, 0.05, 0.1, 0.3, 0.6, 1.0)]
    assert np.all(np.diff(depths) > 0)
    assert depths[2] > 0.15 * depths[-1]
    assert max(depths) < 1.3


def test_furrows_of_a_side_stay_on_their_side():
    left, right = depth({"AU6_L": 1.0}, (54, 0)), depth({"AU6_L": 1.0}, (-54, 0))
    assert left > 0.6
    assert right == 0
    assert depth({"AU6_R": 1.0}, (-54, 0)) == pytest.approx(left, abs=0.1)


def test_the_whole_forehead_folds_when_the_whole_brow_rises():
    for x in (-45, -25, -8, 8, 25, 45):
        assert depth({"AU1": 1.0, "AU2": 1.0}, (x, 43)) > 0.6


def test_the_furrow_map_is_not_periodic():
    """Forehead lines lie at uneven distances and differ in depth, as drawn by hand."""
    model = head()
    picture = model.pictures["furrows"].astype(int)
    size = picture.shape[1]
    column = np.abs(picture[:, round(size * 0.53), 1] - 128)[: size // 3]
    hollow = picture[: size // 3, round(size * 0.53), 2]
    around = np.stack([hollow[i : len(hollow) - 4 + i] for i in range(5)])
    top = (around[2] == around.max(0)) & (around[2] > around[1]) & (around[2] > 60)
    peaks = np.flatnonzero(top) + 2
    assert len(peaks) >= 4
    assert column.max() > 40
    gaps = np.diff(peaks)
    assert gaps.max() > 1.15 * gaps.min()
    assert np.ptp(hollow[peaks]) > 10


def test_a_corrective_vanishes_with_either_of_its_units():
    model = head()
    names = model.shape_names
    for pair in model.correctives:
        for alone in pair:
            active = model.activations({alone: 1.0})
            others = [n for n in pair if n != alone]
            assert not any(active[names.index(n)] for n in others)
            assert active[len(names) + model.correctives.index(pair)] == 0
        both = model.activations(dict.fromkeys(pair, 0.5))
        assert both[len(names) + model.correctives.index(pair)] == pytest.approx(0.25)


def test_correctives_of_both_sides_are_mirror_images():
    for one, other in (("AU1", "AU4"), ("AU6", "AU12"), ("AU4", "AU9"), ("AU43", "AU6")):
        left = change({f"{one}_L": 0.8, f"{other}_L": 0.8})
        right = change({f"{one}_R": 0.8, f"{other}_R": 0.8})
        np.testing.assert_allclose(left, right[MIRROR] * [-1, 1], atol=1e-4)


def test_raised_and_drawn_together_the_brows_slant():
    """AU1+4: the inner ends come up and together, the outer do not rise (FACS: oblique brow)."""
    moved = change({"AU1": 1.0, "AU4": 1.0})
    assert (moved[[21, 22], 1] > 0.02).all()
    assert moved[22, 0] < -0.02
    assert (moved[[17, 26], 1] < 0.01).all()
    assert moved[22, 1] > moved[24, 1] + 0.02


def test_the_whole_brow_rises_without_a_dip():
    rise = change({"AU1": 1.0, "AU2": 1.0})[22:27, 1]
    assert rise.min() > 0.4 * rise.max()
    assert len(brow_line()) > 0


@pytest.mark.parametrize("with_it", ["AU1", "AU4", "AU6", "AU7", "AU9", "AU12", "AU63", "AU64"])
def test_closed_eyes_stay_closed_whatever_else_moves(with_it):
    closed = opening(points({"AU43": 1.0}))
    both = opening(points({"AU43": 1.0, with_it: 1.0}))
    np.testing.assert_allclose(both, closed, atol=0.012)


def test_a_closure_wins_over_the_raised_lid():
    assert max(opening(points({"AU43": 1.0, "AU5": 1.0}))) < 0.25 * min(opening(points({})))


def test_a_cheek_of_a_smile_with_raised_cheeks_is_one_cheek():
    """AU6+12 lifts the lower lid further than either, and the cheek by less than their sum."""
    lid = [change(w)[46, 1] for w in ({"AU6": 1}, {"AU12": 1}, {"AU6": 1, "AU12": 1})]
    assert lid[2] > max(lid[:2])
    model = head()
    cheek = np.linalg.norm(model.vertices - [38, -24, 12], axis=1).argmin()
    out = [
        model.deform(w)[0][cheek] - model.vertices[cheek]
        for w in ({"AU6": 1}, {"AU12": 1}, {"AU6": 1, "AU12": 1})
    ]
    assert np.linalg.norm(out[2]) < np.linalg.norm(out[0] + out[1])
