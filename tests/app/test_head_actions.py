"""The head's commands: how it is seen, which head it is, films and pictures of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.shell import dialogs
from app.shell.head_exports import HeadOutput, HeadOutputDialog, film_of_head, picture_of_head
from app.shell.window import StudioWindow
from pipeline.core.progress import run as finish
from pipeline.head.scene.camera import Camera, Look

pytest_plugins = ["tests.app.studio_window"]


def run(window: StudioWindow, action: str) -> None:
    window.actions_by_id[action].trigger()


def chosen(chips) -> list[str]:
    return [name for name, chip in chips.items() if chip.property("chosen")]


def test_light_and_overlays_are_the_persons_and_kept(measured: StudioWindow) -> None:
    edits = measured.document.undo.index()
    head, panel = measured.views["head"], measured.head_panel
    run(measured, "head.next_light")
    assert head.look.light == "soft" and chosen(panel.lights) == ["soft"]
    panel.lights["dramatic"].click()
    assert measured.document.settings.value("head/light", "") == "dramatic"
    run(measured, "head.heat")
    assert head.look.over == "heat" and chosen(panel.overlays) == ["heat"]
    run(measured, "head.wireframe")
    assert head.look.over == "wireframe", "one overlay takes the place of the other"
    run(measured, "head.wireframe")
    assert head.look.over == ""
    run(measured, "head.landmarks")
    assert head.points and chosen(panel.overlays) == ["points"]
    assert measured.document.undo.index() == edits, "how one looks is no edit"


def test_a_layer_is_compared_with_the_prediction_by_one_key(measured: StudioWindow) -> None:
    head, panel = measured.views["head"], measured.head_panel
    run(measured, "head.compare")
    assert head.beside == "raw" and chosen(panel.beside) == ["raw"]
    run(measured, "head.compare")
    assert head.beside is None and chosen(panel.beside) == [""]
    panel.layers["raw"].click()
    run(measured, "head.compare")
    assert head.beside == "edited", "the prediction beside itself would say nothing"


def test_the_turntable_has_a_key_and_a_chip(measured: StudioWindow) -> None:
    run(measured, "head.turntable")
    assert measured.views["head"].turntable.turning
    assert "turn" in chosen(measured.head_panel.views)
    measured.head_panel.views["turn"].click()
    assert not measured.views["head"].turntable.turning
    run(measured, "head.turntable")
    measured.views["head"].view_front()
    assert "turn" not in chosen(measured.head_panel.views), "the hand on the head stops it"


def test_the_project_keeps_its_head_and_undo_brings_the_old_one_back(
    measured: StudioWindow, tmp_path: Path, qtbot
) -> None:
    folder = tmp_path / "my head"
    folder.mkdir()
    source, document = measured.views["head"].source, measured.document
    qtbot.waitUntil(lambda: len(source.models) == 3)
    measured.head.use(str(folder))
    assert document.store.settings("head")["head"] == str(folder)
    qtbot.waitUntil(lambda: source.head == str(folder))
    heads = measured.head_panel.heads
    assert heads.currentData() == str(folder) and heads.currentText() == "my head"
    document.undo.undo()
    assert "head" not in document.store.settings("head")
    qtbot.waitUntil(lambda: source.head == "builtin")
    assert heads.currentData() == "builtin"
    assert heads.findData(str(folder)) >= 0, "a head once opened is offered again"


def test_a_head_that_is_gone_is_listed_as_not_found(measured: StudioWindow, tmp_path: Path) -> None:
    folder = tmp_path / "my head"
    folder.mkdir()
    measured.head.use(str(folder))
    assert measured.head_panel.heads.currentText() == "my head"
    folder.rename(tmp_path / "moved")
    measured.head_panel.refresh()
    assert measured.head_panel.heads.currentText() == "my head (not found)"
    assert measured.head_panel.heads.currentData() == str(folder)


def test_the_eyes_colour_is_the_projects(measured: StudioWindow) -> None:
    measured.head.iris("green")
    assert measured.views["head"].look.iris == "green"
    assert measured.head_panel.iris.currentData() == "green"
    measured.document.undo.undo()
    assert measured.views["head"].look.iris == ""


def test_a_picture_is_written_as_the_view_shows_the_head(
    measured: StudioWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot
) -> None:
    target = tmp_path / "face.png"
    asked: list[HeadOutput] = []

    def drawn(weights, path, how):
        asked.append(how)
        path.write_bytes(b"png")
        yield from ()
        return path

    monkeypatch.setattr("app.shell.head_actions.picture_of_head", drawn)
    monkeypatch.setattr(dialogs, "ask_target", lambda *_: target)
    measured.views["head"].camera = Camera(yaw=25.0)
    run(measured, "head.next_light")
    run(measured, "head.picture")
    dialog = measured.findChild(HeadOutputDialog)
    dialog.clear.setChecked(True)
    dialog.width_field.show_number(800)
    dialog.accept()
    qtbot.waitUntil(target.exists)
    assert asked[0].camera.yaw == 25.0 and asked[0].size == (800, 1440)
    assert asked[0].look == Look("soft", "transparent") and asked[0].quality == "still"


def test_a_picture_shows_the_identity_that_was_set(
    measured: StudioWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Model:
        identities = ("identity000",)

        def with_identity(self, values: dict[str, float]) -> tuple[str, dict[str, float]]:
            return "another face", dict(values)

    def load(_name: str, *, lod: str):
        yield from ()
        return Model()

    drawn = []
    monkeypatch.setattr("pipeline.head.load_head", load)
    monkeypatch.setattr("pipeline.head.render_picture", lambda model, *_, **__: drawn.append(model))
    measured.views["head"].source.set_identity({"identity000": 2.0, "of another head": 1.0})
    dialog = HeadOutputDialog(measured.head.output(), 0.0, measured, film=False)
    finish(picture_of_head(dict, tmp_path / "face.png", dialog.output()))
    assert drawn == [("another face", {"identity000": 2.0})]


def test_a_film_is_offered_at_the_clips_own_rate_first(measured: StudioWindow, qtbot) -> None:
    dialog = HeadOutputDialog(HeadOutput(), 200.0, measured, film=True)
    qtbot.addWidget(dialog)
    assert dialog.output().fps == 200.0 and dialog.rate.currentText() == "200, as the clip"
    rates = [dialog.rate.itemData(i) for i in range(dialog.rate.count())]
    assert rates == [200.0, 24.0, 25.0, 30.0, 50.0, 60.0, 120.0]


def test_the_export_sheet_asks_how_to_film(measured: StudioWindow) -> None:
    measured.exporting.film_wanted.emit("edited")
    assert measured.views["head"].layer == "edited"
    assert measured.findChild(HeadOutputDialog).windowTitle() == "Film of the head"


def test_head_films_and_pictures_have_the_size_and_rate_asked_for(
    measured: StudioWindow, tmp_path: Path
) -> None:
    from app.shell.exports import Snapshot
    from pipeline.core.vision import cv2
    from pipeline.media import open_source

    how = HeadOutput(size=(96, 64), fps=200.0, quality="draft")
    film = finish(film_of_head(Snapshot.of(measured.document, "edited"), tmp_path / "a.mp4", how))
    source = open_source(film)
    try:
        assert (source.width, source.height, source.n_frames) == (96, 64, 240)
        assert source.fps == pytest.approx(200.0)
    finally:
        source.close()
    clear = HeadOutput(look=Look(ground="transparent"), size=(96, 96), quality="draft")
    path = finish(picture_of_head(lambda: {"AU12": 1.0}, tmp_path / "a.png", clear))
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert picture.shape == (96, 96, 4)
    assert np.unique(picture[:4, :4, 3]).tolist() == [0], "nothing is behind the head"
    assert picture[48, 48, 3] == 255
