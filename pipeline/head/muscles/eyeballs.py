"""Eyeballs as lids feel them: a sphere with the cornea's bulge, wherever it is turned to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: mm kept between lid and eyeball, where the neutral lid has as much.
LID_CLEARANCE = 0.5

_BINS = 60
_WIDEST = np.deg2rad(70.0)


@dataclass(frozen=True, eq=False)
class Eyeball:
    """Surface of revolution about the optical axis.

    Parameters
    ----------
    centre : (3,) mm
    axis : (3,)
        Unit, from the centre through the cornea, in the neutral.
    radii : (B,) mm
        At angles from the axis that are spread evenly over 0 to 70 degrees.
    """

    centre: NDArray[np.float64]
    axis: NDArray[np.float64]
    radii: NDArray[np.float64]

    @classmethod
    def of(cls, points: NDArray[np.floating], centre: Sequence[float]) -> Eyeball:
        """Outer surface of an eyeball's vertices, (P, 3) mm."""
        middle = np.asarray(centre, float)
        ray = points.astype(float) - middle
        radius = np.linalg.norm(ray, axis=1)
        ray = ray / np.maximum(radius, 1e-9)[:, None]
        sphere = float(np.median(radius))
        bulge = np.maximum(radius - sphere, 0) ** 2
        axis = (ray * bulge[:, None]).sum(0)
        length = float(np.linalg.norm(axis))
        axis = axis / length if length > 1e-9 else np.array([0.0, 0.0, 1.0])
        angle = np.arccos(np.clip(ray @ axis, -1, 1))
        steps = np.linspace(0, _WIDEST, _BINS)
        near = np.argsort(angle)
        smooth = np.interp(steps, angle[near], np.maximum(radius[near], sphere))
        return cls(middle, axis, smooth)

    def radius(self, rays: NDArray[np.floating]) -> NDArray[np.float64]:
        """Distance of the surface from the centre along unit rays, (P,) mm."""
        angle = np.arccos(np.clip(rays @ self.axis, -1, 1))
        return np.interp(angle, np.linspace(0, _WIDEST, _BINS), self.radii)


@dataclass(frozen=True, eq=False)
class LidStop:
    """Keeps the lids of one eye off its eyeball.

    Parameters
    ----------
    eyeball : Eyeball
    ids : (L,) int
        Vertices of the lids in the model.
    slack : (L,) mm
        Clearance they keep: that of the neutral, at most `LID_CLEARANCE`.
    """

    eyeball: Eyeball
    ids: NDArray[np.integer]
    slack: NDArray[np.float64]

    @classmethod
    def of(
        cls, eyeball: Eyeball, ids: NDArray[np.integer], vertices: NDArray[np.floating]
    ) -> LidStop:
        """Stop with the neutral's clearances; `vertices` are the whole model's."""
        ray = vertices[ids].astype(float) - eyeball.centre
        radius = np.linalg.norm(ray, axis=1)
        gap = radius - eyeball.radius(ray / np.maximum(radius, 1e-9)[:, None])
        return cls(eyeball, ids, np.minimum(gap, LID_CLEARANCE))

    def push(self, vertices: NDArray[np.float32], turn: NDArray[np.float64] | None) -> None:
        """Move lids that cut through the eyeball out along the ray from its centre, in place.

        Parameters
        ----------
        vertices : (N, 3)
            The whole model.
        turn : (3, 3) or None
            Rotation of the eyeball; None: looks straight ahead.
        """
        ball = self.eyeball
        ray = vertices[self.ids] - ball.centre
        radius = np.linalg.norm(ray, axis=1)
        ray = ray / np.maximum(radius, 1e-9)[:, None]
        least = ball.radius(ray if turn is None else ray @ turn) + self.slack
        inside = radius < least
        vertices[self.ids[inside]] = ball.centre + ray[inside] * least[inside, None]
