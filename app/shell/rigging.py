"""Commands of the control rig: its drive by the video, and posing by hand."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from app.state import Document
from app.state.drive import FORMS

#: Switches whose state is the document's.
_SWITCHES = ("drive", "alone", "auto_key", "linked")


class RigActions(QObject):
    """What menu, palette and keys do with the controls; the panel asks the same of the state."""

    def __init__(self, document: Document, window: QWidget) -> None:
        super().__init__(window)
        self._document = document
        self._switches: dict[str, QAction] = {}
        document.drive.changed.connect(self.show)
        document.posing.changed.connect(self.show)

    def attach(self, actions: Mapping[str, QAction]) -> None:
        """The actions are there: switches among them show the state from now on."""
        self._switches = {name: actions[f"rig.{name}"] for name in _SWITCHES}
        self.show()

    def show(self) -> None:
        """Put the switches as the state has them."""
        drive, posing = self._document.drive, self._document.posing
        states = (drive.on, drive.alone, posing.auto_key, posing.linked)
        for action, on in zip(self._switches.values(), states, strict=False):
            if action.isChecked() != on:
                action.blockSignals(True)
                action.setChecked(on)
                action.blockSignals(False)

    def drive(self, on: bool) -> None:
        """Let the video move the controls."""
        self._document.drive.set_on(on)

    def alone(self, on: bool) -> None:
        """Let the curves rest while it does."""
        self._document.drive.set_alone(on)

    def next_form(self) -> None:
        """Go to the next form of D(n)."""
        drive = self._document.drive
        drive.set_form(FORMS[(FORMS.index(drive.form) + 1) % len(FORMS)])

    def calibrate(self) -> None:
        self._document.drive.calibrate()

    def clear_calibration(self) -> None:
        self._document.drive.clear_calibration()

    def record_clip(self) -> None:
        self._document.drive.record("clip")

    def record_part(self) -> None:
        """Record the loop, else the event in hand, else the clip."""
        spans = self._document.drive.spans()
        wanted = next((what for what in ("loop", "event") if what in spans), "clip")
        self._document.drive.record(wanted)

    def key(self) -> None:
        self._document.posing.key()

    def auto_key(self, on: bool) -> None:
        """Let sliders key by themselves."""
        self._document.posing.set_auto_key(on)

    def linked(self, on: bool) -> None:
        """Let both sides move together."""
        self._document.posing.set_linked(on)

    def mirror_left(self) -> None:
        self._document.posing.mirror("left")

    def mirror_right(self) -> None:
        self._document.posing.mirror("right")

    def reset(self) -> None:
        self._document.posing.reset()
