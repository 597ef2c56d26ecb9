"""Names of tracks: action units, controls of the seven-part rig, frozen shapes."""

from __future__ import annotations

import functools
import re

from pipeline.core.labels import split_track

#: Controls of Xu's Table 1, by part; y is up, x away from the face's middle (so that mirroring
#: copies a value). Their weights run from -1 to 1.
PARTS: dict[str, tuple[str, ...]] = {
    "mouth": (
        "mouth_open", "mouth_left_x", "mouth_left_y", "mouth_right_x", "mouth_right_y",
        "pull_down_left", "pull_down_right",
    ),
    "left eye": ("left_eye_open", "left_eye_x", "left_eye_y"),
    "right eye": ("right_eye_open", "right_eye_x", "right_eye_y"),
    "nose": ("nose_y",),
    "face": ("face_y",),
    "left brow": ("left_brow_x", "left_brow_y"),
    "right brow": ("right_brow_x", "right_brow_y"),
}  # fmt: skip
CONTROLS: tuple[str, ...] = tuple(name for names in PARTS.values() for name in names)

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


@functools.lru_cache(maxsize=4096)
def is_unit(name: str) -> bool:
    """Whether a track is that of an action unit."""
    try:
        split_track(name)
    except ValueError:
        return False
    return True


def is_track(name: str) -> bool:
    """Whether a track may have this name: a letter, then up to 39 letters, digits and ``_``."""
    return _NAME.fullmatch(name) is not None


def track_range(name: str) -> tuple[float, float]:
    """Least and greatest weight of a track: controls move in both directions."""
    return (-1.0, 1.0) if name in CONTROLS else (0.0, 1.0)


@functools.lru_cache(maxsize=4096)
def track_order(name: str) -> tuple[int, int, str]:
    """Sorting key: action units by number and side, then controls by part, then the rest."""
    if is_unit(name):
        number, side = split_track(name)
        return (0, number, side)
    return (1, CONTROLS.index(name), "") if name in CONTROLS else (2, 0, name)


def opposite(name: str) -> str:
    """The same track on the other side of the face; itself where it has no side."""
    for one, other in (("left", "right"), ("right", "left")):
        if name in CONTROLS and one in name:
            return name.replace(one, other)
    for one, other in (("_L", "_R"), ("_R", "_L")):
        if name.endswith(one):
            return name.removesuffix(one) + other
    return name
