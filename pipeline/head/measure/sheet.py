"""What the review sheets of a head show: every unit, combinations, close-ups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.core.progress import Job
from pipeline.head.measure.antagonists import unit_of
from pipeline.head.measure.geometry import full_units
from pipeline.head.measure.page import PageStyle, Row, Shot, draw_page
from pipeline.head.model import HeadModel
from pipeline.head.muscles.posture import POSTURES
from pipeline.head.scene.camera import Camera, Look

#: The face from hairline to chin; the whole head for views from the side.
FACE = Camera(distance=900.0, target=(0.0, -20.0, -20.0), fov=14.2)
WHOLE = Camera(distance=900.0, target=(0.0, -24.0, -40.0), fov=17.0)
#: Micro-expressions live here.
SMALL_WEIGHT = 0.3
GAZE = (61, 62, 63, 64)

#: Combinations by name; weights are given where a unit is not at full activation.
COMBINATIONS: tuple[tuple[str, Mapping[str, float]], ...] = (
    ("1+4", {"AU1": 1, "AU4": 1}),
    ("1+2+5+26 surprise", {"AU1": 1, "AU2": 1, "AU5": 0.8, "AU26": 0.7}),
    ("1+2+4+5+20+26 fear", {"AU1": 0.9, "AU2": 0.6, "AU4": 0.7, "AU5": 0.9, "AU20": 0.8,
                            "AU26": 0.4}),
    ("4+5+7+23 anger", {"AU4": 1, "AU5": 0.7, "AU7": 0.8, "AU23": 0.8}),
    ("9+10+17 disgust", {"AU9": 1, "AU10": 0.6, "AU17": 0.5}),
    ("6+12+25 joy", {"AU6": 0.9, "AU12": 0.9, "AU25": 0.8}),
    ("12+26", {"AU12": 0.9, "AU26": 0.8}),
    ("6+43", {"AU6": 1, "AU43": 1}),
    ("12+43", {"AU12": 1, "AU43": 1}),
    ("1+4+15 sadness", {"AU1": 0.9, "AU4": 0.6, "AU15": 0.9}),
    ("15+17", {"AU15": 1, "AU17": 1}),
    ("20+25+26", {"AU20": 0.9, "AU25": 0.6, "AU26": 0.6}),
    ("12+25", {"AU12": 1, "AU25": 1}),
    ("9+10+25", {"AU9": 0.8, "AU10": 0.9, "AU25": 0.8}),
    ("10+16+25 snarl", {"AU10": 0.9, "AU16": 0.9, "AU25": 0.9}),
    ("6+7+12", {"AU6": 1, "AU7": 0.8, "AU12": 1}),
    ("17+24", {"AU17": 0.8, "AU24": 0.9}),
    ("18+22+25", {"AU18": 0.7, "AU22": 0.8, "AU25": 0.6}),
    ("27", {"AU27": 1}),
    ("L14 contempt", {"AU14_L": 0.9}),
    ("L12 R14", {"AU12_L": 0.8, "AU14_R": 0.8}),
    ("1+2+12 left only", {"AU1_L": 0.9, "AU2_L": 0.9, "AU12_L": 0.9}),
    ("wink, 6+12", {"AU45_L": 1, "AU6_L": 0.8, "AU12_L": 0.8, "AU12_R": 0.3}),
    ("12 at 0.1", {"AU12": 0.1}),
)  # fmt: skip

_SIDES = ("AU1_L", "AU2_R", "AU4_L", "AU6_R", "AU7_L", "AU9_R", "AU10_L", "AU12_R", "AU14_L",
          "AU15_R", "AU16_L", "AU20_R")  # fmt: skip


def close(target: tuple[float, float, float], height: float, yaw: float = 0.0,
          pitch: float = 0.0) -> Camera:  # fmt: skip
    """A camera that sees `height` mm at `target`."""
    distance = 900.0
    fov = float(np.rad2deg(2 * np.arctan(0.5 * height / distance)))
    return Camera(yaw, pitch, distance, target, fov)


_EYE, _MOUTH = (31.5, 0.0, 10.0), (0.0, -66.0, 18.0)
_CLOSE: tuple[Shot, ...] = (
    Shot("eye", {}, close(_EYE, 52)),
    Shot("eye, three-quarter", {}, close(_EYE, 52, 40)),
    Shot("eye closed, AU43", {"AU43": 1.0}, close(_EYE, 52)),
    Shot("half a blink, AU43 0.5", {"AU43": 0.5}, close(_EYE, 52)),
    Shot("mouth", {}, close(_MOUTH, 76)),
    Shot("mouth open, AU25", {"AU25": 1.0}, close(_MOUTH, 76)),
    Shot("mouth open, AU27", {"AU27": 1.0}, close((0.0, -78.0, 18.0), 104)),
    Shot("smile, AU12+25", {"AU12": 1.0, "AU25": 1.0}, close(_MOUTH, 92)),
    Shot("lips, three-quarter", {}, close(_MOUTH, 70, 45)),
    Shot("nose", {}, close((0.0, -28.0, 25.0), 70)),
    Shot("nose from below", {}, close((0.0, -34.0, 25.0), 70, 20, -25)),
    Shot("ear", {}, close((72.0, -12.0, -78.0), 92, 80)),
    Shot("ear from the front", {}, close((72.0, -12.0, -78.0), 92, 25)),
    Shot("brow furrow, AU4", {"AU4": 1.0}, close((0.0, 24.0, 20.0), 92)),
    Shot("forehead, AU1+2", {"AU1": 1.0, "AU2": 1.0}, close((0.0, 38.0, 15.0), 110)),
    Shot("bridge of the nose, AU9", {"AU9": 1.0}, close((0.0, -8.0, 22.0), 92)),
    Shot("crow's feet, AU6", {"AU6": 1.0}, close((44.0, -3.0, 0.0), 72, 42)),
    Shot("nasolabial fold, AU12", {"AU12": 1.0}, close((24.0, -50.0, 12.0), 80, 30)),
    Shot("dimple, AU14", {"AU14": 1.0}, close((22.0, -66.0, 10.0), 66, 25)),
    Shot("chin, AU17", {"AU17": 1.0}, close((0.0, -82.0, 18.0), 80)),
    Shot("puffed cheeks, AU34", {"AU34": 1.0}, close((0.0, -58.0, 0.0), 150, 25)),
    Shot("hairline", {}, close((30.0, 60.0, -10.0), 96, 30)),
    Shot("neck and collar", {}, close((0.0, -140.0, -20.0), 150, 20)),
    Shot("tongue and teeth, AU26", {"AU26": 1.0}, close((0.0, -74.0, 12.0), 78, 0, -8)),
)
SHEET = PageStyle()
CLOSEUPS = PageStyle((400, 400), 6)


def sheet_rows(model: HeadModel) -> Iterator[Row]:
    """Rows of the sheet; what the head does not know is left out."""
    yield Row("Neutral", _neutral())
    units = full_units(model)
    pairs: list[Shot] = []
    for name, weights in units.items():
        unit = unit_of(name) or 0
        if unit not in GAZE:
            small = {control: SMALL_WEIGHT * w for control, w in weights.items()}
            pairs += [
                Shot(f"{name}", weights, FACE),
                Shot(f"{name}  {SMALL_WEIGHT:g}", small, FACE),
            ]
    yield Row("Action units at full activation and at 0.3, both sides", tuple(pairs))
    known = set(model.controls)
    sides = tuple(Shot(name, {name: 1.0}, FACE) for name in _SIDES if name in known)
    yield Row("Left and right apart (the subject's)", sides)
    turns = [f"AU{unit}" for unit in GAZE if f"AU{unit}" in units]
    turns += [name for name in POSTURES if name in known]
    yield Row(
        "Gaze and pose",
        tuple(Shot(name, {name: 1.0}, FACE if unit_of(name) in GAZE else WHOLE) for name in turns),
    )
    yield Row(
        "Combinations",
        tuple(
            Shot(name, weights, FACE)
            for name, weights in COMBINATIONS
            if len(model.unknown(weights)) < len(weights)
        ),
    )


def _neutral() -> tuple[Shot, ...]:
    front = Shot("front", {}, WHOLE)
    side = replace(WHOLE, target=(0.0, -24.0, -60.0))
    shots = [
        front,
        Shot("three-quarter", {}, replace(WHOLE, yaw=40.0)),
        Shot("profile", {}, replace(side, yaw=90.0)),
        Shot("three-quarter, right", {}, replace(WHOLE, yaw=-40.0)),
        Shot("from above", {}, replace(WHOLE, pitch=25.0)),
        Shot("from below", {}, replace(WHOLE, pitch=-20.0)),
    ]
    for light in ("soft", "dramatic"):
        look = Look(light=light)
        shots.append(Shot(f"{light} light", {}, WHOLE, look=look))
        shots.append(Shot(f"{light} light", {}, replace(WHOLE, yaw=40.0), look=look))
    shots.append(Shot("wireframe", {}, WHOLE, look=Look(over="wireframe")))
    shots.append(Shot("back", {}, replace(side, yaw=150.0)))
    return tuple(shots)


def draw_sheet(model: HeadModel, style: PageStyle = SHEET) -> Job[NDArray[np.uint8]]:
    """The review sheet of a head, (H, W, 3) uint8 sRGB; yields progress per picture."""
    return (
        yield from draw_page(
            model, f"{model.name} ({model.lod})", sheet_rows(model), style, _footer(model)
        )
    )


def draw_closeups(model: HeadModel, style: PageStyle = CLOSEUPS) -> Job[NDArray[np.uint8]]:
    """Close-ups of a head on one page, (H, W, 3) uint8 sRGB; yields progress per picture."""
    rows = [Row("Close-ups", _CLOSE)]
    return (yield from draw_page(model, f"{model.name} ({model.lod})", rows, style))


def _footer(model: HeadModel) -> str:
    wanted = {name for _, weights in COMBINATIONS for name in weights}
    missing = model.unknown(sorted(wanted, key=lambda name: (unit_of(name) or 0, name)))
    return f"Not on this head: {', '.join(missing)}" if missing else ""
