"""Eyes: the eyeball with its cornea and picture, caruncle and plica, the tears' strip.

The picture is a polar map: its middle is the pupil, its radius a power of the angle from it, so
that it reaches round the eyeball and no edge comes into view when the eye turns. Its alpha
marks the iris: up to a half how much it is iris, beyond that how much of the inner colour it
has. Within the iris it is grey; the shader tints it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.head.sculpt.anatomy import EYE_CENTRE, EYE_RADIUS, lid_margins
from pipeline.head.sculpt.meshes import (
    PartMesh,
    grained,
    grid_faces,
    outwards,
    part,
    superellipsoid,
)
from pipeline.head.sculpt.noise import value_noise
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.detail import Detail
from pipeline.head.sculpt.parameters.eyes import EyeParameters, IrisParameters
from pipeline.head.sculpt.polygonise import SkinMesh
from pipeline.head.sculpt.sdf import Field, bell, smoothstep
from pipeline.head.sculpt.skin import linear

_NEIGHBOURS = 4  # skin vertices that a point of the tears' strip follows


@lru_cache(maxsize=2)
def eye_picture(size: int = 512, eyes: EyeParameters = HEAD.eyes) -> NDArray[np.uint8]:
    """Polar map of an eyeball, (size, size, 4) uint8: square roots of linear colour, iris."""
    place = (np.arange(size) + 0.5) / size * 2 - 1
    across, up = np.meshgrid(place, -place)
    angle = np.arctan2(up, across)
    polar = np.hypot(across, up) ** (1 / eyes.crowding) * np.pi * eyes.reach
    radius = EYE_RADIUS * np.sin(np.minimum(polar, np.pi / 2))
    edge = smoothstep(0.55, -0.45, radius - eyes.iris.radius)
    box = np.ix_((edge > 0).any(1), (edge > 0).any(0))
    iris, inner = np.zeros((2, size, size))
    iris[box], inner[box] = _iris(radius[box], angle[box], eyes.iris)
    beyond = np.maximum(radius - eyes.iris.radius, 0) / (0.6 * eyes.iris.limbus_width)
    ring = 1 - (1 - eyes.iris.limbus_dark) * bell(beyond)
    white = _sclera(polar, angle, eyes) * ring[..., None]
    colour = white + edge[..., None] * (iris[..., None] - white)
    cover = edge * (1 + inner) / 2
    picture = np.dstack([np.sqrt(np.clip(colour, 0, 1)), cover])
    return np.asarray(picture * 255 + 0.5, np.uint8)


def _noise(*coordinates: Field, seed: int) -> Field:
    """Value noise of unit scale over 3 coordinates of one shape, -1 to 1."""
    shape = coordinates[0].shape
    points = np.column_stack([np.broadcast_to(c, shape).ravel() for c in coordinates])
    return 2 * value_noise(points, 1.0, seed).reshape(shape)


def _iris(radius: Field, angle: Field, iris: IrisParameters) -> tuple[Field, Field]:
    """Grey of the iris and the share of its inner colour."""
    t = np.clip((radius - iris.pupil) / (iris.radius - iris.pupil), 0, 1)
    turn = iris.fibres / (2 * np.pi)
    c, s = np.cos(angle), np.sin(angle)
    fibres = 0.6 * _noise(c * turn, s * turn, t * 1.6, seed=1)
    fibres += 0.4 * _noise(c * turn * 2.1, s * turn * 2.1, t * 2.4, seed=2)
    wander = 0.06 * _noise(c * 4, s * 4, 0 * t, seed=3) + 0.03 * _noise(
        c * 13, s * 13, 0 * t, seed=4
    )
    from_collarette = t - iris.collarette - wander
    grey = iris.brightness * (1 + iris.fibre_gain * fibres)
    grey *= 1 + 0.45 * bell(from_collarette / 0.07) - 0.18 * smoothstep(0.05, -0.2, from_collarette)
    cells = _noise(c * iris.crypts / 6.3, s * iris.crypts / 6.3, t * 2.2, seed=5)
    crypts = smoothstep(0.25, 0.6, cells) * bell((from_collarette - 0.16) / 0.16)
    grey *= 1 - iris.crypt_depth * crypts
    furrows = np.cos((t + wander) * 34) * smoothstep(0.5, 0.7, t)
    grey *= 1 - iris.furrow_gain * furrows * smoothstep(-0.2, 0.5, _noise(c * 3, s * 3, t, seed=6))
    width = iris.limbus_width / (iris.radius - iris.pupil)
    grey *= 1 - (1 - iris.limbus_dark) * smoothstep(1 - 2.2 * width, 1.0, t)
    grey *= 0.35 + 0.65 * smoothstep(0.0, 0.07, t)  # the pupil's ruff
    pupil = smoothstep(iris.pupil + 0.12, iris.pupil - 0.12, radius)
    inner = smoothstep(iris.inner_reach, iris.collarette * 0.6, t + 2.2 * wander + 0.08 * fibres)
    return np.maximum(grey, 0.01) * (1 - pupil) + 0.002 * pupil, inner


def _sclera(polar: Field, angle: Field, eyes: EyeParameters) -> NDArray[np.float64]:
    """White that is not white: warmer and redder towards the rear, with a few fine veins."""
    degrees = np.rad2deg(polar)
    c, s = np.cos(angle), np.sin(angle)
    cloud = 0.5 * _noise(c * 3, s * 3, polar * 3, seed=7) + 0.3 * _noise(
        c * 11, s * 11, polar * 9, seed=8
    )
    rear = smoothstep(eyes.rear_start, eyes.rear_end, degrees + 6 * cloud)[..., None]
    colour = linear(eyes.sclera) * (1 - rear) + linear(eyes.rear) * rear
    colour = colour * (1 + 0.05 * cloud[..., None])
    turn = eyes.veins / (2 * np.pi)
    bend = 0.35 * _noise(c * 5, s * 5, polar * 7, seed=9) / turn
    vc, vs = np.cos(angle + bend), np.sin(angle + bend)
    thread = np.abs(_noise(vc * turn, vs * turn, polar * 2.5, seed=10))
    veins = smoothstep(0.035, 0.0, thread) * smoothstep(30, 62, degrees)
    veins *= eyes.vein_strength * smoothstep(-0.3, 0.4, _noise(c * 4, s * 4, polar * 4, seed=11))
    return np.asarray(colour * (1 - veins[..., None]) + linear(eyes.vein) * veins[..., None])


def eyeball(side: int, detail: Detail, eyes: EyeParameters = HEAD.eyes) -> PartMesh:
    """An eyeball with its cornea; `side` +1 is the subject's left."""
    ring = detail.ring
    rings = eyes.rings[detail.level]
    share = np.arange(1, rings + 1) / rings
    around = np.linspace(0, 2 * np.pi, ring, endpoint=False)
    k, a = (g.ravel() for g in np.meshgrid(share, around, indexing="ij"))
    k, a = np.r_[0.0, k], np.r_[0.0, a]
    ray, radius = _cornea(k, a, eyes)
    slopes = [(_surface(k + dk, a + da, eyes)) for dk, da in ((1e-4, 0), (0, 1e-4))]
    vertices = ray * radius[:, None]
    normals = np.cross(slopes[0] - vertices, slopes[1] - vertices)
    normals[0] = (0, 0, 1)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    first = np.arange(ring)
    fan = np.stack([np.zeros(ring, np.int64), first + 1, (first + 1) % ring + 1], -1)
    faces = np.vstack([fan, grid_faces(rings, ring) + 1])
    turn = np.deg2rad(eyes.turn_out)
    c, s = np.cos(turn), np.sin(turn)
    outwards_turn = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    mirror = np.array([side, 1, 1])
    made = PartMesh(
        (vertices @ outwards_turn.T + EYE_CENTRE) * mirror,
        faces if side > 0 else faces[:, ::-1].copy(),
        (normals @ outwards_turn.T) * mirror,
        np.zeros((0, 3)),
    )
    made.uv = 0.5 + 0.5 * k[:, None] * np.column_stack([np.cos(a), np.sin(a)])
    return made


def _surface(k: Field, a: Field, eyes: EyeParameters) -> NDArray[np.float64]:
    ray, radius = _cornea(k, a, eyes)
    return np.asarray(ray * radius[:, None])


def _cornea(k: Field, a: Field, eyes: EyeParameters) -> tuple[NDArray[np.float64], Field]:
    """Direction and radius at the picture's radius `k` and angle `a`."""
    polar = k ** (1 / eyes.crowding) * np.pi * eyes.reach
    flat = EYE_RADIUS * np.sin(np.minimum(polar, np.pi / 2))
    bulge = eyes.cornea_height * np.clip(1 - (flat / eyes.cornea_radius) ** 2, 0, 1) ** 1.25
    ray = np.column_stack([np.sin(polar) * np.cos(a), np.sin(polar) * np.sin(a), np.cos(polar)])
    return ray, EYE_RADIUS + bulge


def _both(points: NDArray[np.float64], faces: NDArray[np.int64], code: str) -> PartMesh:
    """A part of the left eye and its mirror image."""
    both = np.vstack([points, points * [-1, 1, 1]])
    colours = grained(linear(code), np.vstack([points, points]), 0.6, 5, 0.25)
    return part(both, np.vstack([faces, faces[:, ::-1] + len(points)]), colours)


def caruncle(detail: Detail, eyes: EyeParameters = HEAD.eyes) -> PartMesh:
    """The pink corner of both eyes with the fold of conjunctiva beside it."""
    ring = eyes.caruncle_ring[detail.level]
    knob, faces = superellipsoid((0, 0, 0), eyes.caruncle_radii, 1.0, ring - 2, ring)
    knob = knob + EYE_CENTRE + eyes.caruncle_centre
    fold, fold_faces = superellipsoid((0, 0, 0), eyes.plica_radii, 1.0, ring - 2, ring)
    x = eyes.plica_place
    upper, lower = lid_margins(np.array([x]))
    y = float(upper[0] + lower[0]) / 2
    z = float(np.sqrt(EYE_RADIUS**2 - x * x - y * y))
    bow = 0.35 * (fold[:, 1] / eyes.plica_radii[1]) ** 2
    fold = fold - np.column_stack([bow, 0 * bow, 0 * bow]) + EYE_CENTRE + [x, y, z]
    pieces = (
        _both(knob, outwards(knob, faces), eyes.caruncle_colour),
        _both(fold, outwards(fold, fold_faces), eyes.plica_colour),
    )
    return joined(pieces)


def joined(pieces: tuple[PartMesh, ...]) -> PartMesh:
    """Several rigid pieces as one part."""
    starts = np.r_[0, np.cumsum([len(p.vertices) for p in pieces])]
    return part(
        np.vstack([p.vertices for p in pieces]),
        np.vstack([p.faces + s for p, s in zip(pieces, starts[:-1], strict=True)]),
        np.vstack([p.colours for p in pieces]),
    )


def tears(skin: SkinMesh, detail: Detail, eyes: EyeParameters = HEAD.eyes) -> PartMesh:
    """The wet strip between eyeball and lower lid, which follows the lid."""
    import scipy.sparse as sp
    from scipy.spatial import cKDTree

    steps = max(10, detail.ring * 3 // 4)
    face = HEAD.face
    x = np.linspace(face.inner_canthus + 2.2, face.outer_canthus - 1.2, steps)
    _, lower = lid_margins(x)
    rows = []
    for rise, over in ((1.0, eyes.tear_over_eye), (0.25, 0.4), (-0.35, eyes.tear_on_lid)):
        y = lower + rise * eyes.tear_height
        radius = EYE_RADIUS + over
        rows.append(np.column_stack([x, y, np.sqrt(radius**2 - x * x - y * y)]))
    left = np.stack(rows, 1).reshape(-1, 3) + EYE_CENTRE
    i, j = np.meshgrid(np.arange(steps - 1), np.arange(2), indexing="ij")
    a = (i * 3 + j).ravel()
    faces = np.vstack([np.stack([a, a + 1, a + 3], -1), np.stack([a + 3, a + 1, a + 4], -1)])
    made = _both(left, faces, eyes.tear_colour)
    on_lid = np.tile(np.repeat(np.arange(steps), 3) * 3 + 2, 2)
    on_lid[len(left) :] += len(left)
    below = np.flatnonzero(skin.vertices[:, 1] < made.vertices[:, 1].max())
    distance, near = cKDTree(skin.vertices[below]).query(made.vertices[on_lid], _NEIGHBOURS)
    weights = 1 / (np.asarray(distance) + 0.1)
    weights /= weights.sum(1, keepdims=True)
    row = np.repeat(np.arange(len(on_lid)), _NEIGHBOURS)
    made.binding = sp.csr_matrix(
        (weights.ravel(), (row, below[near].ravel())), (len(on_lid), len(skin.vertices))
    )
    return made
