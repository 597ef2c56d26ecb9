"""Which files of a folder are its frames, in which order, and what their names count."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".pgm", ".ppm"}
)
_LAST_DIGITS = re.compile(r"^(.*?)(\d+)(\D*)$", re.DOTALL)
_SUBJECT = re.compile(r"sub\d+", re.IGNORECASE)
_CASME2 = re.compile(r"casme[ _-]?(2|ii)(?!\d)", re.IGNORECASE)


def image_files(folder: Path) -> list[Path]:
    """All images of a folder, hidden files left out, sorted by name."""
    return sorted(
        entry
        for entry in folder.iterdir()
        if entry.suffix.lower() in IMAGE_SUFFIXES
        and not entry.name.startswith(".")
        and entry.is_file()
    )


def file_number(name: str) -> int | None:
    """The last run of digits in a name's stem: ``reg_img46.jpg`` gives 46."""
    match = _LAST_DIGITS.match(Path(name).stem)
    return int(match[2]) if match and len(match[2]) < 19 else None


def numbered_sequence(files: list[Path]) -> tuple[list[Path], list[int] | None, list[Path]]:
    """Pick the frames of a sequence from the images of a folder.

    The sequence is the largest set of files whose names differ in their last number only;
    images with any other name (previews, contact sheets) are left over.

    Returns
    -------
    list of Path
        The frames, sorted by number.
    list of int or None
        Their numbers; None if no name holds a number (then sorted by name).
    list of Path
        Files left over, and second files with the same number.
    """
    series: dict[tuple[str, str, str], list[Path]] = defaultdict(list)
    for file in files:
        match = _LAST_DIGITS.match(file.stem)
        if match and len(match[2]) < 19:
            series[match[1], match[3], file.suffix.lower()].append(file)
    if not series:
        return list(files), None, []
    chosen = max(series.values(), key=len)
    by_number: dict[int, Path] = {}
    for file in sorted(chosen):
        by_number.setdefault(file_number(file.name) or 0, file)
    numbers = sorted(by_number)
    frames = [by_number[number] for number in numbers]
    kept = set(frames)
    return frames, numbers, [file for file in files if file not in kept]


def looks_like_casme2(folder: Path) -> bool:
    """Whether a folder lies in a CASME II layout (``Cropped/sub01/EP02_01f``): 200 fps."""
    parts = folder.resolve().parts
    return any(_SUBJECT.fullmatch(part) for part in parts[-3:-1]) or any(
        _CASME2.search(part) for part in parts[:-1]
    )
