"""A part of the face in the control panel: its rows fold away under its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pipeline.core.tracks import PARTS
from pipeline.face.control_table import control_table
from widgets import theme
from widgets.controls import button
from widgets.icons import icon
from widgets.rig.control_row import ControlRow
from widgets.track_titles import part_title

if TYPE_CHECKING:
    from app.state import Settings


class ControlPart(QWidget):
    """One of the seven parts.

    Parameters
    ----------
    part : str
        Key of `pipeline.core.tracks.PARTS`.
    names : mapping of str to str
        Short names of the controls.
    settings : Settings
        Remember whether it is open.
    opened : bool
        Before the person has chosen.

    Signals
    -------
    reset_wanted
    toggled : bool
    """

    reset_wanted = Signal()
    toggled = Signal(bool)

    def __init__(
        self, part: str, names: Mapping[str, str], settings: Settings, *, opened: bool = False
    ) -> None:
        super().__init__()
        self._key, self._settings = f"rig/part/{part}", settings
        title = part_title(part)
        self.head = button(title, "part")
        self.head.setAccessibleName(title)
        self.head.setCheckable(True)
        self.head.setIconSize(QSize(12, 12))
        self.head.clicked.connect(self.open)
        self.reset = button(self.tr("reset"), "link", self.tr("Bring this part to rest"))
        self.reset.setAccessibleName(self.tr("Reset: {part}").format(part=title))
        self.reset.clicked.connect(self.reset_wanted)
        self.rows = {name: ControlRow(control_table()[name], names[name]) for name in PARTS[part]}
        top = QHBoxLayout()
        top.addWidget(self.head)
        top.addStretch(1)
        top.addWidget(self.reset)
        self.body = QWidget()
        rows = QVBoxLayout(self.body)
        rows.setContentsMargins(14, 0, 0, 2)
        rows.setSpacing(0)
        for row in self.rows.values():
            rows.addWidget(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.body)
        self._show(bool(settings.value(self._key, opened)))
        self.show_moving(False)

    @property
    def is_open(self) -> bool:
        """Whether its rows are shown."""
        return self.head.isChecked()

    def open(self, on: bool = True) -> None:
        """Show the rows, or fold them away."""
        self._settings.set_value(self._key, on)
        self._show(on)
        self.toggled.emit(on)

    def show_moving(self, moving: bool) -> None:
        """Whether a control of it is away from rest: then it can be reset."""
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        self.reset.setVisible(moving)

    def restyle(self) -> None:
        """Take the theme's colours."""
        sign = "down" if self.is_open else "right"
        self.head.setIcon(icon(sign, theme.current().text_dim))

    def _show(self, on: bool) -> None:
        self.head.setChecked(on)
        self.body.setVisible(on)
        self.restyle()
