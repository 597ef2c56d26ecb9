"""The named cast, and characters by seed."""

from __future__ import annotations

import re

from pipeline.core.errors import HeadError
from pipeline.head.cast.character import Character
from pipeline.head.cast.seeds import random_character

#: ``seed:12`` is the twelfth random character.
SEED_PREFIX = "seed:"
_MOST = 2**32 - 1

#: Named characters; ``builtin`` is the sculpt as it was made.
CAST: dict[str, Character] = {
    character.name: character
    for character in (
        Character("builtin", "Builtin"),
        Character("ada", "Ada"),
        Character("bao", "Bao"),
        Character("chidi", "Chidi"),
        Character("dolores", "Dolores"),
        Character("einar", "Einar"),
        Character("farah", "Farah"),
        Character("grace", "Grace"),
    )
}


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
