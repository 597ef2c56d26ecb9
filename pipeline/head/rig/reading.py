"""The rig as JSON. Project files come from anywhere: every entry is looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from pipeline.core.errors import HeadError
from pipeline.head.rig import checks
from pipeline.head.rig.rig import Binding, FrozenShape, Manipulator, Rig, Target, Vector

_Entry = TypeVar("_Entry")
_LONGEST_TEXT = 200


def rig_as_data(rig: Rig) -> dict[str, Any]:
    """Plain lists, numbers and words: a key each for manipulators, shapes, bindings, head."""
    return {
        "manipulators": [_plain(asdict(one)) for one in rig.manipulators],
        "shapes": [_plain(asdict(shape)) for shape in rig.shapes],
        "bindings": [_plain(asdict(binding)) for binding in rig.bindings],
        "head": rig.head,
    }


def _plain(value: Any) -> Any:
    """Tuples as lists, as JSON brings them back."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def rig_of_data(data: object) -> Rig:
    """Rig from `rig_as_data`; keys that are not there are empty, unknown ones are left out.

    Raises
    ------
    HeadError
        Naming the entry that is wrong.
    """
    table = _Table(data, "the rig")
    rig = Rig(
        table.entries("manipulators", _manipulator, checks.MOST_MANIPULATORS),
        table.entries("shapes", _shape, checks.MOST_SHAPES),
        table.entries("bindings", _binding, checks.MOST_BINDINGS),
        table.text("head", ""),
    )
    return checks.check_rig(rig)


class _Table:
    """An object of the file, and where it stands there."""

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, dict):
            raise _wrong(where, f"it is {_kind(data)} instead of a table")
        self.data, self.where = data, where

    def text(self, key: str, default: str | None = None) -> str:
        value = self._get(key, default)
        if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
            raise _wrong(self.where, f"'{key}' is {_kind(value)} instead of a word")
        return value

    def number(self, key: str, default: float | None = None) -> float:
        return _number(self._get(key, default), self.where, key)

    def whole(self, key: str) -> int:
        return _whole(self._get(key, None), self.where, key)

    def flag(self, key: str, default: bool) -> bool:
        value = self._get(key, default)
        if not isinstance(value, bool):
            raise _wrong(self.where, f"'{key}' is {_kind(value)} instead of true or false")
        return value

    def numbers(self, key: str, count: int, default: tuple[float, ...] | None) -> list[float]:
        value = self._get(key, default)
        if not isinstance(value, list | tuple) or len(value) != count:
            raise _wrong(self.where, f"'{key}' is {_kind(value)} instead of {count} numbers")
        return [_number(v, self.where, key) for v in value]

    def vector(self, key: str) -> Vector:
        x, y, z = self.numbers(key, 3, (0.0, 0.0, 0.0))
        return x, y, z

    def rows(self, key: str, most: int) -> list[Any]:
        value = self._get(key, [])
        if not isinstance(value, list | tuple):
            raise _wrong(self.where, f"'{key}' is {_kind(value)} instead of a list")
        if len(value) > most:
            raise _wrong(self.where, f"'{key}' has {len(value):,} entries; at most {most:,} "
                         "are read")  # fmt: skip
        return list(value)

    def entries(self, key: str, make: Callable[[_Table], _Entry], most: int) -> tuple[_Entry, ...]:
        made = []
        for number, row in enumerate(self.rows(key, most), 1):
            name = row.get("name", row.get("control", "")) if isinstance(row, dict) else ""
            called = f" ('{name[:60]}')" if isinstance(name, str) and name else ""
            made.append(make(_Table(row, f"{self.where}, {key} {number}{called}")))
        return tuple(made)

    def _get(self, key: str, default: object) -> object:
        if key not in self.data:
            if default is None:
                raise _wrong(self.where, f"'{key}' is missing")
            return default
        return self.data[key]


def _manipulator(table: _Table) -> Manipulator:
    return Manipulator(
        table.text("name"),
        table.whole("point"),
        table.vector("offset"),
        table.number("radius"),
        table.text("falloff", "smooth"),  # type: ignore[arg-type]  # checked with the whole rig
        table.text("across", "surface"),  # type: ignore[arg-type]
        table.vector("move"),
        table.flag("mirrored", False),
        table.flag("muted", False),
    )


def _shape(table: _Table) -> FrozenShape:
    return FrozenShape(
        table.text("name"),
        table.entries("manipulators", _manipulator, checks.MOST_IN_SHAPE),
        table.number("scale", 1.0),
        table.text("side", ""),  # type: ignore[arg-type]
        table.flag("flipped", False),
        table.entries("targets", _target, checks.MOST_TARGETS),
        table.flag("replaces", False),
    )


def _target(table: _Table) -> Target:
    return Target(table.text("control"), table.number("gain", 1.0))


def _binding(table: _Table) -> Binding:
    points = table.rows("points", checks.POINTS)
    x, y = table.numbers("axis", 2, None)
    return Binding(
        table.text("control"),
        tuple(_whole(point, table.where, "points") for point in points),
        (x, y),
        table.number("gain", 1.0),
        table.number("smoothing", 0.0),
        table.flag("enabled", True),
    )


def _number(value: object, where: str, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(where, f"'{key}' is {_kind(value)} instead of a number")
    try:
        return float(value)
    except OverflowError as error:
        raise _wrong(where, f"'{key}' is too large a number") from error


def _whole(value: object, where: str, key: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 1_000_000:
        raise _wrong(where, f"'{key}' is {_kind(value)} instead of a point's number")
    return value


def _kind(value: object) -> str:
    """What something is, short enough to be shown."""
    if value is None or isinstance(value, bool | int | float):
        text = str(value) if not isinstance(value, int) or abs(value) < 10**12 else "a huge number"
        return text
    if isinstance(value, str):
        return f"'{value[:40]}'"
    if isinstance(value, list | tuple):
        return f"a list of {len(value):,}"
    return "a table" if isinstance(value, dict) else "something else"


def _wrong(where: str, what: str) -> HeadError:
    return HeadError(
        what, where=where, code="rig.data",
        remedy="Undo the last change of the rig or take an older copy of the project",
    )  # fmt: skip
