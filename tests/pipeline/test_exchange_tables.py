"""The CSV files of the command line, column by column, and aus.csv read back."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.core.errors import ExportError, SheetError
from pipeline.core.labels import AULabel
from pipeline.core.types import AUSignals, EventSpan
from pipeline.exchange import (
    EventRow,
    read_aus_csv,
    write_analysis_folder,
    write_aus_csv,
    write_events_csv,
)

TIMES = np.arange(4) / 200.0


@dataclass
class Track:
    """As much of a face track as the tables need."""

    points: np.ndarray
    segment: np.ndarray
    pose: np.ndarray


@dataclass
class Source:
    """As much of a frame source as an event row needs."""

    file_numbers: np.ndarray | None = None

    def seconds(self, index: int) -> float:
        return index / 200.0


@dataclass
class Folder:
    """Files of one analysed clip, and what they were made from."""

    path: Path
    track: Track
    displacement: np.ndarray
    signals: AUSignals = field(repr=False)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    rng = np.random.default_rng(0)
    track = Track(
        rng.uniform(0, 640, (4, 68, 2)).astype(np.float32),
        np.array([0, 0, -1, 1], np.int16),
        rng.normal(0, 5, (4, 3)).astype(np.float32),
    )
    track.points[2] = np.nan
    track.pose[2] = np.nan
    displacement = rng.normal(0, 0.01, (4, 70, 2)).astype(np.float32)
    displacement[2] = np.nan
    values = rng.random((4, 3)).astype(np.float32)
    values[2] = np.nan
    signals = AUSignals(("AU12_L", "AU12_R", "AU17"), values)
    events = [EventRow.of("a", EventSpan(0, 1, 3), Source())]
    path = tmp_path / "new" / "clip"
    write_analysis_folder(
        path, times=TIMES, track=track, displacement=displacement, signals=signals, events=events
    )
    return Folder(path, track, displacement, signals)


def test_landmarks_have_a_row_for_every_frame_and_empty_cells_without_a_face(
    folder: Folder,
) -> None:
    table = pd.read_csv(folder.path / "landmarks.csv")
    assert list(table)[:6] == ["frame", "pts_s", "x0", "y0", "x1", "y1"]
    assert list(table)[-2:] == ["x67", "y67"]
    assert len(table.columns) == 2 + 136
    assert table["frame"].tolist() == [0, 1, 2, 3]
    assert np.allclose(table["pts_s"], TIMES)
    points = table.iloc[:, 2:].to_numpy().reshape(4, 68, 2)
    assert np.allclose(points, folder.track.points, rtol=1e-6, equal_nan=True)
    lines = (folder.path / "landmarks.csv").read_text().splitlines()
    assert lines[3] == "2,0.01" + "," * 136


def test_displacement_adds_segment_and_head_pose(folder: Folder) -> None:
    table = pd.read_csv(folder.path / "displacement.csv")
    assert list(table)[:4] == ["frame", "pts_s", "dx0", "dy0"]
    assert list(table)[-4:] == ["segment", "yaw_deg", "pitch_deg", "roll_deg"]
    moved = table.iloc[:, 2:-4].to_numpy().reshape(4, 68, 2)
    assert np.allclose(moved, folder.displacement[:, :68], rtol=1e-6, equal_nan=True)
    assert table["segment"].tolist()[:2] == [0, 0]
    assert np.isnan(table["segment"][2])


def test_aus_hold_the_sides_mean_and_the_sides_and_come_back(folder: Folder) -> None:
    with (folder.path / "aus.csv").open() as lines:
        assert next(csv.reader(lines)) == ["frame", "pts_s", "AU12", "AU17", "AU12_L", "AU12_R"]
    table = read_aus_csv(folder.path / "aus.csv")
    assert table.names == ("AU17", "AU12_L", "AU12_R")
    for name in table.names:
        assert np.allclose(
            table.column(name), folder.signals.column(name), rtol=1e-6, equal_nan=True
        )
    mean = folder.signals.values[:, :2].mean(axis=1)
    assert np.allclose(table.column("AU12"), mean, rtol=1e-6, equal_nan=True)
    assert table.signals().values.shape == (4, 3)


def test_numbers_keep_seven_digits_whatever_their_size(tmp_path: Path) -> None:
    values = np.array([[1.234567e-7], [0.1234567], [1.0], [0.0]], np.float32)
    write_aus_csv(tmp_path / "aus.csv", 600.0 + TIMES, AUSignals(("AU4",), values))
    table = read_aus_csv(tmp_path / "aus.csv")
    assert np.allclose(table.values, values, rtol=1e-6)
    assert np.allclose(table.times, 600.0 + TIMES, atol=1e-6)


def test_events_have_the_contracts_columns_in_frames_seconds_and_file_numbers(
    tmp_path: Path,
) -> None:
    span = EventSpan(
        1, None, 3, "disgust", (AULabel(12, "L", "C"), AULabel(4, "", "B", True)), 0.8, "classical"
    )
    image = EventRow.of("sub01/EP02_01f", span, Source(np.array([46, 47, 49, 50])))
    video = EventRow.of("walk, in", EventSpan(0, 1, 2), Source())
    write_events_csv(tmp_path / "events.csv", [image, video])
    assert (tmp_path / "events.csv").read_text().splitlines() == [
        "clip,onset,apex,offset,onset_s,apex_s,offset_s,onset_file,apex_file,offset_file,"
        "emotion,aus,confidence,predictor",
        "sub01/EP02_01f,1,,3,0.005,,0.015,47,,50,disgust,L12c+4b?,0.8,classical",
        '"walk, in",0,1,2,0,0.005,0.01,,,,,,,',
    ]


def test_a_target_that_cannot_be_written_is_an_export_error_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="cannot be written"):
        write_events_csv(tmp_path / "file" / "events.csv", [])
    (tmp_path / "events.csv").mkdir()
    with pytest.raises(ExportError, match="it is a folder"):
        write_events_csv(tmp_path / "events.csv", [])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["events.csv", "file"]


def test_an_aus_csv_needs_only_frame_time_and_aus(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\ufeffframe, pts_s, AU04,note,,\n0,0.0,0.5,hello,,\n\n1,0.1,,,,\n")
    table = read_aus_csv(path)
    assert table.names == ("AU4",)
    assert table.column("AU4")[0] == 0.5
    assert np.isnan(table.column("AU4")[1])


def test_controls_and_shapes_are_read_beside_aus_or_alone(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("frame,pts_s,nose_y,AU4,shape:smirk,smirk,x0\n0,0,-0.5,0.1,0.2,words,3\n")
    table = read_aus_csv(path)
    assert table.names == ("nose_y", "AU4", "smirk")
    assert table.values.tolist() == [[-0.5, 0.1, 0.2]]
    assert table.signals().names == ("AU4",)
    path.write_text("frame,pts_s,mouth_open\n0,0,-1\n")
    assert read_aus_csv(path).names == ("mouth_open",)
    path.write_text("frame,pts_s,shape:grin,shape:grin_L\n0,0,0.5,0.25\n")
    assert read_aus_csv(path).names == ("grin", "grin_L")  # two shapes, no mean and side


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("frame,pts_s,shape:\n0,0,0\n", "row 1, column 3: '' is no name for a shape"),
        ("frame,pts_s,shape:a b\n0,0,0\n", "'a b' is no name for a shape"),
        ("frame,pts_s,shape:AU4\n0,0,0\n", "'AU4' is no name for a shape"),
        ("frame,pts_s,shape:nose_y\n0,0,0\n", "'nose_y' is no name for a shape"),
        ("frame,pts_s,nose_y,nose_y\n0,0,0,0\n", "column 'nose_y' is there twice"),
        ("frame,pts_s,shape:a\n0,0,x\n", "row 2, column shape:a: 'x' is not a number"),
        ("", "row 1: the header lacks frame and pts_s and any AU column"),
        ("frame,pts_s\n0,0\n", "lacks any AU column"),
        ("frame;pts_s;AU4\n0;0;0\n", "use commas"),
        ("frame,AU4\n0,0\n", "lacks pts_s"),
        ("frame,pts_s,AU4\n", "no rows"),
        ("clip,onset,aus\n", "lacks frame and pts_s and any AU column"),
        ("frame,pts_s,AU4,AU04\n0,0,0,0\n", "row 1, column AU04: column 'AU04' is there twice"),
        ("frame,pts_s,AU12_X\n0,0,0\n", "row 1, column 3: 'AU12_X' is not an AU track"),
        ("frame,pts_s,AU4\n0,0,x\n", "row 2, column AU4: 'x' is not a number"),
        ("frame,pts_s,AU4\n0,0,nan\n", "row 2, column AU4: 'nan' is not a number"),
        ("frame,pts_s,AU4\n0,0,1\n1,,1\n", "row 3, column pts_s: '' is not a number"),
        ("frame,pts_s,AU4\n0.5,0,1\n", "row 2, column frame: '0.5' is not a frame index"),
        ("frame,pts_s,AU4\n0,0,1,7\n", "row 2: 4 cells under 3 columns"),
        ("frame,pts_s,AU4\n0,0,1\n\n1,0,1\n", "row 4, column pts_s: 0 is there twice"),
        ("frame,pts_s,AU4\n1,0,1\n0,1,1\n", "row 3, column frame: 0 comes after a later one"),
        ("frame,pts_s,AU4\n0,\"0\n" + "x" * 200_000, "not a CSV file"),
    ],
)  # fmt: skip
def test_a_malformed_table_is_refused_by_row_and_column(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(SheetError) as error:
        read_aus_csv(path)
    assert message in str(error.value)
    assert str(path) in str(error.value)


def test_what_is_no_text_or_no_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xff\xfe\x00\x01" * 50)
    with pytest.raises(SheetError, match="not a CSV file"):
        read_aus_csv(path)
    with pytest.raises(SheetError, match="no such file"):
        read_aus_csv(tmp_path / "absent.csv")
    with pytest.raises(SheetError, match="cannot be read"):
        read_aus_csv(tmp_path)
