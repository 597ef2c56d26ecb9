"""The space bar in a view: held it pans, tapped it plays or pauses as everywhere."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.state.playhead import Playhead


class SpaceKey:
    """Space of one view that has the keyboard.

    The window's own shortcut would take the key at the press, so the view takes it first and
    plays when it comes up again without having panned.
    """

    def __init__(self, widget: QWidget, playhead: Playhead) -> None:
        self._widget = widget
        self._playhead = playhead
        self._used = False
        self.held = False

    def use(self) -> None:
        """The key is held for a pan; its release plays nothing."""
        self._used = True

    def handle(self, event: QEvent) -> bool:
        """Take a key event if it is the plain space bar's."""
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
        if event.type() not in kinds or not isinstance(event, QKeyEvent):
            return False
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.key() != Qt.Key.Key_Space or not (plain or self.held):
            return False
        event.accept()
        if event.isAutoRepeat() or event.type() == QEvent.Type.ShortcutOverride:
            return True
        if event.type() == QEvent.Type.KeyPress:
            self.held, self._used = True, False
            self._widget.setCursor(Qt.CursorShape.OpenHandCursor)
        elif self.held:
            self.let_go()
            if not self._used:
                self._play_or_pause()
        return True

    def let_go(self) -> None:
        """The key is up, or the keyboard went elsewhere."""
        self.held = False
        self._widget.unsetCursor()

    def _play_or_pause(self) -> None:
        playhead = self._playhead
        if not playhead.playing and playhead.speed < 0:
            playhead.speed = -playhead.speed
        playhead.toggle()
