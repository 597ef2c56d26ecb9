"""Colour of skin out of its pigments: melanin over blood, wavelength by wavelength.

Two layers after C. Donner and H. W. Jensen, "A spectral BSSRDF for shading human skin", 2006
(absorption of melanin and bloodless skin, scattering), as J. Jimenez et al., "A practical
appearance model for dynamic facial color", 2010, use them for a painted face. Light in each
layer after P. Kubelka and F. Munk, 1931; haemoglobin by S. Prahl's tables (150 g/l in
blood); colour matching after C. Wyman et al., "Simple analytic approximations to the CIE XYZ
color matching functions", 2013; daylight D65.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Spectrum = NDArray[np.float64]

_NM = np.arange(400.0, 701.0, 10.0)
_D65 = np.array(
    [82.75, 91.49, 93.43, 86.68, 104.86, 117.01, 117.81, 114.86, 115.92, 108.81, 109.35, 107.80,
     104.79, 107.69, 104.41, 104.05, 100.0, 96.33, 95.79, 88.69, 90.01, 89.60, 87.70, 83.29,
     83.70, 80.03, 80.21, 82.28, 78.28, 69.72, 71.61]
)  # fmt: skip
# Molar extinction, 1/(cm M), with and without oxygen.
_OXYGENATED = np.array(
    [266232, 466840, 480360, 246072, 102580, 62816, 44480, 33209, 26629, 23684, 20933, 20035,
     24202, 39957, 53236, 43016, 32613, 44496, 50104, 14401, 3200, 1506, 942, 610, 442, 368, 320,
     294, 278, 276, 290]
)  # fmt: skip
_REDUCED = np.array(
    [223296, 303956, 407560, 528600, 413280, 103292, 23389, 16156, 14550, 16684, 20862, 25774,
     31590, 39036, 46592, 53412, 53788, 45072, 37020, 28324, 14677, 9444, 6510, 5149, 4345, 3750,
     3227, 2795, 2408, 2052, 1794]
)  # fmt: skip
_OXYGEN = 0.7
_HAEMOGLOBIN = 2.303 * 150 / 64500 / 10  # of 1/(cm M) to 1/mm of whole blood
_EPIDERMIS = 0.06  # mm
_UPPER = 0.7  # scattering of the epidermis, against the dermis'
_XYZ_OF_RGB = np.array(
    [[0.4124564, 0.3575761, 0.1804375],
     [0.2126729, 0.7151522, 0.0721750],
     [0.0193339, 0.1191920, 0.9503041]]
)  # fmt: skip
_WHITE = np.array([0.95047, 1.0, 1.08883])


@dataclass(frozen=True)
class Pigments:
    """What colours a piece of skin.

    Parameters
    ----------
    melanin : float
        Share of melanosomes in the epidermis: 0.013 in very light to 0.43 in very dark skin.
    blood : float
        Share of blood in the dermis: 0.002 to 0.07, more in lips.
    carotene : float
        What makes skin yellow: its absorption at 455 nm, 1/mm.
    """

    melanin: float
    blood: float
    carotene: float = 0.3


def _lobe(centre: float, below: float, above: float) -> Spectrum:
    return np.exp(-0.5 * ((_NM - centre) * np.where(centre > _NM, below, above)) ** 2)


def _matching() -> NDArray[np.float64]:
    """Linear sRGB of each wavelength of a reflectance under D65, (3, W); white is 1."""
    x = 1.056 * _lobe(599.8, 0.0264, 0.0323) + 0.362 * _lobe(442.0, 0.0624, 0.0374)
    x -= 0.065 * _lobe(501.1, 0.0490, 0.0382)
    y = 0.821 * _lobe(568.8, 0.0213, 0.0247) + 0.286 * _lobe(530.9, 0.0613, 0.0322)
    z = 1.217 * _lobe(437.0, 0.0845, 0.0278) + 0.681 * _lobe(459.0, 0.0385, 0.0725)
    rgb = np.linalg.inv(_XYZ_OF_RGB) @ (np.stack([x, y, z]) * _D65)
    return rgb / rgb.sum(1, keepdims=True)


_MATCHING = _matching()
_MELANIN = 6.6e10 * _NM**-3.33  # 1/mm
_BLOODLESS = (0.0244 + 8.53 * np.exp(-(_NM - 154) / 66.2)) / 10
_SCATTER = 14.74 * _NM**-0.22 + 2.2e11 * _NM**-4
_BLOOD = _HAEMOGLOBIN * (_OXYGEN * _OXYGENATED + (1 - _OXYGEN) * _REDUCED)
_CAROTENE = _lobe(455.0, 1 / 30, 1 / 22)


def albedo(melanin: ArrayLike, blood: ArrayLike, carotene: ArrayLike = 0.3) -> Spectrum:
    """Linear sRGB albedo of skin, (..., 3); arguments as of `Pigments`, of one shape."""
    f, h, c = (np.asarray(a, float)[..., None] for a in (melanin, blood, carotene))
    upper = f * _MELANIN + (1 - f) * _BLOODLESS + c * _CAROTENE
    lower = h * _BLOOD + (1 - h) * _BLOODLESS + 0.6 * c * _CAROTENE
    scatter = 0.75 * _SCATTER
    ratio = 2 * lower / scatter
    below = 1 + ratio - np.sqrt(ratio * ratio + 2 * ratio)  # endless dermis
    scatter = _UPPER * scatter
    a = 1 + 2 * upper / scatter
    b = np.sqrt(a * a - 1)
    through = b * scatter * _EPIDERMIS
    whole = a * np.sinh(through) + b * np.cosh(through)
    back, forth = np.sinh(through) / whole, b / whole
    reflected = back + forth * forth * below / (1 - back * below)
    return np.maximum(reflected @ _MATCHING.T, 1e-4)


def blood_seen(skin: Pigments) -> Spectrum:
    """How a little more blood changes the logarithm of each channel, (3,)."""
    now = albedo(skin.melanin, skin.blood, skin.carotene)
    return np.log(albedo(skin.melanin, 1.1 * skin.blood, skin.carotene) / now)


def typology_angle(colours: NDArray[np.floating]) -> NDArray[np.float64]:
    """Individual typology angle of linear colours (..., 3), deg.

    Over 55 very light, 41 light, 28 intermediate, 10 tan, -30 brown, below dark (A. Chardon et
    al., "Skin colour typology and suntanning pathways", 1991).
    """
    lightness, _, yellow = np.moveaxis(lab(colours), -1, 0)
    return np.asarray(np.degrees(np.arctan2(lightness - 50, yellow)))


def lab(colours: NDArray[np.floating]) -> NDArray[np.float64]:
    """CIELAB under D65 of linear colours, (..., 3)."""
    share = np.asarray(colours) @ _XYZ_OF_RGB.T / _WHITE
    f = np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16 / 116)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)
