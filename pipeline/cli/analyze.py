"""`main.py analyze`: the loop on videos, image folders, data sets or projects."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.errors import MediaError, TellError

if TYPE_CHECKING:
    from pipeline.analysis import Analysis
    from pipeline.media import FrameSource
    from pipeline.store import ProjectStore

NAME = "analyze"


@dataclass(frozen=True)
class ClipInput:
    """One clip to analyse: its id, where its frames are, and their rate where it is known."""

    clip_id: str
    path: Path
    subject: str = ""
    dataset: str = ""
    fps: float | None = None


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Register the command."""
    parser = commands.add_parser(
        NAME,
        help="find landmarks, events, AU signals and curves",
        description="Run the loop on each PATH: a video, an image-sequence folder, a data-set "
        "root (CASME II layout with its sheet) or a project.",
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", type=Path)
    parser.add_argument("--out", type=Path, metavar="DIR", help="write CSV files, a folder a clip")
    parser.add_argument("--project", type=Path, metavar="P.tell", help="store the results here")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    parser.add_argument("--predictor", default="classical", metavar="NAME")
    parser.add_argument(
        "--fps",
        type=_positive,
        metavar="F",
        help="of image folders (default 200 in CASME II, else 25)",
    )
    parser.set_defaults(run=run_command)


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value <= 10_000:
        raise argparse.ArgumentTypeError(f"{text} is not a frame rate")
    return value


def run_command(arguments: argparse.Namespace) -> int:
    """Analyse every clip; a clip that fails is said and the others go on."""
    from pipeline.exchange import write_events_csv

    clips = [clip for path in arguments.paths for clip in expand(path)]
    if not clips:
        raise MediaError("nothing to analyse", where=arguments.paths[0], code="media.empty")
    store = _open_store(arguments.project) if arguments.project else None
    rows, failed = [], 0
    try:
        for clip in clips:
            try:
                rows += _analyse_one(clip, arguments, store)
            except TellError as error:
                failed += 1
                print(f"main.py: {error}", file=sys.stderr)
    finally:
        if store is not None:
            store.close()
    if arguments.out and failed < len(clips):
        write_events_csv(arguments.out / "events.csv", rows)
    return 1 if failed else 0


def expand(path: Path) -> Iterator[ClipInput]:
    """The clips that a PATH names: itself, or those of a data set or project.

    Raises
    ------
    MediaError
        If the path does not exist.
    """
    from pipeline.exchange import find_dataset

    if not path.exists():
        raise MediaError("there is no such file or folder", where=path, code="media.missing")
    if path.suffix.lower() == ".tell":
        yield from _project_clips(path)
        return
    dataset = find_dataset(path) if path.is_dir() else None
    if dataset is None:
        yield ClipInput(path.resolve().stem if path.is_file() else path.resolve().name, path)
        return
    for problem in dataset.problems:
        print(f"main.py: {problem}", file=sys.stderr)
    for clip in dataset.clips:
        if clip.path is not None:
            yield ClipInput(clip.clip_id, clip.path, clip.subject, dataset.name, dataset.fps)


def _project_clips(path: Path) -> Iterator[ClipInput]:
    from pipeline.store import ProjectStore

    store = ProjectStore.open(path)
    try:
        for record in store.clips():
            yield ClipInput(record.clip_id, Path(record.path), record.subject, record.dataset)
    finally:
        store.close()


def _open_store(path: Path) -> ProjectStore:
    from pipeline.store import ProjectStore

    return ProjectStore.open(path) if path.exists() else ProjectStore.create(path)


def _analyse_one(
    clip: ClipInput, arguments: argparse.Namespace, store: ProjectStore | None
) -> list:
    from pipeline.analysis import AnalysisOptions, analyse
    from pipeline.cli.progress_bar import run_with_bar
    from pipeline.exchange import EventRow, write_analysis_folder
    from pipeline.media import open_source

    source = open_source(clip.path, fps=arguments.fps or clip.fps)
    try:
        options = AnalysisOptions(predictor=arguments.predictor, device=arguments.device)
        result = run_with_bar(analyse(source, options), clip.clip_id)
        rows = [EventRow.of(clip.clip_id, span, source) for span in result.events]
        if arguments.out:
            write_analysis_folder(
                arguments.out / clip.clip_id.replace("/", "_"),
                times=result.times,
                track=result.track,
                displacement=result.displacement,
                signals=result.signals,
                events=rows,
            )
        if store is not None:
            store.save_result(clip, source, result)
        if not arguments.out and store is None:
            _print_summary(clip.clip_id, source, result)
        for warning in source.warnings:
            print(f"main.py: {clip.clip_id}: {warning}", file=sys.stderr)
        return rows
    finally:
        source.close()


def _print_summary(clip_id: str, source: FrameSource, result: Analysis) -> None:
    from pipeline.core.labels import format_aus

    size = f"{source.width}x{source.height}"
    print(
        f"{clip_id}: {source.n_frames} frames, {source.fps:.6g} fps, {size}, "
        f"{len(result.track.segments)} segment(s), {len(result.events)} event(s)"
    )
    for span in result.events:
        seconds = (source.seconds(span.offset) - source.seconds(span.onset)) * 1000
        print(
            f"  onset {span.onset}  apex {span.apex}  offset {span.offset}  {seconds:.0f} ms  "
            f"AUs {format_aus(span.aus) or '-'}  confidence {span.confidence or 0:.2f}"
        )
