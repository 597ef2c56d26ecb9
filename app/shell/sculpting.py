"""What a person can do with the project's rig: the tool, freezing, shapes out, another head."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.shell import dialogs
from pipeline.core.progress import Job, Progress
from pipeline.head.rig import operations
from pipeline.head.rig.rig import Rig

if TYPE_CHECKING:
    from app.state import Document
    from pipeline.head import HeadModel
    from widgets.shapes import ShapesPanel


class SculptActions(QObject):
    """Commands of manipulators and frozen shapes.

    Parameters
    ----------
    document : Document
    window : QWidget
        Parent of the questions.

    Signals
    -------
    frozen()
        There is a new shape, in hand in the list.
    """

    frozen = Signal()

    def __init__(self, document: Document, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._window = document, window
        self._rig = document.rig
        self._view: Any = None
        self._shapes: ShapesPanel | None = None
        self._said = ("", "")

    def attach(self, view: QWidget, shapes: ShapesPanel) -> None:
        """The head view is there: its head has shapes to list, and shows what is tried."""
        self._view, self._shapes = view, shapes
        shapes.tried.connect(self._view.try_weights)
        self._view.source.changed.connect(self._head_changed)
        self._rig.changed.connect(self._rebind)
        self._head_changed()

    # The tool

    def manipulate(self) -> None:
        """Let the mouse pull at the skin, or turn the head again."""
        if self._document.store is None:
            self._document.notices.info(self.tr("Open a video or a project first."))
            return
        self._rig.set_tool(on=not self._rig.tool.on)

    def along(self) -> None:
        """Drag along the skin, or in the picture's plane."""
        along = "view" if self._rig.tool.along == "surface" else "surface"
        self._rig.set_tool(along=along)

    def points(self) -> None:
        """Show the capture points, to be taken as centres."""
        on = not self._rig.tool.points
        self._rig.set_tool(points=on, on=self._rig.tool.on or on)

    def mirror(self) -> None:
        """The manipulator in hand works on both sides, or on its own; else new ones do."""
        held = self._rig.manipulator(self._rig.in_hand)
        if held is None:
            self._rig.set_tool(mirrored=not self._rig.tool.mirrored)
            return
        label = self.tr("Mirror manipulator {name}").format(name=held.name)
        on = not held.mirrored
        self._rig.apply(lambda rig: operations.changed(rig, held.name, mirrored=on), label)

    def leave(self) -> bool:
        """Turn the head again; False if it is so already."""
        was = self._rig.tool.on
        self._rig.set_tool(on=False)
        return was

    def delete(self) -> None:
        """Take the manipulator in hand away."""
        name = self._rig.in_hand
        if name:
            label = self.tr("Delete manipulator {name}").format(name=name)
            self._rig.apply(lambda rig: operations.without(rig, (name,)), label)

    # Freezing

    def freeze(self) -> None:
        """Make a shape of the manipulator in hand, of all where none is."""
        self.ask_freeze(everything=not self._rig.in_hand)

    def freeze_all(self) -> None:
        """Make a shape of all manipulators."""
        self.ask_freeze(everything=True)

    def ask_freeze(self, everything: bool) -> None:
        """Ask for the name, then freeze."""
        from widgets.freeze_dialog import FreezeDialog

        names = [m.name for m in self._rig.stored.manipulators] if everything else []
        names = names or ([self._rig.in_hand] if self._rig.in_hand else [])
        if not names:
            self._document.notices.info(self.tr("There is no manipulator yet."))
            return
        shapes = [shape.name for shape in self._rig.stored.shapes]
        dialog = FreezeDialog(names, shapes, self._head_names(), self._window)
        dialog.accepted.connect(lambda: self._freeze(names, *dialog.chosen()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _freeze(self, names: list[str], shape: str, keep: bool) -> None:
        head = self._head_names()

        def operation(rig: Rig) -> Rig:
            return operations.freeze(rig, names, shape, keep=keep, head=head)

        done = self._rig.apply(operation, self.tr("Freeze {name}").format(name=shape))
        if done and self._shapes is not None:
            self._shapes.choose(shape)
            self.frozen.emit()

    # The head

    @property
    def _model(self) -> HeadModel | None:
        models = self._view.source.models if self._view is not None else {}
        return next(iter(models.values()), None)

    def _head_names(self) -> tuple[str, ...]:
        return tuple(getattr(self._model, "controls", ()))

    def _head_changed(self) -> None:
        model = self._model
        if self._shapes is not None:
            self._shapes.show_head(getattr(model, "shape_names", ()), self._head_names())
        self._rebind()

    def _rebind(self) -> None:
        """Say once what becomes of a rig that was made on another head."""
        from pipeline.head.rig import rebound

        rig, model, shown = self._rig.stored, self._model, self._view.source.head
        if model is None or self._said == (rig.head, shown):
            return
        if not (rig.manipulators or rig.shapes) or not hasattr(model, "vertices"):
            return
        self._said = (rig.head, shown)
        if rig.head != shown:
            message = rebound(rig, model).message
            if message:
                self._document.notices.info(message[:1].upper() + message[1:] + ".", "rig.rebound")

    # Out

    def export_shape(self, name: str) -> None:
        """Ask where, then write a shape as OBJ."""
        model, rig = self._model, self._rig.stored
        if model is None:
            self._document.notices.info(self.tr("The head is not there yet."))
            return
        title = self.tr("Shape as OBJ")
        target = dialogs.ask_target(self._window, title, f"{name}.obj", "OBJ (*.obj)")
        if target is None:
            return
        finest = next(reversed(self._view.source.models.values()), model)
        self._document.jobs.start(
            title, lambda: shape_as_obj(finest, rig, name, target), self._written, kind="export"
        )

    def _written(self, path: Path) -> None:
        self._document.notices.info(self.tr("Written: {path}").format(path=path))


def shape_as_obj(model: HeadModel, rig: Rig, name: str, target: Path) -> Job[Path]:
    """The head doing a shape of the rig at full weight, as OBJ."""
    from pipeline.exchange.obj import write_obj

    yield Progress("writing", 0, 1, target.name)
    write_obj(target, model, {name: 1.0}, rig=replace(rig, manipulators=()))
    return target
