"""Brows: two layers of skin lifted off the face, that show hairs drawn along their growth."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.core.vision import cv2
from pipeline.head.cast.character import Brows
from pipeline.head.sculpt.anatomy import brow_line
from pipeline.head.sculpt.meshes import PartMesh, clip_mesh
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.hair import HairDetail
from pipeline.head.sculpt.polygonise import SkinMesh
from pipeline.head.sculpt.scalp import unit
from pipeline.head.sculpt.sdf import bell, smoothstep
from pipeline.head.sculpt.tone import Tone, brow_tone, tone_of

#: What the picture shows, in mm of arc along the brow (from its head) and across it.
_ALONG, _ACROSS = (-7.0, 53.0), (-9.0, 11.0)
_LIFTS = (0.4, 1.0)  # mm of the layers over the skin
_INK = 4  # the picture is drawn so many times larger

_NATURAL = Brows()
_BROWN = brow_tone(tone_of("dark brown"))

Line = NDArray[np.float64]


def _half_width(t: Line, thickness: float = 1.0) -> Line:
    """Half the width of the brow, mm, at 0 (head) to 1 (tail)."""
    head = 0.62 + 0.38 * smoothstep(0.0, 0.22, t)
    return thickness * HEAD.hair.brow_width * head * (1 - 0.78 * smoothstep(0.45, 1.05, t))


def _places(points: NDArray[np.floating]) -> tuple[Line, Line, float]:
    """Arc along and height over the brow's line of (N, 2) points, and the line's length."""
    line = brow_line(120)
    ahead = unit(np.gradient(line, axis=0))
    line = np.vstack([line[0] - 12 * ahead[0], line, line[-1] + 12 * ahead[-1]])
    ahead = np.vstack([ahead[0], ahead, ahead[-1]])
    arc = np.r_[0, np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))] - 12
    square = ((points[:, None] - line) ** 2).sum(2)
    # A smooth mean of the nearest: the arc then has no steps.
    near = np.exp(-(square - square.min(1, keepdims=True)) / 3.0)
    near /= near.sum(1, keepdims=True)
    foot, along = near @ line, unit(near @ ahead)
    offset = points - foot
    s = near @ arc + (offset * along).sum(1)
    return s, offset[:, 1] * along[:, 0] - offset[:, 0] * along[:, 1], float(arc[-1]) - 12


def brows(
    skin: SkinMesh, detail: HairDetail, look: Brows = _NATURAL, tone: Tone = _BROWN
) -> PartMesh:
    """Both brows, bound to the very triangles of skin they lie on."""
    v = skin.vertices
    mirrored = np.abs(v[:, 0])
    s, across, length = _places(np.column_stack([mirrored, v[:, 1]]))
    inside = np.minimum.reduce(
        [s - _ALONG[0], length + 5.5 - s, across + 6.5, 8.5 - across, mirrored - 1.0]
    )
    level = np.where((v[:, 2] > -14) & (np.abs(v[:, 1] - 18) < 25), inside, -9.0)
    cut, faces = clip_mesh(len(v), skin.faces, level)
    base, normals = cut @ v, unit(cut @ skin.normals)
    s, across, _ = _places(np.column_stack([np.abs(base[:, 0]), base[:, 1]]))
    u = (s - _ALONG[0]) / (_ALONG[1] - _ALONG[0])
    w = (across - _ACROSS[0]) / (_ACROSS[1] - _ACROSS[0])
    count, layers = len(base), detail.brow_layers
    uv = [np.column_stack([u, (w + k) / layers]) for k in range(layers)]
    colours = np.tile(0.5 * (tone.root + tone.tip), (count * layers, 1))
    binding = sp.vstack([cut] * layers).tocsr()
    return PartMesh(
        np.vstack([base + normals * lift for lift in _LIFTS[:layers]]),
        np.vstack([faces + k * count for k in range(layers)]),
        np.vstack([normals] * layers), colours, binding=binding, uv=np.vstack(uv),
    )  # fmt: skip


def _hairs(
    length: float, count: int, seed: int, look: Brows, tone: Tone
) -> tuple[Line, Line, Line]:
    """Middle lines (n, 7, 2) in mm of arc and height, widths (n,) and brightness (n,)."""
    rng = np.random.default_rng(seed)
    t = rng.random(count) ** 0.92
    off = np.clip(rng.normal(0, 0.52, count), -1, 1)
    root = np.column_stack([t * length, off * _half_width(t, look.thickness)])
    # Up at the head, along the arch; the upper ones come down, the lower ones rise to meet them.
    angle = 82 * (1 - smoothstep(0.0, 0.30, t)) + 22 * (1 - smoothstep(0.25, 0.75, t)) - 4
    angle -= 30 * off * smoothstep(0.05, 0.40, t) + 4 * smoothstep(0.6, 1.0, t)
    angle += rng.normal(0, 9, count)
    reach = (5.0 + 3.4 * bell((t - 0.42) / 0.4) - 1.2 * bell(t / 0.10)) * rng.uniform(
        0.7, 1.2, count
    )
    reach *= 1 - 0.35 * smoothstep(0.75, 1.0, t)
    reach *= np.clip(0.35 + 0.65 * look.thickness, 0.7, 1.35)
    angle += rng.normal(0, 11, count) * max(look.thickness - 1, 0)  # bushy ones stand apart
    steps = np.linspace(0, 1, 7)
    bend = -(8 + 16 * (1 - t)) + rng.normal(0, 7, count)
    heading = np.deg2rad(angle[:, None] + bend[:, None] * (steps - 0.3))
    move = np.stack([np.cos(heading), np.sin(heading)], -1) * (reach / 6)[:, None, None]
    line = root[:, None] + np.cumsum(move, axis=1) - move[:, :1]
    width = rng.uniform(0.13, 0.24, count) * (1 - 0.25 * smoothstep(0.7, 1.0, t))
    bright = (0.48 + 0.13 * rng.normal(size=count)) * tone.strands(count, rng)
    return line, width * (0.6 + 0.4 * look.thickness), np.clip(bright, 0.15, 1.0)


def brow_picture(
    detail: HairDetail, look: Brows = _NATURAL, tone: Tone = _BROWN
) -> NDArray[np.uint8]:
    """Hairs of both layers one over the other, the lower one with a shade beneath.

    (H, W, 4) uint8, channels as the shader's use ``"cover"``.
    """
    _, _, length = _places(np.zeros((1, 2)))
    count = round(HEAD.hair.brow_hairs * look.density)
    shade = 0.42 * min(look.density, 1.3)

    def layer(many: int, seed: int, under: float) -> NDArray[np.uint8]:
        shadow = _Shade(under, length, look.thickness)
        return _layer(detail.brow_scale, _hairs(length, many, seed, look, tone), shadow)

    if detail.brow_layers == 1:
        return layer(count, 7, shade)
    return np.ascontiguousarray(
        np.vstack([layer(count // 3, 8, 0.0), layer(count * 2 // 3, 7, shade)])
    )


class _Shade(NamedTuple):
    """How dark the skin is among the hairs of a brow of that length and thickness."""

    strength: float
    length: float
    thickness: float


def _layer(scale: float, hairs: tuple[Line, Line, Line], shade: _Shade) -> NDArray[np.uint8]:
    ink = scale * _INK if scale < 12 else scale * 2
    width = round((_ALONG[1] - _ALONG[0]) * ink)
    height = round((_ACROSS[1] - _ACROSS[0]) * ink)
    cover = np.zeros((height, width), np.uint8)
    bright = np.full((height, width), 115, np.uint8)
    for line, thick, light in zip(*hairs, strict=True):
        px = np.column_stack([line[:, 0] - _ALONG[0], _ACROSS[1] - line[:, 1]]) * ink * 16
        px = np.round(px).astype(np.int32)
        for piece in range(len(px) - 1):
            taper = 1 - 0.75 * (piece / (len(px) - 2)) ** 1.5
            pen = max(1, round(thick * taper * ink))
            ends = tuple(map(int, px[piece])), tuple(map(int, px[piece + 1]))
            cv2.line(cover, *ends, 255, pen, cv2.LINE_AA, 4)
            cv2.line(bright, *ends, int(light * 255), pen, cv2.LINE_AA, 4)
    out = round((_ALONG[1] - _ALONG[0]) * scale), round((_ACROSS[1] - _ACROSS[0]) * scale)
    alpha = cv2.resize(cover, out, interpolation=cv2.INTER_AREA) / 255.0
    light = cv2.resize(bright, out, interpolation=cv2.INTER_AREA)
    if shade.strength:
        alpha = np.maximum(alpha, _shadow(out, shade) * shade.strength)
    flat = np.full_like(light, 128)
    return np.stack([light, flat, flat * 0, (alpha * 255 + 0.5).astype(np.uint8)], -1)


def _shadow(size: tuple[int, int], shade: _Shade) -> Line:
    """Soft shade of the skin among the hairs, (H, W) in [0, 1]."""
    s = _ALONG[0] + (np.arange(size[0]) + 0.5) / size[0] * (_ALONG[1] - _ALONG[0])
    h = _ACROSS[1] - (np.arange(size[1]) + 0.5) / size[1] * (_ACROSS[1] - _ACROSS[0])
    t = s / shade.length
    ends = smoothstep(-0.02, 0.25, t) * smoothstep(1.12, 0.85, t)
    middle = 0.8 * smoothstep(0.0, 0.2, t)
    return ends * bell((h[:, None] - middle) / (0.85 * _half_width(t, shade.thickness) + 0.3))
