"""What is read from the features: event, timestamps, curves, emotions (SPEC 5; Fang, 3.2-3.3)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional


class Timestamps(NamedTuple):
    """Where an event lies in its window, each (B,), in [0, 1]; ``start <= apex <= end``."""

    start: Tensor
    apex: Tensor
    end: Tensor


def ordered(raw: Tensor) -> Timestamps:
    """Timestamps that cannot be out of order, from three free numbers (B, 3).

    ``start = sigmoid(a)``, ``end = start + (1 - start) sigmoid(b)``,
    ``apex = start + sigmoid(c) (end - start)``; in float32 whatever the network runs in.
    """
    a, b, c = torch.sigmoid(raw.float()).unbind(-1)
    end = a + (1 - a) * b
    # The minimum takes the last rounding only.
    return Timestamps(a, torch.minimum(a + c * (end - a), end), end)


class TimestampHead(nn.Module):
    """The paper's linear branches from F; with `steps`, from every step as well."""

    def __init__(self, features: int, hidden: int = 0, steps: int = 0, kept: int = 24) -> None:
        super().__init__()
        self.reduce = nn.Linear(hidden, kept) if steps else None
        self.linear = nn.Linear(features + steps * kept, 3)

    def forward(self, features: Tensor, steps: Tensor | None = None) -> Timestamps:
        """From F (B, 512) and, where the head was made for them, steps (B, T, hidden)."""
        if self.reduce is not None:
            assert steps is not None, "made for steps"
            courses = torch.relu(self.reduce(steps)).flatten(1)  # (B, T * kept)
            features = torch.cat([features, courses], dim=1)
        return ordered(self.linear(features))


class EventHead(nn.Module):
    """Score of a window: the logit of there being an event."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.linear = nn.Linear(features, 1)

    def forward(self, features: Tensor) -> Tensor:
        """(B, features) to (B,)."""
        return self.linear(features)[:, 0]


class CurveHead(nn.Module):
    """CUR: the activation of every AU at every step, before the gate."""

    def __init__(self, hidden: int, aus: int) -> None:
        super().__init__()
        self.linear = nn.Linear(hidden, aus)

    def forward(self, steps: Tensor) -> Tensor:
        """Logits (B, T, N) from steps (B, T, hidden)."""
        return self.linear(steps)


def gated(curve_logits: Tensor, au_logits: Tensor) -> Tensor:
    """Activations (B, T, N) in [0, 1]: each curve times the probability of its AU."""
    return torch.sigmoid(curve_logits) * torch.sigmoid(au_logits)[:, None, :]


def gated_cross_entropy(curve_logits: Tensor, au_logits: Tensor, target: Tensor) -> Tensor:
    """Binary cross-entropy of `gated` per element, (B, T, N), exact for logits of any size.

    ``log(c g)`` and ``log(1 - c g) = log((1 - c) + c (1 - g))`` stay in logarithms.
    """
    gate = au_logits.float()[:, None, :]
    curve = curve_logits.float()
    log_curve = functional.logsigmoid(curve)
    log_on = log_curve + functional.logsigmoid(gate)
    log_off = torch.logaddexp(
        functional.logsigmoid(-curve), log_curve + functional.logsigmoid(-gate)
    )
    return -(target * log_on + (1 - target) * log_off)


class EmotionLayer(nn.Module):
    """The paper's L: a vector of emotions on every node, which it also augments."""

    def __init__(self, features: int, emotions: int) -> None:
        super().__init__()
        self.linear = nn.Linear(features, emotions)

    def forward(self, nodes: Tensor) -> tuple[Tensor, Tensor]:
        """Emotions of the nodes (B, N, E), and the nodes with them, (B, N, d + E)."""
        emotions = self.linear(nodes)
        return emotions, torch.cat([nodes, emotions], dim=-1)
