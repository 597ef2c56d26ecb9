"""The rig as plain data, independent of any head: lengths are in units of the interocular
distance (IOD, outer corners: dlib's 36 and 45), places hang on capture points.

Xu 2025, 3.2: a control point with a centre, a falloff radius and curve, and a displacement; a
set of them copied out is a new blendshape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Vector = tuple[float, float, float]
Falloff = Literal["smooth", "linear", "sharp", "dome"]
Across = Literal["surface", "volume"]
Side = Literal["", "L", "R"]

FALLOFFS: tuple[Falloff, ...] = ("smooth", "linear", "sharp", "dome")
#: Distance along the surface (lips stay apart), or straight through space.
ACROSS: tuple[Across, ...] = ("surface", "volume")


@dataclass(frozen=True)
class Manipulator:
    """A soft-modification manipulator.

    Parameters
    ----------
    name : str
        Unique among the rig's manipulators.
    point : int
        Capture point (0 to 69) that carries the centre.
    offset : 3 floats
        From that point to the centre, IOD; x to the subject's left, y up, z forward. The
        centre is the place of the flesh nearest to there.
    radius : float
        Where the falloff reaches 0, IOD.
    falloff : {"smooth", "linear", "sharp", "dome"}
    across : {"surface", "volume"}
    move : 3 floats
        Displacement of the centre, IOD.
    mirrored : bool
        It does the same, mirrored, on the other side of the face.
    muted : bool
    """

    name: str
    point: int
    offset: Vector = (0.0, 0.0, 0.0)
    radius: float = 0.3
    falloff: Falloff = "smooth"
    across: Across = "surface"
    move: Vector = (0.0, 0.0, 0.0)
    mirrored: bool = False
    muted: bool = False


@dataclass(frozen=True)
class Target:
    """A control (an action unit, ARKit's name) that moves a shape too, with a gain.

    An unsided control of two sides (``AU12``) counts with the mean of its sides.
    """

    control: str
    gain: float = 1.0


@dataclass(frozen=True)
class FrozenShape:
    """A blendshape made of manipulators.

    Parameters
    ----------
    name : str
        Unique among all controls of the head; a track may have this name.
    manipulators : tuple of Manipulator
        As they were when it was frozen; their sum is the shape.
    scale : float
        Factor on all of it.
    side : {"", "L", "R"}
        All of it, or only its left or right part (the two parts add up to the whole).
    flipped : bool
        Mirrored as a whole.
    targets : tuple of Target
    replaces : bool
        The targets then move this shape instead of the head's own.
    """

    name: str
    manipulators: tuple[Manipulator, ...]
    scale: float = 1.0
    side: Side = ""
    flipped: bool = False
    targets: tuple[Target, ...] = ()
    replaces: bool = False


@dataclass(frozen=True)
class Binding:
    """What a control of the rig follows in the video.

    Parameters
    ----------
    control : str
        A control of the seven parts, or a frozen shape.
    points : tuple of int
        Capture points whose mean displacement D(n) counts.
    axis : 2 floats
        Direction in the image that counts, x to the image's right, y up, of unit length.
    gain : float
    smoothing : float
        Standard deviation of the smoothing over time, s; 0 for none.
    enabled : bool
    """

    control: str
    points: tuple[int, ...]
    axis: tuple[float, float]
    gain: float = 1.0
    smoothing: float = 0.0
    enabled: bool = True


@dataclass(frozen=True)
class Rig:
    """All of a project's rig.

    Parameters
    ----------
    manipulators : tuple of Manipulator
        Live ones, in the list's order.
    shapes : tuple of FrozenShape
        In the list's order.
    bindings : tuple of Binding
        Where they differ from the seven-part table's own.
    head : str
        Name of the head that it was made on.
    """

    manipulators: tuple[Manipulator, ...] = ()
    shapes: tuple[FrozenShape, ...] = ()
    bindings: tuple[Binding, ...] = ()
    head: str = ""

    def as_data(self) -> dict[str, Any]:
        """As JSON keeps it: a key each for manipulators, shapes, bindings, head."""
        from pipeline.head.rig.reading import rig_as_data

        return rig_as_data(self)

    @classmethod
    def of_data(cls, data: object) -> Rig:
        """Rig from `as_data`.

        Raises
        ------
        HeadError
            Naming the entry that is no manipulator, shape or binding (project files may come
            from anywhere).
        """
        from pipeline.head.rig.reading import rig_of_data

        return rig_of_data(data)


#: Nothing on the head.
NO_RIG = Rig()
