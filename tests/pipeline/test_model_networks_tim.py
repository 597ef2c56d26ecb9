"""TIM's closed form against the graph embedding by SVD (Zhou 2011); co-occurrence of AUs."""

import numpy as np
import pytest
from scipy.linalg import eigh

from pipeline.core.errors import ModelError
from pipeline.model.cooccurrence import (
    AUS_12,
    AUS_19,
    casme2_counts,
    conditional_adjacency,
    cooccurrence_counts,
)
from pipeline.model.tim import back_to_frames, interpolated, tim_matrix


def by_graph_embedding(frames: np.ndarray, steps: int) -> np.ndarray:
    """The published procedure: SVD, linear graph embedding of a path, sampling its sine curves."""
    n = len(frames)
    mean = frames.mean(0)
    u, s, vt = np.linalg.svd((frames - mean).T, full_matrices=False)
    u, q = u[:, : n - 1], (s[:, None] * vt)[: n - 1]  # (P, n-1), (n-1, n)
    path = np.eye(n, k=1) + np.eye(n, k=-1)
    laplacian = np.diag(path.sum(1)) - path
    w = eigh(q @ laplacian @ q.T, q @ q.T)[1]  # columns, smoothest first
    k = np.arange(1, n)

    def sines(t: np.ndarray) -> np.ndarray:  # (n-1, len(t)), t in (0, 1]
        return np.sin(np.pi * k[:, None] * t + np.pi * (n - k[:, None]) / (2 * n))

    scale = (w.T @ q[:, :1]) / sines(np.array([1 / n]))
    at = np.linspace(1 / n, 1, steps)
    return (u @ np.linalg.solve(w.T, scale * sines(at))).T + mean


class TestTIM:
    @pytest.mark.parametrize(("frames", "steps"), [(5, 16), (16, 16), (37, 16), (60, 10), (2, 3)])
    def test_is_the_graph_embedding(self, frames, steps):
        pictures = np.random.default_rng(frames).normal(size=(frames, 300))
        expected = by_graph_embedding(pictures, steps)
        assert np.abs(interpolated(pictures, steps) - expected).max() < 1e-10

    @pytest.mark.parametrize("n", [2, 7, 16, 50])
    def test_is_the_identity_for_as_many_steps_as_frames(self, n):
        assert np.abs(tim_matrix(n, n) - np.eye(n)).max() < 1e-12

    @pytest.mark.parametrize("n", [1, 2, 9, 16, 133])
    def test_keeps_the_ends_and_constants(self, n):
        matrix = tim_matrix(n, 16)
        assert np.allclose(matrix.sum(1), 1, atol=1e-12)
        assert np.allclose(matrix[0], np.eye(n)[0], atol=1e-12)
        assert np.allclose(matrix[-1], np.eye(n)[-1], atol=1e-12)

    def test_pictures_keep_their_shape(self):
        assert interpolated(np.zeros((9, 4, 3), np.float32), 16).shape == (16, 4, 3)

    def test_fewer_frames_than_steps_come_back_as_they_were(self):
        course = np.random.default_rng(1).normal(size=(11, 3))
        assert np.allclose(back_to_frames(interpolated(course, 16), 11), course, atol=1e-10)

    def test_what_comes_back_to_more_frames_explains_the_steps(self):
        steps = np.random.default_rng(2).normal(size=(16, 2))
        assert np.allclose(interpolated(back_to_frames(steps, 90), 16), steps, atol=1e-10)

    def test_no_frames_or_one_step_is_refused(self):
        for frames, steps in [(0, 16), (5, 1)]:
            with pytest.raises(ValueError, match="TIM needs"):
                tim_matrix(frames, steps)
        with pytest.raises(ValueError, match="TIM needs"):
            back_to_frames(np.zeros((16, 2)), 0)


class TestCooccurrence:
    #: Five clips; AU 99 is not a node, AU 9 never occurs.
    sheet = [{1, 2}, {1, 2, 4}, {4}, {1}, {4, 99}]
    nodes = (1, 2, 4, 9)

    def test_counts_and_asymmetric_edges_by_hand(self):
        counts = cooccurrence_counts(self.sheet, self.nodes)
        assert counts.tolist() == [[3, 2, 1, 0], [2, 2, 1, 0], [1, 1, 3, 0], [0, 0, 0, 0]]
        third = 1 / 3
        expected = [  # row i, column j: P(i | j)
            [1, 1, third, 0],
            [2 * third, 1, third, 0],
            [third, 0.5, 1, 0],
            [0, 0, 0, 0],
        ]
        assert np.allclose(conditional_adjacency(counts), expected, atol=1e-15)

    def test_the_journal_takes_the_mean_of_both_directions(self):
        edges = conditional_adjacency(cooccurrence_counts(self.sheet, self.nodes), "symmetric")
        assert np.allclose(edges, edges.T)
        assert edges[0, 1] == pytest.approx((1 + 2 / 3) / 2)

    def test_no_clips_make_no_edges(self):
        assert not conditional_adjacency(cooccurrence_counts([], self.nodes)).any()

    @pytest.mark.parametrize("aus", [AUS_12, AUS_19])
    def test_casme2_aggregates(self, aus):
        counts = casme2_counts(aus)
        assert counts.shape == (len(aus), len(aus)) and (counts == counts.T).all()
        assert counts[aus.index(4), aus.index(4)] == 129  # of 255 clips in the 2014 coding
        assert counts[aus.index(1), aus.index(2)] == 14
        edges = conditional_adjacency(counts)
        assert edges[aus.index(1), aus.index(2)] == pytest.approx(14 / 21)
        assert edges[aus.index(2), aus.index(1)] == pytest.approx(14 / 26)

    def test_the_twelve_are_the_most_frequent(self):
        totals = np.diag(casme2_counts(AUS_19))
        others = [totals[k] for k, au in enumerate(AUS_19) if au not in AUS_12]
        assert max(others) <= np.diag(casme2_counts(AUS_12)).min()

    def test_an_au_that_casme2_lacks_is_refused(self):
        with pytest.raises(ModelError, match="AU27"):
            casme2_counts((1, 27))
