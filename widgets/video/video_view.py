"""The video view: one frame exactly, what was measured on it, and who it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.state.document import Document
from pipeline.core.types import EventSpan
from widgets import theme
from widgets.chips import chip_sizes, paint_chip, paint_empty
from widgets.space_key import SpaceKey
from widgets.video.overlays import OverlayPainter, Overlays
from widgets.video.picture_place import PicturePlace

NOTCH = 1.2
#: From this scale on single pixels are shown as squares.
_SQUARE_PIXELS = 4.0
Framing = Literal["all", "face"]
_CLICK = 4.0  # px that a hand may slip during a click


class VideoView(QWidget):
    """Paints the frame that the feed delivered last, with overlays of that same frame.

    Wheel: zoom at the cursor. Middle button, space, or the left button on an enlarged
    picture: pan. Double-click: fit.

    Signals
    -------
    frame_shown(int)
        A frame was delivered and will be painted; pose and the like belong to it.
    face_picked(float, float)
        A click on a face while several were found; picture px in the frame `frame`.
    overlays_changed()
    """

    frame_shown = Signal(int)
    face_picked = Signal(float, float)
    overlays_changed = Signal()

    _built = False  # Qt sends events during construction

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.place = PicturePlace()
        self._overlays = Overlays()
        self._index = -1
        self._rgb: NDArray[np.uint8] | None = None
        self._image = QImage()
        self._painter_of: OverlayPainter | None = None
        self._framing: Framing = "all"
        self._large = False
        self._grip: QPointF | None = None
        self._pressed: QPointF | None = None
        self._space = SpaceKey(self, document.playhead)
        self._built = True
        self.setMinimumSize(160, 120)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Video"))
        self.setToolTipDuration(4000)
        document.feed.ready.connect(self._frame_ready)
        document.feed.failed.connect(self._repaint)
        document.clip_selected.connect(self._clip_changed)
        document.analysis_changed.connect(self._analysis_changed)
        document.events_changed.connect(self.update)
        document.event_selected.connect(self._repaint)
        self._analysis_changed()
        if document.feed.current is not None:
            self._frame_ready(*document.feed.current)

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    # What is shown ----------------------------------------------------------------------

    @property
    def frame(self) -> int:
        """Index of the frame in view, -1 for none; overlays and chip belong to it."""
        return self._index

    @property
    def overlays(self) -> Overlays:
        """What is drawn over the picture."""
        return self._overlays

    def set_overlay(self, name: str, on: bool) -> None:
        """Switch ``points``, ``numbers``, ``arrows`` or ``crop``."""
        self._set_overlays(replace(self._overlays, **{name: on}))

    def set_gain(self, gain: float) -> None:
        """How many times longer than measured the arrows are."""
        self._set_overlays(replace(self._overlays, gain=min(max(gain, 1.0), 100.0)))

    def _set_overlays(self, overlays: Overlays) -> None:
        if overlays != self._overlays:
            self._overlays = overlays
            self.overlays_changed.emit()
            self.update()

    def pose(self) -> tuple[float, float, float] | None:
        """Yaw, pitch, roll (deg) in the frame in view; None where unknown."""
        analysis = self.document.analysis
        if analysis is None or not 0 <= self._index < len(analysis.track.pose):
            return None
        yaw, pitch, roll = (float(v) for v in analysis.track.pose[self._index])
        return (yaw, pitch, roll) if np.isfinite(yaw) else None

    def _frame_ready(self, index: int, rgb: NDArray[np.uint8]) -> None:
        height, width = rgb.shape[:2]
        # The image looks into the array, which is kept beside it.
        self._index, self._rgb = index, rgb
        self._image = QImage(rgb.data, width, height, rgb.strides[0], QImage.Format.Format_RGB888)
        self.place.set_sizes(QSizeF(width, height), QSizeF(self.size()))
        self.setAccessibleDescription(self.identity())
        self.frame_shown.emit(index)
        self.update()

    def _repaint(self, *_: object) -> None:
        self.update()

    def _clip_changed(self, _clip: str) -> None:
        current = self.document.feed.current
        if current is None:
            self._index, self._rgb, self._image = -1, None, QImage()
        self.place.fit()
        self.update()

    def _analysis_changed(self) -> None:
        analysis = self.document.analysis
        self._painter_of = OverlayPainter(analysis) if analysis is not None else None
        self._frame_subject()
        self.update()

    def identity(self) -> str:
        """``frame 97 · img143.jpg · 485 ms`` of the frame in view."""
        source, index = self.document.source, self._index
        if source is None or not 0 <= index < source.n_frames:
            return ""
        parts = [self.tr("frame {n}").format(n=index)]
        if source.file_numbers is not None:
            parts.append(source.frame_name(index))
        ms = source.seconds(index) * 1000.0
        text = f"{ms:.0f}" if abs(ms - round(ms)) < 0.005 else f"{ms:.1f}"
        parts.append(self.tr("{ms} ms").format(ms=text))
        return " · ".join(parts)

    def phase(self) -> str:
        """Where the frame in view lies in an event: ``rise ▲ 13`` is 13 frames before the apex."""
        return phase_of(self._in_order(), self._index, self.tr)

    def _in_order(self) -> list[EventSpan]:
        selected = self.document.selected_event
        events = sorted(self.document.events(), key=lambda event: event.id != selected)
        return [event.span for event in events]

    def _several_faces(self) -> int:
        analysis = self.document.analysis
        return analysis.track.faces_seen if analysis is not None else 0

    # Moving -----------------------------------------------------------------------------

    def set_framing(self, framing: Framing) -> None:
        """What is shown until somebody zooms: ``all`` of the picture, or the ``face`` in it."""
        self._framing = framing
        self._frame_subject()
        self.update()

    def set_large(self, on: bool) -> None:
        """Write larger, for people who look from afar."""
        self._large = on
        self.update()

    def _frame_subject(self) -> None:
        """One place for the whole clip: a picture that followed the face would hide its motion."""
        analysis = self.document.analysis
        box = None
        if self._framing == "face" and analysis is not None:
            known = analysis.track.box[np.isfinite(analysis.track.box).all(axis=1)]
            if len(known):
                left, top, right, bottom = (float(v) for v in np.median(known, axis=0))
                box = QRectF(QPointF(left, top), QPointF(right, bottom))
        self.place.set_subject(box)

    def fit(self) -> None:
        """The workspace's framing."""
        self._frame_subject()
        self.place.fit()
        self.update()

    def fit_picture(self) -> None:
        """All of the picture."""
        self.place.set_subject(None)
        self.place.fit()
        self.update()

    def fit_face(self) -> None:
        """The face in view, three quarters as high as the view."""
        analysis = self.document.analysis
        if analysis is None or not 0 <= self._index < len(analysis.track.box):
            return
        left, top, right, bottom = (float(v) for v in analysis.track.box[self._index])
        if not np.isfinite(left):
            return
        scale = 0.75 * min(self.height() / (bottom - top), self.width() / (right - left))
        self.place.show_around(QPointF((left + right) / 2, (top + bottom) / 2), scale)
        self.update()

    def actual_size(self) -> None:
        """One picture pixel on one of the screen."""
        self.place.set_scale(1.0 / self.devicePixelRatioF(), QPointF(self.rect().center()))
        self.update()

    def zoom_in(self) -> None:
        """Zoom in at the middle."""
        self._zoom(NOTCH, QPointF(self.rect().center()))

    def zoom_out(self) -> None:
        """Zoom out at the middle."""
        self._zoom(1 / NOTCH, QPointF(self.rect().center()))

    def _zoom(self, factor: float, at: QPointF) -> None:
        self.place.zoom(factor, at)
        self.update()

    def resizeEvent(self, event: QEvent) -> None:
        self.place.set_sizes(self.place.picture, QSizeF(self.size()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self._image.isNull() and event.angleDelta().y():
            self._zoom(NOTCH ** (event.angleDelta().y() / 120.0), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        self._pressed = event.position() if left else None
        if event.button() == Qt.MouseButton.MiddleButton or (
            left and (self._space.held or not self.place.fitted)
        ):
            self._grip = event.position()
            self._space.use()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            self.place.pan(event.position() - self._grip)
            self._grip = event.position()
            self.update()
        elif self._several_faces() > 1 and self.place.target.contains(event.position()):
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.unsetCursor()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None
        self.unsetCursor()
        pressed, self._pressed = self._pressed, None
        if pressed is None or self._several_faces() < 2:
            return
        slipped = (event.position() - pressed).manhattanLength()
        if slipped <= _CLICK and self.place.target.contains(event.position()):
            point = self.place.to_picture(event.position())
            self.face_picked.emit(point.x(), point.y())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.fit()

    def event(self, event: QEvent) -> bool:
        if self._built and self._space.handle(event):
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._space.let_go()
        super().focusOutEvent(event)

    # Painting ---------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().color("ground"))
        if self._image.isNull():
            self._paint_empty(painter)
        else:
            smooth = self.place.scale < _SQUARE_PIXELS
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.drawImage(self.place.target, self._image)
            if self._painter_of is not None:
                self._painter_of.paint(painter, self._index, self.place, self._overlays)
            self._paint_chips(painter)
        painter.end()

    def _paint_chips(self, painter: QPainter) -> None:
        large = self._large
        high, margin = chip_sizes(large)
        bottom = self.height() - margin - high
        left = paint_chip(painter, QPointF(margin, margin), self.identity(), large=large)
        phase = self.phase()
        if phase and left.right() + 6 * margin + 24 < self.width():
            paint_chip(painter, QPointF(self.width() - margin, margin), phase,
                       right=True, strong=True, large=large)  # fmt: skip
        faces = self._several_faces()
        if faces > 1 and not large:
            text = self.tr("{n} faces found: click the one to follow").format(n=faces)
            paint_chip(painter, QPointF(margin, bottom), text)
        if not self.place.fitted:
            percent = f"{self.place.scale * self.devicePixelRatioF() * 100:.0f} %"
            corner = QPointF(self.width() - margin, bottom)
            paint_chip(painter, corner, percent, right=True, large=large)

    def _paint_empty(self, painter: QPainter) -> None:
        area = QRectF(self.rect())
        if self.document.clip is None:
            title = self.tr("Open a video or drop it here")
            detail = self.tr("Films, folders of images, CASME II folders and projects")
        elif self.document.source is None:
            title = self.tr("The film is not there")
            detail = self.tr("Events and curves can still be edited")
        else:
            title, detail = self.tr("Reading the frame…"), ""
        paint_empty(painter, area, title, detail)


def phase_of(spans: Iterable[EventSpan], frame: int, tr=str) -> str:  # type: ignore[no-untyped-def]
    """Where a frame lies in the first span that holds it, "" outside of all.

    ``rise ▲ 13``: the apex comes in 13 frames; ``fall ◆ 20``: the offset comes in 20.
    """
    for span in spans:
        if not span.onset <= frame <= span.offset:
            continue
        if span.apex is None:
            return tr("event ◆ {n}").format(n=span.offset - frame)
        if frame < span.apex:
            return tr("rise ▲ {n}").format(n=span.apex - frame)
        if frame == span.apex:
            return tr("apex ▲")
        return tr("fall ◆ {n}").format(n=span.offset - frame)
    return ""
