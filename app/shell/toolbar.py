"""The bar at the top: name, workspaces, transport, what runs, what one does most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from app.shell.playback import SPEEDS, speed_text
from widgets import theme
from widgets.controls import button, caption, mark
from widgets.icons import icon
from widgets.job_progress import JobProgress

if TYPE_CHECKING:
    from app.state import Document

HEIGHT = 47


class Toolbar(QWidget):
    """Tool bar of the studio.

    Parameters
    ----------
    document : Document
    actions : mapping of str to QAction
        The actions of the one table.
    menu : QMenu
        All menus, behind the first button.

    Signals
    -------
    workspace_chosen : str
    """

    workspace_chosen = Signal(str)

    def __init__(self, document: Document, actions: Mapping[str, QAction], menu: QMenu) -> None:
        super().__init__()
        self._document, self._actions = document, actions
        self._pictured: list[tuple[QToolButton, str, str]] = []
        self.setObjectName("toolbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 16, 0)
        row.setSpacing(6)
        self._add_name(row, menu)
        self._add_workspaces(row)
        row.addSpacing(14)
        for name in ("files.open_video", "window.undo", "window.redo"):
            row.addWidget(self._tool(name))
        row.addStretch(1)
        self._add_transport(row)
        row.addStretch(1)
        self._add_right(row, document)
        document.playhead.playing_changed.connect(self._show_playing)
        document.playhead.speed_changed.connect(self._show_speed)
        document.playhead.span_changed.connect(self._show_loop)
        document.events_changed.connect(self._show_loop)
        document.event_selected.connect(self._show_loop)
        self.restyle()
        self._show_speed(document.playhead.speed)
        self._show_loop()

    def _add_name(self, row: QHBoxLayout, menu: QMenu) -> None:
        self.menu_button = QToolButton()
        self.menu_button.setIconSize(QSize(20, 20))
        self.menu_button.setProperty("kind", "flat")
        self.menu_button.setMenu(menu)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu_button.setAccessibleName(self.tr("Menu"))
        self.menu_button.setToolTip(self.tr("Menu  F10"))
        self.menu_button.setShortcut("F10")
        self.menu_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.wordmark = QLabel()
        self.wordmark.setProperty("role", "wordmark")
        row.addWidget(self.menu_button)
        row.addWidget(self.wordmark)
        row.addSpacing(16)

    def _add_workspaces(self, row: QHBoxLayout) -> None:
        names = {
            "annotate": self.tr("Annotate"),
            "animate": self.tr("Animate"),
            "present": self.tr("Present"),
        }
        self.workspaces = {}
        for name, words in names.items():
            made = button(words, "workspace", self._actions[f"window.{name}"].toolTip())
            made.clicked.connect(lambda _=False, which=name: self.workspace_chosen.emit(which))
            row.addWidget(made)
            self.workspaces[name] = made

    def _tool(self, name: str, side: int = 20) -> QToolButton:
        from app.shell.actions import ACTIONS

        spec = next(spec for spec in ACTIONS if spec.id == name)
        tool = QToolButton()
        tool.setDefaultAction(self._actions[name])
        tool.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        tool.setIconSize(QSize(side, side))
        tool.setProperty("kind", "flat")
        tool.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        tool.setAccessibleName(self._actions[name].text())
        self._pictured.append((tool, name, spec.icon))
        return tool

    def _add_transport(self, row: QHBoxLayout) -> None:
        for name in (
            "playback.marker_back", "playback.step_back", "playback.toggle",
            "playback.step_forward", "playback.marker_forward",
        ):  # fmt: skip
            row.addWidget(self._tool(name))
        row.addSpacing(10)
        self.speed = QToolButton()
        self.speed.setProperty("kind", "flat")
        self.speed.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.speed.setAccessibleName(self.tr("Speed"))
        self.speed.setToolTip(self.tr("Speed  [  ]"))
        self.speed.setMinimumWidth(56)
        self.speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu, group = QMenu(self.speed), QActionGroup(self)
        for speed in SPEEDS:
            choice = menu.addAction(speed_text(speed))
            choice.setCheckable(True)
            choice.setData(speed)
            choice.triggered.connect(lambda _=False, value=speed: self._choose_speed(value))
            group.addAction(choice)
        self.speed.setMenu(menu)
        self.loop = self._tool("playback.loop_event", 18)
        self.loop.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        row.addWidget(self.speed)
        row.addWidget(self.loop)

    def _add_right(self, row: QHBoxLayout, document: Document) -> None:
        self.progress = JobProgress(document.jobs)
        self.device = caption()
        self.analyse = button(self.tr("Analyse"), "", self._actions["analysing.analyse"].toolTip())
        self.export = button(
            self.tr("Export"), "primary", self._actions["exporting.export"].toolTip()
        )
        self.analyse.clicked.connect(self._actions["analysing.analyse"].trigger)
        self.export.clicked.connect(self._actions["exporting.export"].trigger)
        for made, name in (
            (self.analyse, "analysing.analyse"), (self.export, "exporting.export"),
        ):  # fmt: skip
            made.setMinimumWidth(92)
            action = self._actions[name]
            action.enabledChanged.connect(made.setEnabled)
            made.setEnabled(action.isEnabled())
        row.addWidget(self.progress)
        row.addSpacing(8)
        row.addWidget(self.device)
        row.addSpacing(12)
        row.addWidget(self.analyse)
        row.addWidget(self.export)

    def show_workspace(self, name: str) -> None:
        """Mark the workspace that is shown."""
        for key, made in self.workspaces.items():
            mark(made, "chosen", key == name)

    def show_device(self, text: str) -> None:
        """Predictor and device, quietly."""
        self.device.setText(text)

    def restyle(self) -> None:
        """Take the theme's colours."""
        now = theme.current()
        self.wordmark.setText(f"<b style='color:{now.text}'>Tell</b> Studio")
        for tool, name, sign in self._pictured:
            self._actions[name].setIcon(icon(sign, now.text_soft))
            tool.setIcon(self._actions[name].icon())
        self.menu_button.setIcon(icon("menu", now.text_soft))
        self.progress.restyle()
        self._show_playing(self._document.playhead.playing)

    def _choose_speed(self, speed: float) -> None:
        playhead = self._document.playhead
        playhead.speed = speed if playhead.speed > 0 else -speed

    def _show_playing(self, playing: bool) -> None:
        sign = "pause" if playing else "play"
        self._actions["playback.toggle"].setIcon(icon(sign, theme.current().text_soft))

    def _show_speed(self, speed: float) -> None:
        self.speed.setText(speed_text(speed))
        for choice in self.speed.menu().actions():
            choice.setChecked(abs(choice.data() - abs(speed)) < 1e-9)

    def _show_loop(self, *_changed: object) -> None:
        loop = self._document.playhead.loop
        action = self._actions["playback.loop_event"]
        action.blockSignals(True)
        action.setChecked(loop is not None)
        action.blockSignals(False)
        self.loop.setChecked(loop is not None)
        event = self._document.find_event(self._document.selected_event)
        if loop is None:
            text = self.tr("loop")
        elif event is not None and loop == (event.span.onset, event.span.offset):
            text = self.tr("onset–offset")
        else:
            text = f"{loop[0]}–{loop[1]}"
        action.setIconText(text)
