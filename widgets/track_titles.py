"""What a track is called on the screen, and its colour."""

from __future__ import annotations

import functools
import zlib
from typing import Literal, NamedTuple

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from pipeline.core.labels import AU_NAMES, split_track
from pipeline.core.tracks import CONTROLS, is_unit, opposite
from widgets import theme

Kind = Literal["unit", "control", "shape"]


def _n(text: str) -> str:
    """Marks a text for translation; it is looked up when it is shown."""
    return text


#: Positive direction of each control; x is away from the face's middle.
_CONTROLS = {
    "mouth_open": _n("mouth open"),
    "mouth_left_x": _n("left mouth corner out"),
    "mouth_left_y": _n("left mouth corner up"),
    "mouth_right_x": _n("right mouth corner out"),
    "mouth_right_y": _n("right mouth corner up"),
    "pull_down_left": _n("left lower lip down"),
    "pull_down_right": _n("right lower lip down"),
    "left_eye_open": _n("left eye open"),
    "left_eye_x": _n("left eye out"),
    "left_eye_y": _n("left eye up"),
    "right_eye_open": _n("right eye open"),
    "right_eye_x": _n("right eye out"),
    "right_eye_y": _n("right eye up"),
    "nose_y": _n("nose up"),
    "face_y": _n("cheeks up"),
    "left_brow_x": _n("left brow out"),
    "left_brow_y": _n("left brow up"),
    "right_brow_x": _n("right brow out"),
    "right_brow_y": _n("right brow up"),
}

_PARTS = {
    "mouth": _n("Mouth"),
    "left eye": _n("Left eye"),
    "right eye": _n("Right eye"),
    "nose": _n("Nose"),
    "face": _n("Cheeks"),
    "left brow": _n("Left brow"),
    "right brow": _n("Right brow"),
}

_GROUPS: dict[Kind, str] = {
    "unit": _n("ACTION UNITS"),
    "control": _n("CONTROLS"),
    "shape": _n("SHAPES"),
}


class TrackTitle(NamedTuple):
    """``AU12``, ``L`` and ``lip corner puller``; the last alone for what is no action unit."""

    short: str
    side: str
    meaning: str


def kind_of(name: str) -> Kind:
    """Action unit, control of the seven-part rig, or frozen shape."""
    if is_unit(name):
        return "unit"
    return "control" if name in CONTROLS else "shape"


def group_title(kind: Kind) -> str:
    """Heading of the tracks of one kind."""
    return QCoreApplication.translate("Track", _GROUPS[kind])


def part_title(part: str) -> str:
    """A part of the seven-part rig (`pipeline.core.tracks.PARTS`)."""
    return QCoreApplication.translate("Track", _PARTS[part])


def track_title(name: str) -> TrackTitle:
    """The parts of a track's title; a frozen shape has its own name."""
    if is_unit(name):
        number, side = split_track(name)
        meaning = AU_NAMES.get(number, "")
        return TrackTitle(f"AU{number}", side, meaning)
    if name in _CONTROLS:
        return TrackTitle("", "", QCoreApplication.translate("Track", _CONTROLS[name]))
    return TrackTitle("", "", name)


def spoken_title(name: str) -> str:
    """A track in words: ``AU12 left lip corner puller``, ``left mouth corner up``."""
    short, side, meaning = track_title(name)
    sides = {
        "L": QCoreApplication.translate("Track", "left"),
        "R": QCoreApplication.translate("Track", "right"),
    }
    return " ".join(part for part in (short, sides.get(side, ""), meaning) if part)


def track_color(name: str) -> QColor:
    """The stable colour of a track in the theme in force; both sides of the face share it."""
    if is_unit(name):
        return theme.au_color(split_track(name)[0])
    colors = theme.current().au_colors
    return QColor(colors[_slot(name) % len(colors)])


@functools.lru_cache(maxsize=1024)
def _slot(name: str) -> int:
    base = min(name, opposite(name))
    if base not in CONTROLS:
        return zlib.crc32(base.encode())
    ours = [control for control in CONTROLS if control <= opposite(control)]
    return 1 + 3 * ours.index(base)  # neighbours in the list get colours far apart
