"""The cache of characters: one body for all, bounded, damaged files made again."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.progress import run
from pipeline.head import load_head
from pipeline.head.cache import (
    MOST_SEEDS,
    body_file,
    forget_old_heads,
    head_file,
    read_arrays,
    write_arrays,
)
from pipeline.head.cast import CAST, Character, find_character
from pipeline.head.load import _body
from pipeline.head.sculpt.assemble import dressed
from pipeline.head.sculpt.body import Body, Rows
from tests.pipeline.heads import head


def random_one(seed: int) -> Character:
    found = find_character(f"seed:{seed}")
    assert found is not None
    return found


@pytest.fixture
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("TELL_CACHE_DIR", str(tmp_path))
    return tmp_path


def kept(folder: Path, pattern: str) -> list[str]:
    return sorted(path.name.rsplit("-", 1)[0] for path in folder.glob(pattern))


def place(folder: Path, character: Character, lod: str, age_s: int) -> Path:
    """An empty file where a head would be kept, last used so long ago."""
    path = head_file(character, lod)
    assert path is not None
    path.write_bytes(b"")
    now = path.stat().st_mtime
    os.utime(path, (now - age_s, now - age_s))
    return path


def test_random_heads_do_not_fill_the_disk_and_those_used_last_stay(own_cache: Path) -> None:
    most = MOST_SEEDS["live"]
    for seed in range(3 * most):
        path = place(own_cache, random_one(seed), "live", 3 * most - seed)
        forget_old_heads(path, random_one(seed), "live")
    for character in CAST.values():
        place(own_cache, character, "live", 9999)
    place(own_cache, random_one(7), "draft", 9999)
    last = place(own_cache, random_one(1), "live", 99999)
    forget_old_heads(last, random_one(1), "live")
    stay = [1, *range(2 * most + 1, 3 * most)]
    assert kept(own_cache, "head-seed-*-live-*") == sorted(f"head-seed-{n}-live" for n in stay)
    assert len(kept(own_cache, "head-*-live-*")) == most + len(CAST), "the cast stays"
    assert kept(own_cache, "*-draft-*") == ["head-seed-7-draft"], "other levels stay"


def test_a_head_that_older_code_or_another_character_made_is_not_taken(own_cache: Path) -> None:
    ada = CAST["ada"]
    before, after = head_file(ada, "draft"), head_file(replace(ada, age=ada.age + 1), "draft")
    assert before != after
    assert before != head_file(ada, "live")
    assert before is not None and after is not None
    before.write_bytes(b"")
    after.write_bytes(b"")
    other = place(own_cache, random_one(11), "draft", 5)
    forget_old_heads(after, ada, "draft")
    assert not before.exists() and after.exists() and other.exists()


def test_seeds_that_begin_alike_are_not_taken_for_versions_of_each_other(own_cache: Path) -> None:
    paths = [place(own_cache, random_one(seed), "draft", 5) for seed in (1, 12, 123)]
    forget_old_heads(paths[0], random_one(1), "draft")
    assert all(path.exists() for path in paths)


def test_what_another_process_removes_meanwhile_is_made_again(own_cache: Path) -> None:
    path = head_file(CAST["ada"], "draft")
    assert path is not None
    assert read_arrays(path, dict) is None
    path.symlink_to(own_cache / "gone")  # it is listed, and gone when it is opened
    assert read_arrays(path, dict) is None


def test_the_body_of_the_cache_is_the_body_that_was_built(tmp_path: Path) -> None:
    head()  # of this session's cache
    body = run(_body("draft"))
    path = tmp_path / "body.npz"
    write_arrays(path, body.to_arrays())
    again = read_arrays(path, Body.from_arrays)
    assert again is not None
    for name, array in body.to_arrays().items():
        np.testing.assert_array_equal(again.to_arrays()[name], array)
    model = run(dressed(again, CAST["builtin"]))
    for name, array in head().to_arrays().items():
        np.testing.assert_array_equal(model.to_arrays()[name], array, err_msg=name)


def test_a_damaged_body_is_built_again(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = body_file("draft")
    assert path is not None
    np.savez(path, plain=np.array('{"lod": "draft", "parts": [], "pictures": []}'))
    built = object()

    def building(lod: str):
        yield from ()
        return type("Built", (), {"to_arrays": lambda _: {"whole": np.ones(3)}, "made": built})()

    monkeypatch.setattr("pipeline.head.sculpt.body.build_body", building)
    with caplog.at_level(logging.WARNING):
        assert run(_body("draft")).made is built
    assert "built again" in caplog.text
    assert read_arrays(path, lambda arrays: arrays["whole"].sum()) == 3


def test_rows_of_nothing_cost_nothing_and_come_back() -> None:
    rng = np.random.default_rng(1)
    arrays = [np.zeros((9, 3)), rng.normal(size=(9, 3)), np.zeros((9, 3))]
    arrays[1][[0, 4, 8]] = 0
    rows = Rows.of(arrays, 9)
    assert len(rows) == 3 and len(rows.ids) == 6
    for index, array in enumerate(arrays):
        np.testing.assert_array_equal(rows.whole(index), array)


def test_a_character_whose_body_is_there_is_dressed_without_building_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    head()

    def never(lod: str):
        raise AssertionError("the body is built twice")

    monkeypatch.setattr("pipeline.head.sculpt.body.build_body", never)
    model = run(load_head("grace", lod="draft"))
    assert model.name == "grace" and model.lod == "draft"
    assert len(model.landmarks) == 68 and np.isfinite(model.vertices).all()
    assert set(head().controls) == set(model.controls), "every unit is there"
