"""The skin's parameters for a character: the painted colours with other pigments, and age.

The painter's colours belong to the sculpt's own complexion (`PAINTED_AS`) and age (`PAINTED_AT`):
there they stay as they are. A colour is the base's with more blood or more melanin. The base goes
where the pigments take it (`pigment.albedo`); what blood adds to it shows as far as blood is seen
through the melanin above it; what melanin adds multiplies.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.head.cast.character import Character, Complexion
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.eyes import EyeParameters
from pipeline.head.sculpt.parameters.skin import Patch, SkinParameters
from pipeline.head.sculpt.pigment import Pigments, albedo, blood_seen

Colour = NDArray[np.float64]

#: What the sculpt's colours were painted as.
PAINTED_AS = Complexion(stubble=0.2)
PAINTED_AT = 27.0
_OLD = 80.0  # years, when age has done its all
_PAINTED_PIGMENTS = Pigments(0.051, 0.015)
_DARKENING = 10.2  # times the melanin from the lightest to the darkest skin
_RUDDY_FADES = 1.4  # per melanin: how fast the painter's own red goes from dark skin
_SEEN = 0.7  # power of the share of blood that is seen: skin of any colour has some life


class _Kind(NamedTuple):
    """How a colour differs from the base.

    Parameters
    ----------
    blood : float
        Share of the difference that is blood's; the rest is melanin's.
    melanin : float
        How far it goes along with the skin's melanin.
    veiled : bool
        Bluish because it lies under pale skin; under dark skin it is only dark.
    """

    blood: float
    melanin: float = 1.0
    veiled: bool = False


_KINDS = {
    "ear": _Kind(0.9),
    "beard": _Kind(0.0, veiled=True),
    "upper_lip": _Kind(0.9, 0.97),
    "lower_lip": _Kind(0.85, 0.80),
    "lip_inside": _Kind(1.0, 0.50),
    "lid_rim": _Kind(1.0, 0.75),
    "mouth": _Kind(1.0, 0.15),
    "nostril": _Kind(0.5, 0.8),
}
#: Of the patches, in their order.
_PATCHES = tuple(map(_Kind, (0.2, 0.2, 0.9, 0.9, 0.9, 0.8, 0.7, 0.35, 0.8, 0.3, 0.2)))
_UNDER_EYES = 7
_LIP_COLOUR = "8e2230"  # of a lipstick on the sculpt's skin


def _linear(code: str) -> Colour:
    return (np.array([int(code[i : i + 2], 16) for i in (0, 2, 4)]) / 255.0) ** 2.2


def _code(colour: Colour) -> str:
    levels = np.rint(np.clip(colour, 0, 1) ** (1 / 2.2) * 255).astype(int)
    return "".join(f"{level:02x}" for level in levels)


def years_of_age(age: float) -> float:
    """What age has done to skin, 0 at the sculpt's to 1 at eighty."""
    return float(np.clip((age - PAINTED_AT) / (_OLD - PAINTED_AT), 0, 1))


def pigments(look: Complexion, age: float = PAINTED_AT, share: float = 1.0) -> Pigments:
    """Pigments of a complexion; `share` is how far a part follows the skin's melanin."""
    darker = (look.melanin - PAINTED_AS.melanin) * (share if look.melanin > 0.25 else 1.0)
    painted = _PAINTED_PIGMENTS
    sallow = years_of_age(age)
    return Pigments(
        painted.melanin * _DARKENING**darker,
        painted.blood * (0.3 + 0.7 * look.blood) * (1 - 0.42 * look.warmth) * (1 + 0.15 * sallow),
        painted.carotene * (1 + 0.75 * look.warmth + 0.20 * sallow),
    )


class _Mixer:
    """Recolours what was painted."""

    def __init__(self, look: Complexion, age: float, base: str) -> None:
        self._look, self._age, self._base = look, age, _linear(base)
        self._was = albedo(*_channels(_PAINTED_PIGMENTS))
        #: What the painter has made redder than skin is; less and less where it is dark.
        self._ruddy = np.log(self._base / self._was)

    def base(self, share: float = 1.0) -> Colour:
        """Colour of plain skin, linear."""
        now = pigments(self._look, self._age, share)
        dark = max(self._look.melanin - PAINTED_AS.melanin, 0.0) * share
        return (
            self._base
            * albedo(*_channels(now))
            / self._was
            * np.exp(-_RUDDY_FADES * dark * self._ruddy)
        )

    def seen(self, share: float = 1.0) -> Colour:
        """How much of the blood's colour shows, against the sculpt's skin, (3,)."""
        now = blood_seen(pigments(self._look, self._age, share))
        visible = now[:2] / blood_seen(_PAINTED_PIGMENTS)[:2]
        red, green = np.maximum(visible, 0.0) ** _SEEN * self._look.blood
        # Melanin hides blue before green; a screen's own blue would turn over.
        return np.array([red, green, green * min(green / max(red, 1e-6), 1.2)])

    def __call__(self, code: str, kind: _Kind) -> str:
        against = np.log(np.maximum(_linear(code), 1e-4) / self._base)
        if kind.veiled:
            dark = float(np.clip(2 * (self._look.melanin - PAINTED_AS.melanin), 0, 1))
            against = against * (1 - dark) + against.mean() * dark
        power = kind.blood * self.seen(kind.melanin) + (1 - kind.blood)
        return _code(self.base(kind.melanin) * np.exp(against * power))


def _channels(of: Pigments) -> tuple[float, float, float]:
    return of.melanin, of.blood, of.carotene


def skin_of(character: Character, painted: SkinParameters = HEAD.skin) -> SkinParameters:
    """Parameters of a character's skin; those of the sculpt at its own complexion and age."""
    look, old = character.complexion, years_of_age(character.age)
    mixed = _Mixer(look, character.age, painted.base)
    colours: dict[str, Any] = {
        name: mixed(getattr(painted, name), kind) for name, kind in _KINDS.items()
    }
    blush = float(mixed.seen()[1])
    dark = max(look.melanin - PAINTED_AS.melanin, 0.0)
    made = replace(
        painted,
        base=_code(mixed.base()),
        patches=tuple(_patches(painted, mixed, old)),
        blood=painted.blood * blush,
        spots=painted.spots * blush,
        uneven=painted.uneven * blush,
        # Highlights stand out from dark skin: what was gloss on light skin would be wet on it.
        gloss_factor=1 - 0.16 * dark,
        neck_gloss=painted.neck_gloss * (1 - 0.45 * dark),
        pores=painted.pores * (1 + 0.35 * dark),
        cells=painted.cells * (1 + 0.30 * dark),
        **colours,
    )
    return _made_up(_shaved(_aged(_freckled(made, look), old, character.age), look), look)


def _patches(painted: SkinParameters, mixed: _Mixer, old: float) -> list[Patch]:
    out = []
    for number, (patch, kind) in enumerate(zip(painted.patches, _PATCHES, strict=True)):
        strength = patch.strength
        if number == _UNDER_EYES:
            strength += 0.30 * old
        out.append(patch._replace(colour=mixed(patch.colour, kind), strength=strength))
    return out


def _freckled(skin: SkinParameters, look: Complexion) -> SkinParameters:
    """Freckles show on light skin; where there is much melanin anyway they do not."""
    more = look.freckles / PAINTED_AS.freckles
    fair = float(np.clip((0.75 - look.melanin) / 0.5, 0, 1))
    strength = (1 + 0.3 * (more - 1)) * fair
    red, green, blue = (min(strength * part, 0.75) for part in skin.freckle)
    return replace(skin, freckles=round(skin.freckles * more**0.8), freckle=(red, green, blue))


def _aged(skin: SkinParameters, old: float, age: float) -> SkinParameters:
    """Coarser, blotchier, drier; spots; paler and thinner lips."""
    young = float(np.clip((PAINTED_AT - age) / 10, 0, 1))
    return replace(
        _with_lips(skin, _linear(skin.base), 0.35 * old),
        lip_inset=0.9 * old,
        lip_gloss=skin.lip_gloss * (1 - 0.15 * old),
        lip_lines=skin.lip_lines * (1 + 0.8 * old),
        mottle=skin.mottle * (1 + 0.35 * old - 0.25 * young),
        blood=skin.blood * (1 + 0.25 * old - 0.2 * young),
        grain=skin.grain * (1 + 0.5 * old - 0.2 * young),
        pores=skin.pores * (1 + 0.5 * old - 0.25 * young),
        cells=skin.cells * (1 + 0.9 * old - 0.2 * young),
        creping=2.6 * max(old - 0.2, 0),
        age_spots=round(420 * max(old - 0.25, 0)),
        gloss_factor=skin.gloss_factor * (1 - 0.12 * old + 0.04 * young),
    )


def _with_lips(skin: SkinParameters, colour: Colour, share: float) -> SkinParameters:
    """The lips' red drawn towards a linear colour."""
    upper, lower = (
        _code(_linear(lip) ** (1 - share) * colour**share)
        for lip in (skin.upper_lip, skin.lower_lip)
    )
    return replace(skin, upper_lip=upper, lower_lip=lower)


def _shaved(skin: SkinParameters, look: Complexion) -> SkinParameters:
    """The shadow of a shaved beard, and the points of its hairs where it is dense."""
    return replace(
        skin,
        beard_strength=skin.beard_strength * (look.stubble / PAINTED_AS.stubble),
        bristles=max(look.stubble - PAINTED_AS.stubble, 0.0),
    )


def _made_up(skin: SkinParameters, look: Complexion) -> SkinParameters:
    """Lips under a lipstick: one colour, a sharper edge, more gloss."""
    tint = look.lip_tint
    colour = _linear(_LIP_COLOUR) * (1 - 0.35 * max(look.melanin - PAINTED_AS.melanin, 0))
    return replace(
        _with_lips(skin, colour, 0.8 * tint),
        lip_strength=skin.lip_strength + (0.97 - skin.lip_strength) * tint,
        lip_edge=1 - 0.5 * tint,
        lip_gloss=skin.lip_gloss * (1 + 0.15 * tint),
    )


def eyes_of(character: Character, painted: EyeParameters = HEAD.eyes) -> EyeParameters:
    """Parameters of a character's eyes: whites yellow and redden with age, in steps of decades."""
    old = round(years_of_age(character.age) * 5) / 5
    dark = round(max(character.complexion.melanin - 0.5, 0) * 4) / 2
    if not old and not dark:
        return painted
    yellow = np.array([0.94, 0.86, 0.68]) ** (old + 0.35 * dark)
    return replace(
        painted,
        sclera=_code(_linear(painted.sclera) * yellow),
        rear=_code(_linear(painted.rear) * np.array([0.95, 0.85, 0.75]) ** (old + dark)),
        vein_strength=painted.vein_strength * (1 + 0.8 * old),
    )


def scatter_of(character: Character) -> float:
    """How much light wanders under the skin, against the sculpt's: melanin swallows it."""
    now = albedo(*_channels(pigments(character.complexion)))[0]
    return float(np.clip((now / albedo(*_channels(_PAINTED_PIGMENTS))[0]) ** 0.8, 0.2, 1.15))
