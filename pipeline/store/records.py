"""What a project holds, as frozen records."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import NDArray

from pipeline.core.types import AUSignals, EventSpan

if TYPE_CHECKING:
    from pipeline.face import FaceTrack

ClipState = Literal["untouched", "in work", "done", "flagged"]
ClipKind = Literal["video", "images"]
Layer = Literal["raw", "edited"]

CLIP_STATES: tuple[ClipState, ...] = ("untouched", "in work", "done", "flagged")
#: Coders that are no persons: their events are proposals and are never changed by hand.
MODEL, IMPORT = "model", "import"


def new_id() -> str:
    """A fresh UUID key."""
    return str(uuid.uuid4())


def utc_now() -> str:
    """Now, ISO 8601 in UTC with microseconds."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True)
class ClipRecord:
    """One clip of a project.

    Parameters
    ----------
    id : str
        UUID key.
    clip_id : str
        Name on the command line: the file's stem or ``sub01/EP02_01f``; unique in a project.
    path : Path
        Where the media stood when last seen.
    kind : {"video", "images"}
        A film, or a folder of images.
    content_hash : str
        sha256 of the content, by which a moved file is found again.
    n_frames : int
        Frames that can be read.
    fps : float
        Nominal frames per second; what an image folder is opened with.
    subject, dataset : str
        From the data set, empty otherwise.
    sheet_row : int or None
        Row of the sheet that the clip's imported label came from.
    state : {"untouched", "in work", "done", "flagged"}
        Where the annotator's work stands.
    note : str
        The annotator's own words.
    neutral : mapping of int to (int, int)
        Neutral span by hand, segment to frames (start, stop exclusive).
    face_pick : (float, float, int) or None
        Where a person clicked to choose the face: x px, y px, frame.
    """

    id: str
    clip_id: str
    path: Path
    kind: ClipKind = "video"
    content_hash: str = ""
    n_frames: int = 0
    fps: float = 25.0
    subject: str = ""
    dataset: str = ""
    sheet_row: int | None = None
    state: ClipState = "untouched"
    note: str = ""
    neutral: Mapping[int, tuple[int, int]] = field(default_factory=dict, hash=False)
    face_pick: tuple[float, float, int] | None = None


@dataclass(frozen=True)
class EventRecord:
    """One event as one coder gave it.

    Parameters
    ----------
    id, clip_id : str
        UUIDs of the event and of its clip.
    span : EventSpan
        Frames, emotion, action units.
    coder : str
        ``"model"``, ``"import"`` or a person's name.
    intensity : float
        i_v in [0, 1] of SPEC 7.
    verbatim_aus : str
        The sheet's cell, untouched.
    based_on : str or None
        UUID of the proposal that a person corrected.
    verdict : {"", "accepted", "rejected"}
        A person's word on the proposal; a rejected event is kept and not shown.
    created, changed : str
        ISO 8601 UTC.
    predictor, settings, weights_hash
        What predicted it.
    sheet_row : int or None
        Row of the sheet, from 1, that an imported event came from (kept by its corrections).
    face_track : str
        Id of the face in the clip, empty for the first.
    """

    id: str
    clip_id: str
    span: EventSpan
    coder: str
    intensity: float = 1.0
    verbatim_aus: str = ""
    based_on: str | None = None
    sheet_row: int | None = None
    verdict: str = ""
    note: str = ""
    created: str = ""
    changed: str = ""
    predictor: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    weights_hash: str = ""
    face_track: str = ""

    @property
    def is_proposal(self) -> bool:
        """Whether a model or a sheet said so, and no person yet."""
        return self.coder in (MODEL, IMPORT)


def new_event(
    clip: str, span: EventSpan, coder: str, *, predictor: str = "", **more: Any
) -> EventRecord:
    """An event record with a fresh key, created now."""
    now = utc_now()
    predictor = predictor or span.predictor
    return EventRecord(
        id=new_id(), clip_id=clip, span=replace(span, predictor=predictor), coder=coder,
        created=now, changed=now, predictor=predictor, **more,
    )  # fmt: skip


@dataclass(frozen=True)
class ClipAnalysis:
    """What one run of the loop measured on a clip.

    Parameters
    ----------
    id : str
        UUID of the run.
    times : (T,) float64
        Seconds from the first frame.
    track : FaceTrack
        Points, segments, pose.
    displacement : (T, 70, 2) float32
        Key weights D(n), fraction of IOD.
    signals : AUSignals
        From dense flow, the default.
    landmark_signals : AUSignals or None
        From the landmarks, the paper's way.
    motion : (T,) float32
        Strength of motion for the timeline.
    predictor, settings, weights_hash, created
        Provenance.
    """

    id: str
    times: NDArray[Any] = field(repr=False)
    track: FaceTrack
    displacement: NDArray[Any] = field(repr=False)
    signals: AUSignals
    landmark_signals: AUSignals | None
    motion: NDArray[Any] = field(repr=False)
    predictor: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    weights_hash: str = ""
    created: str = ""


@dataclass(frozen=True)
class HistoryRow:
    """One edit as it was recorded: who, when, what, old and new value (JSON text)."""

    id: int
    at: str
    who: str
    clip: str | None
    what: str
    label: str
    old: str
    new: str
