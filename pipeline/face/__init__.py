"""Faces: 68 points found and measured, key weights, canonical flow, AU activations."""

from __future__ import annotations

from pipeline.face.detect import Box, find_faces, landmark_model_path, use_landmark_model
from pipeline.face.key_weights import Form, key_weights
from pipeline.face.segments import Segment
from pipeline.face.track import FaceTrack, track_face

__all__ = [
    "Box",
    "FaceTrack",
    "Form",
    "Segment",
    "find_faces",
    "key_weights",
    "landmark_model_path",
    "track_face",
    "use_landmark_model",
]
