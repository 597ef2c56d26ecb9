"""The head's few settings: from where it is looked at, and which curves move it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from widgets.controls import button, heading, mark

#: Places that the head is usually seen from.
VIEWS = ("front", "three_quarter", "profile")


class HeadPanel(QWidget):
    """Buttons for the usual views and for the layer that plays.

    Signals
    -------
    view_chosen : str
        One of `VIEWS`.
    layer_chosen : str
        ``raw``, ``edited`` or ``modulated``.
    """

    view_chosen = Signal(str)
    layer_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("head-panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(heading(self.tr("Head")))
        views = {
            "front": self.tr("front"),
            "three_quarter": self.tr("three quarters"),
            "profile": self.tr("profile"),
        }
        layers = {
            "modulated": self.tr("modulated"),
            "edited": self.tr("edited"),
            "raw": self.tr("raw"),
        }
        self.views = self._row(column, views, self.view_chosen)
        self.layers = self._row(column, layers, self.layer_chosen)
        self.choose_layer("modulated")
        self.layer_chosen.connect(self.choose_layer)

    def _row(self, column: QVBoxLayout, names: dict[str, str], signal) -> dict:
        row = QHBoxLayout()
        row.setSpacing(6)
        made = {}
        for name, words in names.items():
            made[name] = button(words, "chip")
            made[name].clicked.connect(lambda _=False, what=name: signal.emit(what))
            row.addWidget(made[name])
        row.addStretch(1)
        column.addLayout(row)
        return made

    def choose_layer(self, layer: str) -> None:
        """Show which layer plays."""
        for name, chip in self.layers.items():
            mark(chip, "chosen", name == layer)
