"""Hair: a closed layer over the scalp that thins out at its rim, and locks over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.head.sculpt import scalp
from pipeline.head.sculpt.fall import curtain_locks, curtain_sheet
from pipeline.head.sculpt.knot import knot
from pipeline.head.sculpt.locks import filled_share, locks, wisps
from pipeline.head.sculpt.meshes import PartMesh
from pipeline.head.sculpt.noise import value_noise
from pipeline.head.sculpt.parameters.hair import HairDetail
from pipeline.head.sculpt.parameters.styles import SHORT, HairStyle
from pipeline.head.sculpt.polygonise import SkinMesh, vertex_normals
from pipeline.head.sculpt.scalp import Combed, Points, unit
from pipeline.head.sculpt.sdf import Field, smoothstep
from pipeline.head.sculpt.strand_maps import locks_picture, shell_picture, within
from pipeline.head.sculpt.tone import Tone, tone_of

_RIM = 0.25  # of the closed layer's picture
_REPEATS = 12  # of that picture around the head
_FARTHEST = np.deg2rad(150.0)  # from the whorl that hair can grow

#: Pictures of the surfaces that `hair_parts` makes.
PICTURES: Mapping[str, Mapping[str, str]] = {
    "hair": {"cover": "shell"},
    "hairline": {"cover": "shell"},
    "locks": {"cover": "locks"},
    "wisps": {"cover": "locks"},
}

_BROWN = tone_of("dark brown")


def hair_parts(
    skin: SkinMesh, detail: HairDetail, style: HairStyle = SHORT, tone: Tone = _BROWN
) -> dict[str, PartMesh]:
    """Meshes of a cut by the surfaces' names; none for a bald head."""
    if not style.guides:
        return {}
    combed = Combed(style)
    core, rim = _shell(skin, detail, combed, tone)
    closed = [core]
    if style.knot:
        closed.append(knot(skin, style, detail, tone))
    if style.fall:
        closed += curtain_sheet(skin, style, detail, tone)
    made = {"hair": joined(closed)}
    if style.fall:
        made["locks"] = curtain_locks(skin, style, detail, tone)
    elif style.density:
        made["locks"] = locks(skin, detail, combed, tone)
    made["hairline"] = rim
    made["wisps"] = wisps(skin, detail, combed, tone)
    return made


def hair_pictures(
    detail: HairDetail, style: HairStyle = SHORT, tone: Tone = _BROWN
) -> dict[str, NDArray[np.uint8]]:
    """Pictures that the surfaces of `hair_parts` refer to."""
    if not style.guides:
        return {}
    height = detail.map_height
    single = "straight" if style.strand == "braided" else style.strand
    return {
        "shell": shell_picture(height, _RIM, tone, style.strand),
        "locks": locks_picture(height, tone, single),
    }


def joined(parts: Sequence[PartMesh]) -> PartMesh:
    """Parts with bindings and map coordinates as one."""
    starts = np.cumsum([0, *(len(p.vertices) for p in parts)])
    return PartMesh(
        np.vstack([p.vertices for p in parts]),
        np.vstack([p.faces + start for p, start in zip(parts, starts, strict=False)]),
        np.vstack([p.normals for p in parts]),
        np.vstack([p.colours for p in parts]),
        binding=sp.vstack([p.binding for p in parts if p.binding is not None]).tocsr(),
        uv=np.vstack([p.uv for p in parts if p.uv is not None]),
    )


def _edge(style: HairStyle, azimuth: Field) -> Field:
    """Angle from the whorl at which the hair ends, for each azimuth."""
    polar = np.linspace(0.03, _FARTHEST, 100)
    a, p = np.meshgrid(azimuth, polar, indexing="ij")
    places = scalp.on_scalp(scalp.whorl_rays(style, p.ravel(), a.ravel()))
    level = scalp.growth(places, style.hairline).reshape(a.shape)
    beyond = level < 0
    first = np.where(beyond.any(1), beyond.argmax(1), len(polar) - 1)
    rows = np.arange(len(azimuth))
    before, after = level[rows, first - 1], level[rows, first]
    part = np.clip(before / np.maximum(before - after, 1e-6), 0, 1)
    return polar[first - 1] + part * (polar[1] - polar[0])


def _shell(
    skin: SkinMesh, detail: HairDetail, combed: Combed, tone: Tone
) -> tuple[PartMesh, PartMesh]:
    """The closed layer as a disc of rings about the whorl: what covers all, and its rim."""
    style = combed.style
    around = detail.around
    azimuth = np.linspace(-np.pi, np.pi, around + 1)  # the last column repeats the first
    edge = _edge(style, azimuth)
    inner = np.maximum(edge - 1.3 * style.fade / 95.0, 0.4 * edge)
    core = np.linspace(0.0, 1, detail.rows)[:, None] * inner
    rim = inner + np.linspace(0, 1, detail.rim_rows + 1)[1:, None] * (edge - inner)
    polar = np.vstack([core, rim])
    rows = len(polar)
    base = scalp.on_scalp(
        scalp.whorl_rays(style, polar.ravel(), np.tile(azimuth, rows))
    )  # fmt: skip
    outwards = scalp.normals_at(base)
    depth = np.maximum(scalp.growth(base, style.hairline), 0)
    lumps = 1 + style.lumps * (
        0.25 * value_noise(base, 14.0, 71) + 0.15 * value_noise(base, 6.0, 72)
    )
    volume = combed.at(base)[3]
    rounded = np.maximum(16.0, 1.1 * volume)
    if style.fall:  # beneath the curtain, which lies close at the parting
        volume = volume * smoothstep(0, 34, 105 * polar.ravel()) * 0.85
    lift = filled_share(style, detail) * volume * lumps * smoothstep(0, 1, depth / rounded) + 0.35
    vertices = base + outwards * lift[:, None]
    v = np.vstack(
        [np.broadcast_to(np.linspace(0, 1 - _RIM, detail.rows)[:, None], core.shape),
         1 - _RIM + _RIM * np.broadcast_to(
             np.linspace(0, 1, detail.rim_rows + 1)[1:, None], rim.shape)]
    )  # fmt: skip
    uv = np.column_stack([np.tile(np.linspace(0, _REPEATS, around + 1), rows), within(v.ravel())])
    faces = _grid(rows, around + 1)
    shading = _smooth_seam(vertex_normals(vertices, faces), rows)
    flip = (shading * outwards).sum() < 0
    if flip:
        faces, shading = faces[:, ::-1].copy(), -shading
    shade = (0.70 + 0.25 * lumps[:, None]) * (0.85 + 0.15 * smoothstep(0, 12, depth))[:, None]
    colours = tone.root * shade + 0.35 * (tone.tip - tone.root)
    binding = scalp.bound(skin, base)
    split = detail.rows * (around + 1)
    inside = faces.min(1) < split - around - 1
    parts = []
    for chosen in (inside, ~inside):
        used, local = np.unique(faces[chosen], return_inverse=True)
        parts.append(
            PartMesh(vertices[used], local.reshape(-1, 3), shading[used], colours[used],
                     binding=binding[used], uv=uv[used])
        )  # fmt: skip
    return parts[0], parts[1]


def _grid(rows: int, columns: int) -> NDArray[np.int64]:
    """Faces of a grid of vertices, row by row."""
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(columns - 1), indexing="ij")
    a = (i * columns + j).ravel()
    b, c = a + 1, a + columns
    return np.vstack([np.column_stack([a, c, b]), np.column_stack([b, c, c + 1])])


def _smooth_seam(normals: Points, rows: int) -> Points:
    """The first and last column of a closed grid share their normals."""
    grid = normals.reshape(rows, -1, 3).copy()
    grid[:, 0] = grid[:, -1] = grid[:, 0] + grid[:, -1]
    return unit(grid.reshape(-1, 3))
