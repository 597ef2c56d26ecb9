"""All keys on one page, from the table of actions."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.shell.palette import plain
from widgets.controls import caption, heading

COLUMNS = 3


class CheatSheet(QDialog):
    """Keys by menu; any key closes it.

    Parameters
    ----------
    actions : iterable of (str, QAction)
        Menu title and action; those without a key are left out.
    """

    def __init__(self, actions: Iterable[tuple[str, QAction]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keys"))
        groups: dict[str, list[QAction]] = {}
        for group, action in actions:
            if not action.shortcut().isEmpty():
                groups.setdefault(group, []).append(action)
        columns = [QVBoxLayout() for _ in range(COLUMNS)]
        heights = [0] * COLUMNS
        for group, members in groups.items():
            place = heights.index(min(heights))
            columns[place].addLayout(self._group(group, members))
            heights[place] += len(members) + 2
        row = QHBoxLayout()
        row.setSpacing(40)
        for column in columns:
            column.setSpacing(16)
            column.addStretch(1)
            row.addLayout(column)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(28, 24, 28, 20)
        outer.setSpacing(20)
        outer.addLayout(row)
        outer.addWidget(caption(self.tr("Ctrl+K finds everything else. Any key closes this.")))

    def _group(self, title: str, actions: list[QAction]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        grid.addWidget(heading(title), 0, 0, 1, 2)
        for row, action in enumerate(actions, 1):
            native = QKeySequence.SequenceFormat.NativeText
            key = QLabel("  ".join(keys.toString(native) for keys in action.shortcuts()[:2]))
            key.setProperty("role", "key")
            grid.addWidget(QLabel(plain(action).rstrip("…")), row, 0)
            grid.addWidget(key, row, 1, Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(0, 1)
        return grid

    def keyPressEvent(self, event) -> None:
        if event.key() not in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt):
            self.close()
