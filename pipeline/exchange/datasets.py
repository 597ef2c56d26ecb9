"""Find a data set in CASME II's layout: its folders, its clips, its sheet."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.core.errors import SheetError
from pipeline.exchange.grid import SUFFIXES
from pipeline.exchange.sheets import Sheet, SheetRow, read_sheet

#: Frame rate of CASME II, which its image folders do not state.
FPS = 200.0
#: Layouts by the folder that holds the subjects, the most exact picture first.
LAYOUTS = ("CASME2-RAW", "CASME2_RAW_selected", "Cropped", "CASME2_compressed")
_IMAGES = {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff"}
_VIDEOS = {".avi", ".mp4", ".mkv", ".mov"}
_MAX_CLIPS = 20_000
_MAX_SHEETS = 20


@dataclass(frozen=True)
class DatasetClip:
    """One clip of a data set.

    Parameters
    ----------
    clip_id : str
        ``sub01/EP02_01f``.
    path : Path or None
        Folder of images or video; None where a row has neither.
    subject : str
        ``sub01``.
    rows : tuple of SheetRow
        The rows that code it, in the sheet's order; empty where none does.
    """

    clip_id: str
    path: Path | None
    subject: str
    rows: tuple[SheetRow, ...] = ()

    @property
    def sheet_row(self) -> SheetRow | None:
        """The first row that codes the clip."""
        return self.rows[0] if self.rows else None


@dataclass(frozen=True)
class Dataset:
    """A data set on disk.

    Parameters
    ----------
    name : str
        ``CASME II``.
    root : Path
    layout : str
        Name of the folder that holds the subjects; empty where they lie in the root.
    sheet : Sheet or None
    clips : tuple of DatasetClip
        By subject and name.
    problems : tuple of str
        Rows without a folder, folders without a row, and what the sheet's reader found.
    fps : float
        Frame rate of its image folders.
    """

    name: str
    root: Path
    layout: str
    sheet: Sheet | None
    clips: tuple[DatasetClip, ...] = field(repr=False)
    problems: tuple[str, ...] = field(default=(), repr=False)
    fps: float = FPS


def find_dataset(root: Path, sheet: Path | None = None) -> Dataset | None:
    """The data set in a folder; None where there is none.

    Subjects are looked for in the root and one or two folders below (``CASME2-RAW``,
    ``Cropped``, ``CASME2_compressed``, and copies that hold a folder of the same name). Where
    several layouts are there, the raw images are taken. The sheet is the one named, or the
    first in the root or in its folders that has the columns.

    Raises
    ------
    SheetError
        If the sheet named cannot be used.
    """
    root = Path(root)
    places = _places(root)
    holders = sorted((p for p in places if _subjects(p)), key=lambda p: _rank(p, root))
    problems: list[str] = []
    found = read_sheet(sheet) if sheet is not None else _find_sheet(places, problems)
    if not holders and (found is None or not found.rows):
        return None
    holder = holders[0] if holders else None
    folders = _clip_folders(holder) if holder else {}
    if not folders and found is None:
        return None
    if len(holders) > 1 and holder is not None:
        others = ", ".join(str(p.relative_to(root)) for p in holders[1:])
        problems.append(f"{root}: {others} also hold clips; {holder.name} is used")
    if found is None:
        problems.append(f"{root}: no sheet with the labels was found")
    else:
        problems += [str(problem) for problem in found.problems]
    clips = _match(folders, found, problems, holder or root)
    layout = "" if holder is None or holder == root else holder.name
    return Dataset("CASME II", root, layout, found, clips, tuple(problems))


def _places(root: Path) -> list[Path]:
    """The root, the folders in it, and those in the known layouts' folders."""
    known = {name.lower() for name in LAYOUTS}
    places = [root]
    for child in _folders(root):
        places.append(child)
        if child.name.lower() in known:
            places += _folders(child)
    return places


def _rank(place: Path, root: Path) -> tuple[int, str]:
    """Raw pictures first; a folder of the name of no layout after those with one."""
    names = [place.name.lower(), place.parent.name.lower() if place != root else ""]
    ranks = [at for at, layout in enumerate(LAYOUTS) if layout.lower() in names]
    return (min(ranks) if ranks else len(LAYOUTS) + (place != root), str(place))


def _folders(folder: Path) -> list[Path]:
    """Folders in a folder, by name; none where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            names = [e.name for e in entries if e.is_dir() and not e.name.startswith(".")]
    except OSError:
        return []
    return [folder / name for name in sorted(names)]


def _subjects(place: Path) -> list[tuple[str, Path]]:
    """Subjects' folders with their ids: ``sub01``; a bare ``s1`` or ``01`` will not do."""
    found = []
    for folder in _folders(place):
        match = re.fullmatch(r"sub0*(\d{1,4})", folder.name, re.I)
        if match:
            found.append((f"sub{int(match[1]):02d}", folder))
    return found


def _clip_folders(holder: Path) -> dict[str, Path]:
    """Image folders and videos of all subjects by clip id."""
    clips: dict[str, Path] = {}
    for subject, folder in _subjects(holder):
        try:
            with os.scandir(folder) as entries:
                listed = sorted((e.name, e.is_dir()) for e in entries)
        except OSError:
            continue
        for name, is_folder in listed:
            path = folder / name
            if is_folder and _has_image(path):
                clips.setdefault(f"{subject}/{name}", path)
            elif not is_folder and path.suffix.lower() in _VIDEOS:
                clips.setdefault(f"{subject}/{path.stem}", path)
            if len(clips) >= _MAX_CLIPS:
                return clips
    return clips


def _has_image(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(Path(e.name).suffix.lower() in _IMAGES for e in entries)
    except OSError:
        return False


def _find_sheet(places: Iterable[Path], problems: list[str]) -> Sheet | None:
    """The sheet nearest to the root; where none can be read, why not."""
    failed: list[str] = []
    for place in places:
        read: list[Sheet] = []
        for path in _sheet_files(place):
            try:
                read.append(read_sheet(path))
            except SheetError as error:
                failed.append(str(error))
        if read:
            read.sort(key=lambda sheet: -len(sheet.rows))
            if len(read) > 1:
                others = ", ".join(sheet.path.name for sheet in read[1:])
                problems.append(f"{read[0].path}: this sheet is used; there is also {others}")
            return read[0]
    problems += failed
    return None


def _sheet_files(place: Path) -> list[Path]:
    try:
        with os.scandir(place) as entries:
            names = sorted(e.name for e in entries if e.is_file())
    except OSError:
        return []
    sheets = [n for n in names if Path(n).suffix.lower() in SUFFIXES]
    return [place / name for name in sheets if not name.startswith(("~$", "."))][:_MAX_SHEETS]


def _match(
    folders: dict[str, Path], sheet: Sheet | None, problems: list[str], holder: Path
) -> tuple[DatasetClip, ...]:
    """Folders and rows brought together by subject and name, whatever their case."""
    rows: dict[str, list[SheetRow]] = {}
    for row in sheet.rows if sheet else ():
        rows.setdefault(row.clip_id.lower(), []).append(row)
    clips = []
    for clip_id, path in folders.items():
        coded = rows.pop(clip_id.lower(), [])
        if sheet is not None and not coded:
            problems.append(f"{path}: no row of the sheet codes this clip")
        clips.append(DatasetClip(clip_id, path, clip_id.partition("/")[0], tuple(coded)))
    for coded in rows.values():
        first = coded[0]
        if sheet is not None:
            problems.append(
                f"{sheet.where}, row {first.row}: there is no folder or video "
                f"'{first.clip_id}' in {holder}"
            )
        clips.append(DatasetClip(first.clip_id, None, first.subject, tuple(coded)))
    return tuple(sorted(clips, key=lambda clip: clip.clip_id))
