"""The seven-part control panel of Xu 2025, Table 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pipeline.core.tracks import PARTS
from pipeline.face.drive import default_bindings
from pipeline.head.rig.rig import Binding
from widgets import theme
from widgets.controls import button, mark
from widgets.icons import icon
from widgets.rig.binding_popup import BindingPopup
from widgets.rig.control_part import ControlPart
from widgets.rig.control_row import ControlRow
from widgets.rig.drive_panel import DrivePanel

if TYPE_CHECKING:
    from app.state import Document


class ControlsPanel(QWidget):
    """Sliders of the seven parts, what is done with all of them, and the drive by the video.

    A drag shows on the head and becomes one key at the playhead when it ends; when the
    playhead moves the sliders follow the curves. Amber marks what the video asks for.

    Parameters
    ----------
    document : Document

    Signals
    -------
    said : str
        For the status line.
    """

    said = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("controls")
        self._document, self._posing = document, document.posing
        self.drive = DrivePanel(document)
        names = self._short_names()
        self.parts = {
            part: ControlPart(part, names, document.settings, opened=part == "mouth")
            for part in PARTS
        }
        self.rows: dict[str, ControlRow] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.drive)
        column.addSpacing(4)
        column.addLayout(self._tools())
        column.addSpacing(2)
        for part in self.parts.values():
            column.addWidget(part)
            self.rows |= part.rows
        self._connect()
        self.refresh()
        self.show_bindings()

    def _short_names(self) -> dict[str, str]:
        left, right = self.tr("left {way}"), self.tr("right {way}")
        across, up = "↔", "↕"
        eyes = {
            f"{side}_eye_{what}": words
            for side in ("left", "right")
            for what, words in (
                ("open", self.tr("open")), ("x", self.tr("move {way}").format(way=across)),
                ("y", self.tr("move {way}").format(way=up)),
            )
        }  # fmt: skip
        brows = {
            f"{side}_brow_{what}": self.tr("inner {way}").format(way=way)
            for side in ("left", "right")
            for what, way in (("x", across), ("y", up))
        }
        return {
            "mouth_open": self.tr("open"),
            "mouth_left_x": left.format(way=across), "mouth_left_y": left.format(way=up),
            "mouth_right_x": right.format(way=across), "mouth_right_y": right.format(way=up),
            "pull_down_left": self.tr("pull down L"), "pull_down_right": self.tr("pull down R"),
            "nose_y": self.tr("move {way}").format(way=up),
            "face_y": self.tr("move {way}").format(way=up),
            **eyes, **brows,
        }  # fmt: skip

    def _tools(self) -> QHBoxLayout:
        posing = self._posing
        self.auto_key = button(
            self.tr("auto key"), "chip", self.tr("A slider that is let go is a key at the playhead")
        )
        self.auto_key.clicked.connect(lambda: posing.set_auto_key(not posing.auto_key))
        self.key = button(self.tr("key"), "chip", self.tr("Key the controls at the playhead"))
        self.key.clicked.connect(posing.key)
        self.link = button(self.tr("link"), "chip", self.tr("Both sides of the face move together"))
        self.link.clicked.connect(lambda: posing.set_linked(not posing.linked))
        self.to_right = button("L→R", "chip", self.tr("The right side does as the left"))
        self.to_right.setAccessibleName(self.tr("Mirror left to right"))
        self.to_right.clicked.connect(lambda: posing.mirror("left"))
        self.to_left = button("R→L", "chip", self.tr("The left side does as the right"))
        self.to_left.setAccessibleName(self.tr("Mirror right to left"))
        self.to_left.clicked.connect(lambda: posing.mirror("right"))
        self.reset = button("", "chip", self.tr("Bring all controls to rest"))
        self.reset.setAccessibleName(self.tr("Reset all controls"))
        self.reset.setIconSize(QSize(14, 14))
        self.reset.clicked.connect(lambda: posing.reset())
        row = QHBoxLayout()
        row.setSpacing(5)
        for tool in (self.auto_key, self.key, self.link, self.to_right, self.to_left, self.reset):
            row.addWidget(tool)
        row.addStretch(1)
        self.restyle()
        return row

    def _connect(self) -> None:
        document, posing = self._document, self._posing
        posing.changed.connect(self.refresh)
        document.drive.changed.connect(self.refresh)
        document.drive.changed.connect(self.show_bindings)
        document.rig.changed.connect(self.show_bindings)
        for name, row in self.rows.items():
            row.moved.connect(lambda weight, name=name: posing.move(name, weight))
            row.settled.connect(lambda w, gesture, name=name: posing.settle(name, w, gesture))
            row.given_up.connect(self._give_up)
            row.binding_wanted.connect(lambda name=name: self.show_binding(name))
        for part, group in self.parts.items():
            group.reset_wanted.connect(lambda part=part: posing.reset(PARTS[part]))
            group.toggled.connect(self.refresh)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Follow the curves at the playhead, and the drive."""
        document, posing = self._document, self._posing
        mark(self.auto_key, "chosen", posing.auto_key)
        mark(self.link, "chosen", posing.linked)
        mark(self.key, "chosen", posing.held)
        there = document.clip is not None
        for tool in (self.key, self.to_right, self.to_left, self.reset):
            tool.setEnabled(there)
        if not self.isVisible():
            return  # looked at when it is shown again
        driven = document.drive.weights_at(document.playhead.frame)
        for part, group in self.parts.items():
            weights = {name: posing.value(name) for name in PARTS[part]}
            group.show_moving(any(abs(weight) >= 0.005 for weight in weights.values()))
            if not group.is_open:
                continue
            for name, weight in weights.items():
                row = group.rows[name]
                row.setEnabled(there)
                row.show_weight(weight, driven.get(name))

    def _give_up(self) -> None:
        self._posing.give_up()
        self.refresh()

    # What controls follow

    def show_bindings(self) -> None:
        """Mark the controls that follow otherwise than the table says, or nothing."""
        own = {b.control: b for b in self._document.rig.rig.bindings}
        for name, row in self.rows.items():
            binding = own.get(name)
            row.show_bound(binding is None or binding.enabled, binding is not None)

    def show_binding(self, name: str) -> BindingPopup | None:
        """Open the sheet of what a control follows, beside its row."""
        if self._document.store is None:
            return None
        binding = self._document.drive.binding(name)
        default = default_bindings()[name]
        table = Binding(default.control, default.points, default.axis)
        popup = BindingPopup(binding or table, table, self)
        popup.changed.connect(self._document.drive.bind)
        row = self.rows[name]
        corner = row.mapToGlobal(QPoint(row.width() - popup.width(), row.height()))
        popup.move(corner)
        popup.show()
        return popup

    def restyle(self) -> None:
        """Take the theme's colours."""
        self.reset.setIcon(icon("reset", theme.current().text_soft))
        for part in self.parts.values():
            part.restyle()
