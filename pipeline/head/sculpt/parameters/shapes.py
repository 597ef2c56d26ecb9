"""Building blocks that the sculpt's numbers are given in (mm)."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

Point: TypeAlias = tuple[float, float, float]


class Capsule(NamedTuple):
    """A tapered rod, smoothly united with what is there over `blend` mm."""

    start: Point
    end: Point
    start_radius: float
    end_radius: float
    blend: float


class Ellipsoid(NamedTuple):
    """An ellipsoid turned about z, then y, then x (rad), united over `blend` mm."""

    centre: Point
    radii: Point
    blend: float
    turn_z: float = 0.0
    turn_y: float = 0.0
    turn_x: float = 0.0
