"""Review pictures show every unit of a head, labelled, in files that stay small."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.cli import run_command_line
from pipeline.cli.head import weights_of
from pipeline.core.errors import ExportError, HeadError
from pipeline.core.progress import run
from pipeline.core.vision import cv2
from pipeline.head.measure.geometry import full_units
from pipeline.head.measure.page import PageStyle, Row, Shot, draw_page
from pipeline.head.measure.sheet import COMBINATIONS, GAZE, sheet_rows
from pipeline.head.measure.small_png import palette_of, png_with_palette, write_png
from tests.pipeline.heads import head

SMALL = PageStyle((48, 56), 3, "draft")


def _read(data):
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]


def test_a_png_with_a_palette_shows_the_picture_and_is_smaller():
    rng = np.random.default_rng(0)
    y, x = np.mgrid[0:200, 0:300]
    soft = np.stack([120 + 60 * np.sin(x / 40), 100 + 50 * np.cos(y / 30), 90 + 0 * x], -1)
    rgb = np.clip(soft + rng.normal(0, 1, soft.shape), 0, 255).astype(np.uint8)
    data = png_with_palette(rgb)
    back = _read(data)
    assert back.shape == rgb.shape
    assert np.abs(back.astype(int) - rgb).mean() < 4
    assert np.abs(back.mean((0, 1)) - rgb.mean((0, 1))).max() < 1
    assert len(data) < 0.6 * len(cv2.imencode(".png", rgb)[1])


def test_few_colours_are_kept_as_they_are():
    rgb = np.zeros((8, 8, 3), np.uint8)
    rgb[:4] = (200, 40, 40)
    assert sorted(map(tuple, palette_of(rgb).tolist())) == [(0, 0, 0), (200, 40, 40)]


def test_a_picture_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(ExportError):
        write_png(tmp_path / "no folder" / "x.png", np.zeros((4, 4, 3), np.uint8))


def test_every_unit_is_on_the_sheet_at_full_and_small_activation():
    rows = {row.heading: row.shots for row in sheet_rows(head())}
    units = rows["Action units at full activation and at 0.3, both sides"]
    labels = [shot.label for shot in units]
    for name, weights in full_units(head()).items():
        if name not in {f"AU{unit}" for unit in GAZE}:
            assert labels.count(name) == 1
            full, small = units[labels.index(name)], units[labels.index(name) + 1]
            assert full.weights == weights
            assert small.label == f"{name}  0.3"
            assert small.weights == dict.fromkeys(weights, 0.3)
    assert len(rows["Combinations"]) == len(COMBINATIONS) >= 12
    assert {shot.label for shot in rows["Neutral"]} >= {"front", "three-quarter", "profile"}
    assert {shot.label for shot in rows["Gaze and pose"]} >= {"AU61", "AU64"}
    sided = rows["Left and right apart (the subject's)"]
    assert len(sided) == 12
    assert head().unknown({name: 1.0 for shot in sided for name in shot.weights}) == ()


def test_a_page_holds_its_pictures_in_rows_and_its_writing():
    shots = tuple(Shot(f"shot {i}", {"AU26": i / 4}) for i in range(4))
    page = run(draw_page(head(), "Title", [Row("Row", shots), Row("none", ())], SMALL, "footer"))
    assert page.dtype == np.uint8
    assert page.shape[1] >= 3 * 48
    paper = page[-1, -1]
    written = (page[:50] != paper).any(-1)
    assert written.any()  # the title
    drawn = (np.abs(page.astype(int) - paper).sum(-1) > 60).mean(1)
    # Two lines of pictures: three cells, then one.
    assert (drawn > 0.3).sum() > 40
    assert ((drawn > 0.08) & (drawn < 0.3)).sum() > 20


def test_weights_are_read_from_text():
    assert weights_of("AU12=0.8, AU25") == {"AU12": 0.8, "AU25": 1.0}
    assert weights_of("") == {}
    with pytest.raises(HeadError):
        weights_of("AU12=much")


def test_the_command_draws_one_picture_with_a_transparent_ground(tmp_path, capsys):
    out = tmp_path / "head.png"
    arguments = ["head", "--picture", str(out), "--lod", "draft", "--size", "64",
                 "--yaw", "30", "--light", "soft", "--transparent"]  # fmt: skip
    assert run_command_line([*arguments, "--weights", "AU12=1"]) == 0
    picture = cv2.imread(str(out), cv2.IMREAD_UNCHANGED)
    assert picture.shape == (64, 64, 4)
    assert picture[0, 0, 3] == 0
    assert picture[32, 32, 3] == 255
    assert str(out) in capsys.readouterr().out


@pytest.mark.parametrize(
    "extra", [["--light", "disco"], ["--iris", "plaid"], ["--weights", "AU99=1"], ["--size", "2"]]
)
def test_what_a_picture_cannot_have_is_told_in_one_line(tmp_path, capsys, extra):
    out = tmp_path / "head.png"
    assert run_command_line(["head", "--picture", str(out), "--lod", "draft", *extra]) == 1
    assert not out.exists()
    assert len(capsys.readouterr().err.splitlines()) <= 4


def test_the_command_lists_heads_a_line_each_and_what_moves_one(capsys):
    assert run_command_line(["head", "--list"]) == 0
    assert "builtin" in capsys.readouterr().out.splitlines()
    assert run_command_line(["head", "--controls", "--lod", "draft"]) == 0
    assert {"AU12_L", "AU17", "jawOpen"} <= set(capsys.readouterr().out.splitlines())


def test_the_command_writes_a_glb(tmp_path, capsys):
    out = tmp_path / "head.glb"
    assert run_command_line(["head", "--glb", str(out), "--lod", "draft"]) == 0
    assert out.read_bytes()[:4] == b"glTF"
    assert str(out) in capsys.readouterr().out


def test_the_command_wants_to_be_told_what_to_do(capsys):
    with pytest.raises(SystemExit) as end:
        run_command_line(["head"])
    assert end.value.code == 2
    capsys.readouterr()
