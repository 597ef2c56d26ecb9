"""Many shapes at once give what each gives alone, added up."""

from __future__ import annotations

import numpy as np

from pipeline.head.blend import Blend


def test_tiles_add_up_what_the_runs_say():
    random = np.random.default_rng(5)
    count, shapes = 3000, 20
    runs = [np.sort(random.choice(count, random.integers(0, 900), False)) for _ in range(shapes)]
    starts = np.r_[0, np.cumsum([len(r) for r in runs])].astype(np.int64)
    ids = np.concatenate(runs).astype(np.int32)
    deltas, turns = random.normal(size=(2, len(ids), 3)).astype(np.float32)
    weights = random.uniform(0, 1, shapes).astype(np.float32)
    weights[::3] = 0
    truth = np.zeros((2, count, 3))
    for index, run in enumerate(runs):
        rows = slice(starts[index], starts[index + 1])
        truth[0, run] += weights[index] * deltas[rows]
        truth[1, run] += weights[index] * turns[rows]
    vertices, normals = np.ones((2, count, 3), np.float32)
    Blend.of(count, starts, ids, deltas, turns).add(weights, vertices, normals)
    np.testing.assert_allclose(vertices, truth[0] + 1, atol=1e-4)
    np.testing.assert_allclose(normals, truth[1] + 1, atol=1e-4)


def test_a_head_without_shapes_stays():
    nothing = np.zeros((0, 3), np.float32)
    blend = Blend.of(4, np.zeros(1, np.int64), np.zeros(0, np.int32), nothing, nothing)
    vertices, normals = np.ones((2, 4, 3), np.float32)
    blend.add(np.zeros(0, np.float32), vertices, normals)
    assert (vertices == 1).all()
    assert (normals == 1).all()
