"""The frame feed: the latest wish wins, off the GUI thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.state import FrameFeed, Notices
from tests.app.film import Film, FilmSource


@pytest.fixture
def feed(qapp) -> Iterator[FrameFeed]:
    made = FrameFeed(notices=Notices())
    made.shown = []
    made.ready.connect(lambda index, rgb: made.shown.append((index, int(rgb[0, 0, 0]))))
    yield made
    made.close()


def source(tmp_path: Path, **more: object) -> FilmSource:
    path = tmp_path / "x.mp4"
    path.write_bytes(b"film")
    return Film(**more).open(path)


def test_the_frame_asked_for_comes_with_its_index(qtbot, feed: FrameFeed, tmp_path: Path) -> None:
    feed.set_source(source(tmp_path))
    feed.request(7)
    qtbot.waitUntil(lambda: bool(feed.shown))
    assert feed.shown == [(7, 7)]
    assert feed.current is not None and feed.current[0] == 7


def test_only_the_latest_wish_is_decoded_when_the_decoder_is_slow(
    qtbot, feed: FrameFeed, tmp_path: Path
) -> None:
    film = source(tmp_path, n_frames=100, delay=0.05)
    feed.set_source(film)
    for index in range(60):
        feed.request(index)
    qtbot.waitUntil(lambda: bool(feed.shown) and feed.shown[-1] == (59, 59))
    asked_and_shown = [index for index, _ in feed.shown]
    assert len(asked_and_shown) <= 3
    assert asked_and_shown == sorted(asked_and_shown)


def test_decoding_never_runs_in_the_gui_thread(qtbot, feed: FrameFeed, tmp_path: Path) -> None:
    film = source(tmp_path)
    feed.set_source(film)
    feed.request(3)
    qtbot.waitUntil(lambda: bool(feed.shown))
    assert threading.current_thread().name not in film.decoding_threads


@pytest.mark.parametrize("direction", [1, -1])
def test_frames_around_are_prefetched_first_where_play_goes(
    qtbot, feed: FrameFeed, tmp_path: Path, direction: int
) -> None:
    film = source(tmp_path, n_frames=200)
    feed.set_source(film)
    feed.request(100, direction)
    qtbot.waitUntil(lambda: len(film.decoded) == 1 + 24 + 8)
    assert film.decoded[:5] == [
        100, 100 + direction, 100 - direction, 100 + 2 * direction, 100 - 2 * direction
    ]  # fmt: skip
    ahead = [index for index in film.decoded if (index - 100) * direction > 0]
    assert len(ahead) == 24
    qtbot.wait(30)
    assert len(film.decoded) == 33  # bounded
    assert feed.shown == [(100, 100)]  # prefetched frames are not shown


def test_large_pictures_are_prefetched_less(tmp_path: Path) -> None:
    from app.state.frame_feed import _around

    film = source(tmp_path, n_frames=100, size=(8000, 6000))
    assert len(list(_around(film, 50, 1))) == 4


def test_a_new_source_never_shows_the_old_ones_pictures(
    qtbot, feed: FrameFeed, tmp_path: Path
) -> None:
    slow = source(tmp_path, delay=0.1)
    feed.set_source(slow)
    feed.request(30)
    qtbot.waitUntil(lambda: not feed._wanted and feed._thread is not None)
    quick = source(tmp_path)
    feed.set_source(quick)
    feed.request(5)
    qtbot.waitUntil(lambda: bool(feed.shown))
    qtbot.wait(150)
    assert [index for index, _ in feed.shown] == [5]


def test_a_source_that_is_released_is_not_used_any_more(
    qtbot, feed: FrameFeed, tmp_path: Path
) -> None:
    slow = source(tmp_path, delay=0.02)
    feed.set_source(slow)
    feed.request(1)
    time.sleep(0.03)
    feed.set_source(None)
    feed.release(slow)
    slow.close()
    decoded = len(slow.decoded)
    time.sleep(0.06)
    assert len(slow.decoded) == decoded


def test_a_broken_frame_is_said_once_and_the_rest_still_comes(
    qtbot, feed: FrameFeed, tmp_path: Path
) -> None:
    said: list = []
    feed._notices.posted.connect(said.append)
    failed: list[int] = []
    feed.failed.connect(failed.append)
    feed.set_source(source(tmp_path, broken=frozenset({4})))
    for _ in range(3):
        feed.request(4)
        qtbot.waitUntil(lambda: bool(failed))
        failed.clear()
    feed.request(6)
    qtbot.waitUntil(lambda: feed.shown == [(6, 6)])
    assert [notice.code for notice in said] == ["media"]


def test_closing_joins_the_thread_even_while_decoding(qapp, tmp_path: Path) -> None:
    feed = FrameFeed()
    feed.set_source(source(tmp_path, delay=0.05))
    feed.request(1)
    thread = feed._thread
    feed.close()
    assert thread is not None and not thread.is_alive()
    feed.close()
