"""Transport: play, step, jump, loop, speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from pipeline.events import MARKERS

if TYPE_CHECKING:
    from app.shell.annotating import EventActions
    from app.state import Document

#: Offered speeds, times real time.
SPEEDS = (1 / 50, 1 / 20, 1 / 10, 1 / 5, 1 / 2, 1.0, 2.0, 4.0)
FAR = 10


def speed_text(speed: float) -> str:
    """``1/10×``, ``2×``, ``−1×``."""
    size = abs(speed)
    words = f"1/{round(1 / size)}" if size < 1 else f"{size:g}"
    return f"{'−' if speed < 0 else ''}{words}×"


class PlaybackActions(QObject):
    """What the transport keys and buttons do.

    Signals
    -------
    frame_wanted
        The person wants to type a frame number.
    """

    frame_wanted = Signal()

    def __init__(
        self, document: Document, events: EventActions, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._playhead, self._events = document, document.playhead, events

    def toggle(self) -> None:
        """Play or pause; play is forwards."""
        if not self._playhead.playing and self._playhead.speed < 0:
            self._playhead.speed = -self._playhead.speed
        self._playhead.toggle()

    def play_back(self) -> None:
        """Play backwards, or pause where it does so already."""
        if self._playhead.playing and self._playhead.speed < 0:
            self._playhead.pause()
            return
        self._playhead.speed = -abs(self._playhead.speed)
        self._playhead.play()

    def step_back(self) -> None:
        self._playhead.step(-1)

    def step_forward(self) -> None:
        self._playhead.step(1)

    def step_back_far(self) -> None:
        self._playhead.step(-FAR)

    def step_forward_far(self) -> None:
        self._playhead.step(FAR)

    def first(self) -> None:
        self._playhead.set_frame(0)

    def last(self) -> None:
        self._playhead.set_frame(self._playhead.n_frames - 1)

    def marker_back(self) -> None:
        before = [m for m in self._markers() if m[0] < self._playhead.frame]
        if before:
            self._visit(*max(before, key=lambda m: m[0]))

    def marker_forward(self) -> None:
        after = [m for m in self._markers() if m[0] > self._playhead.frame]
        if after:
            self._visit(*min(after, key=lambda m: m[0]))

    def _markers(self) -> list[tuple[int, str, str]]:
        """Frame, marker and event of every marker of the clip."""
        found: list[tuple[int, str, str]] = []
        for event in self._document.events():
            for marker in MARKERS:
                frame = getattr(event.span, marker)
                if frame is not None:
                    found.append((frame, marker, event.id))
        return found

    def _visit(self, frame: int, marker: str, event: str) -> None:
        self._playhead.pause()
        self._playhead.set_frame(frame)
        self._document.select_event(event)
        self._events.take_in_hand(marker)  # type: ignore[arg-type]

    def to_onset(self) -> None:
        self._to("onset")

    def to_apex(self) -> None:
        self._to("apex")

    def to_offset(self) -> None:
        self._to("offset")

    def _to(self, marker: str) -> None:
        event = self._events.current()
        frame = getattr(event.span, marker) if event is not None else None
        if event is not None and frame is not None:
            self._visit(frame, marker, event.id)

    def go_to_frame(self) -> None:
        self.frame_wanted.emit()

    def loop_event(self, on: bool) -> None:
        """Loop the event in hand (the whole clip where there is none), or stop looping."""
        if not on:
            self._playhead.loop = None
            return
        if self._playhead.loop is None:
            self._playhead.loop = self._event_span()

    def loop_slowly(self) -> None:
        """Loop the event at a tenth of its speed, playing."""
        self._playhead.loop = self._event_span()
        self._playhead.speed = 0.1
        self._playhead.play()

    def _event_span(self) -> tuple[int, int]:
        event = self._events.current()
        if event is None:
            return 0, max(0, self._playhead.n_frames - 1)
        return event.span.onset, event.span.offset

    def slower(self) -> None:
        self._change_speed(-1)

    def faster(self) -> None:
        self._change_speed(1)

    def real_time(self) -> None:
        self._playhead.speed = 1.0 if self._playhead.speed > 0 else -1.0

    def _change_speed(self, by: int) -> None:
        now = abs(self._playhead.speed)
        nearest = min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - now))
        speed = SPEEDS[max(0, min(len(SPEEDS) - 1, nearest + by))]
        self._playhead.speed = speed if self._playhead.speed > 0 else -speed
