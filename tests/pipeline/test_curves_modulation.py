"""The gain m_e i_v over time, its cross-fades, and the list of emotions."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.curves import (
    Curve,
    EmotionProfile,
    Modulation,
    default_profiles,
    emotion_id,
    gain,
    load_emotions,
    modulated,
)

T = np.linspace(0.0, 4.0, 4001)
PROFILES = {"happiness": EmotionProfile("happiness", 2.0, {4: 0.5}),
            "fear": EmotionProfile("fear", 0.5)}  # fmt: skip


def test_without_events_the_modulated_layer_is_the_edited_one() -> None:
    curve = Curve.from_keys([0.0, 1.0, 2.0], [0.0, 0.8, 0.0])
    assert np.array_equal(gain(T, [], Modulation()), np.ones(len(T)))
    assert np.array_equal(modulated(curve, T, gain(T, [], Modulation())), curve.clamped(T))


def test_the_gain_is_constant_in_events_held_outside_and_fades_over_the_gap() -> None:
    spans = [(2.0, 2.5, "fear", 1.0), (1.0, 1.5, "happiness", 0.5)]
    g = gain(T, spans, Modulation(PROFILES))
    assert np.all(g[T <= 1.5] == 1.0)
    assert np.allclose(g[T >= 2.0], 0.5)
    fade = g[(T > 1.5) & (T < 2.0)]
    assert np.all(np.diff(fade) < 0)
    assert gain([1.75], spans, Modulation(PROFILES))[0] == pytest.approx(0.75)
    assert gain([1.625], spans, Modulation(PROFILES))[0] == pytest.approx(1 - 0.5 * 0.15625)


@pytest.mark.parametrize(
    "spans",
    [
        [(1.0, 2.0, "happiness", 1.0), (2.0, 3.0, "fear", 1.0)],
        [(1.0, 2.2, "happiness", 1.0), (2.0, 3.0, "fear", 1.0)],
        [(1.0, 3.0, "happiness", 1.0), (1.5, 2.0, "fear", 1.0)],
        [(1.0, 1.1, "happiness", 1.0), (1.1, 1.12, "fear", 1.0), (1.12, 2.0, "happiness", 0.2)],
    ],
)
def test_touching_overlapping_and_crowded_events_never_pop(spans: list) -> None:
    x = np.linspace(0, 4, 40_001)
    g = gain(x, spans, Modulation(PROFILES))
    assert np.max(np.abs(np.diff(g))) < 0.03
    assert g.min() >= 0.39
    assert g.max() <= 2.01


def test_a_hand_picked_emotion_replaces_every_events_own() -> None:
    chosen = Modulation(PROFILES, override="fear", intensity=0.4)
    assert np.allclose(gain(T, [(1.0, 2.0, "happiness", 1.0)], chosen), 0.2)
    assert np.allclose(gain(T, [], chosen), 0.2)


def test_a_single_action_unit_may_have_its_own_modulator() -> None:
    spans = [(1.0, 2.0, "happiness", 1.0)]
    assert gain([1.5], spans, Modulation(PROFILES), au=4)[0] == 0.5
    assert gain([1.5], spans, Modulation(PROFILES), au=12)[0] == 2.0


def test_an_unknown_emotion_plays_as_it_is() -> None:
    assert gain([1.5], [(1.0, 2.0, "", 0.5)], Modulation(PROFILES))[0] == 0.5


def test_the_product_is_clamped_and_the_curve_untouched() -> None:
    curve = Curve.from_keys([0.0, 1.0, 2.0], [0.0, 0.8, 0.0])
    assert modulated(curve, [1.0], 2.0).tolist() == [1.0]
    assert curve(1.0) == 0.8


def test_modulators_out_of_range_are_refused() -> None:
    for bad in (-0.1, 3.1, float("nan")):
        with pytest.raises(ValueError, match="not 0 to 3"):
            EmotionProfile("fear", bad)
        with pytest.raises(ValueError, match="AU4 of fear"):
            EmotionProfile("fear", 1.0, {4: bad})
    with pytest.raises(ValueError, match="not in 0 to 1"):
        Modulation(intensity=1.5)
    with pytest.raises(ValueError, match="not in 0 to 1"):
        gain(T, [(1.0, 2.0, "fear", -1.0)], Modulation())
    with pytest.raises(ValueError, match="before its onset"):
        gain(T, [(2.0, 1.0, "fear", 1.0)], Modulation())


def test_the_emotions_are_casme_ii_s_seven_and_ekmans_six() -> None:
    rows = load_emotions()
    assert {e.id for e in rows if e.casme2} == {
        "happiness", "disgust", "repression", "surprise", "sadness", "fear", "others"}  # fmt: skip
    assert {e.id for e in rows if e.ekman} == {
        "anger", "disgust", "fear", "happiness", "sadness", "surprise"}  # fmt: skip
    assert len({e.key for e in rows}) == len(rows)
    assert all(len(e.key) == 1 and e.key.isdigit() for e in rows)
    assert len({e.colour for e in rows}) == len(rows)
    gains = {e.id: e.m_e for e in rows}
    assert gains["happiness"] == max(gains.values())
    assert gains["fear"] == min(gains.values())
    assert default_profiles()["fear"].m_e == gains["fear"]


@pytest.mark.parametrize(
    ("word", "emotion"),
    [("Happiness", "happiness"), (" joy ", "happiness"), ("other", "others"), ("bored", "")],
)
def test_words_in_sheets_name_emotions(word: str, emotion: str) -> None:
    assert emotion_id(word) == emotion
