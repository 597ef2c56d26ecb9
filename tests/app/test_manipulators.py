"""Manipulators in the studio: the hand on the skin, the lists, one undo for each act."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from app.shell.window import StudioWindow
from app.state import Document
from pipeline.core.progress import Job, Progress
from pipeline.head.rig.rig import FrozenShape, Manipulator, Rig
from pipeline.head.scene.camera import Camera
from tests.app import mouse
from tests.app.painted_head import Painter
from tests.pipeline.heads import head as built_head
from widgets.freeze_dialog import FreezeDialog
from widgets.head import HeadView
from widgets.head.head_source import HeadSource
from widgets.head.manipulator_marks import heat_picture

pytest_plugins = ["tests.app.studio_window"]

CORNER = 54  # the left one of the mouth
SMIRK = Manipulator("corner", CORNER, move=(0.1, 0.1, 0.0))


def real_model(_name: str = "", _level: str = "") -> Job[object]:
    yield Progress("loading the head", 1, 1)
    return built_head()


@pytest.fixture
def view(film_document: Document, qtbot) -> Iterator[HeadView]:
    """A painted view of the real head, the tool in the hand, its points shown."""
    built_head()  # once, here, where nobody waits for it
    made = HeadView(
        film_document,
        make_source=lambda doc, parent: HeadSource(
            doc, parent, load=real_model, make_renderer=Painter
        ),
    )
    qtbot.addWidget(made)
    made.resize(400, 400)
    made.show()
    film_document.rig.set_tool(on=True, points=True)
    qtbot.waitUntil(lambda: made.state is not None)
    qtbot.waitUntil(lambda: made.posed_head() is not None, timeout=30_000)
    yield made
    made.shutdown()


def place_of(view: HeadView, point: int) -> tuple[float, float]:
    """Where a landmark is seen, by the camera's own projection, px of the view."""
    model, state = built_head(), view.state
    corner = model.vertices[model.landmarks[[point]]]
    x, y = state.camera.project(corner, state.size)[0] + 0.5
    return x * view.width() / state.size[0], y * view.height() / state.size[1]


def iod() -> float:
    model = built_head()
    right, left = model.vertices[model.landmarks[[36, 45]]]
    return float(np.linalg.norm(left - right))


def test_a_click_makes_a_manipulator_on_the_point_and_undo_takes_it_away(view: HeadView) -> None:
    rig, undo = view.document.rig, view.document.undo
    mouse.click(view, *place_of(view, CORNER))
    (made,) = rig.stored.manipulators
    assert (made.point, made.offset, made.move) == (CORNER, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
    assert made.name == "left corner of the mouth" and rig.in_hand == made.name
    undo.undo()
    assert rig.stored.manipulators == () and not undo.canUndo()
    undo.redo()
    assert rig.stored.manipulators == (made,)


def test_a_drag_moves_the_skin_under_the_pointer_in_the_pictures_plane(view: HeadView) -> None:
    x, y = place_of(view, CORNER)
    mouse.press(view, x, y)
    mouse.move(view, x + 20, y - 10)
    rig = view.document.rig
    assert rig.stored.manipulators == (), "nothing is stored while the button is held"
    assert view.source._renderer.states[-1].rig.manipulators[0].move[0] > 0
    mouse.release(view, x + 20, y - 10)
    (made,) = rig.stored.manipulators
    model = built_head()
    moved = model.vertices[model.landmarks[[CORNER]]] + iod() * np.asarray(made.move)
    seen = view.state.camera.project(moved, view.state.size)[0] + 0.5
    ratio = view.width() / view.state.size[0]
    assert seen * ratio == pytest.approx((x + 20, y - 10), abs=0.3)
    assert made.move[2] == pytest.approx(0.0, abs=1e-3), "from the front the plane has no depth"
    assert view.document.undo.count() == 1, "made and moved is one act"


def test_shift_slows_and_the_skins_plane_keeps_the_pointer(view: HeadView) -> None:
    rig = view.document.rig
    x, y = place_of(view, CORNER)
    shift = Qt.KeyboardModifier.ShiftModifier
    mouse.press(view, x, y)
    mouse._send(view, mouse.QMouseEvent.Type.MouseMove, mouse.QPointF(x + 20, y),
                Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, shift)  # fmt: skip
    slow = rig.rig.manipulators[0].move[0]
    mouse.move(view, x + 40, y)
    assert rig.rig.manipulators[0].move[0] == pytest.approx(6 * slow, rel=1e-3)
    view.hand.abort()
    rig.set_tool(along="surface")
    mouse.drag(view, (x, y), (x + 8, y - 6))
    (made,) = rig.stored.manipulators
    model = built_head()
    corner = model.landmarks[CORNER]
    normal = model.normals[corner] / np.linalg.norm(model.normals[corner])
    assert np.dot(made.move, normal) == pytest.approx(0.0, abs=1e-4)
    place = model.vertices[[corner]] + iod() * np.asarray(made.move)
    seen = (view.state.camera.project(place, view.state.size)[0] + 0.5) * (
        view.width() / view.state.size[0]
    )
    assert seen == pytest.approx((x + 8, y - 6), abs=0.3)


def test_escape_gives_the_drag_up_and_nothing_is_stored(view: HeadView) -> None:
    x, y = place_of(view, CORNER)
    mouse.press(view, x, y)
    mouse.move(view, x + 20, y)
    assert view.abort()
    assert view.document.rig.rig == Rig() and not view.document.undo.canUndo()
    mouse.release(view, x + 20, y)
    assert view.document.rig.stored == Rig() and not view.abort()


def test_the_background_and_alt_turn_the_head_the_wheel_sizes_and_ctrl_comes_nearer(
    view: HeadView,
) -> None:
    rig, camera = view.document.rig, view.camera
    mouse.drag(view, (5, 5), (25, 5))
    assert view.camera.yaw != camera.yaw and rig.stored.manipulators == ()
    view.camera = Camera()
    mouse.click(view, *place_of(view, CORNER))
    before = rig.stored.manipulators[0].radius
    mouse.wheel(view, *place_of(view, CORNER), 1)
    mouse.wheel(view, *place_of(view, CORNER), 1)
    assert rig.stored.manipulators[0].radius == pytest.approx(before * 1.21, rel=1e-3)
    assert view.document.undo.count() == 2, "turns that follow each other are one undo"
    distance = view.camera.distance
    ctrl = Qt.KeyboardModifier.ControlModifier
    mouse.wheel(view, *place_of(view, CORNER), 1, keys=ctrl)
    assert view.camera.distance < distance


def test_the_other_sides_handle_moves_the_same_manipulator_mirrored(view: HeadView) -> None:
    rig = view.document.rig
    rig.set_tool(mirrored=True)
    mouse.click(view, *place_of(view, CORNER))
    x, y = place_of(view, 48)
    mouse.drag(view, (x, y), (x - 12, y - 8))
    (one,) = rig.stored.manipulators
    assert one.point == CORNER and one.move[0] > 0 and one.move[1] > 0
    assert view.hand.delete() and rig.stored.manipulators == ()


def test_a_read_only_project_says_so_and_shows_the_old_rig(view: HeadView) -> None:
    document = view.document
    document.store.read_only = "for the test"
    told = []
    document.notices.posted.connect(told.append)
    mouse.click(view, *place_of(view, CORNER))
    assert told and document.rig.rig == Rig() and document.rig.in_hand == ""


def test_a_rig_that_cannot_be_read_is_said_and_kept(film_document: Document) -> None:
    told = []
    film_document.notices.posted.connect(told.append)
    bad = [{"name": "x", "point": 900, "radius": 1}]
    film_document.store.set_setting("manipulators", bad, "rig")
    film_document.settings_changed.emit()
    assert film_document.rig.rig == Rig() and "x" in str(told[0])
    assert film_document.store.settings("rig")["manipulators"] == bad


def test_heat_is_warm_at_the_centre_and_clear_where_nothing_moves() -> None:
    places = np.array([[x + 0.5, y + 0.5] for y in range(20) for x in range(20)])
    weights = np.clip(1 - np.linalg.norm(places - 10, axis=1) / 8, 0, 1)
    picture = heat_picture(places, weights, (40, 20))
    assert picture[10, 10, 3] > 100 and picture[10, 10, 0] > picture[10, 10, 2]
    assert picture[10, 38, 3] == 0


# The lists


def test_the_list_renames_mutes_types_and_deletes_each_with_one_undo(
    measured: StudioWindow,
) -> None:
    rig, panel, undo = measured.document.rig, measured.manipulators, measured.document.undo
    rig.change(Rig((SMIRK, replace(SMIRK, name="cheek", point=69))), "two")
    start = undo.count()
    row = panel.rows[0]
    row.field.taken.emit()
    assert rig.in_hand == "corner"
    row.field.setText("lip")
    row.field._finished()
    row.mute.click()
    row.both.click()
    panel.radius.entered.emit(0.5)
    panel.move_fields[1].entered.emit(0.2)
    panel.falloffs["dome"].click()
    one = rig.stored.manipulators[0]
    assert one == Manipulator("lip", CORNER, radius=0.5, falloff="dome", move=(0.1, 0.2, 0.0),
                              mirrored=True, muted=True)  # fmt: skip
    assert undo.count() - start == 6
    panel.rename("lip", "cheek")
    assert [m.name for m in rig.stored.manipulators] == ["cheek 2", "cheek"]
    panel.rows[1].gone.click()
    assert [m.name for m in rig.stored.manipulators] == ["cheek 2"]
    undo.setIndex(start)
    assert rig.stored.manipulators[0] == SMIRK


@pytest.mark.parametrize(("typed", "kept"), [("0", 0.01), ("-1", 0.01), ("9", 2.5)])
def test_a_radius_that_cannot_be_is_bounded_and_said(
    measured: StudioWindow, typed: str, kept: float
) -> None:
    rig, panel, told = measured.document.rig, measured.manipulators, []
    rig.change(Rig((SMIRK,)), "one")
    rig.select("corner")
    measured.document.notices.posted.connect(told.append)
    panel.radius.setText(typed)
    panel.radius._take()
    assert rig.stored.manipulators[0].radius == kept
    assert typed in str(told[0]) and f"{kept:g}" in str(told[0])


def test_freezing_asks_for_a_name_that_can_be_had_and_says_why_not(qtbot) -> None:
    dialog = FreezeDialog(["corner"], ["smirk"], ["AU12_L"])
    qtbot.addWidget(dialog)
    assert not dialog.go.isEnabled() and dialog.reason.text() == ""
    for name in ("smirk", "AU12", "1st", "two words", "mouthSmileLeft", "jaw_open!"):
        dialog.name.setText(name)
        assert not dialog.go.isEnabled() and dialog.reason.text(), name
    dialog.name.setText("grin")
    assert dialog.go.isEnabled() and dialog.reason.text() == ""
    assert dialog.chosen() == ("grin", False)


def test_a_shape_that_was_frozen_comes_into_view_and_in_hand(measured: StudioWindow) -> None:
    measured.document.rig.change(Rig((SMIRK,)), "one")
    section = measured.inspector.sections["shapes"]
    section.open(False)
    measured.document.rig.select("corner")
    measured.sculpting.freeze()
    dialog = measured.findChild(FreezeDialog)
    dialog.name.setText("grin")
    dialog.accept()
    assert section.is_open and measured.shapes.name == "grin"


def test_a_shape_is_mapped_scaled_split_mirrored_and_ordered_each_with_one_undo(
    measured: StudioWindow,
) -> None:
    rig, panel, undo = measured.document.rig, measured.shapes, measured.document.undo
    rig.change(Rig(shapes=(FrozenShape("smirk", (SMIRK,)), FrozenShape("b", (SMIRK,)))), "two")
    start = undo.count()
    panel.choose("smirk")
    panel.targets.field.setText("au12")
    panel.targets.gain.show_number(0.5)
    panel.targets.add()
    panel.scale.entered.emit(2.0)
    panel.replaces.click()
    shape = rig.shape("smirk")
    assert [(t.control, t.gain) for t in shape.targets] == [("AU12", 0.5)]
    assert shape.scale == 2.0 and shape.replaces
    panel.acts["down"].click()
    assert [s.name for s in rig.stored.shapes] == ["b", "smirk"]
    panel.acts["mirror"].click()
    assert panel.name == "smirk_mirrored" and rig.shape("smirk_mirrored").flipped
    panel.choose("smirk")
    panel.acts["split"].click()
    assert {"smirk_L", "smirk_R"} <= {s.name for s in rig.stored.shapes}
    assert undo.count() - start == 6
    undo.setIndex(start)
    assert rig.shape("smirk") == FrozenShape("smirk", (SMIRK,))


def test_a_renamed_or_deleted_shape_takes_its_curves_along(measured: StudioWindow) -> None:
    document, panel = measured.document, measured.shapes
    document.rig.change(Rig(shapes=(FrozenShape("smirk", (SMIRK,)),)), "one")
    panel.choose("smirk")
    document.playhead.set_frame(100)
    panel.trial.set_value(0.7)
    panel.key.click()
    assert document.weights_at(document.playhead.seconds, "edited")["smirk"] == pytest.approx(0.7)
    panel.list.currentItem().setText("grin")
    assert document.curve("smirk") is None and document.curve("grin") is not None
    assert document.rig.shape("grin") is not None and panel.name == "grin"
    document.undo.undo()
    assert document.curve("smirk") is not None and document.rig.shape("smirk") is not None
    panel.choose("smirk")
    panel.acts["delete"].click()
    assert document.curve("smirk") is None and document.rig.stored.shapes == ()
    document.undo.undo()
    assert document.curve("smirk") is not None


def test_a_name_that_is_taken_is_refused_and_the_old_one_shown(measured: StudioWindow) -> None:
    document, panel = measured.document, measured.shapes
    document.rig.change(
        Rig(shapes=(FrozenShape("smirk", (SMIRK,)), FrozenShape("b", (SMIRK,)))), "x"
    )
    edits = document.undo.count()
    panel.choose("smirk")
    panel.list.currentItem().setText("b")
    assert [s.name for s in document.rig.stored.shapes] == ["smirk", "b"]
    assert [panel.list.item(row).text() for row in range(2)] == ["smirk", "b"]
    assert document.undo.count() == edits


def test_another_head_under_a_rig_is_said_once_and_nothing_is_lost(
    measured: StudioWindow, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, source = measured.document, measured.views["head"].source
    qtbot.waitUntil(lambda: len(source.models) == 3)
    document.rig.change(Rig((SMIRK,), (FrozenShape("smirk", (SMIRK,)),)), "one")
    assert document.rig.stored.head == "builtin"
    told = []
    document.notices.posted.connect(told.append)
    source.head, source.models = "ada", {"draft": replace(built_head(), name="ada")}
    source.changed.emit()
    source.changed.emit()
    said = [notice for notice in told if notice.code == "rig.rebound"]
    assert len(said) == 1 and "builtin" in said[0].text and "ada" in said[0].text
    assert document.rig.stored.manipulators == (SMIRK,)
