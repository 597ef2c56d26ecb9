"""Locks: ribbons that grow out of the scalp and show strands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.head.sculpt import scalp
from pipeline.head.sculpt.ear import ear_distance
from pipeline.head.sculpt.meshes import PartMesh
from pipeline.head.sculpt.parameters.hair import HairDetail
from pipeline.head.sculpt.parameters.styles import Hairline, HairStyle
from pipeline.head.sculpt.polygonise import SkinMesh
from pipeline.head.sculpt.scalp import Combed, Points, unit
from pipeline.head.sculpt.sdf import Field, smoothstep
from pipeline.head.sculpt.strand_maps import LOCK_KINDS, WISP_KINDS, within
from pipeline.head.sculpt.tone import Tone

_COVERS_EARS = 60.0  # mm; shorter hair stays clear of the ears
_SUNK = 0.6  # mm that roots lie beneath the skin


def filled_share(style: HairStyle, detail: HairDetail) -> float:
    """Height of the closed layer as a share of the volume."""
    return style.shell + (1 - style.shell) * detail.fullness


def _roots(
    count: int, hairline: Hairline, rng: np.random.Generator, least: float, most: float = 999.0
) -> Points:
    """About `count` evenly strewn places of the scalp, so many mm inside the hairline, (n, 3).

    Jittered points of a spiral over the sphere, of which those on the scalp are kept.
    """
    share, places = 0.3, np.zeros((0, 3))
    for total in (1200, 0):
        wanted = total or round(count / share)
        index = np.arange(wanted) + 0.5
        turn = np.pi * (1 + np.sqrt(5)) * index
        height = 1 - 2 * index / wanted
        flat = np.sqrt(1 - height**2)
        rays = np.column_stack([flat * np.cos(turn), height, flat * np.sin(turn)])
        rays = unit(rays + rng.normal(0, 0.4 / np.sqrt(wanted), rays.shape))
        rays = rays[rays @ np.array([0, 0.75, -0.66]) > -0.62]
        places = scalp.on_scalp(rays)
        places = places[
            (scalp.growth(places, hairline) > least) & (scalp.hair_mask(places, hairline) < most)
        ]
        share = max(len(places) / wanted, 1e-3)
    return places


def _grown(
    combed: Combed,
    roots: Points,
    lengths: Field,
    heights: tuple[Field, Field],
    rows: int,
    rng: np.random.Generator,
) -> Points:
    """Middle lines of locks, (rows, n, 3): they rise, bend over, and stay off the skin.

    `heights` are the least ones at the ends and in the middle, mm over the skin.
    """
    style = combed.style
    outwards = scalp.normals_at(roots)
    lift = combed.at(roots)[2]
    away = rng.normal(0, style.jitter, (len(roots), 3))
    phase, swing = rng.uniform(0, 2 * np.pi, len(roots)), rng.uniform(0.4, 1.0, len(roots))
    # Within the hair only what stands out of the closed layer is made.
    line = [roots + outwards * (0.8 * heights[0] - _SUNK)[:, None]]
    step = lengths / (rows - 1)
    substeps = max(1, round(float(step.max()) / 14))
    place = line[0]
    for row in range(1, rows):
        for part in range(substeps):
            t = (row - 1 + part / substeps) / (rows - 1)
            normals = scalp.normals_at(place)
            flow = combed.directions(place, normals) + away
            rise = lift * (1 - 1.5 * t)
            fallen = style.gravity * t * lengths / 100.0
            towards = flow + normals * rise[:, None] - fallen[:, None] * [0, 1, 0]
            across = np.cross(towards, normals)
            wave = np.cos(phase + 2 * np.pi * t * lengths / style.curl_length)
            towards = unit(towards) + across * (
                style.curl * swing * wave * 2 * np.pi / style.curl_length
            )[:, None]  # fmt: skip
            place = place + unit(towards) * (step / substeps)[:, None]
            off = scalp.distance_with_ears(place)
            arch = np.sin(np.pi * (0.12 + 0.76 * t))
            least = heights[0] + (heights[1] - heights[0]) * arch
            place = place + normals * np.clip(least - off, 0, 8)[:, None]
        line.append(place)
    return np.stack(line)


def ribbons(
    skin: SkinMesh,
    line: Points,
    outwards: Points,
    widths: Field,
    kinds: NDArray[np.int64],
    shades: Field,
    tone: Tone,
    roots: Points,
) -> PartMesh:
    """Ribbons along middle lines, lying on the head.

    Parameters
    ----------
    line, outwards : (rows, n, 3)
        Their middle lines and the normals of what they lie on: shading follows these, so
        that single ribbons don't stand out like leaves.
    widths, kinds, shades : (n,)
        mm, columns of the picture of locks, factors of brightness.
    roots : (n, 3)
        Places of the skin with which they move.
    """
    rows, count = line.shape[:2]
    along = unit(np.gradient(line, axis=0).reshape(-1, 3)).reshape(line.shape)
    across = unit(np.cross(along, outwards).reshape(-1, 3)).reshape(line.shape)
    up = np.cross(across, along)
    t = np.linspace(0, 1, rows)[:, None]
    half = 0.5 * widths * (0.85 + 0.3 * np.sin(np.pi * t)) * (1 - 0.25 * t)
    sides = [line + across * (half * way)[..., None] for way in (-1, 1)]
    normals = [unit((outwards + 0.25 * up + 0.18 * way * across).reshape(-1, 3))
               for way in (-1, 1)]  # fmt: skip
    vertices = np.stack(sides, 2).reshape(-1, 3)
    shading = np.stack([n.reshape(rows, count, 3) for n in normals], 2).reshape(-1, 3)
    index = np.arange(rows * count * 2).reshape(rows, count, 2)
    a, b = index[:-1, :, 0].ravel(), index[:-1, :, 1].ravel()
    c, d = index[1:, :, 0].ravel(), index[1:, :, 1].ravel()
    faces = np.vstack([np.column_stack([a, b, c]), np.column_stack([b, d, c])])
    total = LOCK_KINDS + WISP_KINDS
    margin = 0.04
    u = np.stack([(kinds + margin) / total, (kinds + 1 - margin) / total], -1)
    uv = np.stack(
        [
            np.broadcast_to(u, (rows, count, 2)),
            np.broadcast_to(within(t)[..., None], (rows, count, 2)),
        ],
        -1,
    )
    mix = np.broadcast_to(t, (rows, count))[..., None]
    colours = (tone.root * (1 - mix) + tone.tip * mix) * shades[:, None]
    colours = np.repeat(colours[:, :, None], 2, 2).reshape(-1, 3)
    binding = scalp.bound(skin, roots)
    owner = np.broadcast_to(np.arange(count)[None, :, None], (rows, count, 2)).ravel()
    return PartMesh(
        vertices, faces, shading, colours, binding=binding[owner], uv=uv.reshape(-1, 2)
    )  # fmt: skip


def _on_head(
    skin: SkinMesh, line: Points, widths: Field, kinds: NDArray[np.int64], shades: Field, tone: Tone
) -> PartMesh:  # fmt: skip
    outwards = scalp.normals_at(line.reshape(-1, 3)).reshape(line.shape)
    return ribbons(skin, line, outwards, widths, kinds, shades, tone, line[0])


def _beside_ears(line: Points) -> Field:
    """Least distance of each lock (rows, n, 3) to the ears, (n,)."""
    x, y, z = line.reshape(-1, 3).T
    return ear_distance(np.abs(x), y, z).reshape(line.shape[:2]).min(0)


def locks(skin: SkinMesh, detail: HairDetail, combed: Combed, tone: Tone) -> PartMesh:
    """Locks over the closed layer, in layers from the skin up to the full volume."""
    rng = np.random.default_rng(17)
    style = combed.style
    roots = _roots(
        round(detail.locks * style.density), style.hairline, rng, 1.5, detail.locks_within
    )
    # The hairline is left to the rim and the wisps, but for the fringe.
    fringe = (roots[:, 2] > -45) & (roots[:, 1] > 45)
    short = combed.at(roots)[1] < _COVERS_EARS
    clear = scalp.growth(roots, style.hairline) > np.where(fringe, 4.0, np.where(short, 9.0, 3.0))
    roots = roots[clear]
    _, length, _, volume = combed.at(roots)
    count = len(roots)
    layer = rng.random(count)
    lengths = length * rng.uniform(0.75, 1.15, count) * (0.8 + 0.2 * layer)
    inside = smoothstep(0, 18, scalp.growth(roots, style.hairline))
    filled = filled_share(style, detail)
    low = filled * volume * inside * 1.12 + 0.4
    high = low + (1 - filled) * volume * layer * (0.2 + 0.8 * inside)
    line = _grown(combed, roots, lengths, (low, high), detail.lock_rows, rng)
    keep = (_beside_ears(line) > 2.0) | (length > _COVERS_EARS)
    line, lengths, layer = line[:, keep], lengths[keep], layer[keep]
    count = len(lengths)
    # Fewer locks are made wider, so that they cover alike; short ones narrower.
    wide = style.lock_width * min(np.sqrt(480 / detail.locks) ** 0.55, 1.3)
    widths = wide * np.clip(lengths / 30, 0.6, 1.3) * rng.uniform(0.75, 1.25, count)
    kinds = rng.integers(0, LOCK_KINDS, count)
    shades = (0.82 + 0.22 * layer) * rng.uniform(0.95, 1.05, count)
    if style.strand == "coily":  # what stands out of the mass, not what lies on it
        shades = 0.85 * shades
    return _on_head(skin, line, widths, kinds, shades, tone)


def wisps(skin: SkinMesh, detail: HairDetail, combed: Combed, tone: Tone) -> PartMesh:
    """Sparse short hair about the hairline, which softens it."""
    rng = np.random.default_rng(19)
    style = combed.style
    places = _roots(detail.wisps, style.hairline, rng, 4.5, 10.0)
    places = places[_beside_ears(places[None]) > 7.0]
    count = len(places)
    lengths = np.clip(combed.at(places)[1] * 0.5, 5, 13) * rng.uniform(0.6, 1.2, count)
    line = _grown(combed, places, lengths, (np.zeros(count), np.full(count, 0.8)), 3, rng)
    kinds = LOCK_KINDS + rng.integers(0, WISP_KINDS, count)
    widths = np.clip(0.45 * lengths, 3.5, 7)
    return _on_head(skin, line, widths, kinds, np.full(count, 0.95), tone)
