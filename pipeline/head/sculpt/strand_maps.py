"""Pictures of strands for hair: brightness, shift of the highlight, and cover.

Channels as the shader's use ``"cover"`` wants them; roots at the bottom (v = 0).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Columns of the picture of locks: dense ones first, then wisps.
LOCK_KINDS = 4
WISP_KINDS = 2
_ASPECT = 0.25  # width of one lock to its height in the picture

Picture = NDArray[np.uint8]


def within(v: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places along strands kept off the picture's edges, over which it repeats."""
    return 0.012 + 0.976 * np.asarray(v)


class _Sheet:
    """Strands laid over one another from the lowest to the uppermost."""

    def __init__(self, width: int, height: int, wraps: bool) -> None:
        self.width, self.height, self.wraps = width, height, wraps
        self.layers = np.zeros((height, width, 3))  # brightness, shift, cover
        self.layers[..., 1] = 0.5
        self.v = 1 - (np.arange(height) + 0.5) / height

    def lay(
        self,
        centre: NDArray[np.float64],
        half: NDArray[np.float64],
        brightness: NDArray[np.float64],
        shift: float,
    ) -> None:
        """One strand: centre and half width (px), brightness, all per row."""
        reach = int(np.ceil(half.max())) + 1
        columns = np.floor(centre)[:, None].astype(int) + np.arange(-reach, reach + 1)
        cover = np.clip(half[:, None] + 0.5 - np.abs(columns + 0.5 - centre[:, None]), 0, 1)
        cover *= np.minimum(2 * half[:, None], 1)
        if self.wraps:
            columns %= self.width
        else:
            cover *= (columns >= 0) & (columns < self.width)
            columns = np.clip(columns, 0, self.width - 1)
        rows = np.broadcast_to(np.arange(self.height)[:, None], columns.shape)
        seen = cover > 0
        at, over = (rows[seen], columns[seen]), cover[seen][:, None]
        light = np.broadcast_to(brightness[:, None], cover.shape)[seen]
        new = np.column_stack([light, np.full_like(light, shift), np.ones_like(light)])
        self.layers[at] = self.layers[at] * (1 - over) + new * over

    def picture(self) -> Picture:
        """(H, W, 4) uint8."""
        bright, shift, cover = np.moveaxis(self.layers, -1, 0)
        # What covers little keeps the brightness of its strand, lest its edge goes dark.
        bright = np.where(cover > 1e-3, bright / np.maximum(cover, 1e-3), 0.4)
        out = np.stack([bright, shift, np.zeros_like(bright), cover], -1)
        return (np.clip(out, 0, 1) * 255 + 0.5).astype(np.uint8)


def _lock(
    width: int,
    height: int,
    strands: int,
    spread: float,
    thick: float,
    together: float,
    seed: int,
) -> Picture:
    """One lock whose strands run `together` at the tip (0 to 1)."""
    rng = np.random.default_rng(seed)
    sheet = _Sheet(width, height, False)
    v = sheet.v
    groups = np.array([0.5, rng.uniform(0.3, 0.45), rng.uniform(0.55, 0.7)])
    for light in np.sort(rng.normal(0, 1, strands)):
        root = np.clip(rng.normal(0.5, 0.22 if together > 0.5 else 0.3), 0.06, 0.94)
        goal = groups[np.abs(groups - root).argmin()] + rng.normal(0, 0.05)
        stop = 1 - spread * rng.random() - 0.5 * abs(root - 0.5)
        start = 0.5 * rng.random() ** 1.3 + 0.4 * abs(root - 0.5) - 0.08
        bow = rng.normal(0, 0.05)
        path = root + (goal - root) * together * v**1.5 + bow * np.sin(np.pi * v)
        ends = np.clip((stop - v) / 0.45, 0, 1) ** 0.7 * np.clip((v - start) / 0.12, 0, 1)
        half = width * thick * rng.uniform(0.6, 1.4) * ends
        bright = np.full_like(v, 0.44 + 0.07 * light) * (0.8 + 0.2 * np.clip(v / 0.4, 0, 1))
        sheet.lay(path * width, half, bright, 0.5 + 0.18 * rng.normal())
    return sheet.picture()


def locks_picture(height: int) -> Picture:
    """Locks side by side: `LOCK_KINDS` dense, `WISP_KINDS` sparse, (H, W, 4) uint8."""
    width = max(int(height * _ASPECT), 16)
    dense = [_lock(width, height, 75, 0.45, 0.021, 0.9, 201 + k) for k in range(LOCK_KINDS)]
    sparse = [_lock(width, height, 11, 0.5, 0.014, 0.2, 231 + k) for k in range(WISP_KINDS)]
    return np.ascontiguousarray(np.hstack(dense + sparse))


def shell_picture(height: int, rim: float) -> Picture:
    """The closed layer: covers all up to v = 1 - `rim`, then thins out strand by strand.

    It repeats along u.
    """
    rng = np.random.default_rng(251)
    width = height // 2
    sheet = _Sheet(width, height, True)
    v = sheet.v
    sheet.layers[v < 1 - rim] = (0.36, 0.5, 1.0)
    count = 900
    for light in np.sort(rng.normal(0, 1, count)):
        start = rng.uniform(-0.3, 1.0)
        stop = start + rng.uniform(0.25, 0.6)
        path = rng.random() + 0.04 * rng.normal() * np.sin(2 * np.pi * (v + rng.random()))
        half = width * rng.uniform(0.004, 0.009)
        live = np.clip((v - start) / 0.06, 0, 1) * np.clip((stop - v) / 0.10, 0, 1)
        ended = 1 - rim * (1 - rng.random() ** 0.7)
        live = live * np.clip((ended - v) / (0.3 * rim) + 1, 0, 1)
        bright = np.full_like(v, 0.43 + 0.08 * light)
        sheet.lay(path * width, half * live, bright, 0.5 + 0.22 * rng.normal())
    fading = np.clip((1 - v) / rim, 0, 1)
    sheet.layers *= (1 - (1 - fading) ** 2)[:, None, None] ** np.array([1, 0, 1])
    return sheet.picture()
