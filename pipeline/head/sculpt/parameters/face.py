"""The face's numbers: base, bone, soft tissue, eye sockets, nose, mouth, neck.

Lengths are mm. x points to the subject's left, y up, z forward; the origin is the midpoint
between the pupils, z = 0 lies 12 mm behind the cornea. Shapes are given for x >= 0 and are
mirrored by the code that reads them. Proportions follow L. G. Farkas, "Anthropometry of the
head and face" (1994), means of young adults.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.head.sculpt.parameters.base import BASE_POINTS
from pipeline.head.sculpt.parameters.shapes import (
    Box,
    Capsule,
    Ellipsoid,
    Furrow,
    Knots,
    Point,
    Swell,
)

_NECK_CORE = Capsule((0, -55, -90), (0, -190, -98), 44.5, 48, 12)
_NOSTRIL = Ellipsoid((6.3, -43.0, 26.6), (2.3, 4.7, 5.0), 1.6, -0.40, 0.35, -0.30)
_NOSE_BOX = Box((0, -54, -2), (32, 30, 60))
_LIDS_BOX = Box((8, -24, -12), (58, 26, 32))
_LIPS_BOX = Box((0, -100, -16), (36, -43, 40))
_MOUTH_CAVITY = Ellipsoid((0, -67, -13), (28, 21, 29.5), 2)


@dataclass(frozen=True)
class NeckParameters:
    """Neck and shoulders.

    Parameters
    ----------
    core : Capsule
        Spine and muscles of the neck; its blend joins the neck to the head.
    muscles : shapes
        United one after the other: throat, sternomastoid, larynx, trapezius, chest, clavicle.
    cut : float
        y of the flat lower end.
    """

    core: Capsule = _NECK_CORE
    muscles: tuple[Capsule | Ellipsoid, ...] = (
        Capsule((0, -92, -57), (0, -195, -79), 24.5, 24, 16),
        Capsule((56, -36, -92), (39.5, -98, -68), 8.5, 7.5, 14),
        Capsule((39.5, -98, -68), (22.5, -150, -57), 7.5, 6.5, 12),
        Capsule((22.5, -150, -57), (8.5, -194, -57), 6.5, 5, 9),
        Ellipsoid((0, -139, -43.5), (8.0, 14, 6.0), 11),
        Capsule((24, -120, -116), (122, -208, -108), 26, 30, 34),
        Ellipsoid((0, -250, -92), (175, 78, 62), 30),
        Capsule((12, -190, -44), (128, -184, -86), 6, 7, 16),
    )
    swells: tuple[Swell, ...] = (
        Swell((0, -191, -44), (11, 14, 16), -5.0),  # jugular notch
        Swell((0, -120, -34), (16, 9, 14), -1.6),  # over the larynx, under the hyoid
    )
    cut: float = -193.0


@dataclass(frozen=True)
class NoseParameters:
    """The nose: a bridge lofted over the base, then tip, wings, columella, nostrils.

    Parameters
    ----------
    bridge : (y, height, half width) knots from the glabella down
        Height over the base on the midline and where the side wall ends.
    side_power, side_steepness : float
        Cross-section ``(1 - u^power)^steepness``: larger powers flatten the dorsum.
    tip : Ellipsoid, Ellipsoid
        Lobule and the dome of one alar cartilage.
    tip_blend : float
        Over which the tip joins the bridge.
    wings : shapes
        Ala and columella.
    creases : furrows
        The alar crease.
    """

    bridge: tuple[Point, ...] = (
        (24, 0.0, 11.0), (17, 0.6, 11.5), (9, 2.4, 13.0), (0, 7.6, 16.5), (-10, 13.4, 20.5),
        (-20, 18.0, 22.5), (-28, 20.0, 22.0), (-36, 16.0, 18.0), (-42, 6.0, 14.5),
        (-47, 0.0, 12.0),
    )  # fmt: skip
    side_power: float = 2.2
    side_steepness: float = 3.0
    tip: tuple[Ellipsoid, Ellipsoid] = (
        Ellipsoid((0, -35.2, 32.4), (8.0, 7.4, 8.6), 6),
        Ellipsoid((3.9, -35.0, 33.0), (6.2, 6.3, 7.3), 3),
    )
    tip_blend: float = 7.0
    wings: tuple[Capsule | Ellipsoid, ...] = (
        Ellipsoid((11.5, -38.6, 23.8), (5.3, 6.1, 9.8), 6.5, 0.15, 0.50, 0.16),
        Capsule((0, -39.8, 34), (0, -42.4, 23.5), 3.2, 4.2, 5),
    )
    nostril: Ellipsoid = _NOSTRIL
    creases: tuple[Furrow, ...] = (
        Furrow(
            ((9.5, -29.5, 32.0), (14.2, -30.5, 27.5), (18.4, -34.5, 22), (19.2, -41, 18.0)),
            0.9, 2.6, (0.35, 0.0),
        ),
    )  # fmt: skip
    box: Box = _NOSE_BOX


@dataclass(frozen=True)
class LidParameters:
    """Eyelids.

    Parameters
    ----------
    upper, lower, crease : knots of (x from the eye's centre, y from the pupil)
        Margins of both lids and the supratarsal fold; both margins end in the canthi.
    thickness, blend : float
        The lids' bulge over the eyeball, and its blend into the socket.
    crease_depth, crease_width : float
        The groove of the fold.
    hood, hood_rise, hood_width : float
        Height of the soft tissue that hangs over the fold, how far above and how wide it is.
    roll, roll_drop, roll_width : float
        The lower lid's muscle roll under its margin.
    rim, rim_width : float
        How far the margins stand proud.
    edge : float
        Rounding of the margins.
    floor : float
        How deep under the eyeball's surface the carved opening ends.
    tendon, tendon_reach : Point, float
        Where the medial canthal tendon holds the skin.
    """

    upper: Knots = (
        (-14.6, -1.9), (-12.8, -0.4), (-10.5, 1.7), (-7, 3.9), (-2.5, 5.1), (2, 5.2), (6.5, 4.5),
        (10.5, 3.0), (13, 1.5), (14.2, 0.5),
    )  # fmt: skip
    lower: Knots = (
        (-14.6, -1.9), (-12.8, -2.7), (-9.5, -4.0), (-5, -5.2), (0, -5.7), (4.5, -5.5),
        (8.5, -4.3), (11.5, -2.4), (14.2, 0.5),
    )  # fmt: skip
    crease: Knots = (
        (-17, -0.8), (-14, 2.3), (-10.5, 5.8), (-6, 8.6), (-1, 9.8), (4, 9.7), (9, 8.0),
        (13, 5.4), (17, 2.2), (21, -1.2),
    )  # fmt: skip
    thickness: float = 1.9
    blend: float = 5.0
    crease_depth: float = 1.6
    crease_width: float = 1.25
    hood: float = 1.9
    hood_rise: float = 3.5
    hood_width: float = 2.7
    roll: float = 1.0
    roll_drop: float = 2.6
    roll_width: float = 1.9
    rim: float = 0.3
    rim_width: float = 1.1
    edge: float = 0.7
    floor: float = 1.6
    tendon: Point = (16.0, -1.7, 10.0)
    tendon_reach: float = 7.0
    box: Box = _LIDS_BOX


@dataclass(frozen=True)
class LipParameters:
    """The mouth: its line, the red borders, the rolls of both lips, philtrum and corners.

    Parameters
    ----------
    line_y : float
        Height of the closed mouth.
    tubercle, tubercle_width : float
        How far the upper lip's middle dips, and its half width.
    side_rise, side_at, side_width : float
        The line's rise beside the tubercle.
    corner_drop : float
        The corners lie so much lower.
    upper_height, lower_height : float
        Of the red, without the bow.
    bow, bow_width : float
        Depth and half width of Cupid's bow.
    peak, peak_at, peak_width : float
        The bow's peaks.
    front, arch : float
        z of the line in the middle and its fall, ``front - arch x^2``.
    upper_roll, lower_roll : (centre, half height, sink, thickness)
        Centre and half height as parts of the red's height; how far the roll's middle lies
        behind the lip line, and the roll's thickness.
    parting, parting_width : float
        The groove between the lips.
    """

    line_y: float = -64.6
    tubercle: float = 0.9
    tubercle_width: float = 4.5
    side_rise: float = 0.9
    side_at: float = 9.5
    side_width: float = 6.5
    corner_drop: float = 0.3
    upper_height: float = 7.3
    lower_height: float = 9.2
    bow: float = 1.5
    bow_width: float = 3.4
    peak: float = 0.5
    peak_at: float = 6.0
    peak_width: float = 3.5
    front: float = 23.4
    arch: float = 0.0165
    upper_roll: tuple[float, float, float, float] = (0.36, 0.78, 1.4, 4.9)
    lower_roll: tuple[float, float, float, float] = (0.46, 0.62, 2.6, 5.8)
    roll_blend: float = 4.0
    parting: float = 1.05
    parting_width: float = 1.6
    white_roll: float = 0.45
    white_roll_rise: float = 1.0
    white_roll_width: float = 1.2
    groove: float = 1.1  # of the philtrum
    groove_width: float = 2.9
    column: float = 0.8
    column_at: tuple[float, float] = (4.8, 6.2)  # x under the nose and at the red
    column_width: float = 2.1
    philtrum: tuple[float, float, float, float] = (-46.0, -50.0, -55.5, -59.0)  # y, fades
    corner_pit: float = 1.2
    corner_pit_width: float = 2.8
    tubercle_swell: float = 0.5
    box: Box = _LIPS_BOX


@dataclass(frozen=True)
class TissueParameters:
    """Planes and folds between the features: what bone, muscle and fat raise or hollow."""

    bone: tuple[Capsule | Ellipsoid, ...] = (
        Capsule((9, 16, 15.4), (24, 19.5, 13.0), 6.3, 5.0, 10),  # superciliary arch
        Capsule((28, 19.5, 11.0), (47, 15, 1.5), 5.5, 4.4, 10),  # supraorbital margin
        Ellipsoid((46, -17, -9), (18, 10, 11), 13, -0.25, 0.80),  # zygoma
        Ellipsoid((0, -95.5, 10), (14, 10, 12), 10),  # chin
        Ellipsoid((9.5, -98, 10), (8, 8, 9), 9),
    )
    swells: tuple[Swell, ...] = (
        Swell((19.5, 9.5, 12), (10, 8, 16), -1.6),  # hollow over the inner canthus
        Swell((63, 20, -28), (16, 26, 24), -1.4),  # temple
        Swell((62, -8, -38), (16, 12, 26), 1.4),  # zygomatic arch
        Swell((45, -19, 0), (18, 13, 18), 0.8),  # cheekbone
        Swell((51, -48, -14), (20, 24, 26), -1.2),  # under the cheekbone
        Swell((57, -66, -46), (18, 22, 22), 0.8),  # masseter
        Swell((28, -44, 14), (14, 16, 16), 0.8),  # fat beside the nasolabial fold
        Swell((31, -67, 9), (9, 12, 14), 1.0),  # node of the mouth's corner
        Swell((13, -80, 18), (11, 9, 14), 0.7),  # pads under the lower lip
        Swell((29, 47, 14), (25, 20, 24), 1.3),  # frontal eminence
        Swell((0, 33, 22), (20, 13, 18), -0.6),  # over the glabella
        Swell((55, 34, -12), (16, 24, 22), -1.0),  # behind the temporal line
        Swell((27, -107, -16), (24, 10, 34), -0.9),  # under the jaw's edge
    )  # fmt: skip
    furrows: tuple[Furrow, ...] = (
        Furrow(
            ((18, -5, 11), (22, -10, 12), (29, -14.5, 13), (38, -15.5, 11), (46, -12, 5)),
            1.2, 2.8, (0.2, 0.55),
        ),  # tear trough and the border of lid and cheek
        Furrow(((24.5, -64.6, 13), (27.5, -65.8, 11), (29.8, -68.4, 9)), 0.7, 1.7, (0.2, 0.6)),
    )  # fmt: skip
    sulcus: tuple[float, float, float, float] = (1.3, -80.5, 4.0, 13.0)  # depth, y, widths
    nasolabial: float = 0.7
    nasolabial_width: float = 3.6


@dataclass(frozen=True)
class FaceParameters:
    """Form of face, neck and shoulders (see the module text for axes and units)."""

    base_points: tuple[Point, ...] = BASE_POINTS
    star_centre: Point = (0.0, -8.0, -62.0)
    base_smoothing: float = 2e-4
    # Larger than life (12 mm): the canthi then lie on the sphere.
    eye_centre: Point = (31.5, 0.0, -2.8)
    eye_radius: float = 14.6
    inner_canthus: float = -14.6  # x from the eye's centre
    outer_canthus: float = 14.2
    mouth_half_width: float = 25.5
    slit_half_height: float = 1.9  # of the slab the mouth is sculpted open with
    cavity_back: float = -16.0  # z where the mouth slit ends inside the head
    mouth_cavity: Ellipsoid = _MOUTH_CAVITY
    jaw_joint: Point = (0.0, -14.0, -66.0)
    neck: NeckParameters = field(default_factory=NeckParameters)
    nose: NoseParameters = field(default_factory=NoseParameters)
    lids: LidParameters = field(default_factory=LidParameters)
    lips: LipParameters = field(default_factory=LipParameters)
    tissue: TissueParameters = field(default_factory=TissueParameters)
    nasolabial_fold: tuple[Point, ...] = (
        (20, -37, 17.5), (25.5, -47, 15.5), (30.5, -58, 11.5), (32.5, -68, 8.5),
    )  # fmt: skip
    brow: Knots = (
        (11.5, 14.3), (16, 17.7), (24, 20.4), (33, 22.0), (41, 20.9), (48.5, 16.3),
    )  # fmt: skip
