"""Bad files: a clear message that says what, where and what to do; what can be used is used."""

from __future__ import annotations

import os
from fractions import Fraction

import av
import numpy as np
import pytest

from pipeline.core.errors import MediaError
from pipeline.media import FilmWriter, is_video_path, open_source
from tests.pipeline.media_clips import SIZE, number_in, numbered, write_clip, write_sound


def refusal(path) -> MediaError:
    with pytest.raises(MediaError) as caught:
        open_source(path)
    assert caught.value.where == str(path)
    assert caught.value.what and caught.value.remedy
    return caught.value


def test_a_missing_file(tmp_path):
    assert refusal(tmp_path / "gone.mp4").code == "media.missing"


def test_an_empty_file(tmp_path):
    path = tmp_path / "empty.mp4"
    path.touch()
    assert refusal(path).code == "media.empty"


@pytest.mark.parametrize("name", ["notes.txt", "notes.mp4", "list.m3u8", "list.ffconcat"])
def test_files_that_are_no_video(tmp_path, name):
    path = tmp_path / name
    write_clip(tmp_path / "other.mp4", 3)
    heads = {
        "list.m3u8": "#EXTM3U\n#EXTINF:1,\nother.mp4\n",
        "list.ffconcat": "ffconcat version 1.0\nfile other.mp4\n",
    }
    path.write_text(heads.get(name, "just words\n" * 50))
    assert refusal(path).code == "media.not_video"


def test_random_bytes(tmp_path):
    path = tmp_path / "noise.avi"
    path.write_bytes(np.random.default_rng(0).bytes(50_000))
    assert refusal(path).code == "media.not_video"


def test_sound_only(tmp_path):
    error = refusal(write_sound(tmp_path / "sound.mp4"))
    assert error.code == "media.no_video_stream"
    assert "sound only" in error.what


def test_pictures_in_an_unknown_coding(tmp_path):
    path = write_clip(tmp_path / "a.mp4", 4)
    data = path.read_bytes()
    assert data.count(b"avc1") >= 1
    path.write_bytes(data.replace(b"avc1", b"zzzz"))
    with pytest.raises(MediaError) as error:
        open_source(path)
    assert error.value.code == "media.codec"


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = write_clip(tmp_path / "a.mp4", 3)
    path.chmod(0)
    if os.access(path, os.R_OK):  # an administrator may read everything
        monkeypatch.setattr(os, "access", lambda *_: False)
    assert refusal(path).code == "media.permission"


def test_a_device_is_not_a_clip():
    if os.name == "posix":
        with pytest.raises(MediaError):
            open_source("/dev/zero")


def test_a_recording_cut_off_before_its_table_of_frames(tmp_path):
    path = write_clip(tmp_path / "a.mp4", 60)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    error = refusal(path)
    assert error.code == "media.truncated"


@pytest.mark.parametrize(
    ("name", "options"),
    [("a.mp4", {"movflags": "+faststart"}), ("a.mkv", {}), ("a.avi", {}), ("a.ts", {})],
)
def test_the_readable_part_of_a_truncated_file_can_be_used(tmp_path, name, options):
    path = tmp_path / name
    if options:  # the table of frames comes first, as downloads have it
        with FilmWriter(path, SIZE, Fraction(25), gop=30) as film:
            for index in range(150):
                film.write(numbered(index))
    else:
        write_clip(path, 150, gop=30)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    with open_source(path) as source:
        assert 30 <= source.n_frames < 140
        if name != "a.ts":  # a stream without a header promises nothing
            assert source.warnings and source.warnings[0].startswith("truncated")
        whole = source.n_frames - 4  # the last packet may hold half a picture
        order = [whole - 1, 0, whole // 2, *range(whole - 1, -1, -7)]
        assert [number_in(source.frame(i)) for i in order] == order
        assert sum(1 for _ in source.iter_frames()) == source.n_frames
        source.frame(source.n_frames - 1)


def test_damage_in_the_middle_costs_only_the_frames_it_hits(tmp_path):
    path = write_clip(tmp_path / "a.avi", 90, codec="mpeg4", b_frames=0, gop=15)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(400)
    path.write_bytes(bytes(data))
    with open_source(path) as source:
        assert source.n_frames >= 85
        lost, good = 90 - source.n_frames, 0
        for index in range(source.n_frames):
            try:
                good += number_in(source.frame(index)) in (index, index + lost)
            except MediaError as error:
                assert error.code == "media.frame"
                assert error.params["frame"] == index
        assert good >= 60
        assert sum(1 for _ in source.iter_frames()) == source.n_frames


def test_a_lost_packet_in_the_middle_is_an_error_at_its_frame_only(tmp_path):
    path = write_clip(tmp_path / "a.mp4", 60, codec="libx264", gop=1, options={"crf": "30"})
    with open_source(path) as source:
        sizes = source.n_frames
    with av.open(str(path)) as container:
        at = [(p.pos, p.size) for p in container.demux(video=0) if p.size][31]
    data = bytearray(path.read_bytes())
    data[at[0] : at[0] + at[1]] = bytes(at[1])
    path.write_bytes(bytes(data))
    with open_source(path) as source:
        assert source.n_frames == sizes
        with pytest.raises(MediaError) as caught:
            source.frame(31)
        assert caught.value.code == "media.frame"
        assert "frame 31" in caught.value.what
        assert [number_in(source.frame(i)) for i in (30, 32, 59)] == [30, 32, 59]
        played = [number_in(picture) for _, picture in source.iter_frames()]
        assert played == [*range(31), 30, *range(32, 60)]
        assert any("frame 31" in text for text in source.warnings)


def test_a_clip_of_one_frame(tmp_path):
    with open_source(write_clip(tmp_path / "a.mp4", 1, fps=200)) as source:
        assert source.n_frames == 1
        assert number_in(source.frame(0)) == 0
        assert source.times().tolist() == [0.0]
        assert source.fps == pytest.approx(200)
        assert source.index_at(5) == 0
        assert len(list(source.iter_frames())) == 1


def test_a_clip_without_any_frame(tmp_path):
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=25)
        stream.width, stream.height = 64, 64
        target.start_encoding()
    assert refusal(path).code in {"media.no_frames", "media.not_video"}


def test_pictures_beyond_all_measure_are_refused(tmp_path):
    path = tmp_path / "huge.y4m"
    path.write_bytes(b"YUV4MPEG2 W30000 H30000 F25:1 Ip A1:1 C420jpeg\nFRAME\n" + bytes(1000))
    assert refusal(path).code in {"media.too_large", "media.not_video"}


def test_names_of_videos_are_known_by_their_ending(tmp_path):
    assert is_video_path("a.MP4")
    assert is_video_path(tmp_path / "b.avi")
    assert not is_video_path("a.png")
    (tmp_path / "folder.mp4").mkdir()
    assert not is_video_path(tmp_path / "folder.mp4")
