"""A number that looks like text until one types into it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit


class NumberField(QLineEdit):
    """Types a number within bounds; Enter or leaving takes it, Escape leaves the old one.

    Parameters
    ----------
    low, high : float
        Bounds; what lies outside is brought to the nearer one.
    decimals : int
        Digits after the point; 0 for whole numbers.
    step : float
        What Up and Down add.
    may_be_empty : bool
        Whether no number at all is an answer; shown as a dash.

    Signals
    -------
    entered : object
        The new number, None where it was emptied; only when it differs.
    bounded : float, float
        A typed number beyond the bounds, and the one taken instead.
    """

    entered = Signal(object)
    bounded = Signal(float, float)

    def __init__(
        self,
        low: float,
        high: float,
        *,
        decimals: int = 0,
        step: float = 1.0,
        may_be_empty: bool = False,
    ) -> None:
        super().__init__()
        self.low, self.high = low, high
        self._decimals, self._step, self._may_be_empty = decimals, step, may_be_empty
        self._value: float | None = None
        self.show_number(None)

    def number(self) -> float | None:
        """The number shown; None where there is none."""
        return self._value

    def show_number(self, value: float | None) -> None:
        """Show a number without telling anybody; not over what is being typed."""
        self._value = value
        if not (self.hasFocus() and self.isModified()):
            self._write()

    def _write(self) -> None:
        self.setText("—" if self._value is None else f"{self._value:.{self._decimals}f}")
        self.setModified(False)

    def event(self, event: QEvent) -> bool:
        ends = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Up,
                Qt.Key.Key_Down)  # fmt: skip
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in ends
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
            self.clearFocus()
        elif key == Qt.Key.Key_Escape:
            self._write()
            self.clearFocus()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            by = self._step if key == Qt.Key.Key_Up else -self._step
            self._enter((self._value or 0.0) + by)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if self.isModified():
            self._take()
        self._write()
        super().focusOutEvent(event)

    def _take(self) -> None:
        text = self.text().strip().replace(",", ".").replace("−", "-")
        if not text or text == "—":
            if self._may_be_empty:
                self._enter(None)
            self._write()
            return
        try:
            value = float(text)
        except ValueError:
            self._write()
            return
        self._enter(value)
        if self._value is not None and not self.low <= value <= self.high:
            self.bounded.emit(value, self._value)

    def _enter(self, value: float | None) -> None:
        if value is not None:
            if value != value:
                return
            value = round(max(self.low, min(self.high, value)), self._decimals)
        changed = value != self._value
        self._value = value
        self._write()
        if changed:
            self.entered.emit(value)
