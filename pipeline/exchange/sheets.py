"""CASME II's coding sheets, read as they are found in the wild.

Columns are found by name, whatever stands between them. What cannot be read is said by
sheet, row and column; the rest of the row, and the rest of the sheet, is used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from pipeline.core.errors import SheetError
from pipeline.core.labels import AULabel, parse_aus
from pipeline.core.types import EventSpan
from pipeline.curves import emotion_id
from pipeline.events import FileNumbers, span_from_numbers
from pipeline.exchange.grid import CellValue, Grid, read_grids
from pipeline.exchange.workbook_patch import letters

Field = Literal["subject", "filename", "onset", "apex", "offset", "aus", "emotion", "objective"]

#: Header names of each column, in lower-case letters only.
_NAMES: dict[Field, tuple[str, ...]] = {
    "subject": ("subject", "sub", "subjectid"),
    "filename": ("filename", "file", "clip", "name"),
    "onset": ("onsetframe", "onset", "onsetf"),
    "apex": ("apexframe", "apex", "apexf"),
    "offset": ("offsetframe", "offset", "offsetf"),
    "aus": ("actionunits", "actionunit", "aus", "au"),
    "emotion": ("estimatedemotion", "emotion", "emotions"),
    "objective": ("objectiveclasses", "objectiveclass"),
}
#: As the sheets themselves write them.
TITLES: dict[Field, str] = {
    "subject": "Subject", "filename": "Filename", "onset": "OnsetFrame", "apex": "ApexFrame",
    "offset": "OffsetFrame", "aus": "Action Units", "emotion": "Estimated Emotion",
    "objective": "Objective Classes",
}  # fmt: skip
_REQUIRED: tuple[Field, ...] = (
    "subject", "filename", "onset", "apex", "offset", "aus", "emotion",
)  # fmt: skip
_HEADER_WITHIN = 40
_NOT_CODED = {"", "/", "-", "\\", "none", "nan", "n/a"}


@dataclass(frozen=True)
class SheetProblem:
    """Something in a sheet that could not be used, and where it stands."""

    where: str
    row: int
    column: str
    what: str

    def __str__(self) -> str:
        place = f", column {self.column}" if self.column else ""
        return f"{self.where}, row {self.row}{place}: {self.what}"


@dataclass(frozen=True)
class SheetRow:
    """One coded event.

    Parameters
    ----------
    row : int
        Row in the sheet, from 1.
    subject, filename : str
        ``sub01``, ``EP02_01f``.
    onset, apex, offset : int or None
        Numbers as in the image files; None where not coded or not readable.
    aus_text : str
        The cell as it stands.
    aus : tuple of AULabel
        What the cell says; empty where it cannot be read.
    emotion_text : str
        The cell as it stands.
    emotion : str
        Id of the emotion; empty for a word that names none.
    objective : str
        Objective class as it stands; empty without that column.
    cells : mapping
        The raw value of each known column.
    """

    row: int
    subject: str
    filename: str
    onset: int | None
    apex: int | None
    offset: int | None
    aus_text: str
    aus: tuple[AULabel, ...]
    emotion_text: str
    emotion: str
    objective: str = ""
    cells: Mapping[Field, CellValue] = field(default_factory=dict, repr=False)

    @property
    def clip_id(self) -> str:
        """``sub01/EP02_01f``."""
        return f"{self.subject}/{self.filename}"

    def span(self, numbers: FileNumbers, n_frames: int) -> EventSpan:
        """The event in frames of its clip (see `pipeline.events.span_from_numbers`).

        Raises
        ------
        ValueError
            If onset or offset is not coded, or the clip does not hold the event.
        """
        if self.onset is None or self.offset is None:
            raise ValueError("onset and offset are not both coded")
        span = span_from_numbers(self.onset, self.apex, self.offset, numbers, n_frames)
        return replace(span, emotion=self.emotion, aus=self.aus)


@dataclass(frozen=True)
class Sheet:
    """A coding sheet.

    Parameters
    ----------
    path : Path
    name : str
        Title of the worksheet; empty for a CSV file.
    header_row : int
        Row of the column names, from 1.
    columns : mapping of field to int
        Column of each field, from 1.
    rows : tuple of SheetRow
    problems : tuple of SheetProblem
    """

    path: Path
    name: str
    header_row: int
    columns: Mapping[Field, int]
    rows: tuple[SheetRow, ...] = field(repr=False)
    problems: tuple[SheetProblem, ...] = ()

    @property
    def where(self) -> str:
        """The file and the sheet, for messages."""
        return f"{self.path}, sheet '{self.name}'" if self.name else str(self.path)

    def row(self, number: int) -> SheetRow | None:
        """The coded event in that row."""
        return next((row for row in self.rows if row.row == number), None)


def read_sheet(path: Path) -> Sheet:
    """Read a coding sheet (2014 or 2019 columns, .xlsx or .csv).

    Raises
    ------
    SheetError
        If the file cannot be read, no sheet in it has the columns (the missing ones are
        named), or there is no row below them.
    """
    path = Path(path)
    grids = read_grids(path)
    headers = [_find_header(grid) for grid in grids]
    best = max(range(len(grids)), key=lambda i: len(headers[i][1]), default=None)
    if best is None or len(headers[best][1]) < 3:
        raise SheetError(
            "no row holds the column names", where=path, code="sheet.header",
            remedy=f"The columns are {', '.join(TITLES[f] for f in _REQUIRED)}",
        )  # fmt: skip
    grid, (header_row, columns) = grids[best], headers[best]
    missing = [TITLES[name] for name in _REQUIRED if name not in columns]
    if missing:
        plural = "s" if len(missing) > 1 else ""
        raise SheetError(
            f"column{plural} {', '.join(missing)} missing", where=f"{grid.where}, row {header_row}",
            remedy="Name the columns as CASME II does", code="sheet.columns",
        )  # fmt: skip
    return _Reader(grid, header_row, columns).sheet()


def _find_header(grid: Grid) -> tuple[int, dict[Field, int]]:
    """Row (from 1) and columns (from 1) of the row that names the most of them."""
    best: tuple[int, dict[Field, int]] = (0, {})
    for number, row in enumerate(grid.rows[:_HEADER_WITHIN], start=1):
        found: dict[Field, int] = {}
        for at, cell in enumerate(row, start=1):
            word = re.sub(r"[^a-z]", "", cell.lower()) if isinstance(cell, str) else ""
            for name, words in _NAMES.items():
                if word in words and name not in found:
                    found[name] = at
        if len(found) > len(best[1]):
            best = (number, found)
    return best


class _Reader:
    """Rows of one grid, and what is wrong with them."""

    def __init__(self, grid: Grid, header_row: int, columns: Mapping[Field, int]) -> None:
        self.grid, self.header_row, self.columns = grid, header_row, columns
        self.problems: list[SheetProblem] = []

    def sheet(self) -> Sheet:
        rows = []
        for number, cells in enumerate(self.grid.rows, start=1):
            if number > self.header_row and any(_text(cell) for cell in cells):
                row = self._row(number, cells)
                if row is not None:
                    rows.append(row)
        if not rows and not self.problems:
            raise SheetError(
                "there is no row below the column names",
                where=f"{self.grid.where}, row {self.header_row}", code="sheet.empty",
            )  # fmt: skip
        if self.grid.cut:
            self._problem(len(self.grid.rows), None, self.grid.cut)
        return Sheet(
            self.grid.path, self.grid.name, self.header_row, dict(self.columns), tuple(rows),
            tuple(self.problems),
        )  # fmt: skip

    def _problem(self, row: int, name: Field | None, what: str) -> None:
        column = ""
        if name is not None:
            header = self.grid.rows[self.header_row - 1][self.columns[name] - 1]
            column = f"{letters(self.columns[name])} ({_text(header)})"
        self.problems.append(SheetProblem(self.grid.where, row, column, what))

    def _row(self, number: int, cells: Sequence[CellValue]) -> SheetRow | None:
        values: dict[Field, CellValue] = {
            name: cells[at - 1] if at <= len(cells) else None for name, at in self.columns.items()
        }
        subject, filename = self._subject(number, values), _text(values["filename"])
        if not filename:
            self._problem(number, "filename", "there is no file name")
        elif not _safe_name(filename):
            self._problem(number, "filename", f"'{filename[:40]}' is not a clip's name")
            filename = ""
        if not subject or not filename:
            return None
        onset, apex, offset = (self._frame(number, name, values[name]) for name in
                               ("onset", "apex", "offset"))  # fmt: skip
        self._check_order(number, onset, apex, offset)
        emotion_text = _text(values["emotion"])
        emotion = emotion_id(emotion_text)
        if not emotion:
            what = (
                f"'{emotion_text[:40]}' is not an emotion"
                if emotion_text
                else "there is no emotion"
            )
            self._problem(number, "emotion", what)
        return SheetRow(
            number, subject, filename, onset, apex, offset,
            _text(values["aus"]), self._aus(number, values["aus"]), emotion_text, emotion,
            _text(values.get("objective")), values,
        )  # fmt: skip

    def _subject(self, number: int, values: Mapping[Field, CellValue]) -> str:
        text = _text(values["subject"])
        match = re.fullmatch(r"(?:sub(?:ject)?)?[ _-]?(\d{1,4})", text, re.I)
        if match is None:
            what = f"'{text[:40]}' is not a subject's number" if text else "there is no subject"
            self._problem(number, "subject", what)
            return ""
        return f"sub{int(match[1]):02d}"

    def _frame(self, number: int, name: Field, value: CellValue) -> int | None:
        text = _text(value)
        if name == "apex" and text.lower() in _NOT_CODED | {"-1"}:
            return None
        if text.startswith("="):
            self._problem(number, name, f"'{text[:40]}' is a formula, not a frame number")
            return None
        if isinstance(value, bool) or not re.fullmatch(r"\d{1,9}(\.0+)?", text):
            what = f"'{text[:40]}' is not a frame number" if text else "there is no frame number"
            self._problem(number, name, what)
            return None
        return int(text.partition(".")[0])

    def _check_order(
        self, number: int, onset: int | None, apex: int | None, offset: int | None
    ) -> None:
        if onset is not None and offset is not None and onset > offset:
            self._problem(number, "offset", f"offset {offset} is before onset {onset}")
        elif apex is not None and (
            (onset is not None and apex < onset) or (offset is not None and apex > offset)
        ):
            self._problem(number, "apex", f"apex {apex} is outside onset {onset}, offset {offset}")

    def _aus(self, number: int, value: CellValue) -> tuple[AULabel, ...]:
        try:
            return parse_aus(_text(value))
        except ValueError as error:
            self._problem(number, "aus", str(error))
            return ()


def _text(value: CellValue) -> str:
    """A cell as a person reads it: ``4`` for 4 and 4.0."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _safe_name(name: str) -> bool:
    """Whether a file name stays within its folder."""
    return name not in (".", "..") and not re.search(r'[/\\:*?"<>|\x00-\x1f]', name)
