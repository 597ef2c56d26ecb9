"""`main.py head`: facts and data made from the built-in head."""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "head"


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Register the command."""
    parser = commands.add_parser(
        NAME,
        help="build the head, or remake the AU bases from it",
        description="Build the built-in head, or remake the AU bases that turn a face's motion "
        "into AU activations (they must match the anatomy of the head).",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--basis", type=Path, metavar="DIR", help="write both AU bases here")
    what.add_argument("--picture", type=Path, metavar="PNG", help="draw the neutral head")
    parser.set_defaults(run=run_command)


def run_command(arguments: argparse.Namespace) -> int:
    """Do what was asked and say where."""
    from pipeline.cli.progress_bar import run_with_bar
    from pipeline.head import load_head, render_picture, write_bases

    head = run_with_bar(load_head(lod="still" if arguments.picture else "live"), "head")
    if arguments.basis:
        for path in write_bases(head, arguments.basis):
            print(path)
    else:
        render_picture(head, {}, arguments.picture, size=(720, 720), quality="still")
        print(arguments.picture)
    return 0
