"""Tables of an evaluation: the same cells as Markdown, CSV and picture."""

import csv
import math

import pytest

from pipeline.core.errors import ExportError
from pipeline.core.vision import cv2
from pipeline.training.measures import Interval
from pipeline.training.tables import (
    Result,
    Table,
    accuracy_table,
    draw_table,
    long_table,
    printed,
    recognition_table,
)

RESULTS = [
    Result("net", "Deep", "kfold", {"accuracy": Interval(0.641, 0.58, 0.7, 246)}),
    Result("lbp|top", "Hand-crafted", "loso", {"accuracy": Interval(0.4), "uf1": Interval(0.3)}),
    Result(
        "net", "Deep", "loso",
        {"accuracy": Interval(0.457, 0.4, 0.5), "onset median": Interval(4.1, 3.0, 5.2)},
        {"accuracy": Interval(0.457, 0.36, 0.55)},
    ),
]  # fmt: skip


def test_accuracy_stands_by_k_fold_and_by_loso_and_says_that_subjects_are_shared():
    table = accuracy_table(RESULTS, ["made on one machine"])
    assert table.rows == (
        ("net", "64.1 [58.0, 70.0]", "45.7 [40.0, 50.0]"), ("lbp|top", "–", "40.0"),
    )  # fmt: skip
    assert "shares subjects" in table.notes[0] and table.notes[-1] == "made on one machine"


def test_methods_stand_together_by_category():
    rows = recognition_table(RESULTS).rows
    assert [row[:3] for row in rows] == [
        ("Deep", "net", "kfold"), ("Deep", "net", "loso"), ("Hand-crafted", "lbp|top", "loso"),
    ]  # fmt: skip
    assert rows[2][3:] == ("40.0", "30.0")


def test_the_long_table_keeps_units_and_both_intervals():
    rows = {row[:3]: row[3:] for row in long_table(RESULTS).rows}
    assert rows["net", "loso", "accuracy (%)"] == ("45.7", "40.0", "50.0", "36.0", "55.0")
    assert rows["net", "loso", "onset median"] == ("4.10", "3.00", "5.20", "–", "–")


@pytest.mark.parametrize("figure", [None, Interval(math.nan), Interval(math.nan, 0, 1)])
def test_what_was_not_measured_is_a_dash(figure):
    assert printed(figure, share=True) == "–"


def test_files_hold_the_same_cells(tmp_path):
    table = recognition_table(RESULTS)
    markdown, sheet, picture = table.write(tmp_path / "new" / "folder", "table3")
    with sheet.open(encoding="utf-8", newline="") as lines:
        cells = list(csv.reader(lines))
    assert cells[0] == list(table.columns)
    assert cells[1] == ["Deep", "net", "kfold", "64.1 [58.0, 70.0]", ""]
    text = markdown.read_text("utf-8")
    assert "lbp\\|top" in text and "| --- | --- | --- | ---: | ---: |" in text
    assert cv2.imread(str(picture)).shape == draw_table(table).shape


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError):
        accuracy_table(RESULTS).write(tmp_path / "file", "table2")


def test_a_picture_holds_its_widest_cell_and_wraps_its_notes():
    short = draw_table(Table("t", ("a",), (("x",),)))
    wide = draw_table(Table("t", ("a",), (("x" * 60,),)))
    noted = draw_table(Table("t", ("a",), (("x",),), ("long words " * 80,)))
    assert wide.shape[1] > short.shape[1] + 300 and noted.shape[0] > short.shape[0] + 20
    for page in (short, wide, noted):
        assert (page[:, [0, -1]] == 255).all() and (page[[0, -1]] == 255).all() and page.min() < 60


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="cells"):
        Table("t", ("a", "b"), (("x",),))
