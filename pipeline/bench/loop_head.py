"""The loop closes on the head: curves move it, it is filmed, the analysis finds the curves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.analysis import analyse
from pipeline.bench.figure import Figure
from pipeline.bench.in_memory import ClipSource
from pipeline.core.progress import run
from pipeline.core.types import AUSignals
from pipeline.head import HeadModel, load_head
from pipeline.synth.head_film import HeadFilm, film_head

#: Units whose signals must follow their curves, and two more for the confusion table.
UNITS = (1, 2, 4, 9, 10, 12, 15, 17, 20, 25, 26)
CONFUSED = (6, 7)
PEAK = 0.3
LEAST_CORRELATION = 0.9
_NAMED = 4
#: Units that look alike round the eye and cheek.
_TABLE = (6, 7, 12)


def unit_signals(signals: AUSignals) -> dict[str, NDArray[np.float64]]:
    """Signal of each unit, mean of its sides where it has two; NaN counts as 0."""
    sides: dict[str, list[NDArray[np.float64]]] = {}
    for name in signals.names:
        column = np.nan_to_num(np.asarray(signals.column(name), np.float64))
        sides.setdefault(name.partition("_")[0], []).append(column)
    return {name: np.asarray(np.mean(columns, axis=0)) for name, columns in sides.items()}


def closed_loop(head: HeadModel, unit: int, peak: float = PEAK) -> tuple[HeadFilm, AUSignals]:
    """Film one unit and analyse the film."""
    film = run(film_head(head, {f"AU{unit}": peak}, seed=unit))
    return film, run(analyse(ClipSource(film.frames, film.fps))).signals


def correlation(signal: NDArray[np.float64], curve: NDArray[np.float64]) -> float:
    """Pearson's r; 0 where the signal does not move."""
    if signal.std() < 1e-9 or curve.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(signal, curve)[0, 1])


def measure(group: str) -> Iterator[Figure]:
    """Correlation of each unit's signal with its curve; what else its film is taken for."""
    head = run(load_head(lod="live"))
    read: dict[int, dict[str, float]] = {}
    for unit in sorted((*UNITS, *CONFUSED)):
        film, signals = closed_loop(head, unit)
        found = unit_signals(signals)
        apex = film.curve >= 0.95 * film.curve.max()
        heights = {name: float(column[apex].mean()) for name, column in found.items()}
        read[unit] = heights
        r = correlation(found[f"AU{unit}"], film.curve)
        held = LEAST_CORRELATION if unit in UNITS else None
        yield Figure(
            group, f"AU{unit} at {PEAK:g}: signal against curve, r", r, at_least=held,
            note=f"at the apex: {confusions(heights, unit)}",
        )  # fmt: skip
    yield from _confusion_table(group, read)


def confusions(heights: dict[str, float], unit: int) -> str:
    """The unit's own height, then the strongest others."""
    own = f"AU{unit}"
    others = sorted((name for name in heights if name != own), key=lambda name: -heights[name])
    return ", ".join(f"{name} {heights[name]:.2f}" for name in (own, *others[:_NAMED]))


def _confusion_table(group: str, read: dict[int, dict[str, float]]) -> Iterator[Figure]:
    """How much of another unit is read when one is filmed, for 6 against 7 and 12."""
    for filmed in _TABLE:
        own = max(read[filmed][f"AU{filmed}"], 1e-9)
        for other in _TABLE:
            if other != filmed:
                share = read[filmed][f"AU{other}"] / own
                yield Figure(
                    group, f"AU{filmed} filmed: AU{other} read, of AU{filmed} read", share
                )  # fmt: skip
