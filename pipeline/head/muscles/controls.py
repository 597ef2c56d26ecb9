"""Names that move a head: action units by FACS number, ARKit's shapes, and what they drive."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

#: What each control moves: shapes by name, with a gain.
Drives: TypeAlias = Mapping[str, tuple[tuple[str, float], ...]]

_UNIT = re.compile(r"AU(\d{1,2})(?:_([LR]))?")


def controls_of(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Controls that a weight of that name sets; empty when there is none.

    ``AU12`` sets both sides where they are apart; a side of a unit that has none sets the unit.

    Parameters
    ----------
    name : str
        As in a table or a project: ``"AU12"``, ``"AU12_L"``, ``"jawOpen"``.
    known : iterable of str
        The head's controls.
    """
    known = known if isinstance(known, (set, frozenset, dict)) else set(known)
    if name in known:
        return (name,)
    match = _UNIT.fullmatch(name)
    if match is None:
        return ()
    unit = f"AU{int(match[1])}"
    wanted = (unit,) if match[2] else (f"{unit}_L", f"{unit}_R")
    return tuple(control for control in wanted if control in known)


def complete(drives: Drives, shapes: Sequence[str]) -> dict[str, tuple[tuple[str, float], ...]]:
    """The drives with every shape as a control of its own name added.

    Raises
    ------
    ValueError
        If a drive names a shape that the head does not have.
    """
    unknown = {shape for pairs in drives.values() for shape, _ in pairs} - set(shapes)
    if unknown:
        raise ValueError(f"drives name shapes the head does not have: {sorted(unknown)}")
    return {shape: ((shape, 1.0),) for shape in shapes} | dict(drives)
