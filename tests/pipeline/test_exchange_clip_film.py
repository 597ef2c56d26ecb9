"""The annotated film shows the clip's own frames, with what was found drawn in."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from pipeline.core.errors import ExportError
from pipeline.core.labels import parse_aus
from pipeline.core.progress import run
from pipeline.core.types import EventSpan
from pipeline.exchange.clip_film import annotated_film, draw_points
from pipeline.media import open_source
from tests.pipeline.media_clips import SIZE, number_in, write_clip

FRAMES = 40
EVENTS = (EventSpan(10, 15, 25, "happiness", parse_aus("L12c+6")), EventSpan(30, None, 35))


@pytest.fixture
def source(tmp_path):
    pts = np.cumsum(np.random.default_rng(0).integers(1, 9, FRAMES)).tolist()
    path = write_clip(tmp_path / "clip.mp4", FRAMES, pts=pts, time_base=Fraction(1, 240))
    with open_source(path) as opened:
        yield opened


def track_at(x, y, frames=FRAMES):
    points = np.full((frames, 68, 2), np.nan, np.float32)
    points[5:, :, 0], points[5:, :, 1] = x, y
    return SimpleNamespace(points=points, measured=np.ones((frames, 68), bool))


def is_near(pixels, colour, within=70):
    return np.abs(pixels.astype(int) - colour).max(axis=-1) < within


def test_every_frame_is_there_at_its_time(source, tmp_path):
    steps = []
    path = run(annotated_film(source, tmp_path / "out.mp4", events=EVENTS), steps.append)
    assert steps[-1].done == steps[-1].total == FRAMES
    with open_source(path) as film:
        assert film.n_frames == FRAMES
        assert film.width == SIZE[0] and film.height > SIZE[1]
        np.testing.assert_allclose(film.times(), source.times(), atol=1e-6)
        assert [number_in(film.frame(i)) for i in range(FRAMES)] == list(range(FRAMES))


def test_a_span_begins_at_time_zero(source, tmp_path):
    path = run(annotated_film(source, tmp_path / "out.mp4", start=7, stop=19, events=EVENTS))
    with open_source(path) as film:
        assert [number_in(film.frame(i)) for i in range(film.n_frames)] == list(range(7, 19))
        assert film.seconds(0) == 0


def test_points_are_drawn_where_they_are(source, tmp_path):
    x, y = 120.0, 60.0  # outside the blocks that hold the number
    path = run(annotated_film(source, tmp_path / "out.mp4", track=track_at(x, y), crf=1))
    with open_source(path) as film:
        accent = np.array((127, 227, 196))
        assert is_near(film.frame(20)[int(y), int(x)], accent)
        assert not is_near(film.frame(2)[int(y), int(x)], accent)  # no face there


def test_the_bar_shows_events_apexes_and_now(source, tmp_path):
    path = run(annotated_film(source, tmp_path / "out.mp4", events=EVENTS, crf=1))
    with open_source(path) as film:
        left, right = 8, SIZE[0] - 9
        row = film.frame(0)[film.height - 16]
        seen = {i: row[round(left + (right - left) * i / (FRAMES - 1))] for i in (5, 20, 28, 33)}
        lit = {i: is_near(pixel, (47, 111, 96), 30) for i, pixel in seen.items()}
        assert lit == {5: False, 20: True, 28: False, 33: True}
        for now in (0, 13, 39):
            at = round(left + (right - left) * now / (FRAMES - 1))
            low = film.frame(now)[film.height - 2].astype(int)
            redness = low[:, 0] - low[:, 1]
            assert abs(int(np.argmax(redness)) - at) <= 1


def test_interpolated_points_are_rings(tmp_path):
    picture = np.zeros((480, 640, 3), np.uint8)
    points = np.array([[100.5, 100.25], [200, 100], [np.nan, np.nan], [1e9, 3]], np.float32)
    big = np.zeros((1920, 1920, 3), np.uint8)
    draw_points(picture, points, np.array([True, False, True, True]))
    draw_points(big, points, np.array([True, False, True, True]))
    assert big[100, 100].any()
    assert big[100, 206].any() and not big[100, 200].any()
    rows, columns = np.nonzero(picture[:, :150].sum(-1))
    weights = picture[rows, columns].sum(-1).astype(float)
    centre = (np.average(columns, weights=weights), np.average(rows, weights=weights))
    assert centre == pytest.approx((100.5, 100.25), abs=0.15)


def test_points_of_another_clip_are_refused(source, tmp_path):
    with pytest.raises(ExportError) as caught:
        run(annotated_film(source, tmp_path / "out.mp4", track=track_at(5, 5, 12)))
    assert caught.value.code == "export.mismatch"
    with pytest.raises(ExportError) as caught:
        run(annotated_film(source, tmp_path / "out.mp4", start=30, stop=30))
    assert caught.value.code == "export.empty"


def test_stopping_half_way_leaves_no_film(source, tmp_path):
    job = annotated_film(source, tmp_path / "out.mp4")
    next(job)
    next(job)
    job.close()
    assert [entry.name for entry in tmp_path.iterdir()] == ["clip.mp4"]
