"""The head's shapes: every action unit by name, left and right apart where FACS sides it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.head.muscles import gaze, jaw, lips
from pipeline.head.muscles import lower_face as lower
from pipeline.head.muscles import upper_face as upper
from pipeline.head.muscles.arkit import arkit_drives
from pipeline.head.muscles.controls import Drives
from pipeline.head.muscles.frame import Displacement, MuscleFrame
from pipeline.head.muscles.lid_closure import eyes_closed

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
    11: lower.nasolabial_deepener,
    12: lower.lip_corner_puller,
    13: lower.sharp_lip_puller,
    14: lower.dimpler,
    15: lower.lip_corner_depressor,
    16: lower.lower_lip_depressor,
    20: lower.lip_stretcher,
    34: lips.puff,
    43: eyes_closed,
}
MIDLINE: dict[int, _Make] = {
    17: lower.chin_raiser,
    18: lips.lip_pucker,
    22: lips.lip_funneler,
    23: lips.lip_tightener,
    24: lips.lip_pressor,
    25: lips.lips_part,
    26: jaw.jaw_drop,
    27: jaw.mouth_stretch,
    28: lips.lip_suck,
    29: jaw.jaw_thrust,
    33: lips.blow,
    38: upper.nostril_dilator,
}
#: Both halves of the face go to one side: given to the subject's left.
ASIDE: dict[int, _Make] = {30: jaw.jaw_left}

#: Shapes of ARKit that no action unit is; those of a side are given for the left.
MORE: dict[str, _Make] = {
    "mouthClose": jaw.mouth_close,
    "mouthRollLower": lips.lower_lip_roll,
    "mouthRollUpper": lips.upper_lip_roll,
    "mouthShrugLower": lower.lower_lip_shrug,
    "mouthShrugUpper": lower.upper_lip_shrug,
    "tongueOut": jaw.tongue_out,
}
MORE_ASIDE: dict[str, _Make] = {"mouth": lips.shifted_left}
MORE_SIDED: dict[str, _Make] = {"mouthPress": lips.lip_pressor}

#: Units that have no shape of their own.
DRIVES: Drives = {
    "AU45_L": (("AU43_L", 1.0),),  # a blink is a short closure
    "AU45_R": (("AU43_R", 1.0),),
    "AU46_L": (("AU43_L", 1.0), ("AU6_L", 0.35)),  # a wink takes the cheek along
    "AU46_R": (("AU43_R", 1.0), ("AU6_R", 0.35)),
}

_UNITS = sorted({*SIDED, *MIDLINE, *ASIDE, *gaze.TURNS})

SHAPE_NAMES: tuple[str, ...] = (
    *(
        name
        for au in _UNITS
        for name in ((f"AU{au}",) if au in MIDLINE else (f"AU{au}_L", f"AU{au}_R"))
    ),
    *MORE,
    *(f"{name}{side}" for name in (*MORE_ASIDE, *MORE_SIDED) for side in ("Left", "Right")),
)
DRIVES = {**DRIVES, **arkit_drives(SHAPE_NAMES)}


def shape_fields(
    frame: MuscleFrame, mirror: NDArray[np.int64]
) -> Iterator[tuple[str, Displacement]]:
    """Name and displacement (N, 3) mm at full activation, in the order of `SHAPE_NAMES`."""

    def mirrored(field: Displacement) -> Displacement:
        return field[mirror] * [-1, 1, 1]

    for au in _UNITS:
        if au in MIDLINE:
            field = MIDLINE[au](frame)
            # The dilator is made on the left and moves both wings.
            yield f"AU{au}", (1.0 if au == 38 else 0.5) * (field + mirrored(field))
            continue
        if au in gaze.TURNS:
            left, right = (
                gaze.gaze_lids(frame, unit) * frame.left[:, None]
                for unit in (au, gaze.MIRRORED.get(au, au))
            )
        elif au in ASIDE:
            left = right = ASIDE[au](frame)
        else:
            left = right = SIDED[au](frame) * frame.left[:, None]
        yield f"AU{au}_L", left
        yield f"AU{au}_R", mirrored(right)
    for name, make in MORE.items():
        field = make(frame)
        yield name, 0.5 * (field + mirrored(field))
    for name, make in (*MORE_ASIDE.items(), *MORE_SIDED.items()):
        field = make(frame) * (1.0 if name in MORE_ASIDE else frame.left[:, None])
        yield f"{name}Left", field
        yield f"{name}Right", mirrored(field)
