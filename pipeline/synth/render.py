"""Draw the frames of a scripted clip from a portrait, and say exactly where its points are.

Each output pixel `q` shows the still at `s = r - D(r)` with `r = H^-1(q)`: `H` is the head's
similarity, `D` the skin's displacement (AUs, blink, parallax). A landmark that rests at `p` is
therefore at `H(r)` with `r - D(r) = p`, solved for, so truth and picture agree.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.labels import track_name
from pipeline.core.types import AUSignals, EventSpan
from pipeline.core.vision import cv2
from pipeline.synth.fields import BlinkField, FieldGenerator, FloatField
from pipeline.synth.portrait import OVERSAMPLING, Portrait
from pipeline.synth.script import MIDLINE_AUS, SYNTH_AUS, ClipScript, EventScript, stream


def truth_tracks() -> tuple[str, ...]:
    """Names of the true AU tracks, sides apart."""
    names: list[str] = []
    for au in SYNTH_AUS:
        names += [track_name(au)] if au in MIDLINE_AUS else [track_name(au, s) for s in ("L", "R")]
    return tuple(names)


class MovingEvent:
    """An event's fields on one face: (A, H, W, 2) px at the peak of each action's curve."""

    def __init__(self, event: EventScript, generator: FieldGenerator, iod: float) -> None:
        self.script = event
        full = [(generator.field(a.au, 1), generator.field(a.au, -1)) for a in event.actions]
        fields, strengths = [], []
        for action, (left, right) in zip(event.actions, full, strict=True):
            midline = action.au in MIDLINE_AUS
            both = left if midline else action.left * left + action.right * right
            own = action.share * iod / _largest(both)
            fields.append(both * np.float32(own))
            strengths.append(own)
        self.fields = np.stack(fields)
        scale = event.peak / self._peak(iod)
        self.fields *= np.float32(scale)
        #: Activation of each action at its peak: displacement over that of the full AU.
        self.strengths = [scale * strength for strength in strengths]

    def _peak(self, iod: float) -> float:
        """Largest displacement anywhere during the event, fraction of IOD."""
        times = np.linspace(self.script.onset, self.script.offset, 41)
        coarse = self.fields[:, ::2, ::2]
        curves = self.curves(times)
        return max(_largest(np.tensordot(row, coarse, 1)) for row in curves) / iod

    def curves(self, times: NDArray[np.float64]) -> NDArray[np.float32]:
        """(T, A) course of each action in [0, 1]."""
        columns = [self.script.curve(index, times) for index in range(len(self.fields))]
        return np.stack(columns, 1).astype(np.float32)

    def apex(self, times: NDArray[np.float64]) -> int:
        """Frame of the largest motion over the whole face (sum of squares)."""
        flat = self.fields[:, ::4, ::4].reshape(len(self.fields), -1)
        gram = flat @ flat.T
        curves = self.curves(times)
        return int(np.argmax(np.einsum("ta,ab,tb->t", curves, gram, curves)))


def _largest(field: FloatField) -> float:
    return float(np.sqrt((np.asarray(field) ** 2).sum(-1).max()))


def true_events(
    events: Sequence[MovingEvent], times: NDArray[np.float64], fps: float
) -> tuple[EventSpan, ...]:
    """Events in frames: first and last frame of the script, apex at the largest motion."""
    spans = []
    for moving in events:
        onset = int(np.floor(moving.script.onset * fps + 1e-9))
        offset = int(np.ceil(moving.script.offset * fps - 1e-9))
        offset = min(max(offset, onset + 2), len(times) - 1)
        apex = int(np.clip(moving.apex(times), onset, offset))
        labels = tuple(action.label for action in moving.script.actions)
        spans.append(EventSpan(onset, apex, offset, moving.script.emotion, labels))
    return tuple(spans)


def true_signals(events: Sequence[MovingEvent], times: NDArray[np.float64]) -> AUSignals:
    """Activation of every track, curve x intensity; 1 is the full FACS displacement of that AU."""
    names = truth_tracks()
    values = np.zeros((len(times), len(names)), np.float32)
    for moving in events:
        curves = moving.curves(times)
        for index, action in enumerate(moving.script.actions):
            course = curves[:, index] * moving.strengths[index]
            if action.au in MIDLINE_AUS:
                values[:, names.index(track_name(action.au))] += course
                continue
            values[:, names.index(track_name(action.au, "L"))] += course * action.left
            values[:, names.index(track_name(action.au, "R"))] += course * action.right
    return AUSignals(names, np.clip(values, 0, 1))


class ClipRenderer:
    """Frames, points and truth of one clip; every frame can be drawn on its own.

    Parameters
    ----------
    seed : int
        Seed of the clip (noise).
    script : ClipScript
        What happens.
    portrait : Portrait
        Whom it happens to.
    generator : FieldGenerator
        Where skin moves for each AU.
    fps : float
        Frames per second.
    """

    def __init__(
        self,
        seed: int,
        script: ClipScript,
        portrait: Portrait,
        generator: FieldGenerator,
        fps: float,
    ) -> None:
        self.seed = seed
        self.script = script
        self.portrait = portrait
        self.fps = fps
        self.n_frames = max(2, round(script.duration * fps))
        self.times = np.arange(self.n_frames) / fps
        self._events = [MovingEvent(e, generator, portrait.iod) for e in script.events]
        self._curves = [event.curves(self.times) for event in self._events]
        self._blink = BlinkField(portrait.points, portrait.size)
        self._depth = relief(portrait.points, portrait.size)
        width, height = portrait.size
        self._x, self._y = np.meshgrid(
            np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
        )

    def events(self) -> tuple[EventSpan, ...]:
        """True events: first and last frame of the script, apex at the largest motion."""
        return true_events(self._events, self.times, self.fps)

    def signals(self) -> AUSignals:
        """True activation of every track; 1 is the full FACS displacement of that AU."""
        return true_signals(self._events, self.times)

    def close(self) -> None:
        """Nothing to release."""

    def displacement(self, index: int) -> FloatField:
        """Skin displacement in the resting head's frame, (H, W, 2) px."""
        total = np.zeros((*self._x.shape, 2), np.float32)
        for moving, curves in zip(self._events, self._curves, strict=True):
            for field, weight in zip(moving.fields, curves[index], strict=True):
                if weight > 0:
                    total += weight * field
        time = self.times[index : index + 1]
        for blink in self.script.blinks:
            self._blink.add(total, float(blink(time)[0]))
        yaw, pitch = (np.radians(wave(time)[0]) for wave in self.script.rotation[:2])
        if yaw or pitch:
            total[..., 0] += np.float32(np.sin(yaw)) * self._depth
            total[..., 1] += np.float32(np.sin(pitch)) * self._depth
        return total

    def head(self, index: int) -> NDArray[np.float64]:
        """Similarity H from the resting head to the frame, (2, 3) px."""
        time = self.times[index : index + 1]
        iod = self.portrait.iod
        shift = np.array([wave(time)[0] for wave in self.script.shift])
        for nod in self.script.nods:
            shift += nod(time)[0] * np.array(self.script.nod_direction)
        angle = np.radians(self.script.rotation[2](time)[0])
        scale = 1 + self.script.zoom(time)[0]
        turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        pivot = self.portrait.points[33]
        return np.column_stack([turn, pivot + shift * iod - turn @ pivot])

    def points(self, index: int) -> NDArray[np.float64]:
        """True positions of the 68 points, (68, 2) px."""
        head = self.head(index)
        return self._moved(self.displacement(index)) @ head[:, :2].T + head[:, 2]

    def _moved(self, displacement: FloatField) -> NDArray[np.float64]:
        """Solve r - D(r) = p for every point by Newton's method with a numeric Jacobian."""
        rest = self.portrait.points
        moved = rest + sample(displacement, rest)
        half = np.array([[0.5, 0.0], [0.0, 0.5]])
        for _ in range(25):
            miss = moved - sample(displacement, moved) - rest
            if np.abs(miss).max() < 1e-5:
                break
            slopes = [
                sample(displacement, moved + h) - sample(displacement, moved - h) for h in half
            ]
            jacobian = np.eye(2) - np.stack(slopes, -1)
            moved = moved - np.clip(np.linalg.solve(jacobian, miss[..., None])[..., 0], -3, 3)
        return moved

    def draw(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        """Frame (H, W, 3) uint8 RGB and its true points (68, 2) px."""
        displacement = self.displacement(index)
        head = self.head(index)
        back = cv2.invertAffineTransform(head).astype(np.float32)
        x = back[0, 0] * self._x + back[0, 1] * self._y + back[0, 2]
        y = back[1, 0] * self._x + back[1, 1] * self._y + back[1, 2]
        skin = cv2.remap(displacement, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        half = np.float32(0.5 * (OVERSAMPLING - 1))
        picture = cv2.remap(
            self.portrait.still,
            (x - skin[..., 0]) * OVERSAMPLING + half,
            (y - skin[..., 1]) * OVERSAMPLING + half,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT_101,
        )
        points = self._moved(displacement) @ head[:, :2].T + head[:, 2]
        return expose(picture, self.script, self.seed, index, self.times[index]), points

    def frame(self, index: int) -> NDArray[np.uint8]:
        """Frame (H, W, 3) uint8 RGB."""
        return self.draw(index)[0]


def sample(field: FloatField, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of a field between its pixels, bilinear: (N, 2) at points (N, 2)."""
    x, y = points.astype(np.float32).T
    found = cv2.remap(
        field, x.reshape(1, -1), y.reshape(1, -1), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return found.reshape(-1, 2).astype(np.float64)


def relief(points: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.float32]:
    """Depth of a face before its eye plane, (H, W) px: an egg with a nose on it.

    Only its shape matters: it gives the parallax of small turns of the head.
    """
    iod = float(np.linalg.norm(points[45] - points[36]))
    x, y = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))

    def bump(centre: NDArray[np.float64], across: float, down: float) -> NDArray[np.float32]:
        u, v = (x - centre[0]) / (across * iod), (y - centre[1]) / (down * iod)
        return np.exp(-0.5 * (u**2 + v**2)).astype(np.float32)

    egg = bump(0.5 * (points[27] + points[33]), 0.62, 0.85)
    nose = bump(points[30], 0.11, 0.20)
    return np.float32(iod) * (0.45 * egg + 0.20 * nose)


@functools.lru_cache(maxsize=4)
def _unit_grid(width: int, height: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    return (
        np.linspace(-0.5, 0.5, width, dtype=np.float32)[None, :],
        np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None],
    )


def expose(
    picture: NDArray[Any], script: ClipScript, seed: int, index: int, time: float
) -> NDArray[np.uint8]:
    """Light, flicker and sensor noise (one value for the three colours) on a drawn frame."""
    rng = stream(seed, "noise", index)
    height, width = picture.shape[:2]
    x, y = _unit_grid(width, height)
    light = float(script.light(np.array([time]))[0])
    across, down = script.gradient
    flicker = script.flicker * rng.standard_normal()
    gain = np.float32(1 + light + flicker) + np.float32(light) * (
        np.float32(across) * x + np.float32(down) * y
    )
    noise = rng.standard_normal((height, width), dtype=np.float32) * np.float32(script.noise)
    # Merged to three channels first: broadcasting over a last axis of 3 is several times slower.
    lit = cv2.multiply(picture, cv2.merge([gain] * 3))
    lit = cv2.add(lit, cv2.merge([noise + np.float32(0.5)] * 3), dst=lit)
    return np.clip(lit, 0, 255, out=lit).astype(np.uint8)
