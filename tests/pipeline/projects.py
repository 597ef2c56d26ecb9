"""Small projects for the tests of the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.core.labels import parse_aus
from pipeline.core.types import AUSignals, EventSpan
from pipeline.curves import Curve
from pipeline.face import FaceTrack, Segment
from pipeline.store import ClipRecord, EventRecord, ProjectStore, new_event, new_id


def clip_record(name: str = "sub01/EP02_01f", **more: Any) -> ClipRecord:
    return ClipRecord(new_id(), name, Path(f"/media/{name}.mp4"), n_frames=60, fps=200.0, **more)


def event_record(clip: str, onset: int = 10, coder: str = "ana", **more: Any) -> EventRecord:
    span = EventSpan(onset, onset + 4, onset + 9, "disgust", parse_aus("L12c+4b?+17"))
    return new_event(clip, span, coder, **more)


def bump(height: float = 0.5, keys: int = 5) -> Curve:
    times = np.linspace(0.0, 0.3, keys)
    return Curve.from_keys(times, height * np.sin(np.pi * times / 0.3))


@dataclass(frozen=True)
class Prediction:
    events: tuple[EventSpan, ...] = (EventSpan(8, 12, 20, "", (), 0.8),)
    predictor: str = "classical"
    settings: dict[str, Any] = field(default_factory=lambda: {"k": 3, "p": 0.5})
    weights_hash: str = "abc"


@dataclass(frozen=True)
class Result:
    """What `pipeline.analysis.Analysis` has, made of numbers from a seed."""

    times: np.ndarray
    track: FaceTrack
    displacement: np.ndarray
    signals: AUSignals
    landmark_signals: AUSignals
    motion: np.ndarray
    prediction: Prediction
    curves: dict[str, Curve]


def result(frames: int = 60, seed: int = 1, height: float = 0.4) -> Result:
    rng = np.random.default_rng(seed)
    points = rng.normal(300, 50, (frames, 68, 2)).astype(np.float32)
    points[5] = np.nan  # a frame without a face
    track = FaceTrack(
        points=points,
        measured=rng.random((frames, 68)) > 0.1,
        segment=np.where(np.arange(frames) == 5, -1, 0).astype(np.int16),
        segments=(Segment(0, frames, 0, (0, min(20, frames)), "start"),),
        pose=rng.normal(size=(frames, 3)).astype(np.float32),
        rigid_residual=rng.random(frames).astype(np.float32),
        box=rng.normal(size=(frames, 4)).astype(np.float32),
        faces_seen=1,
    )
    names = ("AU1_L", "AU1_R", "AU12_L", "AU12_R", "AU17")
    values = rng.random((frames, len(names))).astype(np.float32)
    return Result(
        times=np.arange(frames) / 200,
        track=track,
        displacement=rng.normal(size=(frames, 70, 2)).astype(np.float32),
        signals=AUSignals(names, values),
        landmark_signals=AUSignals(names[2:], values[:, 2:] * 0.5),
        motion=rng.random(frames).astype(np.float32),
        prediction=Prediction(),
        curves={name: bump(height * (i + 1) / 5) for i, name in enumerate(names)},
    )


def project(folder: Path, name: str = "study.tell") -> tuple[ProjectStore, ClipRecord]:
    """A project with one clip."""
    store = ProjectStore.create(folder / name)
    store.author = "ana"
    return store, store.add_clip(clip_record())
