"""The right-hand column: the event, its modulators, the head, one below the other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


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

    def show_sections(self, names: Sequence[str]) -> None:
        """Show these and hide the others."""
        for name, section in self.sections.items():
            section.setVisible(name in names)
