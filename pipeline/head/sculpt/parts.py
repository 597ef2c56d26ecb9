"""Eyes, teeth, gums and tongue."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.head.sculpt.meshes import (
    PartMesh,
    grained,
    grid_faces,
    outwards,
    part,
    superellipsoid,
    tinted,
)
from pipeline.head.sculpt.parameters.detail import Detail
from pipeline.head.sculpt.polygonise import vertex_normals
from pipeline.head.sculpt.skin import linear

_UPPER_TEETH = ((8.6, 10), (6.6, 8.8), (7.6, 9.8), (7, 8), (7, 7.5), (9, 7), (9, 6.5))
_LOWER_TEETH = ((5.4, 8.6), (5.9, 8.8), (6.7, 9.6), (6.8, 8), (6.8, 7.5))


class _Arch:
    """A dental arch in the horizontal plane."""

    def __init__(self, upper: bool) -> None:
        self.upper = upper
        self.half_width, self.front = (20.3, 13.2) if upper else (17.5, 10.4)
        self.cut = -64.8 if upper else -68.0
        angle = np.linspace(0, np.pi / 2 * 1.25, 400)
        self.x = self.half_width * np.sin(angle)
        self.z = self.front - 36 * (1 - np.cos(angle))
        self.length = np.r_[0, np.cumsum(np.hypot(np.diff(self.x), np.diff(self.z)))]

    def tooth(
        self, index: int, start: float, width: float, height: float, detail: Detail
    ) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
        rings = max(8, detail.ring // 5)
        thickness = 3.4 if index < 3 else 4.4
        points, faces = superellipsoid(
            (0, 0, 0), (width / 2 * 1.05, height / 2, thickness), 0.5, rings, rings + 2
        )
        edge = points[:, 1] / (height / 2) * (-1 if self.upper else 1)  # +1 at the biting edge
        points[:, 0] *= 1 - 0.13 * np.clip(-edge, 0, 1)
        points[:, 2] *= 1 - 0.45 * np.clip(edge, 0, 1) * (index < 3)
        k = int(np.searchsorted(self.length, start + width / 2))
        angle = np.arctan2(self.z[k + 1] - self.z[k], self.x[k + 1] - self.x[k])
        c, s = np.cos(angle), np.sin(angle)
        placed = np.column_stack(
            [c * points[:, 0] - s * points[:, 2], points[:, 1], s * points[:, 0] + c * points[:, 2]]
        )
        middle = (
            self.cut - 2.4 + height / 2 + (0.7 if index == 1 else 0)
            if self.upper
            else self.cut - height / 2 - 0.6
        )
        neck = np.clip(-edge * 0.7 - 0.25, 0, 1)[:, None]
        colours = linear("d8cdb6") * (1 - neck) + linear("c9b391") * neck
        place = np.array([self.x[k], middle, self.z[k]])
        return placed + place, outwards(points, faces), colours

    def gum(self, detail: Detail) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        around, steps = max(8, detail.ring // 6), max(24, detail.ring)
        angle = np.linspace(-np.pi / 2, np.pi / 2, steps) * (1 if self.upper else 0.8)
        ring = np.linspace(0, 2 * np.pi, around, endpoint=False)
        y = self.cut + (9.8 if self.upper else -10.2)
        a, b = np.meshgrid(angle, ring, indexing="ij")
        points = np.stack(
            [
                self.half_width * np.sin(a) + np.sin(a) * 3.4 * np.cos(b),
                y + 5.2 * np.sin(b),
                self.front - 36 * (1 - np.cos(a)) + np.cos(a) * 3.4 * np.cos(b),
            ],
            -1,
        )
        return points.reshape(-1, 3), grid_faces(steps, around)[:, ::-1].copy()


def _joined(
    pieces: list[tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]],
) -> PartMesh:
    starts = np.r_[0, np.cumsum([len(p[0]) for p in pieces])]
    return part(
        np.vstack([p[0] for p in pieces]),
        np.vstack([p[1] + s for p, s in zip(pieces, starts[:-1], strict=True)]),
        np.vstack([p[2] for p in pieces]),
    )


def teeth(upper: bool, detail: Detail) -> PartMesh:
    """One dental arch with its gum; the lower follows the jaw."""
    arch = _Arch(upper)
    sizes = _UPPER_TEETH if upper else _LOWER_TEETH
    starts = np.r_[0, np.cumsum([w for w, _ in sizes])]
    pieces = []
    for index, ((start, _), (width, height)) in enumerate(
        zip(pairwise(starts), sizes, strict=True)
    ):
        if np.searchsorted(arch.length, start + width / 2) >= len(arch.x) - 2:
            break
        points, faces, colours = arch.tooth(index, start, width, height, detail)
        pieces.append((points, faces, colours))
        pieces.append((points * [-1, 1, 1], faces[:, ::-1], colours))
    points, faces = arch.gum(detail)
    pieces.append((points, faces, tinted(linear("a3564f"), len(points))))
    made = _joined(pieces)
    made.jaw = not upper
    return made


def tongue(detail: Detail) -> PartMesh:
    """The tongue, at rest in the lower jaw."""
    rings = max(10, detail.ring // 3)
    points, faces = superellipsoid((0, -75, -12), (17, 7, 24), 1.0, rings, rings + 8)
    points[:, 1] -= 1.2 * np.exp(-((points[:, 0] / 3) ** 2)) * (points[:, 1] > -75)
    faces = outwards(points, faces)
    made = part(points, faces, grained(linear("a9615a"), points, 1.0, 4, 0.15))
    made.normals = vertex_normals(points, faces)
    made.jaw = True
    return made
