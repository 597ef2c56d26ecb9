"""Loading, morphing and drawing heads: the built-in one by level of detail, and ICT-FaceKit."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from pipeline.bench.figure import Figure
from pipeline.core.progress import run
from pipeline.head import Camera, HeadModel, HeadScene, HeadState, load_head
from pipeline.head.sculpt.parameters.detail import Lod

SIZE = (512, 512)
FRAMES = 30
_STILLS = 5
_LODS: tuple[Lod, ...] = ("draft", "live", "still")
#: Reference head beside the checkout; figures on it are left out where it is not there.
ICT = Path(__file__).resolve().parents[3] / "shared" / "heads" / "ict-facekit" / "FaceXModel"
#: Seconds, and milliseconds a frame at 24 frames/s.
_FIRST_BUILD, _CACHED = 20.0, 1.0
_ICT_FIRST, _ICT_CACHED, _MORPH_MS = 6.0, 0.5, 2.0
_FRAME_MS = 1e3 / 24


def measure(group: str) -> Iterator[Figure]:
    """Seconds to load, milliseconds to deform and to draw a moving face."""
    with _fresh_folders():
        for lod in _LODS:
            yield from _level(group, lod)
        yield from _ict(group)


@contextlib.contextmanager
def _fresh_folders() -> Iterator[None]:
    """Cache and data in folders of their own: the first load is a first load."""
    names = ("TELL_CACHE_DIR", "TELL_DATA_DIR")
    before = {name: os.environ.get(name) for name in names}
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            os.environ[name] = str(Path(folder) / name)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def _timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def _level(group: str, lod: Lod) -> Iterator[Figure]:
    first = _timed(lambda: run(load_head(lod=lod)))
    yield Figure(group, f"{lod}: first load (built)", first, "s", at_most=_FIRST_BUILD)
    cached = _timed(lambda: run(load_head(lod=lod)))
    yield Figure(group, f"{lod}: load from cache", cached, "s", at_most=_CACHED)
    if lod != "still":
        another = _timed(lambda: run(load_head("farah", lod=lod)))
        yield Figure(group, f"{lod}: a character on the body kept (farah)", another, "s")
    head = run(load_head(lod=lod))
    deform = median_ms(lambda index: head.deform(_weights(index)))
    yield Figure(group, f"{lod}: morph and normals, 4 AUs", deform, "ms",
                 note=f"{len(head.vertices):,} vertices")  # fmt: skip
    yield from _drawing(group, lod, head, lod)


def _drawing(group: str, name: str, head: HeadModel, quality: Lod) -> Iterator[Figure]:
    scene = HeadScene(head)
    try:
        frames = _STILLS if quality == "still" else FRAMES

        def draw(index: int) -> None:
            scene.render(HeadState.of(_weights(index), Camera(), SIZE, quality))

        first = 1e3 * _timed(lambda: draw(0))
        middle = median_ms(draw, frames)
        # Of the three levels one must play at 24 frames/s on software GL; draft is the last hope.
        held = _FRAME_MS if quality == "draft" else None
        note = f"{1e3 / middle:.1f} frames/s, {SIZE[0]}x{SIZE[1]}, {scene.graphics}"
        yield Figure(group, f"{name}: draw a moving frame, median", middle, "ms", held, note=note)
        yield Figure(group, f"{name}: first picture", first, "ms")
    finally:
        scene.close()


def median_ms(action: Callable[[int], object], count: int = FRAMES) -> float:
    action(0)
    return 1e3 * float(np.median([_timed(partial(action, i)) for i in range(1, count + 1)]))


def _ict(group: str) -> Iterator[Figure]:
    if not ICT.is_dir():
        yield Figure(group, "ICT-FaceKit", float("nan"), note=f"not beside the checkout: {ICT}")
        return
    first = _timed(lambda: run(load_head(ICT)))
    yield Figure(group, "ICT-FaceKit: first load", first, "s", at_most=_ICT_FIRST)
    cached = _timed(lambda: run(load_head(ICT)))
    yield Figure(group, "ICT-FaceKit: load from cache", cached, "s", at_most=_ICT_CACHED)
    head = run(load_head(ICT))
    rng = np.random.default_rng(1)
    rows = rng.uniform(0.05, 1, (FRAMES + 1, len(head.shape_names)))
    note = f"{len(head.vertices):,} vertices, {len(head.shape_names)} shapes, normals with them"

    def all_shapes(index: int) -> None:
        head.deform(dict(zip(head.shape_names, rows[index].tolist(), strict=True)))

    every = median_ms(all_shapes)
    yield Figure(group, "ICT-FaceKit: morph, all shapes active", every, "ms", note=note)
    face = median_ms(lambda index: head.deform(_weights(index)))
    yield Figure(group, "ICT-FaceKit: morph, a face of 4 AUs", face, "ms", _MORPH_MS, note=note)
    yield from _drawing(group, "ICT-FaceKit (live)", head, "live")


def _weights(index: int) -> dict[str, float]:
    phase = 0.5 - 0.5 * np.cos(2 * np.pi * index / FRAMES)
    return {"AU1": 0.3 * phase, "AU6": 0.4 * phase, "AU12_L": 0.6 * phase, "AU12_R": 0.5 * phase}
