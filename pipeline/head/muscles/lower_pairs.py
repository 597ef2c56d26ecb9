"""Extra fields of pairs in the lower face, on the subject's left side (mm at full activation)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipeline.head.muscles.frame import Displacement, MuscleFrame
from pipeline.head.muscles.lips import opening
from pipeline.head.sculpt.sdf import Field, smoothstep

Extra = Callable[[MuscleFrame, Displacement, Displacement], Displacement]


def _less(share: float, zone: Callable[[MuscleFrame], Field], which: int = 1) -> Extra:
    """Two muscles that lift the same flesh don't lift it twice."""

    def extra(m: MuscleFrame, first: Displacement, second: Displacement) -> Displacement:
        return -share * zone(m)[:, None] * (first, second)[which]

    return extra


def _fold(m: MuscleFrame) -> Field:
    """The nasolabial fold and the flesh on its outer side."""
    return np.clip(m.fold + m.fold_bulge, 0, 1)


def _upper_lip(m: MuscleFrame) -> Field:
    """Upper lip and the skin up to the nose's base."""
    return m.around_lips(16.0) * smoothstep(-2.0, 3.0, m.from_line * (m.side > 0) + 1.5)


def _cheek(m: MuscleFrame) -> Field:
    return m.at((38, -24, 8), (17, 13, 20)) * (1 - np.maximum(m.upper_lid, m.lower_lid))


def _smile_parts(m: MuscleFrame, smile: Displacement, parted: Displacement) -> Displacement:
    """12 with 25: the lips part up to near the corners, the lower lip stays on its teeth."""
    d = np.zeros_like(m.v)
    aside = 4 * m.lateral**2 * opening(m, 4.0) * 0.5
    d[:, 1] = (0.7 * m.upper_lip - 1.1 * m.lower_lip) * aside
    d[:, 1] += 0.6 * m.upper_lip * opening(m)
    d[:, 2] -= 0.8 * m.lower_lip * opening(m)
    return d


def _smile_drops(m: MuscleFrame, smile: Displacement, dropped: Displacement) -> Displacement:
    """12 with 26 or 27: corners stay up and out, the upper lip bares the teeth."""
    d = m.corner((0.8, 1.2, -0.6), (12, 12), 2.0)
    d[:, 1] += 2.4 * m.upper_lip * opening(m)
    corner = m.at((30, -66, 8), (9, 12, 12))
    d[:, 0] += 1.2 * corner
    return d - m.swell(0.8 * m.fold_bulge * smoothstep(-52, -66, m.y))


def _pucker_parts(m: MuscleFrame, pucker: Displacement, parted: Displacement) -> Displacement:
    """18 with 25: a small round mouth, closed towards the corners."""
    d = np.zeros_like(m.v)
    d[:, 1] = -parted[:, 1] * m.lips * smoothstep(0.15, 0.75, m.lateral)
    return d


def _stretch_parts(m: MuscleFrame, stretch: Displacement, parted: Displacement) -> Displacement:
    """20 with 25: a wide straight gap."""
    d = np.zeros_like(m.v)
    aside = m.lateral**2 * opening(m, 4.0)
    d[:, 1] = (0.9 * m.upper_lip - 1.6 * m.lower_lip) * aside
    d[:, 1] += 1.0 * m.lower_lip * opening(m, 1.5)
    return d


def _sulk(m: MuscleFrame, down: Displacement, chin: Displacement) -> Displacement:
    """15 with 17: the lower lip arches over a flattened pouch; the corners stay down."""
    pouch = m.at((25, -77, 12), (9, 8, 12))
    d = -0.35 * pouch[:, None] * down
    middle = (1 - m.lateral**2) * m.around_lips(9.0)
    d[:, 1] += 0.8 * middle
    return d - m.swell(0.7 * m.at((17, -80, 16), (6, 5, 10)))


def _straight(m: MuscleFrame, up: Displacement, down: Displacement) -> Displacement:
    """12 with 15: the corners are held straight out and tightened."""
    d = m.corner((0.6, 0, -1.0), (9, 10), 2.0)
    return d - m.swell(0.9 * m.at((31, -67, 8), (4, 6, 9)))


def _far_corner(m: MuscleFrame) -> Field:
    """The left corner, lips and lining, when the jaw takes it towards the right."""
    return m.around_lips(15.0) * smoothstep(5, 20, m.x)


PAIRS: dict[tuple[str, str], Extra] = {
    ("AU12_L", "AU25"): _smile_parts,
    ("AU12_L", "AU26"): _smile_drops,
    ("AU12_L", "AU27"): _smile_drops,
    ("AU12_L", "AU6_L"): _less(0.35, _cheek),
    ("AU12_L", "AU10_L"): _less(0.55, _fold),
    ("AU12_L", "AU11_L"): _less(0.75, _fold),
    ("AU12_L", "AU13_L"): _less(0.6, lambda m: m.face.astype(float)),
    ("AU12_L", "AU14_L"): _less(0.4, _fold, 0),
    ("AU12_L", "AU20_L"): _less(0.45, lambda m: m.face.astype(float)),
    ("AU12_L", "AU15_L"): _straight,
    ("AU14_L", "AU20_L"): _less(0.3, lambda m: m.face.astype(float), 0),
    ("AU10_L", "AU9_L"): _less(0.5, lambda m: np.clip(_fold(m) + _upper_lip(m), 0, 1)),
    ("AU10_L", "AU11_L"): _less(0.6, _fold),
    ("AU9_L", "AU11_L"): _less(0.6, _fold),
    ("AU10_L", "AU25"): _less(0.7, _upper_lip),
    ("AU15_L", "AU17"): _sulk,
    ("AU18", "AU25"): _pucker_parts,
    ("AU20_L", "AU25"): _stretch_parts,
    ("AU22", "AU25"): _less(0.5, lambda m: m.lips),
    ("AU18", "AU22"): _less(0.6, lambda m: np.maximum(m.lips, m.around_lips(16))),
    ("AU17", "AU24"): _less(0.35, lambda m: m.around_lips(14.0), 1),
    ("AU17", "AU23"): _less(0.35, lambda m: m.around_lips(14.0), 1),
    ("AU17", "AU28"): _less(0.7, lambda m: m.around_lips(12.0), 0),
    # On a dropped jaw the lower lip is stretched, and less of its red goes in.
    ("AU26", "AU28"): _less(0.25, lambda m: m.around_lips(14.0), 1),
    ("AU30_R", "AU33"): _less(0.5, _far_corner, 1),
    ("AU16_L", "AU25"): _less(0.5, lambda m: m.lower_lip),
    ("AU16_L", "AU26"): _less(0.3, lambda m: m.lower_lip, 0),
}
