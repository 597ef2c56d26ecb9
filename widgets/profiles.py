"""Table of all emotions' gains, as a whole and for single action units."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDoubleSpinBox,
    QHBoxLayout,
    QHeaderView,
    QStyledItemDelegate,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pipeline.core.labels import AU_NAMES
from pipeline.curves import GAIN_RANGE, EmotionProfile, default_profiles, load_emotions
from pipeline.store.edits import SetProfile
from widgets import theme
from widgets.controls import button, caption

if TYPE_CHECKING:
    from app.state import Document

#: The units of CASME II; others appear when the clip has a curve for them.
UNITS = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 16, 17, 18, 20, 24, 25, 26)


class GainDelegate(QStyledItemDelegate):
    """Types a gain from 0 to 3; an emptied cell follows the emotion."""

    def createEditor(self, parent: QWidget, option, index) -> QWidget:
        field = QDoubleSpinBox(parent)
        field.setRange(GAIN_RANGE[0] - (0.01 if index.column() > 1 else 0.0), GAIN_RANGE[1])
        field.setDecimals(2)
        field.setSingleStep(0.05)
        field.setFrame(False)
        field.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        if index.column() > 1:
            field.setSpecialValueText(" ")  # below 0: no gain of its own
        return field

    def setEditorData(self, editor: QWidget, index) -> None:
        value = index.data(Qt.ItemDataRole.UserRole)
        editor.setValue(editor.minimum() if value is None else value)  # type: ignore[attr-defined]
        editor.selectAll()  # type: ignore[attr-defined]

    def setModelData(self, editor: QWidget, model, index) -> None:
        editor.interpretText()  # type: ignore[attr-defined]
        value = editor.value()  # type: ignore[attr-defined]
        model.setData(index, None if value < 0 else value, Qt.ItemDataRole.UserRole)


class ProfilesDialog(QDialog):
    """Per-emotion gains for the whole project; every changed cell is one edit.

    Parameters
    ----------
    document : Document
    """

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._filling = False
        self.setWindowTitle(self.tr("Emotion profiles"))
        self.resize(980, 420)
        self.table = QTableWidget(self)
        self.table.setAccessibleName(self.tr("Gains by emotion and action unit"))
        self.table.setItemDelegate(GainDelegate(self.table))
        self.table.setShowGrid(False)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.verticalHeader().setVisible(False)
        self.table.itemChanged.connect(self._cell_changed)
        note = caption(
            self.tr("m: gain of the emotion. An action unit with a number of its own plays at "
                    "that instead; empty follows m.")
        )  # fmt: skip
        reset = button(self.tr("Default gains"), "")
        reset.clicked.connect(self.reset)
        close = button(self.tr("Close"), "primary")
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addWidget(note, 1)
        foot.addWidget(reset)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        document.modulation_changed.connect(self.refresh)
        self.refresh()

    def refresh(self, *_changed: object) -> None:
        """Show the project's gains."""
        self._filling = True
        profiles = self._document.modulation().profiles
        emotions = load_emotions()
        self.table.setRowCount(len(emotions))
        self.table.setColumnCount(2 + len(UNITS))
        names = [self.tr("emotion"), "m", *(f"AU{au}" for au in UNITS)]
        self.table.setHorizontalHeaderLabels(names)
        for column, au in enumerate(UNITS, 2):
            self.table.horizontalHeaderItem(column).setToolTip(AU_NAMES[au])
        for row, emotion in enumerate(emotions):
            profile = profiles.get(emotion.id, EmotionProfile(emotion.id))
            name = QTableWidgetItem(self.tr(emotion.label))
            name.setFlags(Qt.ItemFlag.ItemIsEnabled)
            name.setData(Qt.ItemDataRole.UserRole, emotion.id)
            self.table.setItem(row, 0, name)
            self._put(row, 1, profile.m_e)
            for column, au in enumerate(UNITS, 2):
                self._put(row, column, profile.m_au.get(au))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setDefaultSectionSize(44)
        self.table.setColumnWidth(0, 110)
        self._filling = False

    def _put(self, row: int, column: int, value: float | None) -> None:
        item = QTableWidgetItem("·" if value is None else f"{value:.2f}")
        item.setData(Qt.ItemDataRole.UserRole, value)
        item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
        if value is None:
            item.setForeground(QColor(theme.current().text_dim))
        self.table.setItem(row, column, item)

    def _cell_changed(self, item: QTableWidgetItem) -> None:
        if self._filling or item.column() == 0:
            return
        emotion = self.table.item(item.row(), 0).data(Qt.ItemDataRole.UserRole)
        old = self._document.modulation().profiles.get(emotion, EmotionProfile(emotion))
        value = item.data(Qt.ItemDataRole.UserRole)
        if item.column() == 1:
            new = dataclasses.replace(old, m_e=old.m_e if value is None else value)
        else:
            units = dict(old.m_au)
            units.pop(UNITS[item.column() - 2], None)
            if value is not None:
                units[UNITS[item.column() - 2]] = value
            new = dataclasses.replace(old, m_au=units)
        if new != old:
            self._document.do(SetProfile(old, new))
        self.refresh()

    def reset(self) -> None:
        """Put every emotion's default gains back, one edit for each that differs."""
        now = self._document.modulation().profiles
        for name, default in default_profiles().items():
            if now.get(name, default) != default:
                self._document.do(SetProfile(now[name], default))
        self.refresh()
