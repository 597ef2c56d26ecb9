"""Changes of a rig as pure functions: each gives another rig, checked.

Tracks and curves that name a shape are the caller's to carry along.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from pipeline.core.errors import HeadError
from pipeline.core.tracks import is_unit, opposite
from pipeline.head.rig.checks import (
    check_manipulator,
    check_rig,
    check_shape,
    check_shape_name,
    check_target,
)
from pipeline.head.rig.rig import FrozenShape, Manipulator, Rig, Side, Target
from pipeline.head.rig.weights import flipped

_OTHER: dict[Side, Side] = {"": "", "L": "R", "R": "L"}


def added(rig: Rig, manipulator: Manipulator) -> Rig:
    """The rig with one manipulator more, at the end of the list."""
    check_manipulator(manipulator)
    return check_rig(replace(rig, manipulators=(*rig.manipulators, manipulator)))


def changed(rig: Rig, name: str, /, **fields: Any) -> Rig:
    """The rig with other fields of a manipulator: ``changed(rig, "smile", radius=0.4)``."""
    old = manipulator_of(rig, name)
    new = check_manipulator(replace(old, **fields))
    return check_rig(
        replace(rig, manipulators=tuple(new if m is old else m for m in rig.manipulators))
    )


def without(rig: Rig, names: Collection[str]) -> Rig:
    """The rig without some manipulators."""
    return replace(rig, manipulators=tuple(m for m in rig.manipulators if m.name not in names))


def free_name(rig: Rig, stem: str) -> str:
    """A name for a manipulator that none has: the stem, or with a number."""
    taken = {m.name.lower() for m in rig.manipulators}
    numbers = (stem if n == 1 else f"{stem} {n}" for n in range(1, len(taken) + 2))
    return next(name for name in numbers if name.lower() not in taken)


def opposite_manipulator(manipulator: Manipulator, name: str) -> Manipulator:
    """The same on the other side of the face, under another name."""
    return replace(flipped(manipulator), name=name)


def freeze(
    rig: Rig, names: Sequence[str], shape: str, *, keep: bool = False, head: Collection[str] = ()
) -> Rig:
    """A set of manipulators as a shape, at the end of the list.

    Parameters
    ----------
    names : sequence of str
        Manipulators; muted ones are left out.
    shape : str
        Name of the new shape.
    keep : bool
        Keep the manipulators; otherwise the shape takes their place.
    head : collection of str
        Names that the head has already.

    Raises
    ------
    HeadError
        If the name cannot be had, or the set moves nothing.
    """
    check_shape_name(shape, (s.name for s in rig.shapes), head)
    taken = tuple(manipulator_of(rig, name) for name in names)
    made = check_shape(FrozenShape(shape, tuple(m for m in taken if not m.muted and any(m.move))))
    left = rig if keep else without(rig, names)
    return check_rig(replace(left, shapes=(*rig.shapes, made)))


def thawed(rig: Rig, name: str) -> Rig:
    """A shape's manipulators live again, beside the others; the shape stays."""
    shape = shape_of(rig, name)
    made = rig
    for one in shape.manipulators:
        one = flipped(one) if shape.flipped else one
        right, up, ahead = (shape.scale * c for c in one.move)
        move = (right, up, ahead)
        made = added(made, replace(one, name=free_name(made, one.name), move=move))
    return made


def renamed(rig: Rig, old: str, new: str, head: Collection[str] = ()) -> Rig:
    """A shape under another name; bindings that name it go along."""
    shape = shape_of(rig, old)
    check_shape_name(new, (s.name for s in rig.shapes if s is not shape), head)
    bindings = tuple(replace(b, control=new) if b.control == old else b for b in rig.bindings)
    return _with(replace(rig, bindings=bindings), shape, replace(shape, name=new))


def deleted(rig: Rig, name: str) -> Rig:
    """The rig without a shape and its bindings."""
    shape = shape_of(rig, name)
    bindings = tuple(b for b in rig.bindings if b.control != name)
    return _with(replace(rig, bindings=bindings), shape)


def ordered(rig: Rig, name: str, by: int) -> Rig:
    """A shape moved in the list: -1 is up by one; it stops at the ends."""
    shapes = list(rig.shapes)
    at = shapes.index(shape_of(rig, name))
    shape = shapes.pop(at)
    shapes.insert(min(max(at + by, 0), len(shapes)), shape)
    return replace(rig, shapes=tuple(shapes))


def scaled(rig: Rig, name: str, scale: float) -> Rig:
    """A shape with another factor on all of it."""
    shape = shape_of(rig, name)
    return _with(rig, shape, replace(shape, scale=float(scale)))


def split(rig: Rig, name: str, *, keep: bool = False, head: Collection[str] = ()) -> Rig:
    """A shape's left and right part, ``name_L`` and ``name_R``, in its place (or after it).

    Their targets are the sides of its own, where those have sides.

    Raises
    ------
    HeadError
        If it is a part already, or a name is taken.
    """
    shape = shape_of(rig, name)
    if shape.side:
        raise HeadError(
            "it is one side already", where=f"shape '{name}'",
            remedy="Split the whole shape", code="rig.side",
        )  # fmt: skip
    others = [s.name for s in rig.shapes]
    parts = []
    for side in ("L", "R"):
        part = f"{name}_{side}"
        check_shape_name(part, others, head)
        targets = tuple(replace(t, control=_sided(t.control, side)) for t in shape.targets)
        parts.append(replace(shape, name=part, side=side, targets=targets))
    return _with(rig, shape, *((shape,) if keep else ()), *parts)


def mirrored(rig: Rig, name: str, new: str, head: Collection[str] = ()) -> Rig:
    """A mirrored copy of a shape after it; what it is mapped to is mirrored too."""
    shape = shape_of(rig, name)
    check_shape_name(new, (s.name for s in rig.shapes), head)
    targets = tuple(replace(t, control=other_side(t.control)) for t in shape.targets)
    copy = replace(
        shape, name=new, side=_OTHER[shape.side], flipped=not shape.flipped, targets=targets
    )
    return _with(rig, shape, shape, copy)


def mirrored_name(rig: Rig, name: str) -> str:
    """A free name for a mirrored copy: the other side's, or with ``_mirrored``."""
    stem = opposite(name)
    if stem == name:
        stem = f"{name[:27]}_mirrored"
    taken = {s.name.lower() for s in rig.shapes}
    numbers = (stem if n == 1 else f"{stem[:36]}_{n}" for n in range(1, len(taken) + 2))
    return next(free for free in numbers if free.lower() not in taken)


def mapped(rig: Rig, name: str, control: str, gain: float = 1.0) -> Rig:
    """A shape that a control moves too, with a gain; an old mapping to it is replaced."""
    shape = shape_of(rig, name)
    target = check_target(Target(control, float(gain)), f"shape '{name}'")
    kept = [t for t in shape.targets if t.control != control]
    at = next((i for i, t in enumerate(shape.targets) if t.control == control), len(kept))
    kept.insert(at, target)
    return _with(rig, shape, replace(shape, targets=tuple(kept)))


def unmapped(rig: Rig, name: str, control: str) -> Rig:
    """A shape that a control no longer moves; without any target it replaces nothing."""
    shape = shape_of(rig, name)
    left = tuple(t for t in shape.targets if t.control != control)
    return _with(rig, shape, replace(shape, targets=left, replaces=shape.replaces and bool(left)))


def replacing(rig: Rig, name: str, replaces: bool = True) -> Rig:
    """A shape that takes the place of the head's own for its targets, or goes beside them.

    Raises
    ------
    HeadError
        If it is mapped to nothing.
    """
    shape = shape_of(rig, name)
    if replaces and not shape.targets:
        raise HeadError(
            "it is mapped to no control that it could replace", where=f"shape '{name}'",
            remedy="Map it to an action unit first", code="rig.target",
        )  # fmt: skip
    return _with(rig, shape, replace(shape, replaces=bool(replaces)))


def manipulator_of(rig: Rig, name: str) -> Manipulator:
    """The live manipulator of that name.

    Raises
    ------
    HeadError
    """
    for one in rig.manipulators:
        if one.name == name:
            return one
    raise HeadError(f"there is no manipulator '{name[:60]}'", code="rig.missing")


def shape_of(rig: Rig, name: str) -> FrozenShape:
    """The frozen shape of that name.

    Raises
    ------
    HeadError
    """
    for shape in rig.shapes:
        if shape.name == name:
            return shape
    raise HeadError(f"there is no frozen shape '{name[:60]}'", code="rig.missing")


def other_side(control: str) -> str:
    """A control on the other side of the face: ``AU12_L``, ``mouthSmileLeft``."""
    for one, other in (("Left", "Right"), ("Right", "Left")):
        if control.endswith(one):
            return control.removesuffix(one) + other
    return opposite(control)


def _sided(control: str, side: str) -> str:
    """A unit's side for a part of a shape; ``AU12`` becomes ``AU12_L``."""
    return f"{control}_{side}" if is_unit(control) and "_" not in control else control


def _with(rig: Rig, old: FrozenShape, *new: FrozenShape) -> Rig:
    shapes: list[FrozenShape] = []
    for shape in rig.shapes:
        shapes.extend(new if shape is old else (shape,))
    return check_rig(replace(rig, shapes=tuple(shapes)))
