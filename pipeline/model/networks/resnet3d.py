"""3D-ResNet-18, the backbone (Fang, Table 1; Tran et al. 2018).

Names and shapes of the parameters are those of torchvision's ``r3d_18``, so its weights load as
they are (at width 64 and three channels, 33,166,272 parameters without the classifier).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class ResNet3DConfig:
    """Shape of the backbone.

    Parameters
    ----------
    channels : int
        Of the input: 3 for rgb, see `enrichment.INPUT_CHANNELS`.
    width : int
        Channels of the stem: 64 in the paper; 32 and 16 learn from less.
    """

    channels: int = 3
    width: int = 64

    @property
    def stages(self) -> tuple[int, int, int, int]:
        """Channels after each stage: 64, 128, 256, 512."""
        return self.width, 2 * self.width, 4 * self.width, 8 * self.width

    @property
    def features(self) -> int:
        """Length of the pooled feature F."""
        return 8 * self.width


class BasicBlock(nn.Module):
    """Two 3x3x3 convolutions and a way around them; the first may halve t, h and w."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Sequential(
            nn.Conv3d(before, after, 3, stride, 1, bias=False),
            nn.BatchNorm3d(after),
            nn.ReLU(inplace=True),
        )
        self.conv2 = nn.Sequential(
            nn.Conv3d(after, after, 3, 1, 1, bias=False),
            nn.BatchNorm3d(after),
        )
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride != 1 or before != after:
            self.downsample = nn.Sequential(
                nn.Conv3d(before, after, 1, stride, bias=False),
                nn.BatchNorm3d(after),
            )

    def forward(self, x: Tensor) -> Tensor:
        around = x if self.downsample is None else self.downsample(x)
        return self.relu(self.conv2(self.conv1(x)) + around)


class ResNet3D18(nn.Module):
    """Stem, four stages of two blocks, mean over space and time."""

    def __init__(self, config: ResNet3DConfig | None = None) -> None:
        super().__init__()
        self.config = config or ResNet3DConfig()
        c1, c2, c3, c4 = self.config.stages
        self.stem = nn.Sequential(
            nn.Conv3d(self.config.channels, c1, (3, 7, 7), (1, 2, 2), (1, 3, 3), bias=False),
            nn.BatchNorm3d(c1),
            nn.ReLU(inplace=True),
        )
        self.layer1 = nn.Sequential(BasicBlock(c1, c1, 1), BasicBlock(c1, c1, 1))
        self.layer2 = nn.Sequential(BasicBlock(c1, c2, 2), BasicBlock(c2, c2, 1))
        self.layer3 = nn.Sequential(BasicBlock(c2, c3, 2), BasicBlock(c3, c3, 1))
        self.layer4 = nn.Sequential(BasicBlock(c3, c4, 2), BasicBlock(c4, c4, 1))
        for module in self.modules():
            if isinstance(module, nn.Conv3d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def stage_maps(self, clips: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Maps after each stage.

        Parameters
        ----------
        clips : (B, C, T, H, W)
            T = 16 and H = W = 112 in the paper; any size from 1 on passes.

        Returns
        -------
        four tensors
            (B, w, T, 56, 56), (B, 2w, T/2, 28, 28), (B, 4w, T/4, 14, 14), (B, 8w, T/8, 7, 7).
        """
        first = self.layer1(self.stem(clips))
        second = self.layer2(first)
        third = self.layer3(second)
        return first, second, third, self.layer4(third)

    def forward(self, clips: Tensor) -> Tensor:
        """The feature F, (B, 8w): global mean of the last stage."""
        return pooled(self.stage_maps(clips)[-1])


def pooled(maps: Tensor) -> Tensor:
    """Global average pooling over t, h, w: (B, C, T, H, W) to (B, C)."""
    return torch.mean(maps, dim=(2, 3, 4))
