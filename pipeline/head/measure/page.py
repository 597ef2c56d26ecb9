"""A page of labelled pictures of the head: rows of cells under headings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.core.progress import Job, Progress
from pipeline.core.vision import cv2
from pipeline.head.model import HeadModel
from pipeline.head.scene.camera import Camera, HeadState, Look, Pose
from pipeline.head.sculpt.parameters.detail import Lod

_PAPER, _INK, _FAINT = (24, 24, 27), (236, 236, 238), (160, 160, 168)
_TITLE, _HEADING, _LABEL = 26, 17, 14  # px
_BOLD, _PLAIN = 700, 400
_MARGIN, _GAP = 24, 6
_FRONT, _LOOK = Camera(), Look()


@dataclass(frozen=True)
class Shot:
    """One picture of the page.

    Parameters
    ----------
    label : str
    weights : mapping of str to float
    camera : Camera
    pose : (yaw, pitch, roll) in deg
    look : Look
    """

    label: str
    weights: Mapping[str, float] = field(default_factory=dict)
    camera: Camera = _FRONT
    pose: Pose = (0.0, 0.0, 0.0)
    look: Look = _LOOK


@dataclass(frozen=True)
class Row:
    """Pictures under one heading; they go on over several lines when there are many."""

    heading: str
    shots: tuple[Shot, ...]


@dataclass(frozen=True)
class PageStyle:
    """How a page is set.

    Parameters
    ----------
    cell : (width, height)
        px of one picture.
    columns : int
    quality : {"draft", "live", "still"}
        "still" is supersampled twice.
    """

    cell: tuple[int, int] = (256, 300)
    columns: int = 12
    quality: Lod = "still"


def draw_page(
    model: HeadModel, title: str, rows: Iterable[Row], style: PageStyle, footer: str = ""
) -> Job[NDArray[np.uint8]]:
    """Draw every picture and set the page; yields progress per picture.

    Returns
    -------
    (H, W, 3) uint8 sRGB

    Raises
    ------
    HeadError
        If no offscreen OpenGL can be had.
    """
    from pipeline.head.scene.scene import HeadScene

    kept = [row for row in rows if row.shots]
    total = sum(len(row.shots) for row in kept)
    page = Page(kept, style, title, bool(footer))
    scene = HeadScene(model)
    done = 0
    try:
        for row in kept:
            page.start(row.heading)
            for shot in row.shots:
                yield Progress("pictures", done, total, shot.label)
                state = HeadState.of(
                    shot.weights, shot.camera, style.cell, style.quality, shot.pose, shot.look
                )
                page.place(scene.render(state)[:, :, :3], shot.label)
                done += 1
            page.end()
    finally:
        scene.close()
    if footer:
        page.text(footer, _MARGIN, page.height - _MARGIN // 2, _LABEL, _PLAIN, _FAINT)
    return page.pixels


class Page:
    """The sheet of paper, filled from the top: `start`, `place` each picture, `end` the row."""

    def __init__(
        self, rows: Sequence[Row], style: PageStyle, title: str, footer: bool = False
    ) -> None:
        self._style = style
        width, height = style.cell
        self._line = height + _LABEL + 3 * _GAP
        lines = sum(-(-len(row.shots) // style.columns) for row in rows)
        self._top = _MARGIN + _TITLE + 2 * _GAP
        self.height = (
            self._top + len(rows) * (_HEADING + 4 * _GAP) + lines * self._line
            + _MARGIN + (_LABEL + _GAP if footer else 0)
        )  # fmt: skip
        across = 2 * _MARGIN + style.columns * (width + _GAP) - _GAP
        self.pixels = np.full((self.height, across, 3), _PAPER, np.uint8)
        self._column = 0
        self.text(title, _MARGIN, _MARGIN + _TITLE, _TITLE, _BOLD, _INK)

    def text(
        self, text: str, x: int, y: int, size: int, weight: int, colour: tuple[int, int, int]
    ) -> None:
        """Write on a base line."""
        cv2.putText(self.pixels, text, (x, y), colour, cv2.FontFace("sans"), size, weight)

    def start(self, heading: str) -> None:
        """Begin a row of pictures."""
        self._top += _HEADING + 2 * _GAP
        self.text(heading, _MARGIN, self._top, _HEADING, _BOLD, _INK)
        self._top += 2 * _GAP
        self._column = 0

    def place(self, picture: NDArray[np.uint8], label: str) -> None:
        """Set the next picture, its label below it."""
        width, height = self._style.cell
        if self._column == self._style.columns:
            self._top += self._line
            self._column = 0
        x, y = _MARGIN + self._column * (width + _GAP), self._top
        self.pixels[y : y + height, x : x + width] = picture
        self.text(label, x + 2, y + height + _LABEL + 2, _LABEL, _PLAIN, _INK)
        self._column += 1

    def end(self) -> None:
        """Leave the row."""
        self._top += self._line
