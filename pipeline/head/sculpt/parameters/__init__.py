"""The numbers of the head: everything a sculptor would turn, as data.

Each room of the sculpt has a frozen dataclass of its own; `HeadParameters` holds them all.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.head.sculpt.parameters.detail import DETAILS, LODS, Detail, Lod
from pipeline.head.sculpt.parameters.ear import EarParameters
from pipeline.head.sculpt.parameters.eyes import EyeParameters
from pipeline.head.sculpt.parameters.face import FaceParameters
from pipeline.head.sculpt.parameters.hair import HairParameters
from pipeline.head.sculpt.parameters.mouth import MouthParameters
from pipeline.head.sculpt.parameters.skin import SkinParameters


@dataclass(frozen=True)
class HeadParameters:
    """Shape and look of the built-in head."""

    face: FaceParameters = field(default_factory=FaceParameters)
    ear: EarParameters = field(default_factory=EarParameters)
    eyes: EyeParameters = field(default_factory=EyeParameters)
    hair: HairParameters = field(default_factory=HairParameters)
    mouth: MouthParameters = field(default_factory=MouthParameters)
    skin: SkinParameters = field(default_factory=SkinParameters)


HEAD = HeadParameters()

__all__ = [
    "DETAILS",
    "HEAD",
    "LODS",
    "Detail",
    "EarParameters",
    "EyeParameters",
    "FaceParameters",
    "HairParameters",
    "HeadParameters",
    "Lod",
    "MouthParameters",
    "SkinParameters",
]
