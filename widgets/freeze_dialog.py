"""Asks for the name of a shape that is made of manipulators."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from pipeline.head.rig.checks import name_problem
from widgets.controls import button, caption, heading, mark


class FreezeDialog(QDialog):
    """Name, and whether the manipulators stay.

    Parameters
    ----------
    what : sequence of str
        Names of the manipulators.
    shapes : collection of str
        Names of the rig's shapes.
    head : collection of str
        Names that the head has.
    """

    def __init__(
        self,
        what: Collection[str],
        shapes: Collection[str],
        head: Collection[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._shapes, self._head = tuple(shapes), tuple(head)
        self.setWindowTitle(self.tr("Freeze"))
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name of the shape"))
        self.name.setPlaceholderText(self.tr("smirk"))
        self.name.setMaxLength(60)
        self.name.textChanged.connect(self._check)
        self.reason = QLabel()
        self.reason.setProperty("role", "error")
        self.reason.setWordWrap(True)
        self.reason.setMinimumHeight(30)
        self.keep = QCheckBox(self.tr("keep the manipulators"))
        self.go = button(self.tr("Freeze"), "primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self.accept)
        leave = button(self.tr("Cancel"))
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(self.keep)
        foot.addStretch(1)
        foot.addWidget(leave)
        foot.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(heading(self.tr("Freeze as a shape")))
        words = caption(", ".join(what))
        words.setWordWrap(True)
        column.addWidget(words)
        column.addWidget(self.name)
        column.addWidget(self.reason)
        column.addLayout(foot)
        self.setMinimumWidth(380)
        self._check("")

    def chosen(self) -> tuple[str, bool]:
        """Name, and whether the manipulators stay."""
        return self.name.text().strip(), self.keep.isChecked()

    def accept(self) -> None:
        if self.go.isEnabled():
            super().accept()

    def _check(self, _text: str) -> None:
        name = self.name.text().strip()
        problem = name_problem(name, self._shapes, self._head)
        said = f"{problem[0]}. {problem[1]}." if problem is not None and name else ""
        self.reason.setText(said[:1].upper() + said[1:])
        self.go.setEnabled(problem is None)
        mark(self.name, "wrong", "true" if said else "false")
