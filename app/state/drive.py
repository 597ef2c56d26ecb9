"""The clip's face drives the rig live; what it says can be kept as curves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from pipeline.core.progress import Job, Progress
from pipeline.core.tracks import track_range
from pipeline.face.drive import Drive, bindings_with, default_bindings, drive_controls
from pipeline.face.key_weights import Form, key_weights
from pipeline.head.rig.rig import Binding
from pipeline.store.edits import SetCurves, SetSettings

if TYPE_CHECKING:
    from app.state.document import Document
    from pipeline.curves import Curve, FitResult
    from pipeline.store import ClipAnalysis

FORMS: tuple[Form, ...] = get_args(Form)
#: Point E0 of the paper's form with one reference point: the tip of the nose.
REFERENCE_POINT = 30
#: Controls whose points never move as far are not recorded where they have no curve yet, IOD:
#: less is not told from the tracking's own trembling.
LEAST = 0.004
#: What the fit of a recording is held to, weight.
MAX_ERROR = 0.01
_SCOPE = "project"
_FORM = "drive/form"


def _key(clip: str) -> str:
    return f"drive/calibrated/{clip}"


@dataclass(frozen=True)
class Recording:
    """Curves fitted to a drive between two frames, both included."""

    clip: str
    span: tuple[int, int]
    fits: Mapping[str, FitResult]

    @property
    def error(self) -> float:
        """Largest distance of a curve from the drive, weight."""
        return max((fit.max_error for fit in self.fits.values()), default=0.0)


class DriveState(QObject):
    """The rig's controls as the video moves them, along the clip.

    While it is on, its weights are added to those of the curves (`over`); alone, they are all
    that plays. It plays in the head's view only: films and exports play curves, so a drive that
    is to stay is recorded. Where there is no face, and before the clip is analysed, it adds
    nothing.

    Parameters
    ----------
    document : Document

    Signals
    -------
    changed()
        Other weights, or another setting of the drive.
    """

    changed = Signal()

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self._document = document
        self._on = self._alone = False
        self._drive: Drive | None = None
        self._moved: dict[tuple[str, str], NDArray[np.float32]] = {}  # D(n) by run and form
        self._asked: tuple[str, str] | None = None
        self._made_of: tuple[Any, ...] | None = None
        document.analysis_changed.connect(self._renew)
        document.clip_selected.connect(self._renew)
        document.settings_changed.connect(self._renew)
        document.rig.changed.connect(self._renew)

    # Settings

    @property
    def on(self) -> bool:
        """Whether the video moves the rig."""
        return self._on

    def set_on(self, on: bool) -> None:
        """Let the video move the rig, or not."""
        if on != self._on:
            self._on = on
            self._make()
            self.changed.emit()

    @property
    def alone(self) -> bool:
        """Whether the curves rest while the drive plays."""
        return self._alone

    def set_alone(self, alone: bool) -> None:
        """Let the curves rest while the drive plays, or add the drive to them."""
        if alone != self._alone:
            self._alone = alone
            self.changed.emit()

    @property
    def form(self) -> Form:
        """Which form of Xu's D(n) the project uses; see `pipeline.face.key_weights`."""
        store = self._document.store
        found = store.setting(_FORM, FORMS[0], _SCOPE) if store is not None else FORMS[0]
        return found if found in FORMS else FORMS[0]

    def set_form(self, form: Form) -> None:
        """Use another form; undoable."""
        if form in FORMS and form != self.form:
            self._set(_FORM, None if form == FORMS[0] else form, self.tr("Form of the drive"))

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """What each control follows: the table's, the project's own in their places."""
        return tuple(_binding(b) for b in bindings_with(self._document.rig.rig.bindings))

    def binding(self, control: str) -> Binding | None:
        """What one control follows."""
        return next((b for b in self.bindings if b.control == control), None)

    def bind(self, binding: Binding, *, gesture: str = "") -> bool:
        """Let a control follow something else; the table's own way is not stored. Undoable."""
        rig = self._document.rig
        table = default_bindings().get(binding.control)
        others = tuple(b for b in rig.stored.bindings if b.control != binding.control)
        own = () if table is not None and _binding(table) == binding else (binding,)
        return rig.change(
            replace(rig.stored, bindings=(*others, *own)), "Change binding", gesture=gesture
        )

    # Calibration

    @property
    def calibrated(self) -> tuple[int, ...]:
        """Frames of the clip whose face counts as the neutral of their segments."""
        store, clip = self._document.store, self._document.clip
        if store is None or clip is None:
            return ()
        found = store.setting(_key(clip.id), [], _SCOPE)
        frames = found if isinstance(found, list) else []
        return tuple(f for f in frames if isinstance(f, int) and not isinstance(f, bool))

    def calibrate(self) -> bool:
        """Make the face at the playhead the drive's neutral: all its weights are 0 there.

        For the playhead's segment; the others keep theirs. Undoable.
        """
        document = self._document
        analysis, frame = document.analysis, document.playhead.frame
        if analysis is None:
            document.notices.info(self.tr("Analyse the clip first: the drive follows its points."))
            return False
        segment = analysis.track.segment
        if frame >= len(segment) or segment[frame] < 0:
            document.notices.info(self.tr("There is no face in this frame to calibrate with."))
            return False
        here = segment[frame]
        others = [f for f in self.calibrated if 0 <= f < len(segment) and segment[f] != here]
        return self._calibrate([*others, frame], self.tr("Calibrate the drive"))

    def clear_calibration(self) -> bool:
        """Back to the neutrals that the analysis found. Undoable."""
        return self._calibrate([], self.tr("Clear the drive's calibration"))

    def _calibrate(self, frames: list[int], label: str) -> bool:
        clip = self._document.clip
        if clip is None or tuple(frames) == self.calibrated:
            return clip is not None
        return self._set(_key(clip.id), frames or None, label, clip.id)

    def _set(self, key: str, value: object, label: str, clip: str = "") -> bool:
        store = self._document.store
        if store is None:
            return False
        old = store.setting(key, None, _SCOPE)
        return self._document.do(SetSettings(_SCOPE, {key: old}, {key: value}, clip, label=label))

    # Playing

    @property
    def drive(self) -> Drive | None:
        """What the video says, None before it is known."""
        return self._drive

    def weights_at(self, frame: int) -> dict[str, float]:
        """Weights by control in one frame, those at rest left out; none while it is off."""
        return self._drive.at(frame) if self._on and self._drive is not None else {}

    def over(self, weights: Mapping[str, float], frame: int) -> dict[str, float]:
        """Curves' weights with the drive's added, within the tracks' ranges."""
        if not self._on:
            return dict(weights)
        out = {} if self._alone else dict(weights)
        for name, value in self.weights_at(frame).items():
            low, high = track_range(name)
            out[name] = min(max(out.get(name, 0.0) + value, low), high)
        return out

    def _renew(self, *_: object) -> None:
        if self._on or self._drive is not None:
            self._make()

    def _make(self) -> None:
        """Weights from D(n); where D(n) is not there yet, a job of it first."""
        analysis = self._document.analysis
        if analysis is None or not self._on:
            gone, self._drive, self._made_of = self._drive, None, None
            if gone is not None:
                self.changed.emit()
            return
        form, bindings, calibrated = self.form, self.bindings, self.calibrated
        made_of = (analysis.id, form, bindings, calibrated)
        if made_of == self._made_of:
            return
        moved = self._displacement(analysis, form)
        if moved is None:
            return
        self._made_of = made_of
        self._drive = drive_controls(
            moved, analysis.track.segment, analysis.times, bindings, calibrated
        )
        self.changed.emit()

    def _displacement(self, analysis: ClipAnalysis, form: Form) -> NDArray[np.float32] | None:
        if form == FORMS[0]:
            return np.asarray(analysis.displacement)  # the analysis' own
        key = (analysis.id, form)
        if key in self._moved:
            return self._moved[key]
        if self._asked != key:
            self._asked = key
            self._document.jobs.start(
                self.tr("Following the face"), lambda: _displaced(analysis, form),
                lambda moved: self._adopt(key, moved), kind="drive", replace_waiting=True,
            )  # fmt: skip
        return None

    def _adopt(self, key: tuple[str, str], moved: NDArray[np.float32]) -> None:
        self._asked = None
        self._moved = {key: moved}
        self._make()

    # Keeping

    def spans(self) -> dict[str, tuple[int, int]]:
        """What can be recorded: ``"clip"``, and ``"loop"`` or else ``"event"`` where there is."""
        document = self._document
        last = document.playhead.n_frames - 1
        out = {"clip": (0, last)} if last > 0 else {}
        event = document.find_event(document.selected_event) if document.selected_event else None
        if document.playhead.loop is not None:
            out["loop"] = document.playhead.loop
        elif event is not None and event.span.onset < event.span.offset:
            out["event"] = event.span.onset, event.span.offset
        return out

    def record(self, what: str = "clip", done: Callable[[], None] | None = None) -> bool:
        """Turn the drive into curves of its controls, in the background; one undo.

        Over `spans`' clip, loop or event; outside the curves stay as they are. Controls that
        never move there and have no curve get none. The drive is then switched off, since the
        curves do the same. A notice says how near they come.

        Returns
        -------
        bool
            False, and a notice, where there is nothing to record.
        """
        document, span = self._document, self.spans().get(what)
        drive, clip, analysis = self._drive, document.clip, document.analysis
        if span is None or drive is None or clip is None or analysis is None:
            document.notices.info(self.tr("Switch the drive on, on an analysed clip, to record."))
            return False
        first, last = span[0], min(span[1], len(drive.weights) - 1)
        known = frozenset(document.curves("edited"))
        times = np.asarray(analysis.times, np.float64)

        def adopt(recording: Recording) -> None:
            self._store(recording)
            if done is not None:
                done()

        document.jobs.start(
            self.tr("Recording the drive"),
            lambda: _recorded(clip.id, drive, times, (first, last), known),
            adopt, kind="record",
        )  # fmt: skip
        return True

    def _store(self, recording: Recording) -> None:
        document = self._document
        if document.clip is None or document.clip.id != recording.clip:
            return
        if not recording.fits:
            document.notices.info(self.tr("Nothing moves there: no curve is recorded."))
            return
        from pipeline.curves import spliced

        times = document.playhead.times
        first, last = (float(times[f]) for f in recording.span)
        step = float(np.median(np.diff(times)))
        document.preview_curves(None)
        there = document.curves("edited")
        old: dict[str, Curve | None] = {name: there.get(name) for name in recording.fits}
        new: dict[str, Curve | None] = {
            name: spliced(
                old[name], fit.curve, first, last, step=step,
                span=(float(times[0]), float(times[-1])),
            )
            for name, fit in recording.fits.items()
        }  # fmt: skip
        if document.do(SetCurves(recording.clip, old, new, label="Record the drive")):
            self.set_on(False)
            text = self.tr("Recorded {count} controls, within {error:.3f} of the drive.")
            document.notices.info(text.format(count=len(new), error=recording.error))


def _binding(binding: Any) -> Binding:
    return Binding(
        binding.control, tuple(binding.points), tuple(binding.axis), binding.gain,
        binding.smoothing, binding.enabled,
    )  # fmt: skip


def _displaced(analysis: ClipAnalysis, form: Form) -> Job[NDArray[np.float32]]:
    yield Progress("key weights")
    return key_weights(analysis.track, form, REFERENCE_POINT)


def _recorded(
    clip: str,
    drive: Drive,
    times: NDArray[np.float64],
    span: tuple[int, int],
    known: frozenset[str],
) -> Job[Recording]:
    """A spline for each control whose points move, or that has a curve already."""
    from pipeline.curves import fit_bspline

    rows = slice(span[0], span[1] + 1)
    fits: dict[str, FitResult] = {}
    for column, name in enumerate(drive.names):
        yield Progress("curves", column, len(drive.names), name)
        weights = drive.weights[rows, column].astype(np.float64)
        if not np.isfinite(weights).any():
            continue
        if name in known or np.nanmax(np.abs(drive.motion[rows, column])) > LEAST:
            fits[name] = fit_bspline(times[rows], weights, max_error=MAX_ERROR)
    return Recording(clip, span, fits)
