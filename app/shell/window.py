"""The studio's window: puts document, panels, views, actions and workspaces together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from app.shell import dialogs
from app.shell.actions import ACTIONS, available, build_actions
from app.shell.analysing import AnalysisActions
from app.shell.annotating import ClipActions, EventActions
from app.shell.cast_actions import CastActions
from app.shell.docks import PanelDock, Stage
from app.shell.exporting import ExportActions
from app.shell.files import FileActions
from app.shell.head_actions import HeadActions, control_names
from app.shell.inspector import Inspector
from app.shell.menus import StudioMenus
from app.shell.palette import Palette
from app.shell.playback import PlaybackActions
from app.shell.rigging import RigActions
from app.shell.sculpting import SculptActions
from app.shell.status import StatusLine
from app.shell.toolbar import Toolbar
from app.shell.typing_guard import TypingGuard
from app.shell.views import OverlayActions, ViewActions, build_head, build_timeline, build_video
from app.shell.window_actions import WindowActions
from app.shell.workspaces import Workspace, Workspaces
from app.state import Document, JobStatus
from widgets import theme
from widgets.clips import ClipsPanel
from widgets.head.cast_strip import CastStrip
from widgets.head.portraits import Portraits, character_portrait, remembered_portrait
from widgets.head_panel import HeadPanel
from widgets.icons import app_icon
from widgets.inspector import EventPanel
from widgets.manipulators import ManipulatorsPanel
from widgets.modulators import ModulatorsPanel
from widgets.notices import ToastBar
from widgets.panel_style import panel_stylesheet
from widgets.rig.controls_panel import ControlsPanel
from widgets.section import Section
from widgets.shapes import ShapesPanel
from widgets.welcome import WelcomePage

SIZE = (1600, 1000)
MINIMUM = (1000, 640)


class StudioWindow(QMainWindow):
    """Main window.

    Parameters
    ----------
    document : Document, optional
        State to show; its own where none is given. The window closes it with itself.
    """

    def __init__(self, document: Document | None = None) -> None:
        super().__init__()
        self.document = document or Document()
        self.setObjectName("studio")
        self.setWindowTitle("Tell Studio")
        self.setWindowIcon(app_icon())
        self.setMinimumSize(*MINIMUM)
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.views: dict[str, QWidget] = {}
        self._closed = self._sculpting = False
        self._facts: tuple[frozenset[str], tuple[bool, bool]] | None = None
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.guard = TypingGuard(app)
        self._apply_theme(app)  # before any widget asks for its font
        self._build_panels()
        self._build_actions()
        self._build_bars()
        self._build_docks()
        self._connect()
        self.toasts = ToastBar(self.document.notices, self)
        self.restyle()
        self._restore_geometry()
        self._setting_changed("recent")
        self.show_welcome()
        self._refresh_actions()
        self._take_keyboard()

    # Building

    def _build_panels(self) -> None:
        self.clips = ClipsPanel(self.document)
        self.event_panel = EventPanel(self.document)
        self.modulators = ModulatorsPanel(self.document)
        self.head = HeadActions(self.document, self)
        self.cast = CastActions(self.document, self.head)
        portraits = Portraits(
            self.document, self, draw=character_portrait, remember=remembered_portrait
        )
        self.head_panel = HeadPanel(self.head, CastStrip(self.cast, portraits))
        self.sculpting = SculptActions(self.document, self)
        self.manipulators = ManipulatorsPanel(self.document)
        self.shapes = ShapesPanel(self.document, control_names())
        self.welcome = WelcomePage()
        self.controls = ControlsPanel(self.document)
        settings = self.document.settings
        self.inspector = Inspector({
            "event": self.event_panel,
            "modulators": self.modulators,
            "rig": Section("rig", self.tr("Controls"), self.controls, settings),
            "manipulators": Section(
                "manipulators", self.tr("Manipulators"), self.manipulators, settings
            ),
            "shapes": Section("shapes", self.tr("Shapes"), self.shapes, settings, opened=False),
            "head": self.head_panel,
        })  # fmt: skip

    def _build_actions(self) -> None:
        document = self.document
        self.files = FileActions(document, self)
        self.events = EventActions(document, self)
        self.playback = PlaybackActions(document, self.events, self)
        self.analysing = AnalysisActions(document, self)
        self.overlays = OverlayActions(document, self)
        self.exporting = ExportActions(document, self)
        self.rigging = RigActions(document, self)
        self.commands = WindowActions(self)
        owners = {
            "files": self.files, "events": self.events, "playback": self.playback,
            "analysing": self.analysing, "overlays": self.overlays, "window": self.commands,
            "head": self.head, "cast": self.cast, "sculpt": self.sculpting,
            "rig": self.rigging,
            "views": ViewActions(self.views, self),
            "exporting": self.exporting, "clips": ClipActions(document, self.clips, self),
        }  # fmt: skip
        self.actions_by_id: dict[str, QAction] = build_actions(self, owners)
        self.menus = StudioMenus(self, self.actions_by_id, self.events.set_emotion, self._open_one)
        self.addActions([*self.actions_by_id.values(), *self.menus.emotions])
        for name in OverlayActions.DEFAULTS:
            self._set_checked(f"overlays.{name}", self.overlays.is_on(name))
        self._set_checked("window.light", document.settings.theme == "light")
        self.rigging.attach(self.actions_by_id)

    def _set_checked(self, name: str, on: bool) -> None:
        action = self.actions_by_id[name]
        action.blockSignals(True)
        action.setChecked(on)
        action.blockSignals(False)

    def _build_bars(self) -> None:
        self.toolbar = Toolbar(self.document, self.actions_by_id, self.menus.top)
        self.setMenuWidget(self.toolbar)
        self.status = StatusLine(self.document)
        self.setStatusBar(self.status)
        self._show_device()

    def _build_docks(self) -> None:
        self.stage = Stage()
        self.centre = QStackedWidget()
        self.centre.addWidget(self.welcome)
        self.centre.addWidget(self.stage)
        self.setCentralWidget(self.centre)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self._places = {name: QStackedWidget() for name in ("video", "head", "timeline")}
        for name, title in (("video", self.tr("Video")), ("head", self.tr("Head"))):
            self.stage.add(name, title, self._places[name])
        timeline = self._places["timeline"]
        self.docks = {
            "clips": PanelDock("clips", self.tr("Clips"), self.clips, self),
            "inspector": PanelDock("inspector", self.tr("Inspector"), self.inspector, self),
            "timeline": PanelDock("timeline", self.tr("Timeline"), timeline, self),
        }
        area = Qt.DockWidgetArea
        self.addDockWidget(area.LeftDockWidgetArea, self.docks["clips"])
        self.addDockWidget(area.RightDockWidgetArea, self.docks["inspector"])
        self.addDockWidget(area.BottomDockWidgetArea, self.docks["timeline"])
        self.workspaces = Workspaces(
            self, self.stage, self.docks, self.document.settings, self._dress
        )
        self.workspaces.switched.connect(self.toolbar.show_workspace)

    def _connect(self) -> None:
        document = self.document
        for signal in (
            document.project_opened, document.clip_selected, document.events_changed,
            document.event_selected, document.analysis_changed, document.clips_changed,
            document.jobs.started, document.jobs.finished, document.jobs.idle,
            document.jobs.cancelled, document.playhead.frame_changed,
        ):  # fmt: skip
            signal.connect(self._refresh_actions)
        document.jobs.failed.connect(lambda _status, _error: self._refresh_actions())
        document.clip_selected.connect(self._clip_selected)
        document.events_changed.connect(self._select_an_event)
        document.jobs.finished.connect(self._job_finished)
        document.settings.changed.connect(self._setting_changed)
        document.undo.undoTextChanged.connect(self._show_undo)
        document.undo.redoTextChanged.connect(self._show_undo)
        self.event_panel.accept.connect(self.events.accept)
        self.event_panel.reject.connect(self.events.reject)
        self.event_panel.next.connect(self.events.next)
        self.event_panel.left.connect(self._take_keyboard)
        self.events.typing_wanted.connect(self.commands.type_action_units)
        self.playback.frame_wanted.connect(self.commands.ask_frame)
        self.manipulators.freeze_wanted.connect(self.sculpting.ask_freeze)
        document.rig.tool_changed.connect(self._show_manipulators)
        self.shapes.export_wanted.connect(self.sculpting.export_shape)
        self.sculpting.frozen.connect(lambda: self.inspector.reveal("shapes"))
        self.modulators.profiles_wanted.connect(self.commands.show_profiles)
        self.exporting.film_wanted.connect(self._film_head)
        self.toolbar.workspace_chosen.connect(self.show_workspace)
        self.welcome.asked.connect(lambda what: self.actions_by_id[f"files.{what}"].trigger())
        self.welcome.path_chosen.connect(self._open_one)

    # What is shown

    def show_welcome(self) -> None:
        """The first page, without panels around it."""
        self.workspaces.remember()
        self.workspaces.current = ""
        self.centre.setCurrentWidget(self.welcome)
        for dock in self.docks.values():
            dock.hide()
        self.toolbar.show()
        self.status.show()
        self.toolbar.show_workspace("")

    def show_workspace(self, name: str) -> None:
        """Go to a workspace; without a clip there is nothing to arrange yet."""
        if self.document.clip is None and self.document.store is None:
            self.document.notices.info(self.tr("Open a video or a project first."))
            return
        self._build_views()
        self.centre.setCurrentWidget(self.stage)
        self.workspaces.switch(name)
        self.document.settings.set_value("workspace", name)

    def _build_views(self) -> None:
        """Make the big views the first time they are needed, the video before the rest."""
        makers = {"video": build_video, "timeline": build_timeline, "head": build_head}
        for name, make in makers.items():
            if name not in self.views:
                view: Any = make(self.document)
                self.views[name] = view
                self._places[name].addWidget(view)
                self._places[name].setCurrentWidget(view)
                if name == "video":
                    self.overlays.attach(view)
                    view.face_picked.connect(self.commands.pick_face)
                elif name == "head":
                    self.head.attach(view)
                    self.sculpting.attach(view, self.shapes)
                said = getattr(view, "said", None)
                if said is not None:
                    said.connect(lambda text: self.status.showMessage(text, 4000))

    def _dress(self, workspace: Workspace) -> None:
        """What a workspace changes beside its docks."""
        self.toolbar.setVisible(workspace.chrome)
        self.status.setVisible(workspace.chrome)
        self.inspector.show_sections(workspace.sections)
        video: Any = self.views["video"]
        head: Any = self.views["head"]
        video.set_framing(workspace.framing)
        video.set_large(not workspace.chrome)
        head.set_large(not workspace.chrome)

    def _show_manipulators(self) -> None:
        """The tool has just been taken: its list comes into view."""
        on = self.document.rig.tool.on
        if on and not self._sculpting:
            self.inspector.reveal("manipulators")
        self._sculpting = on

    def _film_head(self, layer: str) -> None:
        self.head.play_layer(layer)
        self.head.film()

    def restyle(self) -> None:
        """Put the theme of the settings in force, live."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.setStyleSheet(panel_stylesheet(self._apply_theme(app)))
        self.toolbar.restyle()
        self.welcome.restyle()
        self.event_panel.refresh()
        self.head_panel.restyle()
        self.controls.restyle()
        for section in self.inspector.sections.values():
            if isinstance(section, Section):
                section.restyle()
        for view in (self.clips, *self.views.values()):
            view.update()

    def _apply_theme(self, app: QApplication) -> theme.Theme:
        """Put the chosen theme in force where it is not yet."""
        name = self.document.settings.theme
        if name == "system":
            dark = app.styleHints().colorScheme() != Qt.ColorScheme.Light
            name = "dark" if dark else "light"
        chosen = theme.DARK if name == "dark" else theme.LIGHT
        if theme.current() is not chosen or not app.styleSheet():
            theme.apply(app, chosen)
        return chosen

    def _show_device(self) -> None:
        settings = self.document.settings
        device = {"auto": "CPU"}.get(settings.device, settings.device.upper())
        self.toolbar.show_device(f"{settings.predictor} · {device}")

    def _show_undo(self, _text: str = "") -> None:
        undo = self.document.undo
        for name, words, text in (
            ("window.undo", self.tr("Undo"), undo.undoText()),
            ("window.redo", self.tr("Redo"), undo.redoText()),
        ):
            tail = text[:1].lower() + text[1:]
            self.actions_by_id[name].setText(f"{words} {tail}".strip())
        self._refresh_actions()

    def _refresh_actions(self, *_changed: object) -> None:
        document = self.document
        facts = {
            "project": document.store is not None,
            "clip": document.clip is not None,
            "event": document.clip is not None and self.events.current() is not None,
            "analysis": document.analysis is not None,
            "job": bool(document.jobs.running()),
        }
        present = frozenset(name for name, there in facts.items() if there)
        undoable = document.undo.canUndo(), document.undo.canRedo()
        if (present, undoable) == self._facts:
            return  # asked with every frame while playing
        self._facts = present, undoable
        for spec in ACTIONS:
            self.actions_by_id[spec.id].setEnabled(available(spec, present))
        self.actions_by_id["window.undo"].setEnabled(undoable[0])
        self.actions_by_id["window.redo"].setEnabled(undoable[1])
        for action in self.menus.emotions:
            action.setEnabled("event" in present)

    # What happens

    def open_paths(self, paths: Sequence[str | Path]) -> None:
        """Open videos, folders, a data set or a project."""
        self.files.open_paths(paths)

    def _open_one(self, path: Path) -> None:
        self.open_paths([path])

    def _clip_selected(self, clip: str) -> None:
        if not clip:
            return
        if not self.workspaces.current:
            name = self.document.settings.value("workspace", "annotate")
            self.show_workspace("annotate" if name == "present" else name)
        record = self.document.clip
        title = record.clip_id if record is not None else ""
        self.setWindowTitle(f"{title} – Tell Studio" if title else "Tell Studio")
        wanted, self.files.analyse_when_open = self.files.analyse_when_open, False
        if wanted and self.document.analysis is None:
            self.document.analyse()
        self._select_an_event()

    def _select_an_event(self) -> None:
        """Where there are events, one of them is in hand."""
        events = self.document.events()
        if events and not self.document.selected_event:
            self.document.select_event(events[0].id)

    def _job_finished(self, status: JobStatus) -> None:
        if status.kind == "analysis" and status.stage:
            found = len(self.document.proposals())
            text = self.tr("Analysed. Events proposed: {count}").format(count=found)
            # In the next turn of the event loop: the views have enough to paint in this one.
            QTimer.singleShot(0, self, lambda: self.document.notices.info(text))

    def _setting_changed(self, name: str) -> None:
        if name == "theme":
            self.restyle()
        elif name == "recent":
            self.welcome.show_recent(self.document.settings.recent)
            self.menus.show_recent(self.document.settings.recent)
        elif name in ("device", "predictor"):
            self._show_device()

    def _take_keyboard(self) -> None:
        """The clip has the keyboard again: no field, no button."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_palette(self) -> Palette:
        """Open the list of all actions."""
        palette = Palette(self.menus.listed(), self)
        palette.open_over(self)
        return palette

    # Qt

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()]
        event.acceptProposedAction()
        QTimer.singleShot(0, self, lambda: self.open_paths(paths))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape gives up a drag, closes a toast, leaves a tool, leaves Present, in that order."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
            return
        if any(view.abort() for view in self.views.values() if hasattr(view, "abort")):
            return
        if self.toasts.toasts:
            self.toasts.clear()
        elif self.sculpting.leave():
            return
        elif self.workspaces.current == "present":
            self.commands.present()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.shut_down()
        event.accept()

    def shut_down(self) -> None:
        """Keep the layout, stop every thread, close the project."""
        if self._closed:
            return
        self._closed = True
        settings = self.document.settings
        self.workspaces.remember()
        settings.set_window_state("geometry", self.saveGeometry())
        settings.sync()
        self.guard.close()
        self.clips.close_threads()
        for view in self.views.values():
            closing: Any = getattr(view, "shutdown", None)
            if closing is not None:
                closing()
        self.document.close()
        self.document.undo.blockSignals(True)  # it says farewell to views that may be gone

    def _restore_geometry(self) -> None:
        state: QByteArray = self.document.settings.window_state("geometry")
        if state.isEmpty() or not self.restoreGeometry(state):
            self.resize(*SIZE)


def about_studio(window: QWidget) -> None:
    """Say what the program is."""
    from importlib import metadata

    try:
        version = metadata.version("tell-studio")
    except metadata.PackageNotFoundError:
        version = ""
    dialogs.tell(window, window.tr("About Tell Studio"), dialogs.about_text(version))
