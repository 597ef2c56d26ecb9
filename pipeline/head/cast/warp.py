"""Identity as a smooth warp of space: everything that is bound to the sculpt follows it.

``phi(x) = x + (1 - b) U(x) + b V(x)``: `U` sums the pushes of the modes; near an eye (`b` is 1)
space moves as one with the eyeball, scaled and shifted (`V`), but for lids that turn about its
centre and keep their distance from its surface.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import HeadError
from pipeline.head.cast.character import Character
from pipeline.head.cast.fields import LidTurn, Push
from pipeline.head.cast.modes import MODES, MOST_WEIGHT
from pipeline.head.muscles.eyeballs import Eyeball
from pipeline.head.sculpt.anatomy import EYE_CENTRE, EYE_RADIUS
from pipeline.head.sculpt.sdf import smoothstep

if TYPE_CHECKING:
    from pipeline.head.model import HeadModel

Points = NDArray[np.float64]

#: Distance from an eye's centre up to which space goes with it, and from where it does not.
EYE_HOLD, EYE_LEAVE = 15.6, 31.4
#: Radii from which a push is of the face as a whole: what moves in it is scaled by it.
_WIDE = 30.0
_FAR = 3.2  # radii; a push is less than 4e-5 there
_STEP = 1e-4  # mm, of differences
_LEAST_DET = 0.05
_MIRROR = np.array([-1.0, 1.0, 1.0])


class Warped(NamedTuple):
    """A warp at points.

    Parameters
    ----------
    points : (P, 3)
        Where they go, mm.
    slope : (P, 3, 3)
        Jacobian.
    wide : (P, 3, 3)
        Of the wide pushes alone.
    held : (P,)
        How far space goes with an eyeball there, 0 to 1.
    """

    points: Points
    slope: Points
    wide: Points
    held: Points


class SpaceWarp(Protocol):
    """What carries a head into another one."""

    def at(self, points: Points) -> Warped:
        """The warp at points (P, 3)."""

    def start(self, points: Points) -> Points:
        """Where points of the sculpt (P, 3) stand in the head that is carried."""

    def held(self, points: Points) -> Points:
        """How far space at points (P, 3) goes with an eyeball, (P,), 0 to 1."""

    def eyes(self) -> tuple[float, Points, Points]:
        """How much larger the eyeballs get, the left's old centre, and its new one."""


@dataclass(frozen=True, eq=False)
class _Pushes:
    """Pushes by weight, both sides, as one displacement field."""

    pushes: tuple[tuple[float, Push], ...]

    @classmethod
    def of(cls, form: Mapping[str, float]) -> _Pushes:
        both: list[tuple[float, Push]] = []
        for name, weight in form.items():
            for push in MODES[name].pushes:
                both.append((weight, push))
                if push.centre[0]:
                    both.append((weight, _mirrored(push)))
        return cls(tuple(both))

    def at(self, points: Points) -> tuple[Points, Points, Points]:
        """Displacement (P, 3), its Jacobian (P, 3, 3) and that of the wide pushes."""
        moved = np.zeros((len(points), 3))
        slope, wide = np.zeros((2, len(points), 3, 3))
        for weight, push in self.pushes:
            near, move, change = _pushed(points, weight, push)
            moved[near] += move
            slope[near] += change
            if min(push.radii) >= _WIDE:
                wide[near] += change
        return moved, slope, wide


def _mirrored(push: Push) -> Push:
    (x, y, z), (mx, my, mz), (tx, ty, tz) = push.centre, push.move, push.turn
    return Push(
        (-x, y, z), push.radii, (-mx, my, mz), push.stretch, (tx, -ty, -tz), push.rise
    )  # fmt: skip


def _pushed(
    points: Points, weight: float, push: Push
) -> tuple[NDArray[np.int64] | slice, Points, Points]:
    """Which points a push reaches, their displacement, and its Jacobian."""
    centre, radii = np.array(push.centre), np.array(push.radii)
    near: NDArray[np.int64] | slice = slice(None)
    if radii.max() < 1e4:
        off = np.abs(points - centre) < _FAR * radii
        near = np.flatnonzero(off[:, 0] & off[:, 1] & off[:, 2])
    from_centre = points[near] - centre
    scaled = from_centre / radii
    share = np.exp(-(scaled * scaled).sum(1))
    slope = -2 * (scaled / radii) * share[:, None]
    if push.rise is not None:
        axis, start, stop = push.rise
        t = np.clip((points[near][:, axis] - start) / (stop - start), 0, 1)
        rise = t * t * t * (t * (6 * t - 15) + 10)
        slope *= rise[:, None]
        slope[:, axis] += share * 30 * t * t * (1 - t) ** 2 / (stop - start)
        share = share * rise
    vector = weight * np.array(push.move)
    if not any(push.stretch) and not any(push.turn):
        return near, share[:, None] * vector, slope[:, None, :] * vector[:, None]
    tx, ty, tz = np.deg2rad(push.turn)
    linear = np.diag(push.stretch) + np.array([[0, -tz, ty], [tz, 0, -tx], [-ty, tx, 0]])
    vector = vector + weight * from_centre @ linear.T
    change = vector[:, :, None] * slope[:, None, :] + weight * share[:, None, None] * linear
    return near, vector * share[:, None], change


@dataclass(frozen=True, eq=False)
class Warp:
    """The warp of a form.

    Parameters
    ----------
    form : mapping of str to float
        Weights of modes, none of them 0.
    eyeball : Eyeball, optional
        The sculpt's left one; lids keep their distance from it. A sphere by default.
    """

    form: Mapping[str, float]
    eyeball: Eyeball | None = None

    def at(self, points: Points) -> Warped:
        """See `SpaceWarp`."""
        held = self.held(points)
        free = held < 1
        moved = np.zeros((len(points), 3))
        slope, wide = np.zeros((2, len(points), 3, 3))
        moved[free], slope[free], wide[free] = self._pushes.at(points[free])
        for side in (np.ones(3), _MIRROR):
            ray = points * side - EYE_CENTRE
            radius = np.linalg.norm(ray, axis=1)
            near = np.flatnonzero(radius < EYE_LEAVE)
            hold, fall = _hold(radius[near])
            change, turned = self._at_eye(ray[near])
            other = change * side - moved[near]
            moved[near] += hold[:, None] * other
            away = (fall / np.maximum(radius[near], 1e-6))[:, None] * ray[near] * side
            flip = side[:, None] * side
            slope[near] += hold[:, None, None] * (turned * flip - slope[near])
            slope[near] += other[:, :, None] * away[:, None, :]
        return Warped(points + moved, np.eye(3) + slope, np.eye(3) + wide, held)

    def start(self, points: Points) -> Points:
        """See `SpaceWarp`."""
        return points

    def held(self, points: Points) -> Points:
        """See `SpaceWarp`."""
        side = np.where(points[:, :1] < 0, _MIRROR, np.ones(3))
        return _hold(np.linalg.norm(points * side - EYE_CENTRE, axis=1))[0]

    def eyes(self) -> tuple[float, Points, Points]:
        """See `SpaceWarp`."""
        scale = 1 + sum(weight * MODES[name].eye for name, weight in self.form.items())
        return scale, EYE_CENTRE, EYE_CENTRE + self._eye_shift

    @cached_property
    def _pushes(self) -> _Pushes:
        return _Pushes.of(self.form)

    @cached_property
    def _lids(self) -> tuple[tuple[float, LidTurn], ...]:
        return tuple((w, turn) for name, w in self.form.items() for turn in MODES[name].lids)

    @cached_property
    def _eye_shift(self) -> Points:
        shift: Points = self._pushes.at(EYE_CENTRE[None])[0][0]
        return shift

    def _at_eye(self, ray: Points) -> tuple[Points, Points]:
        """Displacement about the left eye of points from its centre, and its Jacobian."""
        scale, shift = self.eyes()[0], self._eye_shift
        slope = np.broadcast_to((scale - 1) * np.eye(3), (len(ray), 3, 3)).copy()
        if not self._lids:
            return shift + (scale - 1) * ray, slope
        turned = _turned(ray, self._lids, self.eyeball)
        for axis, step in enumerate(_STEP * np.eye(3)):
            ahead = _turned(ray + step, self._lids, self.eyeball)
            slope[:, :, axis] = scale * (ahead - turned) / _STEP
        slope -= np.eye(3)
        return shift + scale * turned - ray, slope


def _hold(radius: Points) -> tuple[Points, Points]:
    """How far space goes with an eye at a distance from its centre, and the slope of that."""
    t = np.clip((radius - EYE_HOLD) / (EYE_LEAVE - EYE_HOLD), 0, 1)
    hold = 1 - t * t * t * (t * (6 * t - 15) + 10)
    return hold, -30 * t * t * (1 - t) ** 2 / (EYE_LEAVE - EYE_HOLD)


def _turned(ray: Points, lids: Iterable[tuple[float, LidTurn]], eyeball: Eyeball | None) -> Points:
    """Points from the eye's centre after the lids' turns, (P, 3)."""
    across, up = ray[:, 0].copy(), ray[:, 1].copy()
    turns = np.zeros((4, len(ray)))
    for weight, turn in lids:
        (x, y), (wide, high) = turn.centre, turn.radii
        share = weight * np.exp(-(((across - x) / wide) ** 2) - ((up - y) / high) ** 2)
        for row, much in enumerate((-turn.up, turn.out, turn.tilt, turn.raised)):
            if much:
                turns[row] += much * share
    turns *= smoothstep(-4, 5, ray[:, 2])
    vector, raised = np.deg2rad(turns[:3].T), turns[3]
    radius = np.linalg.norm(ray, axis=1)
    out = _rotated(ray, vector)
    skin = smoothstep(EYE_RADIUS + 1.0, EYE_RADIUS + 4.0, radius)
    longer = raised * skin
    if eyeball is not None:
        on = smoothstep(EYE_RADIUS - 3, EYE_RADIUS - 1, radius) * (1 - skin)
        before, after = (
            eyeball.radius(way / np.maximum(radius, 1e-6)[:, None]) for way in (ray, out)
        )
        longer = longer + on * (after - before)
    return out * (1 + longer / np.maximum(radius, 1.0))[:, None]


def _rotated(points: Points, vectors: Points) -> Points:
    """Points (P, 3) turned by their own rotation vectors (P, 3), rad."""
    angle = np.linalg.norm(vectors, axis=1)[:, None]
    axis = vectors / np.maximum(angle, 1e-12)
    along = (axis * points).sum(1, keepdims=True)
    cosine, sine = np.cos(angle), np.sin(angle)
    return points * cosine + np.cross(axis, points) * sine + axis * along * (1 - cosine)


@dataclass(frozen=True, eq=False)
class Rewarp:
    """From the head of one form to that of another."""

    old: Warp
    new: Warp

    def at(self, points: Points) -> Warped:
        """See `SpaceWarp`."""
        start = _unwarped(self.old, points)
        before, after = self.old.at(start), self.new.at(start)
        return Warped(
            after.points,
            after.slope @ np.linalg.inv(before.slope),
            after.wide @ np.linalg.inv(before.wide),
            after.held,
        )

    def start(self, points: Points) -> Points:
        """See `SpaceWarp`."""
        return self.old.at(points).points

    def held(self, points: Points) -> Points:
        """See `SpaceWarp`; the eyes stand in about the same place in both."""
        flip = np.where(points[:, :1] < 0, _MIRROR, np.ones(3))
        return self.old.held(points + (EYE_CENTRE - self.old.eyes()[2]) * flip)

    def eyes(self) -> tuple[float, Points, Points]:
        """See `SpaceWarp`."""
        (small, _, old), (large, _, new) = self.old.eyes(), self.new.eyes()
        return large / small, old, new


def _unwarped(warp: Warp, points: Points, rounds: int = 12) -> Points:
    """Points of the sculpt that a warp takes to these, by Newton's method."""
    start = points.copy()
    for _ in range(rounds):
        now = warp.at(start)
        miss = points - now.points
        if np.abs(miss).max(initial=0.0) < 1e-4:
            break
        step = np.linalg.solve(now.slope, miss[:, :, None])[:, :, 0]
        start += np.clip(step, -8, 8)
    return start


def formed(form: Iterable[tuple[str, float]], eyeball: Eyeball | None = None) -> Warp | None:
    """The warp of a form; None where it changes nothing.

    Raises
    ------
    HeadError
        If it names a mode that is not there, or a weight is none a face can have.
    """
    sums: dict[str, float] = {}
    for name, weight in form:
        if name not in MODES:
            raise HeadError(
                f"there is no identity mode '{name}'",
                remedy="Use the modes that the head lists as its identities.", code="head.form",
            )  # fmt: skip
        sums[name] = sums.get(name, 0.0) + float(weight)
    for name, weight in sums.items():
        if not abs(weight) <= MOST_WEIGHT:
            raise HeadError(
                f"no face has '{name}' at {weight:g}",
                remedy=f"Keep it within {MOST_WEIGHT:g} of 0.", code="head.form",
            )  # fmt: skip
    kept = {name: weight for name, weight in sums.items() if weight}
    return Warp(kept, eyeball) if kept else None


def least_volume(form: Iterable[tuple[str, float]], points: Points) -> float:
    """To what part of its volume space at points (P, 3) is pressed together at most."""
    warp = formed(form)
    return 1.0 if warp is None else float(np.linalg.det(warp.at(points).slope).min())


def check_unfolded(warped: Warped, name: str) -> None:
    """Refuse a warp that turns space inside out.

    Raises
    ------
    HeadError
        If the Jacobian's determinant is not positive everywhere.
    """
    least = float(np.linalg.det(warped.slope).min(initial=1.0))
    if not least > _LEAST_DET:
        raise HeadError(
            f"the form of '{name}' folds the face (volume {least:.2f})",
            remedy="Take its strongest modes nearer to 0.", code="head.form",
        )  # fmt: skip


def shaped(model: HeadModel, character: Character) -> HeadModel:
    """The sculpt's head with a character's form: neutral, shapes, correctives, eyes.

    Raises
    ------
    HeadError
        If the form is none a face can have, or folds the face.
    """
    from dataclasses import replace

    from pipeline.head.cast.carried import carried

    form = tuple((name, float(weight)) for name, weight in character.form if weight)
    warp = formed(form, _eyeball_of(model))
    made = model if warp is None else carried(model, warp)
    start = np.zeros(len(MODES) + 1, np.int64)
    return replace(made, form=form, identities=tuple(MODES), identity_start=start)


def reshaped(model: HeadModel, values: Mapping[str, float]) -> HeadModel:
    """A head of the sculpt with modes added to its form; unknown modes are left out.

    Weights are kept within `MOST_WEIGHT`.

    Raises
    ------
    HeadError
        If that folds the face.
    """
    from dataclasses import replace

    from pipeline.head.cast.carried import carried

    own = dict(model.form or ())
    wanted = own | {
        name: float(np.clip(own.get(name, 0.0) + value, -MOST_WEIGHT, MOST_WEIGHT))
        for name, value in values.items()
        if name in MODES and np.isfinite(value)
    }
    wanted = {name: value for name, value in wanted.items() if value}
    if wanted == own:
        return model
    warp = Rewarp(Warp(own), Warp(wanted))
    return replace(carried(model, warp), form=tuple(wanted.items()))


def _eyeball_of(model: HeadModel) -> Eyeball | None:
    for turner in model.turners:
        if turner.centre[0] > 0:
            points = model.vertices[turner.start : turner.stop]
            return Eyeball.of(points, turner.centre)
    return None
