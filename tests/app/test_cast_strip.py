"""Characters are chosen by their portraits or by a seed: one undo each, by hand or by keys."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from pytestqt.qtbot import QtBot

from app.shell.window import StudioWindow
from app.state import Document
from pipeline.core.errors import HeadError
from pipeline.core.progress import Progress
from pipeline.head.cast import CAST
from pipeline.head.scene.camera import Camera, holding
from pipeline.head.sculpt.parameters.detail import LODS
from tests.app.painted_head import Painter
from widgets.head.cast_strip import CastStrip
from widgets.head.head_source import HeadSource
from widgets.head.portraits import Portraits

pytest_plugins = ["tests.app.studio_window"]


def strip_of(window: StudioWindow) -> CastStrip:
    assert window.head_panel.cast is not None
    return window.head_panel.cast


def marked(strip: CastStrip) -> list[str]:
    return [name for name, tile in strip.tiles.items() if tile.isChecked()]


def head_of(window: StudioWindow) -> object:
    return window.document.store.settings("head").get("head")


def test_the_whole_cast_is_shown_by_name_and_the_built_in_one_is_marked_at_first(
    measured: StudioWindow,
) -> None:
    strip = strip_of(measured)
    assert list(strip.tiles) == list(CAST)
    assert [tile.accessibleName() for tile in strip.tiles.values()] == [
        character.title for character in CAST.values()
    ]
    assert all(tile.toolTip() for tile in strip.tiles.values())
    assert marked(strip) == ["builtin"]


def test_a_portrait_makes_its_character_the_projects_head_in_one_undo(
    measured: StudioWindow, qtbot: QtBot
) -> None:
    strip, document = strip_of(measured), measured.document
    source = measured.views["head"].source
    qtbot.waitUntil(lambda: len(source.models) == 3)
    before = document.undo.index()
    strip.tiles["chidi"].click()
    assert head_of(measured) == "chidi" and document.undo.index() == before + 1
    assert marked(strip) == ["chidi"]
    qtbot.waitUntil(lambda: source.head == "chidi" and list(source.models) == [
        "draft", "live", "still"])  # fmt: skip
    document.undo.undo()
    assert head_of(measured) is None and marked(strip) == ["builtin"]
    qtbot.waitUntil(lambda: source.head == "builtin")


def test_the_head_shown_stays_until_the_new_one_is_there(
    measured: StudioWindow, qtbot: QtBot
) -> None:
    source = measured.views["head"].source
    qtbot.waitUntil(lambda: len(source.models) == 3)
    seen: list[tuple[str, int]] = []
    source.changed.connect(lambda: seen.append((source.head, len(source.models))))
    strip_of(measured).tiles["ada"].click()
    qtbot.waitUntil(lambda: source.head == "ada" and len(source.models) == 3)
    assert seen[0] == ("builtin", 3), "all of the old head while the new one is loaded"
    assert all(count for _, count in seen), "and never none"


def test_another_character_leaves_the_identity_of_the_one_before(measured: StudioWindow) -> None:
    document = measured.document
    measured.head._set_project("Identity", {"identity": {"jaw": 1.0}})
    strip_of(measured).tiles["farah"].click()
    assert "identity" not in document.store.settings("head")
    document.undo.undo()
    assert document.store.settings("head") == {"identity": {"jaw": 1.0}}


def test_arrow_keys_go_along_the_portraits_and_enter_chooses(
    measured: StudioWindow, qtbot: QtBot
) -> None:
    measured.show_workspace("animate")
    strip = strip_of(measured)
    names = list(strip.tiles)
    tile = strip.tiles[names[0]]
    tile.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(measured.focusWidget(), key)
    assert measured.focusWidget() is strip.tiles[names[1]]
    assert head_of(measured) is None, "to look along the row chooses nobody"
    qtbot.keyClick(measured.focusWidget(), Qt.Key.Key_Return)
    assert head_of(measured) == names[1]
    qtbot.keyClick(measured.focusWidget(), Qt.Key.Key_Right)
    qtbot.keyClick(measured.focusWidget(), Qt.Key.Key_Space)
    assert head_of(measured) == names[2]


def test_a_seed_is_typed_stepped_and_remembered(measured: StudioWindow, qtbot: QtBot) -> None:
    strip, document = strip_of(measured), measured.document
    assert not strip.before.isEnabled() and not strip.after.isEnabled()
    before = document.undo.index()
    strip.seed.setFocus()
    qtbot.keyClicks(strip.seed, "12")
    qtbot.keyClick(strip.seed, Qt.Key.Key_Return)
    assert head_of(measured) == "seed:12" and marked(strip) == ["seed:12"]
    strip.after.click()
    assert head_of(measured) == "seed:13" and strip.seed.text() == "13"
    strip.before.click()
    strip.before.click()
    assert head_of(measured) == "seed:11"
    assert document.undo.index() == before + 4, "one undo each"
    assert list(strip.tiles)[len(CAST) :] == ["seed:11", "seed:13", "seed:12"]
    strip.tiles["seed:13"].click()
    assert list(strip.tiles)[len(CAST) :] == ["seed:11", "seed:13", "seed:12"], "nothing jumps"
    strip.tiles["builtin"].click()
    assert strip.seed.text() == "—" and not strip.after.isEnabled()


def test_the_dice_shows_somebody_else_each_time(measured: StudioWindow) -> None:
    strip = strip_of(measured)
    heads = set()
    for _ in range(5):
        before = head_of(measured)
        strip.dice.click()
        assert head_of(measured) != before
        heads.add(head_of(measured))
    assert len(heads) >= 2 and all(str(name).startswith("seed:") for name in heads)


def test_the_menu_goes_through_the_cast_and_round_again(measured: StudioWindow) -> None:
    names = list(CAST)
    shown = []
    for _ in names:
        measured.actions_by_id["cast.next"].trigger()
        shown.append(head_of(measured) or "builtin")
    assert shown == [*names[1:], names[0]]
    measured.actions_by_id["cast.previous"].trigger()
    assert head_of(measured) == names[-1]
    measured.actions_by_id["cast.random"].trigger()
    seed = int(str(head_of(measured)).removeprefix("seed:"))
    measured.actions_by_id["cast.next"].trigger()
    assert head_of(measured) == f"seed:{seed + 1}"


def test_without_a_project_nobody_is_chosen_and_it_is_said(window: StudioWindow) -> None:
    said: list[object] = []
    window.document.notices.posted.connect(said.append)
    window.cast.choose("ada")
    window.cast.choose_seed(3)
    assert said and window.cast.current == "builtin" and not window.cast.recent()


@pytest.mark.parametrize("kept", [["x", -4, 1e9, None, {}], [2**40], "12", [True]])
def test_settings_that_name_no_seed_are_left_out(window: StudioWindow, kept: object) -> None:
    window.document.settings.set_value("head/seeds", kept)
    assert all(face.name in ("seed:1",) for face in window.cast.recent())


# Portraits


class Artist:
    """Draws portraits, some of which were drawn before."""

    def __init__(self, known: tuple[str, ...] = (), broken: bool = False) -> None:
        self.known, self.broken = known, broken
        self.drawn: list[str] = []

    def remember(self, name: str) -> np.ndarray | None:
        return np.full((128, 128, 3), 200, np.uint8) if name in self.known else None

    def draw(self, name: str):
        yield Progress("portrait")
        if self.broken:
            raise HeadError("no graphics")
        self.drawn.append(name)
        return np.full((128, 128, 3), 90, np.uint8)


def portraits_of(document: Document, artist: Artist) -> Portraits:
    return Portraits(document, document, draw=artist.draw, remember=artist.remember)


def test_portraits_drawn_before_are_there_first_and_the_others_follow_once(
    document: Document, qtbot: QtBot
) -> None:
    artist = Artist(known=("bao",))
    portraits = portraits_of(document, artist)
    came: list[str] = []
    portraits.ready.connect(came.append)
    portraits.ask(["ada", "bao", "chidi"])
    portraits.ask(["ada", "bao", "chidi"])
    qtbot.waitUntil(lambda: len(came) == 3)
    assert came == ["bao", "ada", "chidi"] and artist.drawn == ["ada", "chidi"]
    assert portraits.picture("bao").pixelColor(60, 60).red() == 200


def test_portraits_wait_until_nothing_else_works(document: Document, qtbot: QtBot) -> None:
    artist = Artist()
    portraits = portraits_of(document, artist)
    done: list[bool] = []

    def work():
        while not done:
            yield Progress("head")

    document.jobs.start("Loading the head", work, kind="head")
    portraits.ask(["ada"])
    qtbot.wait(80)
    assert not artist.drawn and portraits.picture("ada") is None
    done.append(True)
    qtbot.waitUntil(lambda: portraits.picture("ada") is not None)


def test_without_graphics_the_initials_stay_and_it_is_tried_once(
    document: Document, qtbot: QtBot
) -> None:
    said: list[object] = []
    document.notices.posted.connect(said.append)
    portraits = portraits_of(document, Artist(broken=True))
    portraits.ask(["ada", "bao"])
    qtbot.waitUntil(lambda: document.jobs.is_idle)
    qtbot.wait(20)
    assert document.jobs.is_idle and not said
    assert portraits.picture("ada") is None


def test_a_tile_shows_its_portrait_as_soon_as_it_is_there(
    measured: StudioWindow, qtbot: QtBot
) -> None:
    strip = strip_of(measured)
    tile = strip.tiles["ada"]

    def colour() -> int:
        picture = QPixmap(tile.size())
        tile.render(picture)
        return picture.toImage().pixelColor(33, 12).red()

    measured.show_workspace("animate")
    measured.inspector.ensureWidgetVisible(strip)
    qtbot.waitUntil(lambda: strip._portraits.picture("ada") is not None)
    assert colour() == 8 * len("ada")


def test_the_first_view_holds_hair_of_any_height_and_the_sculpts_as_before() -> None:
    assert holding(Camera(), 116.0) == Camera()
    for top in (130.0, 150.0, 175.0):
        for camera in (Camera(), Camera(yaw=38.0)):
            seen = holding(camera, top).project(np.array([[0.0, top, -90.0]]), (400, 400))
            assert 0 < seen[0, 1] < 45
    low = np.array([[0.0, -160.0, -36.0]])
    before, after = (
        Camera().project(low, (400, 400)),
        holding(Camera(), 150.0).project(low, (400, 400)),
    )
    assert abs(before[0, 1] - after[0, 1]) < 3, "the shirt ends where it did"


# Identity of characters


class Modelled:
    """A character's head whose identity takes a while, and cannot be everything."""

    form, identities, landmarks = (), ("jaw",), ()

    def __init__(self, level: str, jaw: float = 0.0) -> None:
        self.level, self.jaw = level, jaw

    def with_identity(self, values: dict[str, float]) -> Modelled:
        assert threading.current_thread() is not threading.main_thread(), "nothing blocks"
        if values["jaw"] > 2:
            raise HeadError("the form folds the face")
        return Modelled(self.level, values["jaw"])


@pytest.fixture
def source(document: Document, qtbot: QtBot):
    def load(_name: str, level: str):
        yield Progress("head")
        return Modelled(level)

    made = HeadSource(document, document, load=load, make_renderer=Painter)
    made.load("ada")
    qtbot.waitUntil(lambda: len(made.models) == 3)
    yield made
    made.close()


def shown(source: HeadSource) -> list[tuple[str, float]]:
    return [(model.level, model.jaw) for model in source._renderer.shown]


def test_sliders_shape_a_character_in_the_background_the_coarsest_level_first(
    source: HeadSource, qtbot: QtBot
) -> None:
    seen: list[list[tuple[str, float]]] = []
    source.changed.connect(lambda: seen.append(shown(source)))
    source.set_identity({"jaw": 1.0, "of another head": 3.0})
    assert shown(source)[0] == ("draft", 0.0), "the old face stays until the new one is there"
    qtbot.waitUntil(lambda: len(shown(source)) == 3 and shown(source)[0][1] == 1.0)
    assert shown(source) == [("draft", 1.0), ("live", 1.0), ("still", 1.0)]
    assert [("draft", 1.0)] in seen
    source.set_identity({"jaw": 1.5})
    source.set_identity({})
    qtbot.waitUntil(lambda: shown(source) == [(level, 0.0) for level in LODS])


def test_a_face_that_cannot_be_is_said_and_the_character_stays(
    source: HeadSource, document: Document, qtbot: QtBot
) -> None:
    said: list[object] = []
    document.notices.posted.connect(said.append)
    source.set_identity({"jaw": 3.0})
    qtbot.waitUntil(lambda: bool(said) and document.jobs.is_idle)
    assert len(said) == 1
    assert all(jaw == 0.0 for _, jaw in shown(source))


def test_a_character_is_loaded_with_the_projects_identity(source: HeadSource, qtbot: QtBot) -> None:
    source.set_identity({"jaw": 1.0})
    source.load("bao")
    qtbot.waitUntil(lambda: source.head == "bao" and len(source.models) == 3)
    qtbot.waitUntil(lambda: shown(source) == [(level, 1.0) for level in LODS])
