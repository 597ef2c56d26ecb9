"""What two shapes do together that their sum does not: products of weights move these fields.

Pairs are written for the subject's left; those of the right are made from them. With the sum
of the two at full activation an extra field gives what the face would really do; it vanishes
with either weight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.head.muscles import gaze
from pipeline.head.muscles import lower_pairs as lower
from pipeline.head.muscles import upper_pairs as upper
from pipeline.head.muscles.frame import Displacement, MuscleFrame

#: Frame and the two shapes' fields (N, 3) to the extra field (N, 3), mm.
Extra = Callable[[MuscleFrame, Displacement, Displacement], Displacement]

CORRECTIVES: dict[tuple[str, str], Extra] = {**upper.PAIRS, **lower.PAIRS}


def mirrored_name(name: str) -> str:
    """Shape that does the same on the other side of the face; itself on the midline."""
    unit, apart, side = name.partition("_")
    if side not in ("L", "R"):
        return name
    number = int(unit.removeprefix("AU")) if unit.removeprefix("AU").isdecimal() else 0
    if number in gaze.MIRRORED:
        unit = f"AU{gaze.MIRRORED[number]}"
    return f"{unit}{apart}{'R' if side == 'L' else 'L'}"


def corrective_names() -> tuple[tuple[str, str], ...]:
    """The two shapes of every corrective, in the order of `corrective_fields`."""
    names = []
    for first, second in CORRECTIVES:
        other = mirrored_name(first), mirrored_name(second)
        names += [(first, second)] if other == (first, second) else [(first, second), other]
    return tuple(names)


def corrective_fields(
    frame: MuscleFrame, mirror: NDArray[np.int64], fields: Mapping[str, Displacement]
) -> Iterator[tuple[tuple[str, str], Displacement]]:
    """Names of the two shapes and the extra field (N, 3) mm of every corrective.

    Parameters
    ----------
    frame : MuscleFrame
    mirror : (N,)
        Vertex on the other half.
    fields : mapping
        Displacement of every shape by name.
    """
    for (first, second), extra in CORRECTIVES.items():
        field = extra(frame, fields[first], fields[second])
        other = mirrored_name(first), mirrored_name(second)
        if other == (first, second):
            yield (first, second), 0.5 * (field + field[mirror] * [-1, 1, 1])
            continue
        field = field * frame.left[:, None]
        yield (first, second), field
        yield other, field[mirror] * [-1, 1, 1]
