"""Apex by divide and conquer (Liong et al. 2015, "Automatic apex frame spotting")."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def divide_and_conquer(
    strength: NDArray[np.floating], start: int = 0, stop: int | None = None
) -> int:
    """Frame of the apex: halve the interval, keep the half whose peaks sum to more, repeat.

    Parameters
    ----------
    strength : (T,) float
        Difference of each frame from the onset frame (here: size of D(n) or of the AU flow).
    start, stop : int
        Interval to search, `stop` exclusive.

    Returns
    -------
    int
        Frame of the apex; on a tie the earlier half wins.

    Raises
    ------
    ValueError
        If the interval is empty.
    """
    stop = len(strength) if stop is None else stop
    if not 0 <= start < stop <= len(strength):
        raise ValueError(f"no frames between {start} and {stop}")
    weights = np.where(_is_peak(strength), np.nan_to_num(strength), 0.0)
    if not weights[start:stop].any():  # a monotone piece: its largest end
        return start + int(np.argmax(np.nan_to_num(strength[start:stop])))
    while stop - start > 1:
        middle = (start + stop + 1) // 2
        if weights[start:middle].sum() >= weights[middle:stop].sum():
            stop = middle
        else:
            start = middle
    return start


def _is_peak(strength: NDArray[np.floating]) -> NDArray[np.bool_]:
    """True at local maxima (the first frame of a plateau)."""
    values = np.nan_to_num(strength)
    if len(values) < 3:
        return np.zeros(len(values), bool)
    inner = (values[1:-1] > values[:-2]) & (values[1:-1] >= values[2:])
    return np.r_[False, inner, False]
