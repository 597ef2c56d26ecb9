"""Which action units occur together: counts from labels and the graph made of them (Fang, 3.3)."""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import ModelError

#: All the action units that CASME II's coders wrote, and the twelve most frequent (2014 coding).
AUS_19 = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 16, 17, 18, 20, 24, 25, 26, 38)
AUS_12 = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17)

#: The preprint's graph, and that of the version in Biomimetics.
GraphKind = Literal["asymmetric", "symmetric"]

_STATISTICS = Path(__file__).parents[2] / "resources" / "data" / "casme2_statistics.json"


def cooccurrence_counts(
    samples: Iterable[Collection[int]], aus: tuple[int, ...]
) -> NDArray[np.int64]:
    """Count pairs over labelled clips.

    Parameters
    ----------
    samples : iterable of collections of int
        The AUs of each clip of the *training fold*; sides merged, AUs outside `aus` ignored.
    aus : tuple of int
        The graph's nodes.

    Returns
    -------
    (N, N) int64
        ``N_ij``, clips with both; ``N_ii = N_i`` on the diagonal.
    """
    present = np.array([[au in sample for au in aus] for sample in samples], np.int64)
    present = present.reshape(-1, len(aus))
    return present.T @ present


def conditional_adjacency(
    counts: NDArray[np.integer], kind: GraphKind = "asymmetric"
) -> NDArray[np.float64]:
    """The graph's edges: ``A_ij = P(U_i | U_j) = N_ij / N_j``.

    Parameters
    ----------
    counts : (N, N) int
        Of `cooccurrence_counts`.
    kind : {"asymmetric", "symmetric"}
        ``symmetric`` is the journal's ``(A + A^T) / 2``.

    Returns
    -------
    (N, N) float64
        One on the diagonal of every AU that occurs; a column of zeros where ``N_j = 0``.
    """
    counts = np.asarray(counts, np.float64)
    totals = np.diag(counts)
    adjacency = np.where(totals > 0, counts / np.maximum(totals, 1), 0.0)
    return adjacency if kind == "asymmetric" else (adjacency + adjacency.T) / 2


@functools.lru_cache(maxsize=1)
def _casme2() -> tuple[tuple[int, ...], NDArray[np.int64]]:
    """Nodes and counts of all of CASME II, 2014 coding: aggregates, no row of the data set."""
    data = json.loads(_STATISTICS.read_text(encoding="utf-8"))
    aus = tuple(int(name.removeprefix("AU")) for name in data["order_19"])
    return aus, np.array(data["coding_20140508"]["cooccurrence_19"]["N"], np.int64)


def casme2_counts(aus: tuple[int, ...] = AUS_12) -> NDArray[np.int64]:
    """Counts over the whole of CASME II: for inference without a data set, not for its folds.

    Raises
    ------
    ModelError
        If an AU does not occur in CASME II.
    """
    order, counts = _casme2()
    unknown = [au for au in aus if au not in order]
    if unknown:
        raise ModelError(
            f"CASME II has no AU{unknown[0]}", code="model.aus",
            remedy="Count the graph from your own labels.", aus=unknown,
        )  # fmt: skip
    index = [order.index(au) for au in aus]
    return counts[np.ix_(index, index)]
