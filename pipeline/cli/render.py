"""`main.py render`: the head's film, or one picture of it."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from pipeline.core.errors import ExportError

NAME = "render"


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Register the command."""
    parser = commands.add_parser(
        NAME,
        help="film the head doing a clip's curves",
        description="Render SOURCE (a project or an aus.csv) on the head, as MP4 or as a PNG of "
        "the strongest moment.",
    )
    parser.add_argument("source", type=Path, metavar="SOURCE")
    parser.add_argument("--out", type=Path, required=True, metavar="MP4|PNG")
    parser.add_argument("--size", type=_size, default=720, metavar="PX", help="height and width")
    parser.add_argument("--fps", type=float, default=60.0)
    parser.add_argument("--head", default="builtin", metavar="NAME|PATH")
    parser.add_argument("--emotion", default="", metavar="E")
    parser.add_argument("--intensity", type=float, default=1.0, metavar="I")
    parser.add_argument("--layer", choices=("raw", "edited", "modulated"), default="modulated")
    parser.add_argument("--quality", choices=("draft", "live", "still"), default="live")
    parser.add_argument("--clip", metavar="ID")
    parser.add_argument("--coder", metavar="NAME")
    parser.set_defaults(run=run_command)


def _size(text: str) -> int:
    value = int(text)
    if not 64 <= value <= 4096:
        raise argparse.ArgumentTypeError(f"{text} is not between 64 and 4096")
    return value


def run_command(arguments: argparse.Namespace) -> int:
    """Render and say where."""
    from pipeline.cli.progress_bar import run_with_bar
    from pipeline.cli.tracks import load_tracks
    from pipeline.head import load_head, render_film, render_picture

    if arguments.out.suffix.lower() not in {".mp4", ".png"}:
        raise ExportError(
            "the head can be written as .mp4 or .png", where=arguments.out, code="export.format"
        )
    tracks = load_tracks(
        arguments.source,
        layer=arguments.layer,
        clip=arguments.clip,
        coder=arguments.coder,
        emotion=arguments.emotion,
        intensity=arguments.intensity,
    )
    if len(tracks) > 1:
        names = ", ".join(track.clip_id for track in tracks[:8])
        raise ExportError(
            f"it holds {len(tracks)} clips", where=arguments.source,
            remedy=f"Choose one with --clip: {names}", code="export.clip",
        )  # fmt: skip
    track = tracks[0]
    head = run_with_bar(load_head(arguments.head, lod=arguments.quality), "head")
    size = (arguments.size, arguments.size)
    end = float(track.times[-1])
    if arguments.out.suffix.lower() == ".png":
        at = np.linspace(0.0, end, 400)
        strongest = at[int(np.argmax(sum(track.values(at).values())))]
        render_picture(
            head, track.weights(float(strongest)), arguments.out, size=size,
            quality=arguments.quality,
        )  # fmt: skip
    else:
        times = np.arange(0.0, end + 0.5 / arguments.fps, 1.0 / arguments.fps)
        film = render_film(
            head, track.weights, times, arguments.out, size=size, fps=arguments.fps,
            quality=arguments.quality,
        )  # fmt: skip
        run_with_bar(film, "film")
    print(arguments.out)
    return 0
