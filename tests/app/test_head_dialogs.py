"""The tables of a head from a file: what moves it, and whose face it has."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QComboBox

from app.state import Document
from pipeline.head.foreign.mapping import HeadMapping
from pipeline.head.model import HeadModel
from tests.app.painted_head import Painter
from widgets.head.head_source import HeadSource
from widgets.head.identity_dialog import IdentityDialog
from widgets.head.mapping_dialog import MappingDialog

SHAPES = ("mouthSmile_L", "mouthSmile_R", "odd")
MAPPING = HeadMapping(
    "mine-1", "mine", "/heads/mine.glb",
    {"AU12_L": (("mouthSmile_L", 1.0),), "AU12_R": (("mouthSmile_R", 1.0),)},
)  # fmt: skip


@pytest.fixture
def dialog(qtbot) -> MappingDialog:
    made = MappingDialog(MAPPING, SHAPES, ["AU12_L", "AU12_R", "jawOpen"], lambda: MAPPING)
    qtbot.addWidget(made)
    made.show()
    return made


def test_an_untouched_table_keeps_the_mapping(dialog: MappingDialog) -> None:
    assert dialog.mapping() == replace(MAPPING, edited=True)
    assert "odd" in dialog.report.text() and "AU 1" in dialog.report.text()


def test_a_row_for_an_unmapped_shape_is_added_typed_and_removed(dialog: MappingDialog) -> None:
    dialog.add_row()
    row = dialog.table.currentRow()
    editor = dialog.table.findChild(QComboBox)
    assert editor is not None, "the new row's control is typed at once"
    dialog.table.item(row, 0).setText("jawOpen")
    dialog.table.item(row, 2).setText("-0.5")
    assert dialog.mapping().drives["jawOpen"] == (("odd", -0.5),)
    assert "not mapped" not in dialog.report.text()
    dialog.table.selectRow(row)
    dialog.remove_rows()
    assert dialog.mapping().drives == MAPPING.drives


def test_a_table_that_cannot_work_says_why_and_cannot_be_kept(dialog: MappingDialog) -> None:
    dialog.table.item(0, 1).setText("nobody")
    assert "nobody" in dialog.problem.text() and not dialog.keep.isEnabled()
    dialog.table.item(0, 1).setText("mouthSmile_L")
    assert not dialog.problem.text() and dialog.keep.isEnabled()


def test_the_row_in_hand_is_shown_on_the_head_until_the_table_closes(
    dialog: MappingDialog, qtbot
) -> None:
    tried: list[str] = []
    dialog.tried.connect(tried.append)
    dialog.table.setCurrentCell(1, 1)
    assert tried[-1] == "AU12_R"
    dialog.reject()
    assert tried[-1] == ""


def test_the_table_is_searched(dialog: MappingDialog) -> None:
    dialog.find.setText("smile_r")
    assert [dialog.table.isRowHidden(row) for row in range(2)] == [True, False]


def test_identity_sliders_tell_only_modes_that_are_not_zero(qtbot) -> None:
    dialog = IdentityDialog(["identity000", "identity001"], {"identity001": -1.5})
    qtbot.addWidget(dialog)
    heard: list[dict[str, float]] = []
    dialog.chosen.connect(heard.append)
    dialog.sliders["identity000"].slider.setValue(350)  # -3 + 3.5
    assert heard == [{"identity000": 0.5, "identity001": -1.5}]
    dialog.reset()
    assert heard[-1] == {} and dialog.values() == {}


def test_the_heads_face_and_drives_change_without_reading_the_file_again(
    document: Document, qtbot
) -> None:
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    model = HeadModel(
        name="mine", lod="live", vertices=points, normals=np.tile([0, 0, 1], (3, 1)),
        surfaces=(), shape_names=("smile",), shape_start=np.array([0, 1]),
        shape_ids=np.array([2], np.int32), shape_deltas=np.array([[0, 1, 0]], np.float32),
        shape_normals=np.zeros((1, 3), np.float32), landmarks=np.zeros(0, np.int32),
        lids=np.zeros(0, np.int32),
    )  # fmt: skip
    loads: list[str] = []

    def load(name: str, _level: str):
        loads.append(name)
        yield from ()
        return model

    painters: list[Painter] = []

    def paint(*arguments) -> Painter:
        painters.append(Painter(*arguments))
        return painters[-1]

    source = HeadSource(document, load=load, make_renderer=paint)
    source.load("/heads/mine")
    qtbot.waitUntil(lambda: source.head == "/heads/mine")
    assert source.models["live"].unknown(["AU12"]) == ("AU12",)
    source.set_drives({"AU12_L": (("smile", 0.5),)})
    shown = painters[0].shown[0]
    assert shown.activations({"AU12_L": 1.0})[0] == pytest.approx(0.5)
    source.set_identity({"someone else's mode": 1.0})
    assert source.models["live"].drives == {"AU12_L": (("smile", 0.5),)}
    assert loads == ["/heads/mine"]
    source.close()


def test_what_is_edited_is_seen_at_once_and_a_table_that_cannot_work_is_not(
    dialog: MappingDialog,
) -> None:
    edited: list[dict] = []
    tried: list[str] = []
    dialog.edited.connect(edited.append)
    dialog.tried.connect(tried.append)
    dialog.table.setCurrentCell(0, 0)
    dialog.table.item(0, 2).setText("0.5")
    assert edited[-1]["AU12_L"] == (("mouthSmile_L", 0.5),) and tried[-1] == "AU12_L"
    dialog.table.item(0, 0).setText("jawOpen")
    assert tried[-1] == "jawOpen"
    before = len(edited)
    dialog.table.item(0, 1).setText("nobody")
    assert len(edited) == before
