"""The blendshape head: built from parameters, moved by action units, drawn offscreen.

Names are imported on first use, so that importing this package does not load VTK.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.head.basis import flow_basis, landmark_basis, write_bases
    from pipeline.head.cache import load_head
    from pipeline.head.camera import Camera, HeadState
    from pipeline.head.dense import DenseDisplacement, dense_displacement
    from pipeline.head.film import render_film, render_picture
    from pipeline.head.landmarks import project_landmarks
    from pipeline.head.model import HeadModel
    from pipeline.head.renderer import HeadRenderer
    from pipeline.head.scene import HeadScene

__all__ = [
    "Camera",
    "DenseDisplacement",
    "HeadModel",
    "HeadRenderer",
    "HeadScene",
    "HeadState",
    "dense_displacement",
    "flow_basis",
    "landmark_basis",
    "load_head",
    "project_landmarks",
    "render_film",
    "render_picture",
    "write_bases",
]

_HOME = {
    "Camera": "camera",
    "DenseDisplacement": "dense",
    "HeadModel": "model",
    "HeadRenderer": "renderer",
    "HeadScene": "scene",
    "HeadState": "camera",
    "dense_displacement": "dense",
    "flow_basis": "basis",
    "landmark_basis": "basis",
    "load_head": "cache",
    "project_landmarks": "landmarks",
    "render_film": "film",
    "render_picture": "film",
    "write_bases": "basis",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
