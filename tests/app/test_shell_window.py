"""The studio's window: opening, workspaces, palette, bad files, leaving."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QKeySequence
from PySide6.QtWidgets import QLabel

from app.shell.actions import ACTIONS
from app.shell.palette import plain, score
from app.shell.window import StudioWindow
from widgets import theme

pytest_plugins = ["tests.app.studio_window"]


def test_a_newcomer_sees_a_page_that_says_how_to_begin(window: StudioWindow) -> None:
    assert window.centre.currentWidget() is window.welcome
    words = " ".join(label.text() for label in window.welcome.findChildren(QLabel))
    for offer in ("Open the demo", "Open a video", "Open a data set", "Open a project"):
        assert offer in words
    assert not any(dock.isVisible() for dock in window.docks.values())


def test_opening_a_clip_shows_it_in_the_annotate_workspace(
    window: StudioWindow, film_path: Path
) -> None:
    window.open_paths([film_path])
    assert window.document.settle()
    assert window.centre.currentWidget() is window.stage
    assert window.workspaces.current == "annotate"
    assert all(dock.isVisible() for dock in window.docks.values())
    assert "face" in window.windowTitle()


def test_what_was_opened_is_offered_again(window: StudioWindow, film_path: Path) -> None:
    window.open_paths([film_path])
    assert window.document.settle()
    assert [entry.text() for entry in window.menus.recent.actions()] == ["face.mp4"]


def test_a_dropped_file_is_opened(window: StudioWindow, film_path: Path, qtbot) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(film_path))])
    drop = QDropEvent(
        QPointF(400, 300), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    window.dropEvent(drop)
    qtbot.waitUntil(lambda: window.document.clip is not None, timeout=5000)
    assert window.document.clip.clip_id == "face"


def test_a_job_that_starts_moves_no_button_under_the_hand(measured: StudioWindow, qtbot) -> None:
    bar = measured.toolbar
    before = bar.speed.mapTo(bar, QPoint(0, 0))
    bar.progress.setVisible(True)
    qtbot.wait(50)
    assert bar.speed.mapTo(bar, QPoint(0, 0)) == before


def test_a_bad_path_is_a_notice_that_says_what_where_and_what_to_do(
    window: StudioWindow, tmp_path: Path, qtbot
) -> None:
    window.open_paths([tmp_path / "nothing.mp4"])
    qtbot.waitUntil(lambda: len(window.toasts.toasts) == 1, timeout=2000)
    text = window.toasts.toasts[0].text.text()
    assert "nothing.mp4" in text and "no such file" in text and "Check the path" in text
    assert window.isEnabled() and window.centre.currentWidget() is window.welcome


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.mp4", b""), ("text.mp4", b"no film at all\n" * 50), ("broken.tell", b"SQLite?")],
)
def test_a_file_that_cannot_be_read_leaves_the_window_usable(
    window: StudioWindow, tmp_path: Path, qtbot, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    window.open_paths([tmp_path / name])
    qtbot.waitUntil(lambda: bool(window.toasts.toasts), timeout=10_000)
    notice = window.toasts.toasts[0].notice
    assert notice.level == "error" and name in notice.text and notice.code != "internal"
    assert not window.document.is_busy


def test_the_same_message_again_is_counted_and_not_piled_up(
    window: StudioWindow, tmp_path: Path, qtbot
) -> None:
    for _ in range(3):
        window.open_paths([tmp_path / "gone.mp4"])
    qtbot.waitUntil(lambda: bool(window.toasts.toasts), timeout=2000)
    assert len(window.toasts.toasts) == 1 and window.toasts.toasts[0].count == 3


def test_a_missing_demo_says_what_to_do(
    window: StudioWindow, monkeypatch, tmp_path: Path, qtbot
) -> None:
    import app.shell.files

    monkeypatch.setattr(app.shell.files, "resource", lambda name: tmp_path / name)
    window.files.open_demo()
    qtbot.waitUntil(lambda: bool(window.toasts.toasts), timeout=2000)
    assert window.toasts.toasts[0].notice.code == "media.no_demo"


def test_a_recent_file_that_is_gone_is_said_and_forgotten(
    window: StudioWindow, tmp_path: Path, qtbot
) -> None:
    gone = tmp_path / "gone.mp4"
    window.document.settings.add_recent(gone)
    assert [entry.text() for entry in window.menus.recent.actions()] == ["gone.mp4"]
    window.menus.recent.actions()[0].trigger()
    qtbot.waitUntil(lambda: bool(window.toasts.toasts), timeout=2000)
    assert window.document.settings.recent == ()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.toasts.toasts


# Workspaces


def test_each_workspace_shows_its_own_panels(measured: StudioWindow, qtbot) -> None:
    qtbot.keyClick(measured, Qt.Key.Key_F2)
    assert measured.workspaces.current == "animate"
    assert measured.modulators.isVisible() and measured.event_panel.isVisible()
    qtbot.keyClick(measured, Qt.Key.Key_F1)
    assert not measured.modulators.isVisible()
    qtbot.keyClick(measured, Qt.Key.Key_F3)
    assert not measured.toolbar.isVisible() and not measured.docks["clips"].isVisible()
    qtbot.keyClick(measured, Qt.Key.Key_F3)
    assert measured.workspaces.current == "annotate" and measured.toolbar.isVisible()
    qtbot.keyClick(measured, Qt.Key.Key_F3)
    qtbot.keyClick(measured, Qt.Key.Key_Escape)
    assert measured.workspaces.current == "annotate"


def test_a_moved_panel_stays_where_it_was_left_in_its_own_workspace(
    measured: StudioWindow,
) -> None:
    clips = measured.docks["clips"]
    measured.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, clips)
    measured.show_workspace("animate")
    assert measured.dockWidgetArea(clips) == Qt.DockWidgetArea.LeftDockWidgetArea
    measured.show_workspace("annotate")
    assert measured.dockWidgetArea(clips) == Qt.DockWidgetArea.RightDockWidgetArea
    measured.commands.reset_layout()
    assert measured.dockWidgetArea(clips) == Qt.DockWidgetArea.LeftDockWidgetArea


def test_panels_are_locked_until_they_are_to_be_arranged(measured: StudioWindow) -> None:
    dock = measured.docks["inspector"]
    movable = dock.DockWidgetFeature.DockWidgetMovable
    assert not dock.features() & movable
    measured.actions_by_id["window.arrange"].trigger()
    assert dock.features() & movable and dock.titleBarWidget().isVisible()
    measured.actions_by_id["window.arrange"].trigger()
    assert not dock.features() & movable


def test_the_theme_changes_live_and_is_kept(measured: StudioWindow) -> None:
    measured.actions_by_id["window.light"].trigger()
    light = measured.grab().toImage().pixelColor(4, 60)
    assert measured.document.settings.theme == "light"
    measured.actions_by_id["window.light"].trigger()
    dark = measured.grab().toImage().pixelColor(4, 60)
    assert light.lightness() > 200 and dark.lightness() < 60
    assert theme.current() is theme.DARK


# Actions


def test_every_action_stands_in_a_menu_and_no_key_is_given_twice(window: StudioWindow) -> None:
    listed = [action for _, action in window.menus.listed()]
    in_menus = {a for menu in window.menus.menus.values() for a in menu.actions()}
    in_menus |= set(window.menus.emotion_menu.actions())
    assert set(listed) <= in_menus
    keys = [key.toString() for action in listed for key in action.shortcuts()]
    assert len(keys) == len(set(keys)), sorted(k for k in keys if keys.count(k) > 1)
    for spec in ACTIONS:
        for key in spec.keys:
            assert QKeySequence(key).toString(), f"{spec.id} has no such key {key}"


def test_actions_wait_until_what_they_need_is_there(window: StudioWindow, film_path: Path) -> None:
    analyse = window.actions_by_id["analysing.analyse"]
    assert not analyse.isEnabled() and not window.toolbar.analyse.isEnabled()
    window.open_paths([film_path])
    assert window.document.settle()
    assert analyse.isEnabled() and window.toolbar.analyse.isEnabled()
    assert not window.actions_by_id["events.accept"].isEnabled()


def test_the_palette_finds_an_action_and_runs_it(measured: StudioWindow, qtbot) -> None:
    palette = measured.open_palette()
    qtbot.keyClicks(palette.field, "go offset")
    assert plain(palette.found()[0]) == "Go to offset"
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert measured.document.playhead.frame == 168


def test_the_palette_lists_every_action_and_moves_by_arrows(measured: StudioWindow, qtbot) -> None:
    palette = measured.open_palette()
    assert len(palette.found()) == len(measured.menus.listed())
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == 1
    palette.close()


@pytest.mark.parametrize(
    ("typed", "better", "worse"),
    [
        ("onset", "Set onset here", "Open data set"),
        ("open", "Open video…", "Next clip that is not done"),
        ("sah", "Set apex here", "Set onset here"),
    ],
)
def test_the_palette_ranks_the_better_answer_first(typed: str, better: str, worse: str) -> None:
    assert score(typed, better) > score(typed, worse)


def test_the_cheat_sheet_shows_the_keys_of_the_table(window: StudioWindow) -> None:
    from app.shell.cheat_sheet import CheatSheet

    window.commands.cheat_sheet()
    sheet = window.findChild(CheatSheet)
    words = {label.text() for label in sheet.findChildren(QLabel)}
    assert {"Set apex here", "W", "Emotion: happiness", "1"} <= words
    sheet.close()


def test_widgets_that_are_used_have_accessible_names(measured: StudioWindow) -> None:
    from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QSlider

    measured.show_workspace("animate")
    for panel in (measured.toolbar, measured.clips, measured.inspector):
        for kind in (QAbstractButton, QComboBox, QLineEdit, QSlider):
            for widget in panel.findChildren(kind):
                what = widget.metaObject().className()
                text = getattr(widget, "text", str)()
                assert widget.accessibleName() or text or what == "QLineEditIconButton", what


# Leaving


def test_leaving_keeps_the_layout_and_closes_the_project(measured: StudioWindow) -> None:
    measured.show_workspace("animate")
    settings = measured.document.settings
    measured.close()
    assert measured.document.store is None
    assert settings.value("workspace", "") == "animate"
    assert not settings.window_state("geometry").isEmpty()
    assert not settings.window_state("docks/animate").isEmpty()
