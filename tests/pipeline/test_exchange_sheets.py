"""Coding sheets with every quirk that real ones have: read, corrected, written back."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from pipeline.core.errors import SheetError
from pipeline.core.labels import AULabel
from pipeline.core.types import EventSpan
from pipeline.exchange import (
    Sheet,
    read_sheet,
)
from tests.pipeline.sheet_files import (
    HEADER_2014,
    HEADER_2019,
    ROWS,
    SHORT,
    bad_cell,
    make_csv,
    make_xlsx,
)


@pytest.mark.parametrize("header", [HEADER_2014, HEADER_2019, SHORT, SHORT[::-1],
                                    [n.upper() if n else n for n in HEADER_2014]]
                         )  # fmt: skip
@pytest.mark.parametrize("kind", ["xlsx", "csv", "semicolons"])
def test_every_quirk_is_read_whatever_the_columns(tmp_path: Path, header: list, kind: str) -> None:
    if kind == "xlsx":
        sheet = read_sheet(make_xlsx(tmp_path / "s.xlsx", header))
    else:
        sheet = read_sheet(make_csv(tmp_path / "s.csv", header, sep="," if kind == "csv" else ";"))
    rows = {row.clip_id: row for row in sheet.rows}
    assert list(rows)[:5] == ["sub01/EP02_01f", "sub01/EP03_02", "sub02/EP01_2",
                              "sub02/EP06_02_01", "sub02/EP09f"]  # fmt: skip
    first = rows["sub01/EP02_01f"]
    assert (first.onset, first.apex, first.offset) == (46, 59, 86)
    assert first.aus == (AULabel(4), AULabel(10, "L"))
    assert first.aus_text == "4+L10"
    assert rows["sub01/EP03_02"].aus == (AULabel(4),)
    assert rows["sub02/EP01_2"].aus == (AULabel(2, "L"), AULabel(26), AULabel(38))
    assert rows["sub02/EP06_02_01"].apex is None
    assert rows["sub02/EP06_02_01"].aus == (AULabel(12, "R"),)
    assert rows["sub02/EP09f"].onset == 46
    assert rows["sub02/EP09f"].aus == (AULabel(17, uncertain=True),)
    assert rows["sub17/EP08_03"].aus == ()
    assert rows["sub17/EP08_03"].aus_text == "?"
    assert [row.emotion for row in sheet.rows] == [
        "disgust", "others", "surprise", "happiness", "repression", "happiness", "sadness",
    ]  # fmt: skip


def test_the_real_columns_make_no_problem_of_a_quirk(tmp_path: Path) -> None:
    sheet = read_sheet(make_xlsx(tmp_path / "s.xlsx"))
    assert sheet.problems == ()
    assert len(sheet.rows) == len(ROWS)
    assert sheet.rows[5].onset == 4
    assert sheet.rows[5].aus_text == "12"


def test_a_title_above_the_header_and_a_second_worksheet_do_not_hide_it(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Notes"])
    sheet = book.create_sheet("coding")
    sheet.append(["CASME II, recoded"])
    sheet.append([])
    sheet.append(["Subject", "Filename", "Onset Frame", "Apex Frame", "Offset Frame",
                  "Action Units", "Estimated Emotion"])  # fmt: skip
    sheet.append([])
    sheet.append([1, "EP02_01f", 46, 59, 86, "4", "disgust"])
    book.save(tmp_path / "s.xlsx")
    read = read_sheet(tmp_path / "s.xlsx")
    assert read.name == "coding"
    assert read.header_row == 3
    assert [row.row for row in read.rows] == [5]


def test_a_row_becomes_frames_of_its_clip_by_file_numbers(tmp_path: Path) -> None:
    row = read_sheet(make_xlsx(tmp_path / "s.xlsx")).rows[0]
    assert row.span(np.arange(40, 100), 60) == EventSpan(
        6, 19, 46, "disgust", (AULabel(4), AULabel(10, "L"))
    )
    with pytest.raises(ValueError, match="not in the clip"):
        row.span(np.arange(200, 300), 100)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("A", "anna", "column A (Subject): 'anna' is not a subject's number"),
        ("A", None, "column A (Subject): there is no subject"),
        ("B", None, "column B (Filename): there is no file name"),
        ("B", "../../etc", "column B (Filename): '../../etc' is not a clip's name"),
        ("D", "soon", "column D (OnsetFrame): 'soon' is not a frame number"),
        ("D", None, "column D (OnsetFrame): there is no frame number"),
        ("D", 10.5, "column D (OnsetFrame): '10.5' is not a frame number"),
        ("D", -3, "column D (OnsetFrame): '-3' is not a frame number"),
        ("D", True, "column D (OnsetFrame): 'True' is not a frame number"),
        ("D", "=F4-30", "column D (OnsetFrame): '=F4-30' is a formula, not a frame number"),
        ("D", datetime(2014, 5, 8), "column D (OnsetFrame): '2014-05-08T00:00:00' is not"),
        ("E", "x", "column E (ApexFrame): 'x' is not a frame number"),
        ("E", 99, "column E (ApexFrame): apex 99 is outside onset 10, offset 40"),
        ("F", 3, "column F (OffsetFrame): offset 3 is before onset 10"),
        ("F", "40f", "column F (OffsetFrame): '40f' is not a frame number"),
        ("H", "smile", "column H (Action Units): 'smile' is not an action unit"),
        ("H", "L12R", "column H (Action Units): 'L12R' is not an action unit"),
        ("I", "bored", "column I (Estimated Emotion): 'bored' is not an emotion"),
        ("I", None, "column I (Estimated Emotion): there is no emotion"),
    ],
)  # fmt: skip
def test_a_malformed_cell_is_said_by_sheet_row_and_column_and_the_rest_is_used(
    tmp_path: Path, column: str, value: object, message: str
) -> None:
    path = make_xlsx(tmp_path / "s.xlsx", change=bad_cell(column, value))
    sheet = read_sheet(path)
    assert len(sheet.problems) == 1
    assert str(sheet.problems[0]).startswith(f"{path}, sheet 'Sheet1', row 4, {message}")
    assert len(sheet.rows) == len(ROWS) - (column in "AB")


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ([n for n in SHORT if n != "Action Units"], "column Action Units missing"),
        ([n for n in SHORT if n not in ("ApexFrame", "Subject")],
         "columns Subject, ApexFrame missing"),
    ],
)  # fmt: skip
def test_missing_columns_are_named(tmp_path: Path, header: list, missing: str) -> None:
    with pytest.raises(SheetError) as error:
        read_sheet(make_xlsx(tmp_path / "s.xlsx", header))
    assert missing in str(error.value)
    assert "sheet 'Sheet1', row 1" in str(error.value)


def test_sheets_without_header_or_rows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="no row holds the column names"):
        read_sheet(make_xlsx(tmp_path / "a.xlsx", ["a", "b"], []))
    with pytest.raises(SheetError, match="no row below the column names"):
        read_sheet(make_xlsx(tmp_path / "b.xlsx", rows=[]))
    (tmp_path / "c.csv").write_text("")
    with pytest.raises(SheetError, match="no row holds the column names"):
        read_sheet(tmp_path / "c.csv")


def bomb() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (40 << 20))
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("s.xlsx", b"not a zip", "not a workbook, or it is damaged"),
        ("s.xlsx", b"", "not a workbook, or it is damaged"),
        ("s.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 100, "encrypted or in the old"),
        ("s.xls", b"", "old .xls format"),
        ("s.ods", b"", "not a label sheet"),
        ("s.csv", b"Subject\0Filename", "not a CSV file"),
        ("s.csv", b'a,"' + b"x" * 200_000, "not a CSV file"),
        ("s.xlsx", bomb(), "unpacks to 40 MiB"),
    ],
)  # fmt: skip
def test_what_is_no_sheet_is_refused(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SheetError, match=message):
        read_sheet(tmp_path / name)


def test_truncated_and_gutted_workbooks_are_damaged_and_absent_ones_absent(
    tmp_path: Path,
) -> None:
    whole = make_xlsx(tmp_path / "s.xlsx").read_bytes()
    (tmp_path / "half.xlsx").write_bytes(whole[: len(whole) // 2])
    with zipfile.ZipFile(tmp_path / "gutted.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    for name in ("half.xlsx", "gutted.xlsx"):
        with pytest.raises(SheetError, match="damaged"):
            read_sheet(tmp_path / name)
    with pytest.raises(SheetError, match="no such file"):
        read_sheet(tmp_path / "absent.xlsx")


def test_a_stray_cell_at_the_far_corner_costs_nothing(tmp_path: Path) -> None:
    def stray(sheet: Any) -> None:
        sheet["XFD1048576"] = "x"

    sheet = read_sheet(make_xlsx(tmp_path / "s.xlsx", change=stray))
    assert len(sheet.rows) == len(ROWS)
    assert "only the first 20,000 rows" in str(sheet.problems[0])


def test_sheets_are_plain_data(tmp_path: Path) -> None:
    sheet = read_sheet(make_xlsx(tmp_path / "s.xlsx"))
    assert isinstance(sheet, Sheet)
    assert sheet.row(3) == sheet.rows[1]
    assert sheet.row(1) is None
