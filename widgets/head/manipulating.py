"""The hand on the skin: picks, makes, drags and sizes soft-modification manipulators."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, Qt, Signal

from app.state.rig import RigState
from pipeline.head.rig.checks import LEAST_RADIUS, MOST_RADIUS
from pipeline.head.rig.rig import Manipulator, Vector
from widgets.head.point_names import point_name
from widgets.head.posed_head import PosedHead

if TYPE_CHECKING:
    from pipeline.head import HeadModel
    from pipeline.head.rig import Spot

#: How near the hand takes hold of a handle or a capture point, px.
GRIP = 11.0
#: A shorter way of the hand is a click, px.
_CLICK = 3.0
_SLOW = 0.2
_PER_NOTCH = 1.1
#: Turns of the wheel that follow each other sooner are one undo, s.
_ONE_GESTURE = 1.0
#: Digits that a project keeps of a move, IOD.
_DIGITS = 5


@dataclass
class _Drag:
    """A manipulator under the hand.

    Parameters
    ----------
    manipulator : Manipulator
        As it is moved.
    start : Manipulator or None
        As it was; None: made with this press.
    spot : Spot
        Of the head that it holds.
    flip : bool
        It is held by the handle of the other side.
    last, hand : QPointF
        Where the pointer was, and where the hand is that may go slower.
    begun : QPointF
    """

    manipulator: Manipulator
    start: Manipulator | None
    spot: Spot
    flip: bool
    last: QPointF
    hand: QPointF
    begun: QPointF
    moved: bool = False


@dataclass(frozen=True)
class Handle:
    """A manipulator's place on the head: its own, or that of the other side."""

    manipulator: Manipulator
    spot: Spot
    mirrored: bool = False


class Manipulating(QObject):
    """What the mouse does to the head while the tool is on.

    Parameters
    ----------
    rig : RigState
    seen : callable
        The head as the picture in view shows it, None where there is none.

    Signals
    -------
    changed()
        What is painted over the head.
    """

    changed = Signal()

    def __init__(
        self, rig: RigState, seen: Callable[[], PosedHead | None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self.rig, self._seen = rig, seen
        self._drag: _Drag | None = None
        self._wheeled = (0.0, "")
        #: Under the pointer: a handle, a capture point, or a place on the skin.
        self.over: Handle | None = None
        self.point: int | None = None
        self.spot: Spot | None = None
        self._handles: tuple[tuple[object, ...], tuple[Handle, ...]] | None = None
        for signal in (rig.changed, rig.selected):
            signal.connect(self.changed)
        rig.tool_changed.connect(self._tool_changed)

    @property
    def on(self) -> bool:
        """Whether the mouse works on the skin."""
        return self.rig.tool.on

    @property
    def dragging(self) -> Manipulator | None:
        """The manipulator under the hand."""
        return self._drag.manipulator if self._drag is not None else None

    def handles(self, model: HeadModel) -> tuple[Handle, ...]:
        """Every manipulator's handle, and the other side's of those that are mirrored."""
        from pipeline.head.rig import centre, flipped

        if not len(model.landmarks):
            return ()
        manipulators = self.rig.rig.manipulators
        key = (model, tuple(replace(m, move=(0.0, 0.0, 0.0)) for m in manipulators))
        if self._handles is None or self._handles[0] != key:
            found = [Handle(m, centre(model, m)) for m in manipulators]
            found += [
                Handle(m, centre(model, flipped(m)), mirrored=True)
                for m in manipulators
                if m.mirrored
            ]
            self._handles = key, tuple(found)
        now = {m.name: m for m in manipulators}
        return tuple(replace(h, manipulator=now[h.manipulator.name]) for h in self._handles[1])

    def sample(self, model: HeadModel) -> Manipulator | None:
        """The manipulator whose falloff is worth showing: held, under the pointer, or to be."""
        if self._drag is not None:
            return self._drag.manipulator
        if self.over is not None:
            return self.rig.manipulator(self.over.manipulator.name)
        return self._new_at(model, self.spot, self.point) if self.spot is not None else None

    # The mouse

    def press(self, at: QPointF, *, left: bool, keys: Qt.KeyboardModifier) -> bool:
        """Take hold of what is under the pointer; False leaves the press to the camera."""
        head = self._seen()
        if not self.on or not left or keys & Qt.KeyboardModifier.AltModifier or head is None:
            return False
        self._look(head, at)
        if self.over is not None:
            held = self.over.manipulator
            self._drag = _Drag(held, held, self.over.spot, self.over.mirrored, at, at, at)
        elif self.spot is not None:
            made = self._new_at(head.model, self.spot, self.point)
            self._drag = _Drag(made, None, self.spot, False, at, at, at)
        else:
            return False
        self.rig.select(self._drag.manipulator.name)
        self.changed.emit()
        return True

    def move(self, at: QPointF, keys: Qt.KeyboardModifier) -> bool:
        """Drag, or look what is under the pointer; True while it drags."""
        head = self._seen()
        if self._drag is None:
            if self.on and head is not None:
                self._look(head, at)
                self.changed.emit()
            return False
        drag = self._drag
        pace = _SLOW if keys & Qt.KeyboardModifier.ShiftModifier else 1.0
        drag.hand = drag.hand + (at - drag.last) * pace
        drag.last = at
        way = drag.hand - drag.begun
        drag.moved |= abs(way.x()) + abs(way.y()) >= _CLICK
        if drag.moved and head is not None:
            self._pull(drag, head, way, bool(keys & Qt.KeyboardModifier.ControlModifier))
        return True

    def release(self) -> bool:
        """Store what was dragged; False if nothing was."""
        drag, self._drag = self._drag, None
        if drag is None:
            return False
        new, old = drag.manipulator, drag.start
        if old is None:
            self._store(new, self.tr("Add manipulator {name}"))
        elif new != old:
            self._store(new, self.tr("Move manipulator {name}"))
        self.rig.preview(None)
        self.rig.select(new.name)
        self.changed.emit()
        return True

    def leave(self) -> None:
        """The pointer is elsewhere."""
        if self._drag is None:
            self.over = self.point = self.spot = None
            self.changed.emit()

    def wheel(self, at: QPointF, notches: float, keys: Qt.KeyboardModifier) -> bool:
        """Widen or narrow the falloff under the pointer; False leaves the wheel to the camera."""
        if not self.on or keys & Qt.KeyboardModifier.ControlModifier or not notches:
            return False
        factor = _PER_NOTCH**notches
        head = self._seen()
        if self._drag is None and head is not None:
            self._look(head, at)
        if self._drag is not None:
            self._drag.manipulator = _sized(self._drag.manipulator, factor)
            self._preview(self._drag.manipulator)
            return True
        name = self.over.manipulator.name if self.over is not None else ""
        if self.over is None and self.spot is None:
            name = self.rig.in_hand
        held = self.rig.manipulator(name)
        if held is not None:
            self._store(_sized(held, factor), self.tr("Radius of {name}"), self._gesture(name))
        else:
            self.rig.set_tool(radius=_bounded(self.rig.tool.radius * factor))
        self.changed.emit()
        return True

    # Keys

    def abort(self) -> bool:
        """Give up the drag; False if there is none."""
        drag, self._drag = self._drag, None
        if drag is None:
            return False
        self.rig.preview(None)
        self.rig.select(drag.manipulator.name if drag.start is not None else "")
        self.changed.emit()
        return True

    def delete(self) -> bool:
        """Take the manipulator in hand away; False if there is none."""
        name = self.rig.in_hand
        if not self.on or not name or self._drag is not None:
            return False
        self.over = None
        label = self.tr("Delete manipulator {name}").format(name=name)
        self.rig.change(self.rig.with_manipulator(name, None), label)
        return True

    # Within

    def _look(self, head: PosedHead, at: QPointF) -> None:
        """Find what is under the pointer: a handle before a capture point before the skin."""
        self.over, self.point, self.spot = None, None, None
        handles = self.handles(head.model)
        found = head.nearest(at, [handle.spot for handle in handles], GRIP)
        if found is not None:
            self.over = handles[found]
            return
        if self.rig.tool.points:
            points = point_spots(head.model)
            self.point = head.nearest(at, points, GRIP)
            if self.point is not None:
                self.spot = points[self.point]
                return
        if len(head.model.landmarks):
            self.spot = head.pick(at)

    def _new_at(self, model: HeadModel, spot: Spot, point: int | None) -> Manipulator:
        """The manipulator that a press makes."""
        from pipeline.head.rig import placed

        tool, offset = self.rig.tool, (0.0, 0.0, 0.0)
        if point is None:
            point, offset = placed(model, spot.on(model.vertices))
        return Manipulator(
            self.rig.free_name(point_name(point)), point, _rounded(np.asarray(offset)),
            tool.radius, tool.falloff, tool.across, mirrored=tool.mirrored,
        )  # fmt: skip

    def _pull(self, drag: _Drag, head: PosedHead, way: QPointF, other: bool) -> None:
        """The manipulator where the hand has brought it."""
        from pipeline.head.rig import iod

        on_surface = (self.rig.tool.along == "surface") != other
        moved = head.moved_on_surface if on_surface else head.moved_in_view
        mm: NDArray[np.float64] = moved(drag.spot, way.x(), way.y())
        if drag.flip:
            mm = mm * (-1, 1, 1)
        before = drag.start.move if drag.start is not None else (0.0, 0.0, 0.0)
        move = _rounded(np.asarray(before) + mm / iod(head.model))
        drag.manipulator = replace(drag.manipulator, move=move)
        self._preview(drag.manipulator)

    def _preview(self, manipulator: Manipulator) -> None:
        self.rig.preview(self.rig.with_manipulator(manipulator.name, manipulator))

    def _store(self, manipulator: Manipulator, label: str, gesture: str = "") -> None:
        new = self.rig.with_manipulator(manipulator.name, manipulator)
        self.rig.change(new, label.format(name=manipulator.name), gesture=gesture)

    def _gesture(self, name: str) -> str:
        """One for turns of the wheel that follow each other."""
        now = time.monotonic()
        last, gesture = self._wheeled
        if now - last > _ONE_GESTURE or not gesture.startswith(f"radius/{name}/"):
            gesture = f"radius/{name}/{now}"
        self._wheeled = now, gesture
        return gesture

    def _tool_changed(self) -> None:
        if not self.on:
            self.abort()
            self.leave()
        self.changed.emit()


def _bounded(radius: float) -> float:
    return round(min(max(radius, LEAST_RADIUS), MOST_RADIUS), 4)


def _sized(manipulator: Manipulator, factor: float) -> Manipulator:
    return replace(manipulator, radius=_bounded(manipulator.radius * factor))


def _rounded(vector: NDArray[np.floating]) -> Vector:
    x, y, z = (round(float(value), _DIGITS) + 0.0 for value in vector)
    return x, y, z


def point_spots(model: HeadModel) -> list[Spot]:
    """The capture points as places of the head."""
    from pipeline.head.rig import Spot, capture_points

    return [
        Spot(np.full(3, vertex, np.int64), np.array([1.0, 0.0, 0.0]))
        for vertex in capture_points(model)
    ]
