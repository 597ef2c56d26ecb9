"""How the eye closes: the upper lid is drawn out of its fold and lies round over the eyeball."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.head.muscles.frame import Displacement, MuscleFrame
from pipeline.head.sculpt.anatomy import EYE_CENTRE, EYE_RADIUS
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.sdf import Field, bell, smoothstep


@dataclass(frozen=True)
class Closure:
    """Numbers of the closed eye (mm).

    Parameters
    ----------
    meet : float
        Where the margins meet, as a part of the opening from the lower lid.
    over, under : float
        How far the upper margin passes the line of meeting, and the lower one behind it.
    tuck : float
        How much nearer to the eyeball the lower margin lies.
    skin : float
        Length of skin from the upper margin through the fold that takes part.
    round_part : float
        Part of the closed lid's height that lies on the eyeball.
    fold, fold_rise, fold_width : float
        What is left of the crease: depth, height over the round part, width.
    corner_thin : float
        How much thinner the lid is at the outer corner.
    cornea, cornea_width : float
        What the cornea lifts the lid, and over what angle (rad).
    """

    meet: float = 0.20
    over: float = 0.35
    under: float = 0.25
    tuck: float = 0.35
    skin: float = 20.0
    round_part: float = 0.43
    fold: float = 0.35
    fold_rise: float = 1.6
    fold_width: float = 1.0
    corner_thin: float = 0.9
    cornea: float = 0.55
    cornea_width: float = 0.42


CLOSURE = Closure()


def eyes_closed(m: MuscleFrame) -> Displacement:
    """AU43: both margins meet below the middle; the stretched lid loses crease and fold."""
    c = CLOSURE
    meet = m.lower + c.meet * (m.upper - m.lower)
    above, below = meet - c.over * m.arch**0.5, meet + c.under * m.arch**0.5
    drawn = _drawn(m)
    d = m.lids_to(above, below, drawn)
    place = _place(m)
    turned = place + d
    outer = smoothstep(EYE_RADIUS + 0.7, EYE_RADIUS + 1.5, m.eye_radius)
    face = HEAD.face
    along = smoothstep(face.inner_canthus - 2, face.inner_canthus + 5, m.eye_x)
    along = along * smoothstep(face.outer_canthus + 1, face.outer_canthus - 8, m.eye_x)
    share = m.above * outer * along * smoothstep(0.0, 0.3, drawn)
    wanted = _lying(m, above, 1 - drawn)
    d = d + (wanted - turned) * share[:, None] * [0, 1, 1]
    ray = place / np.maximum(m.eye_radius, 1)[:, None]
    d = d - ray * (c.tuck * m.lower_lid**4 * outer * m.arch**0.5)[:, None]
    droop = m.sheet((32, 19, 14), (17, 7, 18), (0, -1, 0), 0.8)
    return d + droop * (1 - np.clip(2 * drawn, 0, 1))[:, None]


def _place(m: MuscleFrame) -> Displacement:
    """Vertices from the nearer eye's centre."""
    return m.v - np.where(m.x[:, None] > 0, EYE_CENTRE, EYE_CENTRE * [-1, 1, 1])


def _length(m: MuscleFrame) -> Field:
    """Length of the skin from the upper margin: up the lid, forwards under the fold, up."""
    forwards = np.maximum(m.eye_radius - EYE_RADIUS - HEAD.face.lids.thickness, 0)
    return np.maximum(m.y - m.upper, 0) + forwards


def _drawn(m: MuscleFrame) -> Field:
    """1 on the upper margin, 0 where the closing lid's skin ends."""
    face = HEAD.face
    window = smoothstep(face.inner_canthus - 3.5, face.inner_canthus + 1.5, m.eye_x)
    window = window * smoothstep(face.outer_canthus + 6.5, face.outer_canthus - 0.5, m.eye_x)
    window = window * (m.z > EYE_CENTRE[2] + 1) * (m.eye_radius < EYE_RADIUS + 16)
    return np.where(m.above, np.clip(1 - _length(m) / CLOSURE.skin, 0, 1), 0) * window


def _lying(m: MuscleFrame, margin: Field, part: Field) -> Displacement:
    """Where the closed lid's skin lies, from the eye's centre; `part` 0 margin to 1 end."""
    c = CLOSURE
    top, front = _end(m)
    y = margin + (top - margin) * part
    # Towards the outer corner the lid thins out into the temple's skin.
    corner = HEAD.face.outer_canthus
    thin = c.corner_thin * smoothstep(corner - 6, corner, m.eye_x)
    radius = EYE_RADIUS + HEAD.face.lids.thickness - thin
    round_top = margin + (top - margin) * c.round_part

    def on_ball(height: Field) -> Field:
        return np.sqrt(np.maximum(radius**2 - m.eye_x**2 - height**2, 40.0))

    start = on_ball(round_top)
    slope = -round_top / start
    rise = np.maximum(top - round_top, 1.0)
    t = np.clip((y - round_top) / rise, 0, 1)
    # Cubic from the ball's slope into the upright skin under the brow.
    bridge = start * (2 * t**3 - 3 * t**2 + 1) + slope * rise * (t**3 - 2 * t**2 + t)
    bridge = bridge + front * (3 * t**2 - 2 * t**3)
    z = np.where(y < round_top, on_ball(y), bridge)
    z = z - c.fold * bell((y - round_top - c.fold_rise) / c.fold_width) * m.arch**0.5
    angle = np.hypot(m.eye_x, y) / EYE_RADIUS
    z = z + c.cornea * bell(angle / c.cornea_width)
    return np.column_stack([0 * y, y, z])


def _end(m: MuscleFrame) -> tuple[Field, Field]:
    """Height and depth, from the eye's centre, of the skin where the closing lid ends."""
    place, length = _place(m), _length(m)
    # A coarse mesh has few vertices on the line; a wider band finds some everywhere.
    band = m.above & (np.abs(length - CLOSURE.skin) < 2.4) & (place[:, 2] > 1)
    band = band & (m.y > m.upper + 3) & (np.abs(m.eye_x) < 22)
    bins = np.linspace(-18, 18, 19)
    known, rows = [], []
    for b in bins:
        near = band & (np.abs(m.eye_x - b) < 2.2)
        if near.any():
            known.append(b)
            rows.append(np.median(place[near, 1:], axis=0))
    line = np.column_stack([np.interp(bins, known, np.array(rows)[:, k]) for k in (0, 1)])
    kernel = [0.1, 0.2, 0.4, 0.2, 0.1]
    smooth = [np.convolve(np.pad(line[:, k], 2, "edge"), kernel, "valid") for k in (0, 1)]
    return np.interp(m.eye_x, bins, smooth[0]), np.interp(m.eye_x, bins, smooth[1])
