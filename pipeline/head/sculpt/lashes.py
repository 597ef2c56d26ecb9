"""Lashes: curved fans along the lid margins that show clumped hairs."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.core.vision import cv2
from pipeline.head.cast.character import Brows
from pipeline.head.sculpt.anatomy import EYE_CENTRE, EYE_RADIUS, lid_margins
from pipeline.head.sculpt.meshes import PartMesh, mirrored
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.hair import HairDetail
from pipeline.head.sculpt.polygonise import SkinMesh
from pipeline.head.sculpt.scalp import bound, unit
from pipeline.head.sculpt.sdf import smoothstep
from pipeline.head.sculpt.skin import linear
from pipeline.head.sculpt.strand_maps import within
from pipeline.head.sculpt.tone import Tone, tone_of

_FROM, _TO = -11.2, 13.2  # x from the eye's centre where lashes grow
_SPAN = _TO - _FROM
_INK = 4  # the picture is drawn so many times larger

_NATURAL = Brows()
_BROWN = tone_of("dark brown")

Points = NDArray[np.float64]


def _row(
    detail: HairDetail, upper: bool, scale: float
) -> tuple[Points, Points, NDArray[np.float64]]:
    """One fan of the left eye: vertices (rows, columns, 3), roots (columns, 3), t (columns,)."""
    columns = detail.lash_columns if upper else detail.lash_columns - 4
    rows = detail.lash_rows if upper else max(3, detail.lash_rows - 1)
    t = np.linspace(0, 1, columns)
    u = _FROM + _SPAN * t
    y = lid_margins(u)[0 if upper else 1]
    z = np.sqrt(np.maximum((EYE_RADIUS + 1.25) ** 2 - u**2 - y**2, 0))
    roots = np.column_stack([u, y + (-0.1 if upper else 0.1), z]) + EYE_CENTRE
    out = unit(roots - EYE_CENTRE)
    sideways = (t - 0.40) * (1.5 if upper else 1.1)
    drop = np.full(columns, -0.12 if upper else -0.70)
    heading = unit(out * 0.55 + np.column_stack([sideways, drop, 0.85 + 0 * t]))
    length = HEAD.hair.lash_length[0 if upper else 1] * (0.55 + 0.45 * smoothstep(0.0, 0.7, t))
    length = scale * length * (1 - 0.25 * smoothstep(0.9, 1.0, t))
    curl = np.column_stack([0.25 * sideways, 0 * t + (0.78 if upper else -0.05), 0 * t - 0.16])
    s = np.linspace(0, 1, rows)[:, None, None]
    vertices = roots - out * 0.35 + (heading * s + curl * s**1.8) * length[:, None]
    return vertices, roots - out * 0.35, t


def _fan(
    skin: SkinMesh, detail: HairDetail, upper: bool, scale: float
) -> tuple[Points, NDArray[np.int64], sp.csr_matrix, Points, Points]:
    """Vertices, faces, binding, each vertex's root, and map coordinates."""
    grid, roots, t = _row(detail, upper, scale)
    rows, columns = grid.shape[:2]
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(columns - 1), indexing="ij")
    a = (i * columns + j).ravel()
    b, c = a + 1, a + columns
    faces = np.vstack([np.column_stack([a, b, c]), np.column_stack([b, c + 1, c])])
    root = np.tile(np.arange(columns), rows)
    binding = bound(skin, roots)[root]
    v = np.repeat(np.linspace(0, 1, rows), columns)
    band = (within(v) + (0 if upper else 1)) / 2
    return grid.reshape(-1, 3), faces, binding, roots[root], np.column_stack([t[root], band])


def lashes(
    skin: SkinMesh, detail: HairDetail, look: Brows = _NATURAL, tone: Tone = _BROWN
) -> PartMesh:
    """Upper and lower lashes; they turn downwards with a closing lid."""
    longer = float(np.clip(0.55 + 0.45 * look.lashes, 0.6, 1.3))
    top, bottom = (_fan(skin, detail, upper, longer) for upper in (True, False))
    vertices = np.vstack([top[0], bottom[0]])
    faces = np.vstack([top[1], bottom[1] + len(top[0])])
    binding = sp.vstack([top[2], bottom[2]]).tocsr()
    dark = linear(HEAD.hair.lash_colour)
    colours = np.tile(dark + 0.18 * np.maximum(tone.root - dark, 0), (len(vertices), 1))
    made = mirrored(skin, vertices, faces, binding, colours)
    uv = np.vstack([top[4], bottom[4]])
    made.uv = np.vstack([uv, uv])
    outwards = unit(np.vstack([top[3], bottom[3]]) - EYE_CENTRE)
    made.normals = np.vstack([outwards, outwards * [-1, 1, 1]])
    from_root = vertices - np.vstack([top[3], bottom[3]])
    share = np.r_[np.ones(len(top[0])), np.full(len(bottom[0]), -0.2)]
    turn = np.deg2rad(HEAD.hair.lash_turn) * share
    c, s = np.cos(turn), np.sin(turn)
    turned = np.column_stack(
        [from_root[:, 0], c * from_root[:, 1] - s * from_root[:, 2],
         s * from_root[:, 1] + c * from_root[:, 2]]
    )  # fmt: skip
    # Closed, the lid's front edge lies on the lower lid and the lashes leave it there.
    lift = np.where(share > 0, HEAD.hair.lash_lift, 0.0)
    change = turned - from_root + outwards * lift[:, None]
    still = np.zeros_like(change)
    made.closing = {
        "AU43_L": np.vstack([change, still]),
        "AU43_R": np.vstack([still, change * [-1, 1, 1]]),
    }
    return made


def lash_picture(detail: HairDetail, look: Brows = _NATURAL) -> NDArray[np.uint8]:
    """Lower lashes over the upper ones, roots at the bottom of each half, (H, W, 4) uint8."""
    halves = [_lash_half(detail.lash_scale, upper, look.lashes) for upper in (False, True)]
    cover = np.vstack(halves)
    flat = np.full_like(cover, 128)
    return np.ascontiguousarray(np.stack([flat, flat, flat, cover], -1))


def _lash_half(scale: float, upper: bool, strength: float) -> NDArray[np.uint8]:
    rng = np.random.default_rng(11 if upper else 12)
    ink = scale * _INK
    width, height = round(_SPAN * ink), round(8 * ink)
    cover = np.zeros((height, width), np.uint8)
    clumps = 24 if upper else 17
    for number in range(clumps):
        middle = (number + 0.5 + rng.uniform(-0.3, 0.3)) / clumps
        thick = ((0.11 + 0.05 * middle) if upper else 0.08) * (0.5 + 0.5 * strength)
        tip = middle + rng.normal(0, 0.008)
        for _ in range(rng.integers(2, 5) if upper else rng.integers(1, 3)):
            root = middle + rng.uniform(-0.55, 0.55) / clumps
            reach = rng.uniform(0.6, 0.97)
            t = np.linspace(0, 1, 9)
            along = root + (tip + rng.normal(0, 0.006) - root) * t**0.8
            px = np.column_stack([along * width, height * (1 - reach * t)])
            px = np.round(px * 16).astype(np.int32)
            for piece in range(8):
                pen = max(1, round(thick * ink * (1 - 0.72 * (piece / 7) ** 1.4)))
                ends = tuple(map(int, px[piece])), tuple(map(int, px[piece + 1]))
                cv2.line(cover, *ends, 255, pen, cv2.LINE_AA, 4)
    # The roots run together in a dark line.
    dark = round(min((110 if upper else 40) * strength**1.5, 230))
    edge = round(height * (0.05 if upper else 0.02))
    cover[height - edge :] = np.maximum(cover[height - edge :], dark)
    size = round(_SPAN * scale), round(8 * scale)
    return np.asarray(cv2.resize(cover, size, interpolation=cv2.INTER_AREA), np.uint8)
