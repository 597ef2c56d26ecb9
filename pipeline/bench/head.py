"""Morphing and drawing the head, by level of detail."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from pipeline.bench.figure import Figure
from pipeline.core.progress import run
from pipeline.head import Camera, HeadScene, HeadState, load_head

SIZE = (512, 512)
FRAMES = 30


def measure(group: str) -> Iterator[Figure]:
    """Milliseconds to deform and to draw one frame of a moving face."""
    for lod in ("draft", "live", "still"):
        began = time.perf_counter()
        head = run(load_head(lod=lod))
        yield Figure(group, f"{lod}: load", time.perf_counter() - began, "s")
        began = time.perf_counter()
        for index in range(FRAMES):
            head.deform(_weights(index))
        deform = (time.perf_counter() - began) / FRAMES
        yield Figure(group, f"{lod}: deform with 4 AUs", 1e3 * deform, "ms")
        scene = HeadScene(head)
        times = []
        for index in range(3 if lod == "still" else FRAMES):
            state = HeadState(tuple(_weights(index).items()), Camera(), SIZE, lod)
            began = time.perf_counter()
            scene.render(state)
            times.append(time.perf_counter() - began)
        scene.close()
        note = f"{SIZE[0]}x{SIZE[1]}, deforming included"
        yield Figure(
            group, f"{lod}: draw a moving frame, median", 1e3 * float(np.median(times)), "ms",
            note=note,
        )  # fmt: skip


def _weights(index: int) -> dict[str, float]:
    phase = 0.5 - 0.5 * np.cos(2 * np.pi * index / FRAMES)
    return {"AU1": 0.3 * phase, "AU6": 0.4 * phase, "AU12_L": 0.6 * phase, "AU12_R": 0.5 * phase}
