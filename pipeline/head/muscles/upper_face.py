"""Action units of brow, lids, cheek and nose on the subject's left side (mm at full activation)."""

from __future__ import annotations

import numpy as np

from pipeline.head.muscles.frame import Displacement, MuscleFrame
from pipeline.head.sculpt.sdf import smoothstep


def inner_brow_raiser(m: MuscleFrame) -> Displacement:
    """AU1: frontalis, pars medialis."""
    d = m.sheet((13, 17, 15), (15, 15, 22), (0.02, 1, 0), 6.4)
    d = d + m.sheet((14, 36, 18), (17, 16, 22), (0, 1, 0), 2.0)
    d = m.slide(d) * m.off_lids
    # The skin that the muscle shortens piles up over the brow's head.
    d = d + m.swell(0.8 * m.at((14, 27, 18), (11, 6, 16)))
    return d + m.lids_to(m.upper + 0.7 * m.arch**0.5, m.lower)


def outer_brow_raiser(m: MuscleFrame) -> Displacement:
    """AU2: frontalis, pars lateralis."""
    d = m.sheet((43, 19, 5), (15, 15, 22), (0.05, 1, 0), 6.2)
    d = d + m.sheet((43, 38, 5), (17, 16, 24), (0, 1, 0), 2.0)
    d = m.slide(d) * m.off_lids
    d = d + m.swell(0.7 * m.at((42, 29, 10), (13, 6, 16)))
    return d + m.lids_to(m.upper + 0.6 * m.arch**0.5, m.lower)


def brow_lowerer(m: MuscleFrame) -> Displacement:
    """AU4: corrugator and depressor supercilii."""
    d = m.sheet((17, 17, 15), (14, 13, 20), (-0.66, -0.75, 0), 6.2)
    d = d + m.sheet((38, 20, 9), (14, 12, 20), (-0.35, -0.85, 0), 2.6)
    d[:, 0] *= np.clip(m.ax / 7, 0, 1)  # the midline stays
    d = m.slide(d) * m.off_lids
    bulge = np.exp(-(((m.x - 10.5) / 4.0) ** 2)) * np.exp(-(((m.y - 17) / 9) ** 2))
    bulge = bulge + 0.7 * np.exp(-((m.x / 3.0) ** 2)) * np.exp(-(((m.y - 18) / 8) ** 2))
    d = d + m.swell(1.5 * bulge * m.face)
    return d + m.lids_to(m.upper - 0.7 * m.arch**0.5, m.lower + 0.2 * m.arch)


def upper_lid_raiser(m: MuscleFrame) -> Displacement:
    """AU5: levator palpebrae."""
    return m.lids_to(m.upper + 3.0 * m.arch**0.6, m.lower - 0.3 * m.arch)


def cheek_raiser(m: MuscleFrame) -> Displacement:
    """AU6: orbicularis oculi, pars orbitalis."""
    d = m.sheet((40, -23, 6), (19, 15, 22), (-0.10, 1, 0.1), 6.6)
    d = m.slide(d) * (1 - m.lower_lid * 0.75)[:, None]
    d = d + m.swell(2.0 * m.at((37, -20, 10), (15, 9, 16)))
    d = d + m.sheet((49, 12, 4), (11, 9, 14), (-0.3, -1, 0), 1.6)
    arch = m.arch**0.7
    d = d + m.lids_to(m.upper - 1.3 * arch, m.lower + 2.0 * arch)
    return d - m.swell(0.7 * m.at((31, -10.5, 10), (12, 1.8, 9)))


def lid_tightener(m: MuscleFrame) -> Displacement:
    """AU7: orbicularis oculi, pars palpebralis."""
    d = m.lids_to(m.upper - 1.0 * m.arch**0.5, m.lower + 2.6 * m.arch**0.7)
    return d + m.swell(0.8 * m.at((31, -9, 10), (13, 3.2, 9)) * (1 - m.lower_lid * 0.5))


def nose_wrinkler(m: MuscleFrame) -> Displacement:
    """AU9: levator labii superioris alaeque nasi, with depressor supercilii."""
    d = m.linear((9, 6, 16), (15, -38, 24), 30, 66, 24, 3.6)
    d = d + m.sheet((14, -37, 24), (9, 10, 14), (0.12, 1, 0), 3.2)
    lip = m.sheet((11, -57, 22), (13, 9, 14), (0, 1, 0), 2.6)
    d = d + lip * (m.side > 0)[:, None]
    d = d + m.sheet((13, 14, 15), (13, 11, 18), (-0.25, -1, 0), 2.6)
    d = m.slide(d, 0.7) * m.off_lids
    d = d + m.swell(1.1 * m.at((3, 2, 20), (8, 7, 12)))  # procerus, bunched at the root
    d = d - m.swell(1.2 * m.fold * m.face * smoothstep(-62, -50, m.y))
    d = d + m.swell(1.5 * m.at((20, -22, 15), (8, 11, 10)))
    return d + m.lids_to(m.upper - 0.8 * m.arch**0.5, m.lower + 0.9 * m.arch**0.5)


def nostril_dilator(m: MuscleFrame) -> Displacement:
    """AU38: nasalis, pars alaris, flares the wing of the nose (one side)."""
    d = m.sheet((14.0, -38.5, 23.5), (7, 7.5, 10), (1, 0.10, 0.05), 2.6)
    return d * smoothstep(1.5, 6.0, m.x)[:, None]
