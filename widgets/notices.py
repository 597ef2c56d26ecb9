"""Messages for the person: a quiet toast over the window, and the list of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from widgets import theme
from widgets.controls import button, caption, heading
from widgets.icons import icon

if TYPE_CHECKING:
    from app.state import Notice, Notices

ICONS = {"info": ("info", "blue"), "warning": ("warning", "amber"), "error": ("error", "red")}
#: How long a toast stays; errors stay until they are closed.
STAYS_MS = {"info": 4000, "warning": 9000}
MOST_TOASTS = 3


class Toast(QFrame):
    """One message, with a way to close it.

    Signals
    -------
    closed
    """

    closed = Signal()

    def __init__(self, notice: Notice, parent: QWidget) -> None:
        super().__init__(parent)
        self.notice = notice
        self.count = 1
        self.setProperty("role", "toast")
        self.setProperty("level", notice.level)
        self.setAccessibleName(notice.text)
        name, colour = ICONS[notice.level]
        sign = QLabel()
        sign.setPixmap(icon(name, getattr(theme.current(), colour)).pixmap(20, 20))
        self.text = QLabel(notice.text)
        self.text.setWordWrap(True)
        self.text.setContentsMargins(0, 2, 0, 0)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = button("", "mini", self.tr("Close"))
        close.setIcon(icon("close", theme.current().text_dim))
        close.setAccessibleName(self.tr("Close"))
        close.clicked.connect(self.closed)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 8, 10)
        row.setSpacing(10)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1, Qt.AlignmentFlag.AlignTop)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.closed)
        self.stay()

    def heightForWidth(self, width: int) -> int:
        words = self.text.heightForWidth(width - 94)  # margins, sign and close button
        return max(44, words + 24)

    def stay(self) -> None:
        """Begin the time it stays anew."""
        if self.notice.level in STAYS_MS:
            self._timer.start(STAYS_MS[self.notice.level])

    def again(self) -> None:
        """The same message has come once more."""
        self.count += 1
        self.text.setText(f"{self.notice.text}  ×{self.count}")
        self.stay()


class ToastBar(QObject):
    """Stack of toasts over the lower middle of a window.

    Parameters
    ----------
    notices : Notices
        The hub whose messages are shown.
    window : QWidget
        What they lie over.
    """

    def __init__(self, notices: Notices, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.toasts: list[Toast] = []
        notices.posted.connect(self._post)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def clear(self) -> None:
        """Close all toasts."""
        for toast in list(self.toasts):
            self._close(toast)

    def _post(self, notice: Notice) -> None:
        for toast in self.toasts:
            if toast.notice == notice:
                toast.again()
                self._place()
                return
        while len(self.toasts) >= MOST_TOASTS:
            self._close(self.toasts[0])
        toast = Toast(notice, self._window)
        toast.closed.connect(lambda: self._close(toast))
        self.toasts.append(toast)
        toast.show()
        self._place()

    def _close(self, toast: Toast) -> None:
        if toast in self.toasts:
            self.toasts.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._place()

    def _place(self) -> None:
        width = min(620, self._window.width() - 48)
        bottom = self._window.height() - 52
        for toast in reversed(self.toasts):
            toast.setFixedWidth(width)
            height = toast.heightForWidth(width)
            toast.resize(width, height)
            bottom -= height
            toast.move(QPoint((self._window.width() - width) // 2, bottom))
            toast.raise_()
            bottom -= 8


class NoticeList(QFrame):
    """All messages of this session, the newest first; opens over the window."""

    def __init__(self, notices: Notices, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("role", "popup")
        self.setAccessibleName(self.tr("Notices"))
        self.setFixedWidth(560)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(heading(self.tr("Notices")))
        for notice in list(notices.recent)[:-16:-1]:
            column.addLayout(self._row(notice))
        if not notices.recent:
            column.addWidget(caption(self.tr("Nothing to report.")))

    def _row(self, notice: Notice) -> QHBoxLayout:
        name, colour = ICONS[notice.level]
        sign = QLabel()
        sign.setPixmap(icon(name, getattr(theme.current(), colour)).pixmap(16, 16))
        text = QLabel(notice.text)
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(text, 1)
        row.addWidget(caption(notice.code), 0, Qt.AlignmentFlag.AlignTop)
        return row
