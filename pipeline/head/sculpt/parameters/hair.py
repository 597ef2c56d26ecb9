"""The numbers of hair, brows, lashes and shirt (mm, degrees; axes as in `face`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from pipeline.head.sculpt.parameters.shapes import Capsule, Point


class Guide(NamedTuple):
    """How hair grows about a place of the scalp; the scalp between takes a mean by nearness.

    `towards` is where it is combed, `lift` how steeply it leaves the skin (1: 45 degrees),
    `volume` the depth of the hair there. Unless `one_sided`, the other half has the same.
    """

    place: Point
    towards: Point
    length: float
    lift: float
    volume: float
    one_sided: bool = False


@dataclass(frozen=True)
class HairStyle:
    """A cut, as data.

    Parameters
    ----------
    guides : tuple of Guide
        Empty: bald.
    root, tip : str
        Colours (hex) next to the skin and at the end.
    whorl : Point
        Where hair grows from; it turns around there by `spin` (deg).
    jitter : float
        Disorder of the locks' directions, as a share of the direction.
    curl, curl_length : float
        Sideways swing of a lock and the length of a full wave.
    gravity : float
        How far 100 mm of hair bend downwards, as a share of the direction.
    lock_width : float
    density : float
        Locks as a share of what the level of detail allows.
    fade : float
        Width of the rim over which the hair thins out.
    shell : float
        Height of the closed layer beneath the locks, as a share of the volume.
    """

    guides: tuple[Guide, ...]
    root: str = "261a13"
    tip: str = "402c20"
    whorl: Point = (-9.0, 92.0, -126.0)
    spin: float = 35.0
    jitter: float = 0.13
    curl: float = 1.6
    curl_length: float = 38.0
    gravity: float = 0.5
    lock_width: float = 7.5
    density: float = 1.0
    fade: float = 9.0
    shell: float = 0.40


_SIDES = (
    Guide((60, 30, -24), (0.1, -0.75, -0.60), 20, 0.18, 4.0),
    Guide((66, 2, -54), (0.0, -1.0, -0.12), 8, 0.06, 1.8),
    Guide((74, 24, -82), (0.0, -0.80, -0.6), 22, 0.12, 4.0),
    Guide((76, 55, -80), (0.1, -0.85, -0.45), 36, 0.20, 8.0),
    Guide((71, 0, -112), (0.0, -0.9, -0.4), 14, 0.08, 3.5),
    Guide((62, 45, -142), (0.0, -1.0, -0.2), 36, 0.15, 8.0),
    Guide((30, -30, -150), (-0.1, -1.0, 0.25), 11, 0.06, 2.5),
    Guide((0, 40, -168), (0.0, -1.0, 0.0), 38, 0.15, 8.5),
)

SHORT = HairStyle(
    (
        *_SIDES,
        Guide((0, 72, 6), (-0.80, -0.15, 0.50), 38, 0.45, 10, True),
        Guide((26, 71, 0), (-0.85, 0.10, 0.35), 48, 0.50, 11, True),
        Guide((-26, 71, 0), (-0.70, -0.45, 0.10), 36, 0.35, 8, True),
        Guide((46, 56, -12), (-0.45, 0.30, -0.35), 38, 0.35, 7, True),
        Guide((-46, 56, -12), (-0.35, -0.75, -0.35), 28, 0.35, 6, True),
        Guide((0, 106, -45), (-0.55, -0.05, 1.0), 52, 0.45, 13, True),
        Guide((42, 96, -60), (-0.35, 0.15, 0.9), 48, 0.45, 13, True),
        Guide((-42, 96, -60), (-0.55, -0.35, 0.7), 44, 0.40, 12, True),
        Guide((58, 80, -85), (0.3, -0.8, 0.2), 42, 0.25, 11, True),
        Guide((-58, 80, -85), (-0.3, -0.8, 0.2), 42, 0.25, 11, True),
    )
)

CROPPED = HairStyle(
    tuple(
        Guide(g.place, g.towards, 5 + 0.15 * g.length, 0.35, 1.6 + 0.18 * g.volume, g.one_sided)
        for g in SHORT.guides
    ),
    root="241913", tip="4a372b", lock_width=7.0, density=0.8, curl=0.4, jitter=0.3, shell=0.6,
)  # fmt: skip

_PARTED = (
    Guide((14, 74, 4), (0.85, 0.2, 0.1), 150, 0.75, 12),
    Guide((46, 58, -14), (0.45, -0.55, -0.75), 140, 0.55, 10),
    Guide((10, 106, -45), (1.0, 0.0, 0.1), 170, 0.50, 14),
    Guide((58, 84, -75), (0.25, -1.0, 0.0), 150, 0.35, 15),
    Guide((76, 40, -80), (0.05, -1.0, -0.15), 120, 0.30, 13),
    Guide((66, 0, -58), (0.0, -1.0, -0.6), 40, 0.15, 5),
    Guide((71, 0, -112), (0.05, -1.0, -0.05), 90, 0.25, 12),
    Guide((50, 60, -146), (0.2, -1.0, -0.1), 140, 0.30, 14),
    Guide((0, 40, -168), (0.0, -1.0, 0.0), 120, 0.25, 13),
    Guide((28, -35, -148), (0.0, -1.0, 0.1), 60, 0.15, 9),
)

BOB = HairStyle(
    tuple(g._replace(length=g.length * 0.82) for g in _PARTED),
    root="2f2017", tip="5c412e", whorl=(0.0, 96.0, -120.0), spin=0.0,
    jitter=0.05, curl=1.2, curl_length=60.0, gravity=1.5, lock_width=12.0,
)  # fmt: skip

LONG = HairStyle(
    tuple(g._replace(length=g.length * 1.45) for g in _PARTED),
    root="2a1a12", tip="4c3526", whorl=(0.0, 96.0, -120.0), spin=0.0,
    jitter=0.05, curl=5.0, curl_length=70.0, gravity=1.5, lock_width=14.0,
)  # fmt: skip

BALD = HairStyle(())

STYLES = {"short": SHORT, "cropped": CROPPED, "bob": BOB, "long": LONG, "bald": BALD}


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


HAIR_DETAILS = {
    "draft": HairDetail(36, 12, 2, 0.6, 50, 3, 10.0, 30, 128, 1, 4.0, 13, 3, 10.0, 28, 6),
    "live": HairDetail(48, 12, 3, 0.0, 600, 4, 999.0, 90, 256, 2, 8.0, 17, 4, 16.0, 72, 20),
    "still": HairDetail(80, 24, 4, 0.0, 2600, 6, 999.0, 400, 512, 2, 20.0, 33, 6, 32.0, 144, 36),
}


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
    """Scalp, cut, brows, lashes, shirt.

    Parameters
    ----------
    style : HairStyle
    scalp_centre : Point
        Middle of the skull: angles around it place the hairline.
    hairline : tuple of (float, float)
        Angle around the upright axis through `scalp_centre` (deg, 0 forwards) and height.
    ear_gap : float
        Bare skin about the ear.
    scalp_colour : str
        Of skin under short hair.
    """

    style: HairStyle = SHORT
    scalp_centre: Point = (0.0, 15.0, -80.0)
    hairline: tuple[tuple[float, float], ...] = (
        (0, 69), (8, 69.5), (18, 71), (26, 70), (33, 64), (40, 54), (46, 41), (51, 29),
        (55, 18), (58, 4), (61, -10), (63, -15), (67, -15), (69.5, -6), (73, 8), (80, 15),
        (98, 12), (108, -6), (116, -26), (126, -40), (145, -48), (162, -52), (180, -50),
    )  # fmt: skip
    ear_gap: float = 2.0
    scalp_colour: str = "4a352a"
    scalp_fade: float = 8.0
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
