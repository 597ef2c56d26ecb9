"""What controls move a shape, and how much: a small table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from pipeline.head.rig.checks import MOST_GAIN
from pipeline.head.rig.rig import Target
from widgets.controls import button, caption
from widgets.number_field import NumberField


class _Line(QWidget):
    """One control and its gain."""

    def __init__(self, table: Targets) -> None:
        super().__init__()
        self.target = Target("")
        self.control = caption()
        self.control.setProperty("role", "")
        self.gain = NumberField(0.01, MOST_GAIN, decimals=2, step=0.05)
        self.gain.setProperty("role", "bare")
        self.gain.setFixedWidth(56)
        self.gain.setAccessibleName(table.tr("Gain"))
        self.gain.entered.connect(lambda value: table.mapped.emit(self.target.control, value))
        gone = button("×", "mini", table.tr("Take it off"))
        gone.setAccessibleName(table.tr("Take the mapping off"))
        gone.clicked.connect(lambda: table.unmapped.emit(self.target.control))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.control, 1)
        row.addWidget(caption("×"))
        row.addWidget(self.gain)
        row.addWidget(gone)

    def show_target(self, target: Target) -> None:
        self.target = target
        self.control.setText(target.control)
        self.gain.show_number(target.gain)


class Targets(QWidget):
    """Controls with gains, and a field for one more.

    Parameters
    ----------
    controls : QStringListModel
        Names that complete what is typed.

    Signals
    -------
    mapped : str, float
        A control moves the shape with a gain.
    unmapped : str
    """

    mapped = Signal(str, float)
    unmapped = Signal(str)

    def __init__(self, controls: QStringListModel) -> None:
        super().__init__()
        self.lines: list[_Line] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        column.addLayout(self._list)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("moved by: AU12, mouthSmileLeft, …"))
        self.field.setAccessibleName(self.tr("Control that moves the shape"))
        self.gain = NumberField(0.01, MOST_GAIN, decimals=2, step=0.05)
        self.gain.setFixedWidth(56)
        self.gain.setAccessibleName(self.tr("Gain of the new mapping"))
        self.gain.show_number(1.0)
        completer = QCompleter(controls, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.popup().setProperty("role", "completions")
        self.field.setCompleter(completer)
        self._known = controls
        add = button(self.tr("Add"), "chip", self.tr("Let it move the shape"))
        add.clicked.connect(self.add)
        self.field.returnPressed.connect(self.add)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.field, 1)
        row.addWidget(self.gain)
        row.addWidget(add)
        column.addLayout(row)

    def show_targets(self, targets: Sequence[Target]) -> None:
        """List these."""
        while len(self.lines) < len(targets):
            self.lines.append(_Line(self))
            self._list.addWidget(self.lines[-1])
        while len(self.lines) > len(targets):
            gone = self.lines.pop()
            self._list.removeWidget(gone)
            gone.deleteLater()
        for line, target in zip(self.lines, targets, strict=True):
            line.show_target(target)

    def add(self) -> None:
        """Map the control that was typed, as the head spells it."""
        typed = self.field.text().strip()
        if not typed:
            return
        names = {name.lower(): name for name in self._known.stringList()}
        self.field.clear()
        self.mapped.emit(names.get(typed.lower(), typed), float(self.gain.number() or 1.0))
