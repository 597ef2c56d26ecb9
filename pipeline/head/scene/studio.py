"""Light rigs, surroundings, iris colours and materials the head is shown in.

Light is linear; an intensity of 1 makes a white matt surface that faces the lamp 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Rgb = tuple[float, float, float]


@dataclass(frozen=True)
class Lamp:
    """A soft box far away.

    Parameters
    ----------
    toward : 3 floats
        Direction to it, any length; x to the subject's left, y up, z to the front.
    colour, intensity
    size : float
        Half angle that it fills, rad: soft shadows, broad highlights, its picture in the eye.
    """

    toward: tuple[float, float, float]
    colour: Rgb
    intensity: float
    size: float


@dataclass(frozen=True)
class Surroundings:
    """The room: brightness below, at the sides and above, and bright walls in it.

    Parameters
    ----------
    floor, wall, ceiling : Rgb
    panels : tuple of (direction, half angle in rad, colour, strength)
    """

    floor: Rgb
    wall: Rgb
    ceiling: Rgb
    panels: tuple[tuple[tuple[float, float, float], float, Rgb, float], ...] = ()


@dataclass(frozen=True)
class Rig:
    """Lamps (at most `LAMPS_AT_MOST`), room and background of one light.

    Parameters
    ----------
    lamps : tuple of Lamp
    room : Surroundings
    exposure : float
    ground, sky : Rgb
        Behind the head at the bottom and at the top, display values in 0..1.
    vignette : float
        How much the background's corners darken.
    """

    lamps: tuple[Lamp, ...]
    room: Surroundings
    exposure: float
    ground: Rgb
    sky: Rgb
    vignette: float = 0.25


LAMPS_AT_MOST = 4

RIGS: dict[str, Rig] = {
    "studio": Rig(
        (
            Lamp((-0.66, 0.62, 0.78), (1.0, 0.945, 0.88), 1.12, 0.24),
            Lamp((0.86, 0.12, 0.62), (0.86, 0.93, 1.0), 0.34, 0.40),
            Lamp((0.62, 0.46, -0.72), (1.0, 0.96, 0.91), 0.95, 0.25),
            Lamp((-0.78, 0.30, -0.66), (0.88, 0.94, 1.0), 0.55, 0.25),
        ),
        Surroundings(
            (0.16, 0.135, 0.12), (0.20, 0.205, 0.22), (0.34, 0.35, 0.38),
            (((-0.75, 0.55, 0.75), 0.5, (1, 0.96, 0.9), 0.55),
             ((0.9, 0.2, 0.6), 0.5, (0.85, 0.92, 1), 0.25)),
        ),
        0.66, (0.085, 0.095, 0.112), (0.235, 0.268, 0.312), 0.30,
    ),
    "soft": Rig(
        (
            Lamp((-0.30, 0.46, 0.92), (1.0, 0.975, 0.95), 0.74, 0.55),
            Lamp((0.62, 0.18, 0.76), (0.97, 0.98, 1.0), 0.42, 0.60),
            Lamp((0.0, 0.80, -0.60), (1.0, 0.99, 0.97), 0.35, 0.50),
            Lamp((0.1, -0.75, 0.62), (1.0, 0.93, 0.88), 0.12, 0.60),
        ),
        Surroundings(
            (0.30, 0.28, 0.26), (0.42, 0.42, 0.43), (0.60, 0.61, 0.63),
            (((0, 0.5, 0.87), 0.9, (1, 0.99, 0.97), 0.25),),
        ),
        0.58, (0.47, 0.48, 0.49), (0.63, 0.645, 0.66), 0.16,
    ),
    "dramatic": Rig(
        (
            Lamp((-0.86, 0.52, 0.36), (1.0, 0.90, 0.77), 1.75, 0.17),
            Lamp((0.72, 0.34, -0.62), (0.62, 0.78, 1.0), 1.60, 0.22),
            Lamp((0.80, 0.02, 0.58), (0.66, 0.80, 1.0), 0.07, 0.50),
            Lamp((-0.2, 0.75, -0.70), (1.0, 0.90, 0.78), 0.50, 0.30),
        ),
        Surroundings((0.030, 0.026, 0.024), (0.040, 0.044, 0.056), (0.06, 0.065, 0.08)),
        0.80, (0.022, 0.024, 0.030), (0.070, 0.078, 0.095), 0.45,
    ),
}  # fmt: skip

#: Linear colours, outer and inner, that tint an eye picture's neutrally grey iris.
IRISES: dict[str, tuple[Rgb, Rgb]] = {
    "": ((0.50, 0.30, 0.15), (0.72, 0.40, 0.16)),
    "brown": ((0.50, 0.30, 0.15), (0.72, 0.40, 0.16)),
    "dark": ((0.15, 0.075, 0.035), (0.21, 0.105, 0.05)),
    "hazel": ((0.48, 0.46, 0.24), (0.78, 0.50, 0.20)),
    "green": ((0.40, 0.58, 0.36), (0.66, 0.58, 0.28)),
    "blue": ((0.36, 0.58, 0.90), (0.62, 0.78, 0.95)),
    "grey": ((0.56, 0.66, 0.74), (0.74, 0.76, 0.74)),
    "amber": ((0.70, 0.42, 0.14), (0.90, 0.58, 0.20)),
}


@dataclass(frozen=True)
class Material:
    """How a surface answers light.

    Parameters
    ----------
    roughness : float
    reflectance : float
        Mirror part at right angles (skin 0.028, water 0.02, hair almost none).
    soft : 3 floats
        Share of light that wraps around the terminator per channel: light through skin is red.
    glow : 3 floats
        Colour of light that comes through thin tissue.
    sharp : float
        Share of a second, tighter highlight (the oil on skin).
    coat : float
        Strength of a wet layer that shows the lamps' pictures.
    tint : bool
        The picture's alpha marks the iris: up to a half how much it is iris, beyond that how
        much of the inner colour it has.
    strands, shift : float
        Strength of the highlights across hairs, where a picture of the use ``"cover"`` shows
        them, and how far scales tilt the highlight towards the root.
    fading : bool
        Such hairs are blended over what lies beneath; otherwise cut out at half cover.
    two_sided : bool
        Seen from the back too; such surfaces are leaves, not the skin of a body.
    """

    roughness: float
    reflectance: float = 0.028
    soft: Rgb = (0.0, 0.0, 0.0)
    glow: Rgb = (0.0, 0.0, 0.0)
    sharp: float = 0.0
    coat: float = 0.0
    tint: bool = False
    strands: float = 0.0
    shift: float = 0.12
    fading: bool = False
    two_sided: bool = False


_FLESH = (0.30, 0.11, 0.07)
_SKIN = Material(0.48, 0.030, _FLESH, (1.0, 0.25, 0.12), 0.32)
_EYE = Material(0.35, 0.01, (0.18, 0.12, 0.11), coat=1.0, tint=True)
_TEETH = Material(0.30, 0.035, (0.14, 0.12, 0.10), coat=0.35)
_MUCOSA = Material(0.36, 0.028, (0.28, 0.08, 0.06), coat=0.25)

MATERIALS: dict[str, Material] = {
    "skin": _SKIN,
    "eye": _EYE,
    "eye_left": _EYE,
    "eye_right": _EYE,
    "teeth": _TEETH,
    "teeth_upper": _TEETH,
    "teeth_lower": _TEETH,
    "gum": _MUCOSA,
    "inner": Material(0.55, 0.012, (0.28, 0.06, 0.05)),
    "tongue": _MUCOSA,
    "wet": Material(0.10, 0.02, coat=1.0),
    "caruncle": Material(0.30, 0.03, _FLESH, coat=0.4),
    "brows": Material(0.60, 0.006, strands=0.25, fading=True),
    "lashes": Material(0.60, 0.002, strands=0.1, fading=True, two_sided=True),
    "hair": Material(0.55, 0.012, strands=0.75),
    "hairline": Material(0.55, 0.012, strands=0.6, fading=True),
    "locks": Material(0.55, 0.012, strands=0.8, two_sided=True),
    "wisps": Material(0.55, 0.012, strands=0.6, fading=True, two_sided=True),
    "beard": Material(0.60, 0.006, strands=0.45, fading=True),
    "whiskers": Material(0.55, 0.012, strands=0.5, two_sided=True),
    "tears": Material(0.12, 0.02, coat=1.0),
    "cloth": Material(0.90, 0.006),
    "shirt": Material(0.90, 0.006),
    "generic": Material(0.55, 0.03),
}


def material_of(surface: str, material: str = "") -> Material:
    """The material of a surface by its key or name; unknown ones are "generic"."""
    return MATERIALS.get(material or surface, MATERIALS["generic"])


def scattering(material: Material, share: float) -> Material:
    """The material with another share of the light that wanders beneath it."""
    if share == 1.0:
        return material
    (r, g, b), (glow_r, glow_g, glow_b) = material.soft, material.glow
    return replace(
        material,
        soft=(share * r, share * g, share * b),
        glow=(share * glow_r, share * glow_g, share * glow_b),
    )


def surroundings(width: int = 256, rig: str = "studio") -> NDArray[np.float32]:
    """Equirectangular picture of a rig's room, (width / 2, width, 3), linear.

    Row 0 is straight down, column 0 looks along -x; the lamps are not in it.
    """
    room = RIGS[rig].room
    height = width // 2
    u, v = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
    around, up = (u * 2 - 1) * np.pi, (v - 0.5) * np.pi
    ray = np.stack([np.cos(up) * np.cos(around), np.sin(up), np.cos(up) * np.sin(around)], -1)
    rise = ray[..., 1:2]
    floor, wall, ceiling = (np.asarray(c) for c in (room.floor, room.wall, room.ceiling))
    image = wall + np.clip(rise, 0, 1) * (ceiling - wall) + np.clip(-rise, 0, 1) * (floor - wall)
    for direction, size, colour, strength in room.panels:
        aim = np.asarray(direction) / np.linalg.norm(direction)
        off = np.arccos(np.clip(ray @ aim, -1, 1))
        image = image + (strength / (1 + np.exp((off - size) / 0.08)))[..., None] * colour
    return image.astype(np.float32)


@dataclass(frozen=True)
class Lids:
    """How lids darken the eyeball under them (mm)."""

    upper_reach: float = 4.6
    upper: float = 0.66
    lower_reach: float = 2.2
    lower: float = 0.25
    corner_reach: float = 4.5
    corner: float = 0.30
    unfolds: float = 6.0  # a lid that has moved so far shows nothing of its painted folds


@dataclass(frozen=True)
class Finish:
    """Numbers of the picture that belong to no rig or material."""

    lids: Lids = field(default_factory=Lids)
    ground_size: int = 256  # px of the background's picture
    ground_grain: float = 0.7  # of an 8-bit step, against bands
    bounce: float = 0.75  # how much light comes back out of hollows, tinted


FINISH = Finish()


def backdrop(rig: Rig, size: int) -> NDArray[np.uint8]:
    """Background of a rig: a gradient with a vignette, (size, size, 3) uint8 display values."""
    place = (np.arange(size) + 0.5) / size
    down = (place**1.15)[:, None, None]
    colour = np.asarray(rig.sky) * (1 - down) + np.asarray(rig.ground) * down
    x, y = np.meshgrid(place * 2 - 1, place * 2 - 1)
    # Lighter behind the head, as a lamp on the wall would make it.
    light = 1 + 0.35 * np.exp(-(x * x + (y + 0.15) ** 2) / 0.5) - rig.vignette * (x * x + y * y) / 2
    image = colour * light[..., None] * 255
    grain = np.random.default_rng(2).uniform(-0.5, 0.5, (size, size, 1))
    return np.clip(image + 0.5 + FINISH.ground_grain * grain, 0, 255).astype(np.uint8)
