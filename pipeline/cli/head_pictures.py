"""Pictures that `main.py head` draws: sheet, close-ups, one picture."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING

from pipeline.core.errors import HeadError

if TYPE_CHECKING:
    from pipeline.head import HeadModel

SMALLEST, LARGEST = 16, 4096  # px


def draw_pictures(head: HeadModel, arguments: argparse.Namespace) -> None:
    """Draw what was asked and print each file's name."""
    from pipeline.cli.progress_bar import run_with_bar
    from pipeline.head.measure.sheet import draw_closeups, draw_sheet
    from pipeline.head.measure.small_png import write_png

    for path, draw in ((arguments.sheet, draw_sheet), (arguments.closeups, draw_closeups)):
        if path is not None:
            write_png(path, run_with_bar(draw(head), "sheet"))
            print(path)
    if arguments.picture is not None:
        _one_picture(head, arguments)
        print(arguments.picture)


def check_picture(arguments: argparse.Namespace) -> None:
    """Say what is wrong with the picture asked for, before its head is built.

    Raises
    ------
    HeadError
        If a size, a light, a colour or a weight cannot be.
    """
    from pipeline.cli.head import weights_of
    from pipeline.head.scene.studio import IRISES, RIGS

    _check_known("light", arguments.light, list(RIGS))
    _check_known("iris", arguments.iris, ["", *IRISES])
    if not SMALLEST <= arguments.size <= LARGEST:
        raise HeadError(
            f"a picture of {arguments.size} px cannot be drawn",
            remedy=f"Give a --size from {SMALLEST} to {LARGEST}", code="head.size",
        )  # fmt: skip
    angles = {"--yaw": arguments.yaw, "--pitch": arguments.pitch}
    for option, value in angles.items():
        if not math.isfinite(value):
            raise HeadError(
                f"{option} {value} is no angle", remedy="Give degrees", code="head.angle"
            )
    weights_of(arguments.weights)


def _one_picture(head: HeadModel, arguments: argparse.Namespace) -> None:
    from pipeline.cli.head import weights_of
    from pipeline.head import Camera, Look, render_picture
    from pipeline.head.rig import rigged

    weights = weights_of(arguments.weights)
    unknown = rigged(head, arguments.rig).unknown(weights)
    if unknown:
        raise HeadError(
            f"nothing on this head is called '{unknown[0]}'", code="head.control",
            remedy="main.py head --controls names what moves it",
        )  # fmt: skip
    ground = "transparent" if arguments.transparent else "studio"
    render_picture(
        head, weights, arguments.picture, size=(arguments.size, arguments.size),
        camera=Camera(yaw=arguments.yaw, pitch=arguments.pitch),
        look=Look(arguments.light, ground, arguments.iris), rig=arguments.rig,
    )  # fmt: skip


def _check_known(what: str, name: str, known: list[str]) -> None:
    if name not in known:
        there = ", ".join(filter(None, known))
        raise HeadError(f"there is no {what} '{name}'", remedy=f"There are: {there}",
                        code=f"head.{what}")  # fmt: skip
