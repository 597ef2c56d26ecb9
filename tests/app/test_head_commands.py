"""`main.py head` with what cannot be: said in a line with what to do, before a head is built."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.cli import run_command_line


@pytest.fixture
def no_head(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(*_: object, **__: object) -> None:
        raise AssertionError("a head is loaded for something that cannot be drawn")

    monkeypatch.setattr("pipeline.head.load_head", load)


@pytest.mark.usefixtures("no_head")
@pytest.mark.parametrize(
    ("extra", "remedy"),
    [
        (["--size", "0"], "from 16 to 4096"),
        (["--size", "99999"], "from 16 to 4096"),
        (["--light", "neon"], "dramatic"),
        (["--iris", "pink"], "hazel"),
        (["--yaw", "nan"], "degrees"),
        (["--weights", "AU12=inf"], "AU12=0.8"),
    ],
)
def test_a_picture_that_cannot_be_is_refused_before_the_head_is_built(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], extra: list[str], remedy: str
) -> None:
    target = tmp_path / "head.png"
    assert run_command_line(["head", "--picture", str(target), *extra]) == 1
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1 and remedy in said[0]
    assert not target.exists()


@pytest.mark.usefixtures("no_head")
def test_a_target_that_is_a_folder_is_refused_before_the_head_is_built(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for option in ("--picture", "--sheet", "--closeups", "--glb"):
        assert run_command_line(["head", option, str(tmp_path)]) == 1
        assert "it is a folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "words"), [(b"I am a text", "neither GLB nor glTF"), (b"\n", "it is empty")]
)
def test_a_file_that_is_only_named_glb_is_called_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, words: str
) -> None:
    path = tmp_path / "head.glb"
    path.write_bytes(content)
    assert run_command_line(["head", "--controls", "--head", str(path)]) == 1
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert words in last and str(path) in last and "glTF 2.0" in last
