"""Faces: 68 points found and measured, key weights, canonical flow, AU activations.

Names are imported on first use, so that a table of the face does not load OpenCV; the function
`key_weights` is its module's, whose name it has.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.face.activation import FlowSolver, activations_flow, activations_landmarks
    from pipeline.face.basis import (
        FlowBasis,
        LandmarkBasis,
        face_mask,
        load_flow_basis,
        load_landmark_basis,
        save_flow_basis,
        save_landmark_basis,
    )
    from pipeline.face.canonical import CANON, aligned_gray, canonical_shape, thin_plate
    from pipeline.face.detect import (
        Box,
        close_detection,
        find_faces,
        landmark_model_path,
        prepare_detection,
        use_landmark_model,
    )
    from pipeline.face.flow import CanonicalFlow, canonical_flow, optical_strain
    from pipeline.face.key_weights import Form
    from pipeline.face.segments import Segment
    from pipeline.face.track import FaceTrack, track_face

__all__ = [
    "CANON",
    "Box",
    "CanonicalFlow",
    "FaceTrack",
    "FlowBasis",
    "FlowSolver",
    "Form",
    "LandmarkBasis",
    "Segment",
    "activations_flow",
    "activations_landmarks",
    "aligned_gray",
    "canonical_flow",
    "canonical_shape",
    "close_detection",
    "face_mask",
    "find_faces",
    "landmark_model_path",
    "load_flow_basis",
    "load_landmark_basis",
    "optical_strain",
    "prepare_detection",
    "save_flow_basis",
    "save_landmark_basis",
    "thin_plate",
    "track_face",
    "use_landmark_model",
]

_HOME = {
    "Box": "detect",
    "CANON": "canonical",
    "CanonicalFlow": "flow",
    "FaceTrack": "track",
    "FlowBasis": "basis",
    "FlowSolver": "activation",
    "Form": "key_weights",
    "LandmarkBasis": "basis",
    "Segment": "segments",
    "activations_flow": "activation",
    "activations_landmarks": "activation",
    "aligned_gray": "canonical",
    "canonical_flow": "flow",
    "canonical_shape": "canonical",
    "close_detection": "detect",
    "face_mask": "basis",
    "find_faces": "detect",
    "landmark_model_path": "detect",
    "load_flow_basis": "basis",
    "load_landmark_basis": "basis",
    "optical_strain": "flow",
    "prepare_detection": "detect",
    "save_flow_basis": "basis",
    "save_landmark_basis": "basis",
    "thin_plate": "canonical",
    "track_face": "track",
    "use_landmark_model": "detect",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
