"""Eyes, teeth, gums and tongue."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.head.sculpt.anatomy import EYE_CENTRE, EYE_RADIUS, lid_margins
from pipeline.head.sculpt.meshes import (
    PartMesh,
    grained,
    grid_faces,
    outwards,
    part,
    superellipsoid,
    tinted,
)
from pipeline.head.sculpt.noise import value_noise
from pipeline.head.sculpt.parameters.detail import Detail
from pipeline.head.sculpt.polygonise import vertex_normals
from pipeline.head.sculpt.skin import linear, to_bytes

_IRIS_RADIUS, _PUPIL_RADIUS = 6.0, 2.1
_CORNEA_HEIGHT = 0.75
_TURN_OUT = np.deg2rad(1.8)  # visual against optical axis
_UPPER_TEETH = ((8.6, 10), (6.6, 8.8), (7.6, 9.8), (7, 8), (7, 7.5), (9, 7), (9, 6.5))
_LOWER_TEETH = ((5.4, 8.6), (5.9, 8.8), (6.7, 9.6), (6.8, 8), (6.8, 7.5))


def eye_texture(size: int = 1024) -> NDArray[np.uint8]:
    """Front view of an eyeball, (size, size, 3) uint8 sRGB: sclera, iris, baked lid shadow."""
    row, column = np.mgrid[0:size, 0:size]
    x = (column + 0.5) / size * 2 * EYE_RADIUS - EYE_RADIUS
    y = EYE_RADIUS - (row + 0.5) / size * 2 * EYE_RADIUS
    image = _sclera(x, y)
    iris, limbus = _iris(x, y)
    radius = np.hypot(x, y)
    edge = np.clip((_IRIS_RADIUS + 0.35 - radius) / 0.7, 0, 1)
    edge = (edge * edge * (3 - 2 * edge))[..., None]
    image = image * (1 - edge) + iris * edge
    ring = np.exp(-(((radius - _IRIS_RADIUS) / 0.55) ** 2))[..., None] * 0.55
    image = image * (1 - ring) + limbus * ring
    upper, lower = lid_margins(np.linspace(-EYE_RADIUS, EYE_RADIUS, size))
    over = np.clip(1 - (upper[None] - y) / 4.2, 0, 1) ** 1.5 * 0.62
    under = np.clip(1 - (y - lower[None]) / 2.2, 0, 1) ** 2 * 0.28
    side = np.clip((np.abs(x) - 9.5) / 5, 0, 1) * 0.35
    shade = ((1 - over) * (1 - under) * (1 - side))[..., None]
    return to_bytes(image * shade * np.array([1, 0.97, 0.96]))


def _sclera(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    points = np.column_stack([x.ravel(), y.ravel(), 0 * x.ravel()])
    image = np.ones((*x.shape, 3)) * linear("d9cfc6")
    pink = 0.30 * np.clip((np.abs(x) - 8) / 7, 0, 1)[..., None]
    image = image * (1 - pink) + linear("c98f80") * pink
    image *= (1 + 0.05 * value_noise(points, 1.2, 3).reshape(x.shape))[..., None]
    threads = np.abs(value_noise(points * [0.5, 2, 1], 0.9, 5).reshape(x.shape))
    vein = np.clip(1 - threads / 0.012, 0, 1) * np.clip((np.hypot(x, y) - 7.5) / 5, 0, 1)
    vein = 0.25 * vein[..., None]
    return image * (1 - vein) + linear("b06a5e") * vein


def _iris(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    outer, inner, limbus = linear("54503a"), linear("86683a"), linear("1e1712")
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    polar = np.column_stack(
        [np.cos(angle).ravel() * 9, np.sin(angle).ravel() * 9, radius.ravel() * 0.35]
    )
    fibres = 0.6 * value_noise(polar, 0.55, 1) + 0.5 * value_noise(polar, 0.22, 2)
    fibres = fibres.reshape(x.shape)
    t = np.clip((radius - _PUPIL_RADIUS) / (_IRIS_RADIUS - _PUPIL_RADIUS), 0, 1)
    near = np.clip(1 - t * 1.9 + 0.5 * fibres, 0, 1)[..., None]
    iris = (outer * (1 - near) + inner * near) * (1 + fibres[..., None])
    iris *= (1 - 0.55 * np.clip((t - 0.72) / 0.28, 0, 1) ** 1.5)[..., None]
    # The cornea throws light on the lower half.
    iris *= (0.72 + 0.5 * np.clip(0.5 - y / _IRIS_RADIUS * 0.5, 0, 1))[..., None]
    pupil = np.clip((_PUPIL_RADIUS + 0.15 - radius) / 0.3, 0, 1)[..., None]
    return iris * (1 - pupil) + 0.004 * pupil, limbus


def eyeball(side: int, detail: Detail) -> PartMesh:
    """Front of an eyeball with its cornea; `side` +1 is the subject's left."""
    ring = detail.ring
    rings = max(12, ring * 5 // 8)
    polar = np.linspace(0, np.pi * 0.62, rings)
    around = np.linspace(0, 2 * np.pi, ring, endpoint=False)
    t, a = np.meshgrid(polar, around, indexing="ij")
    flat = EYE_RADIUS * np.sin(t)
    bulge = _CORNEA_HEIGHT * np.clip(1 - (flat / 6.6) ** 2, 0, 1) ** 1.2 * (t < 1.2)
    ray = np.stack([np.sin(t) * np.cos(a), np.sin(t) * np.sin(a), np.cos(t)], -1)
    vertices = (ray * (EYE_RADIUS + bulge)[..., None]).reshape(-1, 3)
    rim = np.where(t < np.pi / 2, np.minimum(flat, EYE_RADIUS * 0.995), EYE_RADIUS * 0.995)
    uv = 0.5 + np.stack([np.cos(a) * rim, np.sin(a) * rim], -1).reshape(-1, 2) / (2 * EYE_RADIUS)
    if side < 0:
        uv = uv * [-1, 1] + [1, 0]
    faces = grid_faces(rings, ring)
    normals = vertices / np.linalg.norm(vertices, axis=1, keepdims=True)
    turn = -side * _TURN_OUT
    rotation = np.array(
        [[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]]
    )
    made = part(vertices @ rotation.T, faces, np.ones_like(vertices))
    made.normals = _cornea_normals(made, normals @ rotation.T, ring)
    made.vertices = made.vertices + EYE_CENTRE * [side, 1, 1]
    made.uv = uv
    made.colours = np.zeros((0, 3))
    return made


def _cornea_normals(made: PartMesh, radial: NDArray[np.float64], ring: int) -> NDArray[np.float64]:
    """Mesh normals, except at the pole, where the ring of coincident vertices has none."""
    normals = made.normals if (made.normals * radial).sum() > 0 else -made.normals
    return np.vstack([radial[:ring], normals[ring:]])


def caruncle() -> PartMesh:
    """The pink corner of both eyes."""
    centre = (EYE_CENTRE[0] - 13.3, -1.75, EYE_CENTRE[2] + 8.6)
    points, faces = superellipsoid(centre, (2.0, 1.5, 2.6), 1.0, 10, 12)
    faces = outwards(points, faces)
    both = np.vstack([points, points * [-1, 1, 1]])
    faces = np.vstack([faces, faces[:, ::-1] + len(points)])
    return part(both, faces, tinted(linear("b9766b"), len(both)))


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
