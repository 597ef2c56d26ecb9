"""Characters of the one sculpt: who they are, and how the sculpt becomes them."""

from pipeline.head.cast.character import Brows, Character, Complexion, Hair
from pipeline.head.cast.roster import (
    CAST,
    SEED_PREFIX,
    character_named,
    characters_named,
    find_character,
    is_character,
)

__all__ = [
    "CAST",
    "SEED_PREFIX",
    "Brows",
    "Character",
    "Complexion",
    "Hair",
    "character_named",
    "characters_named",
    "find_character",
    "is_character",
]
