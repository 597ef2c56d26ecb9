"""Edits of a project: Qt-free, each with old and new value, each one transaction.

``apply`` and ``revert`` write the document and a history row together. ``merge`` joins two
edits of one gesture (a held key, a slider's steps) into one undo; edits of different
gestures stay apart.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from sqlalchemy import Connection

from pipeline.store import modulations, rows
from pipeline.store.arrays import curve_columns, same_curve
from pipeline.store.records import MODEL, ClipRecord, EventRecord, new_event

if TYPE_CHECKING:
    from pipeline.curves import Curve, EmotionProfile, Modulation
    from pipeline.store.measurements import AnalysisLike
    from pipeline.store.project import ProjectStore

Curves = Mapping[str, "Curve | None"]


@runtime_checkable
class Edit(Protocol):
    """One change of the document that can be taken back."""

    @property
    def label(self) -> str:
        """What it does, for the undo menu."""

    @property
    def clip(self) -> str:
        """UUID of the clip it concerns; empty for the whole project."""

    @property
    def touches(self) -> frozenset[str]:
        """What changes: "clips", "events", "curves", "modulation", "analysis", "settings"."""

    def apply(self, store: ProjectStore) -> None:
        """Write the new value; all or nothing."""

    def revert(self, store: ProjectStore) -> None:
        """Write the old value; all or nothing."""

    def merge(self, later: Edit) -> Edit | None:
        """One edit for both, or None if they stay two."""


class _Edit:
    """Transaction and history of an edit; a subclass writes rows and says old and new."""

    label: str
    clip: str
    gesture: str = ""
    touches: frozenset[str] = frozenset()

    def apply(self, store: ProjectStore) -> None:
        """Write the new value and a history row."""
        old, new = self._values()
        with store.transaction() as conn:
            self._write(conn, store, forward=True)
            store.log(type(self).__name__, self.label, self.clip or None, old, new)

    def revert(self, store: ProjectStore) -> None:
        """Write the old value and a history row."""
        old, new = self._values()
        with store.transaction() as conn:
            self._write(conn, store, forward=False)
            store.log(f"undo {type(self).__name__}", self.label, self.clip or None, new, old)

    def merge(self, later: Edit) -> Edit | None:
        """One edit for both if they are of one gesture."""
        if not isinstance(later, type(self)) or not self.gesture:
            return None
        if later.gesture != self.gesture or later.clip != self.clip:
            return None
        return self._joined(later)

    def _joined(self, later: Any) -> Edit | None:
        return None

    def _values(self) -> tuple[object, object]:
        raise NotImplementedError

    def _write(self, conn: Connection, store: ProjectStore, *, forward: bool) -> None:
        raise NotImplementedError


@dataclass(frozen=True)
class AddEvent(_Edit):
    """A new event."""

    record: EventRecord
    label: str = "Add event"
    touches = frozenset({"events"})

    @property
    def clip(self) -> str:  # type: ignore[override]
        return self.record.clip_id

    def _values(self) -> tuple[object, object]:
        return None, rows.event_columns(self.record) | {"aus": _aus(self.record)}

    def _write(self, conn: Connection, store: ProjectStore, *, forward: bool) -> None:
        if forward:
            rows.insert_event(conn, self.record)
        else:
            rows.delete_event(conn, self.record.id)


@dataclass(frozen=True)
class RemoveEvent(AddEvent):
    """An event taken away; ``record`` is the event as it is now."""

    label: str = "Remove event"

    def _values(self) -> tuple[object, object]:
        old, new = super()._values()
        return new, old

    def _write(self, conn: Connection, store: ProjectStore, *, forward: bool) -> None:
        super()._write(conn, store, forward=not forward)


@dataclass(frozen=True)
class ChangeEvent(_Edit):
    """An event with other frames, units, emotion, verdict."""

    old: EventRecord
    new: EventRecord
    gesture: str = ""
    label: str = "Change event"
    touches = frozenset({"events"})

    @property
    def clip(self) -> str:  # type: ignore[override]
        return self.old.clip_id

    def _values(self) -> tuple[object, object]:
        return tuple(  # type: ignore[return-value]
            rows.event_columns(record) | {"aus": _aus(record)} for record in (self.old, self.new)
        )

    def _write(self, conn: Connection, store: ProjectStore, *, forward: bool) -> None:
        rows.update_event(conn, self.new if forward else self.old)

    def _joined(self, later: ChangeEvent) -> Edit | None:
        return replace(self, new=later.new) if later.new.id == self.new.id else None


def _aus(record: EventRecord) -> list[str]:
    return [str(label) for label in record.span.aus]


@dataclass(frozen=True)
class SetCurves(_Edit):
    """Several curves of the edited layer at once; None where there is none."""

    clip: str
    old: Curves = field(default_factory=dict)
    new: Curves = field(default_factory=dict)
    gesture: str = ""
    label: str = "Edit curves"
    touches = frozenset({"curves"})

    @property
    def names(self) -> frozenset[str]:
        """Tracks concerned."""
        return frozenset(self.old) | frozenset(self.new)

    def _values(self) -> tuple[object, object]:
        return _keys(self.old), _keys(self.new)

    def _write(self, conn: Connection, store: ProjectStore, *, forward: bool) -> None:
        values = self.new if forward else self.old
        for name in sorted(self.names):
            rows.put_edited(conn, self.clip, name, values.get(name))

    def _joined(self, later: Any) -> Edit | None:
        if later.names != self.names:
            return None
        return replace(self, new=later.new)


def SetCurve(  # an edit like the others, for one curve
    clip: str,
    name: str,
    layer: str = "edited",
    old: Curve | None = None,
    new: Curve | None = None,
    *,
    gesture: str = "",
    label: str = "Edit curve",
) -> SetCurves:
    """One curve of the edited layer, the only one that a person writes.

    Raises
    ------
    ValueError
        For another layer.
    """
    if layer != "edited":
        raise ValueError(f"no person writes the layer '{layer}'")
    return SetCurves(clip, {name: old}, {name: new}, gesture, label)


def _keys(curves: Curves) -> dict[str, Any]:
    """Keys for the history: (n, 5) float64 in base64, as JSON numbers of them take too long."""
    return {
        name: None if curve is None else b64encode(curve_columns(curve)["data"]).decode()
        for name, curve in curves.items()
    }


@dataclass(frozen=True)
class SetModulation(_Edit):
    """A clip's override and intensity, and profiles that differ between old and new."""

    clip: str
    old: Modulation
    new: Modulation
    gesture: str = ""
    label: str = "Change modulation"
    touches = frozenset({"modulation"})

    def _values(self) -> tuple[object, object]:
        return _modulation(self.old), _modulation(self.new)

    def _write(self, conn: Connection, store: ProjectStore, *, forward: bool) -> None:
        old, new = (self.old, self.new) if forward else (self.new, self.old)
        modulations.write_modulation(conn, self.clip, old, new)

    def _joined(self, later: SetModulation) -> Edit | None:
        return replace(self, new=later.new)


def _modulation(value: Modulation) -> dict[str, Any]:
    profiles = {name: _profile(profile) for name, profile in value.profiles.items()}
    return {"override": value.override, "intensity": value.intensity, "profiles": profiles}


def _profile(value: EmotionProfile) -> dict[str, Any]:
    return {"m_e": value.m_e, "m_au": {str(au): m for au, m in value.m_au.items()}}


@dataclass(frozen=True)
class SetProfile(_Edit):
    """An emotion's profile, for all clips of the project."""

    old: EmotionProfile
    new: EmotionProfile
    clip: str = ""
    gesture: str = ""
    label: str = "Change emotion profile"
    touches = frozenset({"modulation"})

    def _values(self) -> tuple[object, object]:
        return _profile(self.old), _profile(self.new)

    def _write(self, conn: Connection, store: ProjectStore, *, forward: bool) -> None:
        modulations.write_profile(conn, self.new if forward else self.old)

    def _joined(self, later: SetProfile) -> Edit | None:
        return replace(self, new=later.new) if later.new.emotion == self.new.emotion else None


@dataclass(frozen=True)
class SetClip(_Edit):
    """A clip's state, note, neutral span, chosen face, place."""

    old: ClipRecord
    new: ClipRecord
    gesture: str = ""
    label: str = "Change clip"
    touches = frozenset({"clips"})

    @property
    def clip(self) -> str:  # type: ignore[override]
        return self.old.id

    def _values(self) -> tuple[object, object]:
        return vars(self.old), vars(self.new)

    def _write(self, conn: Connection, store: ProjectStore, *, forward: bool) -> None:
        rows.update_clip(conn, self.new if forward else self.old, store.path)

    def _joined(self, later: SetClip) -> Edit | None:
        return replace(self, new=later.new)


@dataclass(frozen=True)
class SetSettings(_Edit):
    """Head, rig or project settings; None where there is none."""

    scope: str
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    clip: str = ""
    gesture: str = ""
    label: str = "Change settings"
    touches = frozenset({"settings"})

    def _values(self) -> tuple[object, object]:
        return dict(self.old), dict(self.new)

    def _write(self, conn: Connection, store: ProjectStore, *, forward: bool) -> None:
        values = self.new if forward else self.old
        names = {**self.old, **self.new}
        store.set_settings({name: values.get(name) for name in names}, self.scope)

    def _joined(self, later: SetSettings) -> Edit | None:
        same = self.scope == later.scope and {*self.old, *self.new} == {*later.old, *later.new}
        return replace(self, new=later.new) if same else None


@dataclass(frozen=True)
class SaveAnalysis(_Edit):
    """A finished run: measurements, the model's events, the raw layer.

    The run has been staged (`ProjectStore.stage_analysis`); here the clip is pointed at it,
    which is quick. Persons' events and curves are never touched: the edited layer holds only
    what a person changed, so all else follows the new raw layer. Use `prepare`.

    Parameters
    ----------
    clip : str
    old_run, new_run : str or None
        UUID of the run the clip points at.
    old_events, new_events : tuple of EventRecord
        The model's.
    overtaken : mapping
        Edited curves that equal the new prediction, and so are no difference any more.
    """

    clip: str
    old_run: str | None
    new_run: str | None
    old_events: tuple[EventRecord, ...]
    new_events: tuple[EventRecord, ...]
    overtaken: Curves = field(default_factory=dict)
    label: str = "Analyse"
    touches = frozenset({"analysis", "events", "curves"})

    @classmethod
    def prepare(
        cls, store: ProjectStore, clip: str, run: str, result: AnalysisLike
    ) -> SaveAnalysis:
        """The edit that switches a clip to a staged run."""
        prediction = result.prediction
        events = tuple(
            new_event(
                clip, span, MODEL, predictor=prediction.predictor or span.predictor,
                settings=dict(prediction.settings), weights_hash=prediction.weights_hash,
            )
            for span in prediction.events
        )  # fmt: skip
        with store.reading() as conn:
            edited = rows.read_curves(conn, clip, "edited")
            overtaken = {
                name: curve
                for name, curve in edited.items()
                if same_curve(curve, result.curves.get(name))
            }
            old_run, old_events = rows.analysis_of(conn, clip), rows.read_events(conn, clip, MODEL)
        return cls(clip, old_run, run, old_events, events, overtaken)

    def _values(self) -> tuple[object, object]:
        return (
            {"analysis": self.old_run, "events": [event.id for event in self.old_events]},
            {"analysis": self.new_run, "events": [event.id for event in self.new_events]},
        )

    def _write(self, conn: Connection, store: ProjectStore, *, forward: bool) -> None:
        rows.set_analysis(conn, self.clip, self.new_run if forward else self.old_run)
        for event in rows.read_events(conn, self.clip, MODEL):
            rows.delete_event(conn, event.id)
        for event in self.new_events if forward else self.old_events:
            rows.insert_event(conn, event)
        for name, curve in self.overtaken.items():
            if forward:
                rows.drop_curve(conn, self.clip, name)
            else:
                rows.put_curve(conn, self.clip, name, curve)


@dataclass(frozen=True)
class EditGroup(_Edit):
    """Several edits that are one act of a person: one transaction, one undo."""

    label: str
    clip: str
    edits: tuple[Edit, ...]

    @property
    def touches(self) -> frozenset[str]:  # type: ignore[override]
        return frozenset().union(*(edit.touches for edit in self.edits))

    def apply(self, store: ProjectStore) -> None:
        with store.transaction():
            for edit in self.edits:
                edit.apply(store)

    def revert(self, store: ProjectStore) -> None:
        with store.transaction():
            for edit in reversed(self.edits):
                edit.revert(store)

    def merge(self, later: Edit) -> Edit | None:
        return None
