"""The head as arrays: surfaces, sparse shapes, and their blend."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.head.sculpt.anatomy import EYE_CENTRE, EYE_RADIUS
from pipeline.head.sculpt.parameters.detail import LODS, Lod

#: mm kept between lid and eyeball, where the neutral lid has as much.
LID_CLEARANCE = 0.5

_TRACK = re.compile(r"AU(\d{1,2})(?:_([LR]))?")
_ALIASES = {"45": "43"}  # a blink is a short closure


@dataclass(frozen=True, eq=False)
class Surface:
    """A run of the head's vertices that is drawn with one material.

    Parameters
    ----------
    name : str
        Material: ``"skin"``, ``"inner"``, ``"brows"``, ...
    start, stop : int
        Its vertices in the model.
    faces : (M, 3) int32
        Relative to `start`.
    colours : (P, 3) uint8, sRGB; empty where there is a texture
    uv : (P, 2) float32; empty where there is no texture
    """

    name: str
    start: int
    stop: int
    faces: NDArray[np.int32]
    colours: NDArray[np.uint8]
    uv: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class HeadModel:
    """Built-in head at one level of detail.

    Parameters
    ----------
    name, lod : str
    vertices, normals : (N, 3) float32
        Neutral, mm; the skin comes first.
    surfaces : tuple of Surface
    shape_names : tuple of str
        ``"AU12_L"``, ``"AU17"``, ...
    shape_start : (K + 1,) int64
        Runs of the shapes in the next three arrays.
    shape_ids : (S,) int32
        Vertices that move.
    shape_deltas, shape_normals : (S, 3) float32
        Displacement (mm) and change of the normal at full activation.
    landmarks : (68,) int32
        Vertices of dlib's points.
    lids : (L,) int32
        Vertices kept off the eyeball.
    detail, hair_detail, eye : (H, W, 3) uint8
        Detail maps of skin and hair (empty at draft) and picture of an eyeball.
    """

    name: str
    lod: Lod
    vertices: NDArray[np.float32]
    normals: NDArray[np.float32]
    surfaces: tuple[Surface, ...]
    shape_names: tuple[str, ...]
    shape_start: NDArray[np.int64]
    shape_ids: NDArray[np.int32]
    shape_deltas: NDArray[np.float32]
    shape_normals: NDArray[np.float32]
    landmarks: NDArray[np.int32]
    lids: NDArray[np.int32]
    detail: NDArray[np.uint8]
    hair_detail: NDArray[np.uint8]
    eye: NDArray[np.uint8]

    @property
    def height(self) -> float:
        """Height of the head from chin to vertex, mm."""
        chin = float(self.vertices[self.landmarks[8], 1])
        skin = self.surface("hair") or self.surfaces[0]
        return float(self.vertices[skin.start : skin.stop, 1].max()) - chin

    def surface(self, name: str) -> Surface | None:
        """The surface of that name."""
        return next((s for s in self.surfaces if s.name == name), None)

    def targets(self, name: str) -> tuple[int, ...]:
        """Shapes a weight of that name moves; empty when the head has none.

        ``AU12`` moves both sides, ``AU45`` is ``AU43``, a side of a midline unit is the unit.
        """
        match = _TRACK.fullmatch(name)
        if match is None:
            return ()
        number, side = _ALIASES.get(match[1], match[1]), match[2]
        wanted = {f"AU{number}"}
        wanted |= {f"AU{number}_{side}"} if side else {f"AU{number}_L", f"AU{number}_R"}
        return tuple(i for i, shape in enumerate(self.shape_names) if shape in wanted)

    def unknown(self, weights: Iterable[str]) -> tuple[str, ...]:
        """Names the head has no shape for."""
        return tuple(name for name in weights if not self.targets(name))

    def activations(self, weights: Mapping[str, float]) -> NDArray[np.float32]:
        """Weight of each shape, (K,) float32 in [0, 1]; of several for one shape the largest.

        Unknown names are left out, as is what is not finite.
        """
        out = np.zeros(len(self.shape_names), np.float32)
        for name, value in weights.items():
            if np.isfinite(value):
                for index in self.targets(name):
                    out[index] = max(out[index], min(float(value), 1.0))
        return out

    def shape(self, index: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Vertices that a shape moves and their displacement in mm at full activation."""
        run = slice(self.shape_start[index], self.shape_start[index + 1])
        return self.shape_ids[run], self.shape_deltas[run]

    def deform(
        self, weights: Mapping[str, float]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Blend the shapes.

        Returns
        -------
        vertices, normals : (N, 3) float32
            mm; normals are sums of precomputed changes and not of unit length.
        """
        vertices, normals = self.vertices.copy(), self.normals.copy()
        active = self.activations(weights)
        for index in np.flatnonzero(active):
            run = slice(self.shape_start[index], self.shape_start[index + 1])
            ids, weight = self.shape_ids[run], active[index]
            vertices[ids] += weight * self.shape_deltas[run]
            normals[ids] += weight * self.shape_normals[run]
        if active.any():
            self._keep_lids_off_eyes(vertices)
        return vertices, normals

    def _keep_lids_off_eyes(self, vertices: NDArray[np.float32]) -> None:
        """Push lids out to the eyeball: sums of displacements cut through the sphere."""
        neutral = self.vertices[self.lids]
        centre = np.where(neutral[:, :1] > 0, EYE_CENTRE, EYE_CENTRE * [-1, 1, 1])
        least = np.linalg.norm(neutral - centre, axis=1)
        least = np.minimum(least, EYE_RADIUS + LID_CLEARANCE)
        ray = vertices[self.lids] - centre
        radius = np.linalg.norm(ray, axis=1)
        inside = radius < least
        pushed = centre[inside] + ray[inside] * (least[inside] / radius[inside])[:, None]
        vertices[self.lids[inside]] = pushed

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Plain arrays for a file."""
        arrays: dict[str, NDArray[Any]] = {
            f.name: getattr(self, f.name) for f in fields(self) if f.name not in _NOT_ARRAYS
        }
        arrays["name"] = np.array(self.name)
        arrays["lod"] = np.array(self.lod)
        arrays["shape_names"] = np.array(self.shape_names)
        arrays["surface_names"] = np.array([s.name for s in self.surfaces])
        arrays["surface_runs"] = np.array([(s.start, s.stop) for s in self.surfaces])
        for index, surface in enumerate(self.surfaces):
            arrays[f"faces_{index}"] = surface.faces
            arrays[f"colours_{index}"] = surface.colours
            arrays[f"uv_{index}"] = surface.uv
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> HeadModel:
        """Model from `to_arrays`.

        Raises
        ------
        KeyError, ValueError
            If an array is missing or the parts don't fit each other.
        """
        lod = str(arrays["lod"])
        if lod not in LODS:
            raise ValueError(f"unknown level of detail {lod!r}")
        surfaces = tuple(
            Surface(
                str(name), int(run[0]), int(run[1]),
                arrays[f"faces_{i}"], arrays[f"colours_{i}"], arrays[f"uv_{i}"],
            )
            for i, (name, run) in enumerate(
                zip(arrays["surface_names"], arrays["surface_runs"], strict=True)
            )
        )  # fmt: skip
        plain = {f.name: arrays[f.name] for f in fields(cls) if f.name not in _NOT_ARRAYS}
        names = tuple(str(n) for n in arrays["shape_names"])
        if plain["shape_start"][-1] != len(plain["shape_ids"]) or len(names) + 1 != len(
            plain["shape_start"]
        ):
            raise ValueError("shapes don't fit their index")
        return cls(
            name=str(arrays["name"]),
            lod=lod,  # type: ignore[arg-type]
            surfaces=surfaces,
            shape_names=names,
            **plain,
        )


_NOT_ARRAYS = {"name", "lod", "surfaces", "shape_names"}
