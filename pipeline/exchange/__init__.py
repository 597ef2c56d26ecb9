"""Files out to engines, labs and sheets, and files in."""

from pipeline.exchange.aus import AUTable, read_aus_csv
from pipeline.exchange.datasets import Dataset, DatasetClip, find_dataset
from pipeline.exchange.formats import (
    FORMATS,
    Exporter,
    export_csv,
    export_json,
    keyed_tracks,
    row_times,
)
from pipeline.exchange.keyed import KeyedTrack, LayerTracks, keyed_track
from pipeline.exchange.sheet_writing import SheetCorrection, corrections_for, write_sheet
from pipeline.exchange.sheets import Sheet, SheetProblem, SheetRow, read_sheet
from pipeline.exchange.tables import (
    EVENT_COLUMNS,
    EventRow,
    clip_folder,
    write_analysis_folder,
    write_aus_csv,
    write_displacement_csv,
    write_events_csv,
    write_landmarks_csv,
)
from pipeline.exchange.writing import check_folder, whole_file, whole_text

__all__ = [
    "EVENT_COLUMNS",
    "FORMATS",
    "AUTable",
    "Dataset",
    "DatasetClip",
    "EventRow",
    "Exporter",
    "KeyedTrack",
    "LayerTracks",
    "Sheet",
    "SheetCorrection",
    "SheetProblem",
    "SheetRow",
    "check_folder",
    "clip_folder",
    "corrections_for",
    "export_csv",
    "export_json",
    "find_dataset",
    "keyed_track",
    "keyed_tracks",
    "read_aus_csv",
    "read_sheet",
    "row_times",
    "whole_file",
    "whole_text",
    "write_analysis_folder",
    "write_aus_csv",
    "write_displacement_csv",
    "write_events_csv",
    "write_landmarks_csv",
    "write_sheet",
]
