"""Which curves are listed, seen and selected; shared by the row list and the plot."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from app.state.document import Document
from pipeline.core.labels import split_track
from pipeline.core.tracks import is_unit, track_order, track_range

#: A curve that never rises above this, or this share of the strongest, does not move.
ACTIVE, ACTIVE_SHARE = 0.03, 0.15
#: Times at which a curve is looked at to find its peak.
MOST_SAMPLES = 2000


class CurveChoice(QObject):
    """Views of curves, nothing of which is stored.

    Signals
    -------
    rows_changed()
        Other curves are listed.
    view_changed()
        Other curves are seen (mute, solo).
    selected_changed(str)
        Track name, "" for none.
    """

    rows_changed = Signal()
    view_changed = Signal()
    selected_changed = Signal(str)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._names: tuple[str, ...] = ()
        self._active: set[str] = set()
        self._reach: dict[str, tuple[float, float]] = {}  # lowest and highest values
        self._all = False
        self._muted: set[str] = set()
        self._solo: set[str] = set()
        self._selected = ""
        self._clip = ""
        document.curves_changed.connect(self._curves_changed)
        self._curves_changed(None)

    # Rows

    @property
    def names(self) -> tuple[str, ...]:
        """Every curve of the clip."""
        return self._names

    @property
    def rows(self) -> tuple[str, ...]:
        """Curves listed: those that move, the strongest action unit first, or all.

        Controls and frozen shapes come after the units; a person made their curves, so all
        of them are listed.
        """
        if self._all:
            return self._names
        return tuple(n for n in self._names if n in self._active or n == self._selected)

    @property
    def moving(self) -> frozenset[str]:
        """Curves that move."""
        return frozenset(self._active)

    def peak(self, name: str = "") -> float:
        """Highest value of a curve, or of all, as predicted or edited."""
        if name:
            return self._reach.get(name, (0.0, 0.0))[1]
        return max((high for _, high in self._reach.values()), default=0.0)

    def low(self, name: str) -> float:
        """Lowest value of a control, which moves in both directions; 0 for other tracks."""
        return self._reach.get(name, (0.0, 0.0))[0]

    def sample_times(self) -> NDArray[np.float64]:
        """Times in s at which curves are looked at."""
        times = self._document.playhead.times
        return times[:: max(1, len(times) // MOST_SAMPLES)]  # short rises have keys of their own

    @property
    def all_rows(self) -> bool:
        return self._all

    @all_rows.setter
    def all_rows(self, on: bool) -> None:
        if on != self._all:
            self._all = on
            self.rows_changed.emit()

    def _curves_changed(self, changed: frozenset[str] | None) -> None:
        clip = self._document.clip.id if self._document.clip is not None else ""
        new_clip, self._clip = clip != self._clip, clip
        if new_clip:
            self._active.clear()
            self._muted.clear()
            self._solo.clear()
        everything = changed is None or new_clip
        reach = self._found_reach(None if everything else changed)
        if everything or changed is None:
            self._active.clear()
            self._reach = reach
        else:
            self._reach = {n: r for n, r in self._reach.items() if n not in changed} | reach
        strongest = max((self.peak(name) for name in self._reach if is_unit(name)), default=0.0)
        least = max(ACTIVE, ACTIVE_SHARE * strongest)
        active = self._active | {
            name for name in reach if self.peak(name) > least or not is_unit(name)
        }
        found = self._document.curves("edited").keys() | self._document.curves("raw").keys()
        # Rows keep their places while curves are edited: nothing jumps under a hand.
        if everything or not {n for n in found if is_unit(n)} <= set(self._names):
            names = self._ranked(found)
        elif found != set(self._names):
            names = _in_groups([name for name in self._names if is_unit(name)], found)
        else:
            names = self._names
        if names == self._names and active == self._active and not everything:
            return
        self._names, self._active = names, active & set(names)
        self.rows_changed.emit()
        if self._selected not in names or new_clip:
            units = [name for name in names if is_unit(name)]
            self.select(max(units or names, key=self.peak, default=""))

    def _ranked(self, names: Iterable[str]) -> tuple[str, ...]:
        """The strongest action unit first, both sides together; then controls, then shapes."""
        strongest: dict[int, float] = {}
        units = [name for name in names if is_unit(name)]
        for name in units:
            number = split_track(name)[0]
            strongest[number] = max(strongest.get(number, 0.0), round(self.peak(name), 3))
        units.sort(key=lambda n: (-strongest[split_track(n)[0]], track_order(n)))
        return _in_groups(units, names)

    def _found_reach(self, changed: frozenset[str] | None) -> dict[str, tuple[float, float]]:
        """Lowest (of tracks that go below zero) and highest values, predicted or edited."""
        times = self.sample_times()
        reach: dict[str, tuple[float, float]] = {}
        raw = self._document.curves("raw")
        for layer in ("raw", "edited"):
            for name, curve in self._document.curves(layer).items():
                if layer == "edited" and curve is raw.get(name):
                    continue  # untouched: looked at already
                if not len(times) or (changed is not None and name not in changed):
                    continue
                values = np.append(curve(times), curve.v)
                low, high = reach.get(name, (0.0, 0.0))
                if track_range(name)[0] < 0:
                    low = min(low, float(values.min()))
                reach[name] = low, max(high, float(values.max()))
        return reach

    # Selected

    @property
    def selected(self) -> str:
        """The curve whose points can be dragged, "" for none."""
        return self._selected

    def select(self, name: str) -> None:
        """Select a curve by its track name."""
        if name == self._selected or (name and name not in self._names):
            return
        listed = self.rows
        self._selected = name
        if self.rows != listed:
            self.rows_changed.emit()
        self.selected_changed.emit(name)

    # Seen

    def is_muted(self, name: str) -> bool:
        return name in self._muted

    def is_solo(self, name: str) -> bool:
        return name in self._solo

    def mute(self, name: str, on: bool) -> None:
        """Hide a curve from the plot; the head still plays it."""
        (self._muted.add if on else self._muted.discard)(name)
        self.view_changed.emit()

    def solo(self, name: str, on: bool) -> None:
        """Show only the curves that are solo."""
        (self._solo.add if on else self._solo.discard)(name)
        self.view_changed.emit()

    def is_seen(self, name: str) -> bool:
        """Whether the plot shows a curve."""
        return name in self._solo if self._solo else name not in self._muted

    def seen(self) -> tuple[str, ...]:
        """Listed curves that the plot shows, the selected one last."""
        names = [name for name in self.rows if self.is_seen(name)]
        return tuple(sorted(names, key=lambda name: name == self._selected))


def _in_groups(units: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    """Those of ``names``: action units in the order given, then controls, then shapes."""
    names = set(names)
    rest = (name for name in names if not is_unit(name))
    return (*(name for name in units if name in names), *sorted(rest, key=track_order))
