"""The tables of an evaluation: the paper's two and the long one, as Markdown, CSV and PNG."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.core.vision import cv2
from pipeline.exchange.writing import whole_file, whole_text
from pipeline.training.measures import Interval

#: Figures whose first word is here are printed in per cent, as the paper does.
_SHARES = ("accuracy", "f1", "uf1", "uar", "strs")
_EMPTY = "–"
_BRACKETS = "Brackets are bootstrap intervals over clips"
_MOST_WIDE = 1400  # px that a note may take
_PAPER, _BAND, _RULE = (255, 255, 255), (245, 246, 248), (40, 40, 46)
_INK, _FAINT = (24, 24, 27), (110, 110, 118)
_TITLE, _TEXT, _NOTE = 22, 16, 13  # px
_BOLD, _PLAIN = 700, 400
_MARGIN, _LINE, _GUTTER = 28, 30, 30


@dataclass(frozen=True)
class Result:
    """The figures of one predictor under one protocol.

    Parameters
    ----------
    model : str
        Name of the preset, rival or row of reference (``majority``, ``chance``).
    category : str
        Kind of method, such as ``Hand-crafted``.
    protocol : str
        ``loso``, ``kfold`` or ``all``.
    figures : mapping of str to Interval
        ``accuracy``, ``uf1``, ``uar``, ``strs``, ``f1 disgust`` and what else was measured, with
        intervals over clips; shares in [0, 1].
    faces : mapping of str to Interval
        The same with intervals over faces.
    """

    model: str
    category: str
    protocol: str
    figures: Mapping[str, Interval] = field(repr=False)
    faces: Mapping[str, Interval] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Table:
    """Cells of text under a title.

    Parameters
    ----------
    title : str
    columns : tuple of str
    rows : tuple of tuple of str
        As many cells each as there are columns.
    notes : tuple of str
        Printed below; a table is read with them or wrongly.
    numbers : int
        How many of the last columns hold numbers (set to the right).
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    numbers: int = 0

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"a row of '{self.title}' has not {len(self.columns)} cells")

    def markdown(self) -> str:
        """The table for a README."""
        texts = len(self.columns) - self.numbers
        rule = ["---"] * texts + ["---:"] * self.numbers
        lines = [f"**{_escaped(self.title)}**", "", _piped(self.columns), _piped(rule, raw=True)]
        lines += [_piped(row) for row in self.rows]
        if self.notes:
            lines += ["", *(f"- {_escaped(note)}." for note in self.notes)]
        return "\n".join(lines) + "\n"

    def csv(self) -> str:
        """The cells alone, notes left out, an empty cell where nothing was measured."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([["" if cell == _EMPTY else cell for cell in row] for row in self.rows])
        return out.getvalue()

    def write(self, folder: Path, stem: str) -> list[Path]:
        """Write ``stem.md``, ``stem.csv`` and ``stem.png``, each whole or not at all.

        Raises
        ------
        ExportError
            If the folder cannot be written to.
        """
        paths = [folder / f"{stem}.{ending}" for ending in ("md", "csv", "png")]
        for path, text in zip(paths, (self.markdown(), self.csv()), strict=False):
            with whole_text(path) as out:
                out.write(text)
        picture = np.ascontiguousarray(draw_table(self)[:, :, ::-1])
        with whole_file(paths[2]) as temporary:
            temporary.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
        return paths


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")


def _piped(cells: Sequence[str], raw: bool = False) -> str:
    return "| " + " | ".join(cells if raw else map(_escaped, cells)) + " |"


def printed(figure: Interval | None, *, share: bool) -> str:
    """``64.1 [58.0, 70.2]``; a dash where there is no figure, no brackets without bounds."""
    if figure is None or math.isnan(figure.value):
        return _EMPTY
    scale = 100 if share else 1
    digits = 1 if share else 2
    text = f"{scale * figure.value:.{digits}f}"
    if math.isnan(figure.low) or math.isnan(figure.high):
        return text
    return f"{text} [{scale * figure.low:.{digits}f}, {scale * figure.high:.{digits}f}]"


def accuracy_table(results: Sequence[Result], notes: Sequence[str] = ()) -> Table:
    """Accuracy by k-fold and by LOSO, a model a row (Fang 2025, Table 2)."""
    models = list(dict.fromkeys(result.model for result in results))
    found = {(result.model, result.protocol): result.figures for result in results}
    rows = tuple(
        (
            model,
            *(
                printed(found.get((model, protocol), {}).get("accuracy"), share=True)
                for protocol in ("kfold", "loso")
            ),
        )
        for model in models
    )
    shared = "k-fold shares subjects between folds: faces are known there, under LOSO they are not"
    return Table(
        "Accuracy by k-fold and LOSO", ("Model", "k-fold acc. (%)", "LOSO acc. (%)"), rows,
        (shared, _BRACKETS, *notes), numbers=2,
    )  # fmt: skip


def recognition_table(results: Sequence[Result], notes: Sequence[str] = ()) -> Table:
    """Accuracy and F1 of each method, by category (Fang 2025, Table 3)."""
    order = list(dict.fromkeys(result.category for result in results))
    rows = tuple(
        (
            result.category, result.model, result.protocol,
            printed(result.figures.get("accuracy"), share=True),
            printed(result.figures.get("uf1"), share=True),
        )
        for result in sorted(results, key=lambda result: order.index(result.category))
    )  # fmt: skip
    return Table(
        "Recognition of micro-expressions",
        ("Category", "Method", "Protocol", "Accuracy (%)", "F1 (%)"), rows,
        ("F1 is the mean of the classes' F1 (UF1), pooled over folds", _BRACKETS, *notes),
        numbers=2,
    )  # fmt: skip


def long_table(results: Sequence[Result], notes: Sequence[str] = ()) -> Table:
    """Every figure of every result in a row of its own, with both intervals."""
    rows = []
    for result in results:
        for name, figure in result.figures.items():
            share = name.split()[0] in _SHARES
            faces = result.faces.get(name, Interval(float("nan")))
            numbers = (figure.value, figure.low, figure.high, faces.low, faces.high)
            cells = (printed(Interval(number), share=share) for number in numbers)
            label = f"{name} (%)" if share else name
            rows.append((result.model, result.protocol, label, *cells))
    return Table(
        "All figures",
        ("Model", "Protocol", "Measure", "Value",
         "Clips low", "Clips high", "Faces low", "Faces high"),
        tuple(rows), ("Bounds are percentile bootstraps over clips and over faces", *notes),
        numbers=5,
    )  # fmt: skip


def draw_table(table: Table) -> NDArray[np.uint8]:
    """The table as a picture, (H, W, 3) uint8 sRGB."""
    cells = [table.columns, *table.rows]
    widths = [
        max(_width(row[column], _TEXT, _BOLD if row is table.columns else _PLAIN) for row in cells)
        for column in range(len(table.columns))
    ]
    body = sum(widths) + _GUTTER * len(widths)
    inside = max(body, _width(table.title, _TITLE, _BOLD))
    wide = max([inside, *(min(_width(note, _NOTE), _MOST_WIDE) for note in table.notes)])
    notes = [line for note in table.notes for line in _lines(f"{note}.", wide)]
    height = 2 * _MARGIN + _LINE + len(cells) * _LINE + (len(notes) + 1) * (_NOTE + 8)
    page = np.full((height, wide + 2 * _MARGIN, 3), _PAPER, np.uint8)
    right = _MARGIN + max(body, inside)
    top = _MARGIN + _TITLE
    _write(page, table.title, _MARGIN, top, _TITLE, _BOLD)
    top += _LINE - 8
    cv2.line(page, (_MARGIN, top), (right, top), _RULE, 2)
    for index, row in enumerate(cells):
        if index and index % 2 == 0:
            page[top + 1 : top + _LINE, _MARGIN:right] = _BAND
        x, bold = _MARGIN + _GUTTER // 2, _PLAIN if index else _BOLD
        for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
            numeric = column >= len(widths) - table.numbers
            shift = width - _width(cell, _TEXT, bold) if numeric else 0
            _write(page, cell, x + shift, top + 21, _TEXT, bold)
            x += width + _GUTTER
        top += _LINE
        if index in (0, len(cells) - 1):
            cv2.line(page, (_MARGIN, top), (right, top), _RULE, 1 if index == 0 else 2)
    for number, line in enumerate(notes):
        _write(page, line, _MARGIN, top + (number + 1) * (_NOTE + 8), _NOTE, _PLAIN, _FAINT)
    return page


def _width(text: str, size: int, weight: int = _PLAIN) -> int:
    face = cv2.FontFace("sans")
    x, _, width, _ = cv2.getTextSize((0, 0), text, (0, 0), face, size, weight)
    return int(x + width)


def _write(
    page: NDArray[np.uint8],
    text: str,
    x: int,
    y: int,
    size: int,
    weight: int,
    colour: tuple[int, int, int] = _INK,
) -> None:
    cv2.putText(page, text, (x, y), colour, cv2.FontFace("sans"), size, weight)


def _lines(text: str, width: int) -> list[str]:
    """Broken at blanks, so that each line fits the width."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _width(longer, _NOTE) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
