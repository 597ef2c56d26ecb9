"""A frame source over an array, so that synthetic clips need no file."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.core.vision import cv2
from pipeline.media import FrameSource

Image = NDArray[np.uint8]


class ClipSource(FrameSource):
    """Frames (T, H, W, 3) uint8 RGB at a constant rate in 1/s."""

    def __init__(self, frames: Image, fps: float) -> None:
        super().__init__()
        self.path = Path("clip in memory")
        self.height, self.width = frames.shape[1:3]
        self.time_base = Fraction(1, 90_000)
        self.pts = np.round(np.arange(len(frames)) * 90_000 / fps).astype(np.int64)
        self._frames = frames

    def frame(self, index: int) -> Image:
        """See `FrameSource.frame`."""
        return self._frames[self._checked(index)]

    def gray(self, index: int) -> Image:
        """See `FrameSource.gray`."""
        return np.asarray(cv2.cvtColor(self.frame(index), cv2.COLOR_RGB2GRAY), np.uint8)

    def cached(self, index: int) -> bool:
        """Always: the clip is in memory."""
        return True

    @property
    def cached_bytes(self) -> int:
        """Bytes of the clip."""
        return self._frames.nbytes

    def iter_frames(
        self, start: int = 0, stop: int | None = None, step: int = 1
    ) -> Iterator[tuple[int, Image]]:
        """See `FrameSource.iter_frames`."""
        for index in self._range(start, stop, step):
            yield index, self.frame(index)

    def iter_gray(
        self, start: int = 0, stop: int | None = None, step: int = 1
    ) -> Iterator[tuple[int, Image]]:
        """See `FrameSource.iter_gray`."""
        for index in self._range(start, stop, step):
            yield index, self.gray(index)

    def close(self) -> None:
        """Nothing to let go of."""
