"""`render` and `export` from the command line: what they accept, refuse and write."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.cli import run_command_line
from pipeline.cli.tracks import Played, load_tracks
from pipeline.core import progress
from pipeline.core.types import EventSpan
from pipeline.store import AddEvent, SaveAnalysis, new_event
from tests.pipeline.projects import project, result


def table(folder: Path, *rows: str, header: str = "frame,pts_s,AU12_L") -> Path:
    path = folder / "aus.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def export(source: Path, *more: str) -> int:
    out = source.with_name("out.json")
    return run_command_line(["export", str(source), "--to", "json", "--out", str(out), *more])


@pytest.mark.parametrize(
    "row", ["1,0.1,1e300", "1,0.1,-1e308", "1,1e15,1", "1e30,0.1,1", "1,nan,1", "1,0.1,inf"]
)
def test_a_number_beyond_all_reason_is_named_with_its_row(row, tmp_path: Path, capsys) -> None:
    assert export(table(tmp_path, "0,0,0", row)) == 1
    said = capsys.readouterr().err
    assert "row 3" in said and said.count("\n") == 1


def test_a_table_that_starts_late_is_played_from_its_first_row(tmp_path: Path) -> None:
    source = table(tmp_path, "1000,5.0,0", "1200,6.0,1")
    (clip,) = load_tracks(source, Played())
    assert clip.times == pytest.approx([0.0, 1.0])
    assert clip.values(np.array([1.0]))["AU12_L"] == pytest.approx([1.0])


def test_intensity_alone_scales_a_table(tmp_path: Path) -> None:
    source = table(tmp_path, "0,0,0.8", "1,0.1,0.8")
    (clip,) = load_tracks(source, Played(intensity=0.5))
    assert clip.values(clip.times)["AU12_L"] == pytest.approx([0.4, 0.4])
    (raw,) = load_tracks(source, Played("raw", intensity=0.5))
    assert raw.values(raw.times)["AU12_L"] == pytest.approx([0.8, 0.8])


def test_an_emotion_plays_at_its_modulator_and_a_synonym_names_it(tmp_path: Path) -> None:
    from pipeline.curves import default_profiles

    source = table(tmp_path, "0,0,0.2", "1,0.1,0.2")
    expected = 0.2 * default_profiles()["happiness"].gain(12) * 0.5
    for word in ("happiness", "joy"):
        (clip,) = load_tracks(source, Played(emotion=word, intensity=0.5))
        assert clip.values(clip.times)["AU12_L"] == pytest.approx([expected] * 2)


def test_intensity_alone_leaves_the_events_of_a_project_their_emotions(tmp_path: Path) -> None:
    from pipeline.curves import default_profiles

    store, record = project(tmp_path)
    run = result()
    SaveAnalysis.prepare(
        store, record.id, progress.run(store.stage_analysis(record.id, run)), run
    ).apply(store)
    AddEvent(new_event(record.id, EventSpan(10, 20, 30, "fear"), "ana")).apply(store)
    store.close()
    (clip,) = load_tracks(store.path, Played(intensity=0.25), coder="ana")
    gain = clip.gain(np.array([0.1]), "AU12_L")
    assert gain == pytest.approx([default_profiles()["fear"].gain(12) * 0.25])


@pytest.mark.parametrize(
    ("option", "value"),
    [("--fps", "0"), ("--fps", "nan"), ("--fps", "-5"), ("--intensity", "nan"),
     ("--intensity", "1.5"), ("--size", "7")],
)  # fmt: skip
def test_render_refuses_what_is_no_rate_intensity_or_size(option, value, tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    with pytest.raises(SystemExit) as usage:
        run_command_line(["render", "aus.csv", "--out", str(out), option, value])
    assert usage.value.code == 2


def test_an_unknown_emotion_is_refused_with_those_that_are_there(tmp_path: Path, capsys) -> None:
    source = table(tmp_path, "0,0,0", "1,0.1,1")
    out = str(tmp_path / "film.png")
    assert run_command_line(["render", str(source), "--out", out, "--emotion", "bogus"]) == 1
    assert "no emotion 'bogus'" in (said := capsys.readouterr().err)
    assert "surprise" in said


def test_a_day_of_film_at_a_thousand_frames_a_second_is_refused(tmp_path: Path, capsys) -> None:
    source = table(tmp_path, "0,0,0", "1,86400,1")
    out = tmp_path / "film.mp4"
    assert run_command_line(["render", str(source), "--out", str(out), "--fps", "1000"]) == 1
    assert "lower rate" in capsys.readouterr().err
    assert not out.exists()


def test_export_of_a_table_gives_the_table_again(tmp_path: Path) -> None:
    source = table(tmp_path, "0,0,0.1,0.3", "1,0.1,0.2,0.4", header="frame,pts_s,AU12_L,AU12_R")
    out = tmp_path / "out.csv"
    assert run_command_line(["export", str(source), "--to", "csv", "--out", str(out)]) == 0
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert [float(row["AU12"]) for row in rows] == pytest.approx([0.2, 0.3])
    assert [float(row["AU12_R"]) for row in rows] == pytest.approx([0.3, 0.4])
    assert export(source, "--fps", "20") == 0
    document = json.loads(source.with_name("out.json").read_text())
    assert document["clips"][0]["samples"]["AU12_L"] == pytest.approx([0.1, 0.15, 0.2], abs=0.03)


def test_events_that_no_clip_can_hold_do_not_move_the_gain(tmp_path: Path) -> None:
    store, record = project(tmp_path)
    run = result()
    staged = progress.run(store.stage_analysis(record.id, run))
    SaveAnalysis.prepare(store, record.id, staged, run).apply(store)
    AddEvent(new_event(record.id, EventSpan(30, 20, 10, "fear"), "ana")).apply(store)
    AddEvent(new_event(record.id, EventSpan(-5, 20, 10**9, "fear"), "ana")).apply(store)
    store.close()
    (clip,) = load_tracks(store.path, Played(), coder="ana")
    assert np.isfinite(clip.gain(np.array([0.1]), "AU12_L")).all()


def test_a_project_is_rendered_on_its_own_head_unless_another_is_asked_for(
    tmp_path: Path, capsys
) -> None:
    store, record = project(tmp_path)
    run = result()
    staged = progress.run(store.stage_analysis(record.id, run))
    SaveAnalysis.prepare(store, record.id, staged, run).apply(store)
    store.set_settings({"head": str(tmp_path / "my head"), "iris": "green"}, "head")
    path = store.path
    store.close()
    out = str(tmp_path / "face.png")
    assert run_command_line(["render", str(path), "--out", out]) == 1
    assert "my head" in capsys.readouterr().err
    small = ["--size", "64", "--quality", "draft", "--head", "builtin"]
    assert run_command_line(["render", str(path), "--out", out, *small]) == 0
    assert Path(out).stat().st_size > 1000


def test_a_tables_controls_move_the_head_in_both_directions(tmp_path: Path) -> None:
    pictures = []
    for value in (0, 1, -1):
        header = "frame,pts_s,mouth_left_y"
        source = table(tmp_path, f"0,0,{value}", f"1,0.1,{value}", header=header)
        out = tmp_path / f"{value}.png"
        small = ["--size", "128", "--quality", "draft"]
        assert run_command_line(["render", str(source), "--out", str(out), *small]) == 0
        pictures.append(np.asarray(Image.open(out).convert("L"), float))
    still, up, down = pictures
    for moved in (up, down):
        change = np.abs(moved - still)
        assert change.max() > 20
        columns = np.flatnonzero(change.max(axis=0) > 20)
        assert columns.min() > 60  # the subject's left is on the right of the picture
    assert np.abs(up - down).max() > 20
