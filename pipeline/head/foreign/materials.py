"""Which of the studio's materials a foreign one is, by its name; colours where none are given."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from pipeline.head.scene.studio import MATERIALS

#: The first that fits counts: words of a material's or mesh's name, and the studio's material.
_WORDS = (
    (r"lash", "lashes"),
    (r"brow", "brows"),
    (r"teeth|tooth|denture", "teeth"),
    (r"tongue", "tongue"),
    (r"gum", "gum"),
    (r"mouth.?(bag|sock|inner|cavity)|inner.?mouth", "inner"),
    (r"hair|beard|scalp", "hair"),
    (r"cloth|shirt|jacket|dress|collar|suit", "cloth"),
    (r"(^|[^a-z])eyes?($|[^a-z])|eye.?ball|sclera|iris|cornea|pupil", "eye"),
)
#: Linear colours of materials whose file says nothing, or grey.
_PLAIN = {
    "skin": (0.58, 0.32, 0.22), "eye": (0.70, 0.66, 0.62), "teeth": (0.72, 0.66, 0.55),
    "tongue": (0.42, 0.14, 0.12), "gum": (0.40, 0.15, 0.13), "inner": (0.16, 0.03, 0.03),
    "hair": (0.035, 0.022, 0.015),
    "brows": (0.035, 0.022, 0.015), "lashes": (0.012, 0.010, 0.010), "cloth": (0.10, 0.12, 0.15),
}  # fmt: skip
_LEAST_CHROMA = 0.02


def material_of(name: str) -> str:
    """Material for a foreign name; skin where it says nothing."""
    if name in MATERIALS:
        return name
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return next((key for words, key in _WORDS if re.search(words, text)), "skin")


def plausible(material: str, given: Sequence[float] | None) -> tuple[float, float, float]:
    """The given linear colour, or a fitting one where it is missing or a modeller's grey skin."""
    grey = given is not None and float(np.ptp(given)) < _LEAST_CHROMA
    if given is None or (grey and material in ("skin", "tongue", "inner")):
        return _PLAIN.get(material, _PLAIN["skin"])
    red, green, blue = (min(max(float(c), 0.0), 1.0) for c in given)
    return red, green, blue
