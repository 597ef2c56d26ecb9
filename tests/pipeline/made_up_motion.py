"""Motion on the canonical grid whose course is known, for the tests of the predictors."""

import numpy as np

SIDE = 56


def bump(x, y, width=5.0):
    """Gaussian of height 1 on the canonical grid."""
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    return np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * width**2)).astype(np.float32)


def cosine(times, onset, apex, offset):
    """Rise and fall with cosine flanks, by hand."""
    out = np.zeros(len(times))
    rising = (times >= onset) & (times < apex)
    falling = (times >= apex) & (times <= offset)
    out[rising] = (1 - np.cos(np.pi * (times[rising] - onset) / (apex - onset))) / 2
    out[falling] = (1 + np.cos(np.pi * (times[falling] - apex) / (offset - apex))) / 2
    return out


#: A face, and the two lids' motion in a full blink (fraction of IOD).
MASK = bump(28, 28, 18) > 0.3
LIDS = np.stack([bump(x, 20, 2.5)[..., None] * [0.0, 0.08] for x in (18, 38)]).astype(np.float32)
