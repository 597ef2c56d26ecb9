"""What the studio's own GLB says of the head beyond glTF, so that it comes back as it was."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.head.foreign.gltf_file import GltfFile
from pipeline.head.foreign.mesh import ForeignMesh

#: ``asset.generator`` of files written here, and the key of our own extras.
GENERATOR, EXTRAS = "Tell Studio", "tellHead"


@dataclass(frozen=True)
class Own:
    """Our own extras of a file.

    Parameters
    ----------
    name : str
    landmarks : tuple of (surface, place)
        dlib's points, m.
    correctives : mapping of target to names
    """

    name: str
    landmarks: tuple[tuple[str, NDArray[np.float64]], ...]
    correctives: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, file: GltfFile) -> Own | None:
        """The extras, None where another program wrote the file."""
        asset = file.table(file.json.get("asset"))
        extras = asset.get("extras")
        if asset.get("generator") != GENERATOR or not isinstance(extras, dict):
            return None
        own = file.table(extras.get(EXTRAS))
        if not own:
            return None
        landmarks = []
        for row in file.rows(own.get("landmarks")):
            name, *place = file.rows(row) or [""]
            landmarks.append((str(name), file.numbers(place, 3, [])))
        correctives = {
            str(name): tuple(str(n) for n in file.rows(names))
            for name, names in file.table(own.get("correctives")).items()
        }
        return cls(str(own.get("name", file.path.stem)), tuple(landmarks), correctives)

    def undone(self, mesh: ForeignMesh) -> ForeignMesh:
        """The mesh in mm, in our place, with its landmarks and correctives."""
        points = mesh.points * 1000.0
        shapes = {n: (ids, 1000.0 * deltas) for n, (ids, deltas) in mesh.shapes.items()}
        used = {part.name: np.unique(part.triangles) for part in mesh.parts}
        places = [_nearest(mesh.points, used.get(name), at) for name, at in self.landmarks]
        correctives = {
            name: names
            for name, names in self.correctives.items()
            if name in shapes and names and all(n in shapes for n in names)
        }
        return replace(
            mesh,
            name=mesh.name if self.name == "builtin" else self.name,
            points=points,
            shapes=shapes,
            landmarks=np.array(places, np.int32) if len(places) == 68 else None,
            correctives=correctives,
            placed=True,
        )


def _nearest(
    points: NDArray[np.float64], ids: NDArray[np.int32] | None, place: NDArray[np.float64]
) -> int:
    """The point at a place, among some; -1 where there are none."""
    if ids is None or not len(ids):
        return -1
    return int(ids[np.linalg.norm(points[ids] - place, axis=1).argmin()])
