"""Who sees what of a clip, and where its media is."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.errors import ProjectError
from pipeline.core.progress import run
from pipeline.core.types import EventSpan
from pipeline.core.vision import cv2
from pipeline.media import open_source
from pipeline.store import find_moved, moved_along, new_event, record_of, relocate
from pipeline.store.coders import overlap, shown
from tests.pipeline.projects import clip_record


def event(onset: int, offset: int, coder: str, **more: object):  # type: ignore[no-untyped-def]
    return new_event("clip", EventSpan(onset, None, offset), coder, **more)


@pytest.mark.parametrize(
    ("one", "other", "iou"),
    [
        ((0, 9), (0, 9), 1.0),
        ((0, 9), (5, 14), 5 / 15),
        ((0, 4), (5, 9), 0.0),
        ((3, 3), (0, 9), 0.1),
    ],
)
def test_overlap_is_intersection_over_union_on_inclusive_frames(
    one: tuple[int, int], other: tuple[int, int], iou: float
) -> None:
    a, b = (EventSpan(on, None, off) for on, off in (one, other))
    frames = set(range(one[0], one[1] + 1)), set(range(other[0], other[1] + 1))
    assert overlap(a, b) == pytest.approx(len(frames[0] & frames[1]) / len(frames[0] | frames[1]))
    assert overlap(a, b) == overlap(b, a) == pytest.approx(iou)


def test_an_own_event_answers_the_proposal_it_covers_even_without_being_based_on_it() -> None:
    guess, other = event(10, 20, "model"), event(40, 50, "model")
    own = event(11, 21, "ana")
    seen = shown([guess, other, own], "ana")
    assert seen.events == (own, other)
    assert seen.proposals == (other,)


def test_a_rejected_proposal_is_gone_and_its_rejection_covers_nothing_else() -> None:
    guess, near = event(10, 20, "model"), event(11, 20, "model")
    no = event(10, 20, "ana", based_on=guess.id, verdict="rejected")
    seen = shown([guess, near, no], "ana")
    assert seen.events == (near,)


def test_coding_is_blind_to_other_persons() -> None:
    first = event(10, 20, "ana")
    assert shown([first], "bo").events == ()
    assert shown([first], "ana").events == (first,)


def images(folder: Path, seed: int) -> Path:
    folder.mkdir(parents=True)
    pictures = np.random.default_rng(seed).integers(0, 255, (4, 16, 20, 3), np.uint8)
    for number, picture in enumerate(pictures, 1):
        cv2.imwrite(str(folder / f"img{number}.png"), picture)
    return folder


def record(folder: Path, name: str):  # type: ignore[no-untyped-def]
    source = open_source(folder)
    try:
        return record_of(source, name)
    finally:
        source.close()


def test_a_clips_record_says_what_the_media_is(tmp_path: Path) -> None:
    made = record(images(tmp_path / "EP01", 1), "sub01/EP01")
    assert (made.kind, made.n_frames, made.fps) == ("images", 4, 25.0)
    assert len(made.content_hash) == 64


def test_media_is_found_again_by_content_under_any_name(tmp_path: Path) -> None:
    made = record(images(tmp_path / "here" / "EP01", 1), "sub01/EP01")
    images(tmp_path / "there" / "EP01", 2)  # the same name, another film
    shutil.move(tmp_path / "here" / "EP01", tmp_path / "there" / "renamed")
    assert run(find_moved(made, tmp_path / "there")) == tmp_path / "there" / "renamed"
    assert run(find_moved(made, tmp_path / "here")) is None
    found = relocate(made, tmp_path / "there" / "renamed")
    assert found == replace(made, path=tmp_path / "there" / "renamed")
    with pytest.raises(ProjectError, match="content differs") as caught:
        relocate(made, tmp_path / "there" / "EP01")
    assert caught.value.code == "project.other_media"


def test_clips_that_moved_along_are_found_by_their_path(tmp_path: Path) -> None:
    old, new = tmp_path / "disk1" / "CASME", tmp_path / "disk2" / "data" / "CASME"
    clips = [
        replace(clip_record(name), path=old / name) for name in ("sub01/a", "sub01/b", "sub02/c")
    ]
    elsewhere = replace(clip_record("x"), path=tmp_path / "other" / "x")
    for name in ("sub01/a", "sub01/b"):
        (new / name).mkdir(parents=True)
    moved = moved_along([*clips, elsewhere], clips[0].path, new / "sub01" / "a")
    assert [(before.clip_id, after.path) for before, after in moved] == [
        ("sub01/b", new / "sub01" / "b")
    ]
    assert moved_along(clips, clips[0].path, clips[0].path) == ()
