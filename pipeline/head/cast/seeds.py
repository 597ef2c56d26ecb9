"""Random characters within anatomical bounds."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from pipeline.head.cast.character import Character
from pipeline.head.cast.complexions import draw_complexion
from pipeline.head.cast.cuts import draw_cut
from pipeline.head.cast.forms import draw_form
from pipeline.head.cast.person import draw_person


@lru_cache(maxsize=256)  # views ask for the same few over and over, and a draw takes its time
def random_character(seed: int) -> Character:
    """The character of a seed, the same on every machine.

    Person, form, complexion and hair have generators of their own: what one of them draws
    leaves the others as they are.
    """
    own = [np.random.default_rng(part) for part in np.random.SeedSequence(seed).spawn(4)]
    person = draw_person(own[0])
    complexion, iris = draw_complexion(person, own[2])
    hair, brows = draw_cut(person, own[3])
    return Character(
        f"seed:{seed}", f"Seed {seed}", draw_form(person, own[1]), person.age,
        complexion, hair, brows, iris,
    )  # fmt: skip
