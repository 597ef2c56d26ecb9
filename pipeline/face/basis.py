"""What each action unit does to a face at full activation, on landmarks and densely.

Both are shipped as data made from the head, so that this room need not know the head.
A file is an ``.npz`` without pickled objects:

- flow basis: ``names`` (K,) text, ``fields`` (K, 56, 56, 2) float32, ``blink`` (B, 56, 56, 2)
  float32, ``mask`` (56, 56) bool; displacement on the canonical grid, fraction of IOD.
- landmark basis: ``names`` (K,) text, ``B`` (140, K) float32, and optionally ``blink``
  (140, N) float32; x0, y0, x1, ... of the 70 key points, fraction of IOD.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import FaceError
from pipeline.core.labels import split_track
from pipeline.core.paths import replacing
from pipeline.core.vision import cv2
from pipeline.face.anatomy import N_KEY_POINTS
from pipeline.face.canonical import CANON, canonical_shape
from resources import resource

FLOW_BASIS = "data/flow_basis.npz"
LANDMARK_BASIS = "data/landmark_basis.npz"
_MOST_BYTES = 64 << 20
_REMEDY = "Make it again with 'python main.py head --basis'"


@dataclass(frozen=True)
class FlowBasis:
    """Dense fields of the action units.

    Parameters
    ----------
    names : tuple of str
        Track names, ``AU12_L``.
    fields : (K, 56, 56, 2) float32, fraction of IOD
        At full activation, left and right apart.
    blink : (B, 56, 56, 2) float32
        Lid motion that must not read as an action unit.
    mask : (56, 56) bool
        Cells that count.
    """

    names: tuple[str, ...]
    fields: NDArray[np.float32] = field(repr=False)
    blink: NDArray[np.float32] = field(repr=False)
    mask: NDArray[np.bool_] = field(repr=False)


@dataclass(frozen=True)
class LandmarkBasis:
    """Displacement of the 70 key points at full activation of each action unit.

    Parameters
    ----------
    names : tuple of str
    B : (140, K) float32, fraction of IOD
    blink : (140, N) float32
        Lid motion that must not read as an action unit; N may be 0.
    """

    names: tuple[str, ...]
    B: NDArray[np.float32] = field(repr=False)
    blink: NDArray[np.float32] = field(
        default_factory=lambda: np.zeros((2 * N_KEY_POINTS, 0), np.float32), repr=False
    )


def face_mask(grow: int = 2) -> NDArray[np.bool_]:
    """Convex hull of the mean face on the canonical grid, grown by some cells, (56, 56)."""
    hull = cv2.convexHull(np.rint(canonical_shape() * CANON - 0.5).astype(np.int32))
    mask = np.zeros((CANON, CANON), np.uint8)
    cv2.fillConvexPoly(mask, hull, 1)
    return cv2.dilate(mask, np.ones((2 * grow + 1, 2 * grow + 1), np.uint8)).astype(bool)


def load_flow_basis(path: Path | None = None) -> FlowBasis:
    """Read a flow basis; the shipped one if no path is given.

    Raises
    ------
    FaceError
        If the file is missing, damaged, or of another shape.
    """
    path = resource(FLOW_BASIS) if path is None else path
    arrays = _read(path, ("names", "fields", "blink", "mask"))
    count = len(arrays["names"])
    side = (CANON, CANON)
    _check(path, arrays["fields"], (count, *side, 2))
    _check(path, arrays["blink"], (len(arrays["blink"]), *side, 2))
    _check(path, arrays["mask"], side)
    return FlowBasis(
        _names(path, arrays["names"]),
        arrays["fields"].astype(np.float32),
        arrays["blink"].astype(np.float32),
        arrays["mask"].astype(bool),
    )


def load_landmark_basis(path: Path | None = None) -> LandmarkBasis:
    """Read a landmark basis; the shipped one if no path is given.

    Raises
    ------
    FaceError
        If the file is missing, damaged, or of another shape.
    """
    path = resource(LANDMARK_BASIS) if path is None else path
    arrays = _read(path, ("names", "B"))
    _check(path, arrays["B"], (2 * N_KEY_POINTS, len(arrays["names"])))
    basis = LandmarkBasis(_names(path, arrays["names"]), arrays["B"].astype(np.float32))
    if "blink" not in arrays:
        return basis
    blink = arrays["blink"]
    _check(path, blink, (2 * N_KEY_POINTS, blink.shape[-1] if blink.ndim else 0))
    return LandmarkBasis(basis.names, basis.B, blink.astype(np.float32))


def save_flow_basis(path: Path, basis: FlowBasis) -> None:
    """Write a flow basis, whole or not at all."""
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(
            file, names=np.array(basis.names), fields=basis.fields, blink=basis.blink,
            mask=basis.mask,
        )  # fmt: skip


def save_landmark_basis(path: Path, basis: LandmarkBasis) -> None:
    """Write a landmark basis, whole or not at all."""
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, names=np.array(basis.names), B=basis.B, blink=basis.blink)


def _read(path: Path, wanted: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MOST_BYTES:
                raise FaceError("This basis file is too large to be one", where=path)
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except FileNotFoundError as error:
        raise FaceError("The AU basis is missing", where=path, remedy=_REMEDY) from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise FaceError("The AU basis cannot be read", where=path, remedy=_REMEDY) from error
    missing = [name for name in wanted if name not in arrays]
    if missing:
        raise FaceError(f"The AU basis lacks '{missing[0]}'", where=path, remedy=_REMEDY)
    return arrays


def _check(path: Path, array: NDArray[Any], shape: tuple[int, ...]) -> None:
    if array.shape != shape or array.dtype.kind not in "fbiu" or not np.isfinite(array).all():
        raise FaceError("The AU basis has a wrong shape or values", where=path, remedy=_REMEDY)


def _names(path: Path, names: NDArray[Any]) -> tuple[str, ...]:
    try:
        found = tuple(str(name) for name in names)
        for name in found:
            split_track(name)
    except (TypeError, ValueError) as error:
        raise FaceError("The AU basis names no AU tracks", where=path, remedy=_REMEDY) from error
    return found
