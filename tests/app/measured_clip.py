"""A clip with everything measured, made from closed forms: for tests of the views."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PySide6.QtCore import QEventLoop
from PySide6.QtGui import QColor, QImage

from app.state import Document
from pipeline.core.labels import track_name
from pipeline.core.progress import run
from pipeline.core.types import AUSignals, EventSpan
from pipeline.curves import Curve
from pipeline.face import FaceTrack
from pipeline.face.segments import Segment
from pipeline.store import SaveAnalysis

#: onset, apex, offset and peak of each track.
BUMPS = {
    "AU4": (148, 175, 208, 0.20),
    "AU6": (74, 113, 160, 0.53),
    "AU12_L": (64, 105, 168, 0.86),
    "AU12_R": (66, 105, 166, 0.78),
    "AU25": (88, 111, 150, 0.34),
}


@dataclass
class Predicted:
    events: tuple[EventSpan, ...] = ()
    predictor: str = "classical"
    settings: dict[str, Any] = field(default_factory=dict)
    weights_hash: str = ""


@dataclass
class Measured:
    times: np.ndarray
    track: FaceTrack
    displacement: np.ndarray
    signals: AUSignals
    landmark_signals: AUSignals
    motion: np.ndarray
    prediction: Predicted
    curves: dict[str, Curve]


def face_points() -> np.ndarray:
    """68 points on an ellipse and a few lines within a 640x480 picture, (68, 2) px."""
    angle = np.linspace(np.pi * 0.98, 0.02 * np.pi, 17)
    jaw = np.column_stack([320 + 110 * np.cos(angle), 200 + 170 * np.sin(angle)])
    inner = np.array([(240 + 8 * (i % 20), 170 + 40 * (i // 20)) for i in range(51)])
    return np.concatenate([jaw, inner])


def face_track(n_frames: int, lost: tuple[int, int] = (0, 0), faces: int = 1) -> FaceTrack:
    """A face that drifts a tenth of a pixel to the right each frame."""
    points = np.repeat(face_points()[None], n_frames, axis=0).astype(np.float32)
    points[:, :, 0] += 0.1 * np.arange(n_frames, dtype=np.float32)[:, None]
    segment = np.zeros(n_frames, np.int16)
    points[lost[0] : lost[1]] = np.nan
    segment[lost[0] : lost[1]] = -1
    measured = np.ones((n_frames, 68), bool)
    measured[:, 3] = False
    with np.errstate(invalid="ignore"):
        box = np.concatenate([points.min(1) - 10, points.max(1) + 10], axis=1)
    middle = n_frames // 4 * 3
    segments = (
        Segment(0, middle, 0, (4, 24), "start"),
        Segment(middle, n_frames, middle, (n_frames - 22, n_frames - 2), "cut"),
    )
    segment[middle:][segment[middle:] == 0] = 1
    pose = np.tile(np.array([-1.2, 0.4, 2.0], np.float32), (n_frames, 1))
    residual = np.zeros(n_frames, np.float32)
    return FaceTrack(points, measured, segment, segments, pose, residual, box, faces)


def bump(times: np.ndarray, fps: float, onset: int, apex: int, offset: int, peak: float) -> Curve:
    """Smooth rise and fall as a B-spline."""
    knots = np.array([onset, (onset + apex) / 2, apex, (apex + offset) / 2, offset]) / fps
    return Curve.from_control(knots, [0, 0, peak * 0.55, peak * 1.12, peak * 0.45, 0, 0])


def measure(
    document: Document,
    events: tuple[EventSpan, ...] = (EventSpan(64, 105, 168, "happiness", confidence=0.8),),
    flat: tuple[str, ...] = (),
    faces: int = 1,
    lost: tuple[int, int] = (0, 0),
) -> None:
    """Store an analysis of the open clip as the studio's job would."""
    store, clip = document.store, document.clip
    assert store is not None and clip is not None
    times = document.playhead.times
    n = len(times)
    fps = (n - 1) / float(times[-1])
    curves = {name: bump(times, fps, *shape) for name, shape in BUMPS.items()}
    for name in flat:
        curves[name] = Curve.from_control([0.0, times[-1]], [0, 0, 0, 0])
    names = tuple(curves)
    values = np.column_stack([curve.clamped(times) for curve in curves.values()])
    signals = AUSignals(names, values.astype(np.float32))
    motion = 0.04 + 0.02 * (np.arange(n) % 3 == 0) + np.abs(np.gradient(values.sum(1))) * 2
    motion = np.maximum(motion, values.sum(1) * 0.4).astype(np.float32)
    displacement = np.zeros((n, 70, 2), np.float32)
    displacement[:, 48] = (values[:, 2:3] * np.array([[-0.02, -0.02]])).astype(np.float32)
    displacement[:, 54] = (values[:, 2:3] * np.array([[0.02, -0.02]])).astype(np.float32)
    result = Measured(
        times, face_track(n, lost, faces), displacement, signals, signals, motion,
        Predicted(events), curves,
    )  # fmt: skip
    run_id = run(store.stage_analysis(clip.id, result))
    loop = QEventLoop()  # the document reads the run in the background
    document.analysis_changed.connect(loop.quit)
    assert document.do(SaveAnalysis.prepare(store, clip.id, run_id, result))
    while document.analysis is None or document.analysis.id != run_id:
        loop.exec()
    document.analysis_changed.disconnect(loop.quit)


def all_track_names() -> tuple[str, ...]:
    """38 tracks, most of them never active."""
    both = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 16, 20)
    middle = (17, 18, 22, 23, 24, 25, 26, 27, 28, 29, 38, 45)
    sided = [track_name(au, side) for au in both for side in ("L", "R")]
    return tuple(sided + [track_name(au) for au in middle])


def pixel(picture: QImage, x: float, y: float) -> QColor:
    """Colour of a grab at a widget position."""
    ratio = picture.devicePixelRatio()
    return picture.pixelColor(int(x * ratio), int(y * ratio))


def near(color: QColor, wanted: str | QColor, tolerance: int = 24) -> bool:
    """Whether a colour is the wanted one but for blending at edges."""
    other = QColor(wanted)
    pairs = zip(color.getRgb()[:3], other.getRgb()[:3], strict=True)
    return all(abs(a - b) <= tolerance for a, b in pairs)
