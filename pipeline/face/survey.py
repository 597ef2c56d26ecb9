"""First look through a clip: where the face is, where it is cut, lost, found, turned away.

Pyramidal Lucas-Kanade from each segment's first frame, on every few frames of fast film. Its
points are the starting guesses of the measurement proper (`pipeline.face.measure`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.progress import Job, Progress
from pipeline.core.vision import cv2
from pipeline.face.anatomy import OUTER_EYE_CORNERS, RIGID, STABLE, rigid_weights
from pipeline.face.detect import Box, anchor_points, find_faces
from pipeline.face.segments import Reason
from pipeline.face.similarity import apply_similarity, fit_similarity
from pipeline.face.window import FaceWindow

if TYPE_CHECKING:
    from pipeline.media import FrameSource

Array = NDArray[np.float64]
Gray = NDArray[np.uint8]

STAGE = "finding the face"
#: Rate of the survey, samples per second.
_RATE = 50.0
#: While there is no face, look this often, s.
_SEARCH_EVERY = 0.15
#: Forward-backward distance over which a point counts as lost, fraction of IOD.
_ROUND_TRIP = 0.012
#: The same, over which a point says that this is not the face any more.
_ASTRAY = 0.06
#: Residual of the rigid set over which the face counts as turned (about 15 degrees of yaw).
RIGID_LIMIT = 0.07
#: Correlation of whole pictures under which there is a cut; between the two, if the face is lost.
_CUT, _MAYBE_CUT = 0.6, 0.9
_LIKENESS = 0.5


def iod_of(points: NDArray[np.floating]) -> float:
    """Inter-ocular distance of (68, 2) points: outer eye corners, px."""
    right, left = OUTER_EYE_CORNERS
    return float(np.linalg.norm(points[left] - points[right]))


@dataclass
class Stretch:
    """Frames through which one face could be followed."""

    start: int
    stop: int
    reason: Reason
    iod: float
    frames: list[int] = field(default_factory=list)
    points: list[Array] = field(default_factory=list)
    measured: list[NDArray[np.bool_]] = field(default_factory=list)

    def add(self, frame: int, points: Array, measured: NDArray[np.bool_]) -> None:
        at = 0 if self.frames and frame < self.frames[0] else len(self.frames)
        self.frames.insert(at, frame)
        self.points.insert(at, points)
        self.measured.insert(at, measured)
        self.start, self.stop = min(self.start, frame), max(self.stop, frame + 1)


@dataclass(frozen=True)
class _Look:
    points: Array
    measured: NDArray[np.bool_]
    valid: bool


class _Follower:
    """Pyramidal Lucas-Kanade from one picture of the face to others."""

    def __init__(self, gray: Gray, points: Array) -> None:
        self.points = points
        self.iod = max(iod_of(points), 8.0)
        self._window = FaceWindow.around(points, self.iod)
        origin = self._window.origin(points)
        self._template = self._window.cut(gray, origin)
        self._start = self._window.to_working(points, origin)
        side = max(9, round(0.2 * self._window.iod) | 1)
        self._options: dict[str, Any] = {
            "winSize": (side, side),
            "maxLevel": 3,
            "flags": cv2.OPTFLOW_USE_INITIAL_FLOW,
            "criteria": (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 0.02),
        }
        self._box = _likeness_frame(points)
        self._face = self._portrait(gray, points)

    def look(self, gray: Gray, guess: Array) -> _Look:
        """Points in another picture, starting from a guess (full px)."""
        origin = self._window.origin(guess)
        picture = self._window.cut(gray, origin)
        start = self._start.astype(np.float32)
        first = self._window.to_working(guess, origin).astype(np.float32)
        there, seen, _ = cv2.calcOpticalFlowPyrLK(
            self._template, picture, start, first.copy(), **self._options
        )
        back, returned, _ = cv2.calcOpticalFlowPyrLK(
            picture, self._template, there, start.copy(), **self._options
        )
        gap = np.linalg.norm(back - start, axis=1)
        measured = (seen.ravel() > 0) & (returned.ravel() > 0)
        measured &= gap < _ROUND_TRIP * self._window.iod
        points = self._window.to_full(np.asarray(there, np.float64), origin)
        height, width = gray.shape
        inside = (points >= 0).all(1) & (points[:, 0] < width) & (points[:, 1] < height)
        measured &= inside
        roughly = (seen.ravel() > 0) & inside & (gap < _ASTRAY * self._window.iod)
        return self._judged(gray, points, measured, roughly)

    def _judged(
        self, gray: Gray, points: Array, measured: NDArray[np.bool_], roughly: NDArray[np.bool_]
    ) -> _Look:
        if roughly[STABLE].mean() < 0.5:
            return _Look(points, measured, False)
        kept = roughly if (measured & roughly)[STABLE].sum() < 6 else measured
        weights = (rigid_weights() + 0.004) * kept
        turn = fit_similarity(self.points, points, weights)
        # A point that failed is put where the head's motion takes it.
        points = np.where(roughly[:, None], points, apply_similarity(turn, self.points))
        size = float(np.hypot(turn[0, 0], turn[1, 0]))
        alike = _correlation(self._portrait(gray, points), self._face)
        return _Look(points, measured, 0.4 < size < 2.5 and alike > _LIKENESS)

    def _portrait(self, gray: Gray, points: Array) -> NDArray[np.float32]:
        turn = fit_similarity(self.points, points, rigid_weights() + 0.004)
        matrix = turn @ np.vstack([self._box, [0, 0, 1]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        small = cv2.warpAffine(gray, matrix, (40, 40), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return small.astype(np.float32)

    def residual(self, points: Array) -> float:
        """Root mean square of the rigid set after a similarity, fraction of IOD."""
        turn = fit_similarity(points[RIGID], self.points[RIGID])
        gap = apply_similarity(turn, points[RIGID]) - self.points[RIGID]
        return float(np.sqrt((gap**2).sum(-1).mean()) / self.iod)


def _likeness_frame(points: Array) -> Array:
    """Similarity from a 40x40 picture to the face between brows and mouth."""
    low, high = points[17:].min(0), points[17:].max(0)
    scale = (high - low).max() / 40
    return np.array([[scale, 0, low[0]], [0, scale, low[1]]])


def _correlation(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    x, y = a - a.mean(), b - b.mean()
    both = float(np.sqrt((x * x).sum() * (y * y).sum()))
    if both < a.size:  # at least one of the pictures is all but empty
        return 1.0 if abs(float((x * x).sum() - (y * y).sum())) < a.size else 0.0
    return float((x * y).sum()) / both


def _thumbnail(gray: Gray) -> NDArray[np.float32]:
    return cv2.resize(gray, (32, 24), interpolation=cv2.INTER_AREA).astype(np.float32)


class Surveyor:
    """Goes through a clip once and gathers its stretches.

    Parameters
    ----------
    source : FrameSource
    pick : (x, y), optional
        Point on or near the face to follow, px; the largest face if not given.
    pick_frame : int
        Frame in which `pick` was pointed at.
    """

    def __init__(
        self, source: FrameSource, pick: tuple[float, float] | None = None, pick_frame: int = 0
    ) -> None:
        self._source = source
        self._step = max(1, round(source.fps / _RATE))
        self._every = max(1, round(_SEARCH_EVERY * source.fps))
        self._target = pick
        self._pick_frame = pick_frame if pick is not None else None
        self.faces_seen = 0
        self.stretches: list[Stretch] = []

    def run(self) -> Job[list[Stretch]]:
        """Survey the clip; the stretches come in order of time."""
        if self._pick_frame is not None:
            yield from self._take_pick(self._pick_frame)
        frame, free_from = 0, 0
        reason: Reason = "start"
        carried: Array | None = None
        total = self._source.n_frames
        while frame < total:
            yield Progress(STAGE, frame, total)
            gray = self._source.gray(frame)
            points = self._place(gray)
            points = carried if points is None else points
            carried = None
            if points is None:
                frame = (
                    frame + self._every
                    if frame == total - 1
                    else min(frame + self._every, total - 1)
                )
                if reason == "start":
                    reason = "lost face"
                continue
            if not self.stretches:
                reason = "start"
            elif reason == "lost face" and self._still_there(points, frame):
                reason = "rigid residual"
            follower = _Follower(gray, points)
            stretch = Stretch(frame, frame + 1, reason, follower.iod)
            stretch.add(frame, points, np.ones(68, bool))
            self.stretches.append(stretch)
            yield from self._extend_back(stretch, follower, free_from)
            reason, carried = yield from self._follow(stretch, follower)
            frame = free_from = stretch.stop
        return self.stretches

    def _take_pick(self, frame: int) -> Job[None]:
        yield Progress(STAGE, 0, self._source.n_frames)
        boxes = find_faces(self._source.gray(frame))
        self.faces_seen = max(self.faces_seen, len(boxes))
        if boxes and self._target is not None:
            target = self._target
            self._target = min(boxes, key=lambda box: box.distance(target)).centre

    def _place(self, gray: Gray) -> Array | None:
        boxes = find_faces(gray, quick=bool(self.stretches) and self._target is None)
        self.faces_seen = max(self.faces_seen, len(boxes))
        if not boxes:
            return None
        target = self._target
        box: Box = boxes[0] if target is None else min(boxes, key=lambda b: b.distance(target))
        return anchor_points(gray, box, 5)

    def _still_there(self, points: Array, frame: int) -> bool:
        """The face is where it was a frame ago: it has not left, it only looks different."""
        before = self.stretches[-1]
        gap = np.linalg.norm(points.mean(0) - before.points[-1].mean(0))
        return frame == before.stop and bool(gap < before.iod)

    def _extend_back(self, stretch: Stretch, follower: _Follower, free_from: int) -> Job[None]:
        guess = stretch.points[0]
        for frame in range(stretch.start - 1, free_from - 1, -1):
            yield Progress(STAGE, frame, self._source.n_frames)
            look = follower.look(self._source.gray(frame), guess)
            if not look.valid:
                break
            stretch.add(frame, look.points, look.measured)
            guess = look.points

    def _follow(self, stretch: Stretch, follower: _Follower) -> Job[tuple[Reason, Array | None]]:
        """Follow forwards; says why the stretch ended, and where the face then was."""
        source, total = self._source, self._source.n_frames
        last = stretch.frames[-1]
        points, velocity = stretch.points[-1], np.zeros(2)
        thumb = _thumbnail(source.gray(last))
        turned: list[tuple[int, Array]] = []
        while last < total - 1:
            frame = min(last + self._step, total - 1)
            yield Progress(STAGE, frame, total)
            gray = source.gray(frame)
            now = _thumbnail(gray)
            alike = _correlation(now, thumb)
            look = follower.look(gray, points + velocity * (frame - last))
            if alike < _CUT or not look.valid:
                reason: Reason = (
                    "cut" if alike < (_MAYBE_CUT if not look.valid else _CUT) else "lost face"
                )
                yield from self._end_exactly(stretch, follower, thumb, frame, reason)
                return reason, None
            velocity = (look.points - points).mean(0) / (frame - last)
            stretch.add(frame, look.points, look.measured)
            points, thumb, last = look.points, now, frame
            if self._target is not None:
                self._target = (float(points[:, 0].mean()), float(points[:, 1].mean()))
            turned = [*turned, (frame, points)] if follower.residual(points) > RIGID_LIMIT else []
            if len(turned) >= 4:
                self._cut_back(stretch, turned[0][0])
                return "rigid residual", turned[0][1]
        return "start", None

    def _end_exactly(
        self,
        stretch: Stretch,
        follower: _Follower,
        thumb: NDArray[np.float32],
        end: int,
        reason: Reason,
    ) -> Job[None]:
        """Find the last frame that still belongs, between the last sample and `end`."""
        points = stretch.points[-1]
        for frame in range(stretch.frames[-1] + 1, end):
            yield Progress(STAGE, frame, self._source.n_frames)
            gray = self._source.gray(frame)
            now = _thumbnail(gray)
            look = follower.look(gray, points)
            if not look.valid or (reason == "cut" and _correlation(now, thumb) < _MAYBE_CUT):
                return
            stretch.add(frame, look.points, look.measured)
            points, thumb = look.points, now

    @staticmethod
    def _cut_back(stretch: Stretch, stop: int) -> None:
        keep = sum(frame < stop for frame in stretch.frames)
        del stretch.frames[keep:], stretch.points[keep:], stretch.measured[keep:]
        stretch.stop = stop
