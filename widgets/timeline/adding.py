"""A curve for a control of the rig or a frozen shape that has none yet."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.state.document import Document
from pipeline.core.tracks import PARTS
from widgets.track_titles import part_title, track_title

#: What a curve begins with at the playhead: seen at once on the head.
FIRST_VALUE = 0.3


class AddCurveButton(QToolButton):
    """Opens a menu of the controls, by part of the face, and the project's frozen shapes.

    What is chosen gets a key at the playhead (`Document.key_track`); what has a curve
    already cannot be chosen.

    Signals
    -------
    added(str)
        Name of the track that got a curve.
    """

    added = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.setText("+")
        self.setProperty("kind", "quiet")
        self.setAccessibleName(self.tr("Add curve"))
        self.setToolTip(self.tr("A curve for a control or a frozen shape, at the playhead"))
        self.clicked.connect(self.open)

    def open(self) -> None:
        """Show the menu below the button."""
        menu = self.menu_of_tracks()
        menu.exec(self.mapToGlobal(QPoint(0, self.height())))
        menu.deleteLater()

    def menu_of_tracks(self) -> QMenu:
        """The menu, made anew each time: what has a curve changes."""
        menu = QMenu(self)
        taken = self._document.curves("edited").keys()
        for part, names in PARTS.items():
            submenu = menu.addMenu(part_title(part))
            for name in names:
                self._entry(submenu, name, name in taken)
            submenu.setEnabled(any(name not in taken for name in names))
        shapes = [shape.name for shape in self._document.rig.rig.shapes]
        if shapes:
            menu.addSeparator()
        for name in shapes:
            self._entry(menu, name, name in taken)
        return menu

    def _entry(self, menu: QMenu, name: str, taken: bool) -> None:
        action = menu.addAction(track_title(name).meaning)
        action.setEnabled(not taken)
        action.triggered.connect(lambda: self.add(name))

    def add(self, name: str) -> bool:
        """Give a track a curve with a key at the playhead."""
        done = self._document.key_track(name, FIRST_VALUE, label=self.tr("Add curve"))
        if done:
            self.added.emit(name)
        return done
