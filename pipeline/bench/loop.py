"""The whole analysis, stage by stage."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from pipeline.analysis import analyse
from pipeline.bench.figure import Figure
from pipeline.bench.in_memory import ClipSource
from pipeline.core.progress import Progress, run
from pipeline.synth import make_clip


def measure(group: str) -> Iterator[Figure]:
    """Seconds of each stage of `analyse` on 400 frames at 200 fps, 640x480."""
    clip = make_clip(4000, profile="easy")
    laps = int(np.ceil(400 / len(clip.frames)))
    there_and_back = np.concatenate([clip.frames, clip.frames[::-1]] * laps)[:400]
    spent: dict[str, float] = {}
    stage, since = "", time.perf_counter()

    def note(step: Progress) -> None:
        nonlocal stage, since
        now = time.perf_counter()
        if stage:
            spent[stage] = spent.get(stage, 0.0) + now - since
        stage, since = step.stage, now

    began = time.perf_counter()
    run(analyse(ClipSource(there_and_back, 200.0)), note)
    whole = time.perf_counter() - began
    for name, seconds in spent.items():
        yield Figure(group, f"stage '{name}', a frame", 1e3 * seconds / 400, "ms")
    yield Figure(group, "whole analysis, a frame", 1e3 * whole / 400, "ms")
