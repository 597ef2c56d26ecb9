"""Another face on the same head: identity modes added to the neutral."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.head.sculpt.polygonise import vertex_normals

if TYPE_CHECKING:
    from pipeline.head.model import HeadModel, Turner


def reshaped(model: HeadModel, values: Mapping[str, float]) -> HeadModel:
    """`model` with weighted identity modes in its neutral; shapes move it as before."""
    vertices = model.vertices.copy()
    for index, name in enumerate(model.identities):
        value = float(values.get(name, 0.0))
        if value and np.isfinite(value):
            run = slice(model.identity_start[index], model.identity_start[index + 1])
            vertices[model.identity_ids[run]] += value * model.identity_deltas[run]
    if np.array_equal(vertices, model.vertices):
        return model
    _, first, same = np.unique(
        model.vertices.round(3), axis=0, return_index=True, return_inverse=True
    )
    same = same.ravel()
    faces = same[np.vstack([s.faces + s.start for s in model.surfaces])]
    # What the file's own normals add to those of its faces stays.
    own = model.normals - vertex_normals(model.vertices[first], faces)[same]
    normals = vertex_normals(vertices[first], faces)[same] + own
    moved = [_moved_turner(model, vertices, turner) for turner in model.turners]
    return replace(
        model, vertices=vertices, normals=normals.astype(np.float32), turners=tuple(moved)
    )


def _moved_turner(model: HeadModel, vertices: NDArray[np.float32], turner: Turner) -> Turner:
    run = slice(turner.start, turner.stop)
    x, y, z = np.asarray(turner.centre) + (vertices[run] - model.vertices[run]).mean(axis=0)
    return replace(turner, centre=(float(x), float(y), float(z)))
