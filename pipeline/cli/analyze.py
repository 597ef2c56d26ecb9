"""`main.py analyze`: the loop on videos, image folders, data sets or projects."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.arguments import frame_rate
from pipeline.core.errors import MediaError, TellError

if TYPE_CHECKING:
    from pipeline.analysis import Analysis
    from pipeline.media import FrameSource
    from pipeline.store import ClipRecord, ProjectStore

NAME = "analyze"


@dataclass(frozen=True)
class ClipInput:
    """One clip to analyse.

    Parameters
    ----------
    clip_id : str
    path : Path
        A video or a folder of images.
    subject, dataset : str
        From the data set or project, empty otherwise.
    fps : float or None
        Frame rate of an image folder where it is known.
    record : ClipRecord or None
        A project's clip: what a person has chosen for it counts here too.
    """

    clip_id: str
    path: Path
    subject: str = ""
    dataset: str = ""
    fps: float | None = None
    record: ClipRecord | None = None


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
        type=frame_rate,
        metavar="F",
        help="of image folders (default 200 in CASME II, else 25)",
    )
    parser.set_defaults(run=run_command)


def run_command(arguments: argparse.Namespace) -> int:
    """Analyse every clip; what fails is said once and the others go on."""
    from pipeline.exchange import check_folder, write_events_csv

    problems = Problems()
    clips = _all_clips(arguments.paths, problems)
    if not clips:
        return 1
    if arguments.out:
        check_folder(arguments.out)
    rows, done = [], 0
    with contextlib.ExitStack() as closing:
        store = None
        if arguments.project:
            store = closing.enter_context(_open_store(arguments.project))
            with store.transaction():
                pass  # a project that takes no edits says so now, not after the work
        for clip in clips:
            try:
                rows += _analyse_one(clip, arguments, store)
                done += 1
            except TellError as error:
                problems.say(error)
    if arguments.out and done:
        write_events_csv(arguments.out / "events.csv", rows)
    return 1 if problems.said else 0


class Problems:
    """Says each problem once on stderr: a missing model concerns every clip alike."""

    def __init__(self) -> None:
        self.said: set[str] = set()

    def say(self, error: TellError) -> None:
        """Say it, unless the same was said before."""
        text = str(error)
        if text not in self.said:
            self.said.add(text)
            print(f"main.py: {text}", file=sys.stderr)


def _all_clips(paths: Iterable[Path], problems: Problems) -> list[ClipInput]:
    """Every clip once, each under an id (and so a folder) of its own."""
    from pipeline.exchange import clip_folder

    found: dict[Path, ClipInput] = {}
    for path in paths:
        try:
            for clip in expand(path):
                found.setdefault(clip.path.resolve(), clip)
        except TellError as error:
            problems.say(error)
    taken: set[str] = set()
    clips = []
    for clip in found.values():
        number, name = 2, clip.clip_id
        while clip_folder(name).lower() in taken:
            number, name = number + 1, f"{clip.clip_id}-{number}"
        taken.add(clip_folder(name).lower())
        clips.append(replace(clip, clip_id=name))
    return clips


def expand(path: Path) -> Iterator[ClipInput]:
    """The clips that a PATH names: itself, or those of a data set or project.

    Raises
    ------
    MediaError
        If the path does not exist, or is a data set or project without any film.
    ProjectError
        If the project cannot be read.
    """
    from pipeline.exchange import find_dataset
    from pipeline.store import clip_name

    if not path.exists():
        raise MediaError(
            "there is no such file or folder", where=path, remedy="Check the path",
            code="media.missing",
        )  # fmt: skip
    if path.suffix.lower() == ".tell":
        yield from _project_clips(path)
        return
    dataset = find_dataset(path) if path.is_dir() else None
    if dataset is None:
        yield ClipInput(clip_name(path.resolve()), path)
        return
    for problem in dataset.problems:
        print(f"main.py: {problem}", file=sys.stderr)
    clips = [clip for clip in dataset.clips if clip.path is not None]
    if not clips:
        raise MediaError(
            "there is a label sheet but no clip", where=path, code="media.empty",
            remedy="Put the subjects' folders (sub01, sub02) beside the sheet",
        )  # fmt: skip
    for clip in clips:
        assert clip.path is not None
        yield ClipInput(clip.clip_id, clip.path, clip.subject, dataset.name, dataset.fps)


def _project_clips(path: Path) -> Iterator[ClipInput]:
    from pipeline.store import ProjectStore

    with ProjectStore.open(path, read_only=True) as store:
        records = store.clips()
        if not records:
            raise MediaError(
                "the project has no clips", where=path, remedy="Add a video to it first",
                code="media.empty",
            )  # fmt: skip
        for record in records:
            yield ClipInput(
                record.clip_id,
                store.media_path(record),
                record.subject,
                record.dataset,
                record.fps if record.kind == "images" else None,
                record,
            )


def _open_store(path: Path) -> ProjectStore:
    from pipeline.store import ProjectStore

    return ProjectStore.open(path) if path.exists() else ProjectStore.create(path)


def _analyse_one(
    clip: ClipInput, arguments: argparse.Namespace, store: ProjectStore | None
) -> list:
    from pipeline.analysis import AnalysisOptions, analyse
    from pipeline.cli.progress_bar import run_with_bar
    from pipeline.exchange import EventRow, clip_folder, write_analysis_folder
    from pipeline.media import open_source

    source = open_source(clip.path, fps=arguments.fps or clip.fps)
    try:
        options = AnalysisOptions(predictor=arguments.predictor, device=arguments.device)
        if clip.record is not None:
            options = AnalysisOptions.of_clip(clip.record, arguments.predictor, arguments.device)
        result = run_with_bar(analyse(source, options), clip.clip_id)
        rows = [EventRow.of(clip.clip_id, span, source) for span in result.events]
        if arguments.out:
            write_analysis_folder(
                arguments.out / clip_folder(clip.clip_id),
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
