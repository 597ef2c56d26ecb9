"""The networks of Fang 2025, one readable file each. Importing this imports torch."""

from pipeline.model.networks.au_gcn_cur import (
    AU_GCN_CUR,
    CNN3D,
    EMOTIONS,
    PRESETS,
    NetworkConfig,
    NetworkOutput,
    build_network,
    preset,
)
from pipeline.model.networks.losses import (
    Losses,
    LossWeights,
    Targets,
    labelled_curves,
    losses,
)

__all__ = [
    "AU_GCN_CUR",
    "CNN3D",
    "EMOTIONS",
    "PRESETS",
    "LossWeights",
    "Losses",
    "NetworkConfig",
    "NetworkOutput",
    "Targets",
    "build_network",
    "labelled_curves",
    "losses",
    "preset",
]
