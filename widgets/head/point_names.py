"""Names of the 70 capture points, for people."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

CONTEXT = "CapturePoint"
#: Last point of each part (left and right are the subject's), and the part's name.
_PARTS = (
    (7, QT_TRANSLATE_NOOP("CapturePoint", "right jaw")),
    (8, QT_TRANSLATE_NOOP("CapturePoint", "chin")),
    (16, QT_TRANSLATE_NOOP("CapturePoint", "left jaw")),
    (21, QT_TRANSLATE_NOOP("CapturePoint", "right brow")),
    (26, QT_TRANSLATE_NOOP("CapturePoint", "left brow")),
    (29, QT_TRANSLATE_NOOP("CapturePoint", "bridge of the nose")),
    (30, QT_TRANSLATE_NOOP("CapturePoint", "tip of the nose")),
    (32, QT_TRANSLATE_NOOP("CapturePoint", "right nostril")),
    (33, QT_TRANSLATE_NOOP("CapturePoint", "base of the nose")),
    (35, QT_TRANSLATE_NOOP("CapturePoint", "left nostril")),
    (36, QT_TRANSLATE_NOOP("CapturePoint", "outer corner of the right eye")),
    (38, QT_TRANSLATE_NOOP("CapturePoint", "right upper lid")),
    (39, QT_TRANSLATE_NOOP("CapturePoint", "inner corner of the right eye")),
    (41, QT_TRANSLATE_NOOP("CapturePoint", "right lower lid")),
    (42, QT_TRANSLATE_NOOP("CapturePoint", "inner corner of the left eye")),
    (44, QT_TRANSLATE_NOOP("CapturePoint", "left upper lid")),
    (45, QT_TRANSLATE_NOOP("CapturePoint", "outer corner of the left eye")),
    (47, QT_TRANSLATE_NOOP("CapturePoint", "left lower lid")),
    (48, QT_TRANSLATE_NOOP("CapturePoint", "right corner of the mouth")),
    (53, QT_TRANSLATE_NOOP("CapturePoint", "upper lip")),
    (54, QT_TRANSLATE_NOOP("CapturePoint", "left corner of the mouth")),
    (59, QT_TRANSLATE_NOOP("CapturePoint", "lower lip")),
    (60, QT_TRANSLATE_NOOP("CapturePoint", "right inner corner of the lips")),
    (63, QT_TRANSLATE_NOOP("CapturePoint", "inner upper lip")),
    (64, QT_TRANSLATE_NOOP("CapturePoint", "left inner corner of the lips")),
    (67, QT_TRANSLATE_NOOP("CapturePoint", "inner lower lip")),
    (68, QT_TRANSLATE_NOOP("CapturePoint", "right cheek")),
    (69, QT_TRANSLATE_NOOP("CapturePoint", "left cheek")),
)


def point_name(point: int) -> str:
    """What a capture point (0 to 69) is called, ``left corner of the mouth``."""
    part = next((name for last, name in _PARTS if point <= last), _PARTS[-1][1])
    return QCoreApplication.translate(CONTEXT, str(part))
