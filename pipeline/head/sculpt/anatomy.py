"""The lines of the face that sculpt, colours, hair and muscles share: lips, lids, brow, hairline.

All take coordinates in mm (see `parameters`); what depends on x is symmetric.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.sdf import Field, bell, smoothstep, spline_through

MOUTH_HALF_WIDTH = HEAD.face.mouth_half_width
EYE_CENTRE = np.array(HEAD.face.eye_centre)
EYE_RADIUS = HEAD.face.eye_radius
CAVITY_BACK = -16.0  # z where the mouth slit ends inside the head


def lip_line(x: ArrayLike) -> Field:
    """Height of the line between the closed lips."""
    ax = np.abs(x)
    t = np.clip(ax / MOUTH_HALF_WIDTH, 0, 1.25)
    return -64.6 - 0.9 * bell(ax / 4.5) + 0.9 * bell((ax - 9.5) / 6.5) - 1.0 * t**2


def upper_vermilion(x: ArrayLike) -> Field:
    """Height of the upper lip's red border (cupid's bow)."""
    ax = np.abs(x)
    t = np.clip(ax / MOUTH_HALF_WIDTH, 0, 1)
    height = 8.0 * np.sqrt(np.clip(1 - t**1.75, 0, 1)) * (1 - 0.16 * t)
    height = height - 1.5 * bell(ax / 3.4) + 0.5 * bell((ax - 6) / 3.5)
    return lip_line(ax) + np.maximum(height, 0)


def lower_vermilion(x: ArrayLike) -> Field:
    """Height of the lower lip's red border."""
    ax = np.abs(x)
    t = np.clip(ax / (MOUTH_HALF_WIDTH - 1), 0, 1)
    return lip_line(ax) - np.maximum(9.6 * np.sqrt(np.clip(1 - t**2.1, 0, 1)), 0)


def lip_depth(x: ArrayLike) -> Field:
    """Depth (z) of the lip line: the dental arch."""
    return 23.0 - 0.0165 * np.abs(x) ** 2


def slit_half_height(x: ArrayLike) -> Field:
    """Half height of the slab that keeps the lips apart while sculpting."""
    t = np.clip(np.abs(x) / MOUTH_HALF_WIDTH, 0, 1)
    return HEAD.face.slit_half_height * np.clip(1 - t**6, 0, 1) ** 0.5


def closed_mouth(x: Field, y: Field) -> tuple[Field, Field, Field]:
    """Map heights of the open-mouth sculpting space to the closed face.

    Returns
    -------
    closed_y, from_slit, half_height : ndarray
        Closed height, signed open height over the lip line, half height of the slab. The
        shift fades out 22 mm from the slit, so the rest of the face is the same in both.
    """
    half = slit_half_height(x)
    from_slit = y - lip_line(x)
    shift = half * np.clip(1 - (np.abs(from_slit) - half) / 22, 0, 1) ** 2
    return y - np.sign(from_slit) * shift, from_slit, half


def _canthus_fraction(eye_x: ArrayLike) -> Field:
    width = HEAD.face.outer_canthus - HEAD.face.inner_canthus
    return np.clip((np.asarray(eye_x) - HEAD.face.inner_canthus) / width, 0, 1)


def lid_margins(eye_x: ArrayLike) -> tuple[Field, Field]:
    """Heights of the upper and lower lid margin; `eye_x` is x from the eye's centre, outwards."""
    t = _canthus_fraction(eye_x)
    tilt = -1.6 + 2.6 * t  # the outer canthus lies higher
    # sin(pi) is a hair below zero in floats; its root would be NaN.
    upper = tilt + 5.5 * np.maximum(np.sin(np.pi * t**0.86), 0) ** 0.72
    lower = tilt - 5.0 * np.maximum(np.sin(np.pi * t**1.18), 0) ** 0.8
    return upper, lower


def lid_crease(eye_x: ArrayLike) -> Field:
    """Height of the fold over the upper lid."""
    t = _canthus_fraction(eye_x)
    return -1.0 + 2.6 * t + 9.0 * np.sin(np.pi * np.clip(t * 0.94 + 0.03, 0, 1)) ** 0.75


def lid_arch(eye_x: ArrayLike) -> Field:
    """1 in the middle of the eye, 0 at both canthi."""
    return np.maximum(np.sin(np.pi * _canthus_fraction(eye_x)), 0)


@lru_cache(maxsize=4)
def _brow_line(samples: int) -> NDArray[np.float64]:
    return spline_through(HEAD.face.brow, samples)


def brow_line(samples: int = 60) -> NDArray[np.float64]:
    """Middle line of the left brow from its head outwards, (samples, 2)."""
    return _brow_line(samples).copy()


def nasolabial_line(points: ArrayLike = HEAD.face.nasolabial_fold) -> NDArray[np.float64]:
    """The fold from the nose's wing past the mouth's corner, (8, 3)."""
    return spline_through(points, 8)


def hair_mask(vertices: NDArray[np.floating]) -> Field:
    """Roughly the distance into the hair, mm; positive inside the hairline."""
    x, y, z = np.abs(vertices[:, 0]), vertices[:, 1], vertices[:, 2]
    # Front line with temple recess and sideburn, then over the ear, then the nape.
    line = np.interp(x, [0, 14, 28, 40, 50, 58, 63, 66, 70], [68, 69, 68, 60, 45, 28, 10, 0, -8])
    front = y - line
    nape = y - np.interp(z, [-170, -120, -98, -92], [-52, -48, -42, -30])
    over_ear = np.minimum(np.maximum(front, y - 8), 999)
    return np.where(z > -62, front, np.where(z > -90, over_ear, nape))


def eye_coordinates(vertices: NDArray[np.floating]) -> tuple[Field, Field]:
    """Distance in x from the nearer eye's centre (outwards), and in space."""
    ex = np.abs(vertices[:, 0]) - EYE_CENTRE[0]
    ey, ez = vertices[:, 1] - EYE_CENTRE[1], vertices[:, 2] - EYE_CENTRE[2]
    return ex, np.sqrt(ex**2 + ey**2 + ez**2)


def front_of_mouth(z: Field) -> Field:
    """1 on the lips, 0 from the inside of the cheeks backwards."""
    return smoothstep(-14, 4, z)
