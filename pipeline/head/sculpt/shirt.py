"""A crew-neck shirt, laid ring by ring over neck and shoulders."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.head.sculpt import scalp
from pipeline.head.sculpt.meshes import PartMesh, clip_mesh, grained
from pipeline.head.sculpt.noise import value_noise
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.hair import HairDetail
from pipeline.head.sculpt.polygonise import SkinMesh, gradient, vertex_normals
from pipeline.head.sculpt.scalp import unit
from pipeline.head.sculpt.sdf import Field, bell, capsule_distance, smoothstep, swollen, unite
from pipeline.head.sculpt.skin import linear

Points = NDArray[np.float64]


def body_distance(points: Points) -> Field:
    """Signed distance to neck, chest and shoulders, farther down than the skin is made."""
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    neck = HEAD.face.neck
    shapes = (*neck.muscles, HEAD.hair.shirt.shoulder)
    return swollen(
        unite(capsule_distance(x, y, z, neck.core), x, y, z, shapes), x, y, z, neck.swells
    )


def _edge_height(x: Field, z: Field) -> Field:
    """Height of the collar's upper edge at a place around the neck."""
    shape = HEAD.hair.shirt
    back = np.clip((shape.front[2] - z) / (shape.front[2] - shape.back[2]), 0, 1)
    return shape.front[1] + (shape.back[1] - shape.front[1]) * smoothstep(0, 1, back)


def _collar(azimuth: Field) -> Points:
    """The collar's upper edge on the skin of the neck, (N, 3)."""
    shape = HEAD.hair.shirt
    axis = np.array([0.0, 0.0, shape.axis_z])
    flat = np.column_stack([np.sin(azimuth), 0 * azimuth, np.cos(azimuth)])
    reach = np.full(len(azimuth), 20.0)
    for _ in range(40):
        place = axis + flat * reach[:, None]
        place[:, 1] = _edge_height(place[:, 0], place[:, 2])
        reach += np.clip(-body_distance(place), -3, 6) * 0.7
    place = axis + flat * reach[:, None]
    place[:, 1] = _edge_height(place[:, 0], place[:, 2])
    return place


def shirt(skin: SkinMesh, detail: HairDetail) -> PartMesh:
    """Rib, then cloth that runs out over the shoulders down to a level edge."""
    shape = HEAD.hair.shirt
    around = detail.shirt_around
    azimuth = np.linspace(-np.pi, np.pi, around, endpoint=False)
    place = _collar(azimuth)
    rib = np.array([0.0, 0.0, 0.02, 0.10, 0.5, 0.9, 0.98, 1.06]) * shape.rib_width
    rest = np.linspace(0.02, 1, detail.shirt_rows) ** 1.3 * shape.reach
    depths = np.r_[rib, rib[-1] + rest]
    lifts = np.r_[-1.0, 1.2, 2.2, 2.9, 2.9, 2.7, 1.9, 1.3, np.full(len(rest), 1.3)]
    rings, bases, at = [], [], 0.0
    for depth, lift in zip(depths, lifts, strict=True):
        while at < depth - 1e-9:
            step = min(4.0, depth - at)
            place, at = _stepped(place, step), at + step
        normals = unit(gradient(body_distance, place, 2.0))
        bases.append(place)
        rings.append(place + normals * lift)
    base, vertices = np.vstack(bases), np.vstack(rings)
    depth = np.repeat(depths, around) - rib[-1]
    cloth = smoothstep(0, 30, depth)
    normals = unit(gradient(body_distance, base, 2.0))
    vertices += normals * (cloth * _folds(base, np.tile(azimuth, len(depths))))[:, None]
    faces = _rings(len(depths), around)
    shading = vertex_normals(vertices, faces)
    if (shading * normals).sum() < 0:
        faces, shading = faces[:, ::-1].copy(), -shading
    colours = grained(linear(HEAD.hair.shirt_colour), base, 2.0, 31, 0.10)
    colours *= (1 + 0.12 * value_noise(base, 26.0, 32))[:, None]
    colours *= (1 - 0.35 * bell((depth - 0.3) / 0.9))[:, None]  # the seam
    used = (depth <= 0) & (depth > -rib[-1] * 0.95)
    ribs = 0.10 * np.sin(np.tile(azimuth, len(depths)) * around / 2 + 0.7)
    colours *= (1 - ribs * used)[:, None]
    colours[np.repeat(np.arange(len(depths)) == 0, around)] *= 0.4
    cut, faces = clip_mesh(len(vertices), faces, vertices[:, 1] - shape.lower_edge)
    binding = scalp.bound(skin, cut @ base)
    return PartMesh(cut @ vertices, faces, unit(cut @ shading), cut @ colours, binding=binding)


def _stepped(place: Points, step: float) -> Points:
    """Places moved down and outwards along the surface by `step` mm."""
    shape = HEAD.hair.shirt
    normals = unit(gradient(body_distance, place, 2.0))
    ahead = place - np.array([0.0, 0.0, shape.axis_z])
    ahead[:, 1] = -0.6 * np.linalg.norm(ahead[:, [0, 2]], axis=1)
    ahead -= normals * (ahead * normals).sum(1, keepdims=True)
    moved = place + unit(ahead) * step
    for _ in range(2):
        slope = unit(gradient(body_distance, moved, 2.0))
        moved = moved - slope * np.clip(body_distance(moved), -4, 4)[:, None]
    return moved


def _folds(base: Points, azimuth: Field) -> Field:
    """Soft folds that run from the collar over the shoulders, mm."""
    shape = HEAD.hair.shirt
    side = np.abs(np.sin(azimuth))
    fan = np.sin(azimuth * 9 + 1.3 + 2.5 * value_noise(base, 60.0, 35)) * (1 - 0.6 * side)
    long = value_noise(base * [0.5, 1.0, 1.6], 22.0, 33) + 0.5 * value_noise(base, 15.0, 34)
    return shape.folds * (0.5 * fan + 2.2 * long + 0.4)


def _rings(rows: int, around: int) -> NDArray[np.int64]:
    """Faces of a grid that closes around its second axis."""
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(around), indexing="ij")
    a, b = (i * around + j).ravel(), (i * around + (j + 1) % around).ravel()
    return np.vstack(
        [np.column_stack([a, a + around, b]), np.column_stack([b, a + around, b + around])]
    )


def hidden_by_shirt(skin: SkinMesh, below: float = 10.0) -> NDArray[np.bool_]:
    """Skin more than `below` mm under the shirt's edge."""
    v = skin.vertices
    return v[:, 1] < _edge_height(v[:, 0], v[:, 2]) - below
