"""Where the face's skin folds when muscles shorten it: curves placed by hand.

Places are seen from the front, (x, y) in mm; they are carried straight back onto the skin.
Depths are mm at full activation.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Furrow:
    """One fold of the skin.

    Parameters
    ----------
    points : tuple of (x, y)
        The curve goes through them.
    depths : tuple of float
        Along the curve, evenly spread; both ends fade out by themselves.
    width : float
        Half width of the valley.
    ridge : float
        Height of the skin that piles up beside it, as a part of the depth.
    """

    points: tuple[tuple[float, float], ...]
    depths: tuple[float, ...]
    width: float = 0.9
    ridge: float = 0.45


def _both(furrow: Furrow, shift: tuple[float, float] = (0.0, 0.0)) -> tuple[Furrow, Furrow]:
    """A fold and its like on the other side, moved a little: no face is its mirror image."""
    other = tuple((-x + shift[0], y + shift[1]) for x, y in furrow.points)
    return furrow, Furrow(other, furrow.depths, furrow.width, furrow.ridge)


#: Across the forehead (frontalis), from the brow upwards; broken as in life.
_FOREHEAD = (
    Furrow(((-45, 34.5), (-31, 36.5), (-15, 35.2), (0, 33.8), (14, 34.8), (30, 36.2), (46, 33.2)),
           (0.35, 0.75, 1.0, 0.7, 0.95, 0.8, 0.4), 1.1),
    Furrow(((-52, 39.5), (-38, 44.2), (-20, 43.0), (-3, 40.2), (13, 41.2), (29, 44.8), (48, 42.0)),
           (0.4, 0.8, 1.1, 1.15, 1.0, 1.1, 0.45), 1.2),
    Furrow(((-47, 50.6), (-33, 53.0), (-12, 50.2), (6, 49.4), (22, 51.8), (38, 53.4), (50, 50.0)),
           (0.3, 0.7, 1.0, 0.8, 0.95, 0.75, 0.3), 1.2),
    Furrow(((-31, 60.4), (-13, 58.6), (3, 57.4), (17, 59.2), (34, 60.2)),
           (0.3, 0.7, 0.75, 0.6, 0.25)),
    Furrow(((-27, 39.2), (-17, 38.2), (-8, 36.8)), (0.3, 0.5, 0.3), 0.8),
    Furrow(((12, 46.8), (23, 48.2), (31, 48.6)), (0.3, 0.5, 0.3), 0.8),
    # over the tail of the brow
    *_both(Furrow(((33, 30.4), (42, 30.8), (49, 28.0), (54.5, 22.0)), (0.4, 0.8, 0.8, 0.3)),
           (0.8, -0.7)),
)  # fmt: skip

#: Between the brows (corrugator): upright, the outer ones bent around the brows' heads.
_GLABELLA = (
    Furrow(((6.6, 33.5), (5.3, 27.0), (5.0, 20.5), (6.4, 14.0), (8.6, 10.4)),
           (0.5, 1.0, 1.35, 1.15, 0.5), 1.0, 0.7),
    Furrow(((-6.0, 32.0), (-5.6, 26.0), (-4.6, 20.0), (-5.8, 14.2), (-8.4, 10.8)),
           (0.45, 0.95, 1.25, 1.1, 0.45), 1.0, 0.7),
    *_both(Furrow(((12.6, 30.5), (10.8, 25.6), (10.6, 21.0)), (0.3, 0.6, 0.35), 0.8), (0.7, -1.0)),
    Furrow(((0.9, 29.0), (-0.4, 23.5), (0.4, 18.5)), (0.25, 0.5, 0.3), 0.8),
    Furrow(((-7.2, 8.4), (-2.6, 7.0), (2.4, 7.1), (7.4, 8.7)), (0.4, 0.75, 0.75, 0.4)),  # procerus
)  # fmt: skip

#: Root and sides of the nose (procerus, nasalis): "bunny lines".
_NOSE = (
    Furrow(((-9.0, 4.6), (-3.6, 3.0), (3.2, 2.9), (9.4, 4.9)), (0.6, 1.15, 1.15, 0.6), 1.0, 0.6),
    Furrow(((-7.6, -1.2), (-2.4, -2.4), (2.8, -2.2), (7.4, -0.8)),
           (0.5, 0.95, 0.95, 0.5), 0.9, 0.6),
    *_both(Furrow(((5.0, -4.6), (9.2, -7.0), (13.2, -11.4), (15.4, -15.6)), (0.5, 0.9, 0.75, 0.3),
                  1.0, 0.4), (0.3, 0.5)),
    *_both(Furrow(((5.6, -10.0), (9.8, -13.4), (13.4, -18.6), (15.0, -22.6)), (0.45, 0.8, 0.7, 0.3),
                  0.9, 0.4), (-0.2, -0.6)),
    *_both(Furrow(((6.4, -16.4), (10.6, -20.4), (13.8, -25.2)), (0.3, 0.6, 0.3), 0.8), (0.4, 0.4)),
    # beside the wing, down into the cheek
    *_both(Furrow(((15.2, -28.6), (19.0, -33.4), (22.0, -39.6), (25.6, -47.4), (29.2, -54.4)),
                  (0.7, 1.3, 1.3, 1.0, 0.5), 1.2, 0.5), (0.4, 0.3)),
)  # fmt: skip

#: Fans out of the outer corner of the eye (orbicularis, orbital part), and lies under the lid.
_EYE = (
    *_both(Furrow(((48.6, 5.2), (52.6, 8.8), (56.6, 14.0)),
                  (0.4, 0.7, 0.25), 0.9, 0.2), (0.2, 0.9)),
    *_both(Furrow(((49.4, 1.6), (54.2, 3.4), (59.6, 6.8), (62.6, 10.0)),
                  (0.55, 0.85, 0.6, 0.2), 0.9, 0.2), (0.5, -0.6)),
    *_both(Furrow(((49.2, -1.8), (54.6, -2.4), (60.4, -2.0), (64.0, -0.6)),
                  (0.6, 0.9, 0.6, 0.2), 0.9, 0.2), (-0.3, 0.5)),
    *_both(Furrow(((48.4, -5.0), (53.0, -8.0), (58.4, -11.4)),
                  (0.55, 0.85, 0.3), 0.9, 0.2), (0.4, 0.6)),
    *_both(Furrow(((46.0, -8.4), (49.6, -13.0), (53.2, -18.4)),
                  (0.4, 0.6, 0.25), 0.9, 0.2), (-0.5, -0.4)),
    *_both(Furrow(((18.6, -8.2), (23.4, -13.2), (30.0, -16.0), (37.6, -15.8), (43.6, -12.4)),
                  (0.6, 1.1, 1.2, 0.9, 0.4), 1.2, 0.5), (0.3, 0.5)),
    *_both(Furrow(((20.8, -15.0), (27.0, -19.6), (34.0, -20.8)), (0.4, 0.7, 0.3)), (-0.4, -0.5)),
    *_both(Furrow(((20.4, -6.8), (26.4, -9.7), (33.4, -10.5), (40.4, -8.4)),
                  (0.35, 0.7, 0.75, 0.35), 0.7), (0.2, 0.2)),
)  # fmt: skip

#: Round the mouth: the lower nasolabial fold, the dimple's crescent, the marionette line.
_MOUTH = (
    *_both(Furrow(((24.6, -44.8), (29.4, -53.6), (33.2, -62.2), (35.0, -70.4), (34.2, -79.0)),
                  (0.6, 1.3, 1.35, 0.95, 0.3), 1.2, 0.5), (0.3, -0.5)),
    *_both(Furrow(((30.6, -57.6), (32.4, -62.6), (32.6, -68.2), (30.8, -73.0)),
                  (0.5, 1.2, 1.2, 0.4), 1.0, 0.6), (-0.2, 0.4)),
    *_both(Furrow(((27.0, -68.4), (29.2, -73.6), (30.0, -79.8), (28.8, -86.4)),
                  (0.7, 1.25, 1.0, 0.35), 1.0, 0.6), (0.3, 0.4)),
)  # fmt: skip

#: The chin when mentalis bunches it: short, crooked, none like another; the fold over it.
_CHIN = (
    Furrow(((-13.0, -83.6), (-6.0, -81.6), (0.6, -81.2), (7.0, -81.8), (13.4, -84.0)),
           (0.4, 1.0, 1.15, 1.0, 0.4), 1.3, 0.4),
    Furrow(((-9.4, -88.0), (-7.2, -90.4), (-8.0, -93.0)), (0.5, 0.95, 0.5), 1.5, 0.7),
    Furrow(((-3.6, -86.8), (-1.2, -88.6), (-2.2, -91.4), (-0.2, -93.2)),
           (0.5, 1.0, 0.9, 0.4), 1.5, 0.7),
    Furrow(((3.4, -88.6), (5.8, -87.4), (8.6, -89.2)), (0.5, 0.9, 0.5), 1.4, 0.7),
    Furrow(((4.0, -92.2), (6.6, -94.0), (6.0, -96.8)), (0.5, 1.0, 0.5), 1.5, 0.7),
    Furrow(((-6.2, -96.0), (-3.4, -97.4), (-1.0, -96.2)), (0.5, 0.9, 0.5), 1.5, 0.7),
    Furrow(((-12.0, -95.0), (-10.4, -97.8), (-11.2, -100.4)), (0.4, 0.8, 0.4), 1.5, 0.7),
    Furrow(((1.6, -97.8), (3.2, -100.2), (1.8, -102.4)), (0.5, 0.9, 0.4), 1.5, 0.7),
    Furrow(((9.6, -97.6), (11.6, -95.4), (11.0, -92.6)), (0.4, 0.85, 0.4), 1.5, 0.7),
    Furrow(((-6.0, -101.8), (-4.0, -103.4), (-4.8, -105.0)), (0.4, 0.7, 0.3), 1.5, 0.7),
)  # fmt: skip

#: Uprights in the skin of the lips, when the sphincter draws them together.
_LIPS = tuple(
    Furrow(((x, y0), (x * 1.04 + bend, 0.5 * (y0 + y1)), (x * 1.1, y1)), (0.3, depth, 0.25), 0.75)
    for x, y0, y1, bend, depth in (
        (-17.2, -55.4, -60.2, 0.3, 0.5), (-11.6, -51.8, -57.4, -0.4, 0.7),
        (-7.4, -50.6, -56.2, 0.3, 0.5), (3.4, -50.8, -55.4, -0.2, 0.4),
        (8.6, -51.2, -57.0, 0.4, 0.7), (13.4, -53.0, -58.0, -0.3, 0.65),
        (18.4, -56.4, -60.8, 0.2, 0.45), (-13.0, -72.6, -78.2, -0.4, 0.6),
        (-6.2, -75.6, -80.0, 0.3, 0.5), (5.2, -75.8, -80.6, 0.2, 0.5),
        (11.2, -73.6, -79.2, -0.3, 0.65),
    )
)  # fmt: skip

#: Across the neck, which no muscle of the face folds: only age does.
_NECK = (
    Furrow(((-34, -115.0), (-22, -118.6), (-8, -121.8), (5, -122.4), (20, -119.4), (33, -114.6)),
           (0.5, 1.0, 1.1, 1.0, 1.1, 0.5), 1.5, 0.5),
    Furrow(((-33, -127.0), (-19, -130.6), (-3, -132.6), (14, -131.8), (30, -127.8)),
           (0.4, 0.8, 1.0, 0.9, 0.4), 1.6, 0.5),
    Furrow(((-20, -138.4), (-6, -140.8), (9, -141.2), (23, -138.8)), (0.3, 0.7, 0.7, 0.3), 1.4),
    Furrow(((-7.5, -113.0), (-5.8, -121.0), (-6.4, -130.0), (-5.2, -139.0)),
           (0.3, 0.6, 0.6, 0.3), 1.8, 0.8),
    Furrow(((8.6, -114.0), (7.0, -123.0), (7.2, -132.0), (6.0, -140.0)),
           (0.3, 0.5, 0.6, 0.3), 1.8, 0.8),
)  # fmt: skip

FURROWS: tuple[Furrow, ...] = (
    *_FOREHEAD, *_GLABELLA, *_NOSE, *_EYE, *_MOUTH, *_CHIN, *_LIPS, *_NECK,
)  # fmt: skip


@dataclass(frozen=True)
class FurrowMap:
    """The picture that the curves are drawn in: the face unrolled from a cylinder, in mm.

    Parameters
    ----------
    radius : float
        Of the cylinder about the upright axis at `axis_z`; about that of the face.
    half_width, bottom, top : float
        Reach around the cylinder to either side of the middle, and upwards.
    steepest : float
        Slope that 8 bits hold.
    size : int
        px.
    stress : float
        Slopes are drawn so much steeper than they are: soft light swallows true ones.
    """

    radius: float = 85.0
    axis_z: float = -70.0
    half_width: float = 106.0
    bottom: float = -150.0
    top: float = 74.0
    steepest: float = 1.6
    size: int = 720
    stress: float = 1.35


FURROW_MAP = FurrowMap()
