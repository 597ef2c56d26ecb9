"""The skin's numbers: colours, gloss, fine relief.

Colours are sRGB hex codes of the surface itself, without light. Places and radii are mm, given
for x >= 0 and used on both sides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.head.sculpt.parameters.shapes import Point
from pipeline.head.sculpt.parameters.styles import SQUARE, Hairline


class Patch(NamedTuple):
    """A soft spot: what it mixes in, how strongly, where, how far."""

    colour: str
    strength: float
    centre: Point
    radii: Point


class Gloss(NamedTuple):
    """A soft spot of oiliness: factor on the gloss, where, how far."""

    factor: float
    centre: Point
    radii: Point


@dataclass(frozen=True)
class Unrolled:
    """How the skin lies in its pictures.

    Parameters
    ----------
    axis_z : float
        The upright axis the head is unrolled from, at x = 0.
    bottom, top : float
        Heights at the pictures' edges.
    stretch : tuple of (share of half a turn, share of half the width)
    aspect : float
        Height over width in px.
    most_rows, most_columns : int
        Texels per half that are painted one by one; larger pictures are grown from them.
    stencil : float
        Step of the normals' differences.
    back_z, low_y : float
        Behind and below these the mesh is fine enough as it is.
    back_angle : float
        rad; where the pictures fade out towards their seam.
    layer, layer_fade : float
        Depth under the outermost skin up to which a vertex belongs to it.
    """

    axis_z: float = -70.0
    bottom: float = -175.0
    top: float = 115.0
    stretch: tuple[tuple[float, float], ...] = ((0.0, 0.0), (0.45, 0.80), (1.0, 1.0))
    aspect: float = 0.75
    most_rows: int = 576
    most_columns: int = 384
    stencil: float = 0.25
    back_z: float = -70.0
    low_y: float = -150.0
    back_angle: float = 2.5
    layer: float = 4.0
    layer_fade: float = 2.0


@dataclass(frozen=True)
class SkinParameters:
    """Look of the skin.

    Parameters
    ----------
    mottle, blood, uneven : float
        Strength of the blotches in brightness and redness, and of the difference between the
        face's sides.
    pores, cells, lip_lines, brow_lines : float
        Strength of the relief: slopes of the map.
    spots, grain, pore_dark : float
        Strength of the speckle: blood, melanin, darker pores.
    freckles : int
        How many on the whole map.
    creping, age_spots, bristles : float
        Fine wrinkles of old skin; how many spots on the whole map; points of shaved hairs.
    lip_inset, lip_edge : float
        mm that the red keeps from the lips' edge; width of its border, 1 as in nature.
    gloss_factor : float
        Of all gloss but that of lips and lids.
    unrolled : Unrolled
    """

    base: str = "d3a086"
    patches: tuple[Patch, ...] = (
        Patch("dcb294", 0.55, (0, 48, 15), (42, 24, 40)),  # forehead, more yellow
        Patch("d9ab90", 0.35, (0, -6, 20), (9, 16, 14)),  # bridge of the nose
        Patch("bf6f5c", 0.50, (40, -26, 5), (17, 13, 25)),  # cheeks
        Patch("b9604f", 0.50, (0, -36, 38), (13, 8, 16)),  # tip of the nose
        Patch("b05a4a", 0.42, (14, -39, 24), (5, 6, 10)),  # wings of the nose
        Patch("b86c5a", 0.34, (0, -95, 20), (15, 10, 14)),  # chin
        Patch("b97a6c", 0.30, (31, 7.5, 9), (15, 6, 14)),  # upper lids
        Patch("94625f", 0.40, (27, -11, 12), (11, 5, 14)),  # bluish under the eyes
        Patch("a8584b", 0.26, (17, -4, 14), (5, 6, 8)),  # inner corner of the eye
        Patch("cf9c82", 0.50, (0, -52, 24), (16, 6, 14)),  # over the lip
        Patch("c48a70", 0.35, (0, -150, -40), (60, 40, 60)),  # neck
    )
    ear: str = "bf6a58"
    ear_strength: float = 0.46
    beard: str = "8f7468"
    beard_strength: float = 0.20
    upper_lip: str = "9c5049"
    lower_lip: str = "ad5f56"
    lip_inside: str = "7d332f"
    lip_strength: float = 0.80
    lid_rim: str = "bb7468"
    lid_line: str = "2a1712"
    brow: str = "4a3023"
    mouth: str = "7d3a35"
    throat: str = "150605"
    nostril: str = "3a120d"
    mottle: float = 0.115
    blood: float = 0.10
    uneven: float = 0.045
    gloss: tuple[Gloss, ...] = (
        Gloss(1.40, (0, -30, 38), (11, 14, 20)),  # nose
        Gloss(1.22, (0, 40, 20), (30, 22, 30)),  # forehead
        Gloss(1.10, (0, -94, 20), (12, 9, 14)),  # chin
        Gloss(1.14, (30, 5, 12), (14, 9, 14)),  # upper lids
        Gloss(0.86, (44, -40, -5), (18, 20, 25)),  # cheeks
    )
    lip_gloss: float = 1.65
    rim_gloss: float = 1.9  # wet lid margins
    neck_gloss: float = 0.85
    pores: float = 1.0
    cells: float = 1.0
    lip_lines: float = 1.0
    relief_mm: float = 0.10  # height of one unit of relief
    spots: float = 0.05
    grain: float = 0.028
    pore_dark: float = 0.035
    freckles: int = 1800
    freckle: tuple[float, float, float] = (0.16, 0.26, 0.32)  # what a freckle takes away
    creping: float = 0.0
    age_spots: int = 0
    bristles: float = 0.0
    lip_inset: float = 0.0
    lip_edge: float = 1.0
    gloss_factor: float = 1.0
    hairline: Hairline = SQUARE
    scalp: str = "4a352a"  # under hair; empty for a bald head
    scalp_strength: float = 0.85
    scalp_fade: float = 8.0
    unrolled: Unrolled = field(default_factory=Unrolled)
