"""How deep the skin folds where: what share of the furrows each shape draws in.

Furrows are curves in a picture (`pipeline.head.sculpt.furrow_map`); a shape deepens those that
cross the zones listed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.head.sculpt.anatomy import EYE_RADIUS
from pipeline.head.sculpt.parameters import HEAD

if TYPE_CHECKING:
    from pipeline.head.muscles.frame import MuscleFrame

#: Skin folds early: a tenth of the activation gives a quarter of the depth.
_EARLY = 0.45
_SEAM_WIDTH = 0.3  # mm over a margin that still count as its edge


@dataclass(frozen=True)
class Zone:
    """Flat-topped zone on the subject's left (mm), with its share of the full depth."""

    centre: tuple[float, float, float]
    radii: tuple[float, float, float]
    share: float = 1.0


#: Zones by unit; those of sided units act on their own half.
ZONES: dict[int, tuple[Zone, ...]] = {
    1: (Zone((4, 46, 18), (26, 16, 60)),),
    2: (Zone((46, 40, 5), (24, 20, 60)),),
    4: (Zone((3, 20.5, 18), (14, 11.5, 50), 1.1),),
    6: (Zone((55, -1, -10), (12, 18, 40)), Zone((32, -15, 10), (15, 7, 50))),
    7: (Zone((31, -9.5, 8), (15, 3.6, 40), 0.9),),
    9: (
        Zone((5, -7, 22), (14, 17, 50), 1.1),
        Zone((21, -41, 20), (10, 15, 40), 0.9),
        Zone((3, 12, 18), (9, 8, 40), 0.5),
    ),
    10: (Zone((25, -47, 15), (11, 17, 40), 0.8),),
    11: (Zone((29, -53, 14), (10, 12, 40), 0.55),),
    12: (Zone((30, -53, 12), (13, 19, 40), 0.9),),
    13: (Zone((33, -64, 10), (7, 12, 40), 0.6),),
    14: (Zone((33.5, -65, 8), (6.5, 10, 40), 1.2),),
    15: (Zone((29, -78, 10), (6.5, 11, 40), 1.1),),
    17: (Zone((0, -94, 20), (17, 14, 40), 0.6),),
    18: (Zone((0, -65, 22), (22, 17, 30), 0.8),),
    20: (Zone((31, -78, 10), (7, 12, 40), 0.5),),
    23: (Zone((0, -65, 22), (22, 16, 30), 1.0),),
    24: (Zone((0, -82, 20), (15, 3.5, 30), 0.7), Zone((29, -69, 10), (5, 6, 30), 0.5)),
    28: (Zone((0, -65, 22), (22, 16, 30), 0.7),),
}


#: Units that draw the upper lid out of the fold it lies in, and how far.
UNFOLDED = {43: 1.0, 64: 0.55}

_FOLD_END = Zone((48.5, 3.5, 3), (5.5, 4.5, 12), 0.95)

#: What a closure gives margins that come to lie on each other, so far under 0 that no sum of
#: unfolded skin reaches it.
SEAM = -5.0


def crease(frame: MuscleFrame, name: str) -> NDArray[np.float64]:
    """Depth that a shape gives the furrows at full activation, (N,) as a part of the full.

    Negative where it draws skin out of a fold, `SEAM` where lids close. Extras of pairs have none.
    """
    unit, _, side = name.partition("_")
    number = unit.removeprefix("AU")
    total = np.zeros(len(frame.v))
    if not number.isdecimal() or " " in side:
        return total
    if int(number) in UNFOLDED:
        lid = np.clip(frame.upper_lid / 0.35, 0, 1) * (frame.eye_radius > EYE_RADIUS + 0.9)
        lid = np.maximum(lid, _fold_end(frame))
        total = -UNFOLDED[int(number)] * lid
    if int(number) == 43:
        total = np.where(_margins(frame), SEAM, total)
    mirrored = np.column_stack([frame.ax, frame.y, frame.z])
    for zone in ZONES.get(int(number), ()):
        off = (mirrored - np.array(zone.centre)) / np.array(zone.radii)
        depth = zone.share * np.exp(-((off * off).sum(1) ** 2))
        total = np.maximum(total, depth) if int(number) not in UNFOLDED else total
    total = total * frame.face
    if side:
        total = total * (frame.left if side == "L" else 1 - frame.left)
    return total


def _fold_end(frame: MuscleFrame) -> NDArray[np.float64]:
    """Where the upper lid's fold runs out beside the outer corner, (N,) in [0, 1]."""
    off = np.column_stack([frame.ax, frame.y, frame.z]) - np.array(_FOLD_END.centre)
    bell = np.exp(-((off / np.array(_FOLD_END.radii)) ** 2).sum(1))
    return np.asarray(_FOLD_END.share * bell)


def _margins(frame: MuscleFrame) -> NDArray[np.bool_]:
    """Vertices of both lids' margins, (N,), from the front edge to the eyeball."""
    face = HEAD.face
    off = np.where(frame.above, frame.y - frame.upper, frame.lower - frame.y)
    near = (off < _SEAM_WIDTH) & (np.maximum(frame.upper_lid, frame.lower_lid) > 0.3)
    near &= (frame.eye_x > face.inner_canthus + 0.5) & (frame.eye_x < face.outer_canthus + 0.3)
    return np.asarray(near)


def folded(amount: NDArray[np.floating]) -> NDArray[np.floating]:
    """Depth of furrows under sums of shapes: grows at once, then ever slower, up to about 1.

    Below 0 skin comes out of a fold, in proportion.
    """
    deep = np.maximum(amount, 0)
    return deep * (1 + _EARLY) / (deep + _EARLY) + np.clip(amount, SEAM, 0)


def amount_of(depth: NDArray[np.floating]) -> NDArray[np.float64]:
    """The amount whose `folded` is a depth in [0, 1]."""
    return np.asarray(depth * _EARLY / (1 + _EARLY - depth))


def with_rest(amount: NDArray[np.floating], rest: NDArray[np.floating]) -> NDArray[np.floating]:
    """Amounts of shapes over those of lines at rest: deeper, but never than the shapes' full."""
    return amount + rest * np.clip(1 - np.abs(amount), 0, 1)
