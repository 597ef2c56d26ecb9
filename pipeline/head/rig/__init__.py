"""The soft-modification rig: manipulators, frozen shapes, the seven-part controls.

Data types come with the package; what works on heads is imported on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from pipeline.head.rig.rig import (
    ACROSS,
    FALLOFFS,
    NO_RIG,
    Binding,
    FrozenShape,
    Manipulator,
    Rig,
    Target,
)

if TYPE_CHECKING:
    from pipeline.head.rig.capture import (
        GROUPS,
        POINTS,
        Spot,
        capture_points,
        centre,
        iod,
        nearest_point,
        placed,
        point_names,
    )
    from pipeline.head.rig.checks import check_manipulator, check_rig, check_shape, name_problem
    from pipeline.head.rig.moves import frozen, moved
    from pipeline.head.rig.picking import Hit, pick, view_ray
    from pipeline.head.rig.shapes import missing_targets, rigged
    from pipeline.head.rig.swap import Rebinding, rebound
    from pipeline.head.rig.weights import curve, falloff, flipped

_HOME = {
    "capture": ("GROUPS", "POINTS", "Spot", "capture_points", "centre", "iod", "nearest_point",
                "placed", "point_names"),
    "checks": ("check_manipulator", "check_rig", "check_shape", "name_problem"),
    "weights": ("curve", "falloff", "flipped"),
    "moves": ("frozen", "moved"),
    "picking": ("Hit", "pick", "view_ray"),
    "shapes": ("missing_targets", "rigged"),
    "swap": ("Rebinding", "rebound"),
}  # fmt: skip

__all__ = [
    "ACROSS",
    "FALLOFFS",
    "GROUPS",
    "NO_RIG",
    "POINTS",
    "Binding",
    "FrozenShape",
    "Hit",
    "Manipulator",
    "Rebinding",
    "Rig",
    "Spot",
    "Target",
    "capture_points",
    "centre",
    "check_manipulator",
    "check_rig",
    "check_shape",
    "curve",
    "falloff",
    "flipped",
    "frozen",
    "iod",
    "missing_targets",
    "moved",
    "name_problem",
    "nearest_point",
    "pick",
    "placed",
    "point_names",
    "rebound",
    "rigged",
    "view_ray",
]


def __getattr__(name: str) -> Any:
    home = next((module for module, names in _HOME.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)
