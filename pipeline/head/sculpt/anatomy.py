"""The lines of the face that sculpt, colours, hair and muscles share: lips, lids, brow.

All take coordinates in mm (see `parameters`); what depends on x is symmetric.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.shapes import Knots
from pipeline.head.sculpt.sdf import Field, bell, curve_through, smoothstep, spline_through

MOUTH_HALF_WIDTH = HEAD.face.mouth_half_width
EYE_CENTRE = np.array(HEAD.face.eye_centre)
EYE_RADIUS = HEAD.face.eye_radius
CAVITY_BACK = HEAD.face.cavity_back
_LIPS = HEAD.face.lips
_LIDS = HEAD.face.lids


def lip_line(x: ArrayLike) -> Field:
    """Height of the line between the closed lips."""
    ax = np.abs(x)
    t = np.clip(ax / MOUTH_HALF_WIDTH, 0, 1.25)
    line = _LIPS.line_y - _LIPS.tubercle * bell(ax / _LIPS.tubercle_width)
    line = line + _LIPS.side_rise * bell((ax - _LIPS.side_at) / _LIPS.side_width)
    return line - _LIPS.corner_drop * t**2


def upper_vermilion(x: ArrayLike) -> Field:
    """Height of the upper lip's red border (Cupid's bow)."""
    ax = np.abs(x)
    t = np.clip(ax / MOUTH_HALF_WIDTH, 0, 1)
    height = _LIPS.upper_height * np.sqrt(np.clip(1 - t**1.75, 0, 1)) * (1 - 0.16 * t)
    height = height - _LIPS.bow * bell(ax / _LIPS.bow_width)
    height = height + _LIPS.peak * bell((ax - _LIPS.peak_at) / _LIPS.peak_width)
    return lip_line(ax) + np.maximum(height, 0)


def lower_vermilion(x: ArrayLike) -> Field:
    """Height of the lower lip's red border."""
    ax = np.abs(x)
    t = np.clip(ax / (MOUTH_HALF_WIDTH - 1), 0, 1)
    return lip_line(ax) - np.maximum(_LIPS.lower_height * np.sqrt(np.clip(1 - t**2.1, 0, 1)), 0)


def lip_depth(x: ArrayLike) -> Field:
    """Depth (z) of the lip line: the dental arch."""
    return _LIPS.front - _LIPS.arch * np.abs(x) ** 2


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


@lru_cache(maxsize=8)
def _lid_curve(knots: Knots) -> tuple[Field, Field]:
    return curve_through(knots)


def lid_margins(eye_x: ArrayLike) -> tuple[Field, Field]:
    """Heights of the upper and lower lid margin; `eye_x` is x from the eye's centre, outwards."""
    at = np.asarray(eye_x)
    return np.interp(at, *_lid_curve(_LIDS.upper)), np.interp(at, *_lid_curve(_LIDS.lower))


def lid_crease(eye_x: ArrayLike) -> Field:
    """Height of the fold over the upper lid."""
    return np.interp(np.asarray(eye_x), *_lid_curve(_LIDS.crease))


def lid_arch(eye_x: ArrayLike) -> Field:
    """1 in the middle of the eye, 0 at both canthi."""
    return np.maximum(np.sin(np.pi * _canthus_fraction(eye_x)), 0)


@lru_cache(maxsize=4)
def _brow_line(samples: int) -> NDArray[np.float64]:
    return spline_through(HEAD.face.brow, samples)


def brow_line(samples: int = 60) -> NDArray[np.float64]:
    """Middle line of the left brow from its head outwards, (samples, 2)."""
    return _brow_line(samples).copy()


def eye_coordinates(vertices: NDArray[np.floating]) -> tuple[Field, Field]:
    """Distance in x from the nearer eye's centre (outwards), and in space."""
    ex = np.abs(vertices[:, 0]) - EYE_CENTRE[0]
    ey, ez = vertices[:, 1] - EYE_CENTRE[1], vertices[:, 2] - EYE_CENTRE[2]
    return ex, np.sqrt(ex**2 + ey**2 + ez**2)


def front_of_mouth(z: Field) -> Field:
    """1 on the lips, 0 from the inside of the cheeks backwards."""
    return smoothstep(-14, 4, z)
