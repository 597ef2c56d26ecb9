"""The head view: pictures of what the document plays, from a thread that it never waits for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.state import Document
from pipeline.core.errors import HeadError
from pipeline.core.progress import Job, Progress
from pipeline.head.scene.camera import Camera, HeadState
from tests.app import mouse
from tests.app.film import Film
from tests.app.measured_clip import measure, near, pixel
from tests.app.painted_head import Painter, no_model
from widgets import theme
from widgets.head import HeadView, orbit
from widgets.head.head_source import HeadSource


class Studio:
    """A head view with a painter in place of VTK."""

    def __init__(self, document: Document, job=None) -> None:
        self.painters: list[Painter] = []
        self.loads = 0
        self.asked: list[tuple[str, str]] = []
        self.job = job or self.quick
        self.view = HeadView(document, make_source=self.source)

    def source(self, document: Document, parent) -> HeadSource:
        def load(name: str, level: str) -> Job[object]:
            self.loads += 1
            self.asked.append((name, level))
            return self.job()

        def make(model: object, on_picture, on_error) -> Painter:
            self.painters.append(Painter(model, on_picture, on_error))
            return self.painters[-1]

        return HeadSource(document, parent, load=load, make_renderer=make)

    quick = staticmethod(no_model)

    @property
    def states(self) -> list[HeadState]:
        return self.painters[0].states


@pytest.fixture
def clip(document: Document, films: dict[str, Film], tmp_path: Path) -> Document:
    films["face.mp4"] = Film(n_frames=241, fps=200.0)
    path = tmp_path / "face.mp4"
    path.write_bytes(b"film")
    document.open_media([path])
    assert document.settle()
    measure(document)
    theme.apply(QApplication.instance(), theme.DARK)
    return document


@pytest.fixture
def studio(clip: Document, qtbot) -> Iterator[Studio]:
    made = Studio(clip)
    qtbot.addWidget(made.view)
    made.view.resize(400, 300)
    made.view.show()
    qtbot.waitUntil(lambda: set(made.view.source.models) == {"draft", "live", "still"})
    qtbot.waitUntil(lambda: made.view.state is not None and made.view.state.quality == "still")
    yield made
    made.view.shutdown()


def test_the_head_follows_the_playhead(studio: Studio, clip: Document, qtbot) -> None:
    clip.playhead.set_frame(105)
    wanted = clip.weights_at(clip.playhead.seconds)
    qtbot.waitUntil(lambda: dict(studio.view.state.weights).get("AU12_L") is not None)
    shown = dict(studio.view.state.weights)
    assert shown["AU12_L"] == pytest.approx(wanted["AU12_L"], abs=1e-4)
    red = pixel(studio.view.grab().toImage(), 200, 200).red()
    assert red == pytest.approx(255 * wanted["AU12_L"], abs=1)


def test_a_drag_of_a_curve_moves_the_head_at_once(studio: Studio, clip: Document, qtbot) -> None:
    clip.playhead.set_frame(105)
    studio.view.set_layer("edited")
    curve = clip.curve("AU12_L")
    lower = curve.with_control_point(3, curve.control_points()[3, 0], 0.2)
    clip.preview_curves({"AU12_L": lower})
    state = studio.states[-1]
    assert dict(state.weights)["AU12_L"] == pytest.approx(float(lower(105 / 200)), abs=1e-4)
    clip.preview_curves(None)
    assert dict(studio.states[-1].weights)["AU12_L"] == pytest.approx(float(curve(0.525)), abs=1e-4)


def test_pictures_are_coarse_in_motion_and_fine_at_rest(
    studio: Studio, clip: Document, qtbot
) -> None:
    clip.playhead.set_frame(80)
    assert studio.states[-1].quality in ("draft", "live")
    qtbot.waitUntil(lambda: studio.states[-1].quality == "still")
    qtbot.waitUntil(lambda: studio.view.state == studio.states[-1])
    asked = [state.quality for state in studio.states[-2:]]
    assert asked == ["live", "still"], "better at rest, best after a moment's rest"
    ratio = studio.view.devicePixelRatioF()
    assert studio.view.state.size == (round(400 * ratio), round(300 * ratio))


def test_a_slow_machine_gets_a_coarser_head_and_fewer_pixels_in_motion(
    studio: Studio, clip: Document, qtbot
) -> None:
    view = studio.view
    for frame in range(20, 40):
        view.source.seconds = 0.4
        view._pictured(view.wanted("draft"), np.zeros((300, 400, 3), np.uint8))
        view._pictured(view.wanted("live"), np.zeros((300, 400, 3), np.uint8))
        clip.playhead.set_frame(frame)
    assert studio.states[-1].quality == "draft"
    assert 0.45 * 400 <= studio.states[-1].size[0] < 0.6 * 400


def test_nothing_is_drawn_twice_or_while_hidden(studio: Studio, clip: Document, qtbot) -> None:
    count = len(studio.states)
    clip.events_changed.emit()
    qtbot.waitUntil(lambda: not studio.view._rest.isActive())
    drafts = len(studio.states)
    clip.events_changed.emit()
    clip.events_changed.emit()
    assert len(studio.states) <= drafts + 2
    assert drafts <= count + 3

    studio.view.hide()
    hidden = len(studio.states)
    for frame in (10, 60, 100):
        clip.playhead.set_frame(frame)
    assert len(studio.states) == hidden
    studio.view.show()
    assert dict(studio.states[-1].weights) == pytest.approx(
        {k: v for k, v in clip.weights_at(0.5).items() if v > 0}, abs=1e-4
    )


def test_the_chip_names_layer_and_strongest_unit(studio: Studio, clip: Document, qtbot) -> None:
    studio.view.set_layer("edited")
    clip.playhead.set_frame(105)
    strongest = float(clip.curve("AU12_L")(0.525))
    qtbot.waitUntil(lambda: studio.view.chip() == f"edited · AU12 {strongest:.2f}")
    clip.playhead.set_frame(0)
    qtbot.waitUntil(lambda: studio.view.chip() == "edited")


def test_the_chip_names_controls_that_are_no_units_and_says_that_they_are_tried(
    studio: Studio, qtbot
) -> None:
    studio.view.try_weights({"browDownLeft": 1.0})
    qtbot.waitUntil(lambda: studio.view.chip() == "tried · browDownLeft 1.00")
    assert not studio.view.grab().isNull(), "and it can be painted"
    studio.view.try_weights(None)
    qtbot.waitUntil(lambda: "tried" not in studio.view.chip())


def test_dragging_orbits_panning_moves_and_the_wheel_comes_nearer(studio: Studio) -> None:
    view = studio.view
    mouse.drag(view, (200, 150), (150, 150), (150, 130))
    assert view.camera.yaw == pytest.approx(20.0) and view.camera.pitch == pytest.approx(-8.0)
    view.reset_camera()
    middle = Qt.MouseButton.MiddleButton
    mouse.drag(view, (200, 150), (230, 150), button=middle)
    start = Camera()
    size = (400, 300)
    target = np.array([start.target])
    moved = view.camera.project(target, size) - start.project(target, size)
    assert moved[0] == pytest.approx((30.0, 0.0), abs=0.1), "the head stays under the hand"
    mouse.wheel(view, 200, 150, 2)
    assert view.camera.distance == pytest.approx(start.distance * 0.81)
    mouse.double_click(view, 200, 150)
    assert view.camera == Camera()


@pytest.mark.parametrize("place", [Camera(), Camera(yaw=70, pitch=30), Camera(yaw=-120, pitch=-40)])
def test_panning_follows_the_hand_from_every_side(place: Camera) -> None:
    size = (400, 300)
    target = np.array([place.target])
    moved = orbit.panned(place, 25.0, -40.0, 300.0).project(target, size)
    assert moved[0] - place.project(target, size)[0] == pytest.approx((25.0, -40.0), abs=0.1)


def test_keys_turn_to_front_three_quarter_and_profile(studio: Studio, qtbot) -> None:
    view = studio.view
    for key, yaw in ((Qt.Key.Key_7, 90.0), (Qt.Key.Key_3, 38.0), (Qt.Key.Key_1, 0.0)):
        qtbot.keyClick(view, key)
        assert view.camera.yaw == yaw
        assert studio.states[-1].camera.yaw == yaw


def test_the_camera_does_not_tumble_or_leave(qapp) -> None:
    camera = Camera()
    for _ in range(50):
        camera = orbit.orbited(camera, 300, 300)
    assert -180 <= camera.yaw <= 180 and camera.pitch == orbit.STEEPEST
    assert orbit.dollied(camera, 1000).distance == orbit.NEAREST
    assert orbit.dollied(camera, -1000).distance == orbit.FARTHEST


def test_building_shows_its_progress_and_blocks_nothing(clip: Document, qtbot) -> None:
    def slow() -> Job[object]:
        import time

        for step in range(20):
            yield Progress("shaping the skull", step, 20)
            time.sleep(0.03)
        return object()

    studio = Studio(clip, slow)
    view = studio.view
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    qtbot.waitUntil(lambda: view.source.status == "shaping the skull" and view.source.fraction > 0)
    picture = view.grab().toImage()
    bar = pixel(picture, 400 / 2 - 88, 300 / 2 + 37)
    assert near(bar, theme.DARK.accent, 40)
    qtbot.waitUntil(lambda: view.state is not None)
    view.shutdown()
    assert studio.painters[0].closed


def test_a_head_that_cannot_be_built_says_so_and_can_be_tried_again(clip: Document, qtbot) -> None:
    def broken() -> Job[object]:
        yield Progress("loading the head", 0, 1)
        raise HeadError("the cache is full")

    studio = Studio(clip, broken)
    view = studio.view
    qtbot.addWidget(view)
    view.show()
    with qtbot.waitSignal(clip.notices.posted):
        pass
    qtbot.waitUntil(lambda: view.source.problem == "the cache is full")
    assert not view.grab().isNull()
    studio.job = studio.quick
    mouse.click(view, 50, 50)
    qtbot.waitUntil(lambda: view.state is not None)
    assert studio.asked[:2] == [("builtin", "draft")] * 2
    view.shutdown()


def test_a_renderer_that_fails_is_reported_once(studio: Studio, clip: Document, qtbot) -> None:
    posted: list[object] = []
    clip.notices.posted.connect(posted.append)
    studio.painters[0].broken = True
    for frame in (10, 20, 30):
        clip.playhead.set_frame(frame)
    qtbot.waitUntil(lambda: len(posted) == 1)
    qtbot.waitUntil(lambda: studio.view.source.problem == "no graphics")


def test_the_view_works_without_a_clip(document: Document, qtbot) -> None:
    studio = Studio(document)
    qtbot.addWidget(studio.view)
    studio.view.show()
    qtbot.waitUntil(lambda: studio.view.state is not None)
    assert studio.view.state.weights == () and studio.view.chip() == "modulated"
    studio.view.shutdown()


def test_the_head_is_loaded_only_when_it_is_first_shown(clip: Document, qtbot) -> None:
    studio = Studio(clip)
    qtbot.addWidget(studio.view)
    clip.playhead.set_frame(50)
    assert studio.loads == 0
    studio.view.show()
    qtbot.waitUntil(lambda: studio.loads > 0)
    qtbot.waitUntil(lambda: studio.view.state is not None)
    studio.view.shutdown()


@pytest.mark.slow
def test_the_built_in_head_smiles_in_the_view(clip: Document, qtbot) -> None:
    """The real head and its real render thread; builds the head once, some tens of seconds."""
    view = HeadView(clip)
    qtbot.addWidget(view)
    view.resize(240, 280)
    view.set_layer("edited")
    view.show()
    qtbot.waitUntil(lambda: view.state is not None, timeout=240_000)

    def picture(frame: int) -> np.ndarray:
        clip.playhead.set_frame(frame)
        weight = round(clip.weights_at(frame / 200, "edited")["AU12_L"], 4)
        shown = lambda: dict(view.state.weights).get("AU12_L", 0.0)  # noqa: E731
        fine = lambda: view.state.quality != "draft" and shown() == weight  # noqa: E731
        qtbot.waitUntil(fine, timeout=20_000)
        return view._rgb.astype(int)

    neutral, smile = picture(0), picture(105)
    changed = np.abs(neutral - smile).max(axis=2) > 25
    rows, columns = np.nonzero(changed)
    assert len(rows) > 50
    height, width = changed.shape
    assert 0.35 * width < columns.mean() < 0.65 * width
    assert rows.mean() > 0.4 * height, "the lower half of the face moves"
    view.shutdown()


def test_a_narrow_view_still_holds_the_whole_face(studio: Studio, qtbot) -> None:
    ears = np.array([[-85.0, 0.0, -60.0], [85.0, 0.0, -60.0]])  # mm
    for size in ((400, 300), (240, 560)):
        studio.view.resize(*size)
        x = studio.view.wanted().camera.project(ears, size)[:, 0]
        assert x.min() > 0 and x.max() < size[0]


def test_a_head_is_shown_at_once_and_made_finer(studio: Studio) -> None:
    assert studio.asked == [("builtin", level) for level in ("draft", "live", "still")]
    assert len(studio.painters) == 1 and len(studio.painters[0].shown) == 3


def test_another_head_takes_the_place_of_the_first_only_when_it_is_there(
    studio: Studio, clip: Document, qtbot
) -> None:
    source = studio.view.source
    first = studio.painters[0].shown

    def broken() -> Job[object]:
        yield Progress("loading the head", 0, 1)
        raise HeadError("there is no neutral")

    studio.job = broken
    with qtbot.waitSignal(clip.notices.posted):
        source.load("/heads/broken")
    assert source.head == "builtin" and studio.painters[0].shown == first
    assert not source.problem, "the head that is shown goes on"

    studio.job = studio.quick
    source.load("/heads/mine")
    qtbot.waitUntil(lambda: source.head == "/heads/mine")
    assert studio.asked[-1] == ("/heads/mine", "live") and len(studio.painters[0].shown) == 1
    qtbot.waitUntil(lambda: not source.loading)
    source.load("builtin")
    qtbot.waitUntil(lambda: len(studio.painters[0].shown) == 3)


def test_the_last_head_asked_for_wins(studio: Studio, qtbot) -> None:
    source = studio.view.source
    source.load("/heads/a")
    source.load("/heads/b")
    qtbot.waitUntil(lambda: source.head == "/heads/b" and not source.loading)
    qtbot.wait(50)
    assert source.head == "/heads/b" and len(studio.painters[0].shown) == 1


def test_two_layers_are_compared_and_the_line_between_them_is_dragged(
    studio: Studio, clip: Document, qtbot
) -> None:
    view = studio.view
    view.set_layer("edited")
    curve = clip.curve("AU12_L")
    clip.preview_curves({"AU12_L": curve.with_control_point(3, curve.control_points()[3, 0], 0.1)})
    clip.playhead.set_frame(105)
    view.set_beside("raw")
    state = studio.states[-1]
    raw = clip.weights_at(clip.playhead.seconds, "raw")["AU12_L"]
    assert dict(state.beside)["AU12_L"] == pytest.approx(raw, abs=1e-4)
    assert dict(state.weights)["AU12_L"] < raw - 0.02
    assert state.split == 0.5
    camera = view.camera
    mouse.drag(view, (200, 150), (150, 150), (100, 150))
    assert studio.states[-1].split == pytest.approx(0.25) and view.camera == camera
    mouse.drag(view, (300, 150), (310, 150))
    assert view.camera != camera, "beside the line a drag orbits"
    view.set_beside(None)
    assert studio.states[-1].beside is None
    clip.preview_curves(None)


def test_the_turntable_turns_by_the_clock_and_stops_under_the_hand(studio: Studio, qtbot) -> None:
    view = studio.view
    view.turntable.start()
    qtbot.waitUntil(lambda: view.camera.yaw > 1.0)
    assert all(state.quality != "still" for state in studio.states[-1:])
    mouse.drag(view, (300, 150), (301, 150))
    assert not view.turntable.turning
    told: list[bool] = []
    view.look_changed.connect(lambda: told.append(view.turntable.turning))
    view.turntable.toggle()
    view.view_profile(other=True)
    assert told == [True, False], "who shows whether it turns hears of every stop"
    assert view.camera.yaw == -90.0 and not view.turntable.turning


def test_light_and_overlay_reach_the_picture(studio: Studio) -> None:
    from dataclasses import replace

    told = []
    studio.view.look_changed.connect(lambda: told.append(1))
    studio.view.look = replace(studio.view.look, light="dramatic", over="wireframe")
    assert studio.states[-1].look.light == "dramatic" and len(told) == 1
    studio.view.look = studio.view.look
    assert len(told) == 1


def test_marks_stand_where_the_landmarks_are_projected() -> None:
    from tests.pipeline.heads import head
    from widgets.head.marks import model_landmarks

    state = HeadState.of({"AU12": 0.5}, Camera(yaw=60.0), (500, 400), "draft")
    places, facing = model_landmarks(head(), state)
    vertices, _ = head().deform({"AU12": 0.5})
    expected = state.camera.project(vertices[head().landmarks], state.size)
    np.testing.assert_allclose(places, expected, atol=1e-3)
    assert facing[45] and not facing[0], "seen from the left, the right jaw is on the far side"


def test_a_narrow_view_ends_within_the_shirt_and_pans_with_the_hand(studio: Studio, qtbot) -> None:
    view = studio.view
    view.resize(240, 480)
    size, hem = (240, 480), np.array([[0.0, -214.0, -40.0]])  # mm
    assert view.wanted().camera.project(hem, size)[0, 1] > 480, "the hem is below the picture"
    before = view.wanted().camera
    mouse.drag(view, (120, 200), (130, 220), button=Qt.MouseButton.MiddleButton)
    spot = np.array([before.target])
    moved = view.wanted().camera.project(spot, size) - before.project(spot, size)
    assert moved[0] == pytest.approx((10.0, 20.0), abs=0.2)
