"""The list of manipulators: names, what each does, and the way to make a shape of them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from pipeline.head.rig.checks import FARTHEST, LEAST_RADIUS, MOST_RADIUS
from pipeline.head.rig.rig import ACROSS, FALLOFFS, Manipulator
from widgets.controls import button, caption, mark
from widgets.number_field import NumberField

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPushButton

    from app.state import Document


class NameField(QLineEdit):
    """A name that looks like text until one types into it.

    Signals
    -------
    named : str
        Another name, on Enter or leaving.
    taken : ()
        It was clicked or tabbed to.
    """

    named = Signal(str)
    taken = Signal()

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setProperty("role", "bare")
        self.setAccessibleName(words)
        self.setMinimumWidth(40)
        self._name = ""
        self.editingFinished.connect(self._finished)

    def show_name(self, name: str) -> None:
        """Show a name without telling anybody; not over what is being typed."""
        self._name = name
        if not (self.hasFocus() and self.isModified()):
            self.setText(name)
            self.setCursorPosition(0)

    def focusInEvent(self, event: Any) -> None:
        super().focusInEvent(event)
        self.taken.emit()

    def keyPressEvent(self, event: Any) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.setText(self._name)
            self.setModified(False)
            self.clearFocus()
            return
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.clearFocus()

    def _finished(self) -> None:
        name = " ".join(self.text().split())
        self.setModified(False)
        if not name or name == self._name:
            self.setText(self._name)
        else:
            self._name = name
            self.named.emit(name)


class _Row(QWidget):
    """One manipulator: its name, its switches."""

    def __init__(self, panel: ManipulatorsPanel) -> None:
        super().__init__()
        self.name = ""
        self.field = NameField(panel.tr("Name of the manipulator"))
        self.field.taken.connect(lambda: panel.rig.select(self.name))
        self.field.named.connect(lambda new: panel.rename(self.name, new))
        self.both = button("⇋", "mini", panel.tr("Both sides of the face"))
        self.mute = button("M", "mini", panel.tr("Mute"))
        self.gone = button("×", "mini", panel.tr("Delete"))
        for made, words in (
            (self.both, panel.tr("Mirrored")), (self.mute, panel.tr("Muted")),
            (self.gone, panel.tr("Delete manipulator")),
        ):  # fmt: skip
            made.setAccessibleName(words)
        self.both.setCheckable(True)
        self.mute.setCheckable(True)
        self.both.clicked.connect(lambda on: panel.change(self.name, mirrored=on))
        self.mute.clicked.connect(lambda on: panel.change(self.name, muted=on))
        self.gone.clicked.connect(lambda: panel.delete(self.name))
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 1, 2, 1)
        row.setSpacing(2)
        row.addWidget(self.field, 1)
        for made in (self.both, self.mute, self.gone):
            row.addWidget(made)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("role", "entry")

    def show_manipulator(self, one: Manipulator, *, chosen: bool) -> None:
        self.name = one.name
        self.field.show_name(one.name)
        self.both.setChecked(one.mirrored)
        self.mute.setChecked(one.muted)
        mark(self, "chosen", chosen)

    def mousePressEvent(self, event: Any) -> None:
        self.field.taken.emit()


class ManipulatorsPanel(QWidget):
    """What the hand does, the manipulators there are, and the one in hand in numbers.

    Parameters
    ----------
    document : Document

    Signals
    -------
    freeze_wanted : bool
        Make a shape: of all, or of the one in hand.
    """

    freeze_wanted = Signal(bool)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rig = document.rig
        self._document = document
        self.setObjectName("manipulators")
        self.rows: list[_Row] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._build_tool()
        self.empty = caption(self.tr("Press “sculpt”, then pull at the face."))
        self._column.addWidget(self.empty)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._column.addLayout(self._list)
        self._build_numbers()
        self._build_foot()
        self.rig.changed.connect(self.refresh)
        self.rig.selected.connect(self.refresh)
        self.rig.tool_changed.connect(self.refresh)
        self.refresh()

    def _build_tool(self) -> None:
        self.tool: dict[str, QPushButton] = {}
        row = QHBoxLayout()
        row.setSpacing(6)
        for name, words, tip in (
            ("on", self.tr("sculpt"), self.tr("Pull at the skin with the mouse  Alt+M")),
            ("surface", self.tr("along skin"),
             self.tr("Drag along the skin; with Ctrl the other way")),
            ("mirrored", self.tr("both sides"), self.tr("New manipulators work on both sides")),
            ("points", self.tr("points"), self.tr("Show the 70 capture points  Alt+K")),
        ):  # fmt: skip
            self.tool[name] = button(words, "chip", tip)
            row.addWidget(self.tool[name])
        row.addStretch(1)
        set_tool = self.rig.set_tool
        self.tool["on"].clicked.connect(lambda: set_tool(on=not self.rig.tool.on))
        self.tool["surface"].clicked.connect(self.toggle_along)
        self.tool["mirrored"].clicked.connect(lambda: set_tool(mirrored=not self.rig.tool.mirrored))
        self.tool["points"].clicked.connect(lambda: set_tool(points=not self.rig.tool.points))
        self._column.addLayout(row)

    def toggle_along(self) -> None:
        """Drag along the skin, or in the picture's plane."""
        along = "view" if self.rig.tool.along == "surface" else "surface"
        self.rig.set_tool(along=along)

    def _build_numbers(self) -> None:
        self.numbers = QWidget()
        column = QVBoxLayout(self.numbers)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(0)
        self.radius = self._number(self.tr("Radius"), LEAST_RADIUS, MOST_RADIUS)
        self.radius.entered.connect(lambda value: self._typed(radius=value))
        self.move_fields = [
            self._number(words, -FARTHEST, FARTHEST)
            for words in (self.tr("Move left"), self.tr("Move up"), self.tr("Move forward"))
        ]
        for axis, field in enumerate(self.move_fields):
            field.entered.connect(lambda value, axis=axis: self._moved(axis, value))
        names = (self.tr("radius"), self.tr("left"), self.tr("up"), self.tr("forward"))
        for place, (name, field) in enumerate(
            zip(names, (self.radius, *self.move_fields), strict=True)
        ):
            grid.addWidget(caption(name), 0, place)
            grid.addWidget(field, 1, place)
            grid.setColumnStretch(place, 1)
        column.addLayout(grid)
        self.falloffs = self._chips(column, FALLOFFS, (
            self.tr("smooth"), self.tr("linear"), self.tr("sharp"), self.tr("dome"),
        ), "falloff")  # fmt: skip
        self.across = self._chips(column, ACROSS, (
            self.tr("along the surface"), self.tr("through the volume"),
        ), "across")  # fmt: skip
        self._column.addWidget(self.numbers)

    def _number(self, words: str, low: float, high: float) -> NumberField:
        field = NumberField(low, high, decimals=3, step=0.01)
        field.setProperty("role", "bare")
        field.setTextMargins(-3, 0, 0, 0)
        field.setAccessibleName(words)
        field.setToolTip(self.tr("In distances of the outer eye corners (IOD)"))
        field.bounded.connect(lambda typed, taken: self._say_bounded(words, typed, taken))
        return field

    def _say_bounded(self, words: str, typed: float, taken: float) -> None:
        text = self.tr("{what} cannot be {typed:g} distances of the eyes: it is {taken:g} now.")
        self._document.notices.warning(
            text.format(what=words, typed=typed, taken=taken), "rig.bounded"
        )

    def _chips(
        self, column: QVBoxLayout, names: tuple[str, ...], words: tuple[str, ...], part: str
    ) -> dict[str, QPushButton]:
        row = QHBoxLayout()
        row.setSpacing(6)
        made = {}
        for name, text in zip(names, words, strict=True):
            made[name] = button(text, "chip")
            made[name].clicked.connect(lambda _=False, name=name: self._choose(part, name))
            row.addWidget(made[name])
        row.addStretch(1)
        column.addLayout(row)
        return made

    def _build_foot(self) -> None:
        self.freeze_one = button(self.tr("Freeze…"), "", self.tr("Make a shape of the one in hand"))
        self.freeze_all = button(self.tr("Freeze all…"), "", self.tr("Make a shape of all"))
        self.reset = button(self.tr("Reset"), "link", self.tr("Take its move back"))
        self.freeze_one.clicked.connect(lambda: self.freeze_wanted.emit(False))
        self.freeze_all.clicked.connect(lambda: self.freeze_wanted.emit(True))
        self.reset.clicked.connect(lambda: self._typed(move=(0.0, 0.0, 0.0)))
        self.foot = QWidget()
        row = QHBoxLayout(self.foot)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.freeze_one)
        row.addWidget(self.freeze_all)
        row.addStretch(1)
        row.addWidget(self.reset)
        self._column.addWidget(self.foot)

    # What is shown

    def refresh(self, *_changed: object) -> None:
        """Show how things stand."""
        tool, rig = self.rig.tool, self.rig.rig
        for name, on in (
            ("on", tool.on), ("surface", tool.along == "surface"),
            ("mirrored", tool.mirrored), ("points", tool.points),
        ):  # fmt: skip
            mark(self.tool[name], "chosen", on)
        while len(self.rows) < len(rig.manipulators):
            self.rows.append(_Row(self))
            self._list.addWidget(self.rows[-1])
        while len(self.rows) > len(rig.manipulators):
            gone = self.rows.pop()
            self._list.removeWidget(gone)
            gone.deleteLater()
        for row, one in zip(self.rows, rig.manipulators, strict=True):
            row.show_manipulator(one, chosen=one.name == self.rig.in_hand)
        self.empty.setVisible(not rig.manipulators)
        self._show_numbers(self.rig.manipulator(self.rig.in_hand))
        self.foot.setVisible(bool(rig.manipulators))
        self.freeze_one.setEnabled(bool(self.rig.in_hand))
        self.reset.setEnabled(bool(self.rig.in_hand))

    def _show_numbers(self, one: Manipulator | None) -> None:
        """The one in hand, or what a new one would be like."""
        tool = self.rig.tool
        self.numbers.setVisible(one is not None or tool.on)
        self.radius.show_number(one.radius if one is not None else tool.radius)
        for axis, field in enumerate(self.move_fields):
            field.show_number(one.move[axis] if one is not None else None)
            field.setEnabled(one is not None)
        for chips, chosen in (
            (self.falloffs, one.falloff if one is not None else tool.falloff),
            (self.across, one.across if one is not None else tool.across),
        ):
            for name, chip in chips.items():
                mark(chip, "chosen", name == chosen)

    # What is done

    def rename(self, name: str, new: str) -> None:
        """Call a manipulator differently; a taken name gets a number."""
        one = self.rig.manipulator(name)
        if one is not None and new != name:
            free = self.rig.free_name(new)
            chosen = self.rig.in_hand == name
            self._store(name, dataclasses.replace(one, name=free), self.tr("Rename manipulator"))
            if chosen:
                self.rig.select(free)
        self.refresh()

    def change(self, name: str, **changes: Any) -> None:
        """Give a manipulator other values; one undo."""
        one = self.rig.manipulator(name)
        if one is not None:
            self._store(name, dataclasses.replace(one, **changes), self._label(changes))
        self.refresh()

    def delete(self, name: str) -> None:
        """Take a manipulator away."""
        self._store(name, None, self.tr("Delete manipulator {name}"))

    def _label(self, changes: dict[str, Any]) -> str:
        words = {
            "mirrored": self.tr("Mirror manipulator {name}"),
            "muted": self.tr("Mute manipulator {name}"),
            "radius": self.tr("Radius of {name}"),
            "move": self.tr("Move manipulator {name}"),
        }
        return words.get(next(iter(changes)), self.tr("Falloff of {name}"))

    def _store(self, name: str, new: Manipulator | None, label: str) -> None:
        self.rig.change(self.rig.with_manipulator(name, new), label.format(name=name))

    def _typed(self, **changes: Any) -> None:
        if self.rig.in_hand:
            self.change(self.rig.in_hand, **changes)
        elif "move" not in changes:
            self.rig.set_tool(**changes)

    def _moved(self, axis: int, value: float) -> None:
        one = self.rig.manipulator(self.rig.in_hand)
        if one is not None:
            move = list(one.move)
            move[axis] = value
            self.change(one.name, move=tuple(move))

    def _choose(self, part: str, name: str) -> None:
        self.rig.set_tool(**{part: name})
        if self.rig.in_hand:
            self.change(self.rig.in_hand, **{part: name})
