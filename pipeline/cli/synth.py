"""`main.py synth`: labelled clips with known motion, in the CASME II layout."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.cli.arguments import frame_rate, seed

NAME = "synth"
_SUBJECTS = 5


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Register the command."""
    parser = commands.add_parser(
        NAME,
        help="make labelled clips with known motion",
        description="Make micro-expression clips whose onset, apex, offset, AU curves and point "
        "positions are known: still portraits moved by muscle fields, or films of the head.",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--clips", type=_count, required=True, metavar="N")
    parser.add_argument("--seed", type=seed, required=True, metavar="S")
    parser.add_argument("--source", choices=("portrait", "head"), default="portrait")
    parser.add_argument("--portrait", type=Path, nargs="+", default=[], metavar="IMAGE")
    parser.add_argument("--profile", choices=("easy", "hard", "demo"), default="easy")
    parser.add_argument("--fields", choices=("muscle", "head", "mixed"), default="muscle")
    parser.add_argument(
        "--subjects", type=_count, metavar="K",
        help="different faces (default: 5, or as many as there are characters)",
    )  # fmt: skip
    _add_characters(parser)
    parser.add_argument("--fps", type=frame_rate, default=200.0, metavar="F")
    parser.add_argument("--size", type=_size, default=(640, 480), metavar="640x480")
    parser.set_defaults(run=run_command, usage=parser)


def _add_characters(parser: argparse.ArgumentParser) -> None:
    who = parser.add_argument_group("whose head (with --source head; each subject is one)")
    one = who.add_mutually_exclusive_group()
    one.add_argument(
        "--character", nargs="+", default=[], metavar="NAME|seed:N", help="these, a subject each"
    )
    one.add_argument(
        "--characters", metavar="cast|seeds|seeds:A-B",
        help="the whole cast; random ones told by --seed; a range of random ones",
    )  # fmt: skip


def _characters(arguments: argparse.Namespace) -> list[str]:
    """Names of the characters asked for, a subject each; none asked for: none."""
    from pipeline.head.cast import SEED_PREFIX, characters_named

    if arguments.characters == "seeds":
        first = arguments.seed * 1000  # as the identities of portraits
        count = arguments.subjects or _SUBJECTS
        return [f"{SEED_PREFIX}{(first + index) % 2**32}" for index in range(count)]
    groups = arguments.character or filter(None, [arguments.characters])
    named = (one.name for group in groups for one in characters_named(group))
    return list(dict.fromkeys(named))  # who is named twice is still one subject


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 100_000:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and 100000")
    return value


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    try:
        size = int(width), int(height)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not WIDTHxHEIGHT") from None
    if not all(128 <= side <= 4096 for side in size):
        raise argparse.ArgumentTypeError(f"{text}: sides must be between 128 and 4096")
    return size


def run_command(arguments: argparse.Namespace) -> int:
    """Make the clips and say where."""
    from pipeline.cli.progress_bar import run_with_bar
    from pipeline.synth import synthesise

    if arguments.source != "head" and (arguments.character or arguments.characters):
        arguments.usage.error("characters are filmed with --source head")
    characters = _characters(arguments)
    job = synthesise(
        arguments.out,
        arguments.clips,
        arguments.seed,
        source=arguments.source,
        portraits=arguments.portrait,
        profile=arguments.profile,
        fields=arguments.fields,
        subjects=arguments.subjects or len(characters) or _SUBJECTS,
        characters=characters,
        fps=arguments.fps,
        size=arguments.size,
    )
    print(run_with_bar(job, "synth"))
    return 0
