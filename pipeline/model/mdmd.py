"""Main directional maximal difference (Wang et al. 2017) on the aligned face.

Where the paper takes optical flow between pairs of frames, this takes differences of the
canonical flows from the neutral frame: on an aligned face, to first order,
``flow(F_a -> F_b) = flow(N -> F_b) - flow(N -> F_a)``. That costs no further flow and is free of
head motion.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.core.types import FloatArray

#: Bins of the histogram that finds a block's main direction.
DIRECTIONS = 8
#: Side of a block, cells of the canonical grid.
BLOCK = 8


def maximal_difference(
    flow: FloatArray, k: int, mask: NDArray[np.bool_] | None = None
) -> FloatArray:
    """Main directional maximal difference of every frame.

    Per block, of the pixels whose motion ``F_{i-k} -> F_i`` points in the main direction, the
    mean over the top third of ``|flow(F_{i-k} -> F_i)| - |flow(F_{i-k} -> F_{i+k})|``; of the
    blocks, the mean over the top third. Large where motion goes out and comes back within
    2k frames; negative for drift. Frames beyond the ends count as the end frames.

    Parameters
    ----------
    flow : (T, H, W, 2) float
        Flow from the neutral frame, fraction of IOD.
    k : int
        Half of the longest expected event, frames.
    mask : (H, W) bool, optional
        Cells that belong to the face; all by default.

    Returns
    -------
    (T,) float32
        d_i, fraction of IOD.
    """
    n, height, width = flow.shape[:3]
    blocks = _blocks(height, width, mask)
    found = np.empty(n, np.float32)
    for i in range(n):
        before = flow[max(i - k, 0)].astype(np.float32)
        out = flow[i].astype(np.float32) - before
        across = flow[min(i + k, n - 1)].astype(np.float32) - before
        gain = np.hypot(out[..., 0], out[..., 1]) - np.hypot(across[..., 0], across[..., 1])
        found[i] = _strongest_blocks(gain, _direction(out), blocks)
    return found


def relative_difference(differences: FloatArray, k: int, *, signed: bool = False) -> FloatArray:
    """Stand-out of each frame: ``r_i = d_i - (d_{i-k+1} + d_{i+k-1}) / 2``, negatives to 0."""
    n = len(differences)
    index = np.arange(n)
    reach = max(k - 1, 1)
    before = differences[np.maximum(index - reach, 0)]
    after = differences[np.minimum(index + reach, n - 1)]
    relative = differences - 0.5 * (before + after)
    return relative if signed else np.maximum(relative, 0)


def _blocks(height: int, width: int, mask: NDArray[np.bool_] | None) -> NDArray[np.intp]:
    """(B, BLOCK * BLOCK) flat indices of the blocks that lie mostly on the face."""
    cells = np.arange(height * width).reshape(height, width)
    rows, columns = height // BLOCK, width // BLOCK
    grid = cells[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
    blocks = grid.swapaxes(1, 2).reshape(rows * columns, BLOCK * BLOCK)
    if mask is None:
        return blocks
    on_face = mask.ravel()[blocks].mean(1) >= 0.5
    return blocks[on_face] if on_face.any() else blocks


def _direction(flow: FloatArray) -> NDArray[np.int8]:
    angle = np.arctan2(flow[..., 1], flow[..., 0])
    return (np.floor((angle + np.pi) / (2 * np.pi) * DIRECTIONS) % DIRECTIONS).astype(np.int8)


def _strongest_blocks(
    gain: FloatArray, direction: NDArray[np.int8], blocks: NDArray[np.intp]
) -> float:
    gains, directions = gain.ravel()[blocks], direction.ravel()[blocks]
    counts = (directions[..., None] == np.arange(DIRECTIONS)).sum(1)
    main = directions == counts.argmax(1)[:, None]
    ordered = -np.sort(-np.where(main, gains, -np.inf), axis=1)
    take = np.maximum(main.sum(1) // 3, 1)
    kept = np.arange(ordered.shape[1]) < take[:, None]
    values = np.sort(np.where(kept, ordered, 0.0).sum(1) / take)
    return float(values[-max(len(values) // 3, 1) :].mean())
