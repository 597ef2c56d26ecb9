"""The soft-modification rig: a step of a drag, of the wheel, a pick, a freeze."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from pipeline.bench.figure import Figure
from pipeline.bench.head import ICT, median_ms
from pipeline.core.progress import run
from pipeline.head import Camera, HeadModel, load_head
from pipeline.head.rig import Manipulator, Rig, operations, pick, rigged, view_ray
from pipeline.head.rig.playing import played

#: What a step of a drag may cost without the picture, ms.
_STEP_MS = 16.0
_SMILE = {"AU1": 0.2, "AU6": 0.4, "AU12_L": 0.6, "AU12_R": 0.5}
_CORNER = Manipulator("corner", 54, radius=0.4, mirrored=True)


def measure(group: str) -> Iterator[Figure]:
    """Milliseconds a step on the built-in head and, where it is there, on ICT-FaceKit."""
    yield from _steps(group, "built-in, live", run(load_head(lod="live")))
    if ICT.is_dir():
        yield from _steps(group, "ICT-FaceKit", run(load_head(ICT)))


def _steps(group: str, name: str, head: HeadModel) -> Iterator[Figure]:
    note = f"{len(head.vertices):,} vertices"
    plain = median_ms(lambda index: head.deform(_smile(index)))
    drag = median_ms(_step(head, Rig(), lambda i: replace(_CORNER, move=_move(i))))
    yield Figure(
        group, f"{name}: a step of a drag, mirrored", drag, "ms", _STEP_MS,
        note=f"{note}, smiling, no picture",
    )  # fmt: skip
    yield Figure(group, f"{name}: that to a morph without a rig", drag / plain, note=note)
    many = Rig(tuple(replace(_CORNER, name=str(p), point=p, move=_move(p)) for p in range(36, 68)))
    frozen = operations.freeze(many, [m.name for m in many.manipulators[:8]], "smirk")
    busy = median_ms(_step(head, frozen, lambda i: replace(_CORNER, move=_move(i)), {"smirk": 1}))
    yield Figure(group, f"{name}: the same beside 24 others and a shape", busy, "ms", _STEP_MS)
    wheel = median_ms(_step(head, Rig(), lambda i: replace(_CORNER, radius=0.3 + 0.01 * i,
                                                            move=_move(i))))  # fmt: skip
    yield Figure(group, f"{name}: a step of the wheel (falloff anew)", wheel, "ms")
    yield Figure(group, f"{name}: a pick", median_ms(lambda index: _pick(head, index)), "ms")
    freeze = median_ms(lambda index: _freeze(head, index), 5)
    yield Figure(group, f"{name}: a frozen shape on the head", freeze, "ms")


def _step(
    head: HeadModel,
    rig: Rig,
    moved: Callable[[int], Manipulator],
    weights: dict[str, float] | None = None,
) -> Callable[[int], object]:
    def step(index: int) -> None:
        now = replace(rig, manipulators=(*rig.manipulators, moved(index)))
        shown = _smile(index) | (weights or {})
        model, beside = played(head, now, shown)
        model.deform(shown, beside)
        model.creases(shown)

    return step


def _smile(index: int) -> dict[str, float]:
    return {name: value * (1 - 0.01 * (index % 7)) for name, value in _SMILE.items()}


def _move(index: int) -> tuple[float, float, float]:
    return (0.02 * np.sin(index), 0.05 + 0.002 * (index % 9), 0.0)


def _pick(head: HeadModel, index: int) -> None:
    pick(head, head.vertices, *view_ray(Camera(), (512, 512), (200.0 + 3 * index, 300.0)))


def _freeze(head: HeadModel, index: int) -> None:
    one = replace(_CORNER, move=_move(index))
    rigged(head, operations.freeze(Rig((one,)), ["corner"], f"shape{index}"), controls=False)
