"""The AU graph (Fang, 3.2-3.3; Kipf and Welling 2017): nodes are AUs, edges how often they meet.

``H' = ReLU(D~^-1/2 A~ D~^-1/2 H W)`` with ``A~ = A + I``. The paper starts the nodes in two ways:

*One-hot* (4.1.2): then the nodes are the same for every clip, a bank of classifiers that know of
each other; an AU's logit is the product of its node with the clip's feature F.
*Features* (3.3): every node holds its embedding beside its own projection of F.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

NodeInput = Literal["one-hot", "features"]


def propagation_matrix(adjacency: Tensor) -> Tensor:
    """``D~^-1/2 A~ D~^-1/2``, shape (..., N, N) as `adjacency`.

    ``A~ = A + I`` after A's own diagonal is set to zero; ``D~`` are row sums, also where A is not
    symmetric: the matrix is then similar to ``D~^-1 A~``, whose rows sum to one, so its spectral
    radius is 1 and no number of layers blows the nodes up.
    """
    identity = torch.eye(adjacency.shape[-1], dtype=adjacency.dtype, device=adjacency.device)
    with_self = adjacency * (1 - identity) + identity
    root = with_self.sum(-1).rsqrt()  # (..., N); sums are 1 at least
    return root[..., :, None] * with_self * root[..., None, :]


class GraphConvolution(nn.Module):
    """One layer of propagation: (..., N, before) to (..., N, after)."""

    def __init__(self, before: int, after: int, fan_in: int | None = None) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(before, after))
        nn.init.normal_(self.weight, std=math.sqrt(2 / (fan_in or before)))

    def forward(self, nodes: Tensor, propagation: Tensor) -> Tensor:
        return torch.relu(propagation @ nodes @ self.weight)


@dataclass(frozen=True)
class AUGraphConfig:
    """Shape of the graph.

    Parameters
    ----------
    nodes : int
        N, one per AU.
    features : int
        Length of F.
    widths : tuple of int
        Of the layers; the last must equal `features` where nodes are one-hot.
    node_input : {"one-hot", "features"}
        How the nodes start.
    embedding, projection : int
        Lengths of both halves of a node that starts from features.
    """

    nodes: int = 12
    features: int = 512
    widths: tuple[int, ...] = (1024, 512)
    node_input: NodeInput = "one-hot"
    embedding: int = 64
    projection: int = 64


@dataclass(frozen=True)
class GraphNodes:
    """What the graph knows of a clip.

    Parameters
    ----------
    nodes : (B, N, d)
        For pooling and emotions: ``H_i * F`` where nodes start one-hot, ``H_i`` otherwise.
    logits : (B, N)
        Of the AUs, read before pooling.
    """

    nodes: Tensor
    logits: Tensor


class AUGraph(nn.Module):
    """Propagation over the AU graph and the AUs read from it."""

    def __init__(self, config: AUGraphConfig) -> None:
        super().__init__()
        self.config = config
        n = config.nodes
        one_hot = config.node_input == "one-hot"
        if one_hot and config.widths[-1] != config.features:
            raise ValueError("one-hot nodes are multiplied with F: their last width is its length")
        if one_hot:
            before = n
        else:
            before = config.embedding + config.projection
            self.embed = nn.Linear(n, config.embedding, bias=False)
            self.project = nn.Linear(config.features, n * config.projection)
            self.read = nn.Parameter(torch.empty(n, config.widths[-1]))
            nn.init.normal_(self.read)
        layers: list[GraphConvolution] = []
        for after in config.widths:
            # A one-hot row has a single one in it, so the first layer's fan-in is one.
            layers.append(GraphConvolution(before, after, 1 if one_hot and not layers else None))
            before = after
        self.layers = nn.ModuleList(layers)
        self.bias = nn.Parameter(torch.zeros(n))

    def start(self, features: Tensor) -> Tensor:
        """``H^0``: (N, N) one-hot, or (B, N, embedding + projection)."""
        one_hot = torch.eye(self.config.nodes, dtype=features.dtype, device=features.device)
        if self.config.node_input == "one-hot":
            return one_hot
        batch = len(features)
        own = self.project(features).reshape(batch, self.config.nodes, -1)  # (B, N, projection)
        embedded = self.embed(one_hot).expand(batch, -1, -1)  # (B, N, embedding)
        return torch.cat([embedded, own], dim=-1)

    def forward(self, features: Tensor, adjacency: Tensor) -> GraphNodes:
        """Propagate.

        Parameters
        ----------
        features : (B, 512)
            F.
        adjacency : (N, N)
            Of `cooccurrence.conditional_adjacency`.
        """
        propagation = propagation_matrix(adjacency)
        nodes = self.start(features)
        for layer in self.layers:
            nodes = layer(nodes, propagation)
        # The root only sets where training starts: W can take it in.
        root = math.sqrt(self.config.widths[-1])
        if self.config.node_input == "one-hot":
            nodes = (
                nodes * features[:, None, :]
            )  # (N, d) * (B, 1, d): H_i * F, whose sum is <H_i, F>
            return GraphNodes(nodes, nodes.sum(-1) / root + self.bias)
        return GraphNodes(nodes, (nodes * self.read).sum(-1) / root + self.bias)
