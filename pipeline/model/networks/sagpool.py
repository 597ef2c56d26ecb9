"""Self-attention graph pooling (Lee et al. 2019): the graph itself scores which AUs matter."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pipeline.model.networks.au_graph import propagation_matrix


@dataclass(frozen=True)
class SAGPoolConfig:
    """Shape of the pooling.

    Parameters
    ----------
    features : int
        d, length of a node.
    ratio : float
        p, share of the nodes that are kept, in (0, 1].
    """

    features: int = 512
    ratio: float = 0.5

    def kept(self, nodes: int) -> int:
        """``ceil(p N)``."""
        return max(1, math.ceil(self.ratio * nodes - 1e-9))


@dataclass(frozen=True)
class PooledGraph:
    """What is left of a graph.

    Parameters
    ----------
    nodes : (B, k, d)
        ``X[idx] * Z[idx]``, the best first.
    adjacency : (B, k, k)
        ``A[idx, idx]``.
    index : (B, k)
        Nodes that were kept.
    scores : (B, N)
        Z of every node, in (-1, 1).
    """

    nodes: Tensor
    adjacency: Tensor
    index: Tensor
    scores: Tensor


class SAGPool(nn.Module):
    """Keep the top ``ceil(p N)`` nodes by ``Z = tanh(D~^-1/2 A~ D~^-1/2 X Theta)``."""

    def __init__(self, config: SAGPoolConfig) -> None:
        super().__init__()
        self.config = config
        self.theta = nn.Parameter(torch.empty(config.features, 1))
        nn.init.xavier_normal_(self.theta)

    def forward(self, nodes: Tensor, adjacency: Tensor) -> PooledGraph:
        """Pool (B, N, d) nodes over an (N, N) graph."""
        scores = torch.tanh(propagation_matrix(adjacency) @ nodes @ self.theta)[..., 0]  # (B, N)
        # Stable: of equals the first in FACS order stays, on every machine.
        order = torch.argsort(scores, dim=1, descending=True, stable=True)
        index = order[:, : self.config.kept(nodes.shape[1])]  # (B, k)
        chosen = nodes.gather(1, index[..., None].expand(-1, -1, nodes.shape[2]))  # (B, k, d)
        return PooledGraph(
            nodes=chosen * scores.gather(1, index)[..., None],
            adjacency=adjacency[index[:, :, None], index[:, None, :]],
            index=index,
            scores=scores,
        )


def readout(nodes: Tensor) -> Tensor:
    """Mean and maximum over the nodes, side by side: (B, k, d) to (B, 2d)."""
    return torch.cat([nodes.mean(1), nodes.amax(1)], dim=1)
