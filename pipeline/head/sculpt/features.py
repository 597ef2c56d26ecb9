"""The head as one signed distance: the smooth base with neck, nose, lips and lids."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipeline.head.sculpt.anatomy import CAVITY_BACK, MOUTH_HALF_WIDTH, closed_mouth
from pipeline.head.sculpt.base import base_distance
from pipeline.head.sculpt.lids import with_lids
from pipeline.head.sculpt.lips import with_lips
from pipeline.head.sculpt.nose import with_nose
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.face import FaceParameters
from pipeline.head.sculpt.parameters.shapes import Box
from pipeline.head.sculpt.sdf import (
    Field,
    bell,
    capsule_distance,
    ellipsoid_distance,
    furrowed,
    polyline_distance,
    smooth_max,
    smooth_min,
    smoothstep,
    spline_through,
    swollen,
    unite,
    within,
)

_FRONT_BOX = Box((0, -130, -60), (140, 80, 60))
_MOUTH_BOX = Box((0, -100, -50), (40, -35, 30))
_NECK_BOX = Box((0, -210, -190), (190, -12, 10))

Region = Callable[[Field, Field, Field, Field], Field]


def bare_distance(x: Field, y: Field, z: Field, sculpt: FaceParameters = HEAD.face) -> Field:
    """Signed distance to the skin without ears, the mouth closed; symmetric in x."""
    shape = np.shape(x)
    x, y, z = np.abs(x).ravel(), np.asarray(y).ravel(), np.asarray(z).ravel()
    d = base_distance(x, y, z, sculpt)
    for box, region in _regions(sculpt):
        near = within(x, y, z, box)
        if len(near):
            d[near] = region(d[near], x[near], y[near], z[near])
    return d.reshape(shape)


def _regions(sculpt: FaceParameters) -> tuple[tuple[Box, Region], ...]:
    """What is added to the base, in this order, and where it can change anything."""
    return (
        (_NECK_BOX, lambda d, x, y, z: _with_neck(d, x, y, z, sculpt)),
        (_FRONT_BOX, lambda d, x, y, z: _with_tissue(d, x, y, z, sculpt)),
        (sculpt.nose.box, lambda d, x, y, z: with_nose(d, x, y, z, sculpt.nose)),
        (sculpt.lips.box, lambda d, x, y, z: with_lips(d, x, y, z, sculpt.lips)),
        (sculpt.lids.box, lambda d, x, y, z: with_lids(d, x, y, z, sculpt.lids)),
        (_MOUTH_BOX, lambda d, x, y, z: smooth_max(
            d, -ellipsoid_distance(x, y, z, sculpt.mouth_cavity), sculpt.mouth_cavity.blend)),
    )  # fmt: skip


def _with_neck(d: Field, x: Field, y: Field, z: Field, sculpt: FaceParameters) -> Field:
    neck = sculpt.neck
    column = unite(capsule_distance(x, y, z, neck.core), x, y, z, neck.muscles)
    return swollen(smooth_min(d, column, neck.core.blend), x, y, z, neck.swells)


def _with_tissue(d: Field, x: Field, y: Field, z: Field, sculpt: FaceParameters) -> Field:
    """Bone, fat and muscle between the features, and the folds."""
    tissue = sculpt.tissue
    d = swollen(unite(d, x, y, z, tissue.bone), x, y, z, tissue.swells)
    d = furrowed(d, x, y, z, tissue.furrows)
    depth, height, up, across = tissue.sulcus
    d = d + depth * bell((y - height) / up) * bell(x / across) * smoothstep(0, 10, z)
    fold, along = polyline_distance(x, y, z, spline_through(sculpt.nasolabial_fold, 8))
    window = np.sin(np.pi * np.clip(along * 0.8 + 0.1, 0, 1))
    return d + tissue.nasolabial * bell(fold / tissue.nasolabial_width) * window


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
    return np.maximum(np.maximum(d, -slab), sculpt.neck.cut - y)


def distance_at(points: NDArray[np.floating]) -> Field:
    """`open_distance` at (N, 3) points."""
    return open_distance(points[:, 0], points[:, 1], points[:, 2])
