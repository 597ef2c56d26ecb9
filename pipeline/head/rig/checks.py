"""What a rig may be: limits and names, said in words that tell what to do."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from pipeline.core.errors import HeadError
from pipeline.core.tracks import CONTROLS, is_track, is_unit
from pipeline.head.muscles.arkit import ARKIT
from pipeline.head.muscles.posture import POSTURES
from pipeline.head.rig.capture import POINTS
from pipeline.head.rig.rig import ACROSS, FALLOFFS, Binding, FrozenShape, Manipulator, Rig, Target

#: IOD: no falloff is larger than the head, no place or move further than a head away.
LEAST_RADIUS, MOST_RADIUS = 0.01, 2.5
FARTHEST = 2.5
MOST_SCALE, MOST_GAIN, MOST_SMOOTHING = 100.0, 10.0, 10.0
MOST_MANIPULATORS, MOST_SHAPES, MOST_BINDINGS, MOST_TARGETS = 500, 300, 200, 60
#: Manipulators in one shape, and in all of them.
MOST_IN_SHAPE, MOST_FROZEN = 200, 5000
_LONGEST_NAME = 40
#: A folder of OBJ files has these for the face at rest and for identities.
_RESERVED = re.compile(r"neutral|basemesh|base_mesh|^(base|basis|default|rest|identity\d+)$|^corr_"
                       r"|^(con|prn|aux|nul|com\d|lpt\d)$",
                       re.IGNORECASE)  # fmt: skip
_ARKIT = {name.lower() for name in ARKIT}


def check_rig(rig: Rig) -> Rig:
    """The rig, if everything in it is allowed.

    Raises
    ------
    HeadError
        Naming the entry and what to do.
    """
    _few(rig.manipulators, MOST_MANIPULATORS, "manipulators")
    _few(rig.shapes, MOST_SHAPES, "shapes")
    _few(rig.bindings, MOST_BINDINGS, "bindings")
    _few([one for s in rig.shapes for one in s.manipulators], MOST_FROZEN, "frozen manipulators")
    _apart((one.name for one in rig.manipulators), "manipulator")
    _apart((shape.name for shape in rig.shapes), "shape")
    for one in rig.manipulators:
        check_manipulator(one)
    for shape in rig.shapes:
        check_shape(shape)
    for binding in rig.bindings:
        _check_binding(binding)
    return rig


def check_manipulator(one: Manipulator, *, inside: str = "") -> Manipulator:
    """The manipulator, if it is allowed; `inside` is the shape that holds it.

    Raises
    ------
    HeadError
    """
    where = f"shape '{inside}', manipulator '{one.name}'" if inside else f"manipulator '{one.name}'"
    if not one.name.strip() or len(one.name) > _LONGEST_NAME or not one.name.isprintable():
        raise _wrong(where, "its name is empty or too long", "name",
                     f"Name it with 1 to {_LONGEST_NAME} letters")  # fmt: skip
    if not 0 <= one.point < POINTS:
        raise _wrong(where, f"there is no capture point {one.point}", "point",
                     f"Points are numbered from 0 to {POINTS - 1}")  # fmt: skip
    if not (math.isfinite(one.radius) and one.radius >= LEAST_RADIUS):
        raise _wrong(where, f"a falloff radius of {one.radius:g} reaches nothing", "radius",
                     f"Make it at least {LEAST_RADIUS:g} of the distance of the eyes")  # fmt: skip
    if one.radius > MOST_RADIUS:
        raise _wrong(where, f"a falloff radius of {one.radius:g} is larger than the head", "radius",
                     f"Make it at most {MOST_RADIUS:g} of the distance of the eyes")  # fmt: skip
    for vector, what in ((one.offset, "place"), (one.move, "move")):
        if not all(math.isfinite(c) and abs(c) <= FARTHEST for c in vector):
            raise _wrong(where, f"its {what} {vector} is further than a head away", what,
                         f"Keep each number within {FARTHEST:g}")  # fmt: skip
    if one.falloff not in FALLOFFS:
        raise _wrong(where, f"there is no falloff '{one.falloff}'", "falloff",
                     f"Use one of {', '.join(FALLOFFS)}")  # fmt: skip
    if one.across not in ACROSS:
        raise _wrong(where, f"nothing reaches along '{one.across}'", "across",
                     f"Use one of {', '.join(ACROSS)}")  # fmt: skip
    return one


def check_shape(shape: FrozenShape) -> FrozenShape:
    """The frozen shape, if it is allowed.

    Raises
    ------
    HeadError
    """
    where = f"shape '{shape.name}'"
    check_shape_name(shape.name)
    _few(shape.manipulators, MOST_IN_SHAPE, f"manipulators in {where}")
    _few(shape.targets, MOST_TARGETS, f"targets of {where}")
    for one in shape.manipulators:
        check_manipulator(one, inside=shape.name)
    if not math.isfinite(shape.scale) or abs(shape.scale) > MOST_SCALE:
        raise _wrong(where, f"a scale of {shape.scale:g} is out of range", "scale",
                     f"Keep it within {MOST_SCALE:g}")  # fmt: skip
    if shape.side not in ("", "L", "R"):
        raise _wrong(where, f"there is no side '{shape.side}'", "side", "Use L, R or nothing")
    if shape.scale == 0 or not any(any(m.move) for m in shape.manipulators if not m.muted):
        raise _wrong(where, "it moves nothing", "still",
                     "Move a manipulator that is not muted, then freeze it again")  # fmt: skip
    for target in shape.targets:
        check_target(target, where)
    return shape


def check_target(target: Target, where: str) -> Target:
    """The target, if it is allowed: a control's name and a gain above 0.

    Raises
    ------
    HeadError
    """
    if not is_track(target.control):
        raise _wrong(where, f"'{target.control[:60]}' is no control's name", "target",
                     "Map it to an action unit such as AU12 or to an ARKit name")  # fmt: skip
    if not (math.isfinite(target.gain) and 0 < target.gain <= MOST_GAIN):
        raise _wrong(where, f"a gain of {target.gain:g} on {target.control} is out of range",
                     "gain", f"Keep it above 0 and at most {MOST_GAIN:g}")  # fmt: skip
    return target


def check_shape_name(name: str, others: Iterable[str] = (), head: Iterable[str] = ()) -> None:
    """Refuse a name that a shape cannot have.

    Parameters
    ----------
    others : iterable of str
        Names of the rig's other shapes.
    head : iterable of str
        The head's own controls (`HeadModel.controls`).

    Raises
    ------
    HeadError
    """
    problem = name_problem(name, others, head)
    if problem:
        what, remedy = problem
        raise HeadError(
            what, where=f"shape '{name[:60]}'", remedy=remedy, code="rig.name", name=name
        )


def name_problem(
    name: str, others: Iterable[str] = (), head: Iterable[str] = ()
) -> tuple[str, str] | None:
    """What is wrong with a shape's name and what to do about it; None if it can be had."""
    lower = name.lower()
    if not is_track(name):
        return ("this is no name for a shape",
                f"Use a letter, then up to {_LONGEST_NAME - 1} letters, digits and _")  # fmt: skip
    if lower in {other.lower() for other in others}:
        return "another shape has this name already", "Choose another name"
    if is_unit(name) or name in CONTROLS or name in POSTURES or lower in _ARKIT:
        return "a control has this name already", "Choose another name, then map it to that control"
    if lower in {control.lower() for control in head}:
        return "a shape of the head has this name already", "Choose another name"
    if _RESERVED.search(name):
        return "files of heads use this name for something else", "Choose another name"
    return None


def check_on_head(radius: float, head_height: float, iod: float, name: str = "") -> None:
    """Refuse a falloff radius (IOD) larger than a head of that height (mm).

    Raises
    ------
    HeadError
    """
    if radius * iod > head_height:
        raise _wrong(f"manipulator '{name}'", f"a falloff radius of {radius:g} is larger than the "
                     "head", "radius", f"Make it at most {head_height / iod:.2g} of the distance "
                     "of the eyes")  # fmt: skip


def _check_binding(binding: Binding) -> None:
    where = f"binding of '{binding.control[:60]}'"
    if not is_track(binding.control):
        raise _wrong(where, "this is no control's name", "binding", "Name a control or a shape")
    if not binding.points or len(binding.points) > POINTS:
        raise _wrong(where, f"it follows {len(binding.points)} points", "binding",
                     f"Choose 1 to {POINTS} capture points")  # fmt: skip
    if not all(0 <= point < POINTS for point in binding.points):
        raise _wrong(where, f"points {binding.points} are not all capture points", "point",
                     f"Points are numbered from 0 to {POINTS - 1}")  # fmt: skip
    if not 0.5 < math.hypot(*binding.axis) < 2.0:
        raise _wrong(where, f"{binding.axis} is no direction", "axis",
                     "Give two numbers, one of them not 0")  # fmt: skip
    if not (math.isfinite(binding.gain) and abs(binding.gain) <= MOST_SCALE):
        raise _wrong(where, f"a gain of {binding.gain:g} is out of range", "gain",
                     f"Keep it within {MOST_SCALE:g}")  # fmt: skip
    if not 0 <= binding.smoothing <= MOST_SMOOTHING:
        raise _wrong(where, f"a smoothing of {binding.smoothing:g} s is out of range", "smoothing",
                     f"Keep it between 0 and {MOST_SMOOTHING:g} s")  # fmt: skip


def _few(entries: Sequence[object], most: int, what: str) -> None:
    if len(entries) > most:
        raise _wrong("the rig", f"it has {len(entries):,} {what}; at most {most:,} are kept",
                     "many", "Delete what is not needed")  # fmt: skip


def _apart(names: Iterable[str], kind: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise _wrong(f"{kind} '{name[:60]}'", f"another {kind} has this name already", "twice",
                         "Choose another name")  # fmt: skip
        seen.add(name.lower())


def _wrong(where: str, what: str, code: str, remedy: str) -> HeadError:
    return HeadError(what, where=where, remedy=remedy, code=f"rig.{code}")
