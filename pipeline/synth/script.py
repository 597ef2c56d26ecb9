"""What happens in a synthetic clip and when, drawn from a seed before any pixel is made.

Times of rise and fall, AU sets and sides follow the aggregates of CASME II. Everything is
drawn in seconds, so the same seed tells the same story at any frame rate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.core.labels import AULabel, Side
from pipeline.synth.profiles import Profile, label_statistics

#: AUs that the generators can move. 25, 26 and 38 are left out: opening lips or nostrils shows
#: what no warp of a still portrait contains.
SYNTH_AUS = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 16, 17, 18, 20, 24)
#: AUs of unpaired muscles: one track, no sides.
MIDLINE_AUS = (17, 18, 24)

_STREAMS = {"script": 0, "fields": 1, "noise": 2, "identity": 3}
_SHORTEST, _LONGEST_RISE, _LONGEST_FALL = 0.03, 0.44, 0.51  # s; the ends of the CASME II table


def stream(seed: int, purpose: str, *more: int) -> np.random.Generator:
    """Random numbers for one purpose of one clip, independent of every other stream."""
    return np.random.default_rng(np.random.SeedSequence([seed, _STREAMS[purpose], *more]))


@dataclass(frozen=True)
class Action:
    """One AU of an event.

    Parameters
    ----------
    au : int
        FACS number.
    left, right : float
        Share of each of the subject's sides in [0, 1]; equal for midline AUs.
    share : float
        Peak displacement relative to the strongest AU of the event.
    onset, apex, offset : float
        Its own times, s.
    """

    au: int
    left: float
    right: float
    share: float
    onset: float
    apex: float
    offset: float

    @property
    def label(self) -> AULabel:
        """Label as a coder writes it: a side only where the other hardly moves."""
        side: Side = ""
        if self.au not in MIDLINE_AUS and min(self.left, self.right) < 0.3:
            side = "L" if self.left > self.right else "R"
        return AULabel(self.au, side)


@dataclass(frozen=True)
class EventScript:
    """One micro-expression. Times in s; the first action spans the whole event."""

    emotion: str
    onset: float
    apex: float
    offset: float
    peak: float  # fraction of IOD
    powers: tuple[float, float]  # of the raised cosine, rise and fall
    actions: tuple[Action, ...]

    def curve(self, action: int, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Course of one action in [0, 1]: raised cosines to a power, 0 outside the event."""
        own = self.actions[action]
        rise = np.clip((times - own.onset) / (own.apex - own.onset), 0, 1)
        fall = np.clip((own.offset - times) / (own.offset - own.apex), 0, 1)
        part = np.where(times <= own.apex, rise, fall)
        power = np.where(times <= own.apex, *self.powers)
        return (0.5 - 0.5 * np.cos(np.pi * part)) ** power


@dataclass(frozen=True)
class Wave:
    """A slow sine: amplitude (in the unit of what it moves), period s, phase rad."""

    amplitude: float
    period: float
    phase: float

    def __call__(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Value at those times, s."""
        return self.amplitude * np.sin(2 * np.pi * times / self.period + self.phase)


@dataclass(frozen=True)
class Pulse:
    """A short bump: a blink or a nod. Centre and width (SD) in s."""

    centre: float
    width: float
    size: float = 1.0

    def __call__(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Value at those times, s."""
        return self.size * np.exp(-0.5 * ((times - self.centre) / self.width) ** 2)


@dataclass(frozen=True)
class ClipScript:
    """The whole story of a clip, in s."""

    duration: float
    events: tuple[EventScript, ...]
    blinks: tuple[Pulse, ...]
    nods: tuple[Pulse, ...]
    nod_direction: tuple[float, float]
    shift: tuple[Wave, Wave]  # x, y; fraction of IOD
    rotation: tuple[Wave, Wave, Wave]  # yaw, pitch, roll; degrees
    zoom: Wave
    light: Wave
    gradient: tuple[float, float]
    flicker: float
    noise: float


def draw_script(seed: int, profile: Profile) -> ClipScript:
    """Draw the story of clip `seed`."""
    rng = stream(seed, "script")
    events: list[EventScript] = []
    now = rng.uniform(*profile.context)
    for _ in range(rng.choice(3, p=profile.event_counts)):
        if events:
            now += rng.uniform(0.2, 0.5)
        events.append(_draw_event(rng, profile, now))
        now = events[-1].offset
    if not events:
        now += rng.uniform(0.2, 0.6)
    duration = now + rng.uniform(*profile.context)
    blinks = _draw_blinks(rng, profile, duration, events)
    nods = (
        (Pulse(rng.uniform(0, duration), rng.uniform(0.06, 0.12), rng.uniform(0.006, 0.02)),)
        if rng.random() < profile.nod
        else ()
    )
    angle = rng.uniform(0, 2 * np.pi)
    turn = [_wave(rng, profile.turn, (1.5, 5.0)) for _ in range(3)]
    yaw, pitch = (Wave(w.amplitude * profile.tilt, w.period, w.phase) for w in turn[:2])
    return ClipScript(
        duration=duration,
        events=tuple(events),
        blinks=blinks,
        nods=nods,
        nod_direction=(float(np.cos(angle)), float(np.sin(angle))),
        shift=(_wave(rng, profile.drift, (1.2, 4.0)), _wave(rng, profile.drift, (1.2, 4.0))),
        rotation=(yaw, pitch, turn[2]),
        zoom=_wave(rng, profile.zoom, (1.5, 4.0)),
        light=_wave(rng, profile.light, (0.5, 3.0)),
        gradient=(rng.normal(0, 0.5), rng.normal(0, 0.5)),
        flicker=rng.uniform(*profile.flicker),
        noise=rng.uniform(*profile.noise),
    )


def draw_durations(rng: np.random.Generator, emotion: str) -> tuple[float, float]:
    """Rise and fall times (s) of one event: gamma with the mean and SD of CASME II.

    Emotions with fewer than 20 samples use the figures of all. Rise and fall are drawn
    independently: their SDs (14.7, 17.3 frames) explain that of the whole (22.6).
    """
    table = label_statistics()["durations_frames"]
    rows = table.get(emotion, table["all"])
    if rows["total_inclusive"]["n"] < 20:
        rows = table["all"]
    fps = float(table["fps"])
    rise = _gamma(rng, rows["onset_to_apex"], fps, _LONGEST_RISE)
    fall = _gamma(rng, rows["apex_to_offset"], fps, _LONGEST_FALL)
    return rise, fall


def _gamma(rng: np.random.Generator, row: dict[str, float], fps: float, longest: float) -> float:
    mean, sd = row["mean"] / fps, row["sd"] / fps
    while True:
        value = float(rng.gamma((mean / sd) ** 2, sd**2 / mean))
        if _SHORTEST <= value <= longest:
            return value


def _wave(
    rng: np.random.Generator, amplitude: tuple[float, float], period: tuple[float, float]
) -> Wave:
    return Wave(rng.uniform(*amplitude), rng.uniform(*period), rng.uniform(0, 2 * np.pi))


def _draw_event(rng: np.random.Generator, profile: Profile, onset: float) -> EventScript:
    emotion = draw_emotion(rng)
    rise, fall = draw_durations(rng, emotion)
    apex, offset = onset + rise, onset + rise + fall
    aus = draw_aus(rng, emotion)
    shares = rng.permutation([1.0, *rng.uniform(0.5, 1.0, len(aus) - 1)])
    actions = []
    for index, au in enumerate(aus):
        # The first action spans the event; others start later, end earlier, peak about there.
        late, early = np.abs(rng.normal(0, profile.lag, 2)) if index else (0.0, 0.0)
        own_apex = apex + (rng.normal(0, profile.lag) if index else 0.0)
        start = min(onset + late, onset + 0.5 * rise)
        stop = max(offset - early, offset - 0.5 * fall)
        own_apex = float(np.clip(own_apex, start + 0.25 * rise, stop - 0.25 * fall))
        left, right = _draw_sides(rng, au, profile)
        actions.append(Action(au, left, right, float(shares[index]), start, own_apex, stop))
    return EventScript(
        emotion=emotion,
        onset=onset,
        apex=apex,
        offset=offset,
        peak=rng.uniform(*profile.peak),
        powers=(rng.uniform(0.8, 1.4), rng.uniform(0.8, 1.4)),
        actions=tuple(actions),
    )


def draw_emotion(rng: np.random.Generator) -> str:
    """Emotion with a probability as the square root of its count: rare ones are seen too."""
    counts = label_statistics()["per_emotion"]
    weights = np.sqrt(list(counts.values()))
    return str(rng.choice(list(counts), p=weights / weights.sum()))


def draw_aus(rng: np.random.Generator, emotion: str) -> list[int]:
    """AU set from P(AU | emotion), each AU on its own; at least one, at most four."""
    table = label_statistics()["P_au_given_emotion"][emotion]
    known = {int(name[2:]): p for name, p in table.items() if int(name[2:]) in SYNTH_AUS}
    while True:
        drawn = [au for au, p in known.items() if rng.random() < p]
        if 1 <= len(drawn) <= 4:
            return [int(au) for au in rng.permutation(drawn)]


def _draw_sides(rng: np.random.Generator, au: int, profile: Profile) -> tuple[float, float]:
    if au in MIDLINE_AUS:
        return 1.0, 1.0
    counts = label_statistics()["au_counts_by_side"].get(f"AU{au}", {"both": 8, "L": 1, "R": 1})
    weights = np.array([counts["both"] + 2.0, counts["L"] + 0.5, counts["R"] + 0.5])
    weights[1:] *= profile.one_sided
    side = rng.choice(3, p=weights / weights.sum())
    weak = rng.uniform(0.0, 0.25)
    if side:
        return (1.0, weak) if side == 1 else (weak, 1.0)
    pair = [1.0, rng.uniform(0.65, 1.0)]
    first, second = rng.permutation(pair)
    return float(first), float(second)


def _draw_blinks(
    rng: np.random.Generator, profile: Profile, duration: float, events: list[EventScript]
) -> tuple[Pulse, ...]:
    """One blink: 0.15-0.3 s from open to open; kept off events where the profile says so."""
    wanted = rng.random() < profile.blink
    for _ in range(50 if wanted else 0):
        blink = Pulse(rng.uniform(0, duration), rng.uniform(0.03, 0.06), rng.uniform(0.85, 1.0))
        reach = 3 * blink.width + 0.02
        near = any(e.onset - reach < blink.centre < e.offset + reach for e in events)
        if profile.blink_in_event or not near:
            return (blink,)
    return ()
