"""Extra fields of pairs in the upper face, on the subject's left side (mm at full activation)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipeline.head.muscles.frame import Displacement, MuscleFrame
from pipeline.head.muscles.gaze import TURNS
from pipeline.head.sculpt.anatomy import EYE_CENTRE, EYE_RADIUS
from pipeline.head.sculpt.sdf import bell

_Extra = Callable[[MuscleFrame, Displacement, Displacement], Displacement]

#: The cornea under a closed lid: how far it lifts the skin (mm) and over what angle (rad).
_LIFT, _LIFT_WIDTH = 0.55, 0.42


def _closure_wins(m: MuscleFrame, closing: Displacement, other: Displacement) -> Displacement:
    """A closed lid's margin lies where the closure puts it, whatever else pulls at it."""
    lids = np.maximum(m.upper_lid, m.lower_lid)
    return -other * np.clip(lids * 1.6, 0, 1)[:, None]


def _lids_share(part: float) -> _Extra:
    """Two pulls on the same lid: the second adds only so much to the first."""

    def extra(m: MuscleFrame, first: Displacement, second: Displacement) -> Displacement:
        lids = np.maximum(m.upper_lid, m.lower_lid)
        return (part - 1) * second * lids[:, None]

    return extra


def _closed_over_gaze(unit: int) -> _Extra:
    """The closed lid stays closed, and the cornea lifts it where it now stands."""

    def extra(m: MuscleFrame, closing: Displacement, gaze: Displacement) -> Displacement:
        ray = m.v + closing - EYE_CENTRE
        ray /= np.maximum(np.linalg.norm(ray, axis=1, keepdims=True), 1e-9)
        turn = np.deg2rad(TURNS[unit])
        there = np.array([np.sin(turn[1]), -np.sin(turn[0]), np.cos(np.abs(turn).max())])
        lids = np.maximum(m.upper_lid, m.lower_lid) * (m.eye_radius > EYE_RADIUS + 0.6)
        rise = _LIFT * (_bump(ray, there) - _bump(ray, np.array([0.0, 0.0, 1.0])))
        return _closure_wins(m, closing, gaze) + ray * (rise * np.clip(lids * 2.5, 0, 1))[:, None]

    return extra


def _bump(ray: Displacement, axis: Displacement) -> Displacement:
    return np.asarray(bell(np.arccos(np.clip(ray @ axis, -1, 1)) / _LIFT_WIDTH))


def _oblique_brow(m: MuscleFrame, raised: Displacement, lowered: Displacement) -> Displacement:
    """AU1+4: the corrugator draws in, the frontalis wins upwards; the brow slants outwards."""
    d = m.sheet((13, 18, 15), (10, 12, 20), (-0.1, 1, 0), 3.4)
    d = d + m.sheet((40, 20, 9), (11, 11, 18), (0, -1, 0), 1.5)
    d[:, 0] *= np.clip(m.ax / 7, 0, 1)
    d = m.slide(d) * m.off_lids
    return d + m.swell(0.9 * m.at((11, 27, 18), (6, 7, 14)) - 0.5 * m.at((25, 30, 16), (6, 7, 14)))


def _whole_brow(m: MuscleFrame, inner: Displacement, outer: Displacement) -> Displacement:
    """AU1+2: the brow rises as a whole; the sum would sag in its middle."""
    return m.slide(m.sheet((28, 22, 11), (9, 14, 20), (0, 1, 0), 1.9)) * m.off_lids


def _glare(m: MuscleFrame, brow: Displacement, lids: Displacement) -> Displacement:
    """AU4+7: the lowered brow pushes the fold over the tightened lid."""
    return m.sheet((25, 12, 14), (12, 5, 16), (-0.1, -1, 0), 0.9) * m.off_lids


def _frown_and_wrinkle(m: MuscleFrame, frown: Displacement, nose: Displacement) -> Displacement:
    """AU4+9: both pull the brow's head down, which can come only so far."""
    brow = m.at((15, 17, 15), (13, 12, 20))
    d = -0.75 * nose * brow[:, None]
    return d + m.swell(0.7 * m.at((0, 9, 18), (7, 5, 12)))


def _squint(m: MuscleFrame, cheek: Displacement, lid: Displacement) -> Displacement:
    """AU6+7: the lower lid is already high; the skin under it bunches up."""
    d = -0.45 * lid * np.maximum(m.upper_lid, m.lower_lid)[:, None]
    return d + m.swell(0.5 * m.at((31, -11.5, 10), (12, 3.2, 10)) * (1 - m.lower_lid))


def _smiling_eyes(m: MuscleFrame, cheek: Displacement, smile: Displacement) -> Displacement:
    """AU6+12: one cheek, not two on top of each other; it pushes the lower lid up."""
    mass = m.at((38, -24, 10), (15, 11, 16))
    d = m.swell(-1.3 * mass) - 0.2 * cheek * (mass * (1 - m.lower_lid))[:, None]
    pouch = m.at((31, -12, 10), (13, 3.6, 10)) * (1 - m.lower_lid)
    return d + m.swell(0.6 * pouch) + m.lids_to(m.upper, m.lower + 0.5 * m.arch**0.7)


PAIRS: dict[tuple[str, str], _Extra] = {
    ("AU1_L", "AU4_L"): _oblique_brow,
    ("AU1_L", "AU2_L"): _whole_brow,
    ("AU4_L", "AU7_L"): _glare,
    ("AU4_L", "AU9_L"): _frown_and_wrinkle,
    ("AU6_L", "AU7_L"): _squint,
    ("AU6_L", "AU12_L"): _smiling_eyes,
    **{("AU43_L", f"AU{unit}_L"): _closure_wins for unit in (1, 2, 4, 5, 6, 7, 9, 12)},
    **{("AU43_L", f"AU{unit}_L"): _closed_over_gaze(unit) for unit in TURNS},
    ("AU63_L", "AU5_L"): _lids_share(0.5),
    ("AU64_L", "AU5_L"): _lids_share(0.6),
    ("AU64_L", "AU7_L"): _lids_share(0.5),
    ("AU64_L", "AU6_L"): _lids_share(0.5),
}
