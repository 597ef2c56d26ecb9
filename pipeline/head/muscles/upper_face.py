"""Action units of brow, lids, cheek and nose on the subject's left side (mm at full activation)."""

from __future__ import annotations

import numpy as np

from pipeline.head.muscles.frame import Displacement, MuscleFrame
from pipeline.head.sculpt.anatomy import EYE_CENTRE, EYE_RADIUS, lid_crease
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.sdf import Field, smoothstep


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


def eyes_closed(m: MuscleFrame) -> Displacement:
    """AU43: both margins meet below the middle; the stretched lid loses crease and fold."""
    meet = m.lower + 0.24 * (m.upper - m.lower)
    d = m.lids_to(meet - 0.15, meet + 0.15)
    centre = np.where(m.x[:, None] > 0, EYE_CENTRE, EYE_CENTRE * [-1, 1, 1])
    ray = m.v + d - centre
    radius = np.linalg.norm(ray, axis=1)
    orbit = _orbit_radius(m)
    smooth = orbit + (EYE_RADIUS + 2.2 - orbit) * smoothstep(-0.05, 0.9, m.upper_lid)
    # The lid lies round over the cornea.
    smooth = smooth + 1.6 * np.sin(np.pi * np.clip(m.upper_lid, 0, 1)) ** 0.8 * m.arch**0.7
    weight = smoothstep(0.0, 0.22, m.upper_lid) * (m.eye_radius > EYE_RADIUS + 0.9)
    weight = weight * smoothstep(HEAD.face.inner_canthus - 2, HEAD.face.inner_canthus + 3, m.eye_x)
    weight = weight * smoothstep(HEAD.face.outer_canthus + 3, HEAD.face.outer_canthus - 2, m.eye_x)
    wanted = radius + (smooth - radius) * weight * 0.9
    on_lid = (m.upper_lid + m.lower_lid > 1e-3)[:, None]
    closed = np.where(on_lid, ray * (wanted / np.maximum(radius, 1))[:, None] + centre - m.v, 0)
    droop = m.sheet((32, 17, 14), (17, 9, 18), (0, -1, 0), 1.0)
    return closed + droop * (1 - m.upper_lid)[:, None]


def _orbit_radius(m: MuscleFrame) -> Field:
    """Distance of the skin over the lid from the eye's centre, smoothed along the eye."""
    line = lid_crease(m.eye_x) + 4.8
    # A coarse mesh has few vertices on the line; a wider band finds some everywhere.
    band = (np.abs(m.y - line) < 2.4) & (m.z > EYE_CENTRE[2] + 1)
    band = band & (m.eye_radius < EYE_RADIUS + 18) & (np.abs(m.eye_x) < 20)
    bins = np.linspace(-17, 17, 18)
    medians = np.full(len(bins), np.nan)
    for i, b in enumerate(bins):
        near = band & (np.abs(m.eye_x - b) < 2.0)
        if near.any():
            medians[i] = np.median(m.eye_radius[near])
    known = np.isfinite(medians)
    medians = np.interp(bins, bins[known], medians[known])
    smooth = np.convolve(np.pad(medians, 2, "edge"), [0.1, 0.2, 0.4, 0.2, 0.1], "valid")
    return np.interp(m.eye_x, bins, smooth)


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
