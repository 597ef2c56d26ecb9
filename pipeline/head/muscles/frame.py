"""Muscle fields over the neutral skin (mm at full contraction) and what the face does with them.

Linear muscle, sheet and sphincter after K. Waters, "A muscle model for animating
three-dimensional facial expression", SIGGRAPH 1987.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.head.sculpt.anatomy import (
    EYE_CENTRE,
    EYE_RADIUS,
    MOUTH_HALF_WIDTH,
    eye_coordinates,
    front_of_mouth,
    lid_arch,
    lid_crease,
    lid_margins,
    lip_depth,
    lip_line,
    lower_vermilion,
    upper_vermilion,
)
from pipeline.head.sculpt.base import base_distance
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.polygonise import SkinMesh
from pipeline.head.sculpt.sdf import Field, polyline_distance, smoothstep, spline_through
from pipeline.head.sculpt.skin import mouth_inside

Displacement = NDArray[np.float64]
_FACE = HEAD.face
JAW_JOINT = np.array(_FACE.jaw_joint)
#: The nasolabial fold in the frontal plane (left), from the wing of the nose downwards.
NASOLABIAL = (
    (18.5, -33.5), (22.0, -40.0), (26.5, -48.0), (31.0, -57.0), (34.0, -66.0), (34.6, -74.0),
    (33.0, -82.0),
)  # fmt: skip


def blob(points: NDArray[np.floating], centre: ArrayLike, radii: ArrayLike) -> Field:
    """Gaussian weight ``exp(-|(p - centre) / radii|^2)``, (N,)."""
    offset = (points - np.asarray(centre)) / np.asarray(radii)
    return np.exp(-(offset * offset).sum(1))


def turned_about_x(
    points: NDArray[np.floating], centre: NDArray[np.floating], angle: Field | float
) -> NDArray[np.floating]:
    """Points turned about the x-parallel axis through `centre`, each by its own angle."""
    d = points - centre
    c, s = np.cos(angle), np.sin(angle)
    return np.column_stack([d[:, 0], c * d[:, 1] - s * d[:, 2], s * d[:, 1] + c * d[:, 2]]) + centre


class MuscleFrame:
    """Coordinates of the skin in the terms muscles act in: lids, lips, jaw, folds."""

    def __init__(self, skin: SkinMesh) -> None:
        self.skin = skin
        self.v, self.n, self.side = skin.vertices, skin.normals, skin.side
        self.x, self.y, self.z = self.v.T
        self.ax = np.abs(self.x)
        self.left = smoothstep(-6, 6, self.x)
        self.face = (self.z > -60) & ~mouth_inside(skin)
        self._measure_lids()
        self._measure_mouth()
        self._measure_fold()

    def _measure_lids(self) -> None:
        y = self.y
        ex, radius = eye_coordinates(self.v)
        self.eye_x, self.eye_radius = ex, radius
        self.upper, self.lower = lid_margins(ex)
        window = smoothstep(_FACE.inner_canthus - 3.5, _FACE.inner_canthus + 1.5, ex)
        window = window * smoothstep(_FACE.outer_canthus + 4.5, _FACE.outer_canthus - 1.5, ex)
        window = window * (self.z > EYE_CENTRE[2] + 1)
        window = window * smoothstep(EYE_RADIUS + 13, EYE_RADIUS + 6, radius)
        top, bottom = lid_crease(ex) + 5.0, self.lower - 9.0
        rise = np.clip((top - y) / np.maximum(top - self.upper, 0.5), 0, 1)
        fall = np.clip((y - bottom) / np.maximum(self.lower - bottom, 0.5), 0, 1)
        is_upper = y > 0.5 * (self.upper + self.lower)
        #: Of the upper lid and what lies over it.
        self.above = is_upper
        rise = 0.5 * smoothstep(0, 1, rise) + 0.5 * rise
        #: 1 on a lid's margin, 0 where the lid ends.
        self.upper_lid = np.where(is_upper, rise, 0) ** 1.15 * window
        self.lower_lid = np.where(~is_upper, fall, 0) ** 1.4 * window
        self.arch = lid_arch(ex)

    def _measure_mouth(self) -> None:
        ax, y, z, side = self.ax, self.y, self.z, self.side
        self.line = lip_line(ax)
        self.from_line = y - self.line
        self.lateral = np.clip(ax / MOUTH_HALF_WIDTH, 0, 1)
        self.near_lips = front_of_mouth(z) * smoothstep(
            MOUTH_HALF_WIDTH + 12, MOUTH_HALF_WIDTH - 2, ax
        )
        #: Height of the red border over the lip line, mm, positive for both lips.
        border = np.where(side > 0, upper_vermilion(ax), lower_vermilion(ax))
        self.vermilion = np.maximum(np.abs(border - self.line), 0.6)
        #: 0 on the lip line, 1 on the red border, more on the skin beyond.
        self.across = np.abs(self.from_line) / self.vermilion
        # Of the two lips; both reach 1 on the line, where they touch.
        self.upper_lip = self.around_lips(11.0) * (side > 0)
        self.lower_lip = self.around_lips(12.0) * (side < 0)
        self.lips = np.maximum(self.upper_lip, self.lower_lip)
        self.jaw = self._jaw_weight()
        #: 1 on lips and skin, 0 on what lies behind the lips, against the teeth.
        self.outer = smoothstep(-9, -5, z - lip_depth(np.minimum(ax, MOUTH_HALF_WIDTH)))
        self._round_lips()

    def _round_lips(self) -> None:
        """Directions in which flesh swells: normals, but where lips touch those of the arch."""
        arch = np.column_stack([0.033 * self.x, 0 * self.x, 1 + 0 * self.x])
        arch /= np.linalg.norm(arch, axis=1, keepdims=True)
        touching = (np.exp(-((self.from_line / 2.2) ** 2)) * self.near_lips)[:, None]
        swelling = self.n * (1 - touching) + arch * touching
        self.swelling = swelling / np.linalg.norm(swelling, axis=1, keepdims=True)

    def around_lips(self, above: float, below: float | None = None) -> Field:
        """1 where the lips touch, a bell `above` and `below` mm wide beyond."""
        reach = np.where(self.side > 0, above, above if below is None else below)
        return np.exp(-((self.from_line / reach) ** 2)) * self.near_lips

    def _jaw_weight(self) -> Field:
        """1 on the mandible, 0 on the skull; split at the mouth by lip, a soft step behind it."""
        front = 10.0
        back = np.clip((front - self.z) / (front - JAW_JOINT[2]), 0, 1.2)
        split = np.where(self.z > front, self.line, self.line + (JAW_JOINT[1] - self.line) * back)
        soft = 3 + 6 * self.lateral**2 + 22 * np.clip((front - self.z) / 60, 0, 1)
        soft = soft + 4 * smoothstep(MOUTH_HALF_WIDTH - 6, MOUTH_HALF_WIDTH + 8, self.ax)
        apart = (1 - self.lateral**2.2) * smoothstep(-30, -8, self.z)
        weight = smoothstep(-soft, soft, split - self.y - self.side * soft * apart)
        neck = self.y + 0.55 * np.clip(-self.z - 10, 0, 60)
        return weight * smoothstep(-78, -48, self.z) * smoothstep(-165, -116, neck)

    def _measure_fold(self) -> None:
        """The nasolabial fold, from the wing of the nose past the corner (left side)."""
        self.fold, self.fold_bulge = self.furrow(NASOLABIAL, 2.6, 6.0, 4.6, (0.10, 0.62))

    def furrow(
        self, points: Sequence[tuple[float, float]], width: float, off: float, bulk: float,
        ends: tuple[float, float],
    ) -> tuple[Field, Field]:  # fmt: skip
        """A fold of the skin: the groove along a line, and the roll on the line's left.

        Parameters
        ----------
        points : sequence of (x, y)
            mm; the line is laid onto the skin.
        width : float
            Of the groove, mm.
        off, bulk : float
            Distance of the roll from the groove and its width, mm.
        ends : 2 floats
            Fractions of the line where it has come in and where it begins to fade.

        Returns
        -------
        groove, roll : (N,)
            In [0, 1].
        """
        line = self._on_skin(spline_through(points, 14))
        distance, along = polyline_distance(self.x, self.y, self.z, line)
        come = smoothstep(0, ends[0], along) * smoothstep(1, ends[1], along)
        # Signed side: against the tangent of the nearest piece, in the frontal plane.
        place = np.clip(along, 0, 1) * (len(line) - 1)
        piece = np.minimum(place.astype(int), len(line) - 2)
        start, step = line[piece], (line[1:] - line[:-1])[piece]
        cross = step[:, 0] * (self.y - start[:, 1]) - step[:, 1] * (self.x - start[:, 0])
        signed = np.where(cross >= 0, distance, -distance)
        groove = np.exp(-((distance / width) ** 2)) * come
        roll = np.exp(-(((signed - off) / bulk) ** 2)) * smoothstep(-1, off * 0.7, signed) * come
        return groove * self.face, roll * self.face

    def _on_skin(self, line: NDArray[np.floating]) -> NDArray[np.float64]:
        """Points (P, 2) of the frontal plane with the depth of the skin there, (P, 3)."""
        front = np.flatnonzero(self.face & (self.n[:, 2] > 0.05) & (self.x > -2))
        gap = ((self.v[front, None, :2] - line[None]) ** 2).sum(-1)
        weight = np.exp(-gap / 4.0) + 1e-12
        depth = (weight * self.z[front, None]).sum(0) / weight.sum(0)
        return np.column_stack([line, depth])

    @property
    def off_lids(self) -> Displacement:
        """Damps fields of the face on the lids, which move with their own margin, and at the
        inner canthus, which its tendon holds, (N, 1).
        """
        both = np.column_stack([self.ax, self.y, self.z])
        tendon = blob(both, _FACE.lids.tendon, (_FACE.lids.tendon_reach,) * 3)
        lids = np.maximum(self.upper_lid, self.lower_lid)
        return ((1 - lids * 0.55) * (1 - 0.9 * tendon))[:, None]

    def at(self, centre: ArrayLike, radii: ArrayLike) -> Field:
        """Gaussian weight on the face."""
        return blob(self.v, centre, radii) * self.face

    def sheet(
        self, centre: ArrayLike, radii: ArrayLike, direction: Sequence[float], pull: float
    ) -> Displacement:
        """Sheet muscle: a Gaussian zone moves `pull` mm along one direction."""
        d = np.asarray(direction, float)
        return self.at(centre, radii)[:, None] * d / np.linalg.norm(d) * pull

    def linear(
        self, origin: ArrayLike, insertion: ArrayLike, start: float, end: float,
        angle: float, pull: float,
    ) -> Displacement:  # fmt: skip
        """Linear muscle: contraction towards the bony origin.

        Parameters
        ----------
        origin, insertion : 3 floats, mm
        start, end : float
            Radii between which the pull fades out, mm.
        angle : float
            Half angle of the zone, deg.
        pull : float
            Peak displacement, mm.
        """
        a = np.asarray(origin, float)
        d = self.v - a
        distance = np.linalg.norm(d, axis=1) + 1e-9
        axis = np.asarray(insertion, float) - a
        cosine = (d @ (axis / np.linalg.norm(axis))) / distance
        limit = np.cos(np.deg2rad(angle))
        angular = np.clip((cosine - limit) / (1 - limit), 0, 1)
        angular = angular * angular * (3 - 2 * angular)
        radial = np.where(
            distance < start,
            np.sin(np.clip(distance / start, 0, 1) * np.pi / 2),
            np.cos(np.clip((distance - start) / (end - start), 0, 1) * np.pi / 2),
        )
        return -(d / distance[:, None]) * (pull * angular * radial * self.face)[:, None]

    def sphincter(self, centre: ArrayLike, axes: Sequence[float], pull: float) -> Displacement:
        """Elliptic sphincter in the xy-plane: pull towards its middle."""
        d = self.v - np.asarray(centre)
        ring = np.hypot(d[:, 0] / axes[0], d[:, 1] / axes[1])
        weight = np.clip(1 - np.abs(ring - 0.55) / 0.45, 0, 1)
        weight = weight * weight * (3 - 2 * weight) * np.exp(-((d[:, 2] / 28) ** 2))
        d[:, 2] = 0
        length = np.linalg.norm(d, axis=1, keepdims=True) + 1e-6
        return -d / length * (pull * weight * self.face)[:, None]

    def corner(
        self, pull: Sequence[float], reach: Sequence[float], power: float = 1.5
    ) -> Displacement:
        """Pull on the left mouth corner, carried along the lips and into the cheek."""
        off = np.minimum(np.abs(self.from_line), 60)
        across = np.exp(-((off / reach[1]) ** 2))
        lips = (
            np.clip(self.x / MOUTH_HALF_WIDTH, 0, 1) ** power * across * smoothstep(-16, 2, self.z)
        )
        beyond = np.exp(-(((self.x - MOUTH_HALF_WIDTH) / reach[0]) ** 2)) * across
        beyond = beyond * smoothstep(-30, 0, self.z)
        weight = np.where(self.x < MOUTH_HALF_WIDTH, lips, beyond)
        return weight[:, None] * np.asarray(pull, float)

    def swell(self, amount: Field) -> Displacement:
        """Bulge (positive) or furrow along the normal, mm."""
        return self.swelling * amount[:, None]

    def lids_to(self, upper: Field, lower: Field, share: Field | None = None) -> Displacement:
        """Turn the lids about the eyeball so that their margins reach these heights.

        `share` (N,) is how far the upper lid's skin goes along; its own by default.
        """
        share = self.upper_lid if share is None else share
        radius = np.sqrt(np.maximum((EYE_RADIUS + 0.6) ** 2 - self.eye_x**2, 9.0))

        def angle(height: Field) -> Field:
            return np.arcsin(np.clip(height / radius, -0.97, 0.97))

        turn = (angle(upper) - angle(self.upper)) * share
        turn = turn + (angle(lower) - angle(self.lower)) * self.lower_lid
        axis = np.array([0, EYE_CENTRE[1], EYE_CENTRE[2]])
        return turned_about_x(self.v, axis, -turn) - self.v

    def slide(self, field: Displacement, keep: float = 1.0) -> Displacement:
        """Let soft tissue slide on the skull: undo the change of the base's level set."""
        moving = np.abs(field).sum(1) > 1e-3
        start = self.v[moving]
        end = start + field[moving]

        def level(p: Displacement) -> Field:
            return base_distance(p[:, 0], p[:, 1], p[:, 2])

        before = level(start)
        for _ in range(2):
            steps = np.eye(3) * 0.5
            slope = np.stack([level(end + s) - level(end - s) for s in steps], 1)
            slope /= np.maximum((slope * slope).sum(1, keepdims=True), 0.3)
            end = end - keep * np.clip(level(end) - before, -6, 6)[:, None] * slope
        out = field.copy()
        out[moving] = end - start
        return out
