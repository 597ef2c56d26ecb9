"""Light, surroundings and materials the head is shown in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Lamp:
    """Directional light: where from (mm), linear colour, intensity."""

    position: tuple[float, float, float]
    colour: tuple[float, float, float]
    intensity: float


#: Warm key, cool fill, two rims, a bounce from below.
LAMPS = (
    Lamp((-420, 330, 560), (1, 0.95, 0.88), 1.30),
    Lamp((520, 40, 420), (0.86, 0.92, 1), 0.62),
    Lamp((260, 300, -480), (1, 0.96, 0.9), 0.80),
    Lamp((-380, 120, -420), (0.9, 0.95, 1), 0.40),
    Lamp((330, -330, 420), (1, 0.9, 0.84), 0.22),
)
LAMPS_AIM = (0.0, -20.0, -40.0)

#: Gradient behind the head, bottom and top, sRGB.
GROUND, SKY = (0x14, 0x17, 0x1C), (0x3A, 0x42, 0x4E)


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
    coat : float
        Strength of a wet layer.
    strands, shift : float
        Strength of the highlights across hairs, where a picture of the use ``"cover"`` shows
        them, and how far scales tilt the highlight towards the root.
    fading : bool
        Such hairs are blended over what lies beneath; otherwise cut out at half cover.
    """

    roughness: float
    reflectance: float = 0.028
    soft: tuple[float, float, float] = (0.0, 0.0, 0.0)
    coat: float = 0.0
    strands: float = 0.0
    shift: float = 0.12
    fading: bool = False


MATERIALS = {
    "skin": Material(0.45, 0.036, (0.22, 0.08, 0.05)),
    "inner": Material(0.90, 0.001, (0.2, 0.05, 0.05)),
    "brows": Material(0.60, 0.006, strands=0.25, fading=True),
    "lashes": Material(0.60, 0.002, strands=0.1, fading=True),
    "hair": Material(0.55, 0.012, strands=0.5, fading=True),
    "locks": Material(0.55, 0.012, strands=1.0),
    "hairline": Material(0.60, 0.004),
    "crown": Material(0.50, 0.004),
    "shirt": Material(0.90, 0.008),
    "caruncle": Material(0.30, 0.035, (0.2, 0.08, 0.05)),
    "tears": Material(0.12, 0.03, coat=1.0),
    "eye_left": Material(0.40, 0.02, (0.15, 0.10, 0.10), 1.0),
    "eye_right": Material(0.40, 0.02, (0.15, 0.10, 0.10), 1.0),
    "teeth_upper": Material(0.25, 0.04, (0.1, 0.1, 0.1)),
    "teeth_lower": Material(0.25, 0.04, (0.1, 0.1, 0.1)),
    "tongue": Material(0.35, 0.03, (0.2, 0.05, 0.05)),
}

_SOFTBOXES = (
    ((-0.75, 0.55, 0.75), 0.42, (1, 0.96, 0.9), 2.6),
    ((0.9, 0.2, 0.6), 0.38, (0.85, 0.92, 1), 0.9),
    ((0.6, 0.6, -0.9), 0.40, (1, 0.97, 0.92), 1.6),
    ((-0.8, 0.4, -0.8), 0.35, (0.9, 0.95, 1), 1.2),
)


def surroundings(width: int = 256) -> NDArray[np.float32]:
    """Equirectangular picture of a grey studio with softboxes, (width / 2, width, 3), linear.

    Row 0 is straight down, as VTK counts.
    """
    height = width // 2
    u, v = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
    around, up = (u * 2 - 1) * np.pi, (v - 0.5) * np.pi
    ray = np.stack([np.cos(up) * np.cos(around), np.sin(up), np.cos(up) * np.sin(around)], -1)
    image = np.array([0.30, 0.31, 0.33]) * (0.75 + 0.35 * ray[..., 1:2])
    image = image + np.clip(-ray[..., 1:2], 0, 1) * np.array([0.12, 0.08, 0.06])
    for direction, width_rad, colour, strength in _SOFTBOXES:
        aim = np.asarray(direction) / np.linalg.norm(direction)
        off = np.arccos(np.clip(ray @ aim, -1, 1))
        image = image + (strength / (1 + np.exp((off - width_rad) / 0.06)))[..., None] * colour
    return image.astype(np.float32)
