"""`main.py bench`: every figure that the project promises, measured on this machine."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

NAME = "bench"


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Register the command."""
    parser = commands.add_parser(
        NAME,
        help="measure speed and accuracy",
        description="Measure speed and accuracy on this machine. Compare ratios, not times.",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures here")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="GROUP",
        help="media, landmarks, loop, easy, hard, head, rig, loop-head, window (default: all)",
    )  # fmt: skip
    parser.set_defaults(run=run_command)


def run_command(arguments: argparse.Namespace) -> int:
    """Print each figure as it is measured, with the value it is held to."""
    from pipeline.bench import GROUPS, measure
    from pipeline.core.errors import TellError
    from pipeline.exchange import check_folder, whole_text

    unknown = [name for name in arguments.only if name not in GROUPS]
    if unknown:
        raise TellError(f"no group '{unknown[0]}'", remedy=f"There are: {', '.join(GROUPS)}")
    if arguments.json:
        check_folder(arguments.json.parent)
    figures = []
    for figure in measure(arguments.only or list(GROUPS)):
        print(figure, flush=True)
        figures.append(figure)
    if arguments.json:
        table = [figure.as_row() for figure in figures]
        with whole_text(arguments.json) as out:
            out.write(json.dumps(table, indent=1) + "\n")
    return 0
