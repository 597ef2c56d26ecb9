"""The table that says which shapes of a head from a file its controls move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pipeline.core.errors import HeadError
from pipeline.head.foreign.mapping import HeadMapping
from widgets.controls import button, caption, heading

_CONTROL, _SHAPE, _GAIN = range(3)
_GAINS = (-4.0, 4.0)


class ChoiceDelegate(QStyledItemDelegate):
    """Chooses one of the names; what is typed narrows the list."""

    def __init__(self, names: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._names = list(names)

    def createEditor(self, parent: QWidget, _option, _index) -> QWidget:
        box = QComboBox(parent)
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.addItems(self._names)
        return box

    def setEditorData(self, editor: QWidget, index) -> None:
        editor.setCurrentText(index.data())  # type: ignore[attr-defined]
        editor.lineEdit().selectAll()  # type: ignore[attr-defined]

    def setModelData(self, editor: QWidget, model, index) -> None:
        model.setData(index, editor.currentText().strip())  # type: ignore[attr-defined]


class GainDelegate(QStyledItemDelegate):
    """Types a gain."""

    def createEditor(self, parent: QWidget, _option, _index) -> QWidget:
        field = QDoubleSpinBox(parent)
        field.setRange(*_GAINS)
        field.setDecimals(2)
        field.setSingleStep(0.05)
        field.setFrame(False)
        field.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        return field

    def setEditorData(self, editor: QWidget, index) -> None:
        editor.setValue(float(index.data()))  # type: ignore[attr-defined]
        editor.selectAll()  # type: ignore[attr-defined]

    def setModelData(self, editor: QWidget, model, index) -> None:
        editor.interpretText()  # type: ignore[attr-defined]
        model.setData(index, f"{editor.value():g}")  # type: ignore[attr-defined]


class MappingDialog(QDialog):
    """Rows of control, shape and gain; a control may have several.

    Parameters
    ----------
    mapping : HeadMapping
    shapes, controls : sequence of str
        The head's shapes, and the names that a control may have.
    propose : callable
        The mapping by the shapes' names, to go back to.

    Signals
    -------
    tried : str
        The control in hand, to be seen at full weight; empty for none.
    edited : object
        What the table as it stands moves (`Drives`), after a change that can work.
    """

    tried = Signal(str)
    edited = Signal(object)

    def __init__(
        self,
        mapping: HeadMapping,
        shapes: Sequence[str],
        controls: Sequence[str],
        propose: Callable[[], HeadMapping],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._original, self._shapes, self._propose = mapping, tuple(shapes), propose
        self._shown = mapping.drives
        self.setWindowTitle(self.tr("What moves this head"))
        self.resize(620, 640)
        self._build_table(controls)
        self.find = QLineEdit()
        self.find.setPlaceholderText(self.tr("Find a control or a shape"))
        self.find.setClearButtonEnabled(True)
        self.find.textChanged.connect(self._filter)
        self.report = caption()
        self.report.setWordWrap(True)
        self.problem = caption()
        self.problem.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        top = QHBoxLayout()
        top.addWidget(heading(mapping.name))
        top.addStretch(1)
        top.addWidget(caption(self.tr("the row in hand is shown at full weight")))
        column.addLayout(top)
        column.addWidget(self.find)
        column.addWidget(self.table, 1)
        column.addWidget(self.report)
        column.addWidget(self.problem)
        column.addLayout(self._foot())
        self._fill(mapping)

    def _build_table(self, controls: Sequence[str]) -> None:
        table = self.table = QTableWidget(0, 3, self)
        table.setAccessibleName(self.tr("Shapes by control"))
        table.setHorizontalHeaderLabels([self.tr("Control"), self.tr("Shape"), self.tr("Gain")])
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.verticalHeader().setVisible(False)
        header = table.horizontalHeader()
        header.setSectionResizeMode(_SHAPE, QHeaderView.ResizeMode.Stretch)
        table.setColumnWidth(_CONTROL, 170)
        table.setItemDelegateForColumn(_CONTROL, ChoiceDelegate(controls, table))
        table.setItemDelegateForColumn(_SHAPE, ChoiceDelegate(self._shapes, table))
        table.setItemDelegateForColumn(_GAIN, GainDelegate(table))
        table.itemChanged.connect(lambda _item: self._changed())
        table.currentCellChanged.connect(lambda row, *_: self._try(row))

    def _foot(self) -> QHBoxLayout:
        add = button(self.tr("Add row"))
        add.clicked.connect(self.add_row)
        remove = button(self.tr("Remove row"))
        remove.clicked.connect(self.remove_rows)
        names = button(self.tr("By name again"))
        names.setToolTip(self.tr("Map by what the shapes' names say"))
        names.clicked.connect(lambda: self._fill(self._propose()))
        self.keep = button(self.tr("Keep"), "primary")
        self.keep.clicked.connect(self.accept)
        leave = button(self.tr("Cancel"))
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        for part in (add, remove, names):
            foot.addWidget(part)
        foot.addStretch(1)
        foot.addWidget(leave)
        foot.addWidget(self.keep)
        return foot

    def _fill(self, mapping: HeadMapping) -> None:
        self.table.blockSignals(True)
        self.table.setRowCount(0)
        for control, pairs in mapping.drives.items():
            for shape, gain in pairs:
                self._append(control, shape, gain)
        self.table.blockSignals(False)
        self._judge()

    def _append(self, control: str, shape: str, gain: float) -> int:
        row = self.table.rowCount()
        self.table.insertRow(row)
        for column, text in enumerate((control, shape, f"{gain:g}")):
            item = QTableWidgetItem(text)
            if column == _GAIN:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.table.setItem(row, column, item)
        return row

    def add_row(self) -> None:
        """A row for the first shape that nothing moves yet."""
        unmapped = self.mapping().unmapped(self._shapes)
        control = self._control(self.table.currentRow()) or "AU12_L"
        row = self._append(control, unmapped[0] if unmapped else self._shapes[0], 1.0)
        self.table.setCurrentCell(row, _CONTROL)
        self.table.editItem(self.table.item(row, _CONTROL))

    def remove_rows(self) -> None:
        """Take the chosen rows out."""
        rows = sorted({index.row() for index in self.table.selectedIndexes()}, reverse=True)
        for row in rows:
            self.table.removeRow(row)
        self._judge()

    def _control(self, row: int) -> str:
        item = self.table.item(row, _CONTROL) if row >= 0 else None
        return item.text() if item is not None else ""

    def mapping(self) -> HeadMapping:
        """The table as it stands."""
        drives: dict[str, list[tuple[str, float]]] = {}
        for row in range(self.table.rowCount()):
            cells = [self.table.item(row, column) for column in range(3)]
            control, shape, gain = (cell.text() if cell is not None else "" for cell in cells)
            if control:
                drives.setdefault(control, []).append((shape, float(gain or 0.0)))
        kept = {control: tuple(pairs) for control, pairs in drives.items()}
        return replace(self._original, drives=kept, edited=True)

    def _judge(self) -> None:
        """Say what is wrong or not served; a table that cannot work cannot be kept."""
        mapping = self.mapping()
        try:
            mapping.validate(self._shapes)
            self.problem.setText("")
            if mapping.drives != self._shown:
                self._shown = mapping.drives
                self.edited.emit(mapping.drives)
        except HeadError as error:
            self.problem.setText(error.what)
        self.keep.setEnabled(not self.problem.text())
        self.report.setText(". ".join(mapping.report(self._shapes)))

    def _changed(self) -> None:
        self._judge()
        self._try(self.table.currentRow())

    def _try(self, row: int) -> None:
        """Let the row's control be seen on the head."""
        self.tried.emit(self._control(row))

    def _filter(self, text: str) -> None:
        wanted = text.strip().lower()
        for row in range(self.table.rowCount()):
            words = " ".join(
                item.text().lower()
                for column in (_CONTROL, _SHAPE)
                if (item := self.table.item(row, column)) is not None
            )
            self.table.setRowHidden(row, wanted not in words)

    def done(self, result: int) -> None:
        self.tried.emit("")
        super().done(result)
