"""Analysis from the menu: one clip or all of them, as jobs that can be stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from app.state import Document
    from pipeline.store import ClipRecord


class AnalysisActions(QObject):
    """Start and stop analyses."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document

    def analyse(self) -> None:
        """Analyse the clip in hand; a second press while it runs does nothing."""
        if not self._document.jobs.running("analysis"):
            self._document.analyse()

    def analyse_all(self) -> None:
        """Analyse every clip that has no measurements yet, one after the other."""
        waiting = [clip for clip in self._document.clips if not self._measured(clip)]
        if not waiting:
            self._document.notices.info(self.tr("Every clip is analysed already."))
        for clip in waiting:
            self._start(clip)

    def _measured(self, clip: ClipRecord) -> bool:
        store = self._document.store
        return store is None or bool(store.curves(clip.id, "raw"))

    def _start(self, clip: ClipRecord) -> None:
        from app.state import analysing

        document, store = self._document, self._document.store
        settings = document.settings
        choice = analysing.Choice(settings.predictor, settings.device, settings.landmark_model)
        assert store is not None

        def store_result(result: analysing.Analysed) -> None:
            if store is document.store:
                document.do(analysing.as_edit(store, result))

        document.jobs.start(
            self.tr("Analysing {clip}").format(clip=clip.clip_id),
            lambda: analysing.analyse_clip(store, clip, choice),
            store_result,
            kind="analysis",
        )

    def cancel(self) -> None:
        """Stop what runs now, and what waits behind it."""
        running = self._document.jobs.running()
        if running:
            self._document.jobs.cancel(running[-1].kind)
