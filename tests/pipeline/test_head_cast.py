"""Characters hold what the sculpt holds: found by dlib, moved as FACS says, nothing in anything."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.progress import run
from pipeline.head import load_head
from pipeline.head.cast import CAST, Character, find_character, is_character, roster
from pipeline.head.measure.cast_page import draw_seeds
from pipeline.head.measure.page import PageStyle
from pipeline.head.measure.verify import verify_head


@pytest.mark.parametrize("name", ["dolores"])
def test_a_character_has_its_points_where_dlib_sees_them_and_moves_as_the_sculpt(name):
    report = run(verify_head(run(load_head(name, lod="draft")), ("points", "field")))
    assert report.checks and not report.failing


@pytest.mark.slow
@pytest.mark.parametrize("name", [*CAST, "seed:3", "seed:8", "seed:17"])
def test_everybody_passes_the_heads_own_checks(name):
    report = run(verify_head(run(load_head(name, lod="live"))))
    assert report.checks and not report.failing


def test_nobody_is_anybody_else():
    everybody = [*CAST.values(), *(find_character(f"seed:{seed}") for seed in range(24))]
    assert len({(c.form, c.age, c.complexion, c.hair, c.brows) for c in everybody}) == len(
        everybody
    )


def test_a_page_has_a_cell_for_each_face():
    style = PageStyle((96, 112), 2, "draft")
    page = run(draw_seeds((CAST["dolores"], CAST["grace"]), "draft", style))
    left, right = page[80:160, 24:120], page[80:160, 126:222]
    assert left.std() > 15 and right.std() > 15
    assert np.abs(left.astype(int) - right).mean() > 3, "two people"


def test_whether_a_name_is_a_character_is_told_without_drawing_one(monkeypatch) -> None:
    def draw(_seed: int) -> Character:
        raise AssertionError("views ask this all the time")

    monkeypatch.setattr(roster, "random_character", draw)
    assert is_character("seed:7") and is_character("ada")
    assert not any(is_character(name) for name in ("seed:", "seed:-1", "seed:4294967296", "7", ""))


def test_a_character_that_was_drawn_is_not_drawn_again() -> None:
    assert find_character("seed:71") is find_character("seed:71")
