"""How a head makes the motions of the seven-part control rig: by anatomy, or by manipulators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.face.control_table import Direction, control_table
from pipeline.head.muscles.controls import Drives, complete, controls_of
from pipeline.head.rig.rig import Manipulator

if TYPE_CHECKING:
    from pipeline.head.model import HeadModel


def control_motions(model: HeadModel) -> tuple[Drives, dict[str, tuple[Manipulator, ...]]]:
    """What moves a head at weight 1 and at weight -1 of each control.

    Where the head has all the action units of a direction (the jaw, the lids, the inner brows)
    they make it, with their correctives; manipulators make the rest.

    Parameters
    ----------
    model : HeadModel
        Built in or foreign.

    Returns
    -------
    drives : mapping of str to tuple of (shape, gain)
        Of control ``N`` (weight 1) and ``-N`` (weight -1): shapes the head has.
    manipulators : dict of str to tuple of Manipulator
        Of all other directions, by the same names.
    """
    known = complete(model.drives, model.shape_names)
    drives: dict[str, tuple[tuple[str, float], ...]] = {}
    soft: dict[str, tuple[Manipulator, ...]] = {}
    for name, control in control_table().items():
        for key, direction in ((name, control.up), (f"-{name}", control.down)):
            pairs = _anatomy(direction, known)
            if pairs:
                drives[key] = pairs
            else:
                soft[key] = _manipulators(key, direction)
    return drives, soft


def _anatomy(direction: Direction, known: Drives) -> tuple[tuple[str, float], ...]:
    pairs: list[tuple[str, float]] = []
    for unit, gain in direction.units.items():
        found = controls_of(unit, known)
        if not found:
            return ()
        pairs += [(shape, gain * own) for control in found for shape, own in known[control]]
    return tuple(pairs)


def _manipulators(key: str, direction: Direction) -> tuple[Manipulator, ...]:
    return tuple(
        Manipulator(f"{key}_{mover.point}", mover.point, radius=mover.radius, move=mover.move)
        for mover in direction.movers
    )
