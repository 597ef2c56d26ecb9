"""A head and the shapes of a rig as Wavefront OBJ: one topology, one file per shape."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import ExportError
from pipeline.exchange.writing import check_folder, whole_text
from pipeline.head.model import HeadModel
from pipeline.head.rig.rig import NO_RIG, Rig

#: Files are in centimetres, as Maya has them.
_CENTIMETRE = 0.1
NEUTRAL = "neutral"


def write_obj(
    path: str | Path,
    model: HeadModel,
    weights: Mapping[str, float] | None = None,
    *,
    rig: Rig = NO_RIG,
) -> Path:
    """Write the head as it is under weights, whole or not at all; centimetres, y up.

    Shapes add up in straight lines, as whoever imports the file will add them; vertices stand in
    the model's order, a material for each surface.

    Raises
    ------
    ExportError
        If a weight moves nothing or the file cannot be written.
    """
    from pipeline.head.rig.shapes import rigged

    weights = weights or {}
    head = rigged(model, rig)
    unknown = head.unknown(weights)
    if unknown:
        raise ExportError(
            f"the head has no {', '.join(unknown[:6])}", where=path,
            remedy="Name its shapes", code="export.shape",
        )  # fmt: skip
    return _write(Path(path), _moved(head, weights), _faces(model))


def write_obj_folder(folder: str | Path, model: HeadModel, rig: Rig) -> list[Path]:
    """Write ``neutral.obj`` and a file for each frozen shape at full activation.

    The folder can be loaded as a head again. Other files in it stay.

    Returns
    -------
    list of Path
        The neutral first, then the shapes in the list's order.

    Raises
    ------
    ExportError
        If the rig has no shapes that this head can show, or a file cannot be written.
    """
    from pipeline.head.rig.capture import capture_points
    from pipeline.head.rig.moves import frozen

    folder = Path(folder)
    if not rig.shapes or not len(capture_points(model)):
        why = "the rig has no frozen shapes" if not rig.shapes else (
            "the points of this head's face are not known, so no shape can be made on it"
        )  # fmt: skip
        raise ExportError(
            why, where=folder, remedy="Freeze manipulators as a shape first"
            if not rig.shapes else "Name its 68 points first", code="export.empty",
        )  # fmt: skip
    check_folder(folder)
    faces = _faces(model)
    written = [_write(folder / f"{NEUTRAL}.obj", model.vertices, faces)]
    for shape in rig.shapes:
        moves = frozen(model, shape)
        vertices = model.vertices.astype(float)
        vertices[moves.ids] += moves.deltas
        written.append(_write(folder / f"{shape.name}.obj", vertices, faces))
    return written


def _moved(head: HeadModel, weights: Mapping[str, float]) -> NDArray[np.float64]:
    """Neutral and weighted shapes, (N, 3) mm."""
    vertices = head.vertices.astype(float)
    active = head.activations(weights)
    for index in np.flatnonzero(active):
        ids, deltas = head.shape(int(index))
        vertices[ids] += float(active[index]) * deltas
    return vertices


def _write(path: Path, vertices: NDArray[np.floating], faces: str) -> Path:
    rows = "\n".join(
        "v {:.6f} {:.6f} {:.6f}".format(*row) for row in (vertices * _CENTIMETRE).tolist()
    )
    with whole_text(path) as out:
        out.write(f"# Tell Studio, centimetres\n{rows}\n{faces}")
    return path


def _faces(model: HeadModel) -> str:
    """Places in pictures and faces of all surfaces, by material."""
    lines: list[str] = []
    places = 0
    for surface in model.surfaces:
        lines += ["vt {:.6f} {:.6f}".format(*row) for row in surface.uv.tolist()]
    for surface in model.surfaces:
        if not len(surface.faces):
            continue
        lines += [f"g {surface.name}", f"usemtl {surface.name}"]
        corner = "{0}"
        if len(surface.uv):
            corner = "{0}/{1}"
        for face in surface.faces.tolist():
            corners = (corner.format(surface.start + i + 1, places + i + 1) for i in face)
            lines.append("f " + " ".join(corners))
        places += len(surface.uv)
    return "\n".join(lines) + "\n"
