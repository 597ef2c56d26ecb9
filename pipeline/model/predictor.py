"""The interface that every predictor fills, and the one place that finds them by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import ModelError
from pipeline.core.progress import Job
from pipeline.core.types import AUSignals, EventSpan, FloatArray

if TYPE_CHECKING:
    from pipeline.face import CanonicalFlow, FaceTrack


@dataclass(frozen=True)
class ClipEvidence:
    """What the earlier stages measured on one clip.

    Parameters
    ----------
    fps : float
        Nominal frame rate.
    times : (T,) float64
        Seconds from the first frame.
    track : FaceTrack
        Points, segments, pose.
    displacement : (T, 70, 2) float32
        Key weights D(n), fraction of IOD; NaN where there is no face.
    flow : CanonicalFlow
        Flow from the neutral frame on the canonical face, fraction of IOD.
    aligned : (T, 112, 112) uint8, optional
        Aligned grey face, for predictors that look at pixels.
    """

    fps: float
    times: NDArray[np.float64] = field(repr=False)
    track: FaceTrack = field(repr=False)
    displacement: FloatArray = field(repr=False)
    flow: CanonicalFlow = field(repr=False)
    aligned: NDArray[np.uint8] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Prediction:
    """What a predictor says about a clip.

    Parameters
    ----------
    events : tuple of EventSpan
        In time order, not overlapping.
    signals : AUSignals
        AU activations to make curves of.
    motion : (T,) float32
        Strength of facial motion for the timeline, fraction of IOD; NaN where there is no face.
    predictor : str
        Its name.
    settings : mapping
        Plain values that reproduce it.
    weights_hash : str
        SHA-256 of its weights; empty where it has none.
    """

    events: tuple[EventSpan, ...]
    signals: AUSignals
    motion: FloatArray = field(repr=False)
    predictor: str
    settings: Mapping[str, Any]
    weights_hash: str = ""


class Predictor(Protocol):
    """Finds events in the evidence of one clip."""

    @property
    def name(self) -> str:
        """Name it is loaded by."""
        ...

    def predict(self, evidence: ClipEvidence) -> Job[Prediction]:
        """Predict events; yields progress, can be stopped between yields."""
        ...


PREDICTORS = ("classical",)


def load_predictor(name: str = "classical", device: str = "auto") -> Predictor:
    """Load the predictor of that name.

    Parameters
    ----------
    name : str
        ``classical`` needs no weights and is always there.
    device : {"auto", "cpu", "cuda", "mps"}
        Where networks run; `classical` has none.

    Raises
    ------
    ModelError
        If the predictor or the device is unknown.
    """
    if device not in {"auto", "cpu", "cuda", "mps"}:
        raise ModelError(
            f"no device '{device}'", remedy="There are: auto, cpu, cuda, mps", code="model.device"
        )
    if name == "classical":
        from pipeline.model.classical import ClassicalPredictor

        return ClassicalPredictor()
    raise ModelError(
        f"no predictor '{name}'", remedy=f"There are: {', '.join(PREDICTORS)}", code="model.unknown"
    )
