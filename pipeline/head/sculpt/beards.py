"""Beards: layers of skin that show hairs, and whiskers; both go along with jaw and lips."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.core.errors import HeadError
from pipeline.core.vision import cv2
from pipeline.head.sculpt.anatomy import MOUTH_HALF_WIDTH, lower_vermilion, upper_vermilion
from pipeline.head.sculpt.locks import ribbons
from pipeline.head.sculpt.meshes import PartMesh, clip_mesh
from pipeline.head.sculpt.noise import value_noise
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.beards import BEARDS, Beard, BeardDetail
from pipeline.head.sculpt.parameters.styles import Strand
from pipeline.head.sculpt.polygonise import SkinMesh
from pipeline.head.sculpt.scalp import Points, unit
from pipeline.head.sculpt.sdf import Field, smoothstep
from pipeline.head.sculpt.skin import mouth_inside
from pipeline.head.sculpt.strand_maps import LOCK_KINDS, locks_picture, matt
from pipeline.head.sculpt.tone import Tone

_CENTRE_Z = HEAD.hair.scalp_centre[2]
_RADIUS = 78.0  # mm; arcs of the picture are counted at this distance from the axis
_TURN = 75.0  # degrees that the picture shows
_LOW, _HIGH = -122.0, 6.0  # and heights
_MARGIN = 4.0  # mm outside the edge that the layers reach, for hairs that stand out
_LIFT = 0.5  # mm of the lowest layer over the skin
_LIP_EDGE = 1.6  # mm about the red of the lips that stay bare
_INK = 2  # the picture is drawn so many times larger

#: Pictures of the surfaces that `beard_parts` makes.
PICTURES: Mapping[str, Mapping[str, str]] = {
    "beard": {"cover": "beard"},
    "whiskers": {"cover": "whiskers"},
}


def beard_of(name: str) -> Beard | None:
    """The beard of that name; None for none.

    Raises
    ------
    HeadError
        If there is no such beard.
    """
    if name and name not in BEARDS:
        raise HeadError(
            f"'{name}' is no beard", remedy="Take one of " + ", ".join(BEARDS) + ", or none",
            code="head.beard",
        )  # fmt: skip
    return BEARDS.get(name)


def _angle(points: Points) -> Field:
    """Angle around the upright axis, degrees, 0 forwards."""
    return np.rad2deg(np.arctan2(np.abs(points[:, 0]), points[:, 2] - _CENTRE_Z))


def _inside(beard: Beard, angle: Field, x: Field, y: Field) -> Field:
    """Roughly the distance into the beard, mm, of places at x >= 0 on the face."""
    top = np.interp(angle, *np.array(beard.top).T)
    bottom = np.interp(angle, *np.array(beard.bottom).T)
    edge = np.minimum.reduce(
        [top - y, y - bottom, np.deg2rad(beard.farthest - angle) * _RADIUS]
    )  # fmt: skip
    over, under = y - upper_vermilion(x), lower_vermilion(x) - y
    aside = x - MOUTH_HALF_WIDTH
    return np.minimum(edge, np.maximum.reduce([over, under, aside]) - _LIP_EDGE)


def growth(skin: SkinMesh, beard: Beard) -> Field:
    """Roughly the distance into the beard of each vertex of the skin, mm."""
    v = skin.vertices
    inside = _inside(beard, _angle(v), np.abs(v[:, 0]), v[:, 1])
    behind = mouth_inside(skin) | skin.in_slit | (v[:, 2] < -66)
    return np.where(behind, -20.0, inside)


def beard_parts(
    skin: SkinMesh, detail: BeardDetail, beard: Beard | None, tone: Tone
) -> dict[str, PartMesh]:
    """Meshes of a beard by the surfaces' names; none without one."""
    if beard is None:
        return {}
    level = growth(skin, beard)
    made = {"beard": _layers(skin, detail, beard, tone, level)}
    if beard.whiskers:
        made["whiskers"] = _whiskers(skin, detail, beard, tone, level)
    return made


def beard_pictures(
    detail: BeardDetail, beard: Beard | None, tone: Tone, strand: Strand
) -> dict[str, NDArray[np.uint8]]:
    """Pictures that the surfaces of `beard_parts` refer to."""
    if beard is None:
        return {}
    made = {"beard": _picture(detail, beard, tone, strand)}
    if beard.whiskers:
        made["whiskers"] = locks_picture(detail.map_height, tone, strand)
    return made


def _count(detail: BeardDetail, beard: Beard) -> int:
    """Layers of a beard: one less where whiskers cover it."""
    return max(detail.layers - (beard.whiskers > 0.5), 1)


def _layers(
    skin: SkinMesh, detail: BeardDetail, beard: Beard, tone: Tone, level: Field
) -> PartMesh:
    """Layers bound to the very triangles of skin they lie on."""
    layers = _count(detail, beard)
    cut, faces = clip_mesh(len(level), skin.faces, level + _MARGIN)
    base, normals = cut @ skin.vertices, unit(cut @ skin.normals)
    inside = cut @ np.maximum(level, -_MARGIN)
    count = len(base)
    # Deep in the middle, close to the skin at the edges and the lips.
    high = _LIFT + beard.depth * smoothstep(-1.0, 11.0, inside)
    heights = np.linspace(0, 1, layers) if layers > 1 else np.array([0.3])
    lifts = [_LIFT * 0.8 + (high - _LIFT * 0.8) * share for share in heights]
    u = _angle(base) / _TURN
    v = (base[:, 1] - _LOW) / (_HIGH - _LOW)
    uv = [np.column_stack([u, (v + k) / layers]) for k in range(layers)]
    shades = [0.75 + 0.3 * share for share in heights]
    colour = 0.6 * tone.root + 0.4 * tone.tip
    return PartMesh(
        np.vstack([base + normals * lift[:, None] for lift in lifts]),
        np.vstack([faces + k * count for k in range(layers)]),
        np.vstack([normals] * layers),
        np.vstack([np.tile(colour * shade, (count, 1)) for shade in shades]),
        binding=sp.vstack([cut] * layers).tocsr(),
        uv=np.vstack(uv),
    )


def _picture(detail: BeardDetail, beard: Beard, tone: Tone, strand: Strand) -> NDArray[np.uint8]:
    """Hairs of the layers, the uppermost at the top, (H, W, 4) uint8."""
    rng, layers = np.random.default_rng(41), _count(detail, beard)
    wide, high = np.deg2rad(_TURN) * _RADIUS, _HIGH - _LOW
    count = round(beard.hairs * wide * high)
    s, y = rng.uniform(0, wide, count), rng.uniform(_LOW, _HIGH, count)
    angle = np.rad2deg(s / _RADIUS)
    x = np.sin(s / _RADIUS) * 92  # about the mouth, where it matters
    inside = _inside(beard, angle, x, y) + 3.0 * value_noise(
        np.column_stack([s, y, 0 * s]), 4.0, 43
    )
    grows = rng.random(count) < smoothstep(-1.5, 5.0, inside)
    s, y, x = s[grows], y[grows], x[grows]
    lip = (y > -66) & (x < 26)
    lean = np.where(lip, 28 + 1.4 * x, 8.0) + rng.normal(0, 14, len(s))
    length = beard.hair_length * rng.uniform(0.6, 1.2, len(s))
    length = np.where(
        lip, np.minimum(length, np.maximum(y - upper_vermilion(x) - 0.5, 1.5)), length
    )
    thick = rng.uniform(0.14, 0.24, len(s))
    bright = np.clip((0.46 + 0.09 * rng.normal(size=len(s))) * tone.strands(len(s), rng), 0.08, 1)
    curl = 40.0 if strand == "coily" else 10.0
    bend = rng.normal(0, curl, len(s))
    out = []
    for layer in range(layers):
        kept = rng.random(len(s)) < (1.0 if layer == 0 else 0.75 - 0.35 * layer / layers)
        hairs = (s[kept], y[kept], np.deg2rad(lean[kept]), np.deg2rad(bend[kept]), length[kept])
        shade = 0.42 if layer == 0 else 0.0
        out.append(_drawn(detail.scale, beard, hairs, thick[kept], bright[kept], shade))
    made = np.ascontiguousarray(np.vstack(out[::-1]))
    return matt(made) if strand == "coily" else made


def _drawn(
    scale: float,
    beard: Beard,
    hairs: tuple[Field, Field, Field, Field, Field],
    thick: Field,
    bright: Field,
    shade: float,
) -> NDArray[np.uint8]:
    """One layer; `shade` darkens the skin among its hairs."""
    s, y, lean, bend, length = hairs
    ink = scale * _INK
    wide, high = np.deg2rad(_TURN) * _RADIUS, _HIGH - _LOW
    size = round(wide * ink), round(high * ink)
    cover = np.zeros(size[::-1], np.uint8)
    light = np.full(size[::-1], 110, np.uint8)
    middle = s + 0.5 * length * np.sin(lean), y - 0.5 * length * np.cos(lean)
    tip = (
        middle[0] + 0.5 * length * np.sin(lean + bend),
        middle[1] - 0.5 * length * np.cos(lean + bend),
    )
    lines = np.stack([np.stack([a, _HIGH - b], -1) for a, b in ((s, y), middle, tip)], 1)
    pixels = np.round(lines * ink * 16).astype(np.int32)
    pens = np.maximum(np.round(thick * ink), 1).astype(int)
    for line, pen, value in zip(pixels, pens, (bright * 255).astype(int), strict=True):
        cv2.polylines(cover, [line], False, 255, int(pen), cv2.LINE_AA, 4)
        cv2.polylines(light, [line], False, int(value), int(pen), cv2.LINE_AA, 4)
    out = round(wide * scale), round(high * scale)
    alpha = cv2.resize(cover, out, interpolation=cv2.INTER_AREA) / 255.0
    if shade:
        at_s, at_y = np.meshgrid(
            (np.arange(out[0]) + 0.5) / out[0] * wide,
            _HIGH - (np.arange(out[1]) + 0.5) / out[1] * high,
        )
        flat = at_s.ravel(), at_y.ravel()
        inside = _inside(
            beard, np.rad2deg(flat[0] / _RADIUS), np.sin(flat[0] / _RADIUS) * 92, flat[1]
        )
        alpha = np.maximum(alpha, shade * smoothstep(-0.5, 7.0, inside).reshape(alpha.shape))
    light = cv2.resize(light, out, interpolation=cv2.INTER_AREA)
    flat128 = np.full_like(light, 128)
    return np.stack([light, flat128, flat128 * 0, (alpha * 255 + 0.5).astype(np.uint8)], -1)


def _whiskers(
    skin: SkinMesh, detail: BeardDetail, beard: Beard, tone: Tone, level: Field
) -> PartMesh:
    """Cards that hang from the skin, longest at the chin."""
    rng = np.random.default_rng(47)
    faces = skin.faces[(level[skin.faces] > 1.5).all(1)]
    a, b, c = (skin.vertices[faces[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    count = round(detail.whiskers * beard.whiskers)
    chosen = np.searchsorted(
        np.cumsum(area) / area.sum(), (np.arange(count) + rng.random(count)) / count
    )
    chosen = np.minimum(chosen, len(faces) - 1)
    u, v = rng.random((2, count, 1))
    u, v = np.where(u + v > 1, 1 - u, u), np.where(u + v > 1, 1 - v, v)
    roots = a[chosen] + u * (b - a)[chosen] + v * (c - a)[chosen]
    normals = unit(skin.normals[faces[chosen]].mean(1))
    x, y = np.abs(roots[:, 0]), roots[:, 1]
    lip = (y > -66) & (x < 26)
    low = smoothstep(-60, -100, y) * smoothstep(60, 15, x)
    length = beard.whisker_length[0] + (beard.whisker_length[1] - beard.whisker_length[0]) * low
    length = np.where(lip, np.minimum(length, np.maximum(y - upper_vermilion(x) + 1, 3)), length)
    length = length * rng.uniform(0.7, 1.15, count)
    side = np.sign(roots[:, 0]) * np.where(lip, 0.5 + 0.03 * x, 0.0)
    down = np.column_stack([side, -np.ones(count), np.where(lip, 0.1, 0.05)])
    down = down + rng.normal(0, 0.16, (count, 3))
    down -= normals * np.minimum((down * normals).sum(1, keepdims=True), 0)
    heading = unit(down + 0.35 * normals)
    line, outwards = [], []
    for t in np.linspace(0, 1, detail.whisker_rows):
        place = roots + heading * (length * t)[:, None] - (3.0 * t * t * low)[:, None] * [0, 1, 0]
        line.append(place + normals * 0.4)
        outwards.append(normals)
    widths = np.clip(0.4 * length, 3.0, 8.0) * rng.uniform(0.8, 1.3, count)
    kinds = rng.integers(0, LOCK_KINDS, count)
    shades = rng.uniform(0.88, 1.05, count)
    return ribbons(
        skin, np.stack(line), np.stack(outwards), widths, kinds, shades, tone, roots
    )  # fmt: skip
