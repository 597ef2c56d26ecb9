"""Menus from the table of actions, and the emotions' own actions from their data file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app.shell.actions import ACTIONS, EVENT, MENUS, words


class StudioMenus:
    """The menu behind the first button, and the list that palette and cheat sheet show.

    Parameters
    ----------
    window : QWidget
    actions : mapping of str to QAction
        By id, from `app.shell.actions.build_actions`.
    pick_emotion : callable
        Called with the emotion's id.
    open_recent : callable
        Called with the path of a recent entry.
    """

    def __init__(
        self,
        window: QWidget,
        actions: Mapping[str, QAction],
        pick_emotion: Callable[[str], None],
        open_recent: Callable[[Path], None],
    ) -> None:
        self._window, self._actions, self._open_recent = window, actions, open_recent
        self.emotions = self._emotion_actions(pick_emotion)
        self.top = QMenu(window)
        self.menus: dict[str, QMenu] = {}
        for title in MENUS:
            self.menus[title] = self.top.addMenu(words(title))
        for spec in ACTIONS:
            menu = self.menus[spec.menu]
            if spec.break_before:
                menu.addSeparator()
            menu.addAction(actions[spec.id])
        self.emotion_menu = self.menus[EVENT].addMenu(words("Emotion"))
        self.emotion_menu.addActions(self.emotions)
        self.recent = QMenu(words("Open recent"), window)
        file_menu = self.menus[MENUS[0]]
        file_menu.insertMenu(actions["files.save_copy"], self.recent)

    def _emotion_actions(self, pick: Callable[[str], None]) -> list[QAction]:
        from pipeline.curves import load_emotions

        made = []
        for emotion in load_emotions():
            text = words("Emotion: {name}").format(name=words(emotion.label).lower())
            action = QAction(text, self._window)
            action.setObjectName(f"emotion.{emotion.id}")
            action.setShortcut(QKeySequence(emotion.key))
            action.triggered.connect(lambda _=False, name=emotion.id: pick(name))
            made.append(action)
        return made

    def listed(self) -> list[tuple[str, QAction]]:
        """Menu title and action of everything there is, in menu order."""
        rows = [(words(spec.menu), self._actions[spec.id]) for spec in ACTIONS]
        return rows + [(words(EVENT), action) for action in self.emotions]

    def show_recent(self, paths: tuple[Path, ...]) -> None:
        """Fill the list of what was open last."""
        self.recent.clear()
        for path in paths:
            entry = self.recent.addAction(path.name)
            entry.setToolTip(str(path))
            entry.triggered.connect(lambda _=False, chosen=path: self._open_recent(chosen))
        self.recent.setEnabled(bool(paths))
