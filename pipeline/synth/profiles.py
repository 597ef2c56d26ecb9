"""The frozen profiles of synthetic clips and the label statistics they draw from."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.core.errors import TellError

Range = tuple[float, float]

_STATISTICS = Path(__file__).parents[2] / "resources" / "data" / "casme2_statistics.json"


@dataclass(frozen=True)
class Profile:
    """What a clip may contain. Ranges are drawn uniformly.

    Parameters
    ----------
    peak : tuple of float
        Largest displacement of an event, fraction of IOD.
    event_counts : tuple of float
        Probability of 0, 1 and 2 events in a clip.
    context : tuple of float
        Still time before the first and after the last event, s.
    drift : tuple of float
        Amplitude of slow head translation, fraction of IOD.
    turn : tuple of float
        Amplitude of slow roll, degrees; yaw and pitch reach `tilt` times as much.
    tilt : float
        Out-of-plane share of the head's rotation (parallax of nose against eyes).
    zoom : tuple of float
        Amplitude of slow scale change, fraction.
    nod : float
        Probability of one quick head movement (0.25-0.5 s).
    blink : float
        Probability of a blink; `blink_in_event` says whether it may fall on an event.
    light : tuple of float
        Amplitude of illumination drift, fraction of brightness.
    flicker : tuple of float
        SD of the brightness from frame to frame, fraction.
    noise : tuple of float
        SD of sensor noise, grey levels.
    lag : float
        SD of the lag of secondary AUs behind the first, s.
    one_sided : float
        Factor on the rate of one-sided AUs in CASME II.
    """

    peak: Range
    event_counts: tuple[float, float, float]
    context: Range
    drift: Range
    turn: Range
    tilt: float
    zoom: Range
    nod: float
    blink: float
    blink_in_event: bool
    light: Range
    flicker: Range
    noise: Range
    lag: float
    one_sided: float = 1.0


#: Frozen: figures in the documentation and the benchmark were measured with these values.
PROFILES: Mapping[str, Profile] = {
    "easy": Profile(
        peak=(0.010, 0.016),
        event_counts=(0.0, 1.0, 0.0),
        context=(0.2, 0.5),
        drift=(0.0, 0.006),
        turn=(0.0, 0.15),
        tilt=0.0,
        zoom=(0.0, 0.0015),
        nod=0.0,
        blink=0.15,
        blink_in_event=False,
        light=(0.0, 0.01),
        flicker=(0.0, 0.001),
        noise=(0.5, 1.0),
        lag=0.010,
    ),
    "hard": Profile(
        peak=(0.003, 0.010),
        event_counts=(0.2, 0.6, 0.2),
        context=(0.15, 0.6),
        drift=(0.004, 0.03),
        turn=(0.1, 0.8),
        tilt=1.5,
        zoom=(0.0, 0.006),
        nod=0.25,
        blink=0.5,
        blink_in_event=True,
        light=(0.01, 0.04),
        flicker=(0.0, 0.004),
        noise=(1.0, 2.2),
        lag=0.015,
    ),
    # One event at the strong end of micro-expressions: what a newcomer can see in the demo clip.
    "demo": Profile(
        peak=(0.034, 0.038),
        event_counts=(0.0, 1.0, 0.0),
        context=(0.2, 0.5),
        drift=(0.004, 0.010),
        turn=(0.1, 0.3),
        tilt=0.0,
        zoom=(0.0, 0.002),
        nod=0.0,
        blink=0.0,
        blink_in_event=False,
        light=(0.005, 0.01),
        flicker=(0.0, 0.001),
        noise=(1.0, 1.2),
        lag=0.010,
    ),
}


def profile_named(name: str) -> Profile:
    """Profile of that name.

    Raises
    ------
    TellError
        If there is none.
    """
    if name not in PROFILES:
        raise TellError(
            f"no profile '{name}'", remedy=f"There are: {', '.join(PROFILES)}", code="synth.profile"
        )
    return PROFILES[name]


@functools.cache
def label_statistics() -> dict[str, Any]:
    """Aggregates of the 2014 coding of CASME II (255 samples); no row of the data set."""
    table = json.loads(_STATISTICS.read_text(encoding="utf-8"))
    return table["coding_20140508"]
