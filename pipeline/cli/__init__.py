"""The command line: one file per command, the same code that the studio runs.

Exit status 0; 1 for a typed error, said on stderr in one or two lines; 2 for wrong usage.
Progress goes to stderr, results to stdout and to files.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Protocol

from pipeline.cli import analyze, bench, export, head, render, synth
from pipeline.core.errors import Cancelled, TellError

COMMANDS = (analyze, render, export, synth, head, bench)


class WindowCommands(Protocol):
    """The commands that need a window; the shell registers them."""

    NAMES: tuple[str, ...]

    def add_parsers(self, commands: argparse._SubParsersAction) -> None: ...

    def run_studio(self, paths: Sequence[str]) -> int: ...


def build_parser(window: WindowCommands | None = None) -> argparse.ArgumentParser:
    """Parser of every command; ``window`` adds those that open one."""
    parser = argparse.ArgumentParser(
        prog="main.py",
        description="Tell Studio: see the tell, correct it, put it on a face.",
        epilog="With no command, or with paths only, the studio opens.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_parser(commands)
    if window is not None:
        window.add_parsers(commands)
    return parser


def run_command_line(argv: Sequence[str], window: WindowCommands | None = None) -> int:
    """Run one command and return its exit status."""
    parser = build_parser(window)
    names = {command.NAME for command in COMMANDS} | set(window.NAMES if window else ())
    if window is not None and (not argv or (argv[0] not in names and not argv[0].startswith("-"))):
        return _guarded(lambda: window.run_studio(argv))
    arguments = parser.parse_args(argv)
    return _guarded(lambda: int(arguments.run(arguments) or 0))


def _guarded(action) -> int:
    try:
        return action()
    except TellError as error:
        print(f"main.py: {error}", file=sys.stderr)
        return 1
    except Cancelled:
        print("main.py: stopped", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("main.py: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader went away (a pager was quit): not an error, and nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        reason = error.strerror or str(error)
        print(
            f"main.py: {where}{reason}. Check the path, its rights and the space", file=sys.stderr
        )
        return 1
