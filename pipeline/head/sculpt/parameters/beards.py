"""Beards, as data (mm, degrees)."""

from __future__ import annotations

from dataclasses import dataclass

#: Angle around the upright axis through the skull's middle (deg, 0 forwards) and height.
Edge = tuple[tuple[float, float], ...]

_CHEEK: Edge = (
    (0, -48.5), (8, -48.5), (14, -53), (20, -60), (28, -63), (40, -58), (50, -46), (58, -28),
    (63, -6), (66, 2), (90, 2),
)  # fmt: skip
_FULL_CHEEK: Edge = (
    (0, -48.5), (8, -48.5), (14, -51), (20, -55), (28, -55), (40, -48), (50, -36), (58, -20),
    (63, -4), (66, 2), (90, 2),
)  # fmt: skip
_NECK: Edge = (
    (0, -117), (15, -116), (30, -110), (42, -97), (52, -78), (60, -56), (66, -30), (70, -10),
    (90, -10),
)  # fmt: skip


@dataclass(frozen=True)
class Beard:
    """Where a beard grows and how long.

    Parameters
    ----------
    top, bottom : Edge
        Heights between which it grows.
    farthest : float
        Angle up to which it does.
    depth : float
        Of the layers over the skin in its middle.
    hairs : float
        Per mm2 of skin.
    hair_length : float
        In the picture of the layers.
    whiskers : float
        Share of the cards that a level of detail allows.
    whisker_length : tuple of (float, float)
        On the cheeks and at the chin.
    """

    top: Edge
    bottom: Edge
    farthest: float
    depth: float
    hairs: float
    hair_length: float
    whiskers: float
    whisker_length: tuple[float, float]


BEARDS = {
    "boxed": Beard(_CHEEK, _NECK, 70.0, 2.6, 1.7, 4.0, 0.0, (0.0, 0.0)),
    "full": Beard(_FULL_CHEEK, _NECK, 70.0, 4.5, 1.9, 8.0, 1.0, (11.0, 24.0)),
    "moustache": Beard(
        _CHEEK, ((0, -62), (10, -63), (16, -68), (90, -68)), 17.0, 2.6, 2.6, 8.0, 0.28, (8.0, 8.0)
    ),
}  # fmt: skip


@dataclass(frozen=True)
class BeardDetail:
    """How finely a level of detail makes beards.

    Parameters
    ----------
    layers : int
        Over the skin, one above the other.
    scale : float
        Of their picture, px per mm.
    whiskers, whisker_rows : int
    map_height : int
        Of the picture of whiskers, px.
    """

    layers: int
    scale: float
    whiskers: int
    whisker_rows: int
    map_height: int


BEARD_DETAILS = {
    "draft": BeardDetail(1, 3.0, 60, 3, 64),
    "live": BeardDetail(2, 6.0, 360, 3, 128),
    "still": BeardDetail(4, 12.0, 1600, 5, 256),
}
