"""Clips with known motion: the test oracle, and training data for the model layer."""

from pipeline.synth.clip import SynthClip, clip_renderer, make_clip
from pipeline.synth.fields import FULL_DISPLACEMENT, MuscleFields
from pipeline.synth.portrait import Portrait, load_portrait
from pipeline.synth.profiles import PROFILES, Profile
from pipeline.synth.write import synthesise, truth_table

__all__ = [
    "FULL_DISPLACEMENT",
    "PROFILES",
    "MuscleFields",
    "Portrait",
    "Profile",
    "SynthClip",
    "clip_renderer",
    "load_portrait",
    "make_clip",
    "synthesise",
    "truth_table",
]
