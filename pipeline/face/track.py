"""The face in every frame of a clip: 68 points, segments, pose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import FaceError
from pipeline.core.progress import Job, Progress
from pipeline.face.anatomy import N_POINTS, RIGID
from pipeline.face.detect import prepare_detection
from pipeline.face.measure import STAGE, Measurement, measure_segment
from pipeline.face.pose import head_pose
from pipeline.face.segments import Reason, Segment, stillest_span
from pipeline.face.similarity import apply_similarity, fit_similarity
from pipeline.face.survey import Stretch, Surveyor, iod_of

if TYPE_CHECKING:
    from pipeline.media import FrameSource

#: Frames per step of the head pose.
_CHUNK = 64
_REASONS: tuple[Reason, ...] = ("start", "cut", "lost face", "rigid residual")


@dataclass(frozen=True)
class FaceTrack:
    """One person's face through a clip of T frames.

    Parameters
    ----------
    points : (T, 68, 2) float32, px
        dlib's 68 points, refined; NaN where there is no face.
    measured : (T, 68) bool
        False where a point failed its checks and was made from its neighbours.
    segment : (T,) int16
        Index into `segments`; -1 where there is no face.
    segments : tuple of Segment
    pose : (T, 3) float32, degrees
        Yaw, pitch, roll (`pipeline.face.pose.head_pose`).
    rigid_residual : (T,) float32, fraction of IOD
        What a similarity leaves of the rigid set's distance to its neutral.
    box : (T, 4) float32, px
        x0, y0, x1, y1 around the points.
    faces_seen : int
        Largest number of faces found in one frame.
    """

    points: NDArray[np.float32] = field(repr=False)
    measured: NDArray[np.bool_] = field(repr=False)
    segment: NDArray[np.int16] = field(repr=False)
    segments: tuple[Segment, ...]
    pose: NDArray[np.float32] = field(repr=False)
    rigid_residual: NDArray[np.float32] = field(repr=False)
    box: NDArray[np.float32] = field(repr=False)
    faces_seen: int = 1

    def neutral_points(self, segment: int) -> NDArray[np.float64]:
        """E_ori: mean position of the 68 points over a segment's neutral span, (68, 2) px."""
        first, stop = self.segments[segment].neutral
        return self.points[first:stop].astype(np.float64).mean(axis=0)

    def iod(self, segment: int) -> float:
        """Inter-ocular distance (36 to 45) in a segment's neutral, px."""
        return iod_of(self.neutral_points(segment))

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Everything as named arrays, for storage."""
        table = [
            (s.start, s.stop, s.anchor, *s.neutral, _REASONS.index(s.reason)) for s in self.segments
        ]
        return {
            "points": self.points,
            "measured": self.measured,
            "segment": self.segment,
            "segments": np.array(table, np.int64).reshape(-1, 6),
            "pose": self.pose,
            "rigid_residual": self.rigid_residual,
            "box": self.box,
            "faces_seen": np.array([self.faces_seen], np.int64),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> FaceTrack:
        """Inverse of `to_arrays`.

        Raises
        ------
        FaceError
            If an array is missing or has the wrong shape.
        """
        try:
            points = np.asarray(arrays["points"], np.float32)
            n = len(points)
            shapes = {
                "points": (n, N_POINTS, 2), "measured": (n, N_POINTS), "segment": (n,),
                "pose": (n, 3), "rigid_residual": (n,), "box": (n, 4), "faces_seen": (1,),
            }  # fmt: skip
            wrong = [name for name, shape in shapes.items() if arrays[name].shape != shape]
            table = np.asarray(arrays["segments"], np.int64)
        except KeyError as error:
            raise FaceError("A stored face track is incomplete", where=error.args[0]) from error
        if wrong or table.ndim != 2 or table.shape[1] != 6 or (table[:, 5] > 3).any():
            raise FaceError("A stored face track has the wrong shape", where=", ".join(wrong))
        segments = tuple(
            Segment(int(a), int(b), int(c), (int(d), int(e)), _REASONS[int(r)])
            for a, b, c, d, e, r in table
        )
        return cls(
            points,
            np.asarray(arrays["measured"], bool),
            np.asarray(arrays["segment"], np.int16),
            segments,
            np.asarray(arrays["pose"], np.float32),
            np.asarray(arrays["rigid_residual"], np.float32),
            np.asarray(arrays["box"], np.float32),
            int(arrays["faces_seen"][0]),
        )


def track_face(
    source: FrameSource,
    *,
    pick: tuple[float, float] | None = None,
    pick_frame: int = 0,
    neutral: Mapping[int, tuple[int, int]] | None = None,
) -> Job[FaceTrack]:
    """Find one face in a clip and measure its 68 points in every frame.

    dlib finds (at the start, after a cut or a loss); Lucas-Kanade from the segment's neutral
    frames measures. Two passes: a survey that finds the segments and their stillest part, and
    the measurement against the mean of that part.

    Parameters
    ----------
    source : FrameSource
    pick : (x, y), optional
        Follow the face nearest to this point, px; the largest face if not given.
    pick_frame : int
        Frame in which `pick` was pointed at.
    neutral : mapping of segment index to (first, stop), optional
        Neutral spans set by a person, stop exclusive; the stillest 0.1 s elsewhere.

    Raises
    ------
    FaceError
        If there is no face in the whole clip, or a neutral span lies outside its segment.
    """
    yield from prepare_detection()
    surveyor = Surveyor(source, pick, pick_frame)
    stretches = yield from surveyor.run()
    if not stretches:
        raise FaceError(
            "There is no face in this clip", where=source.path, code="face.none",
            remedy="Use a clip in which one face is seen from the front, 80 pixels wide or more",
        )  # fmt: skip
    spans = [_span(i, s, source.fps, neutral or {}) for i, s in enumerate(stretches)]
    results = []
    for stretch, span in zip(stretches, spans, strict=True):
        result = yield from measure_segment(source, stretch, span, stretch.start)
        results.append(result)
    return (yield from _assemble(source, stretches, results, surveyor.faces_seen))


def _assemble(
    source: FrameSource, stretches: list[Stretch], results: list[Measurement], faces_seen: int
) -> Job[FaceTrack]:
    total = source.n_frames
    points = np.full((total, N_POINTS, 2), np.nan, np.float32)
    measured = np.zeros((total, N_POINTS), bool)
    segment = np.full(total, -1, np.int16)
    residual = np.full(total, np.nan, np.float32)
    segments = []
    for index, (stretch, result) in enumerate(zip(stretches, results, strict=True)):
        rows, span = slice(stretch.start, stretch.stop), result.neutral
        points[rows], measured[rows], segment[rows] = result.points, result.measured, index
        segments.append(Segment(rows.start, rows.stop, result.anchor, span, stretch.reason))
        neutral_shape = result.points[span[0] - rows.start : span[1] - rows.start].mean(0)
        residual[rows] = _rigid_residual(result.points, neutral_shape)
    pose = np.empty((total, 3), np.float32)
    for first in range(0, total, _CHUNK):
        yield Progress(STAGE, total, total)
        rows = slice(first, first + _CHUNK)
        pose[rows] = head_pose(points[rows], (source.width, source.height))
    margins = np.array([-0.05, -0.05, 0.05, 0.05]) * iods(points)[:, None]
    box = np.concatenate([points.min(1), points.max(1)], axis=1) + margins
    return FaceTrack(
        points, measured, segment, tuple(segments), pose, residual,
        box.astype(np.float32), faces_seen,
    )  # fmt: skip


def _span(
    index: int, stretch: Stretch, fps: float, given: Mapping[int, tuple[int, int]]
) -> tuple[int, int]:
    if index in given:
        first, stop = given[index]
        if not stretch.start <= first < stop <= stretch.stop:
            raise FaceError(
                f"The neutral span {first}-{stop - 1} lies outside segment {index + 1} "
                f"({stretch.start}-{stretch.stop - 1})",
                remedy="Set it within the segment, or reset it", code="face.neutral",
            )  # fmt: skip
        return first, stop
    return stillest_span(np.array(stretch.frames), np.array(stretch.points), stretch.iod, fps)


def _rigid_residual(points: NDArray[np.float64], neutral: NDArray[np.float64]) -> NDArray[Any]:
    turn = fit_similarity(points[:, RIGID], neutral[RIGID])
    gap = apply_similarity(turn, points[:, RIGID]) - neutral[RIGID]
    return np.sqrt((gap**2).sum(-1).mean(-1)) / iod_of(neutral)


def iods(points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Inter-ocular distance in every frame of (T, 68, 2) points, px."""
    return np.linalg.norm(points[:, 45].astype(np.float64) - points[:, 36], axis=1)
