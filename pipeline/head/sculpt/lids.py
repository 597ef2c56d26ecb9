"""Eyelids without a thin shell: a bulge over the eyeball, an almond carved into it.

The almond's floor lies inside the eyeball, which hides it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.head.sculpt.anatomy import (
    EYE_CENTRE,
    EYE_RADIUS,
    eye_coordinates,
    lid_crease,
    lid_margins,
)
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.face import LidParameters
from pipeline.head.sculpt.sdf import Field, bell, smooth_max, smooth_min, smoothstep


def with_lids(d: Field, x: Field, y: Field, z: Field, lids: LidParameters) -> Field:
    """Add lids and their fold to a face's distance."""
    ex, ey, ez = (v - c for v, c in zip((x, y, z), EYE_CENTRE, strict=True))
    radius = np.sqrt(ex * ex + ey * ey + ez * ez)
    upper, lower = lid_margins(ex)
    d = smooth_min(d, radius - (EYE_RADIUS + lids.thickness), lids.blend)
    d = _folded(d, ex, ey, ez, lower, lids)
    inside = np.minimum(upper - ey, ey - lower) * 0.9
    beyond = np.maximum(HEAD.face.inner_canthus - ex, ex - HEAD.face.outer_canthus)
    inside = np.where(beyond < 0, inside, np.minimum(inside, -beyond))
    d = d - lids.rim * bell((inside + 0.4) / lids.rim_width) * (ez > 0)
    almond = np.maximum(np.maximum(-inside, (EYE_RADIUS - lids.floor) - radius), 1 - ez)
    return smooth_max(d, -almond, lids.edge)


def _folded(d: Field, ex: Field, ey: Field, ez: Field, lower: Field, lids: LidParameters) -> Field:
    """The supratarsal fold with what hangs over it, and the lower lid's roll."""
    over = ey - lid_crease(ex)
    crease = smoothstep(-16, -10, ex) * smoothstep(21, 12, ex) * smoothstep(1, 5, ez)
    d = d + lids.crease_depth * bell(over / lids.crease_width) * crease
    hood = smoothstep(-13, -3, ex) * smoothstep(23, 13, ex) * smoothstep(0, 5, ez)
    d = d - lids.hood * bell((over - lids.hood_rise) / lids.hood_width) * hood
    below = smoothstep(-14, -7, ex) * smoothstep(16, 8, ex) * smoothstep(2, 6, ez)
    return d - lids.roll * bell((ey - lower + lids.roll_drop) / lids.roll_width) * below


def to_lid_margins(vertices: NDArray[np.floating], reach: float) -> Field:
    """Rise in mm that takes vertices within `reach` of a lid margin's front edge onto it."""
    ex, radius = eye_coordinates(vertices)
    lids = HEAD.face.lids
    edge = (radius > EYE_RADIUS + 0.4 * lids.thickness) & (vertices[:, 2] > EYE_CENTRE[2] + 1)
    edge &= radius < EYE_RADIUS + 2 * lids.thickness
    edge &= (ex > HEAD.face.inner_canthus) & (ex < HEAD.face.outer_canthus)
    rise = np.zeros(len(vertices))
    for margin in lid_margins(ex):
        off = margin - vertices[:, 1]
        rise = np.where(edge & (np.abs(off) < reach), off, rise)
    return rise
