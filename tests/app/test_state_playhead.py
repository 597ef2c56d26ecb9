"""The playhead: the clock decides, by the source's own times."""

from __future__ import annotations

import math

import numpy as np
import pytest

from app.state import Playhead


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def playhead(qapp, clock: Clock) -> Playhead:
    made = Playhead(clock=clock)
    made.bind(np.arange(200) / 200)  # one second at 200 fps
    yield made
    made.pause()


def at(playhead: Playhead, clock: Clock, seconds: float) -> int:
    clock.now += seconds
    playhead.tick()
    return playhead.frame


def heard(playhead: Playhead) -> list[int]:
    frames: list[int] = []
    playhead.frame_changed.connect(frames.append)
    return frames


@pytest.mark.parametrize("speed", [1 / 50, 1 / 20, 0.5, 1.0, 4.0])
def test_the_frame_is_the_floor_of_elapsed_time(
    playhead: Playhead, clock: Clock, speed: float
) -> None:
    playhead.speed = speed
    playhead.set_frame(10)
    playhead.play()
    for elapsed in (0.001, 0.0127, 0.0511, 0.1117):
        clock.now = 100.0 + elapsed
        playhead.tick()
        assert playhead.frame == 10 + math.floor(elapsed * 200 * speed)


def test_late_frames_are_skipped_and_each_shown_frame_is_told_once(
    playhead: Playhead, clock: Clock
) -> None:
    frames = heard(playhead)
    playhead.play()
    for elapsed in (0.001, 0.001, 0.1, 0.0005, 0.3):
        at(playhead, clock, elapsed)
    assert frames == [20, 80]


def test_variable_frame_rate_is_played_by_its_own_times(qapp, clock: Clock) -> None:
    playhead = Playhead(clock=clock)
    playhead.bind([0.0, 0.1, 0.15, 0.5, 0.52])
    playhead.play()
    clock.now += 0.001  # away from the very edges
    shown = [at(playhead, clock, 0.05) for _ in range(10)]
    #        0.05 0.10 0.15 0.20 0.25 0.30 0.35 0.40 0.45 0.50
    assert shown == [0, 1, 2, 2, 2, 2, 2, 2, 2, 3]
    playhead.pause()


def test_play_stops_on_the_last_frame_and_starts_over(playhead: Playhead, clock: Clock) -> None:
    playhead.set_frame(190)
    playhead.play()
    assert at(playhead, clock, 9.0) == 199
    assert not playhead.playing and not playhead._timer.isActive()
    playhead.play()
    assert (playhead.frame, playhead.playing) == (0, True)


def test_backwards_play_mirrors_forwards_and_stops_on_the_first_frame(
    playhead: Playhead, clock: Clock
) -> None:
    playhead.speed = -0.5
    playhead.set_frame(20)
    playhead.play()
    assert at(playhead, clock, 0.001) == 20  # the frame is shown for its own time first
    assert at(playhead, clock, 0.0201) == 18
    assert at(playhead, clock, 5.0) == 0
    assert not playhead.playing
    playhead.play()
    assert playhead.frame == 199


def test_turning_round_keeps_the_frame(playhead: Playhead, clock: Clock) -> None:
    playhead.play()
    assert at(playhead, clock, 0.1026) == 20
    playhead.speed = -1
    assert at(playhead, clock, 0.0001) == 20
    assert at(playhead, clock, 0.02) == 16
    playhead.speed = 1
    assert at(playhead, clock, 0.0001) == 16


def test_a_change_of_speed_does_not_jump(playhead: Playhead, clock: Clock) -> None:
    playhead.play()
    at(playhead, clock, 0.1026)
    seconds = playhead.seconds
    playhead.speed = 0.02
    assert playhead.seconds == pytest.approx(seconds)
    assert at(playhead, clock, 0.1) == 20


@pytest.mark.parametrize(("speed", "order"), [(1.0, [10, 11, 12, 13]), (-1.0, [13, 12, 11, 10])])
def test_a_loop_shows_each_frame_of_its_span_equally_long(
    playhead: Playhead, clock: Clock, speed: float, order: list[int]
) -> None:
    playhead.speed = speed
    playhead.loop = (13, 10)  # drawn from right to left
    assert playhead.loop == (10, 13)
    playhead.play()
    clock.now += 0.0025  # the middle of the first frame
    shown = []
    for _ in range(12):
        playhead.tick()
        shown.append(playhead.frame)
        clock.now += 0.005
    assert shown == order * 3
    assert playhead.playing


def test_a_loop_of_one_frame_stands(playhead: Playhead, clock: Clock) -> None:
    playhead.loop = (50, 50)
    playhead.play()
    assert [at(playhead, clock, 0.013) for _ in range(5)] == [50] * 5


def test_stepping_pauses_and_stays_in_the_clip(playhead: Playhead, clock: Clock) -> None:
    playhead.play()
    at(playhead, clock, 0.0501)
    playhead.step(-3)
    assert (playhead.frame, playhead.playing) == (7, False)
    playhead.step(-100)
    assert playhead.frame == 0
    playhead.step(10_000)
    assert playhead.frame == 199


def test_going_to_a_frame_while_playing_plays_on_from_there(
    playhead: Playhead, clock: Clock
) -> None:
    playhead.play()
    at(playhead, clock, 0.05)
    playhead.set_frame(100)
    assert at(playhead, clock, 0.0501) == 110


def test_media_time_between_frames_is_told_while_playing(playhead: Playhead, clock: Clock) -> None:
    playhead.speed = 1 / 50
    times: list[float] = []
    playhead.ticked.connect(times.append)
    playhead.play()
    for _ in range(4):
        at(playhead, clock, 0.05)
    assert times == pytest.approx([0.001, 0.002, 0.003, 0.004])
    playhead.pause()
    assert times[-1] == 0.0  # paused it stands on the frame


def test_another_clip_starts_paused_at_its_first_frame(playhead: Playhead) -> None:
    playhead.loop = (3, 9)
    playhead.set_frame(5)
    playhead.play()
    playhead.bind([0.0, 0.04])
    assert (playhead.frame, playhead.n_frames, playhead.loop) == (0, 2, None)
    assert not playhead.playing


@pytest.mark.parametrize("n", [0, 1])
def test_clips_without_motion_do_not_play(playhead: Playhead, n: int) -> None:
    playhead.bind(np.zeros(n))
    playhead.play()
    playhead.set_frame(3)
    playhead.step(-2)
    playhead.tick()
    assert (playhead.frame, playhead.playing) == (0, False)
    assert playhead.seconds == 0.0


@pytest.mark.parametrize("speed", [0.0, math.nan, math.inf])
def test_a_speed_that_is_none_is_refused(playhead: Playhead, speed: float) -> None:
    with pytest.raises(ValueError, match="no speed"):
        playhead.speed = speed


def test_speeds_are_kept_between_a_fiftieth_and_four(playhead: Playhead) -> None:
    for asked, got in ((0.001, 0.02), (9, 4), (-9, -4), (-0.001, -0.02)):
        playhead.speed = asked
        assert playhead.speed == got


def test_the_timer_moves_it_at_display_rate(qtbot, qapp) -> None:
    playhead = Playhead()
    playhead.bind(np.arange(400) / 200)
    playhead.play()
    qtbot.waitUntil(lambda: playhead.frame > 5)
    playhead.pause()
    assert not playhead._timer.isActive()
