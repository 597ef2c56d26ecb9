"""The one form in which an AU curve is kept: piecewise cubic keys, exactly evaluated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.curves import bspline

Array = NDArray[np.float64]

#: Keys closer than this are refused, s. Engines do not tell nearer keys apart either.
MIN_GAP = 1e-4


class Tangent(IntEnum):
    """How a key's slopes are kept when keys move. Numbers are stored in projects."""

    AUTO = 0  #: slope of the line through the two neighbours, 0 at the ends
    FREE = 1  #: slopes stay as they were set


@dataclass(frozen=True, eq=False)
class Curve:
    """A piecewise cubic function of time, continuous, constant outside its ends.

    Between keys i and i + 1 it is the cubic Hermite piece with slopes ``m_out[i]`` and
    ``m_in[i + 1]``. Slopes are always stored, whatever the mode, so that evaluation never
    depends on how they came about. Immutable: every edit returns a new curve.

    Parameters
    ----------
    t : (n,) float64, s
        Strictly increasing key times, n >= 1.
    v : (n,) float64
        Values at the keys; not clamped.
    m_in, m_out : (n,) float64, 1/s
        Slopes arriving at and leaving each key.
    mode : (n,) uint8
        `Tangent` of each key.

    Raises
    ------
    ValueError
        If shapes differ, a number is not finite, times do not increase or a mode is unknown.
    """

    t: Array
    v: Array
    m_in: Array
    m_out: Array
    mode: NDArray[np.uint8]

    def __post_init__(self) -> None:
        for name in ("t", "v", "m_in", "m_out"):
            object.__setattr__(self, name, _frozen(getattr(self, name), np.float64))
        object.__setattr__(self, "mode", _frozen(self.mode, np.uint8))
        arrays = (self.t, self.v, self.m_in, self.m_out)
        if self.t.ndim != 1 or len(self.t) == 0:
            raise ValueError("a curve needs at least one key")
        if any(a.shape != self.t.shape for a in (*arrays, self.mode)):
            raise ValueError("times, values, slopes and modes differ in number")
        if not all(np.isfinite(a).all() for a in arrays):
            raise ValueError("a key is not a finite number")
        if (self.t[1:] <= self.t[:-1]).any():
            raise ValueError("key times do not increase")
        if np.any(self.mode > max(Tangent)):
            raise ValueError("unknown tangent mode")

    @classmethod
    def constant(cls, value: float = 0.0, time: float = 0.0) -> Curve:
        """The curve with one key."""
        return cls.from_keys([time], [value])

    @classmethod
    def from_keys(cls, t: ArrayLike, v: ArrayLike) -> Curve:
        """Keys with automatic tangents."""
        times = np.asarray(t, np.float64)
        zeros = np.zeros(times.shape)
        mode = np.full(times.shape, Tangent.AUTO, np.uint8)
        return cls(times, np.asarray(v, np.float64), zeros, zeros, mode)._with_auto_slopes()

    @classmethod
    def from_control(cls, knots: ArrayLike, control: ArrayLike) -> Curve:
        """The clamped cubic B-spline with these knots (n,) and control values (n + 2,)."""
        t = np.asarray(knots, np.float64)
        c = np.asarray(control, np.float64)
        if t.ndim != 1 or len(t) < 2 or c.shape != (len(t) + 2,):
            raise ValueError("n >= 2 knots need n + 2 control values")
        if np.any(np.diff(t) <= 0):
            raise ValueError("knots do not increase")
        v, m = bspline.keys_from_control(t, c)
        return cls(t, v, m, m, np.full(len(t), Tangent.FREE, np.uint8))

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, ArrayLike]) -> Curve:
        """Undo `to_arrays`; ValueError where an array is missing or impossible."""
        names = ("t", "v", "m_in", "m_out", "mode")
        missing = [name for name in names if name not in arrays]
        if missing:
            raise ValueError(f"a curve lacks {', '.join(missing)}")
        return cls(*(np.asarray(arrays[name]) for name in names))

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """The five arrays by name, as they are (float64, modes uint8)."""
        return {name: getattr(self, name) for name in ("t", "v", "m_in", "m_out", "mode")}

    def __eq__(self, other: object) -> bool:
        """Bit for bit the same keys."""
        if not isinstance(other, Curve):
            return NotImplemented
        mine, theirs = self.to_arrays(), other.to_arrays()
        return all(np.array_equal(mine[name], theirs[name]) for name in mine)

    def __hash__(self) -> int:
        return hash(tuple(self.t.tolist()))

    def __len__(self) -> int:
        """Return the number of keys."""
        return len(self.t)

    # Evaluation -----------------------------------------------------------------------

    @cached_property
    def _pieces(self) -> tuple[Array, Array, Array, Array]:
        """Coefficients of 1, s, s^2, s^3 per piece, s from its first key, the last constant."""
        h = self.t[1:] - self.t[:-1]
        slope = (self.v[1:] - self.v[:-1]) / h
        m0, m1 = self.m_out[:-1], self.m_in[1:]
        zero = np.zeros(1)
        return (
            self.v,
            np.concatenate([m0, zero]),
            np.concatenate([(3.0 * slope - 2.0 * m0 - m1) / h, zero]),
            np.concatenate([(m0 + m1 - 2.0 * slope) / (h * h), zero]),
        )

    def _at(self, times: ArrayLike) -> tuple[Callable[[Array], Array], Array]:
        """How to take a piece's coefficient for each time, and the times into their pieces.

        Before the first key that is the first key itself.
        """
        x = np.asarray(times, np.float64)
        if x.ndim == 1 and len(x) > len(self.t) and np.all(x[1:] >= x[:-1]):
            # The usual case, all frames of a clip: find the few keys in the many times.
            counts = np.empty(len(self.t), np.intp)
            counts[:-1] = edges = x.searchsorted(self.t[1:], side="left")
            counts[-1] = len(x)
            counts[1:] -= edges

            def taken(coefficient: Array) -> Array:
                return np.repeat(coefficient, counts)
        else:
            piece = self.t[1:].searchsorted(x, side="right")

            def taken(coefficient: Array) -> Array:
                return coefficient[piece]

        return taken, np.maximum(x - taken(self.t), 0.0)

    def __call__(self, times: ArrayLike) -> Array:
        """Values at `times` (s), any shape; not clamped, constant outside the ends."""
        taken, s = self._at(times)
        a, b, c, d = self._pieces
        value = taken(d) * s
        for coefficient in (c, b):
            value += taken(coefficient)
            value *= s
        return value + taken(a)

    def at(self, seconds: float) -> float:
        """The value at one time, as the call gives it, without the cost of arrays."""
        piece = int(self.t[1:].searchsorted(seconds, side="right"))
        s = max(seconds - self.t.item(piece), 0.0)
        a, b, c, d = (coefficient.item(piece) for coefficient in self._pieces)
        return ((d * s + c) * s + b) * s + a

    def derivative(self, times: ArrayLike) -> Array:
        """Slopes at `times`, 1/s; 0 outside the ends."""
        taken, s = self._at(times)
        _, b, c, d = self._pieces
        slope = taken(b) + s * (2.0 * taken(c) + s * 3.0 * taken(d))
        return np.where(np.asarray(times, np.float64) < self.t[0], 0.0, slope)

    def clamped(self, times: ArrayLike) -> Array:
        """Values at `times` brought into [0, 1], as a head is driven."""
        return np.clip(self(times), 0.0, 1.0)

    # Keys -----------------------------------------------------------------------------

    def _with_auto_slopes(self) -> Curve:
        """Slopes of the automatic keys, made anew from their neighbours."""
        auto = self.mode == Tangent.AUTO
        slope = np.zeros(len(self.t))
        if len(self.t) > 2:
            slope[1:-1] = (self.v[2:] - self.v[:-2]) / (self.t[2:] - self.t[:-2])
        return replace(
            self, m_in=np.where(auto, slope, self.m_in), m_out=np.where(auto, slope, self.m_out)
        )

    def with_key(self, index: int, time: float, value: float) -> Curve:
        """Move a key; its time stays between its neighbours. Free slopes stay as they are."""
        index = self._checked(index, len(self.t))
        t, v = self.t.copy(), self.v.copy()
        t[index] = self._between_neighbours(index, time)
        v[index] = value
        return replace(self, t=t, v=v)._with_auto_slopes()

    def with_tangents(self, index: int, m_in: float, m_out: float) -> Curve:
        """Set a key's slopes (1/s) by hand; different ones break the tangent."""
        index = self._checked(index, len(self.t))
        arriving, leaving, mode = self.m_in.copy(), self.m_out.copy(), self.mode.copy()
        arriving[index], leaving[index], mode[index] = m_in, m_out, Tangent.FREE
        return replace(self, m_in=arriving, m_out=leaving, mode=mode)

    def insert_key(self, time: float, value: float | None = None) -> Curve:
        """Add a key at `time`.

        Without a value the shape is unchanged (for a spline this is Boehm's knot insertion);
        its neighbours then keep their slopes and become free. With one, the key is automatic.

        Raises
        ------
        ValueError
            If a key lies within `MIN_GAP`.
        """
        if np.min(np.abs(self.t - time)) < MIN_GAP:
            raise ValueError(f"there is a key at {time:g} s already")
        at = int(np.searchsorted(self.t, time))
        keeps_shape = value is None
        slope = float(self.derivative(time)) if keeps_shape else 0.0
        new = Curve(
            np.insert(self.t, at, time),
            np.insert(self.v, at, float(self(time)) if value is None else value),
            np.insert(self.m_in, at, slope),
            np.insert(self.m_out, at, slope),
            np.insert(self.mode, at, Tangent.FREE if keeps_shape else Tangent.AUTO),
        )
        if not keeps_shape:
            return new._with_auto_slopes()
        mode = new.mode.copy()
        mode[max(at - 1, 0) : at + 2] = Tangent.FREE
        m_in, m_out = new.m_in.copy(), new.m_out.copy()
        if at == 0:  # outside the ends the curve is level
            m_in[1] = 0.0
        elif at == len(self.t):
            m_out[at - 1] = 0.0
        return replace(new, m_in=m_in, m_out=m_out, mode=mode)

    def delete_key(self, index: int) -> Curve:
        """Take a key away; automatic neighbours follow. ValueError for the only key."""
        index = self._checked(index, len(self.t))
        if len(self.t) == 1:
            raise ValueError("the only key of a curve cannot be deleted")
        arrays = (np.delete(a, index) for a in self.to_arrays().values())
        return Curve(*arrays)._with_auto_slopes()

    def _between_neighbours(self, index: int, time: float) -> float:
        low = self.t[index - 1] + MIN_GAP if index else -np.inf
        high = self.t[index + 1] - MIN_GAP if index + 1 < len(self.t) else np.inf
        return float(min(max(time, low), high)) if low <= high else float(self.t[index])

    @staticmethod
    def _checked(index: int, count: int) -> int:
        if not -count <= index < count:
            raise IndexError(f"no point {index} among {count}")
        return index % count

    # The B-spline's view --------------------------------------------------------------

    @cached_property
    def is_spline(self) -> bool:
        """Whether the curve is C2, so that it has control points."""
        return bspline.is_c2(self.t, self.v, self.m_in, self.m_out)

    @cached_property
    def _control(self) -> Array:
        if not self.is_spline:
            raise ValueError("the curve is not a B-spline: a tangent is broken")
        return _frozen(bspline.control_from_keys(self.t, self.v, self.m_out), np.float64)

    def control_points(self) -> Array:
        """Control points of the B-spline whose knots are the keys.

        Returns
        -------
        (n + 2, 2) float64
            Time (s; Greville abscissa) and value of each.

        Raises
        ------
        ValueError
            If the curve is not C2.
        """
        return np.column_stack([bspline.greville(self.t), self._control])

    def with_control_point(self, index: int, time: float, value: float) -> Curve:
        """Move a control point.

        Its value is its coefficient. Its time moves its knot, as far as the knot's
        neighbours allow, so that the point comes to lie at `time` where it can. The second
        and the last but one share the ends' knots: their times follow and are not set.
        """
        n = len(self.t)
        control = self._control.copy()
        index = self._checked(index, n + 2)
        control[index] = value
        t = self.t.copy()
        if index in (0, n + 1):
            knot = 0 if index == 0 else n - 1
            t[knot] = self._between_neighbours(knot, time)
        elif 2 <= index <= n - 1:
            knot = index - 1
            wanted = 3.0 * time - t[knot - 1] - t[knot + 1]
            t[knot] = self._between_neighbours(knot, wanted)
        return Curve.from_control(t, control)

    def insert_control_point(self, time: float) -> Curve:
        """One knot, and so one control point, more; the shape is unchanged (Boehm 1980).

        Raises
        ------
        ValueError
            If the curve is not C2, `time` lies outside its ends or at a knot.
        """
        if not self.is_spline:
            raise ValueError("the curve is not a B-spline: a tangent is broken")
        if not self.t[0] < time < self.t[-1]:
            raise ValueError(f"{time:g} s is outside the curve's ends")
        return self.insert_key(time)

    def delete_control_point(self, index: int) -> Curve:
        """One control point less: the nearest spline on the remaining knots.

        Near in the least-squares sense over the whole span; both ends keep time and value,
        so for the points at the ends it is the next inner knot that goes.

        Raises
        ------
        ValueError
            If the curve is not C2 or has no inner knot left.
        """
        control, n = self._control, len(self.t)
        if n < 3:
            raise ValueError("the last four control points cannot be deleted")
        knot = min(max(self._checked(index, n + 2) - 1, 1), n - 2)
        knots = np.delete(self.t, knot)
        return Curve.from_control(knots, bspline.best_approximation(self.t, control, knots))


def _frozen(array: ArrayLike, dtype: type[np.generic]) -> NDArray:
    source = np.asarray(array)
    if source.dtype == dtype and not source.flags.writeable and source.base is None:
        return source
    copy = np.array(source, dtype=dtype)
    copy.flags.writeable = False
    return copy
