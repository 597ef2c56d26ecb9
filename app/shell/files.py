"""Opening by menu, by drop, by command line: one way in for every kind of path."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.shell import dialogs
from pipeline.core.errors import MediaError, ProjectError
from resources import resource

if TYPE_CHECKING:
    from app.state import Document

DEMO = "demo.mp4"


class FileActions(QObject):
    """Open and save.

    Parameters
    ----------
    document : Document
    window : QWidget
        Parent of the questions.
    """

    def __init__(self, document: Document, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._window = document, window
        self.analyse_when_open = False

    def open_paths(self, paths: Sequence[str | Path]) -> None:
        """Open whatever was dropped or given: videos, folders, data sets, a project.

        What cannot be opened becomes a notice; the studio stays as it was.
        """
        found = [Path(path) for path in paths]
        with self._document.notices.catching(self.tr("Opening")):
            for path in found:
                if not path.exists():
                    self._document.settings.forget_recent(path)
                    raise MediaError(
                        "there is no such file or folder", where=path,
                        remedy="Check the path, or drop the file on the window",
                        code="media.missing",
                    )  # fmt: skip
            self._open_found(found)

    def _open_found(self, found: list[Path]) -> None:
        projects = [path for path in found if path.suffix.lower() == ".tell" and path.is_file()]
        if projects:
            if len(found) > 1:
                raise ProjectError(
                    "a project opens by itself", where=projects[0],
                    remedy="Open the project first, then add clips to it", code="project.several",
                )  # fmt: skip
            self._document.open_project(projects[0])
            return
        if len(found) == 1 and found[0].is_dir() and _is_dataset(found[0]):
            self._document.open_dataset(found[0])
        elif found:
            self._document.open_media(found)

    def open_video(self) -> None:
        paths = dialogs.ask_videos(self._window)
        if paths:
            self.open_paths(paths)

    def open_images(self) -> None:
        path = dialogs.ask_folder(self._window, self.tr("Open image folder"))
        if path is not None:
            with self._document.notices.catching():
                self._document.open_media([path])

    def open_dataset(self) -> None:
        path = dialogs.ask_folder(self._window, self.tr("Open data set"))
        if path is not None:
            with self._document.notices.catching():
                self._document.open_dataset(path)

    def open_project(self) -> None:
        path = dialogs.ask_project(self._window)
        if path is not None:
            self.open_paths([path])

    def open_demo(self) -> None:
        """Open the bundled clip; it is analysed once it is there."""
        demo = resource(DEMO)
        if not demo.is_file():
            self._document.notices.error(
                MediaError(
                    "the demo clip is not installed",
                    where=demo,
                    remedy="Make it with `main.py synth --source head`, or open a video",
                    code="media.no_demo",
                )
            )
            return
        self.analyse_when_open = True
        self.open_paths([demo])

    def save_copy(self) -> None:
        """Copy the project and go on in the copy."""
        store = self._document.store
        if store is None:
            return
        name = "project.tell" if self._document.is_working else f"{store.path.stem} copy.tell"
        kinds = self.tr("Tell Studio projects (*.tell)")
        target = dialogs.ask_target(self._window, self.tr("Save project as"), name, kinds)
        if target is not None:
            self._document.save_as(target)


def _is_dataset(folder: Path) -> bool:
    """Whether a folder looks like a data set (subjects' folders, a sheet), not like one clip.

    A cheap look only: reading the sheet is the work of the job that opens it.
    """
    from pipeline.media import is_image_folder

    if is_image_folder(folder):
        return False
    return any(entry.is_dir() or entry.suffix.lower() == ".xlsx" for entry in folder.iterdir())
