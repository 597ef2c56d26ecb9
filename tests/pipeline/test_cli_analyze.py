"""`analyze` from the command line: bad paths among good ones, and what is written where."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.cli import run_command_line
from pipeline.cli.analyze import expand
from pipeline.core.vision import cv2
from pipeline.media import FilmWriter, open_source
from pipeline.store import ProjectStore, record_of
from tests.pipeline.clips import astronaut
from tests.pipeline.projects import result


def face_film(path: Path, frames: int = 2) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with FilmWriter(path, (640, 480), 50) as film:
        for _ in range(frames):
            film.write(np.repeat(astronaut()[..., None], 3, axis=2))
    return path


def image_folder(folder: Path, first: int = 46, frames: int = 3) -> Path:
    folder.mkdir(parents=True)
    for number in range(first, first + frames):
        cv2.imwrite(str(folder / f"img{number}.png"), np.full((48, 64, 3), number, np.uint8))
    return folder


def analyze(*more: object) -> int:
    return run_command_line(["analyze", *map(str, more)])


def test_one_bad_path_does_not_stop_the_others(tmp_path: Path, capsys) -> None:
    film = face_film(tmp_path / "good.mp4")
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "bad.tell").write_text("no project")
    missing = tmp_path / "missing.mp4"
    out = tmp_path / "out"
    bad = (missing, tmp_path / "empty.mp4", tmp_path / "bad.tell")
    assert analyze(*bad, film, "--out", out) == 1
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("main.py")]
    assert len(said) == 3 and all(str(path) in " ".join(said) for path in bad)
    assert sorted(path.name for path in out.iterdir()) == ["events.csv", "good"]
    rows = list(csv.DictReader((out / "good" / "landmarks.csv").read_text().splitlines()))
    assert [row["frame"] for row in rows] == ["0", "1"]


def test_films_of_one_name_get_folders_and_clips_of_their_own(tmp_path: Path) -> None:
    one = face_film(tmp_path / "a" / "clip.mp4", 2)
    two = face_film(tmp_path / "b" / "clip.mp4", 3)
    out, project = tmp_path / "out", tmp_path / "p.tell"
    assert analyze(one, two, one, "--out", out, "--project", project) == 0
    lengths = {
        folder.name: len((folder / "aus.csv").read_text().splitlines()) - 1
        for folder in out.iterdir()
        if folder.is_dir()
    }
    assert lengths == {"clip": 2, "clip-2": 3}
    with ProjectStore.open(project) as store:
        assert {r.clip_id: r.n_frames for r in store.clips()} == {"clip": 2, "clip-2": 3}


def test_another_film_of_the_same_name_never_replaces_a_clip(tmp_path: Path) -> None:
    first = face_film(tmp_path / "a" / "clip.mp4", 10)
    other = face_film(tmp_path / "b" / "clip.mp4", 12)
    with ProjectStore.create(tmp_path / "p.tell") as store:
        for path, frames in ((first, 10), (other, 12), (first, 10), (other, 12)):
            source = open_source(path)
            store.save_result(record_of(source), source, result(frames))
            source.close()
        found = {record.clip_id: record for record in store.clips()}
        assert {name: record.path for name, record in found.items()} == {
            "clip": first,
            "clip-2": other,
        }
        for name, frames in (("clip", 10), ("clip-2", 12)):
            analysis = store.analysis(found[name].id)
            assert analysis is not None and len(analysis.times) == frames


def test_a_projects_clips_keep_their_rate_and_what_a_person_chose(tmp_path: Path) -> None:
    from pipeline.analysis import AnalysisOptions

    source = open_source(image_folder(tmp_path / "frames"), fps=200)
    record = replace(record_of(source), face_pick=(3.0, 4.0, 1), neutral={0: (0, 2)})
    source.close()
    with ProjectStore.create(tmp_path / "p.tell") as store:
        store.add_clip(record)
    (clip,) = expand(tmp_path / "p.tell")
    assert clip.fps == 200 and clip.record == record
    options = AnalysisOptions.of_clip(clip.record, "classical", "cpu")
    assert (options.pick, options.pick_frame, options.neutral) == ((3.0, 4.0), 1, {0: (0, 2)})


@pytest.mark.parametrize("kind", ["sheet", "project"])
def test_a_path_that_names_no_film_says_what_to_do(kind: str, tmp_path: Path, capsys) -> None:
    path = tmp_path / "p.tell"
    if kind == "project":
        ProjectStore.create(path).close()
    else:
        path = tmp_path / "set"
        path.mkdir()
        (path / "sheet.csv").write_text(
            "Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Action Units,Estimated Emotion\n"
            "1,EP01,1,2,3,4,others\n"
        )
    assert analyze(path) == 1
    assert str(path) in (said := capsys.readouterr().err) and "Traceback" not in said


def test_a_place_that_takes_no_files_is_said_before_the_work(tmp_path: Path, capsys) -> None:
    film = face_film(tmp_path / "good.mp4")
    assert analyze(film, "--out", film / "out") == 1
    said = capsys.readouterr().err
    assert "cannot be written" in said and "landmarks" not in said


def test_a_project_that_takes_no_edits_is_said_before_the_work(
    tmp_path: Path, capsys, monkeypatch
) -> None:
    film = face_film(tmp_path / "good.mp4")
    ProjectStore.create(tmp_path / "p.tell").close()
    monkeypatch.setattr("pipeline.store.connection.can_write", lambda path: False)
    assert analyze(film, "--project", tmp_path / "p.tell") == 1
    said = capsys.readouterr().err
    assert "takes no edits" in said and "landmarks" not in said


def test_an_error_that_concerns_every_clip_is_said_once(tmp_path: Path, capsys) -> None:
    films = [face_film(tmp_path / f"{name}.mp4") for name in "abc"]
    assert analyze(*films, "--predictor", "nobody") == 1
    assert capsys.readouterr().err.count("no predictor 'nobody'") == 1


def test_bench_says_at_once_that_its_file_cannot_be_written(tmp_path: Path, capsys) -> None:
    (tmp_path / "file").touch()
    target = tmp_path / "file" / "figures.json"
    assert run_command_line(["bench", "--only", "media", "--json", str(target)]) == 1
    captured = capsys.readouterr()
    assert "cannot be written" in captured.err and captured.out == ""


def test_a_clips_folder_never_leaves_the_folder_it_is_in() -> None:
    from pipeline.exchange import clip_folder

    assert clip_folder("sub01/EP02_01f") == "sub01_EP02_01f"
    for hostile in ("..", ".", "", "../../x", "..\\..\\x", "a\0b", "C:x"):
        name = clip_folder(hostile)
        assert Path(name).name == name and name.strip(". ") and "\0" not in name
    assert json.dumps(clip_folder("é b")) == json.dumps("é b")
