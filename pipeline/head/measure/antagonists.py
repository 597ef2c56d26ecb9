"""Which action units exclude each other, and random expressions that keep to it.

Sources: P. Ekman, W. V. Friesen, J. C. Hager, *Facial Action Coding System* (2002): the
muscular basis of each unit and its alternates (units of which one may be scored, such as
25 / 26 / 27 or 51 / 52). Units that FACS scores together (1+4, 5+7, 12+20, 17+24, 23+25, 26+28)
are not antagonists, though their muscles differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

#: (units, units, why not together).
_EXCLUDE: tuple[tuple[tuple[int, ...], tuple[int, ...], str], ...] = (
    ((5,), (43, 45, 46), "the lid raiser contracts in 5 and is relaxed in 43, 45 and 46"),
    ((43,), (45, 46), "three lengths of one closure"),
    ((45,), (46,), "three lengths of one closure"),
    ((12, 13), (15,), "zygomatics and caninus raise the corner that triangularis lowers"),
    ((18, 22), (12, 13, 14, 20), "the lips' corners are drawn inwards or outwards"),
    ((16,), (17,), "the lower lip is drawn down or pushed up"),
    ((16,), (24, 28), "the lower lip is drawn down or pressed and sucked in"),
    ((10,), (24, 28), "the upper lip is drawn up or pressed and sucked in"),
    ((22,), (23, 24, 28), "the lips turn outwards or are tightened, pressed, sucked in"),
    ((18,), (28,), "the lips are pushed out or sucked in"),
    ((24,), (25, 26, 27), "pressed lips are closed lips"),
    ((28,), (25, 27), "sucked-in lips cover the teeth"),
    ((23, 24), (28,), "alternates: what the lips' sphincter does"),
    ((23,), (24,), "alternates: tightened, or pressed as well"),
    ((25,), (26, 27), "alternates: 26 and 27 part the lips of themselves"),
    ((26,), (27,), "alternates: the jaw dropped, or drawn down"),
    ((33,), (24, 28, 34), "blowing lets the air out between the lips"),
    ((34,), (16, 18, 22, 25, 26, 27, 28), "puffed cheeks need lips that hold the air"),
    ((33,), (26, 27, 28), "blowing needs lips nearly closed, that hold the pressure"),
    ((27,), (17, 18, 22, 23), "the mouth stretched open leaves the sphincter no room"),
    ((29,), (27,), "the jaw goes forward or down its whole way"),
    ((30,), (27,), "the jaw goes sideways or down its whole way"),
    ((61,), (62,), "eyes left or right"),
    ((63,), (64,), "eyes up or down"),
    ((51,), (52,), "head left or right"),
    ((53,), (54,), "head up or down"),
    ((55,), (56,), "head tilted left or right"),
)

#: Pairs of units that exclude each other, and why.
ANTAGONISTS: Mapping[frozenset[int], str] = {
    frozenset((one, other)): why for some, rest, why in _EXCLUDE for one in some for other in rest
}
#: Units whose two shapes are two directions of one motion and not two sides.
DIRECTED = frozenset({30})
#: Turns of the whole head deform nothing (51 to 58).
POSES = frozenset(range(51, 59))
_MOST_UNITS = 5
_LEAST_WEIGHT = 0.2


def unit_of(name: str) -> int | None:
    """Number of a shape's action unit: 12 of ``"AU12_L"``; None for other names."""
    number = name.partition("_")[0].removeprefix("AU")
    return int(number) if name.startswith("AU") and number.isdigit() else None


def compatible(unit: int, others: Iterable[int]) -> bool:
    """Whether a unit can be shown together with all of the others."""
    return all(frozenset((unit, other)) not in ANTAGONISTS for other in others)


def random_expressions(
    controls: Iterable[str], count: int, seed: int
) -> Iterator[dict[str, float]]:
    """Weights of random combinations of two to five units that don't exclude each other.

    Parameters
    ----------
    controls : iterable of str
        Names that the head knows; only action units are used.
    count, seed : int
        The same seed gives the same combinations on heads with the same controls.
    """
    sides: dict[int, list[str]] = {}
    for name in sorted(controls):
        unit = unit_of(name)
        if unit is not None and unit not in POSES:
            sides.setdefault(unit, []).append(name)
    rng = np.random.default_rng(seed)
    for _ in range(count):
        chosen: list[int] = []
        wanted = int(rng.integers(2, _MOST_UNITS + 1))
        for unit in rng.permutation(sorted(sides)).tolist():
            if compatible(unit, chosen):
                chosen.append(unit)
            if len(chosen) == wanted:
                break
        weights: dict[str, float] = {}
        for unit in chosen:
            names = sides[unit]
            if unit in DIRECTED:
                names = [names[int(rng.integers(len(names)))]]
            weights |= _weighed(names, rng)
        yield weights


def _weighed(names: list[str], rng: np.random.Generator) -> dict[str, float]:
    """Both sides alike, both sides apart, or one side only."""
    values = rng.uniform(_LEAST_WEIGHT, 1.0, len(names))
    way = rng.integers(3)
    if len(names) > 1 and way == 0:
        values[:] = values[0]
    elif len(names) > 1 and way == 1:
        values[int(rng.integers(len(names)))] = 0.0
    return {name: round(float(v), 3) for name, v in zip(names, values, strict=True) if v > 0}
