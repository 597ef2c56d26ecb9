"""The face is pulled with the mouse in the real window, frozen, mapped, keyed and exported."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.shell.exporting import EXPORTS
from app.shell.window import StudioWindow
from pipeline.head import project_landmarks
from tests.pipeline.gltf_files import split, vtk_evaluated
from tests.window.screen import LEFT, changed, drag, shown
from widgets.freeze_dialog import FreezeDialog

pytestmark = pytest.mark.window
ALT = Qt.KeyboardModifier.AltModifier
LEFT_CORNER = 54


def document_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but the history and where the person was."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as file:
        names = [
            row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        rows = {n: sorted(file.execute(f'SELECT * FROM "{n}"'), key=repr) for n in names}
    rows["settings"] = [row for row in rows["settings"] if "session" not in row]
    return {
        name: found for name, found in rows.items() if name not in ("history", "sqlite_sequence")
    }


def shape_in_file(glb: Path, name: str, folder: Path) -> np.ndarray:
    """The skin doing one shape of a GLB, as another reader has it, (N, 3) mm."""
    raw = glb.read_bytes()
    doc, _ = split(raw)
    mesh = doc["meshes"][0]
    names = mesh["extras"]["targetNames"]
    row = np.eye(len(names))[[names.index(name)]]
    skins = [doc["materials"][p["material"]]["name"] for p in mesh["primitives"]]
    return vtk_evaluated(raw, row, folder)[0][skins.index("skin")]


@pytest.fixture
def sculptor(window: StudioWindow, qtbot) -> Iterator[StudioWindow]:
    """The studio in Animate with the head there and nothing in the hand."""
    window.show_workspace("animate")
    head = window.views["head"]
    qtbot.waitUntil(lambda: "live" in head.source.models, timeout=180_000)
    yield window
    window.document.rig.set_tool(on=False, points=False, mirrored=False)
    window.shapes.filter.clear()


def wait_for_picture(window: StudioWindow, qtbot) -> None:
    head = window.views["head"]
    wanted = head.wanted
    qtbot.waitUntil(
        lambda: (
            head.state is not None
            and (head.state.rig, head.state.weights) == (wanted().rig, wanted().weights)
        ),
        timeout=30_000,
    )


def pull_the_corner(window: StudioWindow, qtbot) -> np.ndarray:
    """Take the left corner of the mouth and pull it up and out; what that does, (N, 3) mm."""
    head = window.views["head"]
    QTest.keyClick(window, Qt.Key.Key_M, ALT)
    QTest.keyClick(window, Qt.Key.Key_K, ALT)
    qtbot.waitUntil(lambda: head.posed_head() is not None, timeout=60_000)
    wait_for_picture(window, qtbot)
    before = head.posed_head().vertices.copy()
    model, state = head.posed_head().model, head.state
    x, y = project_landmarks(model, dict(state.weights), state.camera, state.size)[LEFT_CORNER]
    scale = head.width() / state.size[0]
    corner = QPointF((x + 0.5) * scale, (y + 0.5) * scale)
    calm = shown(head)
    seen = []

    def held() -> None:
        qtbot.waitUntil(lambda: bool(head.state.rig.manipulators), timeout=10_000)
        wait_for_picture(window, qtbot)
        seen.append(changed(calm, shown(head)))

    drag(head, corner, corner + QPointF(14, -18), held)
    assert seen[0] > 0.002, "the head follows while the button is held"
    QTest.keyClick(window, Qt.Key.Key_X, ALT)
    wait_for_picture(window, qtbot)
    rig = window.document.rig
    (one,) = rig.stored.manipulators
    assert one.point == LEFT_CORNER and one.offset == (0.0, 0.0, 0.0) and one.mirrored
    assert one.move[0] > 0.02 and one.move[1] > 0.02 and abs(one.move[2]) < 1e-3
    qtbot.waitUntil(lambda: np.any(head.posed_head().vertices != before), timeout=10_000)
    return head.posed_head().vertices - before


def freeze_as_smirk(window: StudioWindow, qtbot) -> None:
    """Freeze by the dialog, map to AU12 by half, and set a key."""
    QTest.keyClick(window, Qt.Key.Key_F, ALT)
    qtbot.waitUntil(lambda: bool(window.findChildren(FreezeDialog)))
    dialog = window.findChildren(FreezeDialog)[0]
    QTest.keyClicks(dialog.name, "AU12")
    assert not dialog.go.isEnabled() and dialog.reason.text()
    dialog.name.clear()
    QTest.keyClicks(dialog.name, "smirk")
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    window.inspector.reveal("shapes")
    shapes = window.shapes
    qtbot.waitUntil(lambda: shapes.name == "smirk")
    shapes.targets.gain.show_number(0.5)
    QTest.mouseClick(shapes.targets.field, LEFT)
    QTest.keyClicks(shapes.targets.field, "AU12")
    QTest.keyClick(QApplication.activePopupWidget() or shapes.targets.field, Qt.Key.Key_Return)
    window.document.playhead.set_frame(105)
    shapes.trial.set_value(0.8)
    QTest.mouseClick(shapes.key, LEFT)


def scrub(window: StudioWindow, qtbot) -> None:
    """Drag the playhead over the ruler: the curve of the shape moves the head."""
    timeline, head = window.views["timeline"], window.views["head"]
    seen = []

    def held() -> None:
        wait_for_picture(window, qtbot)
        seen.append(dict(head.state.weights).get("smirk", 0.0))

    at = [QPointF(timeline.axis.x(frame), 8.0) for frame in (20, 105)]
    drag(timeline.ruler, *at, held)
    assert window.document.playhead.frame == 105
    assert seen == [pytest.approx(0.8, abs=0.01)]


def test_a_smirk_is_pulled_frozen_mapped_keyed_undone_redone_and_exported(
    sculptor: StudioWindow, qtbot, tmp_path: Path
) -> None:
    document = sculptor.document
    path, undo = document.store.path, document.undo
    first, started = document_of(path), undo.index()
    pulled = pull_the_corner(sculptor, qtbot)
    freeze_as_smirk(sculptor, qtbot)
    scrub(sculptor, qtbot)
    (smirk,) = document.rig.stored.shapes
    assert [(t.control, t.gain) for t in smirk.targets] == [("AU12", 0.5)]
    assert document.rig.stored.manipulators == (), "the shape took their place"
    last, ended = document_of(path), undo.index()
    assert last != first and ended - started == 5, "each act is one undo"
    undo.setIndex(started)
    assert document_of(path) == first and document.rig.stored.shapes == ()
    undo.setIndex(ended)
    assert document_of(path) == last

    glb = tmp_path / "smirk.glb"
    export = next(one for one in EXPORTS if one.ending == "glb")
    sculptor.exporting.start(export, "modulated", glb)
    qtbot.waitUntil(glb.exists, timeout=60_000)  # it appears whole
    model = sculptor.views["head"].source.models["live"]
    skin = slice(model.surfaces[0].start, model.surfaces[0].stop)
    exported = shape_in_file(glb, "smirk", tmp_path) - model.vertices[skin]
    error = np.abs(exported - pulled[skin]).max()
    assert np.linalg.norm(pulled, axis=1).max() > 2.0, "mm"
    assert error < 1e-5 * model.height
