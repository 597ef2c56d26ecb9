"""What leaves the studio: each export a job over a snapshot of the document, free of Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.core.errors import ExportError
from pipeline.core.progress import Job, Progress
from pipeline.head.rig.rig import NO_RIG, Rig

if TYPE_CHECKING:
    from app.state import Document, Weights
    from pipeline.curves import Curve
    from pipeline.store import ClipAnalysis, ClipRecord, EventRecord


@dataclass(frozen=True)
class Snapshot:
    """The clip in hand as it is now; what is edited later does not get into the file.

    Parameters
    ----------
    clip : ClipRecord
    media : Path
        Where the film is.
    times : (T,) float64
        Frame times, s.
    layer : str
        ``raw``, ``edited`` or ``modulated``.
    drive : Weights
        Curves, events and modulation of the layer.
    events : tuple of EventRecord
    analysis : ClipAnalysis or None
    head : str
        The project's: a name or a path.
    identity : mapping
        Weights of its identity modes.
    rig : Rig
    """

    clip: ClipRecord
    media: Path
    times: np.ndarray
    layer: str
    drive: Weights
    events: tuple[EventRecord, ...]
    analysis: ClipAnalysis | None
    head: str = "builtin"
    identity: Mapping[str, float] = field(default_factory=dict)
    rig: Rig = NO_RIG

    @classmethod
    def of(cls, document: Document, layer: str) -> Snapshot:
        """Take it from the document, in the GUI thread.

        Raises
        ------
        ExportError
            If no clip is open.
        """
        clip, store = document.clip, document.store
        if clip is None or store is None:
            raise ExportError("no clip is open", remedy="Open a video first", code="export.empty")
        return cls(
            clip, store.media_path(clip), np.array(document.playhead.times), layer,
            document.weights(layer),  # type: ignore[arg-type]
            document.events(), document.analysis, document.rig.head, document.rig.identity,
            document.rig.stored,
        )  # fmt: skip

    # What `pipeline.exchange` calls LayerTracks

    @property
    def clip_id(self) -> str:
        """Name of the clip in files."""
        return self.clip.clip_id

    @property
    def curves(self) -> Mapping[str, Curve]:
        """Curves by track name."""
        return self.drive.curves

    def gain(self, times: np.ndarray, name: str) -> np.ndarray:
        """m_e i_v at times in s for one track."""
        return self.drive.gain(times, name)

    def values(self, times: np.ndarray) -> dict[str, np.ndarray]:
        """Activations in [0, 1] at times in s."""
        return self.drive.over(times)


def export_layer(snapshot: Snapshot, format_name: str, target: Path) -> Job[Path]:
    """One layer of curves as CSV or JSON."""
    from pipeline.exchange import FORMATS

    yield Progress("writing", 0, 1, target.name)
    FORMATS[format_name]([snapshot], target, layer=snapshot.layer)
    return target


def export_tables(snapshot: Snapshot, folder: Path) -> Job[Path]:
    """Landmarks, displacement, AU signals and events, as `analyze --out` writes them."""
    from pipeline.exchange import EventRow, clip_folder, write_analysis_folder

    analysis = snapshot.analysis
    if analysis is None:
        raise ExportError(
            "this clip has no measurements", where=snapshot.clip_id, remedy="Analyse it first",
            code="export.empty",
        )  # fmt: skip
    yield Progress("writing", 0, 1, folder.name)
    target = folder / clip_folder(snapshot.clip_id)
    target.mkdir(parents=True, exist_ok=True)
    source = _opened(snapshot)
    try:
        rows = [EventRow.of(snapshot.clip_id, e.span, source) for e in snapshot.events]
        write_analysis_folder(
            target, times=analysis.times, track=analysis.track,
            displacement=analysis.displacement, signals=analysis.signals, events=rows,
        )  # fmt: skip
    finally:
        source.close()
    return target


def export_events(snapshot: Snapshot, target: Path) -> Job[Path]:
    """The events as the coder sees them."""
    from pipeline.exchange import EventRow, write_events_csv

    yield Progress("writing", 0, 1, target.name)
    source = _opened(snapshot)
    try:
        rows = [EventRow.of(snapshot.clip_id, e.span, source) for e in snapshot.events]
    finally:
        source.close()
    write_events_csv(target, rows)
    return target


def export_clip(snapshot: Snapshot, target: Path) -> Job[Path]:
    """The clip with its points, events and values drawn in, as MP4."""
    from pipeline.exchange.clip_film import annotated_film

    source = _opened(snapshot)
    try:
        track = snapshot.analysis.track if snapshot.analysis is not None else None
        spans = [event.span for event in snapshot.events]
        yield from annotated_film(source, target, track=track, events=spans)
    finally:
        source.close()
    return target


def _opened(snapshot: Snapshot) -> Any:
    from pipeline.media import open_source

    fps = snapshot.clip.fps if snapshot.clip.kind == "images" else None
    return open_source(snapshot.media, fps=fps, cache_bytes=1 << 26)
