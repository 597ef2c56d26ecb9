"""Identity as a smooth warp of space: everything that is bound to the sculpt follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.head.cast.character import Character

if TYPE_CHECKING:
    from pipeline.head.model import HeadModel


def shaped(model: HeadModel, character: Character) -> HeadModel:
    """The sculpt's head with a character's form: neutral, shapes, correctives, eyes."""
    return model
