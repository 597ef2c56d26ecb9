"""Characters on the command line: named, listed, refused with what there is."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.cli import run_command_line
from pipeline.cli.head_cast import report_line
from pipeline.cli.project_head import project_head
from pipeline.core.errors import HeadError
from pipeline.core.progress import run
from pipeline.head.cast import CAST, characters_named
from pipeline.head.measure.checks import Check, VerifyReport
from pipeline.synth import synthesise
from tests.pipeline.projects import project

AUS = "frame,pts_s,AU12\n0,0.0,0.0\n1,0.1,0.8\n2,0.2,0.0\n"


@pytest.fixture
def aus(tmp_path: Path) -> Path:
    path = tmp_path / "aus.csv"
    path.write_text(AUS)
    return path


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the heads that are loaded; loading ends there."""
    names: list[str] = []

    def load(name: str, *, lod: str):
        names.append(str(name))
        raise HeadError("enough")
        yield

    monkeypatch.setattr("pipeline.head.load_head", load)
    return names


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err


def test_heads_are_listed_a_name_a_line_the_cast_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["head", "--list"]) == 0
    names = capsys.readouterr().out.splitlines()
    assert names[: len(CAST)] == list(CAST) and names[0] == "builtin"


@pytest.mark.parametrize("name", ["ada", "seed:12", "seed:4294967295"])
def test_a_character_is_what_the_commands_load(
    aus: Path, tmp_path: Path, loaded: list[str], name: str
) -> None:
    picture = str(tmp_path / "p.png")
    for command in (
        ["render", str(aus), "--out", picture],
        ["export", str(aus), "--to", "gltf", "--out", str(tmp_path / "h.glb")],
        ["head", "--picture", picture],
    ):
        assert run_command_line([*command, "--character", name]) == 1
    assert loaded == [name] * 3


def test_a_project_is_shown_on_its_own_character_unless_another_is_named(tmp_path: Path) -> None:
    store, _ = project(tmp_path)
    store.set_settings({"head": "seed:12", "identity": {"jaw": 0.5}, "iris": "green"}, scope="head")
    store.close()
    path = tmp_path / "study.tell"
    kept = project_head(path)
    assert (kept.name, kept.iris, kept.identity) == ("seed:12", "green", {"jaw": 0.5})
    other = project_head(path, "ada")
    assert (other.name, other.identity) == ("ada", {}), "an identity is its own character's"


@pytest.mark.parametrize("name", ["nobody", "", "seed", "../ada", "x" * 3000])
def test_an_unknown_character_is_refused_with_those_there_are(
    aus: Path, tmp_path: Path, loaded: list[str], capsys: pytest.CaptureFixture[str], name: str
) -> None:
    for command in (
        ["render", str(aus), "--out", str(tmp_path / "p.png")],
        ["head", "--verify"],
        ["synth", "--source", "head", "--out", str(tmp_path / "s"), "--clips", "1", "--seed", "1"],
    ):
        assert run_command_line([*command, "--character", name]) == 1
        words = said(capsys)
        assert "no character" in words and all(one in words for one in CAST)
        assert len(words.splitlines()) == 1 and len(words) < 600
    assert not loaded and not (tmp_path / "s").exists()


@pytest.mark.parametrize("name", ["seed:", "seed:x", "seed:-1", "seed:4294967296", "seed:1.5"])
def test_a_seed_that_is_none_is_refused(
    loaded: list[str], capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert run_command_line(["head", "--verify", "--character", name]) == 1
    assert "seed:N" in said(capsys) and not loaded


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["render", "a.csv", "--out", "p.png", "--head", "x", "--character", "ada"], "not allowed"),
        (["head", "--verify", "--head", "builtin", "--character", "ada"], "not allowed"),
        (["export", "a.csv", "--to", "csv", "--out", "o", "--character", "ada"], "gltf"),
        (["synth", "--out", "o", "--clips", "1", "--seed", "1", "--character", "ada"], "head"),
        (["synth", "--out", "o", "--clips", "1", "--seed", "1", "--source", "head", "--character",
          "ada", "--characters", "cast"], "not allowed"),
        (["head", "--verify", "--characters", "cast", "--character", "ada"], "--characters"),
        (["head", "--list", "--characters", "cast"], "--verify"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_wrong_usage(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    with pytest.raises(SystemExit) as end:
        run_command_line(arguments)
    assert end.value.code == 2 and words in said(capsys)


def test_groups_of_characters_are_named_in_one_word() -> None:
    assert [one.name for one in characters_named("cast")] == list(CAST)
    assert [one.name for one in characters_named("seeds:9-11")] == ["seed:9", "seed:10", "seed:11"]
    assert [one.name for one in characters_named("bao")] == ["bao"]
    for wrong in ("seeds:3-1", "seeds:0-", "seeds:0-99999", "seeds:0-4294967296", "seeds"):
        with pytest.raises(HeadError):
            characters_named(wrong)


def test_every_subject_is_somebody_else_and_the_truth_says_who(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filmed = []

    def renderer(seed: int, **how: object):
        filmed.append(how["character"])
        return SimpleNamespace(events=lambda: (), close=lambda: None)

    def write(*_: object):
        yield from ()

    monkeypatch.setattr("pipeline.synth.write.clip_renderer", renderer)
    monkeypatch.setattr("pipeline.synth.write._write_clip", write)
    folder = run(synthesise(
        tmp_path / "set", 5, 1, source="head", subjects=3,
        characters=["ada", "seed:007", "bao"],
    ))  # fmt: skip
    assert filmed == ["ada", "seed:7", "bao", "ada", "seed:7"]
    rows = (folder / "truth_subjects.csv").read_text().splitlines()
    assert rows == ["subject,character", "sub01,ada", "sub02,seed:7", "sub03,bao"]


def test_fewer_characters_than_subjects_are_refused_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["synth", "--source", "head", "--out", str(tmp_path / "s"), "--clips", "4"]
    command += ["--seed", "1", "--subjects", "3", "--character", "ada", "ada", "bao"]
    assert run_command_line(command) == 1
    assert "2 characters cannot be 3 subjects" in said(capsys)
    assert not (tmp_path / "s").exists()


def test_a_character_has_one_line_that_names_what_fails() -> None:
    report = VerifyReport("ada", "live", seconds=12.0)
    report.checks += [Check.at_most("points", "own points", 0.02, 0.05, "IOD")]
    assert report_line(report) == "ada (live): 1 of 1 checks hold, 12 s"
    report.checks += [Check.at_most("geometry", "lip in lip", 0.4, 0.15, "mm")]
    line = report_line(report)
    assert line.startswith("ada (live): 1 of 2 checks hold, 12 s; MISSED geometry: lip in lip 0.4")
    assert "\n" not in line
