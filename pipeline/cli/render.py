"""`main.py render`: the head's film, or one picture of it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.cli.arguments import add_head_choice, frame_rate, intensity
from pipeline.cli.project_head import head_of
from pipeline.core.errors import ExportError
from pipeline.head.scene.camera import LIGHTS

if TYPE_CHECKING:
    from pipeline.cli.tracks import ClipTracks

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
    parser.add_argument("--fps", type=frame_rate, default=60.0, metavar="F")
    add_head_choice(parser, "the project's head, else the built-in one")
    parser.add_argument("--light", choices=LIGHTS, default=LIGHTS[0])
    parser.add_argument("--emotion", default="", metavar="E")
    parser.add_argument(
        "--intensity", type=intensity, metavar="I", help="0 to 1 (default: each event's own)"
    )
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
    from pipeline.exchange import row_times
    from pipeline.head import Look, render_film, render_picture

    if arguments.out.suffix.lower() not in {".mp4", ".png"}:
        raise ExportError(
            "the head can be written as .mp4 or .png", where=arguments.out,
            remedy="Give the file one of these endings", code="export.format",
        )  # fmt: skip
    chosen = head_of(arguments)
    look = Look(light=arguments.light, iris=chosen.iris)
    track = _only_clip(arguments)
    size = (arguments.size, arguments.size)
    still = arguments.out.suffix.lower() == ".png"
    times = np.zeros(0) if still else row_times(track, arguments.fps)
    head = run_with_bar(chosen.load(arguments.quality), "head")
    if still:
        weights = track.drive.at(_strongest(track))
        render_picture(
            head, weights, arguments.out, size=size, quality=arguments.quality, look=look,
            rig=chosen.rig,
        )  # fmt: skip
    else:
        film = render_film(
            head, track.drive.at, times, arguments.out, size=size,
            fps=arguments.fps, quality=arguments.quality, look=look, rig=chosen.rig,
        )  # fmt: skip
        run_with_bar(film, "film")
    print(arguments.out)
    return 0


def _only_clip(arguments: argparse.Namespace) -> ClipTracks:
    """The one clip with curves that SOURCE holds or ``--clip`` names."""
    from pipeline.cli.tracks import Played, load_tracks

    played = Played(arguments.layer, arguments.emotion, arguments.intensity)
    tracks = [
        track
        for track in load_tracks(
            arguments.source, played, clip=arguments.clip, coder=arguments.coder
        )
        if track.curves
    ]
    if len(tracks) > 1:
        names = ", ".join(track.clip_id for track in tracks[:8])
        raise ExportError(
            f"it holds {len(tracks)} clips", where=arguments.source,
            remedy=f"Choose one with --clip: {names}", code="export.clip",
        )  # fmt: skip
    return tracks[0]


def _strongest(track: ClipTracks) -> float:
    """Time of the strongest moment, s."""
    at = np.linspace(0.0, track.times[-1] if len(track.times) else 0.0, 400)
    moved = sum(np.abs(values) for values in track.values(at).values())
    return float(at[int(np.argmax(moved))])
