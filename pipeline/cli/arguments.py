"""Values of the command line that several commands take, each checked as it is read."""

from __future__ import annotations

import argparse


def frame_rate(text: str) -> float:
    """Frames a second, above 0 and at most 10,000."""
    value = float(text)
    if not 0 < value <= 10_000:
        raise argparse.ArgumentTypeError(f"{text} is not a frame rate")
    return value


def intensity(text: str) -> float:
    """i_v in [0, 1] (SPEC 7)."""
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return value


def seed(text: str) -> int:
    """Start of the random numbers, 0 to 2**63 - 1."""
    value = int(text)
    if not 0 <= value < 1 << 63:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 2**63 - 1")
    return value


def add_head_choice(parser: argparse.ArgumentParser, default: str) -> None:
    """``--head`` and ``--character``: one of them at most."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--head", metavar="NAME|PATH", help=f"default: {default}")
    group.add_argument(
        "--character", metavar="NAME|seed:N",
        help="one of the cast (main.py head --list), or a random one",
    )  # fmt: skip


def chosen_head(arguments: argparse.Namespace) -> str:
    """Name or path of the head asked for; empty where none is.

    Raises
    ------
    HeadError
        If there is no such character.
    """
    if arguments.character is None:
        return arguments.head or ""
    from pipeline.head.cast import character_named

    return character_named(arguments.character).name
