"""Starts the studio."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import types
from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.shell.pauses import Pauses
from app.shell.window import StudioWindow


def run(paths: Sequence[str] = ()) -> int:
    """Open the studio on the given paths (none: the welcome page) and run until it is closed.

    Returns
    -------
    int
        Exit status.
    """
    app, window = start()
    if paths:
        QTimer.singleShot(0, window, lambda: window.open_paths(list(paths)))
    return _until_closed(app, window)


def demo() -> int:
    """Open the studio on the bundled clip and analyse it."""
    app, window = start()
    QTimer.singleShot(0, window, window.files.open_demo)
    return _until_closed(app, window)


def start() -> tuple[QApplication, StudioWindow]:
    """Make the application and show the empty window."""
    app = application()
    window = StudioWindow()
    _catch_faults(window)
    Pauses(window.document, window)
    window.show()
    return app, window


def application() -> QApplication:
    """The one QApplication, made where there is none."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    app = QApplication(sys.argv[:1])
    app.setApplicationName("TellStudio")
    app.setApplicationDisplayName("Tell Studio")
    app.setDesktopFileName("tell-studio")
    return app


def has_display() -> bool:
    """Whether a window can be shown to somebody."""
    if os.environ.get("QT_QPA_PLATFORM", "") in ("offscreen", "minimal"):
        return False
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("WAYLAND_DISPLAY")) or _x_server_answers()


def _x_server_answers() -> bool:
    """Whether the X server of ``DISPLAY`` can be reached: Qt ends the program where it cannot."""
    if not os.environ.get("DISPLAY"):
        return False
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False  # Qt's xcb plugin needs it too
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not failed


def _catch_faults(window: StudioWindow) -> None:
    """A fault of ours in a slot becomes a notice and a line in the log, not a dead window."""

    def report(
        kind: type[BaseException], error: BaseException, trace: types.TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            window.close()
            return
        error.__traceback__ = trace
        window.document.notices.error(error, "in the window")

    sys.excepthook = report


def _until_closed(app: QApplication, window: StudioWindow) -> int:
    # Python's signal handlers run only between bytecodes: a slow timer gives them the chance.
    beat = QTimer()
    beat.timeout.connect(lambda: None)
    beat.start(200)
    previous = signal.signal(signal.SIGINT, lambda *_: window.close())
    try:
        return app.exec()
    finally:
        beat.stop()
        signal.signal(signal.SIGINT, previous)
        sys.excepthook = sys.__excepthook__
        window.shut_down()
