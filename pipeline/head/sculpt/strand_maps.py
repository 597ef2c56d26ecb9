"""Pictures of strands for hair: brightness, shift of the highlight, and cover.

Channels as the shader's use ``"cover"`` wants them; roots at the bottom (v = 0).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.core.vision import cv2
from pipeline.head.sculpt.parameters.styles import Strand
from pipeline.head.sculpt.tone import Tone

#: Columns of the picture of locks: dense ones first, then wisps.
LOCK_KINDS = 4
WISP_KINDS = 2
_ASPECT = 0.25  # width of one lock to its height in the picture
_LEAST = 0.55  # half width of a strand, px: thinner ones would be cut out
_MATT = 190  # 128 and less: as the material
_BRAIDS = 2  # in one repeat of the closed layer's picture

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


def _swing(strand: Strand, v: NDArray[np.float64], phase: float) -> NDArray[np.float64]:
    """Sideways swing along a strand, as a share of a lock's width."""
    if strand == "straight":
        return 0 * v
    waves, size = (2.0, 0.05) if strand == "wavy" else (3.5, 0.16)
    return size * np.sin(2 * np.pi * (waves * v + phase))


def _lock(
    width: int, height: int, strands: int, together: float, seed: int, tone: Tone, strand: Strand
) -> Picture:  # fmt: skip
    """One lock of fine strands that run `together` at the tip (0 to 1)."""
    rng = np.random.default_rng(seed)
    sheet = _Sheet(width, height, False)
    v = sheet.v
    phase = rng.random()
    ratio = tone.strands(strands, rng)
    for number, light in enumerate(np.sort(rng.normal(0, 1, strands))):
        root = np.clip(rng.normal(0.5, 0.20), 0.07, 0.93)
        off = 2 * abs(root - 0.5)
        stop = 1 - (0.10 + 0.5 * off) * rng.random() - 0.12 * off
        start = 0.42 * rng.random() ** 1.2 * (0.5 + 0.5 * off) - 0.04
        path = root + (0.5 - root) * together * v**2 + rng.normal(0, 0.05) * np.sin(np.pi * v)
        path = path + _swing(strand, v, phase + rng.normal(0, 0.08))
        ends = np.clip((stop - v) / 0.30, 0, 1) ** 0.6 * np.clip((v - start) / 0.08, 0, 1)
        half = max(width * 0.010 * rng.uniform(0.7, 1.3), _LEAST) * ends
        bright = np.full_like(v, 0.44 + 0.055 * light) * ratio[number]
        sheet.lay(path * width, half, bright, 0.5 + 0.15 * rng.normal())
    return sheet.picture()


def _tuft(width: int, height: int, coils: int, seed: int, tone: Tone) -> Picture:
    """A tuft of tight coils, densest in its middle."""
    rng = np.random.default_rng(seed)
    light = np.full((height, width, 2), (0.3, 0.5), np.float32)
    cover = np.zeros((height, width), np.uint8)
    ratio = tone.strands(coils, rng)
    for number, level in enumerate(np.sort(rng.normal(0, 1, coils))):
        up = rng.random() ** 1.4
        x = int(width * np.clip(0.5 + rng.normal(0, 0.17 * (1 - 0.5 * up)), 0.15, 0.85))
        y = int(height * (0.97 - 0.9 * up))
        axes = (
            max(int(width * rng.uniform(0.06, 0.13)), 1),
            max(int(height * rng.uniform(0.03, 0.06)), 1),
        )
        bent, pen = rng.uniform(0, 360), max(round(width / 40), 1)
        colour = (float((0.62 + 0.14 * level) * ratio[number]), float(rng.random()))
        for picture, value in ((light, colour), (cover, 255)):
            cv2.ellipse(picture, (x, y), axes, rng.uniform(-30, 30), bent, bent + 250, value, pen)
    out = np.zeros((height, width, 4))
    out[..., :2] = light
    return (np.clip(out, 0, 1) * 255 + 0.5).astype(np.uint8) | (
        cover[..., None] * np.array([0, 0, 0, 1], np.uint8)
    )


def locks_picture(height: int, tone: Tone, strand: Strand = "straight") -> Picture:
    """Locks side by side: `LOCK_KINDS` dense, `WISP_KINDS` sparse, (H, W, 4) uint8."""
    width = max(int(height * _ASPECT), 16)
    if strand == "coily":
        counts = [70] * LOCK_KINDS + [18] * WISP_KINDS
        tufts = [_tuft(width, height, n, 201 + k, tone) for k, n in enumerate(counts)]
        return matt(np.ascontiguousarray(np.hstack(tufts)))
    many = int(np.clip(height / 2.2, 50, 170))
    dense = [_lock(width, height, many, 0.55, 201 + k, tone, strand) for k in range(LOCK_KINDS)]
    sparse = [_lock(width, height, 12, 0.15, 231 + k, tone, strand) for k in range(WISP_KINDS)]
    return np.ascontiguousarray(np.hstack(dense + sparse))


def shell_picture(height: int, rim: float, tone: Tone, strand: Strand = "straight") -> Picture:
    """The closed layer: covers all up to v = 1 - `rim`, then thins out strand by strand.

    It repeats along u.
    """
    rng = np.random.default_rng(251)
    width = height // 2
    sheet = _Sheet(width, height, True)
    v = sheet.v
    sheet.layers[v < 1 - rim] = (0.38, 0.5, 1.0)
    count = 900
    ratio = tone.strands(count, rng)
    for number, light in enumerate(np.sort(rng.normal(0, 1, count))):
        start = rng.uniform(-0.3, 1.0)
        stop = start + rng.uniform(0.25, 0.6)
        path = rng.random() + 0.04 * rng.normal() * np.sin(2 * np.pi * (v + rng.random()))
        path = path + 0.6 * _swing(strand, v, 0.15 * rng.normal())
        half = width * rng.uniform(0.004, 0.009)
        live = np.clip((v - start) / 0.06, 0, 1) * np.clip((stop - v) / 0.10, 0, 1)
        ended = 1 - rim * (1 - rng.random() ** 0.7)
        live = live * np.clip((ended - v) / (0.3 * rim) + 1, 0, 1)
        bright = np.full_like(v, 0.43 + 0.07 * light) * ratio[number]
        sheet.lay(path * width, half * live, bright, 0.5 + 0.18 * rng.normal())
    if strand in ("coily", "braided"):
        sheet.layers[..., :2] = (_braids if strand == "braided" else _coils)(width, height, tone)
    fading = np.clip((1 - v) / rim, 0, 1)
    sheet.layers *= (1 - (1 - fading) ** 2)[:, None, None] ** np.array([1, 0, 1])
    return matt(sheet.picture()) if strand == "coily" else sheet.picture()


def matt(picture: Picture) -> Picture:
    """Strands that lie in all directions, and so have no highlight in common."""
    picture[..., 2] = _MATT
    return picture


def _coils(width: int, height: int, tone: Tone) -> NDArray[np.float64]:
    """Brightness and shift of tight coils over one another, (H, W, 2); repeats along u."""
    rng = np.random.default_rng(257)
    out = np.full((height, 3 * width, 2), (0.20, 0.5), np.float32)
    count = 1500
    ratio = tone.strands(count, rng)
    place = rng.random((count, 2)) * (width, height)
    size = width * rng.uniform(0.025, 0.055, count)
    level = np.sort(rng.normal(0, 1, count))
    for number in range(count):
        colour = ((0.60 + 0.17 * level[number]) * ratio[number], rng.random())
        bent = rng.uniform(0, 360)
        for copy in range(3):
            centre = int(place[number, 0] + copy * width), int(place[number, 1])
            axes = max(int(size[number]), 1), max(int(0.5 * size[number]), 1)
            cv2.ellipse(out, centre, axes, rng.uniform(-20, 20), bent, bent + 230, colour, 1,
                        cv2.LINE_AA)  # fmt: skip
    return np.asarray(out[:, width : 2 * width], np.float64)


def _braids(width: int, height: int, tone: Tone) -> NDArray[np.float64]:
    """Brightness and shift of braids that lie close on the head, (H, W, 2); repeats along u."""
    rng = np.random.default_rng(263)
    v, u = np.meshgrid((np.arange(height) + 0.5) / height, (np.arange(width) + 0.5) / width,
                       indexing="ij")  # fmt: skip
    across = 2 * ((u * _BRAIDS) % 1) - 1
    # Strands cross over: each half of a braid is a row of slanting bulges.
    bulge = (30 * v + 0.9 * np.abs(across) + 0.5 * (across > 0)) % 1
    round_ = np.sqrt(np.clip(1 - (across / 0.86) ** 2, 0, 1))
    bright = 0.06 + (0.22 + 0.62 * np.sin(np.pi * bulge) ** 0.7) * round_
    bright *= 1 + 0.25 * rng.normal(0, 1, (height, width)) * round_
    shift = 0.5 + 0.4 * across
    return np.stack([np.clip(bright, 0.03, 1), shift], -1)
