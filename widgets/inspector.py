"""The event in hand: its frames, who says what, emotion, action units, one key for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from pipeline.core.labels import AULabel, format_aus
from pipeline.events import MARKERS, Marker, move_marker
from pipeline.store.coders import overlap
from widgets.action_units import ActionUnits
from widgets.controls import ElidedLabel, Flow, button, caption, heading, mark
from widgets.number_field import NumberField

if TYPE_CHECKING:
    from app.state import Document
    from pipeline.store import EventRecord


class EmotionChips(Flow):
    """One chip per emotion of the data file, with the digit that picks it.

    Signals
    -------
    picked : str
        Emotion id; empty when the chosen one is clicked again.
    """

    picked = Signal(str)

    def __init__(self) -> None:
        from pipeline.curves import load_emotions

        super().__init__()
        self.chips = {}
        self._chosen = ""
        for emotion in load_emotions():
            chip = button(self.tr(emotion.label).lower(), "chip")
            chip.setToolTip(self.tr("Key {key}").format(key=emotion.key))
            chip.setAccessibleName(emotion.label)
            chip.clicked.connect(lambda _=False, name=emotion.id: self._clicked(name))
            self.add(chip)
            self.chips[emotion.id] = chip

    def choose(self, emotion: str) -> None:
        """Show one emotion as chosen, or none."""
        self._chosen = emotion
        for name, chip in self.chips.items():
            mark(chip, "chosen", name == emotion)

    def _clicked(self, name: str) -> None:
        self.picked.emit("" if name == self._chosen else name)


class EventPanel(QWidget):
    """Inspector of the selected event.

    Parameters
    ----------
    document : Document
        Whose selected event is shown and corrected, through its edits only.

    Signals
    -------
    accept, reject, next
        The buttons; the shell's actions answer.
    left
        The typing field gives the keyboard back.
    """

    accept = Signal()
    reject = Signal()
    next = Signal()
    left = Signal()

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.setObjectName("event")
        self.fields: dict[str, NumberField] = {}
        self._sayers: dict[str, ElidedLabel] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._add_markers(column)
        self._add_buttons(column)
        self._add_labels(column)
        for signal in (
            document.event_selected,
            document.events_changed,
            document.clip_selected,
            document.analysis_changed,
            document.project_opened,
        ):
            signal.connect(self.refresh)
        self.refresh()

    def _add_markers(self, column: QVBoxLayout) -> None:
        top = QHBoxLayout()
        self.who = caption()
        top.addWidget(heading(self.tr("Event")))
        top.addStretch(1)
        top.addWidget(self.who)
        column.addLayout(top)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        names = {"onset": self.tr("onset"), "apex": self.tr("apex"), "offset": self.tr("offset")}
        for place, marker in enumerate(MARKERS):
            field = NumberField(0, 0, may_be_empty=marker == "apex")
            field.setProperty("role", "big")
            field.setTextMargins(-3, 0, 0, 0)  # in line with the words above
            field.setAccessibleName(names[marker])
            field.entered.connect(lambda frame, which=marker: self._marker_typed(which, frame))
            sayers = ElidedLabel()
            grid.addWidget(caption(names[marker]), 0, place)
            grid.addWidget(field, 1, place)
            grid.addWidget(sayers, 2, place)
            grid.setColumnStretch(place, 1)
            self.fields[marker], self._sayers[marker] = field, sayers
        column.addLayout(grid)

    def _add_buttons(self, column: QVBoxLayout) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.accept_button = button(self.tr("Accept ↵"), "primary", self.tr("Accept  Enter"))
        self.reject_button = button(self.tr("Reject ⌫"), "", self.tr("Reject  Backspace"))
        self.next_button = button(self.tr("Next N"), "", self.tr("Next event  N"))
        for made, signal in (
            (self.accept_button, self.accept),
            (self.reject_button, self.reject),
            (self.next_button, self.next),
        ):
            made.clicked.connect(signal)
            row.addWidget(made, 1)
        column.addLayout(row)

    def _add_labels(self, column: QVBoxLayout) -> None:
        self.emotions = EmotionChips()
        self.emotions.picked.connect(lambda emotion: self._correct(emotion=emotion))
        self.units = ActionUnits()
        self.units.edited.connect(self._units_edited)
        self.units.left.connect(self.left)
        self.verbatim = caption()
        column.addSpacing(6)
        column.addWidget(heading(self.tr("Emotion")))
        column.addWidget(self.emotions)
        column.addSpacing(6)
        column.addWidget(heading(self.tr("Action units")))
        column.addWidget(self.units)
        column.addWidget(self.verbatim)

    def event_record(self) -> EventRecord | None:
        """The selected event."""
        wanted = self._document.selected_event
        return next((e for e in self._document.events() if e.id == wanted), None)

    def type_action_units(self) -> None:
        """Put the keyboard into the typing field."""
        self.units.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.units.field.selectAll()

    def refresh(self, *_changed: object) -> None:
        """Show the event in hand, or that there is none."""
        record = self.event_record()
        last = max(0, self._document.playhead.n_frames - 1)
        span = record.span if record is not None else None
        for name, field in self.fields.items():
            field.high = last
            field.show_number(getattr(span, name) if span is not None else None)
            field.setEnabled(record is not None)
        for widget in (self.accept_button, self.reject_button, self.emotions, self.units):
            widget.setEnabled(record is not None)
        self.next_button.setEnabled(bool(self._document.events()))
        self.emotions.choose(span.emotion if span is not None else "")
        self.units.show_labels(span.aus if span is not None else (), self._measured(record))
        self.who.setText(self._who(record))
        self._show_sayers(record)
        verbatim = record.verbatim_aus if record is not None else ""
        shown = bool(verbatim) and verbatim != format_aus(span.aus if span is not None else ())
        self.verbatim.setText(self.tr("sheet: {text}").format(text=verbatim) if shown else "")
        self.verbatim.setVisible(shown)

    def _who(self, record: EventRecord | None) -> str:
        if record is None:
            return self.tr("none selected")
        events = self._document.events()
        place = next(i for i, e in enumerate(events, 1) if e.id == record.id)
        where = self.tr("{place} of {all}").format(place=place, all=len(events))
        if record.is_proposal:
            confidence = record.span.confidence
            sure = f" {confidence:.2f}" if confidence is not None else ""
            said = self.tr("model") if record.coder == "model" else self.tr("sheet")
            return f"{said}{sure} · {where}"
        accepted = " ✓" if record.verdict == "accepted" else ""
        return f"{record.coder}{accepted} · {where}"

    def _show_sayers(self, record: EventRecord | None) -> None:
        others = self._others(record)
        for name, label in self._sayers.items():
            words = []
            for other in others:
                frame = getattr(other.span, name)
                words.append(f"{_short(other.coder)} {'—' if frame is None else frame}")
            label.setText(" · ".join(words))
            label.setToolTip(label.text())

    def _others(self, record: EventRecord | None) -> list[EventRecord]:
        """What model, sheet and the coder say of the same event, proposals first."""
        clip = self._document.clip
        if record is None or clip is None or self._document.store is None:
            return []
        near = [
            event
            for event in self._document.store.events(clip.id)
            if event.verdict != "rejected"
            and (event.is_proposal or event.coder == self._document.coder)
            and (event.id == record.id or overlap(event.span, record.span) > 0)
        ]
        near.sort(key=lambda e: (not e.is_proposal, e.coder, -overlap(e.span, record.span)))
        first_of_each: dict[str, EventRecord] = {}
        for event in near:
            first_of_each.setdefault(event.coder, event)
        return list(first_of_each.values())[:3]

    def _measured(self, record: EventRecord | None) -> dict[str, float]:
        analysis = self._document.analysis
        if record is None or analysis is None:
            return {}
        signals, span = analysis.signals, record.span
        frame = span.apex if span.apex is not None else (span.onset + span.offset) // 2
        if not 0 <= frame < len(signals.values):
            return {}
        row = signals.values[frame]
        return {n: float(v) for n, v in zip(signals.names, row, strict=True) if v == v}

    def _marker_typed(self, which: Marker, frame: float | None) -> None:
        record = self.event_record()
        if record is None:
            return
        if frame is None:
            self._correct(apex=None)
            return
        n_frames = self._document.playhead.n_frames
        span = move_marker(record.span, which, int(frame), n_frames, push=True)
        self._correct(onset=span.onset, apex=span.apex, offset=span.offset)

    def _units_edited(self, labels: tuple[AULabel, ...]) -> None:
        self._correct(aus=labels)

    def _correct(self, **changes: Any) -> None:
        record = self.event_record()
        if record is None:
            return
        self._document.correct_event(record.id, **changes)
        self.refresh()  # a refused change shows the old number again


def _short(coder: str) -> str:
    """``model``, ``sheet``, or a person by the first letters."""
    words = {"model": "model", "import": "sheet"}
    return words.get(coder, coder if len(coder) <= 2 else coder[:1].upper())
