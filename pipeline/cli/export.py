"""`main.py export`: a layer of AU curves as a file for other programs."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.cli.arguments import frame_rate

NAME = "export"


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Register the command."""
    from pipeline.exchange import FORMATS

    parser = commands.add_parser(
        NAME,
        help="write a layer of AU curves",
        description="Write the AU curves of SOURCE (a project or an aus.csv).",
    )
    parser.add_argument("source", type=Path, metavar="SOURCE")
    parser.add_argument("--to", required=True, choices=sorted(FORMATS), metavar="FORMAT",
                        help=", ".join(sorted(FORMATS)))  # fmt: skip
    parser.add_argument("--out", type=Path, required=True, metavar="PATH")
    parser.add_argument("--layer", choices=("raw", "edited", "modulated"), default="modulated")
    parser.add_argument(
        "--fps", type=frame_rate, metavar="F", help="rows a second (default: the clip's own frames)"
    )
    parser.add_argument("--clip", metavar="ID")
    parser.add_argument("--coder", metavar="NAME")
    parser.set_defaults(run=run_command)


def run_command(arguments: argparse.Namespace) -> int:
    """Export and say where."""
    from pipeline.cli.tracks import Played, load_tracks
    from pipeline.exchange import FORMATS

    played = Played(arguments.layer)
    tracks = load_tracks(arguments.source, played, clip=arguments.clip, coder=arguments.coder)
    FORMATS[arguments.to](tracks, arguments.out, layer=arguments.layer, fps=arguments.fps)
    print(arguments.out)
    return 0
