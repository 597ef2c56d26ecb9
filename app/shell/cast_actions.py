"""What a person can do about who the head is: one of the cast, or a random character."""

from __future__ import annotations

import random
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.shell.head_actions import HeadActions
from app.state import Document
from pipeline.head.cast import CAST, SEED_PREFIX, Character, find_character, is_character
from widgets.head.cast_strip import Face

#: Random characters that are offered again.
MOST_RECENT = 4
#: Random seeds are small numbers, which people can read out to each other.
_DICE = 10_000
_RECENT = "head/seeds"


class CastActions(QObject):
    """Chooses characters for the project; each choice is one undo.

    Signals
    -------
    changed()
        Another head is chosen.
    """

    changed = Signal()

    def __init__(self, document: Document, head: HeadActions) -> None:
        super().__init__(head)
        self._document, self._head = document, head
        head.changed.connect(self.changed)

    @property
    def current(self) -> str:
        """The project's head: a character's name, or the path of a head from a file."""
        return self._head.head

    @property
    def seed(self) -> int | None:
        """The seed of the project's character, None where it is no random one."""
        return seed_of(self.current)

    def faces(self) -> Sequence[Face]:
        """The cast."""
        return [self._face(character) for character in CAST.values()]

    def recent(self) -> Sequence[Face]:
        """Random characters used last, the one shown now among them."""
        seeds = self._recent_seeds()
        if self.seed is not None and self.seed not in seeds:
            seeds = [self.seed, *seeds][:MOST_RECENT]
        found = (find_character(f"{SEED_PREFIX}{seed}") for seed in seeds)
        return [self._face(character) for character in found if character is not None]

    def _face(self, character: Character) -> Face:
        words = self.tr("{title}, {age} years").format(
            title=character.title, age=round(character.age)
        )
        if character.name == "builtin":
            words = self.tr("The sculpt as it was made")
        return Face(character.name, character.title, words)

    def _recent_seeds(self) -> list[int]:
        kept = self._document.settings.value(_RECENT, [])
        named = (f"{SEED_PREFIX}{seed}" for seed in kept if isinstance(seed, int))
        return [seed for name in named if (seed := seed_of(name)) is not None][:MOST_RECENT]

    def choose(self, name: str) -> None:
        """Make a character the project's head; the old head stays until it is there."""
        seed = seed_of(name)
        if seed is not None and self._document.store is not None:
            # One that is listed keeps its place: tiles do not jump under the hand.
            seeds = self._recent_seeds()
            if seed not in seeds:
                self._document.settings.set_value(_RECENT, [seed, *seeds][:MOST_RECENT])
        self._head.use(name)

    def choose_seed(self, seed: int) -> None:
        """Make the random character of a seed the project's head."""
        self.choose(f"{SEED_PREFIX}{seed}")

    def random(self) -> None:
        """A random character that is not shown now."""
        seed = random.randrange(_DICE)
        self.choose_seed(seed + 1 if seed == self.seed else seed)

    def step_seed(self, by: int) -> None:
        """Go to a neighbouring seed."""
        if self.seed is not None and is_character(f"{SEED_PREFIX}{self.seed + by}"):
            self.choose_seed(self.seed + by)

    def next(self) -> None:
        """The next of the cast, or the next seed."""
        self._step(1)

    def previous(self) -> None:
        """The one before."""
        self._step(-1)

    def _step(self, by: int) -> None:
        if self.seed is not None:
            self.step_seed(by)
            return
        names = list(CAST)
        here = names.index(self.current) if self.current in CAST else -by if by > 0 else 0
        self.choose(names[(here + by) % len(names)])


def seed_of(name: str) -> int | None:
    """The seed of ``seed:N``, None for any other name."""
    if not name.startswith(SEED_PREFIX) or not is_character(name):
        return None
    return int(name.removeprefix(SEED_PREFIX))
