"""AU curves: piecewise cubic, with the B-spline's view; fitted, edited, modulated."""

from pipeline.curves.curve import MIN_GAP, Curve, Tangent
from pipeline.curves.emotions import (
    GAIN_RANGE,
    Emotion,
    EmotionProfile,
    default_profiles,
    emotion_id,
    load_emotions,
)
from pipeline.curves.fit import FitResult, fit_bspline, interpolating_curve
from pipeline.curves.keying import RISE, keyed
from pipeline.curves.modulation import GainSpan, Modulation, gain, modulated
from pipeline.curves.splice import spliced
from pipeline.curves.weights import Weights

__all__ = [
    "GAIN_RANGE",
    "MIN_GAP",
    "RISE",
    "Curve",
    "Emotion",
    "EmotionProfile",
    "FitResult",
    "GainSpan",
    "Modulation",
    "Tangent",
    "Weights",
    "default_profiles",
    "emotion_id",
    "fit_bspline",
    "gain",
    "interpolating_curve",
    "keyed",
    "load_emotions",
    "modulated",
    "spliced",
]
