"""The spine as a job of the studio: a source of its own, results staged off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.core.progress import Job
from pipeline.store import ClipAnalysis, ClipRecord, ProjectStore, SaveAnalysis, utc_now

if TYPE_CHECKING:
    from pipeline.analysis import Analysis

#: The analysis reads in order; the person's own cache is not pushed out of memory by it.
_CACHE_BYTES = 128 << 20


@dataclass(frozen=True)
class Analysed:
    """A finished run, staged in the project and not yet in use."""

    clip: str
    run: str
    result: Analysis
    analysis: ClipAnalysis
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """What a person's settings say about analyses."""

    predictor: str = "classical"
    device: str = "auto"
    landmark_model: str = ""


def analyse_clip(store: ProjectStore, record: ClipRecord, choice: Choice) -> Job[Analysed]:
    """Run the loop on a clip and stage what it finds.

    Raises
    ------
    MediaError, FaceError, ModelError, ProjectError
    """
    from pipeline.analysis import AnalysisOptions, analyse
    from pipeline.face import use_landmark_model
    from pipeline.media import open_source

    use_landmark_model(choice.landmark_model or None)
    fps = record.fps if record.kind == "images" else None
    source = open_source(store.media_path(record), fps=fps, cache_bytes=_CACHE_BYTES)
    try:
        options = AnalysisOptions.of_clip(record, choice.predictor, choice.device)
        result = yield from analyse(source, options)
    finally:
        source.close()
    warnings = source.warnings
    run = yield from store.stage_analysis(record.id, result)
    prediction = result.prediction
    shown = ClipAnalysis(
        id=run,
        times=result.times,
        track=result.track,
        displacement=result.displacement,
        signals=result.signals,
        landmark_signals=result.landmark_signals,
        motion=result.motion,
        predictor=prediction.predictor,
        settings=dict(prediction.settings),
        weights_hash=prediction.weights_hash,
        created=utc_now(),
    )
    return Analysed(record.id, run, result, shown, warnings)


def as_edit(store: ProjectStore, analysed: Analysed) -> SaveAnalysis:
    """The edit that puts a staged run in use."""
    return SaveAnalysis.prepare(store, analysed.clip, analysed.run, analysed.result)
