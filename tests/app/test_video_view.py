"""The video view: the very frame, its identity, its overlays, and nothing of another frame."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from app.state import Document
from pipeline.core.types import EventSpan
from pipeline.face.canonical import crop_transforms
from tests.app import mouse
from tests.app.film import Film
from tests.app.measured_clip import face_points, measure, near, pixel
from widgets import theme
from widgets.video import VideoView
from widgets.video.picture_place import PicturePlace
from widgets.video.video_view import phase_of

POINT = 24  # a landmark far from all others


@pytest.fixture
def clip(document: Document, films: dict[str, Film], tmp_path: Path) -> Document:
    films["face.mp4"] = Film(n_frames=120, fps=200.0, size=(640, 480))
    path = tmp_path / "face.mp4"
    path.write_bytes(b"film")
    document.open_media([path])
    assert document.settle()
    return document


@pytest.fixture
def view(clip: Document, qtbot) -> VideoView:
    theme.apply(QApplication.instance(), theme.DARK)
    made = VideoView(clip)
    qtbot.addWidget(made)
    made.resize(640, 480)
    made.show()
    go(qtbot, made, 0)
    return made


def go(qtbot, view: VideoView, frame: int) -> None:
    view.document.playhead.set_frame(frame)
    view.document.feed.request(frame)
    qtbot.waitUntil(lambda: view.frame == frame)


def test_the_picture_in_view_is_the_playheads_frame(view: VideoView, qtbot) -> None:
    for frame in (7, 90, 3, 119):
        go(qtbot, view, frame)
        color = pixel(view.grab().toImage(), 500, 400)
        assert color.getRgb()[:3] == (frame, frame, frame)


def test_the_picture_is_not_copied(view: VideoView, qtbot) -> None:
    go(qtbot, view, 9)
    index, rgb = view.document.feed.current
    assert index == 9
    assert view._image.constBits().nbytes == rgb.nbytes
    assert np.shares_memory(np.frombuffer(view._image.constBits(), np.uint8), rgb)


def test_the_chip_names_frame_and_time(view: VideoView, qtbot) -> None:
    go(qtbot, view, 97)
    assert view.identity() == "frame 97 · 485 ms"
    assert view.accessibleDescription() == view.identity()


def test_the_chip_names_the_images_own_file(view: VideoView, qtbot) -> None:
    source = view.document.source
    source.file_numbers = np.arange(46, 46 + 120)
    source.frame_name = lambda index: f"img{46 + index}.jpg"
    go(qtbot, view, 97)
    assert view.identity() == "frame 97 · img143.jpg · 485 ms"


def test_points_lie_on_the_landmarks_of_the_frame_in_view(view: VideoView, qtbot) -> None:
    measure(view.document)
    x, y = face_points()[POINT]
    for frame in (0, 100):
        go(qtbot, view, frame)
        place = view.place.to_view(x + 0.1 * frame, y)
        picture = view.grab().toImage()
        assert near(pixel(picture, place.x(), place.y()), theme.DARK.accent)
    other = view.place.to_view(x, y)  # where it was in frame 0
    assert not near(pixel(picture, other.x() - 1, other.y()), theme.DARK.accent)


def test_overlays_wait_for_their_picture(view: VideoView, qtbot) -> None:
    """The playhead has moved on, the picture has not come yet: old picture, old points."""
    measure(view.document)
    go(qtbot, view, 0)
    x, y = face_points()[POINT]
    view.document.feed.set_source(None)
    view.document.playhead.set_frame(100)
    place = view.place.to_view(x, y)
    assert near(pixel(view.grab().toImage(), place.x(), place.y()), theme.DARK.accent)
    assert view.identity().startswith("frame 0")


def test_interpolated_points_are_marked_differently(view: VideoView, qtbot) -> None:
    measure(view.document)
    go(qtbot, view, 0)
    x, y = face_points()[3]  # not measured in this clip
    picture = view.grab().toImage()
    place = view.place.to_view(x, y)
    around = [pixel(picture, place.x() + dx, place.y() + dy)
              for dx in range(-5, 6) for dy in range(-5, 6)]  # fmt: skip
    assert any(near(color, theme.DARK.amber, 40) for color in around)
    assert not any(near(color, theme.DARK.accent) for color in around)


def test_points_can_be_switched_off(view: VideoView, qtbot) -> None:
    measure(view.document)
    go(qtbot, view, 0)
    view.set_overlay("points", False)
    place = view.place.to_view(*face_points()[POINT])
    assert pixel(view.grab().toImage(), place.x(), place.y()).getRgb()[:3] == (0, 0, 0)


def test_arrows_are_the_displacement_times_the_gain(view: VideoView, qtbot) -> None:
    document = view.document
    measure(document)
    frame, gain = 100, 10.0
    iod = document.analysis.track.iod(int(document.analysis.track.segment[frame]))
    root, tip = view._painter_of.arrow_tips(frame, gain)[54]
    assert root == pytest.approx(document.analysis.track.points[frame, 54], abs=1e-4)
    expected = document.analysis.displacement[frame, 54] * iod * gain
    assert tip - root == pytest.approx(expected, rel=1e-3, abs=1e-3)

    view.set_overlay("points", False)
    view.set_overlay("arrows", True)
    view.set_gain(40.0)
    go(qtbot, view, frame)
    root, tip = view._painter_of.arrow_tips(frame, 40.0)[54]
    middle = view.place.to_view(*((root + tip) / 2))
    assert near(pixel(view.grab().toImage(), middle.x(), middle.y()), theme.DARK.amber, 90)


def test_the_crop_box_lies_around_the_face(view: VideoView, qtbot) -> None:
    measure(view.document)
    corners = view._painter_of.crop_corners(10)
    whole = crop_transforms(view.document.analysis.track, 1)[10]
    square = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    assert corners == pytest.approx(square @ whole[:, :2].T + whole[:, 2])
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    assert sides == pytest.approx(sides[0])
    view.set_overlay("crop", True)
    go(qtbot, view, 10)
    assert not view.grab().isNull()


@pytest.mark.parametrize(
    ("frame", "text"),
    [(63, ""), (64, "rise ▲ 41"), (92, "rise ▲ 13"), (105, "apex ▲"), (160, "fall ◆ 8"), (169, "")],
)
def test_the_phase_counts_frames_to_the_next_marker(frame: int, text: str) -> None:
    assert phase_of([EventSpan(64, 105, 168)], frame) == text


def test_an_event_without_apex_counts_to_its_offset() -> None:
    assert phase_of([EventSpan(10, None, 30)], 12) == "event ◆ 18"


def test_the_phase_chip_is_shown_inside_an_event(view: VideoView, qtbot) -> None:
    view.document.add_event(EventSpan(40, 60, 80))
    go(qtbot, view, 50)
    picture = view.grab().toImage()
    assert near(pixel(picture, 640 - 15, 16), theme.DARK.accent_ground)
    go(qtbot, view, 100)
    assert not near(pixel(view.grab().toImage(), 640 - 15, 16), theme.DARK.accent_ground)


def test_the_wheel_zooms_at_the_cursor_and_double_click_fits(view: VideoView) -> None:
    at = QPointF(400, 300)
    before = view.place.to_picture(at)
    mouse.wheel(view, 400, 300, 5)
    assert view.place.scale > 2
    after = view.place.to_picture(at)
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()))
    mouse.drag(view, (400, 300), (380, 310))
    moved = view.place.to_picture(QPointF(380, 310))
    assert (moved.x(), moved.y()) == pytest.approx((before.x(), before.y()))
    mouse.double_click(view, 100, 100)
    assert view.place.scale == pytest.approx(1.0)


def test_a_pixel_is_a_square_when_zoomed_in(view: VideoView, qtbot) -> None:
    rgb = np.zeros((480, 640, 3), np.uint8)
    rgb[200, 300] = (255, 0, 0)
    view._frame_ready(5, rgb)
    view.place.set_scale(20.0, view.place.to_view(300, 200))
    corner = view.place.to_view(300, 200)
    picture = view.grab().toImage()
    for dx, dy in ((-9, -9), (9, 9), (0, 0)):
        assert pixel(picture, corner.x() + dx, corner.y() + dy) == QColor(255, 0, 0)
    assert pixel(picture, corner.x() + 11, corner.y()) == QColor(0, 0, 0)


def test_place_keeps_its_centre_when_the_view_grows(qapp) -> None:
    place = PicturePlace()
    place.set_sizes(QSizeF(640, 480), QSizeF(320, 240))
    assert place.scale == pytest.approx(0.5)
    place.zoom(3.0, QPointF(160, 120))
    place.pan(QPointF(30, -20))
    centre = place.to_picture(QPointF(160, 120))
    place.set_sizes(QSizeF(640, 480), QSizeF(500, 400))
    again = place.to_picture(QPointF(250, 200))
    assert (again.x(), again.y()) == pytest.approx((centre.x(), centre.y()))
    place.set_sizes(QSizeF(100, 100), QSizeF(500, 400))
    assert place.fitted and place.scale == pytest.approx(4.0)
    point = place.to_picture(place.to_view(12.25, 80.5))
    assert (point.x(), point.y()) == pytest.approx((12.25, 80.5))


def test_a_face_is_picked_only_when_there_are_several(view: VideoView, qtbot) -> None:
    picked: list[tuple[float, float]] = []
    view.face_picked.connect(lambda x, y: picked.append((x, y)))
    measure(view.document)
    mouse.click(view, 300, 200)
    assert picked == []
    measure(view.document, faces=2)
    mouse.click(view, 300, 200)
    assert picked == [pytest.approx((299.5, 199.5))]
    mouse.drag(view, (300, 200), (360, 200))
    assert len(picked) == 1


def test_pose_is_that_of_the_frame_in_view(view: VideoView, qtbot) -> None:
    assert view.pose() is None
    measure(view.document)
    assert view.pose() == pytest.approx((-1.2, 0.4, 2.0))


def test_without_a_clip_the_view_says_what_to_do(document: Document, qtbot) -> None:
    view = VideoView(document)
    qtbot.addWidget(view)
    view.resize(500, 400)
    view.show()
    mouse.wheel(view, 10, 10, 2)
    mouse.double_click(view, 10, 10)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    picture = view.grab().toImage()
    ground = QColor(theme.DARK.ground)
    written = [
        y for y in range(400) if any(pixel(picture, x, y) != ground for x in range(100, 400, 3))
    ]
    assert written and min(written) > 100 and max(written) < 300
    assert view.identity() == "" and view.frame == -1


def test_a_lost_face_leaves_the_picture_bare(view: VideoView, qtbot) -> None:
    measure(view.document, lost=(30, 40))
    for overlay in ("arrows", "crop", "numbers"):
        view.set_overlay(overlay, True)
    x, y = face_points()[POINT]
    for frame, shown in ((29, True), (30, False), (40, True)):
        go(qtbot, view, frame)
        place = view.place.to_view(x + 0.1 * frame, y)
        color = pixel(view.grab().toImage(), place.x(), place.y())
        assert near(color, theme.DARK.accent) == shown


def test_fit_face_puts_the_face_in_the_middle(view: VideoView, qtbot) -> None:
    measure(view.document)
    go(qtbot, view, 20)
    view.fit_face()
    left, top, right, bottom = view.document.analysis.track.box[20].tolist()
    middle = view.place.to_view((left + right) / 2, (top + bottom) / 2)
    assert (middle.x(), middle.y()) == pytest.approx((320, 240), abs=0.01)
    high = view.place.to_view(left, bottom).y() - view.place.to_view(left, top).y()
    wide = view.place.to_view(right, top).x() - view.place.to_view(left, top).x()
    assert max(high / 480, wide / 640) == pytest.approx(0.75)


def test_framing_the_face_fills_the_view_and_stays_through_resizing(view: VideoView, qtbot) -> None:
    document = view.document
    measure(document)
    view.resize(480, 480)
    view.set_framing("face")
    known = np.median(document.analysis.track.box, axis=0)
    middle = view.place.to_view((known[0] + known[2]) / 2, (known[1] + known[3]) / 2)
    assert middle.x() == pytest.approx(240, abs=1.0)
    assert view.place.target.contains(QRectF(view.rect()))
    place = view.place.target
    go(qtbot, view, 110)
    assert view.place.target == place  # a picture that followed the face would hide its motion
    view.resize(900, 300)
    assert view.place.fitted
    assert view.place.to_view(0, known[3]).y() < 300 and view.place.to_view(0, known[1]).y() > 0
    view.set_framing("all")
    assert view.place.target.height() == pytest.approx(300)


def test_large_chips_are_larger(view: VideoView, qtbot) -> None:
    go(qtbot, view, 97)
    small = view.grab().toImage()
    view.set_large(True)
    large = view.grab().toImage()
    ground = pixel(large, 30, 60)
    assert pixel(small, 30, 60) != ground
