"""The stories of synthetic clips: seeds, times and AU sets."""

import dataclasses

import numpy as np
import pytest

from pipeline.core.errors import TellError
from pipeline.synth.profiles import PROFILES, label_statistics, profile_named
from pipeline.synth.script import (
    SYNTH_AUS,
    draw_aus,
    draw_durations,
    draw_emotion,
    draw_script,
    stream,
)


def test_the_same_seed_tells_the_same_story_whatever_came_before():
    alone = draw_script(41, PROFILES["hard"])
    for seed in (7, 40, 99):
        draw_script(seed, PROFILES["hard"])
    assert draw_script(41, PROFILES["hard"]) == alone
    assert draw_script(42, PROFILES["hard"]) != alone


@pytest.mark.parametrize("emotion", ["others", "disgust", "happiness", "repression", "surprise"])
def test_rise_and_fall_follow_the_aggregates_of_casme2(emotion):
    rng = np.random.default_rng(0)
    drawn = 200 * np.array([draw_durations(rng, emotion) for _ in range(4000)])
    rows = label_statistics()["durations_frames"][emotion]
    for column, name in enumerate(("onset_to_apex", "apex_to_offset")):
        # Truncation at the table's ends moves the mean by under 5 %, the SD by under 15 %.
        assert drawn[:, column].mean() == pytest.approx(rows[name]["mean"], rel=0.05)
        assert drawn[:, column].std() == pytest.approx(rows[name]["sd"], rel=0.15)


def test_rare_emotions_use_the_durations_of_all():
    rng = np.random.default_rng(0)
    drawn = 200 * np.array([draw_durations(rng, "fear") for _ in range(4000)])
    assert drawn[:, 0].mean() == pytest.approx(33.35, rel=0.05)


def test_au_sets_follow_their_probability_given_the_emotion():
    rng = np.random.default_rng(1)
    drawn = [draw_aus(rng, "disgust") for _ in range(3000)]
    table = label_statistics()["P_au_given_emotion"]["disgust"]
    for au in (4, 7, 10, 9):
        share = np.mean([au in aus for aus in drawn])
        # Empty sets are drawn again, which lifts every share by at most 1 / (1 - P(empty)).
        assert share == pytest.approx(table[f"AU{au}"], abs=0.06)


def test_every_emotion_gives_at_least_one_movable_au():
    rng = np.random.default_rng(2)
    for emotion in label_statistics()["per_emotion"]:
        aus = draw_aus(rng, emotion)
        assert 1 <= len(aus) <= 4
        assert set(aus) <= set(SYNTH_AUS)
    assert draw_emotion(rng) in label_statistics()["per_emotion"]


def test_easy_clips_hold_one_event_with_still_time_around_it():
    for seed in range(100):
        script = draw_script(seed, PROFILES["easy"])
        (event,) = script.events
        assert 0.010 <= event.peak <= 0.016
        assert event.onset >= 0.2
        assert script.duration - event.offset >= 0.2 - 1e-9
        for blink in script.blinks:
            assert not event.onset - 2 * blink.width < blink.centre < event.offset + 2 * blink.width


def test_hard_clips_hold_none_one_or_two_events():
    scripts = [draw_script(seed, PROFILES["hard"]) for seed in range(300)]
    counts = np.bincount([len(script.events) for script in scripts], minlength=3) / 300
    assert counts == pytest.approx([0.2, 0.6, 0.2], abs=0.08)
    assert any(script.blinks for script in scripts)
    assert any(script.nods for script in scripts)
    for script in scripts:
        for first, second in zip(script.events, script.events[1:], strict=False):
            assert second.onset - first.offset >= 0.2 - 1e-9


def test_courses_start_and_end_at_zero_and_reach_one():
    for seed in range(30):
        (event,) = draw_script(seed, PROFILES["easy"]).events
        times = np.linspace(event.onset - 0.1, event.offset + 0.1, 2001)
        for index, action in enumerate(event.actions):
            course = event.curve(index, times)
            assert course.max() == pytest.approx(1, abs=1e-2)
            assert not course[(times < action.onset) | (times > action.offset)].any()
            assert event.onset <= action.onset < action.apex < action.offset <= event.offset
        assert (event.actions[0].onset, event.actions[0].offset) == (event.onset, event.offset)


def test_streams_of_one_clip_are_independent():
    a, b = stream(5, "noise", 1), stream(5, "noise", 2)
    assert abs(np.corrcoef(a.normal(size=2000), b.normal(size=2000))[0, 1]) < 0.1


def test_profiles_are_frozen_and_unknown_ones_named():
    with pytest.raises(dataclasses.FrozenInstanceError):
        PROFILES["easy"].noise = (0, 0)
    with pytest.raises(TellError, match="no profile 'medium'"):
        profile_named("medium")
