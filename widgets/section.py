"""A part of the inspector that folds away under its heading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from widgets import theme
from widgets.controls import button, caption
from widgets.icons import icon

if TYPE_CHECKING:
    from app.state import Settings

_ARROW = 12  # px


class Section(QWidget):
    """A heading that opens and closes what is below it; the person's choice is kept.

    Parameters
    ----------
    name : str
        Key in the settings.
    title : str
        Words of the heading.
    body : QWidget
    settings : Settings
    opened : bool
        Before the person has chosen.

    Signals
    -------
    toggled : bool
        Whether it is open now.

    Attributes
    ----------
    note : QLabel
        Quiet words at the right of the heading: how many, which.
    row : QHBoxLayout
        The heading's; buttons may be added at its end.
    """

    toggled = Signal(bool)

    def __init__(
        self, name: str, title: str, body: QWidget, settings: Settings, *, opened: bool = True
    ) -> None:
        super().__init__()
        self.setObjectName(f"section-{name}")
        self._key, self._settings, self.body = f"section/{name}", settings, body
        self.head = button(title.upper(), "section")
        self.head.setAccessibleName(title)
        self.head.setCheckable(True)
        self.head.setIconSize(QSize(_ARROW, _ARROW))
        self.head.clicked.connect(self.open)
        self.note = caption()
        self.row = QHBoxLayout()
        self.row.setSpacing(6)
        self.row.addWidget(self.head)
        self.row.addStretch(1)
        self.row.addWidget(self.note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self.row)
        column.addWidget(body)
        self._show(settings.value(self._key, opened))

    @property
    def is_open(self) -> bool:
        """Whether its body is shown."""
        return self.head.isChecked()

    def open(self, on: bool = True) -> None:
        """Show the body, or fold it away."""
        if on != (not self.body.isHidden()):
            self._settings.set_value(self._key, on)
            self._show(on)
            self.toggled.emit(on)

    def restyle(self) -> None:
        """Take the theme's colours."""
        sign = "down" if self.is_open else "right"
        self.head.setIcon(icon(sign, theme.current().text_dim))

    def _show(self, on: bool) -> None:
        self.head.setChecked(on)
        self.body.setVisible(on)
        self.restyle()
