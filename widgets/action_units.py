"""Action units of one event: bars of what was measured, and what the coder says of each."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from pipeline.core.labels import AU_NAMES, INTENSITY, AULabel, format_aus, parse_aus
from widgets import theme
from widgets.controls import button, mark

#: Unlabelled action units shown below the labelled ones, the strongest first.
SUGGESTED = 3
#: Weakest measured activation worth suggesting.
SUGGEST_FROM = 0.1


class Bar(QWidget):
    """Measured activation, with the five bands of the FACS letters to click on.

    Signals
    -------
    picked : str
        The letter of the clicked band.
    """

    picked = Signal(str)

    def __init__(self, au: int, value: float | None, letter: str, faded: bool) -> None:
        super().__init__()
        self._au, self._value, self._letter, self._faded = au, value, letter, faded
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumWidth(60)
        self.setFixedHeight(20)

    def sizeHint(self) -> QSize:
        return QSize(160, 20)

    def show_value(self, value: float | None) -> None:
        """Show another measured activation."""
        if value != self._value:
            self._value = value
            self.update()

    def paintEvent(self, _event: QEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        track = QRectF(0, self.height() / 2 - 4, self.width(), 8)
        painter.setBrush(QColor(theme.current().line))
        painter.drawRoundedRect(track, 2, 2)
        painter.setOpacity(0.45 if self._faded else 1.0)
        if self._value:
            painter.setBrush(theme.au_color(self._au))
            painter.drawRoundedRect(
                QRectF(track.x(), track.y(), track.width() * min(1.0, self._value), 8), 2, 2
            )
        if self._letter:
            at = track.width() * INTENSITY[self._letter]
            painter.setOpacity(1.0)
            painter.setBrush(QColor(theme.current().text))
            painter.drawRoundedRect(QRectF(at - 1.5, track.y() - 3, 3, 14), 1, 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        band = int(5 * event.position().x() / max(1, self.width()))
        self.picked.emit("ABCDE"[max(0, min(4, band))])


class ActionUnitRow(QWidget):
    """One action unit: side, bar, letter, doubt, remove.

    Signals
    -------
    changed : AULabel
        The label as the coder now says it.
    removed
        The coder takes it away.
    """

    changed = Signal(object)
    removed = Signal()

    def __init__(self, label: AULabel, value: float | None, *, labelled: bool) -> None:
        super().__init__()
        self.label, self.labelled = label, labelled
        name = self.tr("AU{number} {side}").format(number=label.au, side=label.side).strip()
        meaning = AU_NAMES.get(label.au, "")
        self.setAccessibleName(f"{name} {meaning}")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.side = button(name, "unit", self.tr("{meaning}\nClick: both sides, left, right")
                           .format(meaning=meaning))  # fmt: skip
        self.side.setFixedWidth(52)
        self.side.clicked.connect(self._next_side)
        self.bar = Bar(label.au, value, label.intensity, not labelled)
        self.bar.setToolTip(self.tr("{meaning}\nClick a fifth of the bar: intensity A to E")
                            .format(meaning=meaning))  # fmt: skip
        self.bar.picked.connect(self._pick_intensity)
        self.reading = QLabel(_reading(label, value))
        self.reading.setProperty("role", "dim")
        self.reading.setFixedWidth(46)
        self.reading.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.side)
        row.addWidget(self.bar, 1)
        row.addWidget(self.reading)
        row.addWidget(self._doubt_button(label, labelled))
        row.addWidget(self._end_button(labelled))
        if not labelled:
            mark(self.side, "faded", True)

    def show_value(self, value: float | None) -> None:
        """Show another measured activation."""
        self.bar.show_value(value)
        self.reading.setText(_reading(self.label, value))

    def _doubt_button(self, label: AULabel, labelled: bool) -> QPushButton:
        self.doubt = button("?", "mini", self.tr("Uncertain"))
        self.doubt.setAccessibleName(self.tr("Uncertain"))
        self.doubt.setCheckable(True)
        self.doubt.setChecked(label.uncertain)
        self.doubt.setEnabled(labelled)
        self.doubt.clicked.connect(lambda on: self._say(uncertain=on))
        return self.doubt

    def _end_button(self, labelled: bool) -> QPushButton:
        tip = self.tr("Remove") if labelled else self.tr("Add")
        end = button("×" if labelled else "+", "mini", tip)
        end.setAccessibleName(tip)
        end.clicked.connect(self.removed.emit if labelled else lambda: self._say())
        return end

    def _say(self, **changes: object) -> None:
        self.changed.emit(dataclasses.replace(self.label, **changes))  # type: ignore[arg-type]

    def _next_side(self) -> None:
        if not self.labelled:
            self._say()
            return
        order = ("", "L", "R")
        self._say(side=order[(order.index(self.label.side) + 1) % 3])

    def _pick_intensity(self, letter: str) -> None:
        self._say(intensity="" if letter == self.label.intensity else letter)


def _reading(label: AULabel, value: float | None) -> str:
    measured = "" if value is None else f"{value:.2f}".replace("0.", ".", 1)
    return " · ".join(part for part in (label.intensity, measured) if part)


class ActionUnitField(QLineEdit):
    """Action units by typing: ``4 L12c R14?``; Enter takes them, Escape leaves them.

    Signals
    -------
    entered : tuple of AULabel
    left
        The person is done with the field; the keyboard belongs to the clip again.
    """

    entered = Signal(object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText(self.tr("Type AUs:  4 L12c R14?"))
        self.setAccessibleName(self.tr("Action units"))
        self._said = ""
        self.textEdited.connect(lambda _text: self.problem())
        self.error = QLabel()
        self.error.setProperty("role", "error")
        self.error.setWordWrap(True)
        self.error.hide()

    def say(self, labels: Iterable[AULabel]) -> None:
        """Show labels, unless the person is typing."""
        self._said = format_aus(labels).replace("+", " ")
        if not (self.hasFocus() and self.isModified()):
            self.setText(self._said)
            self.setModified(False)
            self.problem()

    def problem(self) -> str:
        """What is wrong with the text, shown below the field; empty when it can be read."""
        try:
            labels = parse_aus(self.text())
        except ValueError as error:
            text = str(error)
        else:
            unknown = [str(label.au) for label in labels if label.au not in AU_NAMES]
            text = (
                self.tr("AU {numbers} is not in FACS").format(numbers=", ".join(unknown))
                if unknown
                else ""
            )
        self.error.setText(text)
        self.error.setVisible(bool(text))
        mark(self, "wrong", bool(text))
        return text

    def event(self, event: QEvent) -> bool:
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
        if event.type() == QEvent.Type.ShortcutOverride and event.key() in keys:  # type: ignore[attr-defined]
            event.accept()  # else the window's "Accept event" takes the key
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not self.problem():
                self.setModified(False)
                self.entered.emit(parse_aus(self.text()))
                self.left.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.setText(self._said)
            self.setModified(False)
            self.problem()
            self.left.emit()
        else:
            super().keyPressEvent(event)


class ActionUnits(QWidget):
    """Rows of an event's action units and the field to type them in.

    Signals
    -------
    edited : tuple of AULabel
        All labels as the coder now says them.
    left
        The typing field is done with.
    """

    edited = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: tuple[AULabel, ...] = ()
        self.rows: list[ActionUnitRow] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self.field = ActionUnitField()
        self.field.entered.connect(self._typed)
        self.field.left.connect(self.left)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._list)
        column.addWidget(self.field)
        column.addWidget(self.field.error)

    def show_labels(self, labels: tuple[AULabel, ...], measured: Mapping[str, float]) -> None:
        """Show what is said and what was measured.

        Parameters
        ----------
        labels : tuple of AULabel
        measured : mapping of track name to activation in [0, 1]
            At the event's apex: ``AU12_L``, ``AU17``.
        """
        self._labels = labels
        self.field.say(labels)
        rows = [(label, True) for label in labels]
        rows += [(AULabel(au), False) for au in _suggested(labels, measured)]
        if rows == [(row.label, row.labelled) for row in self.rows]:
            for row in self.rows:  # a marker is dragged: only the readings move
                row.show_value(_measured(row.label, measured))
            return
        for row in self.rows:
            self._list.removeWidget(row)
            row.deleteLater()
        self.rows = []
        for label, labelled in rows:
            row = ActionUnitRow(label, _measured(label, measured), labelled=labelled)
            row.changed.connect(lambda new, old=label: self._replace(old, new))
            row.removed.connect(lambda old=label: self._replace(old, None))
            self._list.addWidget(row)
            self.rows.append(row)

    def _replace(self, old: AULabel, new: AULabel | None) -> None:
        if old in self._labels:
            labels = [new if label == old else label for label in self._labels]
        else:
            labels = [*self._labels, new]
        kept = dict.fromkeys(label for label in labels if label is not None)
        self.edited.emit(tuple(kept))

    def _typed(self, labels: tuple[AULabel, ...]) -> None:
        if labels != self._labels:
            self.edited.emit(labels)


def _measured(label: AULabel, measured: Mapping[str, float]) -> float | None:
    sides = [label.side] if label.side else ["L", "R"]
    found = [measured[key] for side in sides if (key := f"AU{label.au}_{side}") in measured]
    if not found and f"AU{label.au}" in measured:
        found = [measured[f"AU{label.au}"]]
    return sum(found) / len(found) if found else None


def _suggested(labels: Iterable[AULabel], measured: Mapping[str, float]) -> list[int]:
    said = {label.au for label in labels}
    numbers = {int(name.partition("_")[0][2:]) for name in measured} - said
    strength = {au: _measured(AULabel(au), measured) or 0.0 for au in numbers}
    strongest = sorted(strength, key=lambda au: -strength[au])[:SUGGESTED]
    return [au for au in strongest if strength[au] >= SUGGEST_FROM]
