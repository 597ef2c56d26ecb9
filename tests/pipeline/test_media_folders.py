"""Image-sequence folders: the numbers in the names are the frames."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.errors import MediaError
from pipeline.core.vision import cv2
from pipeline.media import is_image_folder, open_source
from tests.pipeline.media_clips import SIZE, number_in, numbered


def write_folder(folder, numbers, name="img{}.png", size=SIZE):
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        picture = cv2.cvtColor(numbered(number, size), cv2.COLOR_RGB2BGR)
        assert cv2.imwrite(str(folder / name.format(number)), picture)
    return folder


@pytest.mark.parametrize("name", ["img{}.jpg", "reg_img{}.jpg", "{:05d}.png", "s2_ep1-{}_a.bmp"])
def test_images_come_in_the_order_of_their_numbers(tmp_path, name):
    folder = write_folder(tmp_path / "clip", range(46, 121), name)
    with open_source(folder) as source:
        assert source.file_numbers.tolist() == list(range(46, 121))
        assert (source.width, source.height, source.n_frames) == (*SIZE, 75)
        order = [74, 0, 73, 53, 54, 55, 9]
        assert [number_in(source.frame(i)) for i in order] == [46 + i for i in order]
        assert [number_in(p) for _, p in source.iter_frames()] == list(range(46, 121))
        assert source.warnings == ()


@pytest.mark.parametrize(
    ("parts", "fps"),
    [
        ("Cropped/sub01/EP02_01f", 200),
        ("CASME2-RAW/sub17/EP05_03", 200),
        ("CASME2_RAW_selected/7/EP01", 200),
        ("subject/EP02", 25),
        ("holiday", 25),
    ],
)
def test_the_frame_rate_follows_the_layout(tmp_path, parts, fps):
    folder = write_folder(tmp_path / parts, range(1, 5))
    with open_source(folder) as source:
        assert source.fps == pytest.approx(fps)
        assert source.seconds(3) == pytest.approx(3 / fps)
    with open_source(folder, fps=100) as source:
        assert source.fps == pytest.approx(100)


def test_gaps_in_numbering_are_told_and_keep_their_time(tmp_path):
    folder = write_folder(tmp_path / "clip", [10, 11, 12, 15, 16])
    with open_source(folder, fps=50) as source:
        assert source.n_frames == 5
        assert source.file_numbers.tolist() == [10, 11, 12, 15, 16]
        np.testing.assert_allclose(source.times(), np.array([0, 1, 2, 5, 6]) / 50)
        assert "2 of 7 numbers are missing, the first after 12" in source.warnings[0]
        assert source.index_at(4 / 50) == 2


def test_every_fifth_image_is_no_gap(tmp_path):
    with open_source(write_folder(tmp_path / "clip", range(5, 51, 5)), fps=40) as source:
        assert source.warnings == ()
        assert source.fps == pytest.approx(40)


def test_numbers_that_count_something_else_are_not_taken_for_time(tmp_path):
    folder = write_folder(tmp_path / "clip", [1, 5000, 70001])
    with open_source(folder) as source:
        np.testing.assert_array_equal(source.pts, [0, 1, 2])
        assert source.warnings


def test_names_without_numbers_go_by_name(tmp_path):
    folder = write_folder(tmp_path / "clip", [1])
    for name in ("b", "a"):
        (folder / f"{name}.png").write_bytes((folder / "img1.png").read_bytes())
    (folder / "img1.png").unlink()
    with open_source(folder) as source:
        assert source.n_frames == 2
        assert source.file_numbers is None
        assert "no numbers" in source.warnings[0]


def test_images_that_do_not_belong_are_left_out_and_named(tmp_path):
    folder = write_folder(tmp_path / "clip", range(1, 6))
    write_folder(folder, [1], "preview.png", size=(64, 64))
    write_folder(folder, [1], "._img1.png")
    (folder / "notes.txt").write_text("x")
    with open_source(folder) as source:
        assert source.n_frames == 5
        assert "preview.png" in source.warnings[0]


def test_mixed_sizes_are_refused_naming_the_file(tmp_path):
    for suffix in ("png", "jpg", "ppm"):
        folder = write_folder(tmp_path / suffix, range(1, 6), f"img{{}}.{suffix}")
        write_folder(folder, [4], f"img{{}}.{suffix}", size=(144, 112))
        with pytest.raises(MediaError) as caught, open_source(folder) as source:
            source.frame(3)  # formats without a plain header are checked when read
        assert caught.value.code == "media.mixed_sizes"
        assert f"img4.{suffix}" in caught.value.where


def test_an_unreadable_image_is_an_error_at_its_frame_only(tmp_path):
    folder = write_folder(tmp_path / "clip", range(1, 6))
    (folder / "img3.png").write_bytes((folder / "img3.png").read_bytes()[:100])
    with open_source(folder) as source:
        with pytest.raises(MediaError) as caught:
            source.frame(2)
        assert caught.value.code == "media.image"
        assert caught.value.where.endswith("img3.png")
        assert number_in(source.frame(3)) == 4
        assert [number_in(p) for _, p in source.iter_frames()] == [1, 2, 2, 4, 5]
        assert any("img3.png" in text for text in source.warnings)


def test_deep_grey_and_transparent_images_become_rgb(tmp_path):
    picture = numbered(5)
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    alpha = np.dstack([bgr, np.full(gray.shape, 9, np.uint8)])
    kinds = {
        "deep": (bgr.astype(np.uint16) * 257, picture),
        "grey": (gray, np.dstack([gray] * 3)),
        "deepgrey": (gray.astype(np.uint16) * 257, np.dstack([gray] * 3)),
        "alpha": (alpha, picture),
    }
    for name, (stored, expected) in kinds.items():
        folder = tmp_path / name
        folder.mkdir()
        assert cv2.imwrite(str(folder / "1.png"), stored)
        with open_source(folder) as source:
            np.testing.assert_array_equal(source.frame(0), expected)
            assert source.gray(0).shape == expected.shape[:2]


def test_decoded_images_stay_below_the_bound(tmp_path):
    bound = 4 * SIZE[0] * SIZE[1] * 3
    with open_source(write_folder(tmp_path / "clip", range(12)), cache_bytes=bound) as source:
        for index in (*range(12), *range(11, -1, -1)):
            assert number_in(source.frame(index)) == index
            assert source.cached_bytes <= bound
        assert source.cached(0) and not source.cached(11)


def test_a_header_that_promises_too_much_is_refused_before_decoding(tmp_path):
    folder = write_folder(tmp_path / "clip", [1])
    data = bytearray((folder / "img1.png").read_bytes())
    data[16:24] = (100_000).to_bytes(4, "big") * 2
    (folder / "img1.png").write_bytes(bytes(data))
    with pytest.raises(MediaError) as caught:
        open_source(folder)
    assert caught.value.code == "media.too_large"


def test_a_folder_without_images_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("x")
    assert not is_image_folder(tmp_path)
    assert not is_image_folder(tmp_path / "missing")
    with pytest.raises(MediaError) as caught:
        open_source(tmp_path)
    assert caught.value.code == "media.no_images"


@pytest.mark.parametrize("fps", [0, -5, float("nan"), float("inf")])
def test_a_senseless_frame_rate_is_refused(tmp_path, fps):
    folder = write_folder(tmp_path / "clip", [1, 2])
    assert is_image_folder(folder)
    with pytest.raises(MediaError) as caught:
        open_source(folder, fps=fps)
    assert caught.value.code == "media.fps"


def test_a_single_image_is_a_clip_of_one_frame(tmp_path):
    with open_source(write_folder(tmp_path / "clip", [7])) as source:
        assert (source.n_frames, source.fps, source.seconds(0)) == (1, 25, 0)


def test_the_hash_follows_the_content_not_the_place(tmp_path):
    first = write_folder(tmp_path / "a", range(3))
    second = write_folder(tmp_path / "b", range(3))
    third = write_folder(tmp_path / "c", range(4))
    hashes = [open_source(folder).content_hash() for folder in (first, second, third)]
    assert hashes[0] == hashes[1] != hashes[2]
