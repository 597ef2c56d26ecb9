"""The layers of AU curves by name, and what drives the head."""

from __future__ import annotations

from typing import Literal

from pipeline.curves import Weights

Layer = Literal["raw", "edited", "modulated"]
LAYERS: tuple[Layer, ...] = ("raw", "edited", "modulated")

__all__ = ["LAYERS", "Layer", "Weights"]
