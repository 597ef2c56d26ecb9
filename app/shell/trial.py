"""Times the real window for `main.py bench`: when it is painted, and whether it ever hangs.

Run as ``python -m app.shell.trial PROJECT STARTED``, offscreen, in a process of its own; prints
one JSON object.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.shell.studio import start

PLAYBACK_S = 4.0
#: What an analysis found is adopted and painted in this time; that counts with it.
ADOPTED_S = 0.5
WAIT_S = 300.0


class Heartbeat:
    """Longest time between two turns of the GUI thread's event loop, ms."""

    def __init__(self) -> None:
        self._timer = QTimer()
        self._timer.setInterval(2)
        self._timer.timeout.connect(self._beat)
        self.worst = 0.0
        self._last = time.perf_counter()

    def start(self) -> None:
        """Begin to listen."""
        self.worst, self._last = 0.0, time.perf_counter()
        self._timer.start()

    def stop(self) -> float:
        """The longest gap since `start`."""
        self._timer.stop()
        return self.worst

    def _beat(self) -> None:
        now = time.perf_counter()
        self.worst = max(self.worst, 1e3 * (now - self._last))
        self._last = now


def main(project: str, started: float) -> dict[str, float]:
    """Open a project, analyse its clip anew, play it; return what was measured."""
    app, window = start()
    window.resize(1600, 1000)
    app.processEvents()
    figures = {"window painted": time.time() - started}
    window.open_paths([Path(project)])
    document = window.document
    _until(app, lambda: document.feed.current is not None)
    app.processEvents()
    figures["clip painted"] = time.time() - started
    figures["heavy modules at start"] = float(
        sum(name in sys.modules for name in ("torch", "dlib"))
    )
    head: Any = window.views["head"]
    _until(app, lambda: head.state is not None or bool(head.source.problem))
    figures["head painted"] = time.time() - started

    heart = Heartbeat()
    heart.start()
    document.analyse()
    _until(app, lambda: document.jobs.is_idle)
    adopted = time.monotonic() + ADOPTED_S
    _until(app, lambda: time.monotonic() > adopted)
    figures["worst stall in analysis"] = heart.stop()

    document.playhead.set_frame(0)
    document.playhead.loop = (0, document.playhead.n_frames - 1)
    heart.start()
    document.playhead.play()
    end = time.monotonic() + PLAYBACK_S
    _until(app, lambda: time.monotonic() > end)
    document.playhead.pause()
    figures["worst stall in playback"] = heart.stop()
    window.close()
    window.shut_down()
    return figures


def _until(app: QApplication, done: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not done() and time.monotonic() < end:
        app.processEvents()
        time.sleep(0.0005)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TELL_DATA_DIR"] = folder
        sys.stdout.write(json.dumps(main(sys.argv[1], float(sys.argv[2]))) + "\n")
