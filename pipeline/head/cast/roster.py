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
_LONGEST = 10_000  # range of seeds


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
    seed = _seed(name)
    if seed is None:
        raise HeadError(
            f"'{name}' is no character", remedy=f"Write seed:N with N from 0 to {_MOST}",
            code="head.seed",
        )  # fmt: skip
    return random_character(seed)


def _seed(name: str) -> int | None:
    """N of ``seed:N``, None where it is none."""
    number = name.removeprefix(SEED_PREFIX)
    if not name.startswith(SEED_PREFIX) or re.fullmatch(r"\d{1,10}", number) is None:
        return None
    return int(number) if int(number) <= _MOST else None


def is_character(name: str) -> bool:
    """Whether a character has that name: one of the cast, or of a seed; draws none."""
    return name in CAST or _seed(name) is not None


def character_named(name: str) -> Character:
    """The character of that name or ``seed:N``.

    Raises
    ------
    HeadError
        If there is none; the error names those there are.
    """
    character = find_character(name)
    if character is None:
        raise HeadError(
            f"there is no character '{name[:200]}'; characters are: {', '.join(CAST)}",
            remedy=f"Name one of them, or {SEED_PREFIX}N for a random one", code="head.character",
        )  # fmt: skip
    return character


def characters_named(group: str) -> tuple[Character, ...]:
    """The characters of ``cast``, of ``seeds:A-B`` (both ends), or the one of a name.

    Raises
    ------
    HeadError
        If there are none of that name, or the range is none or too long.
    """
    if group == "cast":
        return tuple(CAST.values())
    if not group.startswith("seeds:"):
        return (character_named(group),)
    found = re.fullmatch(r"seeds:(\d{1,10})-(\d{1,10})", group)
    first, last = map(int, found.groups()) if found else (1, 0)
    if not first <= last <= _MOST or last - first >= _LONGEST:
        raise HeadError(
            f"'{group[:200]}' is no range of seeds",
            remedy=f"Write seeds:A-B, for example seeds:0-19, at most {_LONGEST} of them",
            code="head.seed",
        )  # fmt: skip
    return tuple(random_character(seed) for seed in range(first, last + 1))
