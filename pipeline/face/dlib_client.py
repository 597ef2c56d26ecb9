"""The studio's end of the dlib process (`pipeline.face.dlib_process`)."""

from __future__ import annotations

import atexit
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import FaceError
from pipeline.core.progress import Job, Progress
from pipeline.face import dlib_process

_POLL_SECONDS = 0.02


class DlibClient:
    """One dlib process, started when first needed and ended with the program."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._model = ""
        self._trouble = ""
        atexit.register(self.close)

    def start(self, model: str) -> Job[None]:
        """Start the process for a landmark model ("" for none), yielding until it is ready."""
        if self._ready(model):
            return
        # The wait is a blocking read; a thread of its own lets a person cancel meanwhile.
        waiting = threading.Thread(target=self._start_quietly, args=(model,), daemon=True)
        waiting.start()
        while waiting.is_alive():
            yield Progress("starting face detection")
            time.sleep(_POLL_SECONDS)

    def _start_quietly(self, model: str) -> None:
        with self._lock:
            try:
                self._ensure(model)
            except FaceError:
                return  # the first request meets it again, where it can be told

    def faces(self, gray: NDArray[np.uint8], model: str) -> list[list[float]]:
        """Rows of left, top, right, bottom (whole px) and score."""
        reply = self._ask(gray, None, model)
        return list(reply["faces"])

    def points(
        self, gray: NDArray[np.uint8], boxes: list[list[int]], model: str
    ) -> NDArray[np.float64]:
        """(N, 68, 2) px for N boxes of left, top, right, bottom.

        Raises
        ------
        FaceError
            With code ``face.model`` if the landmark model cannot be read.
        """
        reply = self._ask(gray, boxes, model)
        return np.array(reply["points"], np.float64)

    def _ask(
        self, gray: NDArray[np.uint8], boxes: list[list[int]] | None, model: str
    ) -> dict[str, Any]:
        header = {"height": gray.shape[0], "width": gray.shape[1], "boxes": boxes}
        with self._lock:
            process = self._ensure(model)
            if boxes is not None and self._trouble:
                raise FaceError(
                    "The landmark model cannot be read", where=model, code="face.model",
                    reason=self._trouble,
                )  # fmt: skip
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                dlib_process.send(process.stdin, header, np.ascontiguousarray(gray).tobytes())
                reply = dlib_process.receive(process.stdout)
            except (OSError, ValueError):
                reply = None
            if reply is None:
                self._end()
                raise FaceError(
                    "Face detection stopped unexpectedly", code="face.process",
                    remedy="Run the analysis again; if it recurs, reinstall dlib-bin",
                )  # fmt: skip
            return reply

    def _ready(self, model: str) -> bool:
        return self._process is not None and self._process.poll() is None and self._model == model

    def _ensure(self, model: str) -> subprocess.Popen[bytes]:
        if self._process is not None and self._ready(model):
            return self._process
        self._end()
        # -P keeps this folder's modules from standing in for the library's.
        command = [sys.executable, "-P", str(Path(dlib_process.__file__)), model]
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, creationflags=flags,
            )  # fmt: skip
        except OSError as error:
            raise FaceError("Face detection cannot be started", code="face.process") from error
        self._process, self._model = process, model
        assert process.stdout is not None
        hello = dlib_process.receive(process.stdout)
        if hello is None:
            self._end()
            raise FaceError(
                "Face detection cannot be started", code="face.process",
                remedy="Install it with 'pip install dlib-bin'",
            )  # fmt: skip
        self._trouble = str(hello["trouble"])
        return process

    def close(self) -> None:
        """End the process; the next request starts another."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue  # its other end has gone already
        try:
            process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
