"""The one hub for what a person must be told."""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal

from pipeline.core.errors import Cancelled, TellError
from pipeline.core.paths import data_dir

Level = Literal["info", "warning", "error"]
_KEPT = 200


@dataclass(frozen=True)
class Notice:
    """One message.

    Parameters
    ----------
    level : {"info", "warning", "error"}
        How bad it is.
    text : str
        What is wrong, where, what to do.
    code : str
        Stable identifier, ``"project.disk_full"``; ``"internal"`` for a fault of ours.
    params : dict
        Values behind the text.
    """

    level: Level
    text: str
    code: str = ""
    params: dict[str, Any] = field(default_factory=dict, hash=False)


class Notices(QObject):
    """Collects messages from any thread and posts them in the GUI thread."""

    posted = Signal(object)
    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.recent: deque[Notice] = deque(maxlen=_KEPT)
        self._arrived.connect(self._post, Qt.ConnectionType.AutoConnection)

    def _post(self, notice: Notice) -> None:
        self.recent.append(notice)
        self.posted.emit(notice)

    def info(self, text: str, code: str = "") -> None:
        """Say something that needs no action."""
        self._arrived.emit(Notice("info", text, code))

    def warning(self, text: str, code: str = "", **params: Any) -> None:
        """Say that something is not as it should be and was dealt with."""
        self._arrived.emit(Notice("warning", text, code, params))

    def error(self, error: BaseException, while_doing: str = "") -> None:
        """Say what went wrong; an error that is not ours to foresee also goes to the log."""
        if isinstance(error, TellError):
            self._arrived.emit(Notice("error", str(error), error.code, dict(error.params)))
        elif not isinstance(error, Cancelled):
            self._arrived.emit(_internal(error, while_doing))

    @contextlib.contextmanager
    def catching(self, while_doing: str = "") -> Iterator[None]:
        """Turn a typed error of the block into a notice."""
        try:
            yield
        except TellError as error:
            self.error(error, while_doing)


def _internal(error: BaseException, while_doing: str) -> Notice:
    log = log_unexpected(error, while_doing)
    text = QCoreApplication.translate(
        "Notices",
        "A fault in the studio ({fault}). Your work up to the last edit is stored. "
        "Please report it with the log: {log}",
    ).format(fault=type(error).__name__, log=log)
    return Notice("error", text, "internal", {"fault": repr(error)})


def log_unexpected(error: BaseException, while_doing: str = "") -> str:
    """Append a traceback to the studio's log and give the log's path."""
    folder = data_dir() / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "studio.log"
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=1 << 20, backupCount=3, encoding="utf-8"
    )
    try:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        record = logging.LogRecord(
            "tell", logging.ERROR, __file__, 0, while_doing or "unexpected", None,
            (type(error), error, error.__traceback__),
        )  # fmt: skip
        handler.emit(record)
    finally:
        handler.close()
    return str(path)
