"""`main.py head`: facts and data made from the built-in head."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.head import HeadModel
    from pipeline.head.sculpt.parameters.detail import Lod

NAME = "head"


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
        "--only", nargs="+", choices=("geometry",), default=[], help="verify: these checks only"
    )
    parser.set_defaults(run=run_command)


def run_command(arguments: argparse.Namespace) -> int:
    """Do what was asked and say where."""
    from pipeline.cli.progress_bar import run_with_bar
    from pipeline.head import load_head, render_picture, write_bases

    lod: Lod = "still" if arguments.picture else arguments.lod
    head = run_with_bar(load_head(arguments.head, lod=lod), "head")
    if arguments.verify:
        return _verify(head)
    if arguments.basis:
        for path in write_bases(head, arguments.basis):
            print(path)
    else:
        render_picture(head, {}, arguments.picture, size=(720, 720), quality="still")
        print(arguments.picture)
    return 0


def _verify(head: HeadModel) -> int:
    from pipeline.cli.head_verify import geometry_lines
    from pipeline.cli.progress_bar import run_with_bar
    from pipeline.head.measure.geometry import measure_geometry

    report = run_with_bar(measure_geometry(head), "geometry")
    for line in geometry_lines(report):
        print(line)
    return 1 if any(report.failing(kind) for kind in report.kinds) else 0
