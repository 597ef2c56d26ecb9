"""A key at the playhead, as a slider sets it."""

from __future__ import annotations

import numpy as np

from pipeline.curves.curve import MIN_GAP, Curve

#: A track's first key rises from 0 and falls back to it in this time, s: about what a
#: micro-expression takes. So a slider moves the face here and leaves the rest of the clip alone.
RISE = 0.2


def keyed(
    curve: Curve | None,
    seconds: float,
    value: float,
    *,
    span: tuple[float, float] = (0.0, float("inf")),
    near: float = MIN_GAP,
) -> Curve:
    """The curve with a key of this value at a time.

    A key that is there already gets the value and keeps its time and its way with tangents;
    otherwise an automatic key is added and no other one moves. Without a curve the new one
    has that key and, where its value is not 0, a key of 0 `RISE` before and one after it, no
    farther than the clip goes and none within two frames of its end: there the value holds.

    Parameters
    ----------
    curve : Curve or None
        What there is.
    seconds : float
        Where to set the key, s.
    value : float
        Not clamped.
    span : (float, float), s
        First and last frame of the clip.
    near : float, s
        A key not farther away than this is meant itself (half a frame).
    """
    if curve is not None:
        at = int(np.argmin(np.abs(curve.t - seconds)))
        if abs(float(curve.t[at]) - seconds) <= max(near, MIN_GAP):
            return curve.with_key(at, float(curve.t[at]), value)
        return curve.insert_key(seconds, value)
    before, after = max(seconds - RISE, span[0]), min(seconds + RISE, span[1])
    far = max(4.0 * near, 2.0 * MIN_GAP)
    times, values = [seconds], [value]
    if value and seconds - before > far:
        times, values = [before, *times], [0.0, *values]
    if value and after - seconds > far:
        times, values = [*times, after], [*values, 0.0]
    return Curve.from_keys(times, values)
