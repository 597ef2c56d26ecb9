"""The numbers of hair, brows, lashes and shirt (mm, degrees; axes as in `face`)."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.head.sculpt.parameters.shapes import Capsule, Point
from pipeline.head.sculpt.parameters.styles import STYLES, Guide, HairStyle


@dataclass(frozen=True)
class HairDetail:
    """How finely a level of detail makes hair.

    Parameters
    ----------
    around, rows, rim_rows : int
        Vertices of the closed layer around the whorl, from it to the rim, and in the rim.
    fullness : float
        Height of the closed layer beyond what the style says, as a share of what is left.
    locks, lock_rows : int
    locks_within : float
        Distance from the hairline up to which locks are made (mm): a few strewn over all of
        the head would look like leaves.
    wisps : int
        Sparse locks at the hairline.
    map_height : int
        Height of the pictures of strands, px.
    brow_layers : int
        Layers of skin that show brows, one over the other.
    brow_scale : float
        Of the picture of the brow, px per mm.
    lash_columns, lash_rows : int
        Vertices along the lid and along the upper lashes.
    lash_scale : float
        Of the picture of the lashes, px per mm.
    shirt_around, shirt_rows : int
    fall_columns, fall_rows : int
        Vertices of the curtain of long hair, about the head and downwards.
    fall_locks, fall_lock_rows : int
    fall_lock_width : float
    """

    around: int
    rows: int
    rim_rows: int
    fullness: float
    locks: int
    lock_rows: int
    locks_within: float
    wisps: int
    map_height: int
    brow_layers: int
    brow_scale: float
    lash_columns: int
    lash_rows: int
    lash_scale: float
    shirt_around: int
    shirt_rows: int
    fall_columns: int
    fall_rows: int
    fall_locks: int
    fall_lock_rows: int
    fall_lock_width: float


HAIR_DETAILS = {
    "draft": HairDetail(36, 12, 2, 0.6, 50, 3, 10.0, 30, 128, 1, 4.0, 13, 3, 10.0, 28, 6,
                        14, 7, 18, 4, 26.0),
    "live": HairDetail(48, 12, 3, 0.0, 600, 4, 999.0, 90, 256, 2, 8.0, 17, 4, 16.0, 72, 20,
                       49, 20, 180, 9, 14.0),
    "still": HairDetail(80, 24, 4, 0.0, 2600, 6, 999.0, 400, 512, 2, 20.0, 33, 6, 32.0, 144, 36,
                        97, 36, 750, 16, 10.0),
}  # fmt: skip


_SHOULDER = Capsule((95, -205, -100), (172, -222, -100), 26, 34, 40)


@dataclass(frozen=True)
class ShirtParameters:
    """A crew-neck shirt.

    Parameters
    ----------
    front, back : Point
        Upper edge of the collar on the midline.
    axis_z : float
        Where the neck's axis stands.
    rib_width, reach : float
        Of the collar, and of the cloth below it, along the surface.
    lower_edge : float
        Height of the level edge, below what a picture shows.
    folds : float
        Depth of the folds.
    shoulder : Capsule
        Added to the body that is sculpted.
    """

    front: Point = (0.0, -163.0, -36.0)
    back: Point = (0.0, -134.0, -150.0)
    axis_z: float = -88.0
    rib_width: float = 17.0
    reach: float = 150.0
    lower_edge: float = -216.0
    folds: float = 1.5
    shoulder: Capsule = _SHOULDER


@dataclass(frozen=True)
class HairParameters:
    """Scalp, brows, lashes, shirt.

    Parameters
    ----------
    scalp_centre : Point
        Middle of the skull: angles around it place the hairlines.
    ear_gap : float
        Bare skin about the ear.
    """

    scalp_centre: Point = (0.0, 15.0, -80.0)
    ear_gap: float = 2.0
    brow_colour: str = "3a261b"
    brow_hairs: int = 420
    brow_width: float = 4.6  # half, at the head
    lash_colour: str = "1a110d"
    lash_length: tuple[float, float] = (7.2, 4.0)  # upper, lower
    lash_turn: float = 50.0  # of the upper lashes when the eye closes
    lash_lift: float = 1.7  # and how far their roots come off the eyeball
    shirt_colour: str = "46525f"
    shirt: ShirtParameters = ShirtParameters()


HAIR = HairParameters()

__all__ = [
    "HAIR", "HAIR_DETAILS", "STYLES", "Guide", "HairDetail", "HairParameters", "HairStyle",
    "ShirtParameters",
]  # fmt: skip
