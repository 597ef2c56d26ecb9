"""Portraits of characters, made one after the other while nothing else works."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.state.document import Document
from pipeline.core.progress import Job

_KIND = "portraits"


def character_portrait(name: str) -> Job[NDArray[np.uint8]]:
    """The job that reads or draws a portrait, (H, W, 3) uint8."""
    from pipeline.head.portraits import draw_portrait

    return draw_portrait(name)


def remembered_portrait(name: str) -> NDArray[np.uint8] | None:
    """A portrait that needs no drawing."""
    from pipeline.head.portraits import kept_portrait

    return kept_portrait(name)


class Portraits(QObject):
    """Pictures by character; those not drawn before are when the studio is idle.

    Signals
    -------
    ready : str
        There is a portrait of that character now.
    """

    ready = Signal(str)

    def __init__(
        self,
        document: Document,
        parent: QObject | None = None,
        *,
        draw: Callable[[str], Job[NDArray[np.uint8]]] = character_portrait,
        remember: Callable[[str], NDArray[np.uint8] | None] = remembered_portrait,
    ) -> None:
        super().__init__(parent)
        self._document, self._draw, self._remember = document, draw, remember
        self._pictures: dict[str, QImage] = {}
        self._wanted: list[str] = []
        self._looked_up: set[str] = set()
        document.jobs.idle.connect(self._draw_next)
        document.jobs.cancelled.connect(self._cancelled)

    def picture(self, name: str) -> QImage | None:
        """The portrait of a character, None where it is not there yet."""
        return self._pictures.get(name)

    def ask(self, names: Iterable[str]) -> None:
        """Ask for portraits; those kept come first, the others as time allows."""
        new = [name for name in names if name not in self._looked_up]
        if not new:
            return
        self._looked_up.update(new)
        self._document.jobs.start(
            self.tr("Portraits"), lambda: self._kept(new), self._take_kept,
            kind=_KIND, on_failed=self._failed,
        )  # fmt: skip

    def _kept(self, names: list[str]) -> Job[dict[str, NDArray[np.uint8] | None]]:
        yield from ()
        return {name: self._remember(name) for name in names}

    def _take_kept(self, found: dict[str, NDArray[np.uint8] | None]) -> None:
        for name, picture in found.items():
            if picture is not None:
                self._take(name, picture)
            else:
                self._wanted.append(name)
        self._draw_next()

    def _draw_next(self) -> None:
        jobs = self._document.jobs
        if not self._wanted or not jobs.is_idle:
            return  # `idle` comes when the last job has ended
        name = self._wanted.pop(0)
        jobs.start(
            self.tr("Portraits"), lambda: self._draw(name),
            lambda picture: self._take(name, picture), kind=_KIND, on_failed=self._failed,
        )  # fmt: skip

    def _take(self, name: str, rgb: NDArray[np.uint8]) -> None:
        rgb = np.ascontiguousarray(rgb)
        height, width = rgb.shape[:2]
        image = QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        self._pictures[name] = image.copy()
        self.ready.emit(name)

    def _failed(self, _error: BaseException) -> None:
        """Without graphics every portrait fails: initials stay, the head itself says why."""
        self._wanted.clear()

    def _cancelled(self, status: object) -> None:
        if getattr(status, "kind", "") == _KIND:
            self._wanted.clear()
