"""The head's settings: where it is seen from, what moves and lights it, which head it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pipeline.head.cast import Character, find_character, is_character
from pipeline.head.scene.camera import Look
from widgets.controls import button, caption, heading, mark
from widgets.head.cast_strip import CastStrip

#: Colours of the iris; the names are those of the sculpt's table.
IRISES = ("brown", "dark", "hazel", "green", "blue", "grey", "amber")


def _character(name: str) -> Character | None:
    return find_character(name) if is_character(name) else None


class HeadCommands(Protocol):
    """What the panel shows and asks for (`app.shell.head_actions.HeadActions`)."""

    changed: SignalInstance

    @property
    def look(self) -> Look: ...
    @property
    def points(self) -> bool: ...
    @property
    def beside(self) -> str: ...
    @property
    def layer(self) -> str: ...
    @property
    def turning(self) -> bool: ...
    @property
    def head(self) -> str: ...
    @property
    def has_identity(self) -> bool: ...
    def look_from(self, view: str) -> None: ...
    def turntable(self) -> None: ...
    def play_layer(self, layer: str) -> None: ...
    def compare_with(self, layer: str) -> None: ...
    def light(self, name: str) -> None: ...
    def landmarks(self) -> None: ...
    def wireframe(self) -> None: ...
    def heat(self) -> None: ...
    def iris(self, name: str) -> None: ...
    def use(self, head: str) -> None: ...
    def use_builtin(self) -> None: ...
    def open_file(self) -> None: ...
    def open_folder(self) -> None: ...
    def known_heads(self) -> list[str]: ...
    def edit_mapping(self) -> None: ...
    def edit_identity(self) -> None: ...


class HeadPanel(QWidget):
    """Rows of choices; it shows what the commands say and asks them for the rest."""

    def __init__(
        self,
        commands: HeadCommands,
        cast: CastStrip | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("head-panel")
        self._commands, self.cast = commands, cast
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._build_views()
        if cast is not None:
            self._column.addWidget(cast)
        self._build_layers()
        self._build_shown()
        self._build_heads()
        commands.changed.connect(self.refresh)
        self.refresh()

    def _build_views(self) -> None:
        look = self._commands.look_from
        self.views = self._row(heading(self.tr("Head")), {
            "front": (self.tr("front"), lambda: look("front")),
            "three_quarter": (self.tr("¾"), lambda: look("three_quarter")),
            "profile": (self.tr("profile"), lambda: look("profile")),
            "turn": (self.tr("turn"), self._commands.turntable),
        })  # fmt: skip
        self.views["three_quarter"].setToolTip(self.tr("Seen from three quarters"))
        self.views["three_quarter"].setAccessibleName(self.tr("three quarters"))
        self.views["turn"].setToolTip(self.tr("Turntable"))

    def _build_layers(self) -> None:
        layers = {
            "modulated": self.tr("modulated"),
            "edited": self.tr("edited"),
            "raw": self.tr("raw"),
        }
        play, compare = self._commands.play_layer, self._commands.compare_with
        self.layers = self._row(
            caption(self.tr("plays")),
            {name: (words, lambda name=name: play(name)) for name, words in layers.items()},
        )
        self.beside = self._row(
            caption(self.tr("beside")),
            {"": (self.tr("none"), lambda: compare(""))}
            | {name: (words, lambda name=name: compare(name)) for name, words in layers.items()},
        )

    def _build_shown(self) -> None:
        light = self._commands.light
        self.lights = self._row(caption(self.tr("light")), {
            "studio": (self.tr("studio"), lambda: light("studio")),
            "soft": (self.tr("soft"), lambda: light("soft")),
            "dramatic": (self.tr("dramatic"), lambda: light("dramatic")),
        })  # fmt: skip
        self.overlays = self._row(caption(self.tr("shows")), {
            "points": (self.tr("points"), self._commands.landmarks),
            "wireframe": (self.tr("wires"), self._commands.wireframe),
            "heat": (self.tr("heat"), self._commands.heat),
        })  # fmt: skip
        self.overlays["heat"].setToolTip(self.tr("How far each point has moved"))

    def _build_heads(self) -> None:
        self.heads = QComboBox()
        self.heads.setAccessibleName(self.tr("Which head"))
        self.heads.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.heads.setMinimumContentsLength(14)
        self.heads.activated.connect(self._head_chosen)
        self.iris = QComboBox()
        self.iris.setAccessibleName(self.tr("Colour of the eyes"))
        for name, words in zip(("", *IRISES), self._iris_words(), strict=True):
            self.iris.addItem(words, name)
        self.iris.activated.connect(lambda _: self._commands.iris(self.iris.currentData()))
        for title, box in ((self.tr("model"), self.heads), (self.tr("eyes"), self.iris)):
            row = QHBoxLayout()
            row.setSpacing(6)
            row.addWidget(caption(title))
            row.addStretch(1)
            row.addWidget(box)
            self._column.addLayout(row)
        self.mapping = button(self.tr("What moves it…"), "link")
        self.mapping.clicked.connect(lambda: self._commands.edit_mapping())
        self.identity = button(self.tr("Identity…"), "link")
        self.identity.clicked.connect(lambda: self._commands.edit_identity())
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.mapping)
        row.addWidget(self.identity)
        self._column.addLayout(row)

    def _iris_words(self) -> tuple[str, ...]:
        return (
            self.tr("the head's own"), self.tr("brown"), self.tr("dark"), self.tr("hazel"),
            self.tr("green"), self.tr("blue"), self.tr("grey"), self.tr("amber"),
        )  # fmt: skip

    def _row(
        self, title: QWidget, choices: Mapping[str, tuple[str, Callable[[], None]]]
    ) -> dict[str, QPushButton]:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(title)
        row.addStretch(1)
        made = {}
        for name, (words, act) in choices.items():
            made[name] = button(words, "chip")
            made[name].clicked.connect(lambda _=False, act=act: act())
            row.addWidget(made[name])
        self._column.addLayout(row)
        return made

    def restyle(self) -> None:
        """Take the theme's colours."""
        if self.cast is not None:
            self.cast.restyle()

    def refresh(self) -> None:
        """Show how things stand."""
        commands = self._commands
        for chips, chosen in (
            (self.layers, commands.layer), (self.beside, commands.beside),
            (self.lights, commands.look.light),
        ):  # fmt: skip
            for name, chip in chips.items():
                mark(chip, "chosen", name == chosen)
        mark(self.views["turn"], "chosen", commands.turning)
        mark(self.overlays["points"], "chosen", commands.points)
        for name in ("wireframe", "heat"):
            mark(self.overlays[name], "chosen", commands.look.over == name)
        self.iris.setCurrentIndex(max(0, self.iris.findData(commands.look.iris)))
        from_file = not is_character(commands.head)
        self.mapping.setVisible(from_file)
        self.identity.setVisible(from_file or commands.has_identity)
        self._list_heads()

    def _list_heads(self) -> None:
        head = self._commands.head
        paths = list(dict.fromkeys([*self._commands.known_heads(), head]))
        entries = [("builtin", self.tr("Built-in head"))]
        if head != "builtin" and (character := _character(head)) is not None:
            entries.append((head, character.title))
        entries += [(path, self._name_of(path)) for path in paths if _character(path) is None]
        entries += [("file", self.tr("Open file (GLB, glTF)…"))]
        entries += [("folder", self.tr("Open folder (OBJ)…"))]
        listed = range(self.heads.count())
        there = [(self.heads.itemData(i), self.heads.itemText(i)) for i in listed]
        if [entry for entry in there if entry[0] is not None] != entries:
            self.heads.clear()
            for number, (what, words) in enumerate(entries):
                self.heads.addItem(words, what)
                self.heads.setItemData(number, what, Qt.ItemDataRole.ToolTipRole)
            self.heads.insertSeparator(len(entries) - 2)
        self.heads.setCurrentIndex(max(0, self.heads.findData(head)))

    def _name_of(self, path: str) -> str:
        name = Path(path).name
        return name if Path(path).exists() else self.tr("{name} (not found)").format(name=name)

    def _head_chosen(self, _index: int) -> None:
        what = self.heads.currentData()
        self.heads.setCurrentIndex(max(0, self.heads.findData(self._commands.head)))
        if what == "file":
            self._commands.open_file()
        elif what == "folder":
            self._commands.open_folder()
        elif what == "builtin":
            self._commands.use_builtin()
        elif what:
            self._commands.use(what)
