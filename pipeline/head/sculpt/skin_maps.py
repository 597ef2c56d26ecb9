"""The skin's pictures: colour and gloss, and the true form where triangles are coarse.

The head is unrolled from an axis through the skull. Where that view from the axis sees the
outermost skin, each texel is laid onto the exact surface (Newton steps on the signed distance);
there it is painted, and the slope of the true normal against the triangles' interpolated one is
kept, so that a coarse mesh is lit as a fine one (after J. Cohen, M. Olano and D. Manocha,
"Appearance-preserving simplification", 1998; the frame is that of the head's own up, so there
are no tangents to carry).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.core.vision import cv2
from pipeline.head.sculpt.anatomy import (
    EYE_CENTRE,
    EYE_RADIUS,
    MOUTH_HALF_WIDTH,
    lower_vermilion,
    upper_vermilion,
)
from pipeline.head.sculpt.features import bare_distance
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.skin import SkinParameters
from pipeline.head.sculpt.polygonise import SkinMesh, adjacency, gradient
from pipeline.head.sculpt.sdf import smoothstep
from pipeline.head.sculpt.skin import Canvas, creased, fine_openness, gloss, mouth_inside, painted
from pipeline.head.sculpt.skin_marks import crepes, marks

_MAP = HEAD.skin.unrolled
Points = NDArray[np.float64]
Grid = NDArray[np.float32]


def skin_uv(vertices: NDArray[np.floating]) -> Points:
    """Map coordinates in [0, 1], the front stretched, the seam behind, (N, 2)."""
    angle = np.arctan2(vertices[:, 0], vertices[:, 2] - _MAP.axis_z) / np.pi
    turn, width = np.array(_MAP.stretch).T
    u = 0.5 + 0.5 * np.sign(angle) * np.interp(np.abs(angle), turn, width)
    return np.column_stack([u, (vertices[:, 1] - _MAP.bottom) / (_MAP.top - _MAP.bottom)])


@dataclass(frozen=True)
class _Half:
    """Texels of the left half: row 0 is the top, column 0 the middle of the face.

    `place` and `normal` are (H, W, 3) of the mesh; `seen` marks texels that have some.
    """

    place: Grid
    normal: Grid
    seen: NDArray[np.bool_]


def _from_axis(points: NDArray[np.floating]) -> NDArray[np.floating]:
    return np.hypot(points[..., 0], points[..., 2] - _MAP.axis_z)


def _rasterised(skin: SkinMesh, faces: NDArray[np.int64], height: int, width: int) -> _Half:
    """The outermost triangle's point and normal in each texel of the left half."""
    uv = skin_uv(skin.vertices)
    x = (uv[:, 0] * 2 - 1) * width - 0.5
    y = (1 - uv[:, 1]) * height - 0.5
    corner = np.stack([x[faces], y[faces]], -1)
    low = np.maximum(np.ceil(corner.min(1)), 0).astype(int)
    high = np.minimum(np.floor(corner.max(1)), [width - 1, height - 1]).astype(int)
    span = np.maximum(high - low + 1, 0)
    count = span.prod(1)
    face = np.repeat(np.arange(len(faces)), count)
    nth = np.arange(len(face)) - np.repeat(np.cumsum(count) - count, count)
    column = low[face, 0] + nth % np.maximum(span[face, 0], 1)
    row = low[face, 1] + nth // np.maximum(span[face, 0], 1)
    a, b, c = (corner[face, k] for k in range(3))
    e1, e2, to = b - a, c - a, np.stack([column, row], 1) - a
    area = e1[:, 0] * e2[:, 1] - e1[:, 1] * e2[:, 0]
    area = np.where(np.abs(area) < 1e-9, 1e-9, area)
    s = (to[:, 0] * e2[:, 1] - to[:, 1] * e2[:, 0]) / area
    t = (e1[:, 0] * to[:, 1] - e1[:, 1] * to[:, 0]) / area
    inside = (s >= -1e-6) & (t >= -1e-6) & (s + t <= 1 + 1e-6)
    weights = np.stack([1 - s - t, s, t], 1)[inside]
    corners = faces[face[inside]]
    texel = row[inside] * width + column[inside]
    place = (skin.vertices[corners] * weights[..., None]).sum(1)
    order = np.argsort(_from_axis(place), kind="stable")  # of several, the outermost stays
    texel, place = texel[order], place[order]
    normal = (skin.normals[corners] * weights[..., None]).sum(1)[order]
    out = np.zeros((2, height * width, 3), np.float32)
    out[0, texel], out[1, texel] = place, normal
    seen = np.zeros(height * width, bool)
    seen[texel] = True
    shape = (height, width, 3)
    return _Half(out[0].reshape(shape), out[1].reshape(shape), seen.reshape(height, width))


def _without_ears(skin: SkinMesh) -> NDArray[np.bool_]:
    """Vertices of the largest connected piece: the head without its ears."""
    from scipy.sparse.csgraph import connected_components

    _, piece = connected_components(adjacency(len(skin.vertices), skin.faces), directed=False)
    return np.asarray(piece == np.bincount(piece).argmax())


def _bare(points: Points) -> NDArray[np.floating]:
    return bare_distance(points[:, 0], points[:, 1], points[:, 2])


@dataclass(frozen=True, eq=False)
class Unrolled:
    """Texels of the left half of the skin before paint: the same for all characters.

    Row 0 is the top, column 0 the middle of the face.

    Parameters
    ----------
    place, normal : (H, W, 3) float64
        mm and unit, on the exact skin.
    slopes : (H, W, 2) float64
        Of the true normal against the triangles', along the head's horizontal and up.
    openness : (H, W) float64
        Of fine creases.
    share : (N,) uint8
        255 where a vertex of the skin lies on what the pictures show.
    """

    place: Points
    normal: Points
    slopes: Points
    openness: Points
    share: NDArray[np.uint8]


@dataclass(frozen=True)
class SkinMaps:
    """Pictures of the skin.

    Parameters
    ----------
    paint : (H, W, 4) uint8
        Roots of linear colour, and half the gloss.
    form : (H, W, 3) uint8
        Slope along the head's horizontal and up, two to the full range around 128; cavity.
    """

    paint: NDArray[np.uint8]
    form: NDArray[np.uint8]


def unrolled(skin: SkinMesh, width: int) -> Unrolled:
    """Lay the texels of pictures `width` px wide onto the skin."""
    full = (round(width * _MAP.aspect), width)
    half = min(full[0] // 2, _MAP.most_rows), min(full[1] // 4, _MAP.most_columns)
    body = _without_ears(skin)
    outside = body & ~mouth_inside(skin) & ~skin.in_slit
    faces = skin.faces[outside[skin.faces].all(1) & (skin.vertices[skin.faces, 0] >= 0).all(1)]
    mesh = _rasterised(skin, faces, *half)
    place, normal = _on_surface(mesh)
    mesh, place, normal = _filled(mesh, place, normal)
    openness = fine_openness(place.reshape(-1, 3), normal.reshape(-1, 3)).reshape(half)
    return Unrolled(place, normal, _slopes(mesh, normal), openness, _share(skin, body, mesh))


def skin_maps(texels: Unrolled, width: int, look: SkinParameters = HEAD.skin) -> SkinMaps:
    """Paint the skin and keep its form in pictures `width` px wide."""
    full = (round(width * _MAP.aspect), width)
    place, slopes = texels.place, texels.slopes
    colour, shine = _painted_halves(texels, look)
    slopes_full = np.concatenate([slopes[:, ::-1] * [-1, 1], slopes], 1).astype(np.float32)
    grown = _grown(slopes_full, full)
    both = np.concatenate([place[:, ::-1] * [-1, 1, 1], place], 1).astype(np.float32)
    relief, speck = _fine_relief(_grown(both, full), full, look)
    paint = np.concatenate([colour, shine[..., None]], 2).astype(np.float32)
    paint = _grown(paint, full)
    paint[..., :3] *= speck
    cavity = 0.6 + 0.4 * texels.openness
    hollow = np.concatenate([cavity[:, ::-1], cavity], 1).astype(np.float32)
    hollow = _grown(hollow, full)
    form = np.dstack([0.5 + 0.5 * (grown + relief[..., :2]), hollow + relief[..., 2]])
    return SkinMaps(_bytes(np.dstack([np.sqrt(np.clip(paint[..., :3], 0, 1)), paint[..., 3] / 2])),
                    _bytes(form))  # fmt: skip


def _grown(values: NDArray[np.floating], size: tuple[int, int]) -> Grid:
    """A picture grown to (rows, columns)."""
    larger = cv2.resize(values.astype(np.float32), size[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(larger, np.float32)


def _bytes(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    return np.asarray(np.clip(values, 0, 1) * 255 + 0.5, np.uint8)


def _on_surface(mesh: _Half) -> tuple[Points, Points]:
    """Texels laid onto the exact skin, and its true normals, (H, W, 3) each."""
    place = mesh.place.astype(float)
    normal = mesh.normal.astype(float)
    front = mesh.seen & (place[..., 2] > _MAP.back_z) & (place[..., 1] > _MAP.low_y)
    p = place[front]
    for _ in range(2):
        slope = gradient(_bare, p, _MAP.stencil)
        square = np.maximum((slope * slope).sum(1), 0.25)
        p -= np.clip(_bare(p) / square, -1.0, 1.0)[:, None] * slope
    true = slope / (np.linalg.norm(slope, axis=1, keepdims=True) + 1e-9)
    agrees = (true * mesh.normal[front]).sum(1) > 0.2
    normal[front] = np.where(agrees[:, None], true, mesh.normal[front])
    place[front] = p
    normal /= np.linalg.norm(normal, axis=2, keepdims=True) + 1e-9
    return place, normal


def _filled(mesh: _Half, place: Points, normal: Points) -> tuple[_Half, Points, Points]:
    """Texels that see nothing (between the lips) take after their nearest neighbour."""
    from scipy.ndimage import distance_transform_edt

    _, nearest = distance_transform_edt(~mesh.seen, return_indices=True)
    row, column = nearest
    filled = _Half(mesh.place[row, column], mesh.normal[row, column], mesh.seen)
    return filled, place[row, column], normal[row, column]


def _slopes(mesh: _Half, normal: Points) -> Points:
    """Slope of the true normal in the frame of the interpolated one, (H, W, 2)."""
    flat = mesh.normal / (np.linalg.norm(mesh.normal, axis=2, keepdims=True) + 1e-9)
    along = np.cross([0.0, 1.0, 0.0], flat)
    along /= np.linalg.norm(along, axis=2, keepdims=True) + 1e-9
    rise = np.cross(flat, along)
    ahead = np.maximum((normal * flat).sum(2), 0.3)
    slopes = np.stack([(normal * along).sum(2), (normal * rise).sum(2)], 2) / ahead[..., None]
    return np.clip(slopes, -1, 1)


def _painted_halves(texels: Unrolled, look: SkinParameters) -> tuple[Points, Points]:
    """Colour (H, 2 W, 3) and gloss (H, 2 W) of both halves."""
    shape, some = texels.openness.shape, texels.place.reshape(-1, 3)
    colours, shines = [], []
    for side in (-1, 1):
        canvas = Canvas.outside(some * [side, 1, 1])
        flip = slice(None, None, side)
        colour = painted(canvas, look).reshape(*shape, 3) * creased(texels.openness)[..., None]
        colours.append(colour[:, flip])
        shines.append(gloss(canvas, look).reshape(shape)[:, flip])
    return np.concatenate(colours, 1), np.concatenate(shines, 1)


def _fine_relief(place: Grid, size: tuple[int, int], look: SkinParameters) -> tuple[Grid, Grid]:
    """Pores, creases and lip lines as slopes and cavity (H, W, 3); speckle on the colour."""
    rng = np.random.default_rng(3)
    rows_mm = (_MAP.top - _MAP.bottom) / size[0]

    def grain(across_mm: float, up_mm: float) -> Grid:
        noise = rng.standard_normal(size, dtype=np.float32)
        sigma = max(across_mm / rows_mm, 0.55), max(up_mm / rows_mm, 0.55)
        soft = cv2.GaussianBlur(noise, (0, 0), sigma[0], sigmaY=sigma[1])
        return np.asarray(soft / (soft.std() + 1e-9), np.float32)

    x, y, z = np.abs(place[..., 0]), place[..., 1], place[..., 2]
    nose = np.exp(-((x / 17) ** 2) - ((y + 30) / 16) ** 2) * (z > 8)
    cheek = np.exp(-(((x - 30) / 20) ** 2) - ((y + 28) / 18) ** 2)
    face = smoothstep(-60, -20, z) * smoothstep(-125, -105, y)
    red = (y < upper_vermilion(x)) & (y > lower_vermilion(x)) & (x < MOUTH_HALF_WIDTH) & (z > 2)
    lips = cv2.GaussianBlur(red.astype(np.float32), (0, 0), max(0.8 / rows_mm, 0.6))
    eye = np.hypot(x - EYE_CENTRE[0], y - EYE_CENTRE[1])
    lid = np.clip(1 - np.abs(eye - EYE_RADIUS) / 10, 0, 1) * (z > 0)
    pores = np.minimum(grain(0.30, 0.30), 0)
    height = look.pores * pores * (0.35 + 1.0 * nose + 0.55 * cheek) * face * (1 - lid)
    height += look.cells * grain(0.75, 0.55) * (0.45 + 0.25 * lid) * (0.4 + 0.6 * face)
    height += crepes(place, rows_mm, look)
    height *= 1 - lips
    height += look.lip_lines * 1.5 * lips * np.minimum(grain(0.42, 2.6), 0.3)
    steep = look.relief_mm / (2 * rows_mm)
    across = -np.gradient(height, axis=1) * steep
    up = np.gradient(height, axis=0) * steep
    cavity = np.clip(0.05 * height, -0.2, 0.02)
    return np.dstack([across, up, cavity]).astype(np.float32), _speckle(
        rng, place, grain, pores, look
    )


def _speckle(
    rng: np.random.Generator, place: Grid, grain: object, pores: Grid, look: SkinParameters
) -> Grid:
    """Factor on the colour: blood in small spots, freckles, darker pores, (H, W, 3)."""
    assert callable(grain)
    size = place.shape[:2]
    rows_mm = (_MAP.top - _MAP.bottom) / size[0]
    blood = 0.6 * grain(1.1, 1.1) + 0.4 * grain(2.6, 2.6)
    brown = grain(0.55, 0.55)
    dots = np.zeros(size, np.float32)
    count = look.freckles
    dots[rng.integers(0, size[0], count), rng.integers(0, size[1], count)] = rng.random(count) ** 2
    sigma = max(0.55 / rows_mm, 0.55)
    dots = cv2.GaussianBlur(dots, (0, 0), sigma) * (2 * np.pi * sigma**2)
    x, y = np.abs(place[..., 0]), place[..., 1]
    where = 0.25 + np.exp(-(((x - 20) / 24) ** 2) - ((y + 22) / 17) ** 2)
    freckle = np.clip(dots * where, 0, 1)[..., None]
    factor = 1 + (look.spots * blood)[..., None] * np.array([0.3, -1.0, -1.1])
    factor += (look.grain * brown)[..., None] + (look.pore_dark * pores)[..., None]
    factor *= 1 - freckle * np.array(look.freckle)
    more = marks(place, rows_mm, look)
    return np.asarray(factor if more is None else factor * more, np.float32)


def _share(skin: SkinMesh, body: NDArray[np.bool_], mesh: _Half) -> NDArray[np.uint8]:
    """How much of the pictures each vertex shows: none where another layer lies over it."""
    height, width = mesh.seen.shape
    uv = skin_uv(np.abs(skin.vertices) * [1, 0, 0] + skin.vertices * [0, 1, 1])
    column = np.clip((uv[:, 0] * 2 - 1) * width, 0, width - 1).astype(int)
    row = np.clip((1 - uv[:, 1]) * height, 0, height - 1).astype(int)
    above = _from_axis(mesh.place)[row, column] - _from_axis(skin.vertices)
    over = np.clip((_MAP.layer - above) / _MAP.layer_fade, 0, 1) * mesh.seen[row, column]
    angle = np.abs(np.arctan2(skin.vertices[:, 0], skin.vertices[:, 2] - _MAP.axis_z))
    front = np.clip((_MAP.back_angle - angle) / 0.3, 0, 1)
    share = over * front * np.clip((skin.vertices[:, 1] - _MAP.low_y) / 12, 0, 1)
    share[~body | skin.in_slit | mouth_inside(skin)] = 0
    return np.asarray(share * 255 + 0.5, np.uint8)
