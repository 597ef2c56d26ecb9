"""The tongue: a body from the root up over its back to a tip behind the lower teeth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.head.sculpt.meshes import PartMesh, grid_faces
from pipeline.head.sculpt.noise import value_noise
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.detail import Detail
from pipeline.head.sculpt.parameters.mouth import MouthParameters
from pipeline.head.sculpt.polygonise import vertex_normals
from pipeline.head.sculpt.sdf import Field, bell, smoothstep, spline_through
from pipeline.head.sculpt.skin import linear
from pipeline.head.sculpt.teeth import Arch


def _spine(mouth: MouthParameters) -> NDArray[np.float64]:
    """Middle line of the upper surface from the root to the tip, (200, 2): y, z."""
    knots = (mouth.tongue_root, mouth.tongue_back, mouth.tongue_top, mouth.tongue_tip)
    return spline_through(knots, 200)


def along(points: NDArray[np.floating], mouth: MouthParameters = HEAD.mouth) -> Field:
    """Place of the resting tongue's points along it: 0 at the root, 1 at the tip."""
    from scipy.spatial import cKDTree

    spine = _spine(mouth)
    _, nearest = cKDTree(spine).query(points[:, 1:])
    return np.asarray(nearest / (len(spine) - 1.0))


def tongue(detail: Detail, mouth: MouthParameters = HEAD.mouth) -> PartMesh:
    """The tongue at rest in the lower jaw; it follows the jaw."""
    rings, around = mouth.tongue_grid[detail.level]
    t = np.sin(np.linspace(0, 1, rings) * np.pi / 2)
    phi = np.arange(around) / around * 2 * np.pi + np.pi / 2
    tt, pp = (g.ravel() for g in np.meshgrid(t, phi, indexing="ij"))
    spine = _spine(mouth)
    place = np.linspace(0, 1, len(spine))
    y, z = np.interp(tt, place, spine[:, 0]), np.interp(tt, place, spine[:, 1])
    blunt = np.sqrt(np.clip(1 - np.clip((tt - 0.72) / 0.28, 0, 1) ** 2.4, 0, 1))
    room = Arch(False, mouth).room(z) - mouth.tongue_from_teeth
    width = np.minimum(mouth.tongue_width, room) * (0.12 + 0.88 * blunt)
    thick = mouth.tongue_thickness * (1 - 0.55 * tt) * (0.15 + 0.85 * blunt)
    c, s = np.cos(pp), np.sin(pp)
    x = width * np.sign(c) * np.abs(c) ** 0.8
    top = thick * (np.sign(s) * np.abs(s) ** 0.9 - 1)
    groove = mouth.tongue_groove * bell(x / 2.6) * (s > 0.3) * np.sin(np.pi * tt) ** 0.7
    points = np.column_stack([x, y + top - groove, z - 0.25 * top * (1 - tt)])
    end = points[-around:].mean(0)
    points = np.vstack([points, end])
    first = (rings - 1) * around + np.arange(around)
    cap = np.stack([first, np.full(around, len(points) - 1), np.roll(first, -1)], -1)
    faces = np.vstack([grid_faces(rings, around), cap])
    normals = vertex_normals(points, faces)
    if (normals * (points - points.mean(0))).sum() < 0:
        faces, normals = faces[:, ::-1].copy(), -normals
    made = PartMesh(points, faces, normals, _colours(points, np.r_[s, 0.0], mouth))
    made.jaw = True
    return made


def _colours(
    points: NDArray[np.float64], height: Field, mouth: MouthParameters
) -> NDArray[np.float64]:
    """Paler papillae on the back, a redder rim, a dark underside."""
    above = smoothstep(0.1, 0.8, height)[:, None]
    below = smoothstep(-0.1, -0.7, height)[:, None]
    side, under = linear(mouth.tongue_side), linear(mouth.tongue_under)
    colours = side * (1 - above) + linear(mouth.tongue_colour) * above
    colours = colours * (1 - below) + under * below
    grain = 1 + 0.22 * value_noise(points, 0.8, 4) + 0.14 * value_noise(points, 2.4, 6)
    deep = 0.45 + 0.55 * smoothstep(-34, 2, points[:, 2])
    middle = 1 - 0.22 * bell(points[:, 0] / 1.8) * (height > 0.3)
    return np.asarray(colours * (grain * deep * middle)[:, None])
