"""The video drives the rig: on or off, which form, calibrate, record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app.state.drive import REFERENCE_POINT
from widgets.controls import button, caption, mark

if TYPE_CHECKING:
    from app.state import Document


class DrivePanel(QWidget):
    """Two rows of controls and a line that says how it stands.

    Parameters
    ----------
    document : Document
    """

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drive")
        self._document = document
        self._build()
        for signal in (
            document.drive.changed, document.clip_selected, document.analysis_changed,
            document.settings_changed, document.event_selected, document.events_changed,
            document.project_opened, document.playhead.span_changed,
        ):  # fmt: skip
            signal.connect(self.refresh)
        self.refresh()

    def _build(self) -> None:
        drive = self._document.drive
        self.on = button(
            self.tr("Video drives"), "chip",
            self.tr("The points tracked in the video move the controls, added to their curves"),
        )  # fmt: skip
        self.on.clicked.connect(lambda: drive.set_on(not drive.on))
        self.alone = button(
            self.tr("alone"), "chip", self.tr("The curves rest while the video drives")
        )
        self.alone.clicked.connect(lambda: drive.set_alone(not drive.alone))
        self.form = QComboBox()
        self.form.setProperty("role", "slim")
        self.form.setAccessibleName(self.tr("How the head's motion is taken off"))
        self.form.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        words = {
            "similarity": (
                self.tr("moving head"),
                self.tr("Rigid points of the face are laid on their neutral first"),
            ),
            "point": (
                self.tr("point {number}").format(number=REFERENCE_POINT),
                self.tr("D(n) = E(n) − E0 − D_ori(n), E0 the tip of the nose"),
            ),
            "still": (
                self.tr("still head"), self.tr("D(n) = E(n) − E_ori(n): the head must not move")
            ),
        }  # fmt: skip
        for place, (form, (text, tip)) in enumerate(words.items()):
            self.form.addItem(text, form)
            self.form.setItemData(place, tip, Qt.ItemDataRole.ToolTipRole)
        self.form.activated.connect(lambda _: drive.set_form(self.form.currentData()))
        self.calibrate = button(
            self.tr("Calibrate"), "chip", self.tr("The face at the playhead is the neutral")
        )
        self.calibrate.clicked.connect(drive.calibrate)
        self.record_part = button(self.tr("Record event"), "chip")
        self.record_part.clicked.connect(self._record_part)
        self.record = button(
            self.tr("Record clip"), "chip", self.tr("Keep the drive as curves of the controls")
        )
        self.record.clicked.connect(lambda: drive.record("clip"))
        self.note = caption()
        self.note.setWordWrap(True)
        self.clear = button(
            self.tr("clear"), "link", self.tr("Back to the neutral that the analysis found")
        )
        self.clear.clicked.connect(drive.clear_calibration)
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widgets in (
            (self.on, self.alone, self.form),
            (self.calibrate, self.record_part, self.record),
        ):
            row = QHBoxLayout()
            row.setSpacing(6)
            for widget in widgets:
                row.addWidget(widget, 1 if widget in (self.form, *widgets[1:]) else 0)
            column.addLayout(row)
        foot = QHBoxLayout()
        foot.addWidget(self.note, 1)
        foot.addWidget(self.clear)
        column.addLayout(foot)

    def _record_part(self) -> None:
        spans = self._document.drive.spans()
        what = "loop" if "loop" in spans else "event"
        self._document.drive.record(what)

    def refresh(self, *_: object) -> None:
        """Show how the drive stands."""
        document, drive = self._document, self._document.drive
        analysed = document.analysis is not None
        mark(self.on, "chosen", drive.on)
        mark(self.alone, "chosen", drive.alone)
        self.on.setAccessibleDescription(self.tr("on") if drive.on else self.tr("off"))
        self.form.setCurrentIndex(max(0, self.form.findData(drive.form)))
        spans = drive.spans()
        looped = "loop" in spans
        self.record_part.setText(self.tr("Record loop") if looped else self.tr("Record event"))
        ready = drive.on and drive.drive is not None
        self.record.setEnabled(ready and "clip" in spans)
        self.record_part.setEnabled(ready and (looped or "event" in spans))
        self.calibrate.setEnabled(analysed)
        for widget in (self.on, self.alone, self.form):
            widget.setEnabled(document.clip is not None)
        self.note.setText(self._said(analysed))
        self.clear.setVisible(bool(drive.calibrated))

    def _said(self, analysed: bool) -> str:
        drive = self._document.drive
        if self._document.clip is None:
            return ""
        if not analysed:
            return self.tr("Analyse the clip: the drive follows its points.")
        if drive.calibrated:
            frames = ", ".join(str(frame) for frame in drive.calibrated)
            return self.tr("neutral at frame {frames}").format(frames=frames)
        return self.tr("neutral as the analysis found it")
