"""The flesh of a head as one welded surface, and what lies on it and goes along.

Distances along it run over edges and over the diagonals of neighbouring triangles, then through
triangles; seams that only a picture's places cut are closed, lips and lids stay apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.head.model import HeadModel, Surface
from pipeline.head.rig.kept import Kept

if TYPE_CHECKING:
    from scipy.sparse import csc_matrix, csr_matrix

Points = NDArray[np.float64]
Ids = NDArray[np.int64]

#: Materials (or surfaces' names) that manipulators move.
FLESH = ("skin", "inner")
#: What goes along with the skin beneath, wherever it is.
_ON_FLESH = ("brows", "lashes", "tears", "caruncle", "wet")
#: What goes along where it is near, mm: fully, and not at all. Hair that stands off stays.
_HAIR_NEAR = (4.0, 14.0)
_RIGID = ("eye", "teeth", "gum", "tongue", "shirt", "cloth")
#: mm: points of one place are one point; rooms of strands are what lies that much further in.
_SAME, _ROOT = 1e-3, 1.0
#: A single strand has at most so many vertices.
_SHEET = 120
#: Parts of the flesh that touch no other (ears set on) hang on to it over this distance, mm.
_BRIDGE = 12.0
#: where the sum of all their motions differs by less: mm, and a share of it.
_ALIKE = (1.0, 0.25)
#: Vertices that an eyeball has, and how round it is, of its radius.
_LEAST_EYE, _ROUND = 20, 0.2
#: Flesh so far in, of its radius, is what lies behind it.
_BEHIND = 0.97


@dataclass(frozen=True, eq=False)
class Flesh:
    """Welded flesh of one head.

    Parameters
    ----------
    points : (W, 3) float64
        Neutral, mm.
    faces : (F, 3) int64
        Of the welded points.
    first : (W,) int64
        A vertex of the model for each point.
    point_of : (N,) int64
        Point of each of the model's vertices, -1 for what is no flesh.
    graph : (W, W) sparse
        Lengths of the ways from point to point, mm.
    share : (N, W) sparse
        How far each vertex of the model goes along with each point: its own for flesh, the
        points beneath for brows or hair, none for teeth.
    """

    points: Points
    faces: Ids
    first: Ids
    point_of: Ids
    graph: csr_matrix
    share: csc_matrix


_KNOWN: Kept[str, Flesh] = Kept()


def flesh_of(model: HeadModel) -> Flesh:
    """The flesh of a head; worked out once."""
    return _KNOWN.get(model, "", lambda: _welded(model))


def share_flesh(new: HeadModel, old: HeadModel) -> None:
    """A head that differs in its shapes alone has the same flesh."""
    _KNOWN.keep(new, "", flesh_of(old))


def is_flesh(surface: Surface, landmarks: NDArray[np.integer]) -> bool:
    """Whether manipulators move a surface: skin, the inside of the lips, what bears landmarks."""
    if surface.pictures.get("cover"):
        return False
    if (surface.material or surface.name) in FLESH:
        return True
    return bool(((landmarks >= surface.start) & (landmarks < surface.stop)).any())


def _welded(model: HeadModel) -> Flesh:
    parts = [s for s in model.surfaces if is_flesh(s, model.landmarks)] or list(model.surfaces[:1])
    ids = np.concatenate([np.arange(s.start, s.stop) for s in parts])
    triangles = np.vstack([s.faces.astype(np.int64) + s.start for s in parts])
    place = np.full(len(model.vertices), -1, np.int64)
    place[ids] = np.arange(len(ids))
    corners = place[triangles]
    same = _same_points(model, ids, corners)
    point_of = np.full(len(model.vertices), -1, np.int64)
    point_of[ids] = same
    count = int(same.max()) + 1
    first = np.zeros(count, np.int64)
    first[same[::-1]] = ids[::-1]
    points = model.vertices[first].astype(float)
    faces = _single(same[corners])
    hidden = _inside_eyeballs(model, points)
    marked = place[model.landmarks]
    hidden[same[marked[marked >= 0]]] = False
    point_of[ids[hidden[same]]] = -1
    faces = faces[~hidden[faces].any(axis=1)]
    graph = _bridged(points, faces, ~hidden, _signature(model)[first], _graph(points, faces))
    share = _shares(model, parts, points, faces, point_of)
    return Flesh(points, faces, first, point_of, graph, share)


def _single(faces: Ids) -> Ids:
    """Faces with three corners, each once: two-sided ones stand twice, front first."""
    rows = np.sort(faces, axis=1)
    real = np.flatnonzero((rows[:, 0] != rows[:, 1]) & (rows[:, 1] != rows[:, 2]))
    _, first = np.unique(rows[real], axis=0, return_index=True)
    return faces[real[np.sort(first)]]


def _same_points(model: HeadModel, ids: Ids, corners: Ids) -> Ids:
    """Number of each vertex' welded point: seams that doubled it are closed.

    Only vertices on the rim of a surface are seams, and only where all shapes move both alike:
    lips that touch are two.
    """
    count = len(ids)
    rim = np.zeros(count, bool)
    rim[_rim(corners).ravel()] = True
    motion = _signature(model)[ids]
    key = np.column_stack(
        [
            np.round(model.vertices[ids] / _SAME),
            np.round(motion, 1),
            np.where(rim, -1, np.arange(count)),
        ]
    ).astype(np.int64)
    _, same = np.unique(key, axis=0, return_inverse=True)
    return same.ravel()


def _signature(model: HeadModel) -> Points:
    """Sum of what each vertex does in all shapes, by random signs, (N, 3) mm."""
    runs = np.diff(model.shape_start)
    factor = np.repeat(np.random.default_rng(5).uniform(0.5, 1.5, len(runs)), runs)
    out = np.empty((len(model.vertices), 3))
    for axis in range(3):
        out[:, axis] = np.bincount(
            model.shape_ids, factor * model.shape_deltas[:, axis], len(model.vertices)
        )
    return out


def _rim(faces: Ids) -> Ids:
    """Edges that one triangle has alone, (E, 2)."""
    edges = np.sort(np.vstack([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    kinds, counts = np.unique(edges, axis=0, return_counts=True)
    return kinds[counts == 1]


def _graph(points: Points, faces: Ids) -> csr_matrix:
    from scipy.sparse import csr_matrix

    pairs = np.vstack([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    lengths = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)
    across, diagonals = _diagonals(points, faces)
    rows = np.r_[pairs[:, 0], pairs[:, 1], across[:, 0], across[:, 1]]
    columns = np.r_[pairs[:, 1], pairs[:, 0], across[:, 1], across[:, 0]]
    values = np.r_[lengths, lengths, diagonals, diagonals]
    # The shortest of several ways between two points.
    order = np.lexsort((values, columns, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    new = np.r_[True, (np.diff(rows) != 0) | (np.diff(columns) != 0)]
    shape = (len(points), len(points))
    return csr_matrix((np.maximum(values[new], 1e-9), (rows[new], columns[new])), shape)


def _diagonals(points: Points, faces: Ids) -> tuple[Ids, Points]:
    """Far corners of triangles with a common edge, (D, 2), and their distance unfolded."""
    edges = np.vstack([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    far = np.concatenate([faces[:, 2], faces[:, 0], faces[:, 1]])
    edges = np.sort(edges, axis=1)
    order = np.lexsort((edges[:, 1], edges[:, 0]))
    edges, far = edges[order], far[order]
    twin = np.flatnonzero((edges[:-1] == edges[1:]).all(axis=1))
    a, b = points[edges[twin]].transpose(1, 0, 2)
    one, other = _in_edge(points[far[twin]], a, b), _in_edge(points[far[twin + 1]], a, b)
    height = one[:, 1] + other[:, 1]
    crossing = one[:, 0] + (other[:, 0] - one[:, 0]) * one[:, 1] / np.maximum(height, 1e-12)
    straight = (crossing > 0) & (crossing < np.linalg.norm(b - a, axis=1))
    pairs = np.column_stack([far[twin], far[twin + 1]])[straight]
    return pairs, np.hypot(height, one[:, 0] - other[:, 0])[straight]


def _in_edge(points: Points, a: Points, b: Points) -> Points:
    """Along and across an edge from `a` to `b`, (E, 2)."""
    way = b - a
    way = way / np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-12)
    along = ((points - a) * way).sum(1)
    across = np.linalg.norm(points - a - along[:, None] * way, axis=1)
    return np.column_stack([along, across])


def _inside_eyeballs(model: HeadModel, points: Points) -> NDArray[np.bool_]:
    """Flesh behind the eyes' surface: lids are no neighbours by way of it."""
    from pipeline.head.foreign.ict import sphere_of

    hidden = np.zeros(len(points), bool)
    eyes = [model.vertices[part.start : part.stop] for part in model.turners]
    if not eyes:
        found = [s for s in model.surfaces if (s.material or s.name).startswith("eye")]
        every = [model.vertices[s.start : s.stop] for s in found]
        eyes = [p[side] for p in every for side in (p[:, 0] > 0, p[:, 0] <= 0)]
    for eye in eyes:
        if len(eye) < _LEAST_EYE:
            continue
        centre, _ = sphere_of(eye)
        distance = np.linalg.norm(eye - centre, axis=1)
        radius = float(np.median(distance))
        if distance.std() < _ROUND * radius:
            hidden |= np.linalg.norm(points - centre, axis=1) < _BEHIND * radius
    return hidden


def _bridged(
    points: Points, faces: Ids, seen: NDArray[np.bool_], motion: Points, graph: csr_matrix
) -> csr_matrix:
    """The ways, with those from islands' rims to the nearest points of the mainland.

    Only between points that all shapes move alike: ears, but no lips of two meshes.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    count, island = connected_components(graph, directed=False)
    if count == 1:
        return graph
    main = (island == np.bincount(island).argmax()) & seen
    rim = np.unique(_rim(faces))
    rim = rim[~main[rim]]
    if not len(rim):
        return graph
    inland = np.flatnonzero(main)
    distance, nearest = _query(points[inland], points[rim])
    apart = np.linalg.norm(motion[rim] - motion[inland[nearest]], axis=1)
    alike = apart < _ALIKE[0] + _ALIKE[1] * np.linalg.norm(motion[rim], axis=1)
    near = alike & (distance < _BRIDGE)
    way = np.column_stack([rim[near], inland[nearest[near]]])
    if not len(way):
        return graph
    length = np.maximum(distance[near], 1e-9)
    bridge = coo_matrix(
        (np.r_[length, length], (np.r_[way[:, 0], way[:, 1]], np.r_[way[:, 1], way[:, 0]])),
        graph.shape,
    )
    return (graph + bridge.tocsr()).tocsr()


def _shares(
    model: HeadModel, flesh: list[Surface], points: Points, faces: Ids, point_of: Ids
) -> csc_matrix:
    from scipy.sparse import csc_matrix

    own = np.flatnonzero(point_of >= 0)
    rows, columns, values = [own], [point_of[own]], [np.ones(len(own))]
    taken = {surface.name for surface in flesh}
    for surface in model.surfaces:
        near = () if surface.name in taken else _nearness(surface)
        if not near or surface.start == surface.stop:
            continue
        run = np.arange(surface.start, surface.stop)
        corners, shares, distance = _beneath(model, surface, points, faces)
        fade = np.clip((near[1] - distance) / (near[1] - near[0]), 0, 1)
        rows.append(np.repeat(run, 3))
        columns.append(corners.ravel())
        values.append((shares * fade[:, None]).ravel())
    shape = (len(model.vertices), len(points))
    made = csc_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape
    )
    made.eliminate_zeros()
    return made


def _nearness(surface: Surface) -> tuple[float, float] | tuple[()]:
    """How near a surface must be to go along, mm; empty: it does not."""
    name = surface.material or surface.name
    if name in _ON_FLESH:
        return (1e5, 2e5)
    if name.startswith(_RIGID) or surface.name.startswith(_RIGID):
        return ()
    return _HAIR_NEAR


def _beneath(
    model: HeadModel, surface: Surface, points: Points, faces: Ids
) -> tuple[Ids, Points, Points]:
    """Points of the flesh beneath each vertex of a surface, their shares, and how far off.

    A strand goes with the place that it grows from, however far its tip is; a sheet of many
    strands goes with what it lies on.
    """
    places = model.vertices[surface.start : surface.stop].astype(float)
    distance, _ = _query(points[np.unique(faces)], places)
    root = _roots(places, surface.faces.astype(np.int64), distance)
    corners, shares, _ = nearest_on(points, faces, places[root])
    return corners, shares, distance[root]


def _query(points: Points, places: Points) -> tuple[Points, Ids]:
    """Distance and number of the nearest point to each place, (P,)."""
    from scipy.spatial import cKDTree

    distance, nearest = cKDTree(points).query(places)
    return np.asarray(distance, float), np.asarray(nearest, np.int64)


def _roots(places: Points, faces: Ids, distance: Points) -> Ids:
    """For each vertex of strands the one nearest to the flesh on the same strand."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components, dijkstra

    count = len(places)
    own = np.arange(count)
    if not len(faces):
        return own
    a, b = np.vstack([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).T
    length = np.maximum(np.linalg.norm(places[a] - places[b], axis=1), 1e-6)
    graph = csr_matrix((length, (a, b)), (count, count))
    _, strand = connected_components(graph, directed=False)
    sheet = np.bincount(strand)[strand] > _SHEET
    least = np.full(strand.max() + 1, np.inf)
    np.minimum.at(least, strand, distance)
    roots = np.flatnonzero(distance <= least[strand] + _ROOT)
    _, _, source = dijkstra(
        graph, directed=False, indices=roots, min_only=True, return_predecessors=True
    )
    return np.where((source >= 0) & ~sheet, source, own)


def nearest_on(points: Points, faces: Ids, places: Points) -> tuple[Ids, Points, Points]:
    """Nearest places of a surface.

    Parameters
    ----------
    points : (W, 3)
    faces : (F, 3)
    places : (P, 3)

    Returns
    -------
    corners : (P, 3) int64
        Of the triangle each lies in.
    shares : (P, 3)
        Barycentric, in [0, 1].
    found : (P, 3)
        The places on the surface.
    """
    from scipy.spatial import cKDTree

    order, starts = _faces_by_corner(faces, len(points))
    used = np.flatnonzero(np.diff(starts))
    _, near = cKDTree(points[used]).query(places, min(4, len(used)))
    near = used[near].reshape(len(places), -1)
    counts = (starts[near + 1] - starts[near]).ravel()
    owner = np.repeat(np.repeat(np.arange(len(places)), near.shape[1]), counts)
    offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    face = order[np.repeat(starts[near.ravel()], counts) + offset]
    shares = _closest_shares(places[owner], *points[faces[face]].transpose(1, 0, 2))
    found = np.einsum("pc,pcx->px", shares, points[faces[face]])
    distance = np.linalg.norm(found - places[owner], axis=1)
    best = np.lexsort((distance, owner))
    best = best[np.r_[True, np.diff(owner[best]) != 0]]
    return faces[face[best]], shares[best], found[best]


def _faces_by_corner(faces: Ids, count: int) -> tuple[Ids, Ids]:
    """Faces sorted by corner, and where each point's begin, (count + 1,)."""
    order = np.argsort(faces.ravel(), kind="stable")
    starts = np.searchsorted(faces.ravel()[order], np.arange(count + 1))
    return order // 3, starts


def _closest_shares(p: Points, a: Points, b: Points, c: Points) -> Points:
    """Barycentric shares of the places of triangles nearest to points, (P, 3)."""

    def dot(u: Points, v: Points) -> Points:
        return np.asarray((u * v).sum(1))

    def on(u: Points, v: Points) -> tuple[Points, Points]:
        """Along an edge from u to v, and how far away, squared."""
        way = v - u
        t = np.clip(dot(p - u, way) / np.maximum(dot(way, way), 1e-18), 0, 1)
        off = p - u - t[:, None] * way
        return t, dot(off, off)

    ab, ac, ap = b - a, c - a, p - a
    d00, d01, d11, d20, d21 = dot(ab, ab), dot(ab, ac), dot(ac, ac), dot(ap, ab), dot(ap, ac)
    area = np.maximum(d00 * d11 - d01 * d01, 1e-18)
    v, w = (d11 * d20 - d01 * d21) / area, (d00 * d21 - d01 * d20) / area
    inside = (v >= 0) & (w >= 0) & (v + w <= 1)
    shares = np.column_stack([1 - v - w, v, w])
    ends, zero = [on(a, b), on(b, c), on(c, a)], np.zeros(len(p))
    edges = [
        np.column_stack([1 - ends[0][0], ends[0][0], zero]),
        np.column_stack([zero, 1 - ends[1][0], ends[1][0]]),
        np.column_stack([ends[2][0], zero, 1 - ends[2][0]]),
    ]
    nearest = np.argmin([off for _, off in ends], axis=0)
    outside = np.choose(nearest[:, None], edges)
    return np.where(inside[:, None], shares, outside)
