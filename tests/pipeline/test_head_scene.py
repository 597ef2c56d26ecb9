"""The head is drawn offscreen: a face, the same each time, in one thread that leaves nothing."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from pipeline.core.errors import ExportError, FaceError, HeadError
from pipeline.core.progress import run
from pipeline.core.vision import cv2
from pipeline.head import (
    Camera,
    HeadRenderer,
    HeadScene,
    HeadState,
    Look,
    project_landmarks,
    render_film,
    render_picture,
)
from pipeline.head.scene.studio import IRISES
from tests.pipeline.heads import head

SMALL = (96, 96)


@pytest.fixture(scope="module")
def scene():
    made = HeadScene(head())
    yield made
    made.close()


def _vtk_objects():
    gc.collect()
    return [o for o in gc.get_objects() if type(o).__name__.startswith("vtk")]


def test_a_picture_has_the_size_and_layout_that_was_asked_for(scene):
    for size, quality in (((120, 80), "draft"), ((81, 63), "live"), ((64, 48), "still")):
        picture = scene.render(HeadState(size=size, quality=quality))
        assert picture.shape == (size[1], size[0], 3)
        assert picture.dtype == np.uint8
        assert picture.flags.c_contiguous


def test_the_same_state_gives_the_same_picture(scene):
    state = HeadState.of({"AU12": 0.4}, Camera(yaw=20), SMALL)
    first = scene.render(state)
    scene.render(HeadState.of({"AU26": 1.0}, size=(64, 64), pose=(5, 5, 5)))
    np.testing.assert_array_equal(scene.render(state), first)


def test_skin_stands_before_a_dark_ground(scene):
    picture = scene.render(HeadState(size=(128, 128), quality="draft")).astype(int)
    corner, cheek = picture[2, 2], picture[75, 52]
    assert corner.max() < 90
    assert cheek[0] > 120
    assert cheek[0] > cheek[1] > cheek[2]  # skin


def test_a_smile_changes_the_mouth_and_not_the_forehead(scene):
    camera, size = Camera(), (256, 256)
    calm = scene.render(HeadState.of({}, camera, size)).astype(int)
    smile = scene.render(HeadState.of({"AU12": 1.0}, camera, size)).astype(int)
    p = project_landmarks(head(), {}, camera, size).round().astype(int)
    different = np.abs(smile - calm).sum(2)
    assert different[p[48:68, 1], p[48:68, 0]].mean() > 20
    assert different[: p[19, 1] - 10].mean() < 0.5


def test_landmarks_lie_where_the_picture_shows_them(scene):
    """Each eye's iris, found by painting it another colour, lies amid its projected corners."""
    for camera, pose in ((Camera(), (0, 0, 0)), (Camera(yaw=15, pitch=5), (0, 0, 0)),
                         (Camera(), (10, -4, 6))):  # fmt: skip
        size = (400, 400)
        brown, blue = (
            scene.render(HeadState.of({}, camera, size, "still", pose, Look(iris=iris))).astype(int)
            for iris in ("brown", "blue")
        )
        p = project_landmarks(head(), {}, camera, size, pose)
        rows, columns = np.nonzero(np.abs(brown - blue).sum(2) > 30)
        for corners in (p[36:42], p[42:48]):
            centre = corners.mean(0)
            half = np.linalg.norm(corners[3] - corners[0]) / 2
            near = np.hypot(columns - centre[0], rows - centre[1]) < 2 * half
            found = np.array([columns[near].mean(), rows[near].mean()])
            assert near.sum() > 15
            assert np.linalg.norm(found - centre) < 4


def test_turning_the_head_is_orbiting_the_other_way(scene):
    clear = Look(ground="transparent")
    right = scene.render(HeadState(size=(200, 200), pose=(25, 0, 0), look=clear))[..., 3]
    left = scene.render(HeadState(size=(200, 200), pose=(-25, 0, 0), look=clear))[..., 3]
    assert ((right > 128) != (left[:, ::-1] > 128)).mean() < 0.01
    assert 0.2 < (right > 128).mean() < 0.8
    p = project_landmarks(head(), {}, Camera(), (200, 200), (25, 0, 0))
    assert p[30, 0] > 110  # the nose goes to the subject's left, the picture's right


def test_roll_and_pitch_have_the_documented_signs():
    straight, up, rolled = (
        project_landmarks(head(), {}, Camera(), (200, 200), pose)
        for pose in ((0, 0, 0), (0, 15, 0), (0, 0, 15))
    )
    assert up[30, 1] < straight[30, 1]  # looking up lifts the nose
    assert rolled[27, 0] > straight[27, 0]  # the brow leans to the subject's left shoulder


def test_impossible_sizes_and_closed_scenes_are_refused(scene):
    for size in ((0, 10), (10, -1), (100000, 10)):
        with pytest.raises(HeadError):
            scene.render(HeadState(size=size))
    closed = HeadScene(head())
    closed.close()
    closed.close()
    with pytest.raises(HeadError, match="closed"):
        closed.render(HeadState(size=SMALL))


def test_dlib_finds_the_face_and_agrees_on_its_landmarks(scene):
    dlib = pytest.importorskip("dlib")
    from pipeline.face import landmark_model_path

    try:
        path = landmark_model_path()
    except FaceError as error:
        pytest.skip(str(error))
    camera, size = Camera(), (480, 480)
    picture = scene.render(HeadState.of({}, camera, size, "still"))
    boxes = dlib.get_frontal_face_detector()(picture, 0)
    assert len(boxes) == 1
    shape = dlib.shape_predictor(str(path))(picture, boxes[0])
    found = np.array([(p.x, p.y) for p in shape.parts()], float)
    own = project_landmarks(head(), {}, camera, size)
    iod = np.linalg.norm(own[45] - own[36])
    miss = np.linalg.norm(found - own, axis=1)[17:] / iod  # the jaw is a matter of taste
    assert miss.mean() < 0.06


def test_drawing_says_nothing_on_the_terminal_without_a_display(tmp_path):
    code = (
        "from pipeline.core.progress import run\n"
        "from pipeline.head import HeadScene, HeadState, load_head\n"
        "s = HeadScene(run(load_head(lod='draft')))\n"
        "s.render(HeadState(size=(32, 32))); s.close()\n"
    )
    head()
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == done.stderr == ""


class _Wishes:
    """Collects what a renderer hands back."""

    def __init__(self):
        self.states, self.threads, self.errors = [], set(), []
        self.arrived = threading.Condition()

    def picture(self, state, rgb):
        with self.arrived:
            self.states.append(state)
            self.threads.add(threading.current_thread().name)
            self.arrived.notify_all()

    def error(self, error):
        with self.arrived:
            self.errors.append(error)
            self.arrived.notify_all()

    def wait(self, condition, seconds=60):
        with self.arrived:
            assert self.arrived.wait_for(condition, seconds)


def _state(number):
    return HeadState.of({"AU12": number / 100}, size=(48, 48), quality="draft")


def test_the_latest_wish_wins_and_the_rest_are_skipped():
    wishes = _Wishes()
    with HeadRenderer(head(), wishes.picture, wishes.error) as renderer:
        renderer.submit(_state(0))
        for number in range(1, 100):
            renderer.submit(_state(number))
        wishes.wait(lambda: wishes.states and wishes.states[-1] == _state(99))
        assert len(wishes.states) < 20
        drawn = len(wishes.states)
        time.sleep(0.2)
        assert len(wishes.states) == drawn  # nothing new, nothing drawn
    assert wishes.threads == {"head renderer"}
    assert not wishes.errors


def test_an_error_is_handed_over_and_drawing_goes_on():
    wishes = _Wishes()
    with HeadRenderer(head(), wishes.picture, wishes.error) as renderer:
        renderer.submit(HeadState(size=(0, 0)))
        wishes.wait(lambda: wishes.errors)
        renderer.submit(HeadState(weights=(("AU12", "much"),), size=(48, 48)))  # type: ignore
        wishes.wait(lambda: len(wishes.errors) == 2)
        renderer.submit(_state(1))
        wishes.wait(lambda: wishes.states)
    assert all(isinstance(error, HeadError) for error in wishes.errors)


def test_closing_ends_the_thread_and_leaves_nothing_of_vtk():
    before = len(_vtk_objects())
    threads = threading.active_count()
    wishes = _Wishes()
    renderer = HeadRenderer(head(), wishes.picture, wishes.error)
    renderer.submit(_state(1))
    wishes.wait(lambda: wishes.states)
    assert len(_vtk_objects()) > before
    renderer.close()
    renderer.close()
    assert threading.active_count() == threads
    assert len(_vtk_objects()) == before
    with pytest.raises(HeadError, match="closed"):
        renderer.submit(_state(2))


def test_another_head_takes_the_place_of_all_levels_of_the_one_before():
    wishes = _Wishes()
    levels = [replace(head(), lod=lod) for lod in ("draft", "live")]
    with HeadRenderer(levels[0], wishes.picture, wishes.error) as renderer:
        renderer.add(levels[1])
        for number, lod in enumerate(("draft", "live"), 1):
            renderer.submit(replace(_state(number), quality=lod))
            wishes.wait(lambda n=number: len(wishes.states) == n)
        two = len(_vtk_objects())
        renderer.show(replace(head(), lod="live"))
        renderer.submit(_state(3))
        wishes.wait(lambda: len(wishes.states) == 3)
        assert len(_vtk_objects()) < 0.75 * two
    assert not wishes.errors


def test_a_film_shows_the_weights_of_each_moment(tmp_path):
    from pipeline.media import open_source

    path = tmp_path / "film.mp4"
    times = np.arange(6) / 25
    job = render_film(
        head(), lambda t: {"AU26": t * 5}, times, path, size=(96, 96), fps=25, quality="draft"
    )
    assert run(job) == path
    source = open_source(path)
    try:
        assert source.n_frames == 6
        assert (source.width, source.height) == (96, 96)
        change = [np.abs(source.frame(i).astype(int) - source.frame(0)).mean() for i in range(6)]
    finally:
        source.close()
    assert change[5] > change[2] > 0


def test_a_cancelled_or_empty_film_leaves_no_file(tmp_path):
    path = tmp_path / "film.mp4"
    job = render_film(head(), lambda t: {}, [0.0, 0.1], path, size=(64, 64), quality="draft")
    next(job)
    next(job)
    job.close()
    with pytest.raises(ExportError, match="no frames"):
        run(render_film(head(), lambda t: {}, [], path))
    assert list(tmp_path.iterdir()) == []


def test_a_still_is_written_as_png(tmp_path):
    path = tmp_path / "still.png"
    render_picture(head(), {"AU12": 1.0}, path, size=(80, 60), quality="draft")
    assert cv2.imread(str(path)).shape == (60, 80, 3)
    with pytest.raises(ExportError, match="cannot be written"):
        render_picture(head(), {}, tmp_path / "none" / "still.png", size=(32, 32))


def test_heat_is_hot_where_points_move_and_calm_where_none_does():
    from pipeline.head.scene.heat import HEAT, HOTTEST_MM, heat_colours

    ends = heat_colours(np.array([0.0, HOTTEST_MM, 50.0]))
    np.testing.assert_array_equal(ends, [HEAT[0], HEAT[-1], HEAT[-1]])

    model, size = head(), (200, 200)
    weights = {"AU12": 1.0}
    scene = HeadScene(model)
    try:
        picture = scene.render(HeadState.of(weights, None, size, "draft", look=Look(over="heat")))
        skin = scene.render(HeadState.of(weights, None, size, "draft"))
    finally:
        scene.close()
    moved = np.linalg.norm(model.deform(weights)[0] - model.vertices, axis=1)
    places = project_landmarks(model, weights, Camera(), size)
    at = np.round(places).astype(int)
    reds = picture[at[:, 1], at[:, 0], 0].astype(int) - picture[at[:, 1], at[:, 0], 2]
    corner, bridge = 54, 28
    assert moved[model.landmarks[corner]] > 4 > 0.2 > moved[model.landmarks[bridge]]
    assert reds[corner] > 60 and reds[bridge] < 0
    assert (picture != skin).any()


def test_wires_show_the_mesh_and_leave_no_skin():
    scene = HeadScene(head())
    try:
        wires = scene.render(
            HeadState.of({}, None, (160, 160), "draft", look=Look(over="wireframe"))
        )
        again = scene.render(HeadState.of({}, None, (160, 160), "draft"))
        with pytest.raises(HeadError, match="no such look"):
            scene.render(HeadState.of({}, None, (160, 160), "draft", look=Look(over="x-ray")))
    finally:
        scene.close()
    face = (slice(60, 110), slice(60, 100))
    redness = [p[face][..., 0].astype(int) - p[face][..., 2] for p in (wires, again)]
    assert redness[0].mean() < 0 < redness[1].mean(), "wires are green, skin is red"


def test_a_transparent_ground_is_clear_outside_and_solid_inside(scene):
    for quality in ("draft", "still"):
        state = HeadState(size=(120, 120), quality=quality, look=Look(ground="transparent"))
        picture = scene.render(state)
        assert picture.shape == (120, 120, 4)
        assert (picture[:8, :8] == 0).all()
        assert (picture[50:80, 50:70, 3] == 255).all()
        solid = scene.render(HeadState(size=(120, 120), quality=quality))
        inside = picture[..., 3] == 255
        np.testing.assert_allclose(picture[inside][:, :3], solid[inside], atol=2)
    rim = (picture[..., 3] > 30) & (picture[..., 3] < 220)
    assert rim.sum() > 50
    # Straight alpha: a rim pixel is as bright as what lies beside it inside, not darkened.
    near = cv2.dilate(picture[..., :3] * inside[..., None].astype(np.uint8), np.ones((5, 5)))
    lit = picture[rim][:, :3].max(1).astype(float)
    assert np.median(lit / np.maximum(near[rim].max(1), 1)) > 0.5


def test_the_iris_takes_its_colour_and_nothing_else_does(scene):
    def eyes(iris):
        camera = Camera(target=(0, 0, 10), distance=300)
        state = HeadState(size=(200, 100), camera=camera, look=Look(iris=iris))
        return scene.render(state).astype(int)

    brown, blue = eyes("brown"), eyes("blue")
    changed = np.abs(brown - blue).sum(2) > 12
    assert 0.002 < changed.mean() < 0.2
    assert (blue[changed][:, 2] - blue[changed][:, 0]).mean() > (
        brown[changed][:, 2] - brown[changed][:, 0]
    ).mean() + 10
    assert set(IRISES) >= {"", "brown", "blue", "green", "grey", "hazel"}


def test_an_unknown_light_ground_or_iris_is_refused(scene):
    for look in (Look(light="disco"), Look(ground="beach"), Look(iris="tartan")):
        with pytest.raises(HeadError, match="look"):
            scene.render(HeadState(size=SMALL, look=look))


def test_the_coarse_head_looks_like_the_finer_one():
    """Seen small and soft, they differ by a few of 255 steps on the skin."""
    state = HeadState(size=(256, 256), camera=Camera(target=(0, -30, 0), distance=620))
    soft = []
    for lod in ("draft", "live"):
        made = HeadScene(head(lod))
        picture = made.render(HeadState(size=state.size, camera=state.camera, quality="still"))
        made.close()
        soft.append(cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 2.5))
    face = np.abs(soft[0] - soft[1])[60:230, 70:186]
    assert face.mean() < 5
    assert np.percentile(face, 95) < 20
