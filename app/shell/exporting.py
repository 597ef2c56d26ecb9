"""The export sheet, and the jobs it starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.shell import dialogs, exports
from app.shell.head_exports import film_of_head, glb_of_head
from pipeline.core.errors import ExportError
from pipeline.core.progress import Job
from widgets.controls import button, caption, heading

if TYPE_CHECKING:
    from app.shell.exports import Snapshot
    from app.state import Document

MakeJob = Callable[["Snapshot", Path], Job[Path]]


@dataclass(frozen=True)
class Export:
    """One kind of export.

    Parameters
    ----------
    title, words : str
        Its name and what is in it.
    ending : str
        File ending; empty for a folder.
    has_layer : bool
        Whether it is of one layer of curves.
    make_job : callable
        ``make_job(snapshot, target)``.
    """

    title: str
    words: str
    ending: str
    has_layer: bool
    make_job: MakeJob


def _n(text: str) -> str:
    return str(QT_TRANSLATE_NOOP("Export", text))


EXPORTS: tuple[Export, ...] = (
    Export(_n("Curves, CSV"), _n("Every frame a row, every action unit a column"), "csv", True,
           lambda snapshot, path: exports.export_layer(snapshot, "csv", path)),
    Export(_n("Curves, JSON"), _n("Keys with their tangents: the curve exactly"), "json", True,
           lambda snapshot, path: exports.export_layer(snapshot, "json", path)),
    Export(_n("Events, CSV"), _n("Onset, apex, offset, emotion, action units"), "csv", False,
           exports.export_events),
    Export(_n("All tables"), _n("Landmarks, displacement, AU signals, events: a folder of CSV"),
           "", False, exports.export_tables),
    Export(_n("Film of the head"), _n("MP4 at any size and rate, seen and lit as in the view"),
           "mp4", True, film_of_head),
    Export(_n("Head with shapes and curves, GLB"),
           _n("Morph targets by name, the rig's among them, moved by the layer"), "glb", True,
           glb_of_head),
    Export(_n("Annotated film of the clip"), _n("MP4 with points and events drawn in"), "mp4",
           False, exports.export_clip),
)  # fmt: skip


def _words(text: str) -> str:
    return QCoreApplication.translate("Export", text)


def _two_lines(export: Export) -> QWidget:
    lines = QWidget()
    column = QVBoxLayout(lines)
    column.setContentsMargins(10, 4, 10, 4)
    column.setSpacing(0)
    name = QLabel(_words(export.title))
    column.addWidget(name)
    column.addWidget(caption(_words(export.words)))
    lines.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return lines


class ExportDialog(QDialog):
    """Choose what to write; where is asked next."""

    def __init__(self, clip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export"))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("What to export"))
        for export in EXPORTS:
            item = QListWidgetItem(self.list)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, _words(export.title))
            item.setSizeHint(QSize(400, 48))
            self.list.setItemWidget(item, _two_lines(export))
        self.list.setSpacing(2)
        self.list.setMinimumSize(420, 330)
        self.list.itemDoubleClicked.connect(lambda _item: self.accept())
        self.layer = QComboBox()
        self.layer.setAccessibleName(self.tr("Layer"))
        for name, words in (
            ("modulated", self.tr("modulated: as it plays")),
            ("edited", self.tr("edited: without emotion and intensity")),
            ("raw", self.tr("raw: as predicted")),
        ):
            self.layer.addItem(words, name)
        self.layer_name = QLabel(self.tr("Layer"))
        self.list.currentRowChanged.connect(self._show_layer)
        go = button(self.tr("Export…"), "primary")
        go.setDefault(True)
        go.clicked.connect(self.accept)
        leave = button(self.tr("Cancel"))
        leave.clicked.connect(self.reject)
        top = QHBoxLayout()
        top.addWidget(heading(self.tr("Export")))
        top.addStretch(1)
        top.addWidget(caption(clip))
        layer = QHBoxLayout()
        layer.addWidget(self.layer_name)
        layer.addWidget(self.layer, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(leave)
        foot.addWidget(go)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addLayout(top)
        column.addWidget(self.list)
        column.addLayout(layer)
        column.addLayout(foot)
        self.list.setCurrentRow(0)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def chosen(self) -> tuple[Export, str]:
        """The export and the layer."""
        return EXPORTS[max(0, self.list.currentRow())], self.layer.currentData()

    def _show_layer(self, row: int) -> None:
        for widget in (self.layer, self.layer_name):
            widget.setEnabled(EXPORTS[max(0, row)].has_layer)


class ExportActions(QObject):
    """Export and write back, as jobs with progress.

    Parameters
    ----------
    document : Document
    window : QWidget
        Parent of the questions.

    Signals
    -------
    film_wanted(str)
        A film of the head doing a layer: there is more to ask.
    """

    film_wanted = Signal(str)

    def __init__(self, document: Document, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._window = document, window

    def export(self) -> None:
        """Ask what, then where, then write it in the background."""
        clip = self._document.clip
        if clip is None:
            return
        dialog = ExportDialog(clip.clip_id, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._ask_where(*dialog.chosen()))
        dialog.open()

    def _ask_where(self, export: Export, layer: str) -> None:
        clip = self._document.clip
        if clip is None:
            return
        title = _words(export.title)
        if export.make_job is film_of_head:
            self.film_wanted.emit(layer)
            return
        if not export.ending:
            target = dialogs.ask_folder(self._window, title)
        else:
            stem = clip.clip_id.replace("/", "_")
            proposed = f"{stem}.{export.ending}"
            kinds = f"{export.ending.upper()} (*.{export.ending})"
            target = dialogs.ask_target(self._window, title, proposed, kinds)
        if target is not None:
            self.start(export, layer, target)

    def start(self, export: Export, layer: str, target: Path) -> None:
        """Write an export of the clip in hand in the background."""
        with self._document.notices.catching(export.title):
            snapshot = exports.Snapshot.of(self._document, layer)
            self._document.jobs.start(
                _words(export.title), lambda: export.make_job(snapshot, target), self._written,
                kind="export",
            )  # fmt: skip

    def _written(self, path: Path) -> None:
        self._document.notices.info(self.tr("Written: {path}").format(path=path))

    def write_sheet(self) -> None:
        """Write the data set's sheet with the coder's corrections, all else untouched."""
        from app.shell.sheet_export import sheet_of, write_sheet

        document = self._document
        with document.notices.catching(self.tr("Write corrected sheet")):
            store = document.store
            original = sheet_of(store) if store is not None else None
            if store is None or original is None:
                raise ExportError(
                    "this project was not opened from a sheet",
                    remedy="Open the data set's folder with its sheet first",
                    code="export.no_sheet",
                )
            proposed = str(original.with_name(f"{original.stem}-corrected{original.suffix}"))
            kinds = self.tr("Sheets (*{ending})").format(ending=original.suffix)
            title = self.tr("Write corrected sheet")
            target = dialogs.ask_target(self._window, title, proposed, kinds)
            if target is None:
                return
            coder = document.coder
            document.jobs.start(
                title, lambda: write_sheet(store, original, coder, target), self._written,
                kind="export",
            )  # fmt: skip
