"""The document: what is shown of the open clip, and the one way to change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, Signal

from app.state import analysing
from app.state.drive import DriveState
from app.state.opening import find_media
from app.state.posing import Posing
from app.state.rig import RigState
from app.state.session import Session
from app.state.weights import Layer, Weights
from pipeline.core.errors import ProjectError, TellError
from pipeline.core.progress import Job, Progress
from pipeline.core.tracks import track_range
from pipeline.core.types import EventSpan
from pipeline.store import (
    AddEvent,
    ChangeEvent,
    ClipAnalysis,
    ClipRecord,
    Edit,
    EditGroup,
    EventRecord,
    ProjectStore,
    SetClip,
    SetCurves,
    new_event,
    utc_now,
)

if TYPE_CHECKING:
    from pipeline.curves import Curve, GainSpan, Modulation

_SPAN_FIELDS = frozenset(f.name for f in fields(EventSpan))
_EDITS_PER_CHECKPOINT = 200
#: Tracks keyed at once of which the first is the one in hand; a whole pose is of none.
_SIDES = 2


class Document(Session):
    """What the views ask and the only thing they change; see `Session` for opening.

    An edit is an object of `pipeline.store` given to `do`. During a drag a view calls
    ``preview_…`` with each position, then `do` once with the last one (which ends the
    preview), or ``preview_…(None)`` to give up. The rig is `rig`'s, in the same way.

    Signals
    -------
    track_keyed(str)
        A key of this track was set; of a track and its other side the one in hand.
    """

    track_keyed = Signal(str)

    def __init__(self, parent: QObject | None = None, **own: Any) -> None:
        super().__init__(parent, **own)
        self.rig = RigState(self)
        self.drive = DriveState(self)
        self.posing = Posing(self)

    # Events

    def events(self) -> tuple[EventRecord, ...]:
        """Events of the clip as its coder sees them, in order of onset, with any preview.

        The coder's own, and the proposals of the sheet (else of the model) that he has not
        yet decided about.
        """
        preview = self._preview_event
        if preview is None:
            return self._shown.events
        others = [event for event in self._shown.events if event.id != preview.id]
        return tuple(sorted([*others, preview], key=lambda e: (e.span.onset, e.span.offset, e.id)))

    def proposals(self) -> tuple[EventRecord, ...]:
        """Proposals of sheet and model that the coder has not decided about."""
        return self._shown.proposals

    def find_event(self, event: str) -> EventRecord | None:
        """An event of the clip by its UUID, shown or proposed."""
        candidates = (*self.events(), *self._shown.proposals)
        return next((record for record in candidates if record.id == event), None)

    def add_event(self, span: EventSpan, **more: Any) -> str:
        """Add an event of the coder's own; gives its UUID, "" if it could not be stored."""
        if self.clip is None:
            return ""
        record = new_event(self.clip.id, replace(span, predictor=""), self.coder, **more)
        if not self.do(AddEvent(record)):
            return ""
        self.select_event(record.id)
        return record.id

    def correct_event(self, event: str, *, gesture: str = "", **changes: Any) -> str:
        """Change an event: the coder's own in place, a proposal by an own event based on it.

        ``changes`` are fields of `EventSpan` (onset, apex, offset, emotion, aus) or of
        `EventRecord` (intensity, note, verdict, verbatim_aus). Changes with the same
        ``gesture`` are one undo.

        Returns
        -------
        str
            UUID of the coder's event, which is then selected; "" if nothing was stored.
        """
        found = next((e for e in self._stored_events() if e.id == event), None)
        if found is None:
            self.preview_event(None)
            return ""
        in_span = {name: value for name, value in changes.items() if name in _SPAN_FIELDS}
        others = {name: value for name, value in changes.items() if name not in _SPAN_FIELDS}
        span = replace(found.span, **in_span)
        if not found.is_proposal:
            new = replace(found, span=span, changed=utc_now(), **others)
            if replace(new, changed=found.changed) == found:
                self.preview_event(None)
                return found.id
            return found.id if self.do(ChangeEvent(found, new, gesture)) else ""
        own = {"intensity": found.intensity, "verdict": "accepted", **others}
        record = replace(
            new_event(found.clip_id, span, self.coder, **own),
            based_on=found.id,
            sheet_row=found.sheet_row,
            predictor=found.predictor,
            settings=found.settings,
            weights_hash=found.weights_hash,
            face_track=found.face_track,
        )
        if not self.do(AddEvent(record, label=self._correction_label(own["verdict"]))):
            return ""
        self.select_event("" if record.verdict == "rejected" else record.id)
        return record.id

    def accept_event(self, event: str) -> str:
        """Take a proposal over as it is."""
        return self.correct_event(event, verdict="accepted")

    def reject_event(self, event: str) -> str:
        """Say that a proposal is none; it is kept and not shown any more."""
        return self.correct_event(event, verdict="rejected")

    @staticmethod
    def _correction_label(verdict: str) -> str:
        return "Reject proposal" if verdict == "rejected" else "Correct event"

    def _stored_events(self) -> tuple[EventRecord, ...]:
        return (*self._shown.events, *self._shown.proposals)

    # Curves

    def curve(self, name: str, layer: Layer = "edited") -> Curve | None:
        """One curve of a layer, with any preview; the modulated layer is the edited one here."""
        if layer == "raw":
            return self._raw.get(name)
        return self._preview_curves.get(name) or self._edited.get(name)

    def curves(self, layer: Layer = "edited") -> dict[str, Curve]:
        """All curves of a layer by track name, with any preview."""
        if layer == "raw":
            return dict(self._raw)
        return {**self._edited, **self._preview_curves}

    def modulation(self) -> Modulation:
        """The clip's modulation, with any preview."""
        from pipeline.curves import Modulation

        return self._preview_modulation or self._modulation or Modulation()

    def weights(self, layer: Layer = "modulated") -> Weights:
        """A frozen snapshot of what drives the head; any thread may evaluate it."""
        found = self._weights.get(layer)
        if found is None:
            modulation = self.modulation() if layer == "modulated" else None
            found = Weights(self.curves(layer), self._gain_spans(), modulation)
            self._weights[layer] = found
        return found

    def weights_at(self, seconds: float, layer: Layer = "modulated") -> dict[str, float]:
        """Weight of every track at a time in s, within its range, with any preview."""
        return self.weights(layer).at(seconds)

    def _gain_spans(self) -> tuple[GainSpan, ...]:
        at = self.playhead.seconds_at
        return tuple(
            (at(e.span.onset), at(e.span.offset), e.span.emotion, min(1.0, max(0.0, e.intensity)))
            for e in self.events()
            if e.span.onset <= e.span.offset
        )

    def track_value(self, name: str, layer: Layer = "edited") -> float:
        """What a track's curve is at the playhead, within its range; 0 without a curve."""
        curve = self.curve(name, layer)
        low, high = track_range(name)
        return 0.0 if curve is None else min(max(curve.at(self.playhead.seconds), low), high)

    def key_track(self, name: str, value: float, *, gesture: str = "", label: str = "") -> bool:
        """Set a key of one track at the playhead; see `key_tracks`."""
        return self.key_tracks({name: value}, gesture=gesture, label=label)

    def key_tracks(
        self, values: Mapping[str, float], *, gesture: str = "", label: str = ""
    ) -> bool:
        """Set keys of tracks (action units, controls, frozen shapes) at the playhead, one undo.

        A key within half a frame of the playhead gets the value, else one is added. A track
        without a curve gets one with keys of 0 around the new one (`pipeline.curves.keyed`).
        Values are held to the track's range. Calls with the same ``gesture`` (and tracks) at
        one place of the playhead are one undo.

        Returns
        -------
        bool
            False if there is no clip or it could not be stored (a notice says why).
        """
        if self.clip is None:
            return False
        new = self._keyed(values)
        old = {name: self._edited.get(name) for name in new}
        if new == old:
            self.preview_curves(None)
            return True
        done = self.do(SetCurves(self.clip.id, old, new, gesture, label or "Set key"))
        if done and len(values) <= _SIDES:
            self.track_keyed.emit(next(iter(values)))
        return done

    def preview_tracks(self, values: Mapping[str, float] | None) -> None:
        """Show keys at the playhead as `key_tracks` would set them; None gives up."""
        self.preview_curves(None if values is None or self.clip is None else self._keyed(values))

    def _keyed(self, values: Mapping[str, float]) -> dict[str, Curve]:
        from pipeline.curves import keyed

        times, frame = self.playhead.times, self.playhead.frame
        at = self.playhead.seconds_at(frame)
        gaps = np.diff(times[max(frame - 1, 0) : frame + 2])
        near = 0.49 * float(gaps.min()) if len(gaps) else 0.0
        span = (float(times[0]), float(times[-1])) if len(times) else (at, at)
        out: dict[str, Curve] = {}
        for name, value in values.items():
            low, high = track_range(name)
            value = min(max(float(value), low), high)
            out[name] = keyed(self._edited.get(name), at, value, span=span, near=near)
        return out

    # Live during a drag

    def preview_event(self, record: EventRecord | None) -> None:
        """Show an event as it would be; None gives up."""
        if record is None and self._preview_event is None:
            return
        self._preview_event = record
        self._weights.clear()
        self.events_changed.emit()

    def preview_curves(self, curves: Mapping[str, Curve] | None) -> None:
        """Show curves of the edited layer as they would be; None gives up."""
        if not curves and not self._preview_curves:
            return
        names = frozenset(self._preview_curves) | frozenset(curves or ())
        self._preview_curves = dict(curves or {})
        self._weights.clear()
        self.curves_changed.emit(names)

    def preview_modulation(self, modulation: Modulation | None) -> None:
        """Play with another modulation; None gives up."""
        if modulation is None and self._preview_modulation is None:
            return
        self._preview_modulation = modulation
        self._weights.clear()
        self.modulation_changed.emit()

    # Edits

    def do(self, edit: Edit) -> bool:
        """Store an edit and put it on the undo stack; ends any preview.

        Returns False, posts a notice and changes nothing where it cannot be stored.
        """
        done = self._write(edit, True)
        if done:
            self.undo.push_applied(edit)
        return done

    def set_clip(self, *, gesture: str = "", **changes: Any) -> bool:
        """Change the current clip's record: state, note, neutral, face_pick, path."""
        if self.clip is None:
            return False
        new = replace(self.clip, **changes)
        return new == self.clip or self.do(SetClip(self.clip, new, gesture))

    def relocate(self, path: str | Path) -> None:
        """Say where the current clip's media is now; clips that moved along are found too.

        ``path`` is the file or image folder itself, or a folder to search by content.
        """
        store, clip = self._needs_store(), self.clip
        if clip is None:
            return
        place = Path(path)

        def done(moves: tuple[tuple[ClipRecord, ClipRecord], ...]) -> None:
            edits = tuple(SetClip(old, new, label="Find media") for old, new in moves)
            if store is self.store and self.do(EditGroup("Find media", clip.id, edits)):
                self.select_clip(clip.id, again=True)

        self.jobs.start(
            self.tr("Looking for {clip}").format(clip=clip.clip_id),
            lambda: find_media(store, clip, place),
            done,
            kind="find",
        )

    def _write(self, edit: Edit, forward: bool) -> bool:
        """Apply or revert; an undo or redo of another clip's edit goes to that clip first."""
        if self.store is None:
            self.notices.error(ProjectError("no project is open", code="project.none"))
            return False
        current = self.clip.id if self.clip is not None else ""
        replaying = not forward or self.undo.edit_at(self.undo.index()) is edit
        if replaying and edit.clip and edit.clip != current:
            return self._go_first(edit, forward)
        try:
            (edit.apply if forward else edit.revert)(self.store)
        except TellError as error:
            self._end_previews()
            self.notices.error(error, edit.label)
            return False
        self._edits += 1
        if self._edits % _EDITS_PER_CHECKPOINT == 0:
            self._checkpoint(self.store)
        self._emit(edit)
        return True

    def _go_first(self, edit: Edit, forward: bool) -> bool:
        """Select the clip of an edit, say so, and undo or redo once it is there."""
        clip_id = next((c.clip_id for c in self.clips if c.id == edit.clip), edit.clip)
        if forward:
            text = self.tr("Went to clip {clip} to redo: {what}")
        else:
            text = self.tr("Went to clip {clip} to undo: {what}")
        what = QCoreApplication.translate("Edit", edit.label)
        self.select_clip(edit.clip)
        self._after_selection = self.undo.redo if forward else self.undo.undo
        self.notices.info(text.format(clip=clip_id, what=what), "undo.other_clip")
        return False

    def _end_previews(self) -> None:
        self.preview_event(None)
        self.preview_curves(None)
        self.preview_modulation(None)
        self.rig.preview(None)

    def _emit(self, edit: Edit) -> None:
        """Read again what the edit touches and tell the views."""
        touches = edit.touches
        here = not edit.clip or (self.clip is not None and edit.clip == self.clip.id)
        old_preview = frozenset(self._preview_curves)
        self._preview_event, self._preview_modulation = None, None
        self._preview_curves = {}
        self._weights.clear()
        if "clips" in touches:
            before = self.clip
            self._refresh_clips()
            if here and before is not None and self.clip is not None and (
                before.neutral != self.clip.neutral or before.face_pick != self.clip.face_pick
            ):  # fmt: skip
                self.face_changed.emit()
        if "settings" in touches:
            self.settings_changed.emit()
        if not here:
            return
        tidings: list[Callable[[], None]] = []
        if "analysis" in touches:
            self._reload_analysis()
        if "events" in touches:
            self._read_events()
            tidings.append(self._tell_events)
        if "curves" in touches:
            names: frozenset[str] | None = getattr(edit, "names", None)
            self._read_curves(names)
            changed = names if names is None else names | old_preview
            tidings.append(lambda: self.curves_changed.emit(changed))
        if "analysis" in touches:  # much to show at once
            self._tidings.tell(*tidings)
        else:
            for tiding in tidings:
                tiding()
        if "modulation" in touches:
            self._read_modulation()
            self.modulation_changed.emit()

    def _tell_events(self) -> None:
        self.events_changed.emit()
        if self.selected_event and self.find_event(self.selected_event) is None:
            self.select_event("")

    def _checkpoint(self, store: ProjectStore) -> None:
        self._in_background(store.checkpoint)

    # Analysis

    def analyse(self, predictor: str = "") -> None:
        """Run the loop on the current clip in the background and store what it finds.

        A person's events and edited curves are never touched.
        """
        if self.clip is None or self.store is None:
            self.notices.error(ProjectError("no clip is open", code="project.no_clip"))
            return
        store, clip = self.store, self.clip
        choice = analysing.Choice(
            predictor or self.settings.predictor,
            self.settings.device,
            self.settings.landmark_model,
        )
        self.jobs.start(
            self.tr("Analysing {clip}").format(clip=clip.clip_id),
            lambda: analysing.analyse_clip(store, clip, choice),
            lambda result: self._adopt_analysis(store, result),
            kind="analysis",
        )

    def _adopt_analysis(self, store: ProjectStore, result: analysing.Analysed) -> None:
        if store is not self.store:
            return
        for warning in result.warnings:
            self.notices.warning(warning, "analysis.warning")
        self._fresh = result.analysis
        self.do(analysing.as_edit(store, result))
        self._fresh = None

    def _reload_analysis(self) -> None:
        """Show the run that the clip points at now."""
        fresh, self._fresh = self._fresh, None
        if fresh is not None:
            self._show_analysis(fresh)
            return
        store, clip = self._needs_store(), self.clip
        assert clip is not None

        def read() -> Job[tuple[str, ClipAnalysis | None]]:
            yield Progress("reading the analysis", note=clip.clip_id)
            return clip.id, store.analysis(clip.id)

        def adopt(result: tuple[str, ClipAnalysis | None]) -> None:
            if store is self.store and self.clip is not None and self.clip.id == result[0]:
                self._show_analysis(result[1])

        self.jobs.start(self.tr("Reading the analysis"), read, adopt, kind="read")

    def _show_analysis(self, analysis: ClipAnalysis | None) -> None:
        self.analysis = analysis
        self._tidings.tell(self.analysis_changed.emit, self.face_changed.emit)
