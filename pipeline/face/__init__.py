"""Faces: 68 points found and measured, key weights, canonical flow, AU activations."""

from __future__ import annotations

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
from pipeline.face.key_weights import Form, key_weights
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
    "key_weights",
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
