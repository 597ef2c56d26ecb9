"""All blendshapes in one list: the frozen ones first, then the head's own."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pipeline.head.rig import operations
from pipeline.head.rig.checks import MOST_SCALE
from pipeline.head.rig.rig import Rig
from pipeline.store import drop_track, rename_track
from widgets import theme
from widgets.controls import Flow, NamedSlider, button, caption, mark
from widgets.number_field import NumberField
from widgets.targets import Targets

if TYPE_CHECKING:
    from app.state import Document

_HEIGHT = 176  # of the list, px
_OWN = Qt.ItemDataRole.UserRole


class ShapeList(QListWidget):
    """Shapes by name; frozen ones are renamed, moved and deleted in place.

    Signals
    -------
    moved : str, int
        A frozen shape goes down the list by so many places, or up.
    deleted : str
    """

    moved = Signal(str, int)
    deleted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "plain")
        self.setFixedHeight(_HEIGHT)
        self.setUniformItemSizes(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)

    def show_shapes(self, frozen: Collection[str], own: Collection[str]) -> None:
        """List these; the one in hand stays in hand."""
        listed = [(i.data(_OWN), i.text()) for i in map(self.item, range(self.count()))]
        wanted = [(True, name) for name in frozen] + [(False, name) for name in own]
        if listed == wanted:
            return
        current = self.currentItem().text() if self.currentItem() is not None else ""
        self.blockSignals(True)
        self.clear()
        flags = Qt.ItemFlag
        for is_frozen, name in wanted:
            item = QListWidgetItem(name, self)
            item.setData(_OWN, is_frozen)
            usual = flags.ItemIsEnabled | flags.ItemIsSelectable
            item.setFlags(usual | flags.ItemIsEditable | flags.ItemIsDragEnabled if is_frozen
                          else usual)  # fmt: skip
            if not is_frozen:
                item.setForeground(theme.current().color("text_dim"))
            if name == current:
                self.setCurrentItem(item)
        self.blockSignals(False)

    def dropEvent(self, event: Any) -> None:
        item = self.currentItem()
        if item is None or not item.data(_OWN):
            event.ignore()
            return
        before = self.currentRow()
        place = self.indexAt(event.position().toPoint())
        row = place.row() if place.isValid() else self.count()
        below = self.dropIndicatorPosition() == QAbstractItemView.DropIndicatorPosition.BelowItem
        after = row + (1 if below else 0)
        self.moved.emit(item.text(), after - before - (1 if after > before else 0))
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if item is not None and item.data(_OWN):
            if event.key() == Qt.Key.Key_Delete:
                self.deleted.emit(item.text())
                return
            alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
            if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self.moved.emit(item.text(), -1 if event.key() == Qt.Key.Key_Up else 1)
                return
        super().keyPressEvent(event)


class ShapesPanel(QWidget):
    """The list, and what can be done with the shape in hand.

    Parameters
    ----------
    document : Document
    controls : collection of str
        Names that a shape may be mapped to.

    Signals
    -------
    tried(object)
        Weights to show in place of the curves', None for the curves again.
    export_wanted(str)
        Write this shape as OBJ.
    """

    tried = Signal(object)
    export_wanted = Signal(str)

    def __init__(
        self, document: Document, controls: Collection[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self.rig = document, document.rig
        self._own: tuple[str, ...] = ()
        self._taken: tuple[str, ...] = ()
        self._trying = ""
        self.setObjectName("shapes")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter"))
        self.filter.setAccessibleName(self.tr("Filter the shapes"))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self.refresh)
        self.list = ShapeList()
        self.list.setAccessibleName(self.tr("Shapes"))
        self.list.currentItemChanged.connect(self._chosen)
        self.list.itemChanged.connect(self._renamed)
        self.list.moved.connect(self.move_shape)
        self.list.deleted.connect(self.delete)
        column.addWidget(self.filter)
        column.addWidget(self.list)
        self._build_shown(column)
        self._build_frozen(column, controls)
        self.rig.changed.connect(self.refresh)
        document.playhead.frame_changed.connect(lambda _frame: self._stop_trying())
        self.refresh()

    def _build_shown(self, column: QVBoxLayout) -> None:
        self.trial = NamedSlider(self.tr("try"), 0.0, 1.0)
        self.trial.dragged.connect(self._try)
        self.trial.released.connect(self._try)
        self.key = button(self.tr("◆ Key"), "", self.tr("Set a key of this value at the playhead"))
        self.key.clicked.connect(self.set_key)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.trial, 1)
        row.addWidget(self.key)
        column.addLayout(row)

    def _build_frozen(self, column: QVBoxLayout, controls: Collection[str]) -> None:
        self.frozen = QWidget()
        within = QVBoxLayout(self.frozen)
        within.setContentsMargins(0, 0, 0, 0)
        within.setSpacing(8)
        self.scale = NumberField(-MOST_SCALE, MOST_SCALE, decimals=3, step=0.1)
        self.scale.setProperty("role", "bare")
        self.scale.setFixedWidth(64)
        self.scale.setAccessibleName(self.tr("Scale of the shape"))
        self.scale.entered.connect(self._scaled)
        self.replaces = button(self.tr("replaces the head's own"), "chip")
        self.replaces.clicked.connect(self._replace)
        row = QHBoxLayout()
        row.addWidget(caption(self.tr("scale")))
        row.addWidget(self.scale)
        row.addStretch(1)
        row.addWidget(self.replaces)
        within.addLayout(row)
        self.targets = Targets(QStringListModel(sorted(controls), self))
        self.targets.mapped.connect(self._mapped)
        self.targets.unmapped.connect(self._unmapped)
        within.addWidget(self.targets)
        acts: tuple[tuple[str, str, str, Callable[[], object]], ...] = (
            ("mirror", self.tr("mirror"), self.tr("A mirrored copy"), self.mirror),
            ("split", self.tr("split L | R"), self.tr("A left and a right part instead"),
             self.split),
            ("export", self.tr("OBJ…"), self.tr("Write it as an OBJ file"), self.export),
            ("thaw", self.tr("edit"), self.tr("Its manipulators live again"), self.thaw),
            ("delete", self.tr("delete"), self.tr("Delete the shape and its curves"),
             lambda: self.delete(self.name)),
            ("up", "↑", self.tr("Up the list  Alt+Up"), partial(self._step, -1)),
            ("down", "↓", self.tr("Down the list  Alt+Down"), partial(self._step, 1)),
        )  # fmt: skip
        flow = Flow()
        self.acts = {}
        for name, words, tip, act in acts:
            self.acts[name] = button(words, "chip", tip)
            self.acts[name].setAccessibleName(tip)
            self.acts[name].clicked.connect(lambda _=False, act=act: act())
            flow.add(self.acts[name])
        within.addWidget(flow)
        column.addWidget(self.frozen)

    # What is shown

    @property
    def name(self) -> str:
        """The shape in hand."""
        item = self.list.currentItem()
        return item.text() if item is not None else ""

    def show_head(self, shapes: Collection[str], controls: Collection[str]) -> None:
        """List the head's own shapes; names that it has are taken."""
        self._own, self._taken = tuple(shapes), tuple(controls)
        self.refresh()

    def choose(self, name: str) -> None:
        """Take a shape in hand."""
        found = self.list.findItems(name, Qt.MatchFlag.MatchExactly)
        if found:
            self.list.setCurrentItem(found[0])

    def refresh(self, *_changed: object) -> None:
        """Show how things stand."""
        wanted = self.filter.text().strip().lower()
        frozen = [s.name for s in self.rig.rig.shapes if wanted in s.name.lower()]
        self.list.show_shapes(frozen, [name for name in self._own if wanted in name.lower()])
        shape = self.rig.shape(self.name)
        self.frozen.setVisible(shape is not None)
        self.trial.setVisible(bool(self.name))
        self.key.setVisible(bool(self.name))
        self.key.setEnabled(self._document.clip is not None)
        if shape is not None:
            self.scale.show_number(shape.scale)
            mark(self.replaces, "chosen", shape.replaces)
            self.replaces.setEnabled(bool(shape.targets))
            self.targets.show_targets(shape.targets)
            self.acts["split"].setEnabled(not shape.side)

    def _chosen(self, *_items: object) -> None:
        self._stop_trying()
        self.refresh()

    # Trying and keying

    def _try(self, value: float) -> None:
        self._trying = self.name if value > 0 else ""
        self.tried.emit({self.name: value} if value > 0 else None)

    def _stop_trying(self) -> None:
        if self._trying:
            self._trying = ""
            self.tried.emit(None)
        self.trial.set_value(0.0)

    def set_key(self) -> None:
        """Set a key of the slider's value at the playhead."""
        label = self.tr("Key {name}").format(name=self.name)
        value = self.trial.value()
        self._stop_trying()
        self._document.key_track(self.name, value, label=label)

    # What is done; each is one undo

    def _apply(self, label: str, operation: Callable[[Rig], Rig], **more: Any) -> bool:
        done = self.rig.apply(operation, label, **more)
        self.refresh()
        return done

    def _renamed(self, item: QListWidgetItem) -> None:
        """A name was typed into the list."""
        names = [shape.name for shape in self.rig.rig.shapes]
        listed = {self.list.item(row).text() for row in range(self.list.count())}
        old = next((name for name in names if name not in listed), "")
        if old and item.data(_OWN):
            self.rename(old, item.text().strip())

    def rename(self, old: str, new: str) -> bool:
        """Call a shape differently; its curves go along."""
        done = self._apply(
            self.tr("Rename shape {name}").format(name=old),
            lambda rig: operations.renamed(rig, old, new, self._taken),
            along=lambda store: rename_track(store, old, new),
        )
        self.choose(new if done else old)
        return done

    def delete(self, name: str) -> bool:
        """Take a shape and its curves away."""
        self._stop_trying()
        return self._apply(
            self.tr("Delete shape {name}").format(name=name),
            lambda rig: operations.deleted(rig, name),
            along=lambda store: drop_track(store, name),
        )

    def move_shape(self, name: str, by: int) -> bool:
        """Move a shape down the list by so many places, or up."""
        return self._apply(
            self.tr("Order of the shapes"), lambda rig: operations.ordered(rig, name, by)
        )

    def _step(self, by: int) -> None:
        self.move_shape(self.name, by)

    def _scaled(self, value: float) -> None:
        name = self.name
        self._apply(
            self.tr("Scale of shape {name}").format(name=name),
            lambda rig: operations.scaled(rig, name, value),
        )

    def _replace(self) -> None:
        shape = self.rig.shape(self.name)
        if shape is not None:
            self._apply(
                self.tr("Shape {name} replaces").format(name=shape.name),
                lambda rig: operations.replacing(rig, shape.name, not shape.replaces),
            )

    def _mapped(self, control: str, gain: float) -> None:
        name = self.name
        self._apply(
            self.tr("Map shape {name}").format(name=name),
            lambda rig: operations.mapped(rig, name, control, gain),
        )

    def _unmapped(self, control: str) -> None:
        name = self.name
        self._apply(
            self.tr("Map shape {name}").format(name=name),
            lambda rig: operations.unmapped(rig, name, control),
        )

    def mirror(self) -> None:
        """Add a mirrored copy."""
        name, new = self.name, operations.mirrored_name(self.rig.stored, self.name)
        label = self.tr("Mirror shape {name}").format(name=name)
        if self._apply(label, lambda rig: operations.mirrored(rig, name, new, self._taken)):
            self.choose(new)

    def split(self) -> None:
        """A left and a right part take its place, and its curves."""
        name = self.name
        self._stop_trying()
        if self._apply(
            self.tr("Split shape {name}").format(name=name),
            lambda rig: operations.split(rig, name, head=self._taken),
            along=lambda store: rename_track(store, name, f"{name}_L", f"{name}_R"),
        ):
            self.choose(f"{name}_L")

    def thaw(self) -> None:
        """Its manipulators live again, beside the others."""
        name = self.name
        self._apply(
            self.tr("Edit shape {name}").format(name=name),
            lambda rig: operations.thawed(rig, name),
        )

    def export(self) -> None:
        """Write the shape in hand as OBJ."""
        self.export_wanted.emit(self.name)
