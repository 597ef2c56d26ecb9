"""What a person can do with the head: how it is seen, which head it is, films and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QDialog, QWidget

from app.shell import dialogs
from app.shell.exports import Snapshot
from app.shell.head_exports import HeadOutput, HeadOutputDialog, film_of_head, picture_of_head
from pipeline.head.cast import is_character
from pipeline.head.scene.camera import LIGHTS, OVERS, Look
from pipeline.store import edits
from widgets.head.head_source import BUILTIN

if TYPE_CHECKING:
    from app.state import Document
    from pipeline.head import HeadModel

_GAP = 8  # px between the head and a dialog that changes it


def control_names() -> list[str]:
    """Names a control may have: every unit with its sides, and ARKit's shapes."""
    from pipeline.head.foreign.names import SIDED_SHAPES, SINGLE_SHAPES, UNITS

    names = [f"AU{unit}{side}" for unit in UNITS for side in ("", "_L", "_R")]
    names += [f"{shape}{side}" for shape in SIDED_SHAPES for side in ("Left", "Right")]
    return [*names, *SINGLE_SHAPES]


class HeadActions(QObject):
    """Commands of the head's view; light and overlays are the person's, the head the project's.

    Signals
    -------
    changed()
        Something that the panel or a menu shows.
    """

    changed = Signal()

    def __init__(self, document: Document, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._window = document, window
        self._view: Any = None
        document.project_opened.connect(self._follow_project)
        document.settings_changed.connect(self._follow_project)

    def attach(self, view: QWidget) -> None:
        """The head view is there: show it as the settings have it."""
        self._view = view
        settings = self._document.settings
        light = settings.value("head/light", LIGHTS[0])
        over = settings.value("head/over", "")
        self._view.look = replace(
            self._view.look, light=light if light in LIGHTS else LIGHTS[0],
            over=over if over in OVERS else "",
        )  # fmt: skip
        self._view.set_points(settings.value("head/points", False))
        self._view.look_changed.connect(self.changed)
        self._view.source.changed.connect(self.changed)
        self._follow_project()

    # State that the panel shows

    @property
    def look(self) -> Look:
        """Light, iris and overlay now."""
        return self._view.look if self._view is not None else Look()

    @property
    def points(self) -> bool:
        """Whether landmarks are marked."""
        return self._view is not None and self._view.points

    @property
    def beside(self) -> str:
        """Layer compared with, empty for none."""
        return (self._view.beside or "") if self._view is not None else ""

    @property
    def layer(self) -> str:
        """Layer that plays."""
        return self._view.layer if self._view is not None else "modulated"

    @property
    def turning(self) -> bool:
        """Whether the turntable turns."""
        return self._view is not None and self._view.turntable.turning

    @property
    def head(self) -> str:
        """The project's head: a name or a path."""
        store = self._document.store
        return str(store.settings("head").get("head", BUILTIN)) if store is not None else BUILTIN

    # Where it is seen from

    def front(self) -> None:
        self.look_from("front")

    def three_quarter(self) -> None:
        self.look_from("three_quarter")

    def profile(self) -> None:
        self.look_from("profile")

    def look_from(self, view: str) -> None:
        """Turn to ``front``, ``three_quarter`` or ``profile``."""
        if self._view is not None:
            getattr(self._view, f"view_{view}")()
            self.changed.emit()

    def reset(self) -> None:
        if self._view is not None:
            self._view.reset_camera()
            self.changed.emit()

    def turntable(self) -> None:
        """Turn it round, or hold it."""
        if self._view is not None:
            self._view.turntable.toggle()
            self.changed.emit()

    # How it is shown

    def play_layer(self, layer: str) -> None:
        """Let another layer of curves move the head."""
        if self._view is not None:
            self._view.set_layer(layer)
            self.changed.emit()

    def compare(self) -> None:
        """The layer that plays beside the prediction, or beside the edit where it plays itself."""
        if self._view is None:
            return
        other = "edited" if self._view.layer == "raw" else "raw"
        self.compare_with("" if self._view.beside else other)

    def compare_with(self, layer: str) -> None:
        """Show another layer right of a line; empty: one layer."""
        if self._view is not None:
            self._view.set_beside(layer or None)

    def next_light(self) -> None:
        """Go to the next light rig."""
        self.light(LIGHTS[(LIGHTS.index(self.look.light) + 1) % len(LIGHTS)])

    def light(self, name: str) -> None:
        """Light it by another rig."""
        self._set_look("light", name)

    def wireframe(self) -> None:
        self._set_look("over", "" if self.look.over == "wireframe" else "wireframe")

    def heat(self) -> None:
        self._set_look("over", "" if self.look.over == "heat" else "heat")

    def landmarks(self) -> None:
        """Mark dlib's points of the head, or not."""
        if self._view is not None:
            self._view.set_points(not self._view.points)
            self._document.settings.set_value("head/points", self._view.points)

    def _set_look(self, part: str, value: str) -> None:
        if self._view is not None:
            self._view.look = replace(self._view.look, **{part: value})
            self._document.settings.set_value(f"head/{part}", value)

    # Which head

    def iris(self, name: str) -> None:
        """Give the project's head eyes of another colour."""
        self._set_project(self.tr("Colour of the eyes"), {"iris": name or None})

    def open_file(self) -> None:
        """Ask for a GLB or glTF file to be the head."""
        kinds = self.tr("Heads") + " (*.glb *.gltf)"
        path = dialogs.ask_file(self._window, self.tr("Open head file"), kinds)
        if path is not None:
            self.use(str(path))

    def open_folder(self) -> None:
        """Ask for a folder of OBJ files, a neutral and its shapes, to be the head."""
        path = dialogs.ask_folder(self._window, self.tr("Open head folder (OBJ)"))
        if path is not None:
            self.use(str(path))

    def use_builtin(self) -> None:
        """Back to the head that is always there."""
        self.use(BUILTIN)

    def use(self, head: str) -> None:
        """Make a head the project's; undoable like any edit."""
        if not is_character(head):
            known = [path for path in self.known_heads() if path != head]
            self._document.settings.set_value("head/known", [head, *known][:8])
        values: dict[str, object] = {"head": None if head == BUILTIN else head}
        if head != self.head:
            values["identity"] = None  # it was another face's
        self._set_project(self.tr("Use another head"), values)

    def known_heads(self) -> list[str]:
        """Heads that were opened before and are still there."""
        paths = self._document.settings.value("head/known", [])
        return [path for path in paths if isinstance(path, str) and Path(path).exists()]

    def _set_project(self, label: str, values: Mapping[str, object]) -> None:
        store = self._document.store
        if store is None:
            self._document.notices.info(self.tr("Open a video or a project first."))
            return
        kept = store.settings("head")
        new = {key: value for key, value in values.items() if kept.get(key) != value}
        if new:
            old = {key: kept.get(key) for key in new}
            self._document.do(edits.SetSettings(scope="head", old=old, new=new, label=label))

    def _follow_project(self) -> None:
        """Show the head and the eyes that the project names."""
        store = self._document.store
        if self._view is None or store is None:
            return
        kept = store.settings("head")
        self._view.source.set_identity(self._document.rig.identity)
        self._view.source.load(self.head)
        iris = str(kept.get("iris") or "")
        self._view.look = replace(self._view.look, iris=iris)
        self.changed.emit()

    @property
    def has_identity(self) -> bool:
        """Whether the head shown has identity modes."""
        return bool(getattr(self.model, "identities", ()))

    @property
    def model(self) -> HeadModel | None:
        """The head shown, at its finest level there."""
        models = self._view.source.models if self._view is not None else {}
        return next(reversed(models.values()), None)

    def edit_mapping(self) -> None:
        """Show and change which shapes the controls move on a head from a file."""
        from pipeline.head.foreign.mapping import mapping_of, propose_mapping, save_mapping
        from widgets.head.mapping_dialog import MappingDialog

        model = self.model
        if model is None or is_character(self.head):
            self._document.notices.info(
                self.tr("Characters need no table; this is for heads from files.")
            )
            return
        view = self._view
        with self._document.notices.catching(self.tr("Mapping")):
            dialog = MappingDialog(
                mapping_of(model, view.source.head), model.shape_names, control_names(),
                lambda: propose_mapping(model, view.source.head), self._window,
            )  # fmt: skip
            dialog.tried.connect(lambda name: view.try_weights({name: 1.0} if name else None))

            def keep() -> None:
                with self._document.notices.catching(self.tr("Mapping")):
                    save_mapping(dialog.mapping())
                    view.source.set_drives(dialog.mapping().drives)

            dialog.edited.connect(view.source.set_drives)
            dialog.rejected.connect(lambda: view.source.set_drives(model.drives))
            dialog.accepted.connect(keep)
            dialog.finished.connect(dialog.deleteLater)
            self._open_beside(dialog)

    def _open_beside(self, dialog: QDialog) -> None:
        """Open a dialog where the head that it changes stays in sight."""
        dialog.open()
        view = self._view
        left = view.mapToGlobal(QPoint(0, 0)).x()
        right = left + view.width()
        area = self._window.frameGeometry()
        room = left - area.left() >= area.right() - right
        x = max(left - dialog.width() - _GAP, area.left()) if room else right + _GAP
        dialog.move(min(x, max(area.right() - dialog.width(), area.left())), dialog.y())

    def edit_identity(self) -> None:
        """Sliders for a head that has identity modes."""
        from widgets.head.identity_dialog import IdentityDialog

        model, store = self.model, self._document.store
        if model is None or store is None or not model.identities:
            self._document.notices.info(self.tr("This head has no identity modes."))
            return
        values = self._document.rig.identity
        dialog = IdentityDialog(model.identities, values, self._window)
        dialog.chosen.connect(
            lambda chosen: self._set_project(self.tr("Identity"), {"identity": chosen or None})
        )
        dialog.finished.connect(dialog.deleteLater)
        self._open_beside(dialog)

    # Out

    def output(self) -> HeadOutput:
        """The head as the view shows it."""
        if self._view is None:
            return HeadOutput(self.head)
        look = replace(self._view.look, over="")
        source = self._view.source
        return HeadOutput(
            source.head or self.head, self._view.camera, look, identity=dict(source.identity),
            rig=self._document.rig.stored,
        )  # fmt: skip

    def film(self) -> None:
        """Ask how and where, then film the head in the background."""
        self._ask(film=True)

    def picture(self) -> None:
        """Ask how and where, then draw the head in the background."""
        self._ask(film=False)

    def _ask(self, *, film: bool) -> None:
        source = self._document.source
        shown = self.output()
        if not film:
            shown = replace(shown, look=self.look, size=(1440, 1440))
        fps = source.fps if source is not None else 0.0
        dialog = HeadOutputDialog(shown, fps, self._window, film=film)
        dialog.accepted.connect(lambda: self._ask_where(dialog.output(), film=film))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask_where(self, how: HeadOutput, *, film: bool) -> None:
        clip = self._document.clip
        stem = clip.clip_id.replace("/", "_") if clip is not None else "head"
        ending = "mp4" if film else "png"
        title = self.tr("Film of the head") if film else self.tr("Picture of the head")
        target = dialogs.ask_target(
            self._window, title, f"{stem}-head.{ending}", f"{ending.upper()} (*.{ending})"
        )
        if target is not None:
            self.write(how, target, film=film)

    def write(self, how: HeadOutput, target: Path, *, film: bool) -> None:
        """Draw it in the background and say where it is."""
        document, layer = self._document, self.layer
        with document.notices.catching(self.tr("Head")):
            if film:
                snapshot = Snapshot.of(document, layer)
                title = self.tr("Film of the head")
                make = lambda: film_of_head(snapshot, target, how)  # noqa: E731
            else:
                weights = document.weights_at(document.playhead.seconds, layer)  # type: ignore[arg-type]
                title = self.tr("Picture of the head")
                make = lambda: picture_of_head(lambda: weights, target, how)  # noqa: E731
            document.jobs.start(title, make, self._written, kind="export")

    def _written(self, path: Path) -> None:
        self._document.notices.info(self.tr("Written: {path}").format(path=path))
