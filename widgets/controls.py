"""Small controls that several panels share: headings, chips, flowing rows, named sliders."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QPushButton,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from widgets.number_field import NumberField


def heading(text: str) -> QLabel:
    """A panel's heading, in small capitals as the theme draws ``role=heading``."""
    label = QLabel(text.upper())
    label.setProperty("role", "heading")
    return label


def caption(text: str = "") -> QLabel:
    """Quiet small text."""
    label = QLabel(text)
    label.setProperty("role", "dim")
    return label


class ElidedLabel(QLabel):
    """Quiet small text that is cut short rather than widening its panel."""

    def __init__(self, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__()
        self._mode = mode
        self.setProperty("role", "dim")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
        painter.drawText(self.rect(), int(self.alignment()), text)


def button(text: str, kind: str = "", tip: str = "") -> QPushButton:
    """A flat button that does not take the keyboard when clicked.

    Parameters
    ----------
    kind : str
        ``primary`` for the one that matters, ``chip`` for a choice, ``flat``, ``mini`` or
        ``link`` for what should stay quiet.
    """
    made = QPushButton(text)
    if kind:
        made.setProperty("kind", kind)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    if tip:
        made.setToolTip(tip)
    return made


def mark(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet reads, and repaint by it."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class FlowLayout(QLayout):
    """Rows of widgets that wrap at the panel's width."""

    def __init__(self, spacing: int = 6) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)
        self.setContentsMargins(QMargins(0, 0, 0, 0))

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, rect: QRect, move: bool) -> int:
        x, y, row = rect.x(), rect.y(), 0
        for item in self._items:
            size = item.sizeHint()
            if x > rect.x() and x + size.width() > rect.right() + 1:
                x, y, row = rect.x(), y + row + self.spacing(), 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), size))
            x += size.width() + self.spacing()
            row = max(row, size.height())
        return y + row - rect.y()


class Flow(QWidget):
    """A widget whose children wrap."""

    def __init__(self, spacing: int = 6) -> None:
        super().__init__()
        self.setLayout(FlowLayout(spacing))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, widget: QWidget) -> None:
        """Append a widget."""
        self.layout().addWidget(widget)


class NamedSlider(QWidget):
    """A name, a number that can be typed, and a slider under both.

    Signals
    -------
    dragged : float
        The value while the slider moves, for a preview.
    released : float
        The value once it is settled: on release, a key, or a typed number.
    """

    dragged = Signal(float)
    released = Signal(float)

    def __init__(self, name: str, low: float, high: float, *, step: float = 0.01) -> None:
        super().__init__()
        self._low, self._step = low, step
        self.name = QLabel(name)
        self.number = NumberField(low, high, decimals=2, step=step)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.setProperty("role", "bare")
        self.number.setFixedWidth(56)
        self.number.setTextMargins(0, 0, -3, 0)
        self.number.setAccessibleName(name)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, round((high - low) / step))
        self.slider.setPageStep(max(1, round(0.1 / step)))
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.setAccessibleName(name)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.addWidget(self.name, 1)
        top.addWidget(self.number)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(top)
        column.addWidget(self.slider)
        self.slider.valueChanged.connect(self._moved)
        self.slider.sliderReleased.connect(lambda: self.released.emit(self.value()))
        self.number.entered.connect(self._typed)

    def value(self) -> float:
        """The number shown."""
        return self._low + self.slider.value() * self._step

    def set_value(self, value: float) -> None:
        """Show a number without telling anybody."""
        self.slider.blockSignals(True)
        self.slider.setValue(round((value - self._low) / self._step))
        self.slider.blockSignals(False)
        self.number.show_number(value)

    def _moved(self, _position: int) -> None:
        self.number.show_number(self.value())
        if self.slider.isSliderDown():
            self.dragged.emit(self.value())
        else:
            self.released.emit(self.value())

    def _typed(self, value: float) -> None:
        self.slider.blockSignals(True)
        self.slider.setValue(round((value - self._low) / self._step))
        self.slider.blockSignals(False)
        self.released.emit(value)
