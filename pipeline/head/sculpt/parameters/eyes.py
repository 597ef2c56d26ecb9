"""The eyes' numbers: eyeball, iris, sclera, caruncle, tear film (mm, linear colours as hex)."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.head.sculpt.parameters.shapes import Point


@dataclass(frozen=True)
class IrisParameters:
    """The iris as a picture; its colour comes from the light rig's table at draw time."""

    radius: float = 5.9
    pupil: float = 2.0
    collarette: float = 0.38  # share of the way from pupil to limbus
    inner_reach: float = 0.55  # where the inner colour has faded out
    brightness: float = 0.27  # linear, in the middle
    limbus_dark: float = 0.16  # of that left at the limbus
    limbus_width: float = 0.75
    fibres: int = 78
    fibre_gain: float = 0.85
    crypts: int = 22
    crypt_depth: float = 0.55
    furrow_gain: float = 0.12


@dataclass(frozen=True)
class EyeParameters:
    """Eyeball and what surrounds it."""

    iris: IrisParameters = field(default_factory=IrisParameters)
    reach: float = 0.64  # pi; polar angle up to which there is an eyeball
    crowding: float = 0.75  # power of the picture's radius: more pixels for the iris
    cornea_height: float = 0.9  # over the sphere
    cornea_radius: float = 6.7
    turn_out: float = 1.8  # deg, optical axis against the line of sight
    sclera: str = "d9d2ca"
    rear: str = "b98e80"  # towards the fornix
    rear_start: float = 40.0  # deg from the pupil
    rear_end: float = 85.0
    vein: str = "a8493f"
    vein_strength: float = 0.30
    veins: int = 30
    caruncle_centre: Point = (-13.5, -1.7, 8.3)  # from the eye's centre
    caruncle_radii: Point = (1.9, 1.5, 2.4)
    caruncle_colour: str = "b3685f"
    plica_place: float = -11.7  # x from the eye's centre
    plica_radii: Point = (0.75, 2.1, 0.55)
    plica_colour: str = "c58a7f"
    tear_colour: str = "b9887c"
    tear_height: float = 0.45
    tear_over_eye: float = 0.14  # mm over the eyeball at the strip's upper edge
    tear_on_lid: float = 0.85
    rings: tuple[int, int, int] = (10, 22, 46)  # of the eyeball at draft, live, still
    caruncle_ring: tuple[int, int, int] = (6, 8, 16)
