"""Long hair: a curtain that falls from the parting over skull, ears, neck and shoulders."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pipeline.head.sculpt import scalp
from pipeline.head.sculpt.ear import head_distance
from pipeline.head.sculpt.locks import ribbons
from pipeline.head.sculpt.meshes import PartMesh
from pipeline.head.sculpt.noise import value_noise
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.hair import HairDetail
from pipeline.head.sculpt.parameters.styles import Fall, HairStyle
from pipeline.head.sculpt.polygonise import SkinMesh, gradient
from pipeline.head.sculpt.scalp import Points, unit
from pipeline.head.sculpt.sdf import Field, smoothstep
from pipeline.head.sculpt.shirt import body_distance
from pipeline.head.sculpt.strand_maps import LOCK_KINDS, within
from pipeline.head.sculpt.tone import Tone

_CENTRE = np.array(HEAD.hair.scalp_centre)
_COLUMNS, _ROWS = 65, 40  # of the curtain that is worked out once
_STEP = 7.0  # mm of a fall
_ON_SKULL = 34  # steps over the skull at most, then as many as the cut wants
_FALLING = 46
_CLEAR = 4.5  # mm off skin and shirt
_CLOTH = 5.0  # mm that the shirt stands off the body
_THINS = 0.18  # share of the length over which the ends thin out
_TILE = 42.0  # mm around that one repeat of the closed layer's picture takes
_RIM = 0.25  # of that picture


@dataclass(frozen=True, eq=False)
class Curtain:
    """Middle surface of falling hair: columns from the face's one side to the other.

    Parameters
    ----------
    places, normals : (columns, rows, 3)
        From the parting (row 0) to the ends.
    """

    places: Points
    normals: Points

    def at(self, across: Field, along: Field) -> tuple[Points, Points]:
        """Places and normals at shares of width and length, (n, 3) each."""
        columns, rows = self.places.shape[:2]
        x, y = across * (columns - 1), along * (rows - 1)
        i = np.clip(x.astype(int), 0, columns - 2)
        j = np.clip(y.astype(int), 0, rows - 2)
        p, q = (x - i)[:, None], (y - j)[:, None]

        def mean(values: Points) -> Points:
            near = values[i, j] * (1 - q) + values[i, j + 1] * q
            return near * (1 - p) + (values[i + 1, j] * (1 - q) + values[i + 1, j + 1] * q) * p

        return mean(self.places), unit(mean(self.normals))


def _obstacles(points: Points) -> Field:
    """Signed distance to head, neck and shirt."""
    x, y, z = points.T
    return np.minimum(head_distance(x, y, z), body_distance(points) - _CLOTH)


def _azimuths(fall: Fall, count: int) -> Field:
    return np.deg2rad(np.linspace(fall.face, 360 - fall.face, count))


def _over_skull(style: HairStyle, fall: Fall, azimuth: Field) -> Points:
    """Lines from the parting outwards over the skull, (steps, columns, 3)."""
    folded = np.where(azimuth > np.pi, azimuth - 2 * np.pi, azimuth)
    # Beside the face the curtain's edge lies close to the skin: one doesn't look under it.
    inside = np.abs(np.pi - azimuth) / np.pi * 180
    volume = fall.volume * (0.12 + 0.88 * smoothstep(0, 34, 180 - fall.face - inside))
    lines = []
    for step in range(_ON_SKULL):
        polar = np.full(len(azimuth), step * _STEP / 105.0)
        base = scalp.on_scalp(scalp.whorl_rays(style, polar, folded))
        lift = 1.2 + volume * smoothstep(0, 34, step * _STEP)
        lines.append(base + scalp.normals_at(base) * lift[:, None])
    return np.stack(lines)


def _pushed(points: Points) -> Points:
    """Points moved out of head and shirt, and away from before the face."""
    for _ in range(2):
        off = _CLEAR - _obstacles(points)
        into = np.flatnonzero(off > 0)
        if len(into):
            away = unit(gradient(_obstacles, points[into], 1.5))
            points[into] += away * np.minimum(off[into], 6)[:, None]
    x, y, z = points.T
    ahead = smoothstep(-76, -58, z) * smoothstep(62, 40, y)
    least = (56 + 15 * smoothstep(-118, -30, y)) * ahead
    points[:, 0] = np.where(x < 0, -1, 1) * np.maximum(np.abs(x), least)
    return points


@lru_cache(maxsize=4)
def curtain(style: HairStyle) -> Curtain:
    """The curtain of a style that has a fall: laid over the skull, then fallen and cut."""
    fall = style.fall
    assert fall is not None
    azimuth = _azimuths(fall, _COLUMNS)
    skull = _over_skull(style, fall, azimuth)
    downwards = unit(np.diff(skull, axis=0).reshape(-1, 3)).reshape(-1, _COLUMNS, 3)[..., 1]
    steep = (downwards < -0.93) | (skull[1:, :, 1] < 30)
    turn = np.where(steep.any(0), steep.argmax(0), _ON_SKULL - 2) + 1
    column = np.arange(_COLUMNS)
    place = skull[turn, column]
    heading = unit(place - skull[turn - 1, column])
    fallen = []
    for _ in range(_FALLING):
        inward = np.array([0, 0, -88.0]) - place * [1, 0, 1]
        inward /= np.linalg.norm(inward, axis=1, keepdims=True)
        low = smoothstep(-5, -60, place[:, 1])[:, None]
        back = smoothstep(-46, -30, place[:, 2])[:, None] * np.array([0, 0, -0.9])
        wanted = np.array([0, -1.0, 0]) + fall.inward * low * inward + back
        heading = unit(0.65 * heading + 0.35 * wanted)
        new = _pushed(place + heading * _STEP)
        heading = unit(0.5 * heading + 0.5 * unit(new - place))
        place = new
        fallen.append(place.copy())
    lines = [
        np.vstack([skull[: turn[c] + 1, c], np.array([row[c] for row in fallen])]) for c in column
    ]
    from scipy.ndimage import gaussian_filter1d

    ragged = 9.0 * value_noise(np.column_stack([column * 9.0, 0 * column, 0 * column]), 14.0, 87)
    hems = [_hem(fall, a) + off for a, off in zip(azimuth, ragged, strict=True)]
    places = np.stack([_cut(line, hem) for line, hem in zip(lines, hems, strict=True)])
    places = gaussian_filter1d(places, 1.2, axis=0, mode="nearest")
    return _waved(_freed(places), fall)


def _freed(places: Points) -> Points:
    """The curtain where it lies outside head and shirt, all of it but the parting."""
    free = places[:, 4:].reshape(-1, 3).copy()
    for _ in range(4):
        free = _pushed(free)
    return np.concatenate([places[:, :4], free.reshape(len(places), -1, 3)], axis=1)


def _hem(fall: Fall, azimuth: float) -> float:
    return float(
        fall.front
        + (fall.back - fall.front) * smoothstep(0.9, 2.4, min(azimuth, 2 * np.pi - azimuth))
    )


def _cut(line: Points, height: float) -> Points:
    """A line down to a height, as `_ROWS` points of equal distance."""
    below = np.flatnonzero(line[:, 1] < height)
    if len(below):
        last = below[0]
        share = (line[last - 1, 1] - height) / (line[last - 1, 1] - line[last, 1])
        line = np.vstack([line[:last], line[last - 1] + share * (line[last] - line[last - 1])])
    arc = np.r_[0, np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))]
    at = np.linspace(0, arc[-1], _ROWS)
    return np.column_stack([np.interp(at, arc, line[:, k]) for k in range(3)])


def _normals(places: Points) -> Points:
    across, along = np.gradient(places, axis=0), np.gradient(places, axis=1)
    normals = unit(np.cross(across, along).reshape(-1, 3))
    away = (places - _CENTRE).reshape(-1, 3) * [1, 0.3, 1]
    normals *= np.sign((normals * away).sum(1, keepdims=True).sum())
    return normals.reshape(places.shape)


def _waved(places: Points, fall: Fall) -> Curtain:
    """The curtain with its waves, which neighbours share."""
    normals = _normals(places)
    if fall.wave:
        arc = np.linalg.norm(np.diff(places, axis=1), axis=2).mean(1, keepdims=True)
        run = arc * np.arange(places.shape[1])
        phase = 8 * value_noise(places[:, -1] * [1, 0, 1], 60.0, 83)[:, None]
        grown = smoothstep(60, 150, run)
        swing = fall.wave * grown * np.sin(2 * np.pi * run / fall.wave_length + phase)
        # Only outwards: what lies on the neck stays off it.
        places = places + normals * (0.6 * swing + 0.6 * fall.wave * grown)[..., None]
        normals = _normals(places)
    return Curtain(places, normals)


def _sheet(
    made: Curtain, columns: int, rows: int, off: float, shortened: float
) -> tuple[Points, Points, Field]:
    """Places, normals and shares of the length of a grid beside the curtain."""
    across = np.repeat(np.linspace(0, 1, columns), rows)
    along = np.tile(np.linspace(0, 1 - shortened, rows), columns)
    places, normals = made.at(across, along)
    return places + normals * off, normals, along


def _turned_in(places: Points, normals: Points, rows: int) -> tuple[Points, Points]:
    """A sheet with its edges beside the face turned in to the skin: hair has a thickness."""
    sides = []
    for edge in (places[:rows], places[-rows:]):
        free = smoothstep(66, 34, edge[:, 1])[:, None]
        ahead = np.column_stack([-np.sign(edge[:, 0]) * 16, 0 * edge[:, 0], np.full(rows, -5.0)])
        inner = edge + ahead * free
        for _ in range(3):
            into = np.maximum(1.0 - _obstacles(inner), 0)
            inner = inner + unit(gradient(_obstacles, inner, 1.5)) * into[:, None]
        facing = unit(np.column_stack([-0.4 * np.sign(edge[:, 0]), 0 * edge[:, 0], np.ones(rows)]))
        sides.append((inner, facing))
    (left, left_normals), (right, right_normals) = sides
    return np.vstack([left, places, right]), np.vstack([left_normals, normals, right_normals])


def curtain_sheet(
    skin: SkinMesh, style: HairStyle, detail: HairDetail, tone: Tone
) -> tuple[PartMesh, PartMesh]:
    """The curtain's outside and its lining, closed but for their ends."""
    made = curtain(style)
    parts = []
    for off, shortened, shade, way in ((0.0, 0.0, 0.92, 1), (-1.6, 0.05, 0.75, -1)):
        columns, rows = detail.fall_columns, detail.fall_rows
        places, normals, along = _sheet(made, columns, rows, off, shortened)
        across = np.linspace(0, 1, columns)
        if way > 0:
            places, normals = _turned_in(places, normals, rows)
            along = np.r_[along[:rows], along, along[-rows:]]
            across, columns = np.r_[0, across, 1], columns + 2
        i, j = np.meshgrid(np.arange(columns - 1), np.arange(rows - 1), indexing="ij")
        a = (i * rows + j).ravel()
        faces = np.vstack(
            [
                np.column_stack([a, a + rows, a + 1]),
                np.column_stack([a + 1, a + rows, a + rows + 1]),
            ]
        )
        corner = places[faces]
        turned = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
        if (turned * normals[faces[:, 0]]).sum() * way < 0:
            faces = faces[:, ::-1].copy()
        width = np.linalg.norm(np.diff(made.places[:, _ROWS // 2], axis=0), axis=1).sum()
        u = np.repeat(np.linspace(0, max(round(width / _TILE), 2), columns), rows)
        closed = along / (1 - _THINS) * (1 - _RIM)
        v = np.where(along < 1 - _THINS, closed, 1 - _RIM + (along - 1 + _THINS) / _THINS * _RIM)
        colours = (tone.root + (tone.tip - tone.root) * along[:, None]) * shade
        roots = np.repeat(_roots(style, across), rows, axis=0)
        parts.append(
            PartMesh(places, faces, normals * way, colours, binding=scalp.bound(skin, roots),
                     uv=np.column_stack([u, within(v)]))
        )  # fmt: skip
    return parts[0], parts[1]


def _roots(style: HairStyle, across: Field) -> Points:
    """Where on the scalp columns begin, (n, 3)."""
    assert style.fall is not None
    face = style.fall.face
    azimuth = np.deg2rad(face + across * (360 - 2 * face))
    azimuth = np.where(azimuth > np.pi, azimuth - 2 * np.pi, azimuth)
    return scalp.on_scalp(scalp.whorl_rays(style, np.full(len(across), 0.012), azimuth))


def curtain_locks(skin: SkinMesh, style: HairStyle, detail: HairDetail, tone: Tone) -> PartMesh:
    """Locks that lie on the curtain and end a little beyond it."""
    rng = np.random.default_rng(29)
    fall = style.fall
    assert fall is not None
    made = curtain(style)
    count, rows = detail.fall_locks, detail.fall_lock_rows
    across = np.clip((np.arange(count) + rng.uniform(-0.5, 1.5, count)) / count, 0, 1)
    start = np.zeros(count)
    phase = 6 * value_noise(np.column_stack([across * 300, 0 * across, 0 * across]), 40.0, 85)
    phase = phase + rng.normal(0, 0.25, count)
    stop = np.where(
        rng.random(count) < 0.3, rng.uniform(0.6, 0.9, count), rng.uniform(0.9, 1.03, count)
    )
    drift = rng.normal(0, 0.010, count)
    layer = rng.uniform(0.5, 2.2, count)
    line, outwards = [], []
    for t in np.linspace(0, 1, rows):
        along = start + (stop - start) * t
        sway = fall.wave * smoothstep(0.25, 0.6, along) / 1600
        sway = sway * np.sin(2 * np.pi * along * 300 / fall.wave_length + phase)
        places, normals = made.at(np.clip(across + drift * t + sway, 0, 1), np.minimum(along, 1))
        beyond = np.maximum(along - 1, 0) * 200
        rise = layer * (0.5 + 0.5 * np.sin(np.pi * t)) + 1.0 * t * rng.random(count)
        line.append(places + normals * rise[:, None] - beyond[:, None] * [0, 1, 0])
        outwards.append(normals)
    widths = detail.fall_lock_width * rng.uniform(0.75, 1.25, count)
    kinds = rng.integers(0, LOCK_KINDS, count)
    shades = (0.92 + 0.03 * layer) * rng.uniform(0.97, 1.03, count)
    return ribbons(
        skin, np.stack(line), np.stack(outwards), widths, kinds, shades, tone,
        _roots(style, across),
    )  # fmt: skip
