"""The head's shapes: every action unit by name, left and right apart where FACS sides it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.head.muscles import gaze
from pipeline.head.muscles import lower_face as lower
from pipeline.head.muscles import upper_face as upper
from pipeline.head.muscles.controls import Drives
from pipeline.head.muscles.frame import Displacement, MuscleFrame

_Make = Callable[[MuscleFrame], Displacement]

SIDED: dict[int, _Make] = {
    1: upper.inner_brow_raiser,
    2: upper.outer_brow_raiser,
    4: upper.brow_lowerer,
    5: upper.upper_lid_raiser,
    6: upper.cheek_raiser,
    7: upper.lid_tightener,
    9: upper.nose_wrinkler,
    10: lower.upper_lip_raiser,
    12: lower.lip_corner_puller,
    14: lower.dimpler,
    15: lower.lip_corner_depressor,
    16: lower.lower_lip_depressor,
    20: lower.lip_stretcher,
    43: upper.eyes_closed,
}
MIDLINE: dict[int, _Make] = {
    17: lower.chin_raiser,
    18: lower.lip_pucker,
    22: lower.lip_funneler,
    23: lower.lip_tightener,
    24: lower.lip_pressor,
    25: lower.lips_part,
    26: lower.jaw_drop,
    27: lower.mouth_stretch,
    38: upper.nostril_dilator,
}
#: Turn of jaw, lower teeth and tongue at full activation, rad.
JAW_TURN = {"AU26": float(lower.JAW_DROP), "AU27": float(lower.JAW_STRETCH)}

#: Units that have no shape of their own.
DRIVES: Drives = {
    "AU45_L": (("AU43_L", 1.0),),  # a blink is a short closure
    "AU45_R": (("AU43_R", 1.0),),
    "AU46_L": (("AU43_L", 1.0), ("AU6_L", 0.35)),  # a wink takes the cheek along
    "AU46_R": (("AU43_R", 1.0), ("AU6_R", 0.35)),
}

SHAPE_NAMES: tuple[str, ...] = tuple(
    name
    for au in sorted({*SIDED, *MIDLINE, *gaze.TURNS})
    for name in ((f"AU{au}",) if au in MIDLINE else (f"AU{au}_L", f"AU{au}_R"))
)


def shape_fields(
    frame: MuscleFrame, mirror: NDArray[np.int64]
) -> Iterator[tuple[str, Displacement]]:
    """Name and displacement (N, 3) mm at full activation, in the order of `SHAPE_NAMES`."""
    for au in sorted({*SIDED, *MIDLINE, *gaze.TURNS}):
        if au in gaze.TURNS:
            left, right = (
                gaze.gaze_lids(frame, unit) * frame.left[:, None]
                for unit in (au, gaze.MIRRORED.get(au, au))
            )
            yield f"AU{au}_L", left
            yield f"AU{au}_R", right[mirror] * [-1, 1, 1]
        elif au in SIDED:
            field = SIDED[au](frame) * frame.left[:, None]
            yield f"AU{au}_L", field
            yield f"AU{au}_R", field[mirror] * [-1, 1, 1]
        else:
            field = MIDLINE[au](frame)
            if au == 38:  # made on the left, moves on both sides
                yield "AU38", field + field[mirror] * [-1, 1, 1]
            else:
                yield f"AU{au}", 0.5 * (field + field[mirror] * [-1, 1, 1])
