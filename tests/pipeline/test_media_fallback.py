"""Where PyAV is absent, OpenCV gives the same frames."""

from __future__ import annotations

import sys
from fractions import Fraction

import numpy as np
import pytest

from pipeline.core.errors import MediaError
from pipeline.media import FilmWriter, open_source
from tests.pipeline.media_clips import (
    SIZE,
    number_in,
    numbered,
    write_clip,
    write_sound,
)
from tests.shared_data import shared

VFR = np.cumsum(np.random.default_rng(0).integers(1, 9, 60)).tolist()


@pytest.fixture
def without_pyav(monkeypatch):
    """Make importing PyAV fail, as on a machine that does not have it."""

    def hide() -> None:
        monkeypatch.setitem(sys.modules, "av", None)

    return hide


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"fps": 200},
        {"pts": VFR, "time_base": Fraction(1, 240)},
        {"rotation": 90},
        {"aspect": Fraction(3, 2)},
        {"rotation": 270, "aspect": Fraction(3, 2)},
    ],
    ids=["25 fps", "200 fps", "variable", "rotated", "not square", "rotated, not square"],
)
def test_both_readers_agree(tmp_path, without_pyav, options):
    path = write_clip(tmp_path / "a.mp4", 60, gop=20, **options)
    with open_source(path) as exact:
        pictures = dict(exact.iter_frames())
        grays = [exact.gray(i) for i in range(60)]
        times, fps, digest = exact.times(), exact.fps, exact.content_hash()
    without_pyav()
    with open_source(path) as source:
        assert type(source).__name__ == "OpenCVSource"
        assert source.n_frames == 60
        assert (source.height, source.width) == pictures[0].shape[:2]
        assert source.content_hash() == digest
        np.testing.assert_allclose(source.times(), times, atol=2e-6)
        assert source.fps == pytest.approx(fps, rel=1e-3)
        for index in [59, 3, 2, 1, 0, 20, 19, 41, *range(60)]:
            picture = source.frame(index).astype(int)
            assert np.abs(picture - pictures[index]).max() <= 2
            difference = np.abs(source.gray(index).astype(int) - grays[index])
            assert np.quantile(difference, 0.99) <= 2


def test_a_thousand_random_and_backward_steps_return_the_asked_frame(tmp_path, without_pyav):
    path = write_clip(tmp_path / "a.mp4", 100, gop=40)
    without_pyav()
    bound = 50 * SIZE[0] * SIZE[1] * 3
    rng = np.random.default_rng(1)
    steps = list(range(99, -1, -1))
    while len(steps) < 1000:
        at = int(rng.integers(0, 100))
        steps += [at, *range(at, max(at - 20, -1), -1)]
    with open_source(path, cache_bytes=bound) as source:
        for index in steps:
            assert number_in(source.frame(index)) == index
            assert source.cached_bytes <= bound
        assert [(i, number_in(p)) for i, p in source.iter_frames(7, 90, 31)] == [
            (7, 7), (38, 38), (69, 69),
        ]  # fmt: skip
        assert [i for i, _ in source.iter_gray(98)] == [98, 99]


def test_a_real_clip_has_the_same_frames(without_pyav):
    path = shared("video/single_face.mp4")
    with open_source(path) as exact:
        expected = {i: exact.frame(i)[::4, ::4].astype(int) for i in (0, 71, 30)}
    without_pyav()
    with open_source(path) as source:
        assert source.n_frames == 72
        for index in (71, 30, 0):
            assert np.abs(source.frame(index)[::4, ::4] - expected[index]).max() <= 2


def test_files_that_are_no_video_are_refused(tmp_path, without_pyav):
    sound = write_sound(tmp_path / "sound.m4a")
    text = tmp_path / "text.mp4"
    text.write_text("not a video\n" * 100)
    without_pyav()
    for path in (sound, text):
        with pytest.raises(MediaError) as caught:
            open_source(path)
        assert caught.value.code == "media.not_video"
        assert str(path) in str(caught.value)


def test_films_are_written_as_well(tmp_path, without_pyav):
    path = tmp_path / "film.mp4"
    without_pyav()
    with FilmWriter(path, SIZE, Fraction(50)) as film:
        for index in range(30):
            film.write(numbered(index))
    with open_source(path) as source:
        assert source.n_frames == 30
        assert [number_in(source.frame(i)) for i in (29, 0, 13)] == [29, 0, 13]
    assert [entry.name for entry in tmp_path.iterdir()] == ["film.mp4"]
