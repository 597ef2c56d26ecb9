"""ICT-FaceKit's ``FaceXModel`` folder: its parts are known by the order of its vertices.

The ranges and landmarks are those its README states (MIT licence, USC Institute for Creative
Technologies); none of its geometry is here.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.head.foreign.mesh import ForeignMesh, Moves, Part
from pipeline.head.foreign.obj import ObjMesh
from pipeline.head.foreign.paint import lash_cover, skin_paint
from pipeline.head.sculpt.parameters import HEAD

POINTS, TRIANGLES = 26_719, 52_220

#: First and one past the last vertex.
RANGES: dict[str, tuple[int, int]] = {
    "skin": (0, 11_248),
    "inner": (11_248, 13_294),
    "eye_sockets": (13_294, 14_062),
    "tongue": (14_062, 17_039),
    "teeth": (17_039, 21_451),
    "eye_left": (21_451, 22_221),
    "iris_left": (22_221, 23_021),
    "eye_right": (23_021, 23_791),
    "iris_right": (23_791, 24_591),
    "lacrimal_fluid": (24_591, 24_999),
    "eye_blend": (24_999, 25_047),
    "eye_occlusion": (25_047, 25_351),
    "lashes_left": (25_351, 26_035),
    "lashes_right": (26_035, 26_719),
}
#: Film of liquid and shadow that need a transparent material; the inner shell of the eye, which
#: the outer one covers with our picture.
_NOT_DRAWN = {"lacrimal_fluid", "eye_blend", "eye_occlusion", "iris_left", "iris_right"}

LANDMARKS = (
    1225, 1888, 1052, 367, 1719, 1722, 2199, 1447, 966, 3661, 4390, 3927, 3924, 2608, 3272, 4088,
    3443, 268, 493, 1914, 2044, 1401, 3615, 4240, 4114, 2734, 2509, 978, 4527, 4942, 4857, 1140,
    2075, 1147, 4269, 3360, 1507, 1542, 1537, 1528, 1518, 1511, 3742, 3751, 3756, 3721, 3725, 3732,
    5708, 5695, 2081, 0, 4275, 6200, 6213, 6346, 6461, 5518, 5957, 5841, 5702, 5711, 5533, 6216,
    6207, 6470, 5517, 5966,
)  # fmt: skip

#: How far the eyes turn at full activation, deg: the model's shapes move the lids only.
_TURN = {"Up": (-22.0, 0.0), "Down": (26.0, 0.0), "In": (0.0, 30.0), "Out": (0.0, 30.0)}

_MATERIALS = {
    "skin": "skin", "inner": "inner", "eye_sockets": "inner", "tongue": "tongue",
    "teeth": "teeth", "eye_left": "eye", "eye_right": "eye",
    "lashes": "lashes",
}  # fmt: skip
_COLOURS = {
    "inner": (0.16, 0.03, 0.03), "eye_sockets": (0.42, 0.17, 0.13), "tongue": (0.42, 0.14, 0.12),
    "teeth": (0.72, 0.66, 0.55), "lashes": (0.012, 0.010, 0.010),
}  # fmt: skip


def is_ict(mesh: ObjMesh) -> bool:
    """Whether the folder is ICT-FaceKit's model: by its counts and its materials."""
    return (len(mesh.points), len(mesh.triangles)) == (POINTS, TRIANGLES) and {
        "M_Face", "M_ScleraLeft", "M_Teeth",
    } <= {name for name, _ in mesh.materials}  # fmt: skip


def dressed(
    mesh: ObjMesh, shapes: Mapping[str, Moves], identities: Mapping[str, Moves]
) -> ForeignMesh:
    """The folder's mesh with the studio's materials, colours, eyes and landmarks."""
    from pipeline.head.sculpt.eyes import eye_picture

    landmarks = np.array(LANDMARKS, np.int32)
    uv = np.zeros((POINTS, 2), np.float32)
    _lash_uv(mesh, uv)
    for name in ("eye_left", "eye_right"):
        run = slice(*RANGES[name])
        uv[run] = eye_uv(mesh.points[run])
    colours = np.ones((POINTS, 3), np.float32)
    skin = slice(*RANGES["skin"])
    scale = 90.0 / float(np.linalg.norm(np.subtract(*mesh.points[landmarks[[45, 36]]])))
    colours[skin] = skin_paint(mesh.points[skin] * scale, mesh.points[landmarks] * scale)
    return ForeignMesh(
        name="ICT-FaceKit",
        points=mesh.points,
        parts=tuple(_parts(mesh.triangles, uv)),
        shapes=shapes,
        colours=colours,
        landmarks=landmarks,
        identities=identities,
        turners=tuple(_turners(shapes)),
        pictures={"eye": eye_picture(320), "lash": lash_cover()},
        notices=(
            "films of tears and the eyes' shadow shells are not drawn",
            "PupilDilate moves the inner shell of the eyes, which is not drawn",
        ),
    )


def _parts(triangles: NDArray[np.int32], uv: NDArray[np.float32]) -> list[Part]:
    bounds = np.array([stop for _, stop in RANGES.values()])
    names = [name.removesuffix("_left").removesuffix("_right") if "lash" in name else name
             for name in RANGES]  # fmt: skip
    # A triangle across a border belongs to the later range: the bag's rim to the bag.
    home = np.searchsorted(bounds, triangles.max(axis=1), side="right")
    parts = []
    for name in dict.fromkeys(names):
        chosen = triangles[np.isin(home, [i for i, n in enumerate(names) if n == name])]
        if name in _NOT_DRAWN or not len(chosen):
            continue
        eye, lash = name in ("eye_left", "eye_right"), name == "lashes"
        parts.append(
            Part(
                name, chosen, _MATERIALS[name], _COLOURS.get(name, (1.0, 1.0, 1.0)),
                uv=uv if eye or lash else None, picture="eye" if eye else "",
                cover="lash" if lash else "",
            )
        )  # fmt: skip
    return parts


def eye_uv(points: NDArray[np.float64]) -> NDArray[np.float32]:
    """Place of an eyeball's vertices in the polar map that is its picture, (N, 2).

    Parameters
    ----------
    points : (N, 3)
        An eyeball that looks along z, in any unit.
    """
    centre, _ = sphere_of(points)
    ray = points - centre
    flat = np.hypot(ray[:, 0], ray[:, 1])
    polar = np.arctan2(flat, ray[:, 2]) / (np.pi * HEAD.eyes.reach)
    out = np.minimum(polar, 1.0) ** HEAD.eyes.crowding
    unit = ray[:, :2] / np.maximum(flat, 1e-9)[:, None]
    return (0.5 + 0.5 * unit * out[:, None]).astype(np.float32)


def sphere_of(points: NDArray[np.floating]) -> tuple[NDArray[np.float64], float]:
    """Centre and radius of the sphere nearest to the points (least squares)."""
    design = np.column_stack([2 * points, np.ones(len(points))])
    found = np.linalg.lstsq(design, (points**2).sum(axis=1), rcond=None)[0]
    centre = found[:3]
    return centre, float(np.sqrt(max(found[3] + centre @ centre, 0.0)))


def _turners(
    shapes: Mapping[str, Moves],
) -> list[tuple[str, str, tuple[float, float, float]]]:
    """Turn of each eyeball by each gaze shape, as rotation vectors in deg."""
    turns = []
    for side, part, outwards in (("L", "eye_left", 1.0), ("R", "eye_right", -1.0)):
        for word, (about_x, about_y) in _TURN.items():
            name = f"eyeLook{word}_{side}"
            if name in shapes:
                sign = -outwards if word == "In" else outwards
                turns.append((part, name, (about_x, sign * about_y, 0.0)))
    return turns


def _lash_uv(mesh: ObjMesh, uv: NDArray[np.float32]) -> None:
    """Places of the lashes' strips in `lash_cover`: along the lid, and from root to tip."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    for side in ("left", "right"):
        first, last = RANGES[f"lashes_{side}"]
        chosen = (mesh.triangles >= first).all(axis=1) & (mesh.triangles < last).all(axis=1)
        points, places = mesh.triangles[chosen] - first, mesh.uv_triangles[chosen]
        uv[first + points.ravel()] = mesh.uv[np.maximum(places.ravel(), 0)]
        edges = np.vstack([points[:, [0, 1]], points[:, [1, 2]]])
        graph = coo_matrix((np.ones(len(edges)), edges.T), (last - first, last - first))
        _, strip = connected_components(graph, directed=False)
        eye, _ = sphere_of(mesh.points[slice(*RANGES[f"eye_{side}"])])
        for number in range(strip.max() + 1):
            ids = first + np.flatnonzero(strip == number)
            low, high = uv[ids].min(axis=0), uv[ids].max(axis=0)
            at = (uv[ids] - low) / np.maximum(high - low, 1e-9)
            away = np.linalg.norm(mesh.points[ids] - eye, axis=1)
            tip, root = away[at[:, 1] > 0.5].mean(), away[at[:, 1] <= 0.5].mean()
            along = at[:, 1] if tip > root else 1 - at[:, 1]
            uv[ids] = np.column_stack([at[:, 0] + 0.29 * number, along])
