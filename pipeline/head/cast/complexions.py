"""Complexions and irises of the cast and of random characters."""

from __future__ import annotations

import numpy as np

from pipeline.head.cast.character import Complexion
from pipeline.head.cast.person import Person

#: Complexion and iris of the cast, by name; who is missing has those of the sculpt itself.
COMPLEXIONS: dict[str, tuple[Complexion, str]] = {
    "builtin": (Complexion(stubble=0.2), "brown"),
    "ada": (Complexion(0.10, -0.35, 1.1, freckles=0.75), "blue"),
    "bao": (Complexion(0.31, 0.4, 0.9, freckles=0.05, stubble=0.25), "dark"),
    "chidi": (Complexion(0.97, 0.1, 1.0, freckles=0.0, stubble=0.4), "dark"),
    "dolores": (Complexion(0.46, -0.05, 1.0, freckles=0.1, lip_tint=0.35), "brown"),
    "einar": (Complexion(0.10, 0.0, 1.0, freckles=0.3, stubble=0.3), "grey"),
    "farah": (Complexion(0.55, -0.2, 0.95, freckles=0.05, lip_tint=0.25), "hazel"),
    "grace": (Complexion(0.82, -0.1, 1.0, freckles=0.05, lip_tint=0.35), "dark"),
}


#: Melanin goes with ancestry, with a wide spread, but of all heads each tone is had as often:
#: twentieths of the distribution of what `draw_complexion` weighs, from 0.05 to 0.95.
_WEIGHTS = (0.85, 0.42, 0.14)
_SPREAD = 0.16
_TWENTIETHS = (
    0.057, 0.134, 0.188, 0.233, 0.271, 0.307, 0.340, 0.373, 0.405, 0.437, 0.470, 0.504, 0.539,
    0.576, 0.617, 0.662, 0.714, 0.778, 0.868,
)  # fmt: skip

#: Irises of fair skin, of skin between and of dark skin, and how often they are had.
_IRISES = ("blue", "grey", "green", "hazel", "amber", "brown", "dark")
_FAIR = (0.30, 0.14, 0.15, 0.15, 0.05, 0.19, 0.02)
_BETWEEN = (0.03, 0.02, 0.06, 0.16, 0.10, 0.45, 0.18)
_DARK = (0.0, 0.0, 0.0, 0.02, 0.03, 0.35, 0.60)


def draw_complexion(person: Person, rng: np.random.Generator) -> tuple[Complexion, str]:
    """A random complexion and iris; every tone is as likely as any other."""
    ancestry = np.array([person.african, person.asian, person.european])
    weighed = float(ancestry @ _WEIGHTS + _SPREAD * rng.standard_normal())
    shares = np.linspace(0, 1, len(_TWENTIETHS) + 2)
    marks = (2 * _TWENTIETHS[0] - _TWENTIETHS[1] - 0.2, *_TWENTIETHS, _TWENTIETHS[-1] + 0.3)
    melanin = float(np.interp(weighed, marks, shares))
    warmth = float(np.clip(rng.uniform(-0.5, 0.45) + 0.3 * person.asian, -0.6, 0.6))
    blood = float(np.clip(rng.normal(1.0, 0.13), 0.7, 1.35))
    freckles = float(rng.beta(0.8, 3.0)) * float(np.clip(1.2 - 2 * melanin, 0.03, 1))
    beard, tint, made_up = rng.uniform(0.08, 0.5), rng.uniform(0.1, 0.65), rng.random() < 0.5
    stubble = 0.0 if person.woman else beard
    lips = tint if person.woman and made_up else 0.0
    drawn = (melanin, warmth, blood, freckles, stubble, lips)
    return Complexion(*(round(value, 3) for value in drawn)), _iris(melanin, rng)


def _iris(melanin: float, rng: np.random.Generator) -> str:
    """An iris that goes with the pigment of the skin."""
    tables = np.array([_FAIR, _BETWEEN, _DARK])
    chances = np.array([np.interp(melanin, (0.12, 0.45, 0.72), column) for column in tables.T])
    return str(rng.choice(_IRISES, p=chances / chances.sum()))
