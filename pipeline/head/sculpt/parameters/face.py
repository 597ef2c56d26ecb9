"""The face's numbers: base, bone, eye sockets, nose, mouth, folds, neck.

Lengths are mm. x points to the subject's left, y up, z forward; the origin is the midpoint
between the pupils, z = 0 lies 12 mm behind the cornea. Shapes are given for x >= 0 and are
mirrored by the code that reads them.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.head.sculpt.parameters.shapes import Capsule, Ellipsoid, Point

#: Anthropometric surface points of the half head that the thin-plate base goes through.
BASE_POINTS: tuple[Point, ...] = (
    # midline, from the vertex down the face, then the back of the head
    (0, 112, -75), (0, 109, -45), (0, 95, -12), (0, 75, 9), (0, 52, 18), (0, 36, 21.5),
    (0, 22, 22.5), (0, 9, 17), (0, -10, 15), (0, -30, 17), (0, -45, 21), (0, -56, 23.5),
    (0, -65, 23), (0, -74, 21.5), (0, -83, 18.8), (0, -94, 22), (0, -103, 20.5), (0, -110, 13),
    (0, -111, 2), (0, -107, -20), (0, -100, -50), (0, 30, -168), (0, 70, -154), (0, 97, -118),
    (0, 0, -165), (0, -30, -150), (0, -65, -125), (0, -90, -95),
    # about x = 15
    (16, 93, -13), (16, 52, 17), (15, 30, 21), (15, 19, 21), (14, 9, 15.5), (14, 0, 10),
    (14, -14, 13), (16, -30, 16.5), (17, -42, 18), (15, -55, 20.5), (15, -65, 20),
    (15, -75, 18.5), (15, -84, 16.2), (14, -95, 19), (14, -104, 16), (13, -110, 8),
    # about x = 30
    (30, 89, -17), (31, 52, 13), (31, 32, 16), (31, 18, 17), (31, 9, 8.5), (31, 0, 5),
    (31, -9, 7), (31, -17, 11), (31, -28, 13.5), (30, -40, 13.5), (30, -52, 13),
    (29, -65, 11.5), (28, -78, 9.8), (27, -90, 9.5), (25, -101, 7), (18, -108, 0),
    # about x = 45
    (44, 82, -24), (46, 50, 4), (46, 31, 7), (46, 17, 8.5), (46, 7, 0.5), (46, -2, -2),
    (46, -11, 1.5), (46, -21, 6), (46, -33, 6), (45, -47, 1.5), (42, -61, -2.5), (39, -75, -8),
    (35, -88, -10), (30, -97, -13), (24, -103, -14),
    # about x = 57
    (56, 70, -36), (56.5, 48, -14), (58, 29, -10), (57, 14, -6.5), (56, 3, -9), (57, -9, -8),
    (58, -20, -9), (57, -32, -9.5), (54, -46, -15.5), (51, -60, -23), (47, -74, -30),
    (42, -84, -37), (36, -92, -36), (25, -96, -42), (34, -84, -64),
    # temple, jaw angle, side
    (68, 28, -40), (67, 48, -40), (66, 8, -36), (66.5, -12, -38), (68, -10, -58),
    (64.5, -30, -44), (59.5, -46, -47), (56, -62, -50), (52, -77, -56), (44, -83, -62),
    (66, -32, -64), (62, -56, -66),
    # skull behind the ears
    (75, 40, -75), (77, 42, -96), (72, 12, -70), (71, -5, -82), (66, -35, -92), (71, 5, -110),
    (72, 45, -124), (56, 55, -150), (52, 18, -154), (46, -25, -142), (45, -60, -115),
    (38, 101, -62), (59, 83, -72), (70, 63, -85), (37, 102, -95), (60, 80, -108),
    (36, 92, -132), (43, 93, -45), (63, 64, -50),
)  # fmt: skip


_NECK_CORE = Capsule((0, -55, -84), (0, -190, -92), 50, 53, 13)
_NOSE_BRIDGE = Capsule((0, 10, 12.5), (0, -12, 21.0), 6.6, 6.2, 8)
_NOSTRIL = Ellipsoid((6.5, -42.6, 28.4), (2.9, 6.2, 5.0), 1.6, -0.40, 0.35, -0.30)
_MOUTH_CAVITY = Ellipsoid((0, -66, -13), (27, 18, 27), 2)


@dataclass(frozen=True)
class FaceParameters:
    """Form of face, neck and shoulders (see the module text for axes and units)."""

    base_points: tuple[Point, ...] = BASE_POINTS
    star_centre: Point = (0.0, -8.0, -62.0)
    base_smoothing: float = 2e-4
    neck_cut: float = -193.0  # y of the flat lower end
    # Larger than life (12 mm): the canthi then lie on the sphere.
    eye_centre: Point = (31.5, 0.0, -2.8)
    eye_radius: float = 14.6
    inner_canthus: float = -14.6  # x from the eye's centre
    outer_canthus: float = 14.2
    mouth_half_width: float = 25.5
    slit_half_height: float = 1.9  # of the slab the mouth is sculpted open with
    jaw_joint: Point = (0.0, -14.0, -66.0)
    neck: tuple[Capsule | Ellipsoid, ...] = (
        Capsule((0, -95, -62), (0, -150, -64), 32, 30, 18),
        Capsule((58, -28, -92), (11, -158, -46), 10, 7, 14),  # sternocleidomastoid
        Ellipsoid((0, -126, -37), (9, 13, 8), 10),  # larynx
        Capsule((26, -128, -114), (122, -208, -106), 24, 30, 34),  # trapezius
        Ellipsoid((0, -250, -92), (175, 78, 62), 30),  # chest
        Capsule((10, -186, -42), (128, -182, -84), 6, 7, 18),  # clavicle
    )
    neck_core: Capsule = _NECK_CORE
    bone: tuple[Capsule | Ellipsoid, ...] = (
        Capsule((9, 16, 15.5), (26, 19.5, 12.5), 6.5, 5.5, 9),  # brow ridge
        Capsule((28, 19.5, 11.0), (47, 15, 1.5), 5.5, 4, 11),
        Ellipsoid((44, -18, -8), (17, 11, 11), 20, -0.25, 0.75),  # zygoma
        Ellipsoid((0, -95.5, 10), (14, 10, 12), 10),  # chin
        Ellipsoid((9.5, -98, 10), (8, 8, 9), 9),
    )
    nose_bridge: Capsule = _NOSE_BRIDGE
    nose: tuple[Capsule | Ellipsoid, ...] = (
        Capsule((0, -12, 21.0), (0, -28, 30.0), 6.2, 7.0, 6),
        Capsule((4.5, -4, 12), (11.0, -33, 19.5), 6, 7.2, 12),
    )
    nose_tip: tuple[Ellipsoid, Ellipsoid] = (
        Ellipsoid((0, -33.8, 34), (7.8, 7.2, 8.6), 6),
        Ellipsoid((3.7, -34.2, 34.6), (6.0, 6.1, 7.4), 3),
    )
    nose_base: tuple[Capsule | Ellipsoid, ...] = (
        Ellipsoid((11.6, -38.0, 23.8), (5.4, 6.4, 9.8), 6.5, 0.15, 0.50, 0.22),  # ala
        Capsule((0, -38.6, 35), (0, -42.6, 24), 3.2, 4.4, 5),  # columella
    )
    nostril: Ellipsoid = _NOSTRIL
    alar_crease: tuple[Point, ...] = (
        (9.5, -29.5, 32.5), (14.2, -30.5, 28), (18.6, -34.5, 22), (19.4, -41, 18.0),
    )  # fmt: skip
    nasolabial_fold: tuple[Point, ...] = (
        (20, -37, 17.5), (25.5, -47, 15.5), (30.5, -58, 11.5), (32.5, -68, 8.5),
    )  # fmt: skip
    mouth_cavity: Ellipsoid = _MOUTH_CAVITY
    brow: tuple[tuple[float, float], ...] = (
        (11.5, 15.2), (16, 19.2), (24, 22.0), (33, 23.6), (41, 22.4), (48.5, 17.6),
    )  # fmt: skip
