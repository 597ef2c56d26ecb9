"""The AU bases that turn a face's motion into activations, made from the head."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import HeadError
from pipeline.face import (
    FlowBasis,
    LandmarkBasis,
    save_flow_basis,
    save_landmark_basis,
)
from pipeline.face.anatomy import RIGID, with_cheeks
from pipeline.face.basis import face_mask
from pipeline.face.canonical import CANON, from_canonical
from pipeline.face.similarity import apply_similarity, fit_similarity
from pipeline.head.measure.dense import DenseDisplacement, dense_displacement
from pipeline.head.model import HeadModel
from pipeline.head.scene.camera import Camera
from pipeline.head.sculpt.landmarks import project_landmarks

#: The 19 units of CASME II; the rest would only compete with them for the same motion.
BASIS_UNITS = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 16, 17, 18, 20, 24, 25, 26, 38)
BLINKS = ("AU43_L", "AU43_R")
#: Far away, so that perspective is that of a portrait, and large, so that px don't round.
FRONTAL = Camera(distance=1200.0, fov=14.0)
_SIZE = (1024, 1024)
#: Shapes are measured at this activation, where micro-expressions live, and scaled up.
ACTIVATION = 0.3
_SOFTEN = 0.7  # cells; flow does not resolve the lips' slit either


def basis_names(model: HeadModel) -> tuple[str, ...]:
    """Track names of the basis columns, left and right apart where the head has sides."""
    wanted = tuple(f"AU{unit}" for unit in BASIS_UNITS)
    return tuple(n for n in model.shape_names if n.partition("_")[0] in wanted)


def landmark_basis(model: HeadModel) -> LandmarkBasis:
    """Displacement of the 70 key points per unit at full activation, fraction of IOD.

    Like the key weights they are compared with, the columns have the motion of the rigid set
    taken off (similarity).
    """
    names = basis_names(model)
    neutral = project_landmarks(model, {}, FRONTAL, _SIZE)
    iod = float(np.linalg.norm(neutral[45] - neutral[36]))

    def column(name: str) -> NDArray[np.float32]:
        moved = project_landmarks(model, {name: ACTIVATION}, FRONTAL, _SIZE)
        laid = apply_similarity(fit_similarity(moved[RIGID], neutral[RIGID]), moved)
        change = with_cheeks(laid) - with_cheeks(neutral)
        return (change / (iod * ACTIVATION)).astype(np.float32).ravel()

    return LandmarkBasis(
        names,
        np.stack([column(name) for name in names], 1),
        np.stack([column(name) for name in BLINKS], 1),
    )


def flow_basis(model: HeadModel) -> FlowBasis:
    """Dense fields per unit on the canonical grid at full activation, fraction of IOD."""
    dense = dense_displacement(model, FRONTAL, _SIZE, activation=ACTIVATION)
    grid = from_canonical(dense.landmarks)
    names = basis_names(model)
    mask = face_mask()
    fields = _on_grid(dense, grid, names)
    blink = _on_grid(dense, grid, BLINKS)
    return FlowBasis(names, fields * mask[..., None], blink * mask[..., None], mask)


def _on_grid(
    dense: DenseDisplacement, grid: NDArray[np.float64], names: tuple[str, ...]
) -> NDArray[np.float32]:
    from scipy.interpolate import LinearNDInterpolator
    from scipy.ndimage import gaussian_filter

    rows = [dense.names.index(name) for name in names]
    values = np.moveaxis(dense.displacements[rows], 0, 1).reshape(len(dense.points), -1)
    between = LinearNDInterpolator(dense.points, values / dense.iod, fill_value=0.0)
    fields = between(grid.reshape(-1, 2)).reshape(CANON, CANON, len(rows), 2)
    fields = gaussian_filter(np.moveaxis(fields, 2, 0), (0, _SOFTEN, _SOFTEN, 0))
    return fields.astype(np.float32)


def write_bases(model: HeadModel, folder: str | Path) -> tuple[Path, Path]:
    """Write both bases into a folder and return their paths.

    Raises
    ------
    HeadError
        If the folder cannot be written to.
    """
    target = Path(folder)
    landmarks, flow = target / "landmark_basis.npz", target / "flow_basis.npz"
    try:
        target.mkdir(parents=True, exist_ok=True)
        save_landmark_basis(landmarks, landmark_basis(model))
        save_flow_basis(flow, flow_basis(model))
    except OSError as error:
        raise HeadError(
            f"the AU bases cannot be written ({error.strerror or error})",
            where=target,
            remedy="Choose another folder.",
            code="head.write",
        ) from error
    return landmarks, flow
