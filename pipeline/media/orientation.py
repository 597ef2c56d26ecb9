"""How stored pixels become the picture one sees: display matrix and pixel shape."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pipeline.core.vision import cv2
from pipeline.media.source import Image, read_only


@dataclass(frozen=True)
class Orientation:
    """Quarter turns and mirrors of a display matrix, then square pixels.

    Parameters
    ----------
    swap : bool
        Rows and columns change places first.
    flip_x, flip_y : bool
        Mirror the columns, the rows, after that.
    aspect : Fraction
        Width over height of a stored pixel. Pixels that are not square are made square by
        widening or narrowing the stored rows (bilinear), so that lengths on a face are true.
    """

    swap: bool = False
    flip_x: bool = False
    flip_y: bool = False
    aspect: Fraction = Fraction(1)

    @classmethod
    def from_matrix(cls, matrix: NDArray[np.int32] | None, aspect: Fraction) -> Orientation:
        """From a display matrix of 9 int32 (ISO/IEC 14496-12, tkhd), row-major.

        A stored (x, y) is shown at (a x + c y, b x + d y). Angles between quarter turns are
        taken as the nearest one.
        """
        if matrix is None or len(matrix) < 9:
            return cls(aspect=aspect)
        a, b, _, c, d = (float(value) for value in matrix[:5])
        if a == b == c == d == 0:
            return cls(aspect=aspect)
        if abs(a) + abs(d) >= abs(b) + abs(c):
            return cls(False, a < 0, d < 0, aspect)
        return cls(True, c < 0, b < 0, aspect)

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Shown width and height of a stored size."""
        width = max(1, round(width * self.aspect))
        return (height, width) if self.swap else (width, height)

    def apply(self, image: Image) -> Image:
        """Turn a stored picture, (h, w) or (h, w, 3), into the shown one, read-only."""
        if self.aspect != 1:
            width = max(1, round(image.shape[1] * self.aspect))
            image = np.asarray(
                cv2.resize(image, (width, image.shape[0]), interpolation=cv2.INTER_LINEAR),
                dtype=np.uint8,
            )
        if self.swap:
            image = image.swapaxes(0, 1)
        if self.flip_x:
            image = image[:, ::-1]
        if self.flip_y:
            image = image[::-1]
        return read_only(image)


def pixel_aspect(value: Fraction | None) -> Fraction:
    """A pixel shape that can be believed: 1 where it is absent, almost square or absurd."""
    if value is None or value <= 0 or not Fraction(1, 4) <= value <= 4:
        return Fraction(1)
    return Fraction(1) if abs(value - 1) < Fraction(1, 200) else value


def full_range_luma(plane: Image) -> Image:
    """Stretch luma of video range (16 to 235) to 0 to 255.

    FFmpeg's conversion to RGB truncates and comes out about one level low; so does this.
    """
    stretched = (np.arange(256) - 16) * (255 / 219)
    levels = np.clip(np.floor(stretched - 0.5), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(plane, levels), dtype=np.uint8)


def luma(rgb: Image) -> Image:
    """BT.601 luma of an RGB picture, (h, w) uint8."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
