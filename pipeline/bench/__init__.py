"""Every figure that the project promises, measured on the machine at hand.

Machines are noisy: where a figure compares two things, both are measured in one run and the
ratio is reported. Nothing here is a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module

from pipeline.bench.figure import Figure

#: Group name and the module that measures it; modules are imported when they are asked for.
GROUPS = {
    "media": "pipeline.bench.media",
    "landmarks": "pipeline.bench.landmarks",
    "loop": "pipeline.bench.loop",
    "easy": "pipeline.bench.spotting",
    "hard": "pipeline.bench.spotting",
    "head": "pipeline.bench.head",
    "rig": "pipeline.bench.rig",
    "loop-head": "pipeline.bench.loop_head",
    "window": "pipeline.bench.window",
}


def measure(groups: Sequence[str]) -> Iterator[Figure]:
    """Measure the named groups, in order, one figure at a time."""
    for group in groups:
        measurer: Callable[[str], Iterator[Figure]] = import_module(GROUPS[group]).measure
        yield from measurer(group)
