"""Forms: weights of the identity modes of the cast and of random characters."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pipeline.head.cast.directions import AFRICAN, ASIAN, HEAVY, OLD, WOMAN, combined
from pipeline.head.cast.modes import MODES
from pipeline.head.cast.person import Person

#: As `Character.form`.
Form = tuple[tuple[str, float], ...]


def _form(weights: Mapping[str, float]) -> Form:
    return tuple((name, round(weights[name], 3)) for name in MODES if weights.get(name))


#: Of the cast, by name; who is missing has the form of the sculpt itself.
FORMS: dict[str, Form] = {
    "ada": _form(combined((1.0, WOMAN), (1.0, {"eye-spacing": 0.3, "chin-width": -0.3}))),
    "bao": _form(combined((1.0, ASIAN), (1.0, {"jaw-width": 0.6, "chin-width": 0.5}))),
    "chidi": _form(combined((1.0, AFRICAN), (1.0, {"jaw-taper": 0.6, "head-height": 0.6}))),
    "dolores": _form(combined((0.9, WOMAN), (0.9, OLD), (0.3, HEAVY))),
    "einar": _form(
        combined((1.1, OLD), (1.0, {"nose-hump": 1.2, "brow-ridge": 1.0, "face-length": 1.0}))
    ),
    "farah": _form(
        combined(
            (1.0, WOMAN), (1.0, {"nose-bridge": 1.4, "nose-hump": 0.8, "nose-tip-up": -1.0})
        )
    ),
    "grace": _form(combined((0.9, WOMAN), (0.9, AFRICAN), (0.8, HEAVY))),
}  # fmt: skip


def draw_form(person: Person, rng: np.random.Generator) -> Form:
    """A random form within anatomical bounds."""
    female = (person.feminine + 1) / 2
    old = float(np.clip((person.age - 28) / 50, 0, 1))
    heavy = float(np.clip(rng.normal(0.15, 0.4), -0.5, 1.0))
    weights = combined(
        (female, WOMAN), (old, OLD), (heavy, HEAVY),
        (person.african, AFRICAN), (person.asian, ASIAN),
    )  # fmt: skip
    for name in MODES:
        weights[name] = weights.get(name, 0.0) + float(np.clip(0.6 * rng.normal(), -1.3, 1.3))
    return _form(weights)
