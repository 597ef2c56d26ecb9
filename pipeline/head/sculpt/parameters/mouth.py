"""Teeth, gums and tongue in numbers (mm).

Crown sizes after M. M. Ash, "Wheeler's Dental Anatomy", 1993, a little smaller: the arch has to
fit behind the lips of the sculpt.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Tooth(NamedTuple):
    """One crown, from the midline backwards.

    Parameters
    ----------
    width, height, depth : float
        Along the arch, along the tooth, through it.
    neck : float
        Width at the gum, as a share.
    edge : float
        Width at the biting edge, as a share.
    edge_depth : float
        Depth at the biting edge, as a share: a blade, or a molar's table.
    cusp : float
        How much higher the middle of the edge is than its corners.
    reach, lean, turn : float
        Edge beyond the row's (mm); leaning sideways and turned (deg): no row is perfect.
    """

    width: float
    height: float
    depth: float
    neck: float = 0.80
    edge: float = 0.94
    edge_depth: float = 0.22
    cusp: float = 0.25
    reach: float = 0.0
    lean: float = 0.0
    turn: float = 0.0


_UPPER = (
    Tooth(8.4, 10.2, 6.6, 0.78, 0.95, 0.20, 0.25, 0.0, 1.0, 0.6),
    Tooth(6.5, 8.8, 5.8, 0.76, 0.90, 0.20, 0.55, -0.75, 2.0, -3.0),
    Tooth(7.5, 9.8, 7.2, 0.76, 0.62, 0.30, 1.7, 0.15, 2.0, 2.0),
    Tooth(6.9, 8.4, 8.4, 0.78, 0.74, 0.62, 1.2, -0.5, 0.0, 0.0),
    Tooth(6.6, 7.8, 8.4, 0.80, 0.76, 0.66, 0.9, -0.8, 0.0, 2.0),
    Tooth(9.4, 7.2, 9.4, 0.86, 0.84, 0.75, 0.7, -1.0, 0.0, 0.0),
)
_LOWER = (
    Tooth(5.3, 8.6, 5.6, 0.74, 0.96, 0.18, 0.15, 0.0, -1.0, 2.5),
    Tooth(5.8, 8.8, 5.8, 0.74, 0.96, 0.18, 0.25, -0.15, 0.5, -3.5),
    Tooth(6.7, 9.8, 7.0, 0.74, 0.62, 0.28, 1.5, 0.35, 1.0, 3.0),
    Tooth(6.8, 8.2, 7.2, 0.78, 0.72, 0.60, 1.1, -0.3, 0.0, 0.0),
    Tooth(6.9, 7.8, 7.6, 0.80, 0.76, 0.66, 0.8, -0.6, 0.0, -2.0),
    Tooth(9.6, 7.0, 8.8, 0.86, 0.84, 0.75, 0.6, -0.9, 0.0, 0.0),
)


@dataclass(frozen=True)
class ArchParameters:
    """One row of teeth: an ellipse that the outer faces follow."""

    teeth: tuple[Tooth, ...]
    half_width: float
    length: float  # from front to back
    front: float  # z of the incisors' outer face at the biting edge
    edge: float  # y of the biting edge


@dataclass(frozen=True)
class MouthParameters:
    """Teeth, gums, tongue and the colours of the mouth."""

    upper: ArchParameters = field(
        default_factory=lambda: ArchParameters(_UPPER, 23.5, 38.0, 15.4, -67.2)
    )
    lower: ArchParameters = field(
        default_factory=lambda: ArchParameters(_LOWER, 21.0, 36.0, 12.9, -68.0)
    )
    behind_lips: float = 0.9  # kept between teeth and the mouth's wall
    enamel: str = "e8dfcc"
    neck_colour: str = "cdb68c"
    edge_colour: str = "dad3c4"  # light goes through the edge
    canine: str = "e4d8bd"
    shade_spread: float = 0.05  # between one tooth and the next
    gum: str = "b0645c"
    gum_margin: str = "bd766c"
    gum_far: str = "7d3b36"
    papilla: float = 1.9  # how far the gum rises between two teeth
    gum_over: float = 0.9  # how far it covers the neck
    gum_thickness: float = 0.7
    gum_height: float = 8.5
    tongue_root: tuple[float, float] = (-86.0, -42.0)  # y, z
    tongue_back: tuple[float, float] = (-73.5, -32.0)
    tongue_top: tuple[float, float] = (-70.6, -14.0)
    tongue_tip: tuple[float, float] = (-73.6, 4.6)
    tongue_width: float = 15.0  # half, where the teeth leave room
    tongue_from_teeth: float = 1.0
    tongue_thickness: float = 5.0  # half, at the back
    tongue_groove: float = 1.3
    tongue_colour: str = "b06a62"
    tongue_side: str = "93504b"
    tongue_under: str = "6f332f"
    rings: tuple[int, int, int] = (3, 5, 9)  # of a crown at draft, live, still
    around: tuple[int, int, int] = (6, 10, 18)
    gum_steps: tuple[int, int, int] = (25, 61, 121)
    gum_rows: tuple[tuple[int, ...], ...] = ((0, 2, 4, 6), tuple(range(7)), tuple(range(7)))
    tongue_grid: tuple[tuple[int, int], ...] = ((9, 10), (15, 18), (34, 36))
