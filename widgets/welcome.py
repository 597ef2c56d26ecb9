"""The first page: what the studio is, how to begin, what was open last."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from widgets import theme
from widgets.controls import caption, heading
from widgets.icons import app_icon, icon

RECENT_SHOWN = 7


class WelcomePage(QWidget):
    """Four ways to open something, the demo first, and the recent list.

    Signals
    -------
    asked : str
        ``open_demo``, ``open_video``, ``open_images``, ``open_dataset``, ``open_project``.
    path_chosen : Path
        A recent entry.
    """

    asked = Signal(str)
    path_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._cards: list[tuple[QPushButton, str]] = []
        self._signs: dict[QPushButton, QLabel] = {}
        middle = QWidget()
        middle.setFixedWidth(760)
        column = QVBoxLayout(middle)
        column.setSpacing(20)
        column.addLayout(self._title())
        column.addLayout(self._ways())
        self._recent_heading = heading(self.tr("Recent"))
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        column.addWidget(self._recent_heading)
        column.addLayout(self._recent)
        column.addWidget(self._hint())
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addWidget(middle, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(3)
        self.show_recent(())
        self.restyle()

    def _title(self) -> QHBoxLayout:
        sign = QLabel()
        sign.setPixmap(app_icon().pixmap(56, 56))
        name = QLabel("<b>Tell</b> Studio")
        name.setProperty("role", "title")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(name)
        words.addWidget(caption(self.tr("See the tell, correct it, put it on a face.")))
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(sign)
        row.addLayout(words, 1)
        return row

    def _ways(self) -> QGridLayout:
        ways = (
            ("open_demo", "demo", self.tr("Open the demo"),
             self.tr("A short film of our own head: watch the whole loop run")),
            ("open_video", "film", self.tr("Open a video"),
             self.tr("Anything FFmpeg reads, 24 to 200 fps")),
            ("open_images", "folder", self.tr("Open an image folder"),
             self.tr("Numbered pictures, one a frame")),
            ("open_dataset", "dataset", self.tr("Open a data set"),
             self.tr("A CASME II folder with its sheet")),
            ("open_project", "project", self.tr("Open a project"),
             self.tr("A .tell file, just as you left it")),
        )  # fmt: skip
        grid = QGridLayout()
        grid.setSpacing(10)
        for place, (name, sign, title, words) in enumerate(ways):
            card = self._card(title, words)
            card.clicked.connect(lambda _=False, what=name: self.asked.emit(what))
            card.setObjectName(name)
            self._cards.append((card, sign))
            if place == 0:
                card.setProperty("kind", "card-primary")
                grid.addWidget(card, 0, 0, 1, 2)
            else:
                grid.addWidget(card, 1 + (place - 1) // 2, (place - 1) % 2)
        return grid

    def _card(self, title: str, words: str) -> QPushButton:
        card = QPushButton()
        card.setProperty("kind", "card")
        card.setAccessibleName(title)
        card.setAccessibleDescription(words)
        card.setCursor(Qt.CursorShape.PointingHandCursor)
        card.setMinimumHeight(68)
        sign, name, note = QLabel(), QLabel(title), caption(words)
        name.setProperty("role", "card")
        note.setProperty("role", "card-note")
        text = QVBoxLayout()
        text.setSpacing(3)
        text.addStretch(1)
        text.addWidget(name)
        text.addWidget(note)
        text.addStretch(1)
        row = QHBoxLayout(card)
        row.setContentsMargins(18, 0, 18, 0)
        row.setSpacing(16)
        row.addWidget(sign)
        row.addLayout(text, 1)
        for part in (sign, name, note):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._signs[card] = sign
        return card

    def _hint(self) -> QLabel:
        hint = caption(
            self.tr("Or drop a file or folder here.   Ctrl+K finds every action, ? shows all keys.")
        )
        hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        return hint

    def show_recent(self, paths: Sequence[Path]) -> None:
        """Show what was open last."""
        while (item := self._recent.takeAt(0)) is not None:
            item.widget().deleteLater()
        for path in paths[:RECENT_SHOWN]:
            entry = QPushButton(f"{path.name}    {path.parent}")
            entry.setProperty("kind", "row")
            entry.setToolTip(str(path))
            entry.setCursor(Qt.CursorShape.PointingHandCursor)
            entry.clicked.connect(lambda _=False, chosen=path: self.path_chosen.emit(chosen))
            self._recent.addWidget(entry)
        self._recent_heading.setVisible(bool(paths))

    def restyle(self) -> None:
        """Take the theme's colours."""
        now = theme.current()
        for card, sign in self._cards:
            primary = card.property("kind") == "card-primary"
            colour = now.on_accent if primary else now.accent
            self._signs[card].setPixmap(icon(sign, colour).pixmap(28, 28))
