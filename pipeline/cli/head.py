"""`main.py head`: checks, pictures and data of a head."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.arguments import add_head_choice, chosen_head
from pipeline.core.errors import HeadError

if TYPE_CHECKING:
    from pipeline.cli.project_head import ProjectHead
    from pipeline.head import HeadModel
    from pipeline.head.sculpt.parameters.detail import Lod

NAME = "head"
CHECKS = ("detector", "points", "facs", "field", "small", "geometry")


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Register the command."""
    parser = commands.add_parser(
        NAME,
        help="check a head, draw it, or remake the AU bases from it",
        description="Check a head, draw it, or remake the AU bases that turn a face's motion "
        "into AU activations (they must match the anatomy of the head).",
    )
    what = parser.add_argument_group("what to do (one or several)")
    what.add_argument("--list", action="store_true", help="names of heads")
    what.add_argument("--controls", action="store_true", help="what moves the head, and notes")
    what.add_argument("--verify", action="store_true", help="check the head; 1 if a check fails")
    what.add_argument("--sheet", type=Path, metavar="PNG", help="every unit on one page")
    what.add_argument("--closeups", type=Path, metavar="PNG", help="close-ups on one page")
    what.add_argument("--cast", type=Path, metavar="PNG", help="the cast on one page")
    what.add_argument("--seeds", type=Path, metavar="PNG", help="random characters on one page")
    what.add_argument("--picture", type=Path, metavar="PNG", help="one picture of the head")
    what.add_argument("--glb", type=Path, metavar="FILE", help="write the head as glTF")
    what.add_argument(
        "--obj", type=Path, metavar="DIR",
        help="write the neutral and each frozen shape of --project as OBJ here",
    )  # fmt: skip
    what.add_argument("--basis", type=Path, metavar="DIR", help="write both AU bases here")
    add_head_choice(parser, "the project's, else builtin")
    parser.add_argument(
        "--project", type=Path, metavar="P.tell", help="take head and rig from this project"
    )
    parser.add_argument(
        "--lod", choices=("draft", "live", "still"),
        help="level of detail (default: still for pictures of one head, else live)",
    )  # fmt: skip
    _add_verify_options(parser)
    _add_picture_options(parser)
    _add_seeds_options(parser)
    parser.set_defaults(run=run_command, usage=parser)


def _add_verify_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("for --verify")
    group.add_argument(
        "--only", nargs="+", choices=CHECKS, default=list(CHECKS), metavar="GROUP",
        help=f"only these of {', '.join(CHECKS)}",
    )  # fmt: skip
    group.add_argument("--json", type=Path, metavar="FILE", help="also write the report here")
    group.add_argument(
        "--characters", nargs="+", default=[], metavar="WHO",
        help="check each of these, a line each: cast, seeds:0-19, NAME, seed:N",
    )  # fmt: skip


def _add_picture_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("for --picture")
    group.add_argument("--size", type=int, default=720, metavar="PX", help="height and width")
    group.add_argument("--yaw", type=float, default=0.0, metavar="DEG", help="90: left profile")
    group.add_argument(
        "--pitch", type=float, default=0.0, metavar="DEG", help="above 0: from above"
    )
    group.add_argument("--light", default="studio", metavar="RIG", help="studio, soft or dramatic")
    group.add_argument("--iris", default="", metavar="COLOUR", help="brown, green, blue, ...")
    group.add_argument("--transparent", action="store_true", help="nothing behind the head")
    group.add_argument(
        "--weights", default="", metavar="AU12=0.8,AU25=0.5", help="what the face does"
    )


def _add_seeds_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("for --seeds")
    group.add_argument("--first", type=int, default=0, metavar="N", help="the first seed")
    group.add_argument("--count", type=int, default=24, metavar="N", help="how many, to 200")


def run_command(arguments: argparse.Namespace) -> int:
    """Do what was asked and say where."""
    pictures = any((arguments.sheet, arguments.closeups, arguments.picture))
    several = arguments.verify and arguments.characters
    data = (arguments.verify and not several) or arguments.basis or arguments.glb
    data = data or arguments.obj
    data = data or arguments.controls
    pages = arguments.cast or arguments.seeds
    if not (arguments.list or pictures or data or pages or several):
        arguments.usage.error("say what to do: --verify, --sheet, --picture, --basis, --list ...")
    if arguments.characters and (not arguments.verify or arguments.head or arguments.character):
        arguments.usage.error("--characters names whom to --verify, in place of one head")
    from pipeline.cli.head_cast import draw_pages, verify_characters
    from pipeline.cli.project_head import project_head

    chosen = project_head(arguments.project, chosen_head(arguments))
    arguments.rig, arguments.iris = chosen.rig, arguments.iris or chosen.iris

    if arguments.list:
        from pipeline.head import head_names

        print("\n".join(head_names()))
    _check_targets(arguments)
    if pictures:
        from pipeline.cli.head_pictures import check_picture, draw_pictures

        check_picture(arguments)
        draw_pictures(_head(chosen, arguments, "still"), arguments)
    if pages:
        draw_pages(arguments)
    status = _from_data(_head(chosen, arguments, "live"), arguments) if data else 0
    return max(status, verify_characters(arguments)) if several else status


def _check_targets(arguments: argparse.Namespace) -> None:
    """What cannot be written is said before a head is built, which takes its time."""
    from pipeline.exchange import check_folder

    pages = (arguments.sheet, arguments.closeups, arguments.cast, arguments.seeds)
    files = (*pages, arguments.picture, arguments.glb, arguments.json)
    for path in filter(None, files):
        check_folder(path.parent)
        if path.is_dir():
            raise HeadError("it is a folder", where=path, remedy="Name a file", code="head.target")
    if arguments.obj and not arguments.rig.shapes:
        raise HeadError(
            "there is no frozen shape to write", where=arguments.project or "--obj",
            remedy="Name a project with frozen shapes: --project P.tell", code="rig.empty",
        )  # fmt: skip


def _from_data(head: HeadModel, arguments: argparse.Namespace) -> int:
    """What needs the head's numbers and no picture."""
    if arguments.controls:
        from pipeline.head.rig import rigged

        print("\n".join(rigged(head, arguments.rig).controls))
        for notice in head.notices:
            print(f"note: {notice}", file=sys.stderr)
    if arguments.glb:
        from pipeline.exchange.glb import write_glb

        write_glb(arguments.glb, head, rig=arguments.rig)
        print(arguments.glb)
    if arguments.obj:
        from pipeline.exchange.obj import write_obj_folder

        for path in write_obj_folder(arguments.obj, head, arguments.rig):
            print(path)
    if arguments.basis:
        from pipeline.head import write_bases

        for path in write_bases(head, arguments.basis):
            print(path)
    if arguments.verify and not arguments.characters:
        return _verify(head, arguments.only, arguments.json)
    return 0


def _head(chosen: ProjectHead, arguments: argparse.Namespace, lod: Lod) -> HeadModel:
    from pipeline.cli.progress_bar import run_with_bar

    return run_with_bar(chosen.load(arguments.lod or lod), "head")


def _verify(head: HeadModel, groups: list[str], path: Path | None) -> int:
    from pipeline.cli.head_verify import report_lines
    from pipeline.cli.progress_bar import run_with_bar
    from pipeline.exchange import check_folder, whole_text
    from pipeline.head.measure.verify import verify_head

    if path is not None:
        check_folder(path.parent)
    report = run_with_bar(verify_head(head, groups), "verify")
    for line in report_lines(report):
        print(line)
    if path is not None:
        with whole_text(path) as out:
            out.write(json.dumps(report.as_data(), indent=1) + "\n")
    return 1 if report.failing else 0


def weights_of(text: str) -> dict[str, float]:
    """Weights from ``"AU12=0.8,AU25"``; a name alone is at full activation.

    Raises
    ------
    HeadError
        If a weight is not a number.
    """
    weights = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = part.partition("=")
        try:
            weights[name.strip()] = weight = float(value) if value else 1.0
            if not math.isfinite(weight):
                raise ValueError(weight)
        except ValueError as error:
            raise HeadError(
                f"'{part}' is no weight", remedy="Write for example AU12=0.8,AU25=0.5",
                code="head.weights",
            ) from error  # fmt: skip
    return weights
