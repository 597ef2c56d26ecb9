"""The line at the bottom: what is stored, who codes, where the head looks; what undo takes back."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QLabel, QStatusBar

if TYPE_CHECKING:
    from app.state import Document

_WINDOW_S = 2.0


class StatusLine(QStatusBar):
    """Status line of the studio.

    Parameters
    ----------
    document : Document
    """

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self._shown_at: deque[float] = deque(maxlen=256)
        self.setSizeGripEnabled(False)
        self.left, self.right = QLabel(), QLabel()
        self.addWidget(self.left, 1)
        self.addPermanentWidget(self.right)
        for signal in (
            document.project_opened, document.clip_selected, document.events_changed,
            document.analysis_changed, document.clips_changed, document.playhead.frame_changed,
        ):  # fmt: skip
            signal.connect(self._show_left)
        document.undo.undoTextChanged.connect(self._show_right)
        document.playhead.playing_changed.connect(self._show_right)
        document.feed.ready.connect(self._picture_shown)
        self._show_left()
        self._show_right()

    def _show_left(self, *_changed: object) -> None:
        document = self._document
        if document.store is None:
            self.left.setText(self.tr("no project open"))
            return
        stored = self.tr("read only") if document.store.read_only else self.tr("saved")
        coder = self.tr("coder {name}").format(name=document.coder)
        self.left.setText(" · ".join(part for part in (stored, coder, self._pose()) if part))
        self.left.setToolTip(str(document.store.path))

    def _pose(self) -> str:
        analysis, frame = self._document.analysis, self._document.playhead.frame
        if analysis is None or not 0 <= frame < len(analysis.track.pose):
            return ""
        yaw, pitch, roll = (float(angle) for angle in analysis.track.pose[frame])
        if not np.isfinite([yaw, pitch, roll]).all():
            return self.tr("no face here")
        text = self.tr("head pose yaw {yaw:.1f}° pitch {pitch:.1f}° roll {roll:.1f}°")
        return text.format(yaw=yaw, pitch=pitch, roll=roll).replace("-", "−")

    def _picture_shown(self, _index: int, _rgb: object) -> None:
        self._shown_at.append(time.monotonic())
        if self._document.playhead.playing:
            self._show_right()

    def _show_right(self, *_changed: object) -> None:
        parts = []
        if self._document.playhead.playing:
            now = time.monotonic()
            recent = sum(at > now - _WINDOW_S for at in self._shown_at)
            parts.append(self.tr("{rate:.0f} pictures/s").format(rate=recent / _WINDOW_S))
        undo = self._document.undo.undoText()
        if undo:
            parts.append(self.tr("undo: {what}").format(what=undo[:1].lower() + undo[1:]))
        self.right.setText(" · ".join(parts))
