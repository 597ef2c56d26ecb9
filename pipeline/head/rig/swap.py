"""A rig on another head than the one that it was made on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pipeline.head.model import HeadModel
from pipeline.head.rig.capture import capture_points, centre, iod
from pipeline.head.rig.rig import Manipulator, Rig
from pipeline.head.rig.shapes import missing_targets


@dataclass(frozen=True)
class Rebinding:
    """What becomes of a rig on a head.

    Parameters
    ----------
    rig : Rig
        The same entries, said to be made on this head.
    made_on, now_on : str
        Names of the heads.
    manipulators, shapes : int
        How many there are.
    points : tuple of (name, capture point, way in IOD)
        Each manipulator, the point that it hangs on, and how far the nearest flesh is from
        where its offset says.
    shown : bool
        False on a head without landmarks: all is kept, nothing can be shown.
    missing : tuple of str
        Controls that shapes are mapped to and that this head does not have.
    taken : tuple of str
        Shapes whose name this head has for one of its own; the rig's is the one that moves.
    """

    rig: Rig
    made_on: str
    now_on: str
    manipulators: int
    shapes: int
    points: tuple[tuple[str, int, float], ...]
    shown: bool
    missing: tuple[str, ...]
    taken: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.manipulators or self.shapes) and self.made_on != self.now_on

    @property
    def message(self) -> str:
        """What to tell a person; empty where nothing changes."""
        if not self.changed and (self.shown or not (self.manipulators or self.shapes)):
            return ""
        what = f"{_counted(self.manipulators, 'manipulator')} and {_counted(self.shapes, 'shape')}"
        made = f" made on '{self.made_on}'" if self.made_on else ""
        if not self.shown:
            return (
                f"{what}{made} are kept but cannot be shown: the points of this head's face are "
                "not known"
            )
        parts = [f"{what}{made} now hang on the nearest points of '{self.now_on}'"]
        if self.missing:
            parts.append(f"this head has no {', '.join(self.missing[:6])}")
        if self.taken:
            parts.append(f"they replace its own {', '.join(self.taken[:6])}")
        return "; ".join(parts)


def rebound(rig: Rig, model: HeadModel) -> Rebinding:
    """Hang a rig on a head by the nearest of its capture points; nothing is lost."""
    known = bool(len(capture_points(model)))
    points = tuple((one.name, one.point, _miss(model, one)) for one in rig.manipulators if known)
    own = {name.lower() for name in model.controls}
    return Rebinding(
        replace(rig, head=model.name),
        rig.head,
        model.name,
        len(rig.manipulators),
        len(rig.shapes),
        points,
        known,
        missing_targets(model, rig) if known else (),
        tuple(shape.name for shape in rig.shapes if shape.name.lower() in own),
    )


def _miss(model: HeadModel, one: Manipulator) -> float:
    scale = iod(model)
    goal = model.vertices[capture_points(model)[one.point]] + scale * np.asarray(one.offset)
    found = centre(model, one).on(model.vertices)
    return float(np.linalg.norm(found - goal) / scale)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
