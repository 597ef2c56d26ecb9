"""The CSV files of the command line: landmarks, displacement, action units, events.

Numbers are written in the C locale with seven digits or more; an empty cell means that
nothing was measured.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.labels import format_aus
from pipeline.core.tracks import CONTROLS, is_unit, track_order
from pipeline.core.types import AUSignals, EventSpan
from pipeline.events import file_number
from pipeline.exchange.writing import whole_text

#: Landmark columns of the CSV files.
POINTS = 68
#: Before the name of a frozen shape's column: tables have columns of many other things.
SHAPE = "shape:"

if TYPE_CHECKING:
    from pipeline.face import FaceTrack
    from pipeline.media import FrameSource

EVENT_COLUMNS = (
    "clip", "onset", "apex", "offset", "onset_s", "apex_s", "offset_s",
    "onset_file", "apex_file", "offset_file", "emotion", "aus", "confidence", "predictor",
)  # fmt: skip


@dataclass(frozen=True)
class EventRow:
    """One event with its clip, in frames, seconds and file numbers."""

    clip_id: str
    span: EventSpan
    seconds: tuple[float, float | None, float]
    numbers: tuple[int | None, int | None, int | None]

    @classmethod
    def of(cls, clip_id: str, span: EventSpan, source: FrameSource) -> EventRow:
        """The row of an event of a clip whose frames `source` gives."""
        apex = None if span.apex is None else source.seconds(span.apex)
        return cls(
            clip_id,
            span,
            (source.seconds(span.onset), apex, source.seconds(span.offset)),
            _numbers(span, source.file_numbers),
        )

    def cells(self) -> list[str]:
        """Its cells in the order of `EVENT_COLUMNS`."""
        span = self.span
        frames = (span.onset, span.apex, span.offset)
        return [
            self.clip_id,
            *(_whole(frame) for frame in frames),
            *(number(second, 9) for second in self.seconds),
            *(_whole(n) for n in self.numbers),
            span.emotion,
            format_aus(span.aus),
            number(span.confidence),
            span.predictor,
        ]


def _numbers(
    span: EventSpan, numbers: NDArray[np.int64] | None
) -> tuple[int | None, int | None, int | None]:
    onset, apex, offset = (file_number(f, numbers) for f in (span.onset, span.apex, span.offset))
    return onset, apex, offset


def number(value: float | None, digits: int = 7) -> str:
    """A cell; empty where nothing was measured (None or NaN)."""
    return "" if value is None or value != value else f"{value:.{digits}g}"


def _whole(value: int | None) -> str:
    return "" if value is None else str(int(value))


def write_events_csv(path: Path, rows: Iterable[EventRow]) -> None:
    """Write ``events.csv``.

    Raises
    ------
    ExportError
        As all writers here, if the file cannot be written.
    """
    with whole_text(path) as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(EVENT_COLUMNS)
        writer.writerows(row.cells() for row in rows)


def write_landmarks_csv(path: Path, times: NDArray[np.float64], track: FaceTrack) -> None:
    """Write ``landmarks.csv``: the 68 points in px, a row for every frame."""
    names = [f"{axis}{point}" for point in range(track.points.shape[1]) for axis in "xy"]
    _write_frames(path, times, names, track.points.reshape(len(track.points), -1))


def write_displacement_csv(
    path: Path,
    times: NDArray[np.float64],
    track: FaceTrack,
    displacement: NDArray[np.floating],
) -> None:
    """Write ``displacement.csv``: D(n) in IOD, then segment and head pose.

    The columns are those of ``landmarks.csv``: the two cheek points are left out, being
    midpoints of others. (T, 70, 2) float, fraction of IOD.
    """
    displacement = displacement[:, :POINTS]
    names = [f"{axis}{point}" for point in range(POINTS) for axis in ("dx", "dy")]
    names += ["segment", "yaw_deg", "pitch_deg", "roll_deg"]
    segment = np.where(track.segment < 0, np.nan, track.segment.astype(np.float64))
    flat = displacement.reshape(len(displacement), -1)
    _write_frames(path, times, names, np.column_stack([flat, segment, track.pose]))


def column_of(track: str) -> str:
    """Header of a track's column: its name, ``shape:`` before that of a frozen shape."""
    return track if is_unit(track) or track in CONTROLS else SHAPE + track


def write_aus_csv(
    path: Path,
    times: NDArray[np.float64],
    signals: AUSignals,
    others: Mapping[str, NDArray[np.floating]] | None = None,
) -> None:
    """Write ``aus.csv``: each AU as its sides' mean, then the sides where they are tracked.

    ``others`` are tracks that are no action units, (T,) each: controls (in [-1, 1]) by part,
    then frozen shapes.
    """
    means = signals.mean_sides()
    sided = [name for name in signals.names if "_" in name]
    columns = [*means.values(), *(signals.column(name) for name in sided)]
    rest = sorted(others or (), key=track_order)
    columns += [others[name] for name in rest] if others else []
    values = np.column_stack(columns) if columns else np.empty((len(times), 0))
    _write_frames(path, times, [*means, *sided, *(column_of(name) for name in rest)], values)


def _write_frames(
    path: Path, times: NDArray[np.float64], names: Sequence[str], values: NDArray[Any]
) -> None:
    """A row for every frame: its index, its time, then `values`, (T, K), NaN left empty."""
    if len(times) != len(values):
        raise ValueError(f"{len(times)} times for {len(values)} frames")
    with whole_text(path) as out:
        out.write(",".join(["frame", "pts_s", *names]) + "\n")
        for frame, (second, row) in enumerate(zip(times, values, strict=True)):
            cells = ",".join([f"{x:.7g}" if x == x else "" for x in row.tolist()])
            out.write(f"{frame},{second:.9g},{cells}\n")


def clip_folder(clip_id: str) -> str:
    """Name of a clip's folder: its id with what no folder's name may hold as ``_``."""
    name = re.sub(r'[/\\:*?"<>|\x00-\x1f]', "_", clip_id)
    return name if name.strip(". ") else f"_{name.strip()}"


def write_analysis_folder(
    folder: Path,
    *,
    times: NDArray[np.float64],
    track: FaceTrack,
    displacement: NDArray[np.floating],
    signals: AUSignals,
    events: Sequence[EventRow],
) -> None:
    """Write the four files of ``analyze --out`` for one clip into `folder`."""
    write_landmarks_csv(folder / "landmarks.csv", times, track)
    write_displacement_csv(folder / "displacement.csv", times, track, displacement)
    write_aus_csv(folder / "aus.csv", times, signals)
    write_events_csv(folder / "events.csv", events)
