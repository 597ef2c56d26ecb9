"""Another course for a part of a curve."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.curves.curve import MIN_GAP, Curve, Tangent

Columns = list[NDArray[Any]]


def spliced(
    old: Curve | None,
    new: Curve,
    start: float,
    stop: float,
    *,
    step: float,
    span: tuple[float, float],
) -> Curve:
    """One curve from `start` to `stop`, another before and after.

    Parameters
    ----------
    old : Curve or None
        Kept as it is up to a `step` before `start` and from a `step` after `stop`; it then
        goes straight to the new one. None is 0 everywhere.
    new : Curve
        Its keys outside `start` to `stop` are left out.
    start, stop : float, s
    step : float, s
        A frame's time.
    span : (float, float), s
        The clip; where the new curve reaches its end nothing is kept beyond it.

    Returns
    -------
    Curve
    """
    base = Curve.constant() if old is None else old
    inside = (new.t >= start - MIN_GAP) & (new.t <= stop + MIN_GAP)
    part = [column[inside] for column in _columns(new)]
    if not len(part[0]):
        part = _key(start, new.at(start), *2 * [float(new.derivative([start])[0])])
    step = max(step, 2 * MIN_GAP)
    if part[0][0] - step >= span[0]:
        part = _before(base, part, float(part[0][0]) - step)
    if part[0][-1] + step <= span[1]:
        part = _after(base, part, float(part[0][-1]) + step)
    t, v, m_in, m_out, mode = part
    return Curve(t, v, m_in, m_out, mode)


def _before(base: Curve, part: Columns, edge: float) -> Columns:
    """The base up to the edge, a straight line, then the part."""
    value, slope = base.at(edge), float(base.derivative([edge])[0])
    line = (part[1][0] - value) / (part[0][0] - edge)
    part[2] = np.concatenate([[line], part[2][1:]])
    return _joined(_columns(base, base.t < edge - MIN_GAP), _key(edge, value, slope, line), part)


def _after(base: Curve, part: Columns, edge: float) -> Columns:
    """The part, a straight line, then the base from the edge on."""
    value, slope = base.at(edge), float(base.derivative([edge])[0])
    line = (value - part[1][-1]) / (edge - part[0][-1])
    part[3] = np.concatenate([part[3][:-1], [line]])
    return _joined(part, _key(edge, value, line, slope), _columns(base, base.t > edge + MIN_GAP))


def _key(time: float, value: float, m_in: float, m_out: float) -> Columns:
    row: Columns = [np.array([number]) for number in (time, value, m_in, m_out)]
    return [*row, np.array([Tangent.FREE], np.uint8)]


def _joined(*parts: Columns) -> Columns:
    return [np.concatenate(columns) for columns in zip(*parts, strict=True)]


def _columns(curve: Curve, kept: NDArray[np.bool_] | None = None) -> Columns:
    columns: Columns = [curve.t, curve.v, curve.m_in, curve.m_out, curve.mode]
    return columns if kept is None else [column[kept] for column in columns]
