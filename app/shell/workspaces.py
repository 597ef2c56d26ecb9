"""Three workspaces over the same docks; each remembers where its panels were left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

    from app.shell.docks import PanelDock, Stage
    from app.state import Settings

#: Raised when the docks change so that an old layout no longer fits.
LAYOUT_VERSION = 1


@dataclass(frozen=True)
class Workspace:
    """What a workspace shows before anybody has moved anything.

    Parameters
    ----------
    docks : tuple of str
        Panels that are shown.
    sections : tuple of str
        Parts of the inspector.
    video, head : int
        Shares of the stage's width; 0 hides the view.
    timeline : int
        Height of the timeline, px of a window 1000 px high.
    framing : {"all", "face"}
        What of the picture the video shows.
    chrome : bool
        Whether tool bar and status line are shown; without, chips are written large.
    """

    docks: tuple[str, ...]
    sections: tuple[str, ...]
    video: int
    head: int
    timeline: int
    framing: str = "all"
    chrome: bool = True


WORKSPACES: Mapping[str, Workspace] = {
    "annotate": Workspace(("clips", "timeline", "inspector"), ("event",), 68, 32, 300),
    "animate": Workspace(
        ("clips", "timeline", "inspector"),
        ("event", "modulators", "rig", "manipulators", "shapes", "head"),
        50,
        50,
        336,
        "face",
    ),
    "present": Workspace((), (), 50, 50, 0, "face", chrome=False),
}
CLIPS_WIDTH, INSPECTOR_WIDTH = 221, 354


class Workspaces(QObject):
    """Switches workspaces and keeps their layouts in the settings.

    Parameters
    ----------
    window : QMainWindow
        The outer window with clips, inspector and timeline.
    stage : Stage
        The inner one with video and head.
    docks : mapping of str to PanelDock
    settings : Settings
    on_switch : callable
        Called with the workspace for what is no dock: tool bar, inspector's sections.

    Signals
    -------
    switched : str
    """

    switched = Signal(str)

    def __init__(
        self,
        window: QMainWindow,
        stage: Stage,
        docks: Mapping[str, PanelDock],
        settings: Settings,
        on_switch: Callable[[Workspace], None],
    ) -> None:
        super().__init__(window)
        self._window, self._stage, self._docks = window, stage, docks
        self._settings, self._on_switch = settings, on_switch
        self.current = ""

    def switch(self, name: str) -> None:
        """Go to a workspace, leaving the present one as it is for the next time."""
        if name == self.current:
            return
        if self.current:
            self.remember()
        self.current = name
        self._on_switch(WORKSPACES[name])
        outer = self._settings.window_state(self._key("docks"))
        inner = self._settings.window_state(self._key("stage"))
        restored = not outer.isEmpty() and self._window.restoreState(outer, LAYOUT_VERSION)
        if not (restored and self._stage.restoreState(inner, LAYOUT_VERSION)):
            self._lay_out(WORKSPACES[name])
        self.switched.emit(name)

    def remember(self) -> None:
        """Keep the present layout."""
        if self.current:
            outer, inner = self._window, self._stage
            self._settings.set_window_state(self._key("docks"), outer.saveState(LAYOUT_VERSION))
            self._settings.set_window_state(self._key("stage"), inner.saveState(LAYOUT_VERSION))

    def reset(self) -> None:
        """Lay the present workspace out as it was made."""
        self._lay_out(WORKSPACES[self.current])

    def _key(self, what: str) -> str:
        return f"{what}/{self.current}"

    def _lay_out(self, workspace: Workspace) -> None:
        area = Qt.DockWidgetArea
        homes = {
            "clips": area.LeftDockWidgetArea,
            "inspector": area.RightDockWidgetArea,
            "timeline": area.BottomDockWidgetArea,
        }
        for name, home in homes.items():
            dock = self._docks[name]
            dock.setFloating(False)
            self._window.addDockWidget(home, dock)
            dock.setVisible(name in workspace.docks)
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        sides = [self._docks["clips"], self._docks["inspector"]]
        self._window.resizeDocks(sides, [CLIPS_WIDTH, INSPECTOR_WIDTH], across)
        height = round(workspace.timeline * self._window.height() / 1000)
        if workspace.timeline:
            self._window.resizeDocks([self._docks["timeline"]], [height], down)
        shares = {"video": workspace.video, "head": workspace.head}
        for name, share in shares.items():
            dock = self._stage.docks[name]
            dock.setFloating(False)
            dock.setVisible(share > 0)
        width = max(100, self._stage.width())
        self._stage.share(**{name: share * width // 100 for name, share in shares.items()})
