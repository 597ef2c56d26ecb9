"""The right-hand column: the event, its modulators, the head, one below the other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from widgets.section import Section

_ABOVE = 8  # px over a section that is brought into view


class Inspector(QScrollArea):
    """Sections in one scrolling column, each shown or hidden by the workspace.

    Parameters
    ----------
    sections : mapping of str to QWidget
        From top to bottom.
    """

    def __init__(self, sections: dict[str, QWidget]) -> None:
        super().__init__()
        self.sections = sections
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(280)
        inner = QWidget()
        inner.setObjectName("inspector")
        inner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(inner)
        column.setContentsMargins(24, 16, 22, 12)
        column.setSpacing(12)
        for section in sections.values():
            column.addWidget(section)
        column.addStretch(1)
        self.setWidget(inner)

    def reveal(self, name: str) -> None:
        """Open a section and bring it into view, where the workspace shows it."""
        section = self.sections[name]
        if isinstance(section, Section):
            section.open()
        QTimer.singleShot(0, section, lambda: self._scroll_to(section))

    def _scroll_to(self, section: QWidget) -> None:
        if section.isVisible():
            self.verticalScrollBar().setValue(section.y() - _ABOVE)

    def show_sections(self, names: Sequence[str]) -> None:
        """Show these and hide the others."""
        for name, section in self.sections.items():
            section.setVisible(name in names)
