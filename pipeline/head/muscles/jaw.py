"""The jaw: how skin, lower teeth and tongue follow it, and what closes lips under it.

The jaw opens and turns aside about its joints and glides forwards; all are rigid motions of
the mandible, given at full activation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.head.muscles.frame import JAW_JOINT, Displacement, MuscleFrame, blob, turned_about_x
from pipeline.head.muscles.lips import opening
from pipeline.head.sculpt.anatomy import MOUTH_HALF_WIDTH, lip_depth
from pipeline.head.sculpt.sdf import Field, smoothstep

Points = NDArray[np.float64]


@dataclass(frozen=True)
class JawNumbers:
    """Ranges of the jaw at full activation: deg and mm."""

    drop: float = 11.5  # AU26
    stretch: float = 21.0  # AU27
    thrust: tuple[float, float, float] = (0.0, -1.6, 7.5)  # AU29
    aside: float = 6.5  # AU30
    open_share: float = 0.75  # of AU27 in ARKit's jawOpen


JAW = JawNumbers()


def jaw_motion(name: str, points: Points) -> NDArray[np.float64] | None:
    """Displacement at full activation of points that are fixed to the mandible.

    Parameters
    ----------
    name : str
        Shape.
    points : (N, 3)
        Neutral, mm.

    Returns
    -------
    (N, 3) or None
        None where the shape leaves the jaw alone.
    """
    if name in ("AU26", "AU27"):
        angle = JAW.drop if name == "AU26" else JAW.stretch
        return np.asarray(turned_about_x(points, JAW_JOINT, np.deg2rad(angle)) - points, float)
    if name == "AU29":
        return np.tile(np.asarray(JAW.thrust), (len(points), 1))
    if name in ("AU30_L", "AU30_R"):
        return _turned_aside(points, JAW.aside if name.endswith("L") else -JAW.aside) - points
    return None


def _turned_aside(points: Points, degrees: float) -> Points:
    """Points turned about the vertical axis between the jaw's joints."""
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    d = points - JAW_JOINT
    return (
        np.column_stack([c * d[:, 0] + s * d[:, 2], d[:, 1], c * d[:, 2] - s * d[:, 0]]) + JAW_JOINT
    )


def _jaw_opened(m: MuscleFrame, degrees: float, hollow: float) -> Displacement:
    d = turned_about_x(m.v, JAW_JOINT, np.deg2rad(degrees) * m.jaw) - m.v
    strength = degrees / 13.5
    corner = np.exp(-(((m.ax - MOUTH_HALF_WIDTH) / 9) ** 2)) * np.exp(-(((m.y + 68) / 14) ** 2))
    d[:, 0] -= np.sign(m.x) * 2.6 * strength * corner * smoothstep(-10, 2, m.z)
    both = np.column_stack([m.ax, m.y, m.z])
    d = d - m.swell(hollow * blob(both, (42, -55, -2), (16, 22, 26)) * m.face)
    d[:, 1] += m.upper_lip * opening(m) * 0.9 * strength
    # The lower lip hangs a little over its teeth instead of standing off them.
    d[:, 2] -= 0.8 * strength * m.lower_lip * opening(m)
    return d


def jaw_drop(m: MuscleFrame) -> Displacement:
    """AU26: the jaw opens by its own weight."""
    return _jaw_opened(m, JAW.drop, 1.3)


def mouth_stretch(m: MuscleFrame) -> Displacement:
    """AU27: pterygoids and digastric pull the jaw wide open."""
    return _jaw_opened(m, JAW.stretch, 2.8)


def _carried(m: MuscleFrame) -> Field:
    """How far closed lips go along with a jaw that does not open, (N,)."""
    # The upper lip is dragged along where the lips touch, so that they stay closed; near the
    # corners, where the jaw's own share fades, so is the lower: else they slide in each other.
    along = 0.92 * m.around_lips(9.0) * smoothstep(-14, 6, m.z)
    return np.maximum(m.jaw, along)


def jaw_thrust(m: MuscleFrame) -> Displacement:
    """AU29: the jaw glides forwards, the lower teeth before the upper."""
    moved = jaw_motion("AU29", m.v)
    assert moved is not None
    d = moved * m.jaw[:, None]
    # Closed lips: the upper is pushed along and keeps the height of the lower.
    lip = np.where(m.side > 0, m.around_lips(9.0), 0) * (1 - 0.4 * m.lateral**2)
    d = d + lip[:, None] * np.array([0, 0, 2.6])
    seam = m.around_lips(7.0) * (m.side < 0)
    d[:, 1] -= d[:, 1] * seam
    d[:, 2] -= 2.2 * seam * (1 - 0.4 * m.lateral**2)
    return d - m.swell(0.8 * m.at((0, -81, 20), (14, 4, 12)))


def jaw_left(m: MuscleFrame) -> Displacement:
    """AU30: the jaw goes to the subject's left, the closed lips lean after it."""
    moved = jaw_motion("AU30_L", m.v)
    assert moved is not None
    return moved * _carried(m)[:, None]


def mouth_close(m: MuscleFrame) -> Displacement:
    """ARKit's mouthClose: brings the lips together under a jaw that jawOpen holds open."""
    field = mouth_stretch(m) * JAW.open_share
    gap = _seam_gap(m, field)
    # Flat over the lips, which are not stretched by it.
    upper = np.exp(-((m.from_line / 14.0) ** 4)) * (m.side > 0)
    lower = np.exp(-((m.from_line / 17.0) ** 4)) * (m.side < 0)
    return ((0.36 * upper - 0.64 * lower) * m.near_lips)[:, None] * gap


def tongue_out(m: MuscleFrame) -> Displacement:
    """ARKit's tongueOut: the lower lip makes a bed for the tongue (see `tongue_motion`)."""
    bed = np.where(m.side < 0, m.around_lips(10.0), 0) * np.exp(-((m.x / 16) ** 2))
    return bed[:, None] * np.array([0, -1.6, 0.8])


def tongue_motion(points: Points, along: NDArray[np.floating]) -> Points:
    """Displacement of the tongue in tongueOut: forwards over the lower lip, then down.

    Parameters
    ----------
    points : (P, 3)
        Neutral, mm.
    along : (P,)
        0 at the root, 1 at the tip.
    """
    reach = smoothstep(0.1, 1.0, along)
    d = np.zeros_like(points)
    d[:, 2] = 34.0 * reach
    middle = points[:, 1].mean()
    out = smoothstep(0.35, 0.8, along)
    d[:, 1] = (
        3.0 * out - (points[:, 1] - middle) * 0.45 * out - 13.0 * smoothstep(0.6, 1.0, along) ** 1.5
    )
    d[:, 0] = -points[:, 0] * 0.18 * out
    return d


def _seam_gap(m: MuscleFrame, field: Displacement) -> Displacement:
    """How a symmetric field takes the lower lip's line from the upper's, (N, 3).

    At each vertex's x and depth, fitted where the lips touch.
    """
    columns = np.linspace(0, MOUTH_HALF_WIDTH, 11)
    depth = m.z - lip_depth(m.ax)
    seam = m.skin.in_slit & (depth > -10)
    fits = []
    for lip in (-1, 1):
        on = seam & (np.sign(m.side) == lip)
        system = np.column_stack([np.ones(on.sum()), depth[on]])
        weights = np.exp(-(((m.ax[on] - columns[:, None]) / 2.2) ** 2)) + 1e-9
        fits.append([np.linalg.lstsq(system * w[:, None], field[on] * w[:, None], rcond=None)[0]
                     for w in np.sqrt(weights)])  # fmt: skip
    gap = np.array(fits[0]) - np.array(fits[1])  # (columns, constant and slope, axes)
    gap[..., 0] = 0
    at = [[np.interp(m.ax, columns, gap[:, k, axis]) for axis in range(3)] for k in range(2)]
    return np.column_stack(at[0]) + np.column_stack(at[1]) * np.clip(depth, -10, 3)[:, None]
