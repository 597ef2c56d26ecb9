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
#: Length of a neutral span set by one key, s.
NEUTRAL_S = 0.1


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

    def neutral_here(self) -> None:
        """Take a tenth of a second around the playhead as the neutral face, and measure anew."""
        document = self._document
        playhead, source = document.playhead, document.source
        if not playhead.n_frames:
            return
        first, stop = self._segment_at(playhead.frame)[1]
        if stop <= first:
            document.notices.info(self.tr("No face is known here: go to a frame that shows one."))
            return
        fps = source.fps if source is not None else 25.0
        length = min(max(2, round(NEUTRAL_S * fps)), stop - first)
        start = min(max(playhead.frame - length // 2, first), stop - length)
        self._use_neutral(start, start + length)

    def set_neutral(self) -> None:
        """Take the loop span as the neutral face of its segment, and measure anew."""
        loop = self._document.playhead.loop
        if loop is None:
            self._document.notices.info(
                self.tr("Set a loop span on the timeline first: it becomes the neutral face.")
            )
            return
        _, stop = self._segment_at(loop[0])[1]
        self._use_neutral(loop[0], max(min(loop[1] + 1, stop), loop[0] + 1))

    def neutral_found(self) -> None:
        """Let the stillest span of the segment under the playhead be its neutral face again."""
        clip = self._document.clip
        segment = self._segment_at(self._document.playhead.frame)[0]
        if clip is not None and segment in clip.neutral:
            self._measure_from({n: s for n, s in clip.neutral.items() if n != segment})

    def _segment_at(self, frame: int) -> tuple[int, tuple[int, int]]:
        """Number of the face's segment at a frame with its frames; (0, 0) where there is none."""
        analysis = self._document.analysis
        if analysis is None:
            return 0, (0, self._document.playhead.n_frames)
        number = int(analysis.track.segment[frame])
        if number < 0:
            return 0, (0, 0)
        segment = analysis.track.segments[number]
        return number, (segment.start, segment.stop)

    def _use_neutral(self, first: int, stop: int) -> None:
        clip = self._document.clip
        if clip is not None:
            number = self._segment_at(first)[0]
            self._measure_from({**clip.neutral, number: (first, stop)})

    def _measure_from(self, neutral: dict[int, tuple[int, int]]) -> None:
        document = self._document
        if not document.set_clip(neutral=neutral):
            return
        if document.source is not None:
            document.analyse()
        else:
            document.notices.info(
                self.tr("The clip is measured from there once its film is found.")
            )

    def find_file(self) -> None:
        """Show the studio where a moved film is now."""
        from app.shell.dialogs import ask_media

        clip = self._document.clip
        path = ask_media(self._queue.window(), clip.kind) if clip is not None else None
        if path is not None:
            self._document.open_media([path])  # known by its content, whatever its name
