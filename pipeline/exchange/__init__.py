"""Files out to engines, labs and sheets, and files in."""

from pipeline.exchange.aus import AUTable, read_aus_csv
from pipeline.exchange.formats import FORMATS, Exporter, export_csv, export_json, keyed_tracks
from pipeline.exchange.keyed import KeyedTrack, LayerTracks, keyed_track
from pipeline.exchange.tables import (
    EVENT_COLUMNS,
    EventRow,
    write_analysis_folder,
    write_aus_csv,
    write_displacement_csv,
    write_events_csv,
    write_landmarks_csv,
)
from pipeline.exchange.writing import whole_file, whole_text

__all__ = [
    "EVENT_COLUMNS",
    "FORMATS",
    "AUTable",
    "EventRow",
    "Exporter",
    "KeyedTrack",
    "LayerTracks",
    "export_csv",
    "export_json",
    "keyed_track",
    "keyed_tracks",
    "read_aus_csv",
    "whole_file",
    "whole_text",
    "write_analysis_folder",
    "write_aus_csv",
    "write_displacement_csv",
    "write_events_csv",
    "write_landmarks_csv",
]
