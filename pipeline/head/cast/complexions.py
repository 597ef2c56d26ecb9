"""Complexions and irises of the cast and of random characters."""

from __future__ import annotations

import numpy as np

from pipeline.head.cast.character import Complexion
from pipeline.head.cast.person import Person

#: Complexion and iris of the cast, by name; who is missing has those of the sculpt itself.
COMPLEXIONS: dict[str, tuple[Complexion, str]] = {}


def draw_complexion(person: Person, rng: np.random.Generator) -> tuple[Complexion, str]:
    """A random complexion and iris."""
    return Complexion(), "brown"
