"""Forms: weights of the identity modes of the cast and of random characters."""

from __future__ import annotations

import numpy as np

from pipeline.head.cast.person import Person

#: As `Character.form`.
Form = tuple[tuple[str, float], ...]

#: Of the cast, by name; who is missing has the form of the sculpt itself.
FORMS: dict[str, Form] = {}


def draw_form(person: Person, rng: np.random.Generator) -> Form:
    """A random form within anatomical bounds."""
    return ()
