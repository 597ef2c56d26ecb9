"""The cuts, as data (mm, degrees; axes as in `face`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeAlias

from pipeline.head.sculpt.parameters.shapes import Point

#: How single strands run: what their pictures show.
Strand: TypeAlias = Literal["straight", "wavy", "coily", "braided"]
#: Angle around the upright axis through the skull's middle (deg, 0 forwards) and height.
Hairline: TypeAlias = tuple[tuple[float, float], ...]

_NAPE: Hairline = (
    (63, -15), (67, -15), (69.5, -6), (73, 8), (80, 15), (98, 12), (108, -6), (116, -26),
    (126, -40), (145, -48), (162, -52), (180, -50),
)  # fmt: skip
SQUARE: Hairline = (
    (0, 69), (8, 69.5), (18, 71), (26, 70), (33, 64), (40, 54), (46, 41), (51, 29),
    (55, 18), (58, 4), (61, -10), *_NAPE,
)  # fmt: skip
#: Round and without sideburns.
ROUND: Hairline = (
    (0, 67), (10, 67), (20, 65.5), (28, 62), (35, 56), (41, 48), (47, 38), (52, 29),
    (57, 20), (61, 12), (65, 5), (69.5, 2), (73, 8), (80, 15), *_NAPE[5:],
)  # fmt: skip
#: Gone from the temples.
RECEDED: Hairline = (
    (0, 88), (7, 89), (15, 95), (24, 98), (33, 93), (40, 80), (46, 62), (51, 42),
    (55, 22), (58, 4), (61, -10), *_NAPE,
)  # fmt: skip


class Guide(NamedTuple):
    """How hair grows about a place of the scalp; the scalp between takes a mean by nearness.

    `towards` is where it is combed, `lift` how steeply it leaves the skin (1: 45 degrees),
    `volume` the depth of the hair there. Unless `one_sided`, the other half has the same.
    """

    place: Point
    towards: Point
    length: float
    lift: float
    volume: float
    one_sided: bool = False


class Fall(NamedTuple):
    """Hair that falls from the parting as a curtain about the head, open over the face.

    `back` and `front` are the heights at which it is cut. `face` is the azimuth about the
    parting at which the curtain begins, `inward` how far it turns in towards the neck (as a
    share of its direction), `wave` and `wave_length` those of its waves, `volume` its depth
    over the skull.
    """

    back: float
    front: float
    face: float = 70.0
    inward: float = 0.10
    wave: float = 0.0
    wave_length: float = 60.0
    volume: float = 7.0


class Knot(NamedTuple):
    """A bun: an ellipsoid whose strands run about `axis`."""

    centre: Point
    radii: Point
    axis: Point


@dataclass(frozen=True)
class HairStyle:
    """A cut, as data.

    Parameters
    ----------
    guides : tuple of Guide
        Empty: bald.
    hairline : Hairline
    strand : Strand
    whorl : Point
        Where hair grows from; it turns around there by `spin` (deg).
    part : float
        How far a parting runs forwards from the whorl (deg about the skull's middle).
    jitter : float
        Disorder of the locks' directions, as a share of the direction.
    curl, curl_length : float
        Sideways swing of a lock and the length of a full wave.
    gravity : float
        How far 100 mm of hair bend downwards, as a share of the direction.
    lock_width : float
    density : float
        Locks as a share of what the level of detail allows.
    fade : float
        Width of the rim over which the hair thins out.
    shell : float
        Height of the closed layer beneath the locks, as a share of the volume.
    lumps : float
        Unevenness of the closed layer, 1 as of combed hair.
    scalp : float
        How much of the skin's colour under the hair is the hair's, 0 to 1.
    fall : Fall or None
    knot : Knot or None
    """

    guides: tuple[Guide, ...]
    hairline: Hairline = SQUARE
    strand: Strand = "straight"
    whorl: Point = (-9.0, 92.0, -126.0)
    part: float = 0.0
    spin: float = 35.0
    jitter: float = 0.13
    curl: float = 1.6
    curl_length: float = 38.0
    gravity: float = 0.5
    lock_width: float = 7.5
    density: float = 1.0
    fade: float = 9.0
    shell: float = 0.40
    lumps: float = 1.0
    scalp: float = 0.85
    fall: Fall | None = None
    knot: Knot | None = None


_SIDES = (
    Guide((60, 30, -24), (0.1, -0.75, -0.60), 20, 0.18, 4.0),
    Guide((66, 2, -54), (0.0, -1.0, -0.12), 8, 0.06, 1.8),
    Guide((74, 24, -82), (0.0, -0.80, -0.6), 22, 0.12, 4.0),
    Guide((76, 55, -80), (0.1, -0.85, -0.45), 36, 0.20, 8.0),
    Guide((71, 0, -112), (0.0, -0.9, -0.4), 14, 0.08, 3.5),
    Guide((62, 45, -142), (0.0, -1.0, -0.2), 36, 0.15, 8.0),
    Guide((30, -30, -150), (-0.1, -1.0, 0.25), 11, 0.06, 2.5),
    Guide((0, 40, -168), (0.0, -1.0, 0.0), 38, 0.15, 8.5),
)

SHORT = HairStyle(
    (
        *_SIDES,
        Guide((0, 72, 6), (-0.80, -0.15, 0.50), 38, 0.45, 10, True),
        Guide((26, 71, 0), (-0.85, 0.10, 0.35), 48, 0.50, 11, True),
        Guide((-26, 71, 0), (-0.70, -0.45, 0.10), 36, 0.35, 8, True),
        Guide((46, 56, -12), (-0.45, 0.30, -0.35), 38, 0.35, 7, True),
        Guide((-46, 56, -12), (-0.35, -0.75, -0.35), 28, 0.35, 6, True),
        Guide((0, 106, -45), (-0.55, -0.05, 1.0), 52, 0.45, 13, True),
        Guide((42, 96, -60), (-0.35, 0.15, 0.9), 48, 0.45, 13, True),
        Guide((-42, 96, -60), (-0.55, -0.35, 0.7), 44, 0.40, 12, True),
        Guide((58, 80, -85), (0.3, -0.8, 0.2), 42, 0.25, 11, True),
        Guide((-58, 80, -85), (-0.3, -0.8, 0.2), 42, 0.25, 11, True),
    )
)

CROPPED = replace(
    SHORT,
    guides=tuple(
        g._replace(length=5 + 0.15 * g.length, lift=0.35, volume=1.6 + 0.18 * g.volume)
        for g in SHORT.guides
    ),
    lock_width=7.0, density=0.8, curl=0.4, jitter=0.3, shell=0.6,
)  # fmt: skip

RECEDING = HairStyle(
    (
        *(g._replace(length=0.7 * g.length, volume=0.55 * g.volume) for g in _SIDES),
        Guide((0, 100, -20), (0.25, 0.1, -1.0), 26, 0.15, 2.6),
        Guide((30, 100, -30), (0.35, 0.0, -1.0), 26, 0.15, 2.6),
        Guide((0, 106, -60), (0.1, -0.05, -1.0), 28, 0.15, 3.0),
        Guide((46, 92, -70), (0.4, -0.5, -0.7), 28, 0.15, 3.6),
    ),
    hairline=RECEDED, whorl=(-6.0, 96.0, -118.0), spin=0.0, lock_width=6.0, density=0.5,
    jitter=0.04, curl=0.3, fade=14.0, shell=0.95, scalp=0.3,
)  # fmt: skip


def _even(length: float, volume: float, lift: float = 0.2) -> tuple[Guide, ...]:
    """Guides of one length and depth, thinner at the hairline's sides and nape."""
    places: tuple[tuple[Point, Point, float], ...] = (
        ((0, 72, 6), (0, 0.2, 1.0), 0.7), ((30, 70, 0), (0.2, 0.3, 1.0), 0.7),
        ((52, 50, -16), (0.5, 0.2, 0.6), 0.7), ((0, 106, -45), (0, 1, 0.6), 1.0),
        ((42, 96, -60), (0.5, 0.8, 0.2), 1.0), ((62, 76, -85), (0.9, 0.3, 0), 1.0),
        ((76, 50, -80), (1.0, 0, 0), 0.85), ((66, 2, -54), (0.2, -1.0, 0), 0.25),
        ((74, 24, -82), (0.6, -0.6, 0), 0.6), ((71, 0, -112), (0.3, -0.8, -0.4), 0.55),
        ((62, 45, -142), (0.6, 0.1, -0.7), 0.95), ((0, 40, -168), (0, 0, -1.0), 0.95),
        ((30, -30, -150), (0, -1, -0.2), 0.5),
    )  # fmt: skip
    return tuple(Guide(p, t, length * s, lift, volume * s) for p, t, s in places)


COILY = HairStyle(
    _even(5, 8.0, 2.0), strand="coily", whorl=(0.0, 100.0, -100.0), lock_width=8.0,
    density=0.55, jitter=0.6, curl=1.5, curl_length=7.0, gravity=0.0, fade=5.0, shell=0.92,
    lumps=0.9, scalp=0.9,
)  # fmt: skip

AFRO = HairStyle(
    _even(11, 36, 2.2), hairline=ROUND, strand="coily", whorl=(0.0, 100.0, -100.0),
    lock_width=14.0, density=1.0, jitter=0.5, curl=1.0, curl_length=9.0, gravity=0.0, fade=5.0,
    shell=0.96, lumps=0.55, scalp=0.9,
)  # fmt: skip

CURLY = replace(
    SHORT,
    guides=tuple(
        g._replace(length=0.35 * g.length + 7, lift=1.2, volume=1.2 * g.volume + 1)
        for g in SHORT.guides
    ),
    strand="coily", lock_width=14.0, density=1.0, curl=2.0, curl_length=16.0, gravity=0.3,
    jitter=0.5, shell=0.85, lumps=1.8, fade=7.0,
)  # fmt: skip

BRAIDS = HairStyle(
    _even(8, 5.5), hairline=ROUND, strand="braided", whorl=(0.0, 30.0, -172.0), spin=0.0,
    density=0.0, fade=3.5, shell=1.0, lumps=0.2, scalp=0.6,
    knot=Knot((0.0, 24.0, -182.0), (25.0, 23.0, 17.0), (0.0, 0.2, -1.0)),
)  # fmt: skip

PIXIE = HairStyle(
    (
        Guide((0, 70, 6), (-0.9, -0.12, 0.18), 62, 0.42, 10, True),
        Guide((28, 69, 0), (-0.95, 0.12, 0.15), 66, 0.45, 11, True),
        Guide((-28, 69, 0), (-0.75, -0.5, -0.15), 46, 0.30, 9, True),
        Guide((50, 52, -14), (0.2, -0.75, -0.6), 34, 0.22, 7, True),
        Guide((-50, 52, -14), (-0.15, -0.9, -0.35), 40, 0.22, 8, True),
        Guide((0, 106, -45), (-0.75, 0.0, 0.7), 60, 0.4, 15, True),
        Guide((40, 97, -60), (0.3, 0.0, 0.7), 54, 0.35, 15, True),
        Guide((-40, 97, -60), (-0.8, -0.3, 0.5), 54, 0.35, 15, True),
        Guide((60, 78, -85), (0.3, -0.9, 0.1), 50, 0.25, 14),
        Guide((76, 45, -80), (0.1, -0.95, -0.15), 34, 0.15, 9.0),
        Guide((66, 6, -56), (0.0, -1.0, -0.05), 14, 0.06, 2.5),
        Guide((71, 0, -112), (0.0, -1.0, 0.0), 26, 0.08, 5.0),
        Guide((60, 45, -142), (0.1, -1.0, -0.05), 44, 0.15, 12.0),
        Guide((0, 50, -168), (0.0, -1.0, 0.0), 44, 0.15, 14.0),
        Guide((28, -34, -148), (-0.1, -1.0, 0.2), 24, 0.06, 4.0),
    ),
    hairline=ROUND, whorl=(10.0, 98.0, -112.0), spin=20.0, jitter=0.09, curl=1.5, lock_width=8.0,
    shell=0.5, fade=8.0,
)  # fmt: skip

_UNDER_FALL = _even(30, 5.0)
_PARTED = HairStyle(
    _UNDER_FALL, hairline=ROUND, whorl=(0.0, 103.0, -88.0), part=60.0, spin=0.0, jitter=0.05,
    lock_width=10.0, shell=0.9, lumps=0.4,
)  # fmt: skip

BOB = replace(_PARTED, fall=Fall(-92.0, -98.0, inward=0.9))
LONG = replace(_PARTED, fall=Fall(-196.0, -200.0, inward=0.12))
WAVY = replace(
    _PARTED, strand="wavy",
    fall=Fall(-160.0, -168.0, inward=0.25, wave=7.0, wave_length=72.0, volume=8.5),
)  # fmt: skip

TIED = HairStyle(
    _even(40, 6.5), hairline=ROUND, whorl=(0.0, 62.0, -166.0), spin=0.0, density=0.0, fade=6.0,
    shell=1.0, lumps=0.35, scalp=0.8,
)  # fmt: skip
BUN = replace(
    TIED, knot=Knot((0.0, 72.0, -182.0), (31.0, 30.0, 25.0), (0.0, 0.45, -1.0)),
)  # fmt: skip

BALD = HairStyle(())

STYLES = {
    "short": SHORT, "cropped": CROPPED, "receding": RECEDING, "curly": CURLY, "coily": COILY,
    "pixie": PIXIE, "bob": BOB, "long": LONG, "wavy": WAVY, "bun": BUN, "afro": AFRO,
    "braids": BRAIDS, "bald": BALD,
}  # fmt: skip
