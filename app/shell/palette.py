"""Find any action by typing a few of its letters."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QFont, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from widgets import theme

WIDTH, ROWS, ROW_HEIGHT = 560, 10, 34
ACTION = Qt.ItemDataRole.UserRole
GROUP = Qt.ItemDataRole.UserRole + 1


def score(typed: str, text: str) -> float:
    """How well a text answers what was typed; 0 where it does not.

    Every typed word must stand in the text as a piece of it, or be its words' first letters.
    Whole words count most, then beginnings of words, then pieces, then first letters.
    """
    text = text.lower()
    total = 1.0
    for word in typed.lower().split():
        if word in text.split():
            total += 4.0
        elif f" {word}" in f" {text}":
            total += 3.0
        elif word in text:
            total += 2.0
        elif _initials(text).startswith(word):
            total += 1.0
        else:
            return 0.0
    return total - 0.001 * len(text)


def _initials(text: str) -> str:
    return "".join(word[0] for word in text.split())


class _Found(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.actions: list[tuple[str, QAction]] = []

    def show(self, actions: list[tuple[str, QAction]]) -> None:
        self.beginResetModel()
        self.actions = actions
        self.endResetModel()

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.actions)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        group, action = self.actions[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{group}: {plain(action)}"
        if role == GROUP:
            return group
        return action if role == ACTION else None


class _Row(QStyledItemDelegate):
    """Text left, menu dim beside it, key right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(WIDTH - 24, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        now, action = theme.current(), index.data(ACTION)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(now.accent_ground))
            painter.drawRoundedRect(box, 6, 6)
        inner = box.adjusted(12, 0, -12, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        text = plain(action)
        painter.setFont(option.font)
        plain_colour = now.on_accent if chosen else now.text
        painter.setPen(QColor(plain_colour if action.isEnabled() else now.text_dim))
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignLeft, text)
        small = QFont(option.font)
        small.setPixelSize(theme.TINY_PX)
        quiet = QColor(now.on_accent if chosen else now.text_dim)
        painter.setPen(quiet)
        shift = painter.fontMetrics().horizontalAdvance(text) + 12
        painter.setFont(small)
        group = index.data(GROUP)
        painter.drawText(inner.adjusted(shift, 1, 0, 0), middle | Qt.AlignmentFlag.AlignLeft, group)
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, keys_of(action))
        painter.restore()


def plain(action: QAction) -> str:
    """An action's text without the mnemonic mark."""
    return action.text().replace("&&", "\0").replace("&", "").replace("\0", "&")


def keys_of(action: QAction) -> str:
    """The action's first key, as the system writes it."""
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


class Palette(QFrame):
    """List of actions that opens over the window; Enter runs the chosen one.

    Parameters
    ----------
    actions : iterable of (str, QAction)
        Menu title and action, in the order of the menus.
    window : QWidget
        What it opens over.
    """

    def __init__(self, actions: Iterable[tuple[str, QAction]], window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "popup")
        self.setAccessibleName(self.tr("Find an action"))
        self._actions = list(actions)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("What do you want to do?"))
        self.field.setAccessibleName(self.tr("Find an action"))
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.list = QListView()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._found = _Found(self)
        self.list.setModel(self._found)
        self.list.setItemDelegate(_Row(self.list))
        self.list.setFixedHeight(ROWS * ROW_HEIGHT + 4)
        self.list.clicked.connect(self._run)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.setFixedWidth(WIDTH)
        self._search("")

    def open_over(self, window: QWidget) -> None:
        """Show it in the upper middle of the window, ready for typing."""
        self.adjustSize()
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - self.width()) // 2, corner.y() + 88)
        self.show()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def found(self) -> list[QAction]:
        """The actions listed now, best first."""
        return [action for _, action in self._found.actions]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress:
                return self._key(event.key())
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
        return super().eventFilter(watched, event)

    def _key(self, key: int) -> bool:
        here = self.list.currentIndex().row()
        steps = {
            Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: ROWS, Qt.Key.Key_PageUp: -ROWS,
        }  # fmt: skip
        if key in steps and self._found.rowCount():
            row = max(0, min(self._found.rowCount() - 1, here + steps[Qt.Key(key)]))
            self.list.setCurrentIndex(self._found.index(row))
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self.list.currentIndex())
            return True
        return False

    def _search(self, typed: str) -> None:
        ranked = [
            (score(typed, f"{plain(action)} {group}"), action.isEnabled(), -place, group, action)
            for place, (group, action) in enumerate(self._actions)
        ]
        ranked = [entry for entry in ranked if entry[0] > 0]
        if typed.strip():
            ranked.sort(key=lambda entry: entry[:3], reverse=True)
        self._found.show([(group, action) for _, _, _, group, action in ranked])
        if ranked:
            self.list.setCurrentIndex(self._found.index(0))

    def _run(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        action = index.data(ACTION)
        if action.isEnabled():
            self.close()
            action.trigger()
