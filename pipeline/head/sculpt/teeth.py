"""Teeth of individual form, and gums with a scalloped margin."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.head.sculpt.meshes import PartMesh, part
from pipeline.head.sculpt.noise import value_noise
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.detail import Detail
from pipeline.head.sculpt.parameters.mouth import ArchParameters, MouthParameters, Tooth
from pipeline.head.sculpt.sdf import Field, bell, smoothstep
from pipeline.head.sculpt.skin import linear

Points = NDArray[np.float64]
Faces = NDArray[np.int64]


def mouth_wall(x: ArrayLike, y: ArrayLike) -> Field:
    """How far forward (z, mm) the mouth is open inside the lips and cheeks."""
    cavity = HEAD.face.mouth_cavity
    (cx, cy, cz), (rx, ry, rz) = cavity.centre, cavity.radii
    rest = 1 - ((np.asarray(x) - cx) / rx) ** 2 - ((np.asarray(y) - cy) / ry) ** 2
    return cz + rz * np.sqrt(np.clip(rest, 0, 1))


class Arch:
    """A row of teeth in the horizontal plane: places by length along it from the midline."""

    def __init__(self, upper: bool, mouth: MouthParameters = HEAD.mouth) -> None:
        self.upper, self.mouth = upper, mouth
        self.row: ArchParameters = mouth.upper if upper else mouth.lower
        self.up = 1.0 if upper else -1.0  # towards the gum
        angle = np.linspace(0, np.pi / 2, 400)
        self.x = self.row.half_width * np.sin(angle)
        self.z = self.row.front - self.row.length * (1 - np.cos(angle))
        self.length = np.r_[0, np.cumsum(np.hypot(np.diff(self.x), np.diff(self.z)))]
        self.starts = np.r_[0, np.cumsum([tooth.width for tooth in self.row.teeth])]

    def at(self, length: Field) -> tuple[Field, Field, Field]:
        """x, z and direction (rad, 0 is sideways) of places on the left half."""
        x, z = np.interp(length, self.length, self.x), np.interp(length, self.length, self.z)
        slope = np.arctan2(np.gradient(self.z), np.gradient(self.x))
        return x, z, np.interp(length, self.length, slope)

    def held(self, points: Points, x: Field, z: Field) -> Points:
        """Points leaned back where the outer face at (x, z) would enter the mouth's wall."""
        limit = mouth_wall(x, points[:, 1]) - self.mouth.behind_lips
        moved = points.copy()
        moved[:, 2] += np.minimum(limit - z, 0)
        return moved

    def room(self, z: Field) -> Field:
        """Half width between the teeth's inner faces at depths `z`."""
        theta = np.arccos(np.clip(1 - (self.row.front - z) / self.row.length, -1, 1))
        outer = self.row.half_width * np.sin(theta)
        depth = np.interp(outer, [0, 8, 16, 25], [6, 7, 8.4, 9])
        return np.maximum(outer - depth * (0.25 + 0.75 * np.sin(theta)), 1.0)


def _crown(tooth: Tooth, rings: int, around: int) -> tuple[Points, Faces, Field]:
    """A crown with its outer face towards +z, its edge at y = 0 and its neck at y = 1 height.

    Returns
    -------
    points, faces, along : (P, 3), (Q, 3), (P,)
        `along` is 0 at the neck and 1 at the edge.
    """
    t = np.sin(np.linspace(0.06, 1, rings) * np.pi / 2)
    phi = np.arange(around) / around * 2 * np.pi + np.pi / around
    tt, pp = (g.ravel() for g in np.meshgrid(t, phi, indexing="ij"))
    c, s = np.cos(pp), np.sin(pp)
    width = np.interp(tt, [0, 0.35, 0.72, 1], [tooth.neck, 0.93, 1.0, tooth.edge]) / 2
    depth = tooth.depth * np.interp(tt, [0, 0.3, 1], [0.95, 1.0, tooth.edge_depth])
    x = tooth.width * width * np.sign(c) * np.abs(c) ** 0.6
    front = -0.06 * tooth.height * tt**2.2 + 0.5 * np.sin(np.pi * np.clip(tt, 0, 1) * 0.8)
    z = front - depth * (1 - np.sign(s) * np.abs(s) ** 0.8) / 2
    corner = np.abs(x / (tooth.width / 2)) ** 2.2 * tooth.cusp
    y = tooth.height * (1 - tt) + corner * tt**2
    points = np.vstack([np.column_stack([x, y, z]), (0, 0, 0)])
    last = slice((rings - 1) * around, rings * around)
    points[-1] = points[last].mean(0)
    points[-1, 1] = points[last, 1].min() - 0.12
    i, j = np.meshgrid(np.arange(rings - 1), np.arange(around), indexing="ij")
    a, b = i * around + j, i * around + (j + 1) % around
    sides = np.stack([np.stack([a, a + around, b], -1), np.stack([b, a + around, b + around], -1)])
    first = (rings - 1) * around + np.arange(around)
    cap = np.stack([first, np.full(around, rings * around), np.roll(first, -1)], -1)
    return points, np.vstack([sides.reshape(-1, 3), cap]), np.r_[tt, 1.0]


def _turned(a: Field, b: Field, degrees: float) -> tuple[Field, Field]:
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return c * a - s * b, s * a + c * b


def _placed(arch: Arch, index: int, points: Points) -> Points:
    """A crown of the left half in its place."""
    tooth = arch.row.teeth[index]
    p = points.copy()
    p[:, 0], p[:, 1] = _turned(p[:, 0], p[:, 1], -tooth.lean)
    p[:, 0], p[:, 2] = _turned(p[:, 0], p[:, 2], tooth.turn)
    x, z, slope = (float(v) for v in arch.at(np.mean(arch.starts[index : index + 2])))
    p[:, 0], p[:, 2] = _turned(p[:, 0], p[:, 2], np.rad2deg(slope))
    edge = arch.row.edge - arch.up * tooth.reach
    placed = p * [1, arch.up, 1] + [x, edge, z]
    return arch.held(placed, np.full(len(p), x), np.full(len(p), z + 0.5))


def _shade(tooth: int, along: Field, points: Points, mouth: MouthParameters) -> Points:
    body = linear(mouth.canine if tooth == 2 else mouth.enamel)
    neck = smoothstep(0.35, 0.0, along)[:, None]
    edge = (0.75 * smoothstep(0.72, 1.0, along) * (tooth < 3))[:, None]
    colours = body * (1 - neck) + linear(mouth.neck_colour) * neck
    colours = colours * (1 - edge) + linear(mouth.edge_colour) * edge
    own = 1 + mouth.shade_spread * (((tooth * 37) % 11) / 5 - 1) - 0.05 * max(tooth - 2, 0)
    streaks = 1 + 0.08 * value_noise(points * [1, 0.3, 1], 0.9, 21)
    return np.asarray(colours * (own * streaks)[:, None])


def teeth(upper: bool, detail: Detail, mouth: MouthParameters = HEAD.mouth) -> PartMesh:
    """The crowns of one row; the lower follow the jaw."""
    arch, level = Arch(upper, mouth), detail.level
    pieces = []
    for index, tooth in enumerate(arch.row.teeth):
        points, faces, along = _crown(tooth, mouth.rings[level], mouth.around[level])
        placed = _placed(arch, index, points)
        if not upper:
            faces = faces[:, ::-1]
        colours = _shade(index, along, placed, mouth)
        pieces.append((placed, faces, colours))
        pieces.append((placed * [-1, 1, 1], faces[:, ::-1], colours))
    made = _joined(pieces)
    made.jaw = not upper
    return made


def _joined(pieces: list[tuple[Points, Faces, Points]]) -> PartMesh:
    starts = np.r_[0, np.cumsum([len(p[0]) for p in pieces])]
    return part(
        np.vstack([p[0] for p in pieces]),
        np.vstack([p[1] + s for p, s in zip(pieces, starts[:-1], strict=True)]),
        np.vstack([p[2] for p in pieces]),
    )


def gum(upper: bool, detail: Detail, mouth: MouthParameters = HEAD.mouth) -> PartMesh:
    """The gum of one row: outside, margin, and inside towards palate or tongue."""
    arch, level = Arch(upper, mouth), detail.level
    steps = mouth.gum_steps[level]
    end = arch.starts[-1]
    along = np.linspace(-end, end, steps)
    x, z, slope = arch.at(np.abs(along))
    margin, depth = _margin(arch, np.abs(along))
    side = np.sign(along) + (along == 0)
    normal = np.column_stack([-np.sin(slope) * side, 0 * x, np.cos(slope)])
    base = np.column_stack([x * side, 0 * x, z])
    far, thick = mouth.gum_height, mouth.gum_thickness
    profile = (  # (from the margin towards the root, out of the outer face), tint
        (far, thick - 1.6), (0.35 * far, thick + 0.5), (0.7, thick), (0.0, -0.4),
        (0.0, 1), (1.0, 1), (0.9 * far, 1),
    )  # fmt: skip
    inner = (0.6, -thick, -thick - 2.5)
    kept = mouth.gum_rows[level]
    rows = []
    for k, (rise, out) in ((k, profile[k]) for k in kept):
        outside = np.full(steps, out) if k < 4 else inner[k - 4] - depth
        points = base + normal * outside[:, None]
        points[:, 1] = margin + arch.up * rise
        limit_z = z + (outside if k < 4 else 0)
        rows.append(arch.held(points, np.abs(points[:, 0]), limit_z - mouth.behind_lips * 0.6))
    points = np.stack(rows, 1).reshape(-1, 3)
    faces = _strip(steps, len(kept))
    if not upper:
        faces = faces[:, ::-1].copy()
    colours = _gum_colours(points, np.tile([profile[k][0] for k in kept], steps), mouth)
    made = part(points, faces, colours)
    made.jaw = not upper
    return made


def _margin(arch: Arch, along: Field) -> tuple[Field, Field]:
    """Height of the gum's margin and the teeth's depth along the row."""
    mouth = arch.mouth
    neck, depth = np.zeros_like(along), np.zeros_like(along)
    for tooth, (start, stop) in zip(arch.row.teeth, pairwise(arch.starts), strict=True):
        here = (along >= start - 1e-9) & (along <= stop + 1e-9)
        place = (along[here] - (start + stop) / 2) / (tooth.width / 2)
        rise = tooth.height - mouth.gum_over - tooth.reach - mouth.papilla * np.abs(place) ** 2.2
        neck[here], depth[here] = arch.row.edge + arch.up * rise, tooth.depth
    return neck, depth


def _strip(steps: int, rows: int) -> Faces:
    i, j = np.meshgrid(np.arange(steps - 1), np.arange(rows - 1), indexing="ij")
    a = (i * rows + j).ravel()
    first = np.stack([a, a + 1, a + rows], -1)
    return np.vstack([first, np.stack([a + rows, a + 1, a + rows + 1], -1)])


def _gum_colours(points: Points, rise: Field, mouth: MouthParameters) -> Points:
    far = smoothstep(2.0, mouth.gum_height, rise)[:, None]
    near = bell(rise / 1.2)[:, None]
    colours = linear(mouth.gum) * (1 - far) + linear(mouth.gum_far) * far
    colours = colours * (1 - near) + linear(mouth.gum_margin) * near
    grain = 1 + 0.14 * value_noise(points, 1.1, 31) + 0.10 * value_noise(points, 3.0, 32)
    return np.asarray(colours * grain[:, None])
