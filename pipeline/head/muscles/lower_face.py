"""Action units of cheek, mouth corner and chin (mm at full activation).

Functions of the sided units give the subject's left side; those of the midline give both.
Where the lips stay closed a field is the same on both sides of the lip line.
"""

from __future__ import annotations

import numpy as np

from pipeline.head.muscles.frame import Displacement, MuscleFrame, blob
from pipeline.head.sculpt.anatomy import MOUTH_HALF_WIDTH
from pipeline.head.sculpt.noise import value_noise
from pipeline.head.sculpt.sdf import Field, smoothstep

#: Marionette line (left, frontal plane): from below the mouth's corner to the jaw.
_MARIONETTE = ((28.0, -68.5), (29.8, -74.0), (30.2, -80.0), (28.8, -87.0))
#: Crease beside the corner that a dimple throws.
_DIMPLE = ((30.2, -58.5), (32.4, -62.5), (32.8, -67.0), (31.0, -72.0))


def _upper(m: MuscleFrame) -> Field:
    """1 on the upper lip and the cheek, 0 on the lower lip; soft beyond the corner."""
    beyond = smoothstep(MOUTH_HALF_WIDTH - 4, MOUTH_HALF_WIDTH + 3, m.ax)
    return np.where(m.side > 0, 1.0, beyond)


def upper_lip_raiser(m: MuscleFrame) -> Displacement:
    """AU10: levator labii superioris squares the upper lip and deepens the upper fold."""
    d = m.linear((26, -12, 10), (14, -58, 22), 34, 62, 24, 2.6)
    lip = m.sheet((13.5, -58, 21), (11, 9, 16), (0.05, 1, 0.12), 4.6)
    d = d + lip * (1 - m.lateral**3)[:, None]
    d = m.slide(d * _upper(m)[:, None], 0.75) * m.off_lids
    d[:, 2] += 1.0 * m.upper_lip * (1 - m.lateral**2)
    d = d - m.swell(1.5 * m.fold * smoothstep(-72, -54, m.y))
    d = d + m.swell(2.0 * m.fold_bulge * smoothstep(-70, -50, m.y))
    return d + m.sheet((30, -27, 12), (10, 8, 14), (0, 1, 0.1), 1.0) * m.off_lids


def nasolabial_deepener(m: MuscleFrame) -> Displacement:
    """AU11: zygomaticus minor draws the middle of the fold up and outwards."""
    d = m.linear((46, -14, 2), (21, -55, 18), 40, 66, 20, 2.2)
    lip = m.sheet((18, -59, 19), (8, 8, 14), (0.55, 1, 0), 1.9) * (1 - m.lateral**6)[:, None]
    d = m.slide((d + lip) * _upper(m)[:, None], 0.8) * m.off_lids
    middle = smoothstep(-70, -58, m.y)
    upper_end = smoothstep(-33, -46, m.y)
    d = d - m.swell(1.7 * m.fold * middle * upper_end)
    return d + m.swell(2.2 * m.fold_bulge * middle * upper_end)


def lip_corner_puller(m: MuscleFrame) -> Displacement:
    """AU12: zygomaticus major."""
    reach = (15, 16)
    d = m.corner((0, 6.2, 0), reach, 2.6) + m.corner((5.8, 0, -3.6), reach, 1.2)
    pull = m.linear((55, -14, -8), (26, -66, 11), 46, 84, 30, 2.8)
    d = d + pull * smoothstep(10, 20, m.x)[:, None]
    d[:, 2] *= 0.4
    d = m.slide(d, 0.9)
    bulges = 3.2 * blob(m.v, (38, -29, 10), (14, 11, 16)) * m.face
    d = d + m.swell(bulges - 1.7 * m.fold + 2.3 * m.fold_bulge)
    d[:, 1] -= m.from_line * 0.15 * m.lips  # stretched lips get thinner and flatter
    d[:, 2] -= 1.4 * m.lips * (1 - 0.5 * m.lateral)
    cheek = m.sheet((38, -23, 8), (14, 11, 18), (0, 1, 0), 2.2)
    d = d + cheek * (1 - m.lower_lid)[:, None]
    d = d + m.sheet((17, -40, 22), (6, 7, 9), (1, 0.25, -0.1), 1.2)
    return d + m.lids_to(m.upper, m.lower + 0.5 * m.arch**0.7)


def sharp_lip_puller(m: MuscleFrame) -> Displacement:
    """AU13: levator anguli oris pulls the corner straight up and puffs the cheek over it."""
    d = m.corner((0.6, 6.0, -1.0), (9, 11), 4.2)
    pull = m.linear((26, -20, 12), (25, -66, 11), 40, 62, 18, 2.2)
    d = m.slide(d + pull * smoothstep(12, 20, m.x)[:, None], 0.9) * m.off_lids
    puff = 4.6 * blob(m.v, (31, -35, 13), (10.5, 10, 15)) * m.face
    d = d + m.swell(puff * (1 - 0.6 * m.fold) - 1.0 * m.fold * smoothstep(-76, -60, m.y))
    cheek = m.sheet((32, -28, 12), (11, 10, 16), (0, 1, 0), 1.6)
    return d + cheek * (1 - m.lower_lid)[:, None]


def dimpler(m: MuscleFrame) -> Displacement:
    """AU14: buccinator draws the corner inwards into the cheek and tightens it."""
    d = m.corner((2.1, 0.9, -3.6), (8.5, 9.5), 3.2)
    tight = m.at((MOUTH_HALF_WIDTH - 3, -65.5, 12), (8, 9, 12))
    d[:, 1] -= m.from_line * 0.42 * tight
    d[:, 2] -= 0.7 * m.lips * smoothstep(0.35, 0.9, m.lateral)
    groove, roll = m.furrow(_DIMPLE, 2.1, 5.0, 3.6, (0.3, 0.7))
    pit = m.at((MOUTH_HALF_WIDTH + 4.6, -65.2, 8), (3.4, 4.4, 8))
    d = d + m.swell(1.3 * roll - 2.0 * groove - 3.4 * pit)
    below = m.at((24.5, -73.5, 13), (6.5, 3.6, 8)) + m.at((25, -58.5, 14), (6, 3.4, 8))
    return d + m.swell(0.9 * below)


def lip_corner_depressor(m: MuscleFrame) -> Displacement:
    """AU15: depressor anguli oris, with the marionette roll under the corner."""
    d = m.corner((1.2, -5.6, -1.2), (10, 12), 2.0)
    pull = m.linear((30, -100, 0), (25, -66, 11), 26, 48, 34, 1.8)
    d = m.slide(d + pull * smoothstep(8, 18, m.x)[:, None], 0.8)
    groove, outside = m.furrow(_MARIONETTE, 2.1, 5.5, 3.8, (0.12, 0.5))
    pouch = m.at((22.5, -77.5, 13), (8.5, 6.0, 12))
    d = d + m.swell(1.1 * pouch - 1.6 * groove)
    return d + m.swell(0.6 * outside)


def lower_lip_depressor(m: MuscleFrame) -> Displacement:
    """AU16: depressor labii inferioris draws the lower lip down and flattens the chin boss."""
    below = (m.side < 0)[:, None]
    d = m.sheet((9.5, -69, 20), (12, 10, 16), (0.2, -1, 0.05), 7.4) * below
    d = d + m.sheet((12, -84, 15), (12, 10, 14), (0.15, -1, 0), 2.2) * below
    d = d * (1 - m.lateral**3)[:, None]
    d = m.slide(d, 0.6)
    # The red rolls out and down over the chin.
    rim = m.lower_lip * (1 - m.lateral**2) * smoothstep(1.5, 0.5, m.across)
    d[:, 2] += 2.0 * rim * m.outer
    return d + m.swell(-0.9 * m.at((7, -81.5, 19), (12, 3.2, 12)))


def chin_raiser(m: MuscleFrame) -> Displacement:
    """AU17: mentalis pushes the chin boss up, and with it both lips."""
    return lower_lip_shrug(m) + upper_lip_shrug(m)


def lower_lip_shrug(m: MuscleFrame) -> Displacement:
    """Chin boss and lower lip of AU17 (ARKit's mouthShrugLower)."""
    middle = 1 - 0.7 * m.lateral**2
    d = m.sheet((0, -93, 20), (17, 12, 18), (0, 1, 0.10), 5.6)
    d = d * (m.side < 0)[:, None]
    lip = np.where(m.side < 0, m.around_lips(11.0, 13.0), 0)
    d = d + (lip * middle)[:, None] * np.array([0, 3.2, 1.9])
    rim = lip * middle * smoothstep(0.15, 0.75, m.across) * smoothstep(2.0, 1.1, m.across)
    d[:, 2] += 1.6 * rim
    stones = value_noise(m.v, 4.6, 77) + 0.8 * value_noise(m.v * [1, 1.25, 1], 2.7, 78)
    boss = m.at((0, -95, 20), (14, 10, 16))
    d = d + m.swell(boss * (2.6 * np.minimum(stones, 0.12) + 0.9))
    return d - m.swell(1.5 * m.at((0, -81.5, 20), (14, 3.2, 12)))


def upper_lip_shrug(m: MuscleFrame) -> Displacement:
    """What the raised lower lip does to the upper (ARKit's mouthShrugUpper)."""
    middle = 1 - 0.7 * m.lateral**2
    lip = np.where(m.side > 0, m.around_lips(9.5), 0)
    d = (lip * middle)[:, None] * np.array([0, 3.2, 1.9])
    return d + m.swell(0.5 * m.at((0, -54, 22), (12, 4, 14)))


def lip_stretcher(m: MuscleFrame) -> Displacement:
    """AU20: risorius draws the mouth straight and flat, the skin with it."""
    d = m.corner((8.4, -1.0, -3.4), (17, 16), 1.3)
    pull = m.linear((62, -58, -34), (27, -67, 11), 40, 74, 24, 4.0)
    d = m.slide(d + pull * smoothstep(10, 20, m.x)[:, None])
    thin = np.exp(-((m.from_line / 9) ** 2)) * smoothstep(MOUTH_HALF_WIDTH + 4, 0, m.x) * m.face
    d[:, 1] -= m.from_line * 0.20 * thin
    d[:, 2] -= 1.0 * m.lips * (1 - m.lateral**2)
    d = d - m.swell(0.8 * thin * smoothstep(1.5, 5, np.abs(m.from_line)))
    d = d + m.sheet((20, -84, 14), (12, 9, 14), (1, 0.1, -0.4), 2.4)
    groove, _ = m.furrow(_MARIONETTE, 2.4, 5.0, 3.6, (0.2, 0.5))
    return d - m.swell(1.0 * groove)
