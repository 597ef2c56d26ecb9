"""Predictors: from the evidence of a clip to events with onset, apex, offset and AUs."""

from pipeline.model.predictor import (
    PREDICTORS,
    ClipEvidence,
    Prediction,
    Predictor,
    load_predictor,
)
from pipeline.model.scoring import EventTable, match_events

__all__ = [
    "PREDICTORS",
    "ClipEvidence",
    "EventTable",
    "Prediction",
    "Predictor",
    "load_predictor",
    "match_events",
]
