"""The event track: a bar with onset, apex and offset, to be dragged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QToolTip, QWidget

from app.state.document import Document
from pipeline.core.types import EventSpan
from pipeline.events import MARKERS, Marker, move_marker
from pipeline.store import EventRecord
from widgets import theme
from widgets.timeline.axis import TimeAxis
from widgets.timeline.track import Track

HEIGHT = 34
BAR_TOP, BAR_HEIGHT = 6, 18
GHOST_TOP, GHOST_HEIGHT = 27, 4
#: How near the cursor must come to a marker, px.
REACH = 9.0


class EventTrack(Track):
    """Events of the clip as `Document.events` gives them.

    A drag of a marker previews live and takes the playhead along, so that the frame under
    the marker is seen; the release stores one edit, Escape gives up. What a model or sheet
    proposed stays visible below a person's version.

    Signals
    -------
    fit_wanted(int, int)
        An event was double-clicked: show its frames.
    """

    fit_wanted = Signal(int, int)

    def __init__(self, document: Document, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(document, axis, parent)
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(self.tr("Events"))
        self.setAccessibleDescription(self.tr("Onset, apex and offset of each event"))
        self._drag: tuple[EventRecord, Marker] | None = None
        self._shown: EventSpan | None = None
        self._frame_before = 0
        self._ghosts = self._read_ghosts()
        document.events_changed.connect(self._events_changed)
        document.event_selected.connect(self._event_selected)

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    @property
    def dragging(self) -> bool:
        return self._drag is not None

    def ghosts(self) -> tuple[EventRecord, ...]:
        """Proposals that an event of the coder's own has answered, and other sources' ones."""
        return self._ghosts

    def _events_changed(self) -> None:
        if self._drag is None:
            self._ghosts = self._read_ghosts()
        self.update()

    def _event_selected(self, _event: str) -> None:
        self.update()

    def _read_ghosts(self) -> tuple[EventRecord, ...]:
        document = self.document
        if document.store is None or document.clip is None:
            return ()
        shown = {event.id for event in document.events()}
        stored = document.store.events(document.clip.id)
        return tuple(e for e in stored if e.is_proposal and e.id not in shown)

    # Hitting ----------------------------------------------------------------------------

    def marker_point(self, record: EventRecord, marker: Marker) -> QPointF | None:
        """Centre of a marker in the track; None for an apex that is not coded."""
        frame = getattr(record.span, marker)
        if frame is None:
            return None
        return QPointF(self.axis.x(frame), BAR_TOP + BAR_HEIGHT / 2)

    def marker_at(self, position: QPointF) -> tuple[EventRecord, Marker] | None:
        """The marker under a position; the selected event's first, then the nearest."""
        if not BAR_TOP - 4 <= position.y() <= BAR_TOP + BAR_HEIGHT + 4:
            return None
        found: list[tuple[bool, float, int, EventRecord, Marker]] = []
        for number, record in enumerate(self.document.events()):
            for marker in MARKERS:
                point = self.marker_point(record, marker)
                if point is not None and abs(point.x() - position.x()) <= REACH:
                    other = record.id != self.document.selected_event
                    away = abs(point.x() - position.x())
                    found.append((other, away, number, record, marker))
        if not found:
            return None
        *_, record, marker = min(found, key=lambda item: item[:3])
        return record, marker

    def event_at(self, position: QPointF) -> EventRecord | None:
        """The event whose bar lies under a position."""
        if not BAR_TOP <= position.y() <= BAR_TOP + BAR_HEIGHT:
            return None
        frame = self.axis.frame(position.x())
        hits = [e for e in self.document.events() if e.span.onset <= frame <= e.span.offset]
        return min(hits, key=lambda e: e.span.offset - e.span.onset, default=None)

    # Dragging ---------------------------------------------------------------------------

    def grab_at(self, position: QPointF) -> bool:
        hit = self.marker_at(position)
        if hit is not None:
            self.document.playhead.pause()
            self._frame_before = self.document.playhead.frame
            self._drag, self._shown = hit, None
            self.document.select_event(hit[0].id)
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            return True
        record = self.event_at(position)
        if record is None:
            return False
        self.document.select_event(record.id)
        return True

    def drag_to(self, position: QPointF) -> None:
        if self._drag is None:
            return
        record, marker = self._drag
        frame = self.axis.nearest(position.x())
        span = move_marker(record.span, marker, frame, self.axis.n_frames)
        if span == (self._shown or record.span):
            return
        self._shown = span
        self.document.preview_event(replace(record, span=span))
        self.document.playhead.set_frame(getattr(span, marker))

    def drop(self) -> None:
        drag, span, self._drag, self._shown = self._drag, self._shown, None, None
        if drag is None or span is None:
            return
        record = drag[0]
        if span == record.span:
            self.document.preview_event(None)
            return
        changes = {marker: getattr(span, marker) for marker in MARKERS}
        self.document.correct_event(record.id, **changes)

    def abort(self) -> bool:
        """Give up a drag; everything is as before it."""
        if self._drag is None:
            return False
        moved = self._shown is not None
        self._drag = self._shown = None
        self.document.preview_event(None)
        if moved:
            self.document.playhead.set_frame(self._frame_before)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.abort():
            return
        super().keyPressEvent(event)

    def hover(self, position: QPointF) -> None:
        if self.marker_at(position) is not None:
            self.setCursor(Qt.CursorShape.SizeHorCursor)
        elif self.event_at(position) is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        record = self.event_at(event.position())
        if record is not None and event.button() == Qt.MouseButton.LeftButton:
            self.fit_wanted.emit(record.span.onset, record.span.offset)
        else:
            super().mousePressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def _tip(self, position: QPointF) -> str:
        hit = self.marker_at(position)
        if hit is not None:
            record, marker = hit
            frame = getattr(record.span, marker)
            ms = float(self.axis.times[frame]) * 1000 if frame < self.axis.n_frames else 0.0
            names = {
                "onset": self.tr("onset"),
                "apex": self.tr("apex"),
                "offset": self.tr("offset"),
            }
            what = self.tr("{marker} at frame {frame}, {ms} ms, by {who}").format(
                marker=names[marker], frame=frame, ms=f"{ms:.0f}", who=_who(self, record)
            )
            return what + "\n" + self.tr("Drag to move it, Escape to give up")
        under = self.event_at(position)
        if under is not None:
            return _label(self, under) + "\n" + self.tr("Double-click to show it large")
        return ""

    # Painting ---------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for record in self._ghosts:
            self._paint_ghost(painter, record)
        for record in self._in_paint_order():
            self._paint_event(painter, record)
        painter.end()

    def _in_paint_order(self) -> Iterator[EventRecord]:
        selected = self.document.selected_event
        yield from sorted(self.document.events(), key=lambda record: record.id == selected)

    def _paint_ghost(self, painter: QPainter, record: EventRecord) -> None:
        look, span, x = theme.current(), record.span, self.axis.x
        dim = look.color("text_dim", 0.75)
        painter.setPen(QPen(dim, 1, Qt.PenStyle.DashLine))
        middle = round(GHOST_TOP + GHOST_HEIGHT / 2) + 0.5
        painter.drawLine(QPointF(x(span.onset), middle), QPointF(x(span.offset), middle))
        painter.setPen(QPen(dim, 1))
        painter.setBrush(look.color("panel"))
        for frame in (span.onset, span.offset):
            painter.drawPolygon(diamond(QPointF(x(frame), middle), 3.5))
        if span.apex is not None:
            painter.drawPolygon(triangle(QPointF(x(span.apex), middle), 3.5))
        painter.setFont(theme.ui_font(10))
        painter.drawText(QPointF(x(span.offset) + 8, middle + 4), _who(self, record))

    def _paint_event(self, painter: QPainter, record: EventRecord) -> None:
        look, span, x = theme.current(), record.span, self.axis.x
        selected = record.id == self.document.selected_event
        bar = QRectF(x(span.onset), BAR_TOP, x(span.offset) - x(span.onset), BAR_HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        strong = selected or not record.is_proposal
        painter.setBrush(look.color("accent_wash", 1.0 if strong else 0.6))
        painter.drawRect(bar)
        if record.is_proposal:  # nobody has said yes yet
            painter.setPen(QPen(look.color("accent", 0.55), 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))
        elif selected:
            painter.fillRect(QRectF(bar.left(), bar.bottom() - 1, bar.width(), 1),
                             look.color("accent", 0.7))  # fmt: skip
        self._paint_label(painter, record, bar)
        middle = bar.center().y()
        painter.setPen(QPen(look.color("panel"), 1))
        painter.setBrush(QColor(look.accent))
        for frame in (span.onset, span.offset):
            painter.drawPolygon(diamond(QPointF(x(frame), middle), 7.5))
        if span.apex is not None:
            painter.setBrush(QColor(look.amber))
            painter.drawPolygon(triangle(QPointF(x(span.apex), middle), 7.5))

    def _paint_label(self, painter: QPainter, record: EventRecord, bar: QRectF) -> None:
        """Who and what, inside the bar before the apex where it fits, else after the offset."""
        painter.setFont(theme.ui_font(theme.TINY_PX))
        painter.setPen(theme.current().color("text_soft", 0.85))
        text = _label(self, record)
        width = painter.fontMetrics().horizontalAdvance(text)
        apex = record.span.apex
        room = (self.axis.x(apex) if apex is not None else bar.right()) - bar.left() - 24
        left = bar.left() + 13
        if width > room:
            left = bar.right() + 13
            if left + width > self.width():  # no room after it: before it
                left = bar.left() - 13 - width
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRectF(left, bar.top(), width + 4, bar.height()), int(align), text)


def _who(widget: QWidget, record: EventRecord) -> str:
    if record.coder == "model":
        return record.predictor or record.span.predictor or widget.tr("model")
    return widget.tr("sheet") if record.coder == "import" else record.coder


def _label(widget: QWidget, record: EventRecord) -> str:
    parts = [record.span.emotion, _who(widget, record)]
    return " · ".join(part for part in parts if part)


def diamond(center: QPointF, r: float) -> QPolygonF:
    """Onset and offset marker."""
    offsets = ((0, -r), (r, 0), (0, r), (-r, 0))
    return QPolygonF([center + QPointF(dx, dy) for dx, dy in offsets])


def triangle(center: QPointF, r: float) -> QPolygonF:
    """Apex marker."""
    offsets = ((0, -r), (r, r), (-r, r))
    return QPolygonF([center + QPointF(dx, dy * 0.9) for dx, dy in offsets])
