"""The undo stack: Qt's, over edits that write the project themselves."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction, QUndoCommand, QUndoStack

from pipeline.store import Edit


class EditCommand(QUndoCommand):
    """A thin wrapper: the edit has already been written when Qt calls it."""

    def __init__(self, edit: Edit) -> None:
        super().__init__(QCoreApplication.translate("Edit", edit.label))
        self.edit = edit

    def id(self) -> int:
        # One id for all: whether two edits are one gesture is theirs to say.
        return 1 if getattr(self.edit, "gesture", "") else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take over an edit of the same gesture."""
        if not isinstance(other, EditCommand):
            return False
        merged = self.edit.merge(other.edit)
        if merged is None:
            return False
        self.edit = merged
        return True

    def redo(self) -> None:
        """Written before, by `UndoStack.redo` or `Document.do`."""

    def undo(self) -> None:
        """Written before, by `UndoStack.undo`."""


class UndoStack(QUndoStack):
    """Undo and redo that move only once the project has been written.

    ``write(edit, forward)`` writes and says whether it could; an edit that cannot be taken
    back now (a full disk) stays where it is on the stack.
    """

    def __init__(self, write: Callable[[Edit, bool], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._write = write

    def push_applied(self, edit: Edit) -> None:
        """Put an edit that has been written on the stack."""
        self.push(EditCommand(edit))

    def edit_at(self, index: int) -> Edit | None:
        """The edit of a command."""
        if not 0 <= index < self.count():
            return None
        command = self.command(index)
        return command.edit if isinstance(command, EditCommand) else None

    def undo(self) -> None:
        """Take the last edit back."""
        edit = self.edit_at(self.index() - 1)
        if edit is not None and self._write(edit, False):
            super().undo()

    def redo(self) -> None:
        """Do again what was taken back."""
        edit = self.edit_at(self.index())
        if edit is not None and self._write(edit, True):
            super().redo()

    def setIndex(self, index: int) -> None:
        """Undo or redo up to a place, one by one (an undo view does this)."""
        while index < self.index():
            before = self.index()
            self.undo()
            if self.index() == before:
                return
        while index > self.index():
            before = self.index()
            self.redo()
            if self.index() == before:
                return

    def createUndoAction(self, parent: QObject, prefix: str = "") -> QAction:
        """An action that undoes through the project, its text and state kept up to date."""
        action = QAction(parent)
        title = prefix or QCoreApplication.translate("UndoStack", "Undo")
        action.triggered.connect(lambda: self.undo())
        self.canUndoChanged.connect(action.setEnabled)
        self.undoTextChanged.connect(lambda text: action.setText(f"{title} {text}".strip()))
        action.setEnabled(self.canUndo())
        action.setText(f"{title} {self.undoText()}".strip())
        return action

    def createRedoAction(self, parent: QObject, prefix: str = "") -> QAction:
        """An action that redoes through the project."""
        action = QAction(parent)
        title = prefix or QCoreApplication.translate("UndoStack", "Redo")
        action.triggered.connect(lambda: self.redo())
        self.canRedoChanged.connect(action.setEnabled)
        self.redoTextChanged.connect(lambda text: action.setText(f"{title} {text}".strip()))
        action.setEnabled(self.canRedo())
        action.setText(f"{title} {self.redoText()}".strip())
        return action
