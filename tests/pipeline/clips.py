"""Films with known truth for the face tests: a still portrait moved by smooth fields.

Independent of `pipeline.synth` on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from scipy import ndimage

from pipeline.core.vision import cv2


class ArraySource:
    """Frames from memory with the interface of a `FrameSource`."""

    def __init__(self, frames: np.ndarray, fps: float = 200.0) -> None:
        self.frames = frames
        self.path = Path("film in memory")
        self.n_frames, self.height, self.width = frames.shape[:3]
        self.time_base = Fraction(1, 90000)
        self.pts = np.round(np.arange(self.n_frames) * 90000 / fps).astype(np.int64)
        self.file_numbers = None
        self.fps = fps
        self.warnings: tuple[str, ...] = ()

    def seconds(self, index: int) -> float:
        return float((self.pts[index] - self.pts[0]) * self.time_base)

    def times(self) -> np.ndarray:
        return (self.pts - self.pts[0]) * float(self.time_base)

    def frame(self, index: int) -> np.ndarray:
        if not 0 <= index < self.n_frames:
            raise IndexError(index)
        picture = self.frames[index]
        return picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=-1)

    def gray(self, index: int) -> np.ndarray:
        if not 0 <= index < self.n_frames:
            raise IndexError(index)
        picture = self.frames[index]
        return picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)

    def iter_frames(
        self, start: int = 0, stop: int | None = None, step: int = 1
    ) -> Iterator[tuple[int, np.ndarray]]:
        for index in range(start, self.n_frames if stop is None else stop, step):
            yield index, self.frame(index)

    def close(self) -> None:
        pass


def astronaut(size: tuple[int, int] = (640, 480)) -> np.ndarray:
    """The public-domain portrait, grey, IOD about 100 px at 640x480."""
    import skimage.data

    picture = cv2.cvtColor(skimage.data.astronaut()[:288, 30:414], cv2.COLOR_RGB2GRAY)
    return cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC)


def bump(n: int, onset: float, apex: float, offset: float) -> np.ndarray:
    """Raised-cosine activation in time, (n,) in [0, 1]."""
    t = np.arange(n, dtype=float)
    rise = np.clip((t - onset) / (apex - onset), 0, 1)
    fall = np.clip((offset - t) / (offset - apex), 0, 1)
    return 0.5 - 0.5 * np.cos(np.pi * np.minimum(rise, fall))


class Warp:
    """A portrait under Gaussian muscle fields, head drift, light and noise.

    Parameters
    ----------
    portrait : (H, W) uint8
    pulls : list of (centre, direction, radius, course)
        Centre px, direction px at full course, radius px, course (n,).
    """

    def __init__(self, portrait, pulls, n, drift=0.0, turn=0.0, light=0.0, noise=0.0, seed=0):
        self.portrait, self.pulls, self.n = portrait, pulls, n
        rng = np.random.default_rng(seed)
        phase = rng.uniform(0, 6.28, 6)
        t = np.arange(n)
        wave = [
            np.sin(2 * np.pi * t / period + p)
            for period, p in zip((170, 230, 300, 260, 140, 90), phase, strict=True)
        ]
        self.shift = drift * np.stack([wave[0], wave[1]], -1)
        self.angle = np.radians(turn) * wave[2]
        self.scale = 1 + 0.004 * wave[3] * (drift > 0)
        self.gain = 1 + light * wave[4]
        self.slope = 1.5 * light * wave[5]
        self.noise, self.rng = noise, rng

    def field(self, points: np.ndarray, frame: int) -> np.ndarray:
        """Displacement at face positions (..., 2), px."""
        out = np.zeros(points.shape)
        for centre, direction, radius, course in self.pulls:
            gap = ((points - np.asarray(centre)) ** 2).sum(-1)
            fall = np.exp(-gap / (2 * radius**2)) * course[frame]
            out += fall[..., None] * np.asarray(direction)
        return out

    def _head(self, frame: int) -> tuple[np.ndarray, np.ndarray]:
        c, s = np.cos(self.angle[frame]), np.sin(self.angle[frame])
        linear = self.scale[frame] * np.array([[c, -s], [s, c]])
        h, w = self.portrait.shape
        middle = np.array([w / 2, h / 2])
        return linear, middle - linear @ middle + self.shift[frame]

    def true_points(self, points: np.ndarray, frame: int) -> np.ndarray:
        """Where material points of the portrait are in a frame."""
        moved = self.true_skin(points, frame)
        linear, shift = self._head(frame)
        return moved @ linear.T + shift

    def true_skin(self, points: np.ndarray, frame: int) -> np.ndarray:
        """The same without the head's motion: x - d(x) = point, by iteration."""
        moved = points.astype(float)
        for _ in range(20):
            moved = points + self.field(moved, frame)
        return moved

    def render(self) -> np.ndarray:
        """(n, H, W) uint8 frames; bilinear on a threefold picture, so positions are exact."""
        h, w = self.portrait.shape
        # A spline: OpenCV's cubic kernel does not keep straight ramps straight, which shifts
        # content by up to 0.03 px between whole pixels.
        zoom = {"order": 3, "mode": "nearest", "grid_mode": True}
        big = ndimage.zoom(np.float32(self.portrait), 3, **zoom)
        grid = np.stack(np.meshgrid(np.arange(w), np.arange(h)), -1).astype(float)
        falls = [
            np.exp(-((grid - np.asarray(c)) ** 2).sum(-1) / (2 * r**2))[..., None] * np.asarray(d)
            for c, d, r, _ in self.pulls
        ]
        side = ((grid[..., 0] - w / 2) / w).astype(np.float32)
        frames = np.empty((self.n, h, w), np.uint8)
        for frame in range(self.n):
            linear, shift = self._head(frame)
            face = (grid - shift) @ np.linalg.inv(linear).T
            move = np.zeros_like(face)
            if any(p[3][frame] for p in self.pulls):
                plain = sum(f * p[3][frame] for f, p in zip(falls, self.pulls, strict=True))
                maps = face.astype(np.float32)
                move = np.stack(
                    [
                        cv2.remap(
                            np.float32(plain[..., a]),
                            maps[..., 0],
                            maps[..., 1],
                            cv2.INTER_LINEAR,
                            borderMode=cv2.BORDER_REPLICATE,
                        )
                        for a in (0, 1)
                    ],
                    -1,
                )
            at = ((face - move + 0.5) * 3 - 0.5).astype(np.float32)
            picture = cv2.remap(
                big, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            )
            picture = picture * (self.gain[frame] + self.slope[frame] * side)
            if self.noise:
                picture = picture + self.rng.normal(0, self.noise, picture.shape)
            frames[frame] = np.clip(np.round(picture), 0, 255)
        return frames
