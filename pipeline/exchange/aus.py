"""Read an ``aus.csv``: our own, or one written by hand or by another program."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import SheetError
from pipeline.core.labels import split_track, track_name
from pipeline.core.tracks import CONTROLS, is_track, is_unit
from pipeline.core.types import AUSignals
from pipeline.exchange.tables import SHAPE

#: Bounds on what is read, against files that are no tables.
MAX_BYTES = 1 << 30
MAX_ROWS = 2_000_000
#: Frames that an index can name, seconds (a day), and activations that are no slip of the pen.
_LARGEST = {"frame": 2.0**31, "pts_s": 86_400.0}
_LARGEST_ACTIVATION = 100.0
_OTHER = "\0"


@dataclass(frozen=True)
class AUTable:
    """AU activations of one clip, and the weights of controls and frozen shapes.

    Parameters
    ----------
    path : Path
    frames : (T,) int64
        Frame indices, increasing.
    times : (T,) float64, s
        Strictly increasing.
    columns : tuple of str
        Track names of all columns of tracks, in the file's order.
    values : (T, K) float64
        NaN where a cell is empty.
    """

    path: Path
    frames: NDArray[np.int64] = field(repr=False)
    times: NDArray[np.float64] = field(repr=False)
    columns: tuple[str, ...]
    values: NDArray[np.float64] = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Tracks that drive a head: an AU's mean is left out where its sides are there."""
        sided = {n.partition("_")[0] for n in self.columns if is_unit(n) and "_" in n}
        return tuple(name for name in self.columns if name not in sided)

    def column(self, name: str) -> NDArray[np.float64]:
        """One track, (T,)."""
        return self.values[:, self.columns.index(name)]

    def signals(self) -> AUSignals:
        """The driving action units as signals."""
        units = tuple(name for name in self.names if is_unit(name))
        at = [self.columns.index(name) for name in units]
        return AUSignals(units, self.values[:, at].astype(np.float32))


def read_aus_csv(path: Path) -> AUTable:
    """Read a table with the columns ``frame``, ``pts_s`` and tracks.

    Tracks are AUs (``AU12``, ``AU12_L``), controls of the rig (``mouth_left_y``, in [-1, 1])
    and frozen shapes (``shape:smirk``). Other columns are passed over; an empty cell means not
    measured.

    Raises
    ------
    SheetError
        Naming row and column, if the file is missing or no such table, a cell is not a
        number, or frames or times do not increase.
    """
    path = Path(path)
    rows = _rows(path)
    header = [cell.strip() for cell in next(rows, (0, []))[1]]
    wanted = _wanted(path, header)
    lines, table = [], []
    for line, row in rows:
        lines.append(line)
        table.append(_numbers(path, line, row, header, wanted))
    if not table:
        raise SheetError("it has a header but no rows", where=path, code="aus.empty")
    values = np.array(table)
    for at, name in enumerate(("frame", "pts_s")):
        _check_increase(path, lines, values[:, at], name)
    columns = tuple(name.removeprefix(SHAPE) for name in wanted if name not in ("frame", "pts_s"))
    frames = np.rint(values[:, 0]).astype(np.int64)
    return AUTable(path, frames, values[:, 1], columns, values[:, 2:])


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each row that is not blank."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SheetError("the file is over 1 GiB, too large for a table", where=path)
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines)
            for row in reader:
                if any(cell.strip() for cell in row):
                    yield reader.line_num, row
                if reader.line_num > MAX_ROWS:
                    raise SheetError(f"the table has over {MAX_ROWS:,} rows", where=path)
    except FileNotFoundError as error:
        raise SheetError("there is no such file", where=path, code="aus.missing") from error
    except OSError as error:
        raise SheetError(f"cannot be read ({error.strerror})", where=path) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise SheetError(
            "this is not a CSV file", where=path, remedy="Name a table of AU columns",
            code="aus.format",
        ) from error  # fmt: skip


def _wanted(path: Path, header: list[str]) -> dict[str, int]:
    """Place of each column that is used, ``frame`` and ``pts_s`` first."""
    found: dict[str, int] = {}
    for at, cell in enumerate(header):
        name = _column(path, at, cell)
        if name in found:
            raise SheetError(f"column '{cell}' is there twice", where=_place(path, 1, at, header))
        found[name] = at
    missing = [name for name in ("frame", "pts_s") if name not in found]
    tracks = [name for name in found if name[0] != _OTHER and name not in ("frame", "pts_s")]
    if missing or not tracks:
        lacks = " and ".join([*missing, *([] if tracks else ["any AU column (AU12, AU12_L)"])])
        remedy = "Its columns are separated by semicolons: use commas" if (
            len(header) == 1 and ";" in header[0]
        ) else "An aus.csv has frame, pts_s and AU columns"  # fmt: skip
        raise SheetError(
            f"the header lacks {lacks}", where=f"{path}, row 1", remedy=remedy, code="aus.header"
        )
    return {name: found[name] for name in ("frame", "pts_s", *tracks)}


def _column(path: Path, at: int, cell: str) -> str:
    """A header cell, ``AU04`` as ``AU4``; `_OTHER` before what is not read."""
    if cell.startswith(SHAPE):
        name = cell.removeprefix(SHAPE)
        if is_track(name) and not is_unit(name) and name not in CONTROLS:
            return cell
        raise SheetError(
            f"{repr(name)[:50]} is no name for a shape", where=f"{path}, row 1, column {at + 1}",
            remedy="A name is a letter, then up to 39 letters, digits and underscores",
            code="aus.header",
        )  # fmt: skip
    if not re.match(r"AU\d", cell, re.I):
        used = cell in ("frame", "pts_s") or cell in CONTROLS
        # Nameless columns are no duplicates of each other.
        return cell if used else _OTHER + (cell or f"{at}")
    try:
        return track_name(*split_track(cell))
    except ValueError as error:
        raise SheetError(
            f"{error}", where=f"{path}, row 1, column {at + 1}",
            remedy="AU columns are named AU12, AU12_L or AU12_R", code="aus.header",
        ) from error  # fmt: skip


def _numbers(
    path: Path, line: int, row: list[str], header: list[str], wanted: dict[str, int]
) -> list[float]:
    if len(row) > len(header):
        raise SheetError(
            f"{len(row)} cells under {len(header)} columns", where=f"{path}, row {line}"
        )
    out = []
    for name, at in wanted.items():
        cell = row[at].strip() if at < len(row) else ""
        if cell == "" and name not in ("frame", "pts_s"):
            out.append(np.nan)
            continue
        try:
            value = float(cell)
        except ValueError:
            value = np.nan
        within = abs(value) <= _LARGEST.get(name, _LARGEST_ACTIVATION)  # not so for NaN
        if not within or (name == "frame" and (value < 0 or value % 1)):
            kind = "a frame index" if name == "frame" else "a number"
            kind += " in reason" if np.isfinite(value) and not within else ""
            raise SheetError(
                f"'{cell[:40]}' is not {kind}", where=_place(path, line, at, header),
                remedy="" if name in ("frame", "pts_s") else "Leave it empty if not measured",
                code="aus.cell",
            )  # fmt: skip
        out.append(value)
    return out


def _check_increase(path: Path, lines: list[int], values: NDArray[np.float64], name: str) -> None:
    wrong = np.flatnonzero(np.diff(values) <= 0)
    if len(wrong):
        at = int(wrong[0]) + 1
        how = "is there twice" if values[at] == values[at - 1] else "comes after a later one"
        raise SheetError(
            f"{values[at]:.9g} {how}", where=f"{path}, row {lines[at]}, column {name}",
            remedy="Rows must be in the order of time", code="aus.order",
        )  # fmt: skip


def _place(path: Path, line: int, at: int, header: list[str]) -> str:
    name = header[at] if at < len(header) and header[at] else str(at + 1)
    return f"{path}, row {line}, column {name}"
