"""What a control follows in the video: points, direction, gain, smoothing."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from pipeline.face.anatomy import N_KEY_POINTS
from pipeline.head.rig.rig import Binding
from widgets.controls import button, caption, heading, mark
from widgets.number_field import NumberField
from widgets.track_titles import spoken_title

_WIDTH = 250
#: Bounds of what can be typed.
GAIN, SMOOTHING_MS = (-10.0, 10.0), (0.0, 500.0)


def read_points(text: str) -> tuple[int, ...] | None:
    """Capture points out of ``43, 44`` or ``36-39``; None where it says something else."""
    points: list[int] = []
    for word in re.split(r"[,;\s]+", text.strip()):
        match = re.fullmatch(r"(\d{1,2})(?:[-–](\d{1,2}))?", word)
        if match is None:
            return None
        first, last = int(match[1]), int(match[2] or match[1])
        points += range(first, last + 1)
    known = dict.fromkeys(points)
    return tuple(known) if known and max(known) < N_KEY_POINTS else None


class BindingPopup(QFrame):
    """A small sheet beside the row; each answer is one edit.

    Parameters
    ----------
    binding, table : Binding
        As it is, and as the table has it (None: the table has none).

    Signals
    -------
    changed : object
        The `Binding` wanted.
    """

    changed = Signal(object)

    def __init__(self, binding: Binding, table: Binding | None, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "popup")
        self.setAccessibleName(self.tr("What it follows in the video"))
        self.setFixedWidth(_WIDTH)
        self._table = table
        self.enabled = QCheckBox(self.tr("follows the video"))
        self.gain = NumberField(*GAIN, decimals=2, step=0.1)
        self.smoothing = NumberField(*SMOOTHING_MS, decimals=0, step=5.0)
        self.direction = NumberField(-180.0, 180.0, decimals=0, step=5.0)
        self.points = QLineEdit()
        self._build(spoken_title(binding.control))
        self.show_binding(binding)
        self.enabled.clicked.connect(lambda on: self._change(enabled=on))
        self.gain.entered.connect(lambda value: self._change(gain=value))
        self.smoothing.entered.connect(lambda value: self._change(smoothing=value / 1000))
        self.direction.entered.connect(self._turned)
        self.points.editingFinished.connect(self._points_typed)

    def _build(self, title: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        column.addWidget(heading(title))
        column.addWidget(self.enabled)
        grid = QGridLayout()
        grid.setVerticalSpacing(4)
        fields: dict[str, tuple[QLineEdit, str]] = {
            self.tr("points"): (self.points, self.tr("0 to 67 are dlib's, 68 and 69 the cheeks")),
            self.tr("direction °"): (self.direction, self.tr("0 to the right, 90 up")),
            self.tr("gain"): (self.gain, self.tr("Factor on the motion")),
            self.tr("smoothing ms"): (
                self.smoothing, self.tr("Standard deviation of a Gaussian over time; 0 for none")
            ),
        }  # fmt: skip
        for place, (words, (field, tip)) in enumerate(fields.items()):
            field.setProperty("role", "slim")
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.setFixedWidth(96)
            field.setAccessibleName(words)
            field.setToolTip(tip)
            grid.addWidget(caption(words), place, 0)
            grid.addWidget(field, place, 1, Qt.AlignmentFlag.AlignRight)
        column.addLayout(grid)
        self.back = button(self.tr("As the table has it"), "link")
        self.back.clicked.connect(self._to_table)
        foot = QHBoxLayout()
        foot.addWidget(self.back)
        foot.addStretch(1)
        column.addLayout(foot)

    def show_binding(self, binding: Binding) -> None:
        """Show a binding."""
        self.binding = binding
        self.enabled.setChecked(binding.enabled)
        self.gain.show_number(binding.gain)
        self.smoothing.show_number(round(binding.smoothing * 1000))
        x, y = binding.axis
        self.direction.show_number(round(math.degrees(math.atan2(y, x))))
        self.points.setText(", ".join(str(point) for point in binding.points))
        mark(self.points, "wrong", False)
        self.back.setEnabled(self._table is not None and binding != self._table)

    def _change(self, **values: object) -> None:
        new = replace(self.binding, **values)  # type: ignore[arg-type]
        if new != self.binding:
            self.show_binding(new)
            self.changed.emit(new)

    def _turned(self, degrees: float) -> None:
        angle = math.radians(degrees)
        self._change(axis=(round(math.cos(angle), 9), round(math.sin(angle), 9)))

    def _points_typed(self) -> None:
        points = read_points(self.points.text())
        mark(self.points, "wrong", points is None)
        if points is not None:
            self._change(points=points)

    def _to_table(self) -> None:
        if self._table is not None and self._table != self.binding:
            self.show_binding(self._table)
            self.changed.emit(self._table)
