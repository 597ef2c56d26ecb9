"""Tiny heads in OBJ folders, made in the tests, with the quirks that real files have."""

from __future__ import annotations

import numpy as np

#: A bulged grid that faces the viewer, y up, z forward, in centimetres.
COLUMNS, ROWS = 9, 11


def grid():
    """Points (N, 3) and quads (M, 4) of a face-like sheet."""
    x, y = np.meshgrid(np.linspace(-8, 8, COLUMNS), np.linspace(-11, 11, ROWS))
    z = 6 - 0.05 * x**2 - 0.02 * y**2
    points = np.stack([x, y, z], -1).reshape(-1, 3)
    index = np.arange(COLUMNS * ROWS).reshape(ROWS, COLUMNS)
    quads = np.stack([index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]], -1)
    return points, quads.reshape(-1, 4)


def smile():
    """A displacement of the sheet's lower half, (N, 3)."""
    points, _ = grid()
    amount = np.exp(-((points[:, 1] + 5) ** 2) / 8)
    return np.stack([0.3 * points[:, 0] * amount / 8, 0.8 * amount, 0 * amount], -1)


def obj_text(points, faces, *, head="", corner="{}", number="{:.9g}", end="\n", colours=None):
    """An OBJ; `corner` formats a 1-based index."""
    lines = [head] if head else []
    for i, point in enumerate(points):
        extra = [] if colours is None else list(colours[i])
        lines.append("v " + " ".join(number.format(v) for v in (*point, *extra)))
    for face in faces:
        lines.append("f " + " ".join(corner.format(i + 1) for i in face))
    return end.join(lines) + end


def write_folder(folder, *, neutral="neutral", shapes=None, **how):
    """A folder with a neutral and shapes (name to displacement)."""
    folder.mkdir(exist_ok=True)
    points, faces = grid()
    (folder / f"{neutral}.obj").write_text(obj_text(points, faces, **how), newline="")
    for name, move in (shapes if shapes is not None else {"mouthSmile_L": smile()}).items():
        (folder / f"{name}.obj").write_text(obj_text(points + move, faces, **how), newline="")
    return folder
