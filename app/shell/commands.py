"""The commands that need a window: `demo`, `shot` and the bare start. Qt is imported by them."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pipeline.core.errors import MediaError

NAMES: tuple[str, ...] = ("demo", "shot")
WORKSPACES = ("annotate", "animate", "present")


def add_parsers(commands: argparse._SubParsersAction) -> None:
    """Register `demo` and `shot`."""
    demo = commands.add_parser(
        "demo",
        help="the studio on the bundled demo clip",
        description="Open the studio on the bundled clip and analyse it. Without a display, "
        "write the window's picture and the head's film and say where.",
    )
    demo.add_argument(
        "--out", type=Path, default=Path("out"), metavar="DIR",
        help="where the pictures go when there is no display (default: out)",
    )  # fmt: skip
    demo.set_defaults(run=run_demo)
    shot = commands.add_parser(
        "shot",
        help="a picture of the real window",
        description="Open PATH in the real window, analyse it, and draw it offscreen to a PNG.",
    )
    shot.add_argument("path", type=Path, metavar="PATH")
    shot.add_argument("--out", type=Path, required=True, metavar="PNG")
    shot.add_argument("--size", type=_size, default=(1600, 1000), metavar="1600x1000")
    shot.add_argument("--frame", type=int, metavar="N")
    shot.add_argument("--workspace", choices=WORKSPACES, default="annotate")
    shot.set_defaults(run=run_shot)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise argparse.ArgumentTypeError(f"'{text}' is not a size such as 1600x1000")
    size = int(width), int(height)
    if not (1000 <= size[0] <= 7680 and 640 <= size[1] <= 4320):
        raise argparse.ArgumentTypeError(f"{text} is not between 1000x640 and 7680x4320")
    return size


def run_studio(paths: Sequence[str]) -> int:
    """Open the studio on paths, or on its welcome page."""
    from app.shell.studio import has_display, run

    if not has_display():
        raise MediaError(
            "there is no display to open the studio on",
            remedy="Use `main.py shot PATH --out PNG` or `main.py analyze PATH --out DIR`",
            code="window.no_display",
        )
    return run(paths)


def run_demo(arguments: argparse.Namespace) -> int:
    """The studio on the demo clip; its pictures where nobody can look."""
    from app.shell.studio import demo, has_display

    if has_display():
        return demo()
    return _demo_without_display(arguments.out)


def _demo_without_display(folder: Path) -> int:
    """The same loop offscreen: the window's picture and the head's film."""
    from app.shell.files import DEMO
    from app.shell.shot import shot
    from pipeline.cli import run_command_line
    from resources import resource

    clip = resource(DEMO)
    if not clip.is_file():
        raise MediaError(
            "the demo clip is not installed", where=clip,
            remedy="Make one with `main.py synth --source head`", code="media.no_demo",
        )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    picture, film = folder / "studio.png", folder / "head.mp4"
    with tempfile.TemporaryDirectory(prefix="tell-demo-") as scratch:
        project = str(Path(scratch) / "demo.tell")
        status = run_command_line(["analyze", str(clip), "--project", project])
        if status:
            return status
        shot(Path(project), picture, workspace="animate")
        _say(picture)
        return run_command_line(["render", project, "--out", str(film), "--size", "480"])


def run_shot(arguments: argparse.Namespace) -> int:
    """Take the picture and say where it is."""
    from app.shell.shot import shot

    shot(arguments.path, arguments.out, arguments.size, arguments.frame, arguments.workspace)
    _say(arguments.out)
    return 0


def _say(path: Path) -> None:
    sys.stdout.write(f"{path}\n")
