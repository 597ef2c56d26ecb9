"""What a person has set once and for all: typed access to QSettings."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal

from pipeline.core.paths import data_dir
from pipeline.store.records import IMPORT, MODEL

MAX_RECENT = 12
_MIB = 1 << 20


def system_user() -> str:
    """The name a coder has before he gives one."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):  # no account, no variable
        name = ""
    return name if name and name not in (MODEL, IMPORT) else "coder"


class Settings(QObject):
    """Settings in ``settings.ini`` of the data folder; one object per studio.

    ``changed(name)`` is emitted after each write that changes a value.
    """

    changed = Signal(str)

    def __init__(self, parent: QObject | None = None, path: Path | None = None) -> None:
        super().__init__(parent)
        self._store = QSettings(
            str(path or data_dir() / "settings.ini"), QSettings.Format.IniFormat
        )

    def _read(self, key: str, default: Any) -> Any:
        """A value of the kind of ``default``; what cannot be read counts as not set."""
        text = self._store.value(key, None)
        if text is None:
            return default
        try:
            value = json.loads(str(text))
        except ValueError:
            return default
        if isinstance(default, float) and isinstance(value, int):
            return float(value)
        return value if isinstance(value, type(default)) else default

    def _write(self, key: str, value: Any) -> None:
        text = json.dumps(value)
        if self._store.value(key, None) == text:
            return
        self._store.setValue(key, text)
        self.changed.emit(key.rpartition("/")[2])

    def sync(self) -> None:
        """Write to the disk now."""
        self._store.sync()

    @property
    def coder(self) -> str:
        """Who annotates; never ``model`` or ``import``."""
        return self._read("coder", "") or system_user()

    @coder.setter
    def coder(self, name: str) -> None:
        name = name.strip()
        if name in (MODEL, IMPORT):
            raise ValueError(f"'{name}' is no person's name")
        self._write("coder", name)

    @property
    def theme(self) -> str:
        """``dark``, ``light`` or ``system``."""
        theme = self._read("theme", "dark")
        return theme if theme in ("dark", "light", "system") else "dark"

    @theme.setter
    def theme(self, name: str) -> None:
        self._write("theme", name)

    @property
    def cache_mib(self) -> int:
        """Memory for decoded frames, MiB."""
        return max(64, min(65536, self._read("cache_mib", 1024)))

    @cache_mib.setter
    def cache_mib(self, size: int) -> None:
        self._write("cache_mib", int(size))

    @property
    def cache_bytes(self) -> int:
        """Memory for decoded frames, bytes."""
        return self.cache_mib * _MIB

    @property
    def landmark_model(self) -> str:
        """Path of the 68-point model; empty to find it."""
        return self._read("landmark_model", "")

    @landmark_model.setter
    def landmark_model(self, path: str) -> None:
        self._write("landmark_model", str(path))

    @property
    def predictor(self) -> str:
        """Predictor of new analyses."""
        return self._read("predictor", "classical")

    @predictor.setter
    def predictor(self, name: str) -> None:
        self._write("predictor", name)

    @property
    def device(self) -> str:
        """``auto``, ``cpu``, ``cuda`` or ``mps``."""
        return self._read("device", "auto")

    @device.setter
    def device(self, name: str) -> None:
        self._write("device", name)

    @property
    def recent(self) -> tuple[Path, ...]:
        """Recently opened media and projects, newest first."""
        paths = self._read("recent", [])
        return tuple(Path(path) for path in paths if isinstance(path, str))[:MAX_RECENT]

    def add_recent(self, path: Path) -> None:
        """Put a path at the top of the recent list."""
        path = path.resolve()  # "../face.mp4" and its full path are one file
        rest = [str(other) for other in self.recent if other != path]
        self._write("recent", [str(path), *rest][:MAX_RECENT])

    def forget_recent(self, path: Path) -> None:
        """Drop a path from the recent list."""
        gone = {path.absolute(), path.resolve()}
        self._write("recent", [str(other) for other in self.recent if other not in gone])

    @property
    def shortcuts(self) -> dict[str, str]:
        """Key sequences by action id, where a person has changed them."""
        keys = self._read("shortcuts", {})
        return {str(k): v for k, v in keys.items() if isinstance(v, str)}

    @shortcuts.setter
    def shortcuts(self, keys: dict[str, str]) -> None:
        self._write("shortcuts", dict(keys))

    def value(self, key: str, default: Any) -> Any:
        """Any other JSON-able setting; the default's kind is the value's."""
        return self._read(f"other/{key}", default)

    def set_value(self, key: str, value: Any) -> None:
        """Write any other setting."""
        self._write(f"other/{key}", value)

    def window_state(self, name: str) -> QByteArray:
        """Geometry or dock state of a name (``geometry``, ``docks/Annotate``)."""
        value = self._store.value(f"window/{name}", None)
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_window_state(self, name: str, state: QByteArray) -> None:
        """Keep geometry or dock state."""
        self._store.setValue(f"window/{name}", state)
