"""The seven-part control rig (Xu 2025, Table 1), out of ``resources/data/control_rig.json``."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.core.errors import FaceError
from pipeline.core.tracks import CONTROLS, PARTS, is_unit
from pipeline.face.anatomy import N_KEY_POINTS
from resources import resource

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Mover:
    """A soft modification: the surface around a capture point goes along with it.

    Parameters
    ----------
    point : int
        Capture point, 0 to 69.
    move : 3 floats
        x to the subject's left, y up, z forward, IOD.
    radius : float
        Where its effect ends, IOD.
    """

    point: int
    move: Vector
    radius: float


@dataclass(frozen=True)
class Direction:
    """One direction of a control, weight 1 (or -1) being all of it.

    Parameters
    ----------
    range : float
        Mean motion of the control's points along its axis at full weight, IOD, positive;
        measured on the built-in head.
    units : mapping of str to float
        Action units that make the motion, with their gain, where a head has them all.
    movers : tuple of Mover
        What makes it otherwise.
    """

    range: float
    units: Mapping[str, float]
    movers: tuple[Mover, ...]


@dataclass(frozen=True)
class Control:
    """A control of the rig.

    Parameters
    ----------
    name : str
        One of `pipeline.core.tracks.CONTROLS`.
    part : str
        One of `pipeline.core.tracks.PARTS`.
    paper : tuple of int
        Indices as Xu's Table 1 prints them.
    points : tuple of int
        Capture points that do it: dlib's 0-67, 68 right cheek, 69 left cheek.
    axis : 2 floats
        Positive direction in the frontal picture: x to the image's right, y up; of length 1.
    up, down : Direction
        Positive and negative weights.
    """

    name: str
    part: str
    paper: tuple[int, ...]
    points: tuple[int, ...]
    axis: tuple[float, float]
    up: Direction
    down: Direction

    def iod(self, weight: float) -> float:
        """Motion along the axis at a weight, IOD."""
        return weight * (self.up.range if weight >= 0 else self.down.range)

    def weight(self, iod: float) -> float:
        """Weight of a motion along the axis in IOD, not clipped; inverse of `iod`."""
        return iod / (self.up.range if iod >= 0 else self.down.range)


@functools.cache
def control_table() -> Mapping[str, Control]:
    """The shipped table by control, in the order of `CONTROLS`."""
    return read_controls(json.loads(resource("data/control_rig.json").read_text("utf-8")))


def read_controls(data: object) -> Mapping[str, Control]:
    """Table out of parsed JSON.

    Raises
    ------
    FaceError
        Naming the entry that is not right, or a control that is missing.
    """
    entries = data.get("controls") if isinstance(data, dict) else None
    if not isinstance(entries, list):
        raise _wrong("the table", "it has no list 'controls'")
    table: dict[str, Control] = {}
    for place, entry in enumerate(entries):
        name = entry.get("name") if isinstance(entry, dict) else None
        where = str(name or f"entry {place}")
        try:
            control = _control(entry)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise _wrong(where, str(error)) from error
        if control.name in table:
            raise _wrong(where, "it is there twice")
        table[control.name] = control
    if missing := [name for name in CONTROLS if name not in table]:
        raise _wrong(", ".join(missing), "missing")
    return {name: table[name] for name in CONTROLS}


def _wrong(where: str, why: str) -> FaceError:
    return FaceError(
        f"The control rig's table is not right: {why}", where=where, code="face.control_rig"
    )


def _control(entry: Mapping[str, Any]) -> Control:
    name, part = str(entry["name"]), str(entry["part"])
    if name not in PARTS.get(part, ()):
        raise ValueError(f"'{name}' is no control of the part '{part}'")
    axis = _numbers(entry["axis"], 2)
    if not math.isclose(math.hypot(*axis), 1.0, abs_tol=1e-6):
        raise ValueError("the axis is not of length 1")
    points = tuple(_point(p) for p in entry["points"])
    if not points:
        raise ValueError("no points")
    return Control(
        name, part, tuple(int(p) for p in entry["paper"]), points, (axis[0], axis[1]),
        _direction(entry["up"]), _direction(entry["down"]),
    )  # fmt: skip


def _direction(entry: Mapping[str, Any]) -> Direction:
    units = {str(unit): float(gain) for unit, gain in entry["units"].items()}
    if strange := [unit for unit, gain in units.items() if not is_unit(unit) or not gain > 0]:
        raise ValueError(f"'{strange[0]}' is no action unit with a gain")
    movers = tuple(_mover(mover) for mover in entry["movers"])
    if not movers:
        raise ValueError("no movers")
    return Direction(_positive(entry["range"], "range"), units, movers)


def _mover(entry: Mapping[str, Any]) -> Mover:
    x, y, z = _numbers(entry["move"], 3)
    return Mover(_point(entry["point"]), (x, y, z), _positive(entry["radius"], "radius"))


def _point(value: object) -> int:
    if not isinstance(value, int) or not 0 <= value < N_KEY_POINTS:
        raise ValueError(f"{value!r} is no capture point")
    return value


def _positive(value: Any, what: str) -> float:
    number = float(value)
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"the {what} {value!r} is not above 0")
    return number


def _numbers(values: Any, count: int) -> tuple[float, ...]:
    numbers = tuple(float(value) for value in values)
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        raise ValueError(f"{values!r} are not {count} numbers")
    return numbers
