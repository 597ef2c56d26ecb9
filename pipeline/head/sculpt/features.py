"""The head as one signed distance: the smooth base with neck, nose, lips and lids."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.head.sculpt.anatomy import (
    CAVITY_BACK,
    EYE_CENTRE,
    EYE_RADIUS,
    MOUTH_HALF_WIDTH,
    closed_mouth,
    lid_crease,
    lid_margins,
    lip_depth,
    lip_line,
    lower_vermilion,
    upper_vermilion,
)
from pipeline.head.sculpt.base import base_distance
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.face import FaceParameters
from pipeline.head.sculpt.sdf import (
    Field,
    bell,
    capsule_distance,
    ellipsoid_distance,
    polyline_distance,
    smooth_max,
    smooth_min,
    smoothstep,
    spline_through,
    unite,
)


def bare_distance(x: Field, y: Field, z: Field, sculpt: FaceParameters = HEAD.face) -> Field:
    """Signed distance to the skin without ears, the mouth closed; symmetric in x."""
    x = np.abs(x)
    core = capsule_distance(x, y, z, sculpt.neck_core)
    neck = unite(core, x, y, z, sculpt.neck)
    d = smooth_min(base_distance(x, y, z, sculpt), neck, sculpt.neck_core.blend)
    d = unite(d, x, y, z, sculpt.bone)
    d = _with_nose(d, x, y, z, sculpt)
    d = _with_lips(d, x, y, z)
    d = _with_folds(d, x, y, z, sculpt)
    d = _with_lids(d, x, y, z)
    return smooth_max(d, -ellipsoid_distance(x, y, z, sculpt.mouth_cavity), 2)


def nostril_distance(x: Field, y: Field, z: Field) -> Field:
    """Signed distance to the left nostril's hole."""
    return ellipsoid_distance(x, y, z, HEAD.face.nostril)


def _with_nose(d: Field, x: Field, y: Field, z: Field, sculpt: FaceParameters) -> Field:
    nose = unite(capsule_distance(x, y, z, sculpt.nose_bridge), x, y, z, sculpt.nose)
    middle, side = sculpt.nose_tip
    tip = unite(ellipsoid_distance(x, y, z, middle), x, y, z, (side,))
    d = smooth_min(d, smooth_min(nose, tip, middle.blend), sculpt.nose_bridge.blend)
    d = unite(d, x, y, z, sculpt.nose_base)
    crease, along = polyline_distance(x, y, z, spline_through(sculpt.alar_crease, 8))
    d = d + 0.5 * bell(crease / 3.2) * smoothstep(0, 0.35, along)
    d = smooth_max(d, -nostril_distance(x, y, z), sculpt.nostril.blend)
    philtrum = smoothstep(-48, -51, y) * smoothstep(-59.5, -55, y) * smoothstep(10, 20, z)
    return d + philtrum * (1.15 * bell(x / 2.9) - 0.75 * bell((x - 6.3) / 2.4))


def _lip_roll(offset: Field, depth: Field, height: Field, thickness: Field) -> Field:
    """Distance to an elliptic roll given in units of its half axes."""
    u, w = offset / height, depth / thickness
    return (np.sqrt(u * u + w * w + 1e-9) - 1) * np.minimum(height, thickness)


def _with_lips(d: Field, x: Field, y: Field, z: Field) -> Field:
    line = lip_line(x)
    taper = np.clip(1 - (x / (MOUTH_HALF_WIDTH + 1.0)) ** 2.6, 0, 1)
    upper = np.maximum(upper_vermilion(x) - line, 0.5)
    lower = np.maximum(line - lower_vermilion(x), 0.5)
    depth, slant = lip_depth(x), np.sqrt(1 + (0.033 * x) ** 2)
    top = _lip_roll(
        y - (line + upper * 0.34), z - (depth - 1.6), upper * 0.78 + 1.0, 4.7 * taper + 1.4
    )
    bottom = _lip_roll(
        y - (line - lower * 0.44), z - (depth - 3.0), lower * 0.64 + 1.0, 5.6 * taper + 1.4
    )
    lips = smooth_min(d, np.where(y > line, top, bottom) / slant, 4.2)
    d = d + (lips - d) * smoothstep(MOUTH_HALF_WIDTH + 2, MOUTH_HALF_WIDTH - 5, x)
    groove = smoothstep(MOUTH_HALF_WIDTH + 3, MOUTH_HALF_WIDTH - 4, x) * smoothstep(4, 9, z)
    d = d + 1.5 * bell(np.abs(y - line) / 1.7) * groove
    corner = np.hypot(x - MOUTH_HALF_WIDTH - 0.3, y + 65.9)
    return d + 1.3 * bell(corner / 3.0) * smoothstep(-10, 0, z)


def _with_folds(d: Field, x: Field, y: Field, z: Field, sculpt: FaceParameters) -> Field:
    d = d + 1.3 * bell((y + 80.5) / 4.0) * bell(x / 13) * smoothstep(0, 10, z)  # mentolabial
    fold, along = polyline_distance(x, y, z, spline_through(sculpt.nasolabial_fold, 8))
    return d + 0.75 * bell(fold / 3.6) * np.sin(np.pi * np.clip(along * 0.8 + 0.1, 0, 1))


def _with_lids(d: Field, x: Field, y: Field, z: Field) -> Field:
    """Lids without a thin shell: a bulge over the eyeball, an almond carved into it.

    The almond's floor lies inside the eyeball, which hides it.
    """
    ex, ey, ez = (v - c for v, c in zip((x, y, z), EYE_CENTRE, strict=True))
    radius = np.sqrt(ex * ex + ey * ey + ez * ez)
    upper, lower = lid_margins(ex)
    d = smooth_min(d, radius - (EYE_RADIUS + 1.9), 5.0)
    over = ey - lid_crease(ex)
    crease = smoothstep(-17, -9, ex) * smoothstep(20, 11, ex) * smoothstep(2, 6, ez)
    d = d + 1.0 * bell(over / 1.5) * crease
    fold = smoothstep(-14, -4, ex) * smoothstep(22, 12, ex) * smoothstep(0, 5, ez)
    d = d - 1.5 * bell((over - 3.6) / 2.9) * fold
    below = smoothstep(-17, -10, ex) * smoothstep(14, 4, ex) * smoothstep(2, 6, ez)
    d = d + 0.55 * bell((ey - (lower - 6.2)) / 2.0) * below
    inside = np.minimum(upper - ey, ey - lower) * 0.9
    beyond = np.maximum(HEAD.face.inner_canthus - ex, ex - HEAD.face.outer_canthus)
    inside = np.where(beyond < 0, inside, np.minimum(inside, -beyond))
    d = d - 0.35 * bell((inside + 0.4) / 1.1) * (ez > 0)  # the margin stands proud
    almond = np.maximum(np.maximum(-inside, (EYE_RADIUS - 1.6) - radius), 1 - ez)
    return smooth_max(d, -almond, 0.7)


def open_distance(x: Field, y: Field, z: Field, sculpt: FaceParameters = HEAD.face) -> Field:
    """Signed distance in sculpting space: the mouth held open, the neck cut flat."""
    closed, from_slit, half = closed_mouth(x, y)
    d = bare_distance(x, closed, z, sculpt)
    hollow = HEAD.ear.hollow  # under the concha, which is deeper than the skin
    d = smooth_max(d, -ellipsoid_distance(np.abs(x), y, z, hollow), hollow.blend)
    slab = np.where(half > 0.02, np.abs(from_slit) - half, 5.0)
    slab = np.maximum(slab, CAVITY_BACK - z)
    ax = np.abs(x)
    slab = np.where(ax < MOUTH_HALF_WIDTH, slab, np.maximum(slab, ax - MOUTH_HALF_WIDTH))
    return np.maximum(np.maximum(d, -slab), sculpt.neck_cut - y)


def distance_at(points: NDArray[np.floating]) -> Field:
    """`open_distance` at (N, 3) points."""
    return open_distance(points[:, 0], points[:, 1], points[:, 2])
