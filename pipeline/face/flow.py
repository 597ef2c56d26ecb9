"""Dense optical flow from the neutral face, resampled to the canonical face."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.progress import Job, Progress
from pipeline.core.vision import cv2
from pipeline.face.canonical import (
    CANON,
    aligned_crop,
    canonical_iod,
    crop_transforms,
    from_canonical,
)
from pipeline.face.similarity import apply_similarity, invert_similarity
from pipeline.face.track import FaceTrack

if TYPE_CHECKING:
    from pipeline.media import FrameSource

Image = NDArray[np.float32]

STAGE = "optical flow"
#: Side of the aligned crop in which flow is measured, px.
CROP = 112
#: Half width of the box mean over time on fast film, s (5 frames at 200 fps).
_AVERAGE_SECONDS = 0.025
_FAST = 100.0
#: Fields per second that are measured, and at most per clip (12 kB each).
_FIELDS_PER_SECOND = 100.0
_MOST_FIELDS = 8000


@dataclass(frozen=True)
class CanonicalFlow:
    """Flow from each segment's neutral at M of a clip's frames.

    Parameters
    ----------
    frames : (M,) int
        Frames measured, increasing; frames without a face are left out.
    flow : (M, 56, 56, 2) float16
        Displacement x, y on the canonical grid, fraction of IOD, axes of the upright face.
    segment : (M,) int
        Segment of each.
    still : (M,) bool
        The frame lies in its segment's neutral span.
    """

    frames: NDArray[np.int64]
    flow: NDArray[np.float16] = field(repr=False)
    segment: NDArray[np.int16] = field(repr=False)
    still: NDArray[np.bool_] = field(repr=False)

    @property
    def noise(self) -> NDArray[np.float32]:
        """Root mean square of the flow over the neutral frames, (56, 56) fraction of IOD."""
        rows = self.flow[self.still] if self.still.any() else np.zeros((1, CANON, CANON, 2))
        return np.sqrt((rows.astype(np.float32) ** 2).sum(-1).mean(0))

    @property
    def strain(self) -> NDArray[np.float32]:
        """Optical strain of every field, (M, 56, 56), dimensionless."""
        return optical_strain(self.flow.astype(np.float32))


def optical_strain(flow: NDArray[np.floating]) -> NDArray[np.float32]:
    """Magnitude of the infinitesimal strain, ``sqrt(u_x^2 + v_y^2 + (u_y + v_x)^2 / 2)``.

    Parameters
    ----------
    flow : (..., H, W, 2) float
        Canonical flow, fraction of IOD.

    Returns
    -------
    (..., H, W) float32
        Dimensionless; SPEC 2, Shreve et al. 2011.
    """
    cell = 1.0 / (canonical_iod() * flow.shape[-2])  # width of a cell, IOD
    u_y, u_x = np.gradient(flow[..., 0], cell, axis=(-2, -1))
    v_y, v_x = np.gradient(flow[..., 1], cell, axis=(-2, -1))
    return np.sqrt(u_x**2 + v_y**2 + 0.5 * (u_y + v_x) ** 2).astype(np.float32)


def flow_engine() -> Any:
    """Dense inverse search (Kroeger et al. 2016) down to the finest scale."""
    engine = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    engine.setFinestScale(0)
    engine.setPatchStride(4)  # as accurate as 3 here, a third cheaper
    engine.setVariationalRefinementAlpha(10.0)  # the preset's 20 flattens small motions more
    return engine


def flow_step(fps: float, n_frames: int) -> int:
    """Every how many frames flow is measured by default."""
    return max(1, round(fps / _FIELDS_PER_SECOND), -(-n_frames // _MOST_FIELDS))


def canonical_flow(
    source: FrameSource, track: FaceTrack, *, step: int | None = None, average: int | None = None
) -> Job[CanonicalFlow]:
    """Flow from the neutral to the frames of a clip, on the canonical face.

    Every frame is aligned by its similarity to the neutral; the mean over ``±average`` frames
    is compared with the mean of the neutral span.

    Parameters
    ----------
    source : FrameSource
    track : FaceTrack
    step : int, optional
        Measure every step-th frame; 100 fields a second if not given.
    average : int, optional
        Half width of the box mean, frames; 0.025 s at 100 fps and more if not given, else 0.
    """
    step = flow_step(source.fps, source.n_frames) if step is None else max(1, step)
    if average is None:
        average = round(_AVERAGE_SECONDS * source.fps) if source.fps >= _FAST else 0
    crops = _AlignedFrames(source, track, keep=2 * average + 2)
    frames, fields, numbers, still = [], [], [], []
    for number, segment in enumerate(track.segments):
        meter = yield from _FlowMeter.of_neutral(crops, track, number)
        chosen = np.arange(segment.start, segment.stop, step)
        if chosen[-1] != segment.stop - 1:
            chosen = np.append(chosen, segment.stop - 1)
        for frame in chosen:
            first = max(segment.start, int(frame) - average)
            stop = min(segment.stop, int(frame) + average + 1)
            yield Progress(STAGE, int(frame), source.n_frames)
            mean = yield from crops.mean(range(first, stop))
            yield Progress(STAGE, int(frame), source.n_frames)
            fields.append(meter.measure(mean))
            frames.append(int(frame))
            numbers.append(number)
            still.append(segment.neutral[0] <= frame < segment.neutral[1])
    empty = np.zeros((0, CANON, CANON, 2), np.float16)
    return CanonicalFlow(
        np.array(frames, np.int64),
        np.stack(fields) if fields else empty,
        np.array(numbers, np.int16),
        np.array(still, bool),
    )


class _AlignedFrames:
    """Aligned crops, each made once while it is near."""

    def __init__(self, source: FrameSource, track: FaceTrack, keep: int) -> None:
        self._source = source
        self._transforms = crop_transforms(track, CROP)
        self._kept: OrderedDict[int, Image] = OrderedDict()
        self._keep = keep

    def crop(self, frame: int) -> Image:
        if frame not in self._kept:
            gray = self._source.gray(frame)
            self._kept[frame] = aligned_crop(gray, self._transforms[frame], CROP)
            while len(self._kept) > self._keep:
                self._kept.popitem(last=False)
        return self._kept[frame]

    def mean(self, frames: range) -> Job[Image]:
        total = np.zeros((CROP, CROP), np.float32)
        for count, frame in enumerate(frames):
            if count % 8 == 7:
                yield Progress(STAGE, frame, self._source.n_frames)
            total += self.crop(frame)
        return total / np.float32(len(frames))


class _FlowMeter:
    """Flow from one neutral picture."""

    def __init__(self, neutral: Image, grid: NDArray[np.float64], iod: float) -> None:
        low, high = np.percentile(neutral, [1, 99])
        self._low, self._gain = float(low) - 10, 235.0 / max(float(high - low), 24.0)
        self._light = _light(neutral)
        self._neutral = self._bytes(neutral)
        self._x, self._y = np.moveaxis(grid.astype(np.float32), -1, 0)
        self._iod = iod
        self._engine = flow_engine()

    @classmethod
    def of_neutral(cls, crops: _AlignedFrames, track: FaceTrack, number: int) -> Job[_FlowMeter]:
        """Meter for a segment, from the mean of its neutral span."""
        first, stop = track.segments[number].neutral
        neutral = yield from crops.mean(range(first, stop))
        placed = crops._transforms[(first + stop - 1) // 2]
        to_crop = invert_similarity(placed)
        middle = track.points[(first + stop - 1) // 2].astype(np.float64)
        grid = from_canonical(apply_similarity(to_crop, middle))
        yield Progress(STAGE, first, len(track.points))
        iod = track.iod(number) * float(np.hypot(to_crop[0, 0], to_crop[1, 0]))
        return cls(neutral, grid, iod)

    def _bytes(self, picture: Image) -> NDArray[np.uint8]:
        return np.clip(np.rint((picture - self._low) * self._gain), 0, 255).astype(np.uint8)

    def measure(self, picture: Image) -> NDArray[np.float16]:
        """(56, 56, 2) flow to a picture, fraction of IOD."""
        lit = picture * (self._light / _light(picture))
        flow = self._engine.calc(self._neutral, self._bytes(lit), None)
        flow = cv2.GaussianBlur(flow, (0, 0), 1.0)  # the grid is half as fine as the crop
        there = cv2.remap(flow, self._x, self._y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return (there / self._iod).astype(np.float16)


def _light(picture: Image) -> Image:
    """Slow part of the brightness: light changes, skin at this width does not."""
    slow = cv2.blur(picture, (41, 41), borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(slow, np.float32) + np.float32(4.0)
