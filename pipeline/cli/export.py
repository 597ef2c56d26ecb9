"""`main.py export`: a layer of AU curves as a file for other programs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.arguments import add_head_choice, frame_rate

if TYPE_CHECKING:
    from pipeline.cli.tracks import Played

NAME = "export"


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Register the command."""
    from pipeline.exchange import FORMATS

    parser = commands.add_parser(
        NAME,
        help="write a layer of curves",
        description="Write the curves of SOURCE (a project or an aus.csv).",
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
    add_head_choice(parser, "the project's head, else the built-in one; for gltf")
    parser.set_defaults(run=run_command, usage=parser)


def run_command(arguments: argparse.Namespace) -> int:
    """Export and say where."""
    from pipeline.cli.tracks import Played, load_tracks
    from pipeline.exchange import FORMATS

    if arguments.to != "gltf" and (arguments.head or arguments.character):
        arguments.usage.error("only --to gltf writes a head")
    played = Played(arguments.layer)
    if arguments.to == "gltf":
        return _export_gltf(arguments, played)
    tracks = load_tracks(arguments.source, played, clip=arguments.clip, coder=arguments.coder)
    FORMATS[arguments.to](tracks, arguments.out, layer=arguments.layer, fps=arguments.fps)
    print(arguments.out)
    return 0


def _export_gltf(arguments: argparse.Namespace, played: Played) -> int:
    from pipeline.cli.progress_bar import run_with_bar
    from pipeline.cli.project_head import head_of
    from pipeline.cli.tracks import load_tracks
    from pipeline.exchange.glb_animation import export_gltf

    chosen = head_of(arguments)
    tracks = load_tracks(arguments.source, played, clip=arguments.clip, coder=arguments.coder)
    model = run_with_bar(chosen.load("live"), "head")
    export_gltf(
        tracks, arguments.out, layer=arguments.layer, fps=arguments.fps, model=model, rig=chosen.rig
    )
    print(arguments.out)
    return 0
