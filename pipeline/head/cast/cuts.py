"""Hair and brows of the cast and of random characters."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pipeline.head.cast.character import Brows, Hair
from pipeline.head.cast.person import Person

#: Of the cast, by name; who is missing has those of the sculpt itself.
CUTS: dict[str, tuple[Hair, Brows]] = {
    "ada": (Hair("wavy", "chestnut"), Brows(0.72, 0.85, 1.5)),
    "bao": (Hair("short", "black"), Brows(0.9, 0.8, 0.8)),
    "chidi": (Hair("coily", "black", beard="boxed"), Brows(1.0, 1.0, 1.0)),
    "dolores": (Hair("bob", "brown", 0.6), Brows(0.65, 0.6, 1.1)),
    "einar": (Hair("receding", "blond", 0.95, "moustache"), Brows(1.4, 1.1, 0.8)),
    "farah": (Hair("long", "black"), Brows(0.85, 1.1, 1.7)),
    "grace": (Hair("afro", "black"), Brows(0.92, 1.0, 1.5)),
}

Chances = Mapping[str, float]

_WOMEN: Chances = {"long": 0.24, "wavy": 0.22, "bob": 0.22, "bun": 0.20, "pixie": 0.12}
_MEN: Chances = {"short": 0.55, "cropped": 0.25, "curly": 0.12, "bald": 0.08}
_AFRICAN_WOMEN: Chances = {"afro": 0.45, "braids": 0.35, "coily": 0.10, "bun": 0.10}
_AFRICAN_MEN: Chances = {"coily": 0.75, "cropped": 0.15, "bald": 0.10}
_EUROPEAN: Chances = {
    "black": 0.06, "dark brown": 0.26, "brown": 0.24, "chestnut": 0.12, "auburn": 0.05,
    "red": 0.04, "dark blond": 0.12, "blond": 0.08, "light blond": 0.03,
}  # fmt: skip
_ASIAN: Chances = {"black": 0.8, "dark brown": 0.2}
_BEARDS: Chances = {"": 0.68, "boxed": 0.16, "full": 0.08, "moustache": 0.08}


def _one_of(chances: Chances, rng: np.random.Generator) -> str:
    """A key by its chance; takes one number of the generator."""
    sums = np.cumsum(list(chances.values()))
    index = int(np.searchsorted(sums, rng.random() * sums[-1], "right"))
    return list(chances)[min(index, len(chances) - 1)]


def _style(person: Person, rng: np.random.Generator) -> str:
    african = person.african > 0.5
    if person.woman:
        return _one_of(_AFRICAN_WOMEN if african else _WOMEN, rng)
    style = _one_of(_AFRICAN_MEN if african else _MEN, rng)
    thins = rng.random() < np.clip((person.age - 42) / 35, 0, 0.75)
    return "receding" if thins and style != "bald" and not african else style


def draw_cut(person: Person, rng: np.random.Generator) -> tuple[Hair, Brows]:
    """Random hair and brows that fit a person: cut, colour, grey, beard, then brows."""
    style = _style(person, rng)
    fair = person.european > max(person.african, person.asian) and person.european > 0.55
    colour = _one_of(_EUROPEAN if fair else _ASIAN, rng)
    from_age = rng.uniform(32, 55)
    grey = float(np.round(np.clip((person.age - from_age) / 30, 0, 1), 2))
    beard = _one_of(_BEARDS, rng)
    thick, dense, lash = rng.normal(0, 1, 3)
    old = float(np.clip((person.age - 50) / 25, 0, 1))
    if person.woman:
        # Some colour it.
        grey *= float(rng.random() < 0.6)
        brows = Brows(0.74 + 0.08 * thick - 0.08 * old, 0.9 + 0.1 * dense, 1.45 + 0.2 * lash)
        return Hair(style, colour, grey), _bounded(brows)
    brows = Brows(1.02 + 0.12 * thick + 0.3 * old, 1.0 + 0.12 * dense, 0.85 + 0.12 * lash)
    return Hair(style, colour, grey, beard), _bounded(brows)


def _bounded(brows: Brows) -> Brows:
    return Brows(
        float(np.clip(brows.thickness, 0.55, 1.6)),
        float(np.clip(brows.density, 0.5, 1.4)),
        float(np.clip(brows.lashes, 0.5, 2.0)),
    )
