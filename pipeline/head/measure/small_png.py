"""PNG files with a palette: review pictures of thousands of px that stay small."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.core.vision import cv2
from pipeline.head.scene.film import write_whole

_COLOURS = 256
_SAMPLES = 24_000
_DITHER = 2.5  # grey levels
_BITS = 6  # of each channel, in the table from colour to palette


def palette_of(rgb: NDArray[np.uint8], colours: int = _COLOURS) -> NDArray[np.uint8]:
    """Colours that stand for a picture's (k-means over a sample of it), (K, 3) uint8."""
    flat = rgb.reshape(-1, 3)
    sample = flat[np.linspace(0, len(flat) - 1, min(len(flat), _SAMPLES)).astype(int)]
    different = np.unique(sample, axis=0)
    if len(different) <= colours:
        return different
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_MAX_ITER | cv2.TERM_CRITERIA_EPS, 12, 0.5)
    first = np.zeros((len(sample), 1), np.int32)
    _, _, centres = cv2.kmeans(
        sample.astype(np.float32), colours, first, stop, 1, cv2.KMEANS_PP_CENTERS
    )
    return np.clip(centres + 0.5, 0, 255).astype(np.uint8)


def indices_of(rgb: NDArray[np.uint8], palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Number of the nearest palette colour at each pixel, (H, W) uint8."""
    from scipy.spatial import cKDTree

    rgb = _dithered(rgb)
    step = 1 << (8 - _BITS)
    levels = np.arange(0, 256, step) + (step - 1) / 2
    grid = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), -1).reshape(-1, 3)
    table = np.asarray(cKDTree(palette.astype(np.float64)).query(grid)[1], np.uint8)
    small = (rgb >> (8 - _BITS)).astype(np.int64)
    return table[(small[..., 0] << 2 * _BITS) | (small[..., 1] << _BITS) | small[..., 2]]


def _dithered(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Ordered dither (Bayer 1973), so that soft shading does not break into bands."""
    bayer = np.array([[0]])
    for _ in range(2):
        bayer = np.block([[4 * bayer, 4 * bayer + 2], [4 * bayer + 3, 4 * bayer + 1]])
    step = np.rint((bayer + 0.5) / bayer.size * 2 * _DITHER - _DITHER).astype(np.int16)
    height, width = rgb.shape[:2]
    tiled = np.tile(step, (height // 4 + 1, width // 4 + 1))[:height, :width]
    return np.clip(rgb + tiled[..., None], 0, 255).astype(np.uint8)


def png_with_palette(rgb: NDArray[np.uint8]) -> bytes:
    """A PNG file of a picture with at most 256 colours.

    Parameters
    ----------
    rgb : (H, W, 3) uint8
    """
    palette = palette_of(rgb)
    index = indices_of(rgb, palette)
    height, width = index.shape
    rows = np.zeros((height, width + 1), np.uint8)  # filter type 0 before each row
    rows[:, 1:] = index
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", palette.tobytes()),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write_png(path: str | Path, rgb: NDArray[np.uint8]) -> None:
    """Write a picture with a palette, whole or not at all.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    write_whole(path, png_with_palette(rgb))
