"""The list beside the curves: colour, action unit, its FACS name, mute and solo.

Controls of the rig and frozen shapes follow under headings of their own.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from widgets import theme
from widgets.timeline.curve_choice import CurveChoice
from widgets.track_titles import group_title, kind_of, spoken_title, track_color, track_title

ROW_HEIGHT = 26
HEADING_HEIGHT = 22
_DOT_X, _AU_X, _NAME_X = 21, 36, 86
_BUTTON = 18  # width of the hit area of M and S

Index = QModelIndex | QPersistentModelIndex
#: Role of the heading above a row, "" for none.
HEADING = Qt.ItemDataRole.UserRole


class CurveRowsModel(QAbstractListModel):
    """Rows of a `CurveChoice`; the display role is the track's name."""

    def __init__(self, choice: CurveChoice, parent: QWidget) -> None:
        super().__init__(parent)
        self.choice = choice
        self._rows = choice.rows
        choice.rows_changed.connect(self._reset)
        choice.view_changed.connect(self._repaint)

    def _reset(self) -> None:
        self.beginResetModel()
        self._rows = self.choice.rows
        self.endResetModel()

    def _repaint(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def name(self, row: int) -> str:
        return self._rows[row]

    def row_of(self, name: str) -> int:
        return self._rows.index(name) if name in self._rows else -1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        name = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            hidden = "" if self.choice.is_seen(name) else self.tr("hidden")
            return " ".join(part for part in (spoken_title(name), hidden) if part)
        if role == HEADING:
            kind = kind_of(name)
            first = index.row() == 0 or kind_of(self._rows[index.row() - 1]) != kind
            return group_title(kind) if first and kind != "unit" else ""
        return None


class _RowPainter(QStyledItemDelegate):
    """Paints a row and answers clicks on its M and S."""

    def __init__(self, choice: CurveChoice, parent: QWidget) -> None:
        super().__init__(parent)
        self._choice = choice

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW_HEIGHT + (HEADING_HEIGHT if index.data(HEADING) else 0))

    @staticmethod
    def buttons(rect: QRect) -> tuple[QRect, QRect]:
        """Hit areas of mute and solo in a row, below its heading if it has one."""
        rect = rect.adjusted(0, max(rect.height() - ROW_HEIGHT, 0), 0, 0)
        right = rect.right() - 6
        solo = QRect(right - _BUTTON, rect.top(), _BUTTON, rect.height())
        return solo.translated(-_BUTTON, 0), solo

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, rect = theme.current(), option.rect  # type: ignore[attr-defined]
        name = str(index.data())
        seen = self._choice.is_seen(name)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if heading := index.data(HEADING):
            self._heading(painter, rect, heading)
            rect = rect.adjusted(0, HEADING_HEIGHT, 0, 0)
        if name == self._choice.selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("surface"))
            painter.drawRoundedRect(rect.adjusted(8, 1, -2, -1), theme.RADIUS, theme.RADIUS)
        self._dot(painter, QPointF(rect.left() + _DOT_X, rect.center().y() + 0.5), name, seen)
        mute, solo = self.buttons(rect)
        self._title(painter, rect, mute.left() - 2, name, 1.0 if seen else 0.5)
        self._button(painter, mute, self.tr("M"), self._choice.is_muted(name), "amber")
        self._button(painter, solo, self.tr("S"), self._choice.is_solo(name), "accent")
        painter.restore()

    @staticmethod
    def _heading(painter: QPainter, rect: QRect, text: str) -> None:
        look = theme.current()
        painter.fillRect(rect.left() + 8, rect.top() + 3, rect.width() - 14, 1, look.color("line"))
        painter.setFont(theme.ui_font(theme.TINY_PX, QFont.Weight.Medium))
        painter.setPen(look.color("text_dim"))
        line = QRect(rect.left() + 16, rect.top() + 4, rect.width() - 20, HEADING_HEIGHT - 4)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(line, int(middle), text)

    @staticmethod
    def _title(painter: QPainter, rect: QRect, right: int, name: str, alpha: float) -> None:
        """An action unit with its side and FACS name, or the name of another track."""
        look, (short, side, meaning) = theme.current(), track_title(name)
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        room = rect.adjusted(_NAME_X if short else _AU_X, 1 if short else 0, 0, 0)
        room.setRight(right)
        painter.setFont(theme.ui_font())
        painter.setPen(look.color("text_soft", alpha))
        if short:
            line = rect.adjusted(_AU_X, 0, 0, 0)
            painter.drawText(line, middle, short)
            taken = painter.fontMetrics().horizontalAdvance(short)
            painter.setPen(look.color("text_dim", alpha))
            painter.setFont(theme.ui_font(theme.TINY_PX, QFont.Weight.Medium))
            painter.drawText(line.adjusted(taken + 4, 1, 0, 0), middle, side)
            painter.setFont(theme.ui_font(theme.TINY_PX))
        elided = painter.fontMetrics().elidedText(
            meaning, Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, middle, elided)

    @staticmethod
    def _dot(painter: QPainter, center: QPointF, name: str, seen: bool) -> None:
        """Filled for the left side and for whole faces, a ring for the right side.

        Controls are squares and shapes diamonds, as they share the units' colours.
        """
        color = track_color(name)
        color.setAlphaF(1.0 if seen else 0.35)
        kind = kind_of(name)
        right = name.endswith("_R") or (kind == "control" and "right" in name)
        if kind != "unit":
            painter.save()
            painter.translate(center)
            painter.rotate(45.0 if kind == "shape" else 0.0)
            painter.setPen(QPen(color, 2) if right else Qt.PenStyle.NoPen)
            painter.setBrush(Qt.BrushStyle.NoBrush if right else color)
            reach = 3.2 if right else 4.0
            painter.drawRect(QRectF(-reach, -reach, 2 * reach, 2 * reach))
            painter.restore()
        elif right:
            painter.setPen(QPen(color, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(center, 4, 4)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(center, 5, 5)

    @staticmethod
    def _button(painter: QPainter, rect: QRect, text: str, on: bool, role: str) -> None:
        weight = QFont.Weight.Bold if on else QFont.Weight.Normal
        painter.setFont(theme.ui_font(theme.TINY_PX, weight))
        painter.setPen(theme.current().color(role if on else "text_dim"))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), text)

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        if not isinstance(event, QMouseEvent) or event.button() != Qt.MouseButton.LeftButton:
            return False
        name = str(index.data())
        mute, solo = self.buttons(option.rect)  # type: ignore[attr-defined]
        at = event.position().toPoint()
        if not mute.contains(at) and not solo.contains(at):
            return False
        if event.type() in (QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick):
            if mute.contains(at):
                self._choice.mute(name, not self._choice.is_muted(name))
            else:
                self._choice.solo(name, not self._choice.is_solo(name))
        return True

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        if not index.isValid():
            return False
        mute, solo = self.buttons(option.rect)  # type: ignore[attr-defined]
        text = str(index.data(Qt.ItemDataRole.AccessibleTextRole))
        if mute.contains(event.pos()):
            text = self.tr("Mute: hide this curve here (M). The head still plays it.")
        elif solo.contains(event.pos()):
            text = self.tr("Solo: show only this curve (S)")
        QToolTip.showText(event.globalPos(), text, view)
        return True


class CurveRows(QListView):
    """Select with the mouse or the arrow keys; M and S toggle mute and solo."""

    def __init__(self, choice: CurveChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice = choice
        self._model = CurveRowsModel(choice, self)
        self.setModel(self._model)
        self.setItemDelegate(_RowPainter(choice, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Curves"))
        self.selectionModel().currentChanged.connect(self._current_changed)
        choice.selected_changed.connect(self._show_selected)
        choice.rows_changed.connect(lambda: self._show_selected(choice.selected))

    def _current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self._choice.select(self._model.name(current.row()))

    def _show_selected(self, name: str) -> None:
        row = self._model.row_of(name)
        if row >= 0 and self.currentIndex().row() != row:
            self.setCurrentIndex(self._model.index(row))
        self._reveal_selected()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._reveal_selected()

    def _reveal_selected(self) -> None:
        row = self._model.row_of(self._choice.selected)
        if row >= 0:
            self.scrollTo(self._model.index(row))

    def row_rect(self, name: str) -> QRect:
        """Where a curve's row lies in the viewport, without a heading above it."""
        rect = self.visualRect(self._model.index(self._model.row_of(name)))
        return rect.adjusted(0, max(rect.height() - ROW_HEIGHT, 0), 0, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = self._choice.selected
        if name and event.key() == Qt.Key.Key_M:
            self._choice.mute(name, not self._choice.is_muted(name))
        elif name and event.key() == Qt.Key.Key_S:
            self._choice.solo(name, not self._choice.is_solo(name))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # The window may use M and S itself; with the focus here they are ours.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            if plain and event.key() in (Qt.Key.Key_M, Qt.Key.Key_S):
                event.accept()
                return True
        return super().event(event)
