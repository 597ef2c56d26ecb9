"""Hair and brows of the cast and of random characters."""

from __future__ import annotations

import numpy as np

from pipeline.head.cast.character import Brows, Hair
from pipeline.head.cast.person import Person

#: Of the cast, by name; who is missing has those of the sculpt itself.
CUTS: dict[str, tuple[Hair, Brows]] = {}


def draw_cut(person: Person, rng: np.random.Generator) -> tuple[Hair, Brows]:
    """Random hair and brows that fit a person."""
    return Hair(), Brows()
