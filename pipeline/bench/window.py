"""The real window, in a process of its own: first paint and stalls of the GUI thread."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

from pipeline.analysis import analyse
from pipeline.bench.figure import Figure
from pipeline.core.errors import TellError
from pipeline.core.progress import run
from pipeline.media import FilmWriter, open_source
from pipeline.store import ProjectStore
from pipeline.synth import make_clip

RUNS = 3
TIMES = {"window painted": 2.5, "clip painted": None, "head painted": None}
STALLS = ("worst stall in analysis", "worst stall in playback")


def measure(group: str) -> Iterator[Figure]:
    """Start the window on an analysed project three times; the median start counts."""
    with tempfile.TemporaryDirectory() as folder:
        project = _project(Path(folder))
        trials = [_trial(project) for _ in range(RUNS)]
    for name, bound in TIMES.items():
        value = sorted(trial[name] for trial in trials)[RUNS // 2]
        yield Figure(group, f"{name} after the start of the process", value, "s", bound)
    heavy = max(trial["heavy modules at start"] for trial in trials)
    yield Figure(group, "torch and dlib loaded at the start", heavy, at_most=0)
    for name in STALLS:
        yield Figure(group, name, max(trial[name] for trial in trials), "ms", at_most=50)


def _project(folder: Path) -> Path:
    clip = make_clip(5000, profile="easy")
    film = folder / "clip.mp4"
    height, width = clip.frames.shape[1:3]
    with FilmWriter(film, (width, height), Fraction(200)) as writer:
        for frame in clip.frames:
            writer.write(frame)
    path = folder / "bench.tell"
    store = ProjectStore.create(path)
    source = open_source(film)
    clip_record = SimpleNamespace(clip_id="clip", path=film, subject="", dataset="")
    store.save_result(clip_record, source, run(analyse(source)))
    source.close()
    store.close()
    return path


def _trial(project: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "app.shell.trial", str(project), repr(time.time())]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        command, cwd=root, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    if done.returncode:
        raise TellError("the window's trial failed", where=done.stderr.strip()[-300:])
    return json.loads(done.stdout.splitlines()[-1])
