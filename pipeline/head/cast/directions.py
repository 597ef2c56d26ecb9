"""How modes go together: sex, age, weight and ancestry as directions over them, as data.

Weights are those at the end of a direction. Sources as in `pipeline.head.cast.modes`.
"""

from __future__ import annotations

from collections.abc import Mapping

Direction = Mapping[str, float]

#: A plainly female face; the sculpt itself is male.
WOMAN: Direction = {
    "head-width": -0.9, "head-length": -0.8, "face-length": -1.2, "face-width": -0.9,
    "forehead-slope": -0.9, "forehead-round": 1.0, "forehead-width": -0.4, "temples": 0.6,
    "brow-ridge": -2.4, "brow-height": 1.0, "brow-arch": 1.3,
    "eye-size": 2.3, "eye-tilt": 1.0, "lid-opening": 0.9, "eye-length": 0.5, "eye-depth": -0.8,
    "nose-length": -0.9, "nose-width": -1.8, "nose-projection": -1.0, "nose-bridge": -1.0,
    "nose-root": -0.9, "bridge-width": -2.0, "nose-tip-up": 1.4, "nose-tip-size": -1.6,
    "nose-hump": -0.6,
    "cheekbones": 1.1, "cheek-fullness": 0.2, "fold-fullness": -0.2,
    "mouth-width": -0.1, "upper-lip": 1.1, "lower-lip": 0.9, "lip-protrusion": 0.6,
    "mouth-height": 0.2,
    "jaw-width": -2.6, "jaw-taper": 1.7, "jaw-angle": -1.4, "chin-width": -1.8,
    "chin-height": -1.3, "chin-forward": -0.7,
    "neck-width": -3.2, "larynx": -2.0, "shoulder-width": -2.6, "shoulder-slope": 1.6,
    "ear-size": -1.2, "ear-stand": -0.6,
}  # fmt: skip

#: Eighty years against twenty-five.
OLD: Direction = {
    "temples": -2.4, "brow-height": -1.2, "brow-tilt": -1.2, "brow-arch": -0.6, "lid-hood": 1.2,
    "lid-opening": -1.8, "eye-depth": 1.4, "eye-bags": 2.0, "tear-trough": 2.0, "eye-tilt": -1.0,
    "nose-length": 1.4, "nose-tip-up": -1.6, "nose-width": 0.7, "nose-tip-size": 0.8,
    "cheek-fullness": -1.5, "cheekbones": -0.4, "fold-fullness": 1.6,
    "upper-lip": -1.7, "lower-lip": -1.3, "lip-protrusion": -0.5, "mouth-corners": -1.4,
    "mouth-height": -0.4,
    "jowls": 2.1, "double-chin": 1.0, "chin-forward": 0.5, "ear-size": 1.2, "ear-length": 2.0,
    "neck-width": -0.8, "larynx": 0.4,
}  # fmt: skip

#: A heavy build against a slim one.
HEAVY: Direction = {
    "face-width": 0.6, "cheek-fullness": 2.0, "fold-fullness": 0.7, "jaw-width": 0.8,
    "jaw-taper": -1.0, "jowls": 0.8, "double-chin": 1.6, "neck-width": 1.6,
    "shoulder-width": 0.6, "temples": 0.7, "eye-bags": 0.3, "nose-width": 0.3, "chin-width": 0.5,
}  # fmt: skip

#: West African means against the sculpt's.
AFRICAN: Direction = {
    "nose-width": 2.8, "nose-bridge": -1.7, "nose-root": -0.6, "bridge-width": 1.2,
    "nose-projection": -1.0, "nose-tip-size": 1.2, "upper-lip": 2.2, "lower-lip": 1.9,
    "lip-protrusion": 1.7, "mouth-width": 0.8, "eye-spacing": 0.5, "forehead-round": 0.5,
    "chin-forward": -0.5, "eye-depth": -0.4, "ear-size": -0.7,
}  # fmt: skip

#: East Asian means against the sculpt's.
ASIAN: Direction = {
    "face-width": 1.6, "cheekbones": 1.2, "nose-bridge": -1.8, "nose-root": -1.3,
    "nose-projection": -1.2, "nose-width": 1.0, "nose-hump": -0.6, "brow-ridge": -1.0,
    "eye-depth": -1.3, "lid-hood": 0.9, "epicanthus": 1.4, "eye-tilt": 1.0, "lid-opening": -0.6,
    "head-length": -0.8, "head-width": 0.6, "face-length": -0.3, "upper-lip": 0.4,
    "jaw-width": 0.4,
}  # fmt: skip


def combined(*parts: tuple[float, Direction]) -> dict[str, float]:
    """Directions by share, added up: weights by mode."""
    out: dict[str, float] = {}
    for share, direction in parts:
        for name, weight in direction.items():
            out[name] = out.get(name, 0.0) + share * weight
    return out
