"""What the head's tests share: one coarse head per session, and where its landmarks go."""

from __future__ import annotations

import contextlib
import functools

import numpy as np

from pipeline.core.paths import cache_dir
from pipeline.core.progress import run
from pipeline.head import Camera, load_head, project_landmarks

#: A frontal view large enough that rounding does not matter.
FRONT = Camera(distance=1200.0, fov=14.0)
SIZE = (1000, 1000)


@contextlib.contextmanager
def _one_at_a_time(name):
    """Of the test processes that share a cache folder, one builds and the others wait."""
    import fcntl

    with (cache_dir() / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # goes with the file
        yield


@functools.cache
def head(lod="draft"):
    """The head at a level of detail; built at most once per cache folder."""
    with _one_at_a_time(f"head-{lod}"):
        return run(load_head(lod=lod))


def points(weights):
    """Frontal landmarks in IOD units, x to the subject's left, y up, (68, 2)."""
    neutral = project_landmarks(head(), {}, FRONT, SIZE)
    iod = np.linalg.norm(neutral[45] - neutral[36])
    return project_landmarks(head(), weights, FRONT, SIZE) / iod * [1, -1]


def change(weights):
    """Landmark displacement from the neutral in IOD, (68, 2)."""
    return points(weights) - points({})


def opening(p):
    """Height of both lid openings, (right, left)."""
    right = p[[37, 38], 1].mean() - p[[40, 41], 1].mean()
    return right, p[[43, 44], 1].mean() - p[[46, 47], 1].mean()


def unlit(model, *_):
    """In place of baking the light of a head from files (seconds), where nobody looks at it."""
    return np.full((1, len(model.vertices)), 255, np.uint8)
