"""What `main.py head` does with several characters: their pages, and checks of each."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from pipeline.core.errors import HeadError

if TYPE_CHECKING:
    from pipeline.head.cast import Character
    from pipeline.head.measure.checks import VerifyReport

MOST_SEEDS = 200  # on a page


def draw_pages(arguments: argparse.Namespace) -> None:
    """Draw the pages asked for and print each file's name."""
    from pipeline.cli.progress_bar import run_with_bar
    from pipeline.head.cast import CAST
    from pipeline.head.measure.cast_page import draw_cast, draw_seeds
    from pipeline.head.measure.small_png import write_png

    seeds = seeds_of(arguments)
    if arguments.cast is not None:
        page = draw_cast(tuple(CAST.values()), arguments.lod or "live")
        write_png(arguments.cast, run_with_bar(page, "cast"))
        print(arguments.cast)
    if arguments.seeds is not None:
        page = draw_seeds(seeds, arguments.lod or "live")
        write_png(arguments.seeds, run_with_bar(page, "seeds"))
        print(arguments.seeds)


def seeds_of(arguments: argparse.Namespace) -> tuple[Character, ...]:
    """Characters of ``--first`` and ``--count``.

    Raises
    ------
    HeadError
        If there are none or too many.
    """
    from pipeline.head.cast import characters_named

    if not 1 <= arguments.count <= MOST_SEEDS:
        raise HeadError(
            f"a page cannot show {arguments.count} characters",
            remedy=f"Give a --count from 1 to {MOST_SEEDS}", code="head.count",
        )  # fmt: skip
    return characters_named(f"seeds:{arguments.first}-{arguments.first + arguments.count - 1}")


def verify_characters(arguments: argparse.Namespace) -> int:
    """Check each character, a line each; 1 if a check of any fails."""
    from pipeline.cli.progress_bar import run_with_bar
    from pipeline.head import load_head
    from pipeline.head.cast import characters_named
    from pipeline.head.measure.verify import verify_head

    named = [one for group in arguments.characters for one in characters_named(group)]
    reports = []
    for character in dict.fromkeys(named):
        job = load_head(character.name, lod=arguments.lod or "live")
        head = run_with_bar(job, character.name)
        report = run_with_bar(verify_head(head, arguments.only), character.name)
        print(report_line(report), flush=True)
        reports.append(report)
    failing = [report.head for report in reports if report.failing]
    print(f"{len(reports) - len(failing)} of {len(reports)} characters hold")
    if arguments.json is not None:
        from pipeline.exchange import whole_text

        with whole_text(arguments.json) as out:
            out.write(json.dumps([report.as_data() for report in reports], indent=1) + "\n")
    return 1 if failing else 0


def report_line(report: VerifyReport) -> str:
    """``ada (live): 398 of 398 checks hold, 40 s``, or what fails."""
    held = len(report.checks) - len(report.failing)
    line = f"{report.head} ({report.lod}): {held} of {len(report.checks)} checks hold"
    line += f", {report.seconds:.0f} s"
    missed = (f"{c.group}: {c.name} {c.value:.4g} ({c.limit})" for c in report.failing)
    return f"{line}; MISSED {'; '.join(missed)}" if report.failing else line
