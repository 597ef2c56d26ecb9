"""Corrected sheets: the corrected cells change, and nothing else does."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable
from copy import copy
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from pipeline.core.errors import ExportError, SheetError
from pipeline.core.labels import parse_aus
from pipeline.exchange import (
    SheetCorrection,
    corrections_for,
    read_sheet,
    write_sheet,
)
from tests.pipeline.sheet_files import (
    HEADER_2014,
    HEADER_2019,
    SHORT,
    bad_cell,
    make_csv,
    make_xlsx,
)


def decorate(sheet: Any) -> None:
    """Formats, fonts, comments, rich text, formulas, merged cells, sizes, filters."""
    for at, cell in enumerate(sheet["D"]):
        cell.number_format = "0000" if at % 2 else "General"
        cell.font = Font(name="Courier New", size=9 + at, bold=bool(at % 2), color="FF112233")
        cell.fill = PatternFill("solid", fgColor="FFEEDD")
        cell.border = Border(left=Side("thin"))
        cell.alignment = Alignment(horizontal="right")
    sheet["E3"].comment = Comment("apex is hard to see", "coder 2")
    sheet["H2"].comment = Comment("sure", "coder 1")
    sheet["K2"] = "=F2-D2"
    sheet["K3"] = "=SUM(K2:K2)"
    sheet["L2"] = CellRichText("see ", TextBlock(InlineFont(b=True), "note"))
    sheet["L3"] = 0.1 + 0.2
    sheet["L4"] = datetime(2014, 5, 8)
    sheet["L5"] = " spaces & <angles> "
    sheet["L6"] = True
    sheet.merge_cells("M2:N3")
    sheet.column_dimensions["B"].width = 31
    sheet.row_dimensions[3].height = 44
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = "A1:I8"


def everything(cell: Any) -> tuple:
    comment = cell.comment.text if cell.comment else None
    return (cell.value, type(cell.value), cell.data_type, cell.number_format, copy(cell.font),
            copy(cell.fill), copy(cell.border), copy(cell.alignment), comment)  # fmt: skip


def differing(a: Path, b: Path) -> dict[str, tuple[Any, Any]]:
    """Cells that openpyxl reads differently, in value, type or look."""
    one = openpyxl.load_workbook(a, rich_text=True)["Sheet1"]
    two = openpyxl.load_workbook(b, rich_text=True)["Sheet1"]
    assert one.dimensions == two.dimensions
    assert one.merged_cells == two.merged_cells
    assert one.column_dimensions["B"].width == two.column_dimensions["B"].width
    assert one.row_dimensions[3].height == two.row_dimensions[3].height
    return {
        cell.coordinate: (cell.value, two[cell.coordinate].value)
        for row in one.iter_rows() for cell in row
        if everything(cell) != everything(two[cell.coordinate])
    }  # fmt: skip


@pytest.mark.parametrize("header", [HEADER_2014, HEADER_2019])
def test_corrected_cells_change_and_every_other_cell_is_as_it_was(
    tmp_path: Path, header: list
) -> None:
    source = make_xlsx(tmp_path / "s.xlsx", header, change=decorate)
    before = source.read_bytes()
    sheet = read_sheet(source)
    write_sheet(sheet, [
        SheetCorrection(2, "onset", 47), SheetCorrection(2, "aus", "4+R10b"),
        SheetCorrection(3, "aus", "7"), SheetCorrection(3, "apex", None),
        SheetCorrection(5, "apex", 100), SheetCorrection(6, "offset", 61),
        SheetCorrection(4, "emotion", "fear"), SheetCorrection(8, "aus", "4+<&>"),
    ], tmp_path / "out.xlsx")  # fmt: skip
    assert source.read_bytes() == before
    assert differing(source, tmp_path / "out.xlsx") == {
        "D2": (46, 47), "H2": ("4+L10", "4+R10b"), "H3": (4, 7), "E3": (161, "/"),
        "E5": ("/", 100), "F6": ("60", "61"), "I4": ("surprise", "fear"), "H8": ("?", "4+<&>"),
    }  # fmt: skip
    pandas = [pd.read_excel(p, header=None) for p in (source, tmp_path / "out.xlsx")]
    changed = ~((pandas[0] == pandas[1]) | (pandas[0].isna() & pandas[1].isna()))
    assert changed.to_numpy().sum() == 8


def test_corrected_cells_keep_their_look(tmp_path: Path) -> None:
    source = make_xlsx(tmp_path / "s.xlsx", change=decorate)
    write_sheet(read_sheet(source), [SheetCorrection(3, "onset", 133)], tmp_path / "out.xlsx")
    old = openpyxl.load_workbook(source)["Sheet1"]["D3"]
    new = openpyxl.load_workbook(tmp_path / "out.xlsx")["Sheet1"]["D3"]
    assert everything(new)[3:] == everything(old)[3:]
    assert new.value == 133


def test_all_other_parts_of_the_workbook_are_byte_for_byte_the_same(tmp_path: Path) -> None:
    source = make_xlsx(tmp_path / "s.xlsx", change=decorate)
    write_sheet(read_sheet(source), [SheetCorrection(2, "onset", 47)], tmp_path / "out.xlsx")
    with zipfile.ZipFile(source) as a, zipfile.ZipFile(tmp_path / "out.xlsx") as b:
        assert a.namelist() == b.namelist()
        changed = [name for name in a.namelist() if a.read(name) != b.read(name)]
    assert set(changed) <= {"xl/worksheets/sheet1.xml", "xl/workbook.xml"}


def rewritten(source: Path, target: Path, change: Callable[[bytes], bytes]) -> Path:
    """A copy whose sheet part another program might have written."""
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w") as out:
        for name in archive.namelist():
            data = archive.read(name)
            out.writestr(name, change(data) if name == "xl/worksheets/sheet1.xml" else data)
    return target


def test_what_formulas_gave_stays_and_is_worked_out_anew_on_opening(tmp_path: Path) -> None:
    made = make_xlsx(tmp_path / "made.xlsx", change=decorate)
    source = rewritten(
        made, tmp_path / "s.xlsx", lambda xml: re.sub(rb"</f><v ?/?>(</v>)?", b"</f><v>40</v>", xml)
    )
    write_sheet(read_sheet(source), [SheetCorrection(2, "onset", 47)], tmp_path / "out.xlsx")
    values = openpyxl.load_workbook(tmp_path / "out.xlsx", data_only=True)["Sheet1"]
    assert (values["D2"].value, values["K2"].value) == (47, 40)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book["Sheet1"]["K2"].value == "=F2-D2"
    assert book.calculation.fullCalcOnLoad


def without_places(xml: bytes) -> bytes:
    return re.sub(rb'<(c|row) r="[A-Z]*\d+"', rb"<\1", xml)


def prefixed(xml: bytes) -> bytes:
    xml = re.sub(rb"<(/?)(\w+)(?=[\s/>])", rb"<\1x:\2", xml)
    return xml.replace(b"xmlns=", b"xmlns:x=")


@pytest.mark.parametrize("change", [prefixed, without_places])
def test_other_programs_ways_of_writing_cells_are_met(
    tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    # Without places every cell must be there, so that it can be counted.
    header = SHORT if change is without_places else HEADER_2014
    made = make_xlsx(tmp_path / "made.xlsx", header)
    source = rewritten(made, tmp_path / "s.xlsx", change)
    sheet = read_sheet(source)
    assert [row.clip_id for row in sheet.rows] == [row.clip_id for row in read_sheet(made).rows]
    write_sheet(sheet, [SheetCorrection(4, "aus", "9")], tmp_path / "out.xlsx")
    again = read_sheet(tmp_path / "out.xlsx")
    assert again.rows[2].aus_text == "9"
    assert [r.cells for r in again.rows if r.row != 4] == [
        r.cells for r in sheet.rows if r.row != 4]  # fmt: skip


def test_cells_that_were_not_there_are_put_in_their_place(tmp_path: Path) -> None:
    rows = [(1, "EP01", 5, None, 20, None, None), (1, "EP02", 5, None, 20, "4", "others")]
    source = make_xlsx(tmp_path / "s.xlsx", rows=rows)
    write_sheet(read_sheet(source), [
        SheetCorrection(2, "apex", 9), SheetCorrection(2, "aus", "12"),
        SheetCorrection(2, "emotion", "happiness"),
    ], tmp_path / "out.xlsx")  # fmt: skip
    row = read_sheet(tmp_path / "out.xlsx").rows[0]
    assert (row.apex, row.aus_text, row.emotion) == (9, "12", "happiness")
    cells = openpyxl.load_workbook(tmp_path / "out.xlsx")["Sheet1"][2]
    assert [cell.value for cell in cells] == [
        1, "EP01", None, 5, 9, 20, None, 12, "happiness"]  # fmt: skip


def test_a_sheet_can_be_corrected_in_place_again_and_again(tmp_path: Path) -> None:
    path = make_xlsx(tmp_path / "s.xlsx", change=decorate)
    shutil.copy(path, tmp_path / "before.xlsx")
    for onset in (50, 51, 46):
        write_sheet(read_sheet(path), [SheetCorrection(2, "onset", onset)], path)
    assert differing(tmp_path / "before.xlsx", path) == {}


def test_a_formula_is_not_written_over(tmp_path: Path) -> None:
    source = make_xlsx(tmp_path / "s.xlsx", change=bad_cell("D", "=F4-30"))
    with pytest.raises(SheetError, match="D4 holds a formula"):
        write_sheet(read_sheet(source), [SheetCorrection(4, "onset", 9)], tmp_path / "o.xlsx")
    assert not (tmp_path / "o.xlsx").exists()


def test_only_what_differs_from_the_row_is_a_correction(tmp_path: Path) -> None:
    row = read_sheet(make_xlsx(tmp_path / "s.xlsx")).rows[5]
    same = {"onset": 4, "apex": 8, "offset": 12, "aus": parse_aus("12"), "emotion": "happiness"}
    assert corrections_for(row, **same) == []
    assert corrections_for(row, **same | {"emotion": "fear", "apex": None, "onset": 5}) == [
        SheetCorrection(7, "onset", 5), SheetCorrection(7, "apex", None),
        SheetCorrection(7, "emotion", "Fear"),
    ]  # fmt: skip
    assert corrections_for(row, **same | {"aus": parse_aus("L12c 4?")}) == [
        SheetCorrection(7, "aus", "L12c+4?")
    ]


@pytest.mark.parametrize("sep", [",", ";", "\t"])
def test_a_csv_sheet_changes_only_the_rows_that_were_corrected(tmp_path: Path, sep: str) -> None:
    source = make_csv(tmp_path / "s.csv", sep=sep)
    raw = b"\xef\xbb\xbf" + source.read_bytes().replace(b"EP09f", b'"EP09f"')
    source.write_bytes(raw)
    sheet = read_sheet(source)
    write_sheet(sheet, [SheetCorrection(2, "onset", 47), SheetCorrection(2, "aus", "4+L10+17")],
                tmp_path / "out.csv")  # fmt: skip
    old, new = raw.split(b"\r\n"), (tmp_path / "out.csv").read_bytes().split(b"\r\n")
    assert len(old) == len(new)
    assert [i for i in range(len(old)) if old[i] != new[i]] == [1]
    row = read_sheet(tmp_path / "out.csv").rows[0]
    assert (row.onset, row.apex, row.aus_text) == (47, 59, "4+L10+17")


def test_corrections_that_fit_nothing_are_refused(tmp_path: Path) -> None:
    sheet = read_sheet(make_xlsx(tmp_path / "s.xlsx"))
    with pytest.raises(SheetError, match="row 99: there is no such row"):
        write_sheet(sheet, [SheetCorrection(99, "onset", 1)], tmp_path / "o.xlsx")
    with pytest.raises(SheetError, match="no column Objective Classes"):
        write_sheet(sheet, [SheetCorrection(2, "objective", 1)], tmp_path / "o.xlsx")
    with pytest.raises(SheetError, match="goes back into"):
        write_sheet(sheet, [], tmp_path / "o.csv")
    with pytest.raises(ExportError, match="cannot be written"):
        (tmp_path / "file").write_text("")
        write_sheet(sheet, [], tmp_path / "file" / "o.xlsx")
    (tmp_path / "s.xlsx").unlink()
    with pytest.raises(SheetError, match="no such file"):
        write_sheet(sheet, [], tmp_path / "o.xlsx")
