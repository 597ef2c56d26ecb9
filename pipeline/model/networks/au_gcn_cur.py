"""AU_GCN_CUR (Fang 2025): backbone, enrichment, AU graph, pooling and heads put together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from pipeline.core.labels import AU_NAMES
from pipeline.model.cooccurrence import AUS_12, GraphKind, casme2_counts, conditional_adjacency
from pipeline.model.networks.au_graph import AUGraph, AUGraphConfig, NodeInput
from pipeline.model.networks.enrichment import (
    INPUT_CHANNELS,
    InputMode,
    TemporalConfig,
    TemporalEnrichment,
)
from pipeline.model.networks.heads import (
    CurveHead,
    EmotionLayer,
    EventHead,
    TimestampHead,
    Timestamps,
    gated,
)
from pipeline.model.networks.resnet3d import ResNet3D18, ResNet3DConfig, pooled
from pipeline.model.networks.sagpool import SAGPool, SAGPoolConfig, readout

#: CASME II's seven, in the order of the emotion logits.
EMOTIONS = ("happiness", "disgust", "repression", "surprise", "sadness", "fear", "others")

Architecture = Literal["3d-cnn", "au-gcn-cur"]


@dataclass(frozen=True)
class NetworkConfig:
    """Everything that fixes the network's shape; stands in the weights' metadata.

    Parameters
    ----------
    architecture : {"au-gcn-cur", "3d-cnn"}
        The whole, or the paper's ablation: backbone and linear heads only.
    input_mode : {"flow", "enriched", "rgb"}
        Channels of the clip (spatial enrichment).
    width : int
        Of the backbone: 64 in the paper.
    steps, size : int
        T, and height and width of the clip; 32 at least, which leaves the last stage 2 x 2 cells
        to normalise over, so that one clip alone can train.
    aus : tuple of int
        Nodes of the graph, in the order of the AU logits.
    emotions : tuple of str
        Classes, in the order of the emotion logits.
    features : int
        Length of F, to which a narrow backbone is projected.
    graph : {"asymmetric", "symmetric"}
        Edges: the preprint's or the journal's.
    node_input : {"one-hot", "features"}
        How the nodes start.
    graph_widths : tuple of int
        Of the graph's layers.
    pool_ratio : float
        p of SAGPool.
    temporal : {"lstm", "conv"}
        Temporal enrichment.
    hidden : int
        Length of a step's feature, even.
    timestamps : {"steps", "feature"}
        What the timestamps are read from: F and the steps, or F alone as in the paper.
    dropout : float
        On F and on the steps.

    Raises
    ------
    ValueError
        If a value is out of its range.
    """

    architecture: Architecture = "au-gcn-cur"
    input_mode: InputMode = "flow"
    width: int = 64
    steps: int = 16
    size: int = 112
    aus: tuple[int, ...] = AUS_12
    emotions: tuple[str, ...] = EMOTIONS
    features: int = 512
    graph: GraphKind = "asymmetric"
    node_input: NodeInput = "one-hot"
    graph_widths: tuple[int, ...] = (1024, 512)
    pool_ratio: float = 0.5
    temporal: Literal["lstm", "conv"] = "lstm"
    hidden: int = 96
    timestamps: Literal["steps", "feature"] = "steps"
    dropout: float = 0.2

    def __post_init__(self) -> None:
        choices = {
            "architecture": ("3d-cnn", "au-gcn-cur"), "input_mode": tuple(INPUT_CHANNELS),
            "graph": ("asymmetric", "symmetric"), "node_input": ("one-hot", "features"),
            "temporal": ("lstm", "conv"), "timestamps": ("steps", "feature"),
        }  # fmt: skip
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} is one of {', '.join(allowed)}")
        ranges = {
            "width": (1, 64), "steps": (2, 128), "size": (32, 512), "features": (2, 2048),
            "hidden": (2, 1024),
        }  # fmt: skip
        for name, (low, high) in ranges.items():
            _check_whole(name, getattr(self, name), low, high)
        for width in self.graph_widths:
            _check_whole("graph_widths", width, 1, 4096)
        if self.hidden % 2 or not 1 <= len(self.graph_widths) <= 4:
            raise ValueError("hidden is even and the graph has one to four layers")
        if not 0 < self.pool_ratio <= 1 or not 0 <= self.dropout < 1:
            raise ValueError("pool_ratio is in (0, 1] and dropout in [0, 1)")
        for au in self.aus:
            _check_whole("an AU", au, 1, 99)
        if not self.aus or len(set(self.aus)) < len(self.aus) or set(self.aus) - set(AU_NAMES):
            raise ValueError("aus are different FACS numbers")
        if not all(isinstance(emotion, str) for emotion in self.emotions) or not (
            2 <= len(set(self.emotions)) == len(self.emotions) <= 64
        ):
            raise ValueError("emotions are two or more different names")
        if self.node_input == "one-hot" and self.graph_widths[-1] != self.features:
            raise ValueError("with one-hot nodes the last of graph_widths equals features")

    @property
    def channels(self) -> int:
        """Of the clip."""
        return len(INPUT_CHANNELS[self.input_mode])


def _check_whole(name: str, value: object, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"{name} is a whole number from {low} to {high}")


#: The paper's own ablations. Width, input mode and AU set are then free to choose.
PRESETS: dict[str, NetworkConfig] = {
    "3d-cnn": NetworkConfig(architecture="3d-cnn", timestamps="feature"),
    "au-gcn-cur": NetworkConfig(),
    "au-gcn-cur-journal": NetworkConfig(graph="symmetric"),
}


@dataclass(frozen=True)
class NetworkOutput:
    """What the network says of a batch of windows.

    Parameters
    ----------
    event : (B,)
        Logit of an event in the window.
    timestamps : Timestamps
        Start, apex and end, (B,) each, in [0, 1] of the window, in order.
    aus : (B, N)
        Logits.
    emotion : (B, E)
        Logits.
    curves : (B, T, N), optional
        CUR logits before the gate; see `activations`. None for ``3d-cnn``, as all below.
    node_emotions : (B, N, E), optional
        The emotion layer: logits at each AU.
    kept : (B, k), optional
        Nodes that pooling kept, the best first.
    attention : (B, N), optional
        Pooling's score of every node, in (-1, 1).
    """

    event: Tensor
    timestamps: Timestamps
    aus: Tensor
    emotion: Tensor
    curves: Tensor | None = None
    node_emotions: Tensor | None = None
    kept: Tensor | None = None
    attention: Tensor | None = None

    @property
    def activations(self) -> Tensor | None:
        """AU activations (B, T, N) in [0, 1]: curves gated by the AUs' probabilities."""
        return None if self.curves is None else gated(self.curves, self.aus)


class Trunk(nn.Module):
    """Backbone and the feature F of fixed length that everything else reads."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.backbone = ResNet3D18(ResNet3DConfig(config.channels, config.width))
        length = self.backbone.config.features
        project = nn.Identity() if length == config.features else nn.Linear(length, config.features)
        # Means of rectified maps are never negative, nor are nodes: without the norm an AU could
        # only be argued for. Over the features, not the batch: one clip alone can train.
        self.feature = nn.Sequential(
            project, nn.LayerNorm(config.features), nn.Dropout(config.dropout)
        )

    def forward(self, clips: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """F (B, 512) and the maps of the four stages."""
        maps = self.backbone.stage_maps(clips)
        return self.feature(pooled(maps[-1])), maps


class CNN3D(nn.Module):
    """The paper's ablation ``3d-cnn``: linear heads on the backbone, no graph, no curves."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.trunk = Trunk(config)
        self.event = EventHead(config.features)
        self.timestamps = TimestampHead(config.features)
        self.aus = nn.Linear(config.features, len(config.aus))
        self.emotion = nn.Linear(config.features, len(config.emotions))

    def forward(self, clips: Tensor) -> NetworkOutput:
        """From clips (B, C, T, H, W)."""
        feature, _ = self.trunk(clips)
        return NetworkOutput(
            event=self.event(feature),
            timestamps=self.timestamps(feature),
            aus=self.aus(feature),
            emotion=self.emotion(feature),
        )


class AU_GCN_CUR(nn.Module):  # noqa: N801 - the paper's name
    """The paper's network.

    Parameters
    ----------
    config : NetworkConfig
    adjacency : (N, N) array, optional
        Edges as `cooccurrence.conditional_adjacency` counts them on the training fold; the
        aggregates of CASME II by default. They are saved with the weights.
    """

    adjacency: Tensor

    def __init__(self, config: NetworkConfig, adjacency: NDArray[np.floating] | None = None):
        super().__init__()
        self.config = config
        if adjacency is None:
            adjacency = conditional_adjacency(casme2_counts(config.aus), config.graph)
        n, classes = len(config.aus), len(config.emotions)
        if adjacency.shape != (n, n):
            raise ValueError(f"{n} AUs need an adjacency of {n} x {n}, not {adjacency.shape}")
        self.register_buffer("adjacency", torch.tensor(adjacency, dtype=torch.float32))
        self.trunk = Trunk(config)
        self.steps = TemporalEnrichment(
            TemporalConfig(
                stages=self.trunk.backbone.config.stages,
                steps=config.steps, hidden=config.hidden, kind=config.temporal,
                dropout=config.dropout,
            )
        )  # fmt: skip
        self.graph = AUGraph(
            AUGraphConfig(n, config.features, config.graph_widths, config.node_input)
        )
        node = config.graph_widths[-1]
        self.emotion_layer = EmotionLayer(node, classes)
        self.pool = SAGPool(SAGPoolConfig(node + classes, config.pool_ratio))
        self.emotion = nn.Linear(2 * (node + classes), classes)
        by_steps = config.timestamps == "steps"
        self.event = EventHead(config.features + config.hidden)
        self.timestamps = TimestampHead(
            config.features, config.hidden, config.steps if by_steps else 0
        )
        self.curves = CurveHead(config.hidden, n)

    def forward(self, clips: Tensor) -> NetworkOutput:
        """From clips (B, C, T, H, W)."""
        feature, maps = self.trunk(clips)  # (B, 512), four stages
        steps = self.steps(maps)  # (B, T, hidden)
        graph = self.graph(feature, self.adjacency)  # nodes (B, N, 512), AU logits (B, N)
        node_emotions, nodes = self.emotion_layer(graph.nodes)  # (B, N, 7), (B, N, 519)
        left = self.pool(nodes, self.adjacency)  # (B, N/2, 519)
        return NetworkOutput(
            event=self.event(torch.cat([feature, steps.amax(1)], dim=1)),
            timestamps=self.timestamps(feature, steps),
            aus=graph.logits,
            emotion=self.emotion(readout(left.nodes)),
            curves=self.curves(steps),
            node_emotions=node_emotions,
            kept=left.index,
            attention=left.scores,
        )


def build_network(
    config: NetworkConfig, adjacency: NDArray[np.floating] | None = None, seed: int | None = None
) -> CNN3D | AU_GCN_CUR:
    """A network with fresh weights, the same ones for the same seed.

    Parameters
    ----------
    config : NetworkConfig
    adjacency : (N, N) array, optional
        Of the training fold; not used by ``3d-cnn``.
    seed : int, optional
        Leaves torch's own generator as it was; without it that generator is used.
    """
    with torch.random.fork_rng(devices=[], enabled=seed is not None):
        if seed is not None:
            torch.manual_seed(seed)
        if config.architecture == "3d-cnn":
            return CNN3D(config)
        return AU_GCN_CUR(config, adjacency)


def preset(name: str, **changes: object) -> NetworkConfig:
    """A preset with some of its values changed, as ``preset("au-gcn-cur", width=16)``.

    Raises
    ------
    ValueError
        If there is no such preset or a value is out of range.
    """
    if name not in PRESETS:
        raise ValueError(f"no preset '{name}': there are {', '.join(PRESETS)}")
    return replace(PRESETS[name], **changes)  # type: ignore[arg-type]
