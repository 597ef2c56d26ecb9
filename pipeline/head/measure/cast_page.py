"""Pages of characters: the cast neutral and smiling, and random faces by seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.core.progress import Job, Progress, as_part
from pipeline.head.cast import Character
from pipeline.head.measure.page import Page, PageStyle, Row, Shot
from pipeline.head.measure.sheet import WHOLE
from pipeline.head.scene.camera import HeadState, holding
from pipeline.head.sculpt.parameters.detail import Lod

CAST_STYLE = PageStyle((256, 300), 8)
SEEDS_STYLE = PageStyle((256, 300), 8)
_SMILE = {"AU6": 1.0, "AU12": 1.0}
#: With room for hair at the sides and above.
_VIEW = replace(WHOLE, target=(0.0, -20.0, -40.0), fov=20.0)
_TURNED = replace(_VIEW, yaw=40.0)
#: What the page of the cast shows of each: a line each.
_LINES = (
    Shot("Neutral", {}, _VIEW),
    Shot("Neutral, three-quarter", {}, _TURNED),
    Shot("Smiling (AU6+AU12)", _SMILE, _VIEW),
    Shot("Smiling, three-quarter", _SMILE, _TURNED),
)
_LOADING = 0.6  # of the time that a character takes


def draw_cast(
    characters: Sequence[Character], lod: Lod, style: PageStyle = CAST_STYLE
) -> Job[NDArray[np.uint8]]:
    """Characters beside each other, neutral and smiling, (H, W, 3) uint8 sRGB.

    Raises
    ------
    HeadError
        If no offscreen OpenGL can be had.
    """
    title = f"The cast ({lod})"
    return (yield from _drawn(title, characters, lod, _LINES, style))


def draw_seeds(
    characters: Sequence[Character], lod: Lod, style: PageStyle = SEEDS_STYLE
) -> Job[NDArray[np.uint8]]:
    """A face each of random characters; raises as `draw_cast`."""
    title = f"Random characters ({lod})"
    return (yield from _drawn(title, characters, lod, (Shot("", {}, _VIEW),), style))


def _drawn(
    title: str, characters: Sequence[Character], lod: Lod, lines: Sequence[Shot], style: PageStyle
) -> Job[NDArray[np.uint8]]:
    pictures = []
    for index, character in enumerate(characters):
        job = _portraits(character, lod, lines, style)
        share = 1 / len(characters)
        pictures.append((yield from as_part(job, index * share, (index + 1) * share)))
    labels = [_label(character) for character in characters]
    rows = [Row(line.label, tuple(Shot(label) for label in labels)) for line in lines]
    page = Page(rows, style, title)
    for number, row in enumerate(rows):
        page.start(row.heading)
        for drawn, label in zip(pictures, labels, strict=True):
            page.place(drawn[number], label)
        page.end()
    return page.pixels


def _portraits(
    character: Character, lod: Lod, lines: Sequence[Shot], style: PageStyle
) -> Job[list[NDArray[np.uint8]]]:
    from pipeline.head.load import load_head
    from pipeline.head.scene.scene import HeadScene

    model = yield from as_part(load_head(character.name, lod=lod), 0.0, _LOADING)
    scene = HeadScene(model)
    drawn = []
    try:
        for done, shot in enumerate(lines):
            share = _LOADING + (1 - _LOADING) * done / len(lines)
            yield Progress("portraits", share, 1.0, character.title)
            camera = holding(shot.camera, model.top)
            state = HeadState.of(shot.weights, camera, style.cell, style.quality)
            drawn.append(scene.render(state)[:, :, :3])
    finally:
        scene.close()
    return drawn


def _label(character: Character) -> str:
    return f"{character.title}, {character.age:.0f}"
