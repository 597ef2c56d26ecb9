"""Every asked frame is the one that comes, however it is reached."""

from __future__ import annotations

import threading
from fractions import Fraction

import numpy as np
import pytest

from pipeline.core.errors import MediaError
from pipeline.core.vision import cv2
from pipeline.media import open_source
from tests.pipeline.media_clips import SIZE, number_in, numbered, remux, write_clip
from tests.shared_data import shared

FRAMES = 150
VFR = np.cumsum(np.random.default_rng(0).integers(1, 9, FRAMES)).tolist()
FRAME_BYTES = SIZE[0] * SIZE[1] * 3 // 2

CLIPS = {
    "h264 with B-frames": lambda at: write_clip(at / "a.mp4"),
    "200 fps": lambda at: write_clip(at / "a.mp4", fps=200),
    "variable frame rate": lambda at: write_clip(at / "a.mp4", pts=VFR, time_base=Fraction(1, 240)),
    "open GOPs": lambda at: write_clip(
        at / "a.mp4", options={"x264-params": "open-gop=1:keyint=30:min-keyint=30:scenecut=0"}
    ),
    "intra refresh, no clean keyframes": lambda at: write_clip(
        at / "a.mp4", options={"x264-params": "intra-refresh=1:keyint=30:scenecut=0"}
    ),
    "every frame a keyframe": lambda at: write_clip(at / "a.mp4", gop=1),
    "matroska": lambda at: write_clip(at / "a.mkv"),
    "transport stream": lambda at: write_clip(at / "a.ts"),
    "program stream, mpeg-2": lambda at: write_clip(
        at / "a.mpg", codec="mpeg2video", b_frames=2, gop=15
    ),
    "h264 in AVI, times in the wrong order": lambda at: write_clip(at / "a.avi"),
    "mpeg-4 in AVI": lambda at: write_clip(at / "a.avi", codec="mpeg4", b_frames=2),
    "bare h264 without any times": lambda at: write_clip(at / "a.h264"),
    "10 bit": lambda at: write_clip(at / "a.mp4", pix_fmt="yuv420p10le"),
    "4:4:4": lambda at: write_clip(at / "a.mp4", pix_fmt="yuv444p"),
    "hevc": lambda at: write_clip(
        at / "a.mp4", codec="libx265", options={"x265-params": "log-level=none:keyint=40"}
    ),
    "start far from zero": lambda at: remux(
        write_clip(at / "first.mp4"), at / "a.mkv", shift=70_000
    ),
}


@pytest.fixture(params=CLIPS, scope="module")
def clip(request, tmp_path_factory):
    return CLIPS[request.param](tmp_path_factory.mktemp("clip"))


def test_a_thousand_random_and_backward_steps_return_the_asked_frame(clip):
    rng = np.random.default_rng(1)
    steps = [*rng.integers(0, FRAMES, 40), *range(FRAMES - 1, -1, -1)]
    while len(steps) < 1000:  # a person scrubs: jumps, then steps back and forth
        at = int(rng.integers(0, FRAMES))
        steps += [at, *range(at, max(at - 12, -1), -1), *range(at, min(at + 12, FRAMES))]
    with open_source(clip, cache_bytes=90 * FRAME_BYTES) as source:
        assert source.n_frames == FRAMES
        assert (source.width, source.height) == SIZE
        assert source.warnings == ()
        wrong = [int(i) for i in steps if number_in(source.frame(int(i))) != i]
        assert wrong == []


def test_playing_through_gives_the_same_pictures_as_stepping(clip):
    with open_source(clip) as source:
        played = list(source.iter_frames())
        assert [index for index, _ in played] == list(range(FRAMES))
        for index in (0, 1, 59, 60, 61, 75, 76, 77, 78, 148, 149):
            np.testing.assert_array_equal(source.frame(index), played[index][1])


def test_playing_can_begin_anywhere_and_leaves_the_cache_alone(clip):
    with open_source(clip) as source:
        source.frame(3)
        held = source.cached_bytes
        seen = [(i, number_in(picture)) for i, picture in source.iter_frames(70, 140, 9)]
        assert seen == [(i, i) for i in range(70, 140, 9)]
        assert source.cached_bytes == held
        assert source.cached(3) and not source.cached(79)


def test_times_are_those_that_were_written(tmp_path):
    path = write_clip(tmp_path / "a.mp4", pts=VFR, time_base=Fraction(1, 240))
    with open_source(path) as source:
        expected = (np.array(VFR) - VFR[0]) / 240
        np.testing.assert_allclose(source.times(), expected, atol=1e-9)
        assert np.all(np.diff(source.pts) > 0)
        for index in range(FRAMES):
            assert source.index_at(source.seconds(index)) == index
            assert source.index_at(expected[index] + 1e-3) == index
        assert source.index_at(-1) == 0
        assert source.index_at(1e9) == FRAMES - 1


def test_the_frame_rate_is_that_of_the_median_interval(tmp_path):
    with open_source(write_clip(tmp_path / "a.mp4", 20, fps=200)) as source:
        assert source.fps == pytest.approx(200)


def test_frames_before_an_edit_list_begins_are_not_counted(tmp_path):
    whole = write_clip(tmp_path / "whole.mp4")
    path = remux(whole, tmp_path / "cut.mp4", shift=-20 * 512)  # 512 units a frame
    with open_source(path) as source:
        assert source.n_frames == FRAMES - 20
        order = [0, 129, 64, 38, 40, 39, 5, 4, 100]
        assert [number_in(source.frame(i)) for i in order] == [20 + i for i in order]


def test_a_clip_that_begins_between_keyframes_begins_with_its_first_readable_frame(tmp_path):
    path = remux(write_clip(tmp_path / "whole.mkv"), tmp_path / "late.mkv", skip=30)
    with open_source(path) as source:
        first = number_in(source.frame(0))
        assert 30 <= first <= 60
        assert [number_in(source.frame(i)) for i in (40, 7, 20)] == [first + i for i in (40, 7, 20)]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_rotation_metadata_is_applied(tmp_path, turn):
    path = write_clip(tmp_path / "a.mp4", 30, rotation=turn)
    with open_source(path) as source:
        upright = np.rot90(source.frame(7), -turn // 90)
        assert (source.width, source.height) == (SIZE if turn == 180 else SIZE[::-1])
        assert source.frame(7).shape == (source.height, source.width, 3)
        assert [number_in(np.rot90(source.frame(i), -turn // 90)) for i in (7, 29, 3)] == [7, 29, 3]
        assert np.abs(upright.astype(int) - numbered(7)).mean() < 4
        assert np.rot90(source.gray(7), -turn // 90).shape == SIZE[::-1]


def test_a_mirroring_display_matrix_is_applied(tmp_path):
    path = write_clip(tmp_path / "a.mp4", 10, rotation=180)
    data = path.read_bytes()
    half_turn = np.array([-65536, 0, 0, 0, -65536, 0], ">i4").tobytes()
    mirror = np.array([-65536, 0, 0, 0, 65536, 0], ">i4").tobytes()
    assert data.count(half_turn) == 1
    path.write_bytes(data.replace(half_turn, mirror))
    with open_source(path) as source:
        assert number_in(source.frame(4)[:, ::-1]) == 4


def test_odd_sizes_keep_every_pixel(tmp_path):
    size = (129, 97)
    path = write_clip(tmp_path / "a.mkv", 5, codec="ffv1", pix_fmt="bgr0", size=size)
    with open_source(path) as source:
        np.testing.assert_array_equal(source.frame(3), numbered(3, size))


def test_pixels_that_are_not_square_are_made_square(tmp_path):
    path = write_clip(tmp_path / "a.mp4", 5, aspect=Fraction(3, 2))
    with open_source(path) as source:
        assert (source.width, source.height) == (SIZE[0] * 3 // 2, SIZE[1])
        assert source.frame(2).shape == (*SIZE[::-1][:1], SIZE[0] * 3 // 2, 3)
        assert source.gray(2).shape == source.frame(2).shape[:2]


def test_colours_come_out_as_they_went_in(tmp_path):
    colours = np.random.default_rng(0).integers(30, 226, (6, 8, 3), np.uint8)
    picture = colours.repeat(16, 0).repeat(16, 1)
    path = write_clip(tmp_path / "a.mp4", [picture] * 3, options={"crf": "1"})
    with open_source(path) as source:
        middles = source.frame(1)[8::16, 8::16].astype(int)
        assert np.abs(middles - colours).max() <= 5


def test_gray_is_the_luma_of_the_frame(tmp_path):
    pictures = [cv2.GaussianBlur(numbered(i), (0, 0), 2) for i in range(5)]
    path = write_clip(tmp_path / "a.mp4", pictures)
    with open_source(path) as source:
        expected = cv2.cvtColor(source.frame(2), cv2.COLOR_RGB2GRAY).astype(int)
        difference = np.abs(source.gray(2).astype(int) - expected)
        assert difference.max() <= 2
        played = dict(source.iter_gray())
        np.testing.assert_array_equal(played[2], source.gray(2))


def test_pictures_cannot_be_written_to(tmp_path):
    with open_source(write_clip(tmp_path / "a.mp4", 3)) as source:
        assert not source.frame(0).flags.writeable
        assert not source.gray(0).flags.writeable
        assert source.frame(0).flags.c_contiguous


def test_decoded_frames_stay_below_the_bound(tmp_path):
    bound = 20 * FRAME_BYTES
    with open_source(write_clip(tmp_path / "a.mp4", gop=FRAMES), cache_bytes=bound) as source:
        for index in [*range(FRAMES - 1, -1, -1), *np.random.default_rng(3).integers(0, 150, 50)]:
            assert number_in(source.frame(int(index))) == index
            assert source.cached_bytes <= bound


def test_without_room_for_a_single_frame_it_still_works(tmp_path):
    with open_source(write_clip(tmp_path / "a.mp4", 40), cache_bytes=0) as source:
        assert [number_in(source.frame(i)) for i in (39, 38, 0, 17)] == [39, 38, 0, 17]
        assert source.cached_bytes == 0


def test_a_step_back_brings_the_frames_before_it_along(tmp_path):
    with open_source(write_clip(tmp_path / "a.mp4", gop=FRAMES)) as source:
        source.frame(140)
        assert all(source.cached(i) for i in range(130, 141))
        index = 140
        while source.cached(index):
            index -= 1
        source.frame(index)
        assert all(source.cached(i) for i in range(index + 1))


def test_threads_may_ask_at_once(tmp_path):
    path = write_clip(tmp_path / "a.mp4")
    wrong: list[int] = []
    with open_source(path, cache_bytes=30 * FRAME_BYTES) as source:

        def ask(seed: int) -> None:
            for index in np.random.default_rng(seed).integers(0, FRAMES, 40):
                if (
                    number_in(source.frame(int(index))) != index
                    or source.gray(int(index)).ndim != 2
                ):
                    wrong.append(int(index))

        threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_a_cached_frame_does_not_wait_for_decoding_elsewhere(tmp_path):
    with open_source(write_clip(tmp_path / "a.mp4", 30)) as source:
        source.frame(9)
        seen: list[int] = []
        with source._decoding:  # as while another thread decodes a long GOP
            thread = threading.Thread(target=lambda: seen.append(number_in(source.frame(9))))
            thread.start()
            thread.join(timeout=30)
            assert seen == [9]


def test_frames_outside_the_clip_are_index_errors(tmp_path):
    with open_source(write_clip(tmp_path / "a.mp4", 3)) as source:
        for index in (-1, 3):
            with pytest.raises(IndexError):
                source.frame(index)
        with pytest.raises(ValueError):
            list(source.iter_frames(step=0))


def test_a_closed_clip_says_so(tmp_path):
    source = open_source(write_clip(tmp_path / "a.mp4", 3))
    source.close()
    source.close()
    with pytest.raises(MediaError) as caught:
        source.frame(0)
    assert caught.value.code == "media.closed"


def test_the_hash_finds_a_moved_clip_and_tells_others_apart(tmp_path):
    first = write_clip(tmp_path / "a.mp4", 10)
    moved = tmp_path / "elsewhere.mp4"
    moved.write_bytes(first.read_bytes())
    other = write_clip(tmp_path / "b.mp4", 11)
    hashes = []
    for path in (first, moved, other):
        with open_source(path) as source:
            hashes.append(source.content_hash())
    assert hashes[0] == hashes[1] != hashes[2]
    assert len(hashes[0]) == 64


@pytest.mark.parametrize(("name", "frames"), [("video/single_face.mp4", 72), ("video/d3.mp4", 354)])
def test_real_clips_step_as_they_play(name, frames):
    with open_source(shared(name)) as source:
        assert source.n_frames == frames
        assert source.fps == pytest.approx(30)
        assert source.warnings == ()
        played = {i: p[::4, ::4].copy() for i, p in source.iter_frames()}
        for index in np.random.default_rng(0).integers(0, frames, 25):
            np.testing.assert_array_equal(source.frame(int(index))[::4, ::4], played[int(index)])
        gray = source.gray(10).astype(int)
        luma = cv2.cvtColor(source.frame(10), cv2.COLOR_RGB2GRAY)
        assert np.quantile(np.abs(gray - luma), 0.999) <= 2
