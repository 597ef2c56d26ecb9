"""Refined landmarks against detecting and predicting on every frame."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.bench.figure import Figure
from pipeline.bench.in_memory import ClipSource
from pipeline.core.progress import run
from pipeline.core.vision import cv2
from pipeline.face import Form, track_face
from pipeline.face.anatomy import RIGID
from pipeline.face.detect import find_faces, predict_points
from pipeline.face.key_weights import key_weights
from pipeline.face.similarity import apply_similarity, fit_similarity
from pipeline.synth import load_portrait, make_clip

#: Brow and mouth-corner points, dlib's numbers.
POINTS = [*range(17, 27), 48, 54]
SIZE = (640, 480)


def measure(group: str) -> Iterator[Figure]:
    """Speed and jitter as ratios in one run, and correlation with known motion."""
    still = _still_clip(60, sigma=2.0)
    began = time.perf_counter()
    track = run(track_face(ClipSource(still, 200.0)))
    tracked = (time.perf_counter() - began) / len(still)
    began = time.perf_counter()
    predicted = np.stack([_detect_and_predict(frame) for frame in still])
    each = (time.perf_counter() - began) / len(still)
    long = np.concatenate([still] * 5)
    began = time.perf_counter()
    run(track_face(ClipSource(long, 200.0)))
    per_frame = (time.perf_counter() - began - tracked * len(still)) / (len(long) - len(still))
    yield Figure(group, "detect and predict, a frame", 1e3 * each, "ms")
    yield Figure(group, "refined landmarks, a frame", 1e3 * per_frame, "ms")
    yield Figure(group, "speed against detect and predict", each / per_frame, at_least=10)
    ratio = _jitter(predicted) / _jitter(track.points)
    yield Figure(group, "jitter against detect and predict", ratio, at_least=10)
    yield Figure(group, "jitter on a still face, noise sigma 2", _jitter(track.points), "px")
    yield from _correlation(group)


def _still_clip(count: int, sigma: float) -> NDArray[np.uint8]:
    picture = load_portrait(None, SIZE, 0).image.astype(np.float32)
    rng = np.random.default_rng(0)
    noisy = picture + rng.normal(0, sigma, (count, *picture.shape)).astype(np.float32)
    return np.clip(noisy.round(), 0, 255).astype(np.uint8)


def _detect_and_predict(frame: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The rival: dlib's detector at full size and its predictor, on every frame."""
    gray = np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8)
    return predict_points(gray, find_faces(gray)[0])


def _jitter(points: NDArray[np.floating]) -> float:
    """Standard deviation over time, mean over the points and both axes, px."""
    return float(np.nanstd(points, axis=0).mean())


def _correlation(group: str) -> Iterator[Figure]:
    """Truth and track are each laid on their own rigid set for the similarity form."""
    found: dict[Form, list[float]] = {"still": [], "similarity": []}
    for seed in range(3000, 3006):
        clip = make_clip(seed, profile="easy", fields="muscle")
        track = run(track_face(ClipSource(clip.frames, clip.fps)))
        for form, values in found.items():
            values += _correlations(clip.points, key_weights(track, form), form)
    for form, values in found.items():
        note = f"{len(values)} moving brow and mouth-corner points in 6 easy clips"
        name = f"correlation with true motion, {form}"
        yield Figure(group, f"{name}, median", np.median(values), at_least=0.97, note=note)
        yield Figure(group, f"{name}, worst", np.min(values))


def _correlations(
    points: NDArray[np.float64], measured: NDArray[np.floating], form: Form
) -> list[float]:
    """Of every point that truly moves more than 0.004 IOD, x and y in one."""
    if form == "similarity":
        points = apply_similarity(fit_similarity(points[:, RIGID], points[0, RIGID]), points)
    truth = (points - points[:1]) / np.linalg.norm(points[0, 36] - points[0, 45])
    ours = measured - measured[:1]
    moving = [p for p in POINTS if np.abs(truth[:, p]).max() > 0.004]
    return [float(np.corrcoef(truth[:, p].ravel(), ours[:, p].ravel())[0, 1]) for p in moving]
