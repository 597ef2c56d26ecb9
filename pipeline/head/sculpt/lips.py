"""Lips, philtrum and the mouth's corners."""

from __future__ import annotations

import numpy as np

from pipeline.head.sculpt.anatomy import (
    MOUTH_HALF_WIDTH,
    lip_depth,
    lip_line,
    lower_vermilion,
    upper_vermilion,
)
from pipeline.head.sculpt.parameters.face import LipParameters
from pipeline.head.sculpt.sdf import Field, bell, smooth_min, smoothstep


def _roll(offset: Field, depth: Field, height: Field, thickness: Field) -> Field:
    """Distance to an elliptic roll given in units of its half axes."""
    u, w = offset / height, depth / thickness
    return (np.sqrt(u * u + w * w + 1e-9) - 1) * np.minimum(height, thickness)


def with_lips(d: Field, x: Field, y: Field, z: Field, lips: LipParameters) -> Field:
    """Add lips and philtrum to a face's distance."""
    line, top, bottom = lip_line(x), upper_vermilion(x), lower_vermilion(x)
    d = _with_philtrum(d, x, y, z, lips)
    rolls = np.where(
        y > line,
        _lip(x, y - line, z, np.maximum(top - line, 0.5), lips.upper_roll),
        _lip(x, y - line, z, -np.maximum(line - bottom, 0.5), lips.lower_roll),
    )
    slant = np.sqrt(1 + (2 * lips.arch * x) ** 2)
    together = smooth_min(d, rolls / slant, lips.roll_blend)
    d = d + (together - d) * smoothstep(MOUTH_HALF_WIDTH + 2, MOUTH_HALF_WIDTH - 5, x)
    front = smoothstep(4, 9, z) * smoothstep(MOUTH_HALF_WIDTH + 3, MOUTH_HALF_WIDTH - 4, x)
    d = d + lips.parting * bell((y - line) / lips.parting_width) * front
    d = d - lips.tubercle_swell * bell(x / 4.0) * bell((y - line - 2.6) / 2.4) * front
    rim = bell((y - top - lips.white_roll_rise) / lips.white_roll_width)
    d = d - lips.white_roll * rim * front * smoothstep(19, 9, x)
    corner = np.hypot(x - MOUTH_HALF_WIDTH - 0.3, y - (lips.line_y - 1.3))
    return d + lips.corner_pit * bell(corner / lips.corner_pit_width) * smoothstep(-10, 0, z)


def _lip(
    x: Field, offset: Field, z: Field, red: Field, roll: tuple[float, float, float, float]
) -> Field:
    """Distance to one lip; `red` is the red's signed height."""
    centre, half, sink, thickness = roll
    taper = np.clip(1 - (x / (MOUTH_HALF_WIDTH + 1.0)) ** 2.6, 0, 1)
    return _roll(
        offset - red * centre,
        z - (lip_depth(x) - sink),
        np.abs(red) * half + 1.0,
        thickness * taper + 1.4,
    )


def _with_philtrum(d: Field, x: Field, y: Field, z: Field, lips: LipParameters) -> Field:
    start, full, falls, end = lips.philtrum
    window = smoothstep(start, full, y) * smoothstep(end, falls, y) * smoothstep(10, 20, z)
    at = np.interp(y, (end, start), lips.column_at[::-1])
    column = lips.column * bell((x - at) / lips.column_width)
    return d + window * (lips.groove * bell(x / lips.groove_width) - column)
