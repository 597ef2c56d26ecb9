"""The cut-out around the face in which points are measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.core.vision import cv2

#: Faces larger than this (IOD, px) are measured in a reduced picture: noise averages, time falls.
_WORKING_IOD = 130.0
_MARGIN = 0.45


@dataclass(frozen=True)
class FaceWindow:
    """A window of fixed size that follows a face by whole pixels.

    Parameters
    ----------
    width, height : int
        Size in px of the full picture.
    scale : float
        Working px per full px, at most 1.
    iod : float
        Inter-ocular distance, working px.
    """

    width: int
    height: int
    scale: float
    iod: float

    @classmethod
    def around(cls, points: NDArray[np.floating], iod: float) -> FaceWindow:
        """Window for a face with these (68, 2) px points."""
        scale = min(1.0, _WORKING_IOD / iod)
        size = np.ptp(points, axis=0) + 2 * _MARGIN * iod
        return cls(int(np.ceil(size[0])), int(np.ceil(size[1])), scale, iod * scale)

    def origin(self, points: NDArray[np.floating]) -> tuple[int, int]:
        """Top-left px of the window when the face is at these points."""
        centre = (points.min(0) + points.max(0)) / 2
        return round(centre[0] - self.width / 2), round(centre[1] - self.height / 2)

    def cut(self, gray: NDArray[np.uint8], origin: tuple[int, int]) -> NDArray[np.uint8]:
        """The window's picture, edges repeated where it reaches outside."""
        picture = crop(gray, *origin, self.width, self.height)
        if self.scale == 1.0:
            return picture
        size = (round(self.width * self.scale), round(self.height * self.scale))
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.uint8)

    def to_working(
        self, points: NDArray[np.floating], origin: tuple[int, int]
    ) -> NDArray[np.float64]:
        """Full px to working px."""
        return (points - np.array(origin, np.float64) + 0.5) * self._exact_scale() - 0.5

    def to_full(self, points: NDArray[np.floating], origin: tuple[int, int]) -> NDArray[np.float64]:
        """Working px to full px."""
        return (points + 0.5) / self._exact_scale() - 0.5 + np.array(origin, np.float64)

    def _exact_scale(self) -> NDArray[np.float64]:
        if self.scale == 1.0:
            return np.ones(2)
        size = np.array([self.width, self.height], np.float64)
        return np.round(size * self.scale) / size


def crop(gray: NDArray[np.uint8], x0: int, y0: int, width: int, height: int) -> NDArray[np.uint8]:
    """Cut out a rectangle; px outside the picture repeat its edge."""
    rows, columns = gray.shape[:2]
    if x0 >= 0 and y0 >= 0 and x0 + width <= columns and y0 + height <= rows:
        return gray[y0 : y0 + height, x0 : x0 + width]
    ys = np.clip(np.arange(y0, y0 + height), 0, rows - 1)
    xs = np.clip(np.arange(x0, x0 + width), 0, columns - 1)
    return gray[np.ix_(ys, xs)]
