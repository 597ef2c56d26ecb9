"""Labels, progress, errors and atomic files."""

from __future__ import annotations

import importlib
import os
import stat

import pytest

from pipeline.core.errors import MediaError
from pipeline.core.labels import AULabel, format_aus, intensity_letter, parse_aus, split_track
from pipeline.core.paths import replacing
from pipeline.core.progress import Progress, run


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L12c+R14+4b?", (AULabel(12, "L", "C"), AULabel(14, "R"), AULabel(4, "", "B", True))),
        ("L2+26+38", (AULabel(2, "L"), AULabel(26), AULabel(38))),  # CASME II
        ("12L", (AULabel(12, "L"),)),  # MMEW writes the side behind
        ("4 L12 a", None),  # a letter that stands alone is not an action unit
        (4, (AULabel(4),)),  # a number in the sheet's cell
        (12.0, (AULabel(12),)),
        ("AU6+au12", (AULabel(6), AULabel(12))),
        ("/", ()),
        ("", ()),
    ],
)
def test_coders_labels_are_read_as_facs_means_them(text, expected):
    if expected is None:
        with pytest.raises(ValueError, match="'a' is not an action unit"):
            parse_aus(text)
    else:
        assert parse_aus(text) == expected


@pytest.mark.parametrize("text", ["smile", "12cd", "L12R", "123", "L"])
def test_what_is_no_action_unit_is_named(text):
    with pytest.raises(ValueError, match=text):
        parse_aus(text)


def test_labels_come_back_as_they_were_written():
    assert format_aus(parse_aus("L12c+R14+4b?")) == "L12c+R14+4b?"


def test_letters_change_at_the_edges_of_the_spec():
    edges = [0.0, 0.19, 0.2, 0.39, 0.4, 0.59, 0.6, 0.79, 0.8, 1.0]
    assert "".join(intensity_letter(value) for value in edges) == "AABBCCDDEE"


def test_track_names_split_into_number_and_side():
    assert split_track("AU12_L") == (12, "L")
    assert split_track("AU17") == (17, "")
    with pytest.raises(ValueError, match="AU12_X"):
        split_track("AU12_X")


def test_an_error_says_what_where_and_what_to_do():
    error = MediaError("no video stream", where="clip.mp4", remedy="Choose another file")
    assert str(error) == "clip.mp4: no video stream. Choose another file"


def test_a_job_returns_its_result_and_reports_its_steps():
    def job():
        yield Progress("count", 1, 2)
        yield Progress("count", 2, 2)
        return 7

    seen = []
    assert run(job(), seen.append) == 7
    assert [step.fraction for step in seen] == [0.5, 1.0]


def test_a_cancelled_job_cleans_up():
    cleaned = []

    def job():
        try:
            yield Progress("count")
        finally:
            cleaned.append(True)

    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(job(), stop)
    assert cleaned == [True]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "sheet.csv"
    target.write_text("old")
    with pytest.raises(RuntimeError), replacing(target) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_finished_write_is_readable_by_others_like_any_new_file(tmp_path):
    target = tmp_path / "new.csv"
    with replacing(target) as temporary:
        temporary.write_text("whole")
    (tmp_path / "plain").touch()
    expected = stat.S_IMODE((tmp_path / "plain").stat().st_mode)
    assert target.read_text() == "whole"
    assert stat.S_IMODE(target.stat().st_mode) == expected


def test_importing_opencv_leaves_qts_variables_alone():
    importlib.import_module("pipeline.core.vision")
    assert "cv2" not in os.environ.get("QT_QPA_PLATFORM_PLUGIN_PATH", "")
    assert "cv2" not in os.environ.get("QT_QPA_FONTDIR", "")


def test_the_pipeline_runs_where_qt_cannot_be_imported(pytestconfig):
    if pytestconfig.pluginmanager.has_plugin("pytest-qt"):
        pytest.skip("pytest-qt has imported Qt already; run with -p no:pytest-qt")
    with pytest.raises(ImportError, match="must not import"):
        importlib.import_module("PySide6.QtCore")
