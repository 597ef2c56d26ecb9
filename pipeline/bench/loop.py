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
    last = ["", time.perf_counter()]

    def note(step: Progress) -> None:
        now = time.perf_counter()
        if last[0]:
            spent[last[0]] = spent.get(last[0], 0.0) + now - last[1]
        last[:] = [step.stage, now]

    began = time.perf_counter()
    run(analyse(ClipSource(there_and_back, 200.0)), note)
    whole = time.perf_counter() - began
    for stage, seconds in spent.items():
        yield Figure(group, f"stage '{stage}', a frame", 1e3 * seconds / 400, "ms")
    yield Figure(group, "whole analysis, a frame", 1e3 * whole / 400, "ms")
