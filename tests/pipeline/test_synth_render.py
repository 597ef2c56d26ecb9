"""Fields, frames and truth of synthetic clips."""

import csv

import numpy as np
import pytest

from pipeline.core.errors import ExportError, FaceError, MediaError, TellError
from pipeline.core.labels import parse_aus
from pipeline.core.progress import run
from pipeline.core.vision import cv2
from pipeline.synth import FULL_DISPLACEMENT, clip_renderer, load_portrait, make_clip, synthesise
from pipeline.synth.fields import MIRRORED, BlinkField, MuscleFields, smallest_jacobian
from pipeline.synth.portrait import Portrait
from pipeline.synth.profiles import PROFILES
from pipeline.synth.render import ClipRenderer
from pipeline.synth.script import MIDLINE_AUS, SYNTH_AUS, draw_script

SMALL = (320, 240)


@pytest.fixture(scope="session")
def astronaut() -> Portrait:
    return load_portrait(None, SMALL)


@pytest.fixture(scope="session")
def dots(astronaut) -> Portrait:
    """A neutral grey face with a dark Gaussian dot on ten landmarks: positions can be measured."""
    width, height = (3 * side for side in SMALL)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    still = np.full((height, width), 200, np.float32)
    for px, py in astronaut.points[DOTS]:
        cx, cy = px * 3 + 1, py * 3 + 1
        still -= 150 * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * 6.0**2))
    return Portrait(np.repeat(still[..., None], 3, 2), astronaut.points, SMALL)


DOTS = [8, 19, 24, 27, 33, 4, 12, 48, 54, 57]


def dot_centre(picture, near):
    """Intensity-weighted centre of the dark dot about `near`: an independent ruler."""
    left, top = np.round(near).astype(int) - 6
    piece = 200 - picture[top : top + 13, left : left + 13, 0].astype(float)
    piece = np.maximum(piece - 8, 0)
    y, x = np.mgrid[top : top + 13, left : left + 13]
    return np.array([(piece * x).sum(), (piece * y).sum()]) / piece.sum()


def test_the_portrait_stands_at_a_known_size():
    portrait = load_portrait()
    assert portrait.size == (640, 480)
    assert portrait.iod >= 100
    assert portrait.points.shape == (68, 2)


def test_other_identities_are_other_faces(astronaut):
    other = load_portrait(None, SMALL, 3)
    assert np.abs(other.points - astronaut.points).max() > 2
    assert load_portrait(None, SMALL, 3).points == pytest.approx(other.points)


@pytest.mark.parametrize("au", SYNTH_AUS)
def test_a_full_au_moves_the_skin_by_its_stated_length_on_its_own_side(astronaut, au):
    fields = MuscleFields(astronaut.points, SMALL, np.random.default_rng(0), jitter=0)
    left, right = fields.field(au, 1), fields.field(au, -1)
    size = np.hypot(left[..., 0], left[..., 1])
    assert size.max() / astronaut.iod == pytest.approx(FULL_DISPLACEMENT[au], rel=1e-4)
    if au in MIDLINE_AUS:
        return
    x = np.arange(SMALL[0])
    middle = astronaut.points[27:31, 0].mean()
    assert (size.sum(0) * x).sum() / size.sum() > middle  # subject's left is image right
    size = np.hypot(right[..., 0], right[..., 1])
    assert (size.sum(0) * x).sum() / size.sum() < middle


@pytest.mark.parametrize(
    ("au", "point", "direction"),
    [
        (1, 22, (0, -1)), (2, 25, (0, -1)), (4, 22, (-0.4, 1)), (12, 54, (1, -1)),
        (15, 54, (0, 1)), (20, 54, (1, 0)), (10, 52, (0, -1)), (17, 57, (0, -1)),
    ],
)  # fmt: skip
def test_points_move_as_facs_says(astronaut, au, point, direction):
    fields = MuscleFields(astronaut.points, SMALL, np.random.default_rng(0), jitter=0)
    for side, index in ((1, point), (-1, MIRRORED[point])):
        x, y = np.round(astronaut.points[index]).astype(int)
        moved = fields.field(au, side)[y, x]
        expected = np.array([side * direction[0], direction[1]])
        cosine = moved @ expected / np.linalg.norm(moved) / np.linalg.norm(expected)
        assert cosine > 0.8


def test_fields_differ_from_clip_to_clip(astronaut):
    first, second = (
        MuscleFields(astronaut.points, SMALL, np.random.default_rng(s)).field(12, 1) for s in (0, 1)
    )
    overlap = (first * second).sum() / np.sqrt((first**2).sum() * (second**2).sum())
    assert 0.4 < overlap < 0.99


@pytest.mark.parametrize("seed", [2, 4, 11, 15])
def test_nothing_tears(astronaut, seed):
    renderer = clip_renderer(seed, profile="hard", portrait=astronaut)
    smallest = min(
        smallest_jacobian(renderer.displacement(i)) for i in range(0, renderer.n_frames, 6)
    )
    assert smallest > 0.2


def test_a_full_blink_does_not_fold_the_lid(astronaut):
    total = np.zeros((SMALL[1], SMALL[0], 2), np.float32)
    BlinkField(astronaut.points, SMALL).add(total, 1.0)
    assert smallest_jacobian(total) > 0.2
    opening = astronaut.points[41, 1] - astronaut.points[37, 1]
    assert total[..., 1].max() > 0.7 * opening


@pytest.mark.parametrize("profile", ["easy", "hard"])
def test_events_peak_at_the_drawn_share_of_the_iod(astronaut, profile):
    for seed in (1, 5):
        renderer = clip_renderer(seed, profile=profile, portrait=astronaut)
        assert isinstance(renderer, ClipRenderer)
        for event, moving in zip(renderer.script.events, renderer._events, strict=True):
            curves = moving.curves(renderer.times)
            peak = max(np.hypot(*np.tensordot(c, moving.fields, 1).T).max() for c in curves[::3])
            assert peak / astronaut.iod == pytest.approx(event.peak, rel=0.02)


def test_true_points_lie_where_the_picture_shows_them(dots):
    renderer = clip_renderer(1, profile="hard", portrait=dots)
    quiet = draw_script(1, PROFILES["hard"])
    object.__setattr__(quiet, "noise", 0.0)
    object.__setattr__(quiet, "flicker", 0.0)
    object.__setattr__(quiet, "light", type(quiet.light)(0.0, 1.0, 0.0))
    renderer.script = quiet
    apex = renderer.events()[0].apex
    for index in (0, apex, renderer.n_frames - 1):
        picture, points = renderer.draw(index)
        for point in DOTS:
            assert dot_centre(picture, points[point]) == pytest.approx(points[point], abs=0.06)


def test_a_dots_motion_is_the_true_motion(dots):
    renderer = clip_renderer(6, profile="easy", portrait=dots)
    onset, apex = renderer.events()[0].onset, renderer.events()[0].apex
    (before, start), (after, end) = renderer.draw(onset), renderer.draw(apex)
    for point in DOTS:
        moved = dot_centre(after, end[point]) - dot_centre(before, start[point])
        assert moved == pytest.approx(end[point] - start[point], abs=0.12)


def test_frames_can_be_drawn_in_any_order(astronaut):
    first = clip_renderer(9, profile="hard", portrait=astronaut)
    second = clip_renderer(9, profile="hard", portrait=astronaut)
    late, _ = first.draw(30)
    for index in (3, 30, 12):
        picture, _ = second.draw(index)
        if index == 30:
            assert np.array_equal(picture, late)


def test_truth_agrees_with_itself(astronaut):
    clip = make_clip(12, portrait=astronaut, fps=50)
    assert clip.frames.shape == (*clip.points.shape[:1], SMALL[1], SMALL[0], 3)
    (event,) = clip.events
    active = clip.signals.values.max(1) > 0
    frames = np.flatnonzero(active)
    assert event.onset <= frames[0] <= event.onset + 1
    assert event.offset - 1 <= frames[-1] <= event.offset
    assert event.onset < event.apex < event.offset
    assert clip.signals.values.max() < 0.6
    assert {label.au for label in event.aus} == {
        int(name[2:].split("_")[0])
        for name, peak in zip(clip.signals.names, clip.signals.values.max(0), strict=True)
        if peak > 0
    }


def test_a_data_set_reads_back(tmp_path):
    from openpyxl import load_workbook

    out = run(synthesise(tmp_path / "a", 2, 3, subjects=2, fps=25, size=SMALL))
    sheet = load_workbook(out / "CASME2-coding-synth.xlsx").active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "Subject" and rows[0][8] == "Estimated Emotion"
    assert len(rows) == 3
    for subject, name, _, onset, apex, offset, _, aus, emotion in rows[1:]:
        folder = out / "CASME2-RAW" / f"sub{subject}" / name
        numbers = sorted(int(path.stem[3:]) for path in folder.glob("img*.jpg"))
        assert numbers[0] > 1
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert numbers[0] < onset < apex < offset <= numbers[-1]
        assert parse_aus(aus)
        assert emotion
        picture = cv2.imread(str(folder / f"img{apex}.jpg"))
        assert picture.shape == (240, 320, 3)
        with (out / "truth" / f"sub{subject}_{name}.csv").open() as file:
            truth = list(csv.DictReader(file))
        assert [int(row["frame"]) for row in truth] == list(range(len(numbers)))
        strength = [max(float(v) for k, v in row.items() if k[:2] == "AU") for row in truth]
        assert strength[0] == 0
        assert abs(int(np.argmax(strength)) - (apex - numbers[0])) <= 1
        assert float(truth[3]["x8"]) == pytest.approx(160, abs=60)


def test_the_same_seed_writes_the_same_bytes_of_truth(tmp_path):
    run(synthesise(tmp_path / "both", 2, 7, subjects=1, fps=20, size=SMALL))
    run(synthesise(tmp_path / "second", 1, 8, subjects=1, fps=20, size=SMALL))
    both = (tmp_path / "both/truth/sub01_EP01_02.csv").read_bytes()
    assert both == (tmp_path / "second/truth/sub01_EP01_01.csv").read_bytes()


def test_what_cannot_be_made_is_said(tmp_path, monkeypatch):
    (tmp_path / "CASME2-RAW").mkdir()
    with pytest.raises(ExportError, match="already holds a data set"):
        run(synthesise(tmp_path, 1, 1))
    with pytest.raises(MediaError, match="cannot be read"):
        load_portrait(tmp_path / "nobody.png", SMALL)
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(MediaError, match="not an image"):
        load_portrait(tmp_path / "text.png", SMALL)
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((200, 200, 3), 120, np.uint8))
    with pytest.raises(FaceError, match="no face"):
        load_portrait(tmp_path / "grey.png", SMALL)
    with pytest.raises(TellError, match="frames per second"):
        clip_renderer(1, fps=0.5)
    with pytest.raises(TellError, match="no field generator"):
        clip_renderer(1, fields="wind")


@pytest.fixture(scope="session")
def head_fields(astronaut):
    from pipeline.synth.head_fields import HeadFields

    return HeadFields(astronaut.points, SMALL)


class TestHeadFields:
    """The second generator: the built-in head's deformations on a portrait."""

    @pytest.mark.parametrize(("au", "point"), [(1, 22), (2, 25), (4, 22), (12, 54), (15, 54)])
    def test_both_generators_move_a_point_the_same_way(self, astronaut, head_fields, au, point):
        x, y = np.round(astronaut.points[point]).astype(int)
        by_head = head_fields.field(au, 1)[y, x]
        muscle = MuscleFields(astronaut.points, SMALL, np.random.default_rng(0), jitter=0)
        by_muscle = muscle.field(au, 1)[y, x]
        cosine = by_head @ by_muscle / np.linalg.norm(by_head) / np.linalg.norm(by_muscle)
        assert cosine > 0.6

    def test_the_generators_are_not_each_other(self, astronaut, head_fields):
        muscle = MuscleFields(astronaut.points, SMALL, np.random.default_rng(0), jitter=0)
        overlaps = []
        for au in SYNTH_AUS:
            first, second = head_fields.field(au, 1), muscle.field(au, 1)
            energy = np.sqrt((first**2).sum() * (second**2).sum())
            overlaps.append(float((first * second).sum() / energy))
        assert min(overlaps) > 0.4
        assert max(overlaps) < 0.98

    def test_nothing_tears(self, astronaut):
        renderer = clip_renderer(5, fields="head", portrait=astronaut)
        apex = renderer.events()[0].apex
        assert smallest_jacobian(renderer.displacement(apex)) > 0.5


@pytest.mark.slow
def test_the_head_is_filmed_with_its_true_points():
    renderer = clip_renderer(6, source="head", size=SMALL)
    try:
        picture, points = renderer.draw(0)
        apex = renderer.events()[0].apex
        _, moved = renderer.draw(apex)
    finally:
        renderer.close()
    from pipeline.synth.portrait import find_points

    seen = find_points(picture, where="the head")
    iod = np.linalg.norm(points[45] - points[36])
    assert iod == pytest.approx(0.34 * SMALL[1], rel=0.05)
    # dlib, an independent eye, finds the points within a few hundredths of the IOD.
    assert np.median(np.linalg.norm(seen - points, axis=1)) < 0.06 * iod
    assert 0.008 < np.abs(moved - points).max() / iod < 0.05
