"""A head with the shapes of a rig: frozen ones by name, controls of the seven parts, drives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.head.blend import Moves
from pipeline.head.model import HeadModel
from pipeline.head.muscles.controls import Drives, complete, controls_of
from pipeline.head.rig.capture import capture_points
from pipeline.head.rig.control_motions import control_motions
from pipeline.head.rig.kept import Kept
from pipeline.head.rig.moves import displacement, frozen, with_turns
from pipeline.head.rig.rig import FrozenShape, Rig
from pipeline.head.rig.surface import share_flesh

_Pairs: TypeAlias = dict[str, list[tuple[str, float]]]
_Key: TypeAlias = tuple[tuple[FrozenShape, ...], bool]

#: Rigged heads for each head: an undo or two.
_KNOWN: Kept[_Key, HeadModel] = Kept(4)


def rigged(model: HeadModel, rig: Rig, controls: bool = True) -> HeadModel:
    """The head with a rig's frozen shapes, and what the seven-part controls move.

    Live manipulators are not in it (`pipeline.head.rig.moves.moved`). The same head comes back
    for the same shapes; a head without landmarks comes back as it is.

    Parameters
    ----------
    model : HeadModel
    rig : Rig
    controls : bool
        The seven-part controls too: ``"mouth_open"``, and ``"-mouth_open"`` for what it does at
        a weight below 0.

    Notes
    -----
    Surfaces and vertices are the model's own. Shapes come after the head's, in the list's
    order; a shape whose name the head has already moves in its place.
    """
    key = (rig.shapes, controls)
    if not any(key) or not len(capture_points(model)):
        return model
    return _KNOWN.get(model, key, lambda: _built(model, *key))


def missing_targets(model: HeadModel, rig: Rig) -> tuple[str, ...]:
    """Controls that shapes are mapped to and that this head does not have."""
    wanted = dict.fromkeys(t.control for shape in rig.shapes for t in shape.targets)
    own = model.controls
    return tuple(name for name in wanted if not controls_of(name, own))


def _built(model: HeadModel, shapes: tuple[FrozenShape, ...], controls: bool) -> HeadModel:
    pairs: _Pairs = {
        control: list(moved) for control, moved in complete(model.drives, model.shape_names).items()
    }
    made: dict[str, Moves] = {}
    if controls:
        drives, soft = control_motions(model)
        pairs |= {name: list(moved) for name, moved in drives.items()}
        for control, manipulators in soft.items():
            name = _free(control, model, made)
            made[name] = with_turns(model, displacement(model, manipulators))
            pairs[control] = [(name, 1.0)]
    named = []
    for shape in shapes:
        name = _free(shape.name, model, made)
        made[name] = frozen(model, shape)
        named.append((name, shape))
    _map(pairs, named, model)
    pairs |= {shape.name: [(name, 1.0)] for name, shape in named}
    head = replace(model, **_with_shapes(model, made), drives=_drives(pairs))
    share_flesh(head, model)
    return head


def _free(name: str, model: HeadModel, made: Mapping[str, Moves]) -> str:
    """The name, or a longer one where the head has it."""
    while name in model.shape_names or name in made:
        name += "_"
    return name


def _drives(pairs: _Pairs) -> Drives:
    """Without those that each shape has by itself."""
    return {c: tuple(moved) for c, moved in pairs.items() if moved != [(c, 1.0)]}


def _map(pairs: _Pairs, shapes: list[tuple[str, FrozenShape]], model: HeadModel) -> None:
    """Let the targets of shapes move them, in place.

    A target that is one of the head's shapes stands for that shape: whatever moves it (ARKit's
    name for it, a wink) moves the new one along, by its own gain. One that only drives others
    moves the new shape itself.
    """
    taken: dict[str, list[tuple[str, float]]] = {}
    replaced: set[str] = set()
    own = dict(pairs)
    for name, shape in shapes:
        for target in shape.targets:
            known = controls_of(target.control, own)
            for control in known:
                taken.setdefault(control, []).append((name, target.gain / len(known)))
                if shape.replaces:
                    replaced.add(control)
    heads = set(model.shape_names)
    for control, moved in own.items():
        new = [] if control in replaced else [p for p in moved if p[0] not in replaced & heads]
        for shape_name, gain in moved:
            if shape_name in heads and (shape_name != control or moved == [(control, 1.0)]):
                new += [(name, gain * more) for name, more in taken.get(shape_name, ())]
        if control not in heads or moved != [(control, 1.0)]:
            new += taken.get(control, ())
        pairs[control] = new


def _with_shapes(model: HeadModel, made: Mapping[str, Moves]) -> dict[str, Any]:
    """Fields of the model with more shapes between its own and the correctives."""
    count = len(model.shape_names)
    cut = int(model.shape_start[count])
    runs = list(made.values())
    ends = np.cumsum([len(run.ids) for run in runs], dtype=np.int64) if runs else np.zeros(0, int)
    added = int(ends[-1]) if len(ends) else 0

    def spliced(old: NDArray, new: list[NDArray]) -> NDArray:  # type: ignore[type-arg]
        return np.concatenate([old[:cut], *new, old[cut:]]).astype(old.dtype)

    fields: dict[str, Any] = {
        "shape_names": (*model.shape_names, *made),
        "shape_start": np.concatenate(
            [model.shape_start[: count + 1], cut + ends, model.shape_start[count + 1 :] + added]
        ).astype(np.int64),
        "shape_ids": spliced(model.shape_ids, [run.ids for run in runs]),
        "shape_deltas": spliced(model.shape_deltas, [run.deltas for run in runs]),
        "shape_normals": spliced(model.shape_normals, [run.turns for run in runs]),
    }
    if len(model.shape_creases):
        fields["shape_creases"] = spliced(model.shape_creases, [np.zeros(added, np.float32)])
    return fields
