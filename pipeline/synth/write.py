"""Write synthetic clips as a data set in the CASME II layout, with the truth beside it.

::

    DIR/CASME2-coding-synth.xlsx              one row per event, 2014 column layout
    DIR/CASME2-RAW/sub01/EP01_01/img131.jpg   the first number of a clip is rarely 1
    DIR/truth/sub01_EP01_01.csv               frame,pts_s,AU...,x0,y0,...,x67,y67
    DIR/truth_events.csv                      the columns of events.csv
    DIR/truth_subjects.csv                    whose head each subject is, where heads are filmed
"""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import ExportError
from pipeline.core.labels import format_aus
from pipeline.core.paths import replacing
from pipeline.core.progress import Job, Progress
from pipeline.core.types import AUSignals, EventSpan
from pipeline.core.vision import cv2
from pipeline.synth.clip import Fields, Renderer, Source, clip_renderer
from pipeline.synth.script import stream

FRAMES_FOLDER = "CASME2-RAW"
SHEET_NAME = "CASME2-coding-synth.xlsx"
SHEET_HEADER = (
    "Subject", "Filename", None, "OnsetFrame", "ApexFrame", "OffsetFrame", None,
    "Action Units", "Estimated Emotion",
)  # fmt: skip
EVENT_HEADER = (
    "clip", "onset", "apex", "offset", "onset_s", "apex_s", "offset_s",
    "onset_file", "apex_file", "offset_file", "emotion", "aus", "confidence", "predictor",
)  # fmt: skip
#: High enough that the coder's noise stays under the sensor's (SD about 1 grey level).
_JPEG_QUALITY = 95


@dataclass(frozen=True)
class _Place:
    """Where a clip stands in the data set."""

    subject: str
    name: str
    first_number: int

    @classmethod
    def of(cls, index: int, subjects: int, seed: int) -> _Place:
        """Place of clip `index`: subjects take turns, twenty clips to an episode."""
        turn, subject = divmod(index, subjects)
        first = int(stream(seed + index, "script", 1).integers(2, 200))
        return cls(f"sub{subject + 1:02d}", f"EP{1 + turn // 20:02d}_{1 + turn % 20:02d}", first)

    @property
    def clip_id(self) -> str:
        return f"{self.subject}/{self.name}"


def synthesise(
    out: Path,
    clips: int,
    seed: int,
    *,
    source: Source = "portrait",
    portraits: Sequence[Path] = (),
    profile: str = "easy",
    fields: Fields = "muscle",
    subjects: int = 5,
    characters: Sequence[str] = (),
    fps: float = 200.0,
    size: tuple[int, int] = (640, 480),
) -> Job[Path]:
    """Write `clips` labelled clips; clip i is told by seed + i alone.

    Parameters
    ----------
    out : Path
        Folder of the data set; must not hold one already.
    clips, seed : int
        How many, and the seed of the first.
    source, profile, fields, fps, size
        See `pipeline.synth.clip.clip_renderer`.
    portraits : sequence of Path
        Pictures of faces, used in turn; the astronaut by default.
    subjects : int
        How many different faces; the first `len(portraits)` are the pictures as they are.
    characters : sequence of str
        Whose head each subject is, with ``source="head"``: one for each, by default all of
        them the built-in one.

    Returns
    -------
    Path
        `out`.

    Raises
    ------
    ExportError
        If the folder cannot be written or holds a data set already, or if there are fewer
        characters than subjects.
    MediaError, FaceError
        For a portrait that cannot be read or shows no face.
    """
    out = Path(out)
    names = _subjects_heads(characters, subjects) if source == "head" else []
    _prepare(out)
    rows: list[list[object]] = []
    event_rows: list[list[object]] = []
    pictures: Sequence[Path | None] = list(portraits) or [None]
    for index in range(clips):
        subject = index % subjects
        renderer = clip_renderer(
            seed + index, profile=profile, fields=fields, source=source,
            portrait=pictures[subject % len(pictures)],
            identity=0 if subject < len(pictures) else seed * 1000 + subject,
            character=names[subject] if names else "builtin", fps=fps, size=size,
        )  # fmt: skip
        place = _Place.of(index, subjects, seed)
        with contextlib.closing(renderer):
            yield from _write_clip(out, place, renderer, index, clips)
        rows += [_sheet_row(place, event) for event in renderer.events()]
        event_rows += [_event_row(place, event, fps) for event in renderer.events()]
    _write_sheet(out / SHEET_NAME, rows)
    _write_csv(out / "truth_events.csv", EVENT_HEADER, event_rows)
    if names:
        shown = [[f"sub{index + 1:02d}", name] for index, name in enumerate(names[:clips])]
        _write_csv(out / "truth_subjects.csv", ("subject", "character"), shown)
    return out


def _subjects_heads(characters: Sequence[str], subjects: int) -> list[str]:
    """Names of the heads of all subjects, checked before anything is written."""
    from pipeline.head.cast import character_named

    if 0 < len(characters) < subjects:
        raise ExportError(
            f"{len(characters)} characters cannot be {subjects} subjects",
            remedy="Each subject is one: name more, or ask for fewer subjects",
            code="synth.characters",
        )  # fmt: skip
    given = characters or ["builtin"] * subjects
    return [character_named(name).name for name in given[:subjects]]


def _prepare(out: Path) -> None:
    if (out / FRAMES_FOLDER).exists():
        raise ExportError(
            "the folder already holds a data set", where=out, remedy="Name a new folder",
            code="synth.exists",
        )  # fmt: skip
    try:
        (out / "truth").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(out, error) from error


def _unwritable(where: Path, error: OSError) -> ExportError:
    return ExportError(
        f"cannot be written ({error.strerror})", where=where,
        remedy="Choose a folder that you may write to, with space left", code="synth.write",
    )  # fmt: skip


def _write_clip(out: Path, place: _Place, renderer: Renderer, index: int, clips: int) -> Job[None]:
    folder = out / FRAMES_FOLDER / place.subject / place.name
    points = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for frame in range(renderer.n_frames):
            picture, truth = renderer.draw(frame)
            points.append(truth)
            _write_jpeg(folder / f"img{place.first_number + frame}.jpg", picture)
            yield Progress("synth", index + (frame + 1) / renderer.n_frames, clips, place.clip_id)
        name = place.clip_id.replace("/", "_") + ".csv"
        header, table = truth_table(renderer.signals(), np.stack(points), renderer.fps)
        _write_csv(out / "truth" / name, header, table)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _write_jpeg(path: Path, picture: NDArray[np.uint8]) -> None:
    done, coded = cv2.imencode(
        ".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    )
    if not done:
        raise ExportError("the picture cannot be encoded", where=path, code="synth.write")
    path.write_bytes(coded.tobytes())


def truth_table(
    signals: AUSignals, points: NDArray[np.float64], fps: float
) -> tuple[list[str], list[list[object]]]:
    """Header and rows of a truth file: the columns of ``aus.csv``, then the points."""
    means = signals.mean_sides()
    sided = [name for name in signals.names if "_" in name]
    header = ["frame", "pts_s", *means, *sided]
    header += [f"{axis}{point}" for point in range(points.shape[1]) for axis in "xy"]
    columns = np.column_stack([*means.values(), *(signals.column(name) for name in sided)])
    rows: list[list[object]] = []
    for frame, (activations, at) in enumerate(zip(columns, points, strict=True)):
        numbers = [f"{value:.7g}" for value in (frame / fps, *activations, *at.ravel())]
        rows.append([frame, *numbers])
    return header, rows


def _sheet_row(place: _Place, event: EventSpan) -> list[object]:
    apex = "/" if event.apex is None else event.apex + place.first_number
    onset, offset = event.onset + place.first_number, event.offset + place.first_number
    aus = "+".join(f"{label.side}{label.au}" for label in event.aus)
    return [place.subject[3:], place.name, None, onset, apex, offset, None, aus, event.emotion]


def _event_row(place: _Place, event: EventSpan, fps: float) -> list[object]:
    frames = [event.onset, event.onset if event.apex is None else event.apex, event.offset]
    seconds = [f"{frame / fps:.7g}" for frame in frames]
    files = [frame + place.first_number for frame in frames]
    return [
        place.clip_id, *frames, *seconds, *files, event.emotion, format_aus(event.aus), "", "synth",
    ]  # fmt: skip


def _write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _write_sheet(path: Path, rows: Sequence[Sequence[object]]) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # a new workbook always has one
    sheet.title = "Sheet1"
    sheet.append(list(SHEET_HEADER))
    for row in rows:
        sheet.append(list(row))
    try:
        with replacing(path) as temporary:
            book.save(temporary)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        book.close()
