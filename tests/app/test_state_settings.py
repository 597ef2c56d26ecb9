"""Settings: typed, kept, and never broken by a damaged file."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from app.state import Settings
from app.state.settings import MAX_RECENT


def test_settings_are_kept_in_the_data_folder(qapp, tmp_path: Path) -> None:
    first = Settings()
    first.coder = "  Ana Ruiz "
    first.cache_mib = 2048
    first.shortcuts = {"play": "Space"}
    first.set_window_state("docks/Annotate", QByteArray(b"\x00\x01state"))
    first.set_value("overlay.arrows", True)
    first.sync()
    assert (tmp_path / "tell-data" / "settings.ini").exists()
    again = Settings()
    assert (again.coder, again.cache_mib, again.shortcuts) == (
        "Ana Ruiz", 2048, {"play": "Space"},
    )  # fmt: skip
    assert again.window_state("docks/Annotate") == QByteArray(b"\x00\x01state")
    assert again.value("overlay.arrows", False) is True
    assert again.window_state("none").isEmpty()


def test_no_person_is_called_model_or_import(qapp) -> None:
    settings = Settings()
    assert settings.coder not in ("", "model", "import")
    for name in ("model", " import "):
        with pytest.raises(ValueError, match="no person"):
            settings.coder = name


def test_a_change_is_told_once(qapp) -> None:
    settings = Settings()
    told: list[str] = []
    settings.changed.connect(told.append)
    settings.theme = "light"
    settings.theme = "light"
    assert told == ["theme"]


def test_recent_files_are_newest_first_without_doubles(qapp, tmp_path: Path) -> None:
    settings = Settings()
    for number in range(MAX_RECENT + 4):
        settings.add_recent(tmp_path / f"{number}.mp4")
    settings.add_recent(tmp_path / "10.mp4")
    assert len(settings.recent) == MAX_RECENT
    assert [path.name for path in settings.recent[:3]] == ["10.mp4", "15.mp4", "14.mp4"]
    settings.add_recent(tmp_path / "folder" / ".." / "10.mp4")  # the same file
    assert [path.name for path in settings.recent[:3]] == ["10.mp4", "15.mp4", "14.mp4"]
    settings.forget_recent(tmp_path / "10.mp4")
    assert settings.recent[0].name == "15.mp4"


def test_a_damaged_settings_file_gives_defaults(qapp, tmp_path: Path) -> None:
    folder = tmp_path / "tell-data"
    folder.mkdir(exist_ok=True)
    (folder / "settings.ini").write_text(
        '[General]\ncache_mib=lots\ntheme="\\"pink\\""\nrecent="{}"\nshortcuts="[1"\n'
    )
    settings = Settings()
    assert (settings.cache_mib, settings.theme, settings.recent) == (1024, "dark", ())
    assert settings.shortcuts == {}


def test_the_cache_stays_within_reason(qapp) -> None:
    settings = Settings()
    settings.cache_mib = 1
    assert settings.cache_bytes == 64 << 20
