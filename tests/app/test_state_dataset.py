"""Opening a data set: a clip per folder, an imported event per row of the sheet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.state import Document
from pipeline.core.vision import cv2
from tests.app.listening import codes

SHEET = """Subject,Filename,,OnsetFrame,ApexFrame,OffsetFrame,,Action Units,Estimated Emotion
1,EP02_01f,,46,48,50,,L12 +4,happiness
1,EP03_02,,2,/,9,,7,others
2,EP01_11f,,90,95,99,,1,fear
2,EP09_09,,1,2,3,,1,fear
"""


def images(folder: Path, first: int, count: int) -> None:
    folder.mkdir(parents=True)
    for number in range(first, first + count):
        picture = np.full((24, 32, 3), number, np.uint8)
        cv2.imwrite(str(folder / f"img{number}.png"), picture)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    raw = tmp_path / "CASME" / "CASME2-RAW"
    images(raw / "sub01" / "EP02_01f", 40, 15)
    images(raw / "sub01" / "EP03_02", 1, 12)
    images(raw / "sub02" / "EP01_11f", 1, 8)  # the row names frames that are not there
    images(raw / "sub02" / "EP07_07", 1, 4)  # no row
    (tmp_path / "CASME" / "CASME2-coding.csv").write_text(SHEET)
    return tmp_path / "CASME"


def test_rows_become_imported_events_of_their_clips(document: Document, root: Path) -> None:
    document.open_dataset(root)
    assert document.settle()
    clips = {clip.clip_id: clip for clip in document.clips}
    assert list(clips) == ["sub01/EP02_01f", "sub01/EP03_02", "sub02/EP01_11f", "sub02/EP07_07"]
    first = clips["sub01/EP02_01f"]
    assert (first.kind, first.n_frames, first.fps, first.subject) == ("images", 15, 200.0, "sub01")
    assert document.clip is not None and document.clip.id == first.id
    assert document.source is not None and document.source.n_frames == 15

    (event,) = document.events()
    # Image 46 is the seventh from 40: numbers in the sheet are those of the files.
    assert (event.span.onset, event.span.apex, event.span.offset) == (6, 8, 10)
    assert (event.coder, event.verbatim_aus, event.sheet_row) == ("import", "L12 +4", 2)
    assert [str(label) for label in event.span.aus] == ["L12", "4"]
    (no_apex,) = document.store.events(clips["sub01/EP03_02"].id)
    assert no_apex.span.apex is None and no_apex.span.emotion == "others"


def test_what_is_odd_is_said_and_the_rest_is_used(document: Document, root: Path) -> None:
    document.open_dataset(root)
    assert document.settle()
    texts = [notice.text for notice in document.notices.recent]
    assert any("90 to 99" in text and "EP01_11f" in text for text in texts)
    assert any("EP09_09" in text for text in texts)
    assert any("EP07_07" in text for text in texts)
    assert set(codes(document)) == {"media.warning"}


def test_opened_again_it_keeps_corrections_and_adds_what_is_new(
    document: Document, root: Path
) -> None:
    document.open_dataset(root)
    assert document.settle()
    mine = document.correct_event(document.events()[0].id, onset=7)
    document.close()
    images(root / "CASME2-RAW" / "sub03" / "EP01_01", 1, 5)
    again = Document()
    again.open_dataset(root)
    assert again.settle()
    assert len(again.clips) == 5
    assert [(event.id, event.span.onset) for event in again.events()] == [(mine, 7)]
    assert len(again.store.events(again.clip.id)) == 2
    again.close()


def test_the_project_knows_its_sheet(document: Document, root: Path) -> None:
    document.open_dataset(root)
    assert document.settle()
    assert document.store.setting("sheet") == str(root / "CASME2-coding.csv")


def test_a_folder_that_is_no_data_set_is_said(document: Document, tmp_path: Path) -> None:
    document.open_dataset(tmp_path)
    assert document.settle()
    assert codes(document) == ["media.no_dataset"]
    assert document.store is None
