"""A strip of portraits to choose a character from, and a random one by its seed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, SignalInstance
from PySide6.QtGui import (
    QFont,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QVBoxLayout, QWidget

from widgets import theme
from widgets.controls import FlowLayout, button, caption, mark
from widgets.head.portraits import Portraits
from widgets.icons import icon
from widgets.number_field import NumberField

_SIDE, _NAME = 66, 18  # px: the portrait, the line of its name
_LARGEST_SEED = 2**32 - 1
_KEYS = (
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return,
    Qt.Key.Key_Enter, Qt.Key.Key_Space,
)  # fmt: skip


class Face(NamedTuple):
    """Whom a tile shows: what commands call it, what people read, a sentence about it."""

    name: str
    title: str
    words: str


class CastCommands(Protocol):
    """What the strip shows and asks for (`app.shell.cast_actions.CastActions`)."""

    changed: SignalInstance

    @property
    def current(self) -> str: ...
    @property
    def seed(self) -> int | None: ...
    def faces(self) -> Sequence[Face]: ...
    def recent(self) -> Sequence[Face]: ...
    def choose(self, name: str) -> None: ...
    def choose_seed(self, seed: int) -> None: ...
    def random(self) -> None: ...
    def step_seed(self, by: int) -> None: ...


class Tile(QAbstractButton):
    """A portrait with a name below it; initials until it is there."""

    def __init__(self, face: Face, portraits: Portraits) -> None:
        super().__init__()
        self.face, self._portraits = face, portraits
        self.setCheckable(True)
        self.setText(face.title)
        self.setToolTip(face.words)
        self.setAccessibleName(face.title)
        self.setAccessibleDescription(face.words)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(_SIDE, _SIDE + _NAME)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def nextCheckState(self) -> None:
        """Whether it is marked follows the project, not the hand."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        box = QRectF(1, 1, _SIDE - 2, _SIDE - 2)
        self._paint_face(painter, box)
        if self.isChecked() or self.hasFocus() or self.underMouse():
            role = "accent" if self.isChecked() or self.hasFocus() else "text_dim"
            style = Qt.PenStyle.DotLine if not self.isChecked() else Qt.PenStyle.SolidLine
            painter.setPen(QPen(colours.color(role), 2.0, style if self.hasFocus() else
                                Qt.PenStyle.SolidLine))  # fmt: skip
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        font = QFont(self.font())
        font.setPixelSize(theme.TINY_PX)
        painter.setFont(font)
        painter.setPen(colours.color("text" if self.isChecked() else "text_dim"))
        words = painter.fontMetrics().elidedText(
            self.face.title, Qt.TextElideMode.ElideRight, _SIDE
        )
        place = QRectF(0, _SIDE, _SIDE, _NAME)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_face(self, painter: QPainter, box: QRectF) -> None:
        colours = theme.current()
        outline = QPainterPath()
        outline.addRoundedRect(box, theme.RADIUS, theme.RADIUS)
        painter.fillPath(outline, colours.color("surface"))
        picture = self._portraits.picture(self.face.name)
        if picture is None:
            painter.setPen(colours.color("text_dim"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.face.title[:1].upper())
            return
        painter.save()
        painter.setClipPath(outline)
        painter.drawImage(box, picture)
        painter.restore()


class CastStrip(QWidget):
    """Tiles of the cast and of the random characters used last, and the seed.

    Arrow keys go from tile to tile, Space or Enter chooses. Portraits are asked for when the
    strip is first seen.
    """

    def __init__(
        self, commands: CastCommands, portraits: Portraits, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("cast-strip")
        self._commands, self._portraits = commands, portraits
        self.tiles: dict[str, Tile] = {}
        self._flow = FlowLayout(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(caption(self.tr("character")))
        column.addLayout(self._flow)
        column.addLayout(self._seed_row())
        portraits.ready.connect(self._portrait_ready)
        commands.changed.connect(self.refresh)
        self.refresh()

    def _seed_row(self) -> QHBoxLayout:
        commands = self._commands
        self.dice = button(self.tr("random"), "chip", self.tr("A random character"))
        self.dice.clicked.connect(lambda: commands.random())
        self.before = button("‹", "chip", self.tr("The seed before"))
        self.before.setAccessibleName(self.tr("The seed before"))
        self.before.clicked.connect(lambda: commands.step_seed(-1))
        self.after = button("›", "chip", self.tr("The seed after"))
        self.after.setAccessibleName(self.tr("The seed after"))
        self.after.clicked.connect(lambda: commands.step_seed(1))
        self.seed = NumberField(0, _LARGEST_SEED, may_be_empty=True)
        self.seed.setAccessibleName(self.tr("Seed of the random character"))
        self.seed.setToolTip(self.tr("The same number gives the same face everywhere"))
        self.seed.setMaximumWidth(96)
        self.seed.entered.connect(self._seed_entered)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(caption(self.tr("seed")))
        row.addStretch(1)
        for widget in (self.before, self.seed, self.after, self.dice):
            row.addWidget(widget)
        return row

    def restyle(self) -> None:
        """Take the theme's colours."""
        self.dice.setIcon(icon("dice", theme.current().text_soft))
        for tile in self.tiles.values():
            tile.update()

    def refresh(self) -> None:
        """Show whom there is and who is chosen."""
        commands = self._commands
        faces = [*commands.faces(), *commands.recent()]
        if [face.name for face in faces] != list(self.tiles):
            self._make_tiles(faces)
        for name, tile in self.tiles.items():
            tile.setChecked(name == commands.current)
        seed = commands.seed
        self.seed.show_number(seed)
        mark(self.dice, "chosen", seed is not None)
        self.before.setEnabled(seed is not None and seed > 0)
        self.after.setEnabled(seed is not None and seed < _LARGEST_SEED)
        self.restyle()

    def _make_tiles(self, faces: Sequence[Face]) -> None:
        kept = self.tiles
        self.tiles = {}
        while self._flow.takeAt(0) is not None:
            pass
        for face in faces:
            tile = kept.pop(face.name, None) or self._new_tile(face)
            self.tiles[face.name] = tile
            self._flow.addWidget(tile)
        for tile in kept.values():
            tile.hide()
            tile.deleteLater()
        before: QWidget | None = None
        for tile in self.tiles.values():
            if before is not None:
                QWidget.setTabOrder(before, tile)
            before = tile
        self._ask_if_seen()

    def _new_tile(self, face: Face) -> Tile:
        tile = Tile(face, self._portraits)
        tile.clicked.connect(lambda _=False, name=face.name: self._commands.choose(name))
        tile.installEventFilter(self)
        return tile

    def _seed_entered(self, value: float | None) -> None:
        if value is not None:
            self._commands.choose_seed(int(value))
        else:
            self.seed.show_number(self._commands.seed)

    def _portrait_ready(self, name: str) -> None:
        if name in self.tiles:
            self.tiles[name].update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask_if_seen()

    def _ask_if_seen(self) -> None:
        if self.isVisible():
            self._portraits.ask(self.tiles)

    def eventFilter(self, watched: QWidget, event: QEvent) -> bool:  # type: ignore[override]
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride and event.key() in _KEYS:
                event.accept()  # not the playhead's, while a portrait has the keyboard
                return True
            if event.type() == QEvent.Type.KeyPress:
                return self._key(watched, event.key())
        return super().eventFilter(watched, event)

    def _key(self, tile: QWidget, key: int) -> bool:
        tiles = list(self.tiles.values())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(tile, Tile):
            tile.click()
            return True
        row = sum(other.y() == tiles[0].y() for other in tiles)
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -row, Qt.Key.Key_Down: row,
        }  # fmt: skip
        by = steps.get(Qt.Key(key))
        if by is None or tile not in tiles:
            return False
        to = tiles.index(tile) + by
        if 0 <= to < len(tiles):
            tiles[to].setFocus(Qt.FocusReason.TabFocusReason)
        return True
