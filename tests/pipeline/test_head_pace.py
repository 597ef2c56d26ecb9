"""The level of detail in motion follows what pictures were measured to cost."""

from __future__ import annotations

import pytest

from pipeline.head.scene.pace import IN_MOTION_S, Pace

LEVELS = ("draft", "live", "still")
PIXELS = 512 * 512


def test_an_unknown_machine_begins_with_the_coarsest_level_at_full_size():
    assert Pace().moving(LEVELS, PIXELS) == ("draft", 1.0)


def test_a_fast_machine_moves_at_a_finer_level_but_never_at_the_level_for_rest():
    pace = Pace()
    pace.measured("draft", PIXELS, 0.002)
    pace.measured("live", PIXELS, 0.005)
    pace.measured("still", PIXELS, 0.008)
    assert pace.moving(LEVELS, PIXELS) == ("live", 1.0)


def test_a_level_too_slow_at_a_larger_view_is_left_again():
    pace = Pace()
    pace.measured("draft", PIXELS, 0.004)
    pace.measured("live", PIXELS, 0.02)
    assert pace.moving(LEVELS, PIXELS)[0] == "live"
    assert pace.moving(LEVELS, 4 * PIXELS)[0] == "draft"


@pytest.mark.parametrize("fixed", [0.0, 0.01])
def test_a_slow_machine_gets_fewer_pixels_until_motion_is_quick_enough(fixed):
    pace = Pace()

    def seconds(pixels):
        return fixed + 0.07 * pixels / PIXELS

    share = 1.0
    for _ in range(60):
        level, share = pace.moving(("draft",), PIXELS)
        pixels = int(PIXELS * share * share)
        pace.measured(level, pixels, seconds(pixels))
    assert 0.5 <= share < 0.85
    assert seconds(PIXELS * share * share) <= IN_MOTION_S


def test_the_picture_never_gets_smaller_than_half_the_view():
    pace = Pace()
    for _ in range(50):
        level, share = pace.moving(("draft",), PIXELS)
        pace.measured(level, int(PIXELS * share * share), 5.0)
    assert share == 0.5


def test_a_head_with_one_level_moves_at_that_level():
    pace = Pace()
    pace.measured("live", PIXELS, 0.2)
    assert pace.moving(("live",), PIXELS)[0] == "live"
