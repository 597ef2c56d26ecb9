"""The named cast, and characters by seed."""

from __future__ import annotations

import re

from pipeline.core.errors import HeadError
from pipeline.head.cast.character import Brows, Character, Complexion, Hair
from pipeline.head.cast.complexions import COMPLEXIONS
from pipeline.head.cast.cuts import CUTS
from pipeline.head.cast.forms import FORMS
from pipeline.head.cast.seeds import random_character

#: ``seed:12`` is the twelfth random character.
SEED_PREFIX = "seed:"
_MOST = 2**32 - 1


def _member(name: str, age: float) -> Character:
    complexion, iris = COMPLEXIONS.get(name, (Complexion(), "brown"))
    hair, brows = CUTS.get(name, (Hair(), Brows()))
    return Character(
        name, name.capitalize(), FORMS.get(name, ()), age, complexion, hair, brows, iris
    )


#: Named characters and their ages; ``builtin`` is the sculpt as it was made.
_AGES = {
    "builtin": 27.0, "ada": 24.0, "bao": 34.0, "chidi": 29.0, "dolores": 65.0, "einar": 70.0,
    "farah": 31.0, "grace": 45.0,
}  # fmt: skip

CAST: dict[str, Character] = {name: _member(name, age) for name, age in _AGES.items()}


def find_character(name: str) -> Character | None:
    """The character of that name or ``seed:N``; None where it names none.

    Raises
    ------
    HeadError
        If it is ``seed:`` and no number in [0, 2^32).
    """
    if not name.startswith(SEED_PREFIX):
        return CAST.get(name)
    number = name.removeprefix(SEED_PREFIX)
    if re.fullmatch(r"\d{1,10}", number) is None or int(number) > _MOST:
        raise HeadError(
            f"'{name}' is no character", remedy=f"Write seed:N with N from 0 to {_MOST}",
            code="head.seed",
        )  # fmt: skip
    return random_character(int(number))
