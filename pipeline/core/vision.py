"""OpenCV, imported in one place so that its wheel cannot break Qt.

On Linux ``import cv2`` (opencv-python) points Qt's plugin and font variables at its own
Qt build; PySide6 then fails to start. Import ``cv2`` from here and nowhere else.
"""

from __future__ import annotations

import os

_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
_before = {name: os.environ.get(name) for name in _QT_VARIABLES}

import cv2  # noqa: E402, TID251

for _name, _value in _before.items():
    if _value is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _value

__all__ = ["cv2"]
