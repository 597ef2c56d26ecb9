"""The project's rig: its one owner reads it, shows it as it would be, and changes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from pipeline.core.errors import TellError
from pipeline.head.rig.rig import NO_RIG, Rig
from pipeline.store import Edit, EditGroup
from pipeline.store.edits import SetSettings

if TYPE_CHECKING:
    from app.state.document import Document


SCOPE = "rig"
BUILTIN = "builtin"


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
    """

    changed = Signal()

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self._document = document
        self._stored = NO_RIG
        self._preview: Rig | None = None
        self._kept: dict[str, Any] = {}
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

    def preview(self, rig: Rig | None) -> None:
        """Show the rig as it would be; None gives up."""
        if rig == self._preview:
            return
        self._preview = rig
        self.changed.emit()

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
            self._stored = Rig.of_data(kept) if kept else NO_RIG
        except TellError as error:
            self._stored = NO_RIG
            self._document.notices.error(error, self.tr("Reading the rig"))
        self.changed.emit()
