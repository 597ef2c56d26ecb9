"""How finely each level of detail is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias, get_args

Lod: TypeAlias = Literal["draft", "live", "still"]
LODS: tuple[str, ...] = get_args(Lod)


class AxisKnot(NamedTuple):
    """Grid spacing at a place of an axis, as a multiple of the finest step."""

    position: float
    spacing: float


@dataclass(frozen=True)
class Detail:
    """How finely a level of detail is made.

    Parameters
    ----------
    step : float
        Finest grid step in mm (lids and lips).
    coarsest : float
        Largest grid step in mm (back, shoulders).
    ring : int
        Vertices around an eyeball; teeth follow it.
    map_size, eye_map_size : int
        Side of the skin's maps (0 for none) and of the eyeball's picture, px.
    supersample : float
        Rendered pixels per side of an output pixel. It smooths better than FXAA and, on
        software GL, costs less.
    """

    step: float
    coarsest: float
    ring: int
    map_size: int
    eye_map_size: int
    supersample: float

    @property
    def level(self) -> int:
        """0, 1 and 2 for draft, live and still."""
        return int(self.step < 2.0) + int(self.step < 1.4)


DETAILS: dict[str, Detail] = {
    "draft": Detail(2.5, 11.0, 24, 768, 512, 1.0),
    "live": Detail(1.75, 9.0, 32, 1024, 512, 1.5),
    "still": Detail(1.15, 5.0, 72, 2048, 1024, 2.0),
}

AXIS_X = (AxisKnot(0, 1), AxisKnot(50, 1), AxisKnot(64, 1.7), AxisKnot(95, 1.9), AxisKnot(135, 6))
AXIS_Y = (
    AxisKnot(-205, 5), AxisKnot(-125, 3), AxisKnot(-108, 1.5), AxisKnot(-80, 1.1),
    AxisKnot(-75, 0.7), AxisKnot(-55, 0.7), AxisKnot(-46, 0.85), AxisKnot(-26, 1.0),
    AxisKnot(-10, 0.65), AxisKnot(13, 0.65), AxisKnot(26, 1.3), AxisKnot(60, 2.0), AxisKnot(116, 5),
)  # fmt: skip
AXIS_Z = (
    AxisKnot(-176, 5), AxisKnot(-104, 2.2), AxisKnot(-56, 1.9), AxisKnot(-18, 1.3),
    AxisKnot(-6, 1), AxisKnot(54, 1),
)  # fmt: skip
