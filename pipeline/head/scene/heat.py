"""Colours for how far a point has moved."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Motion that is shown hottest, mm; heat goes with its root, so that small motions read.
HOTTEST_MM = 10.0
#: Colours from none to hottest, sRGB: calm ground, blue, green, amber, red.
HEAT = ((0x3A, 0x44, 0x52), (0x4C, 0x7F, 0xC4), (0x63, 0xC9, 0xA6), (0xFF, 0xB4, 0x54),
        (0xFF, 0x5A, 0x5F))  # fmt: skip


def heat_colours(distances: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Colour of each distance from the neutral place.

    Parameters
    ----------
    distances : (N,) mm

    Returns
    -------
    (N, 3) uint8, sRGB
    """
    place = np.sqrt(np.clip(np.asarray(distances, float) / HOTTEST_MM, 0, 1))
    stops = np.linspace(0, 1, len(HEAT))
    channels = [np.interp(place, stops, [colour[c] for colour in HEAT]) for c in range(3)]
    return np.round(np.stack(channels, -1)).astype(np.uint8)
