"""Long work as generators: they yield `Progress`, return a result, and stop between yields."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is.

    Parameters
    ----------
    stage : str
        What is being done, for a person: ``"landmarks"``.
    done, total : float
        Work done of the work there is, in any unit; ``total`` 0 means unknown.
    note : str
        One more word for the status line.
    """

    stage: str
    done: float = 0.0
    total: float = 0.0
    note: str = ""

    @property
    def fraction(self) -> float:
        """Share done in [0, 1]; 0 when the total is unknown."""
        return min(1.0, self.done / self.total) if self.total > 0 else 0.0


Job: TypeAlias = Generator[Progress, None, T]


def run(job: Job[T], on_progress: Callable[[Progress], None] | None = None) -> T:
    """Drive a job to its end and return its result.

    ``on_progress`` may raise `pipeline.core.errors.Cancelled`; the job is then closed
    (its ``finally`` blocks run) and the exception goes on to the caller.
    """
    try:
        while True:
            try:
                step = next(job)
            except StopIteration as end:
                return end.value
            if on_progress is not None:
                on_progress(step)
    finally:
        job.close()


def as_part(job: Job[T], low: float, high: float) -> Job[T]:
    """A job as a part of a larger one: its fractions run from `low` to `high`."""
    try:
        while True:
            try:
                step = next(job)
            except StopIteration as end:
                return end.value
            share = low + (high - low) * step.fraction
            yield Progress(step.stage, share, 1.0, step.note)
    finally:
        job.close()
