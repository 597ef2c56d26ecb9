"""The ear's numbers.

The ear has its own frame (mm): u backwards along the auricle, v up it, w out of it; the origin
is the middle of the concha. Angles are counted in the auricle from the back (0 deg) over the
top (90) and the face (180) to the lobe (270); tables are (angle, value) and go round.

Sizes after L. G. Farkas, "Anthropometry of the head and face", 1994 (adult male: length 62.7,
width 35.9, protrusion about 19 mm).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from pipeline.head.sculpt.parameters.shapes import Ellipsoid, Point

Round: TypeAlias = tuple[tuple[float, float], ...]

_HOLLOW = Ellipsoid((70.5, -12.0, -82.5), (11.0, 12.0, 9.5), 1.0)


class Ridge(NamedTuple):
    """A ridge (or with a negative height a groove) over the auricle's front.

    `points` are (u, v); `height` and `width` are mm.
    """

    points: tuple[tuple[float, float], ...]
    height: float
    width: float


@dataclass(frozen=True)
class EarParameters:
    """Form of the left ear (see the module text for the frame)."""

    centre: Point = (76.0, -12.0, -84.0)
    lean: float = 13.0  # deg, top backwards
    flare: float = 27.0  # deg, rear edge outwards
    #: The auricle's edge; in front where it has flattened out into the cheek.
    outline: Round = (
        (0, 19.5), (22, 21.8), (45, 26.8), (60, 31.0), (75, 34.2), (90, 34.8), (105, 32.6),
        (120, 27.4), (135, 21.5), (150, 17.6), (165, 15.8), (180, 15.0), (200, 15.0), (220, 16.2),
        (240, 19.6), (255, 23.6), (270, 26.0), (285, 25.4), (300, 22.8), (320, 19.8), (340, 18.8),
    )  # fmt: skip
    #: The concha's brim: antihelix, its lower crus, tragus, notch, antitragus.
    brim: Round = (
        (0, 11.4), (30, 12.8), (60, 13.8), (90, 13.0), (120, 12.2), (150, 11.0), (175, 9.6),
        (195, 7.8), (212, 8.2), (232, 10.6), (250, 12.4), (272, 11.6), (300, 11.4), (330, 11.2),
    )  # fmt: skip
    brim_height: Round = (
        (0, 2.2), (30, 2.4), (60, 1.2), (90, -0.6), (120, -2.6), (150, -3.6), (175, -2.0),
        (197, 2.2), (214, 1.4), (234, -4.4), (250, -2.8), (272, 1.0), (300, 1.2), (330, 1.8),
    )  # fmt: skip
    #: How much of a rolled helix there is at the edge (the lobe has none).
    helix: Round = ((0, 1), (40, 1), (100, 1), (130, 0.95), (150, 0.5), (170, 0), (235, 0),
                    (285, 0.0), (310, 0.45), (335, 0.9))  # fmt: skip
    #: Where the auricle goes over into the cheek instead of having a free edge.
    cheek: Round = ((0, 0), (60, 0), (120, 0), (138, 0.25), (152, 1), (180, 1),
                    (225, 1), (238, 0.8), (250, 0.4), (262, 0.1), (274, 0), (310, 0))  # fmt: skip
    #: Where the back of the ear meets the skull.
    fold: Round = ((0, 8.5), (30, 11), (60, 16), (90, 20), (115, 19), (140, 16), (180, 15),
                   (230, 15), (255, 15), (275, 14), (300, 10), (330, 8.5))  # fmt: skip
    floor_height: float = -8.5
    canal: tuple[float, float] = (-4.0, -2.5)  # (u, v) of the deepest place
    roll_width: float = 4.4  # of the helix
    roll_height: float = 2.6
    scapha_height: float = -3.4
    lobe_height: float = -0.6
    thickness: float = 3.0  # at the edge
    #: mm over the bare skin that the stations up to the edge keep at least.
    clearance: tuple[float, ...] = (-9, -9, -4, 0.8, 1.2, 1.6, 3.0, 4.6, 3.4)
    ridges: tuple[Ridge, ...] = (
        Ridge(((9.0, 7.0), (8.6, 14.0), (5.6, 21.0), (2.0, 26.0)), 2.3, 3.0),  # upper crus
        Ridge(((0.5, 18.5), (-4.0, 21.0)), -1.6, 3.6),  # triangular fossa
        Ridge(((-12.5, 12.0), (-9.5, 5.5), (-4.0, 2.6), (1.5, 2.2)), 3.6, 3.2),  # crus of helix
    )
    apron: float = 3.5  # how far the ear's skin reaches over the skull's
    seat: float = 0.25  # mm the last ring lies under it
    hollow: Ellipsoid = _HOLLOW  # in the skull under the concha
    #: Places of the rings (see `sculpt.ear`) and vertices around them, by the grid's step.
    draft_rings: tuple[float, ...] = (0, 1.7, 3, 4.6, 6, 7, 8, 10, 12, 13)
    live_rings: tuple[float, ...] = (
        0, 0.8, 1.5, 2.2, 3, 3.6, 4.3, 5, 5.6, 6.2, 7, 7.6, 8.2, 9, 10, 11, 12, 13,
    )  # fmt: skip
    still_rings: int = 36
    around: tuple[int, int, int] = (25, 46, 92)  # draft, live, still
