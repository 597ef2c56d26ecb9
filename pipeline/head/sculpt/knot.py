"""A bun: hair wound about an axis."""

from __future__ import annotations

import numpy as np

from pipeline.head.sculpt import scalp
from pipeline.head.sculpt.meshes import PartMesh
from pipeline.head.sculpt.noise import value_noise
from pipeline.head.sculpt.parameters.hair import HairDetail
from pipeline.head.sculpt.parameters.styles import HairStyle
from pipeline.head.sculpt.polygonise import SkinMesh, vertex_normals
from pipeline.head.sculpt.scalp import unit
from pipeline.head.sculpt.strand_maps import within
from pipeline.head.sculpt.tone import Tone

_REPEATS = 4  # of the picture of the closed layer


def knot(skin: SkinMesh, style: HairStyle, detail: HairDetail, tone: Tone) -> PartMesh:
    """An ellipsoid whose strands wind in a spiral from its rim to its middle."""
    made = style.knot
    assert made is not None
    around, rows = detail.around // 2, detail.rows
    axis = unit(np.array([made.axis]))[0]
    side = unit(np.cross([[0.0, 1.0, 0.0]], axis))[0]
    up = np.cross(axis, side)
    turn, lean = np.meshgrid(np.linspace(0, 2 * np.pi, around + 1), np.linspace(0.02, 2.6, rows))
    polar = np.stack([np.sin(lean) * np.cos(turn), np.sin(lean) * np.sin(turn), np.cos(lean)], -1)
    local = polar.reshape(-1, 3) * made.radii
    # A hollow in the middle and two windings.
    wound = (
        1
        + 0.07 * np.cos(2 * lean.ravel() * 2.4 + turn.ravel())
        - 0.16 * np.exp(-((lean.ravel() / 0.35) ** 2))
    )
    vertices = np.array(made.centre) + (local * wound[:, None]) @ np.stack([side, up, axis])
    vertices += 0.8 * value_noise(vertices, 9.0, 91)[:, None] * axis
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(around), indexing="ij")
    a = (i * (around + 1) + j).ravel()
    b = a + around + 1
    faces = np.vstack([np.column_stack([a, b, a + 1]), np.column_stack([a + 1, b, b + 1])])
    normals = vertex_normals(vertices, faces)
    if (normals * (vertices - made.centre)).sum() < 0:
        faces, normals = faces[:, ::-1].copy(), -normals
    # Strands run around: the picture's length goes with the turn, slowly inwards.
    u = _REPEATS * lean.ravel() / 2.6 + 0.35 * turn.ravel() / (2 * np.pi)
    v = 0.08 + 0.6 * np.abs(turn.ravel() / np.pi - 1)
    shade = 0.9 + 0.5 * (wound - 1)
    colours = (0.5 * (tone.root + tone.tip))[None] * shade[:, None]
    binding = scalp.bound(skin, np.repeat([made.centre], len(vertices), axis=0))
    return PartMesh(
        vertices, faces, normals, colours, binding=binding, uv=np.column_stack([u, within(v)])
    )
