"""Films out: exact times, whole files or none."""

from __future__ import annotations

import os
from fractions import Fraction

import av
import numpy as np
import pytest

from pipeline.core.errors import MediaError
from pipeline.media import FilmWriter, open_source
from tests.pipeline.media_clips import SIZE, number_in, numbered


def write_film(path, frames=20, size=SIZE, fps=Fraction(25), **options):
    with FilmWriter(path, size, fps, **options) as film:
        for index in range(frames):
            film.write(numbered(index, size))
    return path


@pytest.mark.parametrize("fps", [Fraction(25), 200, Fraction(30000, 1001), 59.94, 12.5])
def test_every_frame_is_shown_at_its_exact_time(tmp_path, fps):
    path = write_film(tmp_path / "film.mp4", fps=fps)
    exact = fps if isinstance(fps, Fraction) else Fraction(fps).limit_denominator(1001)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        times = sorted(p.pts * stream.time_base for p in container.demux(stream) if p.size)
        assert stream.codec_context.name == "h264"
        assert stream.pix_fmt == "yuv420p"
    assert times == [n / exact for n in range(20)]


def test_given_times_are_kept_exactly(tmp_path):
    pts = [0, 7, 9, 30, 31, 80]
    base = Fraction(1, 600)
    path = write_film(
        tmp_path / "film.mp4", 6, fps=Fraction(200), pts=np.array(pts), time_base=base
    )
    with open_source(path) as source:
        assert [t * source.time_base for t in source.pts.tolist()] == [t * base for t in pts]
        assert [number_in(source.frame(i)) for i in (5, 0, 3)] == [5, 0, 3]


def test_odd_sizes_are_extended_by_their_last_column_and_row(tmp_path):
    path = write_film(tmp_path / "film.mp4", size=(131, 99), crf=1)
    with open_source(path) as source:
        assert (source.width, source.height) == (132, 100)
        shown = source.frame(4).astype(int)
        assert number_in(shown) == 4
        assert np.abs(shown[:99, :131] - numbered(4, (131, 99))).mean() < 3
        assert np.abs(shown[:, 131] - shown[:, 130]).mean() < 3


def test_the_colours_are_tagged(tmp_path):
    with av.open(str(write_film(tmp_path / "film.mp4"))) as container:
        frame = next(container.decode(video=0))
        assert (frame.colorspace, frame.color_range) == (6, 1)


def test_a_film_that_fails_leaves_what_was_there(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"precious")
    with pytest.raises(RuntimeError), FilmWriter(path, SIZE, 25) as film:
        film.write(numbered(0))
        raise RuntimeError
    assert path.read_bytes() == b"precious"
    assert [entry.name for entry in tmp_path.iterdir()] == ["film.mp4"]


def test_a_film_without_pictures_is_refused(tmp_path):
    with pytest.raises(MediaError) as caught, FilmWriter(tmp_path / "film.mp4", SIZE, 25):
        pass
    assert caught.value.code == "media.empty_film"
    assert list(tmp_path.iterdir()) == []


def test_a_film_of_one_picture(tmp_path):
    with open_source(write_film(tmp_path / "film.mp4", 1)) as source:
        assert source.n_frames == 1


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(MediaError) as caught:
        FilmWriter(tmp_path / "gone" / "film.mp4", SIZE, 25)
    assert caught.value.code == "media.write"
    assert caught.value.remedy


def test_a_target_that_is_a_folder(tmp_path):
    (tmp_path / "film.mp4").mkdir()
    with pytest.raises(MediaError) as caught:
        write_film(tmp_path / "film.mp4")
    assert caught.value.code == "media.write"
    assert [entry.name for entry in tmp_path.iterdir()] == ["film.mp4"]


@pytest.mark.skipif(os.name != "posix", reason="file size limits are POSIX")
def test_a_full_disk_leaves_no_half_film(tmp_path):
    import resource

    noise = np.random.default_rng(0)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, hard))
    try:
        with (
            pytest.raises(MediaError) as caught,
            FilmWriter(tmp_path / "film.mp4", (320, 240), 25) as film,
        ):
            for _ in range(60):
                film.write(noise.integers(0, 256, (240, 320, 3), np.uint8))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.code == "media.disk_full"
    assert list(tmp_path.iterdir()) == []


def test_pictures_of_another_size_are_refused(tmp_path):
    with FilmWriter(tmp_path / "film.mp4", SIZE, 25) as film:
        film.write(numbered(0))
        with pytest.raises(ValueError):
            film.write(numbered(0, (64, 64)))
        with pytest.raises(ValueError):
            film.write(numbered(0).astype(float))
    with pytest.raises(ValueError):
        film.write(numbered(1))


def test_times_that_do_not_rise_are_refused(tmp_path):
    with pytest.raises(ValueError):
        FilmWriter(tmp_path / "a.mp4", SIZE, 25, pts=[0, 2, 2], time_base=Fraction(1, 25))
    with pytest.raises(ValueError):
        FilmWriter(tmp_path / "a.mp4", SIZE, 25, pts=[0, 1])
    with pytest.raises(MediaError):
        FilmWriter(tmp_path / "a.mp4", SIZE, 0)
    assert list(tmp_path.iterdir()) == []


def test_without_an_h264_encoder_mpeg4_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.media.encoders._NAMES", ("mpeg4",))
    path = write_film(tmp_path / "film.mp4", fps=Fraction(200))
    with open_source(path) as source:
        assert [number_in(source.frame(i)) for i in (19, 0, 7)] == [19, 0, 7]
        assert source.fps == pytest.approx(200)
