"""Reads a SOURCE of `render` and `export`: a project's curves, or an `aus.csv`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import ExportError

if TYPE_CHECKING:
    from pipeline.curves import Curve, GainSpan, Modulation, Weights
    from pipeline.store import ClipRecord, ProjectStore

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Played:
    """How a SOURCE is asked to be played.

    Parameters
    ----------
    layer : {"raw", "edited", "modulated"}
    emotion : str
        An emotion instead of each event's own; empty for theirs.
    intensity : float or None
        i_v in [0, 1] instead of each event's own; None for theirs (1 with `emotion`).
    """

    layer: str = "modulated"
    emotion: str = ""
    intensity: float | None = None


@dataclass(frozen=True)
class ClipTracks:
    """One clip's curves of one layer and the gain on top of them: an exporter's `LayerTracks`.

    Parameters
    ----------
    clip_id : str
        The clip's id.
    times : (T,) float64
        The clip's own frame times in s from its first frame.
    drive : Weights
        Curves, events and modulation.
    """

    clip_id: str
    times: Array = field(repr=False)
    drive: Weights = field(repr=False)

    @property
    def curves(self) -> Mapping[str, Curve]:
        """Curves of the layer by track name."""
        return self.drive.curves

    def gain(self, times: Array, name: str) -> Array:
        """m_e i_v at times in s for one track, (N,)."""
        return self.drive.gain(times, name)

    def values(self, times: Array) -> dict[str, Array]:
        """The layer's weights at ``times`` (s), by track name, each within its range."""
        return self.drive.over(times)


def load_tracks(
    source: Path, played: Played, *, clip: str | None = None, coder: str | None = None
) -> list[ClipTracks]:
    """Curves of a project or an `aus.csv`, with the emotion and intensity asked for on top.

    Raises
    ------
    ExportError
        If there is nothing in it, the clip is unknown or the emotion has no profile.
    SheetError, ProjectError
        If the table or the project cannot be read.
    """
    if not source.exists():
        raise ExportError(
            "there is no such file", where=source, remedy="Name a .tell project or an aus.csv",
            code="export.missing",
        )  # fmt: skip
    if source.suffix.lower() == ".tell":
        tracks = _from_project(source, played, clip, coder)
    else:
        tracks = [_from_csv(source, played)]
    if not any(track.curves for track in tracks):
        raise ExportError(
            "there are no curves in it", where=source, remedy="Analyse the clip first",
            code="export.empty",
        )  # fmt: skip
    return tracks


def _from_csv(source: Path, played: Played) -> ClipTracks:
    from pipeline.curves import Modulation, interpolating_curve
    from pipeline.exchange import read_aus_csv

    table = read_aus_csv(source)
    # Time starts at the clip (SPEC 8), also where the table was cut out of a longer one.
    times = table.times - table.times[0]
    curves = {name: interpolating_curve(times, table.column(name)) for name in table.names}
    return ClipTracks(source.stem, times, _driven(curves, (), Modulation(), times, played))


def _from_project(
    source: Path, played: Played, clip: str | None, coder: str | None
) -> list[ClipTracks]:
    from pipeline.store import ProjectStore

    with ProjectStore.open(source, read_only=True) as store:
        records = [record for record in store.clips() if clip in (None, record.clip_id)]
        if not records:
            known = ", ".join(record.clip_id for record in store.clips()[:8]) or "none"
            raise ExportError(
                "it has no clips" if clip is None else f"it has no clip '{clip}'",
                where=source, remedy=f"Its clips: {known}", code="export.clip",
            )  # fmt: skip
        return [_of_clip(store, record, played, coder) for record in records]


def _of_clip(
    store: ProjectStore, record: ClipRecord, played: Played, coder: str | None
) -> ClipTracks:
    analysis = store.analysis(record.id)
    times = analysis.times if analysis is not None else np.zeros(0)
    spans = tuple(
        (float(times[e.span.onset]), float(times[e.span.offset]), e.span.emotion, e.intensity)
        for e in store.shown_events(record.id, coder)
        if 0 <= e.span.onset <= e.span.offset < len(times)
    )
    curves = store.curves(record.id, "raw" if played.layer == "raw" else "edited")
    drive = _driven(curves, spans, store.modulation(record.id), times, played)
    return ClipTracks(record.clip_id, times, drive)


def _driven(
    curves: Mapping[str, Curve],
    spans: tuple[GainSpan, ...],
    modulation: Modulation,
    times: Array,
    played: Played,
) -> Weights:
    """The layer asked for; with an intensity alone every event keeps its own emotion."""
    from pipeline.curves import Weights

    emotion = _emotion(played.emotion, modulation)
    if played.layer != "modulated":
        return Weights(curves)
    if emotion:
        i_v = 1.0 if played.intensity is None else played.intensity
        modulation = replace(modulation, override=emotion, intensity=i_v)
    elif played.intensity is not None:
        i_v = played.intensity
        modulation = replace(modulation, intensity=i_v)
        whole = (0.0, float(times[-1]) if len(times) else 0.0, "", i_v)
        spans = tuple((on, off, felt, i_v) for on, off, felt, _ in spans) or (whole,)
    return Weights(curves, spans, modulation)


def _emotion(word: str, modulation: Modulation) -> str:
    from pipeline.curves import emotion_id

    emotion = word if word in modulation.profiles else emotion_id(word)
    if word and emotion not in modulation.profiles:
        raise ExportError(
            f"no emotion '{word}'", remedy=f"There are: {', '.join(modulation.profiles)}",
            code="export.emotion",
        )  # fmt: skip
    return emotion
