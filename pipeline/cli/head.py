"""`main.py head`: facts and data made from the built-in head."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--verify", action="store_true", help="check the head; 1 if a check fails")
    what.add_argument("--basis", type=Path, metavar="DIR", help="write both AU bases here")
    what.add_argument("--picture", type=Path, metavar="PNG", help="draw the neutral head")
    parser.add_argument("--head", default="builtin", metavar="NAME|PATH")
    parser.add_argument("--lod", choices=("draft", "live", "still"), default="live")
    parser.add_argument(
        "--only", nargs="+", choices=CHECKS, default=list(CHECKS), metavar="GROUP",
        help=f"verify: only these of {', '.join(CHECKS)}",
    )  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="verify: also write it here")
    parser.set_defaults(run=run_command)


def run_command(arguments: argparse.Namespace) -> int:
    """Do what was asked and say where."""
    from pipeline.cli.progress_bar import run_with_bar
    from pipeline.head import load_head, render_picture, write_bases

    lod: Lod = "still" if arguments.picture else arguments.lod
    head = run_with_bar(load_head(arguments.head, lod=lod), "head")
    if arguments.verify:
        return _verify(head, arguments.only, arguments.json)
    if arguments.basis:
        for path in write_bases(head, arguments.basis):
            print(path)
    else:
        render_picture(head, {}, arguments.picture, size=(720, 720), quality="still")
        print(arguments.picture)
    return 0


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
