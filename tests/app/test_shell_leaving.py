"""Leaving the studio with files: exports as jobs, the corrected sheet, the picture, commands."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from app.shell.exporting import EXPORTS, ExportDialog
from app.shell.window import StudioWindow

pytest_plugins = ["tests.app.studio_window"]


def export(title: str):
    return next(e for e in EXPORTS if e.title == title)


def written(window: StudioWindow, qtbot) -> list[str]:
    qtbot.waitUntil(lambda: window.document.jobs.is_idle, timeout=20_000)
    return [n.text for n in window.document.notices.recent if n.level == "error"]


def test_a_layer_is_written_as_csv_with_the_modulation_in_it(
    measured: StudioWindow, tmp_path: Path, qtbot
) -> None:
    target = tmp_path / "curves.csv"
    measured.exporting.start(export("Curves, CSV"), "modulated", target)
    assert written(measured, qtbot) == []
    rows = list(csv.DictReader(target.read_text().splitlines()))
    seconds = measured.document.playhead.seconds_at(105)
    expected = measured.document.weights_at(seconds, "modulated")["AU6"]
    assert float(rows[105]["AU6"]) == pytest.approx(expected, abs=1e-5)
    assert len(rows) == 240


def test_a_layer_is_written_as_json_keys(measured: StudioWindow, tmp_path: Path, qtbot) -> None:
    target = tmp_path / "curves.json"
    measured.exporting.start(export("Curves, JSON"), "edited", target)
    assert written(measured, qtbot) == []
    assert "AU12_L" in json.dumps(json.loads(target.read_text()))


def test_events_and_all_tables_are_written(measured: StudioWindow, tmp_path: Path, qtbot) -> None:
    measured.exporting.start(export("Events, CSV"), "edited", tmp_path / "events.csv")
    measured.exporting.start(export("All tables"), "edited", tmp_path)
    assert written(measured, qtbot) == []
    rows = list(csv.DictReader((tmp_path / "events.csv").read_text().splitlines()))
    assert (rows[0]["onset"], rows[0]["apex"], rows[0]["offset"]) == ("64", "105", "168")
    names = {path.name for path in (tmp_path / "face").iterdir()}
    assert names == {"landmarks.csv", "displacement.csv", "aus.csv", "events.csv"}


def test_an_export_that_cannot_be_written_is_a_notice(
    measured: StudioWindow, tmp_path: Path, qtbot
) -> None:
    target = tmp_path / "nowhere" / "curves.csv"
    (tmp_path / "nowhere").write_text("a file, not a folder")
    measured.exporting.start(export("Curves, CSV"), "edited", target)
    errors = written(measured, qtbot)
    assert len(errors) == 1 and "curves.csv" in errors[0]


def test_the_export_dialog_offers_layers_where_there_are_any(window: StudioWindow) -> None:
    dialog = ExportDialog("clip", window)
    dialog.list.setCurrentRow(0)
    assert dialog.layer.isEnabled() and dialog.chosen()[1] == "modulated"
    dialog.list.setCurrentRow(2)
    assert not dialog.layer.isEnabled()
    dialog.deleteLater()


# The sheet

HEADER = ["Subject", "Filename", None, "OnsetFrame", "ApexFrame", "OffsetFrame", None,
          "Action Units", "Estimated Emotion"]  # fmt: skip


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Two clips of five images numbered from 46, and their sheet."""
    root = tmp_path / "CASME2"
    for name in ("EP02_01f", "EP03_02"):
        folder = root / "CASME2-RAW" / "sub01" / name
        folder.mkdir(parents=True)
        for number in range(46, 66):
            image = QImage(64, 48, QImage.Format.Format_RGB888)
            image.fill(QColor(number, number, number))
            assert image.save(str(folder / f"img{number}.jpg"))
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append([1, "EP02_01f", None, 48, 52, 60, None, "4+L10", "disgust"])
    book.active.append([1, "EP03_02", None, 50, "/", 58, None, "12", "happiness"])
    book.save(root / "CASME2-coding-20140508.xlsx")
    return root


def test_a_corrected_row_goes_back_into_the_sheet_and_all_else_stays(
    window: StudioWindow, dataset: Path, tmp_path: Path, qtbot, monkeypatch
) -> None:
    window.open_paths([dataset])
    assert window.document.settle()
    assert window.document.clip.clip_id == "sub01/EP02_01f"
    assert window.document.events()[0].coder == "import"
    window.document.playhead.set_frame(8)  # img54
    qtbot.keyClick(window, Qt.Key.Key_W)
    target = tmp_path / "corrected.xlsx"
    monkeypatch.setattr("app.shell.dialogs.ask_target", lambda *_: target)
    window.exporting.write_sheet()
    assert written(window, qtbot) == []
    before = list(openpyxl.load_workbook(dataset / "CASME2-coding-20140508.xlsx").active.values)
    after = list(openpyxl.load_workbook(target).active.values)
    changed = [
        (r, c, after[r][c])
        for r in range(len(before))
        for c in range(len(before[r]))
        if before[r][c] != after[r][c]
    ]
    assert changed == [(1, 4, 54)]


def test_a_project_without_a_sheet_says_so(measured: StudioWindow, qtbot) -> None:
    measured.exporting.write_sheet()
    qtbot.waitUntil(lambda: bool(measured.toasts.toasts), timeout=2000)
    assert measured.toasts.toasts[-1].notice.code == "export.no_sheet"


# Commands


def test_commands_register_without_loading_qt() -> None:
    code = (
        "import argparse, sys; from app.shell import commands;"
        "p = argparse.ArgumentParser(); commands.add_parsers(p.add_subparsers());"
        "a = p.parse_args(['shot', 'x.mp4', '--out', 'y.png', '--size', '1200x700']);"
        "assert a.size == (1200, 700) and not any(m.startswith('PySide6') for m in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_window_starts_without_the_heavy_modules() -> None:
    code = (
        "import os, sys; os.environ['QT_QPA_PLATFORM'] = 'offscreen';"
        "from app.shell.studio import start; app, window = start(); app.processEvents();"
        "heavy = {'torch', 'dlib', 'vtkmodules', 'skimage', 'pandas', 'pyqtgraph', 'cv2', 'av'};"
        "print(sorted(heavy & set(sys.modules))); window.close()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, timeout=60, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"


def test_a_shot_of_a_missing_file_is_one_line_and_exit_1(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "main.py", "shot", str(tmp_path / "no.mp4"), "--out", "x.png"],
        capture_output=True, text=True, timeout=60,
        cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    assert done.returncode == 1
    assert "no such file" in done.stderr and "Traceback" not in done.stderr


def test_what_is_drawn_is_the_whole_window(measured: StudioWindow) -> None:
    picture = measured.grab().toImage()
    assert (picture.width(), picture.height()) == (1600, 1000)
    colours = {picture.pixel(x, y) for x in range(0, 1600, 40) for y in range(0, 1000, 40)}
    assert len(colours) > 6


def test_a_display_that_nobody_serves_is_none(monkeypatch):
    from app.shell.studio import has_display

    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":4321")
    assert has_display() is False
