"""Put corrections back into a coding sheet, everything else as it was."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.errors import SheetError
from pipeline.core.labels import AULabel, format_aus
from pipeline.exchange.grid import CellValue, csv_form, csv_records
from pipeline.exchange.sheets import TITLES, Field, Sheet, SheetRow
from pipeline.exchange.workbook_patch import letters, patch_workbook
from pipeline.exchange.writing import whole_file

#: How CASME II writes an apex that is not coded.
_NO_APEX = "/"


@dataclass(frozen=True)
class SheetCorrection:
    """One cell that a person corrected.

    Parameters
    ----------
    row : int
        Row in the sheet, from 1.
    column : field
        Which column.
    value : int, str or None
        Frame number, text of the AUs, word for the emotion; None for an apex not coded.
    """

    row: int
    column: Field
    value: int | str | None


def corrections_for(
    row: SheetRow,
    *,
    onset: int,
    apex: int | None,
    offset: int,
    aus: Sequence[AULabel],
    emotion: str,
) -> list[SheetCorrection]:
    """What differs between a row and a person's label; a cell that says the same stays.

    Frames are numbers as in the image files; `emotion` is the id of an emotion.
    """
    frames: Mapping[Field, int | None] = {"onset": onset, "apex": apex, "offset": offset}
    found = [
        SheetCorrection(row.row, column, value)
        for column, value in frames.items()
        if value != getattr(row, column)
    ]
    if tuple(aus) != row.aus:
        found.append(SheetCorrection(row.row, "aus", format_aus(aus)))
    if emotion != row.emotion:
        word = emotion.title() if row.emotion_text.istitle() else emotion
        found.append(SheetCorrection(row.row, "emotion", word))
    return found


def write_sheet(sheet: Sheet, corrections: Iterable[SheetCorrection], target: Path) -> None:
    """Write the sheet to `target` with the corrections in it.

    The original is read anew and only the corrected cells are changed; each keeps its type
    (number or text) and format. `target` may be the sheet itself; it appears whole or not at
    all.

    Raises
    ------
    SheetError
        If the original cannot be read, or a correction names a row that is not in it or a
        cell with a formula.
    ExportError
        If the target cannot be written.
    """
    values: dict[tuple[int, int], CellValue] = {}
    for correction in corrections:
        row = sheet.row(correction.row)
        if row is None:
            raise SheetError("there is no such row", where=f"{sheet.where}, row {correction.row}")
        if correction.column not in sheet.columns:
            raise SheetError(f"there is no column {TITLES[correction.column]}", where=sheet.where)
        column = sheet.columns[correction.column]
        _check_not_formula(sheet, row, correction.column, column)
        values[correction.row, column] = _typed(row, correction)
    if not sheet.path.exists():
        raise SheetError("there is no such file", where=sheet.path, code="sheet.missing")
    if target.suffix.lower() != sheet.path.suffix.lower():
        raise SheetError(
            f"a sheet read from {sheet.path.suffix} goes back into {sheet.path.suffix}",
            where=target, remedy=f"Name a {sheet.path.suffix} file",
        )  # fmt: skip
    with whole_file(Path(target)) as temporary:
        if sheet.path.suffix.lower() == ".csv":
            _patch_csv(sheet.path, temporary, values)
        else:
            patch_workbook(sheet.path, temporary, sheet.name, values)


def _check_not_formula(sheet: Sheet, row: SheetRow, name: Field, column: int) -> None:
    old = row.cells.get(name)
    if isinstance(old, str) and old.startswith("="):
        raise SheetError(
            f"cell {letters(column)}{row.row} holds a formula", where=sheet.where,
            remedy="Put a plain value there first", code="sheet.formula",
        )  # fmt: skip


def _typed(row: SheetRow, correction: SheetCorrection) -> CellValue:
    """The value as the cell would have held it: text stays text, a number a number."""
    old, new = row.cells.get(correction.column), correction.value
    if new is None:
        return _NO_APEX
    text = str(new)
    if not re.fullmatch(r"\d{1,9}", text):
        return text
    if isinstance(old, str) and re.fullmatch(r"\s*\d+\s*", old):
        return text
    if correction.column == "aus" and isinstance(old, str) and old.strip():
        return text
    return int(text)


def _patch_csv(source: Path, target: Path, values: Mapping[tuple[int, int], CellValue]) -> None:
    """Write the rows that change anew, and the others letter by letter."""
    form = csv_form(source)
    wanted: dict[int, dict[int, CellValue]] = {}
    for (row, column), value in values.items():
        wanted.setdefault(row, {})[column] = value
    text = source.read_bytes().decode(form.encoding)
    lines = list(io.StringIO(text, newline=""))  # as the reader counts them
    out, done = [], 0
    for row, (line, record) in enumerate(
        csv_records(io.StringIO(text, newline=""), form, source), 1
    ):
        original = "".join(lines[done:line])
        done = line
        out.append(_csv_row(record, wanted[row], original, form.delimiter) if row in wanted
                   else original)  # fmt: skip
    target.write_bytes("".join(out).encode(form.encoding))


def _csv_row(
    record: Sequence[str], changes: Mapping[int, CellValue], original: str, delimiter: str
) -> str:
    cells = list(record) + [""] * (max(changes) - len(record))
    for column, value in changes.items():
        cells[column - 1] = "" if value is None else str(value)
    end = original[len(original.rstrip("\r\n")) :]
    line = io.StringIO()
    if original.startswith('"'):
        csv.writer(line, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerow(
            cells
        )
    else:
        csv.writer(line, delimiter=delimiter, lineterminator=end).writerow(cells)
    return line.getvalue()
