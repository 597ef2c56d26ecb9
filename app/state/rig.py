"""The project's rig: its one owner reads it, shows it as it would be, and changes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from PySide6.QtCore import QObject, Signal

from pipeline.core.errors import TellError
from pipeline.head.rig.checks import check_rig
from pipeline.head.rig.operations import free_name
from pipeline.head.rig.rig import NO_RIG, Across, Falloff, FrozenShape, Manipulator, Rig
from pipeline.store import Edit, EditGroup
from pipeline.store.edits import SetSettings

if TYPE_CHECKING:
    from app.state.document import Document
    from pipeline.store import ProjectStore


SCOPE = "rig"
BUILTIN = "builtin"
Part = TypeVar("Part", Manipulator, FrozenShape)
_KEYS = ("manipulators", "shapes", "bindings", "head")


@dataclass(frozen=True)
class Tool:
    """How the hand works on the head; the person's, not the project's.

    Parameters
    ----------
    on : bool
        Whether the mouse moves manipulators.
    along : {"view", "surface"}
        What a drag follows: the picture's plane, or the skin's at the centre.
    points : bool
        Whether the capture points are shown, to be taken as centres.
    mirrored : bool
        Whether new manipulators do the same on the other side.
    radius : float
        Of new manipulators, IOD.
    falloff, across
        Of new manipulators.
    """

    on: bool = False
    along: Literal["view", "surface"] = "view"
    points: bool = False
    mirrored: bool = False
    radius: float = 0.35
    falloff: Falloff = "smooth"
    across: Across = "surface"


class RigState(QObject):
    """Manipulators, frozen shapes and bindings of the open project.

    A view that drags calls `preview` with each position, then `change` once with the last
    (which ends the preview), or ``preview(None)`` to give up.

    Parameters
    ----------
    document : Document

    Signals
    -------
    changed()
        The rig as it is shown: another project, an edit, a preview.
    selected(str)
        Name of the manipulator in hand, "" for none.
    tool_changed()
    """

    changed = Signal()
    selected = Signal(str)
    tool_changed = Signal()

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self._document = document
        self._stored = NO_RIG
        self._preview: Rig | None = None
        self._kept: dict[str, Any] = {}
        self._in_hand = ""
        self.tool = Tool()
        document.project_opened.connect(self._read_anew)
        document.settings_changed.connect(self._read)

    @property
    def stored(self) -> Rig:
        """The rig as the project has it."""
        return self._stored

    @property
    def rig(self) -> Rig:
        """The rig as it is shown, with any preview."""
        return self._stored if self._preview is None else self._preview

    @property
    def head(self) -> str:
        """The project's head: a name or a path."""
        store = self._document.store
        return str(store.settings("head").get("head", BUILTIN)) if store is not None else BUILTIN

    # In hand

    @property
    def in_hand(self) -> str:
        """Name of the selected manipulator, "" for none."""
        return self._in_hand if self.manipulator(self._in_hand) is not None else ""

    def select(self, name: str) -> None:
        """Take a manipulator in hand."""
        if name != self._in_hand:
            self._in_hand = name
            self.selected.emit(self.in_hand)

    def set_tool(self, **changes: Any) -> None:
        """Work on the head in another way; fields of `Tool`."""
        new = replace(self.tool, **changes)
        if new != self.tool:
            self.tool = new
            self.tool_changed.emit()

    # Parts

    def manipulator(self, name: str) -> Manipulator | None:
        """A manipulator as it is shown."""
        return next((m for m in self.rig.manipulators if m.name == name), None)

    def shape(self, name: str) -> FrozenShape | None:
        """A frozen shape as it is shown."""
        return next((s for s in self.rig.shapes if s.name == name), None)

    def with_manipulator(self, name: str, new: Manipulator | None) -> Rig:
        """The stored rig with one manipulator changed, added, or (None) taken away."""
        return replace(self._stored, manipulators=_with(self._stored.manipulators, name, new))

    def with_shape(self, name: str, new: FrozenShape | None) -> Rig:
        """The stored rig with one shape changed, added at the end, or (None) taken away."""
        return replace(self._stored, shapes=_with(self._stored.shapes, name, new))

    def free_name(self, stem: str) -> str:
        """A name that no manipulator has: the stem, or with a number."""
        return free_name(self.rig, stem)

    # Changes

    @property
    def identity(self) -> dict[str, float]:
        """Weights of the identity modes of the project's head; anything else counts as none."""
        store = self._document.store
        kept = store.settings("head").get("identity") if store is not None else None
        pairs = kept.items() if isinstance(kept, dict) else ()
        return {str(k): float(v) for k, v in pairs if isinstance(v, (int, float))}

    def preview(self, rig: Rig | None) -> None:
        """Show the rig as it would be; None gives up."""
        if rig == self._preview:
            return
        self._preview = rig
        self.changed.emit()

    def apply(
        self,
        operation: Callable[[Rig], Rig],
        label: str,
        *,
        gesture: str = "",
        along: Callable[[ProjectStore], tuple[Edit, ...]] = lambda _store: (),
    ) -> bool:
        """Store what an operation makes of the rig; what it refuses is said in a notice."""
        store = self._document.store
        try:
            new = operation(self._stored)
            edits = along(store) if store is not None else ()
        except TellError as error:
            self.preview(None)
            self._document.notices.error(error, label)
            return False
        return self.change(new, label, gesture=gesture, along=edits)

    def change(
        self, new: Rig, label: str, *, gesture: str = "", along: tuple[Edit, ...] = ()
    ) -> bool:
        """Store another rig as one undoable edit; ends any preview.

        Parameters
        ----------
        new : Rig
        label : str
            For the undo menu.
        gesture : str
            Changes with the same gesture (a held key, a slider's steps) are one undo.
        along : tuple of Edit
            What changes with it in the same undo: curves of a renamed shape.

        Returns
        -------
        bool
            Whether it is stored; if not, a notice says why and the old rig is shown.
        """
        store, document = self._document.store, self._document
        if store is None:
            self.preview(None)
            document.notices.info(self.tr("Open a video or a project first."))
            return False
        try:
            check_rig(new)
        except TellError as error:
            self.preview(None)
            document.notices.error(error, label)
            return False
        if not self._stored.manipulators and not self._stored.shapes:
            new = replace(new, head=self.head)
        values = {key: value or None for key, value in new.as_data().items()}
        changed = {key for key, value in values.items() if value != self._kept.get(key)}
        if not changed and not along:
            self.preview(None)
            return True
        edit: Edit = SetSettings(
            SCOPE, {key: self._kept.get(key) for key in changed},
            {key: values[key] for key in changed}, gesture=gesture, label=label,
        )  # fmt: skip
        if along:
            edit = EditGroup(label, "", (edit, *along))
        done = document.do(edit)
        self.preview(None)
        return done

    def _read_anew(self) -> None:
        self._preview = None
        self._kept = {"": ""}  # like no project's
        self._read()

    def _read(self) -> None:
        """Read the rig where it has changed; one that cannot be read is kept and not shown."""
        store = self._document.store
        kept = store.settings(SCOPE) if store is not None else {}
        if kept == self._kept:
            return
        self._kept, self._preview = kept, None
        try:
            own = {key: kept[key] for key in _KEYS if key in kept}
            self._stored = Rig.of_data(own) if own else NO_RIG
        except TellError as error:
            self._stored = NO_RIG
            self._document.notices.error(error, self.tr("Reading the rig"))
        self.changed.emit()


def _with(parts: tuple[Part, ...], name: str, new: Part | None) -> tuple[Part, ...]:
    """Parts with the one of that name replaced, or another at the end."""
    kept: list[Part] = []
    for part in parts:
        if part.name != name:
            kept.append(part)
        elif new is not None:
            kept.append(new)
    if new is not None and all(part.name != name for part in parts):
        kept.append(new)
    return tuple(kept)
