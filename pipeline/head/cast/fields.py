"""What identity modes are made of: soft pushes of space, and turns of the lids on the eye.

Lengths are mm in the axes of `pipeline.head.sculpt.parameters.face`. What stands beside the
midline acts on the subject's left and, mirrored, on the right.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.head.sculpt.parameters.shapes import Point

#: A radius that never ends.
EVERYWHERE = 1e6


@dataclass(frozen=True)
class Push:
    """Flesh and bone about a centre, moved softly: ``exp(-|(x - centre) / radii|^2)`` of it.

    Parameters
    ----------
    centre, radii : 3 floats
    move : 3 floats
        mm at weight 1.
    stretch : 3 floats
        Share of the way from the centre, along each axis.
    turn : 3 floats
        Rotation vector about the centre, deg; small.
    rise : (axis, none, all), optional
        The push comes in along an axis from one coordinate to another.
    """

    centre: Point
    radii: Point
    move: Point = (0.0, 0.0, 0.0)
    stretch: Point = (0.0, 0.0, 0.0)
    turn: Point = (0.0, 0.0, 0.0)
    rise: tuple[int, float, float] | None = None


@dataclass(frozen=True)
class LidTurn:
    """Lids about a place before the eye, turned about the eyeball's centre.

    Parameters
    ----------
    centre, radii : 2 floats
        x from the eye's centre outwards, y up.
    up, out, tilt : float
        deg at weight 1: upwards, towards the temple, outer corner up.
    raised : float
        mm away from the eyeball, of the skin beyond the lids' margins.
    """

    centre: tuple[float, float]
    radii: tuple[float, float]
    up: float = 0.0
    out: float = 0.0
    tilt: float = 0.0
    raised: float = 0.0


@dataclass(frozen=True)
class Mode:
    """One way in which faces differ; at weight 1 by about one standard deviation.

    Parameters
    ----------
    pushes : tuple of Push
    lids : tuple of LidTurn
    eye : float
        Share by which the eyeball and all that lies on it is larger.
    """

    pushes: tuple[Push, ...] = ()
    lids: tuple[LidTurn, ...] = ()
    eye: float = 0.0
