"""A head carried by a warp of space: what it is made of, and how its shapes move it then.

Flesh moves by the same millimetres, scaled as the face about it is. Where that would part what
must touch, or bend what is stiff, shapes follow more exactly:

- near the eyes, a shape's end is warped like its start, so lids close on the eyeball;
- what turns with the jaw is turned about the warped joint, as bone is;
- teeth, gums and tongue are carried as one piece.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.head.cast.warp import Points, SpaceWarp, Warped, check_unfolded
from pipeline.head.model import HeadModel, Turner
from pipeline.head.muscles.frame import JAW_JOINT, turned_about_x
from pipeline.head.muscles.gaze import eye_side
from pipeline.head.muscles.jaw import JAW, jaw_motion
from pipeline.head.sculpt.sdf import smoothstep

_STIFF = ("teeth_upper", "teeth_lower", "gum_upper", "gum_lower", "tongue")
_ON_JAW = ("teeth_lower", "gum_lower", "tongue")
#: Turn of the jaw at full activation, deg.
_OPENING = {"AU26": JAW.drop, "AU27": JAW.stretch, "mouthClose": JAW.stretch * JAW.open_share}
_BONY = ("AU26", "AU27")  # of these, what moves the teeth
#: Units that roll a lip by as much as it is high: more would turn a thin one over.
_ROLLING = ("AU28",)
#: mm from the joint from where on a displacement tells the jaw's turn.
_NEAR_JOINT = (6.0, 18.0)
#: Displacements (mm) that are short beside the features they move.
_SHORT = 4.0


def carried(model: HeadModel, warp: SpaceWarp) -> HeadModel:
    """`model` after a warp: neutral, shapes, correctives and eyes; its light is not.

    Raises
    ------
    HeadError
        If the warp folds the face.
    """
    return _Carrier(model, warp).model()


class _Carrier:
    """One head on its way through one warp."""

    def __init__(self, model: HeadModel, warp: SpaceWarp) -> None:
        self._model, self._warp = model, warp
        self._start = model.vertices.astype(float)
        self._normal = model.normals.astype(float)
        self._old_joint = warp.start(JAW_JOINT[None])[0]
        here = warp.at(np.vstack([self._start, self._old_joint]))
        check_unfolded(here, model.name)
        self._joint = here.points[-1]
        self._here = Warped(*(values[:-1].copy() for values in here))
        self._eye_scale, self._old_eye, self._new_eye = warp.eyes()
        self._stiff = self._mask(_STIFF)
        self._on_jaw = self._mask(_ON_JAW)
        self._eyes = np.zeros(len(self._start), bool)
        self._as_one_piece()
        self._eyeballs()
        self._held = self._here.held
        self._across = np.linalg.inv(self._here.slope).transpose(0, 2, 1)
        self._new_normal = _unit(np.einsum("nij,nj->ni", self._across, self._normal))

    def model(self) -> HeadModel:
        """The head at the end of the way."""
        model = self._model
        deltas = np.empty((len(model.shape_ids), 3))
        rolled = np.zeros(len(deltas), bool)
        for name, run in self._runs():
            deltas[run] = self._shape(name, run)
            rolled[run] = name.partition("_")[0] in _ROLLING
        ids = model.shape_ids
        turned = np.asarray(self._normal[ids] + model.shape_normals, float)
        normals = _unit(np.einsum("nij,nj->ni", self._across[ids], turned))
        self._at_ends(rolled, turned, deltas, normals)
        return replace(
            model,
            vertices=self._here.points.astype(np.float32),
            normals=self._new_normal.astype(np.float32),
            shape_deltas=deltas.astype(np.float32),
            shape_normals=(normals - self._new_normal[ids]).astype(np.float32),
            turners=tuple(self._turner(turner) for turner in model.turners),
        )

    def _runs(self) -> Iterator[tuple[str, slice]]:
        names = (*self._model.shape_names, *("" for _ in self._model.correctives))
        start = self._model.shape_start
        for index, name in enumerate(names):
            yield name, slice(int(start[index]), int(start[index + 1]))

    def _mask(self, names: tuple[str, ...]) -> NDArray[np.bool_]:
        out = np.zeros(len(self._start), bool)
        for name in names:
            if part := self._model.surface(name):
                out[part.start : part.stop] = True
        return out

    def _as_one_piece(self) -> None:
        """Teeth, gums and tongue: the affine map nearest to the warp."""
        stiff = np.flatnonzero(self._stiff)
        if len(stiff) < 8:
            return
        system = np.column_stack([self._start[stiff], np.ones(len(stiff))])
        fit = np.linalg.lstsq(system, self._here.points[stiff], rcond=None)[0]
        self._here.points[stiff] = system @ fit
        self._here.slope[stiff] = self._here.wide[stiff] = fit[:3].T

    def _eyeballs(self) -> None:
        """Eyeballs go as one with their centres: their pictures are not turned with lids."""
        for part in self._model.surfaces:
            if side := eye_side(part.name):
                run = slice(part.start, part.stop)
                flip = np.array([1.0 if side == "L" else -1.0, 1, 1])
                away = self._start[run] - self._old_eye * flip
                self._here.points[run] = self._new_eye * flip + self._eye_scale * away
                self._here.slope[run] = self._eye_scale * np.eye(3)
                self._here.wide[run] = self._eye_scale * np.eye(3)
                self._eyes[run] = True

    def _turner(self, turner: Turner) -> Turner:
        flip = np.array([np.sign(turner.centre[0]), 1, 1])
        x, y, z = self._new_eye * flip
        return replace(turner, centre=(float(x), float(y), float(z)))

    def _shape(self, name: str, run: slice) -> Points:
        """Displacements of one shape's entries, but for what the eyes hold."""
        ids = self._model.shape_ids[run]
        move = self._model.shape_deltas[run].astype(float)
        carried, jaw = self._with_jaw(name, ids, move)
        return carried + self._along(ids, move - jaw)

    def _along(self, ids: NDArray[np.int32], move: Points) -> Points:
        """Moves scaled as the face is: short ones as the feature, long ones as the whole."""
        slope, wide = self._here.slope[ids], self._here.wide[ids]
        short = 1 / (1 + (np.linalg.norm(move, axis=1) / _SHORT) ** 2)
        mixed = wide + short[:, None, None] * (slope - wide)
        return np.einsum("nij,nj->ni", mixed, move)

    def _with_jaw(self, name: str, ids: NDArray[np.int32], move: Points) -> tuple[Points, Points]:
        """What a shape's turn of the jaw does to the warped head, and did to the old one."""
        start, goal = self._start[ids], self._here.points[ids]
        stiff = self._on_jaw[ids]
        if name in _OPENING:
            angle = self._opened(start, move, np.deg2rad(_OPENING[name]))
            angle[stiff] = np.deg2rad(_OPENING[name]) if name in _BONY else 0.0
            return (
                np.asarray(turned_about_x(goal, self._joint, angle) - goal),
                np.asarray(turned_about_x(start, self._old_joint, angle) - start),
            )
        after = jaw_motion(name, goal[stiff] - self._joint + JAW_JOINT)
        if after is None:
            return np.zeros_like(move), np.zeros_like(move)
        # What slides with the jaw goes as far in every face.
        new = move.copy()
        new[stiff] = after
        return new, move

    def _opened(self, start: Points, move: Points, most: float) -> Points:
        """By what angle about the jaw's axis each entry is moved, rad."""
        arm = (start - self._old_joint)[:, 1:]
        end = arm + move[:, 1:]
        angle = np.arctan2(
            arm[:, 0] * end[:, 1] - arm[:, 1] * end[:, 0], (arm * end).sum(1)
        )  # fmt: skip
        sure = smoothstep(*_NEAR_JOINT, np.linalg.norm(arm, axis=1))
        return np.asarray(np.clip(angle, -1.1 * most, 1.1 * most) * sure)

    def _at_ends(
        self, rolled: NDArray[np.bool_], turned: Points, deltas: Points, normals: Points
    ) -> None:
        """Let what rolls and what is near an eye go where the warp takes its end, in place."""
        ids, moves = self._model.shape_ids, self._model.shape_deltas.astype(float)
        eyeball = self._eyes[ids]
        deltas[eyeball] = self._eye_scale * moves[eyeball]
        normals[eyeball] = turned[eyeball]
        ends = self._start[ids] + moves
        held = (self._held[ids] > 0) | (self._warp.held(ends) > 0)
        near = np.flatnonzero((held | rolled) & ~eyeball & ~self._stiff[ids])
        if not len(near):
            return
        end = self._warp.at(ends[near])
        share = (1 - (1 - self._held[ids[near]]) * (1 - end.held) * ~rolled[near])[:, None]
        other = end.points - self._here.points[ids[near]]
        deltas[near] += share * (other - deltas[near])
        across = np.linalg.inv(end.slope).transpose(0, 2, 1)
        there = _unit(np.einsum("nij,nj->ni", across, turned[near]))
        normals[near] += share * (there - normals[near])


def _unit(vectors: Points) -> Points:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))
