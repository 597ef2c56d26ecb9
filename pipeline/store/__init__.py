"""The project file: one SQLite database, every edit a transaction."""

from pipeline.store.coders import Shown
from pipeline.store.edits import (
    AddEvent,
    ChangeEvent,
    Edit,
    EditGroup,
    RemoveEvent,
    SaveAnalysis,
    SetClip,
    SetCurve,
    SetCurves,
    SetModulation,
    SetProfile,
    SetSettings,
)
from pipeline.store.media import clip_for, clip_name, find_moved, moved_along, record_of, relocate
from pipeline.store.project import ProjectStore
from pipeline.store.records import (
    CLIP_STATES,
    IMPORT,
    MODEL,
    ClipAnalysis,
    ClipRecord,
    EventRecord,
    HistoryRow,
    new_event,
    new_id,
    utc_now,
)
from pipeline.store.recovery import Recovered, recover
from pipeline.store.track_edits import drop_track, rename_track

__all__ = [
    "CLIP_STATES",
    "IMPORT",
    "MODEL",
    "AddEvent",
    "ChangeEvent",
    "ClipAnalysis",
    "ClipRecord",
    "Edit",
    "EditGroup",
    "EventRecord",
    "HistoryRow",
    "ProjectStore",
    "Recovered",
    "RemoveEvent",
    "SaveAnalysis",
    "SetClip",
    "SetCurve",
    "SetCurves",
    "SetModulation",
    "SetProfile",
    "SetSettings",
    "Shown",
    "clip_for",
    "clip_name",
    "drop_track",
    "find_moved",
    "moved_along",
    "new_event",
    "new_id",
    "record_of",
    "recover",
    "relocate",
    "rename_track",
    "utc_now",
]
