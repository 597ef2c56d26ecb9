"""Data sets in every layout: clips found, matched with their rows, and what is amiss said."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.core.errors import SheetError
from pipeline.exchange import find_dataset
from tests.pipeline.sheet_files import ROWS, images, make_csv, make_xlsx


@pytest.mark.parametrize(
    ("place", "name"),
    [("Cropped", "Cropped"), ("CASME2-RAW", "CASME2-RAW"), ("CASME2_RAW_selected",) * 2,
     ("CASME2-RAW/CASME2-RAW", "CASME2-RAW"), ("", "")],
)  # fmt: skip
def test_every_layout_is_found_and_matched_with_its_sheet(
    tmp_path: Path, place: str, name: str
) -> None:
    make_xlsx(tmp_path / "CASME2-coding-20140508.xlsx")
    images(tmp_path / place / "sub01" / "EP02_01f", 46, 3, "reg_img")
    images(tmp_path / place / "sub02" / "EP99", 1, 2)
    (tmp_path / place / "sub02" / "EP01_2").mkdir()
    data = find_dataset(tmp_path)
    assert data is not None
    assert (data.layout, data.fps) == (name, 200.0)
    clips = {clip.clip_id: clip for clip in data.clips}
    found = clips["sub01/EP02_01f"]
    assert found.path == tmp_path / place / "sub01" / "EP02_01f"
    assert found.sheet_row is not None
    assert found.sheet_row.onset == 46
    assert clips["sub02/EP99"].sheet_row is None
    assert clips["sub02/EP01_2"].path is None
    text = "\n".join(data.problems)
    assert "EP99: no row of the sheet codes this clip" in text
    assert "row 4: there is no folder or video 'sub02/EP01_2'" in text
    assert len(data.clips) == len(ROWS) + 1


def test_videos_are_clips_and_raw_images_come_before_them(tmp_path: Path) -> None:
    (tmp_path / "CASME2_compressed" / "sub01").mkdir(parents=True)
    (tmp_path / "CASME2_compressed" / "sub01" / "EP02_01f.avi").write_bytes(b"")
    make_csv(tmp_path / "labels.csv")
    data = find_dataset(tmp_path)
    assert data is not None
    assert data.clips[0].path == tmp_path / "CASME2_compressed" / "sub01" / "EP02_01f.avi"
    images(tmp_path / "CASME2-RAW" / "sub01" / "EP02_01f", 46, 3)
    data = find_dataset(tmp_path)
    assert data is not None
    assert data.layout == "CASME2-RAW"
    assert any("CASME2_compressed also hold clips" in p for p in data.problems)


def test_folders_without_a_sheet_and_a_broken_sheet_still_make_a_data_set(tmp_path: Path) -> None:
    images(tmp_path / "sub01" / "EP02_01f", 46, 3)
    data = find_dataset(tmp_path)
    assert data is not None
    assert data.sheet is None
    assert [clip.clip_id for clip in data.clips] == ["sub01/EP02_01f"]
    (tmp_path / "coding.xlsx").write_bytes(b"broken")
    broken = find_dataset(tmp_path)
    assert broken is not None
    assert any("coding.xlsx" in problem and "damaged" in problem for problem in broken.problems)
    with pytest.raises(SheetError, match="damaged"):
        find_dataset(tmp_path, tmp_path / "coding.xlsx")


def test_several_rows_of_one_clip_stay_with_it(tmp_path: Path) -> None:
    make_xlsx(tmp_path / "s.xlsx", rows=[ROWS[0], ROWS[0]])
    images(tmp_path / "sub01" / "EP02_01f", 46, 3)
    data = find_dataset(tmp_path)
    assert data is not None
    assert [row.row for row in data.clips[0].rows] == [2, 3]


def test_other_folders_are_no_data_sets(tmp_path: Path) -> None:
    assert find_dataset(tmp_path) is None
    images(tmp_path / "clip", 1, 3)
    (tmp_path / "events.csv").write_text("clip,onset,apex,offset,emotion,aus\n")
    assert find_dataset(tmp_path) is None
    assert find_dataset(tmp_path / "clip") is None
    assert find_dataset(tmp_path / "absent") is None
