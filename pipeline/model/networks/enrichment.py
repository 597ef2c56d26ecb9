"""ELRCN's two enrichments (Khor et al. 2018): more channels at the input, more steps at the output.

*Spatial*: flow, strain and grey are stacked as channels of the clip. *Temporal*: after its last
stage the backbone has two steps left of sixteen; here every stage is read, brought back to all the
steps, and a small recurrent (or convolutional) layer runs over them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

InputMode = Literal["rgb", "flow", "enriched"]

#: What each input mode stacks. Flow is from the window's first frame.
INPUT_CHANNELS: dict[str, tuple[str, ...]] = {
    "rgb": ("red", "green", "blue"),
    "flow": ("u", "v"),
    "enriched": ("u", "v", "strain", "grey"),
}


def optical_strain(flow: Tensor) -> Tensor:
    """Magnitude of the optical strain, ``sqrt(u_x^2 + v_y^2 + (u_y + v_x)^2 / 2)``.

    Parameters
    ----------
    flow : (B, 2, T, H, W)
        u to the right, v down, H and W at least 2.

    Returns
    -------
    (B, 1, T, H, W)
        Per pixel, in the units of `flow`; central differences, one-sided at the border.
    """
    u_y, u_x = torch.gradient(flow[:, 0], dim=(-2, -1))
    v_y, v_x = torch.gradient(flow[:, 1], dim=(-2, -1))
    return torch.sqrt(u_x**2 + v_y**2 + 0.5 * (u_y + v_x) ** 2)[:, None]


def stacked(
    mode: InputMode,
    *,
    rgb: Tensor | None = None,
    flow: Tensor | None = None,
    grey: Tensor | None = None,
) -> Tensor:
    """The input clip of a mode (spatial enrichment).

    Parameters
    ----------
    mode : {"rgb", "flow", "enriched"}
        See `INPUT_CHANNELS`.
    rgb : (B, 3, T, H, W), optional
    flow : (B, 2, T, H, W), optional
        From the window's first frame, never from a labelled onset: that is what is predicted.
    grey : (B, 1, T, H, W), optional

    Returns
    -------
    (B, C, T, H, W)

    Raises
    ------
    ValueError
        If what the mode needs is not given.
    """
    needed = {"rgb": (rgb,), "flow": (flow,), "enriched": (flow, grey)}[mode]
    given = [part for part in needed if part is not None]
    if len(given) < len(needed):
        raise ValueError(f"input mode '{mode}' needs {', '.join(INPUT_CHANNELS[mode])}")
    if mode != "enriched":
        return given[0]
    return torch.cat([given[0], optical_strain(given[0]), given[1]], dim=1)


@dataclass(frozen=True)
class TemporalConfig:
    """Shape of the temporal enrichment.

    Parameters
    ----------
    stages : tuple of int
        Channels of the backbone's stages.
    steps : int
        T, to which every stage is brought back.
    grid : int
        Each stage is averaged to grid x grid cells.
    reduced : tuple of int
        Channels that are left of each stage in every cell.
    hidden : int
        Length of a step's feature; even.
    kind : {"lstm", "conv"}
        An LSTM in both directions (the clip is there as a whole), or two convolutions of 3 steps.
    dropout : float
        Before it.
    """

    stages: tuple[int, ...]
    steps: int = 16
    grid: int = 7
    reduced: tuple[int, ...] = (8, 12, 16, 16)
    hidden: int = 96
    kind: Literal["lstm", "conv"] = "lstm"
    dropout: float = 0.2


class TemporalEnrichment(nn.Module):
    """A feature for every step, from all the stages of the backbone."""

    def __init__(self, config: TemporalConfig) -> None:
        super().__init__()
        self.config = config
        self.reduce = nn.ModuleList(
            nn.Conv2d(channels, kept, 1)
            for channels, kept in zip(config.stages, config.reduced, strict=True)
        )
        cells = config.grid**2 * sum(config.reduced)
        self.project = nn.Sequential(
            nn.Linear(cells, config.hidden),
            nn.LayerNorm(config.hidden),  # not over the batch: one clip alone can train
            nn.ReLU(inplace=True),
            nn.Dropout(config.dropout),
        )
        hidden = config.hidden
        self.lstm: nn.LSTM | None = None
        self.conv: nn.Sequential | None = None
        if config.kind == "lstm":
            self.lstm = nn.LSTM(hidden, hidden // 2, batch_first=True, bidirectional=True)
        else:
            self.conv = nn.Sequential(
                nn.Conv1d(hidden, hidden, 3, padding=1),
                nn.ReLU(inplace=True),
                nn.Conv1d(hidden, hidden, 3, padding=1),
                nn.ReLU(inplace=True),
            )

    def pyramid(self, maps: tuple[Tensor, ...]) -> Tensor:
        """All stages at all steps, (B, T, grid^2 * sum(reduced))."""
        levels = []
        for stage, reduce in zip(maps, self.reduce, strict=True):
            batch, channels, steps, height, width = stage.shape
            frames = stage.transpose(1, 2).reshape(batch * steps, channels, height, width)
            cells = functional.adaptive_avg_pool2d(frames, self.config.grid)  # (B*t, C, 7, 7)
            course = reduce(cells).reshape(batch, steps, -1).transpose(1, 2)  # (B, cells, t)
            if steps != self.config.steps:
                course = functional.interpolate(
                    course, self.config.steps, mode="linear", align_corners=False
                )
            levels.append(course)
        return torch.cat(levels, dim=1).transpose(1, 2)

    def forward(self, maps: tuple[Tensor, ...]) -> Tensor:
        """Features of the steps, (B, T, hidden)."""
        steps = self.project(self.pyramid(maps))
        if self.lstm is not None:
            return self.lstm(steps)[0]
        assert self.conv is not None
        return steps + self.conv(steps.transpose(1, 2)).transpose(1, 2)
