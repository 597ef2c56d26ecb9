"""Building blocks that the sculpt's numbers are given in (mm)."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

Point: TypeAlias = tuple[float, float, float]
Knots: TypeAlias = tuple[tuple[float, float], ...]


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


class Swell(NamedTuple):
    """A soft rise (a hollow if negative) of `height` mm that ends at the ellipsoid `radii`."""

    centre: Point
    radii: Point
    height: float
    turn_z: float = 0.0


class Furrow(NamedTuple):
    """A groove along a line on the skin; it fades in and out over `fade` of its length."""

    line: tuple[Point, ...]
    depth: float
    width: float
    fade: tuple[float, float] = (0.3, 0.3)


class Box(NamedTuple):
    """Where a region of the face has any effect, mm; x counts from the midline."""

    least: Point
    most: Point
