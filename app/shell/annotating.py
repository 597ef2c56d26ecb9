"""What the annotator's keys do to events and clips."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from pipeline.events import MARKERS, Marker, move_marker, new_span, nudge

if TYPE_CHECKING:
    from app.state import Document
    from pipeline.core.types import EventSpan
    from pipeline.store import EventRecord

FAR = 10


class EventActions(QObject):
    """Markers, verdicts and labels of the event in hand.

    The event in hand is the selected one, else the one under the playhead. The marker in hand
    is the one set or visited last, else the one nearest to the playhead.

    Signals
    -------
    typing_wanted
        The action-unit field should take the keyboard.
    """

    typing_wanted = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._marker: Marker | None = None
        document.event_selected.connect(self._forget_marker)

    def current(self) -> EventRecord | None:
        """The event in hand."""
        events = self._document.events()
        wanted = self._document.selected_event
        for event in events:
            if event.id == wanted:
                return event
        frame = self._document.playhead.frame
        return next((e for e in events if e.span.onset <= frame <= e.span.offset), None)

    def set_onset(self) -> None:
        self._set("onset")

    def set_apex(self) -> None:
        self._set("apex")

    def set_offset(self) -> None:
        self._set("offset")

    def _set(self, marker: Marker) -> None:
        playhead = self._document.playhead
        event = self.current()
        if event is None:
            self.add()
            event = self.current()
            if event is None:
                return
        span = move_marker(event.span, marker, playhead.frame, playhead.n_frames, push=True)
        self._store(event, span)
        self._marker = marker

    def nudge_back(self) -> None:
        self._nudge(-1)

    def nudge_forward(self) -> None:
        self._nudge(1)

    def nudge_back_far(self) -> None:
        self._nudge(-FAR)

    def nudge_forward_far(self) -> None:
        self._nudge(FAR)

    def _nudge(self, by: int) -> None:
        event = self.current()
        if event is None:
            return
        marker = self.marker_in_hand(event)
        playhead = self._document.playhead
        span = nudge(event.span, marker, by, playhead.n_frames)
        gesture = f"nudge {marker} {event.based_on or event.id}"
        self._store(event, span, gesture)
        self._marker = marker
        playhead.pause()
        playhead.set_frame(getattr(span, marker))

    def marker_in_hand(self, event: EventRecord) -> Marker:
        """The marker that a nudge moves."""
        if self._marker is not None and getattr(event.span, self._marker) is not None:
            return self._marker
        frame = self._document.playhead.frame
        coded = [marker for marker in MARKERS if getattr(event.span, marker) is not None]
        return min(coded, key=lambda marker: abs(getattr(event.span, marker) - frame))

    def take_in_hand(self, marker: Marker) -> None:
        """The marker just visited is the one that a nudge moves."""
        self._marker = marker

    def _forget_marker(self, _event: str) -> None:
        self._marker = None

    def _store(self, event: EventRecord, span: EventSpan, gesture: str = "") -> None:
        marker = self._marker
        self._document.correct_event(
            event.id, gesture=gesture, onset=span.onset, apex=span.apex, offset=span.offset
        )
        self._marker = marker

    def accept(self) -> None:
        """Take a proposal over, and go to the next one that waits."""
        event = self.current()
        if event is not None:
            self._document.accept_event(event.id)
            self._go_to_waiting(event)

    def reject(self) -> None:
        event = self.current()
        if event is not None:
            self._document.reject_event(event.id)
            self._go_to_waiting(event)

    def _go_to_waiting(self, decided: EventRecord) -> None:
        waiting = [e for e in self._document.events() if e.is_proposal]
        later = [e for e in waiting if e.span.onset > decided.span.onset]
        if later or waiting:
            self._go_to((later or waiting)[0])

    def next(self) -> None:
        self._step(1)

    def previous(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        events = self._document.events()
        if not events:
            return
        wanted = self._document.selected_event
        here = next((i for i, e in enumerate(events) if e.id == wanted), None)
        first = 0 if by > 0 else len(events) - 1
        place = first if here is None else (here + by) % len(events)
        self._go_to(events[place])

    def _go_to(self, event: EventRecord) -> None:
        self._document.select_event(event.id)
        span = event.span
        self._document.playhead.pause()
        self._document.playhead.set_frame(span.onset if span.apex is None else span.apex)

    def add(self) -> None:
        """A new event of ordinary length around the playhead."""
        playhead, source = self._document.playhead, self._document.source
        fps = source.fps if source is not None else getattr(self._document.clip, "fps", 25.0)
        if playhead.n_frames:
            self._document.add_event(new_span(playhead.frame, playhead.n_frames, fps))

    def type_aus(self) -> None:
        event = self.current()
        if event is not None:
            self._document.select_event(event.id)
            self.typing_wanted.emit()

    def clear_emotion(self) -> None:
        self.set_emotion("")

    def set_emotion(self, emotion: str) -> None:
        """Give the event in hand an emotion of the data file."""
        event = self.current()
        if event is not None:
            self._document.correct_event(event.id, emotion=emotion)


class ClipActions(QObject):
    """State of the clip in hand and the way to the next.

    Parameters
    ----------
    document : Document
    queue : ClipsPanel
        Knows the order in which clips are shown.
    """

    def __init__(self, document: Document, queue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._queue = document, queue

    def next(self) -> None:
        self._queue.select_relative(1)

    def previous(self) -> None:
        self._queue.select_relative(-1)

    def next_open(self) -> None:
        if not self._queue.select_relative(1, open_only=True):
            self._document.notices.info(self.tr("No clip below this one is open."))

    def done(self) -> None:
        if self._document.set_clip(state="done"):
            self.next_open()

    def toggle_done(self) -> None:
        self._toggle("done")

    def toggle_flag(self) -> None:
        self._toggle("flagged")

    def _toggle(self, state: str) -> None:
        clip = self._document.clip
        if clip is not None:
            self._document.set_clip(state="in work" if clip.state == state else state)

    def set_neutral(self) -> None:
        """Take the loop span as the neutral face of the segment under the playhead."""
        document = self._document
        loop, clip, analysis = document.playhead.loop, document.clip, document.analysis
        if loop is None or clip is None:
            document.notices.info(
                self.tr("Set a loop span on the timeline first: it becomes the neutral face.")
            )
            return
        segment = 0
        if analysis is not None:
            segment = max(0, int(analysis.track.segment[loop[0]]))
        neutral = {**clip.neutral, segment: (loop[0], loop[1] + 1)}
        document.set_clip(neutral=neutral)
        document.notices.info(self.tr("Analyse again to measure from this neutral face."))

    def find_file(self) -> None:
        """Show the studio where a moved film is now."""
        from app.shell.dialogs import ask_media

        clip = self._document.clip
        path = ask_media(self._queue.window(), clip.kind) if clip is not None else None
        if path is not None:
            self._document.open_media([path])  # known by its content, whatever its name
