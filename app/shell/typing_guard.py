"""Keys that are text for a field, or a press of a button, are not shortcuts."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

FIELDS = (QLineEdit, QAbstractSpinBox, QPlainTextEdit, QTextEdit)
KEEPERS = (*FIELDS, QAbstractSlider, QComboBox, QAbstractButton)
ENDS = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape}
ARROWS = {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End,
          Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}  # fmt: skip


class TypingGuard(QObject):
    """Keeps single-key shortcuts away from whoever has the keyboard for himself.

    A field keeps Enter and Escape (Qt lets it keep letters and digits by itself); a slider or
    list reached by Tab keeps the arrows; a button reached by Tab keeps Space. Only the widget
    that has the keyboard is watched: a filter on the application would see every event.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self._app = app
        app.focusChanged.connect(self._watch)

    def close(self) -> None:
        """Stop watching."""
        self._app.focusChanged.disconnect(self._watch)

    def _watch(self, old: QWidget | None, now: QWidget | None) -> None:
        if old is not None and isValid(old):
            old.removeEventFilter(self)
        if now is not None and isinstance(now, KEEPERS):
            now.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if _keeps(watched, event):
                event.accept()
                return True
        elif (
            kind == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and isinstance(watched, QAbstractSpinBox)
            and event.key() in ENDS
            and not isinstance(watched.window(), QDialog)  # there they answer the question
        ):
            watched.interpretText()
            watched.clearFocus()
            return True
        return False


def _keeps(watched: QObject, event: QKeyEvent) -> bool:
    key = Qt.Key(event.key())
    plain = event.modifiers() in (
        Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier,
    )  # fmt: skip
    if not plain:
        return False
    if isinstance(watched, FIELDS):
        return key in ENDS
    if isinstance(watched, (QAbstractSlider, QComboBox)):
        return key in ARROWS
    return isinstance(watched, QAbstractButton) and key in (Qt.Key.Key_Space, Qt.Key.Key_Return)
