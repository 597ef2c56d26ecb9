"""The training-free predictor: where something moves, when, and which action units.

1. MDMD on the canonical face proposes moments that stand out (SPEC 6), over a floor taken from
   the segment's own still part.
2. The skin motion that stands out there is one spatial pattern; every frame is projected on it
   (`pipeline.model.course`). Divide and conquer finds its apex; cosine flanks fitted to that
   course refine the apex and give onset and offset.
3. The AU signals that are handed on are those of the freed motion: of the least squares of
   `pipeline.face.activations_flow` on flow without head turns and blinks (on synthetic clips
   with both, the false activity between events halves).
4. What is too weak, too short, too long, does not come back, or follows the head is dropped.
   An expression that stays longer than a second is no micro-expression: it shows in the motion
   strip and in the AU curves, not as an event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.core.labels import AULabel, Side, intensity_letter, split_track
from pipeline.core.progress import Job, Progress
from pipeline.core.types import AUSignals, EventSpan, FloatArray
from pipeline.model.course import Course, fit_course, matched_course
from pipeline.model.divide_and_conquer import divide_and_conquer
from pipeline.model.face_motion import FaceMotion, prepare_motion, strongest_mean
from pipeline.model.mdmd import maximal_difference, relative_difference
from pipeline.model.predictor import ClipEvidence, Prediction

if TYPE_CHECKING:
    from pipeline.face import CanonicalFlow

#: Fewer samples than this hold no course.
_FEWEST = 6
#: Beyond what the strongest twentieth of a face moves in a micro-expression, or in a blink that
#: the neutral fell on, fraction of IOD; a smile moves it by 0.1 and more.
_MICRO = 0.05
#: Least sudden head movement, relative to the skin's, that could have leaked into it.
_NOD = 6.0


@dataclass(frozen=True)
class ClassicalSettings:
    """Thresholds; tuned on synthetic clips of seeds under 500, reported on others.

    Parameters
    ----------
    half : float
        k of MDMD: half of the expected event, s.
    p : float
        MDMD's share of the largest stand-out within 1.5 s that a proposal must reach.
    least_difference : float
        Absolute floor of MDMD's relative difference, fraction of IOD.
    still : float
        Proposals reach this many robust SDs of the still part's relative difference.
    least_peak : float
        Least motion of the strongest twentieth of the face at the apex, fraction of IOD.
    stand_out : float
        Least ratio of the motion at the apex to that of the segment's still part, both taken
        against what is half an event before and after.
    least_explained : float
        Share of the course's variance that a rise and fall must explain.
    most_noise : float
        Largest noise of the course relative to its height.
    most_slope : float
        Largest drift of the baseline over the event, relative to its height.
    shortest, longest : float
        Width at half height, s (SPEC 6: 0.04 to 0.5).
    head_share : float
        Share of the course that the head's own path may explain.
    active_share, active_least : float
        An AU is active when it rises by this share of the strongest and by this activation.
    """

    half: float = 0.17
    p: float = 0.1
    least_difference: float = 0.0003
    still: float = 4.0
    least_peak: float = 0.0008
    stand_out: float = 2.5
    least_explained: float = 0.7
    most_noise: float = 0.25
    most_slope: float = 0.6
    shortest: float = 0.03
    longest: float = 0.5
    head_share: float = 0.9
    active_share: float = 0.4
    active_least: float = 0.02


class ClassicalPredictor:
    """MDMD, divide and conquer, and a fit; no weights."""

    name = "classical"

    def __init__(self, settings: ClassicalSettings | None = None) -> None:
        self.settings = settings or ClassicalSettings()

    def predict(self, evidence: ClipEvidence) -> Job[Prediction]:
        """Find the events of every segment; see `pipeline.model.predictor.Predictor`."""
        from pipeline.face import activations_flow, load_flow_basis

        basis = load_flow_basis()
        mask, lids = np.asarray(basis.mask, bool), np.asarray(basis.blink, np.float32)
        motion = np.full(len(evidence.times), np.nan, np.float32)
        freed = np.array(evidence.flow.flow)
        spans: list[EventSpan] = []
        sampled = np.asarray(evidence.flow.frames)
        segments = evidence.track.segments
        for index, segment in enumerate(segments):
            yield Progress("events", index, len(segments))
            rows = np.flatnonzero((sampled >= segment.start) & (sampled < segment.stop))
            rows = rows[np.isfinite(freed[rows]).all(axis=(1, 2, 3))]
            if not len(rows):
                continue
            frames = sampled[rows].astype(np.int64)
            piece = prepare_motion(freed[rows], evidence.times[frames], frames, mask, lids)
            freed[rows] = piece.grid
            inside = slice(segment.start, segment.stop)
            motion[inside] = np.interp(
                evidence.times[inside], piece.times, steadied(piece).strength()
            )
            if len(rows) >= _FEWEST:
                yield Progress("events", index + 0.3, len(segments))
                spans += self.find_events(piece, evidence, index)
        yield Progress("events", len(segments), len(segments))
        flow = at_rest_between(replace(evidence.flow, flow=freed), spans)
        signals = activations_flow(flow, basis, len(evidence.times), evidence.displacement)
        return Prediction(
            events=tuple(self._labelled(span, signals) for span in sorted(spans, key=_onset)),
            signals=signals,
            motion=motion,
            predictor=self.name,
            settings=asdict(self.settings),
        )

    def find_events(
        self, motion: FaceMotion, evidence: ClipEvidence, segment: int
    ) -> list[EventSpan]:
        """Events of one segment, the clearest first where two compete for the same frames."""
        settings = self.settings
        rate = 1 / float(np.median(np.diff(motion.times)))
        smooth = steadied(motion)
        whole, parts = smooth.cells(), off_eyes(smooth).cells()
        beside_blink = motion.near_blink(settings.half)
        found: list[tuple[float, Course, float]] = []
        for row in self.proposals(smooth, rate):
            cells = parts if beside_blink[row] else whole
            course = self._time(cells, motion.times, row)
            if course is None:
                continue
            fitted, line, pattern = course
            peak = fitted.height * float(strongest_mean(np.hypot(*pattern.reshape(-1, 2).T)))
            if not self._is_event(fitted, peak):
                continue
            if keeps_time_with_blink(fitted, motion):
                continue
            if stand_out(smooth, fitted) < settings.stand_out:
                continue
            if head_share(line, motion, evidence, segment, fitted, peak) > settings.head_share:
                continue
            found.append((peak * fitted.explained, fitted, peak))
        kept: list[tuple[float, Course, float]] = []
        for one in sorted(found, key=lambda item: -item[0]):
            if not any(_overlap(one[1], other[1]) > 0.2 for other in kept):
                kept.append(one)
        return [self._span(fit, peak, motion, evidence) for _, fit, peak in kept]

    def proposals(self, motion: FaceMotion, rate: float) -> list[int]:
        """Samples at which MDMD stands out, the clearest first."""
        from scipy.ndimage import gaussian_filter1d, maximum_filter1d, uniform_filter1d

        settings = self.settings
        k = max(2, round(settings.half * rate))
        differences = maximal_difference(motion.grid, k, motion.mask)
        if motion.blink.any():
            beside = motion.near_blink(settings.half)
            calm = maximal_difference(motion.grid, k, motion.off_eyes())
            differences = np.where(beside, calm, differences)
        differences = gaussian_filter1d(differences, max(0.01 * rate, 0.3))
        signed = relative_difference(differences, k, signed=True)
        still = np.sort(np.abs(signed))[: max(len(signed) // 2, 1)]
        floor = max(settings.least_difference, settings.still * 2 * float(np.median(still)))
        window = max(3, round(3.0 * rate) | 1)
        positive = np.maximum(signed, 0)
        mean = uniform_filter1d(positive, window, mode="nearest")
        largest = maximum_filter1d(positive, window, mode="nearest")
        threshold = np.maximum(mean + settings.p * (largest - mean), min(floor, 0.002))
        crest = maximum_filter1d(positive, max(3, round(0.1 * rate) | 1)) == positive
        rows = np.flatnonzero(crest & (positive > threshold))
        return [int(row) for row in rows[np.argsort(-positive[rows])]]

    def _time(
        self, cells: FloatArray, times: NDArray[np.float64], row: int
    ) -> tuple[Course, FloatArray, FloatArray] | None:
        """Course of the pattern that stands out at a sample; None where there is none."""
        guess = float(times[row])
        near = np.abs(times - guess) <= 0.9
        if near.sum() < _FEWEST:
            return None
        line, pattern = matched_course(cells[near], times[near], guess, 0.3)
        if not line.any():
            return None
        inside = np.flatnonzero(np.abs(times[near] - guess) <= self.settings.half)
        spotted = divide_and_conquer(line, int(inside[0]), int(inside[-1]) + 1)
        guess = float(times[near][spotted])
        for _ in range(2):  # the second fit looks about the event that the first one found
            close = np.abs(times[near] - guess) <= 0.55
            fitted = fit_course(times[near][close], line[close], guess, self.settings.half)
            if not 0.02 <= abs(fitted.apex - guess) <= 0.15:
                break
            guess = fitted.apex
        whole = np.zeros(len(times), np.float32)
        whole[near] = line
        return fitted, whole, pattern

    def _is_event(self, fitted: Course, peak: float) -> bool:
        settings = self.settings
        return (
            0.3 < fitted.height < 2.5
            and peak >= settings.least_peak
            and fitted.explained >= settings.least_explained
            and fitted.noise <= settings.most_noise * fitted.height
            and abs(fitted.slope) <= settings.most_slope
            and settings.shortest <= fitted.width <= settings.longest
        )

    def _span(
        self, fitted: Course, peak: float, motion: FaceMotion, evidence: ClipEvidence
    ) -> EventSpan:
        times = evidence.times
        first, last = int(motion.frames[0]), int(motion.frames[-1])
        onset = int(np.clip(_nearest(times, fitted.onset), first, last))
        offset = int(np.clip(_nearest(times, fitted.offset), first, last))
        apex = int(np.clip(_nearest(times, fitted.apex), onset, offset))
        clear = 1 - np.exp(-peak / (3 * self.settings.least_peak))
        confidence = float(np.clip(clear * max(fitted.explained, 0.0), 0, 1))
        return EventSpan(onset, apex, offset, confidence=round(confidence, 4), predictor=self.name)

    def _labelled(self, span: EventSpan, signals: AUSignals) -> EventSpan:
        apex = span.onset if span.apex is None else span.apex
        share, least = self.settings.active_share, self.settings.active_least
        labels = active_aus(signals, span.onset, apex, span.offset, share=share, least=least)
        return replace(span, aus=labels)


def steadied(motion: FaceMotion, seconds: float = 0.005) -> FaceMotion:
    """Motion smoothed in time by a Gaussian; unchanged at rates that need it all."""
    from scipy.ndimage import gaussian_filter1d

    if len(motion.times) < 2:
        return motion
    width = seconds / float(np.median(np.diff(motion.times)))
    if width < 0.4:
        return motion
    grid = gaussian_filter1d(motion.grid, width, axis=0, mode="nearest")
    return replace(motion, grid=grid)


def off_eyes(motion: FaceMotion) -> FaceMotion:
    """The same motion without the cells that blinks reach."""
    return replace(motion, mask=motion.off_eyes())


def stand_out(motion: FaceMotion, fitted: Course) -> float:
    """How much more moves at the apex than in the segment's still part.

    A pattern made of noise fits that same noise, so neither a course's noise nor its R squared
    tells chance from motion; comparing with what the same measure gives elsewhere does.
    """
    from scipy.ndimage import gaussian_filter1d

    times = motion.times
    step = float(np.median(np.diff(times)))
    reach = max(round(0.5 * (fitted.offset - fitted.onset) / step), 1)
    cells = gaussian_filter1d(motion.cells(), max(0.2 * reach, 0.3), axis=0, mode="nearest")
    rows = np.arange(len(times))
    before, after = np.maximum(rows - reach, 0), np.minimum(rows + reach, len(rows) - 1)
    contrast = cells - 0.5 * (cells[before] + cells[after])
    sizes = strongest_mean(np.hypot(contrast[:, ::2], contrast[:, 1::2]))
    away = (np.abs(times - fitted.apex) > 0.6 * (fitted.offset - fitted.onset)) & ~motion.blink
    still = np.sort(sizes[away]) if away.sum() >= 5 else np.sort(sizes)
    quiet = float(still[: max(len(still) // 2, 1)].mean())
    return float(sizes[int(np.argmin(np.abs(times - fitted.apex)))]) / max(quiet, 1e-6)


def keeps_time_with_blink(fitted: Course, motion: FaceMotion) -> bool:
    """Whether a course comes and goes with a blink, so that it is most likely its trace.

    A blink disturbs alignment and light all over the face.
    """
    blink = motion.blink_at(fitted.apex)
    if blink is None:
        return False
    middle, length = 0.5 * (blink[0] + blink[1]), blink[1] - blink[0]
    cut = blink[1] >= motion.times[-1] or blink[0] <= motion.times[0]
    near = abs(fitted.apex - middle) < (0.5 if cut else 0.25) * length
    return near and fitted.offset - fitted.onset < (2.0 if cut else 1.2) * length


def head_share(
    line: FloatArray,
    motion: FaceMotion,
    evidence: ClipEvidence,
    segment: int,
    fitted: Course,
    peak: float,
) -> float:
    """Share of a course about its event that one part of the head's path explains (R squared).

    The parts are the rigid set's middle, its scale and its turn, each less a parabola: a slow
    drift looks like anything else, a nod does not. Only a head that moves `_NOD` times as far as
    the skin (`peak`, fraction of IOD) can leak into the skin's motion.
    """
    from pipeline.face.anatomy import RIGID

    near = np.abs(motion.times - fitted.apex) <= max(fitted.offset - fitted.onset, 0.2)
    points = evidence.track.points[motion.frames[near]][:, list(RIGID)].astype(np.float64)
    if len(points) < 12 or not np.isfinite(points).all():
        return 0.0
    middle = points.mean(1)
    spread = points - middle[:, None]
    reference = spread.mean(0)
    turn = (spread[..., 1] * reference[:, 0] - spread[..., 0] * reference[:, 1]).sum(1)
    size = np.sqrt((spread**2).sum((1, 2)))
    path = np.column_stack([middle, turn / np.abs(reference).sum(), size])
    times = motion.times[near] - fitted.apex
    trend = np.column_stack([np.ones_like(times), times, times**2])
    path = path - trend @ np.linalg.lstsq(trend, path, rcond=None)[0]
    course = line[near] - trend @ np.linalg.lstsq(trend, line[near], rcond=None)[0]
    if np.ptp(path[:, :2], axis=0).max() < _NOD * peak * evidence.track.iod(segment):
        return 0.0
    shared = (path * course[:, None]).sum(0) ** 2
    total = (path**2).sum(0) * float(course @ course)
    return float((shared / np.maximum(total, 1e-30)).max())


def at_rest_between(flow: CanonicalFlow, spans: Sequence[EventSpan]) -> CanonicalFlow:
    """Flow measured from the rest between events instead of from the neutral span.

    The stillest moment of a clip can be an apex; an expression would then count as rest, and
    rest as its opposite, which no activation can express. Segments with less than a quarter
    outside their events stay as they are, and so do those whose usual shape is further from the
    neutral than a micro-expression goes: that is an expression held for long, and no rest.
    """
    frames = np.asarray(flow.frames)
    inside = np.zeros(len(frames), bool)
    for span in spans:
        inside |= (frames >= span.onset) & (frames <= span.offset)
    moved, still = np.array(flow.flow), np.array(flow.still)
    for number in np.unique(flow.segment):
        rows = flow.segment == number
        rest = rows & ~inside
        if rest.sum() < max(0.25 * rows.sum(), 3) or not (rows & inside).any():
            continue
        usual = np.median(moved[rest].astype(np.float32), axis=0)
        if strongest_mean(np.hypot(usual[..., 0], usual[..., 1]).reshape(-1)) > _MICRO:
            continue
        moved[rows] -= usual
        if not (rest & still).any():
            still |= rest
        still &= ~(rows & inside)
    return replace(flow, flow=moved, still=still)


def _onset(span: EventSpan) -> int:
    return span.onset


def _overlap(first: Course, second: Course) -> float:
    """Shared time over that of the shorter one."""
    shared = min(first.offset, second.offset) - max(first.onset, second.onset)
    shorter = min(first.offset - first.onset, second.offset - second.onset)
    return shared / max(shorter, 1e-9)


def _nearest(times: NDArray[np.float64], moment: float) -> int:
    return int(np.argmin(np.abs(times - moment)))


def active_aus(
    signals: AUSignals, onset: int, apex: int, offset: int, *, share: float, least: float
) -> tuple[AULabel, ...]:
    """Action units whose activation rises within an event, strongest first.

    The rise of a track is its mean about the apex less that of its ends; its noise is the
    change from frame to frame. Where both sides are tracked, a side is named when the other
    rises by less than a third of it.
    """
    rises: dict[int, dict[str, float]] = {}
    for index, name in enumerate(signals.names):
        au, side = split_track(name)
        rises.setdefault(au, {})[side] = rise_of(signals.values[:, index], onset, apex, offset)
    top = max((max(sides.values()) for sides in rises.values()), default=0.0)
    found = []
    for au, sides in rises.items():
        strongest = max(sides.values())
        if strongest < max(least, share * top):
            continue
        found.append((strongest, AULabel(au, _side(sides), intensity_letter(strongest))))
    return tuple(label for _, label in sorted(found, key=lambda item: (-item[0], item[1].au)))


def _side(sides: dict[str, float]) -> Side:
    if "" in sides or len(sides) < 2:
        return ""
    if sides["L"] < 0.34 * sides["R"]:
        return "R"
    return "L" if sides["R"] < 0.34 * sides["L"] else ""


def rise_of(track: FloatArray, onset: int, apex: int, offset: int) -> float:
    """Mean about the apex less the mean of the two ends; 0 within the noise."""
    values = np.nan_to_num(track)
    reach = max(1, (offset - onset) // 12)
    top = values[max(apex - reach, 0) : apex + reach + 1].mean()
    start = values[max(onset - reach, 0) : onset + reach + 1].mean()
    end = values[max(offset - reach, 0) : offset + reach + 1].mean()
    piece = values[max(onset - reach, 0) : offset + reach + 1]
    noise = 1.4826 * float(np.median(np.abs(np.diff(piece)))) if len(piece) > 2 else 0.0
    rise = float(top - 0.5 * (start + end))
    return rise if rise > 2 * noise / np.sqrt(2 * reach + 1) else 0.0
