"""A label sheet's raw cells, out of a workbook or a CSV file, with bounds on both."""

from __future__ import annotations

import csv
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeAlias

from pipeline.core.errors import SheetError

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

#: What a cell may hold here; a formula is its text (``=A1+1``), a date its ISO text.
CellValue: TypeAlias = str | int | float | bool | None

SUFFIXES = (".xlsx", ".xlsm", ".csv")
MAX_ROWS = 20_000
MAX_COLUMNS = 200
#: Bounds on an archive: real sheets unpack to well under a megabyte.
_MAX_UNPACKED = 128 << 20
_MAX_XML = 32 << 20
_MAX_MEMBERS = 5_000


#: What openpyxl raises over what it cannot parse: it has no error of its own for that.
_DAMAGED = (
    ValueError, KeyError, TypeError, AttributeError, IndexError, RuntimeError, SyntaxError,
    EOFError, zlib.error, zipfile.BadZipFile,
)  # fmt: skip


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet.

    Parameters
    ----------
    path : Path
    name : str
        Title of the worksheet; empty for a CSV file.
    rows : tuple of tuple
        Cells by row; row 1 of the file comes first.
    cut : str
        What was left out because of its size; empty for nothing.
    """

    path: Path
    name: str
    rows: tuple[tuple[CellValue, ...], ...]
    cut: str = ""

    @property
    def where(self) -> str:
        """The file and the sheet, for messages."""
        return f"{self.path}, sheet '{self.name}'" if self.name else str(self.path)


def read_grids(path: Path) -> list[Grid]:
    """All sheets of a file.

    Raises
    ------
    SheetError
        If the file is missing, is not a workbook or CSV file, or is unreasonably large.
    """
    suffix = path.suffix.lower()
    if suffix == ".xls":
        raise SheetError(
            "this is the old .xls format", where=path, remedy="Save it as .xlsx",
            code="sheet.format",
        )  # fmt: skip
    if suffix not in SUFFIXES:
        raise SheetError(
            "this is not a label sheet", where=path, remedy="Name an .xlsx or .csv file",
            code="sheet.format",
        )  # fmt: skip
    try:
        return [_csv_grid(path)] if suffix == ".csv" else _workbook_grids(path)
    except FileNotFoundError as error:
        raise SheetError("there is no such file", where=path, code="sheet.missing") from error
    except OSError as error:
        raise SheetError(f"cannot be read ({error.strerror})", where=path) from error


def check_archive(path: Path) -> None:
    """Refuse an archive that is none, is encrypted or unpacks to far too much.

    Raises
    ------
    SheetError
    """
    with path.open("rb") as start:
        if start.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            raise SheetError(
                "the workbook is encrypted or in the old .xls format", where=path,
                remedy="Save it as .xlsx without a password", code="sheet.format",
            )  # fmt: skip
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise SheetError(
            "this is not a workbook, or it is damaged", where=path, code="sheet.format"
        ) from error
    size = sum(member.file_size for member in members)
    cells = sum(m.file_size for m in members if m.filename.endswith(".xml"))
    if size > _MAX_UNPACKED or cells > _MAX_XML or len(members) > _MAX_MEMBERS:
        raise SheetError(
            f"the workbook unpacks to {size >> 20:,} MiB in {len(members):,} parts, "
            "more than a label sheet can be",
            where=path, code="sheet.size",
        )  # fmt: skip


def damaged(path: Path) -> SheetError:
    """What is said of a workbook that cannot be parsed."""
    return SheetError(
        "the workbook is damaged", where=path, code="sheet.format",
        remedy="Open it in a spreadsheet program and save it anew",
    )  # fmt: skip


def _workbook_grids(path: Path) -> list[Grid]:
    import openpyxl

    check_archive(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts that are no concern of ours
        try:
            book = openpyxl.load_workbook(path, read_only=True)
            grids = [_worksheet_grid(path, sheet) for sheet in book.worksheets]
            book.close()
        except _DAMAGED as error:
            raise damaged(path) from error
        except OSError as error:
            if error.errno is not None:
                raise
            raise damaged(path) from error  # openpyxl's word for an archive without a workbook
    return grids


def _worksheet_grid(path: Path, sheet: ReadOnlyWorksheet) -> Grid:
    sheet.reset_dimensions()  # some writers state them wrong
    rows: list[tuple[CellValue, ...]] = []
    cut = ""
    limits = {"max_row": MAX_ROWS + 1, "max_col": MAX_COLUMNS}
    for row in sheet.iter_rows(values_only=True, **limits):
        if len(rows) == MAX_ROWS:
            cut = f"only the first {MAX_ROWS:,} rows were read"
            break
        cells = [_plain(value) for value in row]
        while cells and cells[-1] is None:
            cells.pop()
        rows.append(tuple(cells))
    while rows and not rows[-1]:
        rows.pop()
    return Grid(path, sheet.title, tuple(rows), cut)


def _plain(value: object) -> CellValue:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    isoformat = getattr(value, "isoformat", None)
    return str(isoformat() if isoformat else value)


@dataclass(frozen=True)
class CsvForm:
    """How a CSV sheet is written, so that it can be written the same way again."""

    encoding: str
    delimiter: str


def csv_form(path: Path) -> CsvForm:
    """Encoding and delimiter of a CSV sheet, from its start and its whole text."""
    raw = path.read_bytes() if path.stat().st_size <= _MAX_UNPACKED else b""
    if not raw and path.stat().st_size:
        raise SheetError("the file is too large for a label sheet", where=path, code="sheet.size")
    encoding = "utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "utf-8"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        encoding = "latin-1"  # what spreadsheet programs of the time wrote
        text = raw.decode(encoding)
    if "\0" in text:
        raise SheetError("this is not a CSV file", where=path, code="sheet.format")
    head = text[:2000]
    return CsvForm(encoding, max(",;\t", key=head.count))


def csv_records(lines: IO[str], form: CsvForm, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Last line number and cells of each record, blank ones too."""
    reader = csv.reader(lines, delimiter=form.delimiter)
    try:
        for record in reader:
            yield reader.line_num, record
    except csv.Error as error:
        raise SheetError(
            f"not a CSV file ({error})", where=f"{path}, row {reader.line_num}",
            code="sheet.format",
        ) from error  # fmt: skip


def _csv_grid(path: Path) -> Grid:
    form = csv_form(path)
    rows: list[tuple[CellValue, ...]] = []
    with path.open(encoding=form.encoding, newline="") as lines:
        for _, record in csv_records(lines, form, path):
            if len(rows) == MAX_ROWS:
                cut = f"only the first {MAX_ROWS:,} rows were read"
                return Grid(path, "", tuple(rows), cut)
            rows.append(tuple(cell if cell != "" else None for cell in record[:MAX_COLUMNS]))
    return Grid(path, "", tuple(rows))
