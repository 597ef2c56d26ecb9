"""Brows, lashes, the hair shell and its loose strands."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.head.sculpt.anatomy import EYE_CENTRE, EYE_RADIUS, brow_line, hair_mask, lid_margins
from pipeline.head.sculpt.ear import ear_distance
from pipeline.head.sculpt.meshes import (
    PartMesh,
    Strands,
    clip_mesh,
    grained,
    mirrored,
    nearest_binding,
    part,
    tinted,
)
from pipeline.head.sculpt.noise import value_noise
from pipeline.head.sculpt.parameters.detail import Detail
from pipeline.head.sculpt.polygonise import SkinMesh, vertex_normals
from pipeline.head.sculpt.skin import linear

_HAIR = "32221a"
_LASH_TURN = np.deg2rad(62.0)  # of the upper lashes when the eye closes


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-12)


def _nearest(
    tree_points: NDArray[np.float64], points: NDArray[np.float64], soften: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    from scipy.spatial import cKDTree

    found = cKDTree(tree_points).query(points, k=3)
    distance, ids = np.asarray(found[0]), np.asarray(found[1], np.int64)
    weights = 1 / (distance + soften)
    return weights / weights.sum(1, keepdims=True), ids


def brows(skin: SkinMesh, detail: Detail) -> PartMesh:
    """Brow hairs: upright at the head of the brow, lying outwards at its tail."""
    rng = np.random.default_rng(7)
    count = detail.brow_hairs
    v = skin.vertices
    near = np.flatnonzero(
        (v[:, 0] > 3) & (v[:, 0] < 60) & (v[:, 1] > 5) & (v[:, 1] < 40) & (v[:, 2] > -12)
    )
    line = brow_line(200)
    t = rng.random(count) ** 0.95
    off = rng.normal(0, 1, count)
    at = (t * 199).astype(int)
    along = _unit(np.gradient(line, axis=0)[at])
    across = np.column_stack([-along[:, 1], along[:, 0]])
    half = 2.9 * (1 - 0.72 * t**1.3) * (0.55 + 0.45 * np.clip(t / 0.12, 0, 1))
    place = line[at] + across * (np.clip(off, -1.6, 1.6) * half * 0.8)[:, None]
    weights, local = _nearest(v[near, :2], place, 0.05)
    ids = near[local]
    roots = (v[ids] * weights[..., None]).sum(1)
    roots[:, :2] = place
    normals = _unit((skin.normals[ids] * weights[..., None]).sum(1))
    angle = np.deg2rad(62) * (1 - t) ** 1.6 + np.deg2rad(10)
    angle += -np.sign(off) * np.deg2rad(13) * np.clip(t * 2, 0, 1) + rng.normal(0, 0.10, count)
    flat = along * np.cos(angle)[:, None] + across * np.sin(angle)[:, None]
    direction = np.column_stack([flat, 0 * t])
    direction -= normals * (direction * normals).sum(1, keepdims=True)
    direction = _unit(direction + normals * 0.16)
    length = (6.2 + 1.6 * rng.random(count)) * (
        0.62 + 0.5 * np.sin(np.pi * np.clip(t + 0.15, 0, 1))
    )
    bend = np.column_stack([along - across * 0.6, 0 * t]) * (length * 0.13)[:, None]
    bend -= normals * (length * 0.07)[:, None]
    width = 0.20 * detail.hair_width
    strands = Strands(roots + normals * 0.1, direction, normals, length, bend, width)
    vertices, faces, root = strands.tubes(detail.strand_segments, detail.strand_sides)
    colours = (
        tinted(linear("3a261b"), len(vertices)) * (0.8 + 0.5 * rng.random(count))[root][:, None]
    )
    return mirrored(skin, vertices, faces, nearest_binding(weights, ids, root, len(v)), colours)


def _lash_row(
    skin: SkinMesh, detail: Detail, upper: bool, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64], sp.csr_matrix, NDArray[np.float64]]:
    """One row of lashes: vertices, faces, binding, and each vertex's root."""
    count = detail.lash_hairs[0 if upper else 1]
    u = np.linspace(-11.5, 12.6, count) + rng.normal(0, 0.12, count)
    y = lid_margins(u)[0 if upper else 1]
    z = np.sqrt(np.maximum((EYE_RADIUS + 1.25) ** 2 - u**2 - y**2, 0))
    points = np.column_stack([u, y, z]) + EYE_CENTRE
    points[:, 1] += -0.15 if upper else 0.1
    weights, ids = _nearest(skin.vertices, points, 0.1)
    out = _unit(points - EYE_CENTRE)
    t = (u + 11.5) / 24.1
    fan = np.column_stack([(t - 0.42) * 1.1, np.full(count, -0.30 if upper else -0.75), 0 * t + 1])
    arch = 5.4 * (0.6 + 0.55 * np.sin(np.pi * np.clip(0.15 + t * 0.8, 0, 1)))
    length = (arch if upper else np.full(count, 3.4)) * (0.85 + 0.3 * rng.random(count))
    bend = np.column_stack([0 * t, 0 * t + (0.80 if upper else -0.12), 0 * t - 0.12])
    roots = points - out * 0.4
    sideways = np.tile([1.0, 0, 0], (count, 1))
    width = (0.14 if upper else 0.07) * detail.hair_width
    strands = Strands(
        roots, _unit(out * 0.5 + fan * 0.8), sideways, length, bend * length[:, None], width
    )
    vertices, faces, root = strands.tubes(detail.strand_segments, detail.strand_sides)
    binding = nearest_binding(weights, ids, root, len(skin.vertices))
    return vertices, faces, binding, roots[root]


def lashes(skin: SkinMesh, detail: Detail) -> PartMesh:
    """Upper and lower lashes; they turn downwards with a closing lid."""
    rng = np.random.default_rng(11)
    top = _lash_row(skin, detail, True, rng)
    bottom = _lash_row(skin, detail, False, rng)
    vertices = np.vstack([top[0], bottom[0]])
    faces = np.vstack([top[1], bottom[1] + len(top[0])])
    binding = sp.vstack([top[2], bottom[2]]).tocsr()
    made = mirrored(skin, vertices, faces, binding, tinted(linear("1c120e"), len(vertices)))
    from_root = vertices - np.vstack([top[3], bottom[3]])
    turn = _LASH_TURN * np.r_[np.ones(len(top[0])), np.full(len(bottom[0]), -0.25)]
    c, s = np.cos(turn), np.sin(turn)
    turned = np.column_stack(
        [from_root[:, 0], c * from_root[:, 1] - s * from_root[:, 2],
         s * from_root[:, 1] + c * from_root[:, 2]]
    )  # fmt: skip
    change = turned - from_root
    still = np.zeros_like(change)
    made.closing = {
        "AU43_L": np.vstack([change, still]),
        "AU43_R": np.vstack([still, change * [-1, 1, 1]]),
    }
    return made


def hair_shell(skin: SkinMesh, thickness: float = 5.0) -> PartMesh:
    """Cropped hair: the scalp lifted, with noise combed along z."""
    v = skin.vertices
    ear = ear_distance(np.abs(v[:, 0]), v[:, 1], v[:, 2])
    level = hair_mask(v) + 2.5 * value_noise(v, 4.0, 11)
    level = np.where(v[:, 1] > -60, np.minimum(level, (ear - 3.2) * 1.2), -5)
    binding, faces = clip_mesh(len(v), skin.faces, level)
    base = binding @ v
    normals = _unit(binding @ skin.normals)
    inside = np.clip((binding @ level) / 16, 0, 1) ** 0.6
    combed = value_noise(base * [1, 1, 0.22], 1.5, 21) + 0.7 * value_noise(
        base * [1, 1, 0.3], 3.2, 22
    )
    top = np.clip((base[:, 1] - 45) / 50, 0, 1)
    lift = inside * thickness * (0.55 + 0.75 * top + 0.175 * combed) + 0.05
    vertices = base + normals * lift[:, None]
    shade = (1 + 0.9 * combed) * (0.7 + 0.3 * inside)
    made = part(vertices, faces, tinted(linear(_HAIR) * 1.5, len(vertices)) * shade[:, None])
    made.binding = binding
    made.uv = hair_uv(base)
    return made


_WHORL = np.array([0.0, 78.0, -112.0])  # where the hair grows from
#: Streaks of the hair map: width and length in mm, strength.
_STREAKS = ((1.0, 14.0, 0.6), (2.2, 24.0, 0.8), (5.5, 30.0, 0.5))
_SHELL_CENTRE = np.array([0.0, 20.0, -80.0])


def _around_whorl(vertices: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Angle from the whorl's axis and azimuth around it, rad."""
    axis = (_WHORL - _SHELL_CENTRE) / np.linalg.norm(_WHORL - _SHELL_CENTRE)
    ray = _unit(vertices - _SHELL_CENTRE)
    across = np.array([1.0, 0, 0])
    along = np.cross(axis, across)
    polar = np.arccos(np.clip(ray @ axis, -1, 1))
    return polar, np.arctan2(ray @ across, ray @ along)


def hair_uv(vertices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Place on the hair map: a disc around the whorl, equal distances along each hair."""
    polar, azimuth = _around_whorl(vertices)
    radius = polar / np.pi * 0.5
    return np.column_stack([0.5 + radius * np.cos(azimuth), 0.5 + radius * np.sin(azimuth)])


def hair_map(size: int) -> NDArray[np.uint8]:
    """Streaks that run out from the whorl; channels as `skin.detail_map`; empty at size 0."""
    if not size:
        return np.zeros((0, 0, 3), np.uint8)
    row, column = np.mgrid[0:size, 0:size]
    x, y = (column + 0.5) / size - 0.5, 0.5 - (row + 0.5) / size
    polar = np.hypot(x, y) * 2 * np.pi
    azimuth = np.arctan2(y, x).ravel()
    around, out = 95.0 * np.sin(np.clip(polar, 0.15, np.pi - 0.4)).ravel(), 95.0 * polar.ravel()
    height = np.zeros(size * size)
    plane = np.column_stack([x.ravel(), y.ravel(), 0 * out]) * 95
    turned = azimuth + 0.08 * value_noise(plane, 5.0, 49)
    for octave, (width, length, gain) in enumerate(_STREAKS):
        # Hairs as points of a ring in space: no break where the azimuth wraps around.
        ring = np.column_stack(
            [np.cos(turned) * around, np.sin(turned) * around, out / length * width]
        )
        height += gain * value_noise(ring, width, 50 + octave)
    brightness = np.clip(0.60 + 0.70 * height.reshape(size, size), 0.10, 1)
    flat = np.full_like(brightness, 0.5)
    return (np.stack([brightness, flat, flat], -1) * 255 + 0.5).astype(np.uint8)


def hairline(skin: SkinMesh, detail: Detail) -> PartMesh:
    """Short hairs that feather the hairline."""
    rng = np.random.default_rng(13)
    count, v = detail.hairline_hairs, skin.vertices
    level = hair_mask(v)
    ear = ear_distance(np.abs(v[:, 0]), v[:, 1], v[:, 2])
    growing = (level > -2) & (level < 13) & (v[:, 0] >= 0) & (v[:, 1] > -50) & (ear > 2.5)
    ids = rng.choice(np.flatnonzero(growing), count)
    inside = np.clip(level[ids] / 10, 0, 1)
    normals = skin.normals[ids]
    roots = v[ids] + rng.normal(0, 0.5, (count, 3))
    roots[:, 0] = np.maximum(roots[:, 0], 0.2)
    roots -= normals * ((roots - v[ids]) * normals).sum(1, keepdims=True)
    comb = np.where(v[ids, 2:3] > -45, [[0.25, 0.35, -0.9]], [[0.05, -0.85, -0.5]])
    temple = (v[ids, 1] < 45) & (v[ids, 2] > -95)
    comb = np.where(temple[:, None], [[0.0, -0.8, -0.6]], comb)
    direction = comb + rng.normal(0, 0.22, (count, 3))
    direction = _unit(direction - normals * (direction * normals).sum(1, keepdims=True))
    direction += normals * (0.10 + 0.14 * rng.random(count))[:, None]
    length = (2.0 + 3.6 * inside) * (0.7 + 0.6 * rng.random(count))
    bend = -normals * (length * 0.14)[:, None]
    strands = Strands(roots - normals * 0.2, direction, normals, length, bend, 0.17)
    vertices, faces, root = strands.tubes(3, 3)
    colours = tinted(linear(_HAIR), len(vertices)) * (0.7 + 0.6 * rng.random(count))[root][:, None]
    ones = np.ones((count, 1))
    return mirrored(
        skin, vertices, faces, nearest_binding(ones, ids[:, None], root, len(v)), colours
    )


def crown(skin: SkinMesh, shell: PartMesh, detail: Detail) -> PartMesh:
    """Loose hairs over the shell, for stills."""
    rng = np.random.default_rng(17)
    count = detail.crown_hairs
    ids = rng.choice(np.flatnonzero(shell.vertices[:, 0] >= 0), count)
    roots, normals = shell.vertices[ids], shell.normals[ids]
    comb = np.where(
        (roots[:, 2:3] > -60) & (roots[:, 1:2] > 40), [[0.35, 0.1, 0.9]], [[0.1, -1.0, -0.35]]
    )
    comb = np.where(roots[:, 2:3] < -110, [[0.05, -1.0, -0.2]], comb)
    top = np.clip((roots[:, 1:2] - 40) / 40, 0, 1)
    direction = comb * (1 - top) + np.array([[0.30, 0.1, 0.95]]) * top
    direction = direction + rng.normal(0, 0.28, (count, 3))
    direction = _unit(direction - normals * (direction * normals).sum(1, keepdims=True))
    direction += normals * 0.28
    length = 7 + 5 * rng.random(count)
    bend = -normals * (length * 0.22)[:, None]
    strands = Strands(roots - normals * 0.6, direction, normals, length, bend, 0.26)
    vertices, faces, root = strands.tubes(2, 3)
    assert shell.binding is not None
    colours = (
        tinted(linear("3a281e"), len(vertices)) * (0.5 + 0.6 * rng.random(count))[root][:, None]
    )
    return mirrored(skin, vertices, faces, shell.binding[ids[root]], colours)


def shirt(skin: SkinMesh) -> PartMesh:
    """A ribbed collar and shoulders over the skin."""
    v = skin.vertices
    x, y, z = np.abs(v[:, 0]), v[:, 1], v[:, 2]
    level = (-168 + 0.42 * np.clip(-z - 50, 0, 80) + 0.10 * x) - y
    cut, faces = clip_mesh(len(v), skin.faces, level)
    base, depth = cut @ v, cut @ level
    normals = _unit(cut @ skin.normals)
    rib = np.clip(1 - ((depth - 4) / 4.5) ** 2, 0, 1) ** 0.5
    over = np.clip(depth / 1.2, 0, 1)
    vertices = base + normals * (0.2 + 1.6 * over + 1.5 * rib * over)[:, None]
    colours = grained(linear("39434f"), base * [1, 0.3, 1], 1.8, 31, 0.22)
    knit = np.sin(np.arctan2(base[:, 0], base[:, 2] + 80) * 150) * (depth < 8.5)
    colours = colours * (1 - 0.10 * knit)[:, None]
    colours *= np.where((depth > 8) & (depth < 9.6), 0.6, 1)[:, None]
    made = PartMesh(vertices, faces, vertex_normals(vertices, faces), colours, binding=cut)
    return made


def hidden_by_shirt(skin: SkinMesh) -> NDArray[np.bool_]:
    """Skin well under the shirt's edge, never seen."""
    x, y, z = np.abs(skin.vertices[:, 0]), skin.vertices[:, 1], skin.vertices[:, 2]
    return (-168 + 0.42 * np.clip(-z - 50, 0, 80) + 0.10 * x) - y > 6
