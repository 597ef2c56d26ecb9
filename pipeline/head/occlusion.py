"""Which share of the light from each direction reaches each vertex of a head.

Baked once per head from its neutral form: the head is splatted into a depth buffer per
direction (a shadow map after L. Williams, "Casting curved shadows on curved surfaces", 1978).
In front of a surface the share is its visibility; behind it, what comes through thin tissue,
falling exponentially with the path inside (after C. Dachsbacher and M. Stamminger,
"Translucent shadow maps", 2003): ears and wings of the nose glow against the light.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.head.model import HeadModel

#: Surfaces that cast no shadow here: too thin for the buffer, or inside others. Light comes
#: through locks, which the buffer would take for solid.
_CAST_NONE = ("brows", "lashes", "hairline", "wisps", "locks", "beard", "whiskers")

_WORKERS = 2
_MOUTH, _LIDS = 1.0, 0.95  # how much of what is baked opened counts
_THIN = 5.0  # times the mean share from behind: 1


@dataclass(frozen=True)
class Baking:
    """How finely light is baked (mm).

    Parameters
    ----------
    directions : int
        Over the whole sphere.
    cell : float
        Side of a cell of the depth buffer.
    per_cell : float
        Samples of the surface per cell.
    lift : float
        How far a vertex is moved along its normal before it looks for what hides it.
    bias, soft : float
        Depth that does not count as hidden, and over which hiding sets in.
    through : float
        Path in tissue after which 1/e of the light is left.
    opened : tuple of (str, float)
        Expression in which the inside of the mouth and the lids' folds are lit: closed and
        opened they are not seen.
    mouth_radius, shut, lips : float
        Skin so near the mouth that gets less than `shut` of any light is lit so too, by the
        factor `lips`: the walls between the lips.
    scattered : float
        Least share of the light in the mouth.
    """

    directions: int = 128
    cell: float = 2.3
    per_cell: float = 3.6
    lift: float = 1.0
    bias: float = 0.7
    soft: float = 1.8
    through: float = 2.0
    opened: tuple[tuple[str, float], ...] = (
        ("AU25", 0.8), ("AU26", 0.9), ("AU12", 0.3), ("AU43", 1.0),
    )  # fmt: skip
    mouth_radius: float = 38.0
    shut: float = 0.35
    lips: float = 0.6
    scattered: float = 0.24


BAKING = Baking()


@lru_cache(maxsize=4)
def _sphere(count: int) -> NDArray[np.float32]:
    index = np.arange(count) + 0.5
    up = 1 - 2 * index / count
    around = np.pi * (1 + 5**0.5) * index
    flat = np.sqrt(1 - up * up)
    return np.stack([flat * np.cos(around), up, flat * np.sin(around)], 1).astype(np.float32)


def directions(count: int) -> NDArray[np.float32]:
    """Unit vectors spread evenly over the sphere (Fibonacci lattice), (count, 3)."""
    return _sphere(count).copy()


def surface_samples(
    vertices: NDArray[np.floating], faces: NDArray[np.integer], spacing: float, seed: int = 5
) -> NDArray[np.float32]:
    """Points on triangles, one per ``spacing**2`` mm2 and at least one each, (S, 3)."""
    a, b, c = (vertices[faces[:, k]].astype(np.float32) for k in range(3))
    area = 0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1)
    wanted = area / spacing**2
    rng = np.random.default_rng(seed)
    count = np.maximum(np.floor(wanted + rng.random(len(wanted))), 1).astype(np.int64)
    face = np.repeat(np.arange(len(faces)), count)
    u, v = rng.random((2, len(face), 1), dtype=np.float32)
    over = (u + v) > 1
    u, v = np.where(over, 1 - u, u), np.where(over, 1 - v, v)
    return a[face] + u * (b - a)[face] + v * (c - a)[face]


def shares(
    points: NDArray[np.floating],
    normals: NDArray[np.floating],
    casters: NDArray[np.floating],
    baking: Baking = BAKING,
    *,
    front: bool = False,
) -> NDArray[np.uint8]:
    """Share of the light from each direction that reaches points, (D, N) uint8.

    Parameters
    ----------
    points, normals : (N, 3)
        mm; normals of unit length.
    casters : (S, 3)
        Samples of all surfaces that hide others.
    front : bool
        Only from the front half; nothing comes from behind.
    """
    lifted = np.asarray(points, np.float32) + baking.lift * np.asarray(normals, np.float32)
    lifted = np.ascontiguousarray(lifted.T)
    casters = np.ascontiguousarray(np.asarray(casters, np.float32).T)
    toward = directions(baking.directions)
    facing = np.asarray(normals, np.float32)

    def one(ray: NDArray[np.float32]) -> NDArray[np.uint8]:
        if front and ray[2] < 0:
            return np.zeros(len(facing), np.uint8)
        side = np.cross(ray, [0, 0, 1] if abs(ray[2]) < 0.8 else [1, 0, 0])
        side /= np.linalg.norm(side)
        frame = np.stack([side / baking.cell, np.cross(ray, side) / baking.cell, ray])
        frame = frame.astype(np.float32)
        return _from_one_side(frame @ lifted, facing @ ray, frame @ casters, baking)

    with ThreadPoolExecutor(_WORKERS) as pool:
        return np.stack(list(pool.map(one, toward)))


def _from_one_side(
    seen: NDArray[np.float32],
    facing: NDArray[np.floating],
    casters: NDArray[np.float32],
    baking: Baking,
) -> NDArray[np.uint8]:
    """Shares for light along the third row, depths towards it; the others count cells."""
    low = np.floor(casters[:2].min(1, keepdims=True)) - 2
    size = (np.ceil(casters[:2].max(1) - low[:, 0]) + 3).astype(np.int64)
    depth = np.full(size[0] * size[1], -1e9, np.float32)
    cell = (casters[:2] - low).astype(np.int64)
    np.maximum.at(depth, cell[0] * size[1] + cell[1], casters[2])
    place = np.clip(seen[:2] - low - np.float32(0.5), 0, (size - 2).astype(np.float32)[:, None])
    corner = place.astype(np.int64)
    across, up = place - corner.astype(np.float32)
    start = corner[0] * size[1] + corner[1]
    front = facing > 0
    most = np.where(front, baking.bias + baking.soft, 5 * baking.through).astype(np.float32)
    path = np.zeros(seen.shape[1], np.float32)
    for step, weight in (
        (0, (1 - across) * (1 - up)), (1, (1 - across) * up),
        (size[1], across * (1 - up)), (size[1] + 1, across * up),
    ):  # fmt: skip
        gap = depth[start + step] - seen[2]
        path += weight * np.clip(gap, 0, most, out=gap)
    hidden = np.clip(1 - (path - baking.bias) / baking.soft, 0, 1)
    # From behind, the lift lengthened the way through the tissue.
    path = np.maximum(path - baking.lift * np.maximum(-facing, 0), 0)
    share = np.where(front, hidden, np.exp(-path / baking.through))
    return (share * 255 + 0.5).astype(np.uint8)


def arriving_light(model: HeadModel, baking: Baking = BAKING) -> NDArray[np.uint8]:
    """`shares` of all vertices of a head, (D, N) uint8.

    The inside of the mouth is baked with the mouth a little open.
    """
    out = _baked(model, model.vertices, baking, np.arange(len(model.vertices)))
    some, gain = _seen_when_open(model, out, baking)
    if len(some):
        opened, _ = model.deform(dict(baking.opened))
        lit = _baked(model, opened, baking, some, front=True) * gain
        # Wet walls and teeth throw what light there is to each other.
        scattered = np.where(gain == _MOUTH, 255 * baking.scattered, 0)
        out[:, some] = np.maximum(out[:, some], np.maximum(lit, scattered).astype(np.uint8))
    return _smoothed(model, out)


def _seen_when_open(
    model: HeadModel, arriving: NDArray[np.uint8], baking: Baking
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Vertices that an open mouth or closed lids show, and how much of the light counts."""
    inside = np.zeros(len(model.vertices), bool)
    for surface in model.surfaces:
        if _in_mouth(surface.material or surface.name):
            inside[surface.start : surface.stop] = True
    gain = np.where(inside, _MOUTH, baking.lips)
    if len(model.landmarks):
        mouth = model.vertices[model.landmarks[48:]].mean(0)
        near = np.linalg.norm(model.vertices - mouth, axis=1) < baking.mouth_radius
        shut = arriving.max(0) < baking.shut * 255
        skin = model.surfaces[0]
        near[skin.stop :] = False
        inside |= near & shut
    lids = np.zeros(len(inside), bool)
    lids[model.lids] = True
    gain[lids & ~inside] = _LIDS
    some = np.flatnonzero(inside | lids)
    return some, gain[some].astype(np.float32)


def _smoothed(model: HeadModel, arriving: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Half of each vertex' share from its neighbours: the samples' noise is not the head's."""
    import scipy.sparse as sp

    count = len(model.vertices)
    edges = np.vstack(
        [
            s.faces[:, pair].astype(np.int64) + s.start
            for s in model.surfaces
            for pair in ([0, 1], [1, 2], [2, 0])
        ]
    )
    ends = np.vstack([edges, edges[:, ::-1]]).T
    graph = sp.csr_array((np.ones(ends.shape[1], np.float32), (ends[0], ends[1])), (count, count))
    degree = np.maximum(np.asarray(graph.sum(1)).ravel(), 1e-6)
    alone = degree < 1
    blur = sp.diags_array((0.55 / degree).astype(np.float32)) @ graph
    out = arriving
    for row in out:
        share = row.astype(np.float32)
        for _ in range(2):
            share = np.where(alone, share, 0.45 * share + blur @ share)
        row[:] = share + 0.5
    return out


def _in_mouth(material: str) -> bool:
    return material.startswith(("teeth", "tongue", "gum", "inner", "mouth"))


def _baked(
    model: HeadModel,
    vertices: NDArray[np.float32],
    baking: Baking,
    some: NDArray[np.int64],
    front: bool = False,
) -> NDArray[np.uint8]:
    spacing = baking.cell / baking.per_cell**0.5
    casters = np.vstack(
        [
            surface_samples(vertices[s.start : s.stop], s.faces, spacing)
            for s in model.surfaces
            if s.name not in _CAST_NONE and len(s.faces)
        ]
    )
    normals = model.normals[some]
    normals = normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-9)
    return shares(vertices[some], normals, casters, baking, front=front)


def with_arriving_light(model: HeadModel) -> HeadModel:
    """The head with its light baked; as it is where that has been done."""
    if model.arriving.size:
        return model
    return replace(model, arriving=arriving_light(model))


def openness(arriving: NDArray[np.uint8], normals: NDArray[np.floating]) -> NDArray[np.float32]:
    """Ambient light that arrives, cosine-weighted, (N,) float32 in [0, 1]."""
    toward = directions(len(arriving))
    total, got = np.zeros(len(normals), np.float32), np.zeros(len(normals), np.float32)
    for ray, share in zip(toward, arriving, strict=True):
        cosine = np.maximum(normals @ ray, 0).astype(np.float32)
        total += cosine
        got += cosine * share
    return got / (255 * np.maximum(total, 1e-6))


def thinness(arriving: NDArray[np.uint8], normals: NDArray[np.floating]) -> NDArray[np.float32]:
    """How much light comes through from behind, (N,) float32: 0 on a cheek, near 1 on an ear."""
    total, got = 1e-6, np.zeros(len(normals), np.float32)
    for ray, share in zip(directions(len(arriving)), arriving, strict=True):
        behind = np.maximum(-(normals @ ray) - 0.35, 0).astype(np.float32)
        total = total + behind
        got += behind * share
    return np.clip(_THIN * got / (255 * total), 0, 1).astype(np.float32)


def from_lamp(
    arriving: NDArray[np.uint8], toward: NDArray[np.floating], size: float
) -> NDArray[np.float32]:
    """Share of a lamp's light that arrives, (N,) float32 in [0, 1].

    Parameters
    ----------
    arriving : (D, N) uint8
    toward : (3,)
        Unit vector to the lamp, in the head's frame.
    size : float
        Half angle that the lamp fills, rad; its edge is soft.
    """
    cosine = directions(len(arriving)) @ np.asarray(toward, np.float32)
    # A bell as wide as the lamp, but never narrower than the directions stand apart.
    spread = max(size, 2.0 / len(arriving) ** 0.5)
    weight = np.exp((cosine - 1) / (spread * spread / 2))
    weight[weight < 0.02 * weight.max()] = 0
    weight /= weight.sum() * 255
    out = np.zeros(arriving.shape[1], np.float32)
    for index in np.flatnonzero(weight):
        out += np.float32(weight[index]) * arriving[index]
    return out
