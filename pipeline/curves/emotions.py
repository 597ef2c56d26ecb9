"""Emotions are rows of a data file; a profile says how strongly each one moves the face."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

#: Range of a modulator (SPEC 7).
GAIN_RANGE = (0.0, 3.0)


@dataclass(frozen=True)
class EmotionProfile:
    """How strongly one emotion plays.

    Parameters
    ----------
    emotion : str
        Id of a row of ``emotions.json``.
    m_e : float
        Modulator of all its action units, 0 to 3.
    m_au : mapping of int to float
        Modulator in place of `m_e` for single action units, 0 to 3.

    Raises
    ------
    ValueError
        If a modulator is out of range.
    """

    emotion: str
    m_e: float = 1.0
    m_au: Mapping[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        low, high = GAIN_RANGE
        named = {"m_e": self.m_e} | {f"AU{au}": gain for au, gain in self.m_au.items()}
        for name, gain in named.items():
            if not low <= gain <= high:
                raise ValueError(f"modulator {name} of {self.emotion} is {gain:g}, not 0 to 3")

    def gain(self, au: int | None = None) -> float:
        """Modulator of one action unit, or of the emotion as a whole."""
        return self.m_e if au is None else self.m_au.get(au, self.m_e)


@dataclass(frozen=True)
class Emotion:
    """One row of ``resources/data/emotions.json``.

    Parameters
    ----------
    id, label : str
        Key in files, and the English word on screen.
    casme2, ekman : bool
        Whether it is one of CASME II's seven classes, of Ekman's six basic emotions.
    key : str
        Digit that picks it.
    colour : str
        ``#rrggbb`` on the dark theme.
    profile : EmotionProfile
        Default modulators.
    """

    id: str
    label: str
    casme2: bool
    ekman: bool
    key: str
    colour: str
    profile: EmotionProfile

    @property
    def m_e(self) -> float:
        """Default modulator."""
        return self.profile.m_e


@lru_cache(maxsize=1)
def load_emotions() -> tuple[Emotion, ...]:
    """The emotions in the order of their keys."""
    path = resources.files("resources") / "data" / "emotions.json"
    rows = json.loads(path.read_text(encoding="utf-8"))["emotions"]
    return tuple(_emotion(row) for row in rows)


def _emotion(row: dict) -> Emotion:
    m_au = {int(au): float(gain) for au, gain in row["m_au"].items()}
    profile = EmotionProfile(row["id"], float(row["m_e"]), m_au)
    return Emotion(
        row["id"], row["label"], row["casme2"], row["ekman"], str(row["digit"]), row["colour"],
        profile,
    )  # fmt: skip


def default_profiles() -> dict[str, EmotionProfile]:
    """A fresh mapping from emotion id to its default profile."""
    return {emotion.id: emotion.profile for emotion in load_emotions()}


#: Other words for the same emotion, as found in sheets.
_SYNONYMS = {
    "joy": "happiness",
    "happy": "happiness",
    "sad": "sadness",
    "other": "others",
    "angry": "anger",
}


def emotion_id(word: str) -> str:
    """Id of the emotion a word names (a sheet's cell, a typed option); empty where none."""
    word = word.strip().lower()
    word = _SYNONYMS.get(word, word)
    return word if any(word == emotion.id for emotion in load_emotions()) else ""
