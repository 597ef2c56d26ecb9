"""Complexions and irises of the cast and of random characters."""

from __future__ import annotations

import numpy as np

from pipeline.head.cast.character import Complexion
from pipeline.head.cast.person import Person

#: Complexion and iris of the cast, by name; who is missing has those of the sculpt itself.
COMPLEXIONS: dict[str, tuple[Complexion, str]] = {
    "builtin": (Complexion(stubble=0.2), "brown"),
    "ada": (Complexion(0.10, -0.35, 1.1, freckles=0.75), "blue"),
    "bao": (Complexion(0.33, 0.55, 0.9, freckles=0.05, stubble=0.25), "dark"),
    "chidi": (Complexion(0.93, 0.1, 1.0, freckles=0.0, stubble=0.4), "dark"),
    "dolores": (Complexion(0.50, 0.35, 0.9, freckles=0.1, lip_tint=0.45), "amber"),
    "einar": (Complexion(0.03, -0.35, 1.1, freckles=0.25, stubble=0.3), "grey"),
    "farah": (Complexion(0.60, 0.35, 0.9, freckles=0.05, lip_tint=0.25), "hazel"),
    "grace": (Complexion(0.82, -0.1, 1.0, freckles=0.05, lip_tint=0.35), "dark"),
}


def draw_complexion(person: Person, rng: np.random.Generator) -> tuple[Complexion, str]:
    """A random complexion and iris."""
    return Complexion(), "brown"
