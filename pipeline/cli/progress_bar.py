"""A job's progress on stderr: a line that moves on a terminal, a line a stage in a log."""

from __future__ import annotations

import sys
import time
from typing import TextIO, TypeVar

from pipeline.core.progress import Job, Progress, run

T = TypeVar("T")


class ProgressBar:
    """Shows each `Progress`; rate-limited, so that a fast job is not slowed by printing."""

    def __init__(self, label: str, stream: TextIO | None = None) -> None:
        self._label = label
        self._stream = stream if stream is not None else sys.stderr
        self._live = self._stream.isatty()
        self._stage = ""
        self._shown = 0.0

    def __call__(self, step: Progress) -> None:
        """Show one step."""
        if not self._live:
            if step.stage != self._stage:
                self._stream.write(f"{self._label}: {step.stage}\n")
                self._stage = step.stage
            return
        now = time.monotonic()
        if now - self._shown < 0.05:
            return
        self._shown = now
        filled = round(24 * step.fraction)
        bar = "█" * filled + "·" * (24 - filled)
        text = f"{self._label}: {bar} {step.fraction:4.0%} {step.stage} {step.note}"
        self._stream.write(f"\r\x1b[2K{text[:110]}")
        self._stream.flush()

    def close(self) -> None:
        """Clear the moving line."""
        if self._live and self._shown:
            self._stream.write("\r\x1b[2K")
            self._stream.flush()


def run_with_bar(job: Job[T], label: str) -> T:
    """Drive a job to its end under a progress bar."""
    bar = ProgressBar(label)
    try:
        return run(job, bar)
    finally:
        bar.close()
