"""Measurement of one segment: from its neutral frames to every frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.core.progress import Job, Progress
from pipeline.face.anatomy import rigid_weights
from pipeline.face.detect import Box, anchor_points, box_of_points, find_faces
from pipeline.face.large_motion import mouth_gaps
from pipeline.face.motion_prior import MotionPrior
from pipeline.face.patches import PatchTemplate, build_template, follow, smooth
from pipeline.face.similarity import (
    apply_similarity,
    fit_rigid,
    fit_similarity,
    invert_similarity,
)
from pipeline.face.survey import Stretch, iod_of
from pipeline.face.window import FaceWindow

if TYPE_CHECKING:
    from pipeline.media import FrameSource

Array = NDArray[np.float64]

STAGE = "landmarks"
#: Neutral frames averaged into the template, at most.
_TEMPLATE_FRAMES = 12
#: Correlation with the template under which a point has failed, unless it never had more.
_MATCH = 0.6
#: Standard deviation of the smoothing in time, s: 2 frames at 200 fps, none at 30 fps.
_SMOOTH_SECONDS = 0.01
#: Frames with fewer measured points are filled in from their neighbours in time.
_FEWEST = 12
#: What no measurement is better than, px.
_FLOOR = 0.008


@dataclass(frozen=True)
class Measurement:
    """Points of one segment's frames, in px of the full picture."""

    anchor: int
    neutral: tuple[int, int]
    points: Array  # (n, 68, 2)
    measured: NDArray[np.bool_]  # (n, 68)


class _Guess:
    """Where the survey saw the points, between its samples too."""

    def __init__(self, stretch: Stretch) -> None:
        self.frames = np.array(stretch.frames, np.float64)
        self.points = np.array(stretch.points)
        self.measured = np.array(stretch.measured)

    def at(self, frame: int) -> Array:
        after = int(np.clip(np.searchsorted(self.frames, frame), 1, max(1, len(self.frames) - 1)))
        if len(self.frames) == 1:
            return self.points[0]
        left, right = self.frames[after - 1], self.frames[after]
        share = float(np.clip((frame - left) / (right - left), 0, 1))
        return (1 - share) * self.points[after - 1] + share * self.points[after]

    def seen(self, frames: NDArray[np.int_]) -> NDArray[np.bool_]:
        """Which points passed the forward-backward check at the nearest sample."""
        middles = (self.frames[1:] + self.frames[:-1]) / 2
        return self.measured[np.searchsorted(middles, frames)]


def measure_segment(
    source: FrameSource, stretch: Stretch, neutral: tuple[int, int], done: int = 0
) -> Job[Measurement]:
    """Measure a stretch against the mean of its neutral span.

    Parameters
    ----------
    source : FrameSource
    stretch : Stretch
        From the survey.
    neutral : (first, stop)
        Neutral span within the stretch.
    done : int
        Frames already measured in the clip, for the progress.
    """
    guess = _Guess(stretch)
    anchor = (neutral[0] + neutral[1] - 1) // 2
    here = Progress(STAGE, done, source.n_frames)
    points = yield from _anchor(source, guess, neutral, anchor, here)
    iod = iod_of(points)
    window = FaceWindow.around(points, iod)
    template = yield from _template(source, guess, window, points, anchor, neutral, here)
    frames = np.arange(stretch.start, stretch.stop)
    raw = np.empty((len(frames), 68, 2))
    match = np.empty((len(frames), 68))
    carry = np.zeros((68, 2))
    for row, frame in enumerate(frames):
        yield Progress(STAGE, done + row, source.n_frames)
        expected = points + guess.at(int(frame)) - guess.at(anchor)
        found, match[row] = _find(
            source.gray(int(frame)), window, template, points, expected, expected + carry
        )
        gap = found - expected
        wild = np.linalg.norm(gap - np.median(gap, axis=0), axis=1) > 0.12 * iod
        match[row, wild] = -1.0
        carry = np.where((match[row] > _MATCH)[:, None], gap, np.median(gap, axis=0))
        raw[row] = found
    floor = np.minimum(_MATCH, 0.6 * template.match)
    size = np.array([source.width, source.height])
    inside = ((raw >= 0) & (raw < size)).all(-1)
    measured = (match > floor) & guess.seen(frames) & inside
    here = Progress(STAGE, done + len(frames), source.n_frames)
    refined = yield from _refine(raw, measured, template, window, iod, here)
    gaps = yield from mouth_gaps(source, frames, refined, neutral, iod, here)
    refined = refined + gaps
    measured &= ~gaps.any(-1)
    sigma = _SMOOTH_SECONDS * source.fps
    if sigma > 0.3:
        from scipy.ndimage import gaussian_filter1d

        refined = gaussian_filter1d(refined, sigma, axis=0, mode="nearest")
    return Measurement(anchor, neutral, refined, measured)


def _find(
    gray: NDArray[np.uint8],
    window: FaceWindow,
    template: PatchTemplate,
    neutral: Array,
    expected: Array,
    start: Array,
) -> tuple[Array, Array]:
    turn = fit_similarity(neutral, expected, rigid_weights() + 0.004)
    origin = window.origin(expected)
    picture = smooth(window.cut(gray, origin))
    found, match = follow(template, picture, window.to_working(start, origin), turn[:, :2])
    return window.to_full(found, origin), match


def _anchor(
    source: FrameSource, guess: _Guess, neutral: tuple[int, int], anchor: int, here: Progress
) -> Job[Array]:
    """The model's points in the anchor frame: mean over jittered boxes and a few frames."""
    box = _box_near(source.gray(anchor), guess.at(anchor))
    total = []
    for frame in sorted({neutral[0], anchor, neutral[1] - 1}):
        yield here
        moved = guess.at(frame) - guess.at(anchor)
        total.append(anchor_points(source.gray(frame), box.shifted(*moved.mean(0)), 5) - moved)
    points = np.mean(total, axis=0)
    expected = guess.at(anchor)
    if np.linalg.norm(points - expected, axis=1)[17:].mean() > 0.15 * iod_of(expected):
        return expected  # dlib saw another face or none; the survey's own points are better
    return points


def _box_near(gray: NDArray[np.uint8], points: Array) -> Box:
    expected = box_of_points(points)
    near = [b for b in find_faces(gray, quick=True) if b.distance(expected.centre) < 0.35]
    return near[0] if near else expected


def _template(
    source: FrameSource,
    guess: _Guess,
    window: FaceWindow,
    points: Array,
    anchor: int,
    neutral: tuple[int, int],
    here: Progress,
) -> Job[PatchTemplate]:
    origin = window.origin(points)
    images = [smooth(window.cut(source.gray(anchor), origin))]
    places = [window.to_working(points, origin)]
    template = build_template(images, places, window.iod)
    step = max(1, -(-(neutral[1] - neutral[0]) // _TEMPLATE_FRAMES))
    for frame in range(neutral[0], neutral[1], step):
        if frame == anchor:
            continue
        yield here
        expected = points + guess.at(frame) - guess.at(anchor)
        origin = window.origin(expected)
        image = smooth(window.cut(source.gray(frame), origin))
        found, match = follow(template, image, window.to_working(expected, origin), np.eye(2))
        if np.median(match) > _MATCH:
            images.append(image)
            places.append(found)
    if len(images) > 1:
        template = build_template(images, places, window.iod)
    return template


def _refine(
    raw: Array,
    measured: NDArray[np.bool_],
    template: PatchTemplate,
    window: FaceWindow,
    iod: float,
    here: Progress,
) -> Job[Array]:
    """Let neighbours steady and stand in; the head's own motion is taken out meanwhile."""
    scale = window.scale
    neutral = template.points / scale
    noise = template.noise * _grey_noise(raw, template, scale) / scale**2
    prior = MotionPrior(neutral, noise + np.eye(2) * _FLOOR**2, iod)
    usable = measured.sum(1) >= _FEWEST
    refined = raw.copy()
    weights = rigid_weights() + 0.002
    shown = np.where(usable[:, None], np.maximum(measured, 1e-6), 1.0)
    for _ in range(2):
        turn = fit_rigid(neutral, refined, iod, weights * shown)
        moved = apply_similarity(invert_similarity(turn), raw) - neutral
        for row in np.flatnonzero(usable):
            if row % 16 == 0:
                yield here
            skin = prior.estimate(moved[row], measured[row])
            refined[row] = apply_similarity(turn[row], neutral + skin)
        shown = np.ones_like(shown)
    return _fill_frames(refined, usable)


def _grey_noise(raw: Array, template: PatchTemplate, scale: float) -> float:
    """Variance in grey levels that explains how much the points tremble."""
    if len(raw) < 5:
        return 1.0
    second = np.diff(raw * scale, n=2, axis=0)
    spread = np.median(np.abs(second - np.median(second, axis=0)), axis=0) * 1.4826
    trembling = (spread**2 / 6).sum(-1)  # a second difference has 6 times the variance
    return float(np.median(trembling / np.trace(template.noise, axis1=1, axis2=2)))


def _fill_frames(points: Array, usable: NDArray[np.bool_]) -> Array:
    """Frames in which next to nothing could be measured, from those around them."""
    if usable.all() or not usable.any():
        return points
    known = np.flatnonzero(usable)
    missing = np.flatnonzero(~usable)
    flat = points.reshape(len(points), -1)
    for column in range(flat.shape[1]):
        flat[missing, column] = np.interp(missing, known, flat[known, column])
    return flat.reshape(points.shape)
