"""What a foreign shape's name says: an action unit, or one of ARKit's shapes, and its side."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pipeline.core.labels import AU_NAMES
from resources import resource

#: ARKit's 52 shapes (ARFaceAnchor.BlendShapeLocation) without their side.
SIDED_SHAPES = (
    "browDown", "browOuterUp", "cheekSquint", "eyeBlink", "eyeLookDown", "eyeLookIn",
    "eyeLookOut", "eyeLookUp", "eyeSquint", "eyeWide", "mouthDimple", "mouthFrown",
    "mouthLowerDown", "mouthPress", "mouthSmile", "mouthStretch", "mouthUpperUp", "noseSneer",
)  # fmt: skip
SINGLE_SHAPES = (
    "browInnerUp", "cheekPuff", "jawForward", "jawLeft", "jawOpen", "jawRight", "mouthClose",
    "mouthFunnel", "mouthLeft", "mouthPucker", "mouthRight", "mouthRollLower", "mouthRollUpper",
    "mouthShrugLower", "mouthShrugUpper", "tongueOut",
)  # fmt: skip

#: Gaze, beside the units of `AU_NAMES`.
GAZE = (61, 62, 63, 64)
UNITS = (*AU_NAMES, *GAZE)

Pairs = tuple[tuple[str, float], ...]

_SIDES = {"l": "L", "left": "L", "r": "R", "right": "R"}
_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ACTION_UNIT = re.compile(r"(?<![a-z])(?:au|facs)[ _.-]*0*(\d{1,2})(?!\d)", re.IGNORECASE)
_NUMBERED = re.compile(r"^0*(\d{1,2})[ _.-]+[a-z]", re.IGNORECASE)
_SIDE_LAST = re.compile(
    r"(?:(?:[ _.-]|(?<=\d))(?:[lrLR]|[Ll]eft|[Rr]ight|LEFT|RIGHT)|(?<=[a-z])(?:[LR]|Left|Right))$"
)
_SIDE_FIRST = re.compile(r"^(l|r|left|right)[ _.-]", re.IGNORECASE)


class Meaning(NamedTuple):
    """What a shape is: ``AU12`` or ``mouthSmile``, and ``"L"``, ``"R"`` or both (``""``)."""

    control: str
    side: str


def meaning(name: str) -> Meaning | None:
    """What a shape's name says by itself; None when nothing, or more than one thing.

    Prefixes of programs (``blendShape1.``, ``head_``, ``rig:``) don't matter.
    """
    name = name.strip()
    found = _arkit(name)
    return found if found is not None else _unit(name)


def _arkit(name: str) -> Meaning | None:
    tokens = [token.lower() for token in _TOKEN.findall(name)]
    table = _spellings()
    for start in range(len(tokens)):
        spelling = "".join(tokens[start:])
        if spelling in table:
            found = table[spelling]
            # "left_mouthSmile": the side may stand before.
            before = _SIDES.get(tokens[start - 1], "") if start else ""
            return Meaning(found.control, found.side or before)
    return None


@functools.cache
def _spellings() -> dict[str, Meaning]:
    table = {}
    for base in (*SIDED_SHAPES, *SINGLE_SHAPES):
        table[base.lower()] = Meaning(base, "")
        for word, side in _SIDES.items():
            table.setdefault(base.lower() + word, Meaning(base, side))
    return table


def _unit(name: str) -> Meaning | None:
    last = re.split(r"[:|]", name)[-1]
    units = {int(number) for number in _ACTION_UNIT.findall(last)}
    if not units and (match := _NUMBERED.match(last.rpartition(".")[2])):
        units = {int(match[1])}
    if len(units) != 1 or (unit := units.pop()) not in UNITS:
        return None
    if match := _SIDE_LAST.search(last):
        return Meaning(f"AU{unit}", _SIDES[match[0].strip(" _.-").lower()])
    match = _SIDE_FIRST.search(last)
    return Meaning(f"AU{unit}", _SIDES[match[1].lower()] if match else "")


def arkit_name(base: str, side: str) -> str:
    """Apple's name: ``mouthSmileLeft``."""
    return base + {"L": "Left", "R": "Right", "": ""}[side]


@functools.cache
def unit_rows() -> dict[str, Pairs]:
    """The shipped table: ``AU12`` or ``AU61_L`` to ARKit's shapes and gains."""
    document = json.loads(resource("data/arkit.json").read_text("utf-8"))
    return {
        unit: tuple((str(shape), float(gain)) for shape, gain in pairs)
        for unit, pairs in document["rows"].items()
    }


def proposed(shapes: Iterable[str]) -> dict[str, Pairs]:
    """Drives for shapes by what their names say: action units, and ARKit's names.

    A unit that has shapes of its own uses them; the others go through the shipped table.
    """
    known: dict[Meaning, str] = {}
    for shape in shapes:
        found = meaning(shape)
        if found is not None:
            known.setdefault(found, shape)
    drives: dict[str, Pairs] = {}
    for (control, side), shape in known.items():
        if control.startswith("AU"):
            drives[f"{control}_{side}" if side else control] = ((shape, 1.0),)
        else:
            drives[arkit_name(control, side)] = ((shape, 1.0),)
            if side and Meaning(control, "") not in known and control in SINGLE_SHAPES:
                both = (known.get(Meaning(control, "L")), known.get(Meaning(control, "R")))
                drives[control] = tuple((name, 1.0) for name in both if name is not None)
    for unit, pairs in unit_rows().items():
        for control, own in _served(unit, pairs, known).items():
            if not _has_own(control, known):
                drives.setdefault(control, own)
    _arkit_by_units(known, drives)
    _units_by_arkit(drives)
    return drives


def _has_own(control: str, known: Mapping[Meaning, str]) -> bool:
    unit, _, side = control.partition("_")
    sides = (side, "") if side else ("", "L", "R")
    return any(Meaning(unit, s) in known for s in sides)


def _served(unit: str, pairs: Pairs, known: Mapping[Meaning, str]) -> dict[str, Pairs]:
    """Controls that a row of the table gives with the shapes there are."""
    if "_" in unit:
        found = [(known.get(Meaning(*shape.split("_"))), gain) for shape, gain in pairs
                 if "_" in shape]  # fmt: skip
        found += [(known.get(Meaning(shape, "")), gain) for shape, gain in pairs
                  if "_" not in shape]  # fmt: skip
        kept = tuple((name, gain) for name, gain in found if name is not None)
        return {unit: kept} if kept else {}
    sided: dict[str, list[tuple[str, float]]] = {"L": [], "R": []}
    single = []
    for base, gain in pairs:
        if (whole := known.get(Meaning(base, ""))) is not None:
            single.append((whole, gain))
            continue
        for side, into in sided.items():
            if (half := known.get(Meaning(base, side))) is not None:
                into.append((half, gain))
    if not any(sided.values()):
        return {unit: tuple(single)} if single else {}
    # A shape of both sides is half each side's: together they give it once.
    halves = [(name, gain / 2) for name, gain in single]
    return {f"{unit}_{side}": (*own, *halves) for side, own in sided.items() if own}


def _arkit_by_units(known: Mapping[Meaning, str], drives: dict[str, Pairs]) -> None:
    """ARKit's names for a head whose shapes are action units, where one is the other."""
    for unit, pairs in unit_rows().items():
        if len(pairs) != 1 or pairs[0][1] != 1.0:
            continue
        shape, row_side = (*pairs[0][0].split("_"), "")[:2]
        sides = (row_side,) if row_side else ("", "L", "R")
        for side in sides:
            own = known.get(Meaning(unit.partition("_")[0], side))
            if own is not None:
                drives.setdefault(arkit_name(shape, side), ((own, 1.0),))


def _units_by_arkit(drives: dict[str, Pairs]) -> None:
    """Units that mean the shape of another one, as a blink means closed eyes."""
    served = {control.partition("_")[0] for control in drives}
    for unit, pairs in unit_rows().items():
        number, _, row_side = unit.partition("_")
        if number in served or len(pairs) != 1:
            continue
        (shape, gain), side_of = pairs[0], pairs[0][0].partition("_")[2]
        for side in (side_of,) if row_side else ("", "L", "R"):
            found = drives.get(arkit_name(shape.partition("_")[0], side))
            if found is not None:
                control = f"{number}_{row_side or side}".rstrip("_")
                drives[control] = tuple((name, g * gain) for name, g in found)
