"""Tell Studio: `python main.py [PATH ...]` opens the studio, `main.py COMMAND` runs one step."""

from __future__ import annotations

import sys

from pipeline.cli import run_command_line


def main(argv: list[str] | None = None) -> int:
    """Run a command, or the studio when none is named."""
    from app.shell import commands

    return run_command_line(sys.argv[1:] if argv is None else argv, commands)


if __name__ == "__main__":
    sys.exit(main())
