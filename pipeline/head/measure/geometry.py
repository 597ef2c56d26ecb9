"""What must not happen to the head's surfaces at any weights, measured.

Visible triangles don't turn inside out, lids don't cut into the eyeball, the lips don't cross
and teeth stay behind them: at each unit's full activation and on random combinations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.core.progress import Job, Progress
from pipeline.head.measure.antagonists import DIRECTED, POSES, random_expressions, unit_of
from pipeline.head.measure.inversion import InversionCheck, Inverted
from pipeline.head.measure.penetration import EYE_NAMES, Depth, EyeCheck, LipCheck, has_mouth
from pipeline.head.model import HeadModel

#: Limits: share of the face's visible triangles, and mm.
MOST_INVERTED = 0.001
DEEPEST = 0.5
COMBINATIONS = 500
SEED = 3
KINDS = ("inverted", "lid", "lips", "teeth")


@dataclass(frozen=True)
class GeometryFigures:
    """What one expression does to the head's surfaces.

    Parameters
    ----------
    weights : mapping of str to float
    inverted : Inverted
    lid, lips, teeth : Depth
        In the eyeball, each other, the lips and cheeks; 0 on heads without such parts.
    """

    weights: Mapping[str, float]
    inverted: Inverted
    lid: Depth
    lips: Depth
    teeth: Depth

    def value(self, kind: str) -> float:
        """Share of inverted triangles, or depth in mm, for one of `KINDS`."""
        return self.inverted.share if kind == "inverted" else float(getattr(self, kind).depth)

    def place(self, kind: str) -> tuple[float, float, float]:
        """Where it is worst, mm."""
        if kind != "inverted":
            place: tuple[float, float, float] = getattr(self, kind).place
            return place
        if not len(self.inverted.places):
            return (np.nan, np.nan, np.nan)
        x, y, z = self.inverted.places[0]
        return float(x), float(y), float(z)

    def passes(self, kind: str) -> bool:
        """Whether it keeps within the limit of that kind."""
        return self.value(kind) <= (MOST_INVERTED if kind == "inverted" else DEEPEST)


class GeometryCheck:
    """Measures the surfaces of one head.

    Parameters
    ----------
    model : HeadModel
    """

    def __init__(self, model: HeadModel) -> None:
        self._model = model
        self._inversion = InversionCheck(model)
        self._eyes = [EyeCheck(model, name) for name in EYE_NAMES if model.surface(name)]
        self._lips = LipCheck(model) if has_mouth(model) else None

    @property
    def kinds(self) -> tuple[str, ...]:
        """What can be measured on this head, of `KINDS`."""
        mouth = ("lips", "teeth") if self._lips else ()
        return ("inverted", *(("lid",) if self._eyes else ()), *mouth)

    def of(self, weights: Mapping[str, float]) -> GeometryFigures:
        """Figures of one expression."""
        vertices = self._model.deform(weights)[0]
        lids = [eye.of(vertices) for eye in self._eyes]
        return GeometryFigures(
            weights,
            self._inversion.of(vertices),
            max(lids, key=lambda lid: lid.depth, default=Depth()),
            self._lips.lips(vertices) if self._lips else Depth(),
            self._lips.teeth(vertices) if self._lips else Depth(),
        )


@dataclass(frozen=True)
class GeometryReport:
    """Figures of every unit and of the random combinations.

    Parameters
    ----------
    kinds : tuple of str
        What could be measured, of `KINDS`.
    units, combinations : tuple of GeometryFigures
        Each unit at full activation, both sides; random combinations.
    """

    kinds: tuple[str, ...]
    units: tuple[GeometryFigures, ...]
    combinations: tuple[GeometryFigures, ...]

    def worst(self, kind: str) -> list[GeometryFigures]:
        """All figures, worst of that kind first."""
        return sorted([*self.units, *self.combinations], key=lambda f: -f.value(kind))

    def failing(self, kind: str) -> int:
        """How many expressions go beyond the limit."""
        return sum(not f.passes(kind) for f in (*self.units, *self.combinations))


def full_units(model: HeadModel) -> dict[str, dict[str, float]]:
    """Each unit of the head at full activation, sides together: name to weights.

    Units whose two shapes are directions (the jaw to the left, to the right) come apart.
    """
    units: dict[str, dict[str, float]] = {}
    for control in model.controls:
        unit = unit_of(control)
        if unit is not None and unit not in POSES:
            name = control if unit in DIRECTED else f"AU{unit}"
            units.setdefault(name, {})[control] = 1.0
    return dict(sorted(units.items(), key=lambda item: (unit_of(item[0]) or 0, item[0])))


def measure_geometry(
    model: HeadModel, combinations: int = COMBINATIONS, seed: int = SEED
) -> Job[GeometryReport]:
    """Measure every unit at full activation and random combinations; yields progress."""
    check = GeometryCheck(model)
    units = []
    full = full_units(model)
    for name, weights in full.items():
        units.append(check.of(weights))
        yield Progress("units", len(units), len(full), name)
    made = []
    for weights in random_expressions(model.controls, combinations, seed):
        made.append(check.of(weights))
        yield Progress("combinations", len(made), combinations)
    return GeometryReport(check.kinds, tuple(units), tuple(made))
