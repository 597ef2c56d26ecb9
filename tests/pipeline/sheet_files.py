"""Makes coding sheets and image folders with the quirks of real ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

HEADER_2014 = ["Subject", "Filename", None, "OnsetFrame", "ApexFrame", "OffsetFrame", None,
               "Action Units", "Estimated Emotion"]  # fmt: skip
HEADER_2019 = [*HEADER_2014, "Objective Classes"]
#: subject, filename, onset, apex, offset, AUs, emotion: each row another quirk.
ROWS: list[tuple] = [
    (1, "EP02_01f", 46, 59, 86, "4+L10", "disgust"),
    ("01", "EP03_02", 131, 161, 161, 4, "others"),
    (2, "EP01_2", 10, 10, 40, "L2+26+38", "surprise"),
    (2, "EP06_02_01", 91, "/", 126, "R12", "happiness"),
    ("02", "EP09f", "46", "50", "60", "17?", "repression"),
    (3, "EP01_5", 4.0, 8.0, 12.0, 12.0, "Happiness"),
    (17, "EP08_03", 5, 8, 20, "?", "sadness"),
]


SHORT = [name for name in HEADER_2014 if name]


def layout(row: tuple, header: list) -> list:
    """A row in the order of a header that may have lost its blank columns."""
    cells = dict(zip(("Subject", "Filename", "OnsetFrame", "ApexFrame", "OffsetFrame",
                      "Action Units", "Estimated Emotion"), row, strict=True))  # fmt: skip
    cells["Objective Classes"] = 5
    by_name = {name.lower(): cell for name, cell in cells.items()}
    return [by_name.get(name.lower()) if name else None for name in header]


def make_xlsx(
    path: Path, header: list = HEADER_2014, rows: list = ROWS,
    change: Callable[[Any], None] = lambda sheet: None,
) -> Path:  # fmt: skip
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sheet1"
    sheet.append(header)
    for row in rows:
        sheet.append(layout(row, header))
    change(sheet)
    book.save(path)
    return path


def make_csv(path: Path, header: list = HEADER_2014, rows: list = ROWS, sep: str = ",") -> Path:
    lines = [sep.join("" if c is None else str(c) for c in header)]
    lines += [sep.join("" if c is None else str(c) for c in layout(r, header)) for r in rows]
    path.write_text("\r\n".join(lines) + "\r\n", newline="")
    return path


def bad_cell(column: str, value: object) -> Callable[[Any], None]:
    """Puts a value into row 4."""

    def change(sheet: Any) -> None:
        sheet[f"{column}4"] = value

    return change


def images(folder: Path, first: int, count: int, prefix: str = "img") -> None:
    folder.mkdir(parents=True)
    for number in range(first, first + count):
        (folder / f"{prefix}{number}.jpg").write_bytes(b"")
