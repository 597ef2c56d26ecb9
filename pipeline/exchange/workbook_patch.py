"""Change single cells of a workbook and leave every other byte of its parts alone.

Reading a workbook and writing it anew loses what the library does not know: cached results
of formulas, pictures, rich text, parts of other programs. So the cells' own XML is found by
its place in the part and replaced there (ECMA-376, part 1, 18.3.1.4).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from pipeline.core.errors import SheetError
from pipeline.exchange.grid import CellValue, check_archive, damaged


class _FormulaError(Exception):
    """The cell holds a formula; others may share it, and the chain of calculation lists it."""


#: Row and column from 1.
Place = tuple[int, int]

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass
class _Cell:
    column: int
    start: int
    stop: int
    style: str


@dataclass
class _Row:
    number: int
    start: int
    stop: int
    tag: str
    closing: int = 0  # where its end tag begins
    childless: bool = False  # <row/>
    cells: list[_Cell] = field(default_factory=list)


def patch_workbook(
    source: Path, target: Path, sheet: str, values: Mapping[Place, CellValue]
) -> None:
    """Write `source` to `target` with some cells of one sheet changed.

    A changed cell keeps its style; a number is written as a number, a string as text, None
    empties the cell. Formulas elsewhere are worked out anew when the file is opened.

    Raises
    ------
    SheetError
        If the workbook cannot be read or has no such sheet.
    """
    check_archive(source)
    try:
        with zipfile.ZipFile(source) as archive:
            part = _sheet_part(archive, sheet, source)
            changed = {part: _patched(archive.read(part), values)}
            book = _book_part(archive)
            if re.search(rb"<(?:\w+:)?f\b", archive.read(part)):
                changed[book] = _recalculating(archive.read(book))
            with zipfile.ZipFile(target, "w") as out:
                for member in archive.infolist():
                    data = changed.get(member.filename)
                    out.writestr(member, archive.read(member) if data is None else data)
    except _FormulaError as error:
        raise SheetError(
            f"cell {error} holds a formula", where=f"{source}, sheet '{sheet}'",
            remedy="Put a plain value there first", code="sheet.formula",
        ) from error  # fmt: skip
    except (
        zipfile.BadZipFile,
        zlib.error,
        RuntimeError,
        expat.ExpatError,
        ElementTree.ParseError,
        KeyError,
    ) as error:
        raise damaged(source) from error


def _book_part(archive: zipfile.ZipFile) -> str:
    """Name of the workbook's main part."""
    root = ElementTree.fromstring(archive.read("_rels/.rels"))
    for relation in root:
        if relation.get("Type", "").endswith("/officeDocument"):
            return posixpath.normpath(relation.get("Target", "").lstrip("/"))
    raise KeyError("officeDocument")


def _sheet_part(archive: zipfile.ZipFile, title: str, source: Path) -> str:
    """Name of the part that holds the sheet of that title."""
    book = _book_part(archive)
    folder, name = posixpath.split(book)
    relations = ElementTree.fromstring(archive.read(f"{folder}/_rels/{name}.rels".lstrip("/")))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    root = ElementTree.fromstring(archive.read(book))
    for sheet in root.iter():
        if sheet.tag in (f"{_MAIN}sheet", f"{_STRICT}sheet") and sheet.get("name") == title:
            key = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), None)
            target = targets[key]
            return posixpath.normpath(
                target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
            )
    raise SheetError(f"there is no sheet '{title}'", where=source, code="sheet.missing")


def _recalculating(book: bytes) -> bytes:
    """The main part with the request to work out formulas on opening."""
    match = re.search(rb"<(?:\w+:)?calcPr\b[^>]*?(?=/?>)", book)
    if match is None or b"fullCalcOnLoad" in match[0]:
        return book
    return book[: match.end()] + b' fullCalcOnLoad="1"' + book[match.end() :]


def _patched(xml: bytes, values: Mapping[Place, CellValue]) -> bytes:
    """The sheet's part with the cells changed."""
    rows = _Index(xml).rows
    edits: list[tuple[int, int, bytes]] = []
    for number in sorted({row for row, _ in values}):
        wanted = {column: value for (row, column), value in values.items() if row == number}
        row = rows.get(number)
        if row is None:
            raise KeyError(f"row {number}")
        edits += _row_edits(row, wanted, xml)
    for start, stop, new in sorted(edits, reverse=True):
        xml = xml[:start] + new + xml[stop:]
    return xml


def _row_edits(
    row: _Row, wanted: Mapping[int, CellValue], xml: bytes
) -> list[tuple[int, int, bytes]]:
    edits = []
    cells = {cell.column: cell for cell in row.cells}
    added: dict[int, bytes] = {}  # new cells by where they go in
    prefix = row.tag[: -len("row")]
    for column, value in sorted(wanted.items()):
        place = f"{letters(column)}{row.number}"
        if column in cells:
            cell = cells[column]
            if f"<{prefix}f".encode() in xml[cell.start : cell.stop]:
                raise _FormulaError(place)
            edits.append((cell.start, cell.stop, _cell_xml(prefix, place, cell.style, value)))
        elif value is not None:
            after = next((c.start for c in row.cells if c.column > column), row.closing)
            added[after] = added.get(after, b"") + _cell_xml(prefix, place, "", value)
    if row.childless and added:  # <row .../> has to be opened first
        opening = xml[row.start : row.stop].rstrip()[:-2].rstrip() + b">"
        return [
            (row.start, row.stop, opening + b"".join(added.values()) + f"</{row.tag}>".encode())
        ]
    return edits + [(at, at, new) for at, new in added.items()]


def _cell_xml(prefix: str, place: str, style: str, value: CellValue) -> bytes:
    attributes = f' r="{place}"' + (f" s={quoteattr(style)}" if style else "")
    tag = f"{prefix}c"
    if value is None:
        return f"<{tag}{attributes}/>".encode()
    if isinstance(value, str):
        if _ILLEGAL.search(value):
            raise ValueError("a cell cannot hold control characters")
        space = ' xml:space="preserve"' if value != value.strip() else ""
        text = f"<{prefix}is><{prefix}t{space}>{escape(value)}</{prefix}t></{prefix}is>"
        return f'<{tag}{attributes} t="inlineStr">{text}</{tag}>'.encode()
    return f"<{tag}{attributes}><{prefix}v>{value}</{prefix}v></{tag}>".encode()


class _Index:
    """Where each row and cell stands in a sheet's part, in bytes."""

    def __init__(self, xml: bytes) -> None:
        self.rows: dict[int, _Row] = {}
        self._xml = xml
        self._row: _Row | None = None
        self._cell: _Cell | None = None
        self._last_row = 0
        self._parser = expat.ParserCreate()
        self._parser.XmlDeclHandler = self._declaration
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.Parse(xml, True)

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if (encoding or "utf-8").lower() not in ("utf-8", "us-ascii"):
            raise KeyError(encoding)  # what is put in is UTF-8

    def _doctype(self, *_: object) -> None:
        raise KeyError("a document type")  # no workbook has one; entities could blow it up

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        at = self._parser.CurrentByteIndex
        if local == "row":
            number = int(attributes.get("r", self._last_row + 1))
            self._last_row = number
            self._row = self.rows[number] = _Row(number, at, at, tag)
        elif local == "c" and self._row is not None:
            place = attributes.get("r", "")
            last = self._row.cells[-1].column if self._row.cells else 0
            column = _column(place) if place else last + 1
            self._cell = _Cell(column, at, at, attributes.get("s", ""))
            self._row.cells.append(self._cell)

    def _end(self, tag: str) -> None:
        local = tag.rpartition(":")[2]
        at = self._parser.CurrentByteIndex
        # After <c/> the parser stands behind the tag, before </c> in front of it.
        end_tag = re.compile(rb"</%s\s*>" % tag.encode()).match(self._xml, at)
        stop = end_tag.end() if end_tag else at
        if local == "c" and self._cell is not None:
            self._cell.stop = stop
            self._cell = None
        elif local == "row" and self._row is not None:
            self._row.closing, self._row.stop = at, stop
            self._row.childless = end_tag is None
            self._row = None


def _column(place: str) -> int:
    number = 0
    for char in place.rstrip("0123456789").upper():
        number = number * 26 + ord(char) - 64
    return number


def letters(column: int) -> str:
    """A column's letters: 1 is A, 27 is AA."""
    out = ""
    while column:
        column, rest = divmod(column - 1, 26)
        out = chr(65 + rest) + out
    return out
