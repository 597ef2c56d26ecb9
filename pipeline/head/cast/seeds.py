"""Random characters within anatomical bounds."""

from __future__ import annotations

from pipeline.head.cast.character import Character


def random_character(seed: int) -> Character:
    """The character of a seed, the same on every machine."""
    return Character(f"seed:{seed}", f"Seed {seed}")
