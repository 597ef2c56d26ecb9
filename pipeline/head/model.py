"""The head as arrays: surfaces, sparse shapes, and their blend."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.head.blend import Blend, Moves
from pipeline.head.muscles.controls import Drives, complete, controls_of
from pipeline.head.muscles.creases import folded, with_rest
from pipeline.head.muscles.eyeballs import Eyeball, LidStop
from pipeline.head.muscles.lip_contact import LipContact, affine_of
from pipeline.head.muscles.posture import POSTURES
from pipeline.head.sculpt.parameters.detail import LODS, Lod

#: Moving vertices, over all active shapes, up to which shapes are added one by one.
_FEW = 12_000


@dataclass(frozen=True, eq=False)
class Surface:
    """A run of the head's vertices that is drawn with one material.

    Parameters
    ----------
    name : str
        Unique in the head: ``"skin"``, ``"brows"``, ``"eye_left"``, ...
    start, stop : int
        Its vertices in the model.
    faces : (M, 3) int32
        Relative to `start`.
    colours : (P, 3) uint8, sRGB; empty where there is a texture
    uv : (P, 2) float32; empty where there is no texture
    material : str
        Key into `pipeline.head.scene.studio.MATERIALS`; empty: the surface's name.
    pictures : mapping of str to str
        Use in the shader (``"colour"``, ``"relief"``, ...) to a key of `HeadModel.pictures`.
    """

    name: str
    start: int
    stop: int
    faces: NDArray[np.int32]
    colours: NDArray[np.uint8]
    uv: NDArray[np.float32]
    material: str = ""
    pictures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Turner:
    """A rigid part of the head that its shapes turn exactly: an eyeball.

    Parameters
    ----------
    start, stop : int
        Its vertices in the model. The shapes' own displacements of them are the turn at
        full activation (for exports); blends use the turn.
    centre : 3 floats
        mm.
    turns : mapping of str to 3 floats
        Rotation vector (deg) at full activation, by shape name; several add.
    """

    start: int
    stop: int
    centre: tuple[float, float, float]
    turns: Mapping[str, tuple[float, float, float]]


@dataclass(frozen=True, eq=False)
class HeadModel:
    """A head at one level of detail.

    Parameters
    ----------
    name, lod : str
    vertices, normals : (N, 3) float32
        Neutral, mm; the skin comes first.
    surfaces : tuple of Surface
    shape_names : tuple of str
        ``"AU12_L"``, ``"AU17"``, ...
    shape_start : (K + C + 1,) int64
        Runs of the K shapes, then of the C correctives, in the next three arrays.
    shape_ids : (S,) int32
        Vertices that move.
    shape_deltas, shape_normals : (S, 3) float32
        Displacement (mm) and change of the normal at full activation.
    landmarks : (68,) int32
        Vertices of dlib's points; empty where they are not known.
    lids : (L,) int32
        Vertices that come no nearer to the eyeball than in the neutral (or `LID_CLEARANCE`).
    pictures : mapping of str to (H, W, 3 or 4) uint8
        Maps that surfaces refer to.
    drives : mapping
        What each control moves; every shape is also a control of its own name.
    correctives : tuple of tuples of str
        For each corrective the shapes whose weights' product is its weight.
    turners : tuple of Turner
    shape_creases : (S,) float32
        Share of the furrows' depth at full activation; empty: the head has no furrow map.
    neck : (N,) float32
        How far a vertex goes along when the head turns: 1 on the head, 0 on the shoulders.
        Empty: everything turns.
    identities : tuple of str
        Ways in which this head's face can differ (`with_identity`).
    identity_start, identity_ids, identity_deltas
        Their runs, as of the shapes: (I + 1,) int64, (J,) int32, (J, 3) float32 mm at 1.
    notices : tuple of str
        What a person should know about this head.
    arriving : (D, N) uint8
        Share of the light from each direction of `pipeline.head.occlusion` that reaches each
        vertex. Empty: not baked, everything is open.
    finish : (N, 2) uint8
        Gloss of each vertex: 128 as its material, more is wetter; and how much of the skin's
        pictures it shows. Empty: 128 and none.
    rest_creases : (N,) float32
        Furrows in the neutral face, in the amounts of `shape_creases`. Empty: none.
    fold_places : (P, 2) float32
        Place of the first P vertices in the furrow map. Empty: as they lie.
    iris : str
        Key of `pipeline.head.scene.studio.IRISES`: its own eyes.
    scatter : float
        Light that wanders under the skin, 1 as the material's.
    lips : (L,) int32
        Vertices of lips and cheeks kept off each other and off the teeth; may be empty.
    lip_weights : (L,) float32
        How far they go: see `pipeline.head.muscles.lip_contact.lip_weights`.
    form : tuple of (str, float), optional
        Weights of the identity modes in a head of the sculpt; None: it comes from elsewhere.
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
    pictures: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict)
    drives: Drives = field(default_factory=dict)
    correctives: tuple[tuple[str, ...], ...] = ()
    turners: tuple[Turner, ...] = ()
    shape_creases: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    neck: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    identities: tuple[str, ...] = ()
    identity_start: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, np.int64))
    identity_ids: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    identity_deltas: NDArray[np.float32] = field(
        default_factory=lambda: np.zeros((0, 3), np.float32)
    )
    notices: tuple[str, ...] = ()
    arriving: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 0), np.uint8))
    finish: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 2), np.uint8))
    rest_creases: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    fold_places: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    iris: str = ""
    scatter: float = 1.0
    lips: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    lip_weights: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    form: tuple[tuple[str, float], ...] | None = None

    _pairs: dict[str, tuple[tuple[int, float], ...]] = field(init=False)
    _factors: tuple[tuple[int, ...], ...] = field(init=False)
    _lid_stops: tuple[tuple[Turner, LidStop], ...] = field(init=False)
    _lip_contact: LipContact | None = field(init=False)
    _jaw: dict[int, NDArray[np.float64]] = field(init=False)

    def __post_init__(self) -> None:
        number = {name: index for index, name in enumerate(self.shape_names)}
        runs = len(number) + len(self.correctives)
        if len(self.shape_start) != runs + 1 or self.shape_start[-1] != len(self.shape_ids):
            raise ValueError("shapes don't fit their index")
        controls = complete(self.drives, self.shape_names)
        pairs = {
            control: tuple((number[shape], gain) for shape, gain in pairs)
            for control, pairs in controls.items()
        }
        factors = tuple(tuple(number[name] for name in names) for names in self.correctives)
        object.__setattr__(self, "_pairs", pairs)
        object.__setattr__(self, "_factors", factors)
        object.__setattr__(self, "_lid_stops", tuple(self._stops()))
        object.__setattr__(self, "_lip_contact", self._lips_and_teeth())
        object.__setattr__(self, "_jaw", dict(self._jaw_turns()))

    @property
    def height(self) -> float:
        """Height of the head from chin to vertex, mm; of all of it without landmarks."""
        if not len(self.landmarks):
            return float(np.ptp(self.vertices[:, 1]))
        chin = float(self.vertices[self.landmarks[8], 1])
        skin = self.surface("hair") or self.surfaces[0]
        return float(self.vertices[skin.start : skin.stop, 1].max()) - chin

    @property
    def top(self) -> float:
        """Height of the highest point, hair and all, mm."""
        return float(self.vertices[:, 1].max())

    def surface(self, name: str) -> Surface | None:
        """The surface of that name."""
        return next((s for s in self.surfaces if s.name == name), None)

    @property
    def controls(self) -> tuple[str, ...]:
        """Names that move this head: face, eyes, and the head as a whole."""
        return (*(name for name in self._pairs if not name.startswith("-")), *POSTURES)

    def unknown(self, weights: Iterable[str]) -> tuple[str, ...]:
        """Names that move nothing on this head."""
        return tuple(
            name
            for name in weights
            if not controls_of(name, self._pairs) and not controls_of(name, POSTURES)
        )

    def activations(self, weights: Mapping[str, float]) -> NDArray[np.float32]:
        """Weight of each shape and corrective, (K + C,) float32 in [0, 1].

        Of several weights for one control the largest counts; controls that share a shape
        add up. A weight below 0 of ``N`` is one of its opposite ``-N`` where the head has that.
        Unknown names are left out, as is what is not finite.
        """
        controls: dict[str, float] = {}
        for name, value in weights.items():
            if math.isfinite(value):
                amount = min(abs(float(value)), 1.0)
                for control in controls_of(name if value >= 0 else f"-{name}", self._pairs):
                    controls[control] = max(controls.get(control, 0.0), amount)
        sums = [0.0] * (len(self.shape_start) - 1)
        for control, value in controls.items():
            for index, gain in self._pairs[control]:
                sums[index] += value * gain
        out = [min(max(value, 0.0), 1.0) for value in sums]
        for number, factors in enumerate(self._factors, len(self.shape_names)):
            out[number] = math.prod([out[factor] for factor in factors])
        return np.array(out, np.float32)

    def activation_rows(
        self, weights: Mapping[str, NDArray[np.float64]], count: int
    ) -> NDArray[np.float64]:
        """The same for weights over time, (T,) each: (T, K + C) float64."""
        controls: dict[str, NDArray[np.float64]] = {}
        for name, values in weights.items():
            finite = np.nan_to_num(values, posinf=0.0, neginf=0.0)
            for signed, sign in ((name, 1), (f"-{name}", -1)):
                for control in controls_of(signed, self._pairs):
                    now = np.clip(sign * finite, 0.0, 1.0)
                    controls[control] = (
                        np.maximum(controls[control], now) if control in controls else now
                    )
        out = np.zeros((count, len(self.shape_start) - 1))
        for control, values in controls.items():
            for index, gain in self._pairs[control]:
                out[:, index] += values * gain
        np.clip(out, 0, 1, out=out)
        for number, factors in enumerate(self._factors, len(self.shape_names)):
            product = out[:, factors[0]]
            for factor in factors[1:]:
                product = product * out[:, factor]
            out[:, number] = product
        return out

    def shape(self, index: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Vertices that a shape moves and their displacement in mm at full activation."""
        run = slice(self.shape_start[index], self.shape_start[index + 1])
        return self.shape_ids[run], self.shape_deltas[run]

    def deform(
        self, weights: Mapping[str, float], beside: Moves | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Blend the shapes.

        Parameters
        ----------
        weights : mapping of str to float
        beside : Moves, optional
            What moves too, before lids and lips are kept off what they must not enter.

        Returns
        -------
        vertices, normals : (N, 3) float32
            mm; normals are sums of precomputed changes and not of unit length.
        """
        vertices, normals = self.vertices.copy(), self.normals.copy()
        active = self.activations(weights)
        moving = np.flatnonzero(active)
        if np.diff(self.shape_start)[moving].sum() > _FEW:
            self._blend.add(active, vertices, normals)
        else:
            self._add_each(moving, active, vertices, normals)
        if beside is not None:
            vertices[beside.ids] += beside.deltas
            normals[beside.ids] += beside.turns
        if active.any() or (beside is not None and len(beside.ids)):
            self._turn_rigid_parts(active, vertices, normals)
            for eye, stop in self._lid_stops:
                stop.push(vertices, self._turn(eye, active))
            if self._lip_contact is not None:
                jaw = [active[index] * turn for index, turn in self._jaw.items() if active[index]]
                self._lip_contact.part(vertices, sum(jaw) if jaw else None)
        return vertices, normals

    def creases(self, weights: Mapping[str, float]) -> NDArray[np.float32]:
        """How deep the furrows of `furrow_map` are at each vertex, (N,) float32; 1 is full."""
        amount = np.zeros(len(self.vertices), np.float32)
        if len(self.shape_creases):
            active = self.activations(weights)
            for index in np.flatnonzero(active):
                run = slice(self.shape_start[index], self.shape_start[index + 1])
                amount[self.shape_ids[run]] += active[index] * self.shape_creases[run]
        if len(self.rest_creases):
            amount = np.asarray(with_rest(amount, self.rest_creases), np.float32)
        return np.asarray(folded(amount), np.float32)

    def _add_each(
        self,
        moving: NDArray[np.int64],
        active: NDArray[np.float32],
        vertices: NDArray[np.float32],
        normals: NDArray[np.float32],
    ) -> None:
        for index in moving:
            run = slice(self.shape_start[index], self.shape_start[index + 1])
            ids, weight = self.shape_ids[run], active[index]
            vertices[ids] += weight * self.shape_deltas[run]
            normals[ids] += weight * self.shape_normals[run]

    @cached_property
    def _blend(self) -> Blend:
        return Blend.of(
            len(self.vertices), self.shape_start, self.shape_ids, self.shape_deltas,
            self.shape_normals,
        )  # fmt: skip

    def _turn(self, part: Turner, active: NDArray[np.float32]) -> NDArray[np.float64] | None:
        """Rotation matrix of a rigid part; None where it stays."""
        from scipy.spatial.transform import Rotation

        vector = np.zeros(3)
        for name, turn in part.turns.items():
            vector += active[self.shape_names.index(name)] * np.asarray(turn)
        return Rotation.from_rotvec(vector, degrees=True).as_matrix() if vector.any() else None

    def _stops(self) -> Iterator[tuple[Turner, LidStop]]:
        """Lids of each eye and the eyeball they are kept off: its outermost part."""
        if not len(self.lids):
            return
        left = self.vertices[self.lids, 0] > 0
        for ids, sign in ((self.lids[left], 1), (self.lids[~left], -1)):
            eyes = [part for part in self.turners if part.centre[0] * sign > 0]
            if not eyes:
                continue
            points = np.vstack([self.vertices[part.start : part.stop] for part in eyes])
            eyeball = Eyeball.of(points, eyes[0].centre)
            yield eyes[0], LidStop.of(eyeball, ids, self.vertices)

    def _lips_and_teeth(self) -> LipContact | None:
        if not len(self.lips):
            return None
        teeth = [
            np.zeros((0, 3)) if (part := self.surface(name)) is None
            else self.vertices[part.start : part.stop]
            for name in ("teeth_upper", "teeth_lower")
        ]  # fmt: skip
        return LipContact.of(self.vertices, self.lips, self.lip_weights, *teeth)

    def _jaw_turns(self) -> Iterator[tuple[int, NDArray[np.float64]]]:
        """What each shape does to the lower teeth, as a matrix (3, 4)."""
        teeth = self.surface("teeth_lower")
        if not len(self.lips) or teeth is None:
            return
        for index in range(len(self.shape_names)):
            ids, deltas = self.shape(index)
            on = (ids >= teeth.start) & (ids < teeth.stop)
            if on.any():
                yield index, affine_of(self.vertices[ids[on]], deltas[on])

    def _turn_rigid_parts(
        self,
        active: NDArray[np.float32],
        vertices: NDArray[np.float32],
        normals: NDArray[np.float32],
    ) -> None:
        for part in self.turners:
            matrix = self._turn(part, active)
            if matrix is not None:
                run, centre = slice(part.start, part.stop), np.asarray(part.centre)
                vertices[run] = (self.vertices[run] - centre) @ matrix.T + centre
                normals[run] = self.normals[run] @ matrix.T

    def with_identity(self, values: Mapping[str, float]) -> HeadModel:
        """The same head with another face: identity modes by weight, in any sign.

        Unknown names are left out, as is what is not finite.
        """
        from pipeline.head.cast.warp import reshaped as reformed
        from pipeline.head.foreign.identity import reshaped

        return reshaped(self, values) if self.form is None else reformed(self, values)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Plain arrays for a file."""
        arrays: dict[str, NDArray[Any]] = {
            f.name: getattr(self, f.name) for f in fields(self) if f.name not in _NOT_ARRAYS
        }
        plain = {
            "name": self.name,
            "lod": self.lod,
            "iris": self.iris,
            "scatter": self.scatter,
            "shape_names": self.shape_names,
            "drives": dict(self.drives),
            "correctives": self.correctives,
            "turners": [asdict(t) for t in self.turners],
            "surfaces": [(s.name, s.start, s.stop, s.material, dict(s.pictures))
                         for s in self.surfaces],
            "pictures": list(self.pictures),
            "identities": self.identities,
            "form": self.form,
            "notices": self.notices,
        }  # fmt: skip
        arrays["plain"] = np.array(json.dumps(plain))
        for index, surface in enumerate(self.surfaces):
            arrays[f"faces_{index}"] = surface.faces
            arrays[f"colours_{index}"] = surface.colours
            arrays[f"uv_{index}"] = surface.uv
        for index, picture in enumerate(self.pictures.values()):
            arrays[f"picture_{index}"] = picture
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> HeadModel:
        """Model from `to_arrays`.

        Raises
        ------
        KeyError, TypeError, ValueError
            If an array is missing or the parts don't fit each other.
        """
        plain = json.loads(str(arrays["plain"]))
        lod = plain["lod"]
        if lod not in LODS:
            raise ValueError(f"unknown level of detail {lod!r}")
        surfaces = tuple(
            Surface(
                name, start, stop,
                arrays[f"faces_{i}"], arrays[f"colours_{i}"], arrays[f"uv_{i}"], material, uses,
            )
            for i, (name, start, stop, material, uses) in enumerate(plain["surfaces"])
        )  # fmt: skip
        given = {f.name: arrays[f.name] for f in fields(cls) if f.name not in _NOT_ARRAYS}
        return cls(
            name=plain["name"],
            lod=lod,
            iris=plain["iris"],
            scatter=plain["scatter"],
            surfaces=surfaces,
            shape_names=tuple(plain["shape_names"]),
            pictures={key: arrays[f"picture_{i}"] for i, key in enumerate(plain["pictures"])},
            drives={c: tuple((n, g) for n, g in pairs) for c, pairs in plain["drives"].items()},
            correctives=tuple(tuple(names) for names in plain["correctives"]),
            turners=tuple(Turner(**turner) for turner in plain["turners"]),
            identities=tuple(plain["identities"]),
            form=None if (form := plain["form"]) is None else tuple((n, float(w)) for n, w in form),
            notices=tuple(plain["notices"]),
            **given,
        )


_NOT_ARRAYS = {
    "name", "lod", "surfaces", "shape_names", "pictures", "drives", "correctives", "turners",
    "identities", "form", "notices", "iris", "scatter",
    "_pairs", "_factors", "_lid_stops", "_lip_contact", "_jaw",
}  # fmt: skip
