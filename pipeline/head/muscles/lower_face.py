"""Action units of mouth and jaw (mm at full activation).

Functions of the sided units give the subject's left side; those of the midline give both.
"""

from __future__ import annotations

import numpy as np

from pipeline.head.muscles.frame import JAW_JOINT, Displacement, MuscleFrame, blob, turned_about_x
from pipeline.head.sculpt.anatomy import MOUTH_HALF_WIDTH
from pipeline.head.sculpt.noise import value_noise
from pipeline.head.sculpt.sdf import Field, smoothstep

JAW_DROP = np.deg2rad(13.5)  # AU26
JAW_STRETCH = np.deg2rad(22.0)  # AU27


def upper_lip_raiser(m: MuscleFrame) -> Displacement:
    """AU10: levator labii superioris."""
    d = m.linear((26, -12, 10), (14, -58, 22), 34, 62, 24, 3.0)
    d = d * ((m.side > 0) | (m.x > MOUTH_HALF_WIDTH - 2))[:, None]
    lip = m.sheet((14, -59, 21), (12, 8, 16), (0.05, 1, 0.1), 3.9)
    d = d + lip * (m.side > 0)[:, None]
    d = m.slide(d, 0.75) * m.off_lids
    d = d - m.swell(1.4 * m.fold * m.face * smoothstep(-66, -52, m.y))
    return d + m.swell(1.5 * m.fold_bulge * m.face * smoothstep(-72, -56, m.y))


def lip_corner_puller(m: MuscleFrame) -> Displacement:
    """AU12: zygomaticus major."""
    reach = (17, 17)
    d = m.corner((0, 5.0, 0), reach, 2.4) + m.corner((5.4, 0, -3.4), reach, 1.2)
    pull = m.linear((55, -14, -8), (26, -66, 11), 46, 84, 30, 2.6)
    d = d + pull * smoothstep(10, 20, m.x)[:, None]
    d[:, 2] *= 0.4
    d = m.slide(d, 0.9)
    bulges = 3.0 * blob(m.v, (38, -28, 10), (14, 12, 16)) * m.face
    bulges = bulges - 1.1 * m.fold * m.face * smoothstep(-66, -52, m.y)
    bulges = bulges + 1.5 * m.fold_bulge * m.face * smoothstep(-74, -58, m.y)
    d = d + m.swell(bulges)
    d[:, 1] -= m.from_line * 0.13 * m.lips  # stretched lips get thinner and flatter
    d[:, 2] -= 1.3 * m.lips * (1 - 0.5 * m.lateral)
    cheek = m.sheet((38, -22, 8), (15, 12, 18), (0, 1, 0), 1.8)
    d = d + cheek * (1 - m.lower_lid)[:, None]
    d = d + m.sheet((17, -40, 22), (6, 7, 9), (1, 0.25, -0.1), 1.2)
    return d + m.lids_to(m.upper, m.lower + 0.5 * m.arch**0.7)


def dimpler(m: MuscleFrame) -> Displacement:
    """AU14: buccinator."""
    d = m.corner((3.4, 0.5, -3.2), (11, 12), 1.5)
    pit = m.at((MOUTH_HALF_WIDTH + 5.0, -65.5, 8), (3.6, 5.0, 8))
    ring = m.at((MOUTH_HALF_WIDTH + 10, -64, 5), (7, 11, 10))
    return d + m.swell(1.6 * ring - 3.0 * pit)


def lip_corner_depressor(m: MuscleFrame) -> Displacement:
    """AU15: depressor anguli oris."""
    d = m.corner((1.4, -4.6, -1.2), (11, 12), 1.5)
    pull = m.linear((30, -100, 0), (25, -66, 11), 26, 48, 34, 2.0)
    d = m.slide(d + pull * smoothstep(8, 18, m.x)[:, None], 0.8)
    bulge = 1.3 * m.at((29, -79, 7), (6, 7, 10)) - 1.1 * m.at((33.5, -75, 6), (3, 9, 9))
    return d + m.swell(bulge)


def lower_lip_depressor(m: MuscleFrame) -> Displacement:
    """AU16: depressor labii inferioris."""
    below = (m.side < 0)[:, None]
    d = m.sheet((9, -71, 20), (12, 8, 16), (0.18, -1, 0.12), 4.4) * below
    d = d + m.sheet((12, -84, 15), (12, 10, 14), (0.12, -1, 0), 2.2) * below
    d = d * (1 - m.lateral**4)[:, None]
    d = m.slide(d, 0.6)
    return d + m.swell(-0.7 * m.at((6, -80.5, 19), (12, 3.5, 12)))


def lip_stretcher(m: MuscleFrame) -> Displacement:
    """AU20: risorius."""
    d = m.corner((7.2, -1.6, -3.2), (17, 16), 1.5)
    pull = m.linear((62, -58, -34), (27, -67, 11), 40, 74, 24, 4.0)
    d = m.slide(d + pull * smoothstep(10, 20, m.x)[:, None])
    thin = np.exp(-((m.from_line / 8) ** 2)) * smoothstep(MOUTH_HALF_WIDTH + 4, 0, m.x) * m.face
    d[:, 1] -= m.from_line * 0.16 * thin
    d = d - m.swell(0.9 * thin * smoothstep(1.5, 5, np.abs(m.from_line)))
    d[:, 1] -= 0.5 * m.upper_lip * (1 - m.lateral)
    return d


def chin_raiser(m: MuscleFrame) -> Displacement:
    """AU17: mentalis."""
    middle = 1 - 0.55 * m.lateral**2
    d = m.sheet((0, -92, 20), (17, 13, 18), (0, 1, 0.12), 5.2)
    d = d + (m.lower_lip * middle)[:, None] * np.array([0, 3.6, 1.6])
    d = d + (m.upper_lip * middle)[:, None] * np.array([0, 2.2, 0.9])
    dimples = m.at((0, -95, 20), (15, 11, 14)) * (1.2 * value_noise(m.v, 2.6, 77) + 0.5)
    return d + m.swell(dimples - 1.3 * m.at((0, -81, 20), (15, 3.0, 12)))


def lip_pucker(m: MuscleFrame) -> Displacement:
    """AU18: incisivii labii with orbicularis oris."""
    d = m.sphincter((0, -66, 20), (40, 30), 6.5)
    wide = np.exp(-((m.from_line / 16) ** 2)) * smoothstep(48, 16, m.ax) * smoothstep(-20, 4, m.z)
    d[:, 0] = -m.x * 0.26 * wide
    d[:, 2] += 4.2 * m.lips * (1 - 0.55 * m.lateral**2)
    d[:, 1] = -m.from_line * 0.05 * m.lips
    return d


def lip_funneler(m: MuscleFrame) -> Displacement:
    """AU22: orbicularis oris turns the lips out like a funnel."""
    middle = np.clip(1 - m.lateral**2.4, 0, 1)
    d = np.zeros_like(m.v)
    d[:, 0] = -m.x * 0.12 * m.lips
    d[:, 1] = (m.upper_lip * 2.4 - m.lower_lip * 3.0) * middle
    rim = np.exp(-((m.from_line / 9) ** 2))
    d[:, 2] = 4.6 * m.lips * rim * (1 - 0.5 * m.lateral**2)
    return d


def lip_tightener(m: MuscleFrame) -> Displacement:
    """AU23: orbicularis oris narrows and tightens the lips."""
    d = np.zeros_like(m.v)
    d[:, 0] = -m.x * 0.10 * m.lips
    d[:, 1] = -m.from_line * 0.36 * m.lips
    d[:, 2] = -0.9 * m.lips * (np.abs(m.from_line) < 7)
    return d


def lip_pressor(m: MuscleFrame) -> Displacement:
    """AU24: orbicularis oris presses the lips together."""
    outer = np.clip(np.abs(m.from_line) / 8, 0, 1)
    d = np.zeros_like(m.v)
    d[:, 0] = m.x * 0.03 * m.lips
    d[:, 1] = -m.from_line * 0.46 * m.lips
    d[:, 2] = (0.8 * outer - 1.8 * (1 - outer)) * m.lips
    around = 0.8 * m.at((0, -53, 22), (15, 4, 14)) + 0.9 * m.at((0, -79, 20), (15, 4, 14))
    return d + m.swell(around)


def lips_part(m: MuscleFrame) -> Displacement:
    """AU25."""
    middle = _opening(m)
    d = np.zeros_like(m.v)
    d[:, 1] = (m.upper_lip * 2.0 - m.lower_lip * 2.8) * middle
    d[:, 2] = -0.5 * m.lower_lip * middle
    return d


def _opening(m: MuscleFrame) -> Field:
    return np.clip(1 - m.lateral**2.2, 0, 1)


def _jaw_opened(m: MuscleFrame, angle: float, hollow: float) -> Displacement:
    d = turned_about_x(m.v, JAW_JOINT, angle * m.jaw) - m.v
    corner = np.exp(-(((m.ax - MOUTH_HALF_WIDTH) / 9) ** 2)) * np.exp(-(((m.y + 68) / 13) ** 2))
    strength = angle / JAW_DROP
    d[:, 0] -= np.sign(m.x) * 1.6 * strength * corner * smoothstep(-10, 2, m.z)
    both = np.column_stack([m.ax, m.y, m.z])
    d = d - m.swell(hollow * blob(both, (42, -55, -2), (16, 22, 26)) * m.face)
    d[:, 1] += m.upper_lip * _opening(m) * 0.7 * strength
    return d


def jaw_drop(m: MuscleFrame) -> Displacement:
    """AU26: the jaw opens by its own weight."""
    return _jaw_opened(m, JAW_DROP, 1.6)


def mouth_stretch(m: MuscleFrame) -> Displacement:
    """AU27: pterygoids and digastric pull the jaw wide open."""
    return _jaw_opened(m, JAW_STRETCH, 2.6)
