"""What the rooms of a random character share: sex, age and ancestry, drawn once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_OLDEST, _YOUNGEST = 78.0, 19.0


@dataclass(frozen=True)
class Person:
    """The traits that form, complexion and hair agree about.

    Parameters
    ----------
    feminine : float
        -1 a plainly male face to 1 a plainly female one; few lie about 0.
    age : float
        Years.
    african, asian, european : float
        Shares of ancestry, which sum to 1.
    """

    feminine: float
    age: float
    african: float
    asian: float
    european: float

    @property
    def woman(self) -> bool:
        """Which cuts, beards and lashes are drawn."""
        return self.feminine > 0


def draw_person(rng: np.random.Generator) -> Person:
    """Sex first, then age, then ancestry."""
    side = 1.0 if rng.random() < 0.5 else -1.0
    feminine = side * float(rng.uniform(0.55, 1.0))
    age = float(np.round(_YOUNGEST + (_OLDEST - _YOUNGEST) * rng.beta(1.2, 1.8), 1))
    african, asian, european = (float(share) for share in rng.dirichlet((0.45, 0.45, 0.55)))
    return Person(feminine, age, african, asian, european)
