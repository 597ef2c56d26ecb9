"""The head's few settings: from where it is looked at, and which curves move it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from widgets.controls import button, caption, heading, mark

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
        views = {
            "front": self.tr("front"),
            "three_quarter": self.tr("¾"),
            "profile": self.tr("profile"),
        }
        layers = {
            "modulated": self.tr("modulated"),
            "edited": self.tr("edited"),
            "raw": self.tr("raw"),
        }
        self.views = self._row(column, heading(self.tr("Head")), views, self.view_chosen)
        self.views["three_quarter"].setToolTip(self.tr("Seen from three quarters"))
        self.views["three_quarter"].setAccessibleName(self.tr("three quarters"))
        self.layers = self._row(column, caption(self.tr("plays")), layers, self.layer_chosen)
        self.choose_layer("modulated")
        self.layer_chosen.connect(self.choose_layer)

    def _row(self, column: QVBoxLayout, title: QLabel, names: dict[str, str], signal) -> dict:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(title)
        row.addStretch(1)
        made = {}
        for name, words in names.items():
            made[name] = button(words, "chip")
            made[name].clicked.connect(lambda _=False, what=name: signal.emit(what))
            row.addWidget(made[name])
        column.addLayout(row)
        return made

    def choose_layer(self, layer: str) -> None:
        """Show which layer plays."""
        for name, chip in self.layers.items():
            mark(chip, "chosen", name == layer)
