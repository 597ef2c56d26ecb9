"""Characters of the one sculpt: who they are, and how the sculpt becomes them."""

from pipeline.head.cast.character import Brows, Character, Complexion, Hair
from pipeline.head.cast.roster import CAST, SEED_PREFIX, find_character

__all__ = ["CAST", "SEED_PREFIX", "Brows", "Character", "Complexion", "Hair", "find_character"]
