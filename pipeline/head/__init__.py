"""The blendshape head: built from parameters, moved by action units, drawn offscreen.

Names are imported on first use, so that importing this package does not load VTK.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.head.load import head_names, load_head
    from pipeline.head.measure.basis import flow_basis, landmark_basis, write_bases
    from pipeline.head.measure.dense import DenseDisplacement, dense_displacement
    from pipeline.head.model import HeadModel
    from pipeline.head.scene.camera import Camera, HeadState, Look
    from pipeline.head.scene.film import render_film, render_picture
    from pipeline.head.scene.renderer import HeadRenderer
    from pipeline.head.scene.scene import HeadScene
    from pipeline.head.sculpt.landmarks import project_landmarks

__all__ = [
    "Camera",
    "DenseDisplacement",
    "HeadModel",
    "HeadRenderer",
    "HeadScene",
    "HeadState",
    "Look",
    "dense_displacement",
    "flow_basis",
    "head_names",
    "landmark_basis",
    "load_head",
    "project_landmarks",
    "render_film",
    "render_picture",
    "write_bases",
]

_HOME = {
    "Camera": "scene.camera",
    "DenseDisplacement": "measure.dense",
    "HeadModel": "model",
    "HeadRenderer": "scene.renderer",
    "HeadScene": "scene.scene",
    "HeadState": "scene.camera",
    "Look": "scene.camera",
    "dense_displacement": "measure.dense",
    "flow_basis": "measure.basis",
    "head_names": "load",
    "landmark_basis": "measure.basis",
    "load_head": "load",
    "project_landmarks": "sculpt.landmarks",
    "render_film": "scene.film",
    "render_picture": "scene.film",
    "write_bases": "measure.basis",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
