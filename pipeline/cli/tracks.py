"""Reads a SOURCE of `render` and `export`: a project's curves, or an `aus.csv`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.core.errors import ExportError

if TYPE_CHECKING:
    from pipeline.curves import Curve, Modulation
    from pipeline.store import ClipRecord, ProjectStore


@dataclass(frozen=True)
class ClipTracks:
    """One clip's curves of one layer and the gain on top of them.

    Parameters
    ----------
    clip_id : str
        The clip's id.
    times : (T,) float64
        The clip's own frame times in s.
    curves : mapping of str to Curve
        Curves of the layer by track name.
    gain : callable
        ``gain(times, track name)`` gives m_e * i_v per time, (N,) float64.
    """

    clip_id: str
    times: np.ndarray
    curves: Mapping[str, Curve]
    gain: Callable[[np.ndarray, str], np.ndarray]

    def values(self, times: np.ndarray) -> dict[str, np.ndarray]:
        """The layer's activations in [0, 1] at ``times``, by track name."""
        return {
            name: np.clip(curve(times) * self.gain(times, name), 0.0, 1.0)
            for name, curve in self.curves.items()
        }

    def weights(self, seconds: float) -> dict[str, float]:
        """Head weights at one time."""
        at = np.array([seconds])
        return {name: float(column[0]) for name, column in self.values(at).items()}


def load_tracks(
    source: Path,
    *,
    layer: str,
    clip: str | None = None,
    coder: str | None = None,
    emotion: str = "",
    intensity: float = 1.0,
) -> list[ClipTracks]:
    """Curves of a project or an `aus.csv`, with ``emotion`` and ``intensity`` on top.

    Raises
    ------
    ExportError
        If there is nothing in it, the clip is unknown or the emotion has no profile.
    """
    if not source.exists():
        raise ExportError("there is no such file", where=source, code="export.missing")
    if source.suffix.lower() == ".tell":
        tracks = _from_project(source, layer, clip, coder, emotion, intensity)
    else:
        tracks = [_from_csv(source, layer, emotion, intensity)]
    if not any(track.curves for track in tracks):
        raise ExportError(
            "there are no AU curves in it", where=source, remedy="Analyse the clip first",
            code="export.empty",
        )  # fmt: skip
    return tracks


def _from_csv(source: Path, layer: str, emotion: str, intensity: float) -> ClipTracks:
    from pipeline.curves import Modulation, default_profiles, gain, interpolating_curve
    from pipeline.exchange import read_aus_csv

    table = read_aus_csv(source)
    curves = {name: interpolating_curve(table.times, table.column(name)) for name in table.names}
    modulation = Modulation(default_profiles(), override=emotion, intensity=intensity)
    flat = not emotion and intensity == 1.0

    def gain_of(times: np.ndarray, name: str) -> np.ndarray:
        if layer != "modulated" or flat:
            return np.ones_like(times)
        return gain(times, (), modulation, _au_of(name))

    return ClipTracks(source.stem, table.times, curves, gain_of)


def _from_project(
    source: Path, layer: str, clip: str | None, coder: str | None, emotion: str, intensity: float
) -> list[ClipTracks]:
    from pipeline.store import ProjectStore

    store = ProjectStore.open(source, read_only=True)
    try:
        records = [record for record in store.clips() if clip in (None, record.clip_id)]
        if not records:
            known = ", ".join(record.clip_id for record in store.clips()[:8]) or "none"
            raise ExportError(
                f"it has no clip '{clip}'", where=source, remedy=f"Its clips: {known}",
                code="export.clip",
            )  # fmt: skip
        return [_of_clip(store, r, layer, coder, emotion, intensity) for r in records]
    finally:
        store.close()


def _of_clip(
    store: ProjectStore,
    record: ClipRecord,
    layer: str,
    coder: str | None,
    emotion: str,
    intensity: float,
) -> ClipTracks:
    from pipeline.curves import gain

    analysis = store.analysis(record.id)
    times = analysis.times if analysis is not None else np.zeros(0)
    modulation: Modulation = store.modulation(record.id)
    if emotion or intensity != 1.0:
        modulation = replace(
            modulation, override=emotion or modulation.override, intensity=intensity
        )
    events = store.shown_events(record.id, coder)
    spans = [
        (times[e.span.onset], times[e.span.offset], e.span.emotion, e.intensity)
        for e in events
        if e.span.offset < len(times)
    ]

    def gain_of(at: np.ndarray, name: str) -> np.ndarray:
        if layer != "modulated":
            return np.ones_like(at)
        return gain(at, spans, modulation, _au_of(name))

    stored = "raw" if layer == "raw" else "edited"
    return ClipTracks(record.clip_id, times, store.curves(record.id, stored), gain_of)


def _au_of(name: str) -> int:
    from pipeline.core.labels import split_track

    return split_track(name)[0]
