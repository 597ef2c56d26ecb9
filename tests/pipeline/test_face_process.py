"""dlib runs beside the program: it must not freeze it, and must be gone with it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.errors import FaceError
from pipeline.core.progress import run
from pipeline.face import close_detection, detect, find_faces, prepare_detection
from tests.pipeline.clips import astronaut

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def fresh():
    close_detection()
    yield detect._dlib
    close_detection()


def test_starting_yields_so_that_a_person_can_cancel_and_other_threads_run(fresh):
    ticks, stop = [], threading.Event()

    def tick():
        while not stop.wait(0.005):
            ticks.append(time.perf_counter())

    other = threading.Thread(target=tick)
    other.start()
    steps = []
    run(prepare_detection(), steps.append)
    stop.set()
    other.join()
    assert len(steps) > 3
    assert len(ticks) > 10


def test_a_process_that_died_is_told_and_then_replaced(fresh):
    portrait = astronaut()
    assert len(find_faces(portrait)) == 1
    fresh._process.kill()
    fresh._process.wait()
    assert len(find_faces(portrait)) == 1


def test_closing_ends_the_process(fresh):
    find_faces(np.zeros((64, 64), np.uint8))
    process = fresh._process
    close_detection()
    assert process.poll() is not None


def test_a_python_that_cannot_be_started_is_a_typed_error(fresh, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no python"))
    with pytest.raises(FaceError, match="cannot be started"):
        find_faces(np.zeros((64, 64), np.uint8))


def test_the_program_ends_with_its_dlib_process_and_never_imports_dlib_itself():
    script = (
        "import sys, numpy as np\n"
        "from pipeline.face import find_faces\n"
        "assert find_faces(np.zeros((64, 64), np.uint8)) == []\n"
        "assert 'dlib' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=ROOT, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
