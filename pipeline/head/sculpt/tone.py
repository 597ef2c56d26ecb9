"""Colour of hair: that of the head's own strands, mixed with the grey ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import HeadError
from pipeline.head.cast.character import Hair
from pipeline.head.sculpt.parameters.skin import SkinParameters
from pipeline.head.sculpt.parameters.styles import STYLES, HairStyle
from pipeline.head.sculpt.parameters.tones import GREYED, HAIR_COLOURS
from pipeline.head.sculpt.skin import linear

Rgb = NDArray[np.float64]

_BROW_DEPTH = "3a261b"
_LUMA = np.array([0.2126, 0.7152, 0.0722])
_BRIGHTEST, _DARKEST = 2.1, 0.25  # of a strand against the mean: what a picture can hold


@dataclass(frozen=True, eq=False)
class Tone:
    """Colours and the contrast of single strands.

    Parameters
    ----------
    root, tip : (3,) float64
        Linear, the mean of all strands.
    grey : float
        Share of strands that are grey.
    dark, light : float
        Brightness of the head's own strands and of the grey ones against that mean.
    """

    root: Rgb
    tip: Rgb
    grey: float = 0.0
    dark: float = 1.0
    light: float = 1.0

    def strands(self, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Factors of the brightness of `count` strands of a picture, (count,)."""
        return np.where(rng.random(count) < self.grey, self.light, self.dark)


def tone_of(colour: str, grey: float = 0.0) -> Tone:
    """Tone of a colour's name with a share of grey hair.

    Raises
    ------
    HeadError
        If there is no such colour.
    """
    if colour not in HAIR_COLOURS:
        raise HeadError(
            f"'{colour}' is no colour of hair", remedy="Take one of " + ", ".join(HAIR_COLOURS),
            code="head.hair_colour",
        )  # fmt: skip
    own = [linear(code) for code in HAIR_COLOURS[colour]]
    share = float(np.clip(grey, 0, 1))
    old = linear(GREYED)
    # Grey sets in beneath what has grown before: the tip keeps a little more of its colour.
    root, tip = ((1 - s) * c + s * old for c, s in zip(own, (share, 0.96 * share), strict=True))
    mean = float((root + tip) @ _LUMA)
    dark = float((own[0] + own[1]) @ _LUMA) / mean
    light = float(2 * old @ _LUMA) / mean
    if share in (0.0, 1.0):
        dark = light = 1.0
    return Tone(root, tip, share, max(dark, _DARKEST), min(light, _BRIGHTEST))


def style_of(hair: Hair) -> HairStyle:
    """The cut of a character.

    Raises
    ------
    HeadError
        If there is no such cut.
    """
    if hair.style not in STYLES:
        raise HeadError(
            f"'{hair.style}' is no cut of hair", remedy="Take one of " + ", ".join(STYLES),
            code="head.hair_style",
        )  # fmt: skip
    return STYLES[hair.style]


def brow_tone(tone: Tone) -> Tone:
    """Of the brows: darker than the hair, and later grey."""
    dark = linear(_BROW_DEPTH)
    root, tip = (
        np.minimum(0.55 * c + 0.25 * dark, 0.9 * c + 0.15 * dark) for c in (tone.root, tone.tip)
    )
    return Tone(root, tip, 0.7 * tone.grey, tone.dark, tone.light)


def under_hair(skin: SkinParameters, style: HairStyle, tone: Tone) -> SkinParameters:
    """The skin with what shows of hair and brows between their strands."""
    brow = brow_tone(tone)
    return replace(
        skin,
        brow=_code(0.5 * (brow.root + brow.tip)),
        hairline=style.hairline,
        scalp=_code(0.9 * tone.root + 0.1 * linear(skin.base)) if style.guides else "",
        scalp_strength=style.scalp,
    )


def _code(colour: Rgb) -> str:
    levels = np.rint(np.clip(colour, 0, 1) ** (1 / 2.2) * 255).astype(int)
    return "".join(f"{level:02x}" for level in levels)
