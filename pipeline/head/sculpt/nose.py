"""The nose: a bridge lofted over the face, tip, wings and nostrils."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.face import NoseParameters
from pipeline.head.sculpt.sdf import (
    Field,
    curve_through,
    ellipsoid_distance,
    furrowed,
    smooth_max,
    smooth_min,
    unite,
)


def nostril_distance(x: Field, y: Field, z: Field) -> Field:
    """Signed distance to the left nostril's hole."""
    return ellipsoid_distance(x, y, z, HEAD.face.nose.nostril)


@lru_cache(maxsize=2)
def _bridge(nose: NoseParameters) -> tuple[Field, Field, Field]:
    """Rising y, height over the base, half width."""
    knots = nose.bridge[::-1]
    y, height = curve_through([(k[0], k[1]) for k in knots])
    return y, height, curve_through([(k[0], k[2]) for k in knots])[1]


def with_nose(d: Field, x: Field, y: Field, z: Field, nose: NoseParameters) -> Field:
    """Add the nose to a face's distance."""
    at, height, width = _bridge(nose)
    across = np.minimum(x / np.interp(y, at, width), 1)
    side = (1 - across**nose.side_power) ** nose.side_steepness
    d = d - np.interp(y, at, height, left=0, right=0) * side
    middle, dome = nose.tip
    tip = unite(ellipsoid_distance(x, y, z, middle), x, y, z, (dome,))
    d = unite(smooth_min(d, tip, nose.tip_blend), x, y, z, nose.wings)
    d = furrowed(d, x, y, z, nose.creases)
    return smooth_max(d, -nostril_distance(x, y, z), nose.nostril.blend)
