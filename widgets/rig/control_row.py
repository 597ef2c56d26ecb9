"""One control of the rig: name, slider, weight and IOD, and what it follows in the video."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from pipeline.face.control_table import Control
from widgets.controls import button, caption, mark
from widgets.number_field import NumberField
from widgets.rig.two_way_slider import TwoWaySlider
from widgets.track_titles import spoken_title

_gestures = itertools.count()


class ControlRow(QWidget):
    """A slider for both directions of a control.

    Parameters
    ----------
    control : Control
    name : str
        Short, within its part.

    Signals
    -------
    moved : float
        Weight while it is dragged.
    settled : (float, str)
        Weight when it is let go; the gesture, the same for key presses in one visit.
    given_up
    binding_wanted
        The person wants to see what it follows.
    """

    moved = Signal(float)
    settled = Signal(float, str)
    given_up = Signal()
    binding_wanted = Signal()

    def __init__(self, control: Control, name: str) -> None:
        super().__init__()
        self.control = control
        self._gesture = ""
        words = spoken_title(control.name)
        self.name = QLabel(name)
        self.name.setProperty("role", "soft")
        self.name.setFixedWidth(74)
        self.slider = TwoWaySlider(words)
        self.number = NumberField(-1.0, 1.0, decimals=2, step=0.01)
        self.number.setProperty("role", "bare")
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.setFixedWidth(36)
        self.number.setAccessibleName(self.tr("{control}, weight").format(control=words))
        self.iod = caption()
        self.iod.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.iod.setFixedWidth(42)
        self.iod.setToolTip(self.tr("Motion in interocular distances (outer eye corners)"))
        self.follow = button("⋯", "mini", self.tr("What it follows in the video"))
        self.follow.setAccessibleName(self.tr("{control}: follows").format(control=words))
        paper = ", ".join(str(point) for point in control.paper)
        points = ", ".join(str(point) for point in control.points)
        tip = self.tr("{control}\nPoints {points} (in Xu's table {paper})")
        self.setToolTip(tip.format(control=words, points=points, paper=paper))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (self.name, self.slider, self.number, self.iod, self.follow):
            row.addWidget(widget, 1 if widget is self.slider else 0)
        self.slider.moved.connect(self._moved)
        self.slider.settled.connect(self._settled)
        self.slider.given_up.connect(self.given_up)
        self.number.entered.connect(lambda value: self._settled(float(value)))
        self.follow.clicked.connect(self.binding_wanted)
        self.slider.installEventFilter(self)
        self.show_weight(0.0)

    def show_weight(self, weight: float, driven: float | None = None) -> None:
        """Show the curve's weight at the playhead and, as a mark, what the video asks for."""
        self.slider.show_weight(weight)
        self.slider.show_driven(driven)
        if not self.slider.isSliderDown():
            self._write(weight)

    def show_bound(self, enabled: bool, own: bool) -> None:
        """Whether it follows the video, and otherwise than the table says."""
        self.follow.setText("⋯" if enabled else "–")
        mark(self.follow, "chosen", own)

    def _write(self, weight: float) -> None:
        self.number.show_number(round(weight, 2))
        iod = self.control.iod(weight)
        self.iod.setText(f"{iod:+.3f}" if abs(iod) >= 0.0005 else "0")
        self.slider.setAccessibleDescription(
            self.tr("{weight:.2f}, {iod:.3f} IOD").format(weight=weight, iod=iod)
        )

    def _moved(self, weight: float) -> None:
        self._write(weight)
        self.moved.emit(weight)

    def _settled(self, weight: float) -> None:
        self._write(weight)
        self.settled.emit(weight, self._gesture if self.slider.hasFocus() else "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self._gesture = f"pose/{self.control.name}/{next(_gestures)}"
        return super().eventFilter(watched, event)
