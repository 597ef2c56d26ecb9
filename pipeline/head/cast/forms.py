"""Forms: weights of the identity modes of the cast and of random characters."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.head.cast.directions import AFRICAN, ASIAN, HEAVY, OLD, WOMAN, Direction, combined
from pipeline.head.cast.modes import MODES
from pipeline.head.cast.person import Person
from pipeline.head.cast.warp import least_volume
from pipeline.head.sculpt.anatomy import EYE_CENTRE

#: As `Character.form`.
Form = tuple[tuple[str, float], ...]


#: Of a mode's weight in a random form.
_FURTHEST = 3.0
#: Space is nowhere pressed together by more than to this part of its volume in a random form;
#: one that does is drawn nearer to the sculpt by the share after it.
_LEAST_VOLUME, _NEARER = 0.25, 0.88


def _form(*parts: tuple[float, Direction], **more: float) -> Form:
    """Directions by share, and modes (written with underscores) added to them."""
    weights = combined(*parts, (1.0, {name.replace("_", "-"): w for name, w in more.items()}))
    return _listed(weights)


def _listed(weights: Mapping[str, float]) -> Form:
    return tuple((name, round(weights[name], 3)) for name in MODES if weights.get(name))


#: Of the cast, by name; who is missing has the form of the sculpt itself.
FORMS: dict[str, Form] = {
    "ada": _form(
        (1.0, WOMAN), eye_spacing=0.3, chin_width=-0.3, mouth_corners=0.8, upper_lip=-0.5,
        lower_lip=-0.3, lip_protrusion=-0.4,
    ),
    "bao": _form(
        (1.15, ASIAN), (0.45, HEAVY), jaw_width=0.6, chin_width=0.9, chin_height=-0.6,
        head_width=0.6, face_length=0.345, brow_arch=-1.6, brow_tilt=0.8, brow_height=0.6,
        nose_length=-0.9, nose_tip_size=0.9, mouth_width=0.7, upper_lip=-0.6, lower_lip=0.7,
        mouth_corners=0.7, forehead_slope=0.8, larynx=-0.8, ear_size=0.6,
    ),
    "chidi": _form(
        (1.0, AFRICAN), jaw_taper=0.9, jaw_width=-0.9, head_height=0.9, neck_width=-1.0,
        cheekbones=1.2, head_width=-0.8, chin_width=-0.7, brow_ridge=-0.6, lid_opening=-0.6,
        mouth_width=0.6, mouth_corners=0.4, eye_tilt=0.8, cheek_fullness=-0.8, head_length=0.6,
    ),
    "dolores": _form(
        (0.75, WOMAN), (0.85, OLD), (0.5, HEAVY), nose_hump=0.8, nose_bridge=0.5,
        eye_spacing=-0.6, mouth_width=0.5, upper_lip=-0.4,
    ),
    "einar": _form(
        (1.0, OLD), nose_hump=1.2, brow_ridge=1.2, face_length=1.2, head_length=0.8,
        chin_height=0.8, jaw_width=0.3, cheekbones=0.8, mouth_width=1.0, mouth_corners=0.5,
    ),
    "farah": _form(
        (0.95, WOMAN), nose_bridge=1.6, nose_root=0.8, nose_hump=1.0, nose_tip_up=-1.2,
        nose_length=1.2, eye_spacing=-0.7, brow_height=-0.8, lid_opening=-0.6, eye_length=1.0,
        face_length=0.6, chin_height=0.4, cheekbones=0.4, mouth_width=0.6, upper_lip=-0.5,
        mouth_corners=0.4,
    ),
    "grace": _form(
        (0.85, WOMAN), (0.9, AFRICAN), (1.0, HEAVY), (0.2, OLD), eye_spacing=0.5,
        lid_opening=-0.7, mouth_corners=0.9, face_length=0.85, brow_arch=0.4,
    ),
}  # fmt: skip


def draw_form(person: Person, rng: np.random.Generator) -> Form:
    """A random form within anatomical bounds."""
    female = (person.feminine + 1) / 2
    old = float(np.clip((person.age - 28) / 50, 0, 1))
    heavy = float(np.clip(rng.normal(0.15, 0.4), -0.5, 1.0))
    weights = combined(
        (female, WOMAN), (old, OLD), (heavy, HEAVY),
        (person.african, AFRICAN), (person.asian, ASIAN),
    )  # fmt: skip
    for name in MODES:
        weights[name] = weights.get(name, 0.0) + float(np.clip(0.7 * rng.normal(), -1.5, 1.5))
        weights[name] = min(max(weights[name], -_FURTHEST), _FURTHEST)
    return _unfolded(weights)


def _unfolded(weights: dict[str, float]) -> Form:
    """Weights, nearer to 0 where they would press the face together."""
    form = _listed(weights)
    while least_volume(form, _probes()) < _LEAST_VOLUME:
        weights = {name: _NEARER * weight for name, weight in weights.items()}
        form = _listed(weights)
    return form


@lru_cache(maxsize=1)
def _probes() -> NDArray[np.float64]:
    """Points of the subject's left where modes meet: shells round the eye, nose, mouth, chin."""
    turns = np.deg2rad(np.mgrid[-60:61:15, -60:61:15].reshape(2, -1))
    ways = np.stack(
        [np.sin(turns[0]), np.cos(turns[0]) * np.sin(turns[1]), np.cos(turns[0]) * np.cos(turns[1])]
    ).T  # fmt: skip
    shells = [EYE_CENTRE + radius * ways for radius in (17, 20, 23, 26, 29)]
    face = np.mgrid[0:45:7, -112:25:8, -10:41:7].reshape(3, -1).T
    return np.vstack([*shells, face]).astype(float)
