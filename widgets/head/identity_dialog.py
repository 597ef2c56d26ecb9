"""Sliders for the identity modes of a head: a character's form, a file's components."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from widgets.controls import NamedSlider, button, heading

#: Modes are in standard deviations of the faces they were measured or learned from.
RANGE = (-3.0, 3.0)


class IdentityDialog(QDialog):
    """One slider per mode; the head follows each one that is let go.

    Signals
    -------
    chosen : object
        Weights by mode, only those that are not 0.
    """

    chosen = Signal(object)

    def __init__(
        self, modes: Sequence[str], values: Mapping[str, float], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Identity"))
        self.resize(360, 480)
        rows = QWidget()
        inside = QVBoxLayout(rows)
        self.sliders: dict[str, NamedSlider] = {}
        for mode in modes:
            slider = NamedSlider(mode.replace("-", " "), *RANGE)
            slider.set_value(float(values.get(mode, 0.0)))
            slider.released.connect(lambda _value: self.chosen.emit(self.values()))
            self.sliders[mode] = slider
            inside.addWidget(slider)
        inside.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(rows)
        reset = button(self.tr("As it was"))
        reset.clicked.connect(self.reset)
        close = button(self.tr("Close"), "primary")
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addWidget(reset)
        foot.addStretch(1)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.addWidget(heading(self.tr("Identity")))
        column.addWidget(area, 1)
        column.addLayout(foot)

    def values(self) -> dict[str, float]:
        """Weights by mode that are not 0."""
        found = {mode: round(slider.value(), 2) for mode, slider in self.sliders.items()}
        return {mode: value for mode, value in found.items() if value}

    def reset(self) -> None:
        """The face as its file or its character has it."""
        for slider in self.sliders.values():
            slider.set_value(0.0)
        self.chosen.emit({})
