"""The spine: the whole loop from a video to curves, read from top to bottom.

Every step is one call into a room. The command line and the studio's jobs run this same
generator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from pipeline import curves, face, model
from pipeline.core.errors import MediaError
from pipeline.core.progress import Job, Progress
from pipeline.core.types import AUSignals, EventSpan, FloatArray
from pipeline.face.key_weights import key_weights

if TYPE_CHECKING:
    from pipeline.curves import Curve
    from pipeline.face import FaceTrack, Form
    from pipeline.media import FrameSource
    from pipeline.store import ClipRecord


@dataclass(frozen=True)
class AnalysisOptions:
    """What a person may choose before an analysis.

    Parameters
    ----------
    predictor : str
        Name of the predictor behind `pipeline.model.load_predictor`.
    device : str
        ``auto``, ``cpu``, ``cuda`` or ``mps``.
    form : {"similarity", "point", "still"}
        Form of the key weights D(n), Xu 2025, 3.2.3; the first is ours, the others the paper's.
    pick : tuple of float, optional
        A point (x, y) in px on the face to follow, in frame `pick_frame`; the largest otherwise.
    neutral : mapping
        Neutral span (start, stop) by segment, where a person has set one.
    curve_error : float
        Largest error of a fitted AU curve against its smoothed signal, in activation.
    """

    predictor: str = "classical"
    device: str = "auto"
    form: Form = "similarity"
    pick: tuple[float, float] | None = None
    pick_frame: int = 0
    neutral: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    curve_error: float = 0.01

    @classmethod
    def of_clip(cls, record: ClipRecord, predictor: str, device: str) -> AnalysisOptions:
        """What a person has chosen for a project's clip: the face, the neutral spans."""
        pick = record.face_pick
        return cls(
            predictor=predictor,
            device=device,
            pick=None if pick is None else (pick[0], pick[1]),
            pick_frame=0 if pick is None else pick[2],
            neutral=dict(record.neutral),
        )


@dataclass(frozen=True)
class Analysis:
    """All that one pass over a clip finds.

    Parameters
    ----------
    times : (T,) float64
        Seconds from the first frame.
    track : FaceTrack
        68 points, segments, pose.
    displacement : (T, 70, 2) float32
        Key weights D(n), fraction of IOD.
    signals : AUSignals
        AU activations of the dense flow, gated by the predictor: what the curves are fitted to.
    landmark_signals : AUSignals
        AU activations by the paper's landmark least squares.
    motion : (T,) float32
        Strength of motion for the timeline, fraction of IOD.
    prediction : pipeline.model.Prediction
        Events with onset, apex and offset, and who predicted them.
    curves : dict of str to Curve
        The raw layer: one spline per AU track that moves.
    """

    times: np.ndarray
    track: FaceTrack
    displacement: FloatArray
    signals: AUSignals
    landmark_signals: AUSignals
    motion: FloatArray
    prediction: model.Prediction
    curves: dict[str, Curve]

    @property
    def events(self) -> tuple[EventSpan, ...]:
        """The predicted events in time order."""
        return self.prediction.events


def analyse(source: FrameSource, options: AnalysisOptions | None = None) -> Job[Analysis]:
    """Run the loop on one clip: landmarks, key weights, flow, events, AU signals, curves.

    Raises
    ------
    MediaError
        If the clip has no frames or a frame cannot be read.
    FaceError
        If no face is found in it, or the landmark model is missing.
    ModelError
        If the predictor is unknown.
    """
    options = options or AnalysisOptions()
    if source.n_frames == 0:
        raise MediaError("the clip has no frames", where=source.path, code="media.empty")
    predictor = model.load_predictor(options.predictor, options.device)

    track = yield from face.track_face(
        source, pick=options.pick, pick_frame=options.pick_frame, neutral=dict(options.neutral)
    )
    displacement = key_weights(track, options.form)
    flow = yield from face.canonical_flow(source, track)

    yield Progress("action units")
    by_landmarks = face.activations_landmarks(displacement, face.load_landmark_basis())

    evidence = model.ClipEvidence(
        fps=source.fps,
        times=source.times(),
        track=track,
        displacement=displacement,
        flow=flow,
    )
    prediction = yield from predictor.predict(evidence)
    fitted = yield from fit_curves(source.times(), prediction.signals, options.curve_error)
    return Analysis(
        times=source.times(),
        track=track,
        displacement=displacement,
        signals=prediction.signals,
        landmark_signals=by_landmarks,
        motion=prediction.motion,
        prediction=prediction,
        curves=fitted,
    )


def fit_curves(times: np.ndarray, signals: AUSignals, max_error: float) -> Job[dict[str, Curve]]:
    """Fit one spline per AU track (SPEC 7, Fang 2025, 3.4).

    Every track gets a curve, flat where nothing moves, so that a person can raise any AU.
    """
    fitted: dict[str, Curve] = {}
    for index, name in enumerate(signals.names):
        yield Progress("curves", index, len(signals.names), name)
        fitted[name] = curves.fit_bspline(times, signals.column(name), max_error=max_error).curve
    return fitted
