"""Modulators, c'(t) = c(t) m_e i_v: emotion, gain and intensity, live while dragged."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from pipeline.curves import GAIN_RANGE, EmotionProfile, Modulation, load_emotions
from pipeline.store.edits import SetModulation
from widgets.controls import NamedSlider, button, caption, heading

if TYPE_CHECKING:
    from app.state import Document
    from pipeline.store import EventRecord


class ModulatorsPanel(QWidget):
    """Emotion choice and the two sliders; a drag previews and becomes one edit on release.

    With "as the events say" each event plays its own emotion, and the intensity slider is that
    of the selected event; with an emotion picked by hand both hold for the whole clip.

    Parameters
    ----------
    document : Document

    Signals
    -------
    profiles_wanted
        The person asks for the table of all emotions.
    """

    profiles_wanted = Signal()

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._dragging = False
        self.setObjectName("modulators")
        self._labels = {emotion.id: emotion.label for emotion in load_emotions()}
        self._build()
        for signal in (
            document.modulation_changed,
            document.events_changed,
            document.event_selected,
            document.clip_selected,
            document.project_opened,
        ):
            signal.connect(self.refresh)
        self.refresh()

    def _build(self) -> None:
        self.emotion = QComboBox()
        self.emotion.setProperty("role", "slim")
        self.emotion.setAccessibleName(self.tr("Emotion that plays"))
        self.emotion.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.emotion.addItem(self.tr("as the events say"), "")
        for name, label in self._labels.items():
            self.emotion.addItem(self.tr(label).lower(), name)
        self.emotion.activated.connect(self._emotion_picked)
        self.strength = NamedSlider(self.tr("m emotion"), *GAIN_RANGE)
        self.strength.setToolTip(self.tr("Gain of the emotion, 0 to 3"))
        self.strength.dragged.connect(self._preview)
        self.strength.released.connect(self._commit_strength)
        self.intensity = NamedSlider(self.tr("i intensity"), 0.0, 1.0)
        self.intensity.setToolTip(self.tr("Intensity of the event, 0 to 1"))
        self.intensity.dragged.connect(self._preview)
        self.intensity.released.connect(self._commit_intensity)
        self.all_profiles = button(self.tr("All emotions…"), "link")
        self.all_profiles.clicked.connect(self.profiles_wanted)
        self.reset = button(self.tr("Reset"), "link", self.tr("Back to the default gains"))
        self.reset.clicked.connect(self.reset_all)
        self.note = caption()
        self.note.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        top = QHBoxLayout()
        top.addWidget(heading(self.tr("Modulators")))
        top.addStretch(1)
        top.addWidget(self.emotion)
        column.addLayout(top)
        for widget in (self.strength, self.note, self.intensity):
            column.addWidget(widget)
        foot = QHBoxLayout()
        foot.addWidget(self.all_profiles)
        foot.addStretch(1)
        foot.addWidget(self.reset)
        column.addLayout(foot)

    def refresh(self, *_changed: object) -> None:
        """Show what plays now; not while a slider is held."""
        if self._dragging:
            return
        there = self._document.clip is not None
        modulation = self._document.modulation() if there else Modulation()
        self.emotion.setCurrentIndex(max(0, self.emotion.findData(modulation.override)))
        emotion, event = self._playing(), self._event()
        shown = self._labels.get(emotion, "")
        name = self.tr("m {emotion}").format(emotion=self.tr(shown).lower() or self.tr("emotion"))
        self.strength.name.setText(name)
        profile = modulation.profiles.get(emotion)
        self.strength.set_value(profile.m_e if profile is not None else 1.0)
        self.strength.setEnabled(bool(emotion))
        self.strength.setVisible(bool(emotion))
        by_hand = bool(modulation.override)
        own = event.intensity if event is not None else 1.0
        self.intensity.set_value(modulation.intensity if by_hand else own)
        self.intensity.setEnabled(by_hand or event is not None)
        self.emotion.setEnabled(there)
        self.reset.setEnabled(there)
        self.note.setText(self._explained(there, emotion, event))
        self.note.setVisible(bool(self.note.text()))

    def _explained(self, there: bool, emotion: str, event: EventRecord | None) -> str:
        if not there or emotion:
            return ""
        if event is None:
            return self.tr("Select an event, or pick an emotion for the whole clip.")
        return self.tr("No emotion yet: the event plays as measured.")

    def _event(self) -> EventRecord | None:
        events = self._document.events()
        wanted = self._document.selected_event
        return next((event for event in events if event.id == wanted), None)

    def _playing(self) -> str:
        """The emotion whose gain the slider is: picked by hand, or the selected event's."""
        if self._document.clip is None:
            return ""
        picked = self._document.modulation().override
        event = self._event()
        return picked or (event.span.emotion if event is not None else "")

    def _wanted(self) -> Modulation:
        """The modulation as the controls stand."""
        now = self._document.modulation()
        profiles = dict(now.profiles)
        if emotion := self._playing():
            old = profiles.get(emotion, EmotionProfile(emotion))
            profiles[emotion] = dataclasses.replace(old, m_e=round(self.strength.value(), 4))
        intensity = round(self.intensity.value(), 4) if now.override else now.intensity
        return dataclasses.replace(now, profiles=profiles, intensity=intensity)

    def _wanted_event(self) -> EventRecord | None:
        """The selected event with the slider's intensity, where that is what it moves."""
        event = self._event()
        if event is None or self._document.modulation().override:
            return None
        value = round(self.intensity.value(), 4)
        return dataclasses.replace(event, intensity=value) if value != event.intensity else None

    def _preview(self, _value: float) -> None:
        self._dragging = True
        self._document.preview_modulation(self._wanted())
        self._document.preview_event(self._wanted_event())

    def _end_preview(self) -> None:
        """Show what is stored again; the sliders stay where they were let go."""
        self._dragging = True
        self._document.preview_modulation(None)
        self._document.preview_event(None)
        self._dragging = False

    def _commit_strength(self, _value: float) -> None:
        self._end_preview()
        self._say(self._wanted(), self.tr("Change modulators"))
        self.refresh()

    def _commit_intensity(self, _value: float) -> None:
        self._end_preview()
        event = self._wanted_event()
        if event is not None:
            self._document.correct_event(event.id, intensity=event.intensity)
        elif self._document.modulation().override:
            self._say(self._wanted(), self.tr("Change intensity"))
        self.refresh()

    def _emotion_picked(self, _index: int) -> None:
        now = self._document.modulation()
        picked = self.emotion.currentData()
        intensity = now.intensity
        if picked and not now.override and (event := self._event()) is not None:
            intensity = event.intensity
        label = self.tr("Play {emotion}").format(emotion=self.emotion.currentText())
        self._say(dataclasses.replace(now, override=picked, intensity=intensity), label)

    def reset_all(self) -> None:
        """Default gains of every emotion, each event as it says."""
        self._say(Modulation(), self.tr("Reset modulators"))

    def _say(self, wanted: Modulation, label: str) -> None:
        clip, now = self._document.clip, self._document.modulation()
        if clip is None or wanted == now:
            return
        self._document.do(SetModulation(clip.id, now, wanted, label=label))
