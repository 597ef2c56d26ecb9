"""What orbicularis oris and the breath do to the lips and cheeks (mm at full activation).

A field of lips that stay closed is the same on both sides of the lip line, so that sums of
such fields keep them closed; a field that opens them never lets them cross.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.head.muscles.frame import Displacement, MuscleFrame, blob
from pipeline.head.sculpt.anatomy import MOUTH_HALF_WIDTH, lip_depth
from pipeline.head.sculpt.noise import value_noise
from pipeline.head.sculpt.sdf import Field, smoothstep

_PRESSED_LINE = -64.2  # y of the line between pressed lips


def opening(m: MuscleFrame, power: float = 2.0) -> Field:
    """How far the lips are from the corners: 1 in the middle, 0 at a corner."""
    return np.clip(1 - m.lateral**power, 0, 1)


def _creases(m: MuscleFrame, spacing: float, seed: int) -> Field:
    """Uneven vertical creases that fan out from the mouth, in [-0.5, 0.5]."""
    fan = m.x * (1 - 0.16 * np.clip(m.across - 1, -0.5, 2) / (1 + 0.06 * m.ax))
    return value_noise(np.column_stack([fan, 0.12 * m.y, 0 * fan]), spacing, seed)


def _front(m: MuscleFrame) -> Field:
    """1 on the outside of the lips, 0 on the walls between them."""
    return smoothstep(-5, 0, m.z - lip_depth(m.ax))


def lip_pucker(m: MuscleFrame) -> Displacement:
    """AU18: incisivii labii with orbicularis oris."""
    wide = np.exp(-((m.from_line / 19) ** 2)) * smoothstep(52, 15, m.ax)
    wide = wide * smoothstep(-20, 4, m.z) * (0.3 + 0.7 * m.outer)
    d = np.zeros_like(m.v)
    d[:, 0] = -m.x * 0.32 * wide
    dome = m.around_lips(14.0) * (1 - 0.75 * m.lateral**2)
    d[:, 2] = 6.0 * dome + 5.0 * wide * smoothstep(0.35, 0.9, m.lateral) * smoothstep(46, 27, m.ax)
    full = smoothstep(2.0, 0.9, m.across) * m.lips
    d[:, 1] = m.from_line * 0.10 * full * (1 - m.lateral**2)
    beside = m.at((0, -53.5, 22), (14, 4.5, 14)) + m.at((0, -79, 20), (14, 4.5, 14))
    d = d - m.swell(0.8 * beside)
    crease = 1.5 * _creases(m, 3.4, 41) * m.around_lips(10) * _front(m)
    return d + m.swell(crease * (1 - m.lateral**3))


def lip_funneler(m: MuscleFrame) -> Displacement:
    """AU22: orbicularis oris turns the lips out like a funnel and parts them."""
    middle = opening(m, 2.4)
    d = np.zeros_like(m.v)
    d[:, 0] = -m.x * 0.22 * np.maximum(m.lips, m.around_lips(15))
    d[:, 1] = (m.upper_lip * 2.6 - m.lower_lip * 3.0) * middle
    d[:, 2] = 4.6 * m.around_lips(12) * (1 - 0.5 * m.lateral**2)
    # The rim turns outwards: the red between line and border comes to the front.
    turned = smoothstep(1.5, 0.35, m.across) * middle * _front(m) * m.near_lips
    d[:, 2] += 2.4 * turned
    spread = smoothstep(0.2, 1.0, m.across) * smoothstep(2.4, 1.0, m.across) * middle * m.near_lips
    d[:, 1] += m.side * 1.8 * spread
    return d


def lip_tightener(m: MuscleFrame) -> Displacement:
    """AU23: orbicularis oris narrows the mouth and tightens the lips into a hard line."""
    d = np.zeros_like(m.v)
    wide = m.around_lips(11.0) * smoothstep(44, 22, m.ax)
    d[:, 0] = -m.x * 0.24 * wide
    roll = smoothstep(2.6, 0.8, m.across) * m.near_lips * m.outer
    d[:, 1] = -m.from_line * 0.46 * roll
    d[:, 2] = -2.0 * roll * smoothstep(1.5, 0.2, m.across) * (1 - 0.4 * m.lateral)
    creases = _creases(m, 2.9, 23) * smoothstep(0.6, 1.2, m.across) * smoothstep(3.0, 1.5, m.across)
    d = d + m.swell(1.5 * creases * m.near_lips * (1 - m.lateral**3))
    around = m.at((0, -55.5, 22), (15, 4, 14)) + m.at((0, -77, 20), (15, 4, 14))
    return d + m.swell(0.6 * around)


def lip_pressor(m: MuscleFrame) -> Displacement:
    """AU24: the lips press on each other: flat, wide as before, the skin bulging around."""
    d = np.zeros_like(m.v)
    roll = smoothstep(3.4, 1.0, m.across) * m.near_lips * m.outer
    d[:, 0] = m.x * 0.06 * m.lips
    # The line between the lips is pressed straight.
    straight = (_PRESSED_LINE - m.line) * (1 - 0.6 * m.lateral**4) * m.around_lips(9)
    d[:, 1] = -m.from_line * 0.56 * roll + 0.9 * straight
    d[:, 2] = -1.5 * roll * smoothstep(1.4, 0.3, m.across)
    both = np.column_stack([m.ax, m.y, m.z])
    around = 1.7 * blob(both, (0, -57, 22), (17, 3.8, 14))
    around = around + 2.0 * blob(both, (0, -75.5, 20), (17, 4.0, 14))
    around = around + 1.0 * blob(both, (MOUTH_HALF_WIDTH + 3, -66, 10), (4.5, 6, 9))
    around = around - 0.8 * blob(both, (0, -83, 19), (14, 3.2, 12))
    return d + m.swell(around * m.face)


def lips_part(m: MuscleFrame) -> Displacement:
    """AU25: the lower lip drops in a curve, the upper keeps its bow and lifts a little."""
    d = np.zeros_like(m.v)
    bow = opening(m, 2.6) * (1 - 0.22 * np.exp(-((m.x / 4.0) ** 2)))
    d[:, 1] = m.upper_lip * 1.7 * bow - m.around_lips(12, 14) * (m.side < 0) * 4.0 * opening(m, 1.8)
    d[:, 2] = -0.8 * m.lower_lip * opening(m) + 0.3 * m.upper_lip * bow
    loose = smoothstep(1.6, 0.6, m.across) * m.lower_lip * opening(m)
    d[:, 2] += 0.9 * loose * _front(m)
    return d


def lip_suck(m: MuscleFrame) -> Displacement:
    """AU28: both lips are drawn over the teeth until their red is gone."""
    return upper_lip_roll(m) + lower_lip_roll(m)


def upper_lip_roll(m: MuscleFrame) -> Displacement:
    """The upper lip of AU28 (ARKit's mouthRollUpper)."""
    return _rolled(m, m.side > 0, 3.2)


def lower_lip_roll(m: MuscleFrame) -> Displacement:
    """The lower lip of AU28 (ARKit's mouthRollLower)."""
    return _rolled(m, m.side < 0, 3.2)


def _rolled(m: MuscleFrame, lip: NDArray[np.bool_], depth: float) -> Displacement:
    """Turn the red inwards about its border: the border comes down to the lip line."""
    ends = 1 - 0.75 * m.lateral**4
    front = m.near_lips * lip * m.outer
    # Heights up to the border all but vanish; what the skin loses fades out beyond it.
    # The walls keep the pressure that seals them.
    inside = np.maximum(m.across - 0.2 / m.vermilion, 0) * 0.93
    fade = smoothstep(3.6, 0.8, m.across)
    drawn = np.where(m.across < 1, inside, 0.93 * fade) * m.vermilion
    d = np.zeros_like(m.v)
    d[:, 1] = -np.sign(m.from_line) * drawn * front * ends
    back = smoothstep(1.05, 0.0, m.across) * depth + 0.8 * smoothstep(3.2, 0.9, m.across)
    d[:, 2] = -back * front * ends
    d[:, 0] = -m.x * 0.04 * front * smoothstep(3, 1, m.across)
    creases = _creases(m, 3.1, 28) * smoothstep(0.8, 1.3, m.across) * smoothstep(2.6, 1.4, m.across)
    return d + m.swell(1.2 * creases * front * (1 - m.lateral**3))


def blow(m: MuscleFrame) -> Displacement:
    """AU33: breath through a small gap; the cheeks give way."""
    d = cheeks_out(m, 6.5)
    d = d + cheeks_out(m, 6.5, -1)
    small = np.clip(1 - (m.ax / 9.0) ** 2, 0, 1)
    d[:, 0] -= m.x * 0.30 * m.around_lips(15)
    d[:, 1] += (m.upper_lip * 1.0 - m.lower_lip * 1.3) * small
    d[:, 2] += 4.2 * m.around_lips(12) * (1 - 0.6 * m.lateral**2)
    return d


def puff(m: MuscleFrame) -> Displacement:
    """AU34: air held behind closed lips blows one cheek out."""
    d = cheeks_out(m, 10.0)
    d[:, 2] += 0.8 * m.around_lips(16) * smoothstep(0, 0.7, m.x / MOUTH_HALF_WIDTH)
    over = blob(m.v, (12, -55, 21), (11, 5, 14)) + 0.8 * blob(m.v, (12, -77, 19), (11, 5, 14))
    return d + m.swell(1.6 * over * m.face)


def cheeks_out(m: MuscleFrame, amount: float, side: int = 1) -> Displacement:
    """One cheek blown out by `amount` mm, off its fold."""
    p = m.v * [side, 1, 1]
    bulge = blob(p, (43, -57, -2), (19, 21, 30)) * smoothstep(MOUTH_HALF_WIDTH - 5, 40, p[:, 0])
    out = np.array([0.62 * side, -0.02, 0.78])
    # Air pushes one way: along the normals alone the cheek would come out lumpy.
    ways = 0.5 * m.swelling + 0.5 * out
    return ways * (1.25 * amount * bulge * m.face)[:, None]


def shifted_left(m: MuscleFrame) -> Displacement:
    """ARKit's mouthLeft: the closed mouth goes to the subject's left."""
    ring = np.exp(-((m.ax / 44) ** 4)) * np.exp(-((m.from_line / 22) ** 2))
    d = np.zeros_like(m.v)
    d[:, 0] = 7.5 * ring * smoothstep(-24, 4, m.z)
    corner = np.exp(-(((m.x - MOUTH_HALF_WIDTH) / 10) ** 2)) * np.exp(-((m.from_line / 10) ** 2))
    d[:, 1] = 1.0 * corner * smoothstep(-16, 2, m.z)
    d[:, 2] = -0.0165 * ((m.x + 0.5 * d[:, 0]) * d[:, 0]) * 1.4 * m.near_lips
    d = m.slide(d, 0.6)
    return d + m.swell(0.9 * m.fold_bulge - 0.8 * m.fold)
