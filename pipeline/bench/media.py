"""Stepping, seeking and memory of the frame reader."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from pipeline.bench.figure import Figure
from pipeline.media import FilmWriter, open_source
from pipeline.synth import make_clip

FRAMES = 600
RATE = 200
GOP = 250
CACHE = 1 << 30
MINUTES = 10


def measure(group: str) -> Iterator[Figure]:
    """Time cached steps and uncached seeks, and fill the cache from a long clip."""
    with tempfile.TemporaryDirectory() as folder:
        short = Path(folder, "short.mp4")
        _film(short)
        yield from _stepping(group, short)
        long = Path(folder, "long.mp4")
        _repeat(short, long, MINUTES * 60 * RATE // FRAMES)
        yield from _long_clip(group, long)


def _film(path: Path) -> None:
    """A face with sensor noise, as long as the clip wants, back and forth."""
    frames = make_clip(6000, profile="easy").frames
    order = [*range(len(frames)), *range(len(frames) - 2, 0, -1)]
    with FilmWriter(path, (640, 480), Fraction(RATE)) as film:
        for index in range(FRAMES):
            film.write(frames[order[index % len(order)]])


def _stepping(group: str, path: Path) -> Iterator[Figure]:
    source = open_source(path, cache_bytes=CACHE)
    source.frame(100)
    for index in range(100, 160):
        source.frame(index)
    steps = []
    for index in [*range(159, 100, -1), *range(100, 160)]:
        began = time.perf_counter()
        source.frame(index)
        steps.append(time.perf_counter() - began)
    source.close()
    yield Figure(group, "cached step, median", 1e3 * float(np.median(steps)), "ms", at_most=5)

    seeks = []
    for index in np.random.default_rng(1).integers(0, FRAMES, 40):
        fresh = open_source(path, cache_bytes=CACHE)
        began = time.perf_counter()
        fresh.frame(int(index))
        seeks.append(time.perf_counter() - began)
        fresh.close()
    note = f"640x480 h264, keyframe every {GOP} frames at most, nothing cached"
    yield Figure(
        group, "uncached random seek, median", 1e3 * float(np.median(seeks)), "ms", at_most=60,
        note=note,
    )  # fmt: skip
    yield Figure(group, "uncached random seek, worst", 1e3 * max(seeks), "ms")


def _repeat(short: Path, long: Path, times: int) -> None:
    """Lay the same packets one after the other: a long clip without encoding it."""
    import av

    with av.open(str(short)) as first, av.open(str(long), "w") as target:
        video = first.streams.video[0]
        out = target.add_stream_from_template(video)
        packets = [packet for packet in first.demux(video) if packet.size]
        span = sum(packet.duration or 0 for packet in packets)
        stamps = [(packet.pts or 0, packet.dts or 0) for packet in packets]
        for lap in range(times):
            for packet, (pts, dts) in zip(packets, stamps, strict=True):
                packet.stream = out
                packet.pts, packet.dts = pts + lap * span, dts + lap * span
                packet.time_base = video.time_base or Fraction(1, RATE)
                target.mux(packet)


def _long_clip(group: str, path: Path) -> Iterator[Figure]:
    began = time.perf_counter()
    source = open_source(path, cache_bytes=CACHE)
    opened = time.perf_counter() - began
    minutes = source.n_frames / RATE / 60
    yield Figure(group, f"open a {minutes:.0f}-minute clip at {RATE} fps", opened, "s")
    for index in np.random.default_rng(2).integers(0, source.n_frames, 30):
        source.frame(int(index))
    held = source.cached_bytes
    source.close()
    yield Figure(group, "decoded frames held, long clip", held / 2**20, "MiB", at_most=1024)
