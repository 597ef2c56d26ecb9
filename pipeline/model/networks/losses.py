"""The losses (SPEC 5; Fang, 3.2-3.3): each term counts only where its label is known.

``L_seg = CE(event) + 0.5 MSE(start, apex, end)``, ``L_graph = 0.7 BCE(AU) + 0.3 CE(emotion)``,
``L = L_seg + L_graph + lambda_cur BCE(CUR)``.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from pipeline.model.networks.au_gcn_cur import NetworkOutput
from pipeline.model.networks.heads import gated_cross_entropy


@dataclass(frozen=True)
class LossWeights:
    """Weights of the terms.

    Parameters
    ----------
    timestamps : float
        lambda of L_seg.
    au : float
        alpha of L_graph; emotions get the rest to one.
    cur : float
        lambda_cur.
    empty_curves : bool
        Windows without an event teach that all curves are zero there.
    """

    timestamps: float = 0.5
    au: float = 0.7
    cur: float = 1.0
    empty_curves: bool = False


@dataclass(frozen=True)
class Targets:
    """Labels of a batch of windows.

    Parameters
    ----------
    event : (B,) float
        1 where the window holds an event; where it does not, nothing else is read.
    timestamps : (B, 3) float
        Start, apex, end in [0, 1]; NaN where not known.
    aus : (B, N) float
        1 where an AU is coded; NaN where not known.
    emotion : (B,) int64
        Class; negative where not known.
    curves : (B, T, N) float, optional
        True activations, or those of `labelled_curves`; NaN where not known.
    """

    event: Tensor
    timestamps: Tensor
    aus: Tensor
    emotion: Tensor
    curves: Tensor | None = None


@dataclass(frozen=True)
class Losses:
    """Every term as it is (not weighted), and their weighted sum `total`; scalars."""

    event: Tensor
    timestamps: Tensor
    au: Tensor
    emotion: Tensor
    cur: Tensor
    total: Tensor


def _mean_where(values: Tensor, known: Tensor) -> Tensor:
    """Mean over the known values; zero, with zero gradients, where there is none."""
    return torch.where(known, values, 0).sum() / known.sum().clamp(min=1)


def _without_nan(labels: Tensor) -> Tensor:
    return torch.nan_to_num(labels.float(), nan=0.0)


def losses(output: NetworkOutput, targets: Targets, weights: LossWeights | None = None) -> Losses:
    """All terms for a batch, in float32."""
    weights = weights or LossWeights()
    happens = targets.event > 0.5  # (B,)
    event = functional.binary_cross_entropy_with_logits(output.event.float(), targets.event.float())

    times = torch.stack(list(output.timestamps), dim=1)  # (B, 3)
    known = happens[:, None] & targets.timestamps.isfinite()
    timestamps = _mean_where((times - _without_nan(targets.timestamps)) ** 2, known)

    known = happens[:, None] & targets.aus.isfinite()
    au = _mean_where(
        functional.binary_cross_entropy_with_logits(
            output.aus.float(), _without_nan(targets.aus), reduction="none"
        ),
        known,
    )

    known = happens & (targets.emotion >= 0)
    emotion = _mean_where(
        functional.cross_entropy(
            output.emotion.float(), targets.emotion.clamp(min=0), reduction="none"
        ),
        known,
    )

    cur = _curve_loss(output, targets, weights)
    total = event + weights.timestamps * timestamps
    total = total + weights.au * au + (1 - weights.au) * emotion + weights.cur * cur
    return Losses(event, timestamps, au, emotion, cur, total)


def _curve_loss(output: NetworkOutput, targets: Targets, weights: LossWeights) -> Tensor:
    if output.curves is None or targets.curves is None:
        return output.event.new_zeros(())
    happens = (targets.event > 0.5)[:, None, None]  # (B, 1, 1)
    wanted = torch.where(happens, _without_nan(targets.curves), 0)
    known = happens & targets.curves.isfinite()
    if weights.empty_curves:
        known = known | ~happens
    return _mean_where(gated_cross_entropy(output.curves, output.aus, wanted), known)


def labelled_curves(timestamps: Tensor, aus: Tensor, steps: int) -> Tensor:
    """Curves that stand for labels: every coded AU rises from onset to apex, falls to offset.

    Parameters
    ----------
    timestamps : (B, 3)
        Start, apex, end in [0, 1].
    aus : (B, N)
        1 where an AU is coded.
    steps : int
        T; step i lies at ``i / (T - 1)``.

    Returns
    -------
    (B, T, N)
        Raised-cosine flanks, in [0, 1]; NaN where timestamps or AUs are not known.
    """
    at = torch.linspace(0, 1, steps, dtype=timestamps.dtype, device=timestamps.device)
    start, apex, end = (timestamps[:, k, None] for k in range(3))  # (B, 1)
    rise = (at - start) / (apex - start).clamp(min=1e-6)
    fall = (end - at) / (end - apex).clamp(min=1e-6)
    part = torch.where(at < apex, rise, fall).clamp(0, 1)  # (B, T)
    part = torch.where(at == apex, 1, part)  # also of an event of one frame
    part = torch.where(timestamps.isfinite().all(1, keepdim=True), part, torch.nan)
    return (0.5 - 0.5 * torch.cos(torch.pi * part))[:, :, None] * aus[:, None, :]
