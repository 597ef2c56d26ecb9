"""Extra fields of pairs in the upper face, on the subject's left side (mm at full activation)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipeline.head.muscles.frame import Displacement, MuscleFrame


def _closure_wins(m: MuscleFrame, closing: Displacement, other: Displacement) -> Displacement:
    """A closed lid's margin lies where the closure puts it, whatever else pulls at it."""
    lids = np.maximum(m.upper_lid, m.lower_lid)
    return -other * np.clip(lids * 1.6, 0, 1)[:, None]


def _half_of_second(m: MuscleFrame, first: Displacement, second: Displacement) -> Displacement:
    lids = np.maximum(m.upper_lid, m.lower_lid)
    return -0.5 * second * lids[:, None]


PAIRS: dict[tuple[str, str], Callable[[MuscleFrame, Displacement, Displacement], Displacement]] = {
    **{("AU43_L", f"AU{unit}_L"): _closure_wins for unit in (1, 2, 4, 5, 6, 7, 9, 12, 63, 64)},
    ("AU63_L", "AU5_L"): _half_of_second,
    ("AU64_L", "AU7_L"): _half_of_second,
    ("AU64_L", "AU6_L"): _half_of_second,
}
