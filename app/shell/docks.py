"""Docks without a frame of their own; a slim title appears while panels are arranged."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QMainWindow, QWidget

from widgets import theme
from widgets.controls import button
from widgets.icons import icon


class _SlimTitle(QWidget):
    """Name, grip and float button; dragging it moves the dock."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self.setObjectName("dock-title")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        name = QLabel(f"⠿  {dock.windowTitle()}")
        name.setProperty("role", "dim")
        float_it = button("", "mini", self.tr("Own window and back"))
        float_it.setIcon(icon("float", theme.current().text_dim))
        float_it.setAccessibleName(self.tr("Own window and back"))
        float_it.setCursor(Qt.CursorShape.ArrowCursor)
        float_it.clicked.connect(lambda: dock.setFloating(not dock.isFloating()))
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 2, 6, 2)
        row.addWidget(name, 1)
        row.addWidget(float_it)


class PanelDock(QDockWidget):
    """One panel.

    Parameters
    ----------
    name : str
        Key under which the layout is remembered.
    title : str
        Words in menus and on the slim title.
    panel : QWidget
    window : QMainWindow
    """

    def __init__(self, name: str, title: str, panel: QWidget, window: QMainWindow) -> None:
        super().__init__(title, window)
        self.setObjectName(f"dock-{name}")
        self.setAccessibleName(title)
        self.setWidget(panel)
        self._slim = _SlimTitle(self)
        self._none = QWidget(self)
        self._arranging = False
        self._show_title()
        self.topLevelChanged.connect(lambda _floating: self._show_title())

    def arrange(self, on: bool) -> None:
        """Let the person move it, or lock it and take the title away."""
        self._arranging = on
        self._show_title()

    def _show_title(self) -> None:
        movable = self._arranging or self.isFloating()
        features = QDockWidget.DockWidgetFeature
        self.setFeatures(
            features.DockWidgetMovable | features.DockWidgetFloatable | features.DockWidgetClosable
            if movable
            else features.DockWidgetClosable
        )
        self.setTitleBarWidget(self._slim if movable else self._none)
        self._slim.setVisible(movable)
        self._none.setVisible(False)


class Stage(QMainWindow):
    """The middle: video and head side by side, each a dock that can leave for another screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Widget)
        self.setObjectName("stage")
        self.setDockOptions(QMainWindow.DockOption.AllowNestedDocks)
        self.docks: dict[str, PanelDock] = {}

    def add(self, name: str, title: str, panel: QWidget) -> PanelDock:
        """Put a view to the right of the others."""
        dock = PanelDock(name, title, panel, self)
        area = Qt.DockWidgetArea.LeftDockWidgetArea
        last = list(self.docks.values())[-1:]
        self.addDockWidget(area, dock, Qt.Orientation.Horizontal)
        if last:
            self.splitDockWidget(last[0], dock, Qt.Orientation.Horizontal)
        self.docks[name] = dock
        return dock

    def share(self, **shares: int) -> None:
        """Divide the width between the views."""
        docks = [self.docks[name] for name in shares if name in self.docks]
        sizes = [shares[name] for name in shares if name in self.docks]
        self.resizeDocks(docks, sizes, Qt.Orientation.Horizontal)
