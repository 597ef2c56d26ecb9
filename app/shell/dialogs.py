"""Questions to the person, apart from what is done with the answers."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

VIDEOS = "*.mp4 *.avi *.mov *.mkv *.webm *.m4v *.mpg *.mpeg *.wmv *.mts"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Dialogs", text)


def ask_videos(parent: QWidget) -> list[Path]:
    """Videos to open, none when the person thinks better of it."""
    kinds = f"{_tr('Videos')} ({VIDEOS});;{_tr('All files')} (*)"
    names, _ = QFileDialog.getOpenFileNames(parent, _tr("Open video"), "", kinds)
    return [Path(name) for name in names]


def ask_folder(parent: QWidget, title: str) -> Path | None:
    """A folder that exists."""
    name = QFileDialog.getExistingDirectory(parent, title)
    return Path(name) if name else None


def ask_media(parent: QWidget, kind: str) -> Path | None:
    """Where a moved clip is now."""
    title = _tr("Where is this clip now?")
    if kind == "images":
        return ask_folder(parent, title)
    name, _ = QFileDialog.getOpenFileName(parent, title, "", f"{_tr('All files')} (*)")
    return Path(name) if name else None


def ask_project(parent: QWidget) -> Path | None:
    """A project to open."""
    kinds = f"{_tr('Tell Studio projects')} (*.tell)"
    name, _ = QFileDialog.getOpenFileName(parent, _tr("Open project"), "", kinds)
    return Path(name) if name else None


def ask_file(parent: QWidget, title: str, kinds: str) -> Path | None:
    """A file that exists."""
    name, _ = QFileDialog.getOpenFileName(parent, title, "", kinds)
    return Path(name) if name else None


def ask_target(parent: QWidget, title: str, proposed: str, kinds: str) -> Path | None:
    """A file to write; it gets the ending of the kind where none was typed."""
    name, kind = QFileDialog.getSaveFileName(parent, title, proposed, kinds)
    if not name:
        return None
    path = Path(name)
    if not path.suffix and "*." in kind:
        path = path.with_suffix("." + kind.rpartition("*.")[2].split(")")[0].split()[0])
    return path


def ask_number(
    parent: QWidget, title: str, label: str, now: int, low: int, high: int
) -> int | None:
    """A whole number within bounds."""
    value, given = QInputDialog.getInt(parent, title, label, now, low, high)
    return value if given else None


def ask_name(parent: QWidget, title: str, label: str, now: str) -> str:
    """A line of text, empty when none was given."""
    text, given = QInputDialog.getText(parent, title, label, text=now)
    return text.strip() if given else ""


def tell(parent: QWidget, title: str, text: str) -> None:
    """A page of text with a close button."""
    box = QMessageBox(parent)
    box.setWindowTitle(title)
    box.setText(text)
    box.open()


def about_text(version: str) -> str:
    """What the program is and on which terms."""
    return _tr(
        "<h3>Tell Studio {version}</h3><p>See the tell, correct it, put it on a face.</p>"
        "<p>Apache-2.0. The landmark model was trained on iBUG 300-W, which excludes commercial "
        "use; see NOTICE.</p>"
    ).format(version=version)


def responsible_use_text() -> str:
    """What the program must not be used for."""
    return _tr(
        "<h3>Responsible use</h3>"
        "<p>Record and analyse people only with their consent, and keep their footage as you "
        "would keep medical data.</p>"
        "<p>A facial movement is not a feeling and not a lie: micro-expressions do not reveal "
        "what a person thinks. Do not use this program to judge anyone's truthfulness, "
        "employability or loyalty.</p>"
        "<p>It measures motion, shows its doubt, and leaves every decision to a person.</p>"
    )
